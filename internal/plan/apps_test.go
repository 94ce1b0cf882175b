package plan_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

func listedApps(t *testing.T, answer string) []gij.Integration {
	t.Helper()
	var all []gij.Integration
	if err := json.Unmarshal([]byte(answer), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestAppRowsOfREST: what REST shows of an app is unknown, so that each key may be missing.
func TestAppRowsOfREST(t *testing.T) {
	t.Parallel()
	listed := listedApps(t, `[
		{"id": 7, "displayName": "acme / gij", "origin": "https://api.github.com", "integrationType": "GITHUB", "disabled": true, "lastIndexedDate": 1},
		{"id": 3, "displayName": "renamed", "origin": "https://ghe.acme.example", "integrationType": "GITHUB_SERVER", "githubAppId": 5, "githubAppInstallationId": 6,
			"githubAppOrg": "acme", "githubAppName": "one", "githubAppSlug": "one-slug", "githubAppHtmlUrl": "https://x.test", "githubAppSuspended": true},
		{"id": 2, "displayName": "GitHub", "origin": "https://api.github.com", "integrationType": "GITHUB", "lastIndexedDate": 1},
		{"id": 4, "displayName": "odd", "origin": "https://api.github.com", "integrationType": "GITHUB_APP", "lastIndexedDate": 1}]`)
	want := []plan.AppRow{
		{ID: 3, DisplayName: "renamed", Origin: "https://ghe.acme.example", AppID: 5, InstallationID: 6, Org: "acme", Name: "one", Slug: "one-slug", HTMLURL: "https://x.test", Suspended: new(true), NeverIndexed: true},
		{ID: 4, DisplayName: "odd", Origin: "https://api.github.com"},
		{ID: 7, DisplayName: "acme / gij", Origin: "https://api.github.com", Disabled: true, Org: "acme", Name: "gij", IsNameOfTitle: true},
	}
	if diff := cmp.Diff(want, plan.AppRows(listed, nil)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func newAppKey(t *testing.T) (text, fingerprint string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	data := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	parsed, err := secret.ParsePrivateKey(data)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(data)), parsed.Fingerprint()
}

// TestAppRowsOfExport: the names of the export's columns are unknown too, and how it shows a key.
func TestAppRowsOfExport(t *testing.T) {
	t.Parallel()
	key, fingerprint := newAppKey(t)
	listed := listedApps(t, `[{"id": 11, "displayName": "acme / gij", "origin": "https://api.github.com", "integrationType": "GITHUB"}]`)
	base := plan.AppRow{ID: 11, DisplayName: "acme / gij", Origin: "https://api.github.com", Org: "acme", Name: "gij", IsNameOfTitle: true, NeverIndexed: true}
	for name, c := range map[string]struct {
		export string
		want   func(*plan.AppRow)
	}{
		"the vendor's bean names": {
			"id\torigin\tdisplayName\tgithubAppId\tgithubAppInstallationId\tgithubAppClientId\tgithubAppSuspended\tgithubAppName\tgithubAppPem\n" +
				"11\thttps://api.github.com\tacme / gij\t5\t6\tIv1.x\tTRUE\tgij\t\"" + key + "\"\n",
			func(r *plan.AppRow) {
				r.AppID, r.InstallationID, r.ClientID, r.Suspended, r.IsNameOfTitle = 5, 6, "Iv1.x", new(true), false
				r.Key = plan.AppKey{State: plan.KeyClear, Fingerprint: fingerprint}
			},
		},
		"other names": {
			"id\torigin\tdisplayName\tgha_id\tGHA-slug\tprivateKeyPem\n11\thttps://api.github.com\tacme / gij\t5\tgij-1\t\n",
			func(r *plan.AppRow) { r.AppID, r.Slug, r.Key = 5, "gij-1", plan.AppKey{State: plan.KeyBlank} },
		},
		"a key without its line breaks": {
			"id\torigin\tdisplayName\tgithubAppPem\n11\thttps://api.github.com\tacme / gij\t" + strings.ReplaceAll(key, "\n", " ") + "\n",
			func(r *plan.AppRow) { r.Key = plan.AppKey{State: plan.KeyClear, Fingerprint: fingerprint} },
		},
		"a key that is hidden": {
			"id\torigin\tdisplayName\tgithubAppPem\n11\thttps://api.github.com\tacme / gij\tqwertz\n",
			func(r *plan.AppRow) { r.Key.State = plan.KeyHidden },
		},
		"no column": {
			"id\torigin\tdisplayName\n11\thttps://api.github.com\tacme / gij\n",
			func(r *plan.AppRow) { r.Key.State = plan.KeyAbsent },
		},
		"a row that is not in it": {
			"id\torigin\tdisplayName\n1\tgit@h:a.git\ta\n",
			func(*plan.AppRow) {},
		},
		"values that are none": {
			"id\torigin\tdisplayName\tgithubAppId\tgithubAppSuspended\n11\thttps://api.github.com\tacme / gij\tx\tperhaps\n",
			func(r *plan.AppRow) { r.Key.State = plan.KeyAbsent },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			have, err := plan.ReadSnapshot(strings.NewReader(c.export), "")
			if err != nil {
				t.Fatal(err)
			}
			want := base
			c.want(&want)
			if diff := cmp.Diff([]plan.AppRow{want}, plan.AppRows(listed, have)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAppRowsOfExportAlone: a row that only the export shows to be an app's.
func TestAppRowsOfExportAlone(t *testing.T) {
	t.Parallel()
	have, err := plan.ReadSnapshot(strings.NewReader("id\torigin\tdisplayName\tintegrationType\tdisabled\tgithubAppId\n"+
		"1\thttps://api.github.com\tGitHub\tGITHUB\tfalse\t\n2\thttps://api.github.com\tMine\tGITHUB_APP\ttrue\t9\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	listed := listedApps(t, `[{"id": 2, "displayName": "Mine", "origin": "https://api.github.com", "integrationType": "GITHUB", "lastIndexedDate": 5}]`)
	want := []plan.AppRow{{ID: 2, DisplayName: "Mine", Origin: "https://api.github.com", Disabled: true, AppID: 9, Key: plan.AppKey{State: plan.KeyAbsent}}}
	if diff := cmp.Diff(want, plan.AppRows(listed, have)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if got := plan.AppRows(nil, nil); len(got) != 0 {
		t.Errorf("rows of nothing: %v", got)
	}
}
