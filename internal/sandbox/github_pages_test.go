package sandbox_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

func form(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return f
}

// TestAppFromManifest goes from the form to an installation that an app's token works with.
func TestAppFromManifest(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	o := h.convert(t, h.create(t, "hooli", manifest, "Team GIJ 42"))
	for _, key := range []string{"client_secret", "webhook_secret", "pem", "node_id", "owner", "external_url", "created_at"} {
		if o[key] == nil {
			t.Errorf("the answer has no %s", key)
		}
	}
	if o["slug"] != "team-gij-42" || o["html_url"] != h.GitHubURL+"/github-apps/team-gij-42" {
		t.Errorf("slug %v, %v", o["slug"], o["html_url"])
	}
	h.api(t, "GET /app").want(t, 200, `"installations_count":0`, `"metadata":"read"`)
	h.api(t, "GET /orgs/hooli/installation").want(t, 404)
	page := h.page(t, "/github-apps/team-gij-42/installations/new?state=s2").want(t, 200, "All repositories", ">Install<", "hooli/web-shop")
	target := regexp.MustCompile(`name="target_id" value="(\d+)"`).FindStringSubmatch(page.body)
	h.submit(t, "/github-apps/team-gij-42/installations", form("target_id", target[1], "install_target", "selected")).want(t, 422, "at least one repository")
	h.submit(t, "/github-apps/team-gij-42/installations", form("target_id", target[1], "install_target", "all")).want(t, 302)
	h.api(t, "GET /orgs/hooli/installation").want(t, 200, `"repository_selection":"all"`)
	h.page(t, "/apps/team-gij-42/installations/new").want(t, 302) // to its settings
}

func TestCodes(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	const path = "/api/v3/app-manifests/"
	convert := func(code string) reply { return h.send(t, http.MethodPost, path+code+"/conversions", "", "", "") }
	convert("abc").want(t, 404, `"message":"Not Found"`)
	code := h.create(t, "acme", manifest, "once")
	convert(code).want(t, 201)
	convert(code).want(t, 404)
	late := h.create(t, "acme", manifest, "late")
	h.advance(time.Hour)
	convert(late).want(t, 404)
	h.faults(t, "github-lost-conversion=1")
	lost := h.create(t, "acme", manifest, "lost")
	convert(lost).wantDropped(t)
	convert(lost).want(t, 404)
	h.page(t, "/organizations/acme/settings/apps/lost").want(t, 200)
	h.faults(t, "github-no-slug", "github-no-webhook-secret")
	convert(h.create(t, "acme", manifest, "bare")).want(t, 201, `"webhook_secret":null`).lacks(t, `"slug":"bare"`)
}

func TestManifestRefusals(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	many := strings.Repeat(`"https://a.example",`, 11)
	for text, want := range map[string]string{
		"":               "Error: &#34;url&#34; wasn&#39;t supplied.",
		`{"name":"x"}`:   "wasn&#39;t supplied",
		"{":              "not valid JSON",
		`{"url":"jira"}`: "Homepage url must be a valid URL",
		`{"url":"https://a.example","hook_attributes":{"active":false}}`:                                              "wasn&#39;t supplied",
		`{"url":"https://a.example","hook_attributes":{"url":"http://localhost:2990/jira"}}`:                          "reachable over the public Internet (localhost)",
		`{"url":"https://a.example","hook_attributes":{"url":"https://127.0.0.1/x"}}`:                                 "reachable over the public Internet (127.0.0.1)",
		`{"url":"https://a.example","default_events":["push"]}`:                                                       "Hook url cannot be blank",
		`{"url":"https://a.example","hook_attributes":{"url":"https://a.example"},"default_events":["installation"]}`: "Default events",
		`{"url":"https://a.example","hook_attributes":{"url":"https://a.example"},"default_events":["push"]}`:         "not supported: push",
		`{"url":"https://a.example","default_permissions":{"invented":"read"}}`:                                       "records resource is not included in the list",
		`{"url":"https://a.example","default_permissions":{"contents":"all"}}`:                                        "records action is not included in the list",
		`{"url":"https://a.example","callback_urls":[` + strings.TrimSuffix(many, ",") + `]}`:                         "Callback urls",
		`{"url":"https://a.example","redirect_url":"x"}`:                                                              "Redirect url",
	} {
		h.submit(t, "/organizations/acme/settings/apps/new", form("manifest", text)).want(t, 422, "Invalid GitHub App configuration", want)
		h.submit(t, "/organizations/acme/settings/apps", form("manifest", text, "name", "x")).want(t, 422, want)
	}
	h.page(t, "/organizations/acme/settings/apps").want(t, 200).lacks(t, `/apps/x"`)
}

