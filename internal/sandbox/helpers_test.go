package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/sandbox"
)

const (
	integrationPath = "/rest/gitplugin/1.0/integration"
	repositoryPath  = "/rest/gitplugin/1.0/repository"
)

// start runs a server for the test, in memory unless the options name a file.
func start(t *testing.T, o sandbox.Options) *sandbox.Server {
	t.Helper()
	s, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// demo runs a server with the demo seed and faults.
func demo(t *testing.T, faults ...string) *sandbox.Server {
	t.Helper()
	return start(t, sandbox.Options{Faults: faults, Record: true})
}

type reply struct {
	status int
	header http.Header
	body   string
	err    error // of sending, or of reading the body
}

// request is a request to be; the zero values are a GET by the administrator.
type request struct {
	method, path, body string
	auth               string            // Authorization; "-" is none
	header             map[string]string // an empty value removes one
}

// newClient keeps no connections between requests, so that a test with faults knows which request it disturbs, and
// follows no redirects.
func newClient() *http.Client {
	return &http.Client{
		Timeout:       time.Minute,
		Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (q request) build(t *testing.T, s *sandbox.Server) *http.Request {
	t.Helper()
	if q.method == "" {
		q.method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(t.Context(), q.method, s.URL+q.path, strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	if q.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+s.Token)
	if q.auth != "" {
		r.Header.Set("Authorization", q.auth)
	}
	if q.auth == "-" {
		r.Header.Del("Authorization")
	}
	for name, value := range q.header {
		r.Header.Set(name, value)
	}
	return r
}

func send(t *testing.T, s *sandbox.Server, q request) reply {
	t.Helper()
	resp, err := newClient().Do(q.build(t, s))
	if err != nil {
		return reply{err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return reply{status: resp.StatusCode, header: resp.Header, body: string(body), err: err}
}

func get(t *testing.T, s *sandbox.Server, path string) reply {
	t.Helper()
	return send(t, s, request{path: path})
}

func post(t *testing.T, s *sandbox.Server, body string) reply {
	t.Helper()
	return send(t, s, request{method: http.MethodPost, path: integrationPath, body: body})
}

func put(t *testing.T, s *sandbox.Server, id, body string) reply {
	t.Helper()
	return send(t, s, request{method: http.MethodPut, path: integrationPath + "/" + id, body: body})
}

// want checks the status, and that the body contains each of the texts.
func (r reply) want(t *testing.T, status int, texts ...string) reply {
	t.Helper()
	if r.err != nil {
		t.Fatalf("request failed: %v", r.err)
	}
	if r.status != status {
		t.Fatalf("status: got %d, want %d\n%s", r.status, status, r.body)
	}
	for _, text := range texts {
		if !strings.Contains(r.body, text) {
			t.Errorf("body lacks %s\n%s", text, r.body)
		}
	}
	return r
}

func (r reply) lacks(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(r.body, text) {
			t.Errorf("body has %s\n%s", text, r.body)
		}
	}
}

// wantDropped checks that the connection broke before an answer.
func (r reply) wantDropped(t *testing.T) {
	t.Helper()
	if r.err == nil {
		t.Fatalf("got status %d, want a broken connection", r.status)
	}
}

type item struct {
	ID          int64
	DisplayName string
	Disabled    bool
}

// listed returns the integrations of the list.
func listed(t *testing.T, s *sandbox.Server) []item {
	t.Helper()
	var list struct{ Integrations []item }
	decode(t, get(t, s, integrationPath).want(t, http.StatusOK), &list)
	return list.Integrations
}

// added returns the id that an answer to POST names.
func added(t *testing.T, r reply) int64 {
	t.Helper()
	var one struct{ Integration item }
	decode(t, r, &one)
	if one.Integration.ID == 0 {
		t.Fatalf("no id in %s", r.body)
	}
	return one.Integration.ID
}

func decode(t *testing.T, r reply, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), into); err != nil {
		t.Fatalf("decode: %v\n%s", err, r.body)
	}
}

// waitFor returns when the condition holds; it looks each millisecond, and fails after a minute.
func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	late := time.After(time.Minute)
	for !holds() {
		select {
		case <-look.C:
		case <-late:
			t.Fatal("waited for a minute")
		}
	}
}
