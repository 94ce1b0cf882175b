package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	firstPause   = 500 * time.Millisecond
	maxPause     = 60 * time.Second
	maxDoublings = 10 // of firstPause, which is then beyond maxPause
	drainLimit   = 64 << 10
)

// retrier repeats what is safe to repeat. A read: after a network error, 429, 502, 503, 504. A write: only when the
// server said that it did not take it (429, 503). A write whose fate is unknown is for the caller to look up.
type retrier struct {
	next          http.RoundTripper
	retries       int
	ownRateLimits bool
	wait          func(context.Context, time.Duration) error
	now           func() time.Time
}

func (t *retrier) RoundTrip(r *http.Request) (*http.Response, error) {
	for attempt := 0; ; attempt++ {
		res, err := t.next.RoundTrip(r)
		if attempt >= t.retries || !t.worthRepeating(r, res, err) {
			return res, err
		}
		again, cloneErr := rewind(r)
		if cloneErr != nil {
			return res, err
		}
		pause := t.pause(res, attempt)
		discard(res)
		if waitErr := t.wait(r.Context(), pause); waitErr != nil {
			return nil, waitErr
		}
		r = again
	}
}

func (t *retrier) worthRepeating(r *http.Request, res *http.Response, err error) bool {
	if err != nil {
		return isRead(r.Method) && r.Context().Err() == nil && repeatableFailure(err)
	}
	switch res.StatusCode {
	case http.StatusTooManyRequests:
		return !t.ownRateLimits
	case http.StatusServiceUnavailable:
		return true
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return isRead(r.Method)
	}
	return false
}

// repeatableFailure leaves out what will be the same in a second: a name that does not exist, a certificate that is
// not trusted, a port that nobody listens on.
func repeatableFailure(err error) bool {
	return Fate(err) != FateNotSent && !errors.Is(err, context.Canceled)
}

// rewind returns a copy of r whose body can be read from its start.
func rewind(r *http.Request) (*http.Request, error) {
	again := r.Clone(r.Context())
	if r.Body == nil || r.Body == http.NoBody {
		return again, nil
	}
	if r.GetBody == nil {
		return nil, errors.New("the request body cannot be read twice")
	}
	body, err := r.GetBody()
	again.Body = body
	return again, err
}

func (t *retrier) pause(res *http.Response, attempt int) time.Duration {
	if res != nil {
		if after, ok := retryAfter(res.Header.Get("Retry-After"), t.now()); ok {
			return after
		}
	}
	return min(firstPause<<min(attempt, maxDoublings), maxPause)
}

// retryAfter reads the header in both its forms, seconds and a date. A longer pause than a minute is cut: the next
// attempt then hears again how long to wait.
func retryAfter(header string, now time.Time) (time.Duration, bool) {
	if seconds, err := strconv.Atoi(header); (err == nil || errors.Is(err, strconv.ErrRange)) && seconds >= 0 {
		return time.Duration(min(seconds, int(maxPause/time.Second))) * time.Second, true
	}
	if date, err := http.ParseTime(header); err == nil {
		return min(max(date.Sub(now), 0), maxPause), true
	}
	return 0, false
}

// discard reads the rest of a small body, so that the connection can be used again.
func discard(res *http.Response) {
	if res == nil {
		return
	}
	_, _ = io.CopyN(io.Discard, res.Body, drainLimit)
	_ = res.Body.Close()
}
