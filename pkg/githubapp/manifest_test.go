package githubapp_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

func TestDefaultName(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"jira.acme.example":         "jira.acme.example-1716811200000",
		"gitserver.bigbrassband.tk": "rver.bigbrassband.tk-1716811200000", // 34 characters, as in the vendor's screenshots
		"x.-abcdefghijklmnopqrs":    "abcdefghijklmnopqrs-1716811200000",  // it does not begin with what is left of "-"
		"JIRA.example":              "jira.example-1716811200000",
		"":                          "1716811200000",
	} {
		got := githubapp.DefaultName(host, time.UnixMilli(1716811200000))
		if got != want || len(got) > githubapp.MaxName {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
}

func TestManifestJSON(t *testing.T) {
	t.Parallel()
	m := githubapp.Manifest{Name: "x", URL: "https://jira.acme.example", Permissions: githubapp.Permissions()}
	text, err := json.Marshal(m)
	want := `{"name":"x","url":"https://jira.acme.example","public":false,"default_permissions":{"contents":"write","issues":"read","metadata":"read","pull_requests":"write"}}`
	if err != nil || string(text) != want {
		t.Errorf("%v: %s", err, text)
	}
}

func TestManifestCheck(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*githubapp.Manifest)
		field  string // of the refusal; "" for none
		words  string // of the refusal or of the one warning
	}{
		"GIJ's":             {func(*githubapp.Manifest) {}, "", ""},
		"no name":           {func(m *githubapp.Manifest) { m.Name = "" }, "", ""},
		"34 characters":     {func(m *githubapp.Manifest) { m.Name = strings.Repeat("ä", 34) }, "", ""},
		"35 characters":     {func(m *githubapp.Manifest) { m.Name = strings.Repeat("ä", 35) }, "name", "35 characters, and 34"},
		"a space":           {func(m *githubapp.Manifest) { m.Name = "x " }, "name", "space"},
		"not UTF-8":         {func(m *githubapp.Manifest) { m.Name = "x\xff" }, "name", "UTF-8"},
		"no homepage":       {func(m *githubapp.Manifest) { m.URL = "" }, "url", "is missing"},
		"no address":        {func(m *githubapp.Manifest) { m.URL = "jira.example" }, "url", "no http(s) address"},
		"a password":        {func(m *githubapp.Manifest) { m.URL = "https://u:" + fixtureSecret + "@jira.example" }, "url", "password"},
		"loopback homepage": {func(m *githubapp.Manifest) { m.URL = "http://localhost:2990/jira" }, "", ""},
		"a hook":            {func(m *githubapp.Manifest) { m.Hook.URL = "https://jira.acme.example/x"; m.Events = []string{"push"} }, "", ""},
		"a hook of none":    {func(m *githubapp.Manifest) { m.Hook.Active = false }, "hook_attributes.url", "is missing"},
		"a hook here":       {func(m *githubapp.Manifest) { m.Hook.URL = "https://localhost./x" }, "hook_attributes.url", "cannot reach"},
		"a hook on 0":       {func(m *githubapp.Manifest) { m.Hook.URL = "https://[::]/x" }, "hook_attributes.url", "cannot reach"},
		"a private hook":    {func(m *githubapp.Manifest) { m.Hook.URL = "https://10.1.2.3/x" }, "", "10.1.2.3, which github.com cannot reach"},
		"a plain hook":      {func(m *githubapp.Manifest) { m.Hook.URL = "http://jira.acme.example/x" }, "", "plain http"},
		"setup here":        {func(m *githubapp.Manifest) { m.SetupURL = "http://127.0.0.1:8080/" }, "setup_url", "on this machine"},
		"setup":             {func(m *githubapp.Manifest) { m.SetupURL = "https://jira.acme.example/" }, "", ""},
		"events, no hook":   {func(m *githubapp.Manifest) { m.Events = []string{"push"} }, "default_events", "no webhook"},
		"event of all": {func(m *githubapp.Manifest) {
			m.Hook.URL = "https://jira.acme.example/x"
			m.Events = []string{"installation"}
		}, "default_events", "every app gets it"},
		"event of spaces":   {func(m *githubapp.Manifest) { m.Hook.URL = "https://a.example/x"; m.Events = []string{"Push "} }, "default_events", "no name of an event"},
		"level":             {func(m *githubapp.Manifest) { m.Permissions["issues"] = "none" }, "default_permissions", `issues is "none"`},
		"enterprise":        {func(m *githubapp.Manifest) { m.Permissions["enterprise_administration"] = "read" }, "default_permissions", "enterprise permission"},
		"unknown":           {func(m *githubapp.Manifest) { m.Permissions["time_travel"] = "read" }, "", "time_travel is not in the description of GitHub.com"},
		"no such level":     {func(m *githubapp.Manifest) { m.Permissions["workflows"] = "read" }, "", "workflows is known as write, not as read"},
		"admin of projects": {func(m *githubapp.Manifest) { m.Permissions["organization_projects"] = "admin" }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := githubapp.Manifest{Name: "x", URL: "https://jira.acme.example", Hook: &githubapp.Hook{Active: true}, Permissions: githubapp.Permissions()}
			tt.change(&m)
			if m.Hook.URL == "" && m.Hook.Active {
				m.Hook = nil
			}
			warnings, err := m.Check(githubapp.Host{})
			var refusal *githubapp.ManifestError
			if errors.As(err, &refusal) != (tt.field != "") {
				t.Fatalf("got %v, %v", warnings, err)
			}
			if refusal != nil {
				if refusal.Field != tt.field || !strings.Contains(err.Error(), tt.words) || refusal.Hint() == "" || refusal.Code() != "usage" || strings.Contains(err.Error(), fixtureSecret) {
					t.Errorf("got %s: %v", refusal.Field, err)
				}
				return
			}
			if tt.words == "" && len(warnings) > 0 || tt.words != "" && (len(warnings) != 1 || !strings.Contains(warnings[0], tt.words)) {
				t.Errorf("warnings are %q", warnings)
			}
		})
	}
}

// TestManifestOfHosts: what one kind of host knows another may not.
func TestManifestOfHosts(t *testing.T) {
	t.Parallel()
	m := githubapp.Manifest{
		URL: "https://jira.acme.example", Permissions: map[string]string{"custom_properties_for_organizations": "read"},
		Hook: &githubapp.Hook{URL: "https://jira/x"},
	}
	for host, want := range map[string][]string{
		"":                           {"the webhook is at jira,"},
		"https://acme.ghe.com":       {"the webhook is at jira,"},
		"https://github.example.com": {"the permission custom_properties_for_organizations is not in the description of GitHub Enterprise Server"},
	} {
		h, err := githubapp.ParseHost(host)
		if err != nil {
			t.Fatal(err)
		}
		warnings, err := m.Check(h)
		if err != nil || !slices.EqualFunc(warnings, want, strings.HasPrefix) {
			t.Errorf("%s: %q, %v", h, warnings, err)
		}
	}
}
