package cli

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

type ghaDeleteOptions struct {
	pageOptions

	forget bool
}

func newGHADeleteCmd(a *app) *cobra.Command {
	var o ghaDeleteOptions
	cmd := &cobra.Command{
		Use:   "delete APP",
		Short: "Delete a GitHub App, with a person at GitHub's page",
		Long: `GitHub has no API that deletes an app. This opens the page on which its owner does it (Advanced > Delete GitHub App, and the app's
name typed), and waits until GitHub does not accept the app's key any more, which is the proof. The address of that page is
inferred for an app of an organization; the app's settings, from where it is reached, are said as well.

Deleting an app uninstalls it everywhere, and cannot be undone. An integration of GIJ that uses it then comes to nothing: it is
named, with the command that removes it. GIJ is not told by this road.

What this machine keeps of the app is left as it is: --forget removes it, once the app is gone. On a terminal it is asked.

The proof needs a private key of the app: the one that gha create kept, or --pem-file. While nobody deletes the app, the wait
goes on until --wait-timeout (exit status 8).`,
		Example: `  gijctl --sandbox gha delete jira.acme.example-1716811200000 --org acme --app-id 884213 --pem-file app.pem --dry-run
  gijctl gha delete my-app
  gijctl gha delete my-app --no-browser --yes --forget --wait-timeout 10m`,
		Args: exactArgs(1, "one APP: a slug, a name or an id"),
	}
	o.register(cmd)
	cmd.Flags().BoolVar(&o.forget, "forget", false, "remove what this machine keeps of the app, once it is gone")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.word = args[0]
		return runGHADelete(cmd.Context(), a, o)
	}
	return cmd
}

func runGHADelete(ctx context.Context, a *app, o ghaDeleteOptions) error {
	if err := o.check(a); err != nil {
		return err
	}
	printer, err := writePrinterFor(a, o.write, deletedAppList())
	if err != nil {
		return err
	}
	s, l, err := o.look(ctx, a)
	if err != nil {
		return err
	}
	defer s.close()
	d := &ghaDeletion{ghaDeleteOptions: o, app: a, session: s, printer: printer, look: l}
	if d.look.err != nil {
		return d.refused(ctx)
	}
	return d.run(ctx)
}

// ghaDeletion is one app that is being deleted.
type ghaDeletion struct {
	ghaDeleteOptions

	app     *app
	session *ghaSession
	printer *render.Printer
	look    look
}

// refused is for a key that GitHub does not accept: the app may be gone, or the key is not the app's. With 404 GitHub says that it
// has no such app; with 401 it does not say which.
func (d *ghaDeletion) refused(ctx context.Context) error {
	err, g := d.look.err, d.look.app
	gone := githubapp.IsKind(err, githubapp.KindNotFound) && d.look.seen == nil
	switch {
	case gone && g.known != nil:
		d.app.note("nothing to do on GitHub: %s is gone", g)
		if d.write.dryRun {
			return d.app.printPlan(d.printer, []changeView{{Action: plan.ActionNone, Object: "GitHub App", ID: g.id, DisplayName: g.String(), Fields: []fieldView{}, Requests: []gij.Request{}}})
		}
		return d.finish(ctx)
	case isRefusal(err) && g.known != nil && d.forget && !d.write.dryRun:
		e := explain(err)
		d.app.warn("%s; whether the app is gone, or only this key, GitHub does not say", e.Message)
		if !d.write.yes {
			if err := d.app.confirm(ctx, "Forget what this machine keeps of it all the same?"); err != nil {
				return err
			}
		}
		return d.finish(ctx)
	case isRefusal(err) && g.known != nil:
		e := explain(err)
		return &cliError{
			code: e.Code, cause: err, message: e.Message,
			hint: "if the app is deleted already" + pageOf(g) + ", what this machine keeps of it is removed by: " + d.which.command("delete", d.word, "--forget"),
		}
	}
	return err
}

func (d *ghaDeletion) run(ctx context.Context) error {
	seen, g := d.look.seen, d.look.app
	if seen.isOfEnterprise() {
		return &cliError{
			code: codeUsage, message: fmt.Sprintf("the app %s is owned by the enterprise %q", seen.app.Name, seen.app.Owner.Slug),
			hint: "an owner of the enterprise deletes it, in the settings of the enterprise",
		}
	}
	settings := ownerPage(g.host, seen.app)
	view := d.plan(settings)
	if d.write.dryRun {
		return d.app.printPlan(d.printer, []changeView{view})
	}
	if err := d.app.agree(ctx, writing{flags: d.write}, []changeView{view}); err != nil {
		return err
	}
	d.app.note("on the page: Delete GitHub App, type %s, and confirm; if it is another page: %s > Advanced", seen.app.Name, settings)
	d.app.showPage(ctx, settings+"/advanced", d.noBrowser)
	if err := d.await(ctx); err != nil {
		return err
	}
	d.app.note("verified: GitHub does not accept the app's key any more")
	return d.finish(ctx)
}

