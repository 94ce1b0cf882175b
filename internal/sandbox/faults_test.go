package sandbox_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/sandbox"
)

const addGitHub = `{"type":"GITHUB","pat":"x","displayName":"new one"}`

func TestProfiles(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ one, updated, list, removed string }{
		"captured": {
			`{"success":true,"integration":{"id":1,`, `{"success":true,"integration":{"id":1,`,
			`{"success":true,"integrations":[{"id":1,`, `{"success":true}`,
		},
		"legacy-docs": {
			`{"success":"true","integration":[{"id":1,`, `{"success":"true","integration":{"id":1,`,
			`{"success":"true","integrations":[{"id":1,`, `{"success":true}`,
		},
		"ancient": {
			`{"success":"true","integrations":[{"id":1,`, `{"success":"true","integration":{"id":1,`,
			`{"success":"true","integrations":[{"id":1,`, `{"success":true}`,
		},
		"bare": {`{"id":1,`, `{"id":1,`, `{"success":true,"integrations":[{"id":1,`, `{"success":true}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := demo(t, "profile="+name)
			prefix := func(r reply, want string) {
				t.Helper()
				r.want(t, 200)
				if !strings.HasPrefix(r.body, want) {
					t.Errorf("got %.80s, want %s", r.body, want)
				}
				if bare := strings.Contains(r.body, `"type":"GITHUB"`); strings.Contains(r.body, "GITHUB") && bare != (name == "bare") {
					t.Errorf("type in the answer: %t\n%s", bare, r.body)
				}
			}
			prefix(get(t, s, integrationPath+"/1"), tt.one)
			prefix(get(t, s, integrationPath), tt.list)
			prefix(put(t, s, "1", `{}`), tt.updated)
			prefix(send(t, s, request{method: "DELETE", path: integrationPath + "/1"}), tt.removed)
		})
	}
}

func TestDisabledByUpdate(t *testing.T) {
	t.Parallel()
	for mode, status := range map[string]int{"works": 200, "ignored": 200, "error": 400} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s := demo(t, "disabled-put="+mode)
			put(t, s, "1", `{"disabled":true,"displayName":"changed"}`).want(t, status)
			got := get(t, s, integrationPath+"/1").want(t, 200)
			if works := strings.Contains(got.body, `"disabled":true`); works != (mode == "works") {
				t.Errorf("disabled: %t", works)
			}
			if changed := strings.Contains(got.body, "changed"); changed != (mode != "error") {
				t.Errorf("the rest of the update: %t", changed)
			}
			put(t, s, "1", `{"disabled":false}`).want(t, 200)
		})
	}
}

func TestServersThatLie(t *testing.T) {
	t.Parallel()
	s := demo(t, "write-ignored", "pretend-delete", "disable-endpoint=ignored")
	put(t, s, "1", `{"displayName":"changed","pat":"changed"}`).want(t, 200, `"displayName":"changed"`)
	send(t, s, request{method: "DELETE", path: integrationPath + "/1"}).want(t, 200, `{"success":true}`)
	send(t, s, request{method: "PUT", path: repositoryPath + "/1/disable?disable=true"}).want(t, 200, `{"success":true}`)
	get(t, s, integrationPath+"/1").want(t, 200, `"disabled":false`, `"displayName":"https://github.com/*"`)
}

func TestStatusesOfAnswers(t *testing.T) {
	t.Parallel()
	for value, status := range map[string]int{"200": 200, "400": 400, "404": 404, "500": 500} {
		s := demo(t, "error-status="+value)
		get(t, s, integrationPath+"/99").want(t, status, `"success":false`)
		post(t, s, `{}`).want(t, status, `"success":false`)
	}
	post(t, demo(t, "post-status=201"), addGitHub).want(t, 201)
}

func TestNotInstalled(t *testing.T) {
	t.Parallel()
	s := demo(t, "not-installed")
	get(t, s, integrationPath).want(t, 404, "<html")
	get(t, s, "/rest/api/2/myself").want(t, 200)
	get(t, demo(t, "not-installed=json"), integrationPath).want(t, 404, "null for uri")
}

func TestLoginPages(t *testing.T) {
	t.Parallel()
	got := get(t, demo(t, "html-login"), integrationPath).want(t, 200, "os_username")
	if kind := got.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/html") {
		t.Errorf("content type: %s", kind)
	}
	s := demo(t, "html-login=302")
	got = get(t, s, integrationPath).want(t, 302)
	login := s.URL + "/login.jsp?permissionViolation=true&os_destination=%2Fjira%2Frest"
	if location := got.header.Get("Location"); !strings.HasPrefix(location, login) {
		t.Errorf("location: %s, want %s…", location, login)
	}
	get(t, s, "/login.jsp").want(t, 200)
}

func TestRedirectsToAnotherOrigin(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"html-login=302-other", "redirect-rest"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := demo(t, fault)
			location := get(t, s, integrationPath).header.Get("Location")
			if location == "" || strings.HasPrefix(location, s.URL) {
				t.Fatalf("location: %q", location)
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, location, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer leaked")
			resp, err := newClient().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Errorf("status elsewhere: %d", resp.StatusCode)
			}
			requests := s.Requests()
			if len(requests) != 2 || requests[0].Host == requests[1].Host {
				t.Fatalf("requests: %+v", requests)
			}
			if leak := requests[1].Header.Get("Authorization"); leak != "Bearer [redacted]" {
				t.Errorf("the leak is not recorded: %q", leak)
			}
		})
	}
}

func TestLoginFaults(t *testing.T) {
	t.Parallel()
	s := demo(t, "captcha")
	for _, auth := range []string{"Bearer wrong", basic(s.User, s.Password)} {
		got := send(t, s, request{path: integrationPath, auth: auth}).want(t, 403)
		if got.header.Get("X-Seraph-LoginReason") != "AUTHENTICATION_DENIED" ||
			!strings.HasPrefix(got.header.Get("X-Authentication-Denied-Reason"), "CAPTCHA_CHALLENGE; login-url="+s.URL) {
			t.Errorf("headers: %v", got.header)
		}
	}
	get(t, s, integrationPath).want(t, 200)

	for fault, status := range map[string]int{"basic-off": 403, "basic-off=401": 401} {
		s := demo(t, fault)
		send(t, s, request{path: integrationPath, auth: basic(s.User, s.Password)}).want(t, status, "disabled")
		get(t, s, integrationPath).want(t, 200)
	}
	for fault, status := range map[string]int{"xsrf": 403, "xsrf=404": 404} {
		s := demo(t, fault)
		got := send(t, s, request{method: "DELETE", path: integrationPath + "/1", header: map[string]string{"X-Atlassian-Token": "no-check"}})
		got.want(t, status, "XSRF check failed")
		get(t, s, integrationPath+"/1").want(t, 200)
	}
}

// TestBrokenWrites checks which of the faults of the network leave the write done, and that they stop when told to.
func TestBrokenWrites(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int // 0 is a broken connection
		done   bool
	}{
		"drop-before-write":  {0, false},
		"drop-after-write":   {0, true},
		"bad-gateway":        {502, true},
		"bad-gateway-before": {502, false},
		"unavailable":        {503, false},
		"rate-limit":         {429, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := demo(t, name+"=1")
			got := post(t, s, addGitHub)
			if tt.status == 0 {
				got.wantDropped(t)
			} else {
				got.want(t, tt.status)
			}
			if done := len(listed(t, s)) == 9; done != tt.done {
				t.Errorf("done: got %t, want %t", done, tt.done)
			}
			post(t, s, addGitHub).want(t, 200) // the count is used up
			if got := s.Requests()[0].Status; got != tt.status {
				t.Errorf("recorded status: %d", got)
			}
			if err := s.SetFaults([]string{name}); err != nil {
				t.Fatal(err)
			}
			for range 2 { // without a count it goes on
				if got := post(t, s, addGitHub); got.err == nil && got.status != tt.status {
					t.Errorf("status: %d", got.status)
				}
			}
		})
	}
}

func TestDropRead(t *testing.T) {
	t.Parallel()
	s := demo(t, "drop-read=2")
	post(t, s, addGitHub).want(t, 200)
	get(t, s, integrationPath).wantDropped(t)
	get(t, s, integrationPath).wantDropped(t)
	get(t, s, integrationPath).want(t, 200)
}

func TestFailedWritesAreNotDropped(t *testing.T) {
	t.Parallel()
	s := demo(t, "drop-after-write=1")
	post(t, s, `{}`).want(t, 400)
	post(t, s, addGitHub).wantDropped(t)
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	s := demo(t, "unavailable=1", "rate-limit=1")
	if got := get(t, s, integrationPath).want(t, 503).header.Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After: %q", got)
	}
	got := get(t, s, integrationPath).want(t, 429)
	if got.header.Get("Retry-After") != "1" || got.header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("headers: %v", got.header)
	}
	const date = "Wed, 21 Oct 2026 07:28:00 GMT"
	s = demo(t, "unavailable", "retry-after="+date)
	if got := get(t, s, integrationPath).want(t, 503).header.Get("Retry-After"); got != date {
		t.Errorf("Retry-After: %q", got)
	}
}

// TestHeldAnswers checks that a client that leaves and a server that closes both end a wait.
func TestHeldAnswers(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"hang-after-write", "latency=1h", "slow-body=1h"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := demo(t, fault)
			ctx, leave := context.WithCancel(t.Context())
			left := make(chan error, 1)
			go func() {
				resp, err := newClient().Do(request{method: "POST", path: integrationPath, body: addGitHub}.build(t, s).WithContext(ctx))
				if err == nil {
					_, err = io.ReadAll(resp.Body)
					_ = resp.Body.Close()
				}
				left <- err
			}()
			waitFor(t, func() bool { return len(s.Requests()) > 0 })
			leave()
			if err := <-left; err == nil {
				t.Error("an answer arrived")
			}
			held := make(chan error, 1)
			go func() {
				resp, err := newClient().Do(request{method: "POST", path: integrationPath, body: addGitHub}.build(t, s))
				if err == nil {
					_, err = io.ReadAll(resp.Body)
					_ = resp.Body.Close()
				}
				held <- err
			}()
			waitFor(t, func() bool { return len(s.Requests()) > 1 })
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			if err := <-held; err == nil && fault != "slow-body=1h" {
				t.Error("an answer arrived after the server closed")
			}
		})
	}
}

func TestHangAfterWriteDoesTheWrite(t *testing.T) {
	t.Parallel()
	s := demo(t, "hang-after-write=1")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		resp, err := newClient().Do(request{method: "POST", path: integrationPath, body: addGitHub}.build(t, s).WithContext(ctx))
		if err == nil {
			_ = resp.Body.Close()
		}
	}()
	waitFor(t, func() bool { return len(listed(t, s)) == 9 })
}

func TestFaultNames(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"drop-afterwrite":     "did you mean drop-after-write? (faults: profile, disabled-put,",
		"profile=legacy":      "did you mean legacy-docs? (values: captured, legacy-docs, ancient, bare)",
		"captcha=1":           "takes no value",
		"drop-read=0":         "a number of requests",
		"latency":             "a duration",
		"latency=fast":        "a duration",
		"latency=-1s":         "a duration",
		"clock=back":          "a duration",
		"rate-headers":        "a number, 0 or more",
		"rate-headers=-1":     "a number, 0 or more",
		"base-url":            "needs a value",
		"index-model=tree":    "values: map, list",
		"retry-after":         "needs a value",
		"":                    "unknown sandbox fault",
		"error-status=random": "values: 200",
	} {
		_, err := sandbox.Start(t.Context(), sandbox.Options{Faults: []string{spec}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", spec, err, want)
		}
	}
	if err := demo(t).SetFaults([]string{"nope"}); err == nil {
		t.Error("SetFaults takes an unknown name")
	}
}

// TestFaultsStart starts a server with each fault as its description says that it is written.
func TestFaultsStart(t *testing.T) {
	t.Parallel()
	s := demo(t)
	values := strings.NewReplacer("[=N]", "=2", "=N", "=2", "=DURATION", "=1ms", "=VALUE", "=2")
	for _, f := range sandbox.Faults() {
		if f.Text == "" {
			t.Errorf("%s has no text", f.Name)
		}
		specs := []string{f.Name + values.Replace(f.Values)}
		if words, ok := strings.CutPrefix(f.Values, "[="); ok && strings.Contains(words, "|") {
			specs = []string{f.Name}
			for word := range strings.SplitSeq(strings.TrimSuffix(words, "]"), "|") {
				specs = append(specs, f.Name+"="+word)
			}
		}
		for _, spec := range specs {
			if err := s.SetFaults([]string{spec}); err != nil {
				t.Error(err)
			}
		}
	}
}
