package githubapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// firstRateWait is the shortest wait where a host does not say how long, which GitHub documents. It doubles.
	firstRateWait = time.Minute
	// maxRateWait bounds all waits of one request together. What takes longer is an error that names the time.
	maxRateWait = 5 * time.Minute
	// maxRateTries bounds how often a request is sent to a host that limits it.
	maxRateTries = 4
)

// send sends a request, and waits where the host limits how often it may be asked. A limited request was not carried out, so that
// any may be sent again.
//
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
func (c *Client) send(ctx context.Context, r request) (*reply, error) {
	var waited time.Duration
	for attempt := 0; ; attempt++ {
		a, err := c.try(ctx, r)
		if err == nil || a == nil || !a.limited() {
			return a, err
		}
		wait, told := c.rateWait(a.header, attempt)
		until := c.config.Now().Add(wait)
		waited += wait
		if attempt >= min(c.config.Retries, maxRateTries-1) || waited > maxRateWait {
			return a, c.tooMany(r, a, until, told)
		}
		if c.config.Waiting != nil {
			c.config.Waiting(c.Host(), until)
		}
		if err := c.config.Wait(ctx, wait); err != nil {
			return a, c.noAnswer(r, err)
		}
	}
}

// limited reports whether the host refused a request for there were too many. 403 says so as well as 429, but most 403 do not.
func (a *reply) limited() bool {
	switch a.status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusForbidden:
		return a.header.Get("Retry-After") != "" || a.header.Get("X-RateLimit-Remaining") == "0" ||
			a.isJSON && strings.Contains(strings.ToLower(a.message), "rate limit")
	}
	return false
}

// rateWait is how long to wait, in the order that GitHub documents, and whether the host told it. Times of the host are compared
// with its own clock.
func (c *Client) rateWait(h http.Header, attempt int) (wait time.Duration, told bool) {
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = c.config.Now()
	}
	after := h.Get("Retry-After")
	if seconds, err := strconv.ParseInt(after, 10, 32); (err == nil || errors.Is(err, strconv.ErrRange)) && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	if date, err := http.ParseTime(after); err == nil {
		return max(date.Sub(now), 0), true
	}
	if reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil && h.Get("X-RateLimit-Remaining") == "0" {
		return max(time.Unix(reset, 0).Sub(now), 0) + time.Second, true
	}
	return firstRateWait << attempt, false
}

func (c *Client) tooMany(r request, a *reply, until time.Time, told bool) *Error {
	e := c.failed(r, a, "it limits how often it may be asked", "try again later")
	if told {
		when := until.UTC().Format(time.RFC3339)
		e.Until = until
		e.Message += fmt.Sprintf(", and takes requests again at %s", when)
		e.Advice = "try again after " + when
	}
	if bucket := a.header.Get("X-RateLimit-Resource"); bucket != "" {
		e.Message += fmt.Sprintf(" (limit %q)", quotable(bucket))
	}
	return e
}
