package sandbox_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// TestIndexUsesTheKey: GIJ gets into GitHub with the key of its row, and by no other way.
func TestIndexUsesTheKey(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	b := bulk{h.Server, h.clock}
	path := "/organizations/acme/settings/apps/" + h.App.Slug
	const refused = "authentication failed for 'https://api.github.com'"
	h.indexed(t, "11").lacks(t, "authentication failed")
	first := fingerprint(t, h.key)
	text := h.submit(t, path+"/keys", nil).want(t, 200).body
	h.submit(t, path+"/keys/delete", form("fingerprint", first)).want(t, 302)
	h.indexed(t, "11").want(t, 200, refused, undecodable) // deleted before GIJ had the new one
	b.doImport(t, "id\tgithubAppPem\n11\t"+quoted(text)+"\n")
	h.indexed(t, "11").lacks(t, "authentication failed")
	before := get(t, h.Server, integrationPath+"/11").want(t, 200).field(t, "integration")
	b.doImport(t, "id\tgithubAppPem\n11\t"+quoted(privateKey(t, true))+"\n")
	h.advance(1)
	get(t, h.Server, "/rest/gitplugin/1.0/index?repoId=11").want(t, 200, refused)
	after := get(t, h.Server, integrationPath+"/11").want(t, 200).field(t, "integration")
	if indexOf(before) != indexOf(after) {
		t.Errorf("an index that failed has a date: %v, %v", indexOf(before), indexOf(after))
	}
	b.doImport(t, "id\tgithubAppPem\n11\t"+quoted(text)+"\n")
	h.key = parseKey(t, text)
	h.api(t, "PUT /app/installations/51120934/suspended").want(t, 204)
	h.indexed(t, "11").want(t, 200, refused, "suspended")
	h.api(t, "DELETE /app/installations/51120934").want(t, 204)
	h.indexed(t, "11").want(t, 200, refused, "not installed on acme")
	h.submit(t, path+"/delete", form("confirm", h.App.Slug)).want(t, 302)
	h.indexed(t, "11").want(t, 200, refused, "Integration not found")
}

func indexOf(integration any) any {
	o, _ := integration.(object)
	return o["lastIndexedDate"]
}

// TestDemoNeedsNoKey: until somebody wants to see it, the demo's app has none, and is indexed all the same.
func TestDemoNeedsNoKey(t *testing.T) {
	t.Parallel()
	b := startBulk(t)
	h := &hub{Server: b.Server, clock: b.clock}
	h.indexed(t, "11").lacks(t, "authentication failed")
	if mark, err := b.Fingerprint(11, "githubAppPem"); mark != "" || err != nil {
		t.Errorf("a key was made: %q, %v", mark, err)
	}
	h.key, h.issuer = parseKey(t, b.cell(t, "11", "githubAppPem")), b.App.ID
	h.api(t, "GET /app").want(t, 200)
}

func TestNewAppRow(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	b := bulk{h.Server, h.clock}
	o := h.convert(t, h.create(t, "hooli", manifest, "joins"))
	id, _ := o["id"].(float64)
	file := "origin\tintegrationType\tgithubAppId\tgithubAppOrg\tgithubAppName\tgithubAppSlug\tgithubAppPem\tgithubAppClientSecret\n" +
		h.GitHubURL + "\tGITHUB_APP_SERVER\t" + strconv.FormatInt(int64(id), 10) + "\thooli\tjoins\tjoins\t" + quoted(o["pem"].(string)) + "\tmade-up-secret\n"
	wantLast := func(want string) {
		t.Helper()
		if got := b.doImport(t, file); !strings.Contains(got[len(got)-1], want) {
			t.Fatalf("import: %q", got)
		}
	}
	wantLast("!A GitHub App cannot be connected by an import")
	h.faults(t, "new-app=create")
	wantLast("Resolving deltas")
	get(t, h.Server, integrationPath+"/13").want(t, 200, `"displayName":"hooli / joins"`, `"integrationType":"GITHUB_SERVER"`).lacks(t, "lastIndexedDate", "InstallationId", "made-up-secret")
	h.indexed(t, "13").want(t, 200, "not installed on hooli")
	get(t, h.Server, integrationPath+"/13").want(t, 200).lacks(t, "lastIndexedDate")
	h.submit(t, "/github-apps/joins/installations", form("install_target", "all")).want(t, 302)
	h.indexed(t, "13").lacks(t, "authentication failed")
	get(t, h.Server, integrationPath+"/13").want(t, 200, "lastIndexedDate", `"githubAppInstallationId":`)
	if mark, err := h.Fingerprint(13, "githubAppClientSecret"); mark == "" || err != nil {
		t.Errorf("the client secret is not there: %v", err)
	}
}

func TestSuspendedFlag(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	b := bulk{h.Server, h.clock}
	h.api(t, "PUT /app/installations/51120934/suspended").want(t, 204)
	const rest = `"githubAppSuspended":`
	row := func() reply { return get(t, h.Server, integrationPath+"/11").want(t, http.StatusOK) }
	row().lacks(t, rest)
	for mode, want := range map[string]string{"": "false", "shown": "false", "told": "true", "hidden": ""} {
		h.faults(t)
		if mode != "" {
			h.faults(t, "app-suspended="+mode)
		}
		if got := b.cell(t, "11", "githubAppSuspended"); got != want {
			t.Errorf("%s: %q", mode, got)
		}
		if shown := strings.Contains(row().body, rest+want); shown != (mode == "shown" || mode == "told") {
			t.Errorf("%s: REST: %s", mode, row().body)
		}
	}
}

func TestStuckApps(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]string{"waiting": "", "not-installed": "not installed on acme", "removed": "Integration not found"} {
		h := startHub(t, "app-stuck="+mode)
		h.faults(t, "app-stuck="+mode) // it is added once
		get(t, h.Server, integrationPath+"/13").want(t, 200, `"githubAppId":884977`).lacks(t, "lastIndexedDate")
		get(t, h.Server, integrationPath+"/14").want(t, 404)
		key := parseKey(t, bulk{h.Server, h.clock}.cell(t, "13", "githubAppPem"))
		answer := h.indexed(t, "13").want(t, 200, want)
		h.key, h.issuer = key, 884977
		status := 200
		if mode == "removed" {
			status = 404
		}
		h.api(t, "GET /app").want(t, status)
		if failed := strings.Contains(answer.body, "authentication failed"); failed == (mode == "waiting") {
			t.Errorf("%s: %s", mode, answer.body)
		}
	}
}
