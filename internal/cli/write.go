package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/term"
)

// writeFlags are what every command has that changes something.
type writeFlags struct {
	dryRun bool
	yes    bool
}

func (w *writeFlags) register(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&w.dryRun, "dry-run", false, "show what would be sent, and send nothing")
	cmd.Flags().BoolVarP(&w.yes, "yes", "y", false, "do not ask")
}

// mayWrite refuses to begin what could only end in a question that nobody answers.
func (a *app) mayWrite(w writeFlags) error {
	if w.dryRun || w.yes || a.streams.Interactive() {
		return nil
	}
	return usageError("give --yes to go on without a question, or --dry-run to see what would be sent",
		"this changes the server, and there is no terminal to ask on")
}

// writing is one run of a writing command: what to show, and how.
type writing struct {
	session *session
	printer *render.Printer
	flags   writeFlags
	// single says that the command names one object, so that -o json is the object and not an array.
	single bool
	// object is what all changes are about.
	object plan.Object
	// then is done with results after all is written and before they are printed; it may change them. Nil is nothing.
	then func(context.Context, []plan.Result) error
}

// carryOut shows a plan, asks, applies it and prints what the server has afterwards. All writing commands end here.
func (a *app) carryOut(ctx context.Context, w writing, changes []plan.Change) error {
	views := viewChanges(changes, w.session.client)
	a.summarizeChanges(views)
	if w.flags.dryRun {
		return a.printPlan(w.printer, views)
	}
	pending := plan.Pending(changes)
	if len(pending) == 0 {
		a.sayNothingToDo(w.object, changes)
	} else if err := a.agree(ctx, w, views); err != nil {
		return err
	}
	results := a.apply(ctx, w, changes, len(pending) > 1)
	failed := resultsError(ctx, results)
	if w.then != nil {
		failed = cmp.Or(failed, w.then(ctx, results))
	}
	hidden := a.printResults(w, results)
	switch {
	case hidden == nil:
		return failed
	case failed != nil:
		a.warn("the result cannot be shown: %v", hidden)
		return failed
	}
	return &cliError{
		code: codeFailed, message: fmt.Sprintf("the changes were made (%s), but the result cannot be shown: %v", outcomes(results), hidden),
		hint: fmt.Sprintf("look with: gijctl %s list", w.object), cause: hidden,
	}
}

func (a *app) printPlan(p *render.Printer, views []changeView) error {
	if isPlanText(p) {
		return writePlan(planPainter{p.Out, p.Color}, views, true)
	}
	return render.WriteList(p, changeList(), rows(views))
}

// planTo is stderr or what stands for it, as a place to show a plan.
func (a *app) planTo(w io.Writer) io.Writer {
	return planPainter{w, term.UseColor(a.flags.color, a.streams.Err, a.env.Get)}
}

// planPainter is a writer of a plan whose marks have their styles.
type planPainter struct {
	out   io.Writer
	color bool
}

// Write takes a whole plan. Nothing but a change begins a line with its mark and a space.
func (p planPainter) Write(text []byte) (int, error) {
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if mark, rest, found := strings.Cut(line, " "); found && markStyle(mark) != render.StylePlain {
			line = render.Paint(p.color, markStyle(mark), mark) + " " + rest
		}
		b.WriteString(line)
	}
	if _, err := io.WriteString(p.out, b.String()); err != nil {
		return 0, err
	}
	return len(text), nil
}

func markStyle(mark string) render.Style {
	switch mark {
	case "+":
		return render.StyleGood
	case "~":
		return render.StyleWarn
	case "-":
		return render.StyleBad
	}
	return render.StylePlain
}

// agree shows the plan and asks, unless --yes.
func (a *app) agree(ctx context.Context, w writing, views []changeView) error {
	if w.flags.yes {
		_ = writePlan(a.planTo(a.remarks()), views, false) // who said yes beforehand need not be there to read it
		return nil
	}
	if err := writePlan(a.planTo(a.streams.Err), views, false); err != nil {
		return err
	}
	return a.confirm(ctx, "\nCarry it out?")
}

// confirm asks a question, and returns nil for yes alone.
func (a *app) confirm(ctx context.Context, question string) error {
	yes, err := a.streams.Confirm(ctx, question)
	if ctx.Err() != nil {
		return interrupted()
	}
	if err != nil {
		return fmt.Errorf("nothing was sent: %w", err)
	}
	if !yes {
		return &cliError{code: codeGuard, message: "not confirmed; nothing was sent"}
	}
	return nil
}

func (a *app) sayNothingToDo(object plan.Object, changes []plan.Change) {
	if len(changes) == 0 {
		a.note("nothing to do: no %s was chosen", object)
	}
	for _, c := range changes {
		a.note("nothing to do: %s %d %q is as asked", c.Object, c.ID, c.Name)
		for _, note := range c.Notes {
			a.note("note: %s", note)
		}
	}
}

// apply carries out the changes, and shows on a terminal which one is under way.
func (a *app) apply(ctx context.Context, w writing, changes []plan.Change, many bool) []plan.Result {
	p := &progress{app: a, many: many, line: a.newProgress(true)}
	defer p.line.Close()
	defer a.forgetLive()
	if w.object == plan.ObjectRepository {
		return plan.ApplyRepositories(ctx, w.session.client.Repositories, changes, p)
	}
	return plan.Apply(ctx, w.session.client.Integrations, changes, p)
}

