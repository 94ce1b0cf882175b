package transport

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// sameOrigin puts credentials and headers on requests to one origin, and keeps them off all others.
type sameOrigin struct {
	next      http.RoundTripper
	base      *url.URL
	authorize func(*http.Request)
	header    http.Header
}

func (t *sameOrigin) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Del("Authorization")
	r.Header.Del("Cookie")
	if !SameOrigin(t.base, r.URL) {
		return t.next.RoundTrip(r)
	}
	for name, values := range t.header {
		r.Header[name] = values
	}
	if t.authorize != nil {
		t.authorize(r)
	}
	if cookies, ok := r.Context().Value(cookieKey{}).(string); ok && cookies != "" {
		r.Header.Set("Cookie", cookies)
	}
	return t.next.RoundTrip(r)
}

// cookieKey is what a context keeps the cookies of its requests under.
type cookieKey struct{}

// WithCookies returns a context whose requests to the base carry this Cookie header; all others carry none. It is for a cookie that
// leads to one node of a cluster: a client with a session counts as a browser for Atlassian's rate limiter.
func WithCookies(ctx context.Context, header string) context.Context {
	return context.WithValue(ctx, cookieKey{}, header)
}

// ErrDryRun is what a write gets in a dry run. It is a safety net: a command that plans before it writes never meets it.
var ErrDryRun = errors.New("a dry run sends nothing that changes the server")

type readOnly struct{ next http.RoundTripper }

func (t *readOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	if !isRead(r.Method) {
		return nil, ErrDryRun
	}
	return t.next.RoundTrip(r)
}
