package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// TestKilledRotations kills the rotation of a key at each of its requests to GIJ, before the server gets it and after the server
// answered it, and runs the same command again: GIJ has the new key, which was imported once.
func TestKilledRotations(t *testing.T) {
	t.Parallel()
	state, key := stateWithNewKey(t)
	requests := newKilledRotation(t, state, key, 0, false).rotate(t)
	if requests < 6 {
		t.Fatalf("a rotation made %d requests only", requests)
	}
	var all sync.WaitGroup
	for n := 1; n <= requests; n++ {
		for _, after := range []bool{false, true} {
			k := newKilledRotation(t, state, key, n, after)
			all.Go(func() { k.rotate(t) })
		}
	}
	all.Wait()
}

// stateWithNewKey is a sandbox's state with one more key of its app: RSA keys take a while to make, so that all share them.
func stateWithNewKey(t *testing.T) (state, key []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sandbox.json")
	server, err := sandbox.Start(context.Background(), sandbox.Options{StateFile: file})
	if err != nil {
		t.Fatal(err)
	}
	s := &signingIn{server: server, row: "11"}
	has, err := s.stored()
	if err != nil {
		t.Fatal(err)
	}
	key = s.generate(t, has)
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if state, err = os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	return state, key
}

// killedRotation is one rotation through a front that kills it.
type killedRotation struct {
	killed
	key string
}

func newKilledRotation(t *testing.T, state, key []byte, number int, after bool) *killedRotation {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "sandbox.json")
	if err := errors.Join(os.WriteFile(file, state, 0o600), os.WriteFile(filepath.Join(dir, "new.pem"), key, 0o600)); err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.Start(context.Background(), sandbox.Options{StateFile: file})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	k := &killedRotation{
		killed: killed{
			server: server, dir: dir, number: int64(number), after: after,
			args: []string{"gha", "rotate-key", "11", "--pem-file", "new.pem", "--host", server.GitHubURL, "--yes"},
		},
		key: strings.TrimSpace(string(key)),
	}
	k.front = httptest.NewServer(http.HandlerFunc(k.pass))
	t.Cleanup(k.front.Close)
	return k
}

// rotate runs the command until nobody kills it, and once more. It returns how many requests the first run took.
func (k *killedRotation) rotate(t *testing.T) int {
	t.Helper()
	status, stderr, err := k.run()
	requests := k.seen.Load()
	if k.number > 0 && status < 0 {
		status, stderr, err = k.run()
	}
	if err != nil || status != 0 {
		t.Errorf("%s: exit %d, %v\n%s", &k.killed, status, err, stderr)
		return 0
	}
	s := &signingIn{server: k.server, row: "11"}
	has, err := s.stored()
	imports, importsErr := k.server.Imports()
	if err := errors.Join(err, importsErr); err != nil || strings.TrimSpace(has.key) != k.key || len(imports) != 1 {
		t.Errorf("%s: %d imports, the new key %t, %v", &k.killed, len(imports), has.key == k.key, err)
	}
	status, stderr, err = k.run()
	imports, importsErr = k.server.Imports()
	if err := errors.Join(err, importsErr); err != nil || status != 0 || len(imports) != 1 || !strings.Contains(stderr, "nothing to do") {
		t.Errorf("%s: the last time it is not without work: exit %d, %d imports, %v\n%s", &k.killed, status, len(imports), err, stderr)
	}
	return int(requests)
}
