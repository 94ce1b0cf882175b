package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
)

// maxShownChanges is how many changes of a plan are shown before a question: who has more has a file to look at.
const maxShownChanges = 100

// bulkJob is what a command wants to have done: an import, a restore, or an edit.
type bulkJob struct {
	verb    string // the command's
	input   bulkInput
	flags   bulkWriteFlags
	printer *render.Printer
	// all is the command that shows all changes of a long plan.
	all string
}

// mayBulkWrite refuses what cannot work before a file is read or a request sent. file is "-" for standard input.
func (a *app) mayBulkWrite(f *bulkWriteFlags, file string) error {
	if err := f.check(file); err != nil {
		return err
	}
	if file == "-" && !f.yes && !f.dryRun {
		return usageError("give --yes to go on without a question, or --dry-run to see what would be sent",
			"standard input is the file, so nobody can be asked on it")
	}
	return a.mayWrite(f.writeFlags)
}

// runBulkJob is the one road of all commands that change the server by a file: compare, show, ask, send, verify, report.
func (a *app) runBulkJob(ctx context.Context, job bulkJob) error {
	r, err := a.beginBulk(ctx, job.flags.dryRun)
	if err != nil {
		return err
	}
	defer r.session.close()
	if job.flags.dryRun {
		return r.dryRun(ctx, job)
	}
	if err := r.resume(ctx, job.flags); err != nil {
		return err
	}
	if err := r.compare(ctx, job.input); err != nil {
		return err
	}
	guard := r.guard(job.flags)
	if err := r.mayBegin(guard, job.flags); err != nil {
		return r.refused(job, err)
	}
	if r.plan.Empty() {
		r.sayRemarks()
		a.note("%s", r.nothingToDo())
		return r.end(ctx, job, plan.BulkResult{}, nil)
	}
	if err := r.agree(ctx, job, guard); err != nil {
		return r.refused(job, err)
	}
	result, err := r.apply(ctx, guard, job.flags)
	return r.end(ctx, job, result, err)
}

// resume waits for an import that was begun before, and not followed to its end.
func (r *bulkRun) resume(ctx context.Context, f bulkWriteFlags) error {
	progress := r.app.newBulkProgress()
	defer progress.close()
	if begun, err := r.state.Pending(); err == nil && begun != nil && begun.Thread != nil {
		progress.thread = begun.Thread.ID
	}
	pending, err := plan.ResumeBulk(ctx, r.session.client.Bulk, r.state, r.options(deleteGuard{}, f), progress)
	if err == nil && pending != nil {
		r.app.forgetLive()
		r.app.note("the import that was begun at %s has ended; what it did is not sent again", pending.Started.Format(time.RFC3339))
	}
	return err
}

// dryRun shows the plan, and what would keep it from being carried out.
func (r *bulkRun) dryRun(ctx context.Context, job bulkJob) error {
	if err := r.notePending(); err != nil {
		return err
	}
	if err := r.compare(ctx, job.input); err != nil {
		return err
	}
	if r.plan.Empty() {
		r.app.note("%s", r.nothingToDo())
	}
	if err := r.mayBegin(r.guard(job.flags), job.flags); err != nil {
		e := explain(err)
		r.app.warn("this would be refused: %s; %s", e.Message, e.Hint)
	}
	if job.flags.report != "" || job.flags.junit != "" {
		r.app.note("a dry run writes no report: there is no result")
	}
	return r.printPlan(job.printer)
}

func (r *bulkRun) guard(f bulkWriteFlags) deleteGuard {
	g := newDeleteGuard(r.plan, f)
	g.canBeAsked = !f.yes && r.app.streams.Interactive()
	return g
}

// mayBegin refuses what must not or cannot be carried out. Nothing was sent yet.
func (r *bulkRun) mayBegin(guard deleteGuard, f bulkWriteFlags) error {
	if err := guard.check(); err != nil {
		return err
	}
	if imports := importsNeeded(r.plan, f.batchSize); f.noWait && imports > 1 {
		return usageError("leave --no-wait out", "nothing was sent: this takes %d imports, each of which is verified before the next; --no-wait ends after the first", imports)
	}
	return nil
}

