package gij_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

// operations are what a client can be asked, by name. Each is tried against integration 1 of the demo seed.
func operations(t *testing.T, c *gij.Client) map[string]func() error {
	t.Helper()
	ctx, s := t.Context(), c.Integrations
	return map[string]func() error{
		"list": func() error {
			_, err := s.List(ctx)
			return err
		},
		"get": func() error {
			_, err := s.Get(ctx, 1)
			return err
		},
		"create": func() error {
			_, err := s.Create(ctx, spec(t, "type", "GITLAB", "pat", fixturePat), nil)
			return err
		},
		"update": func() error { return s.Update(ctx, 1, spec(t, "displayName", "New", "pat", fixturePat)) },
		"disable": func() error {
			_, err := s.SetDisabled(ctx, 1, true)
			return err
		},
		"delete": func() error { return s.Delete(ctx, 1, gij.DeleteOptions{}) },
	}
}

func reads() []string  { return []string{"list", "get"} }
func writes() []string { return []string{"create", "update", "disable", "delete"} }

// TestErrors has every way of a server to say no, for every operation to which it says so.
func TestErrors(t *testing.T) {
	t.Parallel()
	type as = func(*gij.Config, *world)
	admin := func(*gij.Config, *world) {}
	wrongToken := func(c *gij.Config, _ *world) { c.Token = secret.New(fixtureToken) }
	nobody := func(c *gij.Config, _ *world) { c.Token = secret.Value{} }
	user := func(c *gij.Config, w *world) { c.Token = secret.New(w.UserToken) }
	basic := func(c *gij.Config, w *world) {
		c.Token, c.User, c.Password = secret.Value{}, w.User, secret.New(w.Password)
	}
	wrongPassword := func(c *gij.Config, w *world) {
		c.Token, c.User, c.Password = secret.Value{}, w.User, secret.New(fixturePassword)
	}
	const newToken = "Personal Access Tokens"
	auth := func(status int, message, hint string) wantError {
		return wantError{gij.KindAuth, "auth", status, message, hint}
	}
	forbidden := func(message, hint string) wantError {
		return wantError{gij.KindForbidden, "auth", 403, message, hint}
	}
	failed := func(status int, message, hint string) wantError {
		return wantError{gij.KindFailed, "failed", status, message, hint}
	}
	tests := []struct {
		name   string
		as     as
		faults []string
		ops    []string // nil is all
		want   wantError
	}{
		{"token", wrongToken, nil, nil, auth(401, "the token was not accepted (401)", newToken)},
		{"no credentials", nobody, nil, nil, auth(401, "the token was not accepted (401)", newToken)},
		{"password", wrongPassword, nil, nil, auth(401, "user name and password were not accepted (401)", newToken)},
		{"Basic switched off", basic, []string{"basic-off=401"}, nil, auth(401, "user name and password were not accepted (401)", "Jira 11")},
		{"Basic forbidden", basic, []string{"basic-off=403"}, nil, forbidden("not allowed (403): Basic Authentication has been disabled", "Jira administrator")},
		{"no administrator", user, nil, nil, forbidden("not allowed (403): You do not have permission", "Manage Git Integration for Jira")},
		{"CAPTCHA", basic, []string{"captcha"}, nil, auth(403, "CAPTCHA after too many failed logins", "/jira/login.jsp")},
		{"CAPTCHA for a token", wrongToken, []string{"captcha"}, nil, auth(403, "CAPTCHA", "in a browser at http://127.0.0.1")},
		{"XSRF 403", admin, []string{"xsrf=403"}, writes(), failed(403, "XSRF check", "X-Atlassian-Token")},
		{"XSRF 404", admin, []string{"xsrf=404"}, writes(), failed(404, "XSRF check", "X-Atlassian-Token")},
		{"login page", admin, []string{"html-login=200"}, nil, auth(200, "Jira answered with a login page", newToken)},
		{"login page after a redirect", admin, []string{"html-login=302"}, reads(), auth(200, "login page", newToken)},
		{"redirect to the login page", admin, []string{"html-login=302"}, writes(), auth(302, "redirected (302) to http://127.0.0.1", newToken)},
		{"redirect to a login elsewhere", admin, []string{"html-login=302-other"}, nil, auth(302, "/sso/login", "your credentials were not sent there")},
		{"redirect elsewhere", admin, []string{"redirect-rest"}, nil, failed(301, "redirected (301) to http://127.0.0.1", "your credentials were not sent there. If you know the address, use it: --url http://127.0.0.1")},
		{"no app, web page", admin, []string{"not-installed=html"}, nil, wantError{gij.KindAppMissing, "failed", 404, "the app is not installed", "is Jira's base URL"}},
		{"no app, JSON", admin, []string{"not-installed=json"}, nil, wantError{gij.KindAppMissing, "failed", 404, "the app is not installed", "is Jira's base URL"}},
		{"proxy's text for a write", admin, []string{"not-json"}, writes(), wantError{gij.KindUnknown, "partial", 0, "unknown whether it was done: unexpected answer (200, text/plain)", "gijctl integration list"}},
		{"proxy's text", admin, []string{"not-json"}, reads(), failed(200, "unexpected answer (200, text/plain): Scheduled maintenance. This page is served by the proxy.", "--trace")},
		{"502", admin, []string{"bad-gateway-before"}, reads(), failed(502, "unexpected answer (502, text/html): 502 Bad Gateway", "proxy")},
		{"503", admin, []string{"unavailable"}, nil, failed(503, "Jira or a proxy is busy or being restarted (503)", "try again")},
		{"429", admin, []string{"rate-limit"}, nil, failed(429, "too many requests (429)", "--retries")},
		{"reset", admin, []string{"drop-read"}, reads(), wantError{gij.KindNetwork, "failed", 0, "ended before the answer was complete", "try again"}},
		{"short answer", admin, []string{"truncate"}, reads(), wantError{gij.KindNetwork, "failed", 0, "ended before the answer was complete", "try again"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil, test.faults...)
			c := gij.Config{BaseURL: w.URL, Token: secret.New(w.Token), Wait: w.wait}
			test.as(&c, w)
			ops := operations(t, newClient(t, c))
			names := test.ops
			if names == nil {
				names = append(reads(), writes()...)
			}
			for _, name := range names {
				err := ops[name]()
				test.want.check(t, err)
				if err != nil && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), w.Token) {
					t.Error("the error holds the token")
				}
			}
			for _, r := range w.Requests() {
				if !strings.HasSuffix(w.URL, r.Host+"/jira") {
					t.Errorf("another origin was asked: %s %s%s, %v", r.Method, r.Host, r.Path, r.Header)
				}
			}
		})
	}
}

