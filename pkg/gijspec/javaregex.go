package gijspec

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// RegexError says where and why no Java accepts a regular expression.
type RegexError struct {
	// Offset is the place in bytes from 0.
	Offset int
	// Column is the place in characters from 1, as an editor counts.
	Column int
	// Msg says what is wrong, lower case.
	Msg string
}

// Error returns the message with its column.
func (e *RegexError) Error() string {
	return fmt.Sprintf("parse Java regular expression: column %d: %s", e.Column, e.Msg)
}

// CheckJavaRegex checks the syntax of a regular expression as java.util.regex.Pattern does without flags; an error is a
// [*RegexError]. The server is Java, so Go's own regexp would refuse what the server takes and take what it refuses.
// The note, if any, names what was accepted without a full check or has no counterpart in Go.
//
// Its verdicts were compared with OpenJDK 17 (and 25, which gave the same ones). What is not decided here is accepted, with a
// note: everything after a flag that turns on comments (?x) or canonical equivalence (?c); the names after \p{Is, \p{In,
// \p{java, \p{script=…} and their like, which grow with Unicode; every \p{name} after the flag (?U); character names
// \N{…}; whether a look-behind has an obvious maximum length; and groups nested deeper than 200 levels.
//
// https://help.gitkraken.com/git-integration-for-jira-data-center/add-new-integration-gij-self-managed/ (tagsFilter, prHideFilter)
func CheckJavaRegex(pattern string) (note string, err error) {
	if at := invalidUTF8(pattern); at >= 0 {
		return "", newRegexError(pattern, at, "invalid UTF-8")
	}
	p := &regexParser{pattern: pattern, items: unquoteRegex(pattern), names: map[string]bool{}}
	p.alternatives()
	if !p.done && p.syntax() == ')' {
		p.fail(p.offset(), `")" without "("; write \) for the character`)
	}
	if p.err != nil {
		return "", p.err
	}
	return p.note(), nil
}

func invalidUTF8(s string) int {
	for at, r := range s {
		if r != utf8.RuneError {
			continue
		}
		if _, size := utf8.DecodeRuneInString(s[at:]); size == 1 {
			return at
		}
	}
	return -1
}

func newRegexError(pattern string, offset int, msg string) *RegexError {
	return &RegexError{Offset: offset, Column: column(pattern, offset), Msg: msg}
}

// regexItem is one character of a pattern after \Q…\E was resolved.
type regexItem struct {
	r      rune
	at     int  // byte offset in the pattern
	quoted bool // from \Q…\E and without its special meaning
}

// unquoteRegex resolves \Q…\E, which Java does before it parses, so that it works everywhere, also inside a class. A \Q
// without \E reaches to the end.
func unquoteRegex(pattern string) []regexItem {
	items := make([]regexItem, 0, len(pattern))
	quoting, first, escaped := false, false, false
	skip := 0
	for at, r := range pattern {
		if at < skip {
			continue
		}
		rest := pattern[at:]
		switch {
		case quoting && strings.HasPrefix(rest, `\E`):
			quoting, skip = false, at+2
		case !quoting && !escaped && strings.HasPrefix(rest, `\Q`):
			quoting, first, skip = true, true, at+2
		default:
			escaped = !quoting && !escaped && r == '\\'
			items = append(items, regexItem{r, at, quoting && losesMeaning(r, first)})
			first = false
		}
	}
	return items
}

// losesMeaning reports whether Java quotes a character between \Q and \E: not letters, and a digit only where it is the
// first, since it could continue an escape before the \Q.
func losesMeaning(r rune, first bool) bool {
	return r < utf8.RuneSelf && !isASCIILetter(r) && (first || !isASCIIDigit(r))
}

func isASCIILetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func isASCIIDigit(r rune) bool { return '0' <= r && r <= '9' }

// What syntax returns where there is no character with a possible special meaning.
const (
	regexEnd    rune = -1
	regexQuoted rune = -2
)

// maxRegexDepth bounds the recursion over groups and classes.
const maxRegexDepth = 200

