package cli

import (
	"context"
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
}

// connect resolves the target and makes a client for it. It sends nothing. readOnly guards a dry run.
func (a *app) connect(ctx context.Context, readOnly bool) (*session, error) {
	target, err := config.Resolve(a.flags.target, a.env)
	if err != nil {
		return nil, err
	}
	c, err := a.clientConfig(readOnly)
	if err != nil {
		return nil, err
	}
	if target.Sandbox {
		return a.connectSandbox(ctx, c)
	}
	if _, err := gij.ParseBaseURL(target.URL); err != nil {
		return nil, usageError(urlHint(target), "%v", err)
	}
	credential, err := target.Credential(a.env)
	if err != nil {
		return nil, err
	}
	c.BaseURL, c.Token, c.User, c.Password = target.URL, credential.Token, credential.User, credential.Password
	client, err := gij.New(c)
	return &session{client: client, close: func() {}}, err
}

// connectSandbox starts the embedded server inside this command. Its state is on disk after each request.
func (a *app) connectSandbox(ctx context.Context, c gij.Config) (*session, error) {
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
	return &session{client: client, close: func() { _ = server.Close() }}, err
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

func (a *app) clientConfig(readOnly bool) (gij.Config, error) {
	tls, err := a.flags.connection.TLS()
	if err != nil {
		return gij.Config{}, err
	}
	headers, err := a.flags.connection.Headers()
	if err != nil {
		return gij.Config{}, err
	}
	if a.flags.connection.Insecure {
		a.warn("--insecure: the server's certificate is not checked, so anybody on the way can read the token")
	}
	if a.flags.retries < 0 || a.flags.timeout <= 0 {
		return gij.Config{}, usageError("give them like: --retries 3 --timeout 30s", "--retries cannot be negative, and --timeout must be positive")
	}
	return gij.Config{
		UserAgent: "gijctl/" + version().Version + " (" + runtime.GOOS + "; " + runtime.GOARCH + ")",
		Header:    headers, TLS: tls, Proxy: config.Proxy(a.env), ReadOnly: readOnly, Trace: a.traceTo(),
		Timeout: a.flags.timeout, Retries: a.flags.retries,
	}, nil
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
