package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

type ghaAuditOptions struct {
	app      appFlags
	word     string
	baseline string // file
	save     bool
	force    bool
	exitCode bool
}

func newGHAAuditCmd(a *app) *cobra.Command {
	var o ghaAuditOptions
	cmd := &cobra.Command{
		Use:   "audit [APP]",
		Short: "Find what was changed about an app that GIJ's vendor says must not change",
		Long: `Asks GitHub as the app, and compares what GIJ's vendor says must not be changed there: name and slug (a rename breaks GIJ's link,
and GitHub tells nobody), permissions, events, webhook and key. It also looks at the installation: whether it is there, suspended
and by whom, which repositories it has, whether it still awaits somebody who accepts new permissions, and at the events of the
last three days that Jira did not take. What GitHub's API cannot show is listed as a note.

It compares with a baseline: what --save-baseline saved when the app was found good, in the file of --baseline, or without it where
this machine keeps it. Without a baseline it compares with what this machine kept when it made the app, with GIJ's integration,
and with the permissions that GIJ asks for. A baseline holds no secret: an address of GIJ in it is masked.

Findings are data: SEVERITY is error (GIJ does not work, or will stop to), warning (it changed) or note, and the exit status 0. With
--exit-code it is 3 if there is an error or a warning. Without APP each app is audited whose key is at hand.`,
		Example: `  gijctl gha audit jira-acme-1716811200000 --save-baseline
  gijctl gha audit jira-acme-1716811200000 --exit-code -o json
  gijctl gha audit --org acme --app-id 884213 --pem-file app.pem --baseline acme.json --exit-code`,
		ValidArgsFunction: a.completeApps,
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if o.save && o.baseline == "" && len(args) > 0 && strings.HasSuffix(args[len(args)-1], ".json") {
			return usageError("type: --save-baseline --baseline "+args[len(args)-1], "%q is no APP, and --save-baseline takes no file", args[len(args)-1])
		}
		return atMostOneArg("one APP")(cmd, args)
	}
	o.app.register(cmd)
	flags := cmd.Flags()
	flags.Var(given{&o.baseline}, "baseline", "`file` with the baseline (default one in the state folder)")
	flags.BoolVar(&o.save, "save-baseline", false, "save what is found as the baseline, to the same place")
	flags.BoolVar(&o.force, "force", false, "with --save-baseline: replace the baseline that is there")
	flags.BoolVar(&o.exitCode, "exit-code", false, "exit with status 3 if there is an error or a warning")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.word = firstOf(args)
		return runGHAAudit(cmd.Context(), a, o)
	}
	return hasColumns(a, cmd, auditList)
}

func runGHAAudit(ctx context.Context, a *app, o ghaAuditOptions) error {
	printer, err := printerFor(a, auditList())
	if err != nil {
		return err
	}
	if o.force && !o.save {
		return usageError("give both, or none", "--force is about --save-baseline, which is not given")
	}
	s, err := a.beginGHA(ctx, ghaNeeds{readOnly: true, alone: true, rows: true, export: true})
	if err != nil {
		return err
	}
	defer s.close()
	r := &auditRun{ghaAuditOptions: o, session: s}
	if err := r.choose(); err != nil {
		return err
	}
	if err := r.readBaselines(); err != nil {
		return err
	}
	if err := r.look(ctx); err != nil {
		return err
	}
	if err := r.saveBaselines(); err != nil {
		return err
	}
	if err := r.write(printer); err != nil {
		return err
	}
	return r.err()
}

// auditRun is an audit of one app or of several.
type auditRun struct {
	ghaAuditOptions
	session *ghaSession
	several bool
	audits  []*audit
	without []*gitHubApp // without a key at hand
	failed  []look
}

// audit is what is found about one app.
type audit struct {
	look
	path  string    // of the baseline
	base  *baseline // nil where there is none
	hook  *githubapp.HookConfig
	found []auditFinding
}

// choose finds the apps: the one that is named, or all whose key is at hand.
func (r *auditRun) choose() error {
	if r.word != "" || r.ghaAuditOptions.app.appID != "" || r.ghaAuditOptions.app.pemFile != "" {
		g, err := r.session.find(r.word, r.ghaAuditOptions.app)
		r.audits = []*audit{{look: look{app: g}}}
		return err
	}
	all, err := r.session.chosen(r.ghaAuditOptions.app)
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.key == nil {
			r.without = append(r.without, g)
			continue
		}
		r.audits = append(r.audits, &audit{look: look{app: g}})
	}
	r.several = len(all) > 1
	switch {
	case len(all) == 0:
		return unknownApp("", r.ghaAuditOptions.app, nil)
	case len(r.audits) == 0:
		_, err := r.session.signedIn(r.without[0])
		return err
	case len(r.audits) > 1 && r.baseline != "":
		return usageError("name the APP, or leave --baseline out: each app has a baseline of its own", "--baseline is of one app, and there are %d", len(r.audits))
	}
	return nil
}

// readBaselines reads what is compared with, and refuses to overwrite it, before anybody is asked.
func (r *auditRun) readBaselines() error {
	for _, u := range r.audits {
		u.path = r.baseline
		if r.baseline == "" && u.app.id != 0 {
			u.path = r.session.baselinePath(u.app)
		}
		if err := r.readBaseline(u); err != nil {
			return err
		}
	}
	return nil
}

func (r *auditRun) readBaseline(u *audit) error {
	if u.path == "" {
		return nil
	}
	if r.save {
		if err := mayWriteFile("--save-baseline", u.path, r.force); err != nil {
			return err
		}
		if r.force {
			return nil // what is there is good for nothing any more
		}
	}
	var err error
	u.base, err = readBaseline(u.path, r.baseline != "" && !r.save)
	return err
}

