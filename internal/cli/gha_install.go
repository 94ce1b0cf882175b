package cli

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/term"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

type ghaInstallOptions struct {
	pageOptions

	reconfigure bool
}

func newGHAInstallCmd(a *app) *cobra.Command {
	var o ghaInstallOptions
	cmd := &cobra.Command{
		Use:   "install [APP]",
		Short: "Install a GitHub App in its organization",
		Long: `Opens GitHub's page on which an owner of the organization installs the app and chooses its repositories, and waits until GitHub
shows the installation. GitHub lets no program do it. APP is a slug, a name or an id; without one it is the only app there is.

Somebody who is no owner can only ask for the installation: then an owner approves it, which GitHub tells the owners by mail.
That is said once, and the wait goes on. What GitHub's Cancel does is nothing: the wait goes on as well. An installation in
another account than the organization that is meant is a conflict (exit status 7).

An app that is installed there already is nothing to do. --reconfigure opens the page of the installation instead, where
repositories are chosen and new permissions accepted, and waits until GitHub shows a change. That it shows one where other
repositories were selected is inferred.

The wait needs a private key of the app: the one that gha create kept, or --pem-file. Its end by --wait-timeout is exit status 8.`,
		Example: `  gijctl --sandbox gha install jira.acme.example-1716811200000 --pem-file app.pem --dry-run
  gijctl gha install
  gijctl gha install my-app --no-browser --wait-timeout 24h --yes
  gijctl gha install --reconfigure --org acme --app-id 884213 --pem-file app.pem`,
		Args: atMostOneArg("one APP"),
	}
	o.register(cmd)
	cmd.Flags().BoolVar(&o.reconfigure, "reconfigure", false, "open the page of the installation that is there, to change it")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.word = strings.Join(args, "")
		return runGHAInstall(cmd.Context(), a, o)
	}
	return cmd
}

func runGHAInstall(ctx context.Context, a *app, o ghaInstallOptions) error {
	if err := o.check(a); err != nil {
		return err
	}
	printer, err := writePrinterFor(a, o.write, installationList())
	if err != nil {
		return err
	}
	s, l, err := o.look(ctx, a)
	if err != nil {
		return err
	}
	defer s.close()
	if l.err != nil {
		return l.err
	}
	if l.seen.isOfEnterprise() && cmp.Or(o.which.org, l.app.org) == "" {
		return usageError("say which organization is meant: --org ORG", "the app is owned by the enterprise %q", l.seen.app.Owner.Slug)
	}
	i := &ghaInstallation{ghaInstallOptions: o, app: a, session: s, printer: printer, look: l, org: cmp.Or(o.which.org, l.app.org, l.seen.app.Owner.Login)}
	return i.run(ctx)
}

// mayAskFor is [app.mayWrite] for a command whose standard input may be a key.
func (a *app) mayAskFor(w writeFlags, pemFile string) error {
	if pemFile == "-" && !w.yes && !w.dryRun {
		return usageError("give --yes to go on without a question, or --dry-run to see what would be done", "standard input is the key, so nobody can be asked on it")
	}
	return a.mayWrite(w)
}

// ghaInstallation is one app that is being installed, or changed where it is.
type ghaInstallation struct {
	ghaInstallOptions

	app     *app
	session *ghaSession
	printer *render.Printer
	look    look
	org     string // that is meant

	told string // who asked for an approval
}

func (i *ghaInstallation) run(ctx context.Context) error {
	before := i.in(i.look.seen.installations)
	if before != nil && !i.reconfigure {
		i.app.note("nothing to do: %s is installed in %s", i.look.seen.app.Name, before.Account.Login)
		if before.SuspendedAt != nil {
			i.app.warn("%s; %s", suspendedText(before), resumeText(before))
		}
		return i.print(*before)
	}
	if before == nil && i.reconfigure {
		return &cliError{
			code: codeNotFound, message: fmt.Sprintf("%s is not installed in %s, so there is nothing to change", i.look.seen.app.Name, i.org),
			hint: "install it: " + i.which.command("install", i.word),
		}
	}
	page, err := i.page(before)
	if err != nil {
		return err
	}
	view := i.plan(page, before)
	if i.write.dryRun {
		return i.app.printPlan(i.printer, []changeView{view})
	}
	if err := i.app.agree(ctx, writing{flags: i.write}, []changeView{view}); err != nil {
		return err
	}
	i.app.showPage(ctx, page, i.noBrowser)
	after, err := i.await(ctx, before)
	if err != nil {
		return err
	}
	i.app.note("verified: %s is installed in %s, with %s repositories", i.look.seen.app.Name, after.Account.Login, cmp.Or(after.RepositorySelection, "its"))
	return i.print(*after)
}

// in finds the installation in the account that is meant.
func (i *ghaInstallation) in(all []githubapp.Installation) *githubapp.Installation {
	at := slices.IndexFunc(all, func(one githubapp.Installation) bool { return strings.EqualFold(one.Account.Login, i.org) })
	if at < 0 {
		return nil
	}
	return &all[at]
}

func (i *ghaInstallation) page(before *githubapp.Installation) (string, error) {
	address := i.look.seen.app.InstallURL()
	if before != nil {
		address = cmp.Or(before.HTMLURL, i.look.app.host.InstallationURL(before.Account.Login, before.ID))
	}
	return pageOn(i.look.app.host, address)
}

