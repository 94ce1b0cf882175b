package config_test

import (
	"errors"
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
			if got != (config.Target{}) {
				t.Errorf("got %v", got)
			}
			expectError(t, err, tt.code, tt.message, tt.hint)
		})
	}
}

func TestCredential(t *testing.T) {
	t.Parallel()
	target := config.Target{URL: "https://jira.example.com", From: "--url"}
	both := map[string]string{"GIJCTL_TOKEN": hidden, "GIJCTL_USER": "u", "GIJCTL_PASSWORD": "p"}
	got, err := target.Credential(environment(both))
	if err != nil || got.Token.Reveal() != hidden || got.User != "" || !got.Password.IsZero() || got.From != "GIJCTL_TOKEN" {
		t.Errorf("the token wins: %+v, %v", got, err)
	}
	both["GIJCTL_TOKEN"] = ""
	both["GIJCTL_PASSWORD"] = "pass word ü\n" // Basic encodes it, whatever it is
	got, err = target.Credential(environment(both))
	if err != nil || !got.Token.IsZero() || got.User != "u" || got.Password.Reveal() != "pass word ü\n" || got.From != "GIJCTL_USER and GIJCTL_PASSWORD" {
		t.Errorf("user and password: %+v, %v", got, err)
	}
}

func TestCredentialRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		env           map[string]string
		message, hint string
	}{
		{"nothing", nil, "no credential for https://jira.example.com", "Personal Access Tokens"},
		{"user without password", map[string]string{"GIJCTL_USER": "u"}, "GIJCTL_USER is set without GIJCTL_PASSWORD", "GIJCTL_TOKEN"},
		{"password without user", map[string]string{"GIJCTL_PASSWORD": hidden}, "GIJCTL_PASSWORD is set without GIJCTL_USER", "GIJCTL_TOKEN"},
		{"newline", map[string]string{"GIJCTL_TOKEN": hidden + "\n"}, "GIJCTL_TOKEN contains a line break", "$(cat FILE)"},
		{"carriage return", map[string]string{"GIJCTL_TOKEN": hidden + "\r"}, "a line break", "$(cat FILE)"},
		{"space", map[string]string{"GIJCTL_TOKEN": "Bearer " + hidden}, "GIJCTL_TOKEN contains a space", "$(cat FILE)"},
		{"space and newline", map[string]string{"GIJCTL_TOKEN": " " + hidden + "\n"}, "a line break", "$(cat FILE)"},
		{"tab", map[string]string{"GIJCTL_TOKEN": hidden + "\t"}, "a character that no token has", "$(cat FILE)"},
		{"not ASCII", map[string]string{"GIJCTL_TOKEN": hidden + "é"}, "a character that no token has", "$(cat FILE)"},
		{"byte order mark", map[string]string{"GIJCTL_TOKEN": "\ufeff" + hidden}, "a character that no token has", "$(cat FILE)"},
		{"no UTF-8", map[string]string{"GIJCTL_TOKEN": hidden + "\xff"}, "a character that no token has", "$(cat FILE)"},
		{"delete", map[string]string{"GIJCTL_TOKEN": hidden + "\x7f"}, "a character that no token has", "$(cat FILE)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Target{URL: "https://jira.example.com"}.Credential(environment(tt.env))
			expectError(t, err, "auth", tt.message, tt.hint)
		})
	}
}