// newProgress returns progress on stderr. What it says for good obeys --quiet, and waits for the end with -o json. A trace
// takes the terminal for itself. results says that each step ends in a line that is said.
func (a *app) newProgress(results bool) *term.Progress {
	return a.streams.NewProgress(term.ProgressOptions{
		Visible: render.Visible, Getenv: a.env.Get, Say: func(line string) { a.note("%s", line) },
		Plain: a.flags.trace, Quiet: a.flags.quiet || a.wantsJSON(), Results: results,
	})
}

// progress says which change is under way, and how each ended while others are still to come.
type progress struct {
	app  *app
	many bool
	line *term.Progress
}

func (p *progress) Start(c plan.Change, number, total int) {
	if c.Action == plan.ActionNone {
		return
	}
	if p.many {
		p.line.Count(number, total)
	}
	if c.Name == "" { // one that is added without a display name
		p.line.Step("%s %s", c.Action, cmp.Or(c.Type, c.Object.String()))
		return
	}
	p.line.Step("%s %q", c.Action, c.Name)
}

func (p *progress) Interrupted(c plan.Change, grace time.Duration) {
	p.say("interrupted: finishing the %s of %q, at most %s; a second Ctrl-C ends it at once, and leaves it unknown", c.Action, c.Name, grace)
}

func (p *progress) Done(r plan.Result) {
	p.line.Done()
	if r.Outcome == plan.OutcomeUnchanged {
		return
	}
	if r.Err == nil {
		p.say("%s %s %d %q: %s", pastTense(r.Change.Action), r.Change.Object, idOf(r), nameOf(r), verifiedText(r))
		return
	}
	if p.many {
		p.say("%s %d %q: %s: %v", r.Change.Object, r.Change.ID, r.Change.Name, r.Outcome, r.Err)
	}
}

func (p *progress) say(format string, args ...any) { p.line.Say(fmt.Sprintf(format, args...)) }

func pastTense(a plan.Action) string {
	return map[plan.Action]string{plan.ActionCreate: "added", plan.ActionUpdate: "changed", plan.ActionDelete: "removed"}[a]
}

func idOf(r plan.Result) int64 {
	if r.After != nil {
		return r.After.ID
	}
	if r.AfterRepository != nil {
		return r.AfterRepository.ID
	}
	return r.Change.ID
}

func nameOf(r plan.Result) string {
	if r.After != nil {
		return r.After.DisplayName
	}
	if r.AfterRepository != nil {
		return r.AfterRepository.DisplayName
	}
	return r.Change.Name
}

// verifiedText says what was seen on the server, and what it never shows.
func verifiedText(r plan.Result) string {
	if r.Change.Action == plan.ActionDelete {
		return "verified, it is gone"
	}
	sent := len(r.Change.Sent())
	switch len(r.NotShown) {
	case 0:
		return fmt.Sprintf("verified, %s read back as sent", counted(sent, "field"))
	case sent:
		return "accepted; the server does not show " + strings.Join(r.NotShown, ", ") + ", so there is nothing to read back"
	}
	return fmt.Sprintf("verified, %d of %s read back as sent; the server does not show %s",
		sent-len(r.NotShown), counted(sent, "field"), strings.Join(r.NotShown, ", "))
}

func (a *app) printResults(w writing, results []plan.Result) error {
	if slices.ContainsFunc(results, func(r plan.Result) bool { return r.Change.Action == plan.ActionDelete }) {
		var views []resultView
		for _, r := range results {
			views = append(views, viewResult(r))
		}
		return render.WriteList(w.printer, resultList(), rows(views))
	}
	if w.object == plan.ObjectRepository {
		var views []repositoryView
		for _, r := range results {
			if r.AfterRepository != nil {
				views = append(views, viewRepository(*r.AfterRepository))
			}
		}
		return printObjects(w, results, listOfRepositories(a.now()), views)
	}
	var views []integrationView
	for _, r := range results {
		if r.After != nil {
			views = append(views, viewIntegration(*r.After))
		}
	}
	return printObjects(w, results, integrationList(a.now()), views)
}

// printObjects prints what the server has after a write.
func printObjects[V any](w writing, results []plan.Result, list render.List[*V], views []V) error {
	list.Empty = "" // said before
	if !w.single {
		return render.WriteList(w.printer, list, rows(views))
	}
	if len(views) == 0 || results[0].Err != nil {
		return nil
	}
	if w.printer.Query == nil && (w.printer.Format == render.FormatTable || w.printer.Format == render.FormatWide) {
		return render.WriteList(w.printer, list, rows(views))
	}
	return render.WriteObject(w.printer, list, &views[0])
}

// resultsError returns nil if all went well, the error itself if there was one change, and else one error that names each
// change that did not succeed.
func resultsError(ctx context.Context, results []plan.Result) error {
	all := make([]ending, len(results))
	for n, r := range results {
		all[n] = ending{id: r.Change.ID, name: r.Change.Name, outcome: r.Outcome, err: r.Err}
	}
	failed := failures(all)
	if len(failed) == 0 {
		return nil
	}
	if len(results) == 1 {
		return failed[0].err
	}
	return endingsError(ctx, endings{
		of: fmt.Sprintf("of %s: ", countedObjects(len(results), results[0].Change.Object)), code: commonCode(failed, len(results)), all: all,
		hint: "the same command again is safe: it changes only what differs",
	})
}

// commonCode is the code of the failures where everything failed alike, else "partial".
func commonCode(failed []ending, total int) string {
	code := explain(failed[0].err).Code
	for _, e := range failed {
		if len(failed) < total || explain(e.err).Code != code {
			return codePartial
		}
	}
	return code
}

// outcomes counts the results: "2 verified, 1 failed".
func outcomes(results []plan.Result) string {
	all := make([]ending, len(results))
	for n, r := range results {
		all[n].outcome = r.Outcome
	}
	return countOutcomes(all)
}
