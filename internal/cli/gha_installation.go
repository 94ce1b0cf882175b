package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

// installationVerb is what can be done to an installation as the app.
type installationVerb struct {
	method string
	below  string // of the installation's address
	done   string // past tense
	action plan.Action
	field  *fieldView // what changes, nil where all goes
	// disabled is what may become of the integration with it; first says that it does so before.
	disabled bool
	first    bool
	isDone   func(*githubapp.Installation) bool // nil is an installation that is gone
	send     func(context.Context, *githubapp.AppClient, int64) error
	warnings func(here *githubapp.Installation) []string
}

const notTold = "GIJ is not told by this road; its vendor recommends the integration's own button (Edit integration connection settings), which has no documented API"

type installationOptions struct {
	app          appFlags
	write        writeFlags
	verb         installationVerb
	word         string
	installation int64
	integration  bool // changes GIJ's integration as well
}

// newInstallationCmd binds what suspend, unsuspend and uninstall have in common.
func newInstallationCmd(a *app, verb installationVerb, cmd *cobra.Command) *cobra.Command {
	o := installationOptions{verb: verb}
	o.app.register(cmd)
	o.write.register(cmd)
	cmd.Flags().Int64Var(&o.installation, "installation-id", 0, "`ID` of the installation, where the app has several")
	if verb.disabled {
		cmd.Flags().BoolVar(&o.integration, "disable-integration", false, "switch GIJ's integration off before")
	} else {
		cmd.Flags().BoolVar(&o.integration, "enable-integration", false, "switch GIJ's integration on afterwards")
	}
	cmd.Args = atMostOneArg("one APP")
	cmd.ValidArgsFunction = a.completeApps
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.word = firstOf(args)
		return runInstallation(cmd.Context(), a, o)
	}
	if verb.field == nil {
		return hasColumns(a, cmd, resultList)
	}
	return hasColumns(a, cmd, suspensionList)
}

func runInstallation(ctx context.Context, a *app, o installationOptions) error {
	if o.installation < 0 {
		return usageError("it is the number at the end of the address of the installation's page", "--installation-id is a positive number")
	}
	if err := a.mayAskFor(o.write, o.app.pemFile); err != nil {
		return err
	}
	printer, err := o.printer(a)
	if err != nil {
		return err
	}
	s, err := a.beginGHA(ctx, ghaNeeds{readOnly: o.write.dryRun, jira: o.integration, alone: true, rows: true, export: true})
	if err != nil {
		return err
	}
	defer s.close()
	w := &installationWrite{installationOptions: o, session: s, printer: printer}
	if err := w.prepare(ctx); err != nil {
		return err
	}
	return w.carryOut(ctx)
}

func (o *installationOptions) printer(a *app) (*render.Printer, error) {
	if o.verb.field == nil {
		return planPrinter(a, o.write, resultList())
	}
	return planPrinter(a, o.write, suspensionList())
}

// installationWrite is one run of suspend, unsuspend or uninstall.
type installationWrite struct {
	installationOptions
	session *ghaSession
	printer *render.Printer
	app     *gitHubApp
	client  *githubapp.AppClient
	seen    *sight
	here    *githubapp.Installation // nil where it is installed nowhere
	// change is what becomes of GIJ's integration, nil for nothing.
	change *plan.Change
}

// prepare finds out what is meant, and how it is now.
func (w *installationWrite) prepare(ctx context.Context) error {
	var err error
	if w.app, err = w.session.find(w.word, w.installationOptions.app); err != nil {
		return err
	}
	l := w.session.look(ctx, w.app, w.installationOptions.app.org)
	if l.err != nil {
		return l.err
	}
	w.client, w.seen = l.client, l.seen
	w.here, err = w.seen.installation(w.app, w.installation)
	isGone := errors.Is(err, errNotInstalled) && w.verb.isDone(nil)
	switch {
	case errors.Is(err, errNotInstalled) && !isGone:
		return &cliError{
			code: codeNotFound, message: fmt.Sprintf("the app %q (id %d) is installed nowhere", w.seen.app.Name, w.seen.app.ID),
			hint: "install it first: gijctl gha install " + w.seen.app.Slug, cause: err,
		}
	case err != nil && !isGone:
		return err
	}
	return w.prepareIntegration(ctx)
}

