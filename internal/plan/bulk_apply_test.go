package plan_test

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

// same fails where what a test states is not what came.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got)\n%s", what, d)
	}
}

const madeUpToken = "made-up-token-of-the-bulk-tests"

// oneOfEach changes a row, a secret, adds a row and deletes an integration with its child.
func oneOfEach() string {
	return tsv("id|origin|displayName|pat|delete",
		"3|git@git.acme.example:docs.git|documents||",
		"4|||"+madeUpToken+"|",
		"|git@git.acme.example:new.git|new||",
		"1||||delete")
}

func TestApplyBulk(t *testing.T) {
	t.Parallel()
	for _, hide := range []string{"", "blob", "fresh", "clear"} {
		t.Run("secrets "+hide, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, newFakeBulk(t, fleet()))
			m.server.hide, m.o.Confirmed, m.o.MaxDeletes = hide, []int64{1}, 2
			before := m.server.text()
			got, err := m.run(t.Context(), oneOfEach())
			if err != nil {
				t.Fatal(err)
			}
			same(t, "rows", []string{"update verified 3", "update verified 4", "create verified 101", "delete verified 1"}, ended(got))
			same(t, "imports", []string{
				"id|origin|displayName|pat/3|git@git.acme.example:docs.git|documents|/4|https://codecommit.us-east-1||" + madeUpToken +
					"/|git@git.acme.example:new.git|new| []",
				"id|origin|delete/1|https://api.github.com|delete []",
				"id|origin|delete/1|https://api.github.com|delete [1 2]",
			}, m.imports())
			same(t, "threads", []int64{141, 142}, got.Threads)
			same(t, "deleted", []gij.BulkDelete{{ID: 1, Description: "github"}, {ID: 2, Description: "web"}}, got.Deleted)
			backup, err := os.ReadFile(got.Backup)
			if err != nil || !strings.HasSuffix(got.Backup, "/backups/2026-11-21T12-00-00Z.tsv") {
				t.Error(got.Backup, err)
			}
			same(t, "backup", before, string(backup))
			if m.pending() != nil {
				t.Error("an import is left pending")
			}
			calls := len(m.server.calls)
			again, err := m.run(t.Context(), oneOfEach())
			same(t, "the second time", plan.BulkResult{Rows: []plan.RowResult{}}, again)
			if err != nil || slices.ContainsFunc(m.server.calls[calls:], func(c string) bool { return c != "export" }) {
				t.Errorf("the second time: %v, %v", m.server.calls[calls:], err)
			}
		})
	}
}

