package gij_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/sandbox"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

// The secrets of these tests. Whatever a test prints is searched for them.
const (
	fixturePat      = "fixture-pat-of-the-client-tests"
	fixturePassword = "fixture-password-of-the-client-tests"
	fixtureToken    = "fixture-token-of-the-client-tests"
)

const (
	integrationPath = "/rest/gitplugin/1.0/integration"
	samples         = "../../testdata/api"
)

// waits records the pauses that a client takes, and takes none.
type waits struct {
	mu   sync.Mutex
	list []time.Duration
}

func (w *waits) wait(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, d)
	return ctx.Err()
}

func (w *waits) taken() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.list)
}

// world is a sandbox and a client of it.
type world struct {
	*sandbox.Server
	*waits
	client *gij.Client
}

// newWorld starts a sandbox with the demo seed. The config may change what the client is like, the faults what the
// server does.
func newWorld(t *testing.T, adjust func(*gij.Config), faults ...string) *world {
	t.Helper()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Faults: faults, Record: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	w := &world{Server: s, waits: &waits{}}
	c := gij.Config{BaseURL: s.URL, Token: secret.New(s.Token), Wait: w.wait}
	if adjust != nil {
		adjust(&c)
	}
	w.client = newClient(t, c)
	return w
}

// setFaults changes what the server does from now on.
func (w *world) setFaults(t *testing.T, faults ...string) {
	t.Helper()
	if err := w.SetFaults(faults); err != nil {
		t.Fatal(err)
	}
}

// writes lists the methods of the requests that would change something, in the order of arrival.
func (w *world) writes() []string {
	var list []string
	for _, r := range w.Requests() {
		if r.Method != http.MethodGet {
			list = append(list, r.Method)
		}
	}
	return list
}

// ids lists the integrations that the server has, whatever its faults.
func (w *world) ids(t *testing.T) []int64 {
	t.Helper()
	w.setFaults(t)
	list, err := newClient(t, gij.Config{BaseURL: w.URL, Token: secret.New(w.Token)}).Integrations.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, i := range list {
		ids = append(ids, i.ID)
	}
	return ids
}

func newClient(t *testing.T, c gij.Config) *gij.Client {
	t.Helper()
	if c.Wait == nil {
		c.Wait = (&waits{}).wait
	}
	client, err := gij.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// serve runs a server of the test's own, with a client of it.
func serve(t *testing.T, handle http.HandlerFunc) *gij.Client {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return newClient(t, gij.Config{BaseURL: s.URL, Token: secret.New(fixtureToken)})
}

// proxyTo makes a handler answer whatever a client asks for.
func proxyTo(t *testing.T, handle http.HandlerFunc) func(*url.URL) (*url.URL, error) {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return func(*url.URL) (*url.URL, error) { return url.Parse(s.URL) }
}

// answer returns a handler that always says the same.
func answer(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func answerJSON(body string) http.HandlerFunc { return answer(200, "application/json", body) }

// spec makes a spec of keys and values.
func spec(t *testing.T, pairs ...any) gij.IntegrationSpec {
	t.Helper()
	var s gij.IntegrationSpec
	for n := 0; n < len(pairs); n += 2 {
		if err := s.Set(pairs[n].(string), pairs[n+1]); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func readSample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(samples, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// wantError is what a test expects of a [gij.Error]. Texts are parts of it.
type wantError struct {
	kind          gij.Kind
	code          string
	status        int
	message, hint string
}

func (want wantError) check(t *testing.T, err error) {
	t.Helper()
	var e *gij.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a gij.Error", err)
	}
	if e.Kind != want.kind || e.Code() != want.code || e.HTTPStatus() != want.status {
		t.Errorf("kind %d, code %s, status %d; want %d, %s, %d", e.Kind, e.Code(), e.HTTPStatus(), want.kind, want.code, want.status)
	}
	if !strings.Contains(e.Error(), want.message) {
		t.Errorf("message %q lacks %q", e.Error(), want.message)
	}
	if !strings.Contains(e.Hint(), want.hint) {
		t.Errorf("hint %q lacks %q", e.Hint(), want.hint)
	}
	if strings.Contains(e.Error(), "\n") {
		t.Errorf("message %q has more than one line", e.Error())
	}
	wantNoSecret(t, e.Error()+e.Hint())
}

func wantNoSecret(t *testing.T, text string) {
	t.Helper()
	for _, word := range []string{"fixture-", "thisisthepatofyourgithost"} {
		if strings.Contains(text, word) {
			t.Errorf("a secret shows in %q", text)
		}
	}
}

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
