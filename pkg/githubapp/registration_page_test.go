package githubapp_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

// hostile is text that tries to be markup, a place of a template, and the end of a policy.
const hostile = `"><script>alert(1)</script>{{style}}{{state}}'; script-src *, x`

func hostileManifest() githubapp.Manifest {
	return githubapp.Manifest{
		Name: hostile, URL: hostile, Description: hostile, SetupURL: hostile, Events: []string{hostile},
		Hook: &githubapp.Hook{URL: hostile}, Permissions: map[string]string{hostile: hostile},
	}
}

// TestPagesEscape looks at the form and at the last page, with texts of elsewhere in them.
func TestPagesEscape(t *testing.T) {
	t.Parallel()
	r, err := githubapp.NewImpatientRegistration(t.Context(), githubapp.RegistrationOptions{Host: ghes(t), Org: hostile, Manifest: hostileManifest()}, patient)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	f := &flow{Registration: r}
	head, page := f.get(t, r.URL())
	expectEscaped(t, page)
	allowed := head.Header.Get("Content-Security-Policy")
	if strings.Contains(allowed, " script-src ") || strings.ContainsAny(allowed, "<>\"") {
		t.Errorf("the policy is %s", allowed)
	}
	if manifest := attribute(t, page, "value"); !strings.Contains(manifest, `{{state}}`) {
		t.Errorf("the manifest is changed: %s", manifest)
	}
	action, err := url.Parse(attribute(t, page, "action"))
	if err != nil {
		t.Fatal(err)
	}
	if _, page = f.get(t, f.callback("?"+url.Values{"state": {action.Query().Get("state")}, "error": {hostile}, "error_description": {hostile}}.Encode())); true {
		expectEscaped(t, page)
	}
	f.state = action.Query().Get("state")
	if head, _ := f.get(t, f.good("c")); head.StatusCode != http.StatusSeeOther {
		t.Fatalf("answered %d", head.StatusCode)
	}
	_, page = f.get(t, f.good("d"))
	expectEscaped(t, page)
}

func expectEscaped(t *testing.T, page string) {
	t.Helper()
	if !strings.Contains(page, "&lt;script&gt;") || strings.Contains(page, "<script>alert") || strings.Count(page, "<style>") != 1 {
		t.Errorf("not escaped:\n%s", page)
	}
	if !strings.Contains(page, "{{style}}") {
		t.Errorf("a place in a text was filled:\n%s", page)
	}
}

func TestTheLastPageLinksToTheHostAlone(t *testing.T) {
	t.Parallel()
	for next, linked := range map[string]bool{
		"https://github.example.com/github-apps/x/installations/new":      true,
		"https://github.example.com.evil.example/x":                       false,
		"https://github.example.com@evil.example/":                        false,
		"javascript:alert(1)//https://github.example.com/":                false,
		"http://github.example.com/x":                                     false,
		"":                                                                false,
		`https://github.example.com/"><script>alert(1)</script>{{style}}`: true,
	} {
		page := githubapp.DonePage(ghes(t), githubapp.Ending{App: githubapp.App{Name: "jira"}, Next: next})
		if got := strings.Contains(page, "<a "); got != linked {
			t.Errorf("%q is linked: %v", next, got)
		}
		if strings.Contains(page, "<script>") {
			t.Errorf("not escaped:\n%s", page)
		}
	}
}

func TestWriteForm(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	m := demoManifest()
	m.RedirectURL = "https://jira.acme.example/done?x=1"
	if err := githubapp.WriteForm(&b, githubapp.Host{}, "acme", "a-state", m); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if got := attribute(t, page, "action"); got != "https://github.com/organizations/acme/settings/apps/new?state=a-state" {
		t.Errorf("it goes to %s", got)
	}
	script := regexp.MustCompile(`<script>([^<]*)</script>`).FindStringSubmatch(page)
	if script == nil || !strings.Contains(page, `<button type="submit">`) {
		t.Fatalf("no script or no button:\n%s", page)
	}
	sum := sha256.Sum256([]byte(script[1]))
	allowed := attribute(t, page, "content")
	for _, want := range []string{
		"default-src 'none'", "script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'",
		"form-action https://github.com/organizations/acme/settings/apps/new https://jira.acme.example/done;",
	} {
		if !strings.Contains(allowed, want) {
			t.Errorf("the policy lacks %s: %s", want, allowed)
		}
	}
	if strings.Contains(page, "{{") || strings.Contains(page, "this tab back here") {
		t.Errorf("the page is that of the listener, or not filled:\n%s", page)
	}
}

func TestWriteFormEscapes(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := githubapp.WriteForm(&b, ghes(t), hostile, hostile, hostileManifest()); err != nil {
		t.Fatal(err)
	}
	expectEscaped(t, b.String())
	if allowed := attribute(t, b.String(), "content"); strings.Count(allowed, " script-src ") != 1 || strings.Count(allowed, ";") != 4 {
		t.Errorf("the policy is %s", allowed)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestWriteFormTellsThatItCouldNot(t *testing.T) {
	t.Parallel()
	if err := githubapp.WriteForm(brokenWriter{}, githubapp.Host{}, "acme", "s", demoManifest()); err == nil {
		t.Error("no error")
	}
}
