package sandbox_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/sandbox"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for addr, ok := range map[string]bool{
		"": true, "127.0.0.1:0": true, "localhost:0": true, "127.0.0.2:0": true,
		":0": false, "0.0.0.0:0": false, "192.0.2.1:0": false, "example.com:80": false, "127.0.0.1": false, "[::]:0": false,
	} {
		s, err := sandbox.Start(t.Context(), sandbox.Options{Addr: addr})
		if (err == nil) != ok {
			t.Errorf("%q: %v", addr, err)
		}
		if err != nil {
			continue
		}
		u, err := url.Parse(s.URL)
		if err != nil || u.Path != "/jira" || !strings.HasPrefix(u.Host, "127.0.0.") {
			t.Errorf("%q: URL %s", addr, s.URL)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestWaitEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := start(t, sandbox.Options{})
	ended := make(chan error, 1)
	go func() { ended <- s.Wait(ctx) }()
	get(t, s, integrationPath).want(t, 200)
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := get(t, s, integrationPath); got.err == nil {
		t.Error("the server still answers")
	}
}

// TestTheStartContextDoesNotStopTheServer: who interrupts a command still wants the answer to what was sent.
func TestTheStartContextDoesNotStopTheServer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := sandbox.Start(ctx, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	get(t, s, integrationPath).want(t, 200)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	s := demo(t)
	post(t, s, addGitHub).want(t, 200)
	get(t, s, integrationPath+"/99?x=1").want(t, 404)
	got := s.Requests()
	if len(got) != 2 {
		t.Fatalf("requests: %+v", got)
	}
	if got[0].Method != http.MethodPost || got[0].Path != "/jira"+integrationPath || got[0].Status != 200 || string(got[0].Body) != addGitHub {
		t.Errorf("first: %+v", got[0])
	}
	if got[1].Path != "/jira"+integrationPath+"/99?x=1" || got[1].Status != 404 {
		t.Errorf("second: %+v", got[1])
	}
	for _, r := range got {
		if r.Header.Get("Authorization") != "Bearer [redacted]" {
			t.Errorf("authorization: %q", r.Header.Get("Authorization"))
		}
	}
	quiet := start(t, sandbox.Options{})
	get(t, quiet, integrationPath).want(t, 200)
	if len(quiet.Requests()) != 0 {
		t.Error("requests are kept without being asked for")
	}
}

func TestJiraHeaders(t *testing.T) {
	t.Parallel()
	got := get(t, demo(t), integrationPath).want(t, 200)
	for _, name := range []string{"X-AREQUESTID", "X-ANODEID", "X-AUSERNAME", "Set-Cookie", "Cache-Control"} {
		if got.header.Get(name) == "" {
			t.Errorf("no %s", name)
		}
	}
}
