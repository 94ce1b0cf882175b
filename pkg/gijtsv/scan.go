package gijtsv

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"unicode/utf8"
)

const (
	// maxCells keeps a line of nothing but tabs from filling the memory.
	maxCells = 16384

	eachByte = 0x0101010101010101
	highBits = 0x80 * eachByte
	lowBits  = 0x7F * eachByte
	allTabs  = '\t' * eachByte
)

// scanner splits a window of bytes into the cells of one row. It copies a cell only if it has to drop quotes inside.
type scanner struct {
	row      Row
	maxCell  int
	maxRow   int
	unquoted []byte // room for the cells whose value is not a part of the window
	safe     bool   // the file is in the spreadsheet-safe form
	mark     int    // its column that says so
	plain    []byte // room for a row of it without guards

	b       []byte // the window; the row begins at 0
	final   bool   // the window ends with the file
	open    bool   // the row's end is not in the window
	eol     int    // where the line end begins, of the line that the scan is in
	end     int    // the same, or the CR before it
	line    int    // the line that the scan is in
	base    int    // where that line begins
	nonText uint64 // has a high bit if a byte of the row, or one just behind it, is above 127
}

// scan reads the row that begins at the window's first byte into s.row, and returns its size; 0 if the window must be longer.
// Line is the row's.
func (s *scanner) scan(b []byte, final bool, line int) (int, error) {
	s.b, s.final, s.line, s.base = b, final, line, 0
	s.open, s.nonText, s.unquoted = false, 0, s.unquoted[:0]
	s.row.Line, s.row.Cells = line, s.row.Cells[:0]
	s.findEnd(0)
	for next := 0; next >= 0; {
		var err error
		if next < len(b) && b[next] == '"' {
			next, err = s.quotedCell(next)
		} else {
			next, err = s.rawCells(next)
		}
		if err != nil {
			return 0, err
		}
	}
	return s.finish()
}

// finish completes the row after its last cell.
func (s *scanner) finish() (int, error) {
	size := min(s.eol+1, len(s.b))
	if size > s.maxCell {
		if err := s.checkSizes(size); err != nil {
			return 0, err
		}
	}
	if s.open {
		return 0, nil
	}
	s.row.Raw, s.row.end, s.row.ascii = s.b[:size:size], int32(s.end), true //nolint:gosec // no row is larger than maxRow
	if s.nonText&highBits != 0 && !isASCII(s.row.Raw) {
		s.row.ascii = false
		s.recountColumns()
	}
	if s.safe {
		s.unguardRow()
	}
	return size, nil
}

// findEnd finds the end of the line that holds the byte at p, which is not inside quotes.
func (s *scanner) findEnd(p int) {
	i := bytes.IndexByte(s.b[p:], '\n')
	if i < 0 {
		s.open, i = !s.final, len(s.b)-p
	}
	s.eol = p + i
	s.end = s.eol
	if i > 0 && s.b[s.end-1] == '\r' {
		s.end--
	}
}

// rawCells adds the cells from p on, up to the row's end or to a quoted cell. It returns where that one begins, or -1. It looks at
// eight bytes at a time: most cells are short.
func (s *scanner) rawCells(p int) (next int, err error) {
	b, end, cells, start, seen := s.b, s.end, s.row.Cells, p, uint64(0)
	for i := p; i < end && len(cells) <= maxCells; i += 8 {
		cells = slices.Grow(cells, 8)
		word := load(b, i)
		seen |= word
		for tabs := tabsIn(word); tabs != 0; tabs &= tabs - 1 {
			at := i + bits.TrailingZeros64(tabs)>>3
			if at >= end {
				break
			}
			cells = cells[:len(cells)+1]
			s.put(&cells[len(cells)-1], start, at)
			start = at + 1
			if start < len(b) && b[start] == '"' {
				s.row.Cells, s.nonText = cells, s.nonText|seen
				return start, nil
			}
		}
	}
	if len(cells) > maxCells {
		return 0, s.tooManyCells()
	}
	s.row.Cells, s.nonText = append(cells, s.cell(start, end)), s.nonText|seen
	return -1, nil
}

// put makes c the raw cell of b[start:end]. It sets one field after the other: to make a Cell and copy it takes three times as long.
func (s *scanner) put(c *Cell, start, end int) {
	c.Value = s.b[start:end:end]
	c.Pos.Line, c.Pos.Column = s.line, start-s.base+1
	c.start, c.Quoted, c.Stray = int32(start), false, false //nolint:gosec // no row is larger than maxRow
}

// cell is the raw cell of b[start:end].
func (s *scanner) cell(start, end int) (c Cell) {
	s.put(&c, start, end)
	return c
}

// quotedCell adds the cell whose opening quote is at p. It returns where the next cell begins; -1 if there is none, or if the
// window must be longer.
func (s *scanner) quotedCell(p int) (next int, err error) {
	after, doubled := s.closingQuote(p)
	if after < 0 {
		return s.noClosingQuote(p)
	}
	cell := s.cell(p, after)
	cell.Quoted, cell.Value = true, s.b[p+1:after-1:after-1]
	if after > s.eol {
		s.countLines(p, after)
		s.findEnd(after)
	}
	cellEnd, next := s.end, -1
	if i := bytes.IndexByte(s.b[after:s.end], '\t'); i >= 0 {
		cellEnd, next = after+i, after+i+1
	}
	cell.Stray = cellEnd > after
	if doubled || cell.Stray {
		cell.Value = s.unquote(cell.Value, s.b[after:cellEnd])
	}
	if !isASCII(s.b[p:cellEnd]) {
		s.nonText |= highBits
	}
	if len(s.row.Cells) > maxCells {
		return 0, s.tooManyCells()
	}
	s.row.Cells = append(s.row.Cells, cell)
	return next, nil
}

