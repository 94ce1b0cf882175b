package gijtsv

import (
	"slices"
	"strings"
	"sync"
)

// Kind says what a column holds.
type Kind string

// The kinds. What each accepts, the validation says.
const (
	KindText     Kind = "text"
	KindBool     Kind = "true or false"
	KindInteger  Kind = "whole number"
	KindID       Kind = "id" // a whole number from 1
	KindOrigin   Kind = "URL or path"
	KindProjects Kind = "project ids or ALL"
	KindRegex    Kind = "Java regular expression"
	KindFilter   Kind = "JMESPath"
	KindAPIPath  Kind = "path"
	KindRegion   Kind = "AWS region"
	KindRefSpecs Kind = "ref specs"
	KindDelete   Kind = "the word delete"
)

// Column describes one documented column.
//
// https://help.gitkraken.com/git-integration-for-jira-data-center/bulk-export-gij-self-managed/
type Column struct {
	// Name is the column's name in the header.
	Name string
	// Kind says what it holds.
	Kind Kind
	// Usage is one line of help, lower case, without a period.
	Usage string
	// Default is what the server takes for a new row without a value; "" when that is nothing, or when the vendor's pages
	// contradict each other.
	Default string
	// Variants are other spellings on the vendor's pages. Which one the server takes is unknown; both pass.
	Variants []string
	// Rows are the kinds of rows that use the column; nil means all. Inferred, as far as the vendor does not say it.
	Rows []RowKind
	// Required says that a new row must have it. A row with an id needs no other column: the server keeps what it has.
	Required bool
	// ReadOnly says that the server sets it, and the documentation calls it internal.
	ReadOnly bool
	// Secret says that its values must not be shown.
	Secret bool
	// MaxLen is the longest value in characters; 0 means that no limit is documented.
	MaxLen int
}

// AppliesTo reports whether rows of a kind use the column. For [RowUnknown] it is true.
func (c Column) AppliesTo(kind RowKind) bool {
	return c.Rows == nil || kind == RowUnknown || slices.Contains(c.Rows, kind)
}

// Lookup returns the documented column of a name, or of one of its variants, exactly as spelled, and whether there is one.
func Lookup(name string) (Column, bool) {
	column, ok := schema()[name]
	column.Variants, column.Rows = slices.Clone(column.Variants), slices.Clone(column.Rows)
	return column, ok
}

// schema has each documented column under its name and its variants.
var schema = sync.OnceValue(func() map[string]Column {
	columns := map[string]Column{}
	for _, column := range Columns() {
		for _, name := range append([]string{column.Name}, column.Variants...) {
			columns[name] = column
		}
	}
	return columns
})

// spelling is a name that a column may have, in lower case.
type spelling struct {
	letters []rune
	column  string
}

var spellings = sync.OnceValue(func() []spelling {
	var all []spelling
	for _, column := range Columns() {
		for _, name := range append([]string{column.Name}, column.Variants...) {
			all = append(all, spelling{[]rune(strings.ToLower(name)), column.Name})
		}
	}
	return all
})

// SecretColumn reports whether the values of a column must not be shown: a documented secret, or any other name that speaks of
// one. A real export may have columns that no page names, such as the key of a GitHub App.
func SecretColumn(name string) bool {
	if column, ok := Lookup(name); ok {
		return column.Secret
	}
	lower := strings.ToLower(strings.TrimSpace(name))
	for _, word := range []string{"password", "passwd", "secret", "token", "credential", "privatekey", "private_key"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return namesPEM(name) || lower == "pat" || lower == "encryptedpat" || strings.HasSuffix(name, "Pat") && name != "requireUserPat"
}

// near is the documented column that a name was probably meant to be, and whether only case or space around it differ.
// A name of a few letters is near to many, so there one edit counts only.
func near(name string) (column Column, same, ok bool) {
	const short, most = 5, 2
	word := []rune(strings.ToLower(strings.TrimSpace(name)))
	if len(word) == 0 || len(word) > 64 {
		return Column{}, false, false
	}
	best, found := most+1, ""
	for _, s := range spellings() {
		limit := most
		if len(s.letters) < short {
			limit = 1
		}
		if len(word)-len(s.letters) > limit || len(s.letters)-len(word) > limit {
			continue
		}
		if d := editDistance(word, s.letters); d <= limit && d < best {
			found, best = s.column, d
		}
	}
	return schema()[found], best == 0, best <= most
}

// editDistance counts inserted, deleted, replaced and swapped neighbouring letters.
func editDistance(a, b []rune) int {
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		now[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			now[j+1] = min(last[j+1]+1, now[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				now[j+1] = min(now[j+1], before[j-1]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
