package gijtsv

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strconv"

	"github.com/gijctl/gijctl/pkg/secret"
)

// ValidateOptions say what is known beside the file.
type ValidateOptions struct {
	// PEMColumn names the column of private keys; "" finds it.
	PEMColumn string
	// Export is the header of the server's own export. A column that it has is known, whatever it is called. nil if there is none.
	Export *Header
	// KnownID reports whether the server has a row of this id; nil if that is not known. It keeps parents that are only on the
	// server from being reported.
	KnownID func(id int64) bool
	// NewGitHubApp lets a row without id be an integration of a GitHub App. No page says that a file can make one, and the vendor
	// says that an app cannot be attached to a new integration: it is for an experiment that somebody asked for.
	NewGitHubApp bool
}

// Validator finds what is wrong in the rows under a header. It needs no server, allocates nothing for a good row beside its id,
// and holds 12 bytes for each id while they ascend, about 40 otherwise. It is not safe for concurrent use.
type Validator struct {
	header  *Header
	options ValidateOptions
	columns []checkedColumn
	checks  []cellCheck // of the same columns
	at      places
	// The names of the header and of the export.
	named, exported map[string]bool
	kinds           *Classifier
	report          func(Problem)
	// onFix gets the new value of a cell, where it is certain. nil if nobody wants it.
	onFix func(column int, value string)

	row   *Row
	found int   // problems of rows so far
	id    int32 // of the row; 0 if it has none that can be read

	ids       idSet
	parents   parentSet
	origins   map[uint64]uint32 // of new rows, by hash: the line
	seed      maphash.Seed
	pem       secret.PEMChecker
	regexes   map[string]verdict
	filters   map[string]verdict
	regions   []string
	headless  bool // the first line is no header, so nothing is known of the rows
	insidePEM bool // the lines of a key that nobody quoted
}

// checkedColumn is what the validation knows of one column of the file.
type checkedColumn struct {
	Column      // its name is that of the file's header, as it is or as it was meant
	known  bool // one of the documented columns
}

// cellCheck is the check of one column, apart from what is needed only for its problems: each cell of the file passes here.
type cellCheck struct {
	check func(v *Validator, column int, cell *Cell) // nil if there is none
	// good is the last value without problem, where a check costs more than a comparison with it (repeats).
	good    []byte
	repeats bool
}

// places are the columns, counted from 0, that the checks of a whole row need; -1 where the file lacks one.
type places struct {
	id, origin, displayName, realRoot, absoluteRoot, parent, remove, integrationType, username, password, pat, hosted, pem int
}

// Summary is what a file holds.
type Summary struct {
	Rows  map[RowKind]int // how many of each kind, empty lines aside
	Notes []string        // those of [Reader.Notes]
}

// Validate reads a whole file and reports its problems, in the order in which they are found: from top to bottom, but for those
// that only the end of the file shows. What cannot be read is a problem too; then it is the last, and the summary is of the
// rows before it. An error is the source's.
func Validate(r io.Reader, ro ReaderOptions, o ValidateOptions, report func(Problem)) (Summary, error) {
	s := Summary{Rows: map[RowKind]int{}}
	reader, err := NewReader(r, ro)
	if err != nil {
		return s, reportSyntax(err, report)
	}
	s.Notes = reader.Notes()
	v, problems := NewValidator(reader.Header(), o)
	for _, p := range problems {
		report(p)
	}
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			v.End(report)
			return s, nil
		}
		if err != nil {
			return s, reportSyntax(err, report)
		}
		if !row.Blank() {
			s.Rows[v.kinds.Kind(row)]++
		}
		v.Row(row, report)
	}
}

func reportSyntax(err error, report func(Problem)) error {
	syntax, ok := errors.AsType[*SyntaxError](err)
	if !ok {
		return err
	}
	report(syntax.Problem())
	return nil
}

