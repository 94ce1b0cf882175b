package plan_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

// heard is what an import tells.
type heard struct {
	lines   []string
	entries []gij.BulkEntry
}

func (h *heard) Step(what string)     { h.lines = append(h.lines, "step "+what) }
func (h *heard) Backup(string)        { h.lines = append(h.lines, "backup") }
func (h *heard) Started(thread int64) { h.lines = append(h.lines, fmt.Sprintf("started %d", thread)) }
func (h *heard) Say(line string)      { h.lines = append(h.lines, line) }
func (h *heard) Polled(p gij.BulkProgress) {
	h.entries = append(h.entries, p.Entries...)
}

// machine is one machine with its state folder, which uses a server.
type machine struct {
	t      *testing.T
	dir    string
	server *fakeBulk
	heard  *heard
	pauses []time.Duration
	o      plan.ImportOptions
}

func newMachine(t *testing.T, server *fakeBulk) *machine {
	t.Helper()
	return &machine{t: t, dir: filepath.Join(t.TempDir(), "state"), server: server, heard: &heard{}}
}

// state opens the state folder anew, as each command does.
func (m *machine) state() *plan.BulkState {
	m.t.Helper()
	s, err := plan.OpenBulkState(m.dir, "https://jira.example.com/jira", clock)
	if err != nil {
		m.t.Fatal(err)
	}
	return s
}

func clock() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func (m *machine) options() plan.ImportOptions {
	o := m.o
	o.Wait = func(ctx context.Context, d time.Duration) error {
		m.pauses = append(m.pauses, d)
		return ctx.Err()
	}
	return o
}

// run is one command: bulk import FILE.
func (m *machine) run(ctx context.Context, file string) (plan.BulkResult, error) {
	m.t.Helper()
	state := m.state()
	if _, err := plan.ResumeBulk(ctx, m.server, state, m.options(), m.heard); err != nil {
		return plan.BulkResult{}, err
	}
	have, err := plan.ReadExport(ctx, m.server, state, "")
	if err != nil {
		return plan.BulkResult{}, err
	}
	p, err := plan.DiffBulk(strings.NewReader(file), have, plan.DiffOptions{
		Name: "fleet.tsv", Memory: state, Changing: func() (map[string]bool, error) {
			body, err := m.server.Export(ctx)
			if err != nil {
				return nil, err
			}
			return have.Changing(body)
		},
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return plan.ApplyBulk(ctx, m.server, state, p, m.options(), m.heard)
}

func (m *machine) pending() *plan.PendingImport {
	m.t.Helper()
	p, err := m.state().Pending()
	if err != nil {
		m.t.Fatal(err)
	}
	return p
}

// imports are the uploads that the server was sent, as tests state them.
func (m *machine) imports() []string {
	var all []string
	for _, call := range m.server.calls {
		if upload, is := strings.CutPrefix(call, "import "); is {
			all = append(all, upload)
		}
	}
	return all
}

// ended are the rows of a result: "verified 3", with what the server said.
func ended(r plan.BulkResult) []string {
	var all []string
	for _, row := range r.Rows {
		line := fmt.Sprintf("%s %s %d", row.Change.Action, row.Outcome, row.ID)
		if row.Message != "" {
			line += ": " + row.Message
		}
		if (row.Err == nil) != (row.Outcome == plan.OutcomeVerified) {
			line += fmt.Sprintf(" with %v", row.Err)
		}
		all = append(all, line)
	}
	return all
}
