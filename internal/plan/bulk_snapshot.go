package plan

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// chunkSize is how much of an export is kept in one piece: a slice that grows would copy it all, and need twice the room.
const chunkSize = 1 << 20

// Snapshot is a whole export in memory: its rows as they were sent, and an index of their ids and origins. It is not safe for
// concurrent use.
type Snapshot struct {
	header   *gijtsv.Header
	columns  columnSet
	kinds    *gijtsv.Classifier
	parser   *gijtsv.RowParser
	chunks   [][]byte
	rows     []keptRow
	byID     map[int64]int32       // to the place in rows; nil while the ids ascend, as they do in an export by id
	last     int64                 // the highest id, while they ascend
	origins  map[string]int32      // to the first row of an origin; nil until somebody asks
	next     []int32               // to the next row of the same origin; -1 ends
	byOrigin map[string]originRows // of the origins that somebody asked for
	filled   []bool                // by column: whether some row has something there; nil until somebody asks
	unnamed  []encodedCount        // of the columns that no page names
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
	for _, c := range s.columns.all {
		if !c.documented && !c.secret {
			s.unnamed = append(s.unnamed, encodedCount{column: c.index})
		}
	}
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			s.findSecretColumns()
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

// findSecretColumns finds the columns whose names do not tell that they hold secrets: that of a private key, and those that no page
// names and that are encoded.
func (s *Snapshot) findSecretColumns() {
	if key := s.kinds.PEMColumn(); key >= 0 {
		s.columns.all[key].secret = true
	}
	for _, count := range s.unnamed {
		if count.most() {
			s.columns.all[count.column].secret = true
		}
	}
}

// keep copies a row. Of two rows with one id the first counts.
func (s *Snapshot) keep(row *gijtsv.Row) {
	s.kinds.Kind(row) // it finds the column of private keys
	for i := range s.unnamed {
		s.unnamed[i].look(row)
	}
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

// kindOf returns the kind of a row. A row that somebody holds stays valid.
func (s *Snapshot) kindOf(id int64) gijtsv.RowKind {
	place := s.place(id)
	if place < 0 {
		return gijtsv.RowUnknown
	}
	row, err := gijtsv.NewRowParser(gijtsv.ReaderOptions{}).Parse(s.raw(place))
	if err != nil {
		return gijtsv.RowUnknown // it was read before, so it can be read again
	}
	return s.kinds.Kind(row)
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
	columns.hideAsIn(s.columns)
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
