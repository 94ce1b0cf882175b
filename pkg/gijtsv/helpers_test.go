package gijtsv_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// line is what the tests keep of a row.
type line struct {
	Line  int
	Raw   string
	Cells []cell
}

type cell struct {
	Value  string
	Pos    gijtsv.Position
	Raw    string
	Quoted bool
	Stray  bool
}

func keep(row *gijtsv.Row) line {
	l := line{Line: row.Line, Raw: string(row.Raw)}
	for i, c := range row.Cells {
		l.Cells = append(l.Cells, cell{string(c.Value), c.Pos, string(row.RawCell(i)), c.Quoted, c.Stray})
	}
	return l
}

// readAll returns the header's names, the rows after it, and the error that ended them, nil at the end of the file.
func readAll(r *gijtsv.Reader) ([]string, []line, error) {
	var lines []line
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r.Header().Names, lines, nil
		}
		if err != nil {
			return r.Header().Names, lines, err
		}
		lines = append(lines, keep(row))
	}
}

func mustReader(tb testing.TB, text string) *gijtsv.Reader {
	tb.Helper()
	r, err := gijtsv.NewReader(strings.NewReader(text), gijtsv.ReaderOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// values are the rows' values alone.
func values(lines []line) [][]string {
	var all [][]string
	for _, l := range lines {
		var row []string
		for _, c := range l.Cells {
			row = append(row, c.Value)
		}
		all = append(all, row)
	}
	return all
}

// model reads a file byte by byte, slowly and simply: what the reader is compared with. It returns all rows, the header's too, and
// the place of a quote that is never closed.
func model(text string) (lines []line, unclosed *gijtsv.Position) {
	for at := 0; at < len(text); {
		l := line{Line: place(text, at).Line}
		begin := at
		for {
			c, next, closed := modelCell(text, at)
			if !closed {
				pos := place(text, at)
				return lines, &pos
			}
			c.Pos, c.Raw = place(text, at), text[at:next]
			l.Cells = append(l.Cells, c)
			at = next
			if at == len(text) || text[at] != '\t' {
				break
			}
			at++
		}
		at += len(lineEnd(text[at:]))
		l.Raw = text[begin:at]
		lines = append(lines, l)
	}
	return lines, nil
}

func modelCell(text string, at int) (c cell, next int, closed bool) {
	var value strings.Builder
	if at < len(text) && text[at] == '"' {
		c.Quoted = true
		for at++; ; at++ {
			if at >= len(text) {
				return c, at, false
			}
			if strings.HasPrefix(text[at:], `""`) {
				at++
			} else if text[at] == '"' {
				at++
				break
			}
			value.WriteByte(text[at])
		}
	}
	inside := value.Len()
	for at < len(text) && text[at] != '\t' && lineEnd(text[at:]) == "" {
		value.WriteByte(text[at])
		at++
	}
	c.Value, c.Stray = value.String(), c.Quoted && value.Len() > inside
	return c, at, true
}

// lineEnd returns the line end that text begins with.
func lineEnd(text string) string {
	switch {
	case strings.HasPrefix(text, "\n"):
		return "\n"
	case strings.HasPrefix(text, "\r\n"):
		return "\r\n"
	case text == "\r":
		return "\r"
	}
	return ""
}

func place(text string, at int) gijtsv.Position {
	before := text[:at]
	return gijtsv.Position{
		Line:   strings.Count(before, "\n") + 1,
		Column: utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1,
	}
}

// failWriter takes some bytes, and then no more.
type failWriter struct {
	room int
	err  error
}

func (f *failWriter) Write(p []byte) (int, error) {
	if len(p) > f.room {
		return f.room, f.err
	}
	f.room -= len(p)
	return len(p), nil
}

// copyFile reads a file and writes each row as it was read.
func copyFile(tb testing.TB, r *gijtsv.Reader) string {
	tb.Helper()
	var out bytes.Buffer
	w := gijtsv.NewWriter(&out)
	if err := w.WriteHeader(r.Header()); err != nil {
		tb.Fatal(err)
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			tb.Fatal(err)
		}
		if err := w.Copy(row); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	return out.String()
}
