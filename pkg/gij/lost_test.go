package gij_test

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/pkg/gij"
)

// write is a writing operation on the demo seed, and how to see from the outside whether it was done.
type write struct {
	name   string
	method string
	do     func(context.Context, *testing.T, *world) error
	// done tells how often it took effect.
	done func(*testing.T, *world) int
	// list is the command that the advice names; that of integrations if it is empty.
	list string
}

func lostWrites() []write {
	const name = "Lost and found"
	find := func(t *testing.T, w *world, want func(gij.Integration) bool) int {
		t.Helper()
		w.setFaults(t)
		list := must[[]gij.Integration](t)(w.client.Integrations.List(t.Context()))
		return len(slices.Collect(func(yield func(int) bool) {
			for n, i := range list {
				if want(i) && !yield(n) {
					return
				}
			}
		}))
	}
	named := func(t *testing.T, w *world) int {
		t.Helper()
		return find(t, w, func(i gij.Integration) bool { return i.DisplayName == name })
	}
	return append(lostRepositoryWrites(), []write{
		{"create", http.MethodPost, func(ctx context.Context, t *testing.T, w *world) error {
			t.Helper()
			i, err := w.client.Integrations.Create(ctx, spec(t, "type", "GITLAB", "pat", fixturePat, "displayName", name), []int64{1, 2, 5, 6, 7})
			if err == nil && (i.ID < 10 || i.DisplayName != name || i.Type != "GITLAB") {
				t.Errorf("created %+v", i)
			}
			return err
		}, named, ""},
		{"update", http.MethodPut, func(ctx context.Context, t *testing.T, w *world) error {
			t.Helper()
			return w.client.Integrations.Update(ctx, 1, spec(t, "displayName", name, "smartCommitsEnabled", false))
		}, named, ""},
		{"disable", http.MethodPut, func(ctx context.Context, t *testing.T, w *world) error {
			t.Helper()
			i, err := w.client.Integrations.SetDisabled(ctx, 1, true)
			if err == nil && !*i.Disabled {
				t.Errorf("disabled %+v", i)
			}
			return err
		}, func(t *testing.T, w *world) int {
			t.Helper()
			return find(t, w, func(i gij.Integration) bool { return i.ID == 1 && *i.Disabled })
		}, ""},
		{"delete", http.MethodDelete, func(ctx context.Context, t *testing.T, w *world) error {
			t.Helper()
			return w.client.Integrations.Delete(ctx, 1, gij.DeleteOptions{})
		}, func(t *testing.T, w *world) int {
			t.Helper()
			return 1 - find(t, w, func(i gij.Integration) bool { return i.ID == 1 })
		}, ""},
	}...)
}

func seconds(list ...int) []time.Duration {
	var waits []time.Duration
	for _, n := range list {
		waits = append(waits, time.Duration(n)*time.Second)
	}
	return waits
}

