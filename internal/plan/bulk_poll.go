package plan

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gijctl/gijctl/pkg/gij"
)

const (
	maxPollPause = 10 * time.Second
	// maxFailedPolls is how many questions in a row may fail while a server is restarted. The client repeats each by itself.
	maxFailedPolls = 5
)

// FollowBulk waits for the end of a thread, and returns all of its entries. A thread that the server does not know is its error of
// [gij.KindNotFound]; one that takes too long a [*StillRunningError]; an interrupt an [*InterruptedError].
func FollowBulk(ctx context.Context, s BulkServer, thread gij.BulkThread, o ImportOptions, p BulkProgress) (gij.BulkProgress, error) {
	f := &follower{server: s, thread: thread, progress: p, patience: newPatience(o.withDefaults())}
	bounded, cancel := f.bound(ctx)
	defer cancel()
	for {
		err := f.poll(bounded)
		switch {
		case err == nil && f.all.Finished:
			return f.all, nil
		case err == nil:
		case ctx.Err() != nil:
			return f.all, &InterruptedError{Thread: thread.ID}
		case errors.Is(err, errPatience), bounded.Err() != nil:
			return f.all, &StillRunningError{Thread: thread.ID}
		default:
			return f.all, err
		}
	}
}

// follower asks for the progress of an import until it is finished.
type follower struct {
	patience
	server   BulkServer
	thread   gij.BulkThread
	progress BulkProgress
	all      gij.BulkProgress
	failed   int // questions in a row
}

func (f *follower) poll(ctx context.Context) error {
	if err := f.pause(ctx); err != nil {
		return err
	}
	now, err := f.server.Progress(ctx, f.thread)
	if err != nil {
		if f.failed++; mayPass(err) && f.failed < maxFailedPolls && ctx.Err() == nil {
			return nil
		}
		return err
	}
	f.failed = 0
	news := newEntries(f.all.Entries, now.Entries)
	f.all = gij.BulkProgress{Finished: now.Finished, Entries: append(f.all.Entries, news...)}
	f.progress.Polled(gij.BulkProgress{Finished: now.Finished, Entries: news})
	return nil
}

// mayPass reports whether an error may be over in a while: no answer, or that of a proxy before a server that is restarted.
func mayPass(err error) bool {
	var e *gij.Error
	return errors.As(err, &e) && (e.Kind == gij.KindNetwork || e.Kind == gij.KindFailed && e.Status >= http.StatusInternalServerError)
}

// newEntries are those that were not heard before. Whether an answer has the whole log or only its newest part is unknown: one
// that begins with all that was heard is taken for the whole. How far a line is may have changed meanwhile.
func newEntries(heard, now []gij.BulkEntry) []gij.BulkEntry {
	if len(now) < len(heard) {
		return now
	}
	for i, e := range heard {
		if e.Message != now[i].Message || e.Error != now[i].Error {
			return now
		}
	}
	return now[len(heard):]
}

// errPatience ends a wait that took as long as it may.
var errPatience = errors.New("the time to wait is over")

// patience makes pauses, each longer than the one before, and no more of them than the time to wait allows.
type patience struct {
	wait  func(context.Context, time.Duration) error
	next  time.Duration
	limit time.Duration // 0 means none
	taken time.Duration
	most  time.Duration // the longest pause
}

func newPatience(o ImportOptions) patience {
	return patience{wait: o.Wait, next: o.FirstPoll, limit: o.WaitTimeout, most: maxPollPause}
}

// bound ends a context when the time to wait is over: questions take time too.
func (w *patience) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if w.limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, w.limit)
}

func (w *patience) pause(ctx context.Context) error {
	pause := w.next
	w.next = min(w.next*3/2+1, max(w.most, w.next))
	return w.take(ctx, pause)
}

func (w *patience) take(ctx context.Context, pause time.Duration) error {
	if w.limit > 0 {
		if w.taken >= w.limit {
			return errPatience
		}
		pause = min(pause, w.limit-w.taken)
	}
	w.taken += pause
	return w.wait(ctx, pause)
}