func TestApplyBulkInBatches(t *testing.T) {
	t.Parallel()
	file := tsv("id|displayName", "2|a", "3|b", "4|c", "5|d", "6|e")
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.o.BatchSize = 2
	m.server.complain = func(row map[string]string) string {
		if row["id"] == "4" && row["displayName"] == "c" {
			return "java.lang.NullPointerException"
		}
		return ""
	}
	got, err := m.run(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "rows", []string{
		"update verified 2", "update verified 3", "update failed 4: java.lang.NullPointerException", "update verified 5", "update not_started 6",
	}, ended(got))
	same(t, "imports", 2, len(m.imports()))
	m.server.complain = nil
	if got, err = m.run(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	same(t, "the second time", []string{"update verified 4", "update verified 6"}, ended(got))
}

// TestDeletionsWaitForTheRest looks that nothing is deleted when a row before failed.
func TestDeletionsWaitForTheRest(t *testing.T) {
	t.Parallel()
	for name, complain := range map[string]func(map[string]string) string{
		"a failed row":               func(map[string]string) string { return "no clone" },
		"an error that names no row": func(map[string]string) string { return "cannot reach https://elsewhere.example" },
	} {
		m := newMachine(t, newFakeBulk(t, fleet()))
		m.o.Confirmed, m.server.complain = []int64{3}, complain
		got, err := m.run(t.Context(), tsv("id|displayName|delete", "2|other|", "3||delete"))
		if err != nil {
			t.Fatal(err)
		}
		if out := ended(got); !strings.HasPrefix(out[0], "update failed 2") || out[1] != "delete not_started 3" || len(m.imports()) != 1 {
			t.Errorf("%s: %v, %v", name, out, m.imports())
		}
	}
}

func TestWholeFile(t *testing.T) {
	t.Parallel()
	file := tsv("id|displayName|delete", "2|web|", "3|papers|", "5||delete")
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.o.Confirmed, m.o.BatchSize = []int64{5}, 1
	whole := tsv("id|displayName|delete", "2|web|", "3|papers|")
	m.o.Full = func(w io.Writer) error {
		_, err := io.WriteString(w, whole)
		return err
	}
	got, err := m.run(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "rows", []string{"update verified 3", "delete verified 5"}, ended(got))
	same(t, "first upload", whole, m.server.uploads[0])
}

// TestGuards looks that nothing is deleted beyond what was agreed to.
func TestGuards(t *testing.T) {
	t.Parallel()
	file := tsv("id|delete", "1|delete", "3|delete")
	for name, tt := range map[string]struct {
		set     func(*machine)
		message string
		imports int
		deleted bool
	}{
		"not confirmed":         {func(m *machine) { m.o.Confirmed = []int64{1} }, "the deletion of 3 is not confirmed", 0, false},
		"too many, by the plan": {func(m *machine) { m.o.MaxDeletes = 0 }, "3 rows would be deleted", 0, false},
		"a stranger is listed":  {func(m *machine) { m.server.extra = []gij.BulkDelete{{ID: 77, Description: "wiki"}} }, `would also delete 77 "wiki"`, 1, false},
		"one is not listed":     {func(m *machine) { m.server.before = hideRow(m.server, "3") }, "does not list 3", 1, false},
		"asks again":            {func(m *machine) { m.server.again = true }, "asks again", 2, false},
		"children unlisted":     {func(m *machine) { m.server.unlisted = true }, "", 2, true},
		"begins at once":        {func(m *machine) { m.server.careless = true }, "", 2, true},
		"listed":                {func(*machine) {}, "", 2, true},
		"slow removal":          {func(m *machine) { m.server.lazy = 5 }, "", 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, newFakeBulk(t, fleet()))
			m.o.Confirmed, m.o.MaxDeletes = []int64{1, 3}, 3
			tt.set(m)
			got, err := m.run(t.Context(), file)
			var guard *plan.GuardError
			switch {
			case tt.message == "" && err != nil:
				t.Error(err)
			case tt.message != "" && (!errors.As(err, &guard) || !strings.Contains(err.Error(), tt.message) || guard.Hint() == "" || guard.Code() != "guard"):
				t.Errorf("got %v, want %s", err, tt.message)
			}
			want := []string{"delete not_started 1", "delete not_started 3"}
			if tt.deleted {
				want = []string{"delete verified 1", "delete verified 3"}
			}
			same(t, "rows", want, ended(got))
			if len(m.imports()) != tt.imports || m.pending() != nil {
				t.Errorf("imports %v, pending %v", m.imports(), m.pending())
			}
		})
	}
}

// hideRow makes a server forget a row while it is asked what it would delete.
func hideRow(f *fakeBulk, id string) func(string) error {
	return func(call string) error {
		if strings.HasPrefix(call, "import") {
			f.remove(id)
		}
		return nil
	}
}

func TestADeletionThatDoesNotHappen(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.o.Confirmed, m.server.lazy = []int64{3}, 99
	got, err := m.run(t.Context(), tsv("id|delete", "3|delete"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "rows", []string{"delete failed 3"}, ended(got))
	same(t, "pauses", []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second}, m.pauses)
}

func TestWhatMovedIsNotOverwritten(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	exports := 0
	m.server.before = func(string) error {
		if exports++; exports == 2 {
			m.server.find("3")["displayName"] = "somebody else's"
		}
		return nil
	}
	got, err := m.run(t.Context(), tsv("id|displayName", "2|a", "3|b"))
	var conflict *plan.ConflictError
	if !errors.As(err, &conflict) || !strings.Contains(err.Error(), "somebody else's") {
		t.Errorf("got %v", err)
	}
	if len(m.imports()) != 0 || got.Rows[0].Outcome != plan.OutcomeNotStarted || got.Rows[0].Err == nil || got.Backup == "" {
		t.Errorf("%v %+v", m.imports(), got)
	}
}

