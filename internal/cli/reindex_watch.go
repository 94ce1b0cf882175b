package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/term"
)

// indexProgress tells how far indexes are. It implements [plan.IndexProgress].
type indexProgress struct {
	line *term.Progress
	last map[int]string // what was said of each
	many int
	done int
}

func (a *app) newIndexProgress(many int) *indexProgress {
	return &indexProgress{line: a.newProgress(false), last: map[int]string{}, many: many}
}

// Asked implements [plan.IndexProgress].
func (p *indexProgress) Asked(n int, w plan.IndexWatch, r plan.IndexReport) {
	text := "indexing " + w.Name + ": " + indexText(r)
	if p.last[n] == text {
		return // a log need not have it for each question
	}
	p.last[n] = text
	if r.Done {
		p.done++
	}
	if p.many > 1 {
		p.line.Count(min(p.done+1, p.many), p.many)
	}
	p.line.Step("%s", text)
}

// indexText is how an index stands, in a few words.
func indexText(r plan.IndexReport) string {
	errs := counted(len(r.Status.Errors), "error")
	switch {
	case r.Err != nil:
		return "unknown: " + explain(r.Err).Message
	case r.Done && len(r.Status.Errors) == 0 && r.Reason == "":
		return "done"
	case r.Done && r.Reason == "":
		return "ended with " + errs
	case r.Reason != "":
		return r.Reason
	}
	text := "under way"
	if r.Status.Percent != nil {
		text = fmt.Sprintf("%.0f %%", *r.Status.Percent)
	}
	for _, m := range indexEntries(r.Status.Messages, false) {
		if m.Percent == nil || *m.Percent < 100 {
			return text + ", " + m.text()
		}
	}
	return text
}

// watch waits for indexes, and shows how far they are.
func (a *app) watch(ctx context.Context, s *session, w waitFlags, watches []plan.IndexWatch) ([]plan.IndexReport, error) {
	progress := a.newIndexProgress(len(watches))
	defer progress.line.Close()
	defer a.forgetLive()
	return plan.WatchIndexes(ctx, watches, plan.WatchOptions{WaitTimeout: w.timeout, FirstPoll: s.firstPoll()}, progress)
}

// watchError turns the end of a wait into the error of a command. how says how to go on waiting.
func watchError(err error, how string, details []render.Detail) error {
	var still *plan.StillIndexingError
	switch {
	case errors.As(err, &still):
		return &cliError{code: codeStillRunning, message: still.Error(), hint: "to go on waiting: " + how, details: details, cause: err}
	case err != nil && errors.Is(err, context.Canceled):
		return &cliError{code: codeInterrupted, message: "interrupted; the server goes on indexing", hint: "to wait for it: " + how, cause: err}
	}
	return err
}
