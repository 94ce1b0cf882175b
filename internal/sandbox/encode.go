package sandbox

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// object writes a JSON object with its keys in the order of the calls, as the vendor's samples have them.
type object struct {
	buf   []byte
	comma bool
}

func (o *object) begin() {
	o.buf = append(o.buf, '{')
	o.comma = false
}

func (o *object) end() {
	o.buf = append(o.buf, '}')
	o.comma = true
}

func (o *object) key(name string) {
	if o.comma {
		o.buf = append(o.buf, ',')
	}
	o.comma = true
	o.buf = appendString(o.buf, name)
	o.buf = append(o.buf, ':')
}

func (o *object) str(name, value string) {
	o.key(name)
	o.buf = appendString(o.buf, value)
}

// strIfSet writes nothing for nil, and an empty string for one that was set to that.
func (o *object) strIfSet(name string, value *string) {
	if value != nil {
		o.str(name, *value)
	}
}

func (o *object) bool(name string, value bool) {
	o.key(name)
	o.buf = strconv.AppendBool(o.buf, value)
}

func (o *object) int(name string, value int64) {
	o.key(name)
	o.buf = strconv.AppendInt(o.buf, value, 10)
}

func (o *object) intIfSet(name string, value int64) {
	if value != 0 {
		o.int(name, value)
	}
}

func (o *object) ints(name string, values []int64) {
	o.key(name)
	o.buf = append(o.buf, '[')
	for i, v := range values {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.buf = strconv.AppendInt(o.buf, v, 10)
	}
	o.buf = append(o.buf, ']')
}

func (o *object) strs(name string, values []string) {
	o.listOf(name, len(values), func(i int) { o.buf = appendString(o.buf, values[i]) })
}

// listOf writes an array of n values, each by do.
func (o *object) listOf(name string, n int, do func(i int)) {
	o.key(name)
	o.buf = append(o.buf, '[')
	for i := range n {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		do(i)
	}
	o.buf = append(o.buf, ']')
	o.comma = true
}

func (o *object) raw(name, value string) {
	o.key(name)
	o.buf = append(o.buf, value...)
}

// appendString appends a JSON string. Unlike encoding/json it leaves <, > and & alone, as Jackson does.
func appendString(buf []byte, s string) []byte {
	if isPlain(s) {
		buf = append(buf, '"')
		buf = append(buf, s...)
		return append(buf, '"')
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	return append(buf, strings.TrimSuffix(out.String(), "\n")...)
}

func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
