package gijspec

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// queryToken is one token of a JMESPath expression. Kind is the token's own text for punctuation ("[?", "||"), else one
// of the names below.
type queryToken struct {
	kind string
	text string
	at   int // byte offset
}

const (
	tokenEnd     = "end of expression"
	tokenName    = "name"
	tokenQuoted  = "quoted name"
	tokenNumber  = "number"
	tokenLiteral = "literal"
)

// lexQuery splits expr into tokens, ending with tokenEnd.
func lexQuery(expr string) ([]queryToken, *QueryError) {
	var tokens []queryToken
	for at := 0; at < len(expr); {
		if strings.IndexByte(" \t\r\n", expr[at]) >= 0 {
			at++
			continue
		}
		token, size, msg := nextQueryToken(expr[at:])
		if msg != "" {
			return nil, newQueryError(expr, at+size, msg)
		}
		token.at = at
		tokens = append(tokens, token)
		at += size
	}
	return append(tokens, queryToken{kind: tokenEnd, at: len(expr)}), nil
}

// nextQueryToken reads the token that s begins with. With a message, size is the offset of what is wrong.
func nextQueryToken(s string) (token queryToken, size int, msg string) {
	switch c := s[0]; {
	case isNameStart(c):
		n := 1
		for n < len(s) && (isNameStart(s[n]) || isDigit(s[n])) {
			n++
		}
		return queryToken{kind: tokenName, text: s[:n]}, n, ""
	case isDigit(c) || c == '-':
		return lexQueryNumber(s)
	case c == '"':
		return lexQueryQuoted(s)
	case c == '`':
		return lexQueryLiteral(s)
	case c == '\'':
		return lexQueryRaw(s)
	}
	for _, p := range []string{"[?", "[]", "||", "&&", "==", "!=", "<=", ">="} {
		if strings.HasPrefix(s, p) {
			return queryToken{kind: p}, len(p), ""
		}
	}
	if strings.IndexByte(".*,:{}[]()@|&!<>", s[0]) >= 0 {
		return queryToken{kind: s[:1]}, 1, ""
	}
	return queryToken{}, 0, unexpectedRune(s)
}

func unexpectedRune(s string) string {
	if s[0] == '=' {
		return "a single = is no operator; equality is =="
	}
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 {
		return "invalid UTF-8"
	}
	return "unexpected character " + strconv.QuoteRune(r)
}

func isNameStart(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func lexQueryNumber(s string) (queryToken, int, string) {
	n := 1
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	// Numbers are indices. The vendor's server is Java: 32 bits are what every implementation can hold.
	if _, err := strconv.ParseInt(s[:n], 10, 32); err != nil {
		return queryToken{}, 0, "index " + strconv.Quote(shorten(s[:n])) + " is no whole number of 32 bits"
	}
	return queryToken{kind: tokenNumber, text: s[:n]}, n, ""
}

// delimited returns the length of the text from its opening to its closing delimiter, both included; 0 if it does not
// close. A backslash protects the character after it.
func delimited(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return i + 1
		}
	}
	return 0
}

func lexQueryQuoted(s string) (queryToken, int, string) {
	n := delimited(s)
	if n == 0 {
		return queryToken{}, 0, `quoted name is not closed by "`
	}
	var name string
	if err := json.Unmarshal([]byte(s[:n]), &name); err != nil {
		return queryToken{}, 0, "quoted name is no JSON string"
	}
	return queryToken{kind: tokenQuoted, text: name}, n, ""
}

func lexQueryLiteral(s string) (queryToken, int, string) {
	n := delimited(s)
	if n == 0 {
		return queryToken{}, 0, "literal is not closed by `"
	}
	if !json.Valid([]byte(strings.ReplaceAll(s[1:n-1], "\\`", "`"))) {
		return queryToken{}, 0, "text between ` and ` is no JSON; write a string as 'text'"
	}
	return queryToken{kind: tokenLiteral, text: s[1 : n-1]}, n, ""
}

// lexQueryRaw reads a raw string. Unlike in the other two, a backslash protects only a quote.
func lexQueryRaw(s string) (queryToken, int, string) {
	for i := 1; i < len(s); i++ {
		if s[i] == '\'' && s[i-1] != '\\' {
			return queryToken{kind: tokenLiteral, text: s[1:i]}, i + 1, ""
		}
	}
	return queryToken{}, 0, "string is not closed by '"
}

// shorten cuts a text that is quoted in a message.
func shorten(s string) string {
	const limit = 40
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return string(runes[:limit]) + "…"
}
