package githubapp_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

// conversion is GitHub's answer to an exchange, with changes.
func conversion(changes map[string]any) string {
	v := map[string]any{
		"id": 884213, "slug": "jira-acme", "node_id": "x", "name": "Jira acme", "client_id": "Iv23liFixture", "external_url": "https://jira.acme.example",
		"owner":    map[string]any{"login": "acme", "id": 4711, "type": "Organization"},
		"html_url": "https://github.com/apps/jira-acme", "created_at": "2024-05-27T12:00:00Z", "updated_at": "2024-05-27T12:00:00Z",
		"permissions": map[string]string{"contents": "write", "a_new_one": "read"}, "events": []string{"push"},
		"client_secret": fixtureSecret, "webhook_secret": nil, "pem": "-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----\n",
	}
	for name, value := range changes {
		if v[name] = value; value == "-" {
			delete(v, name)
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestConvert(t *testing.T) {
	t.Parallel()
	f := startHost(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.ContentLength > 0 {
			t.Errorf("sent %v and %d bytes", r.Header, r.ContentLength)
		}
		say(201, conversion(map[string]any{"webhook_secret": "w"}))(w, r)
	})
	var saved githubapp.Credentials
	got, err := f.client(t).Convert(t.Context(), fixtureCode, func(c githubapp.Credentials) error { saved = c; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.requests(), []string{"POST app-manifests/" + fixtureCode + "/conversions"}) {
		t.Errorf("asked %v", f.requests())
	}
	if saved.ID != 884213 || saved.Slug != "jira-acme" || saved.Owner.Login != "acme" || saved.Owner.ID != 4711 || saved.Permissions["a_new_one"] != "read" ||
		saved.ClientSecret.Reveal() != fixtureSecret || saved.WebhookSecret.Reveal() != "w" || !strings.HasPrefix(saved.PEM.Reveal(), "-----BEGIN") ||
		!saved.CreatedAt.Equal(noon()) || got.ID != saved.ID {
		t.Errorf("saved %+v", saved)
	}
	if trace := f.trace.String(); strings.Contains(trace, fixtureCode) || !strings.Contains(trace, "/app-manifests/...") {
		t.Errorf("the trace is %s", trace)
	}
}

// TestConvertKeepsTheKey: what GitHub writes otherwise than documented must not lose what can never be read again.
func TestConvertKeepsTheKey(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		changes map[string]any
		slug    string
	}{
		"no webhook":           {nil, "jira-acme"},
		"no slug":              {map[string]any{"slug": "-"}, "jira-acme"},
		"no slug, GHES":        {map[string]any{"slug": nil, "html_url": "https://github.example.com/github-apps/other/"}, "other"},
		"no slug, no page":     {map[string]any{"slug": "-", "html_url": "-"}, ""},
		"another form of date": {map[string]any{"created_at": 1716811200, "updated_at": "yesterday"}, "jira-acme"},
		"other types":          {map[string]any{"permissions": []int{1}, "events": "push", "description": 3, "name": nil}, "jira-acme"},
		"nothing but the key": {map[string]any{
			"slug": "-", "html_url": "-", "owner": "-", "client_id": "-", "client_secret": "-", "permissions": "-", "events": "-",
			"created_at": "-", "updated_at": "-", "name": "-",
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startHost(t, say(201, conversion(tt.changes)))
			saves := 0
			got, err := f.client(t).Convert(t.Context(), fixtureCode, func(githubapp.Credentials) error { saves++; return nil })
			if err != nil || saves != 1 || got.PEM.IsZero() || got.Slug != tt.slug || !got.WebhookSecret.IsZero() {
				t.Errorf("%v, saved %d times: %+v", err, saves, got)
			}
		})
	}
}

func TestConvertRefusals(t *testing.T) {
	t.Parallel()
	page := "/organizations/ORG/settings/apps"
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		kind    githubapp.Kind
		words   []string
	}{
		"spent":             {say(404, `{"message":"Not Found"}`), githubapp.KindNotFound, []string{"used already", "an hour", page}},
		"no API":            {say(404, "<html>", "Content-Type", "text/html"), githubapp.KindFailed, []string{"no REST API of GitHub at http://127.0.0.1", "/api/v3 (404", "web root"}},
		"a web page":        {say(200, "<html>", "Content-Type", "text/html"), githubapp.KindFailed, []string{"no REST API of GitHub", "text/html"}},
		"a proxy":           {say(403, "Request forbidden by administrative rules", "Content-Type", "text/html"), githubapp.KindFailed, []string{"not as GitHub's API does", "User-Agent", "proxy"}},
		"forbidden":         {say(403, `{"message":"No `+fixtureCode+`"}`), githubapp.KindAuth, []string{"not allowed (403): No ..."}},
		"private mode":      {say(401, `{"message":"Must authenticate"}`), githubapp.KindAuth, []string{"private mode", "Must authenticate"}},
		"invalid":           {say(422, `{"message":"Validation Failed","errors":[{"resource":"App","field":"code","code":"bad"}]}`), githubapp.KindFailed, []string{"refused (422)", "Validation Failed; App code bad"}},
		"moved":             {say(302, "", "Location", "/login?code="+fixtureCode), githubapp.KindFailed, []string{"another address"}},
		"cut":               {cut, githubapp.KindUnknown, []string{"ended before the answer was complete", "counts as spent", page}},
		"cut in the middle": {say(201, `{"id":1`, "Content-Length", "5000"), githubapp.KindUnknown, []string{"counts as spent", page}},
		"spoiled":           {say(201, `{"id":1,"client_secret":"`+fixtureSecret+`"`), githubapp.KindUnknown, []string{"does not hold an app and its key", page}},
		"empty":             {say(201, ""), githubapp.KindUnknown, []string{"does not hold"}},
		"without key":       {say(201, conversion(map[string]any{"pem": nil})), githubapp.KindUnknown, []string{"does not hold"}},
		"too large":         {say(201, `{"x":"`+strings.Repeat("x", 2<<20)+`"}`), githubapp.KindUnknown, []string{"larger than any"}},
		"broken":            {say(502, "<html>", "Content-Type", "text/html"), githubapp.KindUnknown, []string{"whether the code is spent is not known", page}},
		"busy":              {say(503, ""), githubapp.KindUnknown, []string{"try it once more"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startHost(t, tt.handler)
			_, err := f.client(t).Convert(t.Context(), fixtureCode, func(githubapp.Credentials) error { t.Error("saved"); return nil })
			wantError(t, err, tt.kind, tt.words...)
			if n := len(f.requests()); n != 1 {
				t.Errorf("sent %d times", n)
			}
			if strings.Contains(f.trace.String(), fixtureCode) {
				t.Errorf("the trace shows the code: %s", &f.trace)
			}
		})
	}
}

func TestConvertBadCode(t *testing.T) {
	t.Parallel()
	f := startHost(t, say(201, conversion(nil)))
	for _, code := range []string{"", "a/../b", "a b", "a?b", "a%2fb", "ä", "a\n", strings.Repeat("a", 1000)} {
		_, err := f.client(t).Convert(t.Context(), code, nil)
		wantError(t, err, githubapp.KindUsage, "not one that GitHub gives")
	}
	if len(f.requests()) != 0 {
		t.Errorf("asked %v", f.requests())
	}
}

// TestConvertNotSent: the code is still good.
func TestConvertNotSent(t *testing.T) {
	t.Parallel()
	f := startHost(t, cut)
	c := f.config(t)
	f.Close()
	_, err := newClient(t, c).Convert(t.Context(), fixtureCode, nil)
	wantError(t, err, githubapp.KindFailed, "nothing answers at", "still good within its hour")
	c.ReadOnly = true
	_, err = newClient(t, c).Convert(t.Context(), fixtureCode, nil)
	if err == nil || strings.Contains(err.Error(), fixtureCode) {
		t.Error(err)
	}
}

// TestConvertLimited: a limit is waited for, since GitHub refused before it took the code.
func TestConvertLimited(t *testing.T) {
	t.Parallel()
	f := startHost(t, inTurn(say(429, "{}", "Retry-After", "2"), say(201, conversion(nil))))
	if _, err := f.client(t).Convert(t.Context(), fixtureCode, nil); err != nil || len(f.waits) != 1 {
		t.Errorf("%v, waited %v", err, f.waits)
	}
}

func TestConvertUnsaved(t *testing.T) {
	t.Parallel()
	f := startHost(t, say(201, conversion(nil)))
	full := errors.New("the disk is full")
	got, err := f.client(t).Convert(t.Context(), fixtureCode, func(githubapp.Credentials) error { return full })
	if !errors.Is(err, full) || got.Slug != "jira-acme" || !strings.Contains(err.Error(), got.HTMLURL) {
		t.Errorf("%v: %+v", err, got)
	}
}

func TestConvertForAnEnterprise(t *testing.T) {
	t.Parallel()
	f := startHost(t, say(201, conversion(map[string]any{"owner": map[string]any{"id": 1, "slug": "acme-corp", "name": "Acme"}})))
	saves := 0
	got, err := f.client(t).Convert(t.Context(), fixtureCode, func(githubapp.Credentials) error { saves++; return nil })
	wantError(t, err, githubapp.KindFailed, "belongs to the enterprise acme-corp", "delete this one")
	if saves != 1 || got.ID == 0 {
		t.Errorf("saved %d times: %+v", saves, got)
	}
}

// TestConvertInterrupted: an interruption while the answer is under way does not lose it; before, nothing is sent.
func TestConvertInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	f := startHost(t, func(w http.ResponseWriter, r *http.Request) { cancel(); say(201, conversion(nil))(w, r) })
	saves := 0
	save := func(githubapp.Credentials) error { saves++; return nil }
	if _, err := f.client(t).Convert(ctx, fixtureCode, save); err != nil || saves != 1 {
		t.Errorf("%v, saved %d times", err, saves)
	}
	if _, err := f.client(t).Convert(ctx, fixtureCode, save); !errors.Is(err, context.Canceled) || len(f.requests()) != 1 {
		t.Errorf("%v, asked %v", err, f.requests())
	}
}

func FuzzConversion(f *testing.F) {
	f.Add([]byte(conversion(nil)))
	f.Add([]byte(conversion(map[string]any{"slug": "-", "html_url": "///"})))
	f.Add([]byte(`{"id":1e3,"pem":{}}`))
	f.Add([]byte(`{"PEM":"x","id":1,"owner":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c, ok := githubapp.ReadConversion(body)
		if ok != (c.ID != 0 && !c.PEM.IsZero()) {
			t.Errorf("%t: %+v", ok, c)
		}
		if strings.Contains(c.Slug, "/") && c.HTMLURL != "" && !strings.Contains(string(body), "slug") {
			t.Errorf("the slug is %q", c.Slug)
		}
	})
}
