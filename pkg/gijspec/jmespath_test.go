package gijspec

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestCompileQueryAccepts(t *testing.T) {
	t.Parallel()
	for _, expr := range []string{
		// the vendor's
		`[?contains(name,'git')]`, "repositories[] | [?starts_with(name, 'repo-prefix')]", `[?contains(tag_list,'largemedia')]`,
		`[?!empty_repo]`, `{value:value[?contains(name, 'example')]}`, `[?!starts_with(fullPath, '/home/x')]`, `[?(!contains(name,'x'))]`,
		// the rest of the language
		`a`, `"a b"`, `a.b.c`, `a.*`, `*`, `*.a`, `[*]`, `[*].a`, `[0]`, `[-1]`, `a[1:2]`, `a[::2]`, `a[:]`, `a[]`, `[]`, `[].a[0]`,
		`a[*].b[*].c`, `[a, b]`, `{a: b, "c d": e}`, `a.{b: c}`, `a.[b, c]`, `a || b && !c`, `(a)`, `@`, "`[1, 2]`", "`\"x\"`", `'it\'s'`,
		`a == 'x'`, "a[?b > `1` && c <= `2`]", `sort_by(@, &a.b)[0]`, `map(&a, @)`, `not_null(a, b, c)`, `length(@)`, `a[?b].c | [0]`,
		`[[a], [b]]`, `a.length(@)`, ` a . b `, `*.*`, `[*][0]`, `[?a][]`, `[*] | [0]`,
	} {
		if _, err := CompileQuery(expr); err != nil {
			t.Errorf("%s: %v", expr, err)
		}
	}
}

func TestCompileQueryRejects(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		expr   string
		column int
		msg    string
	}{
		{"", 1, "unexpected end of expression"},
		{"[?contains(name, 'x']", 21, `expected "," or ")"`},
		{"[?contains(name 'x')]", 17, `unexpected "'x'"; expected "," or ")"`},
		{"[?name == 'x'", 14, "end of the filter"},
		{"é", 1, "unexpected character 'é'"},
		{"'é' #", 5, "unexpected character '#'"},
		{"a = b", 3, "equality is =="},
		{"a.", 3, "after the dot"},
		{"a..b", 3, "after the dot"},
		{"@()", 2, `unexpected "("`},
		{"(a)(b)", 4, `unexpected "("`},
		{`"a"(b)`, 1, "quoted name cannot be called"},
		{"a b", 3, `unexpected "b"`},
		{"[a, ]", 5, `unexpected "]"`},
		{"{a: b c: d}", 7, `expected "," or "}"`},
		{"{a b}", 4, `expected ":"`},
		{"{`1`: b}", 2, "expected a key"},
		{"length()", 1, "length() takes 1 argument, not 0"},
		{"length(a, b)", 1, "length() takes 1 argument, not 2"},
		{"contains(a)", 1, "contains() takes 2 arguments, not 1"},
		{"merge()", 1, "merge() takes at least 1 argument, not 0"},
		{"&a", 1, "& is for arguments"},
		{"[?contian(a, b)]", 3, `unknown function "contian"; did you mean "contains"?`},
		{"zzz(a)", 1, `unknown function "zzz"`},
		{"'a", 1, "not closed"},
		{`"a`, 1, "not closed"},
		{"`a", 1, "not closed"},
		{`'\'`, 1, "not closed"},
		{"`foo`", 1, "no JSON"},
		{`"\x"`, 1, "no JSON string"},
		{"[99999999999]", 2, "32 bits"},
		{"[-]", 2, "32 bits"},
		{"a[1 2]", 5, `expected "]"`},
		{"a[1:2:3:4]", 8, `expected "]"`},
		{"a[::0]", 5, "cannot be 0"},
		{"a[b]", 3, "an index"},
		{"a[*", 4, `expected "]"`},
		{"a[]b", 4, `unexpected "b"`},
		{"[*]{a: b}", 4, "unexpected"},
		{"a ! b", 3, `unexpected "!"`},
		{"\xff", 1, "invalid UTF-8"},
		{")", 1, `unexpected ")"`},
		{"a)", 2, `unexpected ")"`},
		{"(a", 3, "end of expression"},
		{strings.Repeat("(", 1000), 201, "nested deeper"},
		{strings.Repeat("(", 1<<20), 65537, "longer than 65536 bytes"},
	} {
		_, err := CompileQuery(tt.expr)
		malformed, ok := errors.AsType[*QueryError](err)
		if !ok {
			t.Errorf("%.30q: %v", tt.expr, err)
			continue
		}
		if malformed.Column != tt.column || !strings.Contains(malformed.Msg, tt.msg) || malformed.Expr != tt.expr {
			t.Errorf("%.30q: %v, want column %d: %s", tt.expr, err, tt.column, tt.msg)
		}
		if len(malformed.Error()) > 300 {
			t.Errorf("%.30q: message of %d bytes", tt.expr, len(malformed.Error()))
		}
	}
}

