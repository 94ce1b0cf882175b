package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

// showPlan is the end of a dry run.
func (r *rotation) showPlan() error {
	if r.plan.Empty() {
		r.app.note("%s", r.nothingToDo())
	}
	return r.printPlan(r.printer)
}

func (r *rotation) nothingToDo() string {
	if r.now.is(r.newKey) {
		return fmt.Sprintf("nothing to do: GIJ has the key %s already; if you meant a newer one, give its file", r.newKey.fingerprint())
	}
	return fmt.Sprintf("nothing to do: this machine sent GIJ the key %s, which GIJ does not show, and what it shows instead is the same since", r.newKey.fingerprint())
}

// carryOut imports the row, if there is anything to import, and does what follows. A run that was cut off is picked up here.
func (r *rotation) carryOut(ctx context.Context) error {
	sent, failed := r.importRow(ctx)
	if failed != nil && !sent {
		return failed
	}
	if failed == nil {
		failed = r.finish(ctx)
	}
	if failed != nil {
		r.view.Message = explain(failed).Message
	}
	if err := r.print(); err != nil {
		if failed == nil {
			return fmt.Errorf("the key is rotated, but the result cannot be shown: %w", err)
		}
		r.app.warn("the result cannot be shown: %v", err)
	}
	return failed
}

// importRow imports the key. sent says that something reached the server, as far as anybody knows.
func (r *rotation) importRow(ctx context.Context) (sent bool, failed error) {
	job := bulkJob{verb: "rotate-key", flags: r.options.write, printer: r.printer, all: "the same command with --dry-run"}
	if r.plan.Empty() {
		r.sayRemarks()
		r.app.note("%s", r.nothingToDo())
		r.unchanged()
		return true, nil
	}
	guard := r.guard(job.flags)
	if err := r.agree(ctx, job, guard); err != nil {
		return false, err
	}
	result, err := r.apply(ctx, guard, job.flags)
	r.took(result)
	return wasSent(result), r.outcome(ctx, job, result, err)
}

// finish does what comes after the import: the evidence of an index, what this machine keeps, the end of the old key, the file.
func (r *rotation) finish(ctx context.Context) error {
	if r.options.reindex {
		if err := r.index(ctx); err != nil {
			return err
		}
	}
	if err := r.keep(); err != nil {
		return err
	}
	r.sayVerified()
	if err := r.awaitDeletion(ctx); err != nil {
		return err
	}
	if err := r.keep(); err != nil { // without the old key
		return err
	}
	if r.options.reindex && !r.isSeen() && r.isRevoked() {
		if err := r.index(ctx); err != nil {
			return err
		}
		r.sayVerified()
	}
	return r.removeFile(ctx)
}

// index has the integration indexed, and takes its end for evidence that GIJ can use the key.
func (r *rotation) index(ctx context.Context) error {
	target := indexTarget{id: r.row.ID, name: r.row.DisplayName, origin: r.row.Origin, disabled: r.row.Disabled}
	run := &reindexRun{app: r.app, session: r.session, options: reindexStartOptions{
		words: []string{r.options.word}, waiting: waitFlags{wait: true, timeout: r.options.write.waitTimeout},
	}}
	run.start(ctx, []indexTarget{target})
	if run.stopped == nil {
		run.follow(ctx)
	}
	v := run.views[0]
	r.view.Index = v.Result
	err := run.err(ctx)
	if err == nil {
		if v.Result == indexFinished && v.Reason == "" {
			r.verifiedBy(r.indexEvidence())
		} else {
			r.app.warn("the index is no evidence: %s", v.Reason)
		}
		return nil
	}
	own := explain(err)
	e := &cliError{code: own.Code, message: "the key was imported, and GIJ's index with it did not end well: " + own.Message, hint: own.Hint, details: own.Details, cause: err}
	switch {
	case own.Code != codePartial:
	case r.isRevoked():
		e.hint = "GitHub refuses the old key already: make one more key on " + r.deletePage() + " and rotate to that one; look at the integration in Jira too"
	default:
		e.hint = "do not delete the old key yet; to go back, run the same command with the old key's file"
		if r.view.Backup != "" && r.now.isKnown() {
			e.hint += ", or: gijctl bulk restore " + r.view.Backup
		}
	}
	return e
}

// The words for what shows that the key is in its place.
const (
	byGitHub    = "github"
	byExport    = "export"
	byIndex     = "index"
	byIndexOnly = "indexWithoutOldKey"
)

// indexEvidence says what an index shows: while GitHub takes both keys, only that the one which GIJ has is a good one.
func (r *rotation) indexEvidence() string {
	if r.isRevoked() {
		return byIndexOnly
	}
	return byIndex
}

func (r *rotation) isRevoked() bool { return r.view.OldKeyRevoked != nil && *r.view.OldKeyRevoked }

// isSeen reports whether it was seen that GIJ has this key, and no other.
func (r *rotation) isSeen() bool {
	return slices.Contains(r.view.VerifiedBy, byExport) || slices.Contains(r.view.VerifiedBy, byIndexOnly)
}

