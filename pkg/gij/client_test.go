package gij_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

func TestParseBaseURL(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"https://jira.example.com":                 "https://jira.example.com",
		"https://jira.example.com/":                "https://jira.example.com",
		"https://jira.example.com/jira///":         "https://jira.example.com/jira",
		"HTTPS://jira.example.com:8443/tools/jira": "https://jira.example.com:8443/tools/jira",
		"http://[::1]:2990/jira":                   "http://[::1]:2990/jira",
	}
	for from, want := range tests {
		if u, err := gij.ParseBaseURL(from); err != nil || u.String() != want {
			t.Errorf("%s: got %v, %v", from, u, err)
		}
	}
}

func TestParseBaseURLRefuses(t *testing.T) {
	t.Parallel()
	const secretWord = "fixture-hunter2"
	tests := map[string]string{
		"":                                     "begin with https://",
		"jira.example.com":                     "begin with https://",
		"jira.example.com:8080":                "begin with https://",
		"ftp://jira.example.com":               "begin with https://",
		"https://":                             "names no host",
		"https:///jira":                        "names no host",
		"https://:8080":                        "names no host",
		"https://jira.example.com/ x\x7f":      "cannot be parsed",
		"https://jira.example.com?":            "query or a fragment",
		"https://jira.example.com/jira#top":    "query or a fragment",
		"https://jira.example.com/rest/":       "address of a page",
		"https://j.test/jira/rest/api/2/user":  "address of a page",
		"https://j.test/jira/secure/Dash.jspa": "address of a page",
		// What a person may have copied, with a password in it.
		"https://admin:" + secretWord + "@jira.example.com":               "holds a user name or password",
		"https://" + secretWord + "@jira.example.com/jira":                "holds a user name or password",
		"//admin:" + secretWord + "@jira.example.com":                     "holds a user name or password",
		"admin:" + secretWord + "@jira.example.com":                       "begin with https://",
		"ftp://jira.example.com/" + secretWord:                            "begin with https://",
		"https:admin:" + secretWord + "@jira.example.com":                 "names no host",
		"https:/admin:" + secretWord + "@jira.example.com":                "names no host",
		"https://admin:" + secretWord + "@jira.example.com:port":          "cannot be parsed",
		"https://jira.example.com?os_password=" + secretWord:              "query or a fragment",
		"https://jira.example.com/rest/x?os_password=" + secretWord:       "query or a fragment",
		"https://jira.example.com/#access_token=" + secretWord:            "query or a fragment",
		"https://ad%zzmin:" + secretWord + "@jira.example.com/rest/api/2": "cannot be parsed",
	}
	for from, want := range tests {
		u, err := gij.ParseBaseURL(from)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v, want %s", from, u, err, want)
			continue
		}
		wantNoSecret(t, err.Error())
		if _, err := gij.New(gij.Config{BaseURL: from}); err == nil {
			t.Errorf("%s: a client was made", from)
		}
	}
}

// TestURLForms has a Jira below a context path and one without, and bases with and without a slash at the end.
func TestURLForms(t *testing.T) {
	t.Parallel()
	for _, context := range []string{"", "/jira", "/a/b"} {
		for _, slash := range []string{"", "/", "//"} {
			var got string
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = r.URL.Path
				_, _ = io.WriteString(w, `{"success":true,"integrations":[]}`)
			}))
			defer s.Close()
			c := newClient(t, gij.Config{BaseURL: s.URL + context + slash})
			if list, err := c.Integrations.List(t.Context()); err != nil || len(list) != 0 {
				t.Errorf("%s%s: %v, %v", context, slash, list, err)
			}
			if got != context+integrationPath {
				t.Errorf("%s%s: asked for %s", context, slash, got)
			}
		}
	}
}