// importsNeeded is how many uploads a plan takes: deletions travel in one of their own.
func importsNeeded(p *plan.BulkPlan, batchSize int) int {
	writes, deletes := len(p.Writes()), len(p.Deletes())
	imports := min(writes, 1)
	if batchSize > 0 {
		imports = (writes + batchSize - 1) / batchSize
	}
	return imports + min(deletes, 1)
}

func (r *bulkRun) nothingToDo() string {
	switch {
	case r.source == nil:
		return "nothing to do: no row was chosen"
	case r.source.made:
		return "nothing to do: " + counted(r.plan.Unchanged, "row") + " as asked"
	}
	return r.allAsWanted(r.plan.Unchanged + len(r.plan.Gone))
}

// allAsWanted says so of the rows of a file.
func (r *bulkRun) allAsWanted(rows int) string {
	switch {
	case len(r.plan.Losses) > 0:
		return "nothing to do: a file can bring back no more"
	case len(r.plan.Held) > 0:
		return "nothing to do: but for what is held back, all is as the file wants it"
	case rows == 0:
		return "nothing to do: the file has no rows"
	case rows == 1:
		return "nothing to do: the row is as the file wants it"
	}
	return fmt.Sprintf("nothing to do: all %d rows are as the file wants them", rows)
}

// agree shows the plan and asks, unless --yes.
func (r *bulkRun) agree(ctx context.Context, job bulkJob, guard deleteGuard) error {
	a := r.app
	text := bulkPlanText{plan: r.plan, views: r.views, most: maxShownChanges, all: job.all}
	if job.flags.yes {
		_ = text.write(a.planTo(a.remarks())) // who said yes beforehand need not be there to read it
		r.sayRemarks()
		return nil
	}
	if err := text.write(a.planTo(a.streams.Err)); err != nil {
		return err
	}
	r.sayRemarks()
	if guard.asks() {
		return guard.ask(ctx, a)
	}
	return a.confirm(ctx, "\nCarry it out?")
}

func (r *bulkRun) options(guard deleteGuard, f bulkWriteFlags) plan.ImportOptions {
	o := plan.ImportOptions{
		PEMColumn: f.pemColumn, BatchSize: f.batchSize, NoWait: f.noWait, WaitTimeout: f.waitTimeout, BackupTo: f.backup,
		Confirmed: guard.pending, MaxDeletes: guard.limit(), FirstPoll: r.session.firstPoll(),
	}
	if f.full {
		o.Full = r.writeFull
	}
	return o
}

// writeFull writes the whole file, without what is not to be sent.
func (r *bulkRun) writeFull(w io.Writer) error {
	file, err := r.source.open()
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return r.plan.WriteFullTSV(w, file)
}

func (r *bulkRun) apply(ctx context.Context, guard deleteGuard, f bulkWriteFlags) (plan.BulkResult, error) {
	progress := r.app.newBulkProgress()
	defer progress.close()
	defer r.app.forgetLive()
	return plan.ApplyBulk(ctx, r.session.client.Bulk, r.state, r.plan, r.options(guard, f), progress)
}

// refused reports that nothing was sent, and why.
func (r *bulkRun) refused(job bulkJob, err error) error {
	var result plan.BulkResult
	for _, c := range r.plan.Changes {
		result.Rows = append(result.Rows, plan.RowResult{Change: c, Outcome: plan.OutcomeNotStarted, Err: err})
	}
	if reported := r.report(job, result, err); reported != nil {
		r.app.warn("%v", reported)
	}
	return err
}