func TestNames(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	for name, want := range map[string]string{
		"":                                "Name can&#39;t be blank",
		strings.Repeat("a", 35):           "Name is too long (maximum is 34 characters)",
		"jira.acme.example-1716811200000": "Name is already in use",
		"JIRA.ACME.example-1716811200000": "Name is already in use",
		"initech":                         "Name is already in use",
		"!!!":                             "Name is invalid",
	} {
		h.submit(t, "/organizations/acme/settings/apps", form("manifest", manifest, "name", name, "state", "s")).
			want(t, 422, want, `name="state" value="s"`, "Create GitHub App for acme")
	}
	h.create(t, "acme", manifest, "Acme")                      // one's own organization
	h.create(t, "acme", manifest, strings.Repeat("é", 33)+"1") // 34 characters
	for _, org := range []string{"initech", "nobody"} {
		h.submit(t, "/organizations/"+org+"/settings/apps/new", form("manifest", manifest)).want(t, 404)
		h.page(t, "/organizations/"+org+"/settings/apps").want(t, 404)
	}
}

func TestSignedOut(t *testing.T) {
	t.Parallel()
	h := startHub(t, "github-signed-out=1")
	const path = "/organizations/acme/settings/apps/new?state=s1"
	login := h.submit(t, path, form("manifest", manifest)).want(t, 302).header.Get("Location")
	page := h.page(t, login).want(t, 200, "Sign in")
	back := regexp.MustCompile(`name="return_to" value="([^"]+)"`).FindStringSubmatch(page.body)
	if got := h.submit(t, "/session", form("return_to", back[1])).want(t, 302).header.Get("Location"); got != path {
		t.Fatalf("led back to %s", got)
	}
	h.page(t, path).want(t, 422, "wasn&#39;t supplied")
	h.create(t, "acme", manifest, "again")
	if got := h.submit(t, "/session", form("return_to", "//evil.example")).header.Get("Location"); got != "/" {
		t.Errorf("led to %s", got)
	}
}

func TestKeysPage(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	path := "/organizations/acme/settings/apps/" + h.App.Slug
	old := h.key
	h.page(t, path).want(t, 200, "SHA256:"+fingerprint(t, old))
	remove := func(mark string) reply {
		return h.submit(t, path+"/keys/delete", form("fingerprint", "SHA256:"+mark))
	}
	remove(fingerprint(t, old)).want(t, 422, "The last private key")
	made := h.submit(t, path+"/keys", nil).want(t, 200)
	if got := made.header.Get("Content-Disposition"); got != `attachment; filename="`+h.App.Slug+`.2026-03-04.private-key.pem"` {
		t.Error(got)
	}
	h.key = parseKey(t, made.body)
	h.api(t, "GET /app").want(t, 200)
	h.faults(t, "github-key-lag=1")
	remove(fingerprint(t, old)).want(t, 302)
	remove(fingerprint(t, old)).want(t, 404)
	newer := h.key
	h.key = old
	h.api(t, "GET /app").want(t, 200) // it lags
	h.api(t, "GET /app").want(t, 401, undecodable)
	h.key = newer
	h.api(t, "GET /app").want(t, 200)
}

