package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
)

// ending is how one of several changes ended.
type ending struct {
	id      int64
	name    string
	line    int // of the file that asked for it; 0 where there is none
	outcome plan.Outcome
	err     error  // nil where it went well
	message string // instead of the error's and its hint, where there is one
}

// endings are how all changes of a command ended.
type endings struct {
	of   string // what the counts are of: "of 3 integrations: "
	code string // of the error
	hint string
	all  []ending
}

func failures(all []ending) []ending {
	var failed []ending
	for _, e := range all {
		if e.err != nil {
			failed = append(failed, e)
		}
	}
	return failed
}

// endingsError is one error that names each change that did not succeed.
func endingsError(ctx context.Context, e endings) *cliError {
	failed := failures(e.all)
	err := &cliError{code: e.code, message: e.of + countOutcomes(e.all), hint: e.hint}
	if ctx.Err() != nil && !strings.HasPrefix(err.message, "interrupted") {
		err.message = "interrupted: " + err.message
	}
	for n, f := range failed {
		if n == maxProblems {
			err.message += fmt.Sprintf("; %d of them are not listed", len(failed)-n)
			break
		}
		err.details = append(err.details, f.detail())
	}
	if len(failed) > 0 {
		err.cause = failed[0].err
	}
	return err
}

func (e ending) detail() render.Detail {
	own := explain(e.err)
	d := render.Detail{Severity: "error", Code: own.Code, ID: e.id, Name: e.name, Line: e.line, Message: own.Message, Remedy: own.Hint}
	if e.message != "" {
		d.Message, d.Remedy = e.message, ""
	}
	if e.outcome == plan.OutcomeNotStarted {
		d.Message, d.Remedy = "not started", ""
	}
	return d
}

// countOutcomes counts how changes ended: "2 verified, 1 failed".
func countOutcomes(all []ending) string {
	count := map[plan.Outcome]int{}
	for _, e := range all {
		count[e.outcome]++
	}
	var parts []string
	for _, p := range []struct {
		outcome plan.Outcome
		words   string
	}{
		{plan.OutcomeVerified, "verified"},
		{plan.OutcomeUnchanged, "unchanged"},
		{plan.OutcomeFailed, "failed"},
		{plan.OutcomeUnverified, "unverified"},
		{plan.OutcomeUnknown, "unknown"},
		{plan.OutcomeNotStarted, "not started"},
	} {
		if n := count[p.outcome]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, p.words))
		}
	}
	return strings.Join(parts, ", ")
}
