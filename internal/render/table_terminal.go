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

func (terminalTable) write(out *bufio.Writer, t *table, widths []int) error {
	tbl := tablewriter.NewTable(&lineWriter{out: out, bold: t.header && t.color}, terminalOptions(t, widths)...)
	for row := range t.rows() {
		cells := t.fitted(row, widths)
		if row == 0 && t.header {
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
func (t *table) fitted(row int, widths []int) []string {
	cells := make([]string, t.columns())
	for column := range cells {
		text, width := t.cell(row, column)
		cells[column] = string(text)
		if width > widths[column] {
			cells[column] = fit(cells[column], widths[column])
		}
	}
	return cells
}

func terminalOptions(t *table, widths []int) []tablewriter.Option {
	gap := tw.Padding{Right: "  ", Overwrite: true}
	total := tw.NewMapper[int, int]()
	align := make(tw.Alignment, t.columns())
	for i, w := range widths {
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
	out  *bufio.Writer
	bold bool // the next line is a header to be set off
}

func (w *lineWriter) Write(line []byte) (int, error) {
	text := strings.TrimRight(string(line), " \n")
	if err := writeLine(w.out, styled(text, w.bold)); err != nil {
		return 0, err
	}
	w.bold = false
	return len(line), nil
}
