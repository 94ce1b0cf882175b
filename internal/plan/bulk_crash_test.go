package plan_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

// TestRefusedImports are answers that say that nothing was done.
func TestRefusedImports(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.o.BatchSize = 1
	refusal := &gij.Error{Kind: gij.KindForbidden, Op: "import", Message: "not allowed"}
	m.server.before = func(call string) error {
		if strings.HasPrefix(call, "import") {
			return refusal
		}
		return nil
	}
	got, err := m.run(t.Context(), tsv("id|displayName", "2|a", "3|b"))
	same(t, "rows", []string{"update failed 2", "update not_started 3"}, ended(got))
	if !errors.Is(err, refusal) || m.pending() != nil || got.Rows[1].Err == nil {
		t.Errorf("%v, %v", err, m.pending())
	}
}

// lose loses the answer of the first import: after it was carried out, or before.
func lose(f *fakeBulk, afterwards bool) {
	lost := false
	hook := func(call string) error {
		if strings.HasPrefix(call, "import") && !lost {
			lost = true
			return errLost
		}
		return nil
	}
	if afterwards {
		f.after = hook
	} else {
		f.before = hook
	}
}

func TestLostAnswers(t *testing.T) {
	t.Parallel()
	visible, rotation := tsv("id|displayName|pat", "3|papers|"+madeUpToken), tsv("id|pat", "3|"+madeUpToken)
	for name, tt := range map[string]struct {
		file  string
		hide  string
		had   bool // a secret before
		after bool
		want  string
		err   bool
	}{
		"seen":                            {file: visible, after: true, want: "update verified 3"},
		"not seen":                        {file: visible, want: "update unknown 3", err: true},
		"a secret that nothing shows":     {file: rotation, after: true, want: "update unknown 3", err: true},
		"a secret whose blob changed":     {file: rotation, hide: "blob", had: true, after: true, want: "update verified 3"},
		"a secret whose blob is the same": {file: rotation, hide: "blob", had: true, want: "update unknown 3", err: true},
		"a secret with fresh blobs":       {file: rotation, hide: "fresh", had: true, after: true, want: "update unknown 3", err: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, newFakeBulk(t, fleet()))
			m.server.hide = tt.hide
			if tt.had {
				m.server.secrets["3/pat"] = "made-up-older-token"
			}
			lose(m.server, tt.after)
			got, err := m.run(t.Context(), tt.file)
			if (err != nil) != tt.err || (m.pending() != nil) != tt.err {
				t.Errorf("%v, %v", err, m.pending())
			}
			same(t, "rows", []string{tt.want}, ended(got))
			if _, err := m.run(t.Context(), tt.file); err != nil || m.server.secrets["3/pat"] != "" && m.server.secrets["3/pat"] != madeUpToken {
				t.Errorf("the second time: %v", err)
			}
			got, err = m.run(t.Context(), tt.file)
			if err != nil || len(got.Rows) != 0 || m.pending() != nil {
				t.Errorf("the third time: %+v, %v", got, err)
			}
		})
	}
}

// TestUnknownThread is a server that was restarted after it began.
func TestUnknownThread(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		file string
		done bool
		want string
	}{
		"done, and seen":       {tsv("id|displayName", "3|papers"), true, "update verified 3"},
		"not done":             {tsv("id|displayName", "3|papers"), false, "update unverified 3"},
		"done, and not shown":  {tsv("id|pat", "3|"+madeUpToken), true, "update unverified 3"},
		"added":                {tsv("id|origin|pat", "|git@git.acme.example:new.git|"+madeUpToken), true, "create verified 101"},
		"deleted":              {tsv("id|delete", "3|delete"), true, "delete verified 3"},
		"a deletion not begun": {tsv("id|delete", "3|delete"), false, "delete unverified 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, newFakeBulk(t, fleet()))
			m.o.Confirmed = []int64{3}
			var before []map[string]string
			m.server.after = func(string) error {
				if len(m.server.threads) > 0 && before == nil {
					before = []map[string]string{}
					clear(m.server.threads)
					m.server.threads[140] = &fakeThread{}
					if !tt.done {
						_, m.server.rows = read(t, fleet())
					}
				}
				return nil
			}
			got, err := m.run(t.Context(), tt.file)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "rows", []string{tt.want}, ended(got))
			if m.pending() != nil || !slices.Contains(m.pauses, 2*time.Second) {
				t.Errorf("pending %v, pauses %v", m.pending(), m.pauses)
			}
		})
	}
}

// babbling is a server whose progress is no progress.
type babbling struct{ *fakeBulk }

func (b babbling) Progress(context.Context, gij.BulkThread) (gij.BulkProgress, error) {
	return gij.BulkProgress{}, &gij.Error{Kind: gij.KindFailed, Op: "progress", Status: http.StatusOK, Message: "the answer cannot be understood"}
}

