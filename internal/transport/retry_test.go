package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/transport"
)

// TestRetryMatrix counts what arrives, for every kind of request and every kind of trouble.
func TestRetryMatrix(t *testing.T) {
	t.Parallel()
	const retries = 2
	troubles := []struct {
		name        string
		handle      http.HandlerFunc
		read, write int // how often each is sent
	}{
		{"200", answer(200, ""), 1, 1},
		{"400", answer(400, ""), 1, 1},
		{"401", answer(401, ""), 1, 1},
		{"403", answer(403, ""), 1, 1},
		{"404", answer(404, ""), 1, 1},
		{"500", answer(500, ""), 1, 1},
		{"429", answer(429, ""), 3, 3},
		{"502", answer(502, ""), 3, 1},
		{"503", answer(503, ""), 3, 3},
		{"504", answer(504, ""), 3, 1},
		{"reset", func(w http.ResponseWriter, _ *http.Request) { drop(w, true) }, 3, 1},
		{"EOF", func(w http.ResponseWriter, _ *http.Request) { drop(w, false) }, 3, 1},
	}
	for _, trouble := range troubles {
		for _, method := range methods() {
			t.Run(trouble.name+" "+method, func(t *testing.T) {
				t.Parallel()
				s := start(t, trouble.handle)
				var w waits
				c := newClient(t, s.URL, func(o *transport.Options) { o.Retries, o.Wait = retries, w.wait })
				send(t, c, method, s.URL, "{}")
				want := trouble.write
				if isRead(method) {
					want = trouble.read
				}
				if got := len(s.requests()); got != want {
					t.Errorf("sent %d times, want %d", got, want)
				}
				if got, steps := w.taken(), []time.Duration{500 * time.Millisecond, time.Second}; !slices.Equal(got, steps[:want-1]) {
					t.Errorf("waits: %v", got)
				}
			})
		}
	}
}

func TestRetryEndsWithSuccess(t *testing.T) {
	t.Parallel()
	var s *server
	s = start(t, func(w http.ResponseWriter, _ *http.Request) {
		if len(s.requests()) < 3 {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	var w waits
	c := newClient(t, s.URL, func(o *transport.Options) { o.Retries, o.Wait = 5, w.wait })
	got := send(t, c, http.MethodPut, s.URL, `{"displayName":"x"}`)
	if got.status != 200 || got.err != nil {
		t.Fatalf("got %d, %v", got.status, got.err)
	}
	if sent := s.bodies(); !slices.Equal(sent, slices.Repeat([]string{`{"displayName":"x"}`}, 3)) {
		t.Errorf("bodies: %q", sent)
	}
	if waited := w.taken(); !slices.Equal(waited, []time.Duration{7 * time.Second, 7 * time.Second}) {
		t.Errorf("waits: %v", waited)
	}
	for _, r := range s.requests() {
		if r.Header.Get("Authorization") == "" {
			t.Error("a repetition lacks its credentials")
		}
	}
}

func TestBodyThatCannotBeReadTwiceIsSentOnce(t *testing.T) {
	t.Parallel()
	broken := errors.New("the file is gone")
	tests := map[string]func() (io.ReadCloser, error){
		"no way to rewind": nil,
		"rewinding fails":  func() (io.ReadCloser, error) { return nil, broken },
	}
	for name, rewind := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, answer(503, "try later"))
			c := newClient(t, s.URL, func(o *transport.Options) { o.Retries = 3 })
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, io.NopCloser(strings.NewReader("{}")))
			if err != nil {
				t.Fatal(err)
			}
			r.GetBody = rewind
			if got := sendRequest(c, r); got.status != 503 || got.body != "try later" {
				t.Errorf("got %d %q, %v", got.status, got.body, got.err)
			}
			if n := len(s.requests()); n != 1 {
				t.Errorf("sent %d times", n)
			}
		})
	}
}

