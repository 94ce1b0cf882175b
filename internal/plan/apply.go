package plan

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gijctl/gijctl/pkg/gij"
)

// Outcome is how the carrying out of a change ended.
type Outcome string

const (
	OutcomeVerified   Outcome = "verified"    // done, and seen on the server
	OutcomeUnchanged  Outcome = "unchanged"   // there was nothing to do
	OutcomeFailed     Outcome = "failed"      // refused, or answered success and not done
	OutcomeUnknown    Outcome = "unknown"     // done or not, nobody can tell
	OutcomeUnverified Outcome = "unverified"  // sent, and the server was not read afterwards
	OutcomeNotStarted Outcome = "not_started" // nothing was sent for it
)

// Result is how one change ended.
type Result struct {
	Change  Change
	Outcome Outcome
	// After is the integration as the server has it now, nil where it is gone or could not be read.
	After *gij.Integration
	// NotShown are the fields that were sent and that the server never shows.
	NotShown []string
	Err      error
}

// Server is what applying needs of the integration API.
type Server interface {
	Get(context.Context, int64) (gij.Integration, error)
	Create(context.Context, gij.IntegrationSpec, []int64) (gij.Integration, error)
	Update(context.Context, int64, gij.IntegrationSpec) error
	SetDisabled(context.Context, int64, bool) (gij.Integration, error)
	Delete(context.Context, int64, gij.DeleteOptions) error
}

// Progress hears of each change before and after it is carried out, one call at a time.
type Progress interface {
	Start(c Change, number, total int)
	// Interrupted is called when ctx ends while c is under way; it is finished all the same, within the grace.
	Interrupted(c Change, grace time.Duration)
	Done(r Result)
}

// graceAfterInterrupt is how long a request that is under way may take when the person has pressed Ctrl-C.
const graceAfterInterrupt = 30 * time.Second

// Apply carries out the changes one after the other: the server re-indexes what is written, and is to be protected. A
// failure does not stop the others, unless they would fail for the same reason (a login that is refused). When ctx is
// done no further change is started, and the one under way is finished and reported.
func Apply(ctx context.Context, s Server, changes []Change, p Progress) []Result {
	results := make([]Result, 0, len(changes))
	var stop error
	for n, c := range changes {
		if stop == nil {
			stop = ctx.Err()
		}
		r := Result{Change: c, Outcome: OutcomeNotStarted, Err: stop}
		if stop == nil {
			p.Start(c, n+1, len(changes))
			r = applyInFull(ctx, s, c, p)
			p.Done(r)
		}
		if loginRefused(r.Err) {
			stop = r.Err // to go on would fail each time, and may lock the account
		}
		results = append(results, r)
	}
	return results
}

// applyInFull lets what is under way outlive an interrupt for a while.
func applyInFull(ctx context.Context, s Server, c Change, p Progress) Result {
	inFlight, done := outlive(ctx, func() { p.Interrupted(c, graceAfterInterrupt) })
	defer done()
	return apply(inFlight, s, c)
}

// outlive returns a context that goes on for the grace when ctx is done, which tell then tells. It ends with done, which returns once
// that is told.
func outlive(ctx context.Context, tell func()) (inFlight context.Context, done func()) {
	inFlight, cancel := context.WithCancel(context.WithoutCancel(ctx))
	told := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(told)
		time.AfterFunc(graceAfterInterrupt, cancel)
		tell()
	})
	return inFlight, func() {
		if !stop() {
			<-told
		}
		cancel()
	}
}

func apply(ctx context.Context, s Server, c Change) Result {
	switch c.Action {
	case ActionCreate:
		return applyCreate(ctx, s, c)
	case ActionUpdate:
		return verify(ctx, s, c, c.ID, applyUpdate(ctx, s, c))
	case ActionDelete:
		return settled(Result{Change: c}, s.Delete(ctx, c.ID, c.Delete))
	}
	return Result{Change: c, Outcome: OutcomeUnchanged, After: c.Before}
}

func applyCreate(ctx context.Context, s Server, c Change) Result {
	created, err := s.Create(ctx, c.Spec, c.Existing)
	if err != nil {
		return settled(Result{Change: c}, err)
	}
	c.ID = created.ID
	if wantsDisabled(c.Spec) && (created.Disabled == nil || !*created.Disabled) {
		// A server that ignores "disabled" here is only documented for updates; its own endpoint works for both.
		_, err = s.SetDisabled(ctx, created.ID, true)
	}
	return verify(ctx, s, c, created.ID, err)
}

func wantsDisabled(spec gij.IntegrationSpec) bool { return spec.Disabled != nil && *spec.Disabled }

func applyUpdate(ctx context.Context, s Server, c Change) error {
	rest, disabled := splitDisabled(c.Spec)
	if !rest.IsEmpty() {
		if err := s.Update(ctx, c.ID, rest); err != nil {
			return err
		}
	}
	if disabled == nil {
		return nil
	}
	_, err := s.SetDisabled(ctx, c.ID, *disabled)
	return err
}

// verify reads the integration back and holds it against what was sent. A refused login is not tried once more.
func verify(ctx context.Context, s Server, c Change, id int64, writeErr error) Result {
	r := Result{Change: c}
	if loginRefused(writeErr) {
		return settled(r, writeErr)
	}
	now, err := s.Get(ctx, id)
	if err != nil {
		if writeErr == nil {
			writeErr = unverified(c, err)
		}
		return settled(r, writeErr)
	}
	r.After = &now
	if writeErr != nil {
		return settled(r, writeErr)
	}
	compared := now.Compare(c.Spec)
	r.NotShown = compared.NotShown
	if len(compared.Different) > 0 {
		return settled(r, notApplied(c, now, compared.Different))
	}
	return settled(r, nil)
}

// loginRefused finds a refused login also behind the error that it led to.
func loginRefused(err error) bool {
	for e := (*gij.Error)(nil); errors.As(err, &e); err = e.Err {
		if e.Kind == gij.KindAuth {
			return true
		}
	}
	return false
}

func settled(r Result, err error) Result {
	r.Err = err
	switch {
	case err == nil:
		r.Outcome = OutcomeVerified
	case gij.IsKind(err, gij.KindUnknown):
		r.Outcome = OutcomeUnknown
	default:
		r.Outcome = OutcomeFailed
	}
	return r
}

func unverified(c Change, err error) error {
	return &gij.Error{
		Kind: gij.KindUnknown, Op: fmt.Sprintf("%s integration %d", c.Action, c.ID),
		Message: "the server answered success, but it could not be read afterwards: " + reason(err),
		Advice:  "look with: gijctl integration list", Err: err,
	}
}

func notApplied(c Change, now gij.Integration, keys []string) error {
	parts := make([]string, len(keys))
	for n, key := range keys {
		has, _ := now.Shown(key)
		only := c.Spec.Only(key)
		parts[n] = fmt.Sprintf("%s is %s, not %s", key, Display(has), Display(only.Values()[0].Value))
	}
	return &gij.Error{
		Kind: gij.KindNotApplied, Op: fmt.Sprintf("%s integration %d", c.Action, c.ID),
		Message: "the server answered success, but " + strings.Join(parts, "; "),
		Advice:  "this version of GIJ may not accept the value; look at the integration in Jira (Git > Manage integrations)",
	}
}

func reason(err error) string {
	var e *gij.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}
