package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/sandbox"
)

type sandboxServeOptions struct {
	addr   string
	faults []string
}

func newSandboxServeCmd(a *app) *cobra.Command {
	var o sandboxServeOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the sandbox until Ctrl-C",
		Long: `Serves the sandbox on loopback until Ctrl-C, and prints its URL and a token. Any client can use it.

--fault makes it as odd as real servers are, or as a bad network is:

` + faultHelp(),
		Example: `  gijctl sandbox serve
  gijctl sandbox serve -o json
  gijctl sandbox serve --fault disabled-put=ignored --fault latency=200ms`,
		Args: exactArgs(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return runSandboxServe(cmd.Context(), a, o) },
	}
	cmd.Flags().StringVar(&o.addr, "addr", "127.0.0.1:0", "loopback address and port, 0 for a free one")
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
	server, err := sandbox.Start(ctx, sandbox.Options{StateFile: file, Faults: o.faults, Addr: o.addr, Now: a.now})
	if err != nil {
		return sandboxError(err)
	}
	v := serveView{
		URL: server.URL, Token: server.Token, User: server.User, Password: server.Password,
		UserToken: server.UserToken, ManagerToken: server.ManagerToken, WebhookSecret: server.WebhookSecret,
	}
	if err := a.printServe(printer, v); err != nil {
		return err
	}
	return server.Wait(ctx)
}

// printServe prints lines for a shell to evaluate where nobody asked for another form.
func (a *app) printServe(p *render.Printer, v serveView) error {
	if p.Format != render.FormatTable || p.Query != nil || len(p.Columns) > 0 {
		return render.WriteObject(p, serveList(), &v)
	}
	a.note("serving the sandbox until Ctrl-C; in another shell:")
	_, err := fmt.Fprintf(p.Out, "export GIJCTL_URL=%s\nexport GIJCTL_TOKEN=%s\n", v.URL, v.Token)
	return err
}