// end reports and prints how an import ended, and returns what that means for the exit status.
func (r *bulkRun) end(ctx context.Context, job bulkJob, result plan.BulkResult, err error) error {
	failed := r.outcome(ctx, job, result, err)
	problems := []error{r.report(job, result, err)}
	if err == nil || wasSent(result) {
		problems = append(problems, printBulkResult(job.printer, viewBulkResult(r.plan, result, r.isMade()), r.isMade()))
	}
	hidden := errors.Join(problems...)
	switch {
	case hidden == nil:
		return failed
	case failed != nil:
		r.app.warn("the result cannot be shown: %v", hidden)
		return failed
	}
	return &cliError{
		code: codeFailed, message: fmt.Sprintf("all was carried out, but the result cannot be shown: %v", hidden), cause: hidden,
		hint: "look with: " + job.all,
	}
}

// isMade reports whether the rows come from no file of the user's: gijctl made them, or there are none.
func (r *bulkRun) isMade() bool { return r.source == nil || r.source.made }

// wasSent reports whether anything of a plan reached the server, as far as anybody knows.
func wasSent(result plan.BulkResult) bool {
	for _, row := range result.Rows {
		if row.Outcome != plan.OutcomeNotStarted {
			return true
		}
	}
	return len(result.Threads) > 0
}

// outcome is the error of an import, nil where all is well.
func (r *bulkRun) outcome(ctx context.Context, job bulkJob, result plan.BulkResult, err error) error {
	if err == nil && job.flags.noWait && result.Running != 0 {
		r.app.note("import %d is running; to follow it: %s", result.Running, r.app.followCommand(result.Running))
		return nil
	}
	if err != nil && !wasSent(result) {
		return err
	}
	e := endings{
		of: fmt.Sprintf("of %s: ", counted(len(result.Rows), "row")), code: codePartial, all: r.rowEndings(result.Rows),
		hint: "the same command again is safe: it sends only what differs",
	}
	if len(result.Rows) == 0 {
		e.of = "there was nothing to send"
	}
	if err != nil {
		own := explain(err)
		e.of, e.code, e.hint = own.Message+"; "+e.of, own.Code, own.Hint
		failed := endingsError(ctx, e)
		failed.cause = err
		return failed
	}
	if !leftOver(e.all, result.Messages, r.plan.Losses) {
		return nil
	}
	if !leftOver(e.all, result.Messages, nil) {
		e.hint = "what a file cannot bring back is named in the warnings; the rest is as in the backup"
	}
	return withLeftOver(endingsError(ctx, e), result.Messages, r.plan.Losses)
}

// leftOver reports whether something is not as it was wanted.
func leftOver(all []ending, messages []string, losses []plan.Loss) bool {
	if len(messages)+len(losses) > 0 {
		return true
	}
	for _, e := range all {
		if e.outcome != plan.OutcomeVerified {
			return true
		}
	}
	return false
}

// withLeftOver adds what belongs to no row of an import.
func withLeftOver(e *cliError, messages []string, losses []plan.Loss) error {
	for _, message := range messages[:min(len(messages), maxProblems)] {
		e.details = append(e.details, render.Detail{Severity: "error", Code: codeFailed, Message: message, Remedy: "it belongs to no row that gijctl could tell"})
	}
	if len(messages) > 0 {
		e.message += fmt.Sprintf("; the server reported %s besides", counted(len(messages), "error"))
	}
	if len(losses) > 0 {
		e.message += fmt.Sprintf("; %s that the backup cannot undo", counted(len(losses), "change"))
	}
	return e
}

// rowEndings are how the rows ended. Those that were not begun are counted, and not listed.
func (r *bulkRun) rowEndings(results []plan.RowResult) []ending {
	all := make([]ending, len(results))
	for n, row := range results {
		v := viewBulkRow(row)
		all[n] = ending{id: v.ID, name: v.name(), outcome: row.Outcome, message: v.Message}
		if !r.isMade() {
			all[n].line = v.Line
		}
		if row.Outcome != plan.OutcomeNotStarted {
			all[n].err = row.Err
		}
	}
	return all
}
