package plan

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gijctl/gijctl/pkg/gij"
)

// rowName is what an import's log may call a row.
type rowName struct{ origin, name string }

func rowNames(changes []BulkChange) []rowName {
	names := make([]rowName, len(changes))
	for i, c := range changes {
		names[i] = rowName{c.Origin, c.Name}
	}
	return names
}

// attribute gives each row the errors of an import's log that most likely belong to it, and returns the errors that belong to none.
// The log is free text: an entry is about the row whose origin, or else name, it holds. One that names nothing, as a Java
// exception, is taken to be about the row before.
func attribute(entries []gij.BulkEntry, rows []rowName) (said, rest []string) {
	index := newNameIndex(rows)
	said = make([]string, len(rows))
	for n, e := range entries {
		if !e.Error {
			continue
		}
		about := index.about(entries[:n+1])
		if len(about) == 0 {
			rest = append(rest, cmp.Or(e.Message, unnamedError))
		}
		for _, row := range about {
			said[row] = joined(said[row], cmp.Or(e.Message, unnamedError))
		}
	}
	return said, rest
}

// unnamedError stands for an error without a text.
const unnamedError = "an error without a message"

// joined adds a message to others, if it is new and there is room.
func joined(said, message string) string {
	const most = 1000
	switch {
	case said == "":
		return message
	case strings.Contains(said, message), len(said) > most:
		return said
	}
	return said + "; " + message
}

// nameIndex finds rows by what a text calls them.
type nameIndex struct {
	byOrigin, byName map[string][]int
	origins, names   []string // the longest first
}

func newNameIndex(rows []rowName) *nameIndex {
	x := &nameIndex{byOrigin: map[string][]int{}, byName: map[string][]int{}}
	for i, row := range rows {
		x.byOrigin[row.origin] = append(x.byOrigin[row.origin], i)
		x.byName[row.name] = append(x.byName[row.name], i)
	}
	delete(x.byOrigin, "")
	delete(x.byName, "")
	x.origins, x.names = longestFirst(x.byOrigin), longestFirst(x.byName)
	return x
}

func longestFirst(of map[string][]int) []string {
	keys := sortedKeys(of)
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return keys
}

// about returns the rows that the last entry is about: those that it names, or else those that the nearest entry before it names.
func (x *nameIndex) about(entries []gij.BulkEntry) []int {
	for _, e := range slices.Backward(entries) {
		rows, named := x.find(e.Message)
		if named {
			return rows
		}
	}
	return nil
}

// find returns the rows that a text names, and whether it names anything: it may be a repository that is in no row.
func (x *nameIndex) find(text string) (rows []int, named bool) {
	for word := range strings.FieldsSeq(text) {
		if rows := x.byOrigin[strings.Trim(word, `"'.,:;()[]<>`)]; rows != nil {
			return rows, true
		}
	}
	for _, origin := range x.origins {
		if holds(text, origin) {
			return x.byOrigin[origin], true
		}
	}
	if strings.Contains(text, "://") || strings.Contains(text, "git@") {
		return nil, true
	}
	for _, name := range x.names {
		if holds(text, name) {
			return x.byName[name], true
		}
	}
	return nil, false
}

// holds reports whether a text has a name in it, and not as a part of a longer one.
func holds(text, name string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], name)
		if at < 0 {
			return false
		}
		start, end := from+at, from+at+len(name)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		if !continues(before) && !goesOn(text[end:]) {
			return true
		}
		from = start + 1
	}
}

// goesOn reports whether a name does not end before rest. A clone URL may have .git, and a sentence a period.
func goesOn(rest string) bool {
	rest = strings.TrimPrefix(rest, ".git")
	after, size := utf8.DecodeRuneInString(rest)
	if after == '.' {
		after, _ = utf8.DecodeRuneInString(rest[size:])
	}
	return continues(after)
}

func continues(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_/@", r))
}
