package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	fixtureGitHubToken = "ghp-Fixture6Wb1Xn4QdZ8"
	fixtureAppToken    = "ghs_Fixture0Hk3Vt7MsY2"
)

// gitHubHost is a GitHub host on loopback that answers at one path of its API, and refuses other tokens.
func gitHubHost(t *testing.T, path, token string, answer func(w http.ResponseWriter, r *http.Request)) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method != http.MethodGet:
			t.Errorf("%s %s", r.Method, r.URL)
		case r.Header.Get("Authorization") != "Bearer "+token:
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprint(w, `{"message":"Bad credentials"}`)
		case r.URL.Path != "/api/v3"+path:
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprint(w, `{"message":"Not Found"}`)
		default:
			answer(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func tryFilter(t *testing.T, token, host string, args ...string) outcome {
	t.Helper()
	variables := map[string]string{"GITHUB_TOKEN": token, "GIJCTL_GITHUB_URL": host}
	got := gijctl(t, variables, append([]string{"filter", "test", "-o", "json"}, args...)...)
	for _, secret := range []string{fixtureGitHubToken, fixtureAppToken} {
		if strings.Contains(got.stdout+got.stderr, secret) {
			t.Errorf("the output shows the token: %s%s", got.stdout, got.stderr)
		}
	}
	return got
}

func filtered(t *testing.T, got outcome) filterView {
	t.Helper()
	var v filterView
	if err := json.Unmarshal([]byte(got.stdout), &v); err != nil || got.status != 0 {
		t.Fatalf("exit status %d, %v: %s%s", got.status, err, got.stdout, got.stderr)
	}
	return v
}

// wantError checks the code, and words of the message and the hint.
func wantError(t *testing.T, got outcome, code string, words ...string) {
	t.Helper()
	var object struct {
		Error struct{ Code, Message, Hint string }
	}
	if err := json.Unmarshal([]byte(got.stderr), &object); err != nil {
		t.Fatalf("%v: %s", err, got.stderr)
	}
	if got.status != exitStatus(code) || object.Error.Code != code || got.stdout != "" {
		t.Errorf("exit status %d, %+v, stdout %q", got.status, object.Error, got.stdout)
	}
	for _, word := range words {
		if !strings.Contains(object.Error.Message+"\n"+object.Error.Hint, word) {
			t.Errorf("%q is not in %+v", word, object.Error)
		}
	}
}

func TestFilterOfGitHubFollowsPages(t *testing.T) {
	t.Parallel()
	server := gitHubHost(t, "/user/repos", fixtureGitHubToken, func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.Query().Get("per_page"); got != "100" {
			t.Errorf("per_page is %q", got)
		}
		if r.URL.Query().Get("page") == "2" {
			_, _ = fmt.Fprint(w, `[{"name":"git-b","full_name":"acme/git-b","size":1}]`)
			return
		}
		w.Header().Set("Link", `</api/v3/user/repos?per_page=100&x=a,b&page=2>; rel="next", </api/v3/user/repos?page=9>; rel="last"`)
		_, _ = fmt.Fprint(w, `[{"name":"git-a","full_name":"acme/git-a","size":2},{"name":"x","full_name":"acme/x","size":4}]`)
	})
	v := filtered(t, tryFilter(t, fixtureGitHubToken, server.URL, "[?contains(name, 'git')]"))
	if v.Type != "GITHUB_SERVER" || v.Counts != (filterCounts{2, 1}) || *v.Size != (filterSizes{In: 3 << 10, Out: 4 << 10}) {
		t.Errorf("%+v %+v", v, v.Size)
	}
}

func TestFilterOfAnInstallation(t *testing.T) {
	t.Parallel()
	server := gitHubHost(t, "/installation/repositories", fixtureAppToken, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page") == "2" {
			_, _ = fmt.Fprint(w, `{"total_count":2,"repositories":[{"name":"b","full_name":"acme/b"}]}`)
			return
		}
		w.Header().Set("Link", `<?page=2&per_page=1>; rel="next"`)
		_, _ = fmt.Fprint(w, `{"total_count":2,"repositories":[{"name":"a","full_name":"acme/a"}]}`)
	})
	const expr = "repositories[] | [?name == 'b']"
	for name, args := range map[string][]string{"told by the token": {expr}, "told by --type": {expr, "--type", "GITHUB_APP"}} {
		v := filtered(t, tryFilter(t, fixtureAppToken, server.URL, args...))
		if v.Type != "GITHUB_APP" || v.Counts != (filterCounts{1, 1}) || v.Size != nil {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if got := tryFilter(t, fixtureAppToken, server.URL, expr, "--path", "/installation/repositories?page=2"); !strings.Contains(got.stderr, "counts 2 repositories, and listed 1") {
		t.Errorf("a list that is not whole: %s", got.stderr)
	}
	wantError(t, tryFilter(t, fixtureAppToken, server.URL, "[?name == 'b']"), codeInvalidInput, "must begin with: repositories[] |")
}

func TestFilterOfGitHubTakesTheTokenOfAFile(t *testing.T) {
	t.Parallel()
	server := gitHubHost(t, "/orgs/acme/repos", fixtureGitHubToken, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `[]`)
	})
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(fixtureGitHubToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	v := filtered(t, tryFilter(t, "wrong", "https://ghe.invalid", "[*]", "--host", server.URL, "--token-file", file, "--path", "/orgs/acme/repos"))
	if v.Counts != (filterCounts{}) || v.Source != server.URL+"/api/v3/orgs/acme/repos" {
		t.Errorf("%+v", v)
	}
}