// TestLostWrites is promise 6 of the command line: nothing happens twice, and what cannot be told is not claimed.
func TestLostWrites(t *testing.T) {
	t.Parallel()
	done, unknown, refused := gij.Kind(-1), gij.KindUnknown, gij.KindFailed
	tests := []struct {
		faults  []string
		retries int
		sent    int
		waits   []time.Duration
		kind    gij.Kind
		took    int // how often it took effect
		status  int
	}{
		{faults: []string{"drop-before-write=1"}, sent: 2, waits: seconds(0, 2, 5), kind: done, took: 1},
		{faults: []string{"drop-before-write=1"}, retries: 5, sent: 2, waits: seconds(0, 2, 5), kind: done, took: 1},
		{faults: []string{"drop-before-write"}, sent: 2, waits: seconds(0, 2, 5, 0, 2, 5), kind: unknown},
		{faults: []string{"drop-before-write=1", "drop-after-write=1"}, sent: 2, waits: seconds(0, 2, 5, 0), kind: done, took: 1},
		{faults: []string{"drop-before-write", "drop-read"}, sent: 1, waits: seconds(0, 2, 5), kind: unknown},
		{faults: []string{"drop-before-write=1", "rate-limit=4"}, sent: 1, waits: seconds(0, 2, 5), kind: unknown},
		{faults: []string{"drop-after-write"}, sent: 1, waits: seconds(0), kind: done, took: 1},
		{faults: []string{"drop-after-write"}, retries: 5, sent: 1, waits: seconds(0), kind: done, took: 1},
		{faults: []string{"hang-after-write"}, retries: 5, sent: 1, waits: seconds(0), kind: done, took: 1},
		{faults: []string{"bad-gateway=1"}, retries: 5, sent: 1, waits: seconds(0), kind: done, took: 1},
		{faults: []string{"bad-gateway-before=1"}, retries: 5, sent: 1, waits: seconds(0, 2, 5), kind: unknown},
		{faults: []string{"unavailable=1", "retry-after=7"}, retries: 2, sent: 2, waits: seconds(7), kind: done, took: 1},
		{faults: []string{"rate-limit=2", "retry-after=3"}, retries: 2, sent: 3, waits: seconds(3, 3), kind: done, took: 1},
		{faults: []string{"rate-limit=1", "retry-after=86400"}, retries: 2, sent: 2, waits: seconds(60), kind: done, took: 1},
		{faults: []string{"unavailable", "retry-after=7"}, retries: 2, sent: 3, waits: seconds(7, 7), kind: refused, status: 503},
		{faults: []string{"rate-limit"}, sent: 1, kind: refused, status: 429},
		{faults: []string{"rate-limit=1", "retry-after=7", "drop-after-write"}, retries: 2, sent: 2, waits: seconds(7, 0), kind: done, took: 1},
	}
	for _, test := range tests {
		for _, op := range lostWrites() {
			t.Run(op.name+" "+strings.Join(test.faults, " "), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, func(c *gij.Config) {
					c.Retries = test.retries
					if test.faults[0] == "hang-after-write" {
						c.Timeout = time.Second
					}
				}, test.faults...)
				err := op.do(t.Context(), t, w)
				if test.kind == done && err != nil {
					t.Errorf("got %v", err)
				}
				switch test.kind {
				case unknown:
					wantError{unknown, "partial", 0, "unknown whether it was done: ", cmp.Or(op.list, "gijctl integration list")}.check(t, err)
				case refused:
					wantError{refused, "failed", test.status, "", ""}.check(t, err)
				}
				if got := w.writes(); !slices.Equal(got, slices.Repeat([]string{op.method}, test.sent)) {
					t.Errorf("sent %v, want %d", got, test.sent)
				}
				if got := w.taken(); !slices.Equal(got, test.waits) {
					t.Errorf("waited %v, want %v", got, test.waits)
				}
				if got := op.done(t, w); got != test.took {
					t.Errorf("took effect %d times, want %d", got, test.took)
				}
			})
		}
	}
}

func TestRetryAfterADate(t *testing.T) {
	t.Parallel()
	for _, op := range lostWrites() {
		date := time.Now().Add(40 * time.Second).UTC().Format(http.TimeFormat)
		w := newWorld(t, func(c *gij.Config) { c.Retries = 1 }, "unavailable=1", "retry-after="+date)
		if err := op.do(t.Context(), t, w); err != nil {
			t.Errorf("%s: %v", op.name, err)
		}
		if got := w.taken(); len(got) != 1 || got[0] <= 0 || got[0] > 40*time.Second {
			t.Errorf("%s: waited %v", op.name, got)
		}
	}
}

// TestOlderTwin has an integration just like the one that is added. It is not taken for the new one.
func TestOlderTwin(t *testing.T) {
	t.Parallel()
	for fault, sent := range map[string]int{"drop-before-write=1": 2, "drop-after-write=1": 1} {
		w := newWorld(t, nil)
		twin := spec(t, "type", "GITLAB", "pat", fixturePat, "displayName", "Twin")
		older := must[gij.Integration](t)(w.client.Integrations.Create(t.Context(), twin, nil))
		existing := w.ids(t)
		w.setFaults(t, fault)
		before := len(w.writes())
		created := must[gij.Integration](t)(w.client.Integrations.Create(t.Context(), twin, existing))
		if created.ID <= older.ID || created.DisplayName != "Twin" {
			t.Errorf("%s: got %+v, the older is %d", fault, created, older.ID)
		}
		if got := len(w.writes()) - before; got != sent {
			t.Errorf("%s: sent %d times", fault, got)
		}
		if got := w.ids(t); len(got) != len(existing)+1 {
			t.Errorf("%s: %v, before %v", fault, got, existing)
		}
	}
}

