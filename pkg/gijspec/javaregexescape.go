package gijspec

import (
	"strconv"
	"strings"
	"unicode/utf16"
)

// What an escape stands for, where it is not one known character.
const (
	escapeSet     rune = -3 // a set such as \d, which cannot begin or end a range
	escapeUnknown rune = -4 // a character that was not looked up
)

// escape reads an escape outside a class.
func (p *regexParser) escape() {
	at := p.offset()
	switch c := p.syntaxAt(p.i + 1); {
	case c == regexEnd || c == regexQuoted:
	case strings.ContainsRune("ABGRXZz", c):
		p.i += 2
		return
	case c == 'b':
		p.i += 2
		p.graphemeBoundary()
		return
	case '1' <= c && c <= '9':
		p.i += 2
		p.remark("back reference") // to a group that does not exist is allowed, and matches nothing
		return
	case c == 'k':
		p.i += 2
		p.namedReference(at)
		return
	}
	p.character()
}

// graphemeBoundary reads the {g} of \b{g}; anything else in braces is a repetition.
func (p *regexParser) graphemeBoundary() {
	if p.syntax() == '{' && p.syntaxAt(p.i+1) == 'g' && p.syntaxAt(p.i+2) == '}' {
		p.i += 3
	}
}

func (p *regexParser) namedReference(at int) {
	if !p.take('<') {
		p.fail(at, `\k needs the name of a group: \k<name>`)
		return
	}
	name := p.groupName()
	if !p.done && !p.names[name] {
		p.fail(at, "no group is named %q before this", shorten(name))
	}
	p.remark("back reference")
}

// character reads an escape that is allowed both inside and outside a class, and returns the character that it stands for.
func (p *regexParser) character() rune {
	at := p.offset()
	p.i++
	c := p.char()
	switch {
	case c == regexEnd:
		p.fail(at, `backslash at the end; write \\ for the character`)
	case strings.ContainsRune("DHSVWdhsw", c):
		return escapeSet
	case c == 'v':
		return '\v' // a set of vertical white space, but at an end of a range Java takes the one character
	case c == 'p' || c == 'P':
		p.property(at)
		return escapeSet
	case isASCIILetter(c) || isASCIIDigit(c):
		return p.characterCode(at, c)
	default:
		return c
	}
	return escapeUnknown
}

// characterCode reads an escape whose letter stands for one character.
func (p *regexParser) characterCode(at int, c rune) rune {
	switch c {
	case 'a':
		return '\a'
	case 'e':
		return 0x1B
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case '0':
		return p.octal(at)
	case 'x':
		return p.hexadecimal(at)
	case 'u':
		return p.unicode(at)
	case 'c':
		return p.control(at)
	case 'N':
		return p.characterName(at)
	}
	p.fail(at, `\%c means nothing here; write %c for the character`, c, c)
	return escapeUnknown
}

// octal reads up to three octal digits after \0, the first of three at most 3.
func (p *regexParser) octal(at int) rune {
	value, digits := rune(0), 0
	for c := p.syntax(); digits < 3 && '0' <= c && c <= '7' && value*8+c-'0' <= 0o377; c = p.syntax() {
		value = value*8 + c - '0'
		digits++
		p.i++
	}
	if digits == 0 {
		p.fail(at, `\0 needs an octal number after it`)
	}
	return value
}

// hexadecimal reads \xHH or \x{H…H} after the x.
func (p *regexParser) hexadecimal(at int) rune {
	if !p.take('{') {
		value, ok := p.hexDigits(2)
		if !ok {
			p.fail(at, `\x needs two hexadecimal digits, or \x{…}`)
		}
		return value
	}
	value, digits := rune(0), 0
	for d := hexValue(p.syntax()); d >= 0; d = hexValue(p.syntax()) {
		value = value*16 + d
		digits++
		p.i++
		if value > 0x10FFFF {
			p.fail(at, "there is no such character: the last one is 10FFFF")
			return escapeUnknown
		}
	}
	if digits == 0 || !p.take('}') {
		p.fail(at, `\x{…} needs hexadecimal digits and a closing "}"`)
	}
	return value
}

