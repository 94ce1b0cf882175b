package githubapp_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

func TestRateLimits(t *testing.T) {
	t.Parallel()
	reset := func(d time.Duration) string { return strconv.FormatInt(noon().Add(d).Unix(), 10) }
	well := say(200, `{"id":1}`)
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		waits   []time.Duration
		words   []string // of the error; none for a success
	}{
		"seconds":                {inTurn(say(429, "{}", "Retry-After", "7"), well), []time.Duration{7 * time.Second}, nil},
		"date":                   {inTurn(say(403, "{}", "Retry-After", noon().Add(9*time.Second).Format(http.TimeFormat)), well), []time.Duration{9 * time.Second}, nil},
		"seconds before a reset": {inTurn(say(403, "{}", "Retry-After", "3", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset(time.Hour)), well), []time.Duration{3 * time.Second}, nil},
		"reset":                  {inTurn(say(403, "{}", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset(30*time.Second)), well), []time.Duration{31 * time.Second}, nil},
		"reset in the past":      {inTurn(say(429, "{}", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset(-time.Hour)), well), []time.Duration{time.Second}, nil},
		"reset, but not used up": {inTurn(say(429, "{}", "X-RateLimit-Remaining", "5", "X-RateLimit-Reset", reset(time.Hour)), well), []time.Duration{time.Minute}, nil},
		"nothing said":           {inTurn(say(429, ""), say(429, ""), well), []time.Duration{time.Minute, 2 * time.Minute}, nil},
		"secondary, by words":    {inTurn(say(403, `{"message":"You have exceeded a secondary rate limit."}`), well), []time.Duration{time.Minute}, nil},
		"no sense":               {inTurn(say(429, "{}", "Retry-After", "soon", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "then"), well), []time.Duration{time.Minute}, nil},
		"never ends":             {say(429, "{}"), []time.Duration{time.Minute, 2 * time.Minute}, []string{"limits how often", "try again later"}},
		"too long": {
			say(403, "{}", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset(40*time.Minute), "X-RateLimit-Resource", "integration_manifest"), nil,
			[]string{"takes requests again at 2024-05-27T12:40:01Z", `"integration_manifest"`, "try again after"},
		},
		"gives up":    {say(429, "{}", "Retry-After", "1"), []time.Duration{time.Second, time.Second, time.Second}, []string{"limits how often"}},
		"a large one": {say(429, "{}", "Retry-After", "99999999999"), nil, []string{"takes requests again at 2092-"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startHost(t, tt.handler)
			c := f.config(t)
			var told []time.Time
			c.Waiting = func(_ githubapp.Host, until time.Time) { told = append(told, until) }
			_, err := newClient(t, c).Organization(t.Context(), "acme")
			if !slices.Equal(f.waits, tt.waits) || len(told) != len(tt.waits) {
				t.Errorf("waited %v, want %v; told %v", f.waits, tt.waits, told)
			}
			if tt.words == nil && err != nil {
				t.Error(err)
			}
			if tt.words != nil {
				wantError(t, err, githubapp.KindFailed, tt.words...)
			}
		})
	}
}

func TestInterruptedWait(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	f := startHost(t, func(w http.ResponseWriter, r *http.Request) { say(429, "{}", "Retry-After", "5")(w, r); cancel() })
	_, err := f.app(t).Get(ctx)
	if !errors.Is(err, context.Canceled) || len(f.requests()) != 1 {
		t.Errorf("%v, after %v", err, f.requests())
	}
}

// TestLimitWithFreshToken: a wait may be longer than a token is good.
func TestLimitWithFreshToken(t *testing.T) {
	t.Parallel()
	now := noon()
	f := startHost(t, nil)
	f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if now.Equal(noon()) {
			say(429, "{}", "Retry-After", "30")(w, r)
			return
		}
		if at := tokenOf(t, r)["iat"]; at != float64(now.Unix()-60) {
			t.Errorf("issued at %v", at)
		}
		say(200, `{"id":884213}`, "Content-Type", "application/json")(w, r)
	})
	c := f.config(t)
	c.Now = func() time.Time { return now }
	c.Wait = func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil }
	if _, err := newClient(t, c).As("884213", sharedKey(t)).Get(t.Context()); err != nil {
		t.Error(err)
	}
}
