package githubapp_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

func TestParseHost(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ web, api, uploads string }{
		"":                                  {"https://github.com", "https://api.github.com", "https://uploads.github.com"},
		"https://github.com/":               {"https://github.com", "https://api.github.com", "https://uploads.github.com"},
		" www.GitHub.com ":                  {"https://github.com", "https://api.github.com", "https://uploads.github.com"},
		"https://api.github.com":            {"https://github.com", "https://api.github.com", "https://uploads.github.com"},
		"acme.ghe.com":                      {"https://acme.ghe.com", "https://api.acme.ghe.com", "https://uploads.acme.ghe.com"},
		"https://API.acme.ghe.com/":         {"https://acme.ghe.com", "https://api.acme.ghe.com", "https://uploads.acme.ghe.com"},
		"github.example.com":                {"https://github.example.com", "https://github.example.com/api/v3", "https://github.example.com/api/uploads"},
		"https://GitHub.example.com:8443/":  {"https://github.example.com:8443", "https://github.example.com:8443/api/v3", "https://github.example.com:8443/api/uploads"},
		"https://github.example.com/api/v3": {"https://github.example.com", "https://github.example.com/api/v3", "https://github.example.com/api/uploads"},
		"http://127.0.0.1:4700":             {"http://127.0.0.1:4700", "http://127.0.0.1:4700/api/v3", "http://127.0.0.1:4700/api/uploads"},
		"http://[::1]:4700/":                {"http://[::1]:4700", "http://[::1]:4700/api/v3", "http://[::1]:4700/api/uploads"},
		"https://github.com.evil.example":   {"https://github.com.evil.example", "https://github.com.evil.example/api/v3", "https://github.com.evil.example/api/uploads"},
	} {
		h, err := githubapp.ParseHost(text)
		if err != nil || h.Web() != want.web || h.API() != want.api || h.Uploads() != want.uploads {
			t.Errorf("%q: %s, %s, %s, %v", text, h.Web(), h.API(), h.Uploads(), err)
		}
	}
	for _, text := range []string{
		"http://github.example.com", "http://github.com", "ftp://github.com", "https://", "https://u:" + fixtureSecret + "@github.example.com",
		"https://github.example.com/?a=b", "https://github.example.com/acme", "https://github.example.com/#x", "https://git hub.example.com", "http://localhost.evil.example",
	} {
		_, err := githubapp.ParseHost(text)
		var bad *githubapp.HostError
		if !errors.As(err, &bad) || bad.Hint() == "" || bad.Code() != "usage" || strings.Contains(err.Error(), fixtureSecret) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	h, err := githubapp.ParseHost("https://github.example.com")
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		h.RegistrationURL("acme", "a+b"):         "https://github.example.com/organizations/acme/settings/apps/new?state=a%2Bb",
		h.AppsURL("acme"):                        "https://github.example.com/organizations/acme/settings/apps",
		h.SettingsURL("acme", "jira"):            "https://github.example.com/organizations/acme/settings/apps/jira",
		h.AdvancedURL("acme", "jira"):            "https://github.example.com/organizations/acme/settings/apps/jira/advanced",
		h.InstallationURL("a/b", 7):              "https://github.example.com/organizations/a%2Fb/settings/installations/7",
		githubapp.Host{}.String():                "https://github.com",
		string(githubapp.Host{}.Kind()):          "GitHub.com",
		githubapp.Host{}.Name() + " " + h.Name(): "github.com github.example.com",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
