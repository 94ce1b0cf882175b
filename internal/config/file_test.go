package config_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/config"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	prod := config.Context{Name: "prod", URL: "https://jira.example.com"}
	for _, tt := range []struct {
		name, text string
		current    string
		contexts   []config.Context
	}{
		{"no file", "", "", nil},
		{"comments alone", "# nothing yet\n", "", nil},
		{"null", "---\n~\n", "", nil},
		{"keys without values", "current:\ncontexts:\n", "", nil},
		{"an empty list", "contexts: []\n", "", nil},
		{"an empty mapping", "{}", "", nil},
		{"one", "contexts:\n- name: prod\n  url: https://jira.example.com\n", "", []config.Context{prod}},
		{"byte order mark and CRLF", "\ufeffcurrent: prod\r\ncontexts:\r\n- name: prod\r\n  url: https://jira.example.com\r\n  user:\r\n", "prod", []config.Context{prod}},
		{"JSON", `{"current":"prod","contexts":[{"name":"prod","url":"https://jira.example.com"}]}`, "prod", []config.Context{prod}},
		{"the sandbox", "current: sandbox", "sandbox", nil},
		{"digits in quotes", "contexts: [{name: '007', url: 'http://x:80/', user: '1e3'}]", "", []config.Context{{Name: "007", URL: "http://x:80/", User: "1e3"}}},
		{"upper case", "contexts: [{name: Prod, url: 'https://X.example.com/Jira'}]", "", []config.Context{{Name: "Prod", URL: "https://X.example.com/Jira"}}},
		{"all", threeContexts, "prod", []config.Context{
			{
				Name: "prod", URL: "https://jira.example.com/jira", Store: config.StoreKeyring,
				CAFile: "/etc/ssl/company.pem", ClientCert: "keys/jira.pem", ClientKey: "keys/jira.key", HeaderFile: "headers",
			},
			{Name: "test", URL: "https://test.example.com", Store: config.StoreFile, User: "admin"},
			{Name: "bare", URL: "http://127.0.0.1:2990/jira"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := home(t, tt.text)
			got, err := config.Load(env)
			if err != nil {
				t.Fatal(err)
			}
			if got.Path != env.Get("GIJCTL_CONFIG") || got.Current != tt.current || len(got.Notes) > 0 {
				t.Errorf("got %s, current %q, notes %q", got.Path, got.Current, got.Notes)
			}
			if diff := cmp.Diff(tt.contexts, got.Contexts); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// item is a file with one context, and in its fourth line a key more.
func item(line string) string {
	return "contexts:\n  - name: prod\n    url: https://x.example.com\n    " + line + "\n"
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       []string // LINE:COL: CODE: MESSAGE; REMEDY
	}{
		{"tab", "contexts:\n  - name: prod\n\turl: https://x\n", []string{"3:1: syntax: a tab begins this line, and YAML allows none there; use spaces"}},
		{"tab after spaces", "contexts:\n  - name: prod\n  \turl: https://x\n", []string{"3:3: syntax: a tab begins this line, and YAML allows none there; use spaces"}},
		{"indentation", "# mine\n\ncurrent: x\ncontexts:\n - name: a\n   url: b\n  user: c\n", []string{"7:3: syntax: this is not valid YAML; keys"}},
		{"too deep", "current: a\n  contexts: []\n", []string{"2:3: syntax: this is not valid YAML; keys"}},
		{"never closed", "current: x\ncontexts: [\n  {name: a}\n", []string{"2:1: syntax: this is not valid YAML"}},
		{"after a list over several lines", "contexts: [\n  {name: a, url: 'https://x'},\n  {name: b}\n]\ncurrent: a: b\n", []string{"5:1: syntax: this is not valid YAML"}},
		{"a colon", "current: a: b\n", []string{"1:1: syntax: this is not valid YAML; keys that belong together begin in the same column, and a value with special"}},
		{"an unknown reference", "current: a\ncontexts: *" + hidden + "\n", []string{"2:1: syntax: this is not valid YAML"}},
		{"a control character", "current: a\n# x\x01\n", []string{"2:4: syntax: this character is none that YAML allows; take it out"}},
		{"Latin-1", "current: a\n# \xfcber\n", []string{"2:3: syntax: this character is none that YAML allows; take it out, and save the file as UTF-8"}},
		{"two documents", "current:\n---\ncurrent:\n", []string{"2:1: syntax: more than one document; put all contexts into one list"}},
		{"no mapping", hidden, []string{"1:1: wrong_kind: this is no mapping of keys to values; write lines like: current: prod"}},
		{"a list", "- a\n", []string{"1:1: wrong_kind: this is no mapping"}},
		{"unknown key", "\n\ncurrnt: prod\n", []string{`3:1: unknown_key: the key "currnt" is unknown; did you mean "current"?`}},
		{"case", "Contexts: []\n", []string{`1:1: unknown_key: the key "Contexts" is unknown; did you mean "contexts"?`}},
		{"unknown key of a context", item("cafile: x"), []string{`4:5: unknown_key: the key "cafile" is unknown; did you mean "caFile"?`}},
		{"nothing near", item("x: 1"), []string{`4:5: unknown_key: the key "x" is unknown; known are name, url, user, credential, caFile, clientCert, clientKey, headerFile`}},
		{"a key of many words", item("'" + hidden + " x': 1"), []string{"4:5: unknown_key: the key is unknown; known are"}},
		{"a mapping as key", item("? {a: b}\n    : 1"), []string{"4:7: wrong_kind: this key is no word"}},
		{"token", item("token: " + hidden), []string{"4:5: secret: secrets do not belong in this file; log in with: gijctl auth login"}},
		{"a secret under any name", item("Jira-API_Key: " + hidden + "\n    pat: " + hidden + "\n    passwd: " + hidden + "\n    clientSecret: " + hidden), []string{
			"4:5: secret:", "5:5: secret:", "6:5: secret:", "7:5: secret:",
		}},
		{"a secret at the top", "password: " + hidden, []string{"1:1: secret: secrets do not belong in this file"}},
		{"no secret", item("path: x"), []string{`4:5: unknown_key: the key "path" is unknown`}},
		{"duplicate key", item("url: https://y.example.com"), []string{`4:5: duplicate: the key "url" is there twice; keep one of them`}},
		{"duplicate at the top", "current:\ncontexts:\ncontexts:\n", []string{`3:1: duplicate: the key "contexts" is there twice`}},
		{"url is a list", "contexts:\n- name: a\n  url: [https://x]\n", []string{"3:8: wrong_kind: url is one text; give it one value"}},
		{"user is a number", item("user: 007"), []string{"4:11: wrong_kind: user is text, and YAML takes this for something else; put the value in quotes"}},
		{"name is a date", "contexts: [{name: 2026-01-02, url: 'https://x'}]\n", []string{"1:19: wrong_kind: name is text"}},
		{"a tag", item("user: !" + hidden), []string{"4:11: wrong_kind: user is text, and YAML takes this for something else"}},
		{"a reference", "current: &a prod\ncontexts: [{name: prod, url: *a}]\n", []string{"2:30: wrong_kind: url is a reference; write the value out"}},
		{"contexts is a mapping", "contexts:\n  prod:\n    url: https://x\n", []string{"2:3: wrong_kind: contexts is a list; begin each context with: - name: NAME"}},
		{"a context is a word", "contexts:\n  - prod\n", []string{"2:5: wrong_kind: this is no context; write it like: - name: NAME"}},
		{"current is a list", "current: [a]\n", []string{"1:10: wrong_kind: current is one text"}},
		{"current names nobody", "current: prd\n" + item(""), []string{`1:10: bad_value: there is no context "prd"; did you mean "prod"?`}},
		{"current names nobody near", "current: xxxxxxxxxxxx\n", []string{`1:10: bad_value: there is no context "xxxxxxxxxxxx"; name one of the contexts`}},
		{"current is no name", "current: '" + hidden + " x'\n", []string{`1:10: bad_value: there is no context; name one of the contexts`}},
		{"the name twice", item("") + item("")[len("contexts:\n"):], []string{`5:11: duplicate: there is a context "prod" already; give one of them another name`}},
		{"a bad name", "contexts: [{name: a/b, url: 'https://x'}]\n", []string{"1:19: bad_value: a context cannot be called so; take letters"}},
		{"a reserved name", "contexts: [{name: Sandbox, url: 'https://x'}]\n", []string{`1:19: bad_value: a context cannot be called so: "Sandbox"; take letters`}},
		{"nothing in it", "contexts:\n  - {}\n", []string{"2:5: missing: this context has no name; add: name: NAME", "2:5: missing: this context has no url; add: url: https://jira.example.com"}},
		{"no URL", "contexts:\n  - name: prod\n    url:\n", []string{"2:5: missing: this context has no url"}},
		{"no scheme", "contexts: [{name: a, url: jira.example.com}]", []string{"1:27: bad_value: this is no address of a web server; write it like https://jira.example.com"}},
		{"another scheme", "contexts: [{name: a, url: 'ftp://x'}]", []string{"1:27: bad_value: this is no address"}},
		{"a URL with a password", "contexts: [{name: a, url: 'https://u:" + hidden + "@x'}]", []string{"1:27: secret: the url holds a user name or password; take out what stands before the @"}},
		{"a URL that is none", "contexts: [{name: a, url: 'https://[::1'}]", []string{"1:27: bad_value: this is no address"}},
		{"credential", item("credential: " + hidden), []string{"4:17: bad_value: credential says where it is kept, not what it is; write keyring or file; log in with: gijctl auth login"}},
		{"certificate without key", item("clientCert: a"), []string{"4:17: missing: a client certificate needs its key, and a key its certificate; give both clientCert and clientKey"}},
		{"key without certificate", item("clientKey: a"), []string{"4:16: missing: a client certificate needs its key"}},
		{"CRLF", "\ufeff# ü\r\ncurrent: prod\r\ntokn: x\r\n", []string{`2:10: bad_value: there is no context "prod"`, `3:1: unknown_key: the key "tokn" is unknown`}},
		{"all at once", "current: x\ncontexts:\n- name: a b\n  urll: z\n- name: ok\n  url: https://x\n  credential: 5\nfoo: 1\n", []string{
			`1:10: bad_value: there is no context "x"`, "3:3: missing: this context has no url", "3:9: bad_value: a context cannot be called so",
			`4:3: unknown_key: the key "urll" is unknown; did you mean "url"?`, "7:15: wrong_kind: credential is text", `8:1: unknown_key: the key "foo"`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := home(t, tt.text)
			_, err := config.Load(env)
			var file *config.FileError
			if !errors.As(err, &file) {
				t.Fatalf("got %v", err)
			}
			if file.Path != env.Get("GIJCTL_CONFIG") || file.Code() != "invalid_input" || !strings.Contains(file.Hint(), "--sandbox") {
				t.Errorf("got %s, %s, %s", file.Path, file.Code(), file.Hint())
			}
			var got []string
			for _, p := range file.Problems {
				got = append(got, fmt.Sprintf("%d:%d: %s: %s; %s", p.Line, p.Col, p.Code, p.Message, p.Remedy))
			}
			expectPrefixes(t, got, tt.want)
			if strings.Contains(strings.Join(got, "\n")+err.Error(), hidden) {
				t.Errorf("a value is shown: %q", got)
			}
		})
	}
}

func expectPrefixes(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %d problems, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
		return
	}
	for n := range got {
		if !strings.HasPrefix(got[n], want[n]) {
			t.Errorf("got  %s\nwant %s", got[n], want[n])
		}
	}
}

func TestFileErrorIsOneLine(t *testing.T) {
	t.Parallel()
	env := home(t, "# mine\n\ncurrnt: prod\n")
	_, err := config.Load(env)
	want := env.Get("GIJCTL_CONFIG") + `:3:1: the key "currnt" is unknown; did you mean "current"?`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	env = home(t, "a: 1\nb: 1\nc: 1\n")
	_, err = config.Load(env)
	want = env.Get("GIJCTL_CONFIG") + `:1:1: the key "a" is unknown; known are current, contexts (and 2 more)`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestSyntaxErrorInALargeFile must not take a minute, and still finds the line.
func TestSyntaxErrorInALargeFile(t *testing.T) {
	t.Parallel()
	line := "# " + strings.Repeat("x", 76) + "\n"
	text := strings.Repeat(line, 5000) + "a: b: c\n" + strings.Repeat(line, 5000)
	_, err := config.Load(home(t, text))
	if err == nil || !strings.Contains(err.Error(), ":5001:1: this is not valid YAML") {
		t.Errorf("got %v", err)
	}
}

func TestLoadRefusesWhatIsNoConfiguration(t *testing.T) {
	t.Parallel()
	_, err := config.Load(home(t, strings.Repeat("#", 1<<20+1)))
	expectError(t, err, "invalid_input", "is larger than 1 MiB", "right file")
	_, err = config.Load(environment(map[string]string{"GIJCTL_CONFIG": t.TempDir()}))
	expectError(t, err, "failed", "read the configuration", "export GIJCTL_CONFIG=FILE")
	_, err = config.Load(environment(nil))
	expectError(t, err, "usage", "no place to keep contexts", "set HOME")
}

func TestLoadClosesTheFile(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	for _, tt := range []struct{ before, after os.FileMode }{
		{0o600, 0o600}, {0o400, 0o400}, {0o644, 0o600}, {0o640, 0o600}, {0o666, 0o600}, {0o444, 0o400}, {0o755, 0o700},
	} {
		t.Run(tt.before.String(), func(t *testing.T) {
			t.Parallel()
			env := home(t, "current: sandbox\n")
			path := env.Get("GIJCTL_CONFIG")
			if err := os.Chmod(path, tt.before); err != nil {
				t.Fatal(err)
			}
			target, err := config.Resolve(config.Flags{}, env)
			if err != nil {
				t.Fatal(err)
			}
			expectMode(t, path, tt.after)
			var want []string
			if tt.before != tt.after {
				want = []string{fmt.Sprintf("%s was open to others (mode %o); it is closed now (mode %o)", path, tt.before, tt.after)}
			}
			if diff := cmp.Diff(want, target.Notes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLoadLeavesOtherFilesAlone: GIJCTL_CONFIG may name any file by mistake, /etc/hosts too.
func TestLoadLeavesOtherFilesAlone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	for _, tt := range []struct {
		name, text string
		after      os.FileMode
		note       bool
	}{
		{"no configuration", "127.0.0.1 localhost\n", 0o644, false},
		{"a mistake", "contextz: []\n", 0o644, false},
		{"a secret", item("token: " + hidden), 0o600, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := home(t, tt.text)
			path := env.Get("GIJCTL_CONFIG")
			if err := os.Chmod(path, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := config.Load(env)
			var bad *config.FileError
			if !errors.As(err, &bad) || strings.Contains(bad.Hint(), "it is closed now") != tt.note {
				t.Errorf("got %v", err)
			}
			expectMode(t, path, tt.after)
		})
	}
}

// TestLoadLeavesDevicesAlone: GIJCTL_CONFIG=/dev/null means no configuration.
func TestLoadLeavesDevicesAlone(t *testing.T) {
	t.Parallel()
	before, err := os.Stat(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	env := environment(map[string]string{"GIJCTL_CONFIG": os.DevNull})
	f, err := config.Load(env)
	if err != nil || len(f.Contexts)+len(f.Notes) > 0 {
		t.Errorf("got %+v, %v", f, err)
	}
	_, err = config.Edit(env, func(*config.File) error { panic("not called") })
	expectError(t, err, "failed", os.DevNull+" is no file that can be written", "GIJCTL_CONFIG=FILE")
	if after, err := os.Stat(os.DevNull); err != nil || after.Mode() != before.Mode() {
		t.Errorf("mode %v, was %v; %v", after.Mode(), before.Mode(), err)
	}
}

func TestLoadThroughALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target, link := filepath.Join(dir, "mine.yaml"), filepath.Join(dir, "config.yaml")
	if err := errors.Join(os.WriteFile(target, []byte(item("")), 0o600), os.Symlink(target, link)); err != nil {
		t.Skip(err)
	}
	env := environment(map[string]string{"GIJCTL_CONFIG": link})
	f, err := config.Load(env)
	if err != nil || len(f.Contexts) != 1 {
		t.Fatalf("got %+v, %v", f, err)
	}
	called := false
	_, err = config.Edit(env, func(f *config.File) error { called = true; return f.Use("prod") })
	expectError(t, err, "failed", link+" is a symbolic link, and gijctl does not write through one", "GIJCTL_CONFIG="+target)
	if called {
		t.Error("the change was made before the refusal")
	}
}

// FuzzLoad holds the reader to: no panic, a place for each problem, no value of a secret shown, and what is read can be
// written and read again.
func FuzzLoad(f *testing.F) {
	for _, text := range []string{"", threeContexts, item("tokn: 1"), "current: |\n", "'", "contexts:\n- name: >\n", "a: &x [*x]", "? |\n", "\t", "{", "\ufeff\r\n", "x: !!binary |\n"} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.Contains(before+after, hidden) {
			t.Skip()
		}
		for _, text := range []string{before, before + "\n    token: " + hidden + "\n" + after, before + "\npassword: '" + hidden + "'\n" + after} {
			if len(text) > 0 {
				tryToLoad(t, text)
			}
		}
	})
}

func tryToLoad(t *testing.T, text string) {
	t.Helper()
	env := home(t, text)
	loaded, err := config.Load(env)
	var file *config.FileError
	if errors.As(err, &file) {
		expectPlaces(t, text, file)
	}
	if err != nil {
		return
	}
	edited, err := config.Edit(env, func(f *config.File) error {
		f.Put(config.Context{Name: "added-by-fuzzing", URL: "https://x.example.com", User: "123"})
		return nil
	})
	if err != nil {
		t.Fatalf("cannot add to %q: %v", text, err)
	}
	again, err := config.Load(env)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(edited.Contexts, again.Contexts) + cmp.Diff(loaded.Current, again.Current); diff != "" {
		t.Error(diff)
	}
}

func expectPlaces(t *testing.T, text string, err *config.FileError) {
	t.Helper()
	lines := 1 + bytes.Count([]byte(text), []byte("\n")) + strings.Count(text, "\r") + strings.Count(text, "\u0085") + strings.Count(text, "\u2028") +
		strings.Count(text, "\u2029")
	for _, p := range err.Problems {
		if p.Line < 1 || p.Line > lines || p.Col < 1 || p.Code == "" || p.Message == "" {
			t.Errorf("%q: %+v", text, p)
		}
		if strings.Contains(p.Message+p.Remedy, hidden) {
			t.Errorf("a secret is shown: %+v", p)
		}
	}
}
