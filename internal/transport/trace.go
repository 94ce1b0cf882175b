package transport

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// tracer writes what was asked and answered. It shows only what is on its lists: a header that it does not know may
// hold a credential, and bodies do.
type tracer struct {
	next http.RoundTripper
	out  io.Writer
	now  func() time.Time
}

func tracedHeaders() []string {
	return []string{
		"Content-Encoding", "Content-Length", "Content-Type", "Date", "Retry-After", "Server", "User-Agent", "Via",
		"X-Anodeid", "X-Arequestid", "X-Atlassian-Token", "X-Github-Request-Id", "X-Ratelimit-Fillrate",
		"X-Ratelimit-Interval-Seconds", "X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset", "X-Ratelimit-Resource",
		"X-Seraph-Loginreason",
	}
}

func tracedParameters() []string { return []string{"all", "deleteFiles", "disable", "projectKey"} }

func (t *tracer) RoundTrip(r *http.Request) (*http.Response, error) {
	start := t.now()
	t.print("> %s %s", r.Method, tracedURL(r.URL))
	t.headers(">", r.Header)
	res, err := t.next.RoundTrip(r)
	elapsed := t.now().Sub(start).Round(time.Millisecond)
	if err != nil {
		t.print("< no answer after %s: %v", elapsed, err)
		return nil, err
	}
	t.print("< %s after %s", res.Status, elapsed)
	t.headers("<", res.Header)
	if location, err := res.Location(); err == nil {
		t.print("<   Location: %s", tracedURL(location))
	}
	return res, nil
}

// print writes one line in one call, so that lines of parallel requests do not mix. A trace that cannot be written
// must not fail the request.
func (t *tracer) print(format string, args ...any) {
	_, _ = io.WriteString(t.out, visible(fmt.Sprintf(format, args...))+"\n")
}

func (t *tracer) headers(mark string, h http.Header) {
	var others int
	listed := tracedHeaders()
	names := make([]string, 0, len(h))
	for name := range h {
		if slices.Contains(listed, name) {
			names = append(names, name)
		} else {
			others++
		}
	}
	slices.Sort(names)
	for _, name := range names {
		t.print("%s   %s: %s", mark, name, strings.Join(h[name], ", "))
	}
	if others > 0 {
		t.print("%s   (%d more not shown)", mark, others)
	}
}

// tracedURL leaves out user, fragment, the values of parameters that are not on the list, and the secret of a webhook.
func tracedURL(u *url.URL) string {
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	if path := MaskPath(u.EscapedPath()); path != u.EscapedPath() {
		shown.RawPath = path
		shown.Path, _ = url.PathUnescape(path) // it is a part of what was parsed
	}
	query := u.Query()
	for name, values := range query {
		if slices.Contains(tracedParameters(), name) {
			continue
		}
		for i := range values {
			values[i] = "..."
		}
	}
	shown.RawQuery = query.Encode()
	return shown.String()
}

// visible keeps a server's control characters, and those that turn text around, off the terminal.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return b.String()
}
