package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// ErrTooLarge is what reading an answer beyond the limit gets: a compressed answer of a megabyte can expand to a
// thousand of them.
var ErrTooLarge = errors.New("the answer is larger than the limit")

// errIdle is the cause of a read that waited too long. It counts as a timeout.
var errIdle = idleError{}

type idleError struct{}

func (idleError) Error() string {
	return "timeout: the server stopped sending in the middle of its answer"
}
func (idleError) Timeout() bool { return true }

// limiter bounds the size of a body and the pauses in it. [http.Client.Timeout] bounds the whole transfer instead, so
// that a long download over a slow line would fail while it makes progress.
type limiter struct {
	next    http.RoundTripper
	idle    time.Duration
	maxBody int64
}

func (t *limiter) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	res, err := t.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel(nil)
		return nil, err
	}
	body := &limitedBody{body: res.Body, ctx: ctx, cancel: cancel, idle: t.idle, left: t.maxBody, limit: t.maxBody}
	body.timer = time.AfterFunc(t.idle, func() { cancel(errIdle) })
	body.timer.Stop() // it runs during reads only: what the caller does between two is not the server's pause
	res.Body = body
	return res, nil
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
