package plan

import (
	"fmt"
	"strings"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// wantedRow is what a row without id says of itself.
type wantedRow struct {
	origin, kind, name string
	parent             int64
	// byName says that nothing but the name tells the row: apps of many organizations have one origin.
	byName bool
}

func wantedOf(columns columnSet, row *gijtsv.Row) wantedRow {
	at := columns.known
	return wantedRow{
		origin: trimmed(row, at.origin), kind: trimmed(row, at.kind), name: trimmed(row, at.name), parent: number(row.Value(at.parent)),
	}
}

// match finds the row that one without id means: the same origin, parent and type. A file that does not say the type means
// any. It returns 0 for none, and in words why it is not clear which.
func (s *Snapshot) match(w wantedRow) (id int64, unclear string) {
	same := s.sameOrigin(w.origin)
	found := same.ids[wantedRow{kind: strings.ToLower(w.kind), parent: w.parent}]
	var named []int64
	if w.name != "" {
		named = same.ids[wantedRow{kind: strings.ToLower(w.kind), parent: w.parent, name: w.name}]
	}
	if w.byName {
		return onlyOne(same.ids[wantedRow{parent: w.parent, name: w.name}]) // of any type: the server may choose it
	}
	switch {
	case len(found) == 1:
		return found[0], ""
	case len(named) == 1:
		return named[0], ""
	case len(found) > 1:
		return 0, "it could be any of " + idList(found) + ", which have the same origin"
	case len(same.all) > 0 && w.parent == 0 && w.kind == "":
		return 0, "its origin is that of " + idList(same.all) + ", which an integration found by itself"
	}
	return 0, ""
}

func onlyOne(ids []int64) (id int64, unclear string) {
	switch len(ids) {
	case 0:
		return 0, ""
	case 1:
		return ids[0], ""
	}
	return 0, "it could be any of " + idList(ids) + ", which have the same name"
}

// normalOrigin is what the origins of one place have in common, whoever logs in there.
func normalOrigin(origin string) string { return gij.NormalOrigin(gijtsv.WithoutCredentials(origin)) }

// originRows are the rows of one origin: the ids of all, and of those of a parent, of a type or any, and of a name or any.
type originRows struct {
	all []int64
	ids map[wantedRow][]int64
}

// sameOrigin returns the rows of an origin. One host may have thousands of integrations, so what is known of them is kept.
func (s *Snapshot) sameOrigin(origin string) originRows {
	origin = normalOrigin(origin)
	rows, known := s.byOrigin[origin]
	if known {
		return rows
	}
	first := s.firstOf(origin)
	if first < 0 {
		return rows
	}
	rows.ids = map[wantedRow][]int64{}
	for place := first; place >= 0; place = s.next[place] {
		row, id := s.at(place), s.rows[place].id
		if id == 0 {
			continue
		}
		has := wantedOf(s.columns, row)
		kind := strings.ToLower(has.kind)
		rows.all = append(rows.all, id)
		for _, key := range []wantedRow{{kind: kind}, {kind: kind, name: has.name}, {}, {name: has.name}} {
			key.parent = has.parent
			rows.add(key, id)
		}
	}
	if s.byOrigin == nil {
		s.byOrigin = map[string]originRows{}
	}
	s.byOrigin[origin] = rows
	return rows
}

// add adds a row under a key, once: without a name or a type, two keys are one.
func (o originRows) add(key wantedRow, id int64) {
	if ids := o.ids[key]; len(ids) == 0 || ids[len(ids)-1] != id {
		o.ids[key] = append(ids, id)
	}
}

// firstOf returns the place of the first row with a normal origin, -1 for none.
func (s *Snapshot) firstOf(origin string) int32 {
	if s.origins == nil {
		s.indexOrigins()
	}
	if place, found := s.origins[origin]; found {
		return place
	}
	return -1
}

func (s *Snapshot) indexOrigins() {
	s.origins, s.next = make(map[string]int32, len(s.rows)), make([]int32, len(s.rows))
	for place := len(s.rows) - 1; place >= 0; place-- {
		here := int32(place) //nolint:gosec // an answer has a limit of 1 GiB, so there are fewer rows
		origin := normalOrigin(trimmed(s.at(here), s.columns.known.origin))
		after, found := s.origins[origin]
		if !found {
			after = -1
		}
		s.next[place], s.origins[origin] = after, here
	}
}

// children returns the ids of the rows that a row found, directly or by others.
func (s *Snapshot) children() map[int64][]int64 {
	all := map[int64][]int64{}
	if s.columns.known.parent < 0 {
		return all
	}
	for place, kept := range s.rows {
		row := s.at(int32(place))
		if parent := number(row.Value(s.columns.known.parent)); parent != 0 && kept.id != 0 {
			all[parent] = append(all[parent], kept.id)
		}
	}
	return all
}

// idList names ids for a message, not too many.
func idList(ids []int64) string {
	const most = 10
	var b strings.Builder
	for n, id := range ids {
		switch {
		case n == most:
			fmt.Fprintf(&b, " and %d more", len(ids)-n)
			return b.String()
		case n > 0:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%d", id)
	}
	return b.String()
}