// closingQuote returns where the cell's quotes end, given its opening quote, and whether it holds doubled quotes; -1 if the window
// or the largest cell ends before.
func (s *scanner) closingQuote(p int) (after int, doubled bool) {
	limit := min(len(s.b), p+s.maxCell)
	for at := p + 1; at < limit; at++ {
		i := bytes.IndexByte(s.b[at:limit], '"')
		if i < 0 {
			break
		}
		at += i + 1
		if at == len(s.b) || s.b[at] != '"' { // at the window's end it may be a doubled one, but then the row goes on there too
			return at, doubled
		}
		doubled = true
	}
	return -1, doubled
}

// noClosingQuote is the answer to a quoted cell that does not end in the window.
func (s *scanner) noClosingQuote(p int) (next int, err error) {
	if !s.final && len(s.b)-p <= s.maxCell {
		s.open, s.eol, s.end = true, len(s.b), len(s.b)
		s.row.Cells = append(s.row.Cells, s.cell(p, len(s.b)))
		return -1, nil
	}
	message := "the quote that opens here is never closed"
	if len(s.b)-p > s.maxCell {
		message = fmt.Sprintf("the quote that opens here is not closed within %d bytes", s.maxCell)
	}
	return 0, &SyntaxError{
		Pos: s.position(p), Code: CodeUnclosedQuote, Message: message,
		Remedy: "put a quote at the end of the value, or double each quote of a value that begins with one and enclose it in quotes",
	}
}

// unquote joins the inside of quotes, with doubled quotes made single, and what follows them.
func (s *scanner) unquote(inside, rest []byte) []byte {
	from := len(s.unquoted)
	for {
		i := bytes.IndexByte(inside, '"')
		if i < 0 {
			break
		}
		s.unquoted = append(s.unquoted, inside[:i+1]...)
		inside = inside[i+2:]
	}
	s.unquoted = append(append(s.unquoted, inside...), rest...)
	return s.unquoted[from:len(s.unquoted):len(s.unquoted)]
}

// countLines moves the scan over the lines of a quoted cell.
func (s *scanner) countLines(from, to int) {
	s.line += bytes.Count(s.b[from:to], []byte{'\n'})
	s.base = from + bytes.LastIndexByte(s.b[from:to], '\n') + 1
}

// checkSizes looks for a cell that is too large in the row's first size bytes, and at the row as a whole.
func (s *scanner) checkSizes(size int) error {
	cells := s.row.Cells
	for i := range cells {
		end := s.end
		if i+1 < len(cells) {
			end = int(cells[i+1].start) - 1
		}
		if end-int(cells[i].start) > s.maxCell {
			return &SyntaxError{
				Pos: s.position(int(cells[i].start)), Code: CodeCellTooLarge,
				Message: fmt.Sprintf("the cell is larger than %d bytes", s.maxCell), Remedy: "check that it ends where it should",
			}
		}
	}
	if size > s.maxRow {
		return s.tooLarge(fmt.Sprintf("the row is larger than %d bytes", s.maxRow))
	}
	return nil
}

func (s *scanner) tooManyCells() error {
	return s.tooLarge(fmt.Sprintf("the row has more than %d cells", maxCells))
}

func (s *scanner) tooLarge(message string) error {
	return &SyntaxError{
		Pos: Position{Line: s.row.Line, Column: 1}, Code: CodeRowTooLarge, Message: message,
		Remedy: "check that it ends where it should",
	}
}

// position counts the place of the byte at p from the row's begin. It is for errors.
func (s *scanner) position(p int) Position {
	before := s.b[:p]
	base := bytes.LastIndexByte(before, '\n') + 1
	return Position{
		Line:   s.row.Line + bytes.Count(before, []byte{'\n'}),
		Column: utf8.RuneCount(before[base:]) + 1,
	}
}

// recountColumns sets the columns of the cells in a row that is not ASCII, where bytes are not characters.
func (s *scanner) recountColumns() {
	from, column := 0, 1
	for i := range s.row.Cells {
		start := int(s.row.Cells[i].start)
		between := s.b[from:start]
		if nl := bytes.LastIndexByte(between, '\n'); nl >= 0 {
			column, between = 1, between[nl+1:]
		}
		column += utf8.RuneCount(between)
		s.row.Cells[i].Pos.Column = column
		from = start
	}
}

// load returns the eight bytes at i, with zeros after the end of b.
func load(b []byte, i int) uint64 {
	if i+8 <= len(b) {
		return binary.LittleEndian.Uint64(b[i:])
	}
	var last [8]byte
	copy(last[:], b[i:])
	return binary.LittleEndian.Uint64(last[:])
}

// tabsIn sets the high bit of each byte that is a tab, and no other bit.
func tabsIn(word uint64) uint64 {
	x := word ^ allTabs
	return ^((x&lowBits + lowBits) | x | lowBits)
}

func isASCII(b []byte) bool {
	for len(b) >= 8 {
		if binary.LittleEndian.Uint64(b)&highBits != 0 {
			return false
		}
		b = b[8:]
	}
	return load(b, 0)&highBits == 0
}