// TestEveryRequest uses each method once, and looks at what they all must have and must not have.
func TestEveryRequest(t *testing.T) {
	t.Parallel()
	var trace bytes.Buffer
	w := newWorld(t, func(c *gij.Config) {
		c.UserAgent = "gijctl/1.2.3 (tests)"
		c.Header = http.Header{"x-proxy-key": {fixtureToken}}
		c.Trace = &trace
	})
	ctx := t.Context()
	created := must[gij.Integration](t)(w.client.Integrations.Create(ctx, spec(t, "type", "GITLAB", "pat", fixturePat), w.ids(t)))
	if err := w.client.Integrations.Update(ctx, created.ID, spec(t, "displayName", "New name", "pat", fixturePat)); err != nil {
		t.Fatal(err)
	}
	disabled := must[gij.Integration](t)(w.client.Integrations.SetDisabled(ctx, created.ID, true))
	if !*disabled.Disabled || disabled.DisplayName != "New name" {
		t.Errorf("got %+v", disabled)
	}
	if enabled := must[gij.Integration](t)(w.client.Integrations.SetDisabled(ctx, created.ID, false)); *enabled.Disabled {
		t.Errorf("got %+v", enabled)
	}
	if err := w.client.Integrations.Delete(ctx, created.ID, gij.DeleteOptions{DeleteFiles: true}); err != nil {
		t.Fatal(err)
	}
	if repositories := must[[]gij.Repository](t)(w.client.Repositories.List(ctx)); len(repositories) < 2 || repositories[0].TrackedFolderID != 2 {
		t.Errorf("got %+v", repositories)
	}
	diff(t, "project", gij.Project{ID: 10000, Key: "PLAT", Name: "Platform"}, must[gij.Project](t)(w.client.Jira.Project(ctx, "PLAT")))

	var seen int
	for _, r := range w.Requests() {
		if r.Header.Get("User-Agent") == "gijctl" {
			continue // of the other client that looks at the state
		}
		seen++
		for name, want := range map[string]string{
			"User-Agent": "gijctl/1.2.3 (tests)", "X-Atlassian-Token": "no-check", "Accept": "application/json",
			"Authorization": "Bearer [redacted]", "X-Proxy-Key": fixtureToken, "Cookie": "",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", r.Method, r.Path, name, got, want)
			}
		}
		hasType := r.Method == http.MethodPost || r.Method == http.MethodPut
		if got := r.Header.Get("Content-Type"); (got == "application/json") != hasType {
			t.Errorf("%s %s: Content-Type %q", r.Method, r.Path, got)
		}
	}
	if seen < 10 {
		t.Errorf("%d requests", seen)
	}
	for _, hidden := range []string{w.Token, fixturePat, fixtureToken} {
		if strings.Contains(trace.String(), hidden) {
			t.Error("the trace shows a secret")
		}
	}
	if !strings.Contains(trace.String(), "> POST "+w.URL+integrationPath+"\n") {
		t.Errorf("trace:\n%s", trace.String())
	}
}

func TestBasicAuthAndDefaultUserAgent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	basic := newClient(t, gij.Config{BaseURL: w.URL, User: w.User, Password: secret.New(w.Password)})
	if _, err := basic.Integrations.List(t.Context()); err != nil {
		t.Error(err)
	}
	both := newClient(t, gij.Config{BaseURL: w.URL, User: w.User, Password: secret.New("wrong"), Token: secret.New(w.Token)})
	if _, err := both.Integrations.List(t.Context()); err != nil {
		t.Errorf("a token goes before a password: %v", err)
	}
	r := w.Requests()
	if r[0].Header.Get("Authorization") != "Basic [redacted]" || r[0].Header.Get("User-Agent") != "gijctl" || r[1].Header.Get("Authorization") != "Bearer [redacted]" {
		t.Errorf("got %v and %v", r[0].Header, r[1].Header)
	}
}

func TestReadOnlySendsNoWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *gij.Config) { c.ReadOnly = true })
	ctx, s := t.Context(), w.client.Integrations
	_, create := s.Create(ctx, spec(t, "type", "GITLAB", "pat", fixturePat), nil)
	_, disable := s.SetDisabled(ctx, 1, true)
	for _, err := range []error{create, disable, s.Update(ctx, 1, spec(t, "global", true)), s.Delete(ctx, 1, gij.DeleteOptions{})} {
		wantError{gij.KindNetwork, "failed", 0, "a dry run sends nothing", ""}.check(t, err)
	}
	if len(w.Requests()) != 0 || len(w.taken()) != 0 {
		t.Errorf("sent %v, waited %v", w.Requests(), w.taken())
	}
}

func TestProxyIsUsed(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(answerJSON(`{"success":true,"integrations":[{"id":9}]}`))
	defer proxy.Close()
	c := newClient(t, gij.Config{BaseURL: "http://jira.test/jira", Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(proxy.URL) }})
	if list, err := c.Integrations.List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("got %v, %v", list, err)
	}
}

// TestConnections counts what 50 lists at once open. Each answer is long enough to need several packets.
func TestConnections(t *testing.T) {
	t.Parallel()
	body := documentedList(200)
	var mu sync.Mutex
	connections := map[string]bool{}
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		connections[r.RemoteAddr] = true
		mu.Unlock()
		_, _ = w.Write(body)
	})
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if list, err := c.Integrations.List(t.Context()); err != nil || len(list) != 200 {
				t.Errorf("%d integrations, %v", len(list), err)
			}
		})
	}
	all.Wait()
	if len(connections) > 4 {
		t.Errorf("%d connections", len(connections))
	}
}
