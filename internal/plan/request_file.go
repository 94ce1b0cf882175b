package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// RequestFile is one integration or repository as a person wrote it down, in JSON or YAML, with the place of each key. The keys are
// not checked yet: what they mean is for [gijspec.Check].
type RequestFile struct {
	Name    string // of the file, for messages
	Members []Member
}

// Member is one key of a request file. Value is a string, bool, int64, []int64, nil, or something else that no field takes.
type Member struct {
	Key   string
	Value any
	Line  int
	Col   int // characters, from 1
}

// FileError is a file that cannot be read as a request.
type FileError struct {
	Name    string
	Line    int // 0 if the problem has no place
	Col     int
	Message string
	Remedy  string
}

// Error returns the place and what is wrong there.
func (e *FileError) Error() string {
	if e.Line == 0 {
		return e.Name + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Col, e.Message)
}

// Place returns the member with this key.
func (f *RequestFile) Place(key string) (Member, bool) {
	if f == nil {
		return Member{}, false
	}
	for _, m := range f.Members {
		if m.Key == key {
			return m, true
		}
	}
	return Member{}, false
}

// ReadRequestFile reads one integration from data, which is JSON if it begins with a brace, else YAML. name is for
// messages. All errors are a [FileError].
func ReadRequestFile(name string, data []byte) (*RequestFile, error) {
	return readRequestFile(name, data, requestWords())
}

// ReadRepositoryFile is [ReadRequestFile] for a repository.
func ReadRepositoryFile(name string, data []byte) (*RequestFile, error) {
	return readRequestFile(name, data, repositoryWords())
}

func readRequestFile(name string, data []byte, words yamlWords) (*RequestFile, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	start := bytes.TrimLeft(data, " \t\r\n")
	switch {
	case len(start) == 0:
		return nil, &FileError{Name: name, Message: "the file is empty", Remedy: words.empty}
	case !utf8.Valid(data):
		return nil, &FileError{Name: name, Message: "the file is not UTF-8 text", Remedy: "save it as UTF-8"}
	case start[0] == '[':
		line, col := place(data, len(data)-len(start))
		return nil, &FileError{Name: name, Line: line, Col: col, Message: words.list, Remedy: words.noList}
	}
	read := readYAML
	if start[0] == '{' {
		read = readJSON
	}
	members, err := read(name, data, words)
	if err != nil {
		return nil, err
	}
	if err := refuseDoubles(name, members); err != nil {
		return nil, err
	}
	return &RequestFile{Name: name, Members: members}, nil
}

func refuseDoubles(name string, members []Member) error {
	first := map[string]Member{}
	for _, m := range members {
		if before, found := first[m.Key]; found {
			return &FileError{Name: name, Line: m.Line, Col: m.Col, Message: secondTime(m.Key, before.Line), Remedy: "keep one of them"}
		}
		first[m.Key] = m
	}
	return nil
}

func secondTime(key string, first int) string {
	return fmt.Sprintf("the key %q is here for the second time, the first is in line %d", key, first)
}

// readJSON goes through the object key by key, for encoding/json does not tell where a key was.
func readJSON(name string, data []byte, words yamlWords) ([]Member, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	fail := func(err error) error { return jsonError(name, data, dec, err) }
	if _, err := dec.Token(); err != nil {
		return nil, fail(err)
	}
	var members []Member
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, fail(err)
		}
		m := Member{Key: key.(string)} // inside an object the decoder yields string keys only
		m.Line, m.Col = place(data, keyStart(data, int(dec.InputOffset())))
		var value any
		if err := dec.Decode(&value); err != nil {
			return nil, fail(err)
		}
		m.Value = plainJSON(value)
		members = append(members, m)
	}
	if _, err := dec.Token(); err != nil {
		return nil, fail(err)
	}
	end := int(dec.InputOffset())
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		line, col := place(data, skipSpace(data, end))
		return nil, &FileError{Name: name, Line: line, Col: col, Message: "something follows the object", Remedy: words.several}
	}
	return members, nil
}

// keyStart goes back from the end of a key to its opening quote.
func keyStart(data []byte, end int) int {
	for at := end - 2; at >= 0; at-- {
		if data[at] == '"' && (at == 0 || data[at-1] != '\\') {
			return at
		}
	}
	return 0
}

func plainJSON(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		items := make([]any, len(v))
		for n, item := range v {
			items[n] = plainJSON(item)
		}
		return plainList(items)
	}
	return v
}

// plainList makes []int64 of a list of whole numbers, and leaves other lists as they are.
func plainList(items []any) any {
	numbers := make([]int64, len(items))
	for n, item := range items {
		number, ok := item.(int64)
		if !ok {
			return items
		}
		numbers[n] = number
	}
	return numbers
}

// jsonError puts a place to what encoding/json says.
func jsonError(name string, data []byte, dec *json.Decoder, err error) error {
	offset, whole := int(dec.InputOffset()), json.Unmarshal(data, new(json.RawMessage))
	var syntax *json.SyntaxError
	if errors.As(whole, &syntax) {
		// The decoder counts without what it has read as tokens; this counts from the start.
		offset = int(syntax.Offset) - 1
	}
	e := &FileError{Name: name, Message: fmt.Sprintf("not valid JSON: %v", cmp.Or(whole, err))}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		offset, e.Message, e.Remedy = len(data), "the JSON ends too early", "a brace, bracket or quote is not closed"
	}
	if comma := trailingComma(data, offset); comma >= 0 {
		offset, e.Message, e.Remedy = comma, "a comma before the closing brace, which JSON does not allow", "take the comma out (the vendor's samples have it)"
	}
	e.Line, e.Col = place(data, offset)
	return e
}

func skipSpace(data []byte, offset int) int {
	for offset < len(data) && strings.IndexByte(" \t\r\n", data[offset]) >= 0 {
		offset++
	}
	return offset
}

// trailingComma returns where the comma is that stands, with nothing but space after it, before a closing brace at or
// after offset; -1 if there is none.
func trailingComma(data []byte, offset int) int {
	if offset < len(data) && data[offset] == ',' {
		offset = skipSpace(data, offset+1)
	}
	if offset >= len(data) || data[offset] != '}' && data[offset] != ']' {
		return -1
	}
	before := bytes.TrimRight(data[:offset], " \t\r\n")
	if !bytes.HasSuffix(before, []byte(",")) {
		return -1
	}
	return len(before) - 1
}

// place turns a byte offset into line and character, as an editor counts them.
func place(data []byte, offset int) (line, col int) {
	before := data[:min(offset, len(data))]
	line = 1 + bytes.Count(before, []byte("\n"))
	col = 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return line, col
}
