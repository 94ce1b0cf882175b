package gijtsv

// SpreadsheetSafeColumn names the column that marks a file in the spreadsheet-safe form. Its cells are blank. It may stand anywhere:
// a spreadsheet moves columns. GIJ knows nothing of it.
const SpreadsheetSafeColumn = "gijctl:spreadsheet-safe"

// NoteSpreadsheetSafe is what [Reader.Notes] tells of a file in the spreadsheet-safe form.
const NoteSpreadsheetSafe = "spreadsheet-safe: an apostrophe that guards a value belongs to the form, not to the value"

// guard stands before a value that a spreadsheet would take for a formula. One that begins with the guard itself gets it too, so
// that it can be taken away again.
const guard = '\''

// isFormula reports whether a spreadsheet may run a value, by its first character. The line feed is in the list that security
// guides give; what each spreadsheet makes of it is unknown.
func isFormula(first byte) bool {
	switch first {
	case '=', '+', '-', '@', guard, '\t', '\r', '\n':
		return true
	}
	return false
}

func isGuarded(value []byte) bool { return len(value) > 1 && value[0] == guard && isFormula(value[1]) }

// markColumn returns the column that marks the spreadsheet-safe form: the last one of its name; -1 if there is none, or nothing else.
func markColumn(header *Row) int {
	if len(header.Cells) == 1 {
		return -1
	}
	for i := len(header.Cells) - 1; i >= 0; i-- {
		if string(header.Cells[i].Value) == SpreadsheetSafeColumn {
			return i
		}
	}
	return -1
}

// hasMark reports whether the row has the blank cell of the marking column. A cell that is not blank got there by a tab too much
// or too few: it stays, so that the row is ragged.
func (s *scanner) hasMark() bool {
	cells := s.row.Cells
	if len(cells) == 1 || s.mark >= len(cells) {
		return false
	}
	for _, b := range cells[s.mark].Value {
		if b != ' ' {
			return false
		}
	}
	return true
}

// unguardRow is unguard for a row below the header.
func (s *scanner) unguardRow() {
	mark := -1
	if s.hasMark() {
		mark = s.mark
	}
	s.unguard(mark)
}

// unguard makes the row what it would be in a plain file: without the cell of the marking column, -1 if it has none, and without
// guards. The places stay those in the file.
func (s *scanner) unguard(mark int) {
	b, cells, kept := s.plain[:0], s.row.Cells, 0
	for i := range cells {
		if i == mark {
			continue
		}
		cell, raw := cells[i], s.row.RawCell(i)
		if kept > 0 {
			b = append(b, '\t')
		}
		cell.start = int32(len(b)) //nolint:gosec // no row is larger than maxRow
		if isGuarded(cell.Value) {
			at := guardIn(raw, cell.Quoted)
			b = append(b, raw[:at]...)
			raw, cell.Value = raw[at+1:], cell.Value[1:]
		}
		b = append(b, raw...)
		cells[kept] = cell
		kept++
	}
	end := len(b)
	b = append(b, s.row.LineEnd()...)
	if len(b) == 0 { // one empty cell without a line end would be no row at all
		b = append(b, '\n')
	}
	s.plain = b
	s.row.Cells, s.row.Raw, s.row.end = cells[:kept], b[:len(b):len(b)], int32(end) //nolint:gosec // the same
}

// guardIn returns the place of the guard in a cell that has one. It stands inside quotes, unless nothing else is inside of them.
func guardIn(raw []byte, quoted bool) int {
	switch {
	case !quoted:
		return 0
	case raw[1] == guard:
		return 1
	}
	return len(`""`)
}

// appendGuarded appends the cell of a row as it is, with a guard if it needs one.
func appendGuarded(b []byte, row *Row, column int) []byte {
	cell, raw := &row.Cells[column], row.RawCell(column)
	if len(cell.Value) == 0 || !isFormula(cell.Value[0]) {
		return append(b, raw...)
	}
	if cell.Quoted {
		b, raw = append(b, '"'), raw[1:]
	}
	return append(append(b, guard), raw...)
}

// appendValue is appendCell with a guard if the value needs one.
func appendValue(b []byte, value string) []byte {
	if value != "" && isFormula(value[0]) {
		value = string(guard) + value
	}
	return appendCell(b, value)
}

// appendSafe appends a row in the spreadsheet-safe form, with new values for the columns of edits, which ascend. A row that is
// shorter than the header gets no cell for the marking column: it stays as short.
func (w *Writer) appendSafe(b []byte, row *Row, edits []edit) []byte {
	columns := len(row.Cells)
	if len(edits) > 0 {
		columns = max(columns, edits[len(edits)-1].column+1)
	}
	for column := range columns {
		b = w.appendTabs(b, column)
		switch {
		case len(edits) > 0 && edits[0].column == column:
			b = appendValue(b, edits[0].value)
			edits = edits[1:]
		case column < len(row.Cells):
			b = appendGuarded(b, row, column)
		}
	}
	return append(w.appendMark(b, columns), row.LineEnd()...)
}

// appendTabs appends what stands before a cell: a tab, and the cell of the marking column if the row is longer than the header.
func (w *Writer) appendTabs(b []byte, column int) []byte {
	if column > 0 {
		b = append(b, '\t')
	}
	if w.safe && w.mark > 0 && column == w.mark {
		b = append(b, '\t')
	}
	return b
}

// appendMark appends the cell of the marking column to a row that is as long as the header.
func (w *Writer) appendMark(b []byte, columns int) []byte {
	if w.safe && w.mark > 0 && columns == w.mark {
		b = append(b, '\t')
	}
	return b
}

// writeSafeHeader writes a header with the marking column after its own.
func (w *Writer) writeSafeHeader(h *Header) error {
	raw := h.raw
	if raw == nil {
		for i, name := range h.Names {
			raw = appendCell(w.appendTabs(raw, i), name)
		}
		raw = append(raw, w.lineEnd...)
	}
	row, err := parseHeader(raw)
	if err != nil {
		return err
	}
	w.mark = 0
	err = w.writeEdited(row, []edit{{len(row.Cells), SpreadsheetSafeColumn}})
	w.mark = len(row.Cells)
	return err
}

// parseHeader parses a header, however large it may be.
func parseHeader(raw []byte) (*Row, error) {
	return NewRowParser(ReaderOptions{MaxCell: len(raw)}).Parse(raw)
}
