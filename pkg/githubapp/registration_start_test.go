package githubapp_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

func TestOptionsOfARegistration(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	port := taken.Addr().(*net.TCPAddr).Port
	for name, o := range map[string]githubapp.RegistrationOptions{
		"taken port":      {Org: "acme", Port: port},
		"no port":         {Org: "acme", Port: 65536},
		"negative port":   {Org: "acme", Port: -1},
		"no organization": {},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := githubapp.NewRegistration(t.Context(), o)
			var typed *githubapp.Error
			if !errors.As(err, &typed) || typed.Kind != githubapp.KindUsage || typed.Advice == "" {
				t.Errorf("%v", err)
			}
		})
	}
	if _, err := githubapp.NewRegistration(t.Context(), githubapp.RegistrationOptions{Org: "acme", Rand: strings.NewReader("short")}); err == nil {
		t.Error("it begins without random bits")
	}
}

func TestPortIsTaken(t *testing.T) {
	t.Parallel()
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := githubapp.NewRegistration(t.Context(), githubapp.RegistrationOptions{Org: "acme", Port: port})
	if err != nil {
		t.Skipf("another program took port %d meanwhile: %v", port, err)
	}
	defer func() { _ = r.Close() }()
	if want := fmt.Sprintf("http://127.0.0.1:%d/callback", port); r.RedirectURL() != want {
		t.Errorf("it listens at %s, not %s", r.RedirectURL(), want)
	}
}

// TestConnectionsAreLimited has a program hold more connections than a browser has. Those are ended that are too many, and when
// it lets go, the page is there again.
func TestConnectionsAreLimited(t *testing.T) {
	t.Parallel()
	r, err := githubapp.NewImpatientRegistration(t.Context(), githubapp.RegistrationOptions{Host: ghes(t), Org: "acme", Manifest: demoManifest()}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	address := strings.SplitN(r.URL(), "/", 4)[2]
	var held []net.Conn
	for range githubapp.MaxConnections {
		held = append(held, dial(t, address))
	}
	if _, err := dial(t, address).Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("one more is not ended: %v", err)
	}
	for _, c := range held {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for t.Context().Err() == nil {
		if answers(t, r.URL()) {
			return
		}
	}
	t.Error("it does not answer any more")
}

// dial opens a connection that asks for nothing.
func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	// Shorter than the listener's own limit for a request that does not come.
	if err := c.SetReadDeadline(time.Now().Add(3 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

func answers(t *testing.T, address string) bool {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := transport.RoundTrip(q)
	if err != nil {
		return false
	}
	return answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
}

func TestState(t *testing.T) {
	t.Parallel()
	a, err := githubapp.NewState(strings.NewReader(strings.Repeat("a", 32)))
	if err != nil || len(a) != 43 {
		t.Fatalf("%q, %v", a, err)
	}
	for _, test := range []struct {
		a, b string
		want bool
	}{{a, a, true}, {a, a[1:], false}, {a, "", false}, {"", "", false}, {a, strings.ToUpper(a), false}} {
		if got := githubapp.SameState(test.a, test.b); got != test.want {
			t.Errorf("SameState(%q, %q) is %v", test.a, test.b, got)
		}
	}
	if _, err := githubapp.NewState(strings.NewReader(strings.Repeat("a", 31))); err == nil {
		t.Error("31 bytes are enough")
	}
}

func FuzzCallback(f *testing.F) {
	for _, seed := range []string{"code=c&state=s", "code=c;state=s", "code=%2e%2e&state=s", "state=s&state=t&code=c", "error=access_denied&state=s", "code=c%00&state=", "%zz"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		state, code, ok := githubapp.CallbackValues(query)
		if !ok {
			return
		}
		if code == "" || url.PathEscape(code) != code || strings.Contains(code, ".") {
			t.Errorf("the code %q does not fit into a path", code)
		}
		again, err := url.ParseQuery(query)
		if err != nil || len(again["state"]) > 1 || len(again["code"]) != 1 || again.Get("state") != state {
			t.Errorf("%q was read as %q and %q", query, state, code)
		}
	})
}
