package cli

import (
	"context"
	"errors"
	"net"
	"net/url"
	"time"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

const (
	gitHubFirstPoll = time.Second
	gitHubLastPoll  = 10 * time.Second
	// nearLastPoll is the longest pause where the host is on this machine, so that there is nobody to be spared.
	nearLastPoll = 250 * time.Millisecond
	// maxUnanswered is how often in a row a host may fail to answer while something is waited for.
	maxUnanswered = 5
)

// errWaitOver means that the time to wait is over.
var errWaitOver = errors.New("the time to wait is over")

// gitHubWait waits for what a person does in a browser: it asks, pauses, and asks again.
type gitHubWait struct {
	timeout     time.Duration // 0 is no limit
	first, last time.Duration // pauses
	pause       func(context.Context, time.Duration) error
	unanswered  func(error) // hears of a question that was not answered, while it goes on
}

func waitFor(h githubapp.Host, timeout time.Duration) gitHubWait {
	w := gitHubWait{timeout: timeout, first: gitHubFirstPoll, last: gitHubLastPoll, pause: pause, unanswered: func(error) {}}
	if u, err := url.Parse(h.Web()); err == nil {
		if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsLoopback() {
			w.first, w.last = nearFirstPoll, nearLastPoll
		}
	}
	return w
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// until asks until the answer is yes or an error. The end of the wait is [errWaitOver]. A host that does not answer is asked again:
// a person may take an hour, in which a network may fail for a minute.
func (w gitHubWait) until(ctx context.Context, ask func(context.Context) (bool, error)) error {
	waiting := ctx
	if w.timeout > 0 {
		var cancel context.CancelFunc
		waiting, cancel = context.WithTimeoutCause(ctx, w.timeout, errWaitOver)
		defer cancel()
	}
	unanswered := 0
	for next := w.first; ; next = min(next*3/2, w.last) {
		done, err := ask(ctx)
		switch {
		case err == nil && done:
			return nil
		case err == nil:
			unanswered = 0
		case !githubapp.IsKind(err, githubapp.KindFailed) || ctx.Err() != nil || unanswered == maxUnanswered:
			return err
		default:
			unanswered++
			w.unanswered(err)
		}
		if err := w.pause(waiting, next); err != nil {
			return err
		}
	}
}

// waitEnded turns the end of a wait into the error of a command. what did not happen, and how says how to go on.
func waitEnded(err error, what, how string) error {
	switch {
	case errors.Is(err, errWaitOver):
		return &cliError{code: codeStillRunning, message: "the time to wait is over, and " + what, hint: how, cause: err}
	case errors.Is(err, context.Canceled):
		return &cliError{code: codeInterrupted, message: "interrupted; " + what, hint: how, cause: err}
	}
	return err
}
