package plan_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/sandbox"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijtsv"
	"github.com/gijctl/gijctl/pkg/secret"
)

// oddFile has a change of each kind against the demo.
func oddFile() string {
	return tsv(
		"id|origin|displayName|tagsFilter|refSpecCustom|projectMapping|pat|delete",
		"1|https://api.github.com|GitHub, renamed||+refs/pull/*:refs/pull/*|10000, 10100|"+typedToken+"|",
		"3|||release/.*||||",
		"|git@git.acme.example:team/new.git|new|||ALL||",
		"9|||||||delete",
		"12|||||||delete",
	)
}

// odd is a sandbox with faults whose clock goes as far as the client waits, and what a machine remembers of it.
type odd struct {
	t      *testing.T
	server *sandbox.Server
	bulk   *gij.BulkService
	state  *plan.BulkState
	ahead  atomic.Int64 // of the clock
}

func newOdd(t *testing.T, faults ...string) *odd {
	t.Helper()
	o := &odd{t: t}
	server, err := sandbox.Start(t.Context(), sandbox.Options{Faults: faults, Now: o.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	client, err := gij.New(gij.Config{BaseURL: server.URL, Token: secret.New(server.Token), Timeout: time.Minute, Wait: o.wait})
	if err != nil {
		t.Fatal(err)
	}
	o.server, o.bulk = server, client.Bulk
	if o.state, err = plan.OpenBulkState(t.TempDir(), server.URL, o.now); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *odd) now() time.Time {
	return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(o.ahead.Load()))
}

func (o *odd) wait(ctx context.Context, d time.Duration) error {
	o.ahead.Add(int64(d))
	return ctx.Err()
}

// plan compares a file with the server, as the commands do.
func (o *odd) plan(file string) (*plan.BulkPlan, error) {
	o.t.Helper()
	have, err := plan.ReadExport(o.t.Context(), o.bulk, o.state, "")
	if err != nil {
		return nil, err
	}
	return plan.DiffBulk(strings.NewReader(file), have, plan.DiffOptions{
		Name: "odd.tsv", Memory: o.state,
		Changing: func() (map[string]bool, error) {
			second, err := o.bulk.Export(o.t.Context())
			if err != nil {
				return nil, err
			}
			defer func() { _ = second.Close() }()
			return have.Changing(second)
		},
	})
}

func (o *odd) apply(p *plan.BulkPlan) (plan.BulkResult, error) {
	o.t.Helper()
	return plan.ApplyBulk(o.t.Context(), o.bulk, o.state, p, plan.ImportOptions{
		Confirmed: p.Marked, Wait: o.wait, WaitTimeout: time.Hour,
	}, &heard{})
}

// TestEveryKnob imports a file into a server of each kind that the documentation allows, and once more. Where nothing else is said, each
// row is verified, and the second time there is nothing to do.
func TestEveryKnob(t *testing.T) {
	t.Parallel()
	type ending struct {
		code    string   // of the error of the import
		rows    []string // of the result, where not all are verified
		left    bool     // there is something to do the second time
		refused string   // the code of the plan's own error
	}
	unlike := map[string]ending{
		"moved=1":             {code: "conflict", rows: []string{"not_started", "not_started", "not_started", "not_started", "not_started"}, left: true},
		"row-fails=1":         {rows: []string{"failed", "verified", "verified", "not_started", "not_started"}, left: true},
		"row-fails=team/new":  {rows: []string{"verified", "verified", "failed", "not_started", "not_started"}, left: true},
		"row-ignored=3":       {rows: []string{"verified", "failed", "verified", "not_started", "not_started"}, left: true},
		"import-hangs=0":      {code: "still_running", rows: []string{"unverified", "unverified", "unverified", "not_started", "not_started"}, left: true},
		"import-hangs=50":     {code: "still_running", rows: []string{"unverified", "unverified", "unverified", "not_started", "not_started"}, left: true},
		"export-hides=origin": {rows: nil, left: true, refused: "invalid_input"},
		"confirm-ids=comma":   {rows: []string{"verified", "verified", "verified", "verified", "failed"}, left: true}, // of ids one by one it takes the first
		"deletion-delay=1h":   {rows: []string{"verified", "verified", "verified", "failed", "failed"}, left: true},
	}
	var specs []string
	for _, f := range sandbox.Faults() {
		specs = append(specs, bulkSpecs(f)...)
	}
	if len(specs) < 50 {
		t.Fatalf("%d knobs of the bulk change: %v", len(specs), specs)
	}
	for _, spec := range specs {
		t.Run(spec, func(t *testing.T) {
			t.Parallel()
			want := unlike[spec]
			o := newOdd(t, strings.Fields(spec)...)
			p, err := o.plan(oddFile())
			if err != nil {
				if codeOf(err) != want.refused || want.refused == "" {
					t.Fatalf("the plan: %v", err)
				}
				return
			}
			result, err := o.apply(p)
			if codeOf(err) != want.code {
				t.Fatalf("the import: %v", err)
			}
			o.checkRows(result, want.rows)
			if want.left {
				return
			}
			again, err := o.plan(oddFile())
			if err != nil {
				t.Fatalf("the second plan: %v", err)
			}
			if !again.Empty() || len(again.Held) > 0 {
				t.Errorf("the second time this is left: %v", shown(again))
			}
			o.checkExport()
		})
	}
}

// bulkSpecs are the settings of one knob that this test plays; none for one that is not about the bulk change.
func bulkSpecs(f sandbox.Fault) []string {
	values := map[string][]string{
		"moved": {"1"}, "row-fails": {"1", "team/new"}, "row-ignored": {"3"}, "import-hangs": {"0", "50"}, "deletion-delay": {"5s", "1h"},
		"import-step": {"1s"}, "export-slow": {"1ms"}, "export-hides": {"tagsFilter", "origin", "awsRegion"}, "export-type": {"text/html", "application/octet-stream"},
		"app-type": {"GHA"},
	}
	names := []string{
		"export-secrets", "export-pem", "app-columns", "extra-columns", "export-quoting", "export-encoding", "export-booleans", "export-order", "absolute-root",
		"drift", "unknown-column", "bulk-needs-origin", "header-order", "quoted-empty", "new-integration", "notes-default", "pem-check", "import-lock", "import-success",
		"delete-asks", "partial-confirm", "list-children", "confirm-ids", "progress", "two-nodes", "thread-forgotten", "row-fails-as",
	}
	for _, name := range names {
		if name != f.Name {
			continue
		}
		list := strings.TrimSuffix(strings.TrimPrefix(f.Values, "[="), "]")
		if list == "" {
			return []string{name}
		}
		var specs []string
		for value := range strings.SplitSeq(list, "|") {
			specs = append(specs, name+"="+value)
		}
		return specs
	}
	if f.Name == "unknown-thread" {
		return []string{"unknown-thread=200 thread-forgotten", "unknown-thread=404 thread-forgotten", "unknown-thread=finished two-nodes"}
	}
	var specs []string
	for _, value := range values[f.Name] {
		specs = append(specs, f.Name+"="+value)
	}
	return specs
}

func codeOf(err error) string {
	var coder interface{ Code() string }
	switch {
	case err == nil:
		return ""
	case errors.As(err, &coder):
		return coder.Code()
	}
	return "?"
}

func (o *odd) checkRows(result plan.BulkResult, want []string) {
	o.t.Helper()
	if want == nil {
		want = []string{"verified", "verified", "verified", "verified", "verified"}
	}
	var got, why []string
	for _, r := range result.Rows {
		got = append(got, string(r.Outcome))
		if r.Err != nil {
			why = append(why, r.Err.Error())
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		o.t.Fatalf("%s\n%s\n%v", d, strings.Join(why, "\n"), result.Messages)
	}
}

// checkExport looks for what nobody asked for: one new row, one less.
func (o *odd) checkExport() {
	o.t.Helper()
	body, err := o.bulk.Export(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	s, err := plan.ReadSnapshot(body, "")
	if err != nil {
		o.t.Fatal(err)
	}
	if s.Len() != 11 || s.Has(9) || !s.Has(1) {
		o.t.Errorf("the server has %d rows", s.Len())
	}
}

// TestAnExportOfAnyKindIsNothingToDo imports the server's own export: in whatever form it comes, there is nothing to do, and no secret
// is sent back.
func TestAnExportOfAnyKindIsNothingToDo(t *testing.T) {
	t.Parallel()
	specs := []string{"export-secrets=blank", "moved=12"}
	for _, f := range sandbox.Faults() {
		if strings.HasPrefix(f.Name, "export-") || strings.HasPrefix(f.Name, "app-") || f.Name == "extra-columns" || f.Name == "drift" {
			specs = append(specs, bulkSpecs(f)...)
		}
	}
	for _, spec := range specs {
		t.Run(spec, func(t *testing.T) {
			t.Parallel()
			o := newOdd(t, spec)
			var file bytes.Buffer
			body, err := o.bulk.Export(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.Copy(&file, body)
			if err := errors.Join(err, body.Close()); err != nil {
				t.Fatal(err)
			}
			note, done := o.state.NoteExported()
			if _, err := gijtsv.Copy(bytes.NewReader(file.Bytes()), io.Discard, gijtsv.CopyOptions{OnSecret: note}); err != nil {
				t.Fatal(err)
			}
			if err := done(); err != nil {
				t.Fatal(err)
			}
			p, err := o.plan(file.String())
			if spec == "export-hides=origin" && codeOf(err) != "" {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range p.Changes {
				for _, cell := range c.Cells {
					if cell.Secret || spec != "moved=12" && spec != "drift" {
						t.Errorf("%s of %d is sent: %s", cell.Column, c.ID, fmt.Sprint(cell))
					}
				}
			}
		})
	}
}
