package gijtsv

import (
	"bytes"
	"cmp"
	"errors"
	"io"
)

// FixOptions are the options of [Fix].
type FixOptions struct {
	Reader   ReaderOptions
	Validate ValidateOptions
}

// Repair is one change that [Fix] made. It holds no value: it may be a secret.
type Repair struct {
	// Pos is the place in the file as it was; zero for the file as a whole.
	Pos Position
	// Code is that of the problem; "" for a note of [Reader.Notes].
	Code string
	// Column is the name of the TSV column; "" for a row or the file.
	Column string
	// Message says what was repaired: lower case, no period.
	Message string
	// ID is the id of the row; "" if it has none.
	ID string
}

// Fix copies a file and repairs what is certain: UTF-16 and byte order mark, the case of column names, space around values, empty
// rows, decimals that a spreadsheet added to an id, its translation of true and false, its guards around a formula, the misspelt AWS
// region, a flattened private key, a redacted value in a row with an id. Everything else stays, byte for byte: validate the result.
// A file in the spreadsheet-safe form stays one: each value that needs a guard has it then, and the marking column is the last one.
//
// It returns what it repaired. Errors are a *[SyntaxError], and those of r and w, wrapped; then w has the part before it.
func Fix(r io.Reader, w io.Writer, o FixOptions) ([]Repair, error) {
	reader, err := NewReader(r, o.Reader)
	if err != nil {
		return nil, err
	}
	f := &fixer{out: NewWriter(w)}
	for _, note := range reader.Notes() {
		if note == NoteSpreadsheetSafe {
			f.out.SpreadsheetSafe()
			continue
		}
		f.repairs = append(f.repairs, Repair{Message: note})
	}
	f.validator, _ = NewValidator(reader.Header(), o.Validate)
	f.validator.onFix, f.report = f.take, f.see
	if err := f.header(reader.Header()); err != nil {
		return f.repairs, err
	}
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return f.repairs, f.out.Flush()
		}
		if err != nil {
			return f.repairs, cmp.Or(f.out.Flush(), err)
		}
		if err := f.row(row); err != nil {
			return f.repairs, err
		}
	}
}

type fixer struct {
	out       *Writer
	validator *Validator
	repairs   []Repair
	report    func(Problem)
	last      Problem // the one that take is about
	changes   map[int]string
	blank     bool
}

// see keeps the problem that the validator reports just before it calls take.
func (f *fixer) see(p Problem) {
	f.last = p
	f.blank = f.blank || p.Code == CodeBlankRow
}

func (f *fixer) take(column int, value string) {
	if f.changes == nil {
		f.changes = map[int]string{}
	}
	f.changes[column] = value
	f.list(f.last)
}

func (f *fixer) list(p Problem) {
	f.repairs = append(f.repairs, Repair{Pos: p.Pos, Code: p.Code, Column: p.Column, Message: p.Message, ID: p.ID})
}

func (f *fixer) row(row *Row) error {
	clear(f.changes)
	f.blank = false
	f.validator.Row(row, f.report)
	if f.blank {
		f.list(f.last)
		return nil
	}
	if len(f.changes) == 0 {
		return f.out.Copy(row)
	}
	return f.out.WriteChanged(row, f.changes)
}

// header writes the header, with the names spelled as documented that differ in case, or by space around them, only.
func (f *fixer) header(h *Header) error {
	changes := map[int]string{}
	for i, name := range h.Names {
		if _, ok := Lookup(name); ok || f.validator.exported[name] {
			continue
		}
		column, same, _ := near(name)
		if !same || f.validator.named[column.Name] {
			continue
		}
		changes[i] = column.Name
		f.list(Problem{
			Pos: h.Position(i), Code: CodeMisspeltColumn, Column: column.Name, Message: "the column's name is not written as documented",
		})
	}
	if len(changes) == 0 {
		return f.out.WriteHeader(h)
	}
	raw, err := changedHeader(h, changes)
	if err != nil {
		return err
	}
	return f.out.WriteHeader(&Header{Names: h.Names, raw: raw})
}

func changedHeader(h *Header, changes map[int]string) ([]byte, error) {
	row, err := parseHeader(h.raw)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := NewWriter(&b)
	if err := w.WriteChanged(row, changes); err != nil {
		return nil, err
	}
	err = w.Flush()
	return b.Bytes(), err
}
