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
	var same, found, named, elsewhere []int64
	for place := s.firstOf(w.origin); place >= 0; place = s.next[place] {
		row, id := s.at(place), s.rows[place].id
		has := wantedOf(s.columns, row)
		if !gij.SameOrigin(has.origin, w.origin) || id == 0 {
			continue
		}
		same = append(same, id)
		switch {
		case has.parent != w.parent:
			elsewhere = append(elsewhere, id)
		case w.kind == "" || strings.EqualFold(has.kind, w.kind):
			found = append(found, id)
			if w.name != "" && has.name == w.name {
				named = append(named, id)
			}
		}
	}
	switch {
	case len(found) == 1:
		return found[0], ""
	case len(named) == 1:
		return named[0], ""
	case len(found) > 1:
		return 0, "it could be any of " + idList(found) + ", which have the same origin"
	case len(elsewhere) > 0 && len(elsewhere) == len(same) && w.parent == 0 && w.kind == "":
		return 0, "its origin is that of " + idList(elsewhere) + ", which an integration found by itself"
	}
	return 0, ""
}

// firstOf returns the place of the first row with an origin, -1 for none.
func (s *Snapshot) firstOf(origin string) int32 {
	if s.origins == nil {
		s.indexOrigins()
	}
	if place, found := s.origins[gij.NormalOrigin(origin)]; found {
		return place
	}
	return -1
}

func (s *Snapshot) indexOrigins() {
	s.origins, s.next = make(map[string]int32, len(s.rows)), make([]int32, len(s.rows))
	for place := len(s.rows) - 1; place >= 0; place-- {
		here := int32(place) //nolint:gosec // an answer has a limit of 1 GiB, so there are fewer rows
		origin := gij.NormalOrigin(trimmed(s.at(here), s.columns.known.origin))
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
