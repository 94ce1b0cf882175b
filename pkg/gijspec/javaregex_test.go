package gijspec

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestJavaRegexAgreesWithJava compares with what OpenJDK 17 said (testdata/javaregex.tsv).
func TestJavaRegexAgreesWithJava(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/javaregex.tsv")
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "# ") {
			continue
		}
		verdict, quoted, _ := strings.Cut(line, "\t")
		pattern, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		counts[verdict]++
		compareVerdict(t, pattern, verdict)
	}
	if counts["ok"] < 300 || counts["error"] < 300 {
		t.Errorf("the corpus is too small: %v", counts)
	}
}

// compareVerdict demands Java's verdict, but for what CheckJavaRegex documents that it does not decide.
func compareVerdict(t *testing.T, pattern, verdict string) {
	t.Helper()
	note, err := CheckJavaRegex(pattern)
	switch {
	case verdict == "ok" && err != nil:
		t.Errorf("%q: Java accepts it: %v", pattern, err)
	case verdict == "error" && err == nil && !isUndecided(note):
		t.Errorf("%q: Java refuses it; note: %q", pattern, note)
	}
}

func isUndecided(note string) bool {
	for _, what := range []string{"comments flag", "property name", "character name", "look-behind", "deeply nested"} {
		if strings.Contains(note, what) {
			return true
		}
	}
	return false
}

func TestJavaRegexPositions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern string
		column  int
		msg     string
	}{
		{"é(", 2, "group is not closed"},
		{"ab)", 3, `")" without "("`},
		{"a|*", 3, `"*" has nothing to repeat`},
		{"a{x}", 2, "needs a number"},
		{"a{2", 2, "not closed"},
		{"a{3,1}", 2, "from 3 down to 1"},
		{"a{2147483648}", 2, "more than 2147483647"},
		{"éé[z-a]", 4, "'z' down to 'a'"},
		{"a[b", 2, "class is not closed"},
		{"[&&]", 2, "nothing on either side"},
		{`[!-\d]`, 2, "set of characters"},
		{"a\\", 2, "backslash at the end"},
		{`a\y`, 2, `\y means nothing`},
		{`\p{Foo}`, 1, `"Foo"`},
		{`\p{`, 1, "needs a name"},
		{`\p`, 1, `unknown property`},
		{`\08`, 1, "octal"},
		{`\xg1`, 1, "hexadecimal"},
		{`\x{}`, 1, "hexadecimal"},
		{`\x{110000}`, 1, "10FFFF"},
		{`\u12`, 1, "four"},
		{`\c`, 1, "character after"},
		{`\N`, 1, "name of a character"},
		{`\k`, 1, "name of a group"},
		{`\k<a>`, 1, "no group"},
		{"(?<1>a)", 4, "begins with a letter"},
		{"(?<a", 4, "closed by"},
		{"(?<a>x)(?<a>y)", 11, "two groups"},
		{"(?", 1, "not closed"},
		{"(?#a)", 3, "unknown construct"},
		{"(?P<a>x)", 3, "unknown construct"},
		{"a\xffb", 2, "invalid UTF-8"},
	} {
		_, err := CheckJavaRegex(tt.pattern)
		malformed, ok := errors.AsType[*RegexError](err)
		if !ok || malformed.Column != tt.column || !strings.Contains(malformed.Error(), tt.msg) {
			t.Errorf("%q: %v, want column %d: %s", tt.pattern, err, tt.column, tt.msg)
		}
	}
}

func TestJavaRegexNotes(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"":                    "",
		`^v\d+\.\d+$`:         "",
		"^.*master.*$":        "",
		"\ufffd":              "",
		"(?i)wip":             "",
		"(?=a)(?!b)":          "look-ahead",
		"(?<=a)(?<!b)":        "look-behind",
		"(?>a)":               "atomic group",
		`(a)\1`:               "back reference",
		`(?<n>a)\k<n>`:        "back reference",
		"a++":                 "possessive quantifier",
		"[a&&b]":              "intersection of classes",
		"(?x) # (":            "comments flag (?x) or canonical equivalence (?c)",
		"(?x i)":              "comments flag (?x) or canonical equivalence (?c)",
		"(?x: # )":            "comments flag (?x) or canonical equivalence (?c)",
		`\p{IsGreek}\p{sc=x}`: `property name "IsGreek", property name "sc=x"`,
		`(?U)\p{lower}`:       `property name "lower"`,
		`\N{DIGIT ONE}`:       "character name",
	} {
		note, err := CheckJavaRegex(pattern)
		if err != nil || !strings.HasSuffix(note, want) || (note == "") != (want == "") {
			t.Errorf("%q: note %q, error %v; want %q", pattern, note, err, want)
		}
	}
}

func TestJavaRegexDepth(t *testing.T) {
	t.Parallel()
	for _, deep := range []string{"(", "[", "[a&&b&&", "(?:"} {
		note, err := CheckJavaRegex(strings.Repeat(deep, 100_000))
		if err != nil || !strings.Contains(note, "deeply nested") {
			t.Errorf("%s…: %q, %v", deep, note, err)
		}
	}
}

func FuzzJavaRegex(f *testing.F) {
	for _, pattern := range []string{`^v\d+$`, `(?<n>a)\k<n>`, `[a-z&&[^b]]`, `\Qa\E{2}`, `\p{L}\x{41}\uD83D\uDE00`, "(?i-s:a)*+", "[\\Q", "\\"} {
		f.Add(pattern)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		note, err := CheckJavaRegex(pattern)
		if err == nil {
			return
		}
		malformed, ok := errors.AsType[*RegexError](err)
		if !ok || note != "" || malformed.Offset < 0 || malformed.Offset > len(pattern) ||
			malformed.Column < 1 || malformed.Column > utf8.RuneCountInString(pattern)+1 {
			t.Fatalf("%q: %#v", pattern, err)
		}
	})
}
