package doctor_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/doctor"
)

func TestURL(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name            string
		change          func(*doctor.Options)
		status          string
		message, remedy string
	}{
		{"none", func(o *doctor.Options) { o.TargetError = hinted{"no Jira is named", "set GIJCTL_URL"} }, "fail", "no Jira is named", "set GIJCTL_URL"},
		{"unreadable", func(o *doctor.Options) {
			o.TargetError = hinted{"/c/config.yaml:3:1: the key \"naem\"\nis unknown", "mend it"}
		}, "fail", "config.yaml:3:1: the key \"naem\" is unknown", "mend it"},
		{"no scheme", func(o *doctor.Options) { o.Client.BaseURL = "jira.example.com" }, "fail", "does not begin with https://", "--url"},
		{"a page", func(o *doctor.Options) { o.Client.BaseURL = "https://jira.example.com/secure/Dashboard.jspa" }, "fail", "address of a page", "comes from --url"},
		{"a password", func(o *doctor.Options) { o.Client.BaseURL = "https://me:" + hidden + "@jira.example.com" }, "fail", "user name or password", "--url"},
		{"http", func(o *doctor.Options) { o.Client.BaseURL = "http://jira.invalid" }, "warn", "everybody on the way can read the token", "https://"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := options(t, "")
			tt.change(&o)
			all := examine(t, o)
			all.expect(t, doctor.CheckURL, tt.status, tt.message, tt.remedy)
			all.expect(t, doctor.CheckStateDirectory, "ok", "can be made", "")
			all.expect(t, doctor.CheckKeyring, "ok", "", "")
			all.expect(t, doctor.CheckProxy, "ok", "no proxy", "")
			all.expect(t, doctor.CheckPermission, "warn", "not checked: ", "run it again")
		})
	}
}

func TestHost(t *testing.T) {
	t.Parallel()
	unknown := examine(t, options(t, "https://jira.invalid/jira"))
	unknown.expect(t, doctor.CheckHost, "fail", "jira.invalid cannot be resolved", "HTTPS_PROXY")
	unknown.expect(t, doctor.CheckContextPath, "warn", "not checked: host comes first", "mend host")
	gone := serve(t, &fakeJira{})
	gone.Close()
	refused := examine(t, options(t, gone.URL))
	refused.expect(t, doctor.CheckHost, "fail", "connection refused", "check the port")
	refused.expect(t, doctor.CheckTLSChain, "warn", "not checked", "mend host")
}

func TestContextPath(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, path      string
		change          func(*fakeJira)
		status          string
		message, remedy string
	}{
		{"right", "/jira", nil, "ok", "Jira answers below", ""},
		{"missing", "", nil, "fail", "the context path is missing: Jira is below /jira", "/jira"},
		{"doubled", "/jira/jira", nil, "fail", "the context path is doubled", "/jira"},
		{"too long", "/jira/projects/ABC", nil, "fail", "too long: Jira is below /jira", "/jira"},
		{"wrong", "/confluence", nil, "fail", "wrong: Jira is below /jira, not below /confluence", "/jira"},
		{"no Jira", "/jira", notFound, "fail", "this is no Jira: 404 Not Found, text/plain", "open Jira in a browser"},
		{"being started", "/jira", answering("", http.StatusServiceUnavailable, "<html>"), "fail", "503 Service Unavailable", "try again in a minute"},
		{
			"another base URL", "/jira", answering("/rest/api/2/serverInfo", 200, `{"baseUrl":"https://jira.acme.example/jira","version":"10.3"}`),
			"warn", "but calls itself https://jira.acme.example/jira", "--url https://jira.acme.example/jira",
		},
		{"another path", "/jira", otherPath, "warn", "/tracker", "Base URL"},
		{
			"Cloud", "/jira", answering("/rest/api/2/serverInfo", 200, `{"baseUrl":"https://acme.atlassian.net","version":"1001.0.0","deploymentType":"Cloud"}`),
			"fail", "Jira Cloud", "Data Center",
		},
		{"not for strangers", "/jira", notForStrangers, "ok", "Jira answers below", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			jira := &fakeJira{}
			if tt.change != nil {
				tt.change(jira)
			}
			server := serve(t, jira)
			all := examine(t, options(t, server.URL+tt.path))
			all.expect(t, doctor.CheckContextPath, tt.status, tt.message, tt.remedy)
			if tt.remedy == "/jira" {
				all.expect(t, doctor.CheckContextPath, "fail", "", "type: --url "+server.URL+"/jira")
				all.expect(t, doctor.CheckCredential, "warn", "context-path comes first", "mend context-path")
			}
		})
	}
}

