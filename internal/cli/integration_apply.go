package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
)

const (
	// writesAtOnce is how many changes are under way at a time unless --parallel says it; docs/decisions/0013 says why.
	writesAtOnce = 2
	// mostAtOnce protects the server.
	mostAtOnce = 10
)

type integrationApplyOptions struct {
	fleet    fleetFlags
	write    writeFlags
	plan     string // file
	parallel int

	confirm      []int64 // ids
	confirmGiven bool
	maxDeletes   int
	maxGiven     bool
}

func newIntegrationApplyCmd(a *app) *cobra.Command {
	var o integrationApplyOptions
	cmd := &cobra.Command{
		Use:   "apply -f PATH…",
		Short: "Change integrations as a manifest says",
		Long: `Compares manifests of integrations with what the server has, shows what would change, and carries it out: each change sends
only what differs, and is read back. A failure does not stop the other changes. The same command again changes nothing, and
goes on where one that was cut off had come to.

A secret is sent when its integration is added, when --rotate-secrets names that, or when it is another one than this machine
sent before. What this machine did not send, and the server does not show, is left as it is.

--prune removes the integrations that no manifest has, last of all, and only if --confirm-delete names exactly these; on a
terminal it can be typed instead. Their repositories go with them and count as well: --max-deletes allows it. GitHub Apps, and
types that the vendor does not list, are left alone unless --confirm-delete names them.

--plan carries out a plan that gijctl integration diff --plan wrote, and refuses it if what it writes has changed since.`,
		Example: `  gijctl --sandbox integration apply -f testdata/manifest/integrations.yaml --dry-run
  gijctl integration apply -f fleet/ --yes
  gijctl integration apply -f fleet/ --yes --rotate-secrets "Acme GitLab"
  gijctl integration apply -f fleet/ --yes --prune --confirm-delete 14,15
  gijctl integration apply --plan plan.json --yes`,
		Args: exactArgs(0, ""),
	}
	o.fleet.register(cmd)
	o.write.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.plan, "plan", "", "`file` with the plan to carry out, instead of a manifest")
	flags.IntVar(&o.parallel, "parallel", writesAtOnce, fmt.Sprintf("how many changes are under way at a time, 1 to %d", mostAtOnce))
	flags.Int64SliceVar(&o.confirm, "confirm-delete", nil, "`ids` of all integrations that are to be removed, separated by commas")
	flags.Lookup("confirm-delete").DefValue = "" // "[]" in the help tells nobody anything
	flags.IntVar(&o.maxDeletes, "max-deletes", 0, "how many may be removed, with the repositories that go with them (default as many as are confirmed)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		o.confirmGiven, o.maxGiven = flags.Changed("confirm-delete"), flags.Changed("max-deletes")
		return runIntegrationApply(cmd.Context(), a, &o)
	}
	return cmd
}

// check refuses what cannot work before anything is read or sent.
func (o *integrationApplyOptions) check(a *app) error {
	byPlan := o.plan != ""
	switch {
	case byPlan && (len(o.fleet.files) > 0 || o.fleet.prune || len(o.fleet.rotate) > 0):
		return usageError("leave them out; to write a plan: gijctl integration diff -f PATH --plan FILE", "--plan carries out what the plan says, so -f, --prune and --rotate-secrets have no effect")
	case o.parallel < 1 || o.parallel > mostAtOnce:
		return usageError("", "--parallel is a number from 1 to %d", mostAtOnce)
	case o.maxDeletes < 0:
		return usageError("", "--max-deletes cannot be negative")
	case !byPlan && !o.fleet.prune && (o.confirmGiven || o.maxGiven):
		return usageError("add --prune, or leave them out", "--confirm-delete and --max-deletes are about what --prune removes")
	case (slices.Contains(o.fleet.files, "-") || o.plan == "-") && !o.write.yes && !o.write.dryRun:
		what := "the manifest"
		if byPlan {
			what = "the plan"
		}
		return usageError("give --yes to go on without a question, or --dry-run to see what would be sent", "standard input is %s, so nobody can be asked on it", what)
	}
	return a.mayWrite(o.write)
}

func runIntegrationApply(ctx context.Context, a *app, o *integrationApplyOptions) error {
	if err := o.check(a); err != nil {
		return err
	}
	printer, err := o.printer(a)
	if err != nil {
		return err
	}
	prepare, err := o.source(a)
	if err != nil {
		return err
	}
	r, err := a.beginFleet(ctx, o.write.dryRun)
	if err != nil {
		return err
	}
	defer r.session.close()
	if err := prepare(ctx, r); err != nil {
		return err
	}
	return r.carryOut(ctx, o, printer)
}

