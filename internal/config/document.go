package config

import (
	"bytes"
	"errors"
	"io"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// document is the text of a YAML file, to find places in.
type document struct {
	data  []byte
	lines []string // as YAML breaks them, without their ends
}

func newDocument(data []byte) *document {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	breaks := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")
	return &document{data: data, lines: strings.Split(breaks.Replace(string(data)), "\n")}
}

// decode returns the documents of a text: none where it is empty or has comments alone, and at most two.
func decode(data []byte) ([]*yaml.Node, error) {
	var documents []*yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for len(documents) < 2 {
		var n yaml.Node
		if err := dec.Decode(&n); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		documents = append(documents, &n)
	}
	return documents, nil
}

// place returns where a node is. The library puts what is left out at the end into a line that is not there.
func (d *document) place(n *yaml.Node) (line, col int) {
	line = max(1, min(n.Line, len(d.lines)))
	return line, max(1, min(n.Column, 1+utf8.RuneCountInString(d.lines[line-1])))
}

// syntaxProblem finds the line that makes the text no YAML. The library's own message is not used: it has no column, its
// line is often the one where the mapping begins, and it may quote a value.
func (d *document) syntaxProblem() Problem {
	line := d.badLine()
	text := d.lines[line-1]
	rest := strings.TrimLeft(text, " \t")
	indent := text[:len(text)-len(rest)]
	p := Problem{
		Line: line, Col: 1 + len(indent), Code: problemSyntax, Message: "this is not valid YAML",
		Remedy: "keys that belong together begin in the same column, and a value with special characters needs quotes",
	}
	if tab := strings.IndexByte(indent, '\t'); tab >= 0 {
		p.Col, p.Message, p.Remedy = 1+tab, "a tab begins this line, and YAML allows none there", "use spaces"
	}
	if bad := strings.IndexFunc(text, isUnreadable); bad >= 0 {
		p.Col = 1 + utf8.RuneCountInString(text[:bad])
		p.Message, p.Remedy = "this character is none that YAML allows", "take it out, and save the file as UTF-8"
	}
	return p
}

func isUnreadable(r rune) bool { return r == utf8.RuneError || r != '\t' && unicode.IsControl(r) }

// badLine is the line after the longest beginning of the text that is YAML. What is never closed is told where it opens.
func (d *document) badLine() int {
	ends := lineEnds(d.data)
	broken := func(n int) bool {
		_, err := decode(d.data[:ends[n]])
		return err != nil
	}
	if len(d.data) > 1<<16 { // a search that can take a list over several lines for the mistake, but takes no minutes
		return min(1+sort.Search(len(ends), broken), len(d.lines))
	}
	n := len(ends) - 1
	for n > 0 && broken(n-1) {
		n--
	}
	return min(1+n, len(d.lines))
}

// lineEnds are the offsets after each line.
func lineEnds(data []byte) []int {
	var ends []int
	offset := 0
	for line := range bytes.Lines(data) {
		offset += len(line)
		ends = append(ends, offset)
	}
	return ends
}
