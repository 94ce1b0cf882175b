package render

import (
	"bufio"
	"fmt"
	"slices"
	"sort"

	"github.com/clipperhouse/displaywidth"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

const (
	columnGap = 2
	// maxTerminalRows is where the table library, 14 to 21 times slower than padding, begins to be felt.
	maxTerminalRows = 1000
	// minColumnWidth is what a shortened column keeps, so that its text can still be recognised.
	minColumnWidth = 8
)

// tableWriter writes a table whose columns have the given widths.
type tableWriter interface {
	write(out *bufio.Writer, t *table, widths []int) error
}

// table holds the cells of all rows, the header first, in one piece of memory: 10,000 rows are a handful of allocations.
type table struct {
	right   []bool
	fixed   []bool // never shortened
	header  bool   // the first row is the header
	color   bool
	measure func(string) int
	text    []byte
	ends    []int // for each cell, where its text ends
	widths  []int // for each cell, its width
	widest  []int // for each column
}

func (t *table) columns() int { return len(t.right) }

func (t *table) rows() int { return len(t.ends) / max(1, t.columns()) }

func (t *table) add(cell string) {
	cell = Visible(cell)
	column := len(t.ends) % t.columns()
	width := t.measure(cell)
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

func tableSink[T any](p *Printer, l List[T], cols []Column[T], out *bufio.Writer) sink[T] {
	t := newTable(p, cols)
	rows := 0
	return sink[T]{
		row: func(v T) error {
			rows++
			for i := range cols {
				t.add(cols[i].Text(v))
			}
			return nil
		},
		end: func() error {
			if rows == 0 {
				return p.sayEmpty(l.Empty)
			}
			return p.writeTable(out, t, rows)
		},
	}
}

func newTable[T any](p *Printer, cols []Column[T]) *table {
	t := &table{
		right:   make([]bool, len(cols)),
		fixed:   make([]bool, len(cols)),
		widest:  make([]int, len(cols)),
		header:  !p.NoHeader,
		color:   p.Color,
		measure: displaywidth.String,
	}
	if p.Terminal {
		// The library measures by its own settings (a Chinese terminal may show ambiguous characters wide): measure alike.
		t.measure = twwidth.Width
	}
	for i, c := range cols {
		t.right[i], t.fixed[i] = c.Right, c.Right || c.Keep
		if t.header {
			t.add(c.Header)
		}
	}
	return t
}

func (p *Printer) writeTable(out *bufio.Writer, t *table, rows int) error {
	widths := t.widest
	if p.Terminal && p.Width > 0 && p.Format != FormatWide { // who asks for all wants to read it, be it in two lines
		widths = shrink(t.widest, t.fixed, p.Width)
	}
	var w tableWriter = plainTable{}
	if p.Terminal && rows <= maxTerminalRows {
		w = terminalTable{}
	}
	return w.write(out, t, widths)
}

func (p *Printer) sayEmpty(note string) error {
	if note == "" || p.Quiet || p.Err == nil {
		return nil
	}
	_, err := fmt.Fprintln(p.Err, note)
	return err
}

// shrink returns column widths with which a line has at most limit columns. The widest columns give way first, all to the
// same width; right-aligned ones never, because a shortened number is a wrong number, nor those to be kept. When even that is too wide, lines
// are longer than the terminal.
func shrink(natural []int, fixed []bool, limit int) []int {
	room := limit - (len(natural)-1)*columnGap
	if sum(natural) <= room {
		return natural
	}
	tooWide := sort.Search(slices.Max(natural), func(width int) bool { return sum(capped(natural, fixed, width)) > room })
	width := max(minColumnWidth, tooWide-1)
	widths := capped(natural, fixed, width)
	// What is left is less than a column each for those that were shortened.
	left := room - sum(widths)
	for i := range widths {
		if left > 0 && widths[i] < natural[i] {
			widths[i]++
			left--
		}
	}
	return widths
}

func capped(natural []int, fixed []bool, width int) []int {
	widths := slices.Clone(natural)
	for i := range widths {
		if !fixed[i] {
			widths[i] = min(widths[i], width)
		}
	}
	return widths
}

func sum(widths []int) int {
	total := 0
	for _, w := range widths {
		total += w
	}
	return total
}

// fit shortens text that is wider than its column.
func fit(text string, width int) string {
	return twwidth.Truncate(text, width, "…")
}

func styled(s string, bold bool) string {
	if !bold {
		return s
	}
	return "\x1b[1m" + s + "\x1b[0m"
}