func TestQueryErrorNamesTheStrangeFunction(t *testing.T) {
	t.Parallel()
	_, err := CompileQuery("a[?zzz(b)] | yyy(c)")
	if malformed, _ := errors.AsType[*QueryError](err); malformed == nil || malformed.Function != "zzz" || malformed.Offset != 3 {
		t.Errorf("%#v", err)
	}
	_, err = CompileQuery("a[?zzz(b)] | yyy(c")
	if malformed, _ := errors.AsType[*QueryError](err); malformed == nil || malformed.Function != "" {
		t.Errorf("a syntax error comes first: %#v", err)
	}
}

func TestFunctionNamesHaveAnArity(t *testing.T) {
	t.Parallel()
	if len(functionNames()) != 26 {
		t.Errorf("the standard has 26 functions, not %d", len(functionNames()))
	}
	for _, name := range functionNames() {
		if _, _, known := functionArity(name); !known {
			t.Errorf("%s has none", name)
		}
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	var data any
	document := `{"repositories":[{"name":"git-a","id":1},{"name":"svn-b","id":2}],"n":null}`
	if err := json.Unmarshal([]byte(document), &data); err != nil {
		t.Fatal(err)
	}
	q, err := CompileQuery("repositories[] | [?contains(name, 'git')].id")
	if err != nil {
		t.Fatal(err)
	}
	got, err := q.Search(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{1.0}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSearchErrors(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]string{
		"merge(@, `null`)":                      "",
		"abs('secret')":                         `expected "number"`,
		"sort_by(`[{\"a\":[]},{\"a\":1}]`, &a)": "evaluate",
	} {
		q, err := CompileQuery(expr)
		if err != nil {
			t.Fatal(err)
		}
		_, err = q.Search(map[string]any{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", expr, err)
		}
	}
}

func FuzzCompileQuery(f *testing.F) {
	for _, expr := range []string{"[?contains(name,'git')]", "@()", "merge(`null`)", "{a: b c}", "a[?b[0:1]].{c: d}", "((((", "\xff'", "`[1]`", "\"\\u00e9\"", "map(&a, @) || !b"} {
		f.Add(expr)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		q, err := CompileQuery(expr)
		if err == nil {
			_, _ = q.Search(map[string]any{"name": "x", "a": []any{1.0, "b", nil, map[string]any{"c": true}}})
			return
		}
		malformed, ok := errors.AsType[*QueryError](err)
		if !ok || malformed.Offset < 0 || malformed.Offset > len(expr) || malformed.Column < 1 || malformed.Column > utf8.RuneCountInString(expr)+1 {
			t.Fatalf("%q: %#v", expr, err)
		}
		if strings.Contains(malformed.Msg, "SyntaxError") || strings.Contains(malformed.Msg, "cannot be compiled") {
			t.Fatalf("%q: go-jmespath refuses what the parser accepted: %v", expr, err)
		}
	})
}
