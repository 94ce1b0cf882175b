package githubapp

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gijctl/gijctl/internal/transport"
)

const (
	hostAdvice = "give its web root, like https://github.com or https://github.example.com"
	// aheadLimit and behindLimit are how far a clock may be wrong before GitHub refuses what it dates.
	aheadLimit  = tokenBack - 2*time.Second
	behindLimit = tokenLife - 2*time.Second
)

func (c *Client) failed(r request, a *reply, why, advice string) *Error {
	e := &Error{Kind: KindFailed, Message: fmt.Sprintf("%s: %s: %s", r.op, c.Host().Name(), why), Advice: advice}
	if a != nil {
		e.Status = a.status
	}
	return e
}

// noAnswer says in words what went wrong on the way.
func (c *Client) noAnswer(r request, err error) *Error {
	e := &Error{Kind: KindFailed, Cause: err}
	peer := transport.Peer{Host: c.Host().Name(), Name: "the GitHub host", Address: "the address of the GitHub host"}
	e.Message, e.Advice = peer.Explain(err)
	if errors.Is(err, transport.ErrTooLarge) {
		e.Message, e.Advice = "the answer of "+peer.Host+" is larger than any that GitHub gives", "is it a GitHub host? "+hostAdvice
	}
	e.Message = r.op + ": " + e.Message
	return e
}

// refused turns an answer that is no success into an error.
func (c *Client) refused(r request, a *reply) *Error {
	switch {
	case a.status < http.StatusBadRequest:
		return c.moved(r, a)
	case a.status == http.StatusUnauthorized:
		return c.unauthorized(r, a)
	case a.status == http.StatusForbidden && !a.isJSON:
		return c.failed(r, a, "it answers 403, and not as GitHub's API does"+a.media(), "a proxy or a web application firewall in front of it may refuse the request, for its address or its User-Agent; ask who runs it to allow "+c.Host().API())
	case a.status == http.StatusForbidden:
		e := c.failed(r, a, "not allowed (403)"+a.quoted(), "the app, its installation or the organization may be suspended, or has a list of allowed IP addresses that this machine is not on")
		e.Kind = KindAuth
		return e
	case (a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed) && !a.isJSON:
		return c.noAPI(r, a)
	case a.status == http.StatusNotFound:
		return c.notFound(r, a)
	case a.status >= http.StatusInternalServerError:
		return c.failed(r, a, fmt.Sprintf("%d %s%s", a.status, http.StatusText(a.status), a.quoted()), "try again in a moment; https://www.githubstatus.com tells of disturbances of GitHub.com")
	}
	return c.failed(r, a, fmt.Sprintf("refused (%d)%s", a.status, a.quoted()), "look at the request with --trace")
}

func (a *reply) quoted() string {
	if a.message == "" {
		return ""
	}
	return ": " + a.message
}

func (a *reply) media() string {
	if media := a.header.Get("Content-Type"); media != "" {
		return " (" + quotable(media) + ")"
	}
	return ""
}

func (c *Client) notFound(r request, a *reply) *Error {
	e := c.failed(r, a, "there is no such thing, or it may not be seen"+a.quoted(), r.missing.advice)
	e.Kind = KindNotFound
	if r.missing.message != "" {
		e.Message = r.missing.message
	}
	return e
}

// noAPI means that the host is reached, and something else than GitHub's API answers there.
func (c *Client) noAPI(r request, a *reply) *Error {
	advice := "a proxy or a login page may stand in front of it; look at it with --trace"
	if c.Host().Kind() == KindServer {
		advice = "is " + c.Host().Web() + " the web root of a GitHub Enterprise Server? Or does a proxy or a login page stand in front of it?"
	}
	return c.failed(r, a, fmt.Sprintf("there is no REST API of GitHub at %s (%d%s)", c.Host().API(), a.status, a.media()), advice)
}

func (c *Client) moved(r request, a *reply) *Error {
	return c.failed(r, a, fmt.Sprintf("it sends on to another address (%d), which was not asked", a.status), "is "+c.Host().Web()+" its web root, or does a login page stand in front of it?")
}

// unauthorized explains a refusal of the token. GitHub answers the same to a key of another app, to one that was deleted, and to a
// wrong id.
func (c *Client) unauthorized(r request, a *reply) *Error {
	e := c.failed(r, a, "it asks for a login"+a.quoted(), "the host lets nobody in without a login (private mode); an organization's page in a browser shows the same")
	e.Kind = KindAuth
	if r.app == nil {
		return e
	}
	if skew, known := c.skew(a.header); known && (skew > aheadLimit || skew < -behindLimit) {
		e.Skew = skew
		direction := "ahead of"
		if skew < 0 {
			direction, skew = "behind", -skew
		}
		e.Message = fmt.Sprintf("%s: this machine's clock is %s %s %s, so that what it signs is refused%s", r.op, spoken(skew), direction, c.Host().Name(), a.quoted())
		e.Advice = "set this machine's clock (timedatectl set-ntp true), and try again"
		return e
	}
	e.Message = fmt.Sprintf("%s: %s does not accept the key %s for app %s%s", r.op, c.Host().Name(), r.app.key.Fingerprint(), r.app.issuer, a.quoted())
	e.Advice = "the key and the app do not belong together, or one of them was deleted: compare the id and the fingerprint with the app's page on " + c.Host().Name()
	return e
}

// skew is how far this machine's clock is ahead of the host's, by the header Date.
func (c *Client) skew(h http.Header) (time.Duration, bool) {
	date, err := http.ParseTime(h.Get("Date"))
	return c.config.Now().Sub(date), err == nil
}

// spoken says a duration in the largest unit that it has two of.
func spoken(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return fmt.Sprintf("%d days", d.Round(day)/day)
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d.Round(time.Hour)/time.Hour)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d minutes", d.Round(time.Minute)/time.Minute)
	}
	return fmt.Sprintf("%d seconds", d.Round(time.Second)/time.Second)
}

func adviceOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Advice
	}
	return ""
}
