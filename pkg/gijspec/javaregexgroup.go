package gijspec

import "strings"

// group reads a group and reports whether something was read that a quantifier can follow; "(?i)" is nothing.
func (p *regexParser) group() bool {
	open := p.offset()
	p.i++
	if !p.take('?') {
		p.groupBody(open)
		return true
	}
	switch p.syntax() {
	case ':':
	case '=', '!':
		p.remark("look-ahead")
	case '>':
		p.remark("atomic group")
	case '<':
		p.i++
		p.afterAngle(open)
		return true
	default:
		return p.flags(open)
	}
	p.i++
	p.groupBody(open)
	return true
}

func (p *regexParser) groupBody(open int) {
	if p.depth++; p.depth > maxRegexDepth {
		p.undecided("deeply nested groups")
	}
	p.alternatives()
	p.depth--
	if !p.done && !p.take(')') {
		p.fail(open, `group is not closed by ")"; write \( for the character`)
	}
}

// afterAngle reads what follows "(?<": a look-behind or a name.
func (p *regexParser) afterAngle(open int) {
	if p.take('=') || p.take('!') {
		p.remark("look-behind")
		p.groupBody(open)
		return
	}
	at := p.offset()
	name := p.groupName()
	if p.done {
		return
	}
	if p.names[name] {
		p.fail(at, "two groups are named %q", shorten(name))
		return
	}
	p.names[name] = true
	p.groupBody(open)
}

// groupName reads a name and its ">". A name is an ASCII letter and then ASCII letters and digits.
func (p *regexParser) groupName() string {
	at := p.offset()
	if !isASCIILetter(p.syntax()) {
		p.fail(at, "the name of a group begins with a letter from a to z")
		return ""
	}
	var name strings.Builder
	for isASCIILetter(p.syntax()) || isASCIIDigit(p.syntax()) {
		name.WriteRune(p.char())
	}
	if !p.take('>') {
		p.fail(at, `the name of a group has letters and digits only and is closed by ">"`)
	}
	return name.String()
}

// flags reads "(?" flags ")" or "(?" flags ":" … ")" and reports whether it was the latter.
func (p *regexParser) flags(open int) bool {
	comments := p.flagLetters(true)
	if p.take('-') {
		p.flagLetters(false)
	}
	switch at := p.offset(); {
	case p.take(')'):
		if comments {
			p.undecided("comments flag (?x) or canonical equivalence (?c)")
		}
		return false
	case p.take(':'):
		if comments {
			p.undecided("comments flag (?x) or canonical equivalence (?c)")
		}
		p.groupBody(open)
	case p.syntax() == regexEnd:
		p.fail(open, "group is not closed")
	case comments: // they hold from here on: "(?x i)" is allowed
		p.undecided("comments flag (?x) or canonical equivalence (?c)")
	default:
		p.fail(at, "unknown construct after (?")
	}
	return true
}

// flagLetters reads letters and reports whether one changes how the rest is to be read.
func (p *regexParser) flagLetters(on bool) (changes bool) {
	for {
		switch p.syntax() {
		case 'i', 'd', 'm', 's', 'u':
		case 'U':
			p.anyName = true
		case 'x', 'c':
			changes = on
		default:
			return changes
		}
		p.i++
	}
}
