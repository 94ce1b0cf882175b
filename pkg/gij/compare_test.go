package gij_test

import (
	"testing"

	"github.com/gijctl/gijctl/pkg/gij"
)

func decodeOne(t *testing.T, body string) gij.Integration {
	t.Helper()
	return must[gij.Integration](t)(gij.DecodeOne([]byte(body)))
}

func TestCompare(t *testing.T) {
	t.Parallel()
	i := decodeOne(t, `{"id":1,"displayName":"Acme","origin":"https://Git.acme.example/","integrationType":"GITLAB_SERVER",
		"disabled":false,"global":false,"projectMappingIds":[10100,10000],"maxMinsToCommitEmail":1440,"tagsFilter":"","apiPath":"/x"}`)
	tests := []struct {
		key   string
		value any
		want  string // same, different, not shown
	}{
		{"displayName", "Acme", "same"},
		{"displayName", "acme", "different"},
		{"origin", "https://git.acme.example", "same"},
		{"origin", "HTTPS://GIT.ACME.EXAMPLE/", "same"},
		{"origin", "https://git.acme.example/x", "different"},
		{"origin", "http://git.acme.example", "different"},
		{"type", "GITLAB_SERVER", "same"},
		{"type", "GITLAB", "different"},
		{"disabled", false, "same"},
		{"disabled", true, "different"},
		{"maxMinsToCommitEmail", int64(1440), "same"},
		{"maxMinsToCommitEmail", int64(1), "different"},
		{"projectMappingIds", []int64{10000, 10100, 10000}, "same"},
		{"projectMappingIds", []int64{10000}, "different"},
		{"projectMappingIds", []int64{}, "different"},
		{"tagsFilter", "", "same"},
		{"tagsFilter", "v.*", "different"},
		{"prHideFilter", "", "same"}, // the server leaves out a text that is not set
		{"prHideFilter", "x", "different"},
		{"refSpecCustom", "", "not shown"},
		{"tfsCollection", "", "not shown"}, // no answer ever has it, so its absence says nothing
		{"requireUserPat", false, "not shown"},
		{"awsRegion", "us-east-1", "not shown"},
		{"folderDepth", int64(1), "not shown"},
		{"username", "u", "not shown"},
		{"pat", fixturePat, "not shown"},
		{"password", "", "not shown"},
	}
	for _, test := range tests {
		c := i.Compare(spec(t, test.key, test.value))
		got := map[bool]string{len(c.Same) == 1: "same", len(c.Different) == 1: "different", len(c.NotShown) == 1: "not shown"}[true]
		if got != test.want {
			t.Errorf("%s=%v: got %s, want %s", test.key, test.value, got, test.want)
		}
	}
}

func TestShown(t *testing.T) {
	t.Parallel()
	i := decodeOne(t, `{"id":1,"displayName":"x","disabled":true}`)
	for key, want := range map[string]any{"displayName": "x", "disabled": true, "tagsFilter": "", "global": nil, "pat": nil, "noField": nil} {
		got, shown := i.Shown(key)
		if got != want || shown != (want != nil) {
			t.Errorf("%s: got %v, %v", key, got, shown)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{"https://github.com", "https://GitHub.com/", true},
		{"https://github.com/a", "https://github.com/A", false},
		{"https://github.com//", "https://github.com", false},
		{`D:\tmp\*`, `D:\tmp\*`, true},
		{`D:\tmp\*`, `d:\tmp\*`, false},
		{"/jira/repos/*", "/jira/repos/*/", false},
		{"http://[::1", "http://[::1", true},
		{"", "https://github.com", false},
	}
	for _, test := range tests {
		if got := gij.SameOrigin(test.a, test.b); got != test.want {
			t.Errorf("%s and %s: got %v", test.a, test.b, got)
		}
	}
}

func TestUnknownKeys(t *testing.T) {
	t.Parallel()
	i := decodeOne(t, `{"id":1,"displayName":"x","type":"GITHUB","githubAppId":5,"sshKeyId":null,"healthStatus":{"state":"OK","since":[1,2]},"next":1.50,
		"pat":"fixture-a","encryptedPassword":"fixture-b","githubAppPem":"fixture-c","githubAppClientSecret":"fixture-d","username":"fixture-e",
		"passwordHash":"fixture-f","secretKey":"fixture-g","privateKey":"fixture-h","credentials":"fixture-i","accessTokenValue":"fixture-j",
		"git":{"hosts":[{"name":"x","pat":"fixture-k"}]}}`)
	unknown, err := i.Unknown()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for key, raw := range unknown {
		got[key] = string(raw)
		wantNoSecret(t, string(raw))
	}
	diff(t, "unknown keys", map[string]string{"sshKeyId": "null", "healthStatus": `{"state":"OK","since":[1,2]}`, "next": "1.50"}, got)
	if i.Type != "GITHUB" || *i.GitHubAppID != 5 {
		t.Errorf("got %+v", i)
	}
	if unknown, err := (&gij.Integration{}).Unknown(); unknown != nil || err != nil {
		t.Errorf("nothing decoded: %v, %v", unknown, err)
	}
}

func TestIsGitHubApp(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		`{"id":1,"integrationType":"GITHUB","githubAppId":5}`:                                         true,
		`{"id":1,"integrationType":"GITHUB","githubAppName":"x"}`:                                     true,
		`{"id":1,"integrationType":"GITHUB","githubAppSlug":"x"}`:                                     true,
		`{"id":1,"integrationType":"GITHUB_APP"}`:                                                     true,
		`{"id":1,"integrationType":"GITHUB","displayName":"gij-test / 012332igbrassband.tk-1656696"}`: true,
		`{"id":1,"integrationType":"GITHUB_SERVER","displayName":"adamwride / Adam and Ken test"}`:    true,
		`{"id":1,"integrationType":"GITLAB","displayName":"group / project"}`:                         false,
		`{"id":1,"integrationType":"GITHUB","displayName":"https://github.com / all"}`:                false,
		`{"id":1,"integrationType":"GITHUB","displayName":"Our GitHub / EU"}`:                         false,
		`{"id":1,"integrationType":"GITHUB","displayName":"org / "}`:                                  false,
		`{"id":1,"integrationType":"GITHUB","displayName":"https://github.com/*"}`:                    false,
	}
	for body, want := range tests {
		i := decodeOne(t, body)
		if got := i.IsGitHubApp(); got != want {
			t.Errorf("%s: got %v", body, got)
		}
	}
}
