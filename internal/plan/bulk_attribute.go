package plan

import (
	"cmp"
	"maps"
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
	said = make([]string, len(rows))
	if !hasError(entries) {
		return said, nil
	}
	index := newNameIndex(rows)
	var about []int // the rows that the newest entry that names anything is about
	for _, e := range entries {
		if named, names := index.find(e.Message); names {
			about = named
		}
		if !e.Error {
			continue
		}
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
	origins, names   []int // how long they are, the longest first
}

func newNameIndex(rows []rowName) *nameIndex {
	x := &nameIndex{byOrigin: map[string][]int{}, byName: map[string][]int{}}
	for i, row := range rows {
		x.byOrigin[row.origin] = append(x.byOrigin[row.origin], i)
		x.byName[row.name] = append(x.byName[row.name], i)
	}
	delete(x.byOrigin, "")
	delete(x.byName, "")
	x.origins, x.names = lengthsOf(x.byOrigin), lengthsOf(x.byName)
	return x
}

func lengthsOf(names map[string][]int) []int {
	different := map[int]bool{}
	for name := range names {
		different[len(name)] = true
	}
	lengths := slices.Sorted(maps.Keys(different))
	slices.Reverse(lengths)
	return lengths
}

// find returns the rows that a text names, and whether it names anything: it may be a repository that is in no row.
func (x *nameIndex) find(text string) (rows []int, named bool) {
	starts := startsOf(text)
	if rows := longestIn(text, starts, x.byOrigin, x.origins); rows != nil {
		return rows, true
	}
	if strings.Contains(text, "://") || strings.Contains(text, "git@") {
		return nil, true
	}
	rows = longestIn(text, starts, x.byName, x.names)
	return rows, rows != nil
}

// startsOf are the places of a text where a name may begin: not within a longer one.
func startsOf(text string) []int {
	var starts []int
	before := utf8.RuneError
	for at, r := range text {
		if !continues(before) {
			starts = append(starts, at)
		}
		before = r
	}
	return starts
}

// longestIn returns what the longest name stands for that a text has in it, and not as a part of a longer one. It looks each length
// up, so that it takes no longer where there are many names.
func longestIn(text string, starts []int, names map[string][]int, lengths []int) []int {
	for _, length := range lengths {
		for _, at := range starts {
			if at+length > len(text) {
				break
			}
			if rows, found := names[text[at:at+length]]; found && !goesOn(text[at+length:]) {
				return rows
			}
		}
	}
	return nil
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
