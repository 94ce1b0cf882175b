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
func WriteObject[T any](p *Printer, l List[T], v T) error {
	cols, err := l.choose(p.Columns, Wide)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(p.Out, bufferSize)
	switch {
	case p.Query != nil:
		err = queryObject(p, out, v)
	case p.Format == FormatJSON:
		err = writeJSON(out, &v)
	case p.Format == FormatYAML:
		err = writeYAML(out, &v)
	case p.Format == FormatTable, p.Format == FormatWide:
		err = writeFields(p, cols, out, v)
	default:
		err = writeOneRow(p, l, out, v)
	}
	return finish(out, err)
}

func writeOneRow[T any](p *Printer, l List[T], out *bufio.Writer, v T) error {
	s, err := newSink(p, l, out)
	if err != nil {
		return err
	}
	return drain(s, func(yield func(T, error) bool) { yield(v, nil) })
}

func writeFields[T any](p *Printer, cols []Column[T], out *bufio.Writer, v T) error {
	width := 0
	shown := make([]Column[T], 0, len(cols))
	for _, c := range cols {
		if len(p.Columns) == 0 && c.Text(v) == "" {
			continue
		}
		shown = append(shown, c)
		width = max(width, displaywidth.String(c.Header))
	}
	for _, c := range shown {
		line := Visible(c.Text(v))
		if !p.NoHeader {
			line = title(c.Header, width, p.Color) + line
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
