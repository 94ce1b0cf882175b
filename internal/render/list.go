// Package render writes rows and objects as a table, JSON, YAML, CSV, TSV, names or Markdown, and errors as text or JSON.
//
// A command declares the columns of its list once and hands over its rows as they arrive; everything that is decided by
// flags and by the terminal is in the [Printer]. What a server sent is data: text for people goes through [Visible].
package render

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
)

// bufferSize is that of the one buffer between a result and stdout.
const bufferSize = 32 << 10

// List declares how values of T are shown. T is best a pointer: its cells are not copied, and the program does not grow with
// each T.
type List[T any] struct {
	// Columns are in the order of the table.
	Columns []Column[T]
	// Name is the line of -o name.
	Name func(T) string
	// Empty is said on Printer.Err when a table has no rows: "no integrations".
	Empty string
}

// Printer says where and how to write.
type Printer struct {
	Out, Err io.Writer
	Format   Format
	// Columns are those of --columns; empty means the default. JSON and YAML always have the whole object.
	Columns []string
	// NoHeader leaves out the header of tables, csv, tsv and markdown, and the titles of an object.
	NoHeader bool
	// Query is applied to the JSON form; see [WriteList]. Nil means none.
	Query Query
	// Terminal says that Out is a terminal.
	Terminal bool
	// Width is the number of columns of the terminal, 0 if unknown. Without Terminal it has no effect. A table of default
	// columns leaves those out on the right that do not fit even when the others are shortened, and says so on Err.
	Width int
	// Color allows bold headers, and the styles of states.
	Color bool
	// Quiet leaves out the notes about an empty table and about columns that do not fit.
	Quiet bool
}

// WriteList writes rows in the printer's format.
//
// Nothing is written before the first row has arrived, so that a request that fails leaves stdout empty. JSON, YAML,
// csv, tsv, names and markdown are written row by row; a table needs all rows for its widths, and a query all rows for
// its input. The first error of rows ends the list and is returned as it is: rows that were written before it stay, and
// a JSON array stays open, so that no program takes it for a whole one. An error of Out ends the list as well, before
// the next row is asked for.
//
// A query sees the rows as JSON. Its result is written as JSON for json, table, wide and markdown, and as YAML for yaml;
// for csv, tsv and name it must be a value, a list of values (a line each) or a list of lists of values (a line each,
// not for name), else the error is [ErrQueryResult]. A null is written as null.
func WriteList[T any](p *Printer, l List[T], rows iter.Seq2[T, error]) error {
	out := bufio.NewWriterSize(p.Out, bufferSize)
	s, err := newSink(p, forget(l), out)
	if err != nil {
		return err
	}
	return finish(out, drain(s, untypedRows(rows)))
}

// sink takes the rows of one list; end is called after the last one, unless something failed.
type sink struct {
	row func(row any) error
	end func() error
}

func newSink(p *Printer, l list, out *bufio.Writer) (sink, error) {
	cols, err := l.choose(p.Columns, p.defaultColumns())
	if err != nil {
		return sink{}, err
	}
	if p.Query != nil {
		return querySink(p, out), nil
	}
	switch p.Format {
	case FormatTable, FormatWide:
		return tableSink(p, l, cols, out), nil
	case FormatJSON:
		return jsonSink(p, out), nil
	case FormatYAML:
		return yamlSink(out), nil
	case FormatCSV, FormatTSV:
		return csvSink(p, cols, out), nil
	case FormatName:
		return nameSink(l, out)
	case FormatMarkdown:
		return markdownSink(p, cols, out), nil
	}
	return sink{}, fmt.Errorf("unknown output format %q", p.Format)
}

func (p *Printer) defaultColumns() Visibility {
	if p.Format == FormatWide {
		return Wide
	}
	return Default
}

func nameSink(l list, out *bufio.Writer) (sink, error) {
	if l.name == nil {
		return sink{}, errors.New("output format name: what is listed here has no names")
	}
	return sink{
		row: func(row any) error { return writeLine(out, Visible(l.name(row))) },
		end: func() error { return nil },
	}, nil
}

func drain(s sink, rows iter.Seq2[any, error]) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		if err := s.row(row); err != nil {
			return err
		}
	}
	return s.end()
}

// finish flushes what was written, also after an error: rows that arrived are not lost. The first error counts.
func finish(out *bufio.Writer, err error) error {
	flushErr := out.Flush()
	if err != nil {
		return err
	}
	return flushErr
}

func writeLine(out *bufio.Writer, s string) error {
	if _, err := out.WriteString(s); err != nil {
		return err
	}
	return out.WriteByte('\n')
}
