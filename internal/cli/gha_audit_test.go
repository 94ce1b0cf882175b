package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/githubapp"
	"github.com/gijctl/gijctl/pkg/secret"
)

// goodAudit is of an app that is as GIJ wants it.
func goodAudit(t *testing.T) *audit {
	t.Helper()
	key, err := secret.ParsePrivateKey(testPEM())
	if err != nil {
		t.Fatal(err)
	}
	here := inAccount(1, "acme")
	here.Permissions, here.Events, here.RepositorySelection = githubapp.Permissions(), []string{"push"}, "selected"
	seen := seenApp(here)
	seen.app.Permissions, seen.app.Events = githubapp.Permissions(), []string{"push"}
	row := &plan.AppRow{ID: 5, DisplayName: "acme / GIJ", Org: "acme", Name: "GIJ", IsNameOfTitle: true, Key: plan.AppKey{State: plan.KeyClear, Fingerprint: key.Fingerprint()}}
	return &audit{
		look: look{app: &gitHubApp{org: "acme", row: row, key: key}, seen: seen},
		hook: &githubapp.HookConfig{URL: "https://jira.example.com/rest/hook?key=made-up", ContentType: "json", InsecureSSL: "0"},
	}
}

func (u *audit) compareAll() {
	u.compareApp()
	u.compareHook()
	u.compareInstallations()
	u.compareKey()
	u.compareIntegration(true)
}

func (u *audit) checks() []string {
	var all []string
	for _, f := range u.found {
		all = append(all, f.Severity+" "+f.Check)
	}
	return all
}

// TestAuditFindsEachChange changes one thing at a time.
func TestAuditFindsEachChange(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		baseline bool
		change   func(*audit)
		want     []string
	}{
		"nothing":               {false, func(*audit) {}, nil},
		"nothing, baseline":     {true, func(*audit) {}, nil},
		"renamed, title alone":  {false, func(u *audit) { u.seen.app.Name = "other" }, []string{"warning name"}},
		"renamed, row":          {false, func(u *audit) { u.seen.app.Name, u.app.row.IsNameOfTitle = "other", false }, []string{"error name"}},
		"renamed":               {true, func(u *audit) { u.seen.app.Name, u.seen.app.Slug = "other", "other" }, []string{"error name", "error slug"}},
		"another title":         {true, func(u *audit) { u.app.row.Name = "my title" }, nil},
		"transferred":           {true, func(u *audit) { u.seen.app.Owner.Login, u.app.org = "globex", "globex" }, []string{"warning owner", "warning public"}},
		"of an enterprise":      {false, func(u *audit) { u.seen.app.Owner = githubapp.Account{Slug: "acme"} }, []string{"note owner"}},
		"a permission less":     {false, func(u *audit) { delete(u.seen.app.Permissions, "contents") }, []string{"error permissions"}},
		"none for issues":       {false, func(u *audit) { delete(u.seen.app.Permissions, "issues") }, []string{"note permissions"}},
		"none for issues, base": {true, func(u *audit) { delete(u.seen.app.Permissions, "issues") }, []string{"error permissions"}},
		"a permission more":     {true, func(u *audit) { u.seen.app.Permissions["checks"] = "read" }, []string{"warning permissions", "warning upgrades"}},
		"an unknown level":      {true, func(u *audit) { u.seen.app.Permissions["issues"] = "own" }, []string{"error permissions", "warning upgrades"}},
		"an event more":         {true, func(u *audit) { u.seen.app.Events = []string{"push", "star"} }, []string{"warning events", "warning upgrades"}},
		"an event, no baseline": {false, func(u *audit) { u.seen.app.Events = nil }, nil},
		"not accepted":          {false, func(u *audit) { delete(u.seen.installations[0].Permissions, "contents") }, []string{"error upgrades"}},
		"no webhook":            {true, func(u *audit) { u.hook = nil }, []string{"error webhook"}},
		"no webhook, wizard":    {false, func(u *audit) { u.hook = nil }, []string{"warning webhook"}},
		"no webhook, made here": {false, func(u *audit) { u.hook, u.app.known = nil, &config.App{Name: "GIJ"} }, nil},
		"webhook elsewhere":     {true, func(u *audit) { u.hook.URL = "https://evil.example.com/" }, []string{"error webhook"}},
		"webhook's hidden part": {true, func(u *audit) { u.hook.URL += "x" }, []string{"error webhook"}},
		"webhook's form":        {true, func(u *audit) { u.hook.ContentType = "form" }, []string{"error webhook"}},
		"webhook unchecked":     {true, func(u *audit) { u.hook.InsecureSSL = "1" }, []string{"warning webhook"}},
		"webhook in clear":      {false, func(u *audit) { u.hook.URL = "http://jira.example.com/" }, []string{"warning webhook"}},
		"suspended":             {false, func(u *audit) { u.seen.installations[0] = suspended(u.seen.installations[0]) }, []string{"error suspended"}},
		"suspended at GIJ":      {false, func(u *audit) { u.app.row.Suspended = new(true) }, []string{"warning gij_suspended"}},
		"not installed":         {true, func(u *audit) { u.seen.installations = nil }, []string{"error installation", "error installation"}},
		"another installation":  {true, func(u *audit) { u.seen.installations[0].ID = 2 }, []string{"warning installation", "error installation"}},
		"all repositories":      {true, func(u *audit) { u.seen.installations[0].RepositorySelection = "all" }, []string{"warning repositories"}},
		"public":                {false, func(u *audit) { u.seen.installations = append(u.seen.installations, installedElsewhere(u)) }, []string{"warning public"}},
		"GIJ's key hidden":      {true, func(u *audit) { u.app.row.Key = plan.AppKey{State: plan.KeyHidden} }, []string{"note gij_key"}},
		"GIJ's key":             {true, func(u *audit) { u.app.row.Key.Fingerprint = "SHA256:other" }, []string{"warning gij_key"}},
		"GIJ's key, no base":    {false, func(u *audit) { u.app.row.Key.Fingerprint = "SHA256:other" }, []string{"note gij_key"}},
		"switched off":          {false, func(u *audit) { u.app.row.Disabled = true }, []string{"warning integration"}},
		"never indexed":         {false, func(u *audit) { u.app.row.NeverIndexed = true }, []string{"error integration"}},
		"no integration":        {false, func(u *audit) { u.app.row = nil }, []string{"error integration"}},
		"another one":           {true, func(u *audit) { u.app.row.ID = 6 }, []string{"warning integration"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := goodAudit(t)
			if c.baseline {
				b := (&ghaSession{}).baselineOf(u, u.seen.app.CreatedAt)
				u.base = &b
			}
			c.change(u)
			u.compareAll()
			if got := u.checks(); !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q\n%+v", got, c.want, u.found)
			}
			for _, f := range u.found {
				if f.Severity != severityNote && (f.Message == "" || f.Remedy == "") {
					t.Errorf("%s has no message or no remedy", f.Check)
				}
				if strings.Contains(f.Message+f.Expected+f.Actual, "made-up") {
					t.Errorf("%s shows a secret: %+v", f.Check, f)
				}
			}
		})
	}
}