func TestManagerMay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := newClient(t, gij.Config{BaseURL: w.URL, Token: secret.New(w.ManagerToken)})
	list := must[[]gij.Integration](t)(c.Integrations.List(t.Context()))
	if list[0].Global != nil || list[0].ProjectMappingIDs != nil || list[0].Disabled == nil {
		t.Errorf("a manager sees %+v", list[0])
	}
}

// TestCredentialsStayWhereTheyBelong redirects to a server of another origin that would notice.
func TestCredentialsStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	for _, code := range []int{301, 302, 303, 307, 308} {
		var got []*http.Request
		other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = append(got, r) }))
		c := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL+"/rest", code) })
		for name, do := range operations(t, c) {
			if err := do(); !gij.IsKind(err, gij.KindAuth) {
				t.Errorf("%d, %s: %v", code, name, err)
			}
		}
		other.Close()
		if len(got) != 0 {
			t.Errorf("%d: the other server got %s %v", code, got[0].Method, got[0].Header)
		}
	}
}

func TestRedirectOfAWriteIsNotFollowed(t *testing.T) {
	t.Parallel()
	var count int
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		count++
		http.Redirect(w, r, "/moved"+r.URL.Path, http.StatusTemporaryRedirect)
	})
	err := c.Integrations.Update(t.Context(), 1, spec(t, "pat", fixturePat))
	wantError{gij.KindFailed, "failed", 307, "redirected (307) to http://", "/moved"}.check(t, err)
	if count != 1 {
		t.Errorf("%d requests", count)
	}
	bare := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) })
	err = bare.Integrations.Update(t.Context(), 1, spec(t, "global", true))
	wantError{gij.KindAuth, "auth", 302, "redirected (302)", "not sent there"}.check(t, err)
}