func (d *ghaDeletion) plan(settings string) changeView {
	seen, g := d.look.seen, d.look.app
	v := changeView{
		Action: plan.ActionDelete, Object: "GitHub App", ID: seen.app.ID, DisplayName: seen.app.Owner.Login + " / " + seen.app.Name, Fields: []fieldView{},
		Requests: []gij.Request{{Method: http.MethodGet, Path: settings + "/advanced"}},
		Notes:    []string{"GitHub has no API for it: an owner does it in a browser, and gijctl waits until GitHub refuses the app's key"},
	}
	for _, i := range seen.installations {
		v.Warnings = append(v.Warnings, fmt.Sprintf("it is installed in %s (%d), and will be uninstalled there", i.Account.Login, i.ID))
	}
	if g.row != nil {
		v.Warnings = append(v.Warnings, fmt.Sprintf("GIJ's integration %d %q uses it, and comes to nothing", g.row.ID, g.row.DisplayName))
	}
	v.Warnings = append(v.Warnings, "it cannot be undone")
	return v
}

// await asks until GitHub refuses what it accepted before.
func (d *ghaDeletion) await(ctx context.Context) error {
	progress := d.app.newProgress(false)
	defer progress.Close()
	progress.Step("waiting until %s is deleted", d.look.seen.app.Name)
	w := waitFor(d.look.app.host, d.waitTimeout)
	w.unanswered = func(err error) { progress.Step("waiting; GitHub does not answer: %s", explain(err).Message) }
	err := w.until(ctx, func(ctx context.Context) (bool, error) {
		_, err := d.look.client.Get(ctx)
		if err != nil && isRefusal(err) {
			return true, nil
		}
		return false, err
	})
	progress.Done()
	more := []string{}
	if d.forget {
		more = append(more, "--forget")
	}
	return waitEnded(err, "GitHub still accepts the app's key", "to go on waiting: "+d.app.onTarget(d.which.command("delete", d.word, more...)))
}

// finish names what is left, and forgets what a person wants to be forgotten.
func (d *ghaDeletion) finish(ctx context.Context) error {
	g := d.look.app
	if g.row != nil {
		d.app.note("GIJ's integration %d %q has no app any more; remove it: %s", g.row.ID, g.row.DisplayName, fmt.Sprintf("gijctl integration remove %d", g.row.ID))
	}
	v := deletedAppView{AppID: g.id, Slug: g.slug, Name: cmp.Or(g.name, g.slug), Org: g.org, Host: d.session.hostText(g), Result: "deleted"}
	if g.row != nil {
		v.IntegrationID = g.row.ID
	}
	if g.known != nil {
		v.Path = d.session.store.Path(*g.known)
		if err := d.forgetKept(ctx, &v); err != nil {
			return err
		}
	}
	return render.WriteObject(d.printer, deletedAppList(), &v)
}

// forgetKept removes the credentials if somebody said so.
func (d *ghaDeletion) forgetKept(ctx context.Context, v *deletedAppView) error {
	forget := d.forget
	if !forget && !d.write.yes && d.app.streams.Interactive() {
		yes, err := d.app.streams.Confirm(ctx, "Remove its credentials, which are good for nothing now, from "+v.Path+"?")
		if err != nil {
			return err
		}
		forget = yes
	}
	if !forget {
		d.app.note("its credentials, which are good for nothing now, stay in %s; to remove them: %s", v.Path, d.app.onTarget(d.which.command("delete", d.word, "--forget")))
		return nil
	}
	if err := d.session.store.Remove(*d.look.app.known); err != nil {
		return err
	}
	v.Forgotten = true
	d.app.note("removed its credentials: %s", v.Path)
	return nil
}

// deletedAppView is an app that is gone, in -o json. The keys are a contract.
type deletedAppView struct {
	AppID         int64  `json:"appId"`
	Slug          string `json:"slug"`
	Name          string `json:"name"`
	Org           string `json:"org"`
	Host          string `json:"host"`
	Result        string `json:"result"`                  // deleted
	IntegrationID int64  `json:"integrationId,omitempty"` // of GIJ, which used it
	Path          string `json:"path,omitempty"`          // of the file with its credentials
	Forgotten     bool   `json:"forgotten"`               // that file was removed
}

func deletedAppList() render.List[*deletedAppView] {
	type view = *deletedAppView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "appId", Header: "APP ID", Right: true, Text: func(v view) string { return idOrNone(v.AppID) }},
			{Key: "org", Header: "ORG", Text: func(v view) string { return v.Org }},
			{Key: "name", Header: "NAME", Text: func(v view) string { return v.Name }},
			{Key: "result", Header: "RESULT", Keep: true, Text: func(v view) string { return v.Result }},
			{Key: "integrationId", Header: "INTEGRATION", Right: true, Text: func(v view) string { return idOrNone(v.IntegrationID) }},
			{Key: "forgotten", Header: "FORGOTTEN", Text: func(v view) string { return yesNo(v.Forgotten) }, Data: func(v view) string { return strconv.FormatBool(v.Forgotten) }},
			{Key: "path", Header: "CREDENTIALS", Show: render.Wide, Text: func(v view) string { return v.Path }},
			{Key: "slug", Header: "SLUG", Show: render.Wide, Text: func(v view) string { return v.Slug }},
			{Key: "host", Header: "HOST", Show: render.Wide, Text: func(v view) string { return v.Host }},
		},
		Name: func(v view) string { return strings.Trim(v.Org+" / "+v.Name, " /") },
	}
}
