package gij_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

func TestSend(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	res, err := w.client.Send(t.Context(), gij.RawRequest{Method: "GET", Path: "/rest/api/2/myself"})
	if err != nil {
		t.Fatal(err)
	}
	body := must[[]byte](t)(io.ReadAll(res.Body))
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(body), `"name":"admin"`) {
		t.Errorf("%d %s, %v", res.StatusCode, body, err)
	}
	res, err = w.client.Send(t.Context(), gij.RawRequest{Method: "GET", Path: "/rest/nothing"})
	if err != nil || res.StatusCode != http.StatusNotFound || res.Body.Close() != nil {
		t.Errorf("any status is an answer: %v", err)
	}
}

// sendOnly is for requests that are not answered.
func sendOnly(ctx context.Context, client *gij.Client, r gij.RawRequest) error {
	res, err := client.Send(ctx, r)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// TestSendKeepsWhatItIsGiven serves below a base path, and looks at what arrives.
func TestSendKeepsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	arrived := make(chan *http.Request, 1)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived <- r
	}))
	t.Cleanup(s.Close)
	client := newClient(t, gij.Config{BaseURL: s.URL + "/tools/jira/", Token: secret.New(fixtureToken)})
	for name, tt := range map[string]struct {
		path  string
		query url.Values
		want  string
	}{
		"plain":           {"/rest/x", nil, "/tools/jira/rest/x"},
		"no slash":        {"rest/x", nil, "/tools/jira/rest/x"},
		"slash at end":    {"/rest/x/", nil, "/tools/jira/rest/x/"},
		"own query":       {"/rest/x?a=1&b=%20", nil, "/tools/jira/rest/x?a=1&b=%20"},
		"added query":     {"/rest/x?a=1", url.Values{"b": {"2 3"}}, "/tools/jira/rest/x?a=1&b=2+3"},
		"only added":      {"/rest/x", url.Values{"b": {"2"}}, "/tools/jira/rest/x?b=2"},
		"a JQL":           {`/rest/x?jql=a = "ü"[]`, nil, "/tools/jira/rest/x?jql=a%20=%20%22%C3%BC%22%5B%5D"},
		"encoded slash":   {"/rest/a%2Fb", nil, "/tools/jira/rest/a%2Fb"},
		"space":           {"/rest/a b", nil, "/tools/jira/rest/a%20b"},
		"a URL":           {s.URL + "/tools/jira/rest/x?a=1", nil, "/tools/jira/rest/x?a=1"},
		"URL in a query":  {"/rest/x?u=http://h/p", nil, "/tools/jira/rest/x?u=http://h/p"},
		"the base itself": {"", nil, "/tools/jira/"},
	} {
		res, err := client.Send(t.Context(), gij.RawRequest{Method: "GET", Path: tt.path, Query: tt.query, Header: http.Header{"accept": {"text/plain"}}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_ = res.Body.Close()
		r := <-arrived
		diff(t, name, tt.want, r.RequestURI)
		diff(t, "accept", "text/plain", r.Header.Get("Accept"))
		diff(t, "login", "Bearer "+fixtureToken, r.Header.Get("Authorization"))
	}
}

func TestSendNowhereElse(t *testing.T) {
	t.Parallel()
	client := newClient(t, gij.Config{BaseURL: "https://jira.example.com/jira", Token: secret.New(fixtureToken)})
	for path, want := range map[string]string{
		"https://jira.example.com/other":           "is not below https://jira.example.com/jira",
		"https://jira.example.com/jirax":           "is not below",
		"https://jira.example.com:8443/jira/x":     "is not below",
		"http://jira.example.com/jira/x":           "is not below",
		"https://evil.example/jira/x":              "is not below",
		"ftp://jira.example.com/jira/x":            "is not below",
		"https://u:p@jira.example.com/jira/x":      "holds a user name",
		"/../x":                                    "has a .. in it",
		"/rest/%2e%2e/%2e%2e/x":                    "has a .. in it",
		"/rest/..;a=b/x":                           "has a .. in it",
		"/rest/a%2f..%2fb":                         "has a .. in it",
		"/rest/x#top":                              "has a #",
		"/rest/%zz":                                "cannot be parsed",
		"/rest/x\n":                                "cannot be parsed",
		"https://evil.example/?pw=" + fixtureToken: "is not below",
	} {
		if _, err := client.Resolve(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
		err := sendOnly(t.Context(), client, gij.RawRequest{Method: "GET", Path: path})
		if err == nil {
			t.Fatalf("%s was sent", path)
		}
		wantNoSecret(t, err.Error())
	}
}

// source is a body that counts how often it is opened and closed.
type source struct {
	text           string
	opened, closed atomic.Int32
}

func (s *source) open() (io.ReadCloser, error) {
	s.opened.Add(1)
	return struct {
		io.Reader
		io.Closer
	}{strings.NewReader(s.text), closer(func() error { s.closed.Add(1); return nil })}, nil
}

type closer func() error

func (c closer) Close() error { return c() }

// TestSendRepeats: what the server refused to take is sent again from its start, unless it can be read once only.
func TestSendRepeats(t *testing.T) {
	t.Parallel()
	for name, once := range map[string]bool{"a file": false, "a stream": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *gij.Config) { c.Retries = 2 }, "rate-limit=1")
			body := &source{text: `{"displayName":"New"}`}
			res, err := w.client.Send(t.Context(), gij.RawRequest{
				Method: "PUT", Path: integrationPath + "/1", Body: body.open, Once: once, Length: int64(len(body.text)),
				Header: http.Header{"Content-Type": {"application/json"}},
			})
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			wantStatus, wantSent := 200, 2
			if once {
				wantStatus, wantSent = 429, 1
			}
			sent := w.Requests()
			if res.StatusCode != wantStatus || len(sent) != wantSent || int(body.opened.Load()) != wantSent {
				t.Errorf("status %d, %d requests, opened %d times", res.StatusCode, len(sent), body.opened.Load())
			}
			diff(t, "body", body.text, string(sent[len(sent)-1].Body))
		})
	}
}

