package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/githubapp"
	"github.com/gijctl/gijctl/pkg/secret"
)

type ghaRegisterOptions struct {
	write       writeFlags
	which       appFlags
	word        string
	kind        string // the integrationType
	pemColumn   string
	tsv         string // a file, "" for none
	force       bool
	waitTimeout time.Duration
}

// experimental is said before anything else of an integration that gijctl tries to make of an app.
const experimental = "this is experimental: no page of the vendor says that GIJ adopts an app, and one says that an app cannot be connected to a new integration; " +
	"GIJ's own wizard is the supported road (Git > Manage integrations > Add integration > GitHub App), and makes an app of its own"

func newGHARegisterCmd(a *app) *cobra.Command {
	var o ghaRegisterOptions
	cmd := &cobra.Command{
		Use:   "register APP",
		Short: "Try to make an integration of an app that GIJ did not make (experimental)",
		Long: `This is experimental. No page of the vendor says that GIJ adopts an app that its own wizard did not make, and one says that an
app cannot be connected to a new integration. The wizard is the supported road, and makes an app of its own (Git > Manage
integrations > Add integration > GitHub App).

Imports one new row of a bulk file with the app, its installation and its private key, of those columns alone that the server's
own export shows. The app must be installed. It shows the row, asks, saves the configuration, imports, and reads the server back:
only an integration that is seen there is a success. The type of such a row is documented nowhere: it is that of another app's
row in the export, or --type.

Where the server refuses the row, or its export lacks the columns, the row is written to a file that only you can read, and the
steps for a person are said. That file holds the app's key: delete it afterwards. --tsv writes it and sends nothing.

An app that an integration of GIJ uses already is nothing to do.`,
		Example: `  gijctl --sandbox gha register jira.acme.example-1716811200000 --org acme --app-id 884213 --pem-file app.pem --dry-run
  gijctl gha register my-app --dry-run
  gijctl gha register my-app --tsv my-app.tsv`,
		Args: exactArgs(1, "one APP: a slug, a name or an id"),
	}
	o.write.register(cmd)
	o.which.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.kind, "type", "", "integrationType of the new row (default that of another app's row in the export)")
	flags.StringVar(&o.pemColumn, "pem-column", "", "column with the private keys of GitHub Apps, where its name does not tell")
	flags.StringVar(&o.tsv, "tsv", "", "write the row to this `file` for a person to import, and send nothing")
	flags.BoolVar(&o.force, "force", false, "overwrite the file of --tsv")
	flags.DurationVar(&o.waitTimeout, "wait-timeout", 0, "how long to wait for the server's end of the import (default without limit)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.word = args[0]
		return runGHARegister(cmd.Context(), a, o)
	}
	return cmd
}

func (o *ghaRegisterOptions) check() error {
	switch {
	case o.waitTimeout < 0:
		return usageError("leave it out to wait without limit", "--wait-timeout cannot be negative")
	case o.tsv == "-":
		return usageError("give the path of a file", "--tsv holds a private key, which does not belong in a pipe")
	case o.tsv != "":
		return refuseExisting(o.tsv, o.force)
	case o.force:
		return usageError("leave it out", "--force overwrites the file of --tsv, which is not given")
	case o.which.pemFile == "-" && !o.write.yes && !o.write.dryRun:
		return usageError("give --yes to go on without a question, or --dry-run to see what would be sent", "standard input is the key, so nobody can be asked on it")
	}
	return nil
}

// mayWrite is [app.mayWrite] for a command that has a file to offer where nobody can be asked.
func (o *ghaRegisterOptions) mayWrite(a *app) error {
	if o.tsv != "" || a.mayWrite(o.write) == nil {
		return nil
	}
	return usageError("give --yes to go on without a question, --dry-run to see what would be sent, or --tsv FILE for a row that a person imports",
		"this changes the server, and there is no terminal to ask on")
}

func runGHARegister(ctx context.Context, a *app, o ghaRegisterOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if err := o.mayWrite(a); err != nil {
		return err
	}
	list := ghaList()
	printer, err := a.printer(o.write.dryRun)
	if err == nil && o.write.dryRun {
		err = checkColumns(bulkChangeList(true), printer.Columns)
	} else if err == nil {
		err = checkColumns(list, printer.Columns)
	}
	if err != nil {
		return err
	}
	s, err := a.beginGHA(ctx, ghaNeeds{readOnly: o.write.dryRun || o.tsv != "", jira: true})
	if err != nil {
		return err
	}
	defer s.close()
	r := &appEntry{ghaRegisterOptions: o, gha: s, printer: printer}
	if err := r.begin(ctx); err != nil {
		return err
	}
	return r.run(ctx)
}

// appEntry is an app that is being entered into GIJ.
type appEntry struct {
	ghaRegisterOptions
	bulkRun

	gha     *ghaSession
	have    *plan.Snapshot
	printer *render.Printer
	look    look
	row     plan.NewAppRow
}

