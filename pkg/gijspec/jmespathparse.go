package gijspec

import (
	"fmt"
	"strings"
)

// maxQueryDepth bounds how deep parts of an expression nest; the recursion of go-jmespath has no bound of its own.
const maxQueryDepth = 200

// queryParser checks an expression against the grammar; it builds nothing. It is the top-down operator precedence
// parser that all implementations of JMESPath share, without their leniencies.
type queryParser struct {
	expr    string
	tokens  []queryToken
	index   int
	depth   int
	err     *QueryError // the first error; after it every step is a no-op
	strange *QueryError // a function that the standard does not have
}

// parseQuery returns a *QueryError if expr is malformed.
func parseQuery(expr string) error {
	tokens, err := lexQuery(expr)
	if err != nil {
		return err
	}
	p := &queryParser{expr: expr, tokens: tokens}
	p.expression(0)
	if p.err == nil && p.peek().kind != tokenEnd {
		p.unexpected(p.peek(), "")
	}
	if p.err != nil {
		return p.err
	}
	if p.strange != nil {
		return p.strange
	}
	return nil
}

// leftPower is how strongly a token binds to what stands before it; 0 ends an expression.
func leftPower(kind string) int {
	switch kind {
	case "|":
		return 1
	case "||":
		return 2
	case "&&":
		return 3
	case "==", "!=", "<", "<=", ">", ">=":
		return 5
	case "[]":
		return 9
	case "*":
		return 20
	case "[?":
		return 21
	case ".":
		return 40
	case "!":
		return 45
	case "{":
		return 50
	case "[":
		return 55
	case "(":
		return 60
	}
	return 0
}

const (
	starPower   = 20
	filterPower = 21
	dotPower    = 40
	notPower    = 45
)

func (p *queryParser) peek() queryToken { return p.tokens[p.index] }

// peekSecond returns the token after the next; the last token repeats.
func (p *queryParser) peekSecond() queryToken {
	return p.tokens[min(p.index+1, len(p.tokens)-1)]
}

func (p *queryParser) next() queryToken {
	token := p.tokens[p.index]
	p.index = min(p.index+1, len(p.tokens)-1)
	return token
}

func (p *queryParser) fail(at int, format string, args ...any) {
	if p.err == nil {
		p.err = newQueryError(p.expr, at, fmt.Sprintf(format, args...))
	}
}

func (p *queryParser) unexpected(token queryToken, wanted string) {
	what := token.kind
	if what != tokenEnd {
		what = fmt.Sprintf("%q", shorten(p.expr[token.at:p.tokenEnd(token)]))
	}
	if wanted != "" {
		wanted = "; expected " + wanted
	}
	p.fail(token.at, "unexpected %s%s", what, wanted)
}

// tokenEnd is the offset behind a token: for a message only, so the next token's beginning will do.
func (p *queryParser) tokenEnd(token queryToken) int {
	for _, other := range p.tokens {
		if other.at > token.at {
			return token.at + len(strings.TrimRight(p.expr[token.at:other.at], " \t\r\n"))
		}
	}
	return len(p.expr)
}

func (p *queryParser) expect(kind, wanted string) bool {
	if p.peek().kind != kind {
		p.unexpected(p.peek(), wanted)
		return false
	}
	p.next()
	return true
}

// expression reads one expression whose operators bind more strongly than power.
func (p *queryParser) expression(power int) {
	if p.depth++; p.depth > maxQueryDepth {
		p.fail(p.peek().at, "nested deeper than %d levels", maxQueryDepth)
	}
	defer func() { p.depth-- }()
	if p.err != nil {
		return
	}
	first := p.next()
	p.prefix(first)
	callable := first.kind == tokenName
	for p.err == nil && power < leftPower(p.peek().kind) {
		operator := p.next()
		if operator.kind == "(" && callable {
			p.call(first)
		} else {
			p.infix(operator)
		}
		callable = false
	}
}

// prefix reads what can begin an expression.
func (p *queryParser) prefix(token queryToken) {
	switch token.kind {
	case tokenName, tokenLiteral, "@":
	case tokenQuoted:
		if p.peek().kind == "(" {
			p.fail(token.at, "a quoted name cannot be called as a function")
		}
	case "*":
		if p.peek().kind != "]" {
			p.projection(starPower)
		}
	case "[?":
		p.filter()
	case "[]":
		p.projection(leftPower("[]"))
	case "{":
		p.hash()
	case "[":
		p.bracket()
	case "!":
		p.expression(notPower)
	case "(":
		p.expression(0)
		p.expect(")", `")"`)
	case "&":
		p.fail(token.at, "& is for arguments of functions only")
	default:
		p.unexpected(token, "a name, a literal, or the beginning of an expression")
	}
}

// infix reads what follows an operator that has something on its left.
func (p *queryParser) infix(operator queryToken) {
	switch operator.kind {
	case ".":
		if p.peek().kind == "*" {
			p.next()
			p.projection(dotPower)
			return
		}
		p.afterDot(dotPower)
	case "|", "||", "&&", "==", "!=", "<", "<=", ">", ">=":
		p.expression(leftPower(operator.kind))
	case "[?":
		p.filter()
	case "[]":
		p.projection(leftPower("[]"))
	case "[":
		p.indexOrSlice()
	default:
		p.unexpected(operator, "")
	}
}

