package gijtsv

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
)

// CopyOptions say what [Copy] leaves out, blanks and tells.
type CopyOptions struct {
	Reader ReaderOptions
	// Kinds are the rows that are copied; nil means all.
	Kinds []RowKind
	// Redact blanks the secret cells, and origins with a secret in them. An import keeps what the server has where a cell is blank.
	// A column of private keys whose name does not tell is known from its first PEM on; PEMColumn names it where it holds others.
	Redact bool
	// SpreadsheetSafe writes the spreadsheet-safe form.
	SpreadsheetSafe bool
	// Portable makes a file for another server: see [Copy].
	Portable bool
	// PEMColumn names the column of private keys; "" finds it.
	PEMColumn string
	// OnSecret gets the value of each secret cell of the input that is not blank. It is valid during the call.
	OnSecret func(value []byte)
	// OnDrop gets each row that Portable leaves out, OnFillIn each that it keeps and that lacks something on the new server.
	OnDrop   func(Dropped)
	OnFillIn func(FillIn)
}

// Dropped is a row that cannot be moved to another server by a file.
type Dropped struct {
	Kind RowKind
	// ID is the id on the old server; "" if the row has none.
	ID string
	// Name is the display name, else the origin without credentials.
	Name string
}

// FillIn is a row for another server in which a person must fill in something.
type FillIn struct {
	Kind RowKind
	// ID is the id on the old server; "" if the row has none.
	ID string
	// Name is the display name, else the origin without credentials.
	Name string
	// Columns are the names of the columns, in the file's order.
	Columns []string
}

// CopySummary is what [Copy] did.
type CopySummary struct {
	// Rows, LeftOut and Dropped count the rows of each kind, empty lines aside: those that were written, those that Kinds does not
	// name, and those that Portable leaves out.
	Rows, LeftOut, Dropped map[RowKind]int
	// Redacted counts the cells that were blanked because they held a secret.
	Redacted int
	// Notes are those of [Reader.Notes].
	Notes []string
}

// Copy copies a file row by row. Rows and cells that no option speaks of stay as they are, byte for byte; the encoding is that which
// [Reader] makes of it, and a file in the spreadsheet-safe form stays one.
//
// With Portable the file is for a server that does not have these rows. Blanked are ids, roots, SSH keys, parents, lists of projects
// (ALL stays), what the server alone sets, marks of deletion, and secrets. The vendor documents it of id and realRoot only; that
// the other numbers mean something else on another server is inferred. Left out are the repositories of integrations, which the
// new server finds again, and GitHub Apps, which cannot be attached to another integration.
//
// With a nil w nothing is written: the file is read to its end for what the options tell of it.
//
// Redact, Portable and Kinds refuse a row that does not have as many cells as the header, with a [*SyntaxError]: which of its cells
// are secret cannot be told. Errors are a [*SyntaxError], and those of r and w, wrapped; then w has the part before it.
func Copy(r io.Reader, w io.Writer, o CopyOptions) (CopySummary, error) {
	c := &copier{CopyOptions: o, summary: CopySummary{Rows: map[RowKind]int{}, LeftOut: map[RowKind]int{}, Dropped: map[RowKind]int{}}}
	reader, err := NewReader(r, o.Reader)
	if err != nil {
		return c.summary, err
	}
	c.summary.Notes = reader.Notes()
	c.readHeader(reader.Header())
	if w == nil {
		err = c.rows(reader)
		return c.summary, err
	}
	c.out = NewWriter(w)
	if o.SpreadsheetSafe || slices.Contains(c.summary.Notes, NoteSpreadsheetSafe) {
		c.out.SpreadsheetSafe()
	}
	if err := c.out.WriteHeader(reader.Header()); err != nil {
		return c.summary, err
	}
	err = c.rows(reader)
	return c.summary, cmp.Or(c.out.Flush(), err)
}

func (c *copier) rows(reader *Reader) error {
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := c.row(row); err != nil {
			return err
		}
	}
}

// put writes a row with the edits.
func (c *copier) put(row *Row, edits []edit) error {
	switch {
	case c.out == nil:
		return nil
	case len(edits) == 0:
		return c.out.Copy(row)
	}
	return c.out.writeEdited(row, edits)
}

