package render

import (
	"bufio"
	"bytes"
)

// plainTable pads with spaces: for pipes, and for lists too long for the library.
type plainTable struct{}

func (plainTable) write(out *bufio.Writer, t *table, widths []int) error {
	var line []byte
	for row := range t.rows() {
		line = t.appendLine(line[:0], row, widths)
		if row == 0 && t.header && t.color {
			line = []byte(styled(string(line), true))
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) appendLine(line []byte, row int, widths []int) []byte {
	for column := range t.columns() {
		text, width := t.cell(row, column)
		if width > widths[column] {
			text = []byte(fit(string(text), widths[column]))
			width = t.measure(string(text))
		}
		left, right := 0, widths[column]-width
		if t.right[column] {
			left, right = right, left
		}
		line = appendSpaces(line, left)
		line = append(line, text...)
		line = appendSpaces(line, right+columnGap)
	}
	return bytes.TrimRight(line, " ")
}

func appendSpaces(line []byte, n int) []byte {
	for range n {
		line = append(line, ' ')
	}
	return line
}
