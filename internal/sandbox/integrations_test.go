package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/sandbox"
)

func fixedClock() time.Time { return time.UnixMilli(1626070678087) }

// TestAddAnswersAsDocumented retypes the vendor's sample (with boolean success and without limitGitData, as it says).
func TestAddAnswersAsDocumented(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{Seed: "empty", Now: fixedClock, Faults: []string{"profile=legacy-docs"}})
	got := post(t, s, `{ "displayName":"MyGitHub","origin":"https://api.github.com","type":"GITHUB","pat":"thisisthepatofyourgithost",
  "disabled":false,"sendCommitEmails":true,"maxMinsToCommitEmail":1440,"global":true,"revisionIndexing":true,
  "gitViewerEnabled":true,"disableSslVerification":false,"smartCommitsEnabled":true,"requireUserPat":false,
  "projectMappingIds":[],"sourcesDiffViewEnabled":true,"limitGitData":true,"refSpecNotes":true,
  "refSpecChanges":false,"trustFolderStat":false }`)
	want := `{"success":"true","integration":{"id":1,"displayName":"MyGitHub","origin":"https://api.github.com","disabled":false,` +
		`"sendCommitEmails":true,"maxMinsToCommitEmail":1440,"global":true,"initDate":1626070678087,` +
		`"revisionIndexing":true,"gitViewerEnabled":true,"disableSslVerification":false,"smartCommitsEnabled":true,` +
		`"requireUserPat":false,"projectMappingIds":[],"integrationType":"GITHUB","sourcesDiffViewEnabled":true,` +
		`"refSpecNotes":true,"refSpecChanges":false,"trustFolderStat":false}}`
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	if kind := got.header.Get("Content-Type"); kind != "application/json;charset=UTF-8" {
		t.Errorf("content type: %s", kind)
	}
}

