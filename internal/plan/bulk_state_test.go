package plan_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

func openState(t *testing.T, dir, server string) *plan.BulkState {
	t.Helper()
	s, err := plan.OpenBulkState(dir, server, clock)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func note(t *testing.T, s *plan.BulkState, values ...string) {
	t.Helper()
	add, done := s.NoteExported()
	for _, v := range values {
		add([]byte(v))
	}
	if err := done(); err != nil {
		t.Fatal(err)
	}
}

func TestExportedSecretsAreRemembered(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one, other := openState(t, dir, "https://one.example.com"), openState(t, dir, "https://other.example.com")
	if one.WasExported(madeUpToken) {
		t.Error("nothing was exported")
	}
	note(t, one, madeUpToken, "", "made-up-blob", madeUpToken)
	note(t, other, "made-up-second")
	note(t, other, "made-up-second")
	for _, s := range []*plan.BulkState{one, other, openState(t, dir, "sandbox")} {
		for value, want := range map[string]bool{madeUpToken: true, "made-up-blob": true, "made-up-second": true, "": false, "made-up": false} {
			if s.WasExported(value) != want && s != one {
				t.Errorf("%q: %v", value, !want)
			}
		}
		if s.Err() != nil {
			t.Error(s.Err())
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "exported")); err != nil || info.Size() != 3*8 {
		t.Error(info, err)
	}
	if openState(t, dir, "https://one.example.com").Fingerprint("a") != other.Fingerprint("a") || other.Fingerprint("a") == other.Fingerprint("b") {
		t.Error("fingerprints differ between servers, or are alike")
	}
}

func TestExportedSecretsAreCapped(t *testing.T) {
	t.Parallel()
	const most, more = 1_000_000, 5_000
	dir := t.TempDir()
	s := openState(t, dir, "sandbox")
	for _, from := range []int{0, most} {
		add, done := s.NoteExported()
		for n := from; n < most+more && (from > 0 || n < most); n++ {
			add(fmt.Append(nil, "made-up-", n))
		}
		if err := done(); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "exported")); err != nil || info.Size() != most*8 {
		t.Fatal(info, err)
	}
	for n := most; n < most+more; n++ {
		if !s.WasExported(fmt.Sprint("made-up-", n)) {
			t.Fatalf("%d is new, and forgotten", n)
		}
	}
}

func TestNothingOfTheStateIsForOthers(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.server.hide, m.o.NoWait = "clear", true
	m.server.secrets["3/pat"] = "made-up-older-token"
	if _, err := m.run(t.Context(), tsv("id|pat", "3|"+madeUpToken)); err != nil {
		t.Fatal(err)
	}
	backups := 0
	err := filepath.WalkDir(m.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
		if strings.HasSuffix(path, ".tsv") {
			backups++ // it is what the server exports
			return nil
		}
		if data, err := os.ReadFile(path); err == nil && strings.Contains(string(data), "made-up") {
			t.Errorf("%s holds a secret", path)
		}
		return nil
	})
	if err != nil || backups != 1 {
		t.Error(backups, err)
	}
}

func TestServersHaveFoldersOfTheirOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder := func(server string) string { return filepath.Dir(filepath.Dir(openState(t, dir, server).BackupPath())) }
	same(t, "another spelling", folder("https://Jira.Example.com/jira/"), folder("https://jira.example.com/jira"))
	seen := map[string]string{}
	for _, server := range []string{
		"https://jira.example.com/jira", "https://jira.example.com/Jira", "http://jira.example.com/jira", "https://jira.example.com:8443/jira", "sandbox",
		"https://../..", "https://" + strings.Repeat("long.", 40) + "example.com/a", "https://" + strings.Repeat("long.", 40) + "example.com/b",
	} {
		name := folder(server)
		if other, taken := seen[name]; taken || filepath.Dir(name) != dir || len(filepath.Base(name)) > 60 {
			t.Errorf("%s has the folder of %s: %s", server, other, name)
		}
		seen[name] = server
	}
	if got := filepath.Base(folder("https://jira.example.com/jira")); !strings.HasPrefix(got, "jira.example.com-jira-") {
		t.Error(got)
	}
}

