package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

type reindexStartOptions struct {
	write    writeFlags
	waiting  waitFlags
	words    []string // ids and display names
	all      bool
	priority int
	byFlag   bool // --priority was given
}

func newReindexStartCmd(a *app) *cobra.Command {
	var o reindexStartOptions
	cmd := &cobra.Command{
		Use:   "start ID…",
		Short: "Have integrations or repositories indexed anew",
		Long: `Has the server index integrations and repositories now, each of those that are named, or with --all everything that it has.
It answers at once with the id of a thread, by which gijctl reindex status follows it.

--wait follows it to its end. Errors of a repository's index are exit status 6, and name it. If the time to wait is over
(8), the thread to go on with is named. Something that is disabled is not indexed.

--priority is a place in the server's queue: what is higher comes first. The vendor's own are 24 for an index that somebody asks
for, 22 for a webhook's, 20 for the schedule's, 10 for the removal of a repository and 2 for Git's garbage collection. A GIJ
before 4.17 has none: it is known by its answer, is asked in its own way, and a warning says that the priority was not sent.`,
		Example: `  gijctl --sandbox reindex start 1 "Acme GitLab" --wait --yes
  gijctl --sandbox reindex start 3 --priority 30 --dry-run
  gijctl --sandbox reindex start --all --dry-run`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeIntegrations(0),
	}
	o.write.register(cmd)
	o.waiting.register(cmd, "follow the index to its end")
	cmd.Flags().BoolVar(&o.all, "all", false, "everything that the server has: a whole Jira is indexed anew")
	cmd.Flags().IntVar(&o.priority, "priority", 0, "place in the server's queue, 1 or more (default the server's, documented as 24)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.words, o.byFlag = args, cmd.Flags().Changed("priority")
		return runReindexStart(cmd.Context(), a, o)
	}
	return cmd
}

func (o *reindexStartOptions) check() error {
	switch {
	case o.all && len(o.words) > 0:
		return usageError("give one of them", "--all is everything, and arguments name a part of it")
	case !o.all && len(o.words) == 0:
		return usageError("integrations are listed by: gijctl integration list", "name what to index, by ID or display name; --all indexes everything")
	case o.byFlag && o.priority < 1:
		return usageError("leave it out for the server's own", "--priority is 1 or more")
	}
	return o.waiting.check()
}

func runReindexStart(ctx context.Context, a *app, o reindexStartOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if err := a.mayWrite(o.write); err != nil {
		return err
	}
	printer, err := planPrinter(a, o.write, reindexList())
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, o.write.dryRun)
	if err != nil {
		return err
	}
	defer s.close()
	targets, err := o.targets(ctx, s.client)
	if err != nil {
		return err
	}
	views := o.plan(s.client, targets)
	if o.write.dryRun {
		return a.printPlan(printer, views)
	}
	if err := a.agree(ctx, writing{flags: o.write}, views); err != nil {
		return err
	}
	r := &reindexRun{app: a, session: s, options: o}
	r.start(ctx, targets)
	return r.finish(ctx, printer)
}

func (o *reindexStartOptions) targets(ctx context.Context, client *gij.Client) ([]indexTarget, error) {
	if o.all {
		return []indexTarget{{name: "everything"}}, nil
	}
	return indexTargets(ctx, client, o.words)
}

func (o *reindexStartOptions) plan(client *gij.Client, targets []indexTarget) []changeView {
	views := make([]changeView, len(targets))
	for n, t := range targets {
		views[n] = changeView{
			Action: actionIndex, ID: t.id, Type: t.typ, DisplayName: t.name, Fields: []fieldView{},
			Requests: []gij.Request{client.Reindex.StartRequest(o.of(t))},
		}
		if t.typ == kindRepository {
			views[n].Object, views[n].Type = kindRepository, ""
		}
		switch {
		case t.id == 0:
			views[n].Warnings = []string{"all repositories of this Jira are indexed anew, which may keep it busy for hours"}
		case t.disabled:
			views[n].Warnings = []string{"it is disabled, so that the server does not index it"}
		}
		if o.priority > 0 {
			views[n].Notes = []string{"a GIJ before 4.17 has no priorities; to one, the priority is not sent"}
		}
	}
	return views
}

func (o *reindexStartOptions) of(t indexTarget) gij.StartOptions {
	return gij.StartOptions{ID: t.id, Priority: o.priority}
}

// reindexRun is one run of the command.
type reindexRun struct {
	app     *app
	session *session
	options reindexStartOptions

	views   []reindexView
	errs    []error // of each view; nil where it went well
	stopped error   // why there was no waiting to the end
}

// start begins an index for each target. A failure does not stop the others, unless they would fail for the same reason.
func (r *reindexRun) start(ctx context.Context, targets []indexTarget) {
	var stop error
	for _, t := range targets {
		v := newReindexView(t)
		if stop == nil {
			stop = ctx.Err()
		}
		err := stop
		if stop == nil {
			err = r.startOne(ctx, &v, t)
		}
		if gij.IsKind(err, gij.KindAuth) {
			stop = err // to go on would fail each time, and may lock the account
		}
		r.views, r.errs = append(r.views, v), append(r.errs, err)
	}
	r.stopped = ctx.Err()
}