// TestSendIsNotRedirected: a body is not sent to where an answer points, and the answer is what it is.
func TestSendIsNotRedirected(t *testing.T) {
	t.Parallel()
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/rest/elsewhere", http.StatusTemporaryRedirect)
	})
	for _, once := range []bool{false, true} {
		body := &source{text: "x"}
		res, err := client.Send(t.Context(), gij.RawRequest{Method: "POST", Path: "/rest/x", Body: body.open, Once: once, Length: -1})
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		diff(t, "status", http.StatusTemporaryRedirect, res.StatusCode)
	}
}

func TestSendErrors(t *testing.T) {
	t.Parallel()
	send := func(c *gij.Client, method string) error {
		res, err := c.Send(t.Context(), gij.RawRequest{Method: method, Path: "/rest/api/2/myself?secret=" + fixtureToken})
		if err != nil {
			return err
		}
		defer func() { _ = res.Body.Close() }()
		_, err = io.Copy(io.Discard, res.Body)
		return err
	}
	for name, tt := range map[string]struct {
		fault, method string
		want          wantError
	}{
		"a read that is cut":  {"drop-read", "GET", wantError{gij.KindNetwork, "failed", 0, "GET /rest/api/2/myself: the connection to 127.0.0.1", "try again"}},
		"a write that is cut": {"drop-before-write", "PUT", wantError{gij.KindUnknown, "partial", 0, "unknown whether it was done: the connection", "before you send it again"}},
		"a body that is cut":  {"truncate", "GET", wantError{gij.KindNetwork, "failed", 0, "ended before the answer was complete", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.want.check(t, send(newWorld(t, nil, tt.fault).client, tt.method))
		})
	}
	readOnly := newWorld(t, func(c *gij.Config) { c.ReadOnly = true })
	wantError{gij.KindNetwork, "failed", 0, "a dry run sends nothing", ""}.check(t, send(readOnly.client, "PUT"))
	if n := len(readOnly.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	wantError{gij.KindFailed, "failed", 0, "invalid method", ""}.check(t, send(readOnly.client, "A B"))
	gone := newClient(t, gij.Config{BaseURL: "http://127.0.0.1:1"})
	wantError{gij.KindNetwork, "failed", 0, "nothing answers", ""}.check(t, send(gone, "PUT"))
}

func TestSendBodyThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	client := newWorld(t, nil).client
	err := sendOnly(t.Context(), client, gij.RawRequest{
		Method: "POST", Path: "/x", Body: func() (io.ReadCloser, error) { return nil, errors.New("no such file") },
	})
	wantError{gij.KindFailed, "failed", 0, "POST /x: no such file", ""}.check(t, err)
}

func TestSendInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	client := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	err := sendOnly(ctx, client, gij.RawRequest{Method: "POST", Path: "/x"})
	wantError{gij.KindUnknown, "partial", 0, "unknown whether it was done: interrupted", ""}.check(t, err)
}
