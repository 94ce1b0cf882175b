package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// jsonEncoder makes one compact JSON text after another in the same memory.
type jsonEncoder struct {
	buf  bytes.Buffer
	enc  *json.Encoder
	safe []byte
}

func newJSONEncoder() *jsonEncoder {
	e := &jsonEncoder{}
	e.enc = json.NewEncoder(&e.buf)
	e.enc.SetEscapeHTML(false)
	return e
}

// encode returns the JSON of v on one line, without a line end. It is valid until the next call.
func (e *jsonEncoder) encode(v any) ([]byte, error) {
	e.buf.Reset()
	if err := e.enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode JSON: %w", err)
	}
	raw := bytes.TrimSuffix(e.buf.Bytes(), []byte("\n"))
	if isPrintableASCII(raw) {
		return raw, nil
	}
	e.safe = appendSafeJSON(e.safe[:0], raw)
	return e.safe, nil
}

// jsonArray writes an array element by element: indented for a terminal, else one element a line.
type jsonArray struct {
	enc      *jsonEncoder
	out      *bufio.Writer
	indent   bool
	indented bytes.Buffer
	n        int
}

func newJSONArray(out *bufio.Writer, indent bool) *jsonArray {
	return &jsonArray{enc: newJSONEncoder(), out: out, indent: indent}
}

func (a *jsonArray) add(v any) error {
	element, err := a.enc.encode(v)
	if err != nil {
		return err
	}
	if a.indent {
		a.indented.Reset()
		a.indented.WriteString("  ")
		if err := json.Indent(&a.indented, element, "  ", "  "); err != nil {
			return fmt.Errorf("indent JSON: %w", err)
		}
		element = a.indented.Bytes()
	}
	before := ",\n"
	if a.n == 0 {
		before = "[\n"
	}
	a.n++
	if _, err := a.out.WriteString(before); err != nil {
		return err
	}
	_, err = a.out.Write(element)
	return err
}

func (a *jsonArray) end() error {
	after := "\n]\n"
	if a.n == 0 {
		after = "[]\n"
	}
	_, err := a.out.WriteString(after)
	return err
}

func jsonSink(p *Printer, out *bufio.Writer) sink {
	a := newJSONArray(out, p.Terminal)
	return sink{row: a.add, end: a.end}
}

// writeJSON writes one value, indented.
func writeJSON(out *bufio.Writer, v any) error {
	raw, err := newJSONEncoder().encode(v)
	if err != nil {
		return err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, raw, "", "  "); err != nil {
		return fmt.Errorf("indent JSON: %w", err)
	}
	indented.WriteByte('\n')
	_, err = out.Write(indented.Bytes())
	return err
}

func isPrintableASCII(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// appendSafeJSON appends JSON with the characters that a terminal would obey, or not show, as \uXXXX. They can only be
// inside strings, so that the meaning stays. Invalid UTF-8, from a raw message, becomes the replacement character.
func appendSafeJSON(dst, src []byte) []byte {
	var before rune
	for len(src) > 0 {
		r, size := utf8.DecodeRune(src)
		rest := src[size:]
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(dst, `\ufffd`...)
		case isHidden(before, r, nextRune(rest)):
			dst = appendUTF16Escape(dst, r)
			r = 0
		default:
			dst = append(dst, src[:size]...)
		}
		before, src = r, rest
	}
	return dst
}

func nextRune(b []byte) rune {
	r, _ := utf8.DecodeRune(b)
	return r
}