func (i *ghaInstallation) plan(page string, before *githubapp.Installation) changeView {
	seen := i.look.seen
	v := changeView{
		Action: plan.ActionCreate, Object: "installation", DisplayName: seen.app.Name + " in " + i.org, Requests: []gij.Request{{Method: http.MethodGet, Path: page}},
		Fields: []fieldView{{Field: "account", To: i.org}, {Field: "permissions", To: permissionsText(seen.app.Permissions)}, {Field: "page", To: page}},
		Notes:  []string{"an owner of " + i.org + " does it in a browser; gijctl sends nothing, and waits until GitHub shows it"},
	}
	if before != nil {
		v.Action, v.ID = plan.ActionUpdate, before.ID
		v.Fields = []fieldView{{Field: "repositorySelection", From: before.RepositorySelection, To: "(as it is chosen on the page)"}}
	}
	for _, other := range seen.installations {
		if before == nil {
			v.Warnings = append(v.Warnings, fmt.Sprintf("it is installed in %s already (%d); GIJ has one installation of an app", other.Account.Login, other.ID))
		}
	}
	return v
}

// await asks until GitHub shows what a person did on the page.
func (i *ghaInstallation) await(ctx context.Context, before *githubapp.Installation) (*githubapp.Installation, error) {
	progress := i.app.newProgress(false)
	defer progress.Close()
	what := "the installation in " + i.org
	if before != nil {
		what = "a change of the installation in " + i.org
	}
	progress.Step("waiting for %s", what)
	w := waitFor(i.look.app.host, i.waitTimeout)
	w.unanswered = func(err error) {
		progress.Step("waiting for %s; GitHub does not answer: %s", what, explain(err).Message)
	}
	var after *githubapp.Installation
	err := w.until(ctx, func(ctx context.Context) (done bool, err error) {
		after, err = i.ask(ctx, before, progress)
		return after != nil, err
	})
	progress.Done()
	more := []string{}
	if i.reconfigure {
		more = append(more, "--reconfigure")
	}
	return after, waitEnded(err, "GitHub does not show "+what, "to go on waiting: "+i.app.onTarget(i.which.command("install", cmp.Or(i.word, i.look.seen.app.Slug), more...)))
}

// ask returns the installation once it is there, or is not as it was.
func (i *ghaInstallation) ask(ctx context.Context, before *githubapp.Installation, progress *term.Progress) (*githubapp.Installation, error) {
	all, err := i.look.client.Installations(ctx)
	if err != nil {
		return nil, err
	}
	now := i.in(all)
	switch {
	case before != nil && now == nil:
		return nil, &cliError{
			code: codeNotFound, message: fmt.Sprintf("%s was removed from %s meanwhile", i.look.seen.app.Name, i.org),
			hint: "install it again: " + i.which.command("install", i.word),
		}
	case before != nil && isAsBefore(*before, *now):
		return nil, nil
	case now != nil:
		return now, nil
	}
	if err := i.elsewhere(all); err != nil {
		return nil, err
	}
	return nil, i.sayRequest(ctx, progress)
}

func isAsBefore(before, now githubapp.Installation) bool {
	return before.ID == now.ID && before.UpdatedAt.Equal(now.UpdatedAt) && before.RepositorySelection == now.RepositorySelection &&
		maps.Equal(before.Permissions, now.Permissions) && (before.SuspendedAt == nil) == (now.SuspendedAt == nil)
}

// elsewhere finds an installation that came meanwhile, in an account that was not meant.
func (i *ghaInstallation) elsewhere(all []githubapp.Installation) error {
	for _, one := range all {
		isOld := slices.ContainsFunc(i.look.seen.installations, func(old githubapp.Installation) bool { return old.ID == one.ID })
		if isOld {
			continue
		}
		return &cliError{
			code: codeConflict, message: fmt.Sprintf("the app was installed in %s (%d), and not in %s", one.Account.Login, one.ID, i.org),
			hint: fmt.Sprintf("remove that one, and install it again: %s", cmp.Or(one.HTMLURL, i.which.command("uninstall", i.word, "--installation-id", fmt.Sprint(one.ID)))),
		}
	}
	return nil
}

// sayRequest says once that somebody asked for the installation, and that an owner has still to approve.
func (i *ghaInstallation) sayRequest(ctx context.Context, progress *term.Progress) error {
	requests, err := i.look.client.InstallationRequests(ctx)
	if githubapp.IsKind(err, githubapp.KindNotFound) {
		return nil // a host that does not know of requests
	}
	for _, r := range requests {
		if i.told == "" && strings.EqualFold(r.Account.Login, i.org) {
			i.told = cmp.Or(r.Requester.Login, "somebody")
			progress.Say(fmt.Sprintf("waiting for an owner's approval: %s asked for the installation in %s", i.told, i.org))
			progress.Step("waiting for an owner of %s to approve", i.org)
		}
	}
	return err
}

func (i *ghaInstallation) print(one githubapp.Installation) error {
	if i.write.dryRun {
		return i.app.printPlan(i.printer, []changeView{{
			Action: plan.ActionNone, Object: "installation", ID: one.ID, DisplayName: i.look.seen.app.Name + " in " + one.Account.Login, Fields: []fieldView{}, Requests: []gij.Request{},
		}})
	}
	return render.WriteObject(i.printer, installationList(), new(viewInstallation(i.look.seen.app, one)))
}