// bracket reads what follows a "[" that begins an expression: an index, a slice, [*], or a list of expressions.
func (p *queryParser) bracket() {
	kind := p.peek().kind
	if kind == tokenNumber || kind == ":" || kind == "*" && p.peekSecond().kind == "]" {
		p.indexOrSlice()
		return
	}
	p.list()
}

// indexOrSlice reads what follows a "[": an index, a slice, or "*", and the "]".
func (p *queryParser) indexOrSlice() {
	switch p.peek().kind {
	case tokenNumber, ":":
		if p.slice() {
			p.projection(starPower)
		}
	case "*":
		p.next()
		if p.expect("]", `"]"`) {
			p.projection(starPower)
		}
	default:
		p.unexpected(p.peek(), "an index, a slice, *, ?, or ]")
	}
}

// slice reads an index or a slice with its "]" and reports whether it was a slice.
func (p *queryParser) slice() bool {
	colons, last := 0, queryToken{}
	for p.err == nil && p.peek().kind != "]" {
		token := p.next()
		switch {
		case token.kind == ":" && colons < 2:
			colons++
		case token.kind == tokenNumber && last.kind != tokenNumber:
		default:
			p.unexpected(token, `"]"`)
		}
		if colons == 2 && token.kind == tokenNumber && token.text == "0" {
			p.fail(token.at, "the step of a slice cannot be 0")
		}
		last = token
	}
	p.expect("]", `"]"`)
	return colons > 0
}

// projection reads what may follow a projection, which is nothing, or a part that binds more strongly than power.
func (p *queryParser) projection(power int) {
	switch kind := p.peek().kind; {
	case leftPower(kind) < 10:
	case kind == "[" || kind == "[?":
		p.expression(power)
	case kind == ".":
		p.next()
		p.afterDot(power)
	default:
		p.unexpected(p.peek(), "")
	}
}

func (p *queryParser) afterDot(power int) {
	switch p.peek().kind {
	case tokenName, tokenQuoted, "*":
		p.expression(power)
	case "[":
		p.next()
		p.list()
	case "{":
		p.next()
		p.hash()
	default:
		p.unexpected(p.peek(), "a name, *, [ or { after the dot")
	}
}

func (p *queryParser) filter() {
	p.expression(0)
	if p.expect("]", `"]" at the end of the filter`) && p.peek().kind != "[]" {
		p.projection(filterPower)
	}
}

// list reads the expressions of [a, b] after the "[".
func (p *queryParser) list() {
	p.separated("]", func() { p.expression(0) })
}

// hash reads the pairs of {a: b} after the "{".
func (p *queryParser) hash() {
	p.separated("}", func() {
		if key := p.next(); key.kind != tokenName && key.kind != tokenQuoted {
			p.unexpected(key, "a key")
			return
		}
		if p.expect(":", `":" after the key`) {
			p.expression(0)
		}
	})
}

// separated reads at least one item, commas between items, and the closing token.
func (p *queryParser) separated(closing string, item func()) {
	for p.err == nil {
		item()
		if p.err != nil || p.peek().kind == closing {
			p.next()
			return
		}
		p.expect(",", fmt.Sprintf(`"," or %q`, closing))
	}
}

// call reads the arguments of a function after the "(".
func (p *queryParser) call(name queryToken) {
	args := 0
	if p.peek().kind == ")" {
		p.next()
	} else {
		p.separated(")", func() { args++; p.argument() })
	}
	p.checkCall(name, args)
}

func (p *queryParser) argument() {
	if p.peek().kind == "&" {
		p.next() // the argument is an expression, to be evaluated by the function
	}
	p.expression(0)
}

func (p *queryParser) checkCall(name queryToken, args int) {
	least, most, known := functionArity(name.text)
	if !known {
		p.noteStrange(name)
		return
	}
	if args < least || most >= 0 && args > most {
		p.fail(name.at, "%s() takes %s, not %d", name.text, arityWords(least, most), args)
	}
}

func (p *queryParser) noteStrange(name queryToken) {
	if p.strange != nil {
		return
	}
	msg := fmt.Sprintf("unknown function %q", shorten(name.text))
	if nearest, ok := Nearest(name.text, functionNames()); ok {
		msg += fmt.Sprintf("; did you mean %q?", nearest)
	}
	p.strange = newQueryError(p.expr, name.at, msg)
	p.strange.Function = name.text
}

func arityWords(least, most int) string {
	words := fmt.Sprintf("%d arguments", least)
	if least == 1 {
		words = "1 argument"
	}
	if most < 0 {
		words = "at least " + words
	}
	return words
}

// functionArity returns how many arguments a standard function takes; most is -1 for any number.
func functionArity(name string) (least, most int, known bool) {
	switch name {
	case "abs", "avg", "ceil", "floor", "keys", "length", "max", "min", "reverse", "sort", "sum", "to_array", "to_number",
		"to_string", "type", "values":
		return 1, 1, true
	case "contains", "ends_with", "join", "map", "max_by", "min_by", "sort_by", "starts_with":
		return 2, 2, true
	case "merge", "not_null":
		return 1, -1, true
	}
	return 0, 0, false
}

func functionNames() []string {
	return []string{
		"abs", "avg", "ceil", "contains", "ends_with", "floor", "join", "keys", "length", "map", "max", "max_by",
		"merge", "min", "min_by", "not_null", "reverse", "sort", "sort_by", "starts_with", "sum", "to_array", "to_number",
		"to_string", "type", "values",
	}
}