func TestFilterOfGitHubSaysWhyNot(t *testing.T) {
	t.Parallel()
	refuse := func(status int, body string, header ...string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			for n := 0; n < len(header); n += 2 {
				w.Header().Set(header[n], header[n+1])
			}
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, body)
		}
	}
	for name, tt := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		code   string
		words  []string
	}{
		"rate limit":        {refuse(403, "{}", "X-RateLimit-Limit", "60", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1700000000"), codeFailed, []string{"used up until 2023-11-14T22:13:20Z"}},
		"secondary limit":   {refuse(403, "{}", "Retry-After", "60"), codeFailed, []string{"asks to wait 60 s"}},
		"an app's token":    {refuse(403, `{"message":"Resource not accessible by integration"}`), codeAuth, []string{"not accessible", "--type GITHUB_APP"}},
		"single sign-on":    {refuse(403, "{}", "X-GitHub-SSO", "required"), codeAuth, []string{"single sign-on"}},
		"missing":           {refuse(404, "{}"), codeNotFound, []string{"no such list"}},
		"broken":            {refuse(500, "<html>"), codeFailed, []string{"Internal Server Error"}},
		"a web page":        {refuse(200, "<html>"), codeFailed, []string{"cannot be read as JSON", "web root"}},
		"no list":           {refuse(200, `{"id":1}`), codeFailed, []string{"the list of GITHUB_SERVER is an array; this is an object"}},
		"a cut answer":      {refuse(200, `[{"name":`), codeFailed, []string{"cannot be read as JSON"}},
		"another host":      {refuse(200, `[]`, "Link", `<https://elsewhere.invalid/x>; rel="next"`), codeFailed, []string{"on another host, which was not asked"}},
		"a list of no end":  {refuse(200, `[]`, "Link", `<?per_page=100>; rel="next"`), codeFailed, []string{"do not end"}},
		"a redirect abroad": {refuse(302, "", "Location", "https://elsewhere.invalid/login"), codeFailed, []string{"another address, which was not asked"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := gitHubHost(t, "/user/repos", fixtureGitHubToken, tt.answer)
			wantError(t, tryFilter(t, fixtureGitHubToken, server.URL, "[*]", "--retries", "0"), tt.code, tt.words...)
		})
	}
	server := gitHubHost(t, "/user/repos", fixtureGitHubToken, refuse(200, "[]"))
	wantError(t, tryFilter(t, fixtureGitHubToken, server.URL, "[*]", "--path", "user/repos"), codeUsage, "must begin with /")
	wantError(t, tryFilter(t, "other", server.URL, "[*]"), codeAuth, "Bad credentials", "for this host")
	wantError(t, tryFilter(t, "two words", server.URL, "[*]"), codeAuth, "a character that no token has")
	wantError(t, tryFilter(t, "", server.URL, "[*]"), codeAuth, "no token for 127.0.0.1", "GITHUB_TOKEN")
	wantError(t, tryFilter(t, fixtureGitHubToken, server.URL, "[*]", "--type", "GITLAB"), codeUsage, "only GitHub hosts can be asked")
	server.Close()
	wantError(t, tryFilter(t, fixtureGitHubToken, server.URL, "[*]", "--retries", "0"), codeFailed, "ask 127.0.0.1")
}

func TestFilterOfGitHubTellsTheRateLimit(t *testing.T) {
	t.Parallel()
	server := gitHubHost(t, "/user/repos", fixtureGitHubToken, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Limit", "5000")
		w.Header().Set("X-RateLimit-Remaining", "4990")
		w.Header().Set("X-RateLimit-Reset", "1700000000")
		_, _ = fmt.Fprint(w, `[]`)
	})
	got := gijctl(t, map[string]string{"GITHUB_TOKEN": fixtureGitHubToken, "GIJCTL_GITHUB_URL": server.URL}, "filter", "test", "[*]", "--trace")
	if got.status != 0 || !strings.Contains(got.stderr, "ask 4990 more of 5000 times until 2023-11-14T22:13:20Z") {
		t.Errorf("exit status %d: %s", got.status, got.stderr)
	}
	if strings.Contains(got.stderr, fixtureGitHubToken) {
		t.Error("the trace shows the token")
	}
}

func TestGitHubAPI(t *testing.T) {
	t.Parallel()
	for root, want := range map[string]string{
		"https://github.com":                "https://api.github.com",
		"https://www.GitHub.com/":           "https://api.github.com",
		"https://api.github.com":            "https://api.github.com",
		"https://acme.ghe.com":              "https://api.acme.ghe.com",
		"https://api.acme.ghe.com/":         "https://api.acme.ghe.com",
		"https://github.example.com":        "https://github.example.com/api/v3",
		"https://github.example.com:8443/":  "https://github.example.com:8443/api/v3",
		"https://github.example.com/api/v3": "https://github.example.com/api/v3",
		"http://127.0.0.1:80/x":             "http://127.0.0.1:80/x/api/v3",
		"http://[::1]:8080":                 "http://[::1]:8080/api/v3",
		"http://localhost":                  "http://localhost/api/v3",
		"http://github.example.com":         "",
		"http://10.0.0.1":                   "",
		"https://user@github.example.com":   "",
		"https://github.example.com/?q=1":   "",
		"github.example.com":                "",
		"ftp://github.example.com":          "",
		"https://":                          "",
		"https://evil.example/.ghe.com":     "https://evil.example/.ghe.com/api/v3",
	} {
		got, err := gitHubAPI(root)
		if (err != nil) != (want == "") || err == nil && got.String() != want {
			t.Errorf("%s: %v, %v; want %q", root, got, err, want)
		}
	}
}
