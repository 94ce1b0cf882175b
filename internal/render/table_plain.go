package render

import (
	"bufio"
	"bytes"
)

// plainTable pads with spaces: for pipes, for lists too long for the library, and for text that it measures wrong.
type plainTable struct{}

func (plainTable) write(out *bufio.Writer, t *table) error {
	var line []byte
	for row := range t.rows() {
		line = t.appendLine(line[:0], row)
		if t.isHeader(row) && t.color {
			line = []byte(styled(string(line), true))
		}
		line = append(line, '\n')
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) appendLine(line []byte, row int) []byte {
	for column := range t.shown {
		text, width := t.cell(row, column)
		style := StylePlain
		if t.color {
			style = t.style(row, column, text)
		}
		if width > t.widest[column] {
			text = []byte(t.ruler.fit(string(text), t.widest[column]))
			width = t.ruler.width(string(text))
		}
		left, right := 0, t.widest[column]-width
		if t.right[column] {
			left, right = right, left
		}
		line = appendSpaces(line, left)
		line = appendPainted(line, style, text)
		line = appendSpaces(line, right+columnGap)
	}
	return bytes.TrimRight(line, " ")
}

func appendPainted(line []byte, style Style, text []byte) []byte {
	if style == StylePlain {
		return append(line, text...)
	}
	return append(line, Paint(true, style, string(text))...)
}

func appendSpaces(line []byte, n int) []byte {
	for range n {
		line = append(line, ' ')
	}
	return line
}
