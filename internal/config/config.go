// Package config decides which Jira a command talks to, and with which credential: flag, then environment, then
// context. It says where each came from, so that a person can see why.
package config

import (
	"fmt"
	"strings"

	"github.com/gijctl/gijctl/pkg/secret"
)

// Env looks up an environment variable.
type Env func(name string) (value string, found bool)

// Get returns the value of a variable, "" where it is not set.
func (e Env) Get(name string) string {
	value, _ := e(name)
	return value
}

// SandboxContext is the name of the context that is always there.
const SandboxContext = "sandbox"

// Flags are the command-line flags that choose the target. Empty means not given.
type Flags struct {
	URL     string
	Context string
	Sandbox bool
}

// Target is the server that a command talks to.
type Target struct {
	Sandbox bool // the embedded server; the others are then empty
	URL     string
	From    string // where the URL was said: "--url", "GIJCTL_URL"
}

// Credential is what the server knows the account by: a token, or else a user with a password.
type Credential struct {
	Token    secret.Value
	User     string
	Password secret.Value
	From     string // the environment variables that hold it
}

// Error is a target or credential that cannot be used.
type Error struct {
	kind    string
	message string
	hint    string
}

// Error returns what is wrong.
func (e *Error) Error() string { return e.message }

// Code returns the stable word for the kind of error: auth or usage.
func (e *Error) Code() string { return e.kind }

// Hint returns what to type.
func (e *Error) Hint() string { return e.hint }

func authError(hint, format string, args ...any) *Error {
	return &Error{kind: "auth", message: fmt.Sprintf(format, args...), hint: hint}
}

func usageError(hint, format string, args ...any) *Error {
	return &Error{kind: "usage", message: fmt.Sprintf(format, args...), hint: hint}
}

// Resolve returns the target that flags and environment name.
func Resolve(f Flags, env Env) (Target, error) {
	if err := f.refuseTwo(); err != nil {
		return Target{}, err
	}
	if f.Sandbox {
		return Target{Sandbox: true}, nil
	}
	if f.URL != "" {
		return Target{URL: f.URL, From: "--url"}, nil
	}
	if f.Context != "" {
		return resolveContext(f.Context, "--context")
	}
	if url := env.Get("GIJCTL_URL"); url != "" {
		return Target{URL: url, From: "GIJCTL_URL"}, nil
	}
	if name := env.Get("GIJCTL_CONTEXT"); name != "" {
		return resolveContext(name, "GIJCTL_CONTEXT")
	}
	return Target{}, authError(
		"set GIJCTL_URL=https://jira.example.com and GIJCTL_TOKEN to a personal access token, or try it with --sandbox",
		"no Jira is named")
}

func (f Flags) refuseTwo() error {
	const remedy = "give one of them"
	switch {
	case f.Sandbox && f.URL != "":
		return usageError(remedy, "--sandbox and --url name two servers")
	case f.Sandbox && f.Context != "" && f.Context != SandboxContext:
		return usageError(remedy, "--sandbox and --context name two servers")
	case f.URL != "" && f.Context != "":
		return usageError(remedy, "--url and --context name two servers")
	}
	return nil
}

func resolveContext(name, from string) (Target, error) {
	if name == SandboxContext {
		return Target{Sandbox: true}, nil
	}
	return Target{}, authError("the contexts are: "+SandboxContext+"; another Jira is named by --url or GIJCTL_URL",
		"there is no context %q (from %s)", name, from)
}

// Credential returns the credential for the target.
func (t Target) Credential(env Env) (Credential, error) {
	if token := env.Get("GIJCTL_TOKEN"); token != "" {
		return Credential{Token: secret.New(token), From: "GIJCTL_TOKEN"}, checkToken(token)
	}
	user, password := env.Get("GIJCTL_USER"), env.Get("GIJCTL_PASSWORD")
	switch {
	case user != "" && password != "":
		return Credential{User: user, Password: secret.New(password), From: "GIJCTL_USER and GIJCTL_PASSWORD"}, nil
	case user != "":
		return Credential{}, authError("set GIJCTL_PASSWORD as well, or better GIJCTL_TOKEN", "GIJCTL_USER is set without GIJCTL_PASSWORD")
	case password != "":
		return Credential{}, authError("set GIJCTL_USER as well, or better GIJCTL_TOKEN", "GIJCTL_PASSWORD is set without GIJCTL_USER")
	}
	return Credential{}, authError(
		"create a personal access token in Jira (profile picture > Profile > Personal Access Tokens), then: read -rs GIJCTL_TOKEN; export GIJCTL_TOKEN",
		"no credential for %s", t.URL)
}

// checkToken refuses what cannot be sent in a header. A token read from a file by other means than $(…) ends in a newline.
func checkToken(token string) error {
	bad := strings.IndexFunc(token, func(r rune) bool { return r <= ' ' || r > '~' })
	if bad < 0 {
		return nil
	}
	what := "a character that no token has"
	if strings.ContainsAny(token, "\r\n") {
		what = "a line break"
	} else if token[bad] == ' ' {
		what = "a space"
	}
	return authError("set it again: export GIJCTL_TOKEN=\"$(cat FILE)\"", "GIJCTL_TOKEN contains %s", what)
}
