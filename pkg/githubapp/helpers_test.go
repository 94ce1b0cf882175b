package githubapp_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gijctl/gijctl/pkg/githubapp"
	"github.com/gijctl/gijctl/pkg/secret"
)

const (
	fixtureCode   = "FixtureCode7Hq2_Lm-9"
	fixtureSecret = "FixtureSecret4Wt8Zn"
)

func newPEM() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

var sharedPEM = sync.OnceValue(newPEM)

func sharedKey(t *testing.T) *secret.PrivateKey {
	t.Helper()
	key, err := secret.ParsePrivateKey([]byte(sharedPEM()))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// noon is what all clocks show.
func noon() time.Time { return time.Date(2024, 5, 27, 12, 0, 0, 0, time.UTC) }

// fakeHost is a GitHub Enterprise Server on loopback: its API is below /api/v3.
type fakeHost struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // method and path below the API, with the query
	waits []time.Duration
	trace strings.Builder
}

// startHost starts one that answers by handler. A request for anything but the API, or without its headers, is an error.
func startHost(t *testing.T, handler http.HandlerFunc) *fakeHost {
	t.Helper()
	f := &fakeHost{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, below := strings.CutPrefix(r.URL.RequestURI(), "/api/v3/")
		if !below || r.Header.Get("User-Agent") != "gijctl/test" || r.Header.Get("X-GitHub-Api-Version") != "2022-11-28" ||
			r.Header.Get("Accept") != "application/vnd.github+json, application/json;q=0.9" {
			t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
		}
		f.mu.Lock()
		f.asked = append(f.asked, r.Method+" "+path)
		f.mu.Unlock()
		w.Header().Set("Date", noon().Format(http.TimeFormat))
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		handler(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeHost) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked
}

func (f *fakeHost) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.trace.Write(p)
}

func (f *fakeHost) config(t *testing.T) githubapp.Config {
	t.Helper()
	h, err := githubapp.ParseHost(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	return githubapp.Config{
		Host: h, UserAgent: "gijctl/test", Timeout: 5 * time.Second, Retries: 3, Trace: f, Now: noon,
		Wait: func(ctx context.Context, d time.Duration) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.waits = append(f.waits, d)
			return ctx.Err()
		},
	}
}

func newClient(t *testing.T, c githubapp.Config) *githubapp.Client {
	t.Helper()
	client, err := githubapp.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (f *fakeHost) client(t *testing.T) *githubapp.Client {
	t.Helper()
	return newClient(t, f.config(t))
}

func (f *fakeHost) app(t *testing.T) *githubapp.AppClient {
	t.Helper()
	return f.client(t).As("884213", sharedKey(t))
}

// say answers with a status and a body, and header fields in pairs.
func say(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for n := 0; n < len(header); n += 2 {
			w.Header().Set(header[n], header[n+1])
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	}
}

// inTurn answers each request by the next handler, and the rest by the last.
func inTurn(handlers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		handler := handlers[min(n, len(handlers)-1)]
		n++
		mu.Unlock()
		handler(w, r)
	}
}

// cut ends the connection without an answer.
func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// wantError checks kind and words of an error, and that it has a hint and shows no secret.
func wantError(t *testing.T, err error, kind githubapp.Kind, words ...string) {
	t.Helper()
	var e *githubapp.Error
	if !errors.As(err, &e) || !githubapp.IsKind(err, kind) {
		t.Fatalf("got %v, want one of the kind %s", err, kind)
	}
	for _, word := range words {
		if !strings.Contains(e.Error()+" | "+e.Hint(), word) {
			t.Errorf("%v | %s: no word of %q", e, e.Hint(), word)
		}
	}
	if e.Hint() == "" && !errors.Is(err, context.Canceled) {
		t.Errorf("%v: no hint", e)
	}
	for _, shown := range []string{fmt.Sprintf("%v %+v", err, *e), e.Hint()} {
		for _, hidden := range []string{fixtureCode, fixtureSecret, "BEGIN RSA", "eyJ"} {
			if strings.Contains(shown, hidden) {
				t.Errorf("it shows %q: %s", hidden, shown)
			}
		}
	}
}
