package githubapp_test

import (
	"context"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

const patient = time.Minute // longer than any test

func demoManifest() githubapp.Manifest {
	return githubapp.Manifest{
		Name: "jira.acme.example", URL: "https://jira.acme.example",
		Permissions: map[string]string{"metadata": "read", "contents": "write", "pull_requests": "write", "issues": "read"},
	}
}

func ghes(t *testing.T) githubapp.Host {
	t.Helper()
	h, err := githubapp.ParseHost("https://github.example.com")
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// flow is a registration that waits.
type flow struct {
	*githubapp.Registration
	state  string
	action string
	calls  atomic.Int32
	codes  chan string
	answer chan error // what the exchange returns; closed is success
	result chan error
	cancel context.CancelFunc
}

func startFlow(t *testing.T, grace time.Duration) *flow {
	t.Helper()
	r, err := githubapp.NewImpatientRegistration(t.Context(), githubapp.RegistrationOptions{Host: ghes(t), Org: "acme", Manifest: demoManifest()}, grace)
	if err != nil {
		t.Fatal(err)
	}
	f := &flow{Registration: r, codes: make(chan string, 10), answer: make(chan error, 1), result: make(chan error, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	f.cancel = cancel
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.result <- r.Wait(ctx, f.exchange)
	}()
	t.Cleanup(func() { cancel(); <-done; _ = r.Close() })
	_, page := f.get(t, f.URL())
	f.action = attribute(t, page, "action")
	u, err := url.Parse(f.action)
	if err != nil {
		t.Fatal(err)
	}
	f.state = u.Query().Get("state")
	return f
}

func (f *flow) exchange(ctx context.Context, code string) (githubapp.Ending, error) {
	f.calls.Add(1)
	f.codes <- code
	select {
	case err := <-f.answer:
		return githubapp.Ending{App: githubapp.App{Name: "jira <b>"}, Next: "https://github.example.com/github-apps/jira/installations/new"}, err
	case <-ctx.Done():
		return githubapp.Ending{}, ctx.Err()
	}
}

func (f *flow) callback(query string) string { return f.RedirectURL() + query }

func (f *flow) good(code string) string {
	return f.callback("?" + url.Values{"code": {code}, "state": {f.state}}.Encode())
}

// attribute returns the first value of an attribute of a page.
func attribute(t *testing.T, page, name string) string {
	t.Helper()
	found := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no %s in:\n%s", name, page)
	}
	return html.UnescapeString(found[1])
}

// answer is the head of an answer.
type answer struct {
	StatusCode int
	Header     http.Header
}

// client follows nothing.
func client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (f *flow) do(t *testing.T, change func(*http.Request), address string) (answer, string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(q)
	}
	got, err := client().Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{got.StatusCode, got.Header}, string(body)
}

func (f *flow) get(t *testing.T, address string) (answer, string) {
	t.Helper()
	return f.do(t, nil, address)
}

// finish brings the right code, and sees that the wait ends well with it.
func (f *flow) finish(t *testing.T) {
	t.Helper()
	head, _ := f.get(t, f.good("the-right-1"))
	if head.StatusCode != http.StatusSeeOther {
		t.Fatalf("the right callback is answered %d", head.StatusCode)
	}
	if code := <-f.codes; code != "the-right-1" {
		t.Fatalf("exchanged %q", code)
	}
	close(f.answer)
	f.last(t)
	if err := <-f.result; err != nil {
		t.Fatalf("the wait ended with %v", err)
	}
	if n := f.calls.Load(); n != 1 {
		t.Fatalf("%d exchanges", n)
	}
}

// last asks for the last page until it is that.
func (f *flow) last(t *testing.T) (answer, string) {
	t.Helper()
	for {
		head, page := f.get(t, f.URL()+"/done")
		if !strings.Contains(page, `http-equiv="refresh"`) {
			return head, page
		}
	}
}

func (f *flow) expectClosed(t *testing.T) {
	t.Helper()
	u, err := url.Parse(f.URL())
	if err != nil {
		t.Fatal(err)
	}
	if c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", u.Host); err == nil {
		_ = c.Close()
		t.Error("it still listens")
	}
}