func TestNoWait(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.o.NoWait, m.o.Confirmed = true, []int64{3}
	_, err := m.run(t.Context(), tsv("id|displayName|delete", "2|a|", "3||delete"))
	if !errors.As(err, new(*plan.GuardError)) || len(m.imports()) != 0 {
		t.Errorf("two imports: %v, %v", err, m.imports())
	}
	file := tsv("id|displayName|pat", "4|a|"+madeUpToken)
	got, err := m.run(t.Context(), file)
	if err != nil || got.Running != 141 || m.pending().Thread.ID != 141 {
		t.Fatalf("%+v, %v", got, err)
	}
	same(t, "rows", []string{"update unverified 4"}, ended(got))
	// The next command waits for the end of it, and remembers the secret.
	m.o.NoWait = false
	got, err = m.run(t.Context(), file)
	if err != nil || len(got.Rows) != 0 || len(m.imports()) != 1 || m.pending() != nil {
		t.Errorf("%+v, %v, %v", got, m.imports(), err)
	}
}

// TestErrorsOfRows looks that a row that the server complains about is no success, even if all that is visible agrees.
func TestErrorsOfRows(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		file string
		log  []gij.BulkEntry
		want []string
		rest []string
	}{
		"values are there, and an error": {
			tsv("id|displayName", "3|papers"),
			[]gij.BulkEntry{{Error: true, Message: "git@git.acme.example:docs.git: authentication failed"}},
			[]string{"update failed 3: git@git.acme.example:docs.git: authentication failed"},
			nil,
		},
		"an error of no row": {
			tsv("id|displayName", "3|papers"),
			[]gij.BulkEntry{{Error: true, Message: "out of memory"}},
			[]string{"update verified 3"},
			[]string{"out of memory"},
		},
		"an error of no row, and a secret": {
			tsv("id|pat", "3|"+madeUpToken),
			[]gij.BulkEntry{{Error: true}},
			[]string{"update unverified 3"},
			[]string{"an error without a message"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, newFakeBulk(t, fleet()))
			m.server.after = func(call string) error {
				if strings.HasPrefix(call, "import") {
					m.server.threads[141].entries = tt.log
				}
				return nil
			}
			got, err := m.run(t.Context(), tt.file)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "rows", tt.want, ended(got))
			same(t, "messages", tt.rest, got.Messages)
		})
	}
}

func TestBackupInAnotherPlace(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.o.BackupTo = t.TempDir() + "/kept.tsv"
	got, err := m.run(t.Context(), tsv("id|displayName", "2|a"))
	if err != nil || got.Backup != m.o.BackupTo {
		t.Fatal(got.Backup, err)
	}
	if info, err := os.Stat(got.Backup); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}
}

func TestWithoutState(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	have, err := plan.ReadExport(t.Context(), m.server, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.DiffBulk(strings.NewReader(tsv("id|pat", "3|"+madeUpToken)), have, plan.DiffOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = plan.ApplyBulk(t.Context(), m.server, nil, p, m.options(), m.heard); err == nil {
		t.Error("nothing says where the backup goes")
	}
	m.o.BackupTo = t.TempDir() + "/kept.tsv"
	got, err := plan.ApplyBulk(t.Context(), m.server, nil, p, m.options(), m.heard)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "rows", []string{"update verified 3"}, ended(got))
	if pending, err := plan.ResumeBulk(t.Context(), m.server, nil, m.options(), m.heard); pending != nil || err != nil {
		t.Error(pending, err)
	}
}

func TestAnExportThatIsNone(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.server.before = func(string) error {
		m.server.columns = []string{"<html>"}
		return nil
	}
	if _, err := plan.ReadExport(t.Context(), m.server, m.state(), ""); err == nil || !strings.Contains(err.Error(), "read the server's export") {
		t.Error(err)
	}
}
