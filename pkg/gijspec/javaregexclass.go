package gijspec

// class reads a character class: [abc], [^a-z], and Java's unions and intersections [a-z&&[^aeiou]].
func (p *regexParser) class() {
	open := p.offset()
	p.i++
	if p.depth++; p.depth > maxRegexDepth {
		p.undecided("deeply nested classes")
	}
	p.take('^')
	p.classBody(open)
	p.depth--
	p.take(']')
}

// classBody reads up to the "]" that ends the class. A "]" where nothing stands before it is a character.
func (p *regexParser) classBody(open int) {
	something := false
	for !p.done {
		switch c := p.syntax(); {
		case c == regexEnd:
			p.fail(open, `character class is not closed by "]"; write \[ for the character`)
		case c == ']' && something:
			return
		case c == '[':
			p.class()
		case c == '&' && p.syntaxAt(p.i+1) == '&':
			p.intersection(open, something)
		default:
			p.classItem(open)
		}
		something = true
	}
}

// intersection reads "&&" and what stands right of it. Nothing may stand right of it, but not on both sides.
func (p *regexParser) intersection(open int, something bool) {
	at := p.offset()
	p.i += 2
	p.remark("intersection of classes")
	for !p.done {
		switch p.syntax() {
		case regexEnd, ']', '&':
			if !something {
				p.fail(at, `"&&" has nothing on either side`)
			}
			return
		case '[':
			p.class()
		default:
			p.nestedBody(open)
		}
		something = true
	}
}

// nestedBody reads the right side of an intersection as a class of its own, up to the same "]". A "^" is a character there.
func (p *regexParser) nestedBody(open int) {
	if p.depth++; p.depth > maxRegexDepth {
		p.undecided("deeply nested classes")
	}
	p.classBody(open)
	p.depth--
}

// classItem reads a character or a range.
func (p *regexParser) classItem(open int) {
	at := p.offset()
	low := p.classCharacter()
	if low == escapeSet || p.done || p.syntax() != '-' {
		return
	}
	switch p.syntaxAt(p.i + 1) {
	case regexEnd:
		p.fail(open, `character class is not closed by "]"; write \[ for the character`)
		return
	case ']', '[':
		return // the "-" is a character
	}
	p.i++
	high := p.classCharacter()
	if high == escapeSet {
		p.fail(at, `a range cannot end in a set of characters; write \- for the character`)
	}
	if low >= 0 && high >= 0 && high < low {
		p.fail(at, `range from %q down to %q; write \- for the character`, low, high)
	}
}

func (p *regexParser) classCharacter() rune {
	if p.syntax() == '\\' {
		return p.character()
	}
	return p.char()
}
