package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// TestNobodyElseIsCalled runs commands with a proxy for every address but the named Jira and GitHub, and fails if it is asked for
// anything: no telemetry, no look for updates.
func TestNobodyElseIsCalled(t *testing.T) {
	t.Parallel()
	server, err := sandbox.Start(context.Background(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	var mu sync.Mutex
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Method+" "+r.Host)
		w.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(proxy.Close)
	work := t.TempDir()
	run := func(want int, env []string, args ...string) {
		cmd := exec.CommandContext(t.Context(), "gijctl", args...)
		cmd.Dir = work
		cmd.Env = append([]string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(work, "home"), "GORACE=atexit_sleep_ms=0", "GOCOVERDIR=" + t.TempDir(),
			"HTTP_PROXY=" + proxy.URL, "HTTPS_PROXY=" + proxy.URL, "http_proxy=" + proxy.URL, "https_proxy=" + proxy.URL, "ALL_PROXY=" + proxy.URL,
		}, env...)
		out, _ := cmd.CombinedOutput()
		if status := cmd.ProcessState.ExitCode(); status != want {
			t.Errorf("gijctl %s ends with %d, not %d:\n%s", strings.Join(args, " "), status, want, out)
		}
	}
	jira := []string{"GIJCTL_URL=" + server.URL, "GIJCTL_TOKEN=" + server.Token}
	for _, args := range [][]string{
		{"version"},
		{"--help"},
		{"completion", "bash"},
		{"integration", "types"},
		{"integration", "list", "-o", "json"},
		{"integration", "disable", "2", "--yes"},
		{"bulk", "export", "all.tsv"},
		{"bulk", "validate", "all.tsv"},
		{"issue", "commits", "PLAT-1"},
		{"doctor"},
	} {
		run(0, jira, args...)
	}
	key, err := server.AppKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(work, "app.pem"), []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	gitHub := append(slices.Clone(jira), "GIJCTL_GITHUB_URL="+server.GitHubURL)
	for _, args := range [][]string{
		{"gha", "list", "--check"},
		{"gha", "get", "--pem-file", "app.pem"},
		{"gha", "create", "--org", "hooli", "--dry-run"},
	} {
		run(0, gitHub, args...)
	}
	run(0, nil, "--sandbox", "integration", "list")
	run(4, nil, "integration", "list")
	calls := func() string {
		mu.Lock()
		defer mu.Unlock()
		return strings.Join(asked, ", ")
	}
	if others := calls(); others != "" {
		t.Errorf("others were called: %s", others)
	}
	run(1, []string{"GIJCTL_URL=https://jira.test", "GIJCTL_TOKEN=example-of-a-token"}, "integration", "list", "--retries", "0")
	if calls() == "" {
		t.Error("the proxy is not asked at all, so this test sees nothing")
	}
}
