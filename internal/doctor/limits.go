package doctor

import (
	"net/http"
	"strconv"
	"time"
)

const (
	clockWarn = time.Minute     // a Date header is cut to seconds, and a proxy may have kept the answer for some
	clockFail = 5 * time.Minute // GitHub refuses an app's token then, and a new certificate may not be valid yet
)

// checkClock compares the clock of whoever answered with this machine's.
func (e *exam) checkClock(a *answer) {
	date, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		e.warn(CheckClock, "not checked: the answer has no date", "compare this machine's clock with another one: date -u")
		return
	}
	off := a.arrived.Sub(date).Round(time.Second)
	direction := "ahead of"
	if off < 0 {
		off, direction = -off, "behind"
	}
	message := "this machine's clock is " + off.String() + " " + direction + " Jira's"
	const remedy = "find out which one is wrong, and let it be set over the network (timedatectl set-ntp true); " +
		"certificates and the keys of GitHub Apps need the right time"
	switch {
	case off > clockFail:
		e.fail(CheckClock, message, remedy)
	case off > clockWarn:
		e.warn(CheckClock, message, remedy)
	default:
		e.ok(CheckClock, "this machine's clock and Jira's agree")
	}
}

// lowShare is the part of a limit, one of so many, below which few requests are left.
const lowShare = 10

// checkLimits reads the headers of Jira Data Center's rate limiting.
// See https://confluence.atlassian.com/adminjiraserver/improving-instance-stability-with-rate-limiting-983794911.html.
func (e *exam) checkLimits(status int, h http.Header) {
	if status == http.StatusTooManyRequests {
		message := "Jira refuses requests: too many of them (429)"
		if after := h.Get("Retry-After"); after != "" {
			message += ", Retry-After: " + after
		}
		e.fail(CheckRateLimit, message, "wait, and send less at once; a Jira administrator can exempt the account (System > Rate limiting)")
		return
	}
	limit, limitErr := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	left, leftErr := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	switch {
	case leftErr != nil:
		e.ok(CheckRateLimit, "Jira announces no limit")
	case limitErr == nil && left*lowShare < limit:
		e.warn(CheckRateLimit, "only "+strconv.Itoa(left)+" of "+strconv.Itoa(limit)+" requests are left"+refill(h),
			"wait before a long run, or ask a Jira administrator to exempt the account (System > Rate limiting)")
	case limitErr == nil:
		e.ok(CheckRateLimit, strconv.Itoa(left)+" of "+strconv.Itoa(limit)+" requests are left"+refill(h))
	default:
		e.ok(CheckRateLimit, strconv.Itoa(left)+" requests are left")
	}
}

// refill says how fast requests come back.
func refill(h http.Header) string {
	rate, every := h.Get("X-RateLimit-FillRate"), h.Get("X-RateLimit-Interval-Seconds")
	if rate == "" || every == "" {
		return ""
	}
	return ", and " + rate + " come back every " + every + " s"
}
