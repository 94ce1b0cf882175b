package gijtsv

import (
	"bytes"
	"strings"
	"unicode"
)

// RowKind says what a row describes.
type RowKind string

// The kinds of rows. How the server tells them apart is inferred from its REST answers.
const (
	RowUnknown     RowKind = "unknown"     // the file lacks the columns that tell
	RowRepository  RowKind = "repository"  // a plain one, connected by itself
	RowChild       RowKind = "child"       // a repository that an integration or a tracked folder found
	RowIntegration RowKind = "integration" // a git host or a tracked folder
	RowGitHubApp   RowKind = "github-app"  // an integration through a GitHub App
)

// pemPrefix begins every PEM.
const pemPrefix = "-----BEGIN "

// Classifier tells the kind of rows. A GitHub App is known by its private key: no page names the integrationType of one, or the
// column of the key.
type Classifier struct {
	id, integrationType, parent, pem int
	app                              []int
}

// NewClassifier makes a classifier for the rows under a header. pemColumn names the column of private keys; with "" it is
// the one that [PEMColumn] finds, or else the first in which a row has a PEM.
func NewClassifier(h *Header, pemColumn string) *Classifier {
	c := &Classifier{
		id: h.Index("id"), integrationType: h.Index("integrationType"), parent: h.Index("trackedFolderId"), pem: PEMColumn(h),
	}
	if pemColumn != "" {
		c.pem = h.Index(pemColumn)
	}
	for i, name := range h.Names {
		if i != c.pem && strings.HasPrefix(strings.ToLower(name), "githubapp") {
			c.app = append(c.app, i)
		}
	}
	return c
}

// PEMColumn returns the column, counted from 0, whose name has the word "pem" in it, as githubAppPem has; -1 if there is none.
func PEMColumn(h *Header) int {
	for i, name := range h.Names {
		if namesPEM(name) {
			return i
		}
	}
	return -1
}

// namesPEM finds pem as a word of a name in camel case, snake case or neither: not in dropEmpty or openMode.
func namesPEM(name string) bool {
	if strings.HasSuffix(strings.ToLower(name), "pem") {
		return true
	}
	for _, word := range []string{"pem", "Pem", "PEM"} {
		for from := 0; ; {
			i := strings.Index(name[from:], word)
			if i < 0 {
				break
			}
			start, end := from+i, from+i+len(word)
			from = end
			begins := start == 0 || word != "pem" || !isLetter(name[start-1])
			if begins && !unicode.IsLower(rune(name[end])) {
				return true
			}
		}
	}
	return false
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

// PEMColumn returns the column of private keys, counted from 0; -1 while none is known. It may be known only after a row with
// a PEM went through [Classifier.Kind].
func (c *Classifier) PEMColumn() int { return c.pem }

// Kind returns the kind of a row.
func (c *Classifier) Kind(row *Row) RowKind {
	if c.hasApp(row) {
		return RowGitHubApp
	}
	if len(trimmed(row, c.parent)) > 0 {
		return RowChild
	}
	if c.integrationType >= 0 && len(trimmed(row, c.integrationType)) > 0 {
		return RowIntegration
	}
	if c.integrationType >= 0 && c.parent >= 0 || len(trimmed(row, c.id)) == 0 {
		return RowRepository // both blank, or a new row that says nothing else
	}
	return RowUnknown
}

// hasApp looks for a private key, and for the other values that only a GitHub App has.
func (c *Classifier) hasApp(row *Row) bool {
	if len(trimmed(row, c.pem)) > 0 {
		return true
	}
	for i := range row.Cells {
		if value := row.Cells[i].Value; len(value) > 0 && value[0] == '-' && bytes.HasPrefix(value, []byte(pemPrefix)) {
			if c.pem < 0 {
				c.pem = i
			}
			return true
		}
	}
	for _, column := range c.app {
		switch string(trimmed(row, column)) {
		case "", "false", "False", "FALSE", "0", "null": // what the row of anything else may have there
		default:
			return true
		}
	}
	return false
}

// trimmed is a cell without space around it; empty if there is none.
func trimmed(row *Row, column int) []byte {
	value := row.Value(column)
	if isTrim(value) {
		return value
	}
	return bytes.TrimSpace(value)
}

// isTrim reports whether a value surely has no space around it. It is quicker than to look for some.
func isTrim(value []byte) bool {
	return len(value) == 0 || isInk(value[0]) && isInk(value[len(value)-1])
}

// isInk reports whether a byte is a visible character of ASCII.
func isInk(b byte) bool { return ' ' < b && b < 0x7f }
