package gij

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/internal/transport"
)

// RawRequest is any request to Jira.
type RawRequest struct {
	Method string
	// Path is below the base URL and begins with /. What it percent-encodes stays so, and a query in it is kept.
	Path string
	// Query is added to that of the path.
	Query  url.Values
	Header http.Header
	// Body opens the body; nil means none. It is called again for each repetition, unless Once.
	Body func() (io.ReadCloser, error)
	// Once says that the body can be read once only, so that nothing is repeated.
	Once bool
	// Length is the size of the body in bytes, negative where it is not known.
	Length int64
}

// Send sends a request and returns the answer, whatever its status. The caller closes its body, which is read from the
// connection as it is asked for. Only where no answer came, or it broke off, there is an [Error]: of [KindUnknown] where the
// request may have changed something, for it is neither looked up nor sent again.
func (c *Client) Send(ctx context.Context, r RawRequest) (*http.Response, error) {
	op := r.Method + " " + transport.MaskPath(withoutQuery(r.Path)) // a query may hold anything
	req, err := c.rawRequest(ctx, r)
	if err != nil {
		return nil, &Error{Kind: KindFailed, Op: op, Message: err.Error(), Err: err}
	}
	res, err := c.http.GetClient().Do(req)
	if err != nil {
		return nil, c.rawError(op, r.Method, err)
	}
	res.Body = &rawBody{ReadCloser: res.Body, failed: func(err error) error { return c.rawError(op, r.Method, err) }}
	return res, nil
}

func (c *Client) rawError(op, method string, err error) *Error {
	e := c.networkError(op, err)
	reads := method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
	if reads || transport.Fate(err) == transport.FateNotSent {
		return e
	}
	e.Kind, e.Message = KindUnknown, "unknown whether it was done: "+e.Message
	e.Advice = "look on the server before you send it again"
	return e
}

func (c *Client) rawRequest(ctx context.Context, r RawRequest) (*http.Request, error) {
	u, err := c.Resolve(r.Path)
	if err != nil {
		return nil, err
	}
	if len(r.Query) > 0 {
		u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+r.Query.Encode(), "&")
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), nil)
	if err != nil {
		return nil, err
	}
	for name, values := range r.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	if r.Body == nil {
		return req, nil
	}
	if req.Body, err = r.Body(); err != nil {
		return nil, err
	}
	req.ContentLength = r.Length
	if !r.Once {
		req.GetBody = r.Body
	}
	return req, nil
}

// Resolve returns the address of a path below Jira's base URL, or of a whole URL that is below it. What is percent-encoded
// stays so, and what a query cannot have as it is gets encoded. An address of anything else is an error.
func (c *Client) Resolve(ref string) (*url.URL, error) {
	whole := ref
	if !isURL(ref) {
		whole = c.base.String() + "/" + strings.TrimLeft(ref, "/")
	}
	u, err := url.Parse(whole)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the path %q cannot be parsed", withoutQuery(ref))
	case u.User != nil:
		return nil, errors.New("the URL holds a user name or password")
	case !transport.SameOrigin(c.base, u), u.Path != c.base.Path && !strings.HasPrefix(u.Path, c.base.Path+"/"):
		return nil, fmt.Errorf("%s is not below %s", withoutQuery(ref), c.base)
	case strings.Contains(ref, "#"):
		return nil, fmt.Errorf("the path %s has a #, which no server gets to see; write %%23", withoutQuery(ref))
	case slices.ContainsFunc(strings.Split(u.Path, "/"), leadsUp):
		return nil, fmt.Errorf("the path %s has a .. in it", withoutQuery(ref))
	}
	u.RawQuery = encodeQuery(u.RawQuery)
	return u, nil
}

func isURL(ref string) bool {
	scheme, _, found := strings.Cut(ref, "://")
	return found && !strings.ContainsAny(scheme, "/?#")
}

func withoutQuery(ref string) string {
	ref, _, _ = strings.Cut(ref, "?")
	return ref
}

// leadsUp knows ".." also with the parameters that Java servers take off a segment.
func leadsUp(segment string) bool {
	name, _, _ := strings.Cut(segment, ";")
	return name == ".."
}

// encodeQuery encodes what somebody may type into a query and a server refuses: the space of a JQL, above all.
func encodeQuery(query string) string {
	var b strings.Builder
	for _, c := range []byte(query) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>[\\]^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// rawBody is the body of an answer, whose errors say in words what happened.
type rawBody struct {
	io.ReadCloser
	failed func(error) error
}

func (b *rawBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.failed(err)
	}
	return n, err
}
