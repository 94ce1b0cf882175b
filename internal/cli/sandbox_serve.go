package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/atomicfile"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/sandbox"
)

type sandboxServeOptions struct {
	addr       string
	gitHubAddr string
	faults     []string
}

func newSandboxServeCmd(a *app) *cobra.Command {
	var o sandboxServeOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the sandbox until Ctrl-C",
		Long: `Serves the sandbox on loopback until Ctrl-C, and prints its URL and a token. Any client can use it.

Beside Jira it serves a GitHub: its pages at githubUrl, where a browser creates and installs GitHub Apps, and its REST API
below /api/v3. -o json shows an app that is installed there from the beginning, and a file with its private key.

--fault makes it as odd as real servers are, or as a bad network is:

` + faultHelp(),
		Example: `  gijctl sandbox serve
  gijctl sandbox serve -o json
  gijctl sandbox serve --fault disabled-put=ignored --fault latency=200ms`,
		Args: exactArgs(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return runSandboxServe(cmd.Context(), a, o) },
	}
	cmd.Flags().StringVar(&o.addr, "addr", "127.0.0.1:0", "loopback address and port, 0 for a free one")
	cmd.Flags().StringVar(&o.gitHubAddr, "github-addr", "127.0.0.1:0", "the same for its GitHub")
	cmd.Flags().StringArrayVar(&o.faults, "fault", nil, "a fault to show, as NAME or NAME=VALUE; may be repeated")
	mustComplete(cmd, "fault", func(*cobra.Command) []string {
		var names []string
		for _, f := range sandbox.Faults() {
			names = append(names, f.Name+"\t"+f.Text)
		}
		return names
	})
	return cmd
}

func faultHelp() string {
	var b strings.Builder
	for _, f := range sandbox.Faults() {
		fmt.Fprintf(&b, "  %s%s\n      %s\n", f.Name, f.Values, f.Text)
	}
	return strings.TrimRight(b.String(), "\n")
}

// serveView is what sandbox serve prints. The keys are a contract. These credentials are the sandbox's own.
type serveView struct {
	URL          string `json:"url"`
	Token        string `json:"token"`
	User         string `json:"user"`
	Password     string `json:"password"`
	UserToken    string `json:"userToken"`
	ManagerToken string `json:"managerToken"`
	// WebhookSecret is the last part of the address of GIJ's webhook.
	WebhookSecret string `json:"webhookSecret"`
	// GitHubURL is the web root of the sandbox's GitHub.
	GitHubURL string     `json:"githubUrl"`
	App       *servedApp `json:"app,omitempty"`
}

// servedApp is the GitHub App that is installed there. Its private key is in a file, for the owner alone.
type servedApp struct {
	ID             int64  `json:"id"`
	ClientID       string `json:"clientId"`
	Org            string `json:"org"`
	Slug           string `json:"slug"`
	Name           string `json:"name"`
	InstallationID int64  `json:"installationId"`
	PEMFile        string `json:"pemFile"`
}

func serveList() render.List[*serveView] {
	return render.List[*serveView]{
		Columns: []render.Column[*serveView]{
			{Key: "url", Header: "URL", Text: func(v *serveView) string { return v.URL }},
			{Key: "token", Header: "TOKEN", Text: func(v *serveView) string { return v.Token }},
			{Key: "user", Header: "USER", Show: render.Wide, Text: func(v *serveView) string { return v.User }},
			{Key: "password", Header: "PASSWORD", Show: render.Wide, Text: func(v *serveView) string { return v.Password }},
			{Key: "userToken", Header: "TOKEN OF A USER", Show: render.Wide, Text: func(v *serveView) string { return v.UserToken }},
			{Key: "managerToken", Header: "TOKEN OF A MANAGER", Show: render.Wide, Text: func(v *serveView) string { return v.ManagerToken }},
			{Key: "webhookSecret", Header: "WEBHOOK SECRET", Show: render.Wide, Text: func(v *serveView) string { return v.WebhookSecret }},
			{Key: "githubUrl", Header: "GITHUB", Show: render.Wide, Text: func(v *serveView) string { return v.GitHubURL }},
			{Key: "app", Header: "GITHUB APP", Show: render.Wide, Text: appText},
		},
		Name: func(v *serveView) string { return v.URL },
	}
}

func runSandboxServe(ctx context.Context, a *app, o sandboxServeOptions) error {
	printer, err := printerFor(a, serveList())
	if err != nil {
		return err
	}
	file, err := a.sandboxFile()
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil { // asking is what begins to listen for Ctrl-C, and must come before anybody knows the URL
		return err
	}
	server, err := sandbox.Start(ctx, sandbox.Options{StateFile: file, Faults: o.faults, Addr: o.addr, GitHub: o.gitHubAddr, Now: a.now})
	if err != nil {
		return sandboxError(err)
	}
	v := serveView{
		URL: server.URL, Token: server.Token, User: server.User, Password: server.Password,
		UserToken: server.UserToken, ManagerToken: server.ManagerToken, WebhookSecret: server.WebhookSecret,
		GitHubURL: server.GitHubURL,
	}
	v.App, err = serveApp(server, filepath.Dir(file), isForShell(printer) || printer.Format == render.FormatName)
	if err == nil {
		err = a.printServe(printer, v)
	}
	if err != nil {
		return errors.Join(err, server.Close())
	}
	return server.Wait(ctx)
}

// serveApp writes the key of the app where a program is told of it. Where it is not, no key is made.
func serveApp(server *sandbox.Server, folder string, withoutKey bool) (*servedApp, error) {
	if server.App.ID == 0 || withoutKey {
		return nil, nil
	}
	key, err := server.AppKey()
	if err != nil {
		return nil, err
	}
	app := server.App
	v := &servedApp{
		ID: app.ID, ClientID: app.ClientID, Org: app.Org, Slug: app.Slug, Name: app.Name, InstallationID: app.InstallationID,
		PEMFile: filepath.Join(folder, "sandbox-app.pem"),
	}
	if err := atomicfile.Write(v.PEMFile, []byte(key)); err != nil {
		return nil, fmt.Errorf("write the private key of the sandbox's app: %w", err)
	}
	return v, nil
}

// appText names the app for a table.
func appText(v *serveView) string {
	if v.App == nil {
		return ""
	}
	return v.App.Org + " / " + v.App.Name
}

// isForShell reports whether nobody asked for a form of the output.
func isForShell(p *render.Printer) bool {
	return p.Format == render.FormatTable && p.Query == nil && len(p.Columns) == 0
}

// printServe prints lines for a shell to evaluate where nobody asked for another form.
func (a *app) printServe(p *render.Printer, v serveView) error {
	if !isForShell(p) {
		return render.WriteObject(p, serveList(), &v)
	}
	a.note("serving the sandbox until Ctrl-C; in another shell:")
	_, err := fmt.Fprintf(p.Out, "export GIJCTL_URL=%s\nexport GIJCTL_TOKEN=%s\nexport GIJCTL_GITHUB_URL=%s\n", v.URL, v.Token, v.GitHubURL)
	return err
}
