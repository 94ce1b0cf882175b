package render

import (
	"bufio"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// WriteObject writes one value in the printer's format.
//
// A table, also a wide one, has a line "HEADER  value" for each column that is not [OnRequest] and not empty, or for each
// of --columns; values are not shortened. JSON and YAML have the object itself, with a query its result as in
// [WriteList]. The other formats are those of a list with one row.
func WriteObject[T any](p *Printer, l List[T], v T) error { return writeObject(p, forget(l), v) }

func writeObject(p *Printer, l list, row any) error {
	cols, err := l.choose(p.Columns, Wide)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(p.Out, bufferSize)
	switch {
	case p.Query != nil:
		err = queryObject(p, out, row)
	case p.Format == FormatJSON:
		err = writeJSON(out, row)
	case p.Format == FormatYAML:
		err = writeYAML(out, row)
	case p.Format == FormatTable, p.Format == FormatWide:
		err = writeFields(p, cols, out, row)
	default:
		err = writeOneRow(p, l, out, row)
	}
	return finish(out, err)
}

func writeOneRow(p *Printer, l list, out *bufio.Writer, row any) error {
	s, err := newSink(p, l, out)
	if err != nil {
		return err
	}
	return drain(s, func(yield func(any, error) bool) { yield(row, nil) })
}

func writeFields(p *Printer, cols []column, out *bufio.Writer, row any) error {
	width := 0
	shown := make([]column, 0, len(cols))
	for _, c := range cols {
		if len(p.Columns) == 0 && c.text(row) == "" {
			continue
		}
		shown = append(shown, c)
		width = max(width, displaywidth.String(c.header))
	}
	for _, c := range shown {
		line := Visible(c.text(row))
		if !p.NoHeader {
			line = title(c.header, width, p.Color) + line
		}
		if err := writeLine(out, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

func title(header string, width int, bold bool) string {
	pad := width - displaywidth.String(header) + columnGap
	return styled(header, bold) + strings.Repeat(" ", pad)
}