// prepareIntegration plans the change of GIJ's integration.
func (w *installationWrite) prepareIntegration(ctx context.Context) error {
	if !w.integration {
		return nil
	}
	switch row := w.app.row; {
	case row == nil:
		return &cliError{
			code: codeNotFound, message: fmt.Sprintf("nothing was sent: GIJ shows no integration of %s", w.title()),
			hint: "the apps of its integrations are listed by: gijctl gha list; to go on without one, leave the flag out",
		}
	case w.row() == nil:
		return &cliError{
			code: codeNotFound, message: fmt.Sprintf("nothing was sent: GIJ's integration %d uses the installation %d, and not this one (%d)", row.ID, row.InstallationID, w.here.ID),
			hint: "leave the flag out; the integration by itself is switched off by: gijctl integration disable",
		}
	}
	now, err := w.session.jira.client.Integrations.Get(ctx, w.app.row.ID)
	if err != nil {
		return err
	}
	w.change = &plan.Update([]gij.Integration{now}, gij.IntegrationSpec{Disabled: &w.verb.disabled})[0]
	return nil
}

// row is the integration that uses this installation, nil where none is known to.
func (w *installationWrite) row() *plan.AppRow {
	if row := w.app.row; w.here == nil || row == nil || row.InstallationID == 0 || row.InstallationID == w.here.ID {
		return row
	}
	return nil
}

// title names the app as GitHub has it now, and where it is installed if not where it was made.
func (w *installationWrite) title() string {
	now := gitHubApp{org: w.seen.app.Owner.Login, name: w.seen.app.Name, slug: w.seen.app.Slug, issuer: w.app.issuer}
	if w.here != nil && !strings.EqualFold(w.here.Account.Login, now.org) {
		return now.String() + " in " + w.here.Account.Login
	}
	return now.String()
}

func (w *installationWrite) isDone() bool { return w.verb.isDone(w.here) }

// views are the plan, in the order in which it is carried out.
func (w *installationWrite) views() []changeView {
	views := []changeView{w.view()}
	if w.change == nil {
		return views
	}
	views = append(views, viewChange(*w.change, w.session.jira.client))
	if w.verb.first {
		slices.Reverse(views)
	}
	return views
}

func (w *installationWrite) view() changeView {
	v := changeView{Action: plan.ActionNone, Object: "installation", DisplayName: w.title(), Fields: []fieldView{}, Requests: []gij.Request{}, Notes: w.notes()}
	if w.here == nil {
		return v
	}
	v.ID = w.here.ID
	if w.isDone() {
		return v
	}
	v.Action, v.Requests = w.verb.action, append(v.Requests, gij.Request{Method: w.verb.method, Path: w.address()})
	v.Warnings = w.verb.warnings(w.here)
	if w.verb.field != nil {
		v.Fields = append(v.Fields, *w.verb.field)
	}
	if row := w.row(); w.verb.disabled && row != nil && !row.Disabled && !w.integration {
		v.Warnings = append(v.Warnings, fmt.Sprintf("GIJ's integration %d is on, and its index will end in errors: add --disable-integration", row.ID))
	}
	if row := w.row(); !w.verb.disabled && row != nil && row.Disabled && !w.integration {
		v.Warnings = append(v.Warnings, fmt.Sprintf("GIJ's integration %d is switched off: add --enable-integration", row.ID))
	}
	return v
}

// notes say what GIJ shows of the app.
func (w *installationWrite) notes() []string {
	switch row := w.row(); {
	case w.session.jira == nil:
		return []string{"no Jira was asked, so that it is not known which integration uses the app"}
	case row == nil && w.app.row != nil:
		return []string{fmt.Sprintf("GIJ's integration %d uses another installation of it, %d", w.app.row.ID, w.app.row.InstallationID)}
	case row == nil:
		return []string{"GIJ shows no integration of this app"}
	case row.Suspended == nil:
		return []string{fmt.Sprintf("GIJ's integration %d uses it; GIJ does not show its own flag of suspension", row.ID)}
	default:
		return []string{fmt.Sprintf("GIJ's integration %d uses it; GIJ's own flag says suspended: %s", row.ID, yesNo(*row.Suspended))}
	}
}

func (w *installationWrite) address() string {
	return fmt.Sprintf("%s/app/installations/%d%s", w.app.host.API(), w.here.ID, w.verb.below)
}