// TestMissingID has the documented words with every status that they may come with.
func TestMissingID(t *testing.T) {
	t.Parallel()
	for fault, status := range map[string]int{"": 404, "error-status=200": 200, "error-status=400": 400, "error-status=404": 404, "error-status=500": 500} {
		for _, profile := range []string{"captured", "legacy-docs", "ancient", "bare"} {
			faults := []string{"profile=" + profile}
			if fault != "" {
				faults = append(faults, fault)
			}
			w := newWorld(t, nil, faults...)
			ctx, s := t.Context(), w.client.Integrations
			_, get := s.Get(ctx, 99)
			_, disable := s.SetDisabled(ctx, 99, true)
			for _, err := range []error{get, disable, s.Update(ctx, 99, spec(t, "global", true)), s.Delete(ctx, 99, gij.DeleteOptions{})} {
				wantError{
					gij.KindNotFound, "not_found", status, "Repository with id=99 does not exist", "Please try again with an existing repository id.",
				}.check(t, err)
			}
		}
	}
}

// TestMissingIDWithoutWords has a 404 that may mean a missing id or a missing app: the list tells.
func TestMissingIDWithoutWords(t *testing.T) {
	t.Parallel()
	lists := map[string]http.HandlerFunc{
		"rows":  answerJSON(`{"success":true,"integrations":[{"id":1}]}`),
		"empty": answerJSON(`{"success":true,"integrations":[]}`),
		"none":  answer(404, "text/html", "<title>Oops</title>"),
	}
	for name, list := range lists {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == integrationPath {
				list(w, r)
				return
			}
			answer(404, "application/json", `{"message":"null for uri: x","status-code":404}`)(w, r)
		})
		_, err := c.Integrations.Get(t.Context(), 5)
		want := wantError{gij.KindNotFound, "not_found", 404, "get integration 5: there is no integration with id 5", ""}
		if name == "none" {
			want = wantError{gij.KindAppMissing, "failed", 404, "the app is not installed", ""}
		}
		want.check(t, err)
	}
}

// TestRefusals are answers that no page documents, in every shape that a server may choose.
func TestRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status        int
		contentType   string
		body          string
		kind          gij.Kind
		message, hint string
	}{
		{400, "application/json", `{"success":false,"error":"Bad region","advice":"Use another."}`, gij.KindFailed, ": Bad region", "Use another."},
		{400, "application/json", `{"success":"false","error":"Bad region"}`, gij.KindFailed, ": Bad region", ""},
		{200, "application/json", `{"success":"FALSE"}`, gij.KindFailed, "said that it failed, and not why", ""},
		{200, "application/json", `{"success":false,"message":"License expired"}`, gij.KindFailed, ": License expired", ""},
		{200, "application/json", `{"error":"SessionTokenNotFoundException"}`, gij.KindFailed, ": SessionTokenNotFoundException", ""},
		{500, "application/json", `{"success":false,"error":{"code":5},"advice":7}`, gij.KindFailed, `: {"code":5}`, ""},
		{500, "application/json", `{"errorMessages":["Something","went wrong"]}`, gij.KindFailed, "unexpected answer (500, application/json)", "--trace"},
		{403, "application/json", `{"errorMessages":["No","way"]}`, gij.KindForbidden, "not allowed (403): No; way", "administrator"},
		{400, "text/plain", "cannot deserialize\nsecond line", gij.KindFailed, "unexpected answer (400, text/plain): cannot deserialize", ""},
		{500, "", "", gij.KindFailed, "unexpected answer (500)", ""},
		{418, "text/html", "<html>\n<body>\n<h1>x</h1>\nI am a teapot\n", gij.KindFailed, "(418, text/html): I am a teapot", ""},
		{500, "text/html", "<html><b>all tags</b></html>", gij.KindFailed, "<html><b>all tags", ""},
		{500, "text/plain", strings.Repeat("long ", 100), gij.KindFailed, strings.Repeat("long ", 32) + "...", ""},
		{503, "text/html", `<form id="login-form">`, gij.KindAuth, "login page", ""},
		{200, "application/json", `{"success":true,"integrations":`, gij.KindNetwork, "before the answer was complete", ""},
		{200, "application/json", `{"success":maybe}`, gij.KindFailed, "the answer cannot be understood", "--trace"},
		{200, "application/json", `{"success":7,"integrations":[]}`, gij.KindFailed, "success is 7, not true or false", ""},
		{200, "application/json", `{"success":true}`, gij.KindFailed, "it holds no list of integrations", "another version"},
	}
	for _, test := range tests {
		c := serve(t, answer(test.status, test.contentType, test.body))
		_, err := c.Integrations.List(t.Context())
		var e *gij.Error
		if !errors.As(err, &e) || e.Kind != test.kind || !strings.Contains(e.Error(), test.message) || !strings.Contains(e.Advice, test.hint) {
			t.Errorf("%d %s: got %v (%+v), want %s", test.status, test.body, err, e, test.message)
		}
		if e != nil && e.Status != test.status && e.Kind != gij.KindNetwork {
			t.Errorf("%d %s: status %d", test.status, test.body, e.Status)
		}
	}
}

