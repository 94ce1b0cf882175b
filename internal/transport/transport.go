// Package transport builds the HTTP client that everything goes through. Each behaviour is a decorator of
// [http.RoundTripper], so that no command has an if for it: credentials for one origin only, a guard for dry runs,
// retries, limits, a trace that shows no secret.
package transport

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options says how the client behaves. The zero value of each field is usable, except Base.
type Options struct {
	// Base is the server that the credentials are for. No other origin (scheme, host, port) ever sees them.
	Base *url.URL
	// Authorize puts the credentials on a request.
	Authorize func(*http.Request)
	// Header is added to each request to Base: what a proxy in front of it asks for, and the User-Agent.
	Header http.Header
	// Timeout bounds, each on its own, connecting, the TLS handshake, every pause of the server in taking a body, the wait for
	// an answer and every pause in it. Default 60 s.
	Timeout time.Duration
	// Retries is how often a request may be repeated.
	Retries int
	// OwnRateLimits leaves 429 to the caller, who knows how its host limits.
	OwnRateLimits bool
	// MaxConns is the number of connections to one host. Default 4.
	MaxConns int
	// MaxBody is the size in bytes, after decompression, beyond which an answer is refused. Default 1 GiB.
	MaxBody int64
	// ReadOnly refuses everything but GET and HEAD: the guard behind --dry-run.
	ReadOnly bool
	// Trace receives one line for each request and answer, without secrets. nil means no trace.
	Trace io.Writer
	TLS   *tls.Config
	// Proxy chooses the proxy for a URL; nil means none.
	Proxy func(*url.URL) (*url.URL, error)
	// Wait pauses between attempts. Tests replace it; the default is a timer.
	Wait func(context.Context, time.Duration) error
	// Now is the clock that a Retry-After date is measured with. The default is [time.Now].
	Now func() time.Time
}

const (
	defaultTimeout  = time.Minute
	defaultMaxConns = 4
	defaultMaxBody  = 1 << 30
	maxDialTimeout  = 15 * time.Second
	maxRedirects    = 5
)

// New returns a client without cookies that follows redirects of reads within one origin, and no others: a redirect
// that is not followed comes back as the answer that it is.
func New(o Options) *http.Client {
	o = withDefaults(o)
	var rt http.RoundTripper = base(o)
	if o.Trace != nil {
		rt = &tracer{next: rt, out: o.Trace, now: o.Now}
	}
	rt = &limiter{next: rt, idle: o.Timeout, maxBody: o.MaxBody}
	rt = &retrier{next: rt, retries: o.Retries, ownRateLimits: o.OwnRateLimits, wait: o.Wait, now: o.Now}
	if o.ReadOnly {
		rt = &readOnly{next: rt}
	}
	rt = &sameOrigin{next: rt, base: o.Base, authorize: o.Authorize, header: o.Header}
	return &http.Client{Transport: rt, CheckRedirect: checkRedirect}
}

func withDefaults(o Options) Options {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxConns <= 0 {
		o.MaxConns = defaultMaxConns
	}
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	if o.Wait == nil {
		o.Wait = Wait
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func base(o Options) *http.Transport {
	t := &http.Transport{
		DialContext:           (&net.Dialer{Timeout: min(o.Timeout, maxDialTimeout)}).DialContext,
		TLSHandshakeTimeout:   min(o.Timeout, maxDialTimeout),
		TLSClientConfig:       o.TLS,
		ResponseHeaderTimeout: o.Timeout,
		MaxConnsPerHost:       o.MaxConns,
		MaxIdleConnsPerHost:   o.MaxConns,
		IdleConnTimeout:       defaultTimeout,
		ForceAttemptHTTP2:     true,
	}
	if o.Proxy != nil {
		t.Proxy = func(r *http.Request) (*url.URL, error) { return o.Proxy(r.URL) }
		t.OnProxyConnectResponse = proxyAnswer
	}
	return t
}

// Wait pauses for d, or until ctx is done, whose error it then returns.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// checkRedirect hands back any redirect that would carry a write or leave the origin. Go itself would send the body
// of a POST again on 307 and 308, and credentials to other ports of the same host.
func checkRedirect(next *http.Request, via []*http.Request) error {
	first := via[0]
	if !isRead(first.Method) || !SameOrigin(first.URL, next.URL) || len(via) >= maxRedirects {
		return http.ErrUseLastResponse
	}
	return nil
}

// SameOrigin reports whether two URLs have the same scheme, host and port.
func SameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

func isRead(method string) bool {
	return method == http.MethodGet || method == http.MethodHead
}