func (r *rotation) sayVerified() {
	switch {
	case r.now.is(r.newKey): // that there was nothing to do is said
	case slices.Contains(r.view.VerifiedBy, byExport):
		r.app.note("GIJ has the new key %s: read back", r.newKey.fingerprint())
	case slices.Contains(r.view.VerifiedBy, byIndexOnly):
		r.app.note("GIJ does not show keys, but its index had no error, and GitHub refuses the old key: GIJ has the new one")
	case slices.Contains(r.view.VerifiedBy, byIndex):
		r.app.note("GIJ does not show keys; its import and its index had no error, so the key that it has is a good one. " +
			"Which one that is, an index shows when the old one is deleted")
	default:
		r.app.note("GIJ does not show keys, so nothing but an index shows that it has a good one: before you delete the old one, add --reindex")
	}
}

// awaitDeletion names the key that is to go, and waits for its end where that was asked for.
func (r *rotation) awaitDeletion(ctx context.Context) error {
	page := r.deletePage()
	switch {
	case !r.old.isKnown() && r.view.Outcome == plan.OutcomeUnchanged: // perhaps it is no new key at all
		return nil
	case !r.old.isKnown():
		r.app.note("delete the old key on %s; GIJ does not show which it is: not %s, which is the new one", page, r.newKey.fingerprint())
		return nil
	case r.isRevoked():
		r.app.note("GitHub refuses the old key %s already", r.old.fingerprint())
		return nil
	}
	r.app.note("delete the old key %s on %s", r.old.fingerprint(), page)
	if !r.options.waitRevoked {
		return nil
	}
	if r.app.wantsJSON() { // remarks come at the end, and without the page nobody can go on
		r.app.say(page)
	}
	r.app.note("waiting until GitHub refuses it")
	done, err := plan.Poll(ctx, plan.PollOptions{Timeout: r.options.write.waitTimeout, First: r.session.firstPoll()}, r.isDeleted())
	switch {
	case done:
		r.revoked(true)
		r.app.note("GitHub refuses the old key %s, and takes the new one: done", r.old.fingerprint())
		return nil
	case err != nil && ctx.Err() != nil:
		return &cliError{
			code: codeInterrupted, message: "interrupted; the key is rotated, and GitHub still takes the old key " + r.old.fingerprint(),
			hint: "to go on waiting, run the same command again; the page is " + page, cause: err,
		}
	case err != nil:
		return err
	}
	return &cliError{
		code: codeStillRunning, message: "the key is rotated, but the time to wait is over, and GitHub still takes the old key " + r.old.fingerprint(),
		hint: "delete it on " + page + ", and to go on waiting run the same command again",
	}
}

// isDeleted asks with the old key. That it is refused proves something only if the new one is not.
func (r *rotation) isDeleted() func(context.Context) (bool, error) {
	failed := 0
	return func(ctx context.Context) (bool, error) {
		_, err := r.ask(ctx, r.old)
		switch {
		case err == nil:
			failed = 0
			return false, nil
		case !githubapp.IsKind(err, githubapp.KindAuth):
			if failed++; failed < maxFailedAsks && ctx.Err() == nil {
				return false, nil
			}
			return false, fmt.Errorf("the key is rotated, but GitHub does not say whether it still takes the old one: %w", err)
		}
		if _, err := r.ask(ctx, r.newKey); err != nil {
			return false, &cliError{
				code: codePartial, message: "GitHub refuses the old key, but the new one too: " + explain(err).Message,
				hint: "look whether the right key was deleted: " + r.deletePage(),
			}
		}
		return true, nil
	}
}

// maxFailedAsks is how many questions in a row may fail, each of which the client repeats by itself.
const maxFailedAsks = 5

// removeFile removes the file of the new key, when GIJ is seen to have it and somebody wants that.
func (r *rotation) removeFile(ctx context.Context) error {
	info, err := os.Lstat(r.file)
	asks := !r.options.write.yes && r.app.streams.Interactive()
	switch {
	case r.file == "-", !r.options.remove && !asks, errors.Is(err, os.ErrNotExist):
		return nil
	case !r.isSeen():
		if r.options.remove {
			r.app.warn("%s is kept: nothing shows yet that GIJ has this key; an index shows it when the old key is deleted: --reindex --wait-revoked", r.file)
		}
		return nil
	case err == nil && !info.Mode().IsRegular():
		r.app.warn("%s is kept: it is no regular file", r.file)
		return nil
	case !r.options.remove:
		yes, err := r.app.streams.Confirm(ctx, fmt.Sprintf("\nGIJ has the key. Remove the file %s?", r.file))
		if err != nil || !yes {
			r.app.note("%s is kept", r.file)
			return nil
		}
	}
	if err := os.Remove(r.file); err != nil {
		return &cliError{code: codeFailed, message: fmt.Sprintf("the key is rotated, but its file is still there: %v", err), hint: "remove it by hand", cause: err}
	}
	r.view.FileRemoved = true
	r.app.note("removed %s", r.file)
	return nil
}