// NewValidator makes a validator for the rows under a header, and returns the header's own problems.
func NewValidator(h *Header, o ValidateOptions) (*Validator, []Problem) {
	v := &Validator{
		header: h, options: o, kinds: NewClassifier(h, o.PEMColumn),
		origins: map[uint64]uint32{}, seed: maphash.MakeSeed(), regexes: map[string]verdict{}, filters: map[string]verdict{},
	}
	v.regions = regionCodes()
	problems := v.readHeader()
	return v, problems
}

// Row checks a row, and reports each problem in it. It holds nothing of the row but its id, its line and its parent.
func (v *Validator) Row(row *Row, report func(Problem)) {
	v.row, v.report, v.id = row, report, 0
	if v.headless || v.skipsLine() {
		return
	}
	v.id, _ = id32(trimmed(row, v.at.id))
	straight := v.checkBytes() && v.checkShape()
	if straight {
		v.checkCells()
		v.checkRow()
	}
	v.register(straight)
}

// End reports what only the whole file shows: parents that are not in it.
func (v *Validator) End(report func(Problem)) {
	v.row, v.report, v.id = nil, report, 0
	v.checkParents()
}

// skipsLine handles lines that are no rows: empty ones, and those of a key that was reported already.
func (v *Validator) skipsLine() bool {
	if v.insidePEM && v.isPEMLine() {
		return true
	}
	v.insidePEM = false
	if !isBlank(v.row) {
		return false
	}
	v.warnRow(CodeBlankRow, "the row is empty", "delete it: what the server makes of it is unknown")
	return true
}

// isBlank reports whether no cell of a row holds anything but space.
func isBlank(row *Row) bool {
	if len(row.Raw) > 0 && isInk(row.Raw[0]) {
		return false
	}
	for i := range row.Cells {
		if len(row.Cells[i].Value) > 0 && len(bytes.TrimSpace(row.Cells[i].Value)) > 0 {
			return false
		}
	}
	return true
}

// checkBytes reports whether the row is text.
func (v *Validator) checkBytes() bool {
	if !v.row.ValidUTF8() {
		i := v.firstCell(func(value []byte) bool { return !utf8Valid(value) })
		v.fail(i, CodeBadEncoding, v.name(i)+" is not UTF-8", "save the file as Unicode text or UTF-8, not in a code page of Windows")
		return false
	}
	if bytes.IndexByte(v.row.Raw, 0) >= 0 {
		i := v.firstCell(func(value []byte) bool { return bytes.IndexByte(value, 0) >= 0 })
		v.fail(i, CodeControlCharacter, v.name(i)+" has a NUL character", "write the value again")
		return false
	}
	return true
}

func (v *Validator) firstCell(is func([]byte) bool) int {
	for i := range v.row.Cells {
		if is(v.row.Cells[i].Value) {
			return i
		}
	}
	return 0
}

// checkShape reports whether the cells stand under their names. Where they do not, looking at them would only mislead, and a
// message could show a secret.
func (v *Validator) checkShape() bool {
	cells := v.row.Cells
	last := len(cells) - 1
	if isOpenPEM(&cells[last]) {
		v.insidePEM = true
		v.fail(last, CodeUnquotedPEM, "the private key's lines are lines of the file", "enclose the whole key in double quotes")
		return false
	}
	names := len(v.header.Names)
	if len(cells) == names {
		return true
	}
	remedy := "give each row as many tabs as the header; enclose a value with a tab or a line break in double quotes"
	message := fmt.Sprintf("the row has %d cells, the header %d", len(cells), names)
	pos := Position{Line: v.row.Line, Column: 1}
	if len(cells) > names {
		pos = cells[names].Pos
	}
	v.emit(Problem{Pos: pos, Severity: SeverityError, Code: CodeRaggedRow, Message: message, Remedy: remedy})
	return false
}

// checkCells looks at each cell that holds something. Most hold nothing that needs more than a glance.
func (v *Validator) checkCells() {
	for i := range v.row.Cells {
		cell := &v.row.Cells[i]
		if len(cell.Value) == 0 {
			continue
		}
		if cell.Quoted && !v.checkQuoted(i, cell) {
			continue
		}
		switch cell.Value[0] {
		case '-', '#', '[':
			if v.checkBegin(i, cell) {
				continue
			}
		}
		if check := v.checks[i].check; check != nil {
			v.checkOnce(i, cell, check)
		}
	}
}

