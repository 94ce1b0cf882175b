package plan

import (
	"context"
	"fmt"

	"github.com/gijctl/gijctl/pkg/gij"
)

// remove deletes rows, in an import of its own. The server first says what it would delete, which is held against what was
// agreed to; then the same file is sent once more, with all of that confirmed.
func (a *applier) remove(ctx context.Context, places []int, afterWrites bool) error {
	if ctx.Err() != nil {
		return &InterruptedError{Between: true}
	}
	j, err := a.newJob(places, smallestFile)
	if err != nil {
		return err
	}
	if afterWrites {
		if err := moved(a.plan.Moved(j.changes, a.now), "nothing was deleted"); err != nil {
			return err
		}
		a.now = nil
	}
	a.progress.Step(fmt.Sprintf("asking what the deletion of %s would delete", countRows(len(places))))
	if err := a.state.begin(&j.intent); err != nil {
		return err
	}
	answer, err := a.post(ctx, j, nil)
	if err != nil {
		return a.refused(j, err)
	}
	if answer.Seen {
		return a.finish(ctx, j, answer)
	}
	listed := answer.ToDelete
	if answer.Thread != nil {
		gone, err := a.followUnconfirmed(ctx, j, answer.Thread)
		if gone || err != nil {
			return err
		}
		listed = marked(j.changes)
	}
	if err := checkListed(listed, j.changes, a.o.MaxDeletes); err != nil {
		return a.abandon(j, err)
	}
	return a.confirm(ctx, j, listed)
}

// marked are the rows that a file marks, for a server that does not list them.
func marked(changes []BulkChange) []gij.BulkDelete {
	var all []gij.BulkDelete
	for _, c := range changes {
		all = append(all, gij.BulkDelete{ID: c.ID, Description: c.Name})
	}
	return all
}

// followUnconfirmed waits for an import that the server began although nothing was confirmed. By the documentation it deletes
// nothing; if it did, there is nothing more to do.
func (a *applier) followUnconfirmed(ctx context.Context, j *job, thread *gij.BulkThread) (gone bool, err error) {
	a.began(j, thread)
	end, err := a.follow(ctx, j)
	if err == nil {
		a.now, err = a.readOnce(ctx, j, end)
	}
	if err != nil {
		err = interruptedOr(ctx, err, j.thread())
		a.set(j, OutcomeUnverified, unverifiedRow("it was sent, and not seen on the server since: "+reason(err), resumeAdvice(j.thread()), err))
		return false, err
	}
	if !hasNone(a.now, j.intent.Deletes) {
		return false, nil
	}
	a.result.Deleted = marked(j.changes)
	a.judge(j, end)
	return true, a.settle(j, end)
}

func (a *applier) readOnce(ctx context.Context, j *job, end ending) (*Snapshot, error) {
	if end.lost {
		return a.reader.untilSettled(ctx, j.thread(), j.intent.isMissing)
	}
	return a.reader.read(ctx)
}

// confirm sends the file once more, with the rows that the server listed.
func (a *applier) confirm(ctx context.Context, j *job, listed []gij.BulkDelete) error {
	if ctx.Err() != nil {
		return a.abandon(j, &InterruptedError{Between: true})
	}
	a.progress.Step("deleting " + countRows(len(listed)))
	if err := j.note(a.state, func(p *PendingImport) { p.Thread, p.Sent = nil, false }); err != nil {
		return err
	}
	var ids []int64
	for _, d := range listed {
		ids = append(ids, d.ID)
	}
	answer, err := a.post(ctx, j, ids)
	if err != nil {
		return a.refused(j, err)
	}
	if len(answer.ToDelete) > 0 {
		return a.abandon(j, askedAgain(answer.ToDelete, ids))
	}
	a.result.Deleted = listed
	return a.finish(ctx, j, answer)
}

// askedAgain is for a server that is not content with what was confirmed.
func askedAgain(listed []gij.BulkDelete, confirmed []int64) error {
	known := map[int64]bool{}
	for _, id := range confirmed {
		known[id] = true
	}
	var extra []gij.BulkDelete
	for _, d := range listed {
		if !known[d.ID] {
			extra = append(extra, d)
		}
	}
	if len(extra) > 0 {
		return extraError(extra)
	}
	return &GuardError{
		Message: "nothing was deleted: the server asks again to confirm " + nameList(listed) + ", which was confirmed",
		Advice:  "delete the rows in Jira (Git > Manage integrations), or look at the exchange with --trace",
	}
}
