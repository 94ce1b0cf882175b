package gijtsv

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
)

// id32 reads an id: a whole number from 1 to the largest that the server's Java int holds (inferred).
func id32(value []byte) (int32, bool) {
	const longest = 10
	if len(value) == 0 || len(value) > longest {
		return 0, false
	}
	n := int64(0)
	for _, b := range value {
		if b < '0' || b > '9' {
			return 0, false
		}
		n = n*10 + int64(b-'0')
	}
	if n < 1 || n > math.MaxInt32 {
		return 0, false
	}
	return int32(n), true
}

// line32 is a line, or a column, for the compact sets.
func line32(line int) uint32 {
	return uint32(min(max(line, 0), math.MaxUint32))
}

// idRow is the row of an id: its line and its parent, 0 if it has none.
type idRow struct {
	id     int32
	line   uint32
	parent int32
}

// idSet holds the row of each id. An export lists them ascending, so those that ascend are appended to chunks, which are never
// copied, and found by bisection; the others go into a map.
type idSet struct {
	chunks [][]idRow
	last   int32
	others map[int32]idRow
}

const idChunk = 4096

// add adds a row. If the id is there already, it returns the first row of it and false.
func (s *idSet) add(row idRow) (first idRow, added bool) {
	if row.id > s.last {
		if _, there := s.others[row.id]; !there {
			s.push(row)
			return row, true
		}
	}
	if first, there := s.find(row.id); there {
		return first, false
	}
	if s.others == nil {
		s.others = map[int32]idRow{}
	}
	s.others[row.id] = row
	return row, true
}

func (s *idSet) push(row idRow) {
	if n := len(s.chunks); n == 0 || len(s.chunks[n-1]) == idChunk {
		s.chunks = append(s.chunks, make([]idRow, 0, idChunk))
	}
	end := len(s.chunks) - 1
	s.chunks[end] = append(s.chunks[end], row)
	s.last = row.id
}

// find returns the first row of an id.
func (s *idSet) find(id int32) (idRow, bool) {
	if row, there := s.others[id]; there {
		return row, true
	}
	at := sort.Search(len(s.chunks), func(i int) bool { return s.chunks[i][0].id > id }) - 1
	if at < 0 {
		return idRow{}, false
	}
	chunk := s.chunks[at]
	i, there := slices.BinarySearchFunc(chunk, id, func(row idRow, id int32) int { return cmp.Compare(row.id, id) })
	if !there {
		return idRow{}, false
	}
	return chunk[i], true
}

// parentSet holds where each parent was named first.
type parentSet struct {
	last  int32 // the one that was added last: rows of one parent follow each other
	uses  map[int32]place
	maybe []uint64 // a bit for each parent, by its last digits: most ids are found not to be one without a look into the map
}

// place is a [Position] in half the room.
type place struct{ line, column uint32 }

func (p place) position() Position { return Position{Line: int(p.line), Column: int(p.column)} }

const maybeBits = 1 << 18

func (s *parentSet) has(id int32) bool {
	bit := uint32(id) % maybeBits //nolint:gosec // no id is negative
	if s.uses == nil || s.maybe[bit/64]&(1<<(bit%64)) == 0 {
		return false
	}
	_, there := s.uses[id]
	return there
}

func (s *parentSet) add(id int32, pos Position) {
	if id == s.last {
		return
	}
	s.last = id
	if s.has(id) {
		return
	}
	if s.uses == nil {
		s.uses, s.maybe = map[int32]place{}, make([]uint64, maybeBits/64)
	}
	bit := uint32(id) % maybeBits //nolint:gosec // no id is negative
	s.maybe[bit/64] |= 1 << (bit % 64)
	s.uses[id] = place{line32(pos.Line), line32(pos.Column)}
}

// register remembers the row's id, and its parent if the cells stand under their names. It reports an id that is there twice and
// a row that closes a ring of parents.
func (v *Validator) register(straight bool) {
	parent := int32(0)
	if straight {
		parent, _ = id32(trimmed(v.row, v.at.parent))
	}
	if parent > 0 {
		v.parents.add(parent, v.row.Cells[v.at.parent].Pos)
	}
	if v.id == 0 {
		return
	}
	first, added := v.ids.add(idRow{id: v.id, line: line32(v.row.Line), parent: parent})
	if !added {
		v.fail(v.at.id, CodeDuplicateID, fmt.Sprintf("id %d is there twice, first on line %d", v.id, first.line), "delete one of the two rows")
		return
	}
	if parent > 0 {
		v.checkCycle(parent)
	}
}

// checkCycle looks for a way from the row up to itself. The row can be on one only if another row, or itself, named it as parent
// before: the last row of a ring finds it. Real files have two or three levels, so a way that does not end soon is wrong too.
func (v *Validator) checkCycle(parent int32) {
	const most = 64
	if !v.parents.has(v.id) {
		return
	}
	const remedy = "give the id of the integration or tracked folder"
	above := parent
	for range most {
		if above == v.id {
			v.fail(v.at.parent, CodeParentCycle, fmt.Sprintf("the row is its own parent, by way of %d", parent), remedy)
			return
		}
		row, there := v.ids.find(above)
		if !there || row.parent == 0 {
			return
		}
		above = row.parent
	}
	v.fail(v.at.parent, CodeParentCycle, fmt.Sprintf("more than %d parents stand above the row, or they form a ring", most), remedy)
}

// checkParents reports parents that are neither in the file nor known otherwise, each where it is named first.
func (v *Validator) checkParents() {
	var missing []int32
	for id := range v.parents.uses {
		if _, there := v.ids.find(id); !there && (v.options.KnownID == nil || !v.options.KnownID(int64(id))) {
			missing = append(missing, id)
		}
	}
	slices.SortFunc(missing, func(a, b int32) int { return comparePlaces(v.parents.uses[a], v.parents.uses[b]) })
	for _, id := range missing {
		v.report(Problem{
			Pos: v.parents.uses[id].position(), Severity: SeverityWarning, Code: CodeUnknownParent, Column: v.name(v.at.parent),
			Message: fmt.Sprintf("no row of the file has the id %d, which is named as a parent here first", id),
			Remedy:  "check that the server has it: a repository that is not really below its parent goes at the next reindex",
		})
	}
}

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
}
