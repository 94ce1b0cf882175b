package render

import (
	"bufio"
	"fmt"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// maxTerminalRows is where the table library, 14 to 21 times slower than padding, begins to be felt.
const maxTerminalRows = 1000

// tableWriter writes a table whose columns have their widths.
type tableWriter interface {
	write(out *bufio.Writer, t *table) error
}

// table holds the cells of all rows, the header first, in one piece of memory: 10,000 rows are a handful of allocations.
type table struct {
	headers []string
	shown   int    // columns that are written; the others did not fit
	right   []bool // aligned to the right
	fixed   []bool // never shortened
	state   []bool // a word that has a style
	header  bool   // the first row is the header
	color   bool
	ruler   ruler
	check   bool // whether the library measures like the ruler
	odd     bool // it does not, for some cell
	text    []byte
	ends    []int // for each cell, where its text ends
	widths  []int // for each cell, its width
	widest  []int // for each column, the width that it needs, and in the end has
}

func (t *table) columns() int { return len(t.right) }

func (t *table) rows() int { return len(t.ends) / max(1, t.columns()) }

func (t *table) add(cell string) {
	cell = Visible(cell)
	column := len(t.ends) % t.columns()
	width := t.ruler.width(cell)
	if t.check && !t.odd && len(cell) != width { // of text with a byte a column both think alike
		t.odd = twwidth.Width(cell) != width
	}
	t.text = append(t.text, cell...)
	t.ends = append(t.ends, len(t.text))
	t.widths = append(t.widths, width)
	t.widest[column] = max(t.widest[column], width)
}

// cell returns the text of a cell and its width.
func (t *table) cell(row, column int) ([]byte, int) {
	i := row*t.columns() + column
	start := 0
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.text[start:t.ends[i]], t.widths[i]
}

// style returns how a cell stands out where there is colour.
func (t *table) style(row, column int, text []byte) Style {
	if !t.state[column] || t.isHeader(row) {
		return StylePlain
	}
	return StateStyle(string(text))
}

func (t *table) isHeader(row int) bool { return t.header && row == 0 }

func tableSink(p *Printer, l list, cols []column, out *bufio.Writer) sink {
	t := newTable(p, cols)
	rows := 0
	return sink{
		row: func(row any) error {
			rows++
			for i := range cols {
				t.add(cols[i].text(row))
			}
			return nil
		},
		end: func() error {
			if rows == 0 {
				return p.sayEmpty(l.empty)
			}
			return p.writeTable(out, t, rows)
		},
	}
}

func newTable(p *Printer, cols []column) *table {
	n := len(cols)
	t := &table{
		headers: make([]string, n), shown: n, right: make([]bool, n), fixed: make([]bool, n), state: make([]bool, n),
		header: !p.NoHeader, color: p.Color, ruler: newRuler(p.Terminal), check: p.Terminal, widest: make([]int, n),
	}
	for i, c := range cols {
		t.headers[i], t.right[i], t.fixed[i], t.state[i] = c.header, c.right, c.right || c.keep, c.state || c.keep
		if t.header {
			t.add(c.header)
		}
	}
	return t
}

func (p *Printer) writeTable(out *bufio.Writer, t *table, rows int) error {
	p.narrow(t)
	var w tableWriter = plainTable{}
	// The library measures code point by code point, and so misplaces what stands behind a joined emoji.
	if p.Terminal && rows <= maxTerminalRows && !t.odd {
		w = terminalTable{}
	}
	if err := w.write(out, t); err != nil {
		return err
	}
	if t.shown == t.columns() {
		return nil
	}
	if err := out.Flush(); err != nil { // the note belongs below the table
		return err
	}
	return p.sayLeftOut(t.headers[t.shown:])
}

func (p *Printer) sayEmpty(note string) error {
	if note == "" || p.Quiet || p.Err == nil {
		return nil
	}
	_, err := fmt.Fprintln(p.Err, note)
	return err
}

// styled is how headers and titles stand out.
func styled(s string, bold bool) string { return Paint(bold, StyleBold, s) }