// TestTwoNewcomers has somebody else add the same at the same moment: which is ours cannot be told.
func TestTwoNewcomers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	existing := w.ids(t)
	twin := spec(t, "type", "GITLAB", "pat", fixturePat, "displayName", "Twin")
	must[gij.Integration](t)(w.client.Integrations.Create(t.Context(), twin, nil))
	w.setFaults(t, "drop-after-write=1")
	_, err := w.client.Integrations.Create(t.Context(), twin, existing)
	wantError{gij.KindUnknown, "partial", 0, "unknown whether it was done", ""}.check(t, err)
	if got := w.taken(); !slices.Equal(got, seconds(0)) || len(w.writes()) != 2 {
		t.Errorf("waited %v, sent %v", got, w.writes())
	}
}

// TestUpdateOfWhatIsNotShown cannot be looked up: no answer holds a secret.
func TestUpdateOfWhatIsNotShown(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"drop-before-write=1", "drop-after-write=1", "bad-gateway-before=1"} {
		for _, changes := range []gij.IntegrationSpec{spec(t, "pat", fixturePat), spec(t, "displayName", "https://github.com/*", "pat", fixturePat)} {
			w := newWorld(t, nil, fault)
			err := w.client.Integrations.Update(t.Context(), 1, changes)
			wantError{gij.KindUnknown, "partial", 0, "update integration 1: unknown whether it was done", "if it was not done, run the command again"}.check(t, err)
			if got := w.taken(); !slices.Equal(got, seconds(0)) || len(w.writes()) != 1 {
				t.Errorf("%s: waited %v, sent %v", fault, got, w.writes())
			}
		}
	}
	// A field beside it that shows the update as not done lets it be sent again.
	w := newWorld(t, nil, "drop-before-write=1")
	if err := w.client.Integrations.Update(t.Context(), 1, spec(t, "displayName", "New", "pat", fixturePat)); err != nil || len(w.writes()) != 2 {
		t.Errorf("%v, sent %v", err, w.writes())
	}
}

// TestNotApplied has servers that answer success and do nothing.
func TestNotApplied(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, "pretend-delete")
	err := w.client.Integrations.Delete(t.Context(), 1, gij.DeleteOptions{})
	wantError{gij.KindNotApplied, "failed", 0, "answered success, and the integration is still there", "in Jira"}.check(t, err)

	w = newWorld(t, nil, "disable-endpoint=ignored")
	for _, disabled := range []bool{true, false} {
		id := map[bool]int64{true: 1, false: 5}[disabled]
		i, err := w.client.Integrations.SetDisabled(t.Context(), id, disabled)
		wantError{gij.KindNotApplied, "failed", 0, "answered success, and the integration is as it was", "known defect"}.check(t, err)
		if i.ID != id || *i.Disabled == disabled {
			t.Errorf("got %+v", i)
		}
	}
	if len(w.writes()) != 2 || len(w.taken()) != 0 {
		t.Errorf("sent %v, waited %v", w.writes(), w.taken())
	}
}

// TestUpdateIsTheServersWord: whoever wants more compares, as the plan does.
func TestUpdateIsTheServersWord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, "write-ignored")
	changes := spec(t, "displayName", "New", "global", true)
	if err := w.client.Integrations.Update(t.Context(), 1, changes); err != nil {
		t.Fatal(err)
	}
	now := must[gij.Integration](t)(w.client.Integrations.Get(t.Context(), 1))
	c := now.Compare(changes)
	diff(t, "different", []string{"displayName"}, c.Different)
	diff(t, "same", []string{"global"}, c.Same)
}

// TestUnverified has servers that are not there any more when the result is to be read.
func TestUnverified(t *testing.T) {
	t.Parallel()
	for op, name := range map[string]string{"delete": "remove integration 1", "disable": "disable integration 1"} {
		w := newWorld(t, nil, "drop-read")
		err := operations(t, w.client)[op]()
		wantError{gij.KindUnknown, "partial", 0, name + ": the server answered success, but it could not be verified: ", "integration list"}.check(t, err)
	}
	hidden := serve(t, answerJSON(`{"success":true,"integration":{"id":1}}`))
	_, err := hidden.Integrations.SetDisabled(t.Context(), 1, true)
	if err == nil {
		t.Error("a server that does not show the state cannot confirm it")
	}
}

