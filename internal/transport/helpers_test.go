package transport_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/transport"
)

// fixtureToken is what no other origin and no trace may ever see.
const fixtureToken = "fixture-token-of-the-transport-tests"

// server counts and keeps what arrives.
type server struct {
	*httptest.Server
	mu   sync.Mutex
	seen []*http.Request
	body []string
}

// start runs a server for the test.
func start(t *testing.T, handle http.HandlerFunc) *server {
	t.Helper()
	return started(t, handle, (*httptest.Server).Start)
}

// startTLS runs one that speaks https.
func startTLS(t *testing.T, handle http.HandlerFunc) *server {
	t.Helper()
	return started(t, handle, (*httptest.Server).StartTLS)
}

func started(t *testing.T, handle http.HandlerFunc, run func(*httptest.Server)) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.seen = append(s.seen, r)
		s.body = append(s.body, string(body))
		s.mu.Unlock()
		handle(w, r)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	run(s.Server)
	t.Cleanup(s.Close)
	return s
}

func (s *server) requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

func (s *server) bodies() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.body)
}

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

// newClient returns a client with a token for a server.
func newClient(t *testing.T, base string, adjust ...func(*transport.Options)) *http.Client {
	t.Helper()
	o := transport.Options{
		Base:      parse(t, base),
		Authorize: func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+fixtureToken) },
		Header:    http.Header{"X-Proxy-Secret": {fixtureToken}, "User-Agent": {"tests"}},
		Wait:      (&waits{}).wait,
	}
	for _, change := range adjust {
		change(&o)
	}
	c := transport.New(o)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func trusting(s *server) func(*transport.Options) {
	roots := s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	return func(o *transport.Options) { o.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12} }
}

func parse(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

type result struct {
	status int
	body   string
	header http.Header
	err    error // of sending, or of reading
}

func send(t *testing.T, c *http.Client, method, target, body string) result {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return sendRequest(c, r)
}

func sendRequest(c *http.Client, r *http.Request) result {
	res, err := c.Do(r)
	if err != nil {
		return result{err: err}
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	return result{status: res.StatusCode, body: string(data), header: res.Header, err: err}
}

// answer returns a handler that always says the same.
func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// drop ends the connection: by a reset, or in an orderly way before anything was answered.
func drop(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// rawServer answers each connection with these bytes, whatever is asked.
func rawServer(t *testing.T, reply string) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			// The whole request: an answer that overtakes it would race with its writing.
			if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = io.Copy(io.Discard, r.Body)
			}
			_, _ = io.WriteString(conn, reply)
			_ = conn.Close()
		}
	}()
	return "http://" + l.Addr().String()
}

func methods() []string {
	return []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch}
}

func isRead(method string) bool { return method == http.MethodGet || method == http.MethodHead }
