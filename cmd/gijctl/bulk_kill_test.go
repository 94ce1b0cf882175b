package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// killedFile has a change of each kind against the demo: a new name, a typed token, a new repository, a deletion.
const killedFile = "id\torigin\tdisplayName\tpat\tdelete\n" +
	"1\thttps://api.github.com\tRenamed\t\t\n" +
	"2\thttps://gitlab.acme.example\tAcme GitLab\tmade-up-token-of-a-kill\t\n" +
	"\tgit@git.acme.example:team/new.git\tnew\t\t\n" +
	"9\t\t\t\tdelete\n"

// TestKilledImports kills an import at each of its requests, before the server gets it and after the server answered it, and runs the
// same command again: the end is that of an import that nobody killed, and nothing is there twice. They run side by side, since
// most of their time is the pause before a question for progress.
func TestKilledImports(t *testing.T) {
	t.Parallel()
	requests := newKilled(t, 0, false).play(t)
	if requests < 8 {
		t.Fatalf("an import made %d requests only", requests)
	}
	var all sync.WaitGroup
	for n := 1; n <= requests; n++ {
		for _, after := range []bool{false, true} {
			k := newKilled(t, n, after)
			all.Go(func() { k.play(t) })
		}
	}
	all.Wait()
}

// killed is one import through a front that kills it.
type killed struct {
	server *sandbox.Server
	front  *httptest.Server
	dir    string
	number int64 // of the request at which it is killed; 0 for never
	after  bool  // once the server has answered
	args   []string
	seen   atomic.Int64

	mu      sync.Mutex // held while the process starts: its first request may come before this knows it
	process *process
}

func newKilled(t *testing.T, number int, after bool) *killed {
	t.Helper()
	server, err := sandbox.Start(context.Background(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	k := &killed{
		server: server, dir: t.TempDir(), number: int64(number), after: after,
		args: []string{"bulk", "import", "fleet.tsv", "--yes", "--confirm-delete", "9"},
	}
	k.front = httptest.NewServer(http.HandlerFunc(k.pass))
	t.Cleanup(k.front.Close)
	if err := os.WriteFile(filepath.Join(k.dir, "fleet.tsv"), []byte(killedFile), 0o600); err != nil {
		t.Fatal(err)
	}
	return k
}

// pass hands a request on, unless it is the one.
func (k *killed) pass(w http.ResponseWriter, r *http.Request) {
	if k.seen.Add(1) == k.number {
		if k.after {
			k.send(httptest.NewRecorder(), r)
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.process.kill()
		return
	}
	k.send(w, r)
}

func (k *killed) send(w http.ResponseWriter, r *http.Request) {
	base, _, _ := strings.Cut(k.server.URL, "/jira")
	request, err := http.NewRequestWithContext(r.Context(), r.Method, base+r.URL.RequestURI(), r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	request.Header, request.ContentLength = r.Header, r.ContentLength
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body)
}

// play runs the import to its end, however often it is killed, and once more. It returns how many requests the first took.
func (k *killed) play(t *testing.T) int {
	t.Helper()
	requests := int64(0)
	for range 2 {
		status, stderr, err := k.run()
		if requests == 0 {
			requests = k.seen.Load()
		}
		if k.number > 0 && status < 0 {
			continue // it was killed
		}
		if err != nil || status != 0 {
			t.Errorf("%s: exit %d, %v\n%s", k, status, err, stderr)
			return 0
		}
		break
	}
	if err := k.check(); err != nil {
		t.Errorf("%s: %v", k, err)
	}
	imports, err := k.server.Imports()
	status, stderr, runErr := k.run()
	again, againErr := k.server.Imports()
	if err := errors.Join(err, runErr, againErr); err != nil || status != 0 || len(again) != len(imports) || !strings.Contains(stderr, "nothing to do") {
		t.Errorf("%s: the last time it is not without work: exit %d, %v\n%s", k, status, err, stderr)
	}
	return int(requests)
}

func (k *killed) String() string {
	switch {
	case k.number == 0:
		return "nobody kills it"
	case k.after:
		return fmt.Sprintf("killed after request %d", k.number)
	}
	return fmt.Sprintf("killed before request %d", k.number)
}

// run returns a negative status for a process that was killed.
func (k *killed) run() (status int, stderr string, err error) {
	environ := append(os.Environ(), "HOME="+k.dir, "XDG_STATE_HOME="+filepath.Join(k.dir, "state"), "XDG_CONFIG_HOME="+filepath.Join(k.dir, "config"),
		"GIJCTL_URL="+k.front.URL+"/jira", "GIJCTL_TOKEN="+k.server.Token)
	path, err := exec.LookPath("gijctl")
	if err != nil {
		return 0, "", err
	}
	k.mu.Lock()
	p, err := startProcess(k.dir, environ, append([]string{path}, k.args...), nil)
	k.process = p
	k.mu.Unlock()
	if err != nil {
		return 0, "", err
	}
	<-p.ended
	if p.cmd.ProcessState.ExitCode() < 0 {
		return -1, p.stderr.String(), nil
	}
	return p.cmd.ProcessState.ExitCode(), p.stderr.String(), nil
}

// check holds the server against what the file says.
func (k *killed) check() error {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, k.server.URL+"/rest/gitplugin/1.0/configuration", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+k.server.Token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	reader := csv.NewReader(answer.Body)
	reader.Comma, reader.LazyQuotes = '\t', true
	rows, err := reader.ReadAll()
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	renamed, added, left := 0, 0, 0
	for _, row := range rows[1:] {
		switch {
		case row[at["id"]] == "1" && row[at["displayName"]] == "Renamed":
			renamed++
		case row[at["origin"]] == "git@git.acme.example:team/new.git":
			added++
		case row[at["id"]] == "9":
			left++
		}
	}
	if renamed != 1 || added != 1 || left != 0 {
		return fmt.Errorf("%d renamed, %d added, %d left of the deleted", renamed, added, left)
	}
	return nil
}
