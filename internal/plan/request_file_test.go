package plan_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
)

// members is each member as "line:column key = value (Go type)".
func members(f *plan.RequestFile) []string {
	var all []string
	for _, m := range f.Members {
		all = append(all, fmt.Sprintf("%d:%d %s = %v (%T)", m.Line, m.Col, m.Key, m.Value, m.Value))
	}
	return all
}

func TestReadRequestFile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		data string
		want []string
	}{
		{"JSON", `{"type": "GITHUB", "disabled": false, "maxMinsToCommitEmail": 1440, "pat": null}`, []string{
			"1:2 type = GITHUB (string)", "1:20 disabled = false (bool)", "1:39 maxMinsToCommitEmail = 1440 (int64)", "1:69 pat = <nil> (<nil>)",
		}},
		{"JSON, indented with tabs, CRLF", "{\r\n\t\"type\": \"GITHUB\",\r\n\t\t\"pat\":\"x\"\r\n}\r\n", []string{"2:2 type = GITHUB (string)", "3:3 pat = x (string)"}},
		{"JSON, characters of many bytes", `{"é日😀": "ü", "type": "GITHUB"}`, []string{"1:2 é日😀 = ü (string)", "1:14 type = GITHUB (string)"}},
		{"JSON, escapes in keys", `{"a\"b": 1, "\\": 2, "t\u0079pe": 3}`, []string{`1:2 a"b = 1 (int64)`, `1:13 \ = 2 (int64)`, "1:22 type = 3 (int64)"}},
		{"JSON, byte order mark", "\ufeff{\"type\": \"GITHUB\"}", []string{"1:2 type = GITHUB (string)"}},
		{"JSON, empty", " {} \n", nil},
		{"JSON, lists", `{"a": [], "b": [2, 1], "c": [1, "x"], "d": [[1]], "e": [1.5]}`, []string{
			"1:2 a = [] ([]int64)", "1:11 b = [2 1] ([]int64)", "1:24 c = [1 x] ([]interface {})", "1:39 d = [[1]] ([]interface {})", "1:51 e = [1.5] ([]interface {})",
		}},
		{"JSON, numbers", `{"a": 9223372036854775807, "b": -1, "c": 9223372036854775808, "d": 1.0, "e": 1e3, "f": 1e999}`, []string{
			"1:2 a = 9223372036854775807 (int64)", "1:28 b = -1 (int64)", "1:37 c = 9.223372036854776e+18 (float64)", "1:63 d = 1 (float64)",
			"1:73 e = 1000 (float64)", "1:83 f = +Inf (float64)",
		}},
		{"JSON, nested", `{"a": {"b": {"type": 1}}}`, []string{"1:2 a = map[b:map[type:1]] (map[string]interface {})"}},
		{"YAML", "# one\n\ntype: GITHUB\ndisabled: false\nmaxMinsToCommitEmail: 1440\npat: ~\nprojectMappingIds: [10, 20]\n", []string{
			"3:1 type = GITHUB (string)", "4:1 disabled = false (bool)", "5:1 maxMinsToCommitEmail = 1440 (int64)", "6:1 pat = <nil> (<nil>)",
			"7:1 projectMappingIds = [10 20] ([]int64)",
		}},
		{"YAML, CRLF and byte order mark", "\ufeff# one\r\ntype: GITHUB\r\npat: x\r\n", []string{"2:1 type = GITHUB (string)", "3:1 pat = x (string)"}},
		{"YAML, carriage returns", "# one\rtype: GITHUB\r", []string{"2:1 type = GITHUB (string)"}},
		{"YAML, document marks", "---\ntype: GITHUB\n...\n", []string{"2:1 type = GITHUB (string)"}},
		{"YAML, characters of many bytes", "é日😀: ü\n日: {a: 1}\n", []string{"1:1 é日😀 = ü (string)", "2:1 日 = map[a:1] (map[string]interface {})"}},
		{"YAML, a mapping in braces", "# c\n{é日😀: ü, type: GITHUB}", []string{"2:2 é日😀 = ü (string)", "2:10 type = GITHUB (string)"}},
		{"YAML, words that are no booleans", "a: yes\nb: on\nc: \"true\"\nd: 'null'\n", []string{"1:1 a = yes (string)", "2:1 b = on (string)", "3:1 c = true (string)", "4:1 d = null (string)"}},
		{"YAML, numbers", "a: 9223372036854775807\nb: 9223372036854775808\nc: 99999999999999999999\nd: 1.5\ne: 0x1F\nf: 2020-01-01\n", []string{
			"1:1 a = 9223372036854775807 (int64)", "2:1 b = 9223372036854775808 (uint64)", "3:1 c = 1e+20 (float64)", "4:1 d = 1.5 (float64)",
			"5:1 e = 31 (int64)", "6:1 f = 2020-01-01 00:00:00 +0000 UTC (time.Time)",
		}},
		{"YAML, nested", "a: {b: [1]}\nc: [[1], x]\nd: []\n", []string{
			"1:1 a = map[b:[1]] (map[string]interface {})", "2:1 c = [[1] x] ([]interface {})", "3:1 d = [] ([]int64)",
		}},
		{"YAML, an anchor and references", "type: &t GITHUB\ndisplayName: *t\nids: &i [1]\nmore: *i\n", []string{
			"1:1 type = GITHUB (string)", "2:1 displayName = GITHUB (string)", "3:1 ids = [1] ([]int64)", "4:1 more = [1] ([]int64)",
		}},
		{"YAML, a merge is a key like another", "base: &b {type: GITHUB}\n<<: *b\n", []string{
			"1:1 base = map[type:GITHUB] (map[string]interface {})", "2:1 << = map[type:GITHUB] (map[string]interface {})",
		}},
		{"YAML, text over lines", "apiFilter: >-\n  [?a]\n  | b\ntype: X\n", []string{"1:1 apiFilter = [?a] | b (string)", "4:1 type = X (string)"}},
		{"YAML, tags of the language", "a: !!str 1\nb: !!int '2'\n", []string{"1:1 a = 1 (string)", "2:1 b = 2 (int64)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := plan.ReadRequestFile("request", []byte(tt.data))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, members(f)); diff != "" || f.Name != "request" {
				t.Errorf("%s: %s", f.Name, diff)
			}
		})
	}
}

