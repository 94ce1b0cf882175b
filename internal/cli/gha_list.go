package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
)

type ghaListOptions struct {
	app   appFlags
	check bool
}

func newGHAListCmd(a *app) *cobra.Command {
	var o ghaListOptions
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the GitHub Apps that this machine or GIJ knows",
		Long: `Lists the apps that this machine knows and the apps of GIJ's integrations, side by side, each once. What GIJ shows of an app is
from its REST API and its export; without a Jira only what this machine knows is listed.

With --check GitHub is asked as each app whose key is at hand. STATUS (status) is then:

  ok             it is installed, and GIJ has indexed by it
  suspended      by whom, -o wide tells
  waiting        GIJ has never indexed by it, and it is installed: GIJ waits for GitHub
  not_installed  it was made, and never installed
  removed        GitHub refuses its key: it is gone, or the key is
  lost           it is in no integration of GIJ
  installed      it is installed, and no Jira was asked
  unknown        without a key nobody can tell; what to look at by hand is said

Without --check an indexed app is "integrated", and one that was never indexed "installing". That an integration stands at
INSTALLING is in no answer of GIJ: it is inferred from an index that never was, and marked so. What to do is said with each.

--app-id and --pem-file give the key of an app that this machine does not know, and ask GitHub of it. Not every app can be asked: a
status that cannot be read is "unknown", and the exit status 6.`,
		Example: `  gijctl --sandbox gha list
  gijctl --sandbox gha list -o json --query "[?status=='lost' || status=='unknown'].[org,name,remedy]"
  gijctl gha list --check
  gijctl gha list --org acme --app-id 884213 --pem-file app.pem`,
		Args: exactArgs(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return runGHAList(cmd.Context(), a, o) },
	}
	o.app.register(cmd)
	cmd.Flags().BoolVar(&o.check, "check", false, "ask GitHub as each app whose key is at hand")
	return hasColumns(a, cmd, ghaList)
}

func runGHAList(ctx context.Context, a *app, o ghaListOptions) error {
	printer, err := printerFor(a, ghaList())
	if err != nil {
		return err
	}
	s, err := a.beginGHA(ctx, ghaNeeds{readOnly: true, rows: true, export: true})
	if err != nil {
		return err
	}
	defer s.close()
	all, err := s.chosen(o.app)
	if err != nil {
		return err
	}
	looks := s.lookAll(ctx, all, o.app.org, o.check || o.app.pemFile != "")
	if ctx.Err() != nil {
		return &cliError{code: codeInterrupted, message: "interrupted: not every app was asked about"}
	}
	if len(looks) == 0 && o.app.org != "" {
		a.note("no app of the organization %q is known: neither to this machine nor to GIJ", o.app.org)
	}
	views := make([]ghaView, len(looks))
	for n, l := range looks {
		views[n] = s.view(l.app, l.seen, s.standing(l))
	}
	if s.jira == nil {
		a.note("note: no Jira is named, so that only what this machine knows is listed")
	}
	if err := render.WriteList(printer, ghaList(), rows(views)); err != nil {
		return err
	}
	a.explainApps(printer, views)
	return lookError(looks, o.app.pemFile != "")
}

// chosen are the apps that the flags leave; one that nobody here knows is among them if its key is given.
func (s *ghaSession) chosen(f appFlags) ([]*gitHubApp, error) {
	if f.appID != "" || f.pemFile != "" {
		one, err := s.find("", f)
		return []*gitHubApp{one}, err
	}
	all, err := s.apps()
	if err != nil {
		return nil, err
	}
	var chosen []*gitHubApp
	for _, g := range all {
		if f.org != "" && !strings.EqualFold(g.org, f.org) {
			continue
		}
		if g.host, err = s.hostOf(g, f.host); err != nil {
			return nil, err
		}
		if err := s.app.readKey(g, ""); err != nil {
			s.app.warn("%v", err)
		}
		chosen = append(chosen, g)
	}
	return chosen, nil
}

// explainApps says under a table what it has no room for. Programs have it in message and remedy.
func (a *app) explainApps(p *render.Printer, views []ghaView) {
	if p.Format != render.FormatTable || p.Query != nil {
		return
	}
	for _, v := range views {
		if v.Remedy != "" {
			a.note("%s: %s; %s", ghaList().Name(&v), v.Message, v.Remedy)
		}
	}
}
