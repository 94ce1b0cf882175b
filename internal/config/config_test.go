package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/config"
)

const hidden = "s3cr3t-of-the-test"

// environment looks up variables in a map.
func environment(variables map[string]string) config.Env {
	return func(name string) (string, bool) {
		value, found := variables[name]
		return value, found
	}
}

// expectError checks what a person and a program are told.
func expectError(t *testing.T, err error, code, message, hint string) {
	t.Helper()
	var e *config.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	if e.Code() != code || !strings.Contains(e.Error(), message) || !strings.Contains(e.Hint(), hint) || (hint == "") != (e.Hint() == "") {
		t.Errorf("got %s: %s; %s\nwant %s: %s; %s", e.Code(), e, e.Hint(), code, message, hint)
	}
	if strings.Contains(e.Error()+e.Hint(), hidden) {
		t.Errorf("a secret is shown: %s", e)
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	const flag, variable = "https://flag.example.com", "https://env.example.com/jira"
	sandbox := config.Target{Sandbox: true}
	for _, tt := range []struct {
		name  string
		flags config.Flags
		env   map[string]string
		want  config.Target
	}{
		{"--sandbox", config.Flags{Sandbox: true}, nil, sandbox},
		{"--sandbox before everything else", config.Flags{Sandbox: true, Context: "sandbox"}, map[string]string{"GIJCTL_URL": variable, "GIJCTL_CONTEXT": "x"}, sandbox},
		{"--url", config.Flags{URL: flag}, nil, config.Target{URL: flag, From: "--url"}},
		{"--url before the environment", config.Flags{URL: flag}, map[string]string{"GIJCTL_URL": variable, "GIJCTL_CONTEXT": "sandbox"}, config.Target{URL: flag, From: "--url"}},
		{"--context", config.Flags{Context: "sandbox"}, nil, sandbox},
		{"--context before the environment", config.Flags{Context: "sandbox"}, map[string]string{"GIJCTL_URL": variable}, sandbox},
		{"GIJCTL_URL", config.Flags{}, map[string]string{"GIJCTL_URL": variable}, config.Target{URL: variable, From: "GIJCTL_URL"}},
		{"GIJCTL_URL before GIJCTL_CONTEXT", config.Flags{}, map[string]string{"GIJCTL_URL": variable, "GIJCTL_CONTEXT": "sandbox"}, config.Target{URL: variable, From: "GIJCTL_URL"}},
		{"GIJCTL_CONTEXT", config.Flags{}, map[string]string{"GIJCTL_CONTEXT": "sandbox", "GIJCTL_URL": ""}, sandbox},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := config.Resolve(tt.flags, environment(tt.env))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResolveRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                string
		flags               config.Flags
		env                 map[string]string
		code, message, hint string
	}{
		{"nothing", config.Flags{}, nil, "auth", "no Jira is named", "--sandbox"},
		{"empty variables", config.Flags{}, map[string]string{"GIJCTL_URL": "", "GIJCTL_CONTEXT": ""}, "auth", "no Jira is named", "GIJCTL_URL="},
		{"two servers", config.Flags{Sandbox: true, URL: "https://x"}, nil, "usage", "--sandbox and --url", "one of them"},
		{"unknown --context", config.Flags{Context: "prod"}, map[string]string{"GIJCTL_URL": "https://x"}, "auth", `no context "prod" (from --context)`, "sandbox"},
		{"unknown GIJCTL_CONTEXT", config.Flags{}, map[string]string{"GIJCTL_CONTEXT": "Sandbox"}, "auth", `no context "Sandbox" (from GIJCTL_CONTEXT)`, "sandbox"},
		{"a name that would paint", config.Flags{Context: "\x1b[31m"}, nil, "auth", `no context "\x1b[31m"`, "sandbox"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := config.Resolve(tt.flags, environment(tt.env))
			if diff := cmp.Diff(config.Target{}, got); diff != "" {
				t.Error(diff)
			}
			expectError(t, err, tt.code, tt.message, tt.hint)
		})
	}
}

