package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

func newGHAGetCmd(a *app) *cobra.Command {
	var f appFlags
	cmd := &cobra.Command{
		Use:     "get [APP]",
		Aliases: []string{"show"},
		Short:   "Show one GitHub App",
		Long: `Shows one app: as GitHub has it now, with its webhook and its installations, and as GIJ and this machine know it. GitHub is asked
if a key of the app is at hand; without one, what is known here is shown, and the status as far as it can be told.

APP is a slug, a name, "ORG / NAME", an id of the app or of its integration. It can be left out where there is one app, or
where --app-id says which.`,
		Example: `  gijctl --sandbox gha get "acme / jira.acme.example-1716811200000"
  gijctl gha get 884213 --pem-file app.pem -o json
  gijctl gha get --org acme --app-id 884213 --pem-file - --query app.permissions`,
		Args:              atMostOneArg("one APP"),
		ValidArgsFunction: a.completeApps,
	}
	f.register(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return runGHAGet(cmd.Context(), a, firstOf(args), f)
	}
	return hasColumns(a, cmd, ghaDetailList)
}

// firstOf is the argument of a command that takes one or none.
func firstOf(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

func runGHAGet(ctx context.Context, a *app, word string, f appFlags) error {
	printer, err := printerFor(a, ghaDetailList())
	if err != nil {
		return err
	}
	s, err := a.beginGHA(ctx, ghaNeeds{readOnly: true, alone: true, rows: true, export: true})
	if err != nil {
		return err
	}
	defer s.close()
	g, err := s.find(word, f)
	if err != nil {
		return err
	}
	l := look{app: g}
	if g.key != nil {
		l = s.look(ctx, g, f.org)
	}
	if l.err != nil && (f.pemFile != "" || !isRefusal(l.err)) {
		return l.err // a person has to choose another key, or try again
	}
	v := ghaDetailView{ghaView: s.view(g, l.seen, s.standing(l)), Installations: []suspensionView{}, Requests: []requestView{}}
	if l.seen != nil {
		if err := v.see(ctx, s, l); err != nil {
			return err
		}
	}
	if err := render.WriteObject(printer, ghaDetailList(), &v); err != nil {
		return err
	}
	if g.key == nil {
		a.note("note: no key of the app is at hand, so that GitHub was not asked: give --pem-file, and --app-id where GIJ does not show it")
	}
	return l.err
}

// see adds what GitHub tells of one app alone.
func (v *ghaDetailView) see(ctx context.Context, s *ghaSession, l look) error {
	v.App = new(viewGitHubApp(l.seen.app))
	for _, i := range l.seen.installations {
		v.Installations = append(v.Installations, viewSuspension(l.seen.app, i))
	}
	for _, r := range l.seen.requests {
		v.Requests = append(v.Requests, requestView{ID: r.ID, Account: r.Account.Login, Requester: r.Requester.Login, CreatedAt: r.CreatedAt})
	}
	hook, err := l.client.HookConfig(ctx)
	switch {
	case err == nil && hook.URL != "":
		v.Webhook = &webhookView{URL: webhookText(hook.URL), ContentType: hook.ContentType, InsecureSSL: hook.InsecureSSL}
	case err != nil && !githubapp.IsKind(err, githubapp.KindNotFound):
		s.app.warn("the webhook cannot be read: %v", err)
	}
	return ctx.Err()
}