func TestBackups(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	var paths []string
	for n := range 23 {
		got, err := m.run(t.Context(), tsv("id|displayName", fmt.Sprintf("2|name %d", n)))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, got.Backup)
	}
	folder := filepath.Dir(paths[0])
	if err := os.WriteFile(filepath.Join(folder, "0-mine.tsv"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := m.run(t.Context(), tsv("id|displayName", "2|the last")); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 21 || entries[0].Name() != "0-mine.tsv" || entries[1].Name() != "2026-11-21T12-00-00Z_005.tsv" {
		t.Errorf("%d backups, %v, %v", len(entries), entries, err)
	}
	if _, err := os.Stat(paths[22]); err != nil {
		t.Error(err)
	}
}

// TestDamagedState looks that a file that cannot be read is named, with what to do, and that nothing is sent.
func TestDamagedState(t *testing.T) {
	t.Parallel()
	const server = "https://jira.example.com/jira"
	for name, tt := range map[string]struct {
		file string // "*" is the folder of the server
		text string
		hint string
	}{
		"salt":            {"salt", "short", "move the folder"},
		"exported":        {"exported", "123", "export anew"},
		"sent":            {"*/sent.json", "{", "sent once more"},
		"sent, nothing":   {"*/sent.json", "null", "sent once more"},
		"pending":         {"*/pending.json", "", "look in Jira"},
		"pending, no key": {"*/pending.json", "{}", "look in Jira"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, newFakeBulk(t, fleet()))
			folder := filepath.Dir(filepath.Dir(m.state().BackupPath()))
			path := filepath.Join(m.dir, strings.Replace(tt.file, "*", filepath.Base(folder), 1))
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			state, err := plan.OpenBulkState(m.dir, server, clock)
			if err == nil {
				_, err = plan.ResumeBulk(t.Context(), m.server, state, m.options(), m.heard)
			}
			var damaged *plan.StateError
			if !errors.As(err, &damaged) || damaged.Path != path || !strings.Contains(damaged.Hint(), tt.hint) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestASaltThatIsGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	note(t, openState(t, dir, "sandbox"), madeUpToken)
	if err := os.Remove(filepath.Join(dir, "salt")); err != nil {
		t.Fatal(err)
	}
	if _, err := plan.OpenBulkState(dir, "sandbox", clock); !errors.As(err, new(*plan.StateError)) {
		t.Errorf("got %v", err)
	}
}

// TestFingerprintsThatCannotBeRead hold secrets back, and nothing is sent.
func TestFingerprintsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	state := m.state()
	path := filepath.Join(m.dir, "exported")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if !state.WasExported("made-up") || !errors.As(state.Err(), new(*plan.StateError)) {
		t.Error(state.Err())
	}
	p := diff(t, fleet(), tsv("id|displayName", "2|a"), plan.DiffOptions{})
	if _, err := plan.ApplyBulk(t.Context(), m.server, state, p, m.options(), m.heard); !errors.As(err, new(*plan.StateError)) || m.server.calls != nil {
		t.Errorf("%v, %v", err, m.server.calls)
	}
}

// TestTwoImportsOfOneMachine looks that a second process does not begin while the first is at it.
func TestTwoImportsOfOneMachine(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	second := *m
	second.heard = &heard{}
	p := diff(t, fleet(), tsv("id|displayName", "3|b"), plan.DiffOptions{})
	m.server.after = func(call string) error {
		if strings.HasPrefix(call, "progress") {
			m.server.after = nil
			_, err := plan.ApplyBulk(t.Context(), second.server, second.state(), p, second.options(), second.heard)
			var conflict *plan.ConflictError
			if !errors.As(err, &conflict) || !strings.Contains(err.Error(), "an import of 1 row that this machine began") {
				t.Errorf("got %v", err)
			}
		}
		return nil
	}
	if got, err := m.run(t.Context(), tsv("id|displayName", "2|a")); err != nil || len(m.imports()) != 1 {
		t.Errorf("%v, %v, %v", ended(got), m.imports(), err)
	}
}

// TestSentIsKeptByAll has many processes remember at the same time.
func TestSentIsKeptByAll(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			m := &machine{t: t, dir: dir, server: newFakeBulk(t, fleet()), heard: &heard{}}
			state := m.state()
			p := diff(t, fleet(), tsv("id|pat", fmt.Sprintf("%d|%s", n+2, madeUpToken)), plan.DiffOptions{})
			for range 200 { // an import of another one is in the way for a while
				if _, err := plan.ResumeBulk(t.Context(), m.server, state, m.options(), m.heard); err != nil {
					t.Error(err)
				}
				got, err := plan.ApplyBulk(t.Context(), m.server, state, p, m.options(), m.heard)
				if err == nil && got.Rows[0].Outcome == plan.OutcomeVerified {
					return
				}
			}
			t.Errorf("process %d never got through", n)
		})
	}
	all.Wait()
	state := openState(t, dir, "https://jira.example.com/jira")
	for id := range int64(4) {
		if sent, found := state.Sent(id+2, "pat"); !found || sent.Value != state.Fingerprint(madeUpToken) || sent.At != clock().Unix() {
			t.Errorf("%d: %+v, %v", id+2, sent, found)
		}
	}
}