// regexParser walks over a pattern; it builds nothing.
type regexParser struct {
	pattern string
	items   []regexItem
	i       int
	depth   int
	names   map[string]bool // named groups so far
	anyName bool            // (?U) was seen: \p names follow other rules
	notes   []string
	done    bool // an error was found, or the rest cannot be decided
	err     *RegexError
}

// syntax returns the next character if it can have a special meaning.
func (p *regexParser) syntax() rune { return p.syntaxAt(p.i) }

func (p *regexParser) syntaxAt(i int) rune {
	if i >= len(p.items) {
		return regexEnd
	}
	if p.items[i].quoted {
		return regexQuoted
	}
	return p.items[i].r
}

// char takes the next character, special or not; regexEnd at the end.
func (p *regexParser) char() rune {
	if p.i >= len(p.items) {
		return regexEnd
	}
	p.i++
	return p.items[p.i-1].r
}

// take takes the next character if it is want and can have a special meaning.
func (p *regexParser) take(want rune) bool {
	if p.syntax() != want {
		return false
	}
	p.i++
	return true
}

// offset is the byte offset of the next character.
func (p *regexParser) offset() int {
	if p.i < len(p.items) {
		return p.items[p.i].at
	}
	return len(p.pattern)
}

func (p *regexParser) fail(offset int, format string, args ...any) {
	if p.done {
		return
	}
	p.done = true
	p.err = newRegexError(p.pattern, offset, fmt.Sprintf(format, args...))
}

// undecided ends the check with acceptance.
func (p *regexParser) undecided(what string) {
	p.remark(what)
	p.done = true
}

func (p *regexParser) remark(what string) {
	if !slices.Contains(p.notes, what) {
		p.notes = append(p.notes, what)
	}
}

func (p *regexParser) note() string {
	if len(p.notes) == 0 {
		return ""
	}
	return "the syntax was checked, the meaning was not evaluated here: " + strings.Join(p.notes, ", ")
}

// alternatives reads until the end or an unmatched ")".
func (p *regexParser) alternatives() {
	for !p.done {
		at := p.offset()
		switch c := p.syntax(); c {
		case regexEnd, ')':
			return
		case '|':
			p.i++
		case '*', '+', '?':
			p.fail(at, `%q has nothing to repeat; write \%c for the character`, string(c), c)
		case '{':
			p.count() // Java repeats nothing, or what was repeated already: a{2}{3}
		case '(':
			if p.group() {
				p.quantifier()
			}
		case '[':
			p.class()
			p.quantifier()
		case '\\':
			p.escape()
			p.quantifier()
		default:
			p.i++
			p.quantifier()
		}
	}
}

// quantifier reads at most one quantifier.
func (p *regexParser) quantifier() {
	if p.done {
		return
	}
	switch p.syntax() {
	case '*', '+', '?':
		p.i++
		p.greed()
	case '{':
		p.count()
	}
}

// greed reads what makes a quantifier reluctant or possessive.
func (p *regexParser) greed() {
	if p.take('?') {
		return
	}
	if p.take('+') {
		p.remark("possessive quantifier")
	}
}

// count reads {n}, {n,} or {n,m}.
func (p *regexParser) count() {
	at := p.offset()
	p.i++
	if !isASCIIDigit(p.syntax()) {
		p.fail(at, `"{" needs a number after it; write \{ for the character`)
		return
	}
	least, most := p.number(at), int64(-1)
	if p.take(',') && isASCIIDigit(p.syntax()) {
		most = p.number(at)
	}
	switch {
	case p.done:
	case !p.take('}'):
		p.fail(at, `repetition is not closed by "}"; write \{ for the character`)
	case most >= 0 && most < least:
		p.fail(at, "repetition from %d down to %d", least, most)
	default:
		p.greed()
	}
}

func (p *regexParser) number(at int) int64 {
	n := int64(0)
	for isASCIIDigit(p.syntax()) {
		n = n*10 + int64(p.char()-'0')
		if n > maxJavaInt {
			p.fail(at, "repetition of more than %d", maxJavaInt)
			return 0
		}
	}
	return n
}