type copier struct {
	CopyOptions
	out     *Writer
	summary CopySummary
	kinds   *Classifier
	names   []string
	secret  []bool // of each column
	secrets []int  // the columns of which that is true
	cleared []bool // of each column: Portable blanks it
	at      portablePlaces
	edits   []edit // of the row, ascending
	found   []int  // the row's secret columns with something in them
}

func (c *copier) readHeader(h *Header) {
	c.kinds, c.names = NewClassifier(h, c.PEMColumn), h.Names
	c.secret, c.cleared = make([]bool, len(h.Names)), make([]bool, len(h.Names))
	for i, name := range h.Names {
		if c.secret[i] = SecretColumn(name) || i == c.kinds.PEMColumn(); c.secret[i] {
			c.secrets = append(c.secrets, i)
		}
		c.cleared[i] = c.Portable && isTiedToServer(name)
	}
	c.at = findPortablePlaces(h)
}

func (c *copier) row(row *Row) error {
	selective := c.Kinds != nil || c.Redact || c.Portable
	if row.Blank() {
		if c.Kinds != nil || c.Portable { // where rows are left out, so are empty lines
			return nil
		}
		return c.put(row, nil)
	}
	if selective && len(row.Cells) != len(c.names) {
		return c.ragged(row)
	}
	kind := c.kinds.Kind(row)
	switch {
	case c.Redact || c.Portable || kind == RowGitHubApp && c.OnSecret != nil:
		c.findSecrets(row)
	case c.OnSecret != nil:
		c.tellSecrets(row)
	}
	switch {
	case c.Kinds != nil && !slices.Contains(c.Kinds, kind):
		c.summary.LeftOut[kind]++
		return nil
	case c.Portable && (kind == RowChild || kind == RowGitHubApp):
		c.drop(row, kind)
		return nil
	}
	c.summary.Rows[kind]++
	c.edits = c.edits[:0]
	if c.Portable {
		c.makePortable(row, kind)
	} else if c.Redact {
		c.redact(row)
	}
	return c.put(row, c.edits)
}

func (c *copier) ragged(row *Row) error {
	return &SyntaxError{
		Pos: Position{Line: row.Line, Column: 1}, Code: CodeRaggedRow,
		Message: fmt.Sprintf("the row has %d cells, the header %d: which of them are secret cannot be told", len(row.Cells), len(c.names)),
		Remedy:  "give each row as many tabs as the header; enclose a value with a tab or a line break in double quotes",
	}
}

// findSecrets notes which cells hold a secret. One that begins as a private key does so in any column.
func (c *copier) findSecrets(row *Row) {
	c.found = c.found[:0]
	for i := range row.Cells {
		value := row.Cells[i].Value
		if len(value) == 0 || !c.isSecret(i) && !beginsPEM(value) {
			continue
		}
		c.found = append(c.found, i)
		if c.OnSecret != nil {
			c.OnSecret(value)
		}
	}
}

// tellSecrets is a quick findSecrets for a row without a private key that nobody changes.
func (c *copier) tellSecrets(row *Row) {
	for _, column := range c.secrets {
		if value := row.Value(column); len(value) > 0 {
			c.OnSecret(value)
		}
	}
}

func (c *copier) isSecret(column int) bool {
	return column < len(c.secret) && c.secret[column] || column == c.kinds.PEMColumn()
}

// beginsPEM also finds a PEM with space before it. It is quick: few values begin so.
func beginsPEM(value []byte) bool {
	if value[0] != '-' && value[0] > ' ' {
		return false
	}
	return bytes.HasPrefix(bytes.TrimSpace(value), []byte(pemPrefix))
}

// redact blanks the row's secrets. An origin with a secret in it is blanked too: without the secret it would be another origin.
func (c *copier) redact(row *Row) {
	for _, column := range c.found {
		c.edits = append(c.edits, edit{column, ""})
	}
	if value := row.Value(c.at.origin); hidesSecret(value) && !slices.Contains(c.found, c.at.origin) {
		c.edits = append(c.edits, edit{c.at.origin, ""})
		slices.SortFunc(c.edits, func(a, b edit) int { return cmp.Compare(a.column, b.column) })
	}
	c.summary.Redacted += len(c.edits)
}
