package cli

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/pkg/gij"
)

// loginTarget finds out which Jira to log in to, and under which name: a context that exists already, or a new one.
func (a *app) loginTarget(ctx context.Context) (config.Context, error) {
	f, err := a.configFile()
	if err != nil {
		return config.Context{}, err
	}
	name, address := a.flags.target.Context, a.flags.target.URL
	if a.flags.target.Sandbox || name == config.SandboxContext {
		return config.Context{}, usageError("type: gijctl --sandbox integration list", "the sandbox needs no login")
	}
	if name == "" && address == "" {
		name = a.env.Get("GIJCTL_CONTEXT")
	}
	if name == "" && address == "" {
		address = a.env.Get("GIJCTL_URL")
	}
	if name == "" && address == "" {
		name = f.Current
	}
	if name != "" && name != config.SandboxContext {
		if known, err := f.Find(name); err == nil {
			return a.renewLogin(known, address)
		}
	}
	return a.newLogin(ctx, f, name, address)
}

// renewLogin is a login to a context that exists.
func (a *app) renewLogin(known config.Context, address string) (config.Context, error) {
	if address != "" && !sameURL(known.URL, address) {
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
	address, err := a.loginURL(ctx, address)
	if err != nil {
		return config.Context{}, err
	}
	if name == "" || name == config.SandboxContext {
		if known, found := contextWithURL(f, address); found {
			return a.withConnection(known)
		}
		name = hostName(address)
		if known, err := f.Find(name); err == nil {
			return known, contextTaken(known)
		}
	}
	if err := config.CheckName(name); err != nil {
		return config.Context{}, err
	}
	return a.withConnection(config.Context{Name: name, URL: address})
}

// loginURL checks the address, or asks for it.
func (a *app) loginURL(ctx context.Context, address string) (string, error) {
	if address == "" && !a.streams.Interactive() {
		return "", usageError("type: gijctl auth login --url https://jira.example.com --token-stdin", "no Jira is named")
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
		return "", usageError("type: gijctl auth login --url https://jira.example.com", "%v", err)
	}
	return base.String(), nil
}

// contextWithURL finds the one context of a Jira. With several the person has to say which.
func contextWithURL(f *config.File, address string) (config.Context, bool) {
	var found []config.Context
	for _, c := range f.Contexts {
		if sameURL(c.URL, address) {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		return config.Context{}, false
	}
	return found[0], true
}

func sameURL(a, b string) bool {
	one, err := gij.ParseBaseURL(a)
	if err != nil {
		return false
	}
	other, err := gij.ParseBaseURL(b)
	return err == nil && strings.EqualFold(one.Host, other.Host) && one.Scheme == other.Scheme && one.Path == other.Path
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
	merged := a.flags.connection.Or(connectionOf(c))
	for _, f := range []struct{ from, to *string }{
		{&merged.CAFile, &c.CAFile}, {&merged.ClientCert, &c.ClientCert}, {&merged.ClientKey, &c.ClientKey}, {&merged.HeaderFile, &c.HeaderFile},
	} {
		*f.to = ""
		if *f.from == "" {
			continue
		}
		path, err := filepath.Abs(*f.from)
		if err != nil {
			return c, err
		}
		*f.to = path
	}
	return c, nil
}

func connectionOf(c config.Context) config.ConnectionFlags {
	return config.ConnectionFlags{CAFile: c.CAFile, ClientCert: c.ClientCert, ClientKey: c.ClientKey, HeaderFile: c.HeaderFile}
}