func TestSettingsPages(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	path := "/organizations/acme/settings/apps/" + h.App.Slug
	h.submit(t, path+"/permissions", form("permission[issues]", "write", "name", "checks", "level", "read")).want(t, 302)
	h.submit(t, path+"/permissions", form("name", "invented", "level", "read")).want(t, 422, "not included in the list")
	h.api(t, "GET /app").want(t, 200, `"issues":"write"`, `"checks":"read"`)
	h.api(t, "GET /app/installations").want(t, 200, `"issues":"read"`).lacks(t, "checks")
	settings := "/organizations/acme/settings/installations/51120934"
	h.page(t, settings).want(t, 200, "requesting an update to its permissions")
	h.submit(t, settings+"/accept", nil).want(t, 302)
	h.api(t, "GET /app/installations").want(t, 200, `"checks":"read"`)
	h.submit(t, settings, form("install_target", "all")).want(t, 302)
	h.submit(t, settings+"/suspend", form("suspend", "true")).want(t, 302)
	h.api(t, "DELETE /app/installations/51120934/suspended").want(t, 204)
	h.api(t, "GET /app/installations").want(t, 200, `"repository_selection":"all"`, `"login":"octo-admin"`)
	h.submit(t, path+"/installations/51120934/suspend", form("suspend", "true")).want(t, 302)
	h.page(t, settings).want(t, 200, "suspended by the owner of the app")
	h.submit(t, path, form("name", "Renamed app")).want(t, 302)
	h.page(t, path).want(t, 404)
	h.api(t, "GET /app").want(t, 200, `"slug":"renamed-app"`)
	h.page(t, "/organizations/acme/settings/apps/renamed-app/advanced").want(t, 200, "Delete GitHub App")
	h.submit(t, "/organizations/acme/settings/apps/renamed-app/delete", form("confirm", "x")).want(t, 422, "does not match")
	h.submit(t, "/organizations/acme/settings/apps/renamed-app/delete", form("confirm", "Renamed app")).want(t, 302)
	h.api(t, "GET /app").want(t, 404, "Integration not found")
	h.page(t, "/").want(t, 200, "/organizations/hooli/settings/apps")
}

func TestApproval(t *testing.T) {
	t.Parallel()
	h := startHub(t, "github-approval")
	h.convert(t, h.create(t, "hooli", manifest, "asks"))
	h.page(t, "/github-apps/asks/installations/new").want(t, 200, ">Request<")
	h.submit(t, "/github-apps/asks/installations", form("install_target", "all")).want(t, 200, "Request sent")
	h.api(t, "GET /app/installation-requests").want(t, 200, `"login":"hooli"`, `"requester":{`, `"login":"octo-admin"`)
	page := h.page(t, "/organizations/hooli/settings/installation-requests").want(t, 200, "Approve")
	action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(page.body)[1]
	h.faults(t, "github-install-lag=2")
	h.submit(t, action, form("decision", "approve")).want(t, 302)
	h.api(t, "GET /app/installation-requests").want(t, 200, "[]")
	h.api(t, "GET /orgs/hooli/installation").want(t, 404)
	h.api(t, "GET /app/installations").want(t, 200, "[]")
	h.api(t, "GET /orgs/hooli/installation").want(t, 200)
	h.submit(t, action, form("decision", "approve")).want(t, 404)
}

func TestPublicApp(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	text := strings.Replace(manifest, `{"name"`, `{"public":true,"setup_url":"https://jira.acme.example/setup","name"`, 1)
	h.convert(t, h.create(t, "hooli", text, "open"))
	page := h.page(t, "/apps/open/installations/new").want(t, 200, "initech", "acme")
	initech := regexp.MustCompile(`target_id=(\d+)[^>]*>initech`).FindStringSubmatch(page.body)[1]
	r := h.submit(t, "/apps/open/installations", form("target_id", initech, "install_target", "all", "state", "s")).want(t, 302)
	if got := r.header.Get("Location"); got != "https://jira.acme.example/setup?setup_action=request&state=s" {
		t.Error(got)
	}
	for _, wanted := range []string{"?suggested_target_id=6800211", "?target_id=6800211"} {
		h.page(t, "/apps/open/installations/new/permissions"+wanted).want(t, 200, "your organization acme")
	}
	r = h.submit(t, "/apps/open/installations", form("target_id", "6800211", "install_target", "all")).want(t, 302)
	if got := r.header.Get("Location"); !strings.Contains(got, "setup_action=install") || !strings.Contains(got, "installation_id=") {
		t.Error(got)
	}
	link := h.api(t, "GET /app/installations?per_page=1&page=1").want(t, 200).header.Get("Link")
	if link != "" {
		t.Errorf("one page has links: %s", link)
	}
	h.submit(t, "/apps/open/installations", form("target_id", "6800422", "install_target", "all")).want(t, 302)
	link = h.api(t, "GET /app/installations?per_page=1").want(t, 200, `"login":"acme"`).header.Get("Link")
	if want := "<" + h.GitHubURL + `/api/v3/app/installations?page=2&per_page=1>; rel="next"`; !strings.HasPrefix(link, want) {
		t.Errorf("link: %s", link)
	}
	h.api(t, "GET /app/installations?per_page=1&page=2").want(t, 200, `"login":"hooli"`)
}
