package plan_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

// killedAt runs a command and ends it where the hook panics.
func (m *machine) killedAt(file string) {
	m.t.Helper()
	defer func() {
		if r := recover(); r != nil && r != any("killed") {
			panic(r)
		}
	}()
	_, _ = m.run(m.t.Context(), file)
	m.t.Error("nobody killed it")
}

// killAfterImport kills a process that gets an answer to an import, before it can write the answer down.
func killAfterImport(call string) error {
	if strings.HasPrefix(call, "import") {
		panic("killed")
	}
	return nil
}

// TestASlowClone is a server that shows an added row late, after the process was killed before it knew the number of the import: the next
// run adds nothing, and says which row it is about.
func TestASlowClone(t *testing.T) {
	t.Parallel()
	added := "|git@git.acme.example:new.git|new"
	for name, tt := range map[string]struct {
		file  string
		slow  int // exports that do not show the row
		codes []string
		rows  int // that the server has in the end
	}{
		"alone, and soon":             {tsv("id|origin|displayName", added), 3, []string{""}, 7},
		"alone, and late":             {tsv("id|origin|displayName", added), 8, []string{"partial", ""}, 7},
		"with a change, and soon":     {tsv("id|origin|displayName", added, "3||papers"), 2, []string{""}, 7},
		"with a change, and late":     {tsv("id|origin|displayName", added, "3||papers"), 6, []string{"partial", ""}, 7},
		"with a secret that is blank": {tsv("id|origin|displayName|pat", added+"|", "3|||"+madeUpToken), 6, []string{"partial", ""}, 7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, newFakeBulk(t, fleet()))
			m.server.after = killAfterImport
			m.killedAt(tt.file)
			m.server.after, m.server.slow = nil, tt.slow
			for _, want := range tt.codes {
				sent := len(m.imports())
				_, err := m.run(t.Context(), tt.file)
				if codeOf(err) != want {
					t.Fatalf("%v, not %q", err, want)
				}
				var undecided *plan.UndecidedError
				if !errors.As(err, &undecided) {
					continue
				}
				if !strings.Contains(err.Error(), `"new"`) || undecided.Hint() == "" || len(m.imports()) != sent || m.pending() == nil {
					t.Errorf("%v, sent %v", err, m.imports())
				}
				if !slices.Contains(m.pauses, 10*time.Second) {
					t.Errorf("looked after %v", m.pauses)
				}
				m.server.slow = 0
			}
			if len(m.server.rows) != tt.rows || m.pending() != nil {
				t.Errorf("%d rows, pending %v", len(m.server.rows), m.pending())
			}
			if got, err := m.run(t.Context(), tt.file); err != nil || len(got.Rows) > 0 && got.Rows[0].Change.Action == plan.ActionCreate {
				t.Errorf("the last time: %v, %v", ended(got), err)
			}
		})
	}
}

// TestAnUploadThatWasLost kills a process whose upload never reached the server, although all of it was sent. What shows that depends on
// the file; in the end each row is there once.
func TestAnUploadThatWasLost(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		file  string
		codes []string
	}{
		"a change tells":  {tsv("id|origin|displayName", "|git@git.acme.example:new.git|new", "3||papers"), []string{""}},
		"a secret tells":  {tsv("id|origin|displayName|pat", "|git@git.acme.example:new.git|new|", "4|||"+madeUpToken), []string{""}},
		"nothing tells":   {tsv("id|origin|displayName", "|git@git.acme.example:new.git|new"), []string{"partial", ""}},
		"nothing is new":  {tsv("id|displayName", "3|papers"), []string{""}},
		"a deletion only": {tsv("id|delete", "3|delete"), []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, newFakeBulk(t, fleet()))
			m.server.hide, m.o.Confirmed = "blob", []int64{3}
			m.server.secrets["4/pat"] = "made-up-older-token"
			m.server.received = func() { panic("killed") }
			m.killedAt(tt.file)
			m.server.received = nil
			for _, want := range tt.codes {
				if _, err := m.run(t.Context(), tt.file); codeOf(err) != want {
					t.Fatalf("%v, not %q", err, want)
				}
			}
			if got, err := m.run(t.Context(), tt.file); err != nil || len(got.Rows) > 0 || m.pending() != nil {
				t.Errorf("the last time: %v, %v", ended(got), err)
			}
		})
	}
}

// TestAnImportThatWasNotSent waits for nothing.
func TestAnImportThatWasNotSent(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.server.before = killAfterImport
	file := tsv("id|origin|displayName", "|git@git.acme.example:new.git|new")
	m.killedAt(file)
	if p := m.pending(); p == nil || p.Sent || len(p.Adds) != 1 {
		t.Fatalf("pending %+v", p)
	}
	m.server.before = nil
	got, err := m.run(t.Context(), file)
	same(t, "rows", []string{"create verified 101"}, ended(got))
	same(t, "pauses", []time.Duration{time.Second}, m.pauses)
	if err != nil || m.pending() != nil {
		t.Error(err, m.pending())
	}
}

