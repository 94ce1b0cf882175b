package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
)

// TestCommandGuard: what is printed begins no command of a runner, however it is cut into pieces; all else stays as it is.
func TestCommandGuard(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"::add-mask::x\n":             `:\u003aadd-mask::x` + "\n",
		"a\n \t::error::x":            "a\n \t:" + `\u003aerror::x`,
		"a\r::error::x":               "a\r:" + `\u003aerror::x`,
		"\u3000::error::x":            "\u3000:" + `\u003aerror::x`,
		":::error::x":                 `:\u003a:error::x`,
		"3  ::error::x":               "3  ::error::x",
		"std::string: a":              "std::string: a",
		": a: :b":                     ": a: :b",
		"name ##[set-output name=a]b": `name ##\u005bset-output name=a]b`,
		"###[group]":                  `###\u005bgroup]`,
		"##vso[task.setvariable]x":    `##vso\u005btask.setvariable]x`,
		"##teamCity[x]":               `##teamCity\u005bx]`,
		"## a [link], #[x], ##1[y":    "## a [link], #[x], ##1[y",
		"refs[0] #2 C# [x]":           "refs[0] #2 C# [x]",
	} {
		for name, cut := range map[string]func(io.Reader) io.Reader{"whole": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader} {
			var out bytes.Buffer
			n, err := io.Copy(struct{ io.Writer }{&commandGuard{next: &out}}, struct{ io.Reader }{cut(strings.NewReader(text))})
			if err != nil || n != int64(len(text)) || out.String() != want {
				t.Errorf("%s: %q becomes %q (%d, %v), not %q", name, text, out.String(), n, err, want)
			}
		}
	}
}

// TestGuardKeepsJSON: a program that reads JSON gets the same text.
func TestGuardKeepsJSON(t *testing.T) {
	t.Parallel()
	const text = "##[add-mask]a ::b::"
	var out bytes.Buffer
	if err := json.NewEncoder(&commandGuard{next: &out}).Encode([]string{text}); err != nil {
		t.Fatal(err)
	}
	var back []string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back[0] != text || strings.Contains(out.String(), "##[") {
		t.Errorf("%s becomes %q: %v", out.String(), back, err)
	}
}

// TestGuardedWhereItIsObeyed: data for programs stay as they are, and elsewhere so does everything.
func TestGuardedWhereItIsObeyed(t *testing.T) {
	t.Parallel()
	variable := func(set, value string) config.Env {
		return func(name string) (string, bool) {
			if name != set {
				return "", false
			}
			return value, true
		}
	}
	for _, c := range []struct {
		env    config.Env
		format render.Format
		want   bool
	}{
		{variable("GITHUB_ACTIONS", "true"), render.FormatTable, true},
		{variable("GITHUB_ACTIONS", "true"), render.FormatJSON, true},
		{variable("GITHUB_ACTIONS", "true"), render.FormatName, true},
		{variable("GITHUB_ACTIONS", "true"), render.FormatTSV, false},
		{variable("GITHUB_ACTIONS", "true"), render.FormatYAML, false},
		{variable("TF_BUILD", "True"), render.FormatWide, true},
		{variable("TEAMCITY_VERSION", "2025.1"), render.FormatTable, true},
		{variable("GITHUB_ACTIONS", "false"), render.FormatTable, false},
		{variable("CI", "true"), render.FormatTable, false},
	} {
		a := &app{streams: Streams{Out: io.Discard}, env: c.env}
		if _, is := a.guardedOut(c.format).(*commandGuard); is != c.want {
			t.Errorf("%s is guarded: %t, not %t", c.format, is, c.want)
		}
	}
}
