package render

import (
	"bufio"
	"encoding/csv"
	"sync"
)

func csvSink(p *Printer, cols []column, out *bufio.Writer) sink {
	w := newCSVWriter(p, out)
	cells := make([]string, len(cols))
	start := sync.OnceValue(func() error {
		if p.NoHeader {
			return nil
		}
		for i, c := range cols {
			cells[i] = c.key
		}
		return w.write(cells)
	})
	return sink{
		row: func(row any) error {
			if err := start(); err != nil {
				return err
			}
			for i := range cols {
				cells[i] = cols[i].data(row)
			}
			return w.write(cells)
		},
		end: start,
	}
}

// csvWriter writes records as RFC 4180 has them, with a line feed after each. On a pipe a cell is what the server sent,
// byte for byte; on a terminal it goes through Visible.
type csvWriter struct {
	csv     *csv.Writer
	out     *bufio.Writer
	visible bool
}

// newCSVWriter makes a writer that shares out's buffer: bufio does not wrap a buffered writer again.
func newCSVWriter(p *Printer, out *bufio.Writer) *csvWriter {
	w := &csvWriter{csv: csv.NewWriter(out), out: out, visible: p.Terminal}
	if p.Format == FormatTSV {
		w.csv.Comma = '\t'
	}
	return w
}

// write may change cells.
func (w *csvWriter) write(cells []string) error {
	if len(cells) == 1 && cells[0] == "" {
		// encoding/csv makes this an empty line, which readers skip.
		return writeLine(w.out, `""`)
	}
	if w.visible {
		for i := range cells {
			cells[i] = Visible(cells[i])
		}
	}
	return w.csv.Write(cells)
}