// home is an environment with a configuration file of its own.
func home(t *testing.T, text string, variables ...string) config.Env {
	t.Helper()
	dir := t.TempDir()
	env := map[string]string{"GIJCTL_CONFIG": filepath.Join(dir, "config.yaml")}
	for n := 0; n+1 < len(variables); n += 2 {
		env[variables[n]] = variables[n+1]
	}
	if text != "" {
		if err := os.WriteFile(env["GIJCTL_CONFIG"], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return environment(env)
}

const threeContexts = `current: prod
contexts:
  - name: prod
    url: https://jira.example.com/jira
    credential: keyring
    caFile: /etc/ssl/company.pem
    clientCert: keys/jira.pem
    clientKey: keys/jira.key
    headerFile: headers
  - name: test
    url: https://test.example.com
    credential: file
    user: admin
  - name: bare
    url: http://127.0.0.1:2990/jira
`

func TestResolveContexts(t *testing.T) {
	t.Parallel()
	test := config.Target{URL: "https://test.example.com", Context: "test", Store: config.StoreFile, User: "admin"}
	from := func(target config.Target, from string) config.Target {
		target.From = from
		return target
	}
	for _, tt := range []struct {
		name  string
		flags config.Flags
		env   []string
		want  config.Target
	}{
		{"--context", config.Flags{Context: "test"}, nil, from(test, "context test (--context)")},
		{"--context before GIJCTL_URL", config.Flags{Context: "test"}, []string{"GIJCTL_URL", "https://x"}, from(test, "context test (--context)")},
		{"--context before GIJCTL_CONTEXT", config.Flags{Context: "test"}, []string{"GIJCTL_CONTEXT", "bare"}, from(test, "context test (--context)")},
		{"GIJCTL_CONTEXT before the current one", config.Flags{}, []string{"GIJCTL_CONTEXT", "test"}, from(test, "context test (GIJCTL_CONTEXT)")},
		{"GIJCTL_URL before GIJCTL_CONTEXT", config.Flags{}, []string{"GIJCTL_CONTEXT", "test", "GIJCTL_URL", "https://x"}, config.Target{URL: "https://x", From: "GIJCTL_URL"}},
		{"--url before the current one", config.Flags{URL: "https://x"}, nil, config.Target{URL: "https://x", From: "--url"}},
		{"without credential", config.Flags{Context: "bare"}, nil, config.Target{URL: "http://127.0.0.1:2990/jira", Context: "bare", From: "context bare (--context)"}},
		{"sandbox", config.Flags{Context: "sandbox"}, nil, config.Target{Sandbox: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := config.Resolve(tt.flags, home(t, threeContexts, tt.env...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestResolveCurrent has relative paths too: they are seen from the file's folder.
func TestResolveCurrent(t *testing.T) {
	t.Parallel()
	env := home(t, threeContexts)
	dir := filepath.Dir(env.Get("GIJCTL_CONFIG"))
	got, err := config.Resolve(config.Flags{}, env)
	if err != nil {
		t.Fatal(err)
	}
	want := config.Target{
		URL: "https://jira.example.com/jira", From: "context prod (the current one)", Context: "prod", Store: config.StoreKeyring,
		Connection: config.ConnectionFlags{
			CAFile: "/etc/ssl/company.pem", ClientCert: filepath.Join(dir, "keys", "jira.pem"), ClientKey: filepath.Join(dir, "keys", "jira.key"),
			HeaderFile: filepath.Join(dir, "headers"),
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got, err = config.Resolve(config.Flags{}, home(t, "current: sandbox\n"))
	if err != nil || !got.Sandbox || got.URL != "" {
		t.Errorf("current: sandbox: %+v, %v", got, err)
	}
}

func TestResolveRefusesContexts(t *testing.T) {
	t.Parallel()
	const none = "contexts:\n  - {name: prod, url: 'https://x'}\n  - {name: test, url: 'https://y'}\n"
	for _, tt := range []struct {
		name, text    string
		flags         config.Flags
		env           []string
		message, hint string
	}{
		{"near, by flag", threeContexts, config.Flags{Context: "prd"}, nil, `no context "prd" (from --context)`, "did you mean: --context prod; the contexts are: prod, test, bare, sandbox; another"},
		{"near, by variable", threeContexts, config.Flags{}, []string{"GIJCTL_CONTEXT", "Test"}, `no context "Test" (from GIJCTL_CONTEXT)`, "did you mean: GIJCTL_CONTEXT=test; "},
		{"nothing near", threeContexts, config.Flags{Context: "xxxxxxxx"}, nil, `no context "xxxxxxxx"`, "the contexts are: prod, test, bare, sandbox; another"},
		{"none is current", none, config.Flags{}, nil, "no Jira is named", "gijctl context use prod; the contexts are: prod, test, sandbox"},
		{"no contexts", "contexts: []\n", config.Flags{}, nil, "no Jira is named", "gijctl auth login"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := config.Resolve(tt.flags, home(t, tt.text, tt.env...))
			if diff := cmp.Diff(config.Target{}, got); diff != "" {
				t.Error(diff)
			}
			expectError(t, err, "auth", tt.message, tt.hint)
		})
	}
}

// TestResolveReadsTheFileLate: what flags and environment settle needs no file, and so does not fail by a spoiled one.
func TestResolveReadsTheFileLate(t *testing.T) {
	t.Parallel()
	const spoiled = "currnt: prod\n"
	for _, tt := range []struct {
		name  string
		flags config.Flags
		env   []string
		fails bool
	}{
		{"--sandbox", config.Flags{Sandbox: true}, nil, false},
		{"--url", config.Flags{URL: "https://x"}, nil, false},
		{"--context sandbox", config.Flags{Context: "sandbox"}, nil, false},
		{"GIJCTL_URL", config.Flags{}, []string{"GIJCTL_URL", "https://x"}, false},
		{"GIJCTL_CONTEXT=sandbox", config.Flags{}, []string{"GIJCTL_CONTEXT", "sandbox"}, false},
		{"--context", config.Flags{Context: "prod"}, []string{"GIJCTL_URL", "https://x"}, true},
		{"GIJCTL_CONTEXT", config.Flags{}, []string{"GIJCTL_CONTEXT", "prod"}, true},
		{"nothing", config.Flags{}, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Resolve(tt.flags, home(t, spoiled, tt.env...))
			var file *config.FileError
			if errors.As(err, &file) != tt.fails || !tt.fails && err != nil {
				t.Errorf("got %v", err)
			}
		})
	}
}
