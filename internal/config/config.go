// Package config decides which Jira a command talks to, and with which credential: flag, then environment, then
// context. It says where each came from, so that a person can see why.
package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
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
	Sandbox bool // the embedded server; the others are then empty, but for Notes
	URL     string
	From    string // where the URL was said: "--url", "GIJCTL_URL", "context prod (--context)", "context prod (the current one)"

	// Of a context; empty where --url or GIJCTL_URL named the server.
	Context    string
	User       string // only for Basic authentication
	Store      Store  // where the credential is kept, "" for nowhere
	Connection ConnectionFlags

	Notes []string // for a person: that others could read the configuration file
}

// The codes of errors. internal/cli turns them into exit statuses.
const (
	codeFailed       = "failed"
	codeUsage        = "usage"
	codeInvalidInput = "invalid_input"
	codeAuth         = "auth"
	codeNotFound     = "not_found"
	codeConflict     = "conflict"
)

// Error is a target, context or credential that cannot be used.
type Error struct {
	kind    string
	message string
	hint    string
	cause   error
}

// Error returns what is wrong.
func (e *Error) Error() string { return e.message }

// Code returns the stable word for the kind of error: auth, usage, invalid_input, not_found, conflict or failed.
func (e *Error) Code() string { return e.kind }

// Hint returns what to type.
func (e *Error) Hint() string { return e.hint }

// Unwrap returns the cause, if another error is it.
func (e *Error) Unwrap() error { return e.cause }

func authError(hint, format string, args ...any) *Error {
	return &Error{kind: codeAuth, message: fmt.Sprintf(format, args...), hint: hint}
}

func usageError(hint, format string, args ...any) *Error {
	return &Error{kind: codeUsage, message: fmt.Sprintf(format, args...), hint: hint}
}

func inputError(hint, format string, args ...any) *Error {
	return &Error{kind: codeInvalidInput, message: fmt.Sprintf(format, args...), hint: hint}
}

// ErrNoTarget is the cause where neither a flag, nor the environment, nor the configuration names a Jira.
var ErrNoTarget = errors.New("no Jira is named")

// Resolve returns the target that flags, environment and configuration file name, in this order. The file is read only if
// the others do not settle it.
func Resolve(f Flags, env Env) (Target, error) {
	if err := f.refuseTwo(); err != nil {
		return Target{}, err
	}
	switch {
	case f.Sandbox:
		return Target{Sandbox: true}, nil
	case f.URL != "":
		return Target{URL: f.URL, From: "--url"}, nil
	case f.Context != "":
		return resolveContext(env, f.Context, "--context", "--context ")
	}
	if url := env.Get("GIJCTL_URL"); url != "" {
		return Target{URL: url, From: "GIJCTL_URL"}, nil
	}
	if name := env.Get("GIJCTL_CONTEXT"); name != "" {
		return resolveContext(env, name, "GIJCTL_CONTEXT", "GIJCTL_CONTEXT=")
	}
	return resolveCurrent(env)
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

// resolveContext returns the target that a context is. from is what named it, prefix what stands before a name there.
func resolveContext(env Env, name, from, prefix string) (Target, error) {
	if name == SandboxContext {
		return Target{Sandbox: true}, nil
	}
	file, err := loadIfAny(env)
	if err != nil {
		return Target{}, err
	}
	n := file.index(name)
	if n < 0 {
		unknown := file.unknown(codeAuth, name, from, prefix)
		unknown.hint += "; another Jira is named by --url or GIJCTL_URL"
		return Target{Notes: file.Notes}, unknown
	}
	return file.target(file.Contexts[n], from), nil
}

func resolveCurrent(env Env) (Target, error) {
	file, err := loadIfAny(env)
	if err != nil {
		return Target{}, err
	}
	if file.Current == SandboxContext {
		return Target{Sandbox: true, Notes: file.Notes}, nil
	}
	if n := file.index(file.Current); n >= 0 {
		return file.target(file.Contexts[n], "the current one"), nil
	}
	hint := "set GIJCTL_URL=https://jira.example.com and GIJCTL_TOKEN to a personal access token, or try it with --sandbox; " +
		"or log in once: gijctl auth login"
	if len(file.Contexts) > 0 {
		hint = "choose a context: gijctl context use " + file.Contexts[0].Name + "; the contexts are: " + strings.Join(file.names(), ", ")
	}
	e := authError(hint, "no Jira is named")
	e.cause = ErrNoTarget
	return Target{Notes: file.Notes}, e
}

// loadIfAny reads the configuration file. Where there is no place for one there is none.
func loadIfAny(env Env) (*File, error) {
	path, err := ConfigFile(env)
	if err != nil {
		return &File{}, nil //nolint:nilerr // who has no home has no contexts
	}
	return load(path)
}

// target returns the server that a context names.
func (f *File) target(c Context, from string) Target {
	return Target{
		URL: c.URL, From: "context " + c.Name + " (" + from + ")", Context: c.Name, User: c.User, Store: c.Store, Notes: f.Notes,
		Connection: f.Connection(c),
	}
}

// Connection says how to reach the server of a context. Its paths are absolute: relative ones are to the folder of the file.
func (f *File) Connection(c Context) ConnectionFlags {
	absolute := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(filepath.Dir(f.Path), path)
	}
	return ConnectionFlags{
		CAFile: absolute(c.CAFile), ClientCert: absolute(c.ClientCert), ClientKey: absolute(c.ClientKey), HeaderFile: absolute(c.HeaderFile),
	}
}