func TestWhatStaysTheSameIsNotRepeated(t *testing.T) {
	t.Parallel()
	var w waits
	s := startTLS(t, answer(200, ""))
	for name, target := range map[string]string{"refused": refusedURL(t), "not trusted": s.URL, "no such host": noSuchHost()} {
		c := newClient(t, target, func(o *transport.Options) { o.Retries, o.Wait = 3, w.wait })
		if got := send(t, c, http.MethodGet, target, ""); got.err == nil || len(w.taken()) != 0 {
			t.Errorf("%s: %v, waits %v", name, got.err, w.taken())
		}
	}
}

func TestInterruptEndsTheRepeating(t *testing.T) {
	t.Parallel()
	s := start(t, answer(503, ""))
	ctx, cancel := context.WithCancel(t.Context())
	c := newClient(t, s.URL, func(o *transport.Options) {
		o.Retries = 9
		o.Wait = func(ctx context.Context, _ time.Duration) error {
			cancel()
			return ctx.Err()
		}
	})
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := sendRequest(c, r); !errors.Is(got.err, context.Canceled) {
		t.Errorf("got %v", got.err)
	}
	if n := len(s.requests()); n != 1 {
		t.Errorf("sent %d times", n)
	}
}

func TestPausesGrowToAMinute(t *testing.T) {
	t.Parallel()
	s := start(t, answer(502, ""))
	var w waits
	c := newClient(t, s.URL, func(o *transport.Options) { o.Retries, o.Wait = 80, w.wait })
	send(t, c, http.MethodGet, s.URL, "")
	got := w.taken()
	if len(got) != 80 || !slices.IsSorted(got) || got[6] != 32*time.Second || got[7] != time.Minute || got[79] != time.Minute {
		t.Errorf("waits: %v", got)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	tests := []struct {
		header string
		want   time.Duration
		ok     bool
	}{
		{"0", 0, true},
		{"3", 3 * time.Second, true},
		{"60", time.Minute, true},
		{"61", time.Minute, true},
		{"86400", time.Minute, true},
		{"9223372036854775807", time.Minute, true},
		{"99999999999999999999999", time.Minute, true},
		{"-1", 0, false},
		{"-99999999999999999999999", 0, false},
		{"1.5", 0, false},
		{"", 0, false},
		{"soon", 0, false},
		{"5 seconds", 0, false},
		{now.Add(10 * time.Second).Format(http.TimeFormat), 10 * time.Second, true},
		{now.Add(time.Hour).Format(http.TimeFormat), time.Minute, true},
		{now.Add(-time.Hour).Format(http.TimeFormat), 0, true},
		{now.Add(10 * time.Second).Format(time.RFC850), 10 * time.Second, true},
		{now.Add(10 * time.Second).Format(time.ANSIC), 10 * time.Second, true},
		{now.Format(time.RFC3339), 0, false},
	}
	for _, test := range tests {
		got, ok := transport.RetryAfter(test.header, now)
		if got != test.want || ok != test.ok {
			t.Errorf("%q: got %v, %v", test.header, got, ok)
		}
	}
}

func TestRetryAfterDateIsMeasuredByTheClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := start(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", now.Add(42*time.Second).Format(http.TimeFormat))
		w.WriteHeader(http.StatusTooManyRequests)
	})
	var w waits
	c := newClient(t, s.URL, func(o *transport.Options) {
		o.Retries, o.Wait, o.Now = 1, w.wait, func() time.Time { return now }
	})
	send(t, c, http.MethodPost, s.URL, "{}")
	if got := w.taken(); !slices.Equal(got, []time.Duration{42 * time.Second}) {
		t.Errorf("waits: %v", got)
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	if err := transport.Wait(t.Context(), 0); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := transport.Wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestConnectionsAreLimitedAndUsedAgain(t *testing.T) {
	t.Parallel()
	s := start(t, answer(429, strings.Repeat("x", 10_000)))
	addresses := map[string]bool{}
	c := newClient(t, s.URL, func(o *transport.Options) { o.Retries = 5 })
	for range 3 {
		send(t, c, http.MethodGet, s.URL, "")
	}
	for _, r := range s.requests() {
		addresses[r.RemoteAddr] = true
	}
	if len(addresses) != 1 {
		t.Errorf("%d connections for requests one after the other: %s", len(addresses), fmt.Sprint(addresses))
	}
}
