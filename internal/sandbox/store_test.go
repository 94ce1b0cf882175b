package sandbox_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/sandbox"
)

func stateFile(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "new folder", "sandbox.json")
}

func TestTwoServersShareOneFile(t *testing.T) {
	t.Parallel()
	file := stateFile(t)
	servers := []*sandbox.Server{
		start(t, sandbox.Options{StateFile: file, Seed: "empty"}),
		start(t, sandbox.Options{StateFile: file}),
	}
	if servers[0].Token != servers[1].Token || servers[0].Password != servers[1].Password {
		t.Fatal("the servers have different credentials")
	}
	const each = 50
	ids := make([]int64, 2*each)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			body := fmt.Sprintf(`{"type":"GITHUB","pat":"x","displayName":"n%d"}`, i)
			ids[i] = added(t, post(t, servers[i%2], body))
		})
	}
	all.Wait()
	seen := map[int64]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	if len(seen) != len(ids) {
		t.Errorf("distinct ids: got %d, want %d", len(seen), len(ids))
	}
	for _, s := range servers {
		if n := len(listed(t, s)); n != len(ids) {
			t.Errorf("listed: got %d, want %d", n, len(ids))
		}
	}
}

func TestTheFileIsPrivateAndWithoutSecrets(t *testing.T) {
	t.Parallel()
	file := stateFile(t)
	s := start(t, sandbox.Options{StateFile: file, Record: true})
	const secret = "hunter2-hunter2"
	post(t, s, `{"type":"AWS","username":"somebody","password":"`+secret+`","awsRegion":"us-east-1"}`).want(t, 200).lacks(t, secret)
	put(t, s, "1", `{"pat":"`+secret+`"}`).want(t, 200).lacks(t, secret)
	get(t, s, integrationPath).want(t, 200).lacks(t, secret)
	for _, path := range []string{file, file + ".lock"} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 && runtime.GOOS != "windows" {
			t.Errorf("%s: mode %o", path, mode)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), secret) {
		t.Error("the state holds a secret")
	}
}

func TestStateOutlivesTheServer(t *testing.T) {
	t.Parallel()
	file := stateFile(t)
	first := start(t, sandbox.Options{StateFile: file})
	post(t, first, addGitHub).want(t, 200)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, sandbox.Options{StateFile: file, Seed: "empty"}) // the seed is for new states
	if first.Token != second.Token {
		t.Error("the token changed")
	}
	get(t, second, integrationPath+"/13").want(t, 200, "new one")
}

func TestStatusAndReset(t *testing.T) {
	t.Parallel()
	file := stateFile(t)
	before, err := sandbox.ReadStatus(file)
	if err != nil || before.Exists || before.Path != file {
		t.Errorf("before: %+v, %v", before, err)
	}
	s := start(t, sandbox.Options{StateFile: file, Now: fixedClock})
	got, err := sandbox.ReadStatus(file)
	if err != nil {
		t.Fatal(err)
	}
	want := sandbox.Status{
		Path: file, Exists: true, Seed: "demo", Created: "2021-07-12T06:17:58Z",
		Integrations: 8, Repositories: 4, Projects: []string{"PLAT", "WEB", "MOB", "OPS"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	if err := sandbox.Reset(file, "empty"); err != nil {
		t.Fatal(err)
	}
	// A running server notices, and its token still works.
	if list := listed(t, s); len(list) != 0 {
		t.Errorf("after the reset: %v", list)
	}
	if id := added(t, post(t, s, addGitHub)); id != 1 {
		t.Errorf("first id: %d", id)
	}
	if err := sandbox.Reset("", "demo"); err == nil {
		t.Error("a reset of no file succeeds")
	}
}

func TestBrokenState(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{"no JSON": "{", "empty": "", "newer": `{"stamp":"x","version":99}`, "no accounts": `{"version":1}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "state.json")
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := sandbox.Start(t.Context(), sandbox.Options{StateFile: file})
			if err == nil || !strings.Contains(err.Error(), "sandbox reset") {
				t.Errorf("start: %v", err)
			}
			if _, err := sandbox.ReadStatus(file); err == nil {
				t.Error("status of a broken file")
			}
			if err := sandbox.Reset(file, "demo"); err != nil {
				t.Fatal(err)
			}
			get(t, start(t, sandbox.Options{StateFile: file}), integrationPath).want(t, 200)
		})
	}
}

func TestStateThatDisappears(t *testing.T) {
	t.Parallel()
	file := stateFile(t)
	s := start(t, sandbox.Options{StateFile: file})
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	get(t, s, integrationPath).want(t, 500, "open the sandbox state")
}

func TestSeeds(t *testing.T) {
	t.Parallel()
	for seed, want := range map[string]int{"": 8, "demo": 8, "empty": 0, "large:250": 250, "large": 10_000} {
		s := start(t, sandbox.Options{Seed: seed})
		again := start(t, sandbox.Options{Seed: seed})
		list := get(t, s, integrationPath).want(t, 200)
		if n := strings.Count(list.body, `"integrationType":`); n != want {
			t.Errorf("%q: got %d integrations, want %d", seed, n, want)
		}
		if get(t, again, integrationPath).body != list.body {
			t.Errorf("%q differs from one start to the next", seed)
		}
		if s.Token == again.Token || s.Password == again.Password {
			t.Errorf("%q: tokens are not random", seed)
		}
	}
}

func TestSeedNames(t *testing.T) {
	t.Parallel()
	for seed, want := range map[string]string{
		"dmeo": "did you mean demo? (seeds: demo, empty, fleet, large, large:N)", "large:0": "N is a number",
		"large:x": "N is a number", "large:999999999": "N is a number", "demo:1": "unknown sandbox seed",
	} {
		if _, err := sandbox.Start(t.Context(), sandbox.Options{Seed: seed}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", seed, err)
		}
		if err := sandbox.Reset(filepath.Join(t.TempDir(), "s.json"), seed); err == nil {
			t.Errorf("%q: reset succeeds", seed)
		}
	}
}