func TestAddByType(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, want string }{
		"github": {
			`{"type":"GITHUB","pat":"s3cret"}`,
			`"displayName":"https://github.com/*","origin":"https://api.github.com","disabled":false`,
		},
		"github with a password": {`{"type":"GITHUB","username":"u","password":"s3cret"}`, `"integrationType":"GITHUB"`},
		"github server": {
			`{"type":"GITHUB_SERVER","displayName":"GHE","origin":"https://mygithub.yourorg.com","pat":"s3cret","disableSslVerification":true}`,
			`"disableSslVerification":true`,
		},
		"gitlab":        {`{"type":"GITLAB","pat":"s3cret"}`, `"displayName":"https://gitlab.com/*","origin":"https://gitlab.com"`},
		"gitlab server": {`{"type":"GITLAB_SERVER","origin":"http://gl.yourorg.com","pat":"s3cret"}`, `"displayName":"http://gl.yourorg.com"`},
		"gitlab legacy": {
			`{"type":"GITLAB_SERVER_LEGACY","username":"u","password":"s3cret","origin":"http://gl.yourorg.com/"}`,
			`"integrationType":"GITLAB_SERVER_LEGACY"`,
		},
		"aws": {
			`{"type":"AWS","username":"AKIA","password":"s3cret","awsRegion":"us-east-1"}`,
			`"displayName":"git-codecommit.us-east-1","origin":"https://git-codecommit.us-east-1.amazonaws.com"`,
		},
		"aws region as misprinted": {
			`{"type":"AWS","username":"AKIA","password":"s3cret","awsRegion":"ap-outh-1"}`,
			`"displayName":"git-codecommit.ap-south-1"`,
		},
		"azure": {`{"type":"AZURE","pat":"s3cret"}`, `"displayName":"https://dev.azure.com","origin":"https://dev.azure.com"`},
		"vsts":  {`{"type":"VSTS","pat":"s3cret","displayName":"VS"}`, `"displayName":"VS"`},
		"tfs":   {`{"type":"TFS_SERVER","origin":"http://tfs:8080/tfs","username":"u","password":"s3cret"}`, `"origin":"http://tfs:8080/tfs"`},
		"tfs with a token": {
			`{"type":"TFS_SERVER","origin":"http://tfs:8080/tfs","username":"all","pat":"s3cret"}`,
			`"integrationType":"TFS_SERVER"`,
		},
		"azure devops": {`{"type":"AZURE_DEVOPS","origin":"http://ado.yourorg.com/","pat":"s3cret"}`, `"integrationType":"AZURE_DEVOPS"`},
		"tracked folder": {
			`{"type":"FILESPACE","displayName":"Folder","origin":"D:\\tmp\\*"}`,
			`"displayName":"Folder","origin":"D:\\tmp\\*","root":"D:\\tmp\\","realRoot":"D:\\tmp\\","absoluteRoot":true,"disabled":false`,
		},
		"gerrit": {
			`{"origin":"http://h:8080","type":"GERRIT","refSpecNotes":true,"refSpecChanges":true,"username":"u","password":"s3cret"}`,
			`"refSpecNotes":true,"refSpecChanges":true,`,
		},
		"empty filters are shown": {
			`{"type":"GITHUB","pat":"s3cret","tagsFilter":"","apiPath":"","apiFilter":"","refSpecCustom":"+refs/a/*:refs/a/*"}`,
			`"refSpecChanges":false,"refSpecCustom":"+refs/a/*:refs/a/*","apiPath":"","apiFilter":"","trustFolderStat":false`,
		},
		"global ignores projects": {`{"type":"GITHUB","pat":"s3cret","projectMappingIds":[99999]}`, `"global":true`},
		"projects are a set": {
			`{"type":"GITHUB","pat":"s3cret","global":false,"projectMappingIds":[10100,10000,10100]}`,
			`"global":false,"initDate"`,
		},
		"unknown keys, null and foreign ids are ignored": {
			`{"type":"GITHUB","pat":"s3cret","id":77,"integrationType":"AWS","x":{},"origin":null}`,
			`"id":1,"displayName"`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, sandbox.Options{Seed: "empty"})
			got := post(t, s, tt.body).want(t, http.StatusOK, `{"success":true,"integration":{"id":1,`, tt.want)
			got.lacks(t, "s3cret", "AKIA", "lastIndexedDate", "awsRegion", "folderDepth", "username", "status")
		})
	}
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{Seed: "empty"})
	tests := map[string]struct{ body, want string }{
		"no type":              {`{"pat":"x"}`, "type is required"},
		"unknown type":         {`{"type":"BITBUCKET","pat":"x"}`, "Unknown integration type 'BITBUCKET'"},
		"keys are exact":       {`{"Type":"GITHUB","pat":"x"}`, "type is required"},
		"no token":             {`{"type":"GITHUB"}`, "pat, or username and password"},
		"azure takes no login": {`{"type":"AZURE","username":"u","password":"p"}`, "AZURE: pat"},
		"no origin":            {`{"type":"GITLAB_SERVER","pat":"x"}`, "GITLAB_SERVER: origin"},
		"no host in origin":    {`{"type":"GITLAB_SERVER","pat":"x","origin":"gitlab"}`, "not a valid URL"},
		"no region":            {`{"type":"AWS","username":"u","password":"p"}`, "AWS: awsRegion"},
		"unknown region":       {`{"type":"AWS","username":"u","password":"p","awsRegion":"mars-1"}`, "Unknown AWS region"},
		"unknown project":      {`{"type":"GITHUB","pat":"x","global":false,"projectMappingIds":[424242]}`, "Project with id=424242"},
		"depth":                {`{"type":"FILESPACE","origin":"/r/*","folderDepth":6}`, "folderDepth"},
		"api path":             {`{"type":"GITHUB","pat":"x","apiPath":"user/repos"}`, "start with '/'"},
		"api path of gerrit":   {`{"type":"GERRIT","origin":"http://h","username":"u","password":"p","apiPath":"/x"}`, "not supported"},
		"long filter":          {`{"type":"GITHUB","pat":"x","apiFilter":"` + strings.Repeat("a", 2001) + `"}`, "too long"},
		"jmespath":             {`{"type":"GITHUB","pat":"x","apiFilter":"[?contains(name,'a')"}`, "JMESPath"},
		"regex":                {`{"type":"GITHUB","pat":"x","tagsFilter":"v(1"}`, "regular expression"},
		"minutes":              {`{"type":"GITHUB","pat":"x","maxMinsToCommitEmail":-1}`, "maxMins"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			post(t, s, tt.body).want(t, http.StatusBadRequest, `{"success":false,"error":"`, `"advice":"`, tt.want)
		})
	}
}

