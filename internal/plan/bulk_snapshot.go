package plan

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// chunkSize is how much of an export is kept in one piece: a slice that grows would copy it all, and need twice the room.
const chunkSize = 1 << 20

// Snapshot is a whole export in memory: its rows as they were sent, and an index of their ids and origins. It is not safe for
// concurrent use.
type Snapshot struct {
	header  *gijtsv.Header
	columns columnSet
	kinds   *gijtsv.Classifier
	parser  *gijtsv.RowParser
	chunks  [][]byte
	rows    []keptRow
	byID    map[int64]int32  // to the place in rows; nil while the ids ascend, as they do in an export by id
	last    int64            // the highest id, while they ascend
	origins map[string]int32 // to the first row of an origin; nil until somebody asks
	next    []int32          // to the next row of the same origin; -1 ends
	filled  []bool           // by column: whether some row has something there; nil until somebody asks
}

// keptRow is where the bytes of a row are.
type keptRow struct {
	id          int64
	chunk       int32
	from, until int32
}

// ReadSnapshot reads an export to its end. A [*gijtsv.SyntaxError] is what is no TSV.
func ReadSnapshot(r io.Reader, pemColumn string) (*Snapshot, error) {
	reader, err := gijtsv.NewReader(r, gijtsv.ReaderOptions{})
	if err != nil {
		return nil, err
	}
	s := &Snapshot{
		header: reader.Header(), columns: newColumnSet(reader.Header()), kinds: gijtsv.NewClassifier(reader.Header(), pemColumn),
		parser: gijtsv.NewRowParser(gijtsv.ReaderOptions{}),
	}
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return nil, err
		}
		if !isBlankRow(row) {
			s.keep(row)
		}
	}
}

// keep copies a row. Of two rows with one id the first counts.
func (s *Snapshot) keep(row *gijtsv.Row) {
	if n := len(s.chunks); n == 0 || len(s.chunks[n-1])+len(row.Raw) > cap(s.chunks[n-1]) {
		s.chunks = append(s.chunks, make([]byte, 0, max(chunkSize, len(row.Raw))))
	}
	last := len(s.chunks) - 1
	from := len(s.chunks[last])
	s.chunks[last] = append(s.chunks[last], row.Raw...)
	id := s.columns.id(row)
	s.index(id)
	s.rows = append(s.rows, keptRow{
		id: id, chunk: int32(last), from: int32(from), until: int32(len(s.chunks[last])), //nolint:gosec // within a chunk
	})
}

// index makes the row that comes next findable. As long as each id is higher than the one before, the rows are their own index.
func (s *Snapshot) index(id int64) {
	if s.byID == nil && id > s.last {
		s.last = id
		return
	}
	if s.byID == nil {
		s.byID = make(map[int64]int32, len(s.rows))
		for place, kept := range s.rows {
			s.byID[kept.id] = int32(place)
		}
	}
	if _, twice := s.byID[id]; id != 0 && !twice {
		s.byID[id] = int32(len(s.rows)) //nolint:gosec // as above
	}
}

// place returns where the row of an id is, -1 for none.
func (s *Snapshot) place(id int64) int32 {
	if id == 0 {
		return -1
	}
	if s.byID != nil {
		if place, found := s.byID[id]; found {
			return place
		}
		return -1
	}
	place, found := slices.BinarySearchFunc(s.rows, id, func(kept keptRow, id int64) int { return cmp.Compare(kept.id, id) })
	if !found {
		return -1
	}
	return int32(place) //nolint:gosec // as above
}

// Header returns the header of the export.
func (s *Snapshot) Header() *gijtsv.Header { return s.header }

// Len returns the number of rows.
func (s *Snapshot) Len() int { return len(s.rows) }

// Has reports whether the export has a row of this id.
func (s *Snapshot) Has(id int64) bool { return s.place(id) >= 0 }

// Each calls do for each row, in the order of the export, until do returns an error. The row is valid until do returns.
func (s *Snapshot) Each(do func(*gijtsv.Row, gijtsv.RowKind) error) error {
	parser := gijtsv.NewRowParser(gijtsv.ReaderOptions{}) // a row that somebody holds stays valid
	for place := range s.rows {
		row, err := parser.Parse(s.raw(int32(place)))
		if err != nil {
			return err
		}
		if err := do(row, s.kinds.Kind(row)); err != nil {
			return err
		}
	}
	return nil
}

// shows reports whether the export shows a column at all: in some row there is something.
func (s *Snapshot) shows(column int) bool {
	if column < 0 {
		return false
	}
	if s.filled == nil {
		s.filled = make([]bool, len(s.header.Names))
		_ = s.Each(func(row *gijtsv.Row, _ gijtsv.RowKind) error { // what was read once can be read again
			for i := range min(len(row.Cells), len(s.filled)) {
				s.filled[i] = s.filled[i] || len(bytes.TrimSpace(row.Cells[i].Value)) > 0
			}
			return nil
		})
	}
	return s.filled[column]
}

func (s *Snapshot) raw(place int32) []byte {
	kept := s.rows[place]
	return s.chunks[kept.chunk][kept.from:kept.until]
}

// at returns a row, which is valid until the next call.
func (s *Snapshot) at(place int32) *gijtsv.Row {
	row, err := s.parser.Parse(s.raw(place))
	if err != nil {
		return &gijtsv.Row{} // it was read before, so it can be read again
	}
	return row
}

// find returns the row of an id, valid until the next call, or nil.
func (s *Snapshot) find(id int64) *gijtsv.Row {
	place := s.place(id)
	if place < 0 {
		return nil
	}
	return s.at(place)
}

// Same reports whether two exports agree: the same rows with the same cells, but for secrets, which the server may encrypt
// anew each time, and for what indexing writes by itself.
func (s *Snapshot) Same(other *Snapshot) bool {
	if len(s.rows) != len(other.rows) || !slices.Equal(s.header.Names, other.header.Names) {
		return false
	}
	for place, kept := range s.rows {
		there := other.place(kept.id)
		if there < 0 {
			return false
		}
		here := int32(place)
		if !bytes.Equal(s.raw(here), other.raw(there)) && stateOf(s, s.at(here)) != stateOf(other, other.at(there)) {
			return false
		}
	}
	return true
}

// Changing reads a second export, and returns the secret columns of which no cell is as in this one: the server encrypts them
// anew each time. A secret that somebody changed meanwhile is one among others.
func (s *Snapshot) Changing(second io.Reader) (map[string]bool, error) {
	reader, err := gijtsv.NewReader(second, gijtsv.ReaderOptions{})
	if err != nil {
		return nil, err
	}
	columns, parser := newColumnSet(reader.Header()), gijtsv.NewRowParser(gijtsv.ReaderOptions{}) // a row that somebody holds stays valid
	differ, agree := map[string]bool{}, map[string]bool{}
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			for name := range agree {
				delete(differ, name)
			}
			return differ, nil
		}
		if err != nil {
			return nil, err
		}
		place := s.place(columns.id(row))
		if place < 0 {
			continue
		}
		first, err := parser.Parse(s.raw(place))
		if err != nil {
			return nil, err
		}
		for _, c := range columns.all {
			before, after := s.columns.value(first, c.canonical), row.Value(c.index)
			if !c.secret || len(before) == 0 || len(after) == 0 {
				continue
			}
			if bytes.Equal(before, after) {
				agree[c.canonical] = true
			} else {
				differ[c.canonical] = true
			}
		}
	}
}

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
