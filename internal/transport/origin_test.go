package transport_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/transport"
)

func TestSameOrigin(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{"https://jira.example.com/jira", "https://jira.example.com/other?x=1", true},
		{"https://jira.example.com", "https://jira.example.com:443", true},
		{"http://jira.example.com:80", "http://jira.example.com", true},
		{"https://Jira.Example.com", "https://jira.example.com", true},
		{"http://[::1]:8080", "http://[::1]:8080/x", true},
		{"https://jira.example.com", "http://jira.example.com", false},
		{"https://jira.example.com:443", "http://jira.example.com:443", false},
		{"https://jira.example.com", "https://jira.example.com:8443", false},
		{"http://jira.example.com:443", "http://jira.example.com", false},
		{"https://jira.example.com", "https://jira.example.com.evil.example", false},
		{"https://jira.example.com", "https://evil.example/jira.example.com", false},
		{"https://jira.example.com", "https://jira.example.com@evil.example", false},
		{"http://127.0.0.1:8080", "http://localhost:8080", false},
	}
	for _, test := range tests {
		a, b := parse(t, test.a), parse(t, test.b)
		if got := transport.SameOrigin(a, b); got != test.want {
			t.Errorf("%s and %s: got %v", test.a, test.b, got)
		}
		if got := transport.SameOrigin(b, a); got != test.want {
			t.Errorf("%s and %s: got %v", test.b, test.a, got)
		}
	}
}

func TestCredentialsStayAtTheirOrigin(t *testing.T) {
	t.Parallel()
	jira := start(t, answer(200, ""))
	other := start(t, answer(200, ""))
	c := newClient(t, jira.URL+"/jira")
	for _, target := range []string{jira.URL + "/jira/rest", other.URL + "/jira/rest", strings.Replace(jira.URL, "127.0.0.1", "localhost", 1)} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Basic "+fixtureToken)
		r.Header.Set("Cookie", "JSESSIONID="+fixtureToken)
		if got := sendRequest(c, r); got.err != nil || got.status != 200 {
			t.Fatalf("%s: %d %v", target, got.status, got.err)
		}
		if r.Header.Get("Cookie") == "" {
			t.Error("the caller's own request was changed")
		}
	}
	sent := jira.requests()
	if got := sent[0].Header.Get("Authorization"); got != "Bearer "+fixtureToken {
		t.Errorf("to its own origin: Authorization %q", got)
	}
	if got := sent[0].Header.Get("X-Proxy-Secret"); got != fixtureToken {
		t.Errorf("to its own origin: X-Proxy-Secret %q", got)
	}
	// localhost reaches the same server, and is another origin.
	for _, r := range append(other.requests(), sent[1]) {
		if all := fmt.Sprint(r.Header); strings.Contains(all, fixtureToken) {
			t.Errorf("another origin was sent a secret: %s", all)
		}
	}
	if sent[0].Header.Get("Cookie") != "" {
		t.Error("a cookie was sent")
	}
}

func TestNoCredentialsMeansNone(t *testing.T) {
	t.Parallel()
	jira := start(t, answer(200, ""))
	c := newClient(t, jira.URL, func(o *transport.Options) { o.Authorize, o.Header = nil, nil })
	if got := send(t, c, http.MethodGet, jira.URL, ""); got.err != nil {
		t.Fatal(got.err)
	}
	if got := jira.requests()[0].Header.Get("Authorization"); got != "" {
		t.Errorf("Authorization %q", got)
	}
}

func TestCookiesAreNotKept(t *testing.T) {
	t.Parallel()
	jira := start(t, func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "JSESSIONID", Value: "1", Path: "/"})
	})
	c := newClient(t, jira.URL)
	for range 2 {
		send(t, c, http.MethodGet, jira.URL, "")
	}
	for _, r := range jira.requests() {
		if r.Header.Get("Cookie") != "" {
			t.Errorf("sent %s", r.Header.Get("Cookie"))
		}
	}
}

func redirectCodes() []int { return []int{301, 302, 303, 307, 308} }

// TestRedirectsOfReads leads reads to the same origin and away from it.
func TestRedirectsOfReads(t *testing.T) {
	t.Parallel()
	for _, code := range redirectCodes() {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			t.Run(fmt.Sprint(method, code), func(t *testing.T) {
				t.Parallel()
				jira := start(t, func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path != "/end" {
						http.Redirect(w, r, "/end", code)
					}
				})
				got := send(t, newClient(t, jira.URL), method, jira.URL+"/start", "")
				if got.err != nil || got.status != 200 {
					t.Fatalf("got %d, %v", got.status, got.err)
				}
				sent := jira.requests()
				if len(sent) != 2 || sent[1].Header.Get("Authorization") != "Bearer "+fixtureToken {
					t.Errorf("%d requests; the second with %v", len(sent), sent[len(sent)-1].Header)
				}
			})
		}
	}
}

