package plan

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// bareSecret is a secret without what a spreadsheet or a hand adds to a cell or takes from it: space and quotes around it, and = at
// its end. It is what is fingerprinted as exported, so that a cell is known again.
func bareSecret(value []byte) []byte {
	return bytes.TrimRight(bytes.Trim(bytes.TrimSpace(value), "\"' \t\u00a0"), "=")
}

// encodedCount counts the values of a column, and those of them that are surely encoded.
type encodedCount struct{ column, filled, encoded, marked int }

func (e *encodedCount) look(row *gijtsv.Row) {
	value := row.Value(e.column)
	if len(value) == 0 {
		return
	}
	e.filled++
	if isEncoded(string(value)) {
		e.encoded++
	}
	if markOf(string(value)) != "" {
		e.marked++
	}
}

// most reports whether the column is encoded as a whole: in one that is in clear, a token may look as if it were. A mark is no accident.
func (e *encodedCount) most() bool { return e.marked > 0 || e.encoded > 0 && 2*e.encoded >= e.filled }

// isEncoded reports whether a value of an export has a form that a token in clear seldom has: one of 32 letters and digits is base64
// too, but has none of the signs that only base64 has, and one of 32 hexadecimal digits is a common token.
func isEncoded(value string) bool {
	const longestHexToken = 32
	switch form, letters := shapeOf(value); form {
	case "":
		return false
	case shapeHex:
		return letters > longestHexToken
	case shapeBase64:
		return strings.ContainsAny(value, "+/=")
	case shapeURL:
		return strings.HasSuffix(value, "=")
	}
	return true
}

// The forms of values that are encoded. That of a mark is the mark itself.
const (
	shapeHex    = "hex"
	shapeBase64 = "base64"
	shapeURL    = "base64url"
)

// shapeOf names the form of a value that a cipher or an encoder may have made, "" for any other, and tells of how many letters it is. The
// forms are common ones: which one GIJ uses, if any, is unknown. A token that a person typed seldom has one: those of GitHub,
// GitLab, AWS, Azure and Jira do not.
func shapeOf(value string) (form string, letters int) {
	const shortest, block = 24, 8
	value = strings.Trim(strings.TrimSpace(value), `"'`)
	if mark := markOf(value); mark != "" {
		return "mark " + mark, len(value)
	}
	if len(value) < shortest {
		return "", 0
	}
	if raw, err := hex.DecodeString(value); err == nil && len(raw)%block == 0 {
		return shapeHex, len(value)
	}
	bare := strings.TrimRight(value, "=")
	form, raw := decodeBase64(bare)
	if form == "" || len(raw)%block != 0 && len(bare) == len(value) {
		return "", 0
	}
	return form, len(bare)
}

// decodeBase64 decodes base64 without its padding, and says of which kind it is.
func decodeBase64(bare string) (form string, raw []byte) {
	raw, err := base64.RawStdEncoding.DecodeString(bare)
	if err == nil {
		return shapeBase64, raw
	}
	if raw, err = base64.RawURLEncoding.DecodeString(bare); err == nil {
		return shapeURL, raw
	}
	return "", nil
}

// shapes are the forms of the encoded values of an export, and how long those in base64 are.
type shapes struct {
	forms   map[string]bool
	lengths map[lengthOf]bool
}

type lengthOf struct {
	form    string
	letters int
}

// add takes the form of an encoded value.
func (s *shapes) add(value string) {
	form, letters := shapeOf(value)
	s.forms[form], s.lengths[lengthOf{form, letters}] = true, true
}

// has reports whether a value has one of the forms. In base64 the = at the end may be lost: then the length tells.
func (s *shapes) has(value string) bool {
	if form, _ := shapeOf(value); form != "" {
		return s.forms[form]
	}
	bare := string(bareSecret([]byte(value)))
	form, _ := decodeBase64(bare)
	return form != "" && len(bare)%4 != 0 && s.lengths[lengthOf{form, len(bare)}]
}

// markOf returns what stands before an encrypted value to say how it was made: {AES}, ENC(, $2a$, enc:v1:.
func markOf(value string) string {
	const longest = 24
	switch {
	case strings.HasPrefix(value, "{"):
		if end := strings.IndexByte(value, '}'); end > 1 && end < longest {
			return value[:end+1]
		}
	case strings.HasPrefix(value, "$"):
		if end := strings.IndexByte(value[1:], '$'); end > 0 && end < longest {
			return value[:end+2]
		}
	case strings.HasPrefix(value, "ENC(") && strings.HasSuffix(value, ")"):
		return "ENC("
	case len(value) > 4 && strings.EqualFold(value[:4], "enc:"):
		return "enc:"
	}
	return ""
}

// lettersOf tells the letters that a value is made of.
func lettersOf(value string) string {
	isHex, is64, isURL := true, true, true
	for _, c := range []byte(strings.TrimRight(value, "=")) {
		digit, lower := '0' <= c && c <= '9', 'a' <= c && c <= 'z'
		letter := lower || 'A' <= c && c <= 'Z'
		isHex = isHex && (digit || 'a' <= c|0x20 && c|0x20 <= 'f')
		is64 = is64 && (digit || letter || c == '+' || c == '/')
		isURL = isURL && (digit || letter || c == '-' || c == '_')
	}
	switch {
	case isHex:
		return "hex"
	case is64:
		return "base64"
	case isURL:
		return "base64url"
	}
	return "text"
}