func (r *reindexRun) startOne(ctx context.Context, v *reindexView, t indexTarget) error {
	request := r.session.client.Reindex.StartRequest(r.options.of(t))
	ctx, finish := r.app.outliveInterrupt(ctx, apiRequest{RawRequest: gij.RawRequest{Method: request.Method, Path: request.Path}})
	defer finish()
	started, err := r.session.client.Reindex.Start(ctx, r.options.of(t))
	switch {
	case gij.IsKind(err, gij.KindUnknown):
		v.Result = indexNotKnown
		return err
	case err != nil:
		v.Result = indexErrors
		return err
	}
	v.Result, v.ThreadID = indexStarted, started.Thread
	if started.Old && r.options.priority > 0 {
		r.app.warn("this GIJ is older than 4.17 and has no priorities: the priority of %s was not sent", v.title())
	}
	return nil
}

// finish waits where that was asked for, prints, and returns what the results mean for the exit status.
func (r *reindexRun) finish(ctx context.Context, printer *render.Printer) error {
	if r.stopped == nil {
		r.follow(ctx)
	}
	for n := range r.views {
		r.say(n)
	}
	if err := r.print(printer); err != nil {
		if failed := r.err(ctx); failed != nil {
			r.app.warn("the result cannot be shown: %v", err)
			return failed
		}
		return err
	}
	return r.err(ctx)
}

// follow waits for the end of what has begun, or looks once.
func (r *reindexRun) follow(ctx context.Context) {
	var watches []plan.IndexWatch
	var places []int
	for n, v := range r.views {
		if r.errs[n] == nil {
			watches = append(watches, plan.WatchThread(r.session.client.Reindex, v.title(), v.query()))
			places = append(places, n)
		}
	}
	if !r.options.waiting.wait {
		r.look(ctx, watches, places)
		return
	}
	reports, err := r.app.watch(ctx, r.session, r.options.waiting, watches)
	r.stopped = err
	for i, report := range reports {
		n := places[i]
		r.views[n].reported(report)
		r.errs[n] = indexFailure(&r.views[n], report.Err)
	}
}

// query asks by the thread, which has the messages of each repository, or by what is indexed where there is none.
func (v *reindexView) query() gij.IndexQuery {
	if v.ThreadID != "" {
		return gij.IndexQuery{Thread: v.ThreadID}
	}
	return gij.IndexQuery{ID: v.ID}
}

// look reads back that what was started is known to the server.
func (r *reindexRun) look(ctx context.Context, watches []plan.IndexWatch, places []int) {
	for i, w := range watches {
		report, err := w.Ask(ctx)
		v := &r.views[places[i]]
		if err != nil {
			v.Reason = "it could not be read back: " + explain(err).Message
			r.app.warn("%s: %s", v.title(), v.Reason)
			continue
		}
		v.took(report.Status)
	}
}

// indexFailure is the error of an index that did not end well, nil for one that did or has not ended.
func indexFailure(v *reindexView, err error) error {
	switch {
	case err != nil:
		return err
	case v.Result == indexErrors:
		return &cliError{
			code: codePartial, message: fmt.Sprintf("the index of %s has errors: %s", v.title(), entriesText(v.Errors)),
			hint: "the server's log says more",
		}
	}
	return nil
}

func (r *reindexRun) say(n int) {
	v := r.views[n]
	if r.errs[n] != nil {
		return // it is the error of the command
	}
	switch {
	case v.Result == indexFinished && v.Reason != "":
		r.app.note("nothing to index in %s: %s", v.title(), v.Reason)
	case v.Result == indexFinished:
		r.app.note("indexed %s: %s", v.title(), counted(len(v.Messages), "message"))
	case v.Result == indexStarted:
		r.app.note("indexing of %s has begun; to follow it: %s", v.title(), v.followCommand())
	}
}

// followCommand is how to wait for an index that goes on.
func (v *reindexView) followCommand() string {
	switch {
	case v.ThreadID != "" && typable(v.ThreadID):
		return "gijctl reindex status " + v.ThreadID + " --wait"
	case v.ID != 0:
		return fmt.Sprintf("gijctl reindex status --integration %d --wait", v.ID)
	}
	return "gijctl reindex status --wait"
}

func (r *reindexRun) print(p *render.Printer) error {
	if len(r.views) == 1 && (r.options.all || len(r.options.words) == 1) {
		return printReindex(p, r.views[0])
	}
	return render.WriteList(p, reindexList(), rows(r.views))
}

// err is what the results mean for the exit status.
func (r *reindexRun) err(ctx context.Context) error {
	all := make([]ending, len(r.views))
	var how []string
	for n, v := range r.views {
		all[n] = ending{id: v.ID, name: v.DisplayName, outcome: v.outcome(), err: r.errs[n]}
		if v.Result == indexRunning || v.Result == indexStarted && r.options.waiting.wait {
			how = append(how, v.followCommand())
		}
	}
	failed := failures(all)
	var details []render.Detail
	for _, f := range failed {
		details = append(details, f.detail())
	}
	switch {
	case r.stopped != nil && len(how) > 0:
		return watchError(r.stopped, strings.Join(how, "; "), details)
	case len(failed) == 0:
		return nil
	case len(all) == 1:
		return failed[0].err
	}
	return endingsError(ctx, endings{
		of: fmt.Sprintf("of %d indexes: ", len(all)), code: commonCode(failed, len(all)), all: all, hint: "to index twice does no harm: run the command again",
	})
}

func (v *reindexView) outcome() plan.Outcome {
	switch v.Result {
	case indexErrors:
		return plan.OutcomeFailed
	case indexNotKnown:
		return plan.OutcomeUnknown
	case indexNotStarted:
		return plan.OutcomeNotStarted
	case indexRunning, indexAccepted:
		return plan.OutcomeUnverified
	}
	return plan.OutcomeVerified
}
