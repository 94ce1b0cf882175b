package plan

import (
	"context"
	"sync"
	"time"
)

// carrying is the carrying out of changes by one or several workers.
type carrying struct {
	server   objects
	changes  []Change
	results  []Result // in the order of the changes
	progress Progress

	mu   sync.Mutex
	next int
	stop error // why no further change is started
}

// carryOut carries out changes, so many at a time. Their results keep their order.
func carryOut(ctx context.Context, s objects, changes []Change, parallel int, p Progress) []Result {
	c := &carrying{server: s, changes: changes, results: make([]Result, len(changes)), progress: p}
	var workers sync.WaitGroup
	for range max(1, min(parallel, len(changes))) {
		workers.Go(func() { c.work(ctx) })
	}
	workers.Wait()
	return c.results
}

func (c *carrying) work(ctx context.Context) {
	for {
		n, more := c.begin(ctx)
		if !more {
			return
		}
		c.end(n, applyInFull(ctx, c.server, c.changes[n], c))
	}
}

// begin takes the next change that is to be started, and false where there is none.
func (c *carrying) begin(ctx context.Context) (n int, more bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.next < len(c.changes) {
		n := c.next
		c.next++
		if c.stop == nil {
			c.stop = ctx.Err()
		}
		if c.stop == nil {
			c.progress.Start(c.changes[n], n+1, len(c.changes))
			return n, true
		}
		c.results[n] = Result{Change: c.changes[n], Outcome: OutcomeNotStarted, Err: c.stop}
	}
	return 0, false
}

func (c *carrying) end(n int, r Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.results[n] = r
	c.progress.Done(r)
	if loginRefused(r.Err) {
		c.stop = r.Err // to go on would fail each time, and may lock the account
	}
}

// interrupted tells of a change that is under way.
func (c *carrying) interrupted(change Change, grace time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.progress.Interrupted(change, grace)
}
