package cli

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

// TestWaitGrows: the pauses grow to ten seconds, and a host that does not answer for a while ends nothing.
func TestWaitGrows(t *testing.T) {
	t.Parallel()
	host, err := githubapp.ParseHost("https://github.example.com")
	if err != nil {
		t.Fatal(err)
	}
	w := waitFor(host, 0)
	var pauses []time.Duration
	w.pause = func(_ context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		return nil
	}
	heard, asked := 0, 0
	w.unanswered = func(error) { heard++ }
	err = w.until(t.Context(), func(context.Context) (bool, error) {
		asked++
		if asked%3 == 1 {
			return false, &githubapp.Error{Kind: githubapp.KindFailed, Message: "no answer"}
		}
		return asked == 12, nil
	})
	if err != nil || asked != 12 || heard != 4 {
		t.Errorf("asked %d times, %d unanswered: %v", asked, heard, err)
	}
	if pauses[0] != time.Second || slices.Max(pauses) != 10*time.Second || pauses[len(pauses)-1] != 10*time.Second {
		t.Errorf("pauses: %v", pauses)
	}
}

func TestWaitEnds(t *testing.T) {
	t.Parallel()
	w := gitHubWait{timeout: time.Nanosecond, first: time.Hour, last: time.Hour, pause: pause, unanswered: func(error) {}}
	no := func(context.Context) (bool, error) { return false, nil }
	if err := w.until(t.Context(), no); !errors.Is(err, errWaitOver) {
		t.Errorf("the end of the time: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.timeout = 0
	if err := w.until(ctx, no); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupt: %v", err)
	}
	refusal := &githubapp.Error{Kind: githubapp.KindAuth, Message: "refused"}
	if err := w.until(t.Context(), func(context.Context) (bool, error) { return false, refusal }); !errors.Is(err, refusal) {
		t.Errorf("a refusal: %v", err)
	}
	asked := 0
	w.pause = func(context.Context, time.Duration) error { return nil }
	silence := &githubapp.Error{Kind: githubapp.KindFailed, Message: "no answer"}
	err := w.until(t.Context(), func(context.Context) (bool, error) { asked++; return false, silence })
	if !errors.Is(err, silence) || asked != maxUnanswered+1 {
		t.Errorf("a host that is gone: asked %d times, %v", asked, err)
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	server, err := githubapp.ParseHost("https://github.example.com")
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"https://jira.example.com":      "",
		"http://jira.example.com":       "plain http",
		"https://localhost/jira":        "this machine alone",
		"https://127.0.0.1:8443":        "this machine alone",
		"https://[::1]":                 "this machine alone",
		"https://10.1.2.3/jira":         "private network",
		"https://[fd00::1]/jira":        "private network",
		"https://jira":                  "private network",
		"https://jira.corp.example.lan": "private network",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(unreachable(u, githubapp.Host{}), "; "); !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
		if got := unreachable(u, server); want == "private network" && len(got) > 0 {
			t.Errorf("%s is warned about for a server in the same network: %q", address, got)
		}
	}
}

func TestPageOn(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://github.com/apps/x/installations/new": true, "https://GitHub.com/apps/x": true, "http://github.com/apps/x": false,
		"https://github.com.evil.example/x": false, "file:///etc/passwd": false, "https://me@github.com/x": false, "": false,
	} {
		if _, err := pageOn(githubapp.Host{}, address); (err == nil) != want {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestShellWord(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"my-app": "my-app", "acme / x": "'acme / x'", "it's": `'it'\''s'`, "": "''", "$(x)": "'$(x)'"} {
		if got := shellWord(word); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}

// TestASpentCodeIsSaid: why there are no credentials counts more than that somebody stopped waiting meanwhile.
func TestASpentCodeIsSaid(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	lost := errors.New("the code counts as spent")
	c := &ghaCreation{app: &app{}, problem: lost}
	if err := c.ended(ctx, lost); err != nil {
		t.Errorf("%v", err)
	}
	if err := c.report(); !errors.Is(err, lost) {
		t.Errorf("%v", err)
	}
}
