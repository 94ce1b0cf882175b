package cli

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/pkg/gij"
)

// loginTarget finds out which Jira to log in to, and under which name: a context that exists already, or a new one.
func (a *app) loginTarget(ctx context.Context, f *config.File) (config.Context, error) {
	name, address := a.flags.target.Context, a.flags.target.URL
	if a.flags.target.Sandbox || name == config.SandboxContext {
		return config.Context{}, usageError("type: gijctl --sandbox integration list", "the sandbox needs no login")
	}
	if name == "" && address == "" { // in the order in which other commands ask
		address = a.env.Get("GIJCTL_URL")
	}
	if name == "" && address == "" {
		name = cmp.Or(a.env.Get("GIJCTL_CONTEXT"), f.Current)
	}
	if name == config.SandboxContext {
		name = ""
	}
	if known, err := f.Find(name); err == nil {
		return a.renewLogin(ctx, known, address)
	}
	return a.newLogin(ctx, f, name, address)
}

// renewLogin is a login to a context that exists.
func (a *app) renewLogin(ctx context.Context, known config.Context, address string) (config.Context, error) {
	if address == "" {
		return a.withConnection(known)
	}
	address, err := a.loginURL(ctx, known.Name, address)
	if err != nil {
		return known, err
	}
	if !config.SameURL(known.URL, address) {
		return known, contextTaken(known)
	}
	return a.withConnection(known)
}

func contextTaken(known config.Context) error {
	return &cliError{
		code: codeConflict, message: fmt.Sprintf("the context %q is another Jira already: %s", known.Name, known.URL),
		hint: "give another --context NAME, or forget that one: gijctl context remove " + known.Name,
	}
}

// newLogin is a login under a name that is not taken, or to a Jira that has a name already.
func (a *app) newLogin(ctx context.Context, f *config.File, name, address string) (config.Context, error) {
	address, err := a.loginURL(ctx, name, cmp.Or(address, a.env.Get("GIJCTL_URL")))
	if err != nil {
		return config.Context{}, err
	}
	if name == "" {
		return a.namelessLogin(f, address)
	}
	if err := config.CheckName(name); err != nil {
		return config.Context{}, err
	}
	return a.withConnection(config.Context{Name: name, URL: address})
}

// namelessLogin is a login to the one context of a Jira, or to a new one that is called like Jira's host.
func (a *app) namelessLogin(f *config.File, address string) (config.Context, error) {
	known := contextsWithURL(f, address)
	if len(known) == 1 {
		return a.withConnection(known[0])
	}
	if len(known) > 1 {
		return known[0], usageError("say which one: --context "+known[0].Name, "%d contexts are this Jira", len(known))
	}
	name := hostName(address)
	if taken, err := f.Find(name); err == nil {
		return taken, contextTaken(taken)
	}
	if err := config.CheckName(name); err != nil {
		return config.Context{}, usageError("give it a name: --context prod", "%v", err)
	}
	return a.withConnection(config.Context{Name: name, URL: address})
}

// loginURL checks the address, or asks for it.
func (a *app) loginURL(ctx context.Context, name, address string) (string, error) {
	example := "type: gijctl auth login --url https://jira.example.com"
	if name != "" {
		example += " --context " + name
	}
	if address == "" && !a.streams.Interactive() {
		return "", usageError(example+" --token-stdin", "no Jira is named")
	}
	if address == "" {
		typed, err := a.streams.Ask(ctx, "Jira's URL, with its context path", "")
		if ctx.Err() != nil {
			return "", interrupted()
		}
		if err != nil {
			return "", err
		}
		address = strings.TrimSpace(typed)
	}
	base, err := gij.ParseBaseURL(address)
	if err != nil {
		return "", usageError(example, "%v", err)
	}
	return base.String(), nil
}

func contextsWithURL(f *config.File, address string) []config.Context {
	var found []config.Context
	for _, c := range f.Contexts {
		if config.SameURL(c.URL, address) {
			found = append(found, c)
		}
	}
	return found
}

// hostName is what a context is called that nobody named.
func hostName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// withConnection keeps the flags that say how to reach the server, as absolute paths: the next command may be typed
// elsewhere.
func (a *app) withConnection(c config.Context) (config.Context, error) {
	flags := a.flags.connection
	for _, path := range []*string{&flags.CAFile, &flags.ClientCert, &flags.ClientKey, &flags.HeaderFile} {
		if *path == "" {
			continue
		}
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return c, err
		}
		*path = absolute
	}
	merged := flags.Or(config.ConnectionFlags{
		CAFile: c.CAFile, ClientCert: c.ClientCert, ClientKey: c.ClientKey, HeaderFile: c.HeaderFile,
	})
	c.CAFile, c.ClientCert, c.ClientKey, c.HeaderFile = merged.CAFile, merged.ClientCert, merged.ClientKey, merged.HeaderFile
	return c, nil
}