// checkOnce checks a cell, unless it holds what the last good one in its column did: many rows say the same.
func (v *Validator) checkOnce(i int, cell *Cell, check func(*Validator, int, *Cell)) {
	column := &v.checks[i]
	if !column.repeats {
		check(v, i, cell)
		return
	}
	if bytes.Equal(cell.Value, column.good) {
		return
	}
	before := v.found
	check(v, i, cell)
	const longest = 4096
	if v.found == before && len(cell.Value) <= longest {
		column.good = append(column.good[:0], cell.Value...)
	}
}

// checkQuoted reports whether a quoted cell can be looked at further.
func (v *Validator) checkQuoted(i int, cell *Cell) bool {
	if cell.Stray {
		v.fail(i, CodeTextAfterQuote, "text follows the closing quote of "+v.name(i),
			"double each quote inside the value, and check that the quote before is closed")
		return false
	}
	if v.columns[i].known && i != v.at.pem && !bytes.HasPrefix(cell.Value, []byte(pemPrefix)) && bytes.IndexByte(cell.Value, '\n') >= 0 {
		v.warn(i, CodeLineBreak, v.name(i)+" has a line break", "write it in one line: the vendor has line breaks in private keys only")
	}
	return true
}

// checkBegin looks at what shows by its first character in any column, and reports whether that settles the cell.
func (v *Validator) checkBegin(i int, cell *Cell) bool {
	value := cell.Value
	switch {
	case bytes.HasPrefix(value, []byte(pemPrefix)):
		v.checkOnce(i, cell, (*Validator).checkPEM)
	case value[0] == '#' && isSpreadsheetError(value):
		v.fail(i, CodeSpreadsheetError, v.name(i)+" holds the error "+string(value)+" of a spreadsheet",
			"write the value again, in a column that is formatted as text")
	case string(value) == secret.Redacted && v.id > 0:
		v.fixable(i, SeverityError, CodeRedactedValue, v.name(i)+" is hidden: "+secret.Redacted+" stands in its place",
			"leave the cell blank to keep what the server has", "")
	case string(value) == secret.Redacted:
		v.fail(i, CodeRedactedValue, v.name(i)+" is hidden: "+secret.Redacted+" stands in its place", "write the value itself")
	default:
		return false
	}
	return true
}

// problem makes and reports the problem of a cell.
func (v *Validator) problem(column int, severity Severity, code, message, remedy string) {
	pos := Position{Line: v.row.Line, Column: 1}
	if column >= 0 && column < len(v.row.Cells) {
		pos = v.row.Cells[column].Pos
	}
	p := Problem{Pos: pos, Severity: severity, Code: code, Message: message, Remedy: remedy}
	if column >= 0 {
		p.Column = v.name(column)
	}
	v.emit(p)
}

func (v *Validator) emit(p Problem) {
	if v.id > 0 {
		p.ID = strconv.Itoa(int(v.id))
	}
	v.found++
	v.report(p)
}

func (v *Validator) fail(column int, code, message, remedy string) {
	v.problem(column, SeverityError, code, message, remedy)
}

func (v *Validator) warn(column int, code, message, remedy string) {
	v.problem(column, SeverityWarning, code, message, remedy)
}

func (v *Validator) warnRow(code, message, remedy string) {
	v.problem(-1, SeverityWarning, code, message, remedy)
}

// fixable reports a problem whose remedy is certain: the cell should be value.
func (v *Validator) fixable(column int, severity Severity, code, message, remedy, value string) {
	v.problem(column, severity, code, message, remedy)
	if v.onFix != nil {
		v.onFix(column, value)
	}
}

// name is a column's name for a message.
func (v *Validator) name(column int) string {
	if column < 0 || column >= len(v.columns) || v.columns[column].Name == "" {
		return "column " + strconv.Itoa(column+1)
	}
	return v.columns[column].Name
}