// look asks GitHub about each app. One that cannot be asked does not stop the others.
func (r *auditRun) look(ctx context.Context) error {
	for _, u := range r.audits {
		path := u.path
		u.look = r.session.look(ctx, u.app, r.ghaAuditOptions.app.org)
		if ctx.Err() != nil {
			return &cliError{code: codeInterrupted, message: "interrupted; the audit is not finished"}
		}
		if u.err != nil {
			r.failed = append(r.failed, u.look)
			continue
		}
		if path == "" { // its id was not known before, only its client id
			u.path = r.session.baselinePath(u.app)
			if err := r.readBaseline(u); err != nil {
				return err
			}
		}
		if err := r.examine(ctx, u); err != nil {
			return err
		}
	}
	if len(r.failed) == 1 && !r.several {
		return r.failed[0].err
	}
	return nil
}

// deliveriesSince is for how long GitHub.com keeps what it sent, and maxDeliveries how many of them are looked at.
const (
	deliveriesSince = 3 * 24 * time.Hour
	maxDeliveries   = 500
)

// examine compares one app with what it is to be.
func (r *auditRun) examine(ctx context.Context, u *audit) error {
	if u.base != nil && u.base.ID != u.seen.app.ID {
		return inputError("name the baseline of this app, or save one", "%s is the baseline of the app %q (id %d), and this is %q (id %d)",
			u.path, u.base.Name, u.base.ID, u.seen.app.Name, u.seen.app.ID)
	}
	u.compareApp()
	hook, err := u.client.HookConfig(ctx)
	switch {
	case err == nil && hook.URL != "":
		u.hook = &hook
		u.compareHook()
	case err == nil, githubapp.IsKind(err, githubapp.KindNotFound):
		u.compareHook()
	default:
		u.unread("webhook", "the webhook", err)
	}
	u.compareInstallations()
	u.compareKey()
	u.compareIntegration(r.session.jira != nil)
	if u.hook != nil {
		sent, err := u.client.Deliveries(ctx, r.session.app.now().Add(-deliveriesSince), maxDeliveries)
		u.checkDeliveries(sent, err)
	}
	u.noteHidden()
	if u.base == nil && !r.save {
		u.add(auditFinding{
			Check: "baseline", Severity: severityNote,
			Message: "no baseline was given, so that changes of events, webhook and repositories are not seen", Remedy: "if the app is as it should be: " + r.saveCommand(u),
		})
	}
	return ctx.Err()
}

func (r *auditRun) saveCommand(u *audit) string {
	if u.app.known != nil {
		return "gijctl gha audit " + u.seen.app.Slug + " --save-baseline"
	}
	return fmt.Sprintf("gijctl gha audit --app-id %d --pem-file FILE --save-baseline", u.seen.app.ID)
}

func (r *auditRun) saveBaselines() error {
	if !r.save {
		return nil
	}
	for _, u := range r.audits {
		if u.err != nil {
			continue
		}
		if err := writeBaseline(u.path, r.session.baselineOf(u, r.session.app.now())); err != nil {
			return err
		}
		r.session.app.note("baseline: %s", u.path)
		if hasErrors(u.found) {
			r.session.app.warn("the baseline of %s has the errors that were found as what is expected: put them right, and save it again with --force", u.title())
		}
	}
	return nil
}

// write shows the findings, and says what they were compared with.
func (r *auditRun) write(printer *render.Printer) error {
	a := r.session.app
	var found []auditFinding
	for _, u := range r.audits {
		if u.err != nil {
			continue
		}
		found = append(found, u.found...)
	}
	if err := writeAudit(printer, found, r.several); err != nil {
		return err
	}
	for _, u := range r.audits {
		if u.err == nil {
			a.note("%s: %s; compared with %s", u.title(), countSeverities(u.found), u.comparedWith())
		}
	}
	for _, g := range r.without {
		a.warn("%s was not audited, for no key of it is at hand: give its APP and --pem-file", g)
	}
	return nil
}

func (u *audit) title() string {
	now := gitHubApp{org: ownerOf(u.seen.app), name: u.seen.app.Name, slug: u.seen.app.Slug}
	return now.String()
}

func (u *audit) comparedWith() string {
	if u.base != nil {
		return "the baseline of " + u.base.Saved.Format(time.RFC3339)
	}
	with := []string{"what GIJ asks for"}
	if u.app.known != nil {
		with = append(with, "what was kept when it was made")
	}
	if u.app.row != nil {
		with = append(with, fmt.Sprintf("GIJ's integration %d", u.app.row.ID))
	}
	return strings.Join(with, ", ")
}

// err names the apps that could not be audited; with --exit-code it says that there are findings.
func (r *auditRun) err() error {
	if len(r.failed) > 0 {
		e := &cliError{
			code: codePartial, message: fmt.Sprintf("of %s %d could not be audited", counted(len(r.audits), "app"), len(r.failed)), hint: "the others are as listed",
		}
		var causes []error
		for _, l := range r.failed {
			own := explain(l.err)
			e.details = append(e.details, render.Detail{Severity: "error", Code: own.Code, Name: l.app.String(), Message: own.Message, Remedy: own.Hint})
			causes = append(causes, l.err)
		}
		e.cause = errors.Join(causes...)
		return e
	}
	var found []auditFinding
	for _, u := range r.audits {
		found = append(found, u.found...)
	}
	if !r.exitCode || !isPending(found) {
		return nil
	}
	return &cliError{code: codePending, message: "the audit found " + countSeverities(found), hint: "what to do is said with each finding"}
}
