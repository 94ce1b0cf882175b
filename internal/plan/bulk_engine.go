package plan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/internal/atomicfile"
	"github.com/gijctl/gijctl/pkg/gij"
)

// applier carries out one plan.
type applier struct {
	server   BulkServer
	state    *BulkState
	plan     *BulkPlan
	o        ImportOptions
	progress BulkProgress
	reader   *exportReader
	result   BulkResult
	now      *Snapshot // the newest export
	stopped  string    // why rows were not started, where no error says it
}

func newApplier(s BulkServer, state *BulkState, plan *BulkPlan, o ImportOptions, p BulkProgress) *applier {
	a := &applier{
		server: maskSecrets(s, plan.Changes), state: state, plan: plan, o: o, progress: p, reader: &exportReader{server: s, state: state, o: o},
		result: BulkResult{Rows: make([]RowResult, len(plan.Changes))},
	}
	for i, c := range plan.Changes {
		a.result.Rows[i] = RowResult{Change: c, ID: c.ID, Outcome: OutcomeNotStarted}
	}
	return a
}

func (a *applier) run(ctx context.Context) error {
	if a.plan.Empty() {
		return nil
	}
	batches, deletes := a.split()
	if err := a.check(len(batches), len(deletes)); err != nil {
		return err
	}
	unlock, err := a.state.lockImports()
	if errors.Is(err, errLocked) {
		return a.state.busyError()
	}
	if err != nil {
		return err
	}
	defer unlock()
	if err := a.saveBackup(ctx); err != nil {
		return err
	}
	defer func() { _ = a.state.pruneBackups() }() // the new one is safe; old ones that stay do no harm
	if err := moved(a.plan.Moved(a.plan.Changes, a.now), "nothing was sent"); err != nil {
		return err
	}
	a.now = nil // it is saved, and takes as much room as it has bytes
	for n, places := range batches {
		if ctx.Err() != nil {
			return &InterruptedError{Between: true}
		}
		a.progress.Step(stepOf(n, len(batches), len(places)))
		if err := a.write(ctx, places); err != nil || a.result.Running != 0 {
			return err
		}
		if a.stopped != "" {
			return nil
		}
	}
	if len(deletes) == 0 {
		return nil
	}
	return a.remove(ctx, deletes, len(batches) > 0)
}

func stepOf(n, batches, rows int) string {
	if batches == 1 {
		return "sending " + countRows(rows)
	}
	return fmt.Sprintf("sending %s, import %d of %d", countRows(rows), n+1, batches)
}

func countRows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

// split makes imports of the plan: batches of rows that are written, and the deletions. They are places in the plan. Rows that are
// added come last: to clone one may take long, and what is changed before shows that the import arrived.
func (a *applier) split() (batches [][]int, deletes []int) {
	size := a.o.BatchSize
	if size <= 0 || a.o.Full != nil {
		size = len(a.plan.Changes)
	}
	var updates, creates []int
	for place, c := range a.plan.Changes {
		switch c.Action {
		case ActionDelete:
			deletes = append(deletes, place)
		case ActionCreate:
			creates = append(creates, place)
		case ActionUpdate, ActionNone:
			updates = append(updates, place)
		}
	}
	return slices.Collect(slices.Chunk(append(updates, creates...), max(size, 1))), deletes
}

// check finds what keeps the plan from being carried out, before anything is sent.
func (a *applier) check(batches, deletes int) error {
	if err := a.state.Err(); err != nil {
		return err
	}
	imports := batches
	if deletes > 0 {
		imports++
	}
	if a.o.NoWait && imports > 1 {
		return &GuardError{
			Message: fmt.Sprintf("nothing was sent: the plan is %d imports, and each waits for the end of the one before", imports),
			Advice:  "leave out --no-wait; or import the deletions with a file of their own, and without --batch-size",
		}
	}
	if a.o.BackupTo == "" && a.state == nil {
		return errors.New("nothing was sent: there is no state folder to save the configuration to; name a file for it")
	}
	return checkConfirmed(a.plan.Deletes(), a.o)
}