func (o *integrationApplyOptions) printer(a *app) (*render.Printer, error) {
	p, err := a.printer(o.write.dryRun)
	if err != nil {
		return nil, err
	}
	if o.write.dryRun {
		return p, checkColumns(changeList(), p.Columns)
	}
	return p, checkColumns(fleetResultList(), p.Columns)
}

// source reads the manifest, or the plan, and returns what makes a plan for the server of it.
func (o *integrationApplyOptions) source(a *app) (func(context.Context, *fleetRun) error, error) {
	options := plan.FleetOptions{Named: o.confirm}
	if o.plan == "" {
		manifest, err := a.readManifest(o.fleet.files)
		return func(ctx context.Context, r *fleetRun) error { return r.compare(ctx, manifest, o.fleet, options) }, err
	}
	data, err := a.readInput(o.plan, maxManifest, "--plan")
	return func(ctx context.Context, r *fleetRun) error { return r.resume(ctx, inputName(o.plan), data, options) }, err
}

// resume takes up a plan that was written down.
func (r *fleetRun) resume(ctx context.Context, name string, data []byte, o plan.FleetOptions) error {
	written, err := plan.ReadPlanFile(name, data, r.server)
	if err != nil {
		return err
	}
	if err := r.read(ctx); err != nil {
		return err
	}
	deletes := slices.ContainsFunc(written.Changes, func(c plan.PlanChange) bool { return c.Action == plan.ActionDelete })
	if o.Children, err = r.children(ctx, deletes); err != nil {
		return err
	}
	o.Memory, o.Reveal = r.state, r.reveal
	r.plan, err = written.Resume(r.have, o)
	return fleetError(err)
}

// carryOut guards, shows, asks, applies and reports.
func (r *fleetRun) carryOut(ctx context.Context, o *integrationApplyOptions, printer *render.Printer) error {
	r.app.summarizeChanges(r.views())
	guard := r.guard(o)
	refused := guard.check()
	if o.write.dryRun {
		if refused != nil {
			e := explain(refused)
			r.app.warn("this would be refused: %s; %s", e.Message, e.Hint)
		}
		return r.printPlan(printer, true)
	}
	if refused != nil {
		return refused
	}
	if len(plan.Pending(r.plan.All())) == 0 {
		r.sayRemarks()
		r.app.note("nothing to do: %s", r.asWanted())
		return r.printResults(printer, nil)
	}
	if err := r.agree(ctx, o, guard); err != nil {
		return err
	}
	results, err := r.apply(ctx, o.parallel)
	return r.end(ctx, printer, results, err)
}

func (r *fleetRun) asWanted() string {
	if len(r.plan.Changes) == 0 {
		return "the manifest has no entry"
	}
	return counted(len(r.plan.Changes), "integration") + " as wanted already"
}

// agree shows the plan and asks, unless --yes.
func (r *fleetRun) agree(ctx context.Context, o *integrationApplyOptions, guard deleteGuard) error {
	a := r.app
	if o.write.yes {
		_ = r.writeText(a.planTo(a.remarks()), false) // who said yes beforehand need not be there to read it
		return nil
	}
	if err := r.writeText(a.planTo(a.streams.Err), false); err != nil {
		return err
	}
	if guard.asks() {
		return guard.ask(ctx, a)
	}
	return a.confirm(ctx, "\nCarry it out?")
}

func (r *fleetRun) apply(ctx context.Context, parallel int) ([]plan.Result, error) {
	p := &progress{app: r.app, many: true, line: r.app.newProgress(true)}
	defer p.line.Close()
	defer r.app.forgetLive()
	return plan.ApplyFleet(ctx, r.session.client.Integrations, r.plan, parallel, r.state, p)
}

// end prints what became of the changes, and returns what that means for the exit status.
func (r *fleetRun) end(ctx context.Context, printer *render.Printer, results []plan.Result, forgotten error) error {
	results = slices.DeleteFunc(results, func(result plan.Result) bool { return result.Change.Action == plan.ActionNone })
	if forgotten != nil {
		r.app.warn("which secrets were sent is not remembered: %v; when one changes, name it by --rotate-secrets", forgotten)
	}
	hidden := r.printResults(printer, results)
	failed := resultsError(ctx, results)
	switch {
	case hidden == nil:
		return failed
	case failed != nil:
		r.app.warn("the result cannot be shown: %v", hidden)
		return failed
	}
	return &cliError{
		code: codeFailed, message: fmt.Sprintf("the changes were made (%s), but the result cannot be shown: %v", outcomes(results), hidden),
		hint: "look with: gijctl integration list", cause: errors.Unwrap(hidden),
	}
}