func TestBadBodies(t *testing.T) {
	t.Parallel()
	s := demo(t)
	for name, body := range map[string]string{
		"trailing comma": `{"type":"GITHUB","pat":"x",}`, "array": `[]`, "null": `null`, "text": `hello`,
		"wrong kind": `{"type":"GITHUB","pat":"x","disabled":"maybe"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			post(t, s, body).want(t, http.StatusBadRequest)
			put(t, s, "1", body).want(t, http.StatusBadRequest)
		})
	}
	send(t, s, request{
		method: "POST", path: integrationPath, body: "a=b",
		header: map[string]string{"Content-Type": "text/plain", "X-Atlassian-Token": "no-check"},
	}).want(t, http.StatusUnsupportedMediaType)
	post(t, s, `{"x":"`+strings.Repeat("a", 17<<20)+`"}`) // refused or reset; the server must live on
	get(t, s, integrationPath).want(t, http.StatusOK)
}

func TestUpdateMerges(t *testing.T) {
	t.Parallel()
	s := demo(t)
	put(t, s, "2", `{"id":99,"integrationType":"AWS","displayName":"GL"}`).
		want(t, 200, `{"success":true,"integration":{"id":2,"displayName":"GL","origin":"https://gitlab.acme.example",`,
			`"apiFilter":"[?!empty_repo]"`, `"projectMappingIds":[10000,10100]`, `"integrationType":"GITLAB_SERVER"`)
	put(t, s, "2", `{"type":"GITLAB_SERVER","projectMappingIds":[10300]}`).want(t, 200, `"projectMappingIds":[10300]`)
	put(t, s, "2", `{"global":true,"projectMappingIds":[10000]}`).want(t, 200, `"global":true`, `"projectMappingIds":[]`)
	put(t, s, "2", `{"global":false,"projectMappingIds":[10000],"apiFilter":""}`).
		want(t, 200, `"global":false`, `"projectMappingIds":[10000]`, `"apiFilter":""`)
	get(t, s, integrationPath+"/2").want(t, 200, `"displayName":"GL"`, `"projectMappingIds":[10000]`)
	put(t, s, "7", `{"origin":"/srv/git/*"}`).want(t, 200, `"root":"/srv/git/","realRoot":"/srv/git/","absoluteRoot":true`)
}

func TestUpdateRefuses(t *testing.T) {
	t.Parallel()
	s := demo(t)
	tests := map[string]struct {
		id, body, want string
		status         int
	}{
		"type":         {"1", `{"type":"GITLAB"}`, "type cannot be changed", 400},
		"name":         {"1", `{"displayName":""}`, "Display name", 400},
		"origin":       {"1", `{"origin":""}`, "origin", 400},
		"folder":       {"7", `{"origin":""}`, "origin", 400},
		"missing":      {"555", `{}`, "Repository with id=555 does not exist", 404},
		"a repository": {"3", `{}`, "id=3 is not an integration", 400},
		"region":       {"10", `{"awsRegion":"x"}`, "Unknown AWS region", 400},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			put(t, s, tt.id, tt.body).want(t, tt.status, `"success":false`, tt.want)
		})
	}
	put(t, s, "x", `{}`).want(t, 404, "null for uri")
}

func TestRemove(t *testing.T) {
	t.Parallel()
	s := demo(t)
	remove := func(path string) reply {
		return send(t, s, request{method: "DELETE", path: integrationPath + path})
	}
	if got := remove("/2?deleteFiles=true").want(t, 200).body; got != `{"success":true}` {
		t.Errorf("answer: %s", got)
	}
	want := `{"success":false,"error":"Repository with id=2 does not exist","advice":"Please try again with an existing repository id."}`
	if got := remove("/2").want(t, 404).body; got != want {
		t.Errorf("missing id:\ngot  %s\nwant %s", got, want)
	}
	remove("/9").want(t, 400, "not an integration")
	remove("/1?deleteFiles=maybe").want(t, 400)
	get(t, s, integrationPath+"/2").want(t, 404)
	// The repositories that it found went with it, and ids are not used again.
	get(t, s, repositoryPath).want(t, 200).lacks(t, "platform-api", "web-shop")
	remove("/12").want(t, 200)
	if id := added(t, post(t, s, `{"type":"GITHUB","pat":"x"}`)); id != 13 {
		t.Errorf("new id: got %d, want 13", id)
	}
}

func TestListIsOrderedAndWhole(t *testing.T) {
	t.Parallel()
	s := demo(t)
	var ids []int64
	for _, i := range listed(t, s) {
		ids = append(ids, i.ID)
	}
	if diff := cmp.Diff([]int64{1, 2, 5, 6, 7, 10, 11, 12}, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	list := get(t, s, integrationPath).want(t, 200, `{"success":true,"integrations":[{"id":1,`,
		`"githubAppId":884213,"githubAppInstallationId":51120934,"githubAppOrg":"acme"`, `"prHideFilter":"^.*dependabot.*$"`)
	list.lacks(t, "Secret", "Pem", "password", `"pat"`)
	for _, path := range []string{integrationPath + ".json", integrationPath + "/", "/" + integrationPath, "/rest/gitplugin/latest/integration"} {
		if got := get(t, s, path).want(t, 200); got.body != list.body {
			t.Errorf("%s answers differently", path)
		}
	}
	get(t, s, integrationPath+"/1.json").want(t, 200, `"integration":{"id":1,`)
	get(t, s, integrationPath+"/12").want(t, 200).lacks(t, "lastIndexedDate")
	head := send(t, s, request{method: "HEAD", path: integrationPath}).want(t, 200)
	if head.body != "" {
		t.Error("HEAD has a body")
	}
}

func TestSecretsCanBeSeenToChange(t *testing.T) {
	t.Parallel()
	s := demo(t)
	fingerprint := func(id int64) string {
		f, err := s.Fingerprint(id, "pat")
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	first := fingerprint(1)
	put(t, s, "1", `{"displayName":"x","pat":""}`).want(t, 200)
	if fingerprint(1) != first || first == "" {
		t.Errorf("fingerprint without a new secret: %q, then %q", first, fingerprint(1))
	}
	put(t, s, "1", `{"pat":"rotated"}`).want(t, 200)
	put(t, s, "2", `{"pat":"rotated"}`).want(t, 200)
	if fingerprint(1) == first || fingerprint(1) == fingerprint(2) {
		t.Error("a rotated secret does not show, or equal secrets look equal")
	}
	if _, err := s.Fingerprint(999, "pat"); err == nil {
		t.Error("a missing row has a fingerprint")
	}
}
