package sandbox_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/sandbox"
)

const undecodable = "A JSON web token could not be decoded"

func TestGitHubSignIn(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	now, good := h.now().Unix(), object{"alg": "RS256"}
	other := parseKey(t, privateKey(t, false))
	tests := map[string]struct {
		token  string
		status int
		text   string
	}{
		"app id":            {sign(t, h.key, good, h.claims(nil)), 200, `"id":884213`},
		"app id as text":    {sign(t, h.key, good, h.claims(object{"iss": "884213"})), 200, `"client_id":"` + h.App.ClientID + `"`},
		"client id":         {sign(t, h.key, good, h.claims(object{"iss": h.App.ClientID})), 200, `"name":"jira.acme.example-1716811200000"`},
		"ten minutes":       {sign(t, h.key, good, h.claims(object{"exp": now + 600})), 200, `"events":["pull_request","push"]`},
		"no token":          {"", 401, undecodable},
		"no JWT":            {"ghp-nothing", 401, undecodable},
		"another algorithm": {sign(t, h.key, object{"alg": "none"}, h.claims(nil)), 401, undecodable},
		"another key":       {sign(t, other, good, h.claims(nil)), 401, undecodable},
		"spoiled":           {sign(t, h.key, good, h.claims(nil)) + "A", 401, undecodable},
		"too long":          {sign(t, h.key, good, h.claims(object{"exp": now + 601})), 401, "('exp') is too far in the future"},
		"over":              {sign(t, h.key, good, h.claims(object{"exp": now})), 401, "('exp') must be a numeric value"},
		"no end":            {sign(t, h.key, good, h.claims(object{"exp": nil})), 401, "('exp') must be a numeric value"},
		"of the future":     {sign(t, h.key, good, h.claims(object{"iat": now + 1})), 401, "'Issued at' claim ('iat') must be an Integer"},
		"a fraction":        {sign(t, h.key, good, h.claims(object{"iat": 1.5})), 401, "'Issued at' claim ('iat') must be an Integer"},
		"no issuer":         {sign(t, h.key, good, h.claims(object{"iss": nil})), 401, "Missing 'issuer' claim"},
		"unknown issuer":    {sign(t, h.key, good, h.claims(object{"iss": 1})), 404, "Integration not found"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := h.send(t, http.MethodGet, "/api/v3/app", tt.token, "", "").want(t, tt.status, tt.text)
			if tt.status != 200 {
				r.want(t, tt.status, `"documentation_url":"https://docs.github.com/`, `"status":"`+strconv.Itoa(tt.status)+`"`)
			}
			if got := r.header.Get("Content-Type"); got != "application/json; charset=utf-8" || r.header.Get("X-GitHub-Request-Id") == "" {
				t.Errorf("header: %v", r.header)
			}
		})
	}
}

func TestGitHubOldIssuer(t *testing.T) {
	t.Parallel()
	h := startHub(t, "github-issuer=integer")
	h.api(t, "GET /app").want(t, 200)
	h.issuer = h.App.ClientID
	h.api(t, "GET /app").want(t, 401, "'Issuer' claim ('iss') must be an Integer")
}

func TestGitHubClock(t *testing.T) {
	t.Parallel()
	h := startHub(t, "github-clock=-10m")
	r := h.api(t, "GET /app").want(t, 401, "is too far in the future")
	date, err := time.Parse(http.TimeFormat, r.header.Get("Date"))
	if err != nil || h.now().Sub(date).Round(time.Second) != 10*time.Minute {
		t.Errorf("date: %v, %v", date, err)
	}
	h.faults(t, "github-clock=20m")
	h.api(t, "GET /app").want(t, 401, "('exp') must be a numeric value")
}

func TestInstallations(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	h.api(t, "GET /app").want(t, 200, `"installations_count":1`, `"html_url":"`+h.GitHubURL+`/github-apps/`+h.App.Slug+`"`, `"metadata":"read"`)
	h.api(t, "GET /app/installations").want(t, 200, `"id":51120934`, `"repository_selection":"selected"`, `"suspended_at":null`, `"target_type":"Organization"`)
	h.api(t, "GET /app/installations/51120934").want(t, 200, `"html_url":"`+h.GitHubURL+`/organizations/acme/settings/installations/51120934"`)
	h.api(t, "GET /orgs/ACME/installation").want(t, 200, `"app_slug":"`+h.App.Slug+`"`)
	h.api(t, "GET /orgs/hooli/installation").want(t, 404, "Not Found")
	h.api(t, "GET /app/installations/1").want(t, 404)
	h.api(t, "GET /app/installations/abc").want(t, 404)
	h.api(t, "PUT /app/installations/51120934/suspended").want(t, 204)
	h.api(t, "GET /app/installations/51120934").want(t, 200, `"login":"`+h.App.Slug+`[bot]"`, `"suspended_at":"2026-03-04T05:06:07Z"`)
	h.api(t, "POST /app/installations/51120934/access_tokens").want(t, 403, "This installation has been suspended")
	h.submit(t, "/organizations/acme/settings/installations/51120934/suspend", map[string][]string{"suspend": {"false"}}).want(t, 403)
	h.api(t, "DELETE /app/installations/51120934/suspended").want(t, 204)
	h.api(t, "DELETE /app/installations/51120934").want(t, 204)
	h.api(t, "DELETE /app/installations/51120934").want(t, 404)
	h.api(t, "GET /app/installations").want(t, 200, "[]")
}

