package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/sandbox"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

// session is a connection to one Jira for the time of one command.
type session struct {
	client *gij.Client
	close  func()

	target         config.Target
	credentialFrom string
	// gitHub is the web root of the embedded server's GitHub, "" for any other target.
	gitHub string
}

// connect resolves the target and makes a client for it. It sends nothing. readOnly guards a dry run.
func (a *app) connect(ctx context.Context, readOnly bool) (*session, error) {
	target, err := a.resolve()
	if err != nil {
		return nil, err
	}
	return a.connectTo(ctx, target, a.vault(), readOnly)
}

func (a *app) connectTo(ctx context.Context, target config.Target, vault *config.Vault, readOnly bool) (*session, error) {
	if target.Sandbox {
		return a.openSandbox(ctx, target, readOnly)
	}
	if _, err := gij.ParseBaseURL(target.URL); err != nil {
		return nil, usageError(urlHint(target), "%v", err)
	}
	credential, err := target.Credential(ctx, a.env, vault)
	a.warnAll(vault.Notes())
	if err != nil {
		return nil, err
	}
	switch {
	case credential.Kept:
		a.refusedHint = "it may be expired or revoked; log in again: " + target.Login()
	case target.Context != "":
		a.refusedHint = "it comes from " + credential.From + ", which is stronger than what is kept for the context; set it again, or unset it"
	}
	return a.open(target, credential, readOnly)
}

// resolve finds out which Jira is meant, and passes on what the configuration has to say.
func (a *app) resolve() (config.Target, error) {
	target, err := config.Resolve(a.flags.target, a.env)
	a.warnAll(target.Notes)
	return target, err
}

// open makes a client for a target with its credential.
func (a *app) open(target config.Target, credential config.Credential, readOnly bool) (*session, error) {
	c, err := a.clientConfig(target, readOnly)
	if err != nil {
		return nil, err
	}
	c.BaseURL, c.Token, c.User, c.Password = target.URL, credential.Token, credential.User, credential.Password
	client, err := gij.New(c)
	return &session{client: client, close: func() {}, target: target, credentialFrom: credential.From}, err
}

// openSandbox starts the embedded server inside this command. Its state is on disk after each request.
func (a *app) openSandbox(ctx context.Context, target config.Target, readOnly bool) (*session, error) {
	c, err := a.clientConfig(target, readOnly)
	if err != nil {
		return nil, err
	}
	file, err := a.sandboxFile()
	if err != nil {
		return nil, err
	}
	server, err := sandbox.Start(ctx, sandbox.Options{StateFile: file, Now: a.now})
	if err != nil {
		return nil, sandboxError(err)
	}
	c.BaseURL, c.Token, c.Proxy = server.URL, secret.New(server.Token), nil
	client, err := gij.New(c)
	target.Context, target.URL = config.SandboxContext, server.URL
	return &session{client: client, close: func() { _ = server.Close() }, target: target, credentialFrom: "the sandbox itself", gitHub: server.GitHubURL}, err
}

// urlHint is what to type where the scheme alone is missing, else where the URL was said.
func urlHint(t config.Target) string {
	if strings.Contains(t.URL, "://") {
		return "the URL comes from " + t.From
	}
	if t.From == "--url" {
		return "type: --url https://" + t.URL
	}
	return "type: export " + t.From + "=https://" + t.URL
}

// clientConfig says how to reach the target: what a flag says is stronger than what is kept with its context.
func (a *app) clientConfig(target config.Target, readOnly bool) (gij.Config, error) {
	connection := a.flags.connection.Or(target.Connection)
	tls, err := connection.TLS()
	if err != nil {
		return gij.Config{}, a.ofContext(target, err)
	}
	headers, err := connection.Headers()
	if err != nil {
		return gij.Config{}, a.ofContext(target, err)
	}
	if connection.Insecure {
		a.warn("--insecure: the server's certificate is not checked, so anybody on the way can read the token")
	}
	if a.flags.retries < 0 || a.flags.timeout <= 0 {
		return gij.Config{}, usageError("give them like: --retries 3 --timeout 30s", "--retries cannot be negative, and --timeout must be positive")
	}
	return gij.Config{
		UserAgent: userAgent(),
		Header:    headers, TLS: tls, Proxy: config.Proxy(a.env), ReadOnly: readOnly, Trace: a.traceTo(),
		Timeout: a.flags.timeout, Retries: a.flags.retries,
	}, nil
}

func userAgent() string {
	return "gijctl/" + version().Version + " (" + runtime.GOOS + "; " + runtime.GOARCH + ")"
}

// ofContext says where a file comes from that no flag of this command names.
func (a *app) ofContext(target config.Target, err error) error {
	if target.Context == "" || a.flags.connection != (config.ConnectionFlags{Insecure: a.flags.connection.Insecure}) {
		return err
	}
	return &cliError{
		code: codeUsage, message: fmt.Sprintf("the context %q: %v", target.Context, err), cause: err,
		hint: fmt.Sprintf("see the files that are kept with it: gijctl context show %s -o wide; the flags are stronger, and kept by: gijctl auth login --context %s",
			target.Context, target.Context),
	}
}

func (a *app) traceTo() io.Writer {
	if !a.flags.trace {
		return nil
	}
	return a.streams.Err
}

func (a *app) sandboxFile() (string, error) {
	dir, err := config.StateDir(a.env)
	return filepath.Join(dir, "sandbox.json"), err
}