func notFound(j *fakeJira) {
	j.before = func(w http.ResponseWriter, r *http.Request) bool {
		http.NotFound(w, r)
		return true
	}
}

// answering gives one path, or with "" all, a fixed answer.
func answering(path string, status int, body string) func(*fakeJira) {
	return func(j *fakeJira) {
		if path != "" {
			j.answers = map[string]http.HandlerFunc{path: answerJSON(status, body)}
			return
		}
		j.before = func(w http.ResponseWriter, r *http.Request) bool {
			answerJSON(status, body)(w, r)
			return true
		}
	}
}

// otherPath is a Jira whose own idea of its address has the right host only.
func otherPath(j *fakeJira) {
	j.answers = map[string]http.HandlerFunc{"/rest/api/2/serverInfo": func(w http.ResponseWriter, r *http.Request) {
		answerJSON(http.StatusOK, `{"baseUrl":"http://`+r.Host+`/tracker","version":"10.3"}`)(w, r)
	}}
}

func notForStrangers(j *fakeJira) {
	j.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") != "" {
			return false
		}
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
}

// TestRedirectToTheContextPath: the root of a host often leads to Jira, whatever its context path is called.
func TestRedirectToTheContextPath(t *testing.T) {
	t.Parallel()
	jira := &fakeJira{}
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/tracker/secure/Dashboard.jspa", http.StatusFound)
			return
		}
		r.URL.Path = strings.Replace(r.URL.Path, "/tracker/", "/jira/", 1)
		if strings.HasPrefix(r.RequestURI, "/tracker/") {
			jira.ServeHTTP(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	all := examine(t, options(t, server.URL))
	all.expect(t, doctor.CheckContextPath, "fail", "missing: Jira is below /tracker", "--url "+server.URL+"/tracker")
}

// TestRedirectToHTTP: a Jira that does not know of the TLS before it sends people to http. The token is not to go there.
func TestRedirectToHTTP(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "Acme CA", nil)
	open, jira := &fakeJira{}, &fakeJira{}
	plain := serve(t, open).URL
	server := begin(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/jira/") {
			http.Redirect(w, r, plain+"/jira"+r.URL.Path, http.StatusFound)
			return
		}
		jira.ServeHTTP(w, r)
	}), withCertificate(ca.server(t, nil)))
	o := options(t, server.URL)
	o.Client.TLS = trusting(ca)
	examine(t, o).expect(t, doctor.CheckContextPath, "fail", "missing: Jira is below /jira", "type: --url "+server.URL+"/jira")
	if seen := open.seen(); len(seen) > 0 {
		t.Errorf("without TLS it was asked for %s", seen[0].URL)
	}

	jira.answers = map[string]http.HandlerFunc{"/rest/api/2/serverInfo": answerJSON(200, `{"baseUrl":"http://jira.acme.example:8080/jira","version":"10.3"}`)}
	o = options(t, server.URL+"/jira")
	o.Client.TLS = trusting(ca)
	f := examine(t, o)[doctor.CheckContextPath]
	if f.Status != doctor.StatusWarn || strings.Contains(f.Remedy, "--url") {
		t.Errorf("got %+v", f)
	}
}

// TestRemediesAreNoCommands: what a server sends does not get into what a person is told to type.
func TestRemediesAreNoCommands(t *testing.T) {
	t.Parallel()
	jira := &fakeJira{}
	answering("/rest/api/2/serverInfo", 200, `{"baseUrl":"https://jira.acme.example;id/jira","version":"10.3"}`)(jira)
	f := examine(t, options(t, serve(t, jira).URL+"/jira"))[doctor.CheckContextPath]
	if f.Status != doctor.StatusWarn || strings.Contains(f.Remedy, "id") {
		t.Errorf("a base URL: %+v", f)
	}

	const path = "/x$(id)"
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, path) {
			answerJSON(200, `{"version":"10.3"}`)(w, r)
			return
		}
		http.Redirect(w, r, path+r.URL.Path, http.StatusFound)
	}))
	f = examine(t, options(t, server.URL+"/jira"))[doctor.CheckContextPath]
	if strings.Contains(f.Remedy, "id)") {
		t.Errorf("a redirect: %+v", f)
	}
}

