package gij

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gijctl/gijctl/internal/transport"
)

// Kind tells errors apart for a program.
type Kind int

const (
	// KindFailed is a refusal by the server, or an answer that makes no sense.
	KindFailed Kind = iota
	// KindNetwork means that no answer came, and that nothing was changed.
	KindNetwork
	// KindAuth means that the server does not know who is asking: any other request would fail as well.
	KindAuth
	// KindForbidden means that the account may not do this; it may do other things.
	KindForbidden
	// KindNotFound means that there is no such object.
	KindNotFound
	// KindAppMissing means that this Jira has no GIJ, or that the base URL is not Jira's.
	KindAppMissing
	// KindNotApplied means that the server answered success and the change is not to be seen.
	KindNotApplied
	// KindUnknown means that a write may or may not have happened.
	KindUnknown
)

// Error is why an operation failed, for the person who has to act on it.
type Error struct {
	Kind    Kind
	Op      string // "add integration"
	Status  int    // HTTP status, 0 if there was no answer
	Message string // why, in one line
	Advice  string // what to do; the server's own advice where it gave one
	Err     error
}

// Error returns what failed and why.
func (e *Error) Error() string { return e.Op + ": " + e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hint returns what to do about it, or "".
func (e *Error) Hint() string { return e.Advice }

// HTTPStatus returns the status of the answer, 0 if there was none.
func (e *Error) HTTPStatus() int { return e.Status }

// Code returns the stable word for the kind of error.
func (e *Error) Code() string {
	switch e.Kind {
	case KindAuth, KindForbidden:
		return "auth"
	case KindNotFound:
		return "not_found"
	case KindUnknown:
		return "partial"
	}
	return "failed"
}

// IsKind reports whether err is an [Error] of this kind.
func IsKind(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

// networkError says in words what went wrong on the way.
func (c *Client) networkError(op string, err error) *Error {
	e := &Error{Kind: KindNetwork, Op: op, Err: err}
	peer := transport.Peer{Host: c.base.Host, Name: "Jira", Address: "the Jira URL"}
	e.Message, e.Advice = peer.Explain(err)
	if errors.As(err, new(truncated)) && !errors.Is(err, context.Canceled) {
		e.Message, e.Advice = peer.Cut()
	}
	return e
}

// answerError turns an answer that is no success into an error, or returns nil.
func (c *Client) answerError(op string, a *reply) *Error {
	e := &Error{Op: op, Status: a.status}
	switch {
	case denied(a):
		e.Kind = KindAuth
		e.Message = "Jira asks for a CAPTCHA after too many failed logins"
		e.Advice = "log in once in a browser at " + c.base.String() + "/login.jsp, then use a personal access token instead of a password"
	case a.status == http.StatusUnauthorized:
		c.explainUnauthorized(e)
	case isXSRF(a):
		e.Message = "Jira's XSRF check refused the request"
		e.Advice = "a proxy may have removed the header X-Atlassian-Token; check with --trace"
	case a.status == http.StatusForbidden:
		e.Kind = KindForbidden
		e.Message = "not allowed (403)" + quoted(a.errorText())
		e.Advice = "a Jira administrator may; so may a holder of the global permission \"Manage Git Integration for Jira\", but not change the projects of an integration that somebody else added"
		if c.basic {
			e.Advice += "; where Jira has Basic authentication switched off, as Jira 11 does, use a token: " + tokenAdvice
		}
	case a.status >= 300 && a.status < 400:
		explainRedirect(e, a)
	case a.isLoginPage():
		e.Kind = KindAuth
		e.Message = "Jira answered with a login page"
		e.Advice = "the token or session was not accepted, or a single sign-on page stands in front of Jira: " + tokenAdvice
	case a.env.refused():
		explainRefusal(e, a)
	case a.status == http.StatusNotFound:
		e.Kind = KindAppMissing
		e.Message = "404, and not from GIJ: the app is not installed on this Jira, or the URL lacks its context path"
		e.Advice = "check that " + c.base.String() + " is Jira's base URL, and that Git Integration for Jira is installed and enabled"
	case a.status == http.StatusTooManyRequests:
		e.Message = "too many requests (429)"
		e.Advice = "Jira limits this account's rate; wait, or raise --retries"
	case a.status == http.StatusServiceUnavailable:
		e.Message = "Jira or a proxy is busy or being restarted (503)"
		e.Advice = "try again in a moment"
	case a.status >= 400 || !a.isJSON:
		e.Err = errNotGIJ
		e.Message = notGIJ(a)
		e.Advice = "this looks like the answer of a proxy or of something else than GIJ; look at it with --trace"
	default:
		return nil
	}
	return e
}

// errNotGIJ is the cause of an error that GIJ itself did not send.
var errNotGIJ = errors.New("this is not an answer of GIJ")

const tokenAdvice = "create a personal access token in Jira (profile picture > Profile > Personal Access Tokens) and set GIJCTL_TOKEN"

func (c *Client) explainUnauthorized(e *Error) {
	e.Kind = KindAuth
	if !c.basic {
		e.Message = "the token was not accepted (401)"
		e.Advice = "it may be expired, revoked or of another Jira: " + tokenAdvice
		return
	}
	e.Message = "user name and password were not accepted (401)"
	e.Advice = "Jira 11 switches Basic authentication off; use a token: " + tokenAdvice
}

func explainRedirect(e *Error, a *reply) {
	target := a.location
	e.Kind = KindAuth
	e.Message = fmt.Sprintf("redirected (%d)", a.status)
	if target != nil {
		e.Message += " to " + target.Scheme + "://" + target.Host + transport.MaskPath(target.Path)
	}
	if target != nil && strings.HasSuffix(target.Path, a.path) && a.path != "" {
		e.Kind = KindFailed
		target.RawQuery, target.Path = "", strings.TrimSuffix(target.Path, a.path)
		e.Advice = "Jira seems to have moved; your credentials were not sent there. If you know the address, use it: --url " + target.String()
		return
	}
	if target != nil && target.Host == a.host && !strings.Contains(strings.ToLower(target.Path), "login") {
		e.Kind = KindFailed
		e.Advice = "redirects of a write and to another scheme are not followed; use the address above as Jira's URL"
		return
	}
	e.Advice = "this is a login or single sign-on page, or another server; your credentials were not sent there: " + tokenAdvice
}

func explainRefusal(e *Error, a *reply) {
	e.Message = a.errorText()
	if e.Message == "" {
		e.Message = "the server said that it failed, and not why"
	}
	e.Advice = a.env.Advice
	// The status of such an answer is documented nowhere, the text of this one is.
	if a.status == http.StatusNotFound || strings.Contains(e.Message, "does not exist") {
		e.Kind = KindNotFound
	}
}

func denied(a *reply) bool {
	return strings.Contains(a.header.Get("X-Seraph-LoginReason"), "AUTHENTICATION_DENIED")
}

// isXSRF knows the text; the status is 404 on older servers and 403 on newer ones.
func isXSRF(a *reply) bool {
	return a.status >= 400 && strings.Contains(a.start, "XSRF check failed")
}

func notGIJ(a *reply) string {
	what := fmt.Sprintf("unexpected answer (%d", a.status)
	if kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";"); kind != "" {
		what += ", " + kind
	}
	return what + ")" + quoted(firstLine(a.start))
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return ": " + s
}
