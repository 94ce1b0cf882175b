package gij_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

func TestJira(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ctx, jira := t.Context(), w.client.Jira
	diff(t, "myself", gij.User{
		Name: "admin", Key: "admin", DisplayName: "Ada Admin", EmailAddress: "admin@acme.example", Active: true,
	}, must[gij.User](t)(jira.Myself(ctx)))
	diff(t, "server", gij.ServerInfo{
		BaseURL: w.URL, Version: "10.3.12", DeploymentType: "Server", ServerTitle: "Acme Jira (gijctl sandbox)",
	}, must[gij.ServerInfo](t)(jira.ServerInfo(ctx)))
	diff(t, "projects", []gij.Project{
		{ID: 10000, Key: "PLAT", Name: "Platform"},
		{ID: 10100, Key: "WEB", Name: "Web Shop"},
		{ID: 10200, Key: "MOB", Name: "Mobile Apps"},
		{ID: 10300, Key: "OPS", Name: "Operations"},
	}, must[[]gij.Project](t)(jira.Projects(ctx)))
	diff(t, "no projects", []gij.Project{}, must[[]gij.Project](t)(serve(t, answerJSON(`[]`)).Jira.Projects(ctx)))
	diff(t, "version of the app", "5.4.1", must[string](t)(jira.AppVersion(ctx)))
	if err := w.client.Integrations.Probe(ctx); err != nil {
		t.Errorf("probe: %v", err)
	}
}

func TestServerInfoNeedsNoLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *gij.Config) { c.Token = secret.Value{} }, "base-url=https://elsewhere.example/jira")
	info := must[gij.ServerInfo](t)(w.client.Jira.ServerInfo(t.Context()))
	diff(t, "base URL", "https://elsewhere.example/jira", info.BaseURL)
}

// TestAccounts has what each kind of account is told.
func TestAccounts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		token    func(*world) string
		isAdmin  bool
		mayRead  bool
		seesApps bool
	}{
		"administrator": {func(w *world) string { return w.Token }, true, true, true},
		"manager":       {func(w *world) string { return w.ManagerToken }, false, true, false},
		"user":          {func(w *world) string { return w.UserToken }, false, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			client := newClient(t, gij.Config{BaseURL: w.URL, Token: secret.New(tt.token(w))})
			diff(t, "is an administrator", tt.isAdmin, must[bool](t)(client.Jira.IsAdmin(t.Context())))
			version := must[string](t)(client.Jira.AppVersion(t.Context()))
			diff(t, "sees the version", tt.seesApps, version != "")
			err := client.Integrations.Probe(t.Context())
			if tt.mayRead != (err == nil) {
				t.Errorf("probe: %v", err)
			}
			if !tt.mayRead {
				wantError{gij.KindForbidden, "auth", 403, "list integrations: not allowed", ""}.check(t, err)
			}
		})
	}
}

func TestIsAdminOfOddAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"permissions":{"ADMINISTER":{"havePermission":"true"}}}`: true,
		`{"permissions":{"ADMINISTER":{"havePermission":false}}}`:  false,
		`{"permissions":{"SYSTEM_ADMIN":{"havePermission":true}}}`: false,
		`{"permissions":{}}`: false,
	} {
		got, err := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if asked := r.URL.Query().Get("permissions"); asked != "ADMINISTER" {
				t.Errorf("asked for %q", asked)
			}
			answerJSON(body)(w, r)
		}).Jira.IsAdmin(t.Context())
		if got != want || err != nil {
			t.Errorf("%s: %t, %v", body, got, err)
		}
	}
}

// TestJiraErrors: a 404 of Jira's own API says nothing of the app.
func TestJiraErrors(t *testing.T) {
	t.Parallel()
	operations := map[string]func(*gij.Client) error{
		"myself":   func(c *gij.Client) error { _, err := c.Jira.Myself(t.Context()); return err },
		"server":   func(c *gij.Client) error { _, err := c.Jira.ServerInfo(t.Context()); return err },
		"admin":    func(c *gij.Client) error { _, err := c.Jira.IsAdmin(t.Context()); return err },
		"projects": func(c *gij.Client) error { _, err := c.Jira.Projects(t.Context()); return err },
	}
	tests := map[string]struct {
		handle http.HandlerFunc
		want   wantError
	}{
		"404 of a page":     {answer(404, "text/html", "<title>Nothing</title>"), wantError{gij.KindFailed, "failed", 404, "this is not Jira, or the URL lacks its context path", "is Jira's base URL"}},
		"404 in JSON":       {answer(404, "application/json", `{"errorMessages":["no"]}`), wantError{gij.KindFailed, "failed", 404, "this is not Jira", ""}},
		"401":               {answer(401, "application/json", `{}`), wantError{gij.KindAuth, "auth", 401, "the token was not accepted", "Personal Access Tokens"}},
		"403":               {answer(403, "application/json", `{"message":"no"}`), wantError{gij.KindForbidden, "auth", 403, "not allowed (403): no", "ask Jira's administrator"}},
		"login page":        {answer(200, "text/html", "<html>os_username"), wantError{gij.KindAuth, "auth", 200, "login page", ""}},
		"an empty object":   {answerJSON(`{}`), wantError{gij.KindFailed, "failed", 200, "cannot be understood", "--trace"}},
		"a string":          {answerJSON(`{"name":{},"version":{},"permissions":"x"}`), wantError{gij.KindFailed, "failed", 200, "cannot be understood", ""}},
		"an array of three": {answerJSON(`[1,2,3]`), wantError{gij.KindFailed, "failed", 200, "cannot be understood", ""}},
	}
	for name, tt := range tests {
		for operation, run := range operations {
			t.Run(name+"/"+operation, func(t *testing.T) {
				t.Parallel()
				tt.want.check(t, run(serve(t, tt.handle)))
			})
		}
	}
}

// TestBasicSwitchedOff: Jira 11 refuses Basic with 403, which the advice says only to whoever uses it.
func TestBasicSwitchedOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, "basic-off")
	client := newClient(t, gij.Config{BaseURL: w.URL, User: w.User, Password: secret.New(w.Password)})
	_, err := client.Jira.Myself(t.Context())
	wantError{gij.KindForbidden, "auth", 403, "not allowed", "Basic authentication switched off"}.check(t, err)
}

func TestAppVersion(t *testing.T) {
	t.Parallel()
	plugins := func(list string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/rest/plugins/1.0/" || r.Header.Get("Accept") != "application/vnd.atl.plugins.installed+json" {
				t.Errorf("%s, Accept %s", r.URL.Path, r.Header.Get("Accept"))
			}
			answerJSON(`{"links":{"a":[{}]},"plugins":[`+list+`],"hostStatus":{}}`)(w, r)
		}
	}
	const other = `{"key":"com.acme","name":"Acme","version":"1"}`
	for name, tt := range map[string]struct {
		handle http.HandlerFunc
		want   string
	}{
		"by key":             {plugins(other + `,{"key":"com.xiplink.jira.git.jira_git_plugin","name":"?","version":"5.1"}`), "5.1"},
		"key before name":    {plugins(`{"name":"Git Integration for Jira","version":"1"},{"key":"com.xiplink.jira.git.jira_git_plugin","version":"5.1"}`), "5.1"},
		"by name":            {plugins(other + `,{"key":"x","name":"Git Integration for Jira (by GitKraken)","version":"6.0"}`), "6.0"},
		"not among them":     {plugins(other), ""},
		"no plugins":         {plugins(""), ""},
		"401":                {answer(401, "application/json", `{}`), ""},
		"403":                {answer(403, "text/html", "no"), ""},
		"no plugin manager":  {answer(404, "text/html", "no"), ""},
		"404 in JSON":        {answer(404, "application/json", `{"message":"null for uri"}`), ""},
		"enough was read of": {answerJSON(`{"plugins":[{"key":"com.xiplink.jira.git.jira_git_plugin","version":"5"},broken`), "5"},
	} {
		got, err := serve(t, tt.handle).Jira.AppVersion(t.Context())
		if got != tt.want || err != nil {
			t.Errorf("%s: %q, %v; want %q", name, got, err, tt.want)
		}
	}
}

func TestAppVersionErrors(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		handle http.HandlerFunc
		want   wantError
	}{
		"another form":  {answerJSON(`{"apps":[]}`), wantError{gij.KindFailed, "failed", 200, "it has no plugins", ""}},
		"no object":     {answerJSON(`[]`), wantError{gij.KindFailed, "failed", 200, "cannot be understood", ""}},
		"no list":       {answerJSON(`{"plugins":{}}`), wantError{gij.KindFailed, "failed", 200, "cannot be understood", ""}},
		"server error":  {answer(500, "text/plain", "oops"), wantError{gij.KindFailed, "failed", 500, "oops", ""}},
		"login page":    {answer(200, "text/html", "<html>"), wantError{gij.KindAuth, "auth", 200, "login page", ""}},
		"ends too soon": {answerJSON(`{"plugins":[{"key":"a"}`), wantError{gij.KindNetwork, "failed", 0, "ended before", ""}},
		"without end":   {answerJSON(`{"x":"` + strings.Repeat("a", 17<<20) + `"}`), wantError{gij.KindNetwork, "failed", 0, "ended before", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := serve(t, tt.handle).Jira.AppVersion(t.Context())
			tt.want.check(t, err)
		})
	}
}

func TestAppVersionOfASandbox(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"no-upm", "not-installed"} {
		w := newWorld(t, nil, fault)
		diff(t, fault, "", must[string](t)(w.client.Jira.AppVersion(t.Context())))
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		handle http.HandlerFunc
		want   *wantError
	}{
		"an empty list":  {answerJSON(`{"success":true,"integrations":[]}`), nil},
		"reads the head": {answerJSON(`{"success":true,"integrations":[{"id":1},broken`), nil},
		"refused":        {answerJSON(`{"success":false,"error":"no"}`), &wantError{gij.KindFailed, "failed", 200, "no", ""}},
		"no app":         {answer(404, "text/html", "no"), &wantError{gij.KindAppMissing, "failed", 404, "not installed", ""}},
		"401":            {answer(401, "text/html", "no"), &wantError{gij.KindAuth, "auth", 401, "", ""}},
	} {
		err := serve(t, tt.handle).Integrations.Probe(t.Context())
		if tt.want != nil {
			tt.want.check(t, err)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
