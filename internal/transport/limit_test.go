package transport_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/transport"
)

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	const limit = 1000
	for size, tooLarge := range map[int]bool{0: false, limit - 1: false, limit: false, limit + 1: true, 100 * limit: true} {
		for _, zipped := range []bool{false, true} {
			s := start(t, func(w http.ResponseWriter, _ *http.Request) {
				body := []byte(strings.Repeat("x", size))
				if zipped {
					w.Header().Set("Content-Encoding", "gzip")
					body = gzipped(t, body)
				}
				_, _ = w.Write(body)
			})
			c := newClient(t, s.URL, func(o *transport.Options) { o.MaxBody = limit })
			got := send(t, c, http.MethodGet, s.URL, "")
			if errors.Is(got.err, transport.ErrTooLarge) != tooLarge || !tooLarge && got.err != nil {
				t.Errorf("%d bytes, zipped %v: %v", size, zipped, got.err)
			}
			if len(got.body) != min(size, limit) {
				t.Errorf("%d bytes, zipped %v: read %d", size, zipped, len(got.body))
			}
			if tooLarge && !strings.Contains(got.err.Error(), "1000 bytes") {
				t.Errorf("the error does not name the limit: %v", got.err)
			}
		}
	}
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data)
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	return b.Bytes()
}

// TestPauseInTheBody has servers that stop in the middle of an answer: anywhere, and just at the limit.
func TestPauseInTheBody(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]int64{"anywhere": 0, "at the limit": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			over := make(chan struct{})
			s := start(t, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, "half")
				_ = http.NewResponseController(w).Flush()
				<-over
			})
			defer close(over)
			c := newClient(t, s.URL, func(o *transport.Options) { o.Timeout, o.MaxBody = 300*time.Millisecond, limit })
			got := send(t, c, http.MethodGet, s.URL, "")
			if got.status != 200 || got.body != "half" || !transport.IsTimeout(got.err) {
				t.Fatalf("got %d %q, %v", got.status, got.body, got.err)
			}
			if !strings.Contains(got.err.Error(), "stopped sending") || transport.Fate(got.err) != transport.FateUnknown {
				t.Errorf("got %v, fate %v", got.err, transport.Fate(got.err))
			}
		})
	}
}

// endless is a body that never ends, with a pause before its first byte.
type endless struct{ pause func() }

func (e *endless) Read(p []byte) (int, error) {
	if e.pause != nil {
		e.pause()
		e.pause = nil
	}
	clear(p)
	return len(p), nil
}

// TestPauseInTheRequest has a server that takes a connection and reads nothing: a large body cannot be sent to its end.
func TestPauseInTheRequest(t *testing.T) {
	t.Parallel()
	const idle = 100 * time.Millisecond
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	own := func() { _ = transport.Wait(ctx, 2*idle) } // the pause of the sender is not the server's
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+l.Addr().String(), &endless{own})
	if err != nil {
		t.Fatal(err)
	}
	got := sendRequest(newClient(t, r.URL.String(), func(o *transport.Options) { o.Timeout = idle }), r)
	if got.err == nil || !strings.Contains(got.err.Error(), "stopped taking") || ctx.Err() != nil {
		t.Fatalf("got %v", got.err)
	}
	if !transport.IsTimeout(got.err) || transport.Fate(got.err) != transport.FateUnknown {
		t.Errorf("fate %v", transport.Fate(got.err))
	}
}

// TestLongUpload: a sender may pause for longer than a server, which has read all that there was.
func TestLongUpload(t *testing.T) {
	t.Parallel()
	const idle = 100 * time.Millisecond
	s := start(t, answer(200, "done"))
	var pieces []io.Reader
	for range 3 {
		pieces = append(pieces, io.LimitReader(&endless{func() { _ = transport.Wait(t.Context(), 2*idle) }}, 1000))
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, io.MultiReader(pieces...))
	if err != nil {
		t.Fatal(err)
	}
	got := sendRequest(newClient(t, s.URL, func(o *transport.Options) { o.Timeout = idle }), r)
	if got.err != nil || got.body != "done" || len(s.bodies()[0]) != 3000 {
		t.Errorf("%+v", got)
	}
}

func TestNoAnswerInTime(t *testing.T) {
	t.Parallel()
	over := make(chan struct{})
	s := start(t, func(http.ResponseWriter, *http.Request) { <-over })
	defer close(over)
	c := newClient(t, s.URL, func(o *transport.Options) { o.Timeout = 100 * time.Millisecond })
	got := send(t, c, http.MethodPost, s.URL, "{}")
	if !transport.IsTimeout(got.err) || transport.Fate(got.err) != transport.FateUnknown {
		t.Errorf("got %v, fate %v", got.err, transport.Fate(got.err))
	}
}