func TestRedirectsAwayAreHandedBack(t *testing.T) {
	t.Parallel()
	for _, code := range redirectCodes() {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			other := start(t, answer(200, ""))
			toOther := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL+"/sso", code) }
			toOtherName := func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, strings.Replace("http://"+r.Host, "127.0.0.1", "localhost", 1)+"/sso", code)
			}
			plain, secure, named := start(t, toOther), startTLS(t, toOther), start(t, toOtherName)
			for name, s := range map[string]*server{"other port": plain, "https to http": secure, "other host": named} {
				got := send(t, newClient(t, s.URL, trustingIfTLS(s)), http.MethodGet, s.URL, "")
				if got.err != nil || got.status != code {
					t.Errorf("%s: got %d, %v", name, got.status, got.err)
				}
				if n := len(s.requests()); n != 1 {
					t.Errorf("%s: %d requests", name, n)
				}
			}
			if n := len(other.requests()); n != 0 {
				t.Errorf("the other origin got %d requests", n)
			}
		})
	}
}

func trustingIfTLS(s *server) func(*transport.Options) {
	if s.TLS == nil {
		return func(*transport.Options) {}
	}
	return trusting(s)
}

// TestRedirectsOfWritesAreHandedBack matters most for 307 and 308, with which Go sends a body again.
func TestRedirectsOfWritesAreHandedBack(t *testing.T) {
	t.Parallel()
	for _, code := range redirectCodes() {
		for _, method := range methods() {
			if isRead(method) {
				continue
			}
			t.Run(fmt.Sprint(method, code), func(t *testing.T) {
				t.Parallel()
				jira := start(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", code) })
				got := send(t, newClient(t, jira.URL), method, jira.URL+"/start", `{"pat":"`+fixtureToken+`"}`)
				if got.err != nil || got.status != code {
					t.Errorf("got %d, %v", got.status, got.err)
				}
				if n := len(jira.requests()); n != 1 {
					t.Errorf("%d requests", n)
				}
			})
		}
	}
}

func TestRedirectLoopEnds(t *testing.T) {
	t.Parallel()
	jira := start(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) })
	got := send(t, newClient(t, jira.URL), http.MethodGet, jira.URL+"/", "")
	if got.err != nil || got.status != http.StatusFound {
		t.Errorf("got %d, %v", got.status, got.err)
	}
	if n := len(jira.requests()); n != 5 {
		t.Errorf("%d requests, want 5", n)
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	jira := start(t, answer(200, ""))
	c := newClient(t, jira.URL, func(o *transport.Options) { o.ReadOnly = true })
	for _, method := range methods() {
		got := send(t, c, method, jira.URL, "")
		if isRead(method) && got.err != nil || !isRead(method) && !errors.Is(got.err, transport.ErrDryRun) {
			t.Errorf("%s: %v", method, got.err)
		}
	}
	for _, r := range jira.requests() {
		if !isRead(r.Method) {
			t.Errorf("%s was sent", r.Method)
		}
	}
}

func TestProxy(t *testing.T) {
	t.Parallel()
	proxy := start(t, answer(200, "through the proxy"))
	var asked []string
	c := newClient(t, "http://jira.test/jira", func(o *transport.Options) {
		o.Proxy = func(u *url.URL) (*url.URL, error) {
			asked = append(asked, u.String())
			return url.Parse(proxy.URL)
		}
	})
	got := send(t, c, http.MethodGet, "http://jira.test/jira/rest", "")
	if got.err != nil || got.body != "through the proxy" {
		t.Fatalf("got %q, %v", got.body, got.err)
	}
	if sent := proxy.requests(); len(asked) != 1 || asked[0] != "http://jira.test/jira/rest" || sent[0].RequestURI != asked[0] {
		t.Errorf("the choice was asked %q; the proxy got %s", asked, sent[0].RequestURI)
	}
}

// TestCookiesOfAContext looks that cookies go where they are meant for, and nowhere else.
func TestCookiesOfAContext(t *testing.T) {
	t.Parallel()
	jira := start(t, answer(200, ""))
	other := start(t, answer(200, ""))
	c := newClient(t, jira.URL)
	ctx := transport.WithCookies(t.Context(), "ROUTEID=.1; lb=a")
	for _, target := range []string{jira.URL, other.URL} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if got := sendRequest(c, r); got.err != nil {
			t.Fatal(got.err)
		}
	}
	if got := jira.requests()[0].Header.Get("Cookie"); got != "ROUTEID=.1; lb=a" {
		t.Errorf("to its own origin: %q", got)
	}
	if got := other.requests()[0].Header.Get("Cookie"); got != "" {
		t.Errorf("to another origin: %q", got)
	}
}