// begin reads what GIJ shows, and asks GitHub about the app.
func (r *appEntry) begin(ctx context.Context) error {
	a, s := r.gha.app, r.gha
	state, err := a.bulkState(s.jira.target)
	if err != nil {
		return err
	}
	r.bulkRun = bulkRun{app: a, session: s.jira, state: state}
	if r.sendsNothing() {
		err = r.notePending()
	} else {
		err = r.resume(ctx, r.flags())
	}
	if err != nil {
		return err
	}
	if err := r.read(ctx); err != nil {
		return err
	}
	g, err := s.find(r.word, r.which)
	if err != nil {
		return err
	}
	r.look = s.look(ctx, g, r.which.org)
	return r.look.err
}

func (r *appEntry) sendsNothing() bool { return r.write.dryRun || r.tsv != "" }

func (r *appEntry) flags() bulkWriteFlags {
	return bulkWriteFlags{writeFlags: r.write, secretFlags: secretFlags{pemColumn: r.pemColumn}, waitTimeout: r.waitTimeout}
}

func (r *appEntry) read(ctx context.Context) error {
	listed, err := r.session.client.Integrations.List(ctx)
	if err != nil {
		return err
	}
	r.have, err = plan.ReadExport(ctx, r.session.client.Bulk, r.state, r.pemColumn)
	if err != nil {
		return err
	}
	r.gha.export, r.gha.rows = r.have, plan.AppRows(listed, r.have)
	return nil
}

func (r *appEntry) run(ctx context.Context) error {
	g := r.look.app
	if g.row != nil {
		r.app.note("nothing to do: GIJ's integration %d %q uses it", g.row.ID, g.row.DisplayName)
		if r.write.dryRun {
			r.plan = &plan.BulkPlan{}
			return r.printPlan(r.printer)
		}
		return r.print()
	}
	installed, err := r.look.seen.installation(g, 0)
	if errors.Is(err, errNotInstalled) {
		return &cliError{
			code: codeNotFound, message: fmt.Sprintf("%s is installed nowhere; nothing was sent", r.look.seen.app.Name), cause: err,
			hint: "install it first: " + r.which.command("install", r.word),
		}
	}
	if err != nil {
		return err
	}
	r.app.warn("%s", experimental)
	r.row = r.newApp(installed).Row(r.have, r.pemColumn)
	switch {
	case len(r.row.Missing) > 0:
		return r.byHand(r.lacking())
	case r.tsv != "":
		return r.byHand(nil)
	}
	return r.enter(ctx)
}

// newApp is all that is known of the app.
func (r *appEntry) newApp(installed *githubapp.Installation) plan.NewApp {
	g, app := r.look.app, r.look.seen.app
	n := plan.NewApp{
		ID: app.ID, InstallationID: installed.ID, Org: installed.Account.Login, Name: app.Name, Slug: app.Slug, HTMLURL: app.HTMLURL,
		ClientID: app.ClientID, PEM: secret.New(pemOf(g.key)), Type: r.kind, Origin: ownOrigin(g.host),
	}
	if g.known != nil {
		n.ClientSecret, n.WebhookSecret = g.known.ClientSecret, g.known.WebhookSecret
	}
	kind, origin := r.likeOthers(g.host)
	if r.gha.keptHost(g.host) == config.SandboxContext {
		n.HTMLURL = "" // its port is another one the next time
		kind, n.Origin = r.have.AppType(func(string) bool { return true })
	}
	n.Type, n.Origin = cmp.Or(n.Type, kind), cmp.Or(origin, n.Origin)
	return n
}

// likeOthers returns the type and the origin that GIJ has for apps of a host. Where it has none of that kind of host, the type follows
// from that of the other kind, if it is a documented one [inferred]; the origin is unknown then.
func (r *appEntry) likeOthers(h githubapp.Host) (kind, origin string) {
	on := func(fits func(githubapp.Host) bool) func(string) bool {
		return func(origin string) bool {
			other, err := githubapp.ParseHost(origin)
			return err == nil && fits(other)
		}
	}
	if kind, origin = r.have.AppType(on(func(other githubapp.Host) bool { return other == h })); kind != "" {
		return kind, origin
	}
	isServer := h.Kind() == githubapp.KindServer
	kind, _ = r.have.AppType(on(func(other githubapp.Host) bool { return (other.Kind() == githubapp.KindServer) == isServer }))
	if kind != "" {
		return kind, ""
	}
	switch kind, _ = r.have.AppType(func(string) bool { return true }); {
	case kind == "GITHUB" && isServer:
		return "GITHUB_SERVER", ""
	case kind == "GITHUB_SERVER" && !isServer:
		return "GITHUB", ""
	}
	return "", ""
}

// ownOrigin is the origin of an integration of a host [inferred]: the API of GitHub.com and GHE.com, the root of a server.
func ownOrigin(h githubapp.Host) string {
	if h.Kind() == githubapp.KindServer {
		return h.Web()
	}
	return h.API()
}