func TestUndecodableOne(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		`{"success":true}`:                                         "no integration",
		`{"success":true,"integration":null}`:                      "no integration",
		`{"success":true,"integration":[]}`:                        "holds 0 integrations",
		`{"success":true,"integration":[{"id":1},{"id":2}]}`:       "holds 2 integrations",
		`{"success":true,"integration":[{}]}`:                      "no integration",
		`{"success":true,"integration":"x"}`:                       "no JSON object",
		`{"success":true,"integration":{"id":"one"}}`:              "id: ",
		`{"success":true,"integration":{"id":1,"initDate":"now"}}`: "initDate: ",
		`{"success":maybe}`:                                        "invalid character",
		`{"id":1} trailing`:                                        "invalid character",
		`{"success":true,` + strings.Repeat(" ", 17<<20):           "larger than the limit of 16 MiB",
	}
	for body, want := range tests {
		_, err := serve(t, answerJSON(body)).Integrations.Get(t.Context(), 1)
		var e *gij.Error
		if !errors.As(err, &e) || e.Kind != gij.KindFailed || e.Status != 200 || !strings.Contains(e.Message, want) {
			t.Errorf("%.60s: got %v, want %s", body, err, want)
		}
	}
}

// TestNetworkErrors makes each happen, and looks at the words.
func TestNetworkErrors(t *testing.T) {
	t.Parallel()
	over := make(chan struct{})
	defer close(over)
	secure := httptest.NewUnstartedServer(answerJSON(`{}`))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	plain := httptest.NewServer(answerJSON(`{}`))
	defer plain.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-over }))
	closed := httptest.NewServer(answerJSON(`{}`))
	closed.Close()
	odd, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := odd.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1))
			_, _ = conn.Write([]byte("SSH-2.0-OpenSSH_9.2\r\n"))
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = odd.Close() })
	tests := map[string]struct{ url, message, hint string }{
		"refused":     {closed.URL, "nothing answers at 127.0.0.1:", "whether Jira is running"},
		"DNS":         {"http://" + strings.Repeat("x", 64) + ".invalid", ".invalid is not known: ", "HTTPS_PROXY"},
		"TLS":         {secure.URL, "no trusted connection to 127.0.0.1:", "--ca-file"},
		"plain http":  {strings.Replace(plain.URL, "http", "https", 1), "answers plain http, not https", "http:// sends your token readable"},
		"no answer":   {silent.URL, "in time", "--timeout"},
		"not even us": {"http://" + odd.Addr().String(), "malformed HTTP", ""},
	}
	for name, test := range tests {
		c := gij.Config{BaseURL: test.url}
		if test.url == silent.URL {
			c.Timeout = 100 * time.Millisecond
		}
		_, err := newClient(t, c).Integrations.List(t.Context())
		wantError{gij.KindNetwork, "failed", 0, test.message, test.hint}.check(t, err)
		if errors.Unwrap(err) == nil {
			t.Errorf("%s: no cause", name)
		}
	}
}