// saveBackup saves the configuration as the server sends it, and reads it on the way.
func (a *applier) saveBackup(ctx context.Context) error {
	a.progress.Step("saving the configuration")
	path := a.o.BackupTo
	if path == "" {
		path = a.state.BackupPath()
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("find the place of the backup: %w", err)
	}
	body, err := a.server.Export(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	if err := atomicfile.WriteFrom(path, func(w io.Writer) error { return a.readInto(w, body) }); err != nil {
		return fmt.Errorf("nothing was sent: save the configuration: %w", err)
	}
	a.result.Backup = path
	a.progress.Backup(path)
	return noteSecrets(a.now, a.state)
}

func (a *applier) readInto(w io.Writer, body io.Reader) error {
	var err error
	if a.now, err = ReadSnapshot(io.TeeReader(body, w), a.o.PEMColumn); err != nil {
		return err
	}
	_, err = io.Copy(w, body) // what a reader leaves after the last row
	return err
}

// moved makes a conflict of what somebody else changed since the plan was made.
func moved(what []string, done string) error {
	if len(what) == 0 {
		return nil
	}
	const most = 5
	message := strings.Join(what[:min(len(what), most)], "; ")
	if more := len(what) - most; more > 0 {
		message += fmt.Sprintf("; and %d more", more)
	}
	return &ConflictError{
		Message: done + ": the server changed since the plan was made: " + message,
		Advice:  "run the same command again to see a new plan",
	}
}

// write adds and changes the rows of one import.
func (a *applier) write(ctx context.Context, places []int) error {
	file := smallestFile
	if a.o.Full != nil {
		file = func([]BulkChange) (bulkFile, error) { return wholeFile(a.o.Full) }
	}
	j, err := a.newJob(places, file)
	if err != nil {
		return err
	}
	if err := a.state.noteTyped(j.changes); err != nil {
		return err
	}
	if err := a.state.begin(&j.intent); err != nil {
		return err
	}
	answer, err := a.post(ctx, j, nil)
	if err != nil {
		return a.refused(j, err)
	}
	if len(answer.ToDelete) > 0 {
		return a.abandon(j, extraError(answer.ToDelete))
	}
	return a.finish(ctx, j, answer)
}

// refused reports rows whose file the server did not take, or about which nothing is known. What may be under way stays written down.
func (a *applier) refused(j *job, err error) error {
	if gij.IsKind(err, gij.KindUnknown) {
		a.set(j, OutcomeUnknown, err)
		a.note(j, func(p *PendingImport) { p.Doubted = true })
		return err
	}
	a.set(j, OutcomeFailed, err)
	return a.abandon(j, err)
}

// abandon forgets an import that the server did not begin.
func (a *applier) abandon(j *job, why error) error {
	if err := a.state.end(&j.intent); err != nil {
		return fmt.Errorf("%w (and %w)", why, err)
	}
	return why
}

// set gives all rows of an import the same outcome.
func (a *applier) set(j *job, outcome Outcome, err error) {
	for _, place := range j.places {
		a.result.Rows[place].Outcome, a.result.Rows[place].Err = outcome, err
	}
}

// finish follows an import that was begun to its end, and sees what came of it.
func (a *applier) finish(ctx context.Context, j *job, answer gij.BulkAnswer) error {
	if answer.Thread != nil {
		a.began(j, answer.Thread)
	}
	if a.o.NoWait && answer.Thread != nil {
		a.result.Running = answer.Thread.ID
		a.set(j, OutcomeUnverified, unverifiedRow("it was sent, and not waited for", resumeAdvice(answer.Thread.ID), nil))
		return nil
	}
	end, err := a.follow(ctx, j)
	if err == nil {
		err = a.readBack(ctx, j, end)
	}
	if err != nil {
		err = interruptedOr(ctx, err, j.thread())
		a.set(j, OutcomeUnverified, unverifiedRow("it was sent, and not seen on the server since: "+reason(err), resumeAdvice(j.thread()), err))
		return err
	}
	a.judge(j, end)
	return a.settle(j, end)
}

// began writes down which import of the server's it is.
func (a *applier) began(j *job, thread *gij.BulkThread) {
	a.result.Threads = append(a.result.Threads, thread.ID)
	a.progress.Started(thread.ID)
	a.note(j, func(p *PendingImport) { p.Thread = thread })
}

// note writes down what was heard of an import. Where that fails, only the way back to it after a crash is lost.
func (a *applier) note(j *job, what func(*PendingImport)) {
	if err := j.note(a.state, what); err != nil {
		a.progress.Say(fmt.Sprintf("what is known of the import could not be saved: %v", err))
	}
}

// follow waits for the end of an import. One that the server does not know any more may have ended, or been ended.
func (a *applier) follow(ctx context.Context, j *job) (ending, error) {
	if j.intent.Thread == nil {
		a.progress.Say("the server's answer was lost, and the import is seen on the server: waiting until its configuration stays the same")
		return ending{lost: true}, nil
	}
	return followToEnd(ctx, a.server, a.o, errorNoter{a.progress, func() { a.noteErrors(j) }}, *j.intent.Thread)
}

// noteErrors writes down that an import's log has errors: a server may tell each of them once only.
func (a *applier) noteErrors(j *job) {
	if j.intent.Failed {
		return
	}
	a.note(j, func(p *PendingImport) { p.Failed = true })
}

// readBack reads the server when an import is over. Rows that are to go may take a while.
func (a *applier) readBack(ctx context.Context, j *job, end ending) (err error) {
	a.progress.Step("reading the configuration")
	a.now = nil // two exports take twice the room
	if end.lost {
		if a.now, err = a.reader.untilSettled(ctx, j.thread(), j.intent.isMissing); err != nil || j.intent.Deletes == nil {
			return err
		}
	}
	if j.intent.Deletes == nil {
		a.now, err = a.reader.read(ctx)
		return err
	}
	a.now, err = a.reader.untilGone(ctx, func(now *Snapshot) bool { return hasNone(now, j.intent.Deletes) })
	return err
}

func hasNone(now *Snapshot, ids []int64) bool {
	for _, id := range ids {
		if now.Has(id) {
			return false
		}
	}
	return true
}

// settle remembers what was sent and is not shown, and forgets the import, unless it may still be about to add rows.
func (a *applier) settle(j *job, end ending) error {
	if a.state == nil {
		return nil
	}
	var results []RowResult
	for _, place := range j.places {
		results = append(results, a.result.Rows[place])
	}
	if err := a.state.remember(Secrets(results, a.now, a.state)); err != nil {
		return err
	}
	if end.lost && j.intent.isMissing(a.now) {
		a.note(j, func(p *PendingImport) { p.Doubted = true })
		return nil
	}
	return a.state.end(&j.intent)
}

// explainNotStarted gives rows that were not sent the reason.
func (a *applier) explainNotStarted(err error) {
	for i := range a.result.Rows {
		r := &a.result.Rows[i]
		if r.Outcome != OutcomeNotStarted || r.Err != nil {
			continue
		}
		if r.Err = err; err == nil {
			r.Err = &gij.Error{
				Kind: gij.KindFailed, Op: fmt.Sprintf("%s %s", r.Change.Action, r.Change.label()), Message: "it was not sent: " + a.stopped,
				Advice: "mend what failed, and run the same command again: it sends only what is missing",
			}
		}
	}
}