func TestInstallationTokens(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	const path = "POST /app/installations/51120934/access_tokens"
	whole := h.api(t, path).want(t, 201, `"expires_at":"2026-03-04T06:06:07Z"`, `"contents":"write"`)
	token, _ := whole.field(t, "token").(string)
	repositories := func() reply { return h.send(t, http.MethodGet, "/api/v3/installation/repositories", token, "", "") }
	repositories().want(t, 200, `"total_count":2`, `"full_name":"acme/web-shop"`, `"full_name":"acme/platform-api"`)
	h.api(t, path, `{"repositories":["web-shop"],"permissions":{"contents":"read"}}`).want(t, 201, `"contents":"read"`, `"repositories":[`).lacks(t, "pull_requests\"")
	h.api(t, path, `{"repositories":["handbook"]}`).want(t, 422, "not accessible to the parent installation")
	h.api(t, path, `{"permissions":{"administration":"read"}}`).want(t, 422, "not granted to this installation")
	h.api(t, path, `{`).want(t, 400, "Problems parsing JSON")
	h.advance(time.Hour)
	repositories().want(t, 401, "Bad credentials")
	token, _ = h.api(t, path).want(t, 201).field(t, "token").(string)
	h.send(t, http.MethodDelete, "/api/v3/installation/token", token, "", "").want(t, 204)
	repositories().want(t, 401)
}

func TestHooks(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	h.api(t, "GET /app/hook/config").want(t, 200, `"secret":"********"`, `"url":"https://jira.acme.example/`)
	h.api(t, "PATCH /app/hook/config", `{"url":"https://jira.acme.example/new","insecure_ssl":0}`).want(t, 200, `/new"`, `"insecure_ssl":"0"`)
	h.api(t, "PATCH /app/hook/config", `{"url":"http://127.0.0.1/x"}`).want(t, 422, "isn't reachable over the public Internet")
	h.api(t, "GET /app/hook/config").want(t, 200, `/new"`)
	first := h.api(t, "GET /app/hook/deliveries?per_page=1").want(t, 200, `"status":"OK"`)
	next, _, _ := strings.Cut(strings.TrimPrefix(first.header.Get("Link"), "<"), ">")
	h.api(t, "GET "+strings.TrimPrefix(next, h.GitHubURL+"/api/v3")).want(t, 200, `"status_code":502`, `"id":93100283`)
	h.api(t, "GET /app/hook/deliveries?cursor=x").want(t, 400)
	h.api(t, "GET /app/hook/deliveries/93100283").want(t, 200, `"payload":"Bad Gateway"`, `"url":"https://jira.acme.example/new"`)
	h.api(t, "POST /app/hook/deliveries/93100283/attempts").want(t, 202, "{}")
	h.api(t, "GET /app/hook/deliveries?per_page=1").want(t, 200, `"redelivery":true`)
	h.api(t, "GET /app/hook/deliveries/1").want(t, 404)
}