// TestAnEndThatIsLostIsDoubted is a server that forgets the import while it still adds a row: the run says so, and the next one, which
// somebody starts, adds it.
func TestAnEndThatIsLostIsDoubted(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.server.after = func(call string) error {
		if strings.HasPrefix(call, "import") {
			clear(m.server.threads)
			m.server.threads[140] = &fakeThread{}
			_, m.server.rows = read(t, fleet())
			m.server.after = nil
		}
		return nil
	}
	file := tsv("id|origin|displayName", "|git@git.acme.example:new.git|new", "3||docs")
	got, err := m.run(t.Context(), file)
	same(t, "rows", []string{"create unverified 0 with create \"new\": it was not added, and the server did not tell the end of the import, so it may still come"}, []string{ended(got)[0] + " with " + got.Rows[0].Err.Error()})
	if p := m.pending(); err != nil || p == nil || !p.Doubted {
		t.Fatalf("%v, pending %+v", err, p)
	}
	got, err = m.run(t.Context(), file)
	if err != nil || m.pending() != nil || len(m.server.rows) != 7 {
		t.Errorf("%v, %v, %d rows", ended(got), err, len(m.server.rows))
	}
}

// TestErrorsThatAResumedRunHeard are not forgotten when it is cut off as well, by a server that tells each once.
func TestErrorsThatAResumedRunHeard(t *testing.T) {
	t.Parallel()
	file := tsv("id|pat", "3|"+madeUpToken)
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.o.NoWait, m.server.drained, m.server.polls = true, true, 5
	m.server.complain = func(map[string]string) string { return "java.lang.NullPointerException" }
	if _, err := m.run(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	m.o.NoWait, m.o.WaitTimeout = false, 4*time.Second
	if _, err := m.run(t.Context(), file); codeOf(err) != "still_running" {
		t.Fatal(err)
	}
	if p := m.pending(); p == nil || !p.Failed {
		t.Fatalf("pending %+v", p)
	}
	m.server.complain, m.o.WaitTimeout = nil, 0
	if _, err := m.run(t.Context(), file); err != nil || m.server.secrets["3/pat"] != madeUpToken {
		t.Errorf("%v, %v", err, m.server.secrets)
	}
}

// TestACommandWaitsForAnother begins while another command of the machine is sending: it sends nothing before that has ended.
func TestACommandWaitsForAnother(t *testing.T) {
	t.Parallel()
	file := tsv("id|origin|displayName", "|git@git.acme.example:new.git|new")
	m := newMachine(t, newFakeBulk(t, fleet()))
	second := *m
	second.heard, second.o.WaitTimeout = &heard{}, 20*time.Second
	m.server.received = func() {
		m.server.received = nil
		_, err := second.run(t.Context(), file)
		var running *plan.StillRunningError
		if !errors.As(err, &running) || !running.Elsewhere || len(m.imports()) != 1 {
			t.Errorf("%v, %v", err, m.imports())
		}
		if p := m.pending(); p == nil || !p.Sent {
			t.Errorf("its import is forgotten: %+v", p)
		}
	}
	got, err := m.run(t.Context(), file)
	same(t, "rows", []string{"create verified 101"}, ended(got))
	if err != nil || !slices.ContainsFunc(second.heard.lines, func(line string) bool { return strings.Contains(line, "waiting for its end") }) {
		t.Error(err, second.heard.lines)
	}
	if got, err := second.run(t.Context(), file); err != nil || len(got.Rows) != 0 {
		t.Errorf("afterwards: %v, %v", ended(got), err)
	}
}

// TestAStateThatCannotBeWritten ends an import before anything is sent.
func TestAStateThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	state := m.state()
	p := diff(t, fleet(), tsv("id|pat", "3|"+madeUpToken), plan.DiffOptions{})
	m.o.BackupTo = t.TempDir() + "/kept.tsv"
	// A file where the folder of the server was: nothing can be written there, whoever one is.
	folder := filepath.Dir(filepath.Dir(state.BackupPath()))
	if err := errors.Join(os.RemoveAll(folder), os.WriteFile(folder, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	got, err := plan.ApplyBulk(t.Context(), m.server, state, p, m.options(), m.heard)
	if err == nil || len(m.imports()) != 0 || gij.IsKind(err, gij.KindUnknown) {
		t.Errorf("%v, %v", err, m.imports())
	}
	same(t, "outcome", plan.OutcomeNotStarted, got.Rows[0].Outcome)
}