// TestOtherHostsAreNotAsked: a redirect may lead anywhere, and the doctor does not follow.
func TestOtherHostsAreNotAsked(t *testing.T) {
	t.Parallel()
	other := &fakeJira{}
	elsewhere := strings.Replace(serve(t, other).URL, "127.0.0.1", "localhost", 1)
	away := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere+r.URL.Path, http.StatusFound)
	}
	all := examine(t, options(t, serve(t, http.HandlerFunc(away)).URL+"/jira"))
	all.expect(t, doctor.CheckSSO, "fail", "redirect to another host: localhost:", "")
	if seen := other.seen(); len(seen) > 0 {
		t.Errorf("%s was asked for %s", elsewhere, seen[0].URL)
	}
}

// TestTLSPort: a URL with http and the port of https.
func TestTLSPort(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "Acme CA", nil)
	server := begin(t, &fakeJira{}, withCertificate(ca.server(t, nil)))
	all := examine(t, options(t, strings.Replace(server.URL, "https", "http", 1)+"/jira"))
	all.expect(t, doctor.CheckContextPath, "fail", "Jira answers at https, not at http", "--url "+server.URL+"/jira")
	plain := examine(t, options(t, strings.Replace(serve(t, &fakeJira{}).URL, "http", "https", 1)+"/jira"))
	plain.expect(t, doctor.CheckTLSChain, "fail", "it speaks no TLS", "check the port")
	plain.expect(t, doctor.CheckTLSExpiry, "warn", "not checked: tls-chain", "")
}

func TestProxy(t *testing.T) {
	t.Parallel()
	gone := serve(t, &fakeJira{})
	gone.Close()
	variable := func(scheme string) string { return strings.ToUpper(scheme) + "_PROXY" }
	at := func(address string) func(*url.URL) (*url.URL, error) {
		proxy, err := url.Parse(address)
		return func(*url.URL) (*url.URL, error) { return proxy, err }
	}
	withUser := strings.Replace(gone.URL, "http://", "http://me:"+hidden+"@", 1)
	for _, tt := range []struct {
		name, base      string
		proxy, any      func(*url.URL) (*url.URL, error)
		status, message string
		remedy          string
	}{
		{"refused", "https://jira.invalid", at(withUser), nil, "fail", gone.URL + " (HTTPS_PROXY): nothing accepts connections there: connection refused", "NO_PROXY=jira.invalid"},
		{"unknown name", "http://jira.invalid", at("http://proxy.invalid:3128"), nil, "fail", "the name cannot be resolved", "HTTP_PROXY"},
		{"unknown kind", "https://jira.invalid", at("gopher://proxy.invalid"), nil, "fail", "gopher", "HTTPS_PROXY=http://"},
		{"a password with a space", "https://jira.invalid", at("http://http://me:" + hidden + "@h:1"), nil, "fail", "HTTPS_PROXY is no URL", "%20 is a space"},
		{"broken", "https://jira.invalid", func(*url.URL) (*url.URL, error) { return nil, errors.New("it is bad") }, nil, "fail", "it is bad", "unset HTTPS_PROXY"},
		{"NO_PROXY", "https://jira.invalid", nil, at(withUser), "ok", "NO_PROXY keeps jira.invalid away from " + gone.URL + " (HTTPS_PROXY)", ""},
		{"no URL", "https://jira.invalid", nil, nil, "warn", "HTTPS_PROXY is set and is no URL", "export HTTPS_PROXY="},
		{"no Jira", "", nil, at(withUser), "fail", "connection refused", "NO_PROXY="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := options(t, tt.base)
			o.ProxyVariable, o.Client.Proxy, o.ProxyWithoutExceptions = variable, tt.proxy, tt.any
			examine(t, o).expect(t, doctor.CheckProxy, tt.status, tt.message, tt.remedy)
		})
	}
}
