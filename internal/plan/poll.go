package plan

import (
	"context"
	"errors"
	"time"
)

// PollOptions say how to wait for something.
type PollOptions struct {
	Timeout time.Duration // 0 is without limit
	First   time.Duration // the first pause; each is longer than the one before; 1 s where it is 0
	Most    time.Duration // the longest pause; 10 s where it is 0
	Wait    func(context.Context, time.Duration) error
}

// Poll asks at once and after each pause, until ask is done or has an error. Where the time is over before, done is false and there
// is no error.
func Poll(ctx context.Context, o PollOptions, ask func(context.Context) (done bool, err error)) (done bool, err error) {
	p := newPatience(ImportOptions{WaitTimeout: o.Timeout, FirstPoll: o.First, Wait: o.Wait}.withDefaults())
	if o.Most > 0 {
		p.most = o.Most
	}
	bounded, cancel := p.bound(ctx)
	defer cancel()
	for {
		done, err = ask(bounded)
		if err == nil && !done {
			err = p.pause(bounded)
		}
		switch {
		case err == nil && done:
			return true, nil
		case err == nil:
		case ctx.Err() != nil:
			return false, ctx.Err()
		case errors.Is(err, errPatience), bounded.Err() != nil:
			return false, nil
		default:
			return false, err
		}
	}
}
