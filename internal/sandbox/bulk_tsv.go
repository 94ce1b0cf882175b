package sandbox

import (
	"encoding/binary"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
)

// tsvCell is one cell of an uploaded file.
type tsvCell struct {
	value  string
	quoted bool
}

// tsvReader reads an uploaded file. A cell is quoted if it begins with a quote; a quote further on is a character, and
// one inside quotes is doubled (assumed, [U] in the contract).
type tsvReader struct {
	text string
	line int // of the row that was read last
	next int // lines of the rows before
}

func newTSVReader(data []byte) *tsvReader {
	return &tsvReader{text: strings.TrimPrefix(string(data), "\ufeff"), next: 1}
}

// read reads a row into row, whose cells it overwrites. It returns io.EOF at the end.
func (t *tsvReader) read(row []tsvCell) ([]tsvCell, error) {
	row = row[:0]
	if t.text == "" {
		return nil, io.EOF
	}
	t.line = t.next
	for {
		cell, rest, err := t.cell()
		if err != nil {
			return nil, err
		}
		row = append(row, cell)
		if rest != "" && rest[0] == '\t' {
			t.text = rest[1:]
			continue
		}
		t.text = strings.TrimPrefix(strings.TrimPrefix(rest, "\r"), "\n")
		t.next++
		return row, nil
	}
}

func (t *tsvReader) cell() (c tsvCell, rest string, err error) {
	if !strings.HasPrefix(t.text, `"`) {
		value := t.text
		if end := strings.IndexAny(value, "\t\n"); end >= 0 {
			value = value[:end]
		}
		rest = t.text[len(value):]
		return tsvCell{value: strings.TrimSuffix(value, "\r")}, rest, nil
	}
	doubled := false
	for from := 1; ; {
		i := strings.IndexByte(t.text[from:], '"')
		if i < 0 {
			return c, "", problem{
				text:   "The quotes that begin in line " + strconv.Itoa(t.next) + " do not end",
				advice: "Please check the quotes of the file.",
			}
		}
		end := from + i
		rest = t.text[end+1:]
		switch {
		case strings.HasPrefix(rest, `"`):
			doubled = true
			from = end + 2
			continue
		case rest != "" && !strings.ContainsRune("\t\r\n", rune(rest[0])):
			from = end + 1 // a quote in the middle
			continue
		}
		c = tsvCell{value: t.text[1:end], quoted: true}
		t.next += strings.Count(c.value, "\n")
		if doubled {
			c.value = strings.ReplaceAll(c.value, `""`, `"`)
		}
		return c, rest, nil
	}
}

// tsvStyle is how a file is written.
type tsvStyle struct {
	quoting    string // a word of the knob export-quoting; "" is needed
	crlf, bom  bool
	wide       bool // UTF-16 as Excel writes it: little endian, with a mark
	upperBools bool
}

// tsvStyle chooses the style of the export, of which every part is [U] in the contract.
func (c *call) tsvStyle() tsvStyle {
	s := tsvStyle{quoting: c.faults.value("export-quoting"), upperBools: c.faults.value("export-booleans") == "upper"}
	switch c.faults.value("export-encoding") {
	case "crlf":
		s.crlf = true
	case "bom":
		s.bom = true
	case "bom-crlf":
		s.crlf, s.bom = true, true
	case "utf-16":
		s.crlf, s.bom, s.wide = true, true, true
	}
	return s
}

// appendRow appends a row with its line end.
func (s tsvStyle) appendRow(buf []byte, cells []string) []byte {
	for i, cell := range cells {
		if i > 0 {
			buf = append(buf, '\t')
		}
		if s.upperBools && (cell == "true" || cell == "false") {
			cell = strings.ToUpper(cell)
		}
		buf = s.appendCell(buf, cell)
	}
	if s.crlf {
		buf = append(buf, '\r')
	}
	return append(buf, '\n')
}

func (s tsvStyle) appendCell(buf []byte, cell string) []byte {
	quoted := false
	switch s.quoting {
	case "all":
		quoted = true
	case "raw":
		quoted = strings.Contains(cell, "\n")
	case "flat":
		cell = strings.ReplaceAll(strings.TrimSpace(cell), "\n", " ")
	default:
		quoted = strings.ContainsAny(cell, "\t\"\r\n")
	}
	if !quoted {
		return append(buf, cell...)
	}
	buf = append(buf, '"')
	buf = append(buf, strings.ReplaceAll(cell, `"`, `""`)...)
	return append(buf, '"')
}

// begin returns what stands before the header.
func (s tsvStyle) begin() []byte {
	if !s.bom {
		return nil
	}
	return s.encode([]byte("\ufeff"))
}

// encode turns UTF-8 into what is sent.
func (s tsvStyle) encode(text []byte) []byte {
	if !s.wide {
		return text
	}
	units := utf16.Encode([]rune(string(text)))
	out := make([]byte, 0, 2*len(units))
	for _, unit := range units {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}
