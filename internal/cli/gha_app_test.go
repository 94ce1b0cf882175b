package cli

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/secret"
)

// testPEM returns a private key for the tests of this package.
var testPEM = sync.OnceValue(func() []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
})

// knownSession is what a command has of apps, with nobody to ask.
func knownSession(variables map[string]string, known []config.App, rows []plan.AppRow) *ghaSession {
	env := func(name string) (string, bool) {
		value, found := variables[name]
		return value, found
	}
	a := &app{env: env, streams: Streams{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}}
	return &ghaSession{app: a, known: known, rows: rows, store: &config.Apps{}}
}

func fleetOfApps() ([]config.App, []plan.AppRow) {
	known := []config.App{
		{Host: "https://github.com", Org: "acme", ID: 10, Slug: "gij-ten", Name: "GIJ ten", ClientID: "Iv1.ten"},
		{Host: "https://ghe.example.com", Org: "globex", ID: 10, Slug: "gij-ten", Name: "GIJ ten", ClientID: "Iv1.other"},
		{Host: config.SandboxContext, Org: "acme", ID: 99, Slug: "in-a-box"},
	}
	rows := []plan.AppRow{
		{ID: 1, DisplayName: "acme / GIJ ten", Origin: "https://api.github.com", Org: "acme", Name: "GIJ ten", IsNameOfTitle: true},
		{ID: 2, DisplayName: "initech / hidden", Origin: "https://api.github.com", Org: "initech", Name: "hidden", IsNameOfTitle: true},
		{ID: 3, DisplayName: "umbrella / shown", Origin: "https://api.github.com", Org: "umbrella", Name: "shown", AppID: 30, ClientID: "Iv1.thirty"},
	}
	return known, rows
}

func TestFindApp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		word string
		f    appFlags
		want string // ORG, id, issuer, host, integration; or the beginning of the error
	}{
		"slug and org":                {"gij-ten", appFlags{org: "acme"}, "acme 10 10 github.com 1"},
		"case":                        {"GIJ-Ten", appFlags{org: "GLOBEX"}, "globex 10 10 ghe.example.com 0"},
		"title":                       {"acme / GIJ ten", appFlags{}, "acme 10 10 github.com 1"},
		"id of the integration":       {"3", appFlags{}, "umbrella 30 30 github.com 3"},
		"client id":                   {"Iv1.ten", appFlags{}, "acme 10 10 github.com 1"},
		"flag with the client id":     {"", appFlags{appID: "Iv1.thirty"}, "umbrella 30 Iv1.thirty github.com 3"},
		"org alone":                   {"", appFlags{org: "umbrella"}, "umbrella 30 30 github.com 3"},
		"a row whose id is hidden":    {"initech / hidden", appFlags{appID: "20"}, "initech 0 20 github.com 2"},
		"nobody knows it":             {"", appFlags{org: "hooli", appID: "40"}, "hooli 40 40 github.com 0"},
		"nobody knows it, with host":  {"x", appFlags{appID: "40", host: "https://ghe.example.com"}, " 40 40 ghe.example.com 0"},
		"another id for a known name": {"gij-ten", appFlags{org: "acme", appID: "11"}, "acme 11 11 github.com 0"},
		"two":                         {"gij-ten", appFlags{}, "\"gij-ten\" names several apps: acme / GIJ ten (app id 10); globex / GIJ ten (app id 10)"},
		"all":                         {"", appFlags{}, "which app is meant is not clear: "},
		"none":                        {"nope", appFlags{}, "no GitHub App \"nope\" is known here"},
		"the sandbox's":               {"in-a-box", appFlags{}, "no GitHub App \"in-a-box\" is known here"},
		"none of the org":             {"", appFlags{org: "hooli"}, "no GitHub App of the organization \"hooli\" is known here"},
		"no id":                       {"", appFlags{appID: "4 0"}, "--app-id: \"4 0\" is no id of an app"},
		"no host":                     {"", appFlags{appID: "40", host: "http://ghe.example.com"}, "ghe.example.com is plain http"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			known, rows := fleetOfApps()
			g, err := knownSession(nil, known, rows).find(c.word, c.f)
			if err != nil {
				if !strings.HasPrefix(err.Error(), c.want) {
					t.Errorf("error %q, want %q", err, c.want)
				}
				return
			}
			if got := foundText(g); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func foundText(g *gitHubApp) string {
	row := int64(0)
	if g.row != nil {
		row = g.row.ID
	}
	return strings.Join([]string{g.org, cmpZero(g.id), g.issuer, g.host.Name(), cmpZero(row)}, " ")
}

func cmpZero(id int64) string {
	if id == 0 {
		return "0"
	}
	return idOrNone(id)
}

// TestAppsAreListedOnce: what this machine and GIJ both know is one app, also where GIJ shows no id; a host that a person names is
// the way to all of them.
func TestAppsAreListedOnce(t *testing.T) {
	t.Parallel()
	known, rows := fleetOfApps()
	for variable, want := range map[string]string{
		"":                        "acme 10 10 github.com 1; globex 10 10 ghe.example.com 0; initech 0  github.com 2; umbrella 30 30 github.com 3",
		"https://ghe.example.com": "acme 10 10 ghe.example.com 1; globex 10 10 ghe.example.com 0; initech 0  ghe.example.com 2; umbrella 30 30 ghe.example.com 3",
	} {
		all, err := knownSession(map[string]string{"GIJCTL_GITHUB_URL": variable}, known, rows).apps()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, g := range all {
			got = append(got, foundText(g))
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("apps with %q: %q", variable, got)
		}
	}
}

func TestKeyOfAFile(t *testing.T) {
	t.Parallel()
	whole := testPEM()
	dir := t.TempDir()
	for name, c := range map[string]struct {
		text []byte
		want string // of the error; "" for none
	}{
		"whole":     {whole, ""},
		"CR LF":     {bytes.ReplaceAll(whole, []byte("\n"), []byte("\r\n")), ""},
		"flattened": {bytes.ReplaceAll(whole, []byte("\n"), []byte(" ")), ""},
		"cut":       {whole[:len(whole)/2], "is no usable private key"},
		"empty":     {nil, "is no usable private key"},
	} {
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "")+".pem")
		if err := os.WriteFile(file, c.text, 0o600); err != nil {
			t.Fatal(err)
		}
		g := &gitHubApp{}
		err := knownSession(nil, nil, nil).app.readKey(g, file)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) || (g.key == nil) != (c.want != "") {
			t.Errorf("%s: %v", name, err)
		}
	}
	g := &gitHubApp{known: &config.App{PEM: secret.New(string(whole))}}
	if err := knownSession(nil, nil, nil).app.readKey(g, ""); err != nil || g.key == nil {
		t.Errorf("the key that is kept: %v", err)
	}
}
