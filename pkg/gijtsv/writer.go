package gijtsv

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

const writeBuffer = 128 << 10

// Writer writes a TSV row by row. It buffers: call [Writer.Flush] at the end. An error of the destination is
// wrapped, and every later call returns it again.
type Writer struct {
	out     *bufio.Writer
	lineEnd string
	open    bool // the last line has no end yet, as the last one of a file may
	safe    bool // the spreadsheet-safe form is wanted
	mark    int  // the column that says so, after those of the header
	scratch []byte
	edits   []edit
}

// edit is a new value for a column of a row.
type edit struct {
	column int
	value  string
}

// NewWriter makes a writer. Lines that are not copied end with LF, or as the header that [Writer.WriteHeader] gets.
func NewWriter(w io.Writer) *Writer {
	return &Writer{out: bufio.NewWriterSize(w, writeBuffer), lineEnd: "\n"}
}

// SpreadsheetSafe makes the writer write the spreadsheet-safe form: an apostrophe before each value that a spreadsheet would take
// for a formula, and a column [SpreadsheetSafeColumn] by which [Reader] knows to take it away. Call it before WriteHeader.
func (w *Writer) SpreadsheetSafe() { w.safe = true }

// WriteHeader writes a header: as it was read, or the names of a new one. It sets the line end of new rows.
func (w *Writer) WriteHeader(h *Header) error {
	if bytes.HasSuffix(h.raw, []byte("\r\n")) {
		w.lineEnd = "\r\n"
	}
	switch {
	case w.safe:
		return w.writeSafeHeader(h)
	case h.raw == nil:
		return w.WriteCells(h.Names)
	}
	return w.write(h.raw)
}

// Copy writes a row as it was read, byte for byte.
func (w *Writer) Copy(row *Row) error {
	if w.safe {
		return w.writeEdited(row, nil)
	}
	return w.write(row.Raw)
}

// WriteChanged writes a row that was read, with new values for some of its columns, counted from 0. The other cells keep their
// bytes, and the row its line end. A row that is too short gets empty cells up to the last changed column.
func (w *Writer) WriteChanged(row *Row, changes map[int]string) error {
	w.edits = w.edits[:0]
	for column, value := range changes {
		if column < 0 {
			return fmt.Errorf("write TSV: no column %d", column)
		}
		w.edits = append(w.edits, edit{column, value})
	}
	slices.SortFunc(w.edits, func(a, b edit) int { return cmp.Compare(a.column, b.column) })
	return w.writeEdited(row, w.edits)
}

// writeEdited writes a row with new values for the columns of edits, which ascend.
func (w *Writer) writeEdited(row *Row, edits []edit) error {
	b := w.scratch[:0]
	if w.safe {
		b = w.appendSafe(b, row, edits)
	} else {
		b = appendEdited(b, row, edits)
	}
	if len(b) == 0 { // one empty cell at the end of the file would be no row at all
		b = append(b, w.lineEnd...)
	}
	w.scratch = b
	return w.write(b)
}

// appendEdited appends a row. What stands between two changed cells is copied in one piece.
func appendEdited(b []byte, row *Row, edits []edit) []byte {
	from := int32(0)
	for len(edits) > 0 && edits[0].column < len(row.Cells) {
		start, end := row.span(edits[0].column)
		b = append(b, row.Raw[from:start]...)
		b = appendCell(b, edits[0].value)
		from, edits = end, edits[1:]
	}
	b = append(b, row.Raw[from:row.end]...)
	for column := len(row.Cells); len(edits) > 0; column++ {
		b = append(b, '\t')
		if edits[0].column == column {
			b = appendCell(b, edits[0].value)
			edits = edits[1:]
		}
	}
	return append(b, row.LineEnd()...)
}

// WriteCells writes a new row of the given values. It needs one at least.
func (w *Writer) WriteCells(cells []string) error {
	if len(cells) == 0 {
		return errors.New("write TSV: a row without cells")
	}
	put := appendCell
	if w.safe {
		put = appendValue
	}
	b := w.scratch[:0]
	for i, value := range cells {
		b = put(w.appendTabs(b, i), value)
	}
	w.scratch = append(w.appendMark(b, len(cells)), w.lineEnd...)
	return w.write(w.scratch)
}

// Flush writes what is buffered.
func (w *Writer) Flush() error { return wrapWrite(w.out.Flush()) }

// write writes a line, after the end of the last one if that is still missing.
func (w *Writer) write(line []byte) error {
	if w.open {
		if _, err := w.out.WriteString(w.lineEnd); err != nil {
			return wrapWrite(err)
		}
	}
	w.open = len(line) == 0 || line[len(line)-1] != '\n'
	_, err := w.out.Write(line)
	return wrapWrite(err)
}

func wrapWrite(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write TSV: %w", err)
}

// appendCell appends a cell that reads as the value: in quotes if it has to be.
func appendCell(b []byte, value string) []byte {
	if !needsQuotes(value) {
		return append(b, value...)
	}
	b = append(b, '"')
	for {
		before, after, found := strings.Cut(value, `"`)
		b = append(b, before...)
		if !found {
			return append(b, '"')
		}
		b, value = append(b, `""`...), after
	}
}

// needsQuotes reports whether a value would read as another one without quotes around it.
func needsQuotes(value string) bool {
	if value == "" {
		return false
	}
	// A byte order mark at the begin of a file would be taken away; the bytes FF and FE begin one of UTF-16.
	if value[0] == '"' || value[0] >= 0xFE || strings.HasPrefix(value, byteOrderMark) {
		return true
	}
	return strings.ContainsAny(value, "\t\r\n")
}
