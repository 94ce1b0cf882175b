package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	// After is the integration as the server has it now, nil where it is gone or could not be read; AfterRepository is the same of
	// a repository.
	After           *gij.Integration
	AfterRepository *gij.Repository
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
	return carryOut(ctx, integrations{s}, changes, 1, p)
}

// ApplyRepositories does for repositories what [Apply] does for integrations.
func ApplyRepositories(ctx context.Context, s RepositoryServer, changes []Change, p Progress) []Result {
	return carryOut(ctx, repositories{s}, changes, 1, p)
}

// applyInFull lets what is under way outlive an interrupt for a while.
func applyInFull(ctx context.Context, s objects, c Change, all *carrying) Result {
	inFlight, done := outlive(ctx, func() { all.interrupted(c, graceAfterInterrupt) })
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

func apply(ctx context.Context, s objects, c Change) Result {
	switch c.Action {
	case ActionCreate:
		return applyCreate(ctx, s, c)
	case ActionUpdate:
		return verify(ctx, s, c, applyUpdate(ctx, s, c))
	case ActionDelete:
		return settled(Result{Change: c}, s.Delete(ctx, c.ID, c.Delete))
	}
	return Result{Change: c, Outcome: OutcomeUnchanged, After: c.Before, AfterRepository: c.BeforeRepository}
}

func applyCreate(ctx context.Context, s objects, c Change) Result {
	id, isDisabled, err := s.create(ctx, c)
	if err != nil {
		return settled(Result{Change: c}, err)
	}
	c.ID = id
	if _, wanted := splitDisabled(c); wanted != nil && *wanted && !isDisabled {
		// A server that ignores "disabled" here is only documented for updates; its own endpoint works for both.
		err = s.setDisabled(ctx, id, true)
	}
	return verify(ctx, s, c, err)
}

func applyUpdate(ctx context.Context, s objects, c Change) error {
	rest, disabled := splitDisabled(c)
	if len(rest.Sent()) > 0 {
		if err := s.update(ctx, rest); err != nil {
			return err
		}
	}
	if disabled == nil {
		return nil
	}
	return s.setDisabled(ctx, c.ID, *disabled)
}

// verify reads the object back and holds it against what was sent. A refused login is not tried once more.
func verify(ctx context.Context, s objects, c Change, writeErr error) Result {
	r := Result{Change: c}
	if loginRefused(writeErr) {
		return settled(r, writeErr)
	}
	now, err := s.readBack(ctx, &r)
	if err != nil {
		if writeErr == nil {
			writeErr = unverified(c, err)
		}
		return settled(r, writeErr)
	}
	if writeErr != nil {
		return settled(r, writeErr)
	}
	r.NotShown = now.NotShown
	if len(now.Different) > 0 {
		return settled(r, notApplied(c, now))
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
		Kind: gij.KindUnknown, Op: fmt.Sprintf("%s %s %d", c.Action, c.Object, c.ID),
		Message: "the server answered success, but it could not be read afterwards: " + reason(err),
		Advice:  fmt.Sprintf("look with: gijctl %s list", c.Object), Err: err,
	}
}

func notApplied(c Change, now readBack) error {
	var parts []string
	for _, v := range c.Sent() {
		if slices.Contains(now.Different, v.Key) {
			has, _ := now.shown(v.Key)
			parts = append(parts, fmt.Sprintf("%s is %s, not %s", v.Key, Display(has), Display(v.Value)))
		}
	}
	return &gij.Error{
		Kind: gij.KindNotApplied, Op: fmt.Sprintf("%s %s %d", c.Action, c.Object, c.ID),
		Message: "the server answered success, but " + strings.Join(parts, "; "),
		Advice:  fmt.Sprintf("this version of GIJ may not accept the value; look at the %s in Jira (Git > Manage integrations)", c.Object),
	}
}

func reason(err error) string {
	var e *gij.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}