// TestAuditNamesThePageOfTheOwner: the settings of an app are where its owner's are.
func TestAuditNamesThePageOfTheOwner(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{
		"User": "https://github.com/settings/apps/gij", "Organization": "https://github.com/organizations/acme/settings/apps/gij",
	} {
		u := goodAudit(t)
		u.seen.app.Owner.Type = kind
		if got := u.page(); got != want {
			t.Errorf("the page of a %s's app is %s, want %s", kind, got, want)
		}
	}
}

func installedElsewhere(u *audit) githubapp.Installation {
	i := u.seen.installations[0]
	i.ID, i.Account.Login = 9, "globex"
	return i
}

func TestAuditOfDeliveries(t *testing.T) {
	t.Parallel()
	sent := func(guid string, status int) githubapp.Delivery {
		return githubapp.Delivery{GUID: guid, StatusCode: status, Event: "push", Status: "timed out"}
	}
	for name, c := range map[string]struct {
		sent []githubapp.Delivery
		want []string
	}{
		"none":        {nil, nil},
		"taken":       {[]githubapp.Delivery{sent("a", 200), sent("b", 204)}, nil},
		"sent again":  {[]githubapp.Delivery{sent("a", 200), sent("a", 502)}, nil},
		"one, before": {[]githubapp.Delivery{sent("b", 200), sent("a", 502)}, []string{"warning deliveries"}},
		"now":         {[]githubapp.Delivery{sent("b", 0), sent("a", 200)}, []string{"error deliveries"}},
	} {
		u := goodAudit(t)
		u.checkDeliveries(c.sent, nil)
		if got := u.checks(); !slices.Equal(got, c.want) {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
	u := goodAudit(t)
	u.checkDeliveries(nil, &githubapp.Error{Kind: githubapp.KindNotFound})
	if len(u.found) > 0 {
		t.Errorf("a host without deliveries: %+v", u.found)
	}
	u.checkDeliveries(nil, &githubapp.Error{Kind: githubapp.KindFailed, Message: "broken"})
	if got := u.checks(); !slices.Equal(got, []string{"warning deliveries"}) {
		t.Errorf("deliveries that cannot be read: %q", got)
	}
}

func TestWebhookTextHidesSecrets(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://jira.example.com/rest/gitplugin/webhook/1.0/reindex/made-up": "https://jira.example.com/rest/gitplugin/webhook/1.0/reindex/...",
		"https://jira.example.com/hook?token=made-up":                         "https://jira.example.com/hook?...",
		"https://user:made-up@jira.example.com/hook":                          "https://user:xxxxx@jira.example.com/hook",
		"https://jira.example.com/a%2Fb":                                      "https://jira.example.com/a%2Fb",
		"https://jira.example.com:x/made-up":                                  "(unreadable)",
	} {
		if got := webhookText(address); got != want {
			t.Errorf("%s is shown as %s, want %s", address, got, want)
		}
	}
}
