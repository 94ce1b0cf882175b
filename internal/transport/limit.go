package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// ErrTooLarge is what reading an answer beyond the limit gets: a compressed answer of a megabyte can expand to a
// thousand of them.
var ErrTooLarge = errors.New("the answer is larger than the limit")

// errIdle is the cause of a read that waited too long, errStalled that of a write. They count as timeouts.
const (
	errIdle    = pauseError("the server stopped sending in the middle of its answer")
	errStalled = pauseError("the server stopped taking the request in the middle of its body")
)

type pauseError string

func (e pauseError) Error() string { return "timeout: " + string(e) }
func (pauseError) Timeout() bool   { return true }

// limiter bounds the size of an answer, and the pauses in it and in what is sent. [http.Client.Timeout] bounds the whole
// transfer instead, so that a long one over a slow line would fail while it makes progress.
type limiter struct {
	next    http.RoundTripper
	idle    time.Duration
	maxBody int64
}

func (t *limiter) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	r = r.WithContext(ctx)
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = &sentBody{body: r.Body, idle: t.idle, timer: stopped(t.idle, func() { cancel(errStalled) })}
	}
	res, err := t.next.RoundTrip(r)
	if err != nil {
		if errors.Is(context.Cause(ctx), errStalled) {
			err = errStalled
		}
		cancel(nil)
		return nil, err
	}
	body := &limitedBody{body: res.Body, ctx: ctx, cancel: cancel, idle: t.idle, left: t.maxBody, limit: t.maxBody}
	body.timer = stopped(t.idle, func() { cancel(errIdle) }) // what the caller does between two reads is not the server's pause
	res.Body = body
	return res, nil
}

// stopped returns a timer that runs only once it is reset.
func stopped(d time.Duration, do func()) *time.Timer {
	timer := time.AfterFunc(d, do)
	timer.Stop()
	return timer
}

// sentBody is the body of a request. Between two reads of it the first is being sent: its timer runs meanwhile, but not
// during a read, which may wait for what a person types.
type sentBody struct {
	body  io.ReadCloser
	idle  time.Duration
	timer *time.Timer

	mu     sync.Mutex
	closed bool // also while a read is under way: an answer may come early
}

func (b *sentBody) Read(p []byte) (int, error) {
	b.timer.Stop()
	n, err := b.body.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil && !b.closed {
		b.timer.Reset(b.idle)
	}
	return n, err
}

func (b *sentBody) Close() error {
	b.mu.Lock()
	b.closed = true
	b.timer.Stop()
	b.mu.Unlock()
	return b.body.Close()
}

type limitedBody struct {
	body   io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	idle   time.Duration
	left   int64
	limit  int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return b.readPastLimit()
	}
	n, err := b.readInTime(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

func (b *limitedBody) readInTime(p []byte) (int, error) {
	b.timer.Reset(b.idle)
	n, err := b.body.Read(p)
	b.timer.Stop()
	if err != nil && errors.Is(context.Cause(b.ctx), errIdle) {
		err = errIdle
	}
	return n, err
}

// readPastLimit tells an answer that ends just at the limit from one that goes on.
func (b *limitedBody) readPastLimit() (int, error) {
	n, err := b.readInTime(make([]byte, 1))
	if n == 0 && err != nil {
		return 0, err
	}
	return 0, fmt.Errorf("%w of %d bytes", ErrTooLarge, b.limit)
}

func (b *limitedBody) Close() error {
	b.timer.Stop()
	err := b.body.Close()
	b.cancel(nil)
	return err
}
