package gijspec

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jmespath/go-jmespath"
)

// maxQueryBytes bounds a JMESPath expression. The vendor's own limit (2000 characters, apiFilter) is below it.
const maxQueryBytes = 64 << 10

// Query is a compiled JMESPath expression. It is safe for concurrent use.
type Query struct {
	compiled *jmespath.JMESPath
}

// QueryError says where and why a JMESPath expression is malformed.
type QueryError struct {
	// Expr is the whole expression.
	Expr string
	// Offset is the place in bytes from 0, at most len(Expr).
	Offset int
	// Column is the place in characters from 1, as an editor counts.
	Column int
	// Msg says what is wrong, lower case.
	Msg string
	// Function is set when the only thing wrong is a function of this name that standard JMESPath does not have; another
	// implementation may have it.
	Function string
}

// Error returns the message with its column. The expression is not in it: it may be long.
func (e *QueryError) Error() string {
	return fmt.Sprintf("parse JMESPath expression: column %d: %s", e.Column, e.Msg)
}

func newQueryError(expr string, offset int, msg string) *QueryError {
	offset = max(0, min(offset, len(expr)))
	return &QueryError{Expr: expr, Offset: offset, Column: column(expr, offset), Msg: msg}
}

// column counts the characters before the byte at offset, from 1.
func column(s string, offset int) int {
	return utf8.RuneCountInString(s[:min(offset, len(s))]) + 1
}

// CompileQuery compiles a JMESPath expression; an error is a [*QueryError]. It never panics: the expression is parsed
// strictly first, with a limit of 64 KiB and of 200 nested parts, because go-jmespath panics on some malformed
// expressions ("@()"), overflows the stack on deep ones, and overlooks a missing comma.
//
// The language: https://jmespath.org/specification.html, and for the vendor's use of it
// https://help.gitkraken.com/git-integration-for-jira-data-center/working-with-jmespath-filters-gij-self-managed/
func CompileQuery(expr string) (*Query, error) {
	if len(expr) > maxQueryBytes {
		return nil, newQueryError(expr, maxQueryBytes, fmt.Sprintf("expression is longer than %d bytes", maxQueryBytes))
	}
	if err := parseQuery(expr); err != nil {
		return nil, err
	}
	compiled, err := compileGuarded(expr)
	if err != nil {
		return nil, err
	}
	return &Query{compiled: compiled}, nil
}

// compileGuarded turns a panic and any error of go-jmespath into a QueryError. Neither is expected after parseQuery.
func compileGuarded(expr string) (compiled *jmespath.JMESPath, err error) {
	defer func() {
		if r := recover(); r != nil {
			compiled, err = nil, newQueryError(expr, 0, fmt.Sprintf("cannot be compiled: %v", r))
		}
	}()
	compiled, err = jmespath.Compile(expr)
	if err == nil {
		return compiled, nil
	}
	if syntax, ok := errors.AsType[jmespath.SyntaxError](err); ok {
		return nil, newQueryError(expr, syntax.Offset, syntax.Error())
	}
	return nil, newQueryError(expr, 0, err.Error())
}

// Search evaluates the expression on data as encoding/json decodes it into an any (maps, slices, float64, string, bool,
// nil). It never panics: what go-jmespath panics on ("merge(null)") is an error.
func (q *Query) Search(data any) (result any, err error) {
	defer func() {
		if r := recover(); r != nil {
			result, err = nil, errors.New("evaluate JMESPath expression: a function got an argument of a type that it does not take")
		}
	}()
	result, err = q.compiled.Search(data)
	if err != nil {
		return nil, fmt.Errorf("evaluate JMESPath expression: %w", withoutData(err))
	}
	return result, nil
}

// withoutData shortens the message of go-jmespath for an argument of the wrong type, which prints the whole argument.
func withoutData(err error) error {
	_, expected, ok := strings.Cut(err.Error(), ", expected: []jmespath.jpType{")
	if !ok || !strings.HasPrefix(err.Error(), "Invalid type for: ") {
		return err
	}
	return fmt.Errorf("a function got an argument of the wrong type; expected %s", strings.TrimSuffix(expected, "}"))
}
