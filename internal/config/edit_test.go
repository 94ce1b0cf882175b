package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/config"
)

func fileText(t *testing.T, env config.Env) string {
	t.Helper()
	data, err := os.ReadFile(env.Get("GIJCTL_CONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

const head = "# The contexts of gijctl. It changes this file and keeps your comments. Secrets do not belong here.\n"

// commented has comments wherever a person puts them.
const commented = `# my own words

# the one that counts
current: prod # for now
contexts:
  # ours
  - name: prod # do not touch
    url: https://jira.example.com # behind the proxy
    credential: keyring
  # theirs
  - name: test
    url: https://test.example.com
# the end
`

func TestEdit(t *testing.T) {
	t.Parallel()
	added := config.Context{Name: "new", URL: "https://new.example.com", User: "admin", Store: config.StoreFile, CAFile: "/c", ClientCert: "/d", ClientKey: "/e", HeaderFile: "/f"}
	const addedText = "  - name: new\n    url: https://new.example.com\n    user: admin\n    credential: file\n    caFile: /c\n    clientCert: /d\n    clientKey: /e\n    headerFile: /f\n"
	for _, tt := range []struct {
		name, text string
		change     func(*config.File) error
		want       string
	}{
		{"a new file", "", func(f *config.File) error { f.Put(added); return f.Use("new") }, head + "current: new\ncontexts:\n" + addedText},
		{"comments alone", "# mine\n\n# too", func(f *config.File) error { f.Put(added); return nil }, "# mine\n\n# too\ncontexts:\n" + addedText},
		{"keys without values", "# mine\ncurrent:\ncontexts:\n", func(f *config.File) error { f.Put(added); return nil }, "# mine\ncontexts:\n" + addedText},
		{"an empty list", "contexts: []\n", func(f *config.File) error { f.Put(added); return f.Use("new") }, "contexts:\n" + addedText + "current: new\n"},
		{"JSON", "{}", func(f *config.File) error { f.Put(added); return nil }, "contexts:\n" + addedText},
		{"another current one", commented, func(f *config.File) error { return f.Use("test") }, strings.Replace(commented, "current: prod", "current: test", 1)},
		{"none current", commented, func(f *config.File) error { f.Current = ""; return nil }, strings.Replace(commented, "current: prod # for now\n", "", 1)},
		{"another URL", commented, func(f *config.File) error {
			c, err := f.Find("prod")
			c.URL, c.Store = "https://jira.example.org", ""
			f.Put(c)
			return err
		}, strings.NewReplacer("jira.example.com", "jira.example.org", "    credential: keyring\n", "").Replace(commented)},
		{"another name", commented, func(f *config.File) error {
			return errors.Join(f.Rename("prod", "staging"), f.Rename("staging", "production"))
		}, strings.NewReplacer("current: prod", "current: production", "name: prod", "name: production").Replace(commented)},
		{"a name and back", commented, func(f *config.File) error {
			return errors.Join(f.Rename("prod", "x"), f.Rename("x", "prod"), f.Use("test"))
		}, strings.Replace(commented, "current: prod", "current: test", 1)},
		{"names exchanged", item(""), func(f *config.File) error {
			err := f.Rename("prod", "old")
			f.Put(config.Context{Name: "prod", URL: "https://y"})
			return err
		}, "contexts:\n  - name: old\n    url: https://x.example.com\n  - name: prod\n    url: https://y\n"},
		{"the last one removed", item(""), func(f *config.File) error { return f.Remove("prod") }, "contexts: []\n"},
		{"what looks like something else", item(""), func(f *config.File) error {
			f.Put(config.Context{Name: "007", URL: "https://x", User: "1e3"})
			f.Put(config.Context{Name: "2026-01-02", URL: "https://x", User: "null", CAFile: "C:\\x: #y\n"})
			return nil
		}, "contexts:\n  - name: prod\n    url: https://x.example.com\n  - name: \"007\"\n    url: https://x\n    user: \"1e3\"\n" +
			"  - name: \"2026-01-02\"\n    url: https://x\n    user: \"null\"\n    caFile: |\n      C:\\x: #y\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := home(t, tt.text)
			got, err := config.Edit(env, tt.change)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, fileText(t, env)); diff != "" {
				t.Error(diff)
			}
			again, err := config.Load(env)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Contexts, again.Contexts) || got.Current != again.Current {
				t.Errorf("read again: %s, %+v", again.Current, again.Contexts)
			}
			expectMode(t, got.Path, 0o600)
		})
	}
}

func TestEditChangesNothing(t *testing.T) {
	t.Parallel()
	const spoiled, odd = "currnt: x\n", "contexts: [ {name: prod,   url: 'https://x.example.com'} ]   # as I like it"
	stop := errors.New("stop")
	for _, tt := range []struct {
		name, text string
		change     func(*config.File) error
		fails      bool
	}{
		{"nothing to change", odd, func(f *config.File) error { f.Put(f.Contexts[0]); return nil }, false},
		{"the change fails", odd, func(f *config.File) error { f.Contexts = nil; return stop }, true},
		{"a file with mistakes", spoiled, func(*config.File) error { panic("not called") }, true},
		{"a context that could not be read again", odd, func(f *config.File) error { f.Put(config.Context{Name: "a b"}); return nil }, true},
		{"text that YAML cannot hold", odd, func(f *config.File) error { f.Contexts[0].User = "\xff"; return nil }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := home(t, tt.text)
			f, err := config.Edit(env, tt.change)
			if (err != nil) != tt.fails || (f == nil) != tt.fails {
				t.Errorf("got %v, %v", f, err)
			}
			if got := fileText(t, env); got != tt.text {
				t.Errorf("the file is now %q", got)
			}
		})
	}
}

func TestEditMakesTheFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "gijctl")
	env := environment(map[string]string{"XDG_CONFIG_HOME": filepath.Dir(dir)})
	f, err := config.Edit(env, func(f *config.File) error { return f.Use("sandbox") })
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "config.yaml"); f.Path != want {
		t.Errorf("got %s, want %s", f.Path, want)
	}
	expectMode(t, dir, 0o700)
	expectMode(t, f.Path, 0o600)
	expectMode(t, f.Path+".lock", 0o600)
}

func TestEditCannotWrite(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	env := home(t, item(""))
	if err := os.Mkdir(env.Get("GIJCTL_CONFIG")+".lock", 0o700); err != nil { // root writes wherever it wants
		t.Fatal(err)
	}
	_, err := config.Edit(env, func(*config.File) error { panic("not called") })
	expectError(t, err, "failed", "lock ", "export GIJCTL_CONFIG=FILE")
}

// TestEditAtOnce is many commands at once: nobody loses what another wrote.
func TestEditAtOnce(t *testing.T) {
	t.Parallel()
	env := home(t, commented)
	names := strings.Split("abcdefghijklmnopqrstuvwx", "")
	var all sync.WaitGroup
	for _, name := range names {
		all.Go(func() {
			_, err := config.Edit(env, func(f *config.File) error {
				f.Put(config.Context{Name: name, URL: "https://" + name})
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			if _, err := config.Load(env); err != nil {
				t.Errorf("read while others write: %v", err)
			}
		})
	}
	all.Wait()
	f, err := config.Load(env)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Contexts) != 2+len(names) {
		t.Errorf("%d contexts are left", len(f.Contexts))
	}
	for _, name := range names {
		if _, err := f.Find(name); err != nil {
			t.Error(err)
		}
	}
}

func TestContexts(t *testing.T) {
	t.Parallel()
	f, err := config.Load(home(t, threeContexts))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Rename("prod", "prod"), f.Rename("prod", "p"), f.Rename("test", "prod"), f.Use("prod"), f.Remove("bare"), f.Use("sandbox"), f.Use("p")); err != nil {
		t.Fatal(err)
	}
	if len(f.Contexts) != 2 || f.Contexts[0].Name != "p" || f.Contexts[1].Name != "prod" || f.Contexts[1].User != "admin" || f.Current != "p" {
		t.Errorf("got %s, %+v", f.Current, f.Contexts)
	}
	if err := f.Remove("p"); err != nil || f.Current != "" {
		t.Errorf("a removed context is still the current one: %q, %v", f.Current, err)
	}
}

func TestContextsRefuse(t *testing.T) {
	t.Parallel()
	f, err := config.Load(home(t, threeContexts))
	if err != nil {
		t.Fatal(err)
	}
	find := func(name string) error { _, err := f.Find(name); return err }
	const all = "the contexts are: prod, test, bare, sandbox"
	expectError(t, find("prd"), "not_found", `there is no context "prd"`, "did you mean: prod; "+all)
	expectError(t, f.Use("tset"), "not_found", `there is no context "tset"`, "did you mean: test; "+all)
	expectError(t, f.Remove("xxxxxxxxx"), "not_found", `there is no context "xxxxxxxxx"`, all)
	expectError(t, f.Rename("other", "x"), "not_found", `there is no context "other"`, all)
	expectError(t, find(""), "not_found", `there is no context ""`, all)
	expectError(t, find("sandbox"), "usage", `the context "sandbox" is embedded`, "gijctl context list")
	expectError(t, f.Remove("sandbox"), "usage", "embedded", "gijctl context list")
	expectError(t, f.Rename("sandbox", "x"), "usage", "embedded", "gijctl context list")
	expectError(t, f.Rename("prod", "test"), "conflict", `there is a context "test" already`, "gijctl context remove test")
	expectError(t, f.Rename("prod", "sandbox"), "usage", `"sandbox" is the embedded server`, "choose")
	expectError(t, f.Rename("prod", "two words"), "usage", "letters, digits", "choose")
	if len(f.Contexts) != 3 || f.Current != "prod" {
		t.Errorf("got %+v", f)
	}
}

func TestCheckName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"prod", "P", "7", "jira.example.com", "me@prod_2-x", "127.0.0.1", ".x", strings.Repeat("x", 64)} {
		if err := config.CheckName(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"", "a b", "a/b", `a\b`, "a:b", "::1", "-x", "ü", "a\n", "\x1b[31m", "\xff", "$x", "a,b", strings.Repeat("x", 65), strings.Repeat("ü", 1000)} {
		err := config.CheckName(name)
		expectError(t, err, "usage", "cannot be the name of a context", "prod")
		if err != nil && len(err.Error()) > 400 {
			t.Errorf("long: %v", err)
		}
	}
	for _, name := range []string{"sandbox", "Sandbox"} {
		expectError(t, config.CheckName(name), "usage", "is the embedded server", "prod")
	}
}
