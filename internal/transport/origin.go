package transport

import (
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
	return t.next.RoundTrip(r)
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
