package plan

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// columnSet is what a header's columns are.
type columnSet struct {
	all   []tsvColumn
	index map[string]int // by canonical name
	known idColumns
}

// tsvColumn is one column of a file.
type tsvColumn struct {
	gijtsv.Column
	index      int    // in the file, from 0
	spelled    string // as in the header
	canonical  string // the documented name; as it is spelled for a column that no page names
	documented bool
	secret     bool
}

// idColumns are the columns that tell what a row is, counted from 0; -1 where there is none.
type idColumns struct{ id, origin, name, kind, parent, remove, root int }

func newColumnSet(h *gijtsv.Header) columnSet {
	set := columnSet{index: map[string]int{}}
	for i, name := range h.Names {
		c := tsvColumn{index: i, spelled: name, canonical: name, secret: gijtsv.SecretColumn(name)}
		c.Column, c.documented = gijtsv.Lookup(name)
		if c.documented {
			c.canonical = c.Name
		}
		set.all = append(set.all, c)
		if _, twice := set.index[c.canonical]; !twice {
			set.index[c.canonical] = i
		}
	}
	set.known = idColumns{
		id: set.place("id"), origin: set.place("origin"), name: set.place("displayName"), kind: set.place("integrationType"),
		parent: set.place("trackedFolderId"), remove: set.place("delete"), root: set.place("realRoot"),
	}
	return set
}

// place returns the column of a documented name, counted from 0; -1 if there is none.
func (s columnSet) place(canonical string) int {
	if i, found := s.index[canonical]; found {
		return i
	}
	return -1
}

func (s columnSet) value(row *gijtsv.Row, canonical string) []byte {
	return bytes.TrimSpace(row.Value(s.place(canonical)))
}

func (s columnSet) id(row *gijtsv.Row) int64 { return number(row.Value(s.known.id)) }

// hide makes a column secret whose name does not tell.
func (s columnSet) hide(spelled string) {
	for i := range s.all {
		if spelled != "" && s.all[i].spelled == spelled {
			s.all[i].secret = true
		}
	}
}

// hideAsIn makes the columns secret that are so in another file.
func (s columnSet) hideAsIn(other columnSet) {
	for i := range s.all {
		if there := other.place(s.all[i].canonical); there >= 0 && other.all[there].secret {
			s.all[i].secret = true
		}
	}
}

// secrets are the secret columns, by canonical name.
func (s columnSet) secrets() map[string]bool {
	all := map[string]bool{}
	for _, c := range s.all {
		if c.secret {
			all[c.canonical] = true
		}
	}
	return all
}

// number reads an id; 0 is none.
func number(value []byte) int64 {
	n, err := strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func trimmed(row *gijtsv.Row, column int) string { return string(bytes.TrimSpace(row.Value(column))) }

func isBlankRow(row *gijtsv.Row) bool {
	return !slices.ContainsFunc(row.Cells, func(c gijtsv.Cell) bool { return len(bytes.TrimSpace(c.Value)) > 0 })
}
