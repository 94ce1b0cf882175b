package gijtsv

import (
	"fmt"
	"unicode/utf8"
)

// Position is a place in a file as an editor counts it: lines and characters from 1. A character is a Unicode code point;
// a byte that is no UTF-8 counts as one. The zero Position is the file as a whole.
type Position struct{ Line, Column int }

// String returns "line:column".
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// Cell is one cell of a [Row].
type Cell struct {
	// Value is what the cell says, without quotes around it and with doubled quotes made single. Line ends inside quotes are
	// those of the file. It is valid until the next row is read, and must not be written to.
	Value []byte
	// Pos is the cell's first character in the file: the quote, if it is quoted.
	Pos Position
	// start is the cell's first byte in Row.Raw.
	start int32
	// Quoted says that the cell begins with a quote, which the file closes.
	Quoted bool
	// Stray says that text follows the closing quote, as in "a"b. Value is then the quoted part and the text as it stands: ab.
	// It is also the trace of a quote that nobody closed, which met the opening quote of a later cell.
	Stray bool
}

// Row is one row of a file. It is valid until the next row is read.
type Row struct {
	// Line is the line of the row's first character. A row has more than one line if a quoted cell has.
	Line int
	// Cells holds at least one cell. A ragged row has fewer or more than the header.
	Cells []Cell
	// Raw is the row as it stands in the file, with its line end (as UTF-8, if the file was converted, and without the guards and
	// the marking column of the spreadsheet-safe form).
	Raw []byte
	// end is where the last cell ends in Raw, and the line end begins.
	end int32
	// ascii says that Raw holds no byte above 127.
	ascii bool
}

// Value returns the value of the cell in a column, counted from 0; nil if the row is too short or the column is below 0, as
// [Header.Index] says of a column that is not there.
func (r *Row) Value(column int) []byte {
	if column < 0 || column >= len(r.Cells) {
		return nil
	}
	return r.Cells[column].Value
}

// RawCell returns the cell in a column as it stands in the file, with its quotes; nil if there is none.
func (r *Row) RawCell(column int) []byte {
	if column < 0 || column >= len(r.Cells) {
		return nil
	}
	start, end := r.span(column)
	return r.Raw[start:end]
}

// span returns where the cell of a column, which is there, begins and ends in Raw.
func (r *Row) span(column int) (start, end int32) {
	end = r.end
	if column+1 < len(r.Cells) {
		end = r.Cells[column+1].start - 1
	}
	return r.Cells[column].start, end
}

// LineEnd returns what ends the row: LF, CR LF, or nothing in a last row without it.
func (r *Row) LineEnd() []byte { return r.Raw[r.end:] }

// Blank reports whether the row is an empty line: it has one cell, unquoted, with nothing in it. Such lines are rows, so that a
// copy keeps them.
func (r *Row) Blank() bool { return r.end == 0 }

// ValidUTF8 reports whether the row is UTF-8. A file that Excel saved in a code page of Windows is not.
func (r *Row) ValidUTF8() bool { return r.ascii || utf8.Valid(r.Raw) }

// Header is the first row of a file: the names of the columns.
type Header struct {
	// Names are the columns' names, as they are spelled, in the file's order.
	Names []string
	// Positions are the places of the names; nil in a header of [NewHeader].
	Positions []Position
	// raw is the header as it stands in the file.
	raw []byte
}

// NewHeader makes a header for a new file.
func NewHeader(names ...string) *Header { return &Header{Names: names} }

// Index returns the column of a name, counted from 0: the first one that is spelled so; -1 if there is none.
func (h *Header) Index(name string) int {
	for i, n := range h.Names {
		if n == name {
			return i
		}
	}
	return -1
}

// Position returns the place of a column's name; line 1, column 1 if there is no such column.
func (h *Header) Position(column int) Position {
	if column < 0 || column >= len(h.Positions) {
		return Position{Line: 1, Column: 1}
	}
	return h.Positions[column]
}

// The codes of a [SyntaxError].
const (
	CodeEmptyFile      = "empty_file"
	CodeHTML           = "html"                 // a web page, as of a login, was saved
	CodeWorkbook       = "workbook"             // an .xlsx or another archive
	CodeNoHeader       = "no_header"            // the first line names no columns
	CodeNotTabs        = "not_tab_separated"    // commas or semicolons
	CodeCarriageReturn = "carriage_return_ends" // lines end as on an old Mac: CR alone
	CodeUnclosedQuote  = "unclosed_quote"
	CodeCellTooLarge   = "cell_too_large"
	CodeRowTooLarge    = "row_too_large"
	CodeInvalidUTF16   = "invalid_utf16"
)

// SyntaxError is a file that cannot be read any further, and where.
type SyntaxError struct {
	Pos Position
	// Code is stable, snake_case: one of the Code constants.
	Code string
	// Message says what is wrong: lower case, no period. It holds nothing of the file.
	Message string
	// Remedy says what to do.
	Remedy string
}

// Error returns the place and the message.
func (e *SyntaxError) Error() string { return e.Pos.String() + ": " + e.Message }

// Hint returns the remedy.
func (e *SyntaxError) Hint() string { return e.Remedy }

// Problem returns the error as one of a list of problems.
func (e *SyntaxError) Problem() Problem {
	return Problem{Pos: e.Pos, Severity: SeverityError, Code: e.Code, Message: e.Message, Remedy: e.Remedy}
}

// Severity says how bad a problem is.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // the file must not be sent
	SeverityWarning Severity = "warning" // it can be sent, and may not do what was meant
)

// Problem is one finding in a file.
type Problem struct {
	Pos      Position
	Severity Severity
	// Code is stable, snake_case.
	Code string
	// Column is the name of the TSV column; "" for a row or the file.
	Column string
	// Message says what is wrong: lower case, no period. It never holds a secret.
	Message string
	// Remedy says what to do; "" if the message says it.
	Remedy string
	// ID is the id of the row; "" if it has none.
	ID string
}