func TestProgressThatCannotBeUnderstood(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	have, err := plan.ReadExport(t.Context(), m.server, m.state(), "")
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.DiffBulk(strings.NewReader(tsv("id|displayName", "3|papers")), have, plan.DiffOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := plan.ApplyBulk(t.Context(), babbling{m.server}, m.state(), p, m.o, &heard{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "rows", []string{"update verified 3"}, ended(got))
	if m.pending() != nil {
		t.Error("the import is under way for ever")
	}
}

func TestInterrupts(t *testing.T) {
	t.Parallel()
	file := tsv("id|displayName", "2|a", "3|b")
	for name, tt := range map[string]struct {
		at    string
		after bool
		want  []string
		left  bool
		said  string
	}{
		"before the export":     {"export", false, nil, false, "interrupted"},
		"while sending":         {"import", false, []string{"update unverified 2", "update not_started 3"}, true, "import 141 goes on"},
		"after the answer":      {"import", true, []string{"update unverified 2", "update not_started 3"}, true, "import 141 goes on"},
		"while polling":         {"progress", false, []string{"update unverified 2", "update not_started 3"}, true, "import 141 goes on"},
		"after the last answer": {"progress", true, []string{"update unverified 2", "update not_started 3"}, true, "import 141 goes on"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			m := newMachine(t, newFakeBulk(t, fleet()))
			m.o.BatchSize = 1
			hook := func(call string) error {
				if strings.HasPrefix(call, tt.at) {
					cancel()
				}
				return nil
			}
			if tt.after {
				m.server.after = hook
			} else {
				m.server.before = hook
			}
			got, err := m.run(ctx, file)
			if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), tt.said) {
				t.Errorf("got %v", err)
			}
			same(t, "rows", tt.want, ended(got))
			if (m.pending() != nil) != tt.left {
				t.Errorf("pending %v", m.pending())
			}
			m.server.before, m.server.after = nil, nil
			if _, err = m.run(t.Context(), file); err != nil || m.server.find("2")["displayName"] != "a" || m.server.find("3")["displayName"] != "b" {
				t.Errorf("the second time: %v", err)
			}
			if uploads := m.imports(); len(uploads) != 2 {
				t.Errorf("sent %v", uploads)
			}
		})
	}
}

// TestKilledAnywhere kills the process before and after each request, and runs the command again: the end is right, and nothing is doubled.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	type killed struct{}
	for _, hide := range []string{"", "blob", "fresh", "clear"} {
		for n := range 44 {
			t.Run(fmt.Sprintf("%s %d", hide, n), func(t *testing.T) {
				t.Parallel()
				m := newMachine(t, newFakeBulk(t, fleet()))
				m.server.hide, m.o.Confirmed, m.o.MaxDeletes, m.o.BatchSize = hide, []int64{1}, 2, 2
				m.server.secrets["4/pat"] = "made-up-older-token"
				left := n
				hook := func(string) error {
					if left--; left == -1 {
						panic(killed{})
					}
					return nil
				}
				m.server.before, m.server.after = hook, hook
				func() {
					defer func() {
						if r := recover(); r != nil && r != any(killed{}) {
							panic(r)
						}
					}()
					_, _ = m.run(t.Context(), oneOfEach())
				}()
				m.server.before, m.server.after = nil, nil
				if _, err := m.run(t.Context(), oneOfEach()); err != nil {
					t.Fatal(err)
				}
				columns := []string{}
				for _, row := range m.server.rows {
					columns = append(columns, row["id"]+" "+row["displayName"])
				}
				same(t, "rows", []string{"3 documents", "4 aws", "5 twin a", "6 twin b", "101 new"}, columns)
				same(t, "secret", madeUpToken, m.server.secrets["4/pat"])
				last := len(m.imports())
				if _, err := m.run(t.Context(), oneOfEach()); err != nil || len(m.imports()) != last || m.pending() != nil {
					t.Errorf("the third time: %v, %v", m.imports()[last:], err)
				}
			})
		}
	}
}

// TestErrorsAreToldOnce kills a process that heard of an error which the server does not tell again.
func TestErrorsAreToldOnce(t *testing.T) {
	t.Parallel()
	type killed struct{}
	file := tsv("id|pat", "3|"+madeUpToken, "4|"+madeUpToken)
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.server.drained, m.server.polls = true, 5
	m.server.complain = func(row map[string]string) string {
		if row["id"] == "3" {
			return "java.lang.NullPointerException"
		}
		return ""
	}
	polls := 0
	m.server.before = func(call string) error {
		if strings.HasPrefix(call, "progress") {
			if polls++; polls == 4 {
				panic(killed{})
			}
		}
		return nil
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = m.run(t.Context(), file)
	}()
	if p := m.pending(); p == nil || !p.Failed {
		t.Fatalf("pending %+v", p)
	}
	m.server.before, m.server.complain = nil, nil
	got, err := m.run(t.Context(), file)
	if err != nil || m.server.secrets["3/pat"] != madeUpToken {
		t.Error(err, m.server.secrets)
	}
	same(t, "rows", []string{"update verified 3", "update verified 4"}, ended(got))
}

// TestAnEndWithoutAWord is a server that says of an import only that it is finished, as it may of any that it does not know.
func TestAnEndWithoutAWord(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.server.after = func(string) error {
		for _, thread := range m.server.threads {
			thread.entries = nil
		}
		return nil
	}
	got, err := m.run(t.Context(), tsv("id|displayName|pat", "2|a|", "3||"+madeUpToken))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "rows", []string{"update verified 2", "update unverified 3"}, ended(got))
	same(t, "pauses", []time.Duration{time.Second, 2 * time.Second}, m.pauses)
}