func TestPendingImportsAreReadable(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.o.NoWait = true
	if _, err := m.run(t.Context(), tsv("id|pat|displayName", "3|"+madeUpToken+"|papers")); err != nil {
		t.Fatal(err)
	}
	p := m.pending()
	data, err := json.Marshal(p)
	if err != nil || strings.Contains(string(data), madeUpToken) {
		t.Fatal(string(data), err)
	}
	row := p.Hidden[0]
	if p.Rows != 1 || len(p.Hash) != 64 || !p.Started.Equal(clock()) || p.Thread.Cookies[0].Name != "ROUTEID" || row.ID != 3 || row.Cells["pat"].Value == "" {
		t.Errorf("%+v", p)
	}
	if row.Origin != "git@git.acme.example:docs.git" || p.Deletes != nil {
		t.Errorf("%+v", p)
	}
}

// TestResume follows an import of a killed process to its end, whatever the server does meanwhile.
func TestResume(t *testing.T) {
	t.Parallel()
	file := tsv("id|pat", "3|"+madeUpToken, "4|"+madeUpToken)
	for name, tt := range map[string]struct {
		change func(*fakeBulk)
		resent string // what the next command sends once more
		err    bool
	}{
		"it ends": {change: func(*fakeBulk) {}},
		"one row failed": {
			change: func(f *fakeBulk) {
				f.threads[141].entries = []gij.BulkEntry{{Error: true, Message: "git@git.acme.example:docs.git: no"}}
			},
			resent: "3|git@git.acme.example:docs.git|" + madeUpToken,
		},
		"an error of no row": {
			change: func(f *fakeBulk) { f.threads[141].entries = []gij.BulkEntry{{Error: true}} },
			resent: "3|git@git.acme.example:docs.git|" + madeUpToken + "/4|https://codecommit.us-east-1|" + madeUpToken,
		},
		"the server was restarted": {
			change: func(f *fakeBulk) { clear(f.threads); f.threads[0] = nil },
			resent: "3|git@git.acme.example:docs.git|" + madeUpToken + "/4|https://codecommit.us-east-1|" + madeUpToken,
		},
		"still running": {change: func(f *fakeBulk) { f.threads[141].polls = 99 }, err: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, newFakeBulk(t, fleet()))
			m.o.NoWait = true
			if _, err := m.run(t.Context(), file); err != nil {
				t.Fatal(err)
			}
			m.o.NoWait, m.o.WaitTimeout = false, 20*time.Second
			tt.change(m.server)
			_, err := m.run(t.Context(), file)
			if (err != nil) != tt.err || errors.As(err, new(*plan.StillRunningError)) != tt.err || (m.pending() != nil) != tt.err {
				t.Errorf("%v, %v", err, m.pending())
			}
			resent := strings.TrimPrefix(strings.Join(m.imports()[1:], ""), "id|origin|pat/")
			same(t, "sent once more", tt.resent, strings.TrimSuffix(resent, " []"))
		})
	}
}