func (r *appEntry) lacking() error {
	hint := "use GIJ's wizard, which makes an app of its own"
	for _, what := range r.row.Missing {
		switch what {
		case "the private key":
			hint = "if one of its columns is for the key, name it: --pem-column NAME; else " + hint
		case "the type":
			hint = "no row of the export is of an app of this kind of host, whose type could be taken; if you know it: --type NAME; else " + hint
		}
	}
	return &cliError{
		code: codeFailed, message: "nothing was sent: GIJ's export has no column, or no value to go by, for " + strings.Join(r.row.Missing, ", "), hint: hint,
	}
}

// enter imports the row, and looks whether the integration is there.
func (r *appEntry) enter(ctx context.Context) error {
	var file bytes.Buffer
	if err := r.row.WriteTSV(&file); err != nil {
		return err
	}
	r.source = &bulkSource{name: "the app's row", data: file.Bytes(), made: true, newApp: true}
	if err := r.source.validateFor(r.app, r.have, r.pemColumn); err != nil {
		return err
	}
	if err := r.diff(ctx, r.have, bulkInput{secrets: r.flags().secretFlags}); err != nil {
		return err
	}
	if len(r.row.LeftOut) > 0 {
		r.plan.Warnings = append(r.plan.Warnings, "GIJ's export has no column for "+strings.Join(r.row.LeftOut, ", ")+", so that is not sent")
	}
	if r.write.dryRun {
		return r.printPlan(r.printer)
	}
	job := bulkJob{verb: "register", flags: r.flags(), printer: r.printer, all: "the same command with --dry-run"}
	guard := r.guard(job.flags)
	if err := r.agree(ctx, job, guard); err != nil {
		return err
	}
	result, err := r.apply(ctx, guard, job.flags)
	failed := r.outcome(ctx, job, result, err)
	switch {
	case failed != nil && ctx.Err() != nil, failed != nil && !wasSent(result):
		return failed
	case failed != nil:
		return r.notAsSent(ctx, failed)
	}
	return r.entered(ctx)
}

// notAsSent is for a row that was sent and not seen as it was sent. Where the integration is there all the same, a person must not
// import it once more.
func (r *appEntry) notAsSent(ctx context.Context, failed error) error {
	if r.read(ctx) == nil {
		r.gha.learn(r.look.app, r.look.seen.app)
	}
	row, e := r.look.app.row, explain(failed)
	if row == nil {
		return r.byHand(&cliError{
			code: e.Code, message: e.Message, details: e.Details, cause: failed,
			hint: "GIJ may refuse the same row from a person as well; its wizard is the supported road, and makes an app of its own",
		})
	}
	return &cliError{
		code: codePartial, details: e.Details, cause: failed, message: fmt.Sprintf("GIJ has the integration %d %q, but it is not as it was sent: %s", row.ID, row.DisplayName, e.Message),
		hint: fmt.Sprintf("look at it in Jira (Git > Manage integrations); to take it away: gijctl integration remove %d", row.ID),
	}
}

// entered reads the server back once more, as an app this time.
func (r *appEntry) entered(ctx context.Context) error {
	if err := r.read(ctx); err != nil {
		return &cliError{code: codePartial, message: "the row was imported and seen, but GIJ cannot be read again: " + explain(err).Message, hint: "look with: gijctl gha list", cause: err}
	}
	r.gha.learn(r.look.app, r.look.seen.app)
	row := r.look.app.row
	if row == nil {
		return &cliError{code: codePartial, message: "the row was imported and seen, but it is not to be recognised as one of this app", hint: "look with: gijctl gha list"}
	}
	r.app.note("verified: GIJ has the integration %d %q; whether it works, an index tells: gijctl reindex start %d --wait", row.ID, row.DisplayName, row.ID)
	return r.print()
}

func (r *appEntry) print() error {
	return render.WriteObject(r.printer, ghaList(), new(r.gha.view(r.look.app, r.look.seen, r.gha.standing(r.look))))
}

// byHand writes the row to a file, and says what a person does with it. why is the error of the command, nil where that was asked for.
func (r *appEntry) byHand(why error) error {
	if r.write.dryRun || slices.Contains(r.row.Missing, "the private key") {
		return why // without a column for the key the file would be good for nothing
	}
	path := r.tsv
	if path == "" {
		path = filepath.Join(r.gha.store.Folder(r.gha.keptHost(r.look.app.host)), "register-"+fmt.Sprint(r.look.seen.app.ID)+".tsv")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if err := writePrivately(path, r.row.WriteTSV); err != nil {
		if why != nil {
			r.app.warn("the row could not be written to a file either: %v", err)
			return why
		}
		return err
	}
	r.app.note("the row is in %s, which holds the app's private key; it is readable by you alone", path)
	if len(r.row.Missing) > 0 {
		r.app.note("it lacks %s: add that before anything else, for GIJ would take the row for another thing", strings.Join(r.row.Missing, ", "))
	}
	r.app.note("by hand: 1. Jira: Git > Manage integrations > Bulk change > Import, choose that file; 2. look whether the integration appears, and reindex it; 3. delete the file")
	if why == nil {
		return nil
	}
	e := explain(why)
	return &cliError{code: e.Code, message: e.Message, hint: cmp.Or(e.Hint, "use GIJ's wizard, or import the file by hand: "+path), details: e.Details, cause: why}
}