func TestGitHubOutside(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	h.page(t, "/api/v3/orgs/acme").want(t, 200, `"login":"acme"`, `"type":"Organization"`, `"id":6800211`)
	h.page(t, "/api/v3/orgs/nobody").want(t, 404, `"message":"Not Found"`)
	h.page(t, "/api/v3/apps/"+h.App.Slug).want(t, 404)
	h.api(t, "GET /apps/"+h.App.Slug).want(t, 200)
	h.submit(t, "/organizations/acme/settings/apps/"+h.App.Slug+"/public", map[string][]string{"public": {"true"}}).want(t, 302)
	h.page(t, "/api/v3/apps/"+h.App.Slug).want(t, 200).lacks(t, "installations_count")
	h.page(t, "/api/v3/rate_limit").want(t, 404, "Rate limiting is not enabled.")
	h.page(t, "/api/v3/nothing").want(t, 404, `"message":"Not Found"`)
	h.page(t, "/nothing").want(t, 404, "This is not the web page")
	if h.page(t, "/api/v3/orgs/acme").header.Get("X-RateLimit-Limit") != "" {
		t.Error("an Enterprise Server has rate limits")
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.GitHubURL+"/orgs/acme", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "api." + strings.TrimPrefix(h.GitHubURL, "http://")
	h.do(r).want(t, 200, `"url":"http://api.127.0.0.1:`)
	r.Header.Set("User-Agent", "")
	h.do(r).want(t, 403, "Request forbidden by administrative rules")
}

func TestGitHubKinds(t *testing.T) {
	t.Parallel()
	h := startHub(t, "github-kind=dotcom")
	r := h.api(t, "GET /app").want(t, 200, `"html_url":"`+h.GitHubURL+`/apps/`+h.App.Slug+`"`)
	if r.header.Get("X-RateLimit-Limit") != "5000" {
		t.Errorf("header: %v", r.header)
	}
	h.page(t, "/api/v3/rate_limit").want(t, 200, `"integration_manifest":{`)
	h.faults(t, "github-url=https://github.com")
	h.api(t, "GET /app").want(t, 200, `"html_url":"https://github.com/apps/`, `"url":"https://api.github.com/users/acme"`)
	h.faults(t, "github-url=https://ghe.acme.example")
	h.api(t, "GET /app").want(t, 200, `"html_url":"https://ghe.acme.example/github-apps/`, `"url":"https://ghe.acme.example/api/v3/users/acme"`)
	h.faults(t, "github-owner=enterprise", "github-count=hidden")
	h.api(t, "GET /app").want(t, 200, `"owner":{`, `"slug":"acme-group"`).lacks(t, "installations_count")
}

func TestGitHubNetwork(t *testing.T) {
	t.Parallel()
	h := startHub(t, "github-drop=1", "github-waf=1", "github-unavailable=1", "github-rate=1", "github-secondary-rate=1", "github-rate-wait=7")
	h.api(t, "GET /app").wantDropped(t)
	h.api(t, "GET /app").want(t, 403, "<title>403 Forbidden</title>")
	h.api(t, "GET /app").want(t, 503)
	limited := h.api(t, "GET /app").want(t, 403, "API rate limit exceeded")
	if limited.header.Get("X-RateLimit-Remaining") != "0" || limited.header.Get("X-RateLimit-Reset") != strconv.FormatInt(h.now().Unix()+7, 10) {
		t.Errorf("header: %v", limited.header)
	}
	if got := h.api(t, "GET /app").want(t, 429, "secondary rate limit").header.Get("Retry-After"); got != "7" {
		t.Errorf("Retry-After: %s", got)
	}
	h.api(t, "GET /app").want(t, 200)
	h.faults(t, "github-no-api")
	if got := h.api(t, "GET /app").want(t, 404, "<html").header.Get("Content-Type"); !strings.HasPrefix(got, "text/html") {
		t.Error(got)
	}
}

// TestGitHubOfSeeds: an app of GIJ's is one of GitHub's.
func TestGitHubOfSeeds(t *testing.T) {
	t.Parallel()
	for _, seed := range []string{"empty", "fleet"} {
		s := start(t, sandbox.Options{Seed: seed})
		if hasApp := s.App.ID != 0; hasApp != (seed == "fleet") || hasApp && s.App.Org != "globex-retail" {
			t.Errorf("%s: %+v", seed, s.App)
		}
		if _, err := s.AppKey(); (err == nil) != (seed == "fleet") {
			t.Errorf("%s: %v", seed, err)
		}
	}
}

// TestGitHubOfOldStates: a state of an earlier version gets a GitHub, and keeps it.
func TestGitHubOfOldStates(t *testing.T) {
	t.Parallel()
	file, c := stateFile(t), newClock()
	if err := start(t, sandbox.Options{StateFile: file, Now: c.now}).Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var state object
	if err := json.Unmarshal(data, &state); err != nil || state["gitHub"] == nil {
		t.Fatalf("the state has no gitHub: %v", err)
	}
	delete(state, "gitHub")
	if data, err = json.Marshal(state); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, sandbox.Options{StateFile: file, Now: c.now})
	text, err := s.AppKey()
	if err != nil {
		t.Fatal(err)
	}
	h := &hub{s, c, parseKey(t, text), s.App.ID}
	h.api(t, "GET /app/installations").want(t, 200, `"id":51120934`)
	h.indexed(t, "11").lacks(t, "authentication failed")
	// Another server on the same state, and a state that was reset, have the same app and key.
	other := &hub{start(t, sandbox.Options{StateFile: file, Now: c.now}), c, h.key, h.issuer}
	h.api(t, "PUT /app/installations/51120934/suspended").want(t, 204)
	other.api(t, "GET /app/installations").want(t, 200, `"suspended_at":"2026`)
	if err := sandbox.Reset(file, "demo"); err != nil {
		t.Fatal(err)
	}
	other.api(t, "GET /app/installations").want(t, 200, `"suspended_at":null`)
	other.indexed(t, "11").lacks(t, "authentication failed")
}

func TestGitHubAddress(t *testing.T) {
	t.Parallel()
	if _, err := sandbox.Start(t.Context(), sandbox.Options{GitHub: "0.0.0.0:0"}); err == nil {
		t.Error("it is served to others")
	}
	s := demo(t)
	if _, err := sandbox.Start(t.Context(), sandbox.Options{GitHub: strings.TrimPrefix(s.GitHubURL, "http://")}); err == nil {
		t.Error("two have one address")
	}
	h := &hub{Server: s, clock: newClock()}
	h.page(t, "/").want(t, 200)
	if got := s.GitHubRequests(); len(got) != 1 || got[0].Path != "/" || len(s.Requests()) != 0 {
		t.Errorf("requests: %v, %v", got, s.Requests())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if h.page(t, "/").err == nil {
		t.Error("it goes on serving")
	}
}
