package gijspec_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gijspec"
)

func TestFilterTypes(t *testing.T) {
	t.Parallel()
	types := gijspec.FilterTypes()
	if len(types) != 12 || slices.Contains(types, gijspec.AWS) || !slices.Contains(types, gijspec.GitHubApp) {
		t.Errorf("%q", types)
	}
	for _, typ := range types {
		example := gijspec.FilterExample(typ)
		if _, err := gijspec.CompileQuery(example); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
		if remark := gijspec.CheckFilterForm(example, typ); remark != nil {
			t.Errorf("%s: %s: %s", typ, example, remark.Message)
		}
		if remarks := gijspec.ExplainFilter(example, typ); remarks != nil {
			t.Errorf("%s: %s: %v", typ, example, remarks)
		}
	}
}

func TestCheckFilterForm(t *testing.T) {
	t.Parallel()
	for expr, good := range map[string]bool{
		"repositories[] | [?name]": true, "repositories[]|[?name]": true, " repositories [] | [*]": true,
		"repositories[?name]": false, "[?name]": false, "repositories": false, "repositories[]": false,
	} {
		if remark := gijspec.CheckFilterForm(expr, gijspec.GitHubApp); (remark == nil) != good {
			t.Errorf("%s: %v", expr, remark)
		}
	}
}

func TestExplainFilter(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		expr string
		typ  gijspec.Type
		want []string // column: the beginning of the remark
	}{
		{"[?contains(name, 'x') || b]", gijspec.GitHub, nil},
		{"[?(!contains(name, 'x'))]", gijspec.GitHub, nil},
		{"[?!contains(name, 'x')]", gijspec.GitHub, []string{"3: the negation is without", "write (!contains(name, 'x'))"}},
		{"[?!name == 'x']", gijspec.GitHub, []string{"3: ! is asked before ==", "write !(name == …)"}},
		{"[?(!a.b[0] != 'x')]", gijspec.GitHub, []string{"4: ! is asked before !=", "write !(a.b[0] != …)"}},
		{"[?a && !b]", gijspec.GitHub, []string{"8: the negation", "write (!b)"}},
		{"[?a | b]", gijspec.GitHub, []string{"5: a single |", `write || for "or"`}},
		{"[?(a | b)] | [0:1]", gijspec.GitHub, []string{"6: a single |", `write || for "or"`}},
		{`[?a \| b]`, gijspec.Filespace, []string{`5: \| is no operator`, `write || for "or"`}},
		{"value[?a]", gijspec.GitLab, []string{"1: value is the root of another host's list; that of GITLAB is an array", "write it like: [?contains(name, 'text')]"}},
		{"{value: value[?a]}", gijspec.GitLab, []string{"1: an object with value is the form for Microsoft's", "write it like"}},
		{"repositories[] | [?a]", gijspec.GitHub, []string{"1: repositories is the root of another", "write it like"}},
		{"[?a]", gijspec.Azure, []string{"1: the list of AZURE is an object that holds it as value", "write it like: {value"}},
		{"[?a]", gijspec.GitHubApp, []string{"1: the list of GITHUB_APP is an object", "write it like: repositories[] |"}},
		{"[?a]", "", nil},
		{"!", "", []string{"", ""}},
	} {
		var got []string
		for _, r := range gijspec.ExplainFilter(tt.expr, tt.typ) {
			got = append(got, fmt.Sprintf("%d: %s", r.Column, r.Message), r.Remedy)
		}
		if tt.expr == "!" { // malformed: it must not panic
			continue
		}
		if !slices.EqualFunc(got, tt.want, strings.HasPrefix) {
			t.Errorf("%s, %s: %q, want %q", tt.expr, tt.typ, got, tt.want)
		}
	}
}

func TestFilterKeys(t *testing.T) {
	t.Parallel()
	got := gijspec.FilterKeys(`{value: value[?contains(project.name, 'x') && é_ == "y"]}`)
	if got != nil {
		t.Errorf("an expression that cannot be read: %v", got)
	}
	got = gijspec.FilterKeys(`{value: value[?contains(project.name, 'é') && a == "y"]}`)
	want := []gijspec.FilterKey{{"value", 9, false}, {"project", 25, false}, {"name", 33, false}, {"a", 47, false}, {"y", 52, true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLowerTexts(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]string{
		"[?contains(Name, 'GIT')]":     "[?contains(Name, 'git')]",
		" a == `\"X\"` ||  'It\\'s' ":  "a == `\"x\"` ||  'it\\'s' ",
		"'not closed":                  "'not closed",
		"A":                            "A",
		`{"K": A[?"B" == 'C'] | [0]} `: `{"K": A[?"B" == 'c'] | [0]} `,
	} {
		if got := gijspec.LowerTexts(expr); got != want {
			t.Errorf("%q: %q, want %q", expr, got, want)
		}
	}
}

func FuzzExplainFilter(f *testing.F) {
	for _, expr := range []string{"[?!a == 'B']", "!", "!(", `\|`, "{a: b}", "repositories[] |", "[?a | b", ")]}|", "'"} {
		f.Add(expr)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		for _, typ := range []gijspec.Type{"", gijspec.GitHub, gijspec.GitHubApp, gijspec.Azure} {
			gijspec.ExplainFilter(expr, typ)
			gijspec.CheckFilterForm(expr, typ)
		}
		gijspec.FilterKeys(expr)
		if _, err := gijspec.CompileQuery(expr); err != nil {
			return
		}
		if _, err := gijspec.CompileQuery(gijspec.LowerTexts(expr)); err != nil {
			t.Errorf("%q compiles, its lower form does not: %v", expr, err)
		}
	})
}
