package gijtsv

import "errors"

// errNotOneRow is what [RowParser.Parse] says of bytes that are no row, or more than one.
var errNotOneRow = errors.New("parse TSV row: the bytes are not one row")

// RowParser parses rows that a caller kept as their bytes, which takes much less memory than their cells. It is not safe for
// concurrent use.
type RowParser struct{ scanner scanner }

// NewRowParser makes a parser with the limits of a [Reader].
func NewRowParser(o ReaderOptions) *RowParser { return &RowParser{scanner: newScanner(o)} }

// Parse parses one row that was kept as its [Row.Raw], with or without the line end. The row is valid until the next call and
// refers to raw, which must not be written to meanwhile. Its places are those in raw: it begins at line 1. The error is a
// [*SyntaxError], or another one for bytes that hold more or less than one row.
func (p *RowParser) Parse(raw []byte) (*Row, error) {
	size, err := p.scanner.scan(raw, true, 1)
	if err != nil {
		return nil, err
	}
	if size == 0 || size < len(raw) {
		return nil, errNotOneRow
	}
	return &p.scanner.row, nil
}
