package githubapp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v89/github"

	"github.com/gijctl/gijctl/internal/transport"
	"github.com/gijctl/gijctl/pkg/secret"
)

// maxPages bounds a list whose pages never end: 100,000 entries.
const maxPages = 1000

// request is one question to a host's API.
type request struct {
	op     string // "list the installations", for errors
	method string // default GET
	path   string // without a slash at its beginning, or a whole address
	app    *AppClient
	// once is for what can be asked a single time: the transport does not repeat it, and an interruption does not end it at once.
	once bool
	// hidden is a word of the path that no error may show.
	hidden  string
	missing missing
}

// missing is what a 404 of GitHub's API means for a request.
type missing struct{ message, advice string }

// reply is an answer, read to its end.
type reply struct {
	status  int
	header  http.Header
	isJSON  bool
	body    []byte // of a success
	message string // of a refusal, in GitHub's words
	next    *url.URL
	nextErr error
}

// get reads one thing. isThat reports whether the answer was of the thing: what stands between may answer with any JSON.
func (c *Client) get(ctx context.Context, r request, into any, isThat func() bool) error {
	a, err := c.send(ctx, r)
	if err != nil {
		return err
	}
	if err := c.decode(r, a, into); err != nil {
		return err
	}
	if !isThat() {
		return c.malformed(r, a)
	}
	return nil
}

// decode reads an answer. encoding/json's own text may show a piece of the answer, so it stays out.
func (c *Client) decode(r request, a *reply, into any) error {
	err := json.Unmarshal(a.body, into)
	switch {
	case err == nil:
		return nil
	case a.isJSON:
		return c.malformed(r, a)
	}
	return c.noAPI(r, a)
}

func (c *Client) malformed(r request, a *reply) *Error {
	return c.failed(r, a, "its answer is not in the form that GitHub documents", "look at the request with --trace; a proxy may have changed the answer")
}

// each reads all pages of a list, and stops where page says so. The next one is where the header Link says, on the same origin.
func (c *Client) each(ctx context.Context, r request, page func(*reply) (more bool, err error)) error {
	seen := map[string]bool{}
	for len(seen) < maxPages && !seen[r.path] {
		seen[r.path] = true
		a, err := c.send(ctx, r)
		if err != nil {
			return err
		}
		more, err := page(a)
		if err != nil || !more {
			return err
		}
		if a.nextErr != nil {
			return c.failed(r, a, transport.ErrElsewhere.Error(), "is there a proxy that changes addresses?")
		}
		if a.next == nil {
			return nil
		}
		r.path = a.next.String()
	}
	return c.failed(r, nil, "the pages of its list do not end", "try again; the list may have changed while it was read")
}

// list reads all pages of a list of one type.
func list[T any](ctx context.Context, c *Client, r request) ([]T, error) {
	all := []T{}
	err := c.each(ctx, r, func(a *reply) (bool, error) {
		var page []T
		err := c.decode(r, a, &page)
		all = append(all, page...)
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// try sends a request once, as far as rate limits go. A nil error is a success.
func (c *Client) try(ctx context.Context, r request) (*reply, error) {
	if r.app != nil {
		token, err := r.app.token()
		if err != nil {
			return nil, err
		}
		ctx = context.WithValue(ctx, tokenKey{}, token)
	}
	client := c.api
	if r.once {
		client = c.once
		patient, done := outlasting(ctx, lastGrace)
		defer done()
		ctx = patient
	}
	method := r.method
	if method == "" {
		method = http.MethodGet
	}
	req, err := client.NewRequest(ctx, method, r.path, nil, github.WithVersion(apiVersion))
	if err != nil { // its text shows the path
		return nil, &Error{Kind: KindUsage, Message: r.op + ": a name or id in it cannot be used in an address", Advice: "check what was given for a typing mistake"}
	}
	var body bytes.Buffer
	res, err := client.Do(req, &body)
	if res == nil || res.Response == nil {
		return nil, c.noAnswer(r, bare(err))
	}
	a := newReply(res.Response, body.Bytes())
	switch {
	case a.status >= http.StatusMultipleChoices:
		a.message = said(err, r)
		return a, c.refused(r, a)
	case err != nil && !errors.As(err, new(*github.AcceptedError)):
		return a, c.noAnswer(r, bare(err)) // it broke off in its body
	}
	return a, nil
}

func newReply(res *http.Response, body []byte) *reply {
	a := &reply{status: res.StatusCode, header: res.Header, body: body}
	media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	a.isJSON = media == "application/json" || strings.HasSuffix(media, "+json")
	if res.Request != nil {
		a.next, a.nextErr = transport.NextPage(res.Request.URL, res.Header)
	}
	return a
}

// bare takes the address off an error of net/http: it may hold a code.
func bare(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// said is why GitHub refused, in its own words.
func said(err error, r request) string {
	var text string
	var refused *github.ErrorResponse
	var limited *github.RateLimitError
	var abused *github.AbuseRateLimitError
	switch {
	case errors.As(err, &refused):
		text = refused.Message
		for _, e := range refused.Errors {
			text += "; " + strings.TrimSpace(strings.Join([]string{e.Resource, e.Field, e.Code, e.Message}, " "))
		}
	case errors.As(err, &limited):
		text = limited.Message
	case errors.As(err, &abused):
		text = abused.Message
	}
	if r.hidden != "" {
		text = strings.ReplaceAll(text, r.hidden, "...")
	}
	return quotable(text)
}

// quotable is one short line of what a host said.
func quotable(text string) string {
	const longest = 200
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > longest {
		line = append(line[:longest], '…')
	}
	return string(line)
}

// secretOf keeps a string of an answer as a secret.
func secretOf(s *string) secret.Value {
	if s == nil {
		return secret.Value{}
	}
	return secret.New(*s)
}
