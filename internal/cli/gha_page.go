package cli

import (
	"context"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/atomicfile"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

// browserPatience is how long a browser may take to say that it cannot be opened. One that is a program of its own may not come
// back before it is closed.
const browserPatience = 5 * time.Second

// pageOptions are those of a command that sends a person to a page of GitHub's, and waits for what is done there.
type pageOptions struct {
	write       writeFlags
	which       appFlags
	word        string
	noBrowser   bool
	waitTimeout time.Duration
}

func (o *pageOptions) register(cmd *cobra.Command) {
	o.write.register(cmd)
	o.which.register(cmd)
	cmd.Flags().BoolVar(&o.noBrowser, "no-browser", false, "open no browser: print the page's address")
	cmd.Flags().DurationVar(&o.waitTimeout, "wait-timeout", 0, "how long to wait (default without limit)")
}

// check refuses what cannot end well, before anything is asked.
func (o *pageOptions) check(a *app) error {
	if o.waitTimeout < 0 {
		return usageError("leave it out to wait without limit", "--wait-timeout cannot be negative")
	}
	return a.mayAskFor(o.write, o.which.pemFile)
}

// look finds the app, and asks GitHub about it. The caller closes the session.
func (o *pageOptions) look(ctx context.Context, a *app) (*ghaSession, look, error) {
	s, err := a.beginGHA(ctx, ghaNeeds{readOnly: o.write.dryRun, rows: true})
	if err != nil {
		return nil, look{}, err
	}
	g, err := s.find(o.word, o.which)
	if err != nil {
		s.close()
		return nil, look{}, err
	}
	return s, s.look(ctx, g, o.which.org), nil
}

// showPage opens a page in the browser, or says where it is: its address stands alone on a line. It reports whether it was opened.
// The address is said at once also with --quiet and -o json, for without it nobody can go on.
func (a *app) showPage(ctx context.Context, address string, noBrowser bool) bool {
	if !noBrowser {
		err := opened(ctx, address)
		if err == nil {
			a.note("opened in the browser: %s", address)
			return true
		}
		a.announce("no browser could be opened (%v); open this page yourself:", err)
	} else {
		a.announce("open this page in a browser:")
	}
	a.say(address)
	return false
}

// announce says what the next line is, unless that line is for a program.
func (a *app) announce(format string, args ...any) {
	if !a.wantsJSON() {
		a.note(format, args...)
	}
}

// opened opens a page, and does not wait for the browser's end.
func opened(ctx context.Context, address string) error {
	done := make(chan error, 1)
	go func() { done <- openBrowser(address) }()
	timer := time.NewTimer(browserPatience)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}

// pageOn returns the address of a page if it is one of the host's own: an address that a server tells may lead anywhere.
func pageOn(h githubapp.Host, address string) (string, error) {
	page, err := url.Parse(address)
	web, webErr := url.Parse(h.Web())
	if err == nil && webErr == nil && page.Scheme == web.Scheme && strings.EqualFold(page.Host, web.Host) && page.User == nil {
		return address, nil
	}
	return "", &cliError{
		code: codeFailed, message: h.Name() + " names a page that is not its own, so it is not opened: " + address,
		hint: "if that is the right host, give it: --host, with its web root",
	}
}

// ownerPage is the page of an app where its keys are, on the owner's side. The slug comes from the host: a rename changes it.
func ownerPage(h githubapp.Host, app githubapp.App) string {
	if app.Owner.Type == "User" {
		return h.Web() + "/settings/apps/" + url.PathEscape(app.Slug)
	}
	return h.SettingsURL(app.Owner.Login, app.Slug)
}

// command is a command line about an app, with the flags that say which one is meant. Words that a shell would take for itself are
// quoted.
func (f appFlags) command(verb, word string, more ...string) string {
	line := []string{"gijctl", "gha", verb}
	if word != "" {
		line = append(line, shellWord(word))
	}
	for _, flag := range []struct{ name, value string }{{"--host", f.host}, {"--org", f.org}, {"--app-id", f.appID}, {"--pem-file", f.pemFile}} {
		if flag.value != "" {
			line = append(line, flag.name, shellWord(flag.value))
		}
	}
	return strings.Join(append(line, more...), " ")
}

// shellWord quotes a word where a shell needs that.
func shellWord(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+=,"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// writePrivately writes a file that its owner alone can read.
func writePrivately(path string, fill func(io.Writer) error) error {
	return unwrapped(atomicfile.WriteFrom(path, fill))
}