func TestReadRequestFileRefuses(t *testing.T) {
	t.Parallel()
	const comma = "a comma before the closing brace, which JSON does not allow"
	const early = "the JSON ends too early"
	for _, tt := range []struct {
		name, data, want, remedy string
	}{
		{"nothing", "", "f: the file is empty", "integration types"},
		{"white space", "\ufeff \t\r\n\n", "f: the file is empty", "integration types"},
		{"comments", "# a\n  # b\n", "f: the file is empty", "integration types"},
		{"an empty document", "---\n", "f: the file is empty", "integration types"},
		{"no UTF-8", "type: \xff", "f: the file is not UTF-8 text", "UTF-8"},
		{"no UTF-8 in JSON", "{\"type\": \"\xc3\"}", "f: the file is not UTF-8 text", "UTF-8"},
		{"UTF-16", "\xff\xfet\x00", "f: the file is not UTF-8 text", "UTF-8"},
		{"a list", "[]", "f:1:1: a list, where one integration is expected", "one file for each"},
		{"a list after empty lines", "\n\n  [{\"type\": 1}]", "f:3:3: a list, where one integration is expected", "one file for each"},
		{"a YAML list", "# two\n- type: A\n- type: B\n", "f:2:1: a list, where one integration is expected", "one file for each"},
		{"text", "GITHUB\n", "f:1:1: this is no mapping of keys to values", "type: GITHUB"},

		{"trailing comma", "{\"type\": \"X\",\n\n}", "f:1:13: " + comma, "take the comma out"},
		{"trailing comma before spaces", "{\"日本\": \"日\" \t,  }", "f:1:13: " + comma, "take the comma out"},
		{"trailing comma in a list", "{\"type\": \"X\",\n \"ids\": [1, 2,\n ]\n}", "f:2:14: " + comma, "take the comma out"},
		{"trailing comma in a nested object", `{"a": {"b": [1,]}}`, "f:1:15: " + comma, "take the comma out"},
		{"two trailing commas", `{"a": 1,,}`, "f:1:9: " + comma, "take the comma out"},
		{"comma alone", `{"a": 1,, "b": 2}`, "f:1:9: not valid JSON: invalid character ',' looking for beginning of object key string", ""},
		{"comma missing", "{\"a\": 1\n \"b\": 2}", "f:2:2: not valid JSON: invalid character '\"' after object key:value pair", ""},
		{"in a value", "{\"é\": 1,\n \"é\": [1, 2 x]}", "f:2:13: not valid JSON: invalid character 'x' after array element", ""},
		{"in a word", "{\"a\": tru, \"b\": 1}", "f:1:10: not valid JSON: invalid character ',' in literal true (expecting 'e')", ""},
		{"line break in a text", "{\"a\": \"xy\n \"}", `f:1:10: not valid JSON: invalid character '\n' in string literal`, ""},
		{"no quotes around a key", `{type: "x"}`, "f:1:2: not valid JSON: invalid character 't' looking for beginning of object key string", ""},
		{"single quotes", `{"type": 'x'}`, `f:1:10: not valid JSON: invalid character '\'' looking for beginning of value`, ""},
		{"colon missing", `{"type" "x"}`, `f:1:9: not valid JSON: invalid character '"' after object key`, ""},
		{"value missing", `{"type":}`, "f:1:9: not valid JSON: invalid character '}' looking for beginning of value", ""},
		{"brace not closed", "{\"a\": 1", "f:1:8: " + early, "not closed"},
		{"brace not closed after a key", "{\n\"a\"", "f:2:4: " + early, "not closed"},
		{"brace not closed after a comma", "{\"a\": 1,\n", "f:2:1: " + early, "not closed"},
		{"bracket not closed", `{"a": [1`, "f:1:9: " + early, "not closed"},
		{"quote not closed", `{"a": "x}`, "f:1:10: " + early, "not closed"},
		{"two objects", "{\"a\": 1}\n {\"b\": 2}", "f:2:2: something follows the object", "one integration"},
		{"an object and text", "{\"a\": 1} é", "f:1:10: something follows the object", "one integration"},
		{"too deep", `{"a":` + strings.Repeat("[", 20000), "f:1:10005: not valid JSON: invalid character '[' exceeded max depth", ""},
		{"key twice", "{\"type\": 1,\n  \"t\\u0079pe\": 2}", `f:2:3: the key "type" is here for the second time, the first is in line 1`, "keep one"},
		{"key twice in YAML", "# c\ntype: 1\npat: x\ntype: 2\n", `f:4:1: the key "type" is here for the second time, the first is in line 2`, "keep one"},

		{"tab", "type: A\nx:\n\t- B\n", "f:3:1: not valid YAML: found character that cannot start any token", "tabs"},
		{"tab in the first line", "\ttype: A\n", "f:1:1: not valid YAML: found character that cannot start any token", "tabs"},
		{"tab before a key", "# c\ntype: A\n\tdisplayName: B\n", "f:3:1: not valid YAML: found a tab character that violates indentation", "tabs"},
		{"a value that begins with @", "type: A\npat: @" + hidden + "\n", "f:2:1: not valid YAML: found character that cannot start any token", "in quotes"},
		{"a value that begins with *", "type: A\npat: *" + hidden + "\n", "f:2:6: YAML takes a value that begins with * for a reference", "in quotes"},
		{"a value that begins with !", "type: A\npat: !" + hidden + " x\n", "f:2:6: YAML takes a value that begins with ! for a tag", "in quotes"},
		{"a value of another kind than its tag", "type: A\npat: !!int " + hidden + "\n", "f:2:6: this value cannot be read", "in quotes"},
		{"a reference to itself", "a: &x [*x]\n", "f:1:4: this value cannot be read", "in quotes"},
		{"a nested key twice", "\na: {b: 1, b: 2}\n", "f:2:4: this value cannot be read", "in quotes"},
		{"colon in a value", "type: A: B\n", "f:1:1: not valid YAML: mapping values are not allowed in this context", "holds a colon"},
		{"indentation", "# c\n# d\ntype: A\n pat: x\n", "f:4:1: not valid YAML: mapping values are not allowed in this context", "same column"},
		{"an item among keys", "type: A\npat: x\n- y\n", "f:3:1: not valid YAML: did not find expected key", ""},
		{"an item among keys after a comment", "# c\n\n# d\ntype: A\npat: x\n- y\n", "f:6:1: not valid YAML: did not find expected key", ""},
		{"quote not closed in YAML", "# c\ntype: 'A", "f:2:1: not valid YAML: found unexpected end of stream", ""},
		{"brace not closed in YAML", "type: {A", "f:1:1: not valid YAML: did not find expected ',' or '}'", ""},
		{"control character", "type: A\npat: é\x00\n", "f:2:7: control characters are not allowed", "take it out"},
		{"two documents", "# c\ntype: A\n---\ntype: B\n", "f:3:1: more than one document", "one integration"},
		{"a second document that is none", "type: A\n---\ntype: @\n", "f:3:1: not valid YAML: found character that cannot start any token", "in quotes"},
		{"a list as key", "a: 1\n? [b, c]\n: d\n", "f:2:3: this key is not a word", "type: GITHUB"},
		{"an empty key at the end", "a: 1\n? x\n? [", "f:3:1: not valid YAML: did not find expected node content", ""},
		{"a reference as key", "&k type: A\n*k : 2\n", "f:2:1: this key is not a word", "type: GITHUB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := plan.ReadRequestFile("f", []byte(tt.data))
			var bad *plan.FileError
			if !errors.As(err, &bad) || f != nil {
				t.Fatalf("got %v, %v", f, err)
			}
			if bad.Error() != tt.want {
				t.Errorf("got  %s\nwant %s", bad, tt.want)
			}
			if !strings.Contains(bad.Remedy, tt.remedy) || (tt.remedy == "") != (bad.Remedy == "") {
				t.Errorf("remedy: %q", bad.Remedy)
			}
			if strings.Contains(bad.Message+bad.Remedy, hidden) {
				t.Error("the message shows a value")
			}
		})
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	f, err := plan.ReadRequestFile("f", []byte("type: A\npat: x\n"))
	if err != nil {
		t.Fatal(err)
	}
	if m, found := f.Place("pat"); !found || m.Line != 2 || m.Value != "x" {
		t.Errorf("got %v, %t", m, found)
	}
	if m, found := f.Place("Pat"); found {
		t.Errorf("got %v", m)
	}
	if _, found := (*plan.RequestFile)(nil).Place("pat"); found {
		t.Error("no file has a key")
	}
}

