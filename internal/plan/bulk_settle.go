package plan

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gijctl/gijctl/pkg/gij"
)

// ending is how an import ended, as far as the server told.
type ending struct {
	entries []gij.BulkEntry
	lost    bool // the server did not tell the end
}

// followToEnd waits for the end of an import, and knows an end that is none: of an import that the server does not know any
// more, or about which it says that it is finished and nothing else. What such a server does is unknown; it may be another node.
func followToEnd(ctx context.Context, s BulkServer, o ImportOptions, p BulkProgress, thread gij.BulkThread) (ending, error) {
	all, err := FollowBulk(ctx, s, thread, o, p)
	end := ending{entries: all.Entries}
	switch {
	case gij.IsKind(err, gij.KindNotFound):
		p.Say(fmt.Sprintf("the server does not know import %d: waiting until its configuration stays the same", thread.ID))
		end.lost, err = true, nil
	case cannotBeUnderstood(err):
		p.Say(fmt.Sprintf("what the server says of import %d cannot be understood: waiting until its configuration stays the same", thread.ID))
		end.lost, err = true, nil
	case err == nil && len(all.Entries) == 0:
		p.Say(fmt.Sprintf("the server has nothing to tell of import %d: waiting until its configuration stays the same", thread.ID))
		end.lost = true
	}
	return end, err
}

// cannotBeUnderstood reports whether a server answered success, and something that is none of the documented forms. It would do so
// again, and an import must not stay under way for ever.
func cannotBeUnderstood(err error) bool {
	var e *gij.Error
	return errors.As(err, &e) && e.Kind == gij.KindFailed && e.Status >= http.StatusOK && e.Status < http.StatusMultipleChoices
}

// errorNoter hears of errors in an import's log.
type errorNoter struct {
	BulkProgress
	heard func()
}

// Polled implements [BulkProgress].
func (n errorNoter) Polled(p gij.BulkProgress) {
	if hasError(p.Entries) {
		n.heard()
	}
	n.BulkProgress.Polled(p)
}

func hasError(entries []gij.BulkEntry) bool {
	return slices.ContainsFunc(entries, func(e gij.BulkEntry) bool { return e.Error })
}

// settlePauses are the waits between looks at a server that may still be at it; the last one goes on.
func settlePauses() []time.Duration {
	return []time.Duration{0, 2 * time.Second, 5 * time.Second, maxPollPause}
}

// removalPauses are the waits before each look for rows that are to go: removal is documented to run through the indexing queue.
func removalPauses() []time.Duration {
	return []time.Duration{0, 2 * time.Second, 5 * time.Second, 10 * time.Second}
}

// exportReader reads exports.
type exportReader struct {
	server BulkServer
	state  *BulkState
	o      ImportOptions
}

func (r *exportReader) read(ctx context.Context) (*Snapshot, error) {
	return ReadExport(ctx, r.server, r.state, r.o.PEMColumn)
}

// untilSettled reads exports until two of them, one after the other, agree: then nothing is going on any more, as far as can be
// seen. It is for an import whose end the server cannot tell. While missing says that an export lacks a row to add, four have to
// agree: a server that clones a large repository shows nothing new for a while.
func (r *exportReader) untilSettled(ctx context.Context, thread int64, missing func(*Snapshot) bool) (*Snapshot, error) {
	const few, many = 2, 4
	w := newPatience(r.o)
	bounded, cancel := w.bound(ctx)
	defer cancel()
	pauses := settlePauses()
	var last *Snapshot
	for n, agree := 0, 0; ; n++ {
		now, err := r.lookAfter(bounded, &w, pauses[min(n, len(pauses)-1)])
		switch {
		case err == nil:
			if last == nil || !last.Same(now) {
				agree = 0
			}
			last = now
			if agree++; agree >= many || agree >= few && !missing(now) {
				return now, nil
			}
		case ctx.Err() != nil:
			return nil, &InterruptedError{Thread: thread}
		case errors.Is(err, errPatience), bounded.Err() != nil:
			return nil, &StillRunningError{Thread: thread}
		default:
			return nil, err
		}
	}
}

func (r *exportReader) lookAfter(ctx context.Context, w *patience, pause time.Duration) (*Snapshot, error) {
	if pause > 0 {
		if err := w.take(ctx, pause); err != nil {
			return nil, err
		}
	}
	return r.read(ctx)
}

// untilGone reads exports until all is gone, or until it was looked for often enough.
func (r *exportReader) untilGone(ctx context.Context, gone func(*Snapshot) bool) (*Snapshot, error) {
	var now *Snapshot
	for _, pause := range removalPauses() {
		if pause > 0 {
			if err := r.o.Wait(ctx, pause); err != nil {
				return nil, err
			}
		}
		var err error
		if now, err = r.read(ctx); err != nil || gone(now) {
			return now, err
		}
	}
	return now, nil
}
