package gijtsv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	defaultMaxCell = 1 << 20
	largestMaxCell = 64 << 20
	smallestMaxRow = 1 << 20
	cellsPerMaxRow = 16 // a row has a few long cells at most
	firstWindow    = 128 << 10
	maxEmptyReads  = 100
)

// ReaderOptions are the limits of a [Reader].
type ReaderOptions struct {
	// MaxCell is the size of the largest cell in bytes, quotes included; 0 is 1 MiB, and no more than 64 MiB count. It keeps a
	// quote that nobody closed from swallowing the file. A row may have 16 times as much, and 1 MiB in any case.
	MaxCell int
}

// Reader reads a TSV row by row.
type Reader struct {
	src      io.Reader
	srcErr   error // what the source said at its end
	buf      []byte
	from, to int // the part of buf that is not yet read
	line     int // the line of the next row
	scanner  scanner
	header   *Header
	notes    []string
	err      error // what Next says from now on
}

// NewReader makes a reader and reads the header. It returns a [*SyntaxError] for a file without one: an empty file, a web page, a
// workbook, a file without tabs whose only column is not id; and the source's error, wrapped.
func NewReader(r io.Reader, o ReaderOptions) (*Reader, error) { return newReader(r, o, firstWindow) }

func newReader(r io.Reader, o ReaderOptions, window int) (*Reader, error) {
	src, notes, err := decode(r)
	if err != nil {
		return nil, err
	}
	reader := &Reader{src: src, notes: notes, line: 1, buf: make([]byte, window), scanner: newScanner(o)}
	if err := reader.readHeader(); err != nil {
		return nil, err
	}
	return reader, nil
}

// newScanner makes a scanner with the limits of o.
func newScanner(o ReaderOptions) scanner {
	maxCell := o.MaxCell
	if maxCell <= 0 {
		maxCell = defaultMaxCell
	}
	maxCell = min(maxCell, largestMaxCell)
	return scanner{maxCell: maxCell, maxRow: max(maxCell*cellsPerMaxRow, smallestMaxRow)}
}

// Header returns the file's header.
func (r *Reader) Header() *Header { return r.header }

// Notes tells what the reader did to the file as a whole before it read it: the Note constants.
func (r *Reader) Notes() []string { return r.notes }

// Next returns the next row, which is valid until the next call; [io.EOF] after the last one. A [*SyntaxError] is text that cannot
// be read; other errors are the source's, wrapped. After an error it returns the same one again.
func (r *Reader) Next() (*Row, error) {
	if r.err != nil {
		return nil, r.err
	}
	row, err := r.read()
	r.err = err
	return row, err
}

func (r *Reader) read() (*Row, error) {
	for {
		if r.from < r.to {
			size, err := r.scanner.scan(r.buf[r.from:r.to], errors.Is(r.srcErr, io.EOF), r.line)
			if err != nil {
				return nil, err
			}
			if size > 0 {
				r.from += size
				r.line = r.scanner.line + 1
				return &r.scanner.row, nil
			}
		}
		if r.srcErr != nil {
			return nil, r.atEnd()
		}
		r.fill()
	}
}

// fill makes room after the unread part and fills it all, so that a long row is looked at a few times only.
func (r *Reader) fill() {
	if r.from == 0 && r.to == len(r.buf) {
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	r.from, r.to = 0, copy(r.buf, r.buf[r.from:r.to])
	for empty := 0; r.to < len(r.buf) && r.srcErr == nil; {
		n, err := r.src.Read(r.buf[r.to:])
		r.to, r.srcErr = r.to+n, err
		if n > 0 {
			empty = 0
			continue
		}
		if empty++; empty == maxEmptyReads && err == nil {
			r.srcErr = io.ErrNoProgress
		}
	}
}

// atEnd is the answer to a source that has no more bytes.
func (r *Reader) atEnd() error {
	if errors.Is(r.srcErr, io.EOF) {
		return io.EOF
	}
	var invalid *utf16Error
	if !errors.As(r.srcErr, &invalid) {
		return fmt.Errorf("read TSV: %w", r.srcErr)
	}
	s := scanner{b: r.buf[r.from:r.to], row: Row{Line: r.line}}
	return &SyntaxError{
		Pos: s.position(len(s.b)), Code: CodeInvalidUTF16, Message: invalid.Error(),
		Remedy: "save it again, best as UTF-8",
	}
}

func (r *Reader) readHeader() error {
	r.fill()
	if err := r.refuseOthers(r.buf[:r.to]); err != nil {
		return err
	}
	row, err := r.read()
	if err != nil {
		return err
	}
	if mark := markColumn(row); mark >= 0 {
		r.notes = append(r.notes, NoteSpreadsheetSafe)
		r.scanner.safe, r.scanner.mark = true, mark
		r.scanner.unguard(mark)
	}
	header := &Header{raw: bytes.Clone(row.Raw)}
	for i := range row.Cells {
		header.Names = append(header.Names, string(row.Cells[i].Value))
		header.Positions = append(header.Positions, row.Cells[i].Pos)
	}
	r.header = header
	return checkHeader(row)
}

// refuseOthers tells files of other kinds by their first bytes.
func (r *Reader) refuseOthers(head []byte) error {
	start := Position{Line: 1, Column: 1}
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case len(head) == 0 && errors.Is(r.srcErr, io.EOF):
		return &SyntaxError{start, CodeEmptyFile, "the file is empty", "begin it with a header row that names the columns"}
	case bytes.HasPrefix(text, []byte("<")):
		return &SyntaxError{
			start, CodeHTML, "the file is a web page or XML",
			"export it again: a login page may have come in its place",
		}
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		return &SyntaxError{
			start, CodeWorkbook, "the file is a workbook or an archive",
			"save the sheet as tab-separated text",
		}
	case endsWithCR(head):
		return &SyntaxError{
			start, CodeCarriageReturn, "lines end with a carriage return alone",
			"save the file with the line ends of Windows or Unix",
		}
	}
	return nil
}

// endsWithCR reports whether the first line ends as on an old Mac.
func endsWithCR(head []byte) bool {
	i := bytes.IndexAny(head, "\r\n\"")
	return i >= 0 && i+1 < len(head) && head[i] == '\r' && head[i+1] != '\n'
}

// checkHeader refuses a first row that cannot be a header.
func checkHeader(row *Row) error {
	only := string(row.Cells[0].Value)
	start := Position{Line: 1, Column: 1}
	switch {
	case len(row.Cells) > 1, strings.EqualFold(strings.TrimSpace(only), "id"):
		return nil
	case strings.ContainsAny(only, ",;"):
		return &SyntaxError{start, CodeNotTabs, "the columns are not separated by tabs", "save the file as tab-separated text"}
	}
	return &SyntaxError{start, CodeNoHeader, "the first line is no header", "begin the file with a row that names the columns"}
}