// FuzzReadRequestFile looks for panics, for errors of another type, and for places outside of the file.
func FuzzReadRequestFile(f *testing.F) {
	for _, seed := range []string{
		`{"type": "GITHUB", "é": [1, 2.5, null], "b": {"c": true}}`, `{"a": 1,}`, `{"a\"": 1e99} x`, "{\"a\":\n\"\\ud800\"",
		"type: A\npat: *x\n", "# c\n\ntype: &a [1, *a]\n<<: *a\n", "a: !b c\r\nd: |\n\te\n", "---\na: 1\n---\nb: 2\n", "\ufeff? [a]\n: b\n",
		"%YAML 1.1\n---\n!!map {a: !!binary x}\n", "[1]", "a: \"\\x\u2028\"\n\tb", "- a\n- b", "a: 'b\n\n\n", "a\u0085b: {",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := plan.ReadRequestFile("f", data)
		if err != nil {
			var bad *plan.FileError
			if !errors.As(err, &bad) || bad.Message == "" || strings.Contains(bad.Message, "\n") {
				t.Fatalf("got %#v", err)
			}
			if bad.Line != 0 || bad.Col != 0 {
				checkPlace(t, data, bad.Line, bad.Col)
			}
			return
		}
		for _, m := range file.Members {
			checkPlace(t, data, m.Line, m.Col)
		}
	})
}

// checkPlace fails for a place outside of the text. The end of a line and the end of the text are inside.
func checkPlace(t *testing.T, data []byte, line, col int) {
	t.Helper()
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	breaks := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n") // YAML's
	inside := func(text string) bool {
		lines := strings.Split(text, "\n")
		return line >= 1 && line <= len(lines) && col >= 1 && col <= 1+utf8.RuneCountInString(lines[line-1])
	}
	if !slices.ContainsFunc([]string{string(data), breaks.Replace(string(data))}, inside) {
		t.Fatalf("%d:%d is outside of %q", line, col, data)
	}
}

func TestRepositoryFileIsNamedSo(t *testing.T) {
	t.Parallel()
	for data, remedy := range map[string]string{
		"": "like: origin:", "[]": "one file for each repository", "{\"a\": 1} 2": "one file holds one repository", "a: 1\n---\nb: 2\n": "one file holds one repository",
	} {
		_, err := plan.ReadRepositoryFile("f", []byte(data))
		var bad *plan.FileError
		if !errors.As(err, &bad) || !strings.Contains(bad.Remedy, remedy) || strings.Contains(bad.Message, "integration") {
			t.Errorf("%q: %v", data, err)
		}
	}
}