func TestInterruptedRead(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	half := `{"success":true,"integrations":[{"id":1},`
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(half + strings.Repeat(" ", 8<<10)))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	var last error
	for _, err := range c.Integrations.All(ctx) {
		cancel()
		last = err
	}
	wantError{gij.KindNetwork, "failed", 0, "list integrations: interrupted", ""}.check(t, last)
}

func TestHostileTextIsData(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, "hostile-text")
	list := must[[]gij.Integration](t)(w.client.Integrations.List(t.Context()))
	for _, part := range []string{"\x1b[31m", "\x1b]0;owned\x07", "\r", "\u009b2J", "\u202e", "\u200b"} {
		if !strings.Contains(list[0].DisplayName, part) {
			t.Errorf("the name lacks %q: it is for the output to escape it", part)
		}
	}
	_, err := w.client.Integrations.Get(t.Context(), 99)
	if !strings.Contains(err.Error(), "\x1b[31mred") {
		t.Errorf("got %q", err)
	}
}

func TestExtraKeysAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, "extra-keys")
	one := must[gij.Integration](t)(w.client.Integrations.Get(t.Context(), 1))
	list := must[[]gij.Integration](t)(w.client.Integrations.List(t.Context()))
	for _, i := range []gij.Integration{one, list[0], list[4]} {
		unknown, err := i.Unknown()
		if err != nil || len(unknown) != 3 || string(unknown["x-futureList"]) != `[1,{"deep":null}]` {
			t.Errorf("got %s, %v", unknown, err)
		}
	}
}

func TestRetriesOfReads(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"drop-read=2", "bad-gateway-before=2", "unavailable=2", "rate-limit=2"} {
		w := newWorld(t, func(c *gij.Config) { c.Retries = 2 }, fault)
		if list, err := w.client.Integrations.List(t.Context()); err != nil || len(list) == 0 {
			t.Errorf("%s: %v", fault, err)
		}
		if len(w.taken()) != 2 || len(w.Requests()) != 3 {
			t.Errorf("%s: waited %v, sent %d", fault, w.taken(), len(w.Requests()))
		}
	}
}

func TestProjectErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	_, err := w.client.Jira.Project(t.Context(), "NOPE/../x")
	wantError{gij.KindNotFound, "not_found", 404, "no project with the key NOPE/../x", "upper case"}.check(t, err)
	w.setFaults(t, "html-login=200")
	_, err = w.client.Jira.Project(t.Context(), "PLAT")
	wantError{gij.KindAuth, "auth", 200, "find project PLAT: Jira answered with a login page", ""}.check(t, err)
	for _, body := range []string{`{"id":"many","key":"PLAT"}`, `{"id":5}`, `[1]`} {
		_, err := serve(t, answerJSON(body)).Jira.Project(t.Context(), "PLAT")
		wantError{gij.KindFailed, "failed", 200, "cannot be understood", ""}.check(t, err)
	}
}

func TestRepositoryListErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, "not-installed")
	_, err := w.client.Repositories.List(t.Context())
	wantError{gij.KindAppMissing, "failed", 404, "list repositories: 404", ""}.check(t, err)
	_, err = serve(t, answerJSON(`{"success":true,"repositories":{}}`)).Repositories.List(t.Context())
	wantError{gij.KindFailed, "failed", 200, "cannot be understood", ""}.check(t, err)
}

func TestIsKind(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("apply: %w", &gij.Error{Kind: gij.KindAuth, Op: "x", Message: "y"})
	if !gij.IsKind(err, gij.KindAuth) || gij.IsKind(err, gij.KindFailed) || gij.IsKind(errors.New("x"), gij.KindFailed) || gij.IsKind(nil, gij.KindFailed) {
		t.Error("IsKind")
	}
	if got := err.Error(); got != "apply: x: y" {
		t.Errorf("got %s", got)
	}
}
