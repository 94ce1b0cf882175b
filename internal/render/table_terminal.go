package render

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"
)

// terminalTable is the table library, without borders.
type terminalTable struct{}

func (terminalTable) write(out *bufio.Writer, t *table) error {
	tbl := tablewriter.NewTable(&lineWriter{out: out, t: t}, terminalOptions(t)...)
	for row := range t.rows() {
		cells := t.fitted(row)
		if t.isHeader(row) {
			tbl.Header(cells)
			continue
		}
		if err := tbl.Append(cells); err != nil {
			return fmt.Errorf("build table: %w", err)
		}
	}
	if err := tbl.Render(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// fitted returns the cells of a row, none wider than its column.
func (t *table) fitted(row int) []string {
	cells := make([]string, t.shown)
	for column := range cells {
		text, width := t.cell(row, column)
		cells[column] = string(text)
		if width > t.widest[column] {
			cells[column] = t.ruler.fit(cells[column], t.widest[column])
		}
	}
	return cells
}

func terminalOptions(t *table) []tablewriter.Option {
	gap := tw.Padding{Right: "  ", Overwrite: true}
	total := tw.NewMapper[int, int]()
	align := make(tw.Alignment, t.shown)
	for i, w := range t.widest[:t.shown] {
		total.Set(i, w+columnGap)
		align[i] = tw.AlignLeft
		if t.right[i] {
			align[i] = tw.AlignRight
		}
	}
	return []tablewriter.Option{
		tablewriter.WithRendition(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Lines: tw.LinesNone, Separators: tw.SeparatorsNone},
		}),
		tablewriter.WithPadding(gap),
		tablewriter.WithAlignment(align),
		tablewriter.WithColumnWidths(total),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithTrimLine(tw.Off),
	}
}

// lineWriter takes the library's lines, one a call, and cuts the padding behind the last column: it would wrap when the
// terminal is made narrower. The library ignores errors of writing; out keeps the first one until it is flushed.
type lineWriter struct {
	out *bufio.Writer
	t   *table
	row int // whose line comes next
}

func (w *lineWriter) Write(line []byte) (int, error) {
	text := strings.TrimRight(string(line), " \n")
	if err := writeLine(w.out, w.t.painted(w.row, text)); err != nil {
		return 0, err
	}
	w.row++
	return len(line), nil
}

// painted puts the styles into a row that the library has laid out: it would not leave them alone.
func (t *table) painted(row int, line string) string {
	if t.isHeader(row) {
		return styled(line, t.color)
	}
	if !t.color {
		return line
	}
	done := 0
	for column, cell := range t.fitted(row) {
		at := strings.Index(line[done:], cell) // nothing but padding stands before it
		if at < 0 {
			break // the padding that was cut belonged to the cell
		}
		text, _ := t.cell(row, column)
		painted := Paint(t.color, t.style(row, column, text), cell)
		line = line[:done+at] + painted + line[done+at+len(cell):]
		done += at + len(painted)
	}
	return line
}
