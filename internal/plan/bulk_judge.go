package plan

import (
	"errors"
	"fmt"

	"github.com/gijctl/gijctl/pkg/gij"
)

// judge says of each row of an import how it ended: what the server shows now, and what it said meanwhile.
func (a *applier) judge(j *job, end ending) {
	said, rest := attribute(end.entries, rowNames(j.changes))
	a.result.Messages = append(a.result.Messages, rest...)
	for i, r := range a.plan.Verify(j.changes, a.now) {
		r.Message = said[i]
		a.result.Rows[j.places[i]] = a.judgeRow(r, end, len(rest) > 0)
		if a.result.Rows[j.places[i]].Outcome != OutcomeVerified {
			a.stopped = "a row of an import before it failed, or could not be verified"
		}
	}
	if len(rest) > 0 && a.stopped == "" {
		a.stopped = "an import before it ended with errors"
	}
}

func (a *applier) judgeRow(r RowResult, end ending, unclear bool) RowResult {
	seen := r.Outcome == OutcomeVerified
	switch {
	case seen && r.Message != "" && r.Change.Action != ActionDelete:
		return r.because(OutcomeFailed, gij.KindNotApplied, "the server shows what was sent, and reported an error: "+r.Message, mendAdvice)
	case seen && end.lost && !evident(r.Change, a.now):
		return r.because(OutcomeUnverified, gij.KindUnknown, "the server does not show what was sent, and did not tell the end of the import", againAdvice)
	case seen && unclear && len(r.NotShown) > 0:
		return r.because(OutcomeUnverified, gij.KindUnknown, "the server does not show what was sent, and reported an error that names no row", againAdvice)
	case seen:
		return r
	case r.Message != "":
		return r.because(OutcomeFailed, gij.KindNotApplied, reason(r.Err)+"; the server said: "+r.Message, mendAdvice)
	case end.lost && r.Change.Action == ActionCreate && r.ID == 0:
		return r.because(OutcomeUnverified, gij.KindUnknown, reason(r.Err)+", and the server did not tell the end of the import, so it may still come", doubtAdvice)
	case end.lost:
		return r.because(OutcomeUnverified, gij.KindUnknown, reason(r.Err)+", and the server did not tell the end of the import", againAdvice)
	}
	return r
}

const (
	mendAdvice  = "mend what the server complains about, and run the same command again: it sends only what is missing"
	againAdvice = "run the same command again: it reads what the server has, and sends only what is missing"
)

func (r RowResult) because(outcome Outcome, kind gij.Kind, message, advice string) RowResult {
	r.Outcome = outcome
	r.Err = &gij.Error{Kind: kind, Op: fmt.Sprintf("%s %s", r.Change.Action, r.Change.label()), Message: message, Advice: advice, Err: cause(r.Err)}
	return r
}

// cause is what stands behind an error that is told in other words.
func cause(err error) error {
	if err == nil {
		return nil
	}
	return errors.Unwrap(err)
}

// unverifiedRow is the error of rows that were sent and not seen since.
func unverifiedRow(message, advice string, err error) error {
	return &gij.Error{Kind: gij.KindUnknown, Op: "verify the import", Message: message, Advice: advice, Err: err}
}
