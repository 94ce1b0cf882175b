package plan

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

const quoteIt = "put the value in quotes"

// yamlWords are what messages say of a kind of file: what it should hold, and where to look.
type yamlWords struct {
	empty   string // remedy of a file that holds nothing
	several string // remedy of more than one document
	list    string // what is wrong with a list
	noList  string // remedy of a list
	example string // a line as it may stand there
}

func requestWords() yamlWords {
	return yamlWords{
		empty: "see an example of each type: gijctl integration types TYPE", several: "one file holds one integration",
		list: "a list, where one integration is expected", noList: "write one file for each integration", example: "type: GITHUB",
	}
}

func repositoryWords() yamlWords {
	return yamlWords{
		empty: "write a key and its value on each line, like: origin: https://git.example.com/team/repo.git", several: "one file holds one repository",
		list: "a list, where one repository is expected", noList: "write one file for each repository", example: "origin: https://git.example.com/team/repo.git",
	}
}

// yamlFile is a file of integrations in YAML. Its messages never repeat a value, which may be a secret.
type yamlFile struct {
	name  string
	words yamlWords
	data  []byte // without the comments at its head
	head  int    // lines of them
	// lines are data's, as YAML breaks them.
	lines []string
}

func readYAML(name string, data []byte, words yamlWords) ([]Member, error) {
	y := newYAMLFile(name, data, words)
	root, err := y.root()
	if err != nil {
		return nil, err
	}
	var members []Member
	for n := 0; n < len(root.Content); n += 2 {
		m, err := y.member(root.Content[n], root.Content[n+1])
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return members, nil
}

// newYAMLFile takes off the comments at the head: the library tells the line where the mapping begins instead of the
// line of a mistake, unless the mapping begins in the first line.
func newYAMLFile(name string, data []byte, words yamlWords) *yamlFile {
	y := &yamlFile{name: name, words: words, data: data}
	for line := range bytes.Lines(data) {
		text := bytes.TrimRight(line, " \r\n")
		if len(text) > 0 && text[0] != '#' || bytes.ContainsAny(text, "\r\u0085\u2028\u2029") {
			break
		}
		y.data = y.data[len(line):]
		y.head++
	}
	breaks := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")
	y.lines = strings.Split(breaks.Replace(string(y.data)), "\n")
	return y
}

// root returns the mapping that the file is.
func (y *yamlFile) root() (*yaml.Node, error) {
	var doc, next yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(y.data))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, y.empty()
	} else if err != nil {
		return nil, y.syntaxError(err)
	}
	if err := dec.Decode(&next); err == nil {
		return nil, y.fail(&next, "more than one document", y.words.several)
	} else if !errors.Is(err, io.EOF) {
		return nil, y.syntaxError(err)
	}
	root := doc.Content[0]
	switch root.Kind {
	case yaml.MappingNode:
		return root, nil
	case yaml.SequenceNode:
		return nil, y.fail(root, y.words.list, y.words.noList)
	}
	if root.Tag == "!!null" {
		return nil, y.empty()
	}
	return nil, y.fail(root, "this is no mapping of keys to values", "write lines like: "+y.words.example)
}

func (y *yamlFile) empty() error {
	return &FileError{Name: y.name, Message: "the file is empty", Remedy: y.words.empty}
}

func (y *yamlFile) member(key, value *yaml.Node) (Member, error) {
	m := Member{Key: key.Value}
	m.Line, m.Col = y.place(key)
	if key.Kind != yaml.ScalarNode {
		return m, y.fail(key, "this key is not a word", "write lines like: "+y.words.example)
	}
	if strings.HasPrefix(value.Tag, "!") && !strings.HasPrefix(value.Tag, "!!") {
		// The library would leave out the first word, which may be the half of a password.
		return m, y.fail(value, "YAML takes a value that begins with ! for a tag", quoteIt)
	}
	var decoded any
	if err := value.Decode(&decoded); err != nil {
		return m, y.fail(value, "this value cannot be read", quoteIt)
	}
	m.Value = plainYAML(decoded)
	return m, nil
}

func plainYAML(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case []any:
		items := make([]any, len(v))
		for n, item := range v {
			items[n] = plainYAML(item)
		}
		return plainList(items)
	}
	return v
}

// place returns where a node is in the file. The library puts what is left out at the end into a line that is not there.
func (y *yamlFile) place(n *yaml.Node) (line, col int) {
	line = min(n.Line, len(y.lines))
	return y.head + line, min(n.Column, 1+utf8.RuneCountInString(y.lines[line-1]))
}

func (y *yamlFile) fail(at *yaml.Node, message, remedy string) error {
	line, col := y.place(at)
	return &FileError{Name: y.name, Line: line, Col: col, Message: message, Remedy: remedy}
}

// syntaxError turns the library's message into one with a place and a remedy.
func (y *yamlFile) syntaxError(err error) error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, found := strings.CutPrefix(message, "unknown anchor "); found {
		anchor := strings.TrimSuffix(strings.TrimPrefix(rest, "'"), "' referenced")
		return y.failAt(bytes.Index(y.data, []byte("*"+anchor)), "YAML takes a value that begins with * for a reference", quoteIt)
	}
	if message == "control characters are not allowed" {
		return y.failAt(bytes.IndexFunc(y.data, isControl), message, "take it out")
	}
	line, message := lineOf(message)
	line = min(line, len(y.lines))
	e := &FileError{Name: y.name, Line: y.head + line, Col: 1, Message: "not valid YAML: " + message}
	e.Remedy = yamlRemedy(message, y.lines[line-1])
	return e
}

func (y *yamlFile) failAt(offset int, message, remedy string) error {
	line, col := place(y.data, max(offset, 0))
	return &FileError{Name: y.name, Line: y.head + line, Col: col, Message: message, Remedy: remedy}
}

func isControl(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n\u0085", r) }

// lineOf takes the line out of the library's message: "line 3: …". It names no line where it is the first, and counts
// from 0 where its parser fails and not its scanner.
func lineOf(message string) (line int, rest string) {
	line, rest = 1, message
	if match := regexp.MustCompile(`^line (\d+): (.*)$`).FindStringSubmatch(message); match != nil {
		line, _ = strconv.Atoi(match[1])
		rest = match[2]
		if isParserMessage(rest) {
			line++
		}
	}
	return line, rest
}

func isParserMessage(message string) bool {
	return regexp.MustCompile(`^did not find expected (key|node content|'-' indicator|',' or|<)|^found (undefined|duplicate|incompatible)`).MatchString(message)
}

func yamlRemedy(message, line string) string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch {
	case strings.Contains(indent, "\t"):
		return "YAML does not allow tabs for indentation; use spaces"
	case strings.Contains(message, "cannot start any token"):
		return "put a value that begins with @, ` or % in quotes"
	case strings.Contains(message, "mapping values are not allowed"):
		return "keys begin in the same column; put a value that holds a colon in quotes"
	}
	return ""
}