// unicode reads the four digits after \u, and a second \uHHHH where the two are a surrogate pair.
func (p *regexParser) unicode(at int) rune {
	first, ok := p.hexDigits(4)
	if !ok {
		p.fail(at, `\u needs four hexadecimal digits`)
		return escapeUnknown
	}
	back := p.i
	if utf16.IsSurrogate(first) && p.take('\\') && p.take('u') {
		second, ok := p.hexDigits(4)
		if pair := utf16.DecodeRune(first, second); ok && pair != '\uFFFD' {
			return pair
		}
	}
	p.i = back
	return first
}

// hexDigits reads exactly n hexadecimal digits.
func (p *regexParser) hexDigits(n int) (value rune, ok bool) {
	for range n {
		d := hexValue(p.syntax())
		if d < 0 {
			return 0, false
		}
		value = value*16 + d
		p.i++
	}
	return value, true
}

// hexValue returns the value of a hexadecimal digit, -1 for another character.
func hexValue(c rune) rune {
	switch {
	case isASCIIDigit(c):
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return -1
}

func (p *regexParser) control(at int) rune {
	if p.syntax() == regexQuoted { // Java resolves \Q…\E by writing backslashes, and \c takes this one
		p.items[p.i].quoted = false
		return '\\' ^ 64
	}
	c := p.char()
	if c == regexEnd {
		p.fail(at, `\c needs a character after it`)
		return escapeUnknown
	}
	return c ^ 64
}

// characterName reads the braces of \N{LATIN SMALL LETTER A}. The names grow with Unicode and are not looked up.
func (p *regexParser) characterName(at int) rune {
	if name, ok := p.braces(); !ok || name == "" {
		p.fail(at, `\N needs the name of a character: \N{…}`)
	}
	p.remark("character name")
	return escapeUnknown
}

// braces reads {…} and returns what is between.
func (p *regexParser) braces() (text string, ok bool) {
	if !p.take('{') {
		return "", false
	}
	var b strings.Builder
	for p.syntax() != '}' {
		c := p.char()
		if c == regexEnd {
			return "", false
		}
		if p.items[p.i-1].quoted {
			b.WriteByte('\\') // Java resolves \Q…\E by writing backslashes, which then are part of the name
		}
		b.WriteRune(c)
	}
	p.i++
	return b.String(), true
}

// property reads what follows \p or \P.
func (p *regexParser) property(at int) {
	name := ""
	if p.syntax() == '{' {
		text, ok := p.braces()
		if !ok || text == "" {
			p.fail(at, `\p{…} needs a name and a closing "}"`)
			return
		}
		name = text
	} else if c := p.char(); c != regexEnd {
		name = string(c)
	}
	switch {
	case isPropertyName(name):
	case p.anyName || mayBeProperty(name):
		p.remark("property name " + strconv.Quote(shorten(name)))
	default:
		p.fail(at, `unknown property name %q`, shorten(name))
	}
}

// isPropertyName knows the names without a prefix: they are a closed set.
func isPropertyName(name string) bool {
	switch name {
	case "L", "M", "N", "Z", "C", "P", "S", "LC", "LD", "L1", "all", "ASCII",
		"Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cs",
		"Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf",
		"Alnum", "Alpha", "Blank", "Cntrl", "Digit", "Graph", "Lower", "Print", "Punct", "Space", "Upper", "XDigit",
		"IsAlphabetic":
		return true
	}
	return false
}

// mayBeProperty reports whether a name has the form of those that grow with Unicode and with Java.
func mayBeProperty(name string) bool {
	if key, value, ok := strings.Cut(name, "="); ok {
		switch strings.ToLower(key) {
		case "sc", "script", "blk", "block", "gc", "general_category":
			return value != ""
		}
		return false
	}
	for _, prefix := range []string{"Is", "In", "java"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "" {
			return true
		}
	}
	return false
}