// TestSuccessThatMakesNoSense: the server has done its work, so the result is looked for, and nothing is sent again.
func TestSuccessThatMakesNoSense(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{`{"success":true}`, `{"success":true,"integration":{"id":"nine"}}`, `{"success":maybe}`, `[]`} {
		for _, found := range []bool{true, false} {
			var posts int
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					posts++
					_, _ = io.WriteString(w, odd)
					return
				}
				list := `{"success":true,"integrations":[{"id":1,"integrationType":"GITLAB"}`
				if found {
					list += `,{"id":9,"integrationType":"GITLAB"}`
				}
				_, _ = io.WriteString(w, list+`]}`)
			})
			i, err := c.Integrations.Create(t.Context(), spec(t, "type", "GITLAB", "pat", fixturePat), []int64{1})
			if found && (err != nil || i.ID != 9) || !found && !gij.IsKind(err, gij.KindUnknown) || posts != 1 {
				t.Errorf("%s: got %d, %v; sent %d times", odd, i.ID, err, posts)
			}
		}
	}
}

// TestTruncatedSuccess: a 200 whose body did not arrive is looked up too.
func TestTruncatedSuccess(t *testing.T) {
	t.Parallel()
	for _, op := range lostWrites() {
		w := newWorld(t, nil)
		reset := make(chan struct{}, 1)
		reset <- struct{}{}
		c := newClient(t, gij.Config{BaseURL: w.URL, Proxy: proxyTo(t, func(to http.ResponseWriter, r *http.Request) {
			cutOnce(t, w, to, r, reset)
		}), Wait: w.wait})
		cut := &world{Server: w.Server, waits: w.waits, client: c}
		if err := op.do(t.Context(), t, cut); err != nil {
			t.Errorf("%s: %v", op.name, err)
		}
		if got := w.taken(); !slices.Equal(got, seconds(0)) || len(w.writes()) != 1 {
			t.Errorf("%s: waited %v, sent %v", op.name, got, w.writes())
		}
	}
}

// cutOnce passes a request on with credentials, and sends half of the answer to the first write.
func cutOnce(t *testing.T, w *world, to http.ResponseWriter, r *http.Request, once chan struct{}) {
	t.Helper()
	next := r.Clone(r.Context())
	next.RequestURI = ""
	next.Header.Set("Authorization", "Bearer "+w.Token)
	res, err := http.DefaultTransport.RoundTrip(next)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(res.Body)
	to.Header().Set("Content-Type", res.Header.Get("Content-Type"))
	if r.Method != http.MethodGet {
		select {
		case <-once:
			to.Header().Set("Content-Length", "10000")
		default:
		}
	}
	to.WriteHeader(res.StatusCode)
	_, _ = to.Write(body)
}

// TestInterrupts has a person press Ctrl-C at the worst moments.
func TestInterrupts(t *testing.T) {
	t.Parallel()
	for _, op := range lostWrites() {
		t.Run(op.name+" before", func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			w := newWorld(t, nil)
			err := op.do(ctx, t, w)
			wantError{gij.KindNetwork, "failed", 0, ": interrupted", ""}.check(t, err)
			if len(w.Requests()) != 0 || len(w.taken()) != 0 {
				t.Errorf("sent %v, waited %v", w.Requests(), w.taken())
			}
		})
		t.Run(op.name+" while it is looked up", func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var pauses waits
			w := newWorld(t, func(c *gij.Config) {
				c.Wait = func(ctx context.Context, d time.Duration) error {
					cancel()
					return pauses.wait(ctx, d)
				}
			}, "drop-before-write=1")
			err := op.do(ctx, t, w)
			wantError{gij.KindUnknown, "partial", 0, "unknown whether it was done", ""}.check(t, err)
			if len(w.writes()) != 1 || !slices.Equal(pauses.taken(), seconds(0, 2, 5)) {
				t.Errorf("sent %v, waited %v", w.writes(), pauses.taken())
			}
		})
		t.Run(op.name+" while it is sent", func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w := newWorld(t, nil, "hang-after-write=1")
			go func() {
				look := time.NewTicker(time.Millisecond)
				defer look.Stop()
				for len(w.writes()) == 0 && t.Context().Err() == nil {
					<-look.C
				}
				cancel()
			}()
			if err := op.do(ctx, t, w); err != nil {
				t.Errorf("it was done, and seen: %v", err)
			}
			if len(w.writes()) != 1 {
				t.Errorf("sent %v", w.writes())
			}
		})
	}
}
