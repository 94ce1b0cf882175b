package plan

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gijctl/gijctl/pkg/gij"
)

// GuardError means that more would be deleted, or done, than was agreed to.
type GuardError struct {
	Message string
	Advice  string
}

// Error returns what was not agreed to.
func (e *GuardError) Error() string { return e.Message }

// Code returns the stable word for this kind of error.
func (e *GuardError) Code() string { return "guard" }

// Hint returns the way to agree to it.
func (e *GuardError) Hint() string { return e.Advice }

// StillRunningError means that an import took longer than somebody wanted to wait. It goes on.
type StillRunningError struct {
	Thread int64 // 0 where the server's number of it is not known
	// Elsewhere says that it is the import of another command of this machine.
	Elsewhere bool
}

// Error says that it is still running.
func (e *StillRunningError) Error() string {
	if e.Elsewhere {
		return "the time to wait is over, and another command of this machine is still importing into this server; nothing was sent"
	}
	if e.Thread == 0 {
		return "the time to wait is over, and the server's configuration still changes"
	}
	return fmt.Sprintf("the time to wait is over, and import %d is still running", e.Thread)
}

// Code returns the stable word for this kind of error.
func (e *StillRunningError) Code() string { return "still_running" }

// Hint says how to go on.
func (e *StillRunningError) Hint() string { return resumeAdvice(e.Thread) }

func resumeAdvice(thread int64) string {
	if thread == 0 {
		return "the same command waits again, and then sends only what is missing"
	}
	return fmt.Sprintf("to wait for it: gijctl bulk status %d --wait; the same command picks it up too", thread)
}

// InterruptedError means that somebody stopped waiting for an import. It goes on.
type InterruptedError struct {
	Thread int64 // 0 where the server's number of it is not known
	// Between says that nothing is under way.
	Between bool
}

// Error says what goes on.
func (e *InterruptedError) Error() string {
	if e.Between {
		return "interrupted; the rows that are not started were not sent"
	}
	if e.Thread == 0 {
		return "interrupted; what was sent may still be under way on the server"
	}
	return fmt.Sprintf("interrupted; import %d goes on on the server", e.Thread)
}

// Code returns the stable word for this kind of error.
func (e *InterruptedError) Code() string { return "interrupted" }

// Hint says how to go on.
func (e *InterruptedError) Hint() string {
	if e.Between {
		return againAdvice
	}
	return resumeAdvice(e.Thread)
}

// Unwrap returns [context.Canceled].
func (e *InterruptedError) Unwrap() error { return context.Canceled }

// interruptedOr is err, in better words where it came of an interrupt.
func interruptedOr(ctx context.Context, err error, thread int64) error {
	if ctx.Err() == nil || errors.As(err, new(*StillRunningError)) {
		return err
	}
	return &InterruptedError{Thread: thread}
}

// checkConfirmed looks, before anything is sent, that all deletions are agreed to, with what goes with them.
func checkConfirmed(deletes []BulkChange, o ImportOptions) error {
	confirmed := map[int64]bool{}
	for _, id := range o.Confirmed {
		confirmed[id] = true
	}
	var missing []int64
	for _, c := range deletes {
		if !confirmed[c.ID] {
			missing = append(missing, c.ID)
		}
	}
	if len(missing) > 0 {
		return &GuardError{
			Message: "nothing was sent: the deletion of " + idList(missing) + " is not confirmed",
			Advice:  "confirm exactly the rows that the file marks: --confirm-delete " + commaList(deletes),
		}
	}
	return checkCount(len(deletable(deletes)), o.MaxDeletes, "nothing was sent")
}

func checkCount(count, most int, done string) error {
	if count <= most {
		return nil
	}
	return &GuardError{
		Message: fmt.Sprintf("%s: %d rows would be deleted, those that go with an integration included, and at most %d may be", done, count, most),
		Advice:  fmt.Sprintf("look at the list; if all of them may go: --max-deletes %d", count),
	}
}

// deletable are the rows that may be deleted: those of the plan, and those that are known to go with them.
func deletable(deletes []BulkChange) map[int64]bool {
	may := map[int64]bool{}
	for _, c := range deletes {
		may[c.ID] = true
		for _, id := range c.With {
			may[id] = true
		}
	}
	return may
}

// checkListed holds what the server would delete against what was agreed to. It may list what goes with an integration, or not.
func checkListed(listed []gij.BulkDelete, deletes []BulkChange, most int) error {
	may, seen := deletable(deletes), map[int64]bool{}
	var extra []gij.BulkDelete
	for _, d := range listed {
		seen[d.ID] = true
		if !may[d.ID] {
			extra = append(extra, d)
		}
	}
	if len(extra) > 0 {
		return extraError(extra)
	}
	var missing []int64
	for _, c := range deletes {
		if !seen[c.ID] {
			missing = append(missing, c.ID)
		}
	}
	if len(missing) > 0 {
		return &GuardError{
			Message: "nothing was deleted: the server does not list " + idList(missing) + " among what it would delete, although the file marks it",
			Advice:  "look at the row in Jira (Git > Manage integrations), and run the same command again",
		}
	}
	return checkCount(len(may), most, "nothing was deleted")
}

func extraError(extra []gij.BulkDelete) error {
	return &GuardError{
		Message: "nothing was deleted: the server would also delete " + nameList(extra),
		Advice:  "if these rows may go, mark them in the file and confirm them; if they are new, run the same command again to see a new plan",
	}
}

// nameList names rows that the server would delete, not too many.
func nameList(listed []gij.BulkDelete) string {
	const most = 10
	var parts []string
	for _, d := range listed[:min(len(listed), most)] {
		parts = append(parts, fmt.Sprintf("%d %q", d.ID, d.Description))
	}
	if more := len(listed) - most; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, ", ")
}

func commaList(changes []BulkChange) string {
	var parts []string
	for _, c := range changes {
		parts = append(parts, fmt.Sprint(c.ID))
	}
	return strings.Join(parts, ",")
}
