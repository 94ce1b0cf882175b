package cli

import (
	"encoding/xml"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

func samplePlan() *plan.BulkPlan {
	return &plan.BulkPlan{
		Changes: []plan.BulkChange{
			{
				Action: plan.ActionUpdate, Kind: gijtsv.RowRepository, ID: 34, Line: 12, Name: "acme/web\x1b[2J", Origin: "git@git.acme.example:web.git",
				Cells: []plan.CellChange{
					{Column: "displayName", From: "old", To: "acme/web\x1b[2J"},
					{Column: "disabled", From: "false", To: "true"},
					{Column: "sshKeyId", From: "", To: "3"},
					{Column: "pat", Secret: true},
					{Column: "password", Secret: true, NotShown: true},
					{Column: "awsRegion", To: "eu-central-1", NotShown: true},
				},
				Warnings: []string{"look at it"}, Notes: []string{"it is fine"},
			},
			{
				Action: plan.ActionCreate, Kind: gijtsv.RowRepository, Line: 13, Origin: "git@git.acme.example:new.git",
				Cells: []plan.CellChange{{Column: "displayName", To: "new one"}, {Column: "password", Secret: true}},
			},
			{Action: plan.ActionDelete, Kind: gijtsv.RowIntegration, Type: "GITLAB", ID: 2, Line: 14, Name: "GitLab", With: []int64{3, 4}, Warnings: []string{"2 repositories go with it: 3, 4"}},
		},
		Unchanged: 7,
		Held: []plan.HeldSecret{
			{ID: 2, Line: 3, Column: "pat", Reason: "it came from an export"},
			{ID: 5, Line: 4, Column: "pat", Reason: "it came from an export"},
			{Line: 9, Column: "password", Reason: "it looks encrypted"},
		},
		Losses: []plan.Loss{{ID: 9, Name: "docs", Reason: "gone"}, {ID: 8, Column: "pat", Reason: "not in the backup"}},
	}
}

func TestBulkPlanText(t *testing.T) {
	t.Parallel()
	p := samplePlan()
	var b strings.Builder
	r := &bulkRun{plan: p, views: viewBulkPlan(p, false)}
	if err := (bulkPlanText{plan: p, views: r.views, warnings: r.warnings(), notes: []string{"a note"}}).write(&b); err != nil {
		t.Fatal(err)
	}
	const want = `Plan: 1 to add, 1 to change, 1 to delete, 2 to go with these, 7 as wanted already

~ update repository 34 acme/web\x1b[2J (line 12)
    displayName  "old" -> "acme/web\x1b[2J"
    disabled     false -> true
    sshKeyId     "" -> 3
    pat          [redacted] -> [redacted]
    password     (hidden) -> [redacted]
    awsRegion    (not shown) -> "eu-central-1"
    warning: look at it
    note: it is fine

+ create repository git@git.acme.example:new.git (line 13)
    displayName  "new one"
    password     [redacted]

- delete integration 2 GitLab (line 14)
    warning: 2 repositories go with it: 3, 4

warning: pat of 2 rows (2, 5) is held back: it came from an export; to send it all the same: --send-secret pat
warning: password of 1 row without id (line 9) is held back: it looks encrypted; to send it all the same: --send-secret password
warning: will not be as in the backup: row 9 docs: gone
warning: will not be as in the backup: pat of row 8: not in the backup
note: a note
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("the plan (-want +got):\n%s", diff)
	}
}

func TestLongPlanIsCut(t *testing.T) {
	t.Parallel()
	p := samplePlan()
	var b strings.Builder
	if err := (bulkPlanText{plan: p, views: viewBulkPlan(p, true), most: 1, all: "gijctl bulk diff x.tsv"}).write(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"~ update repository 34 acme/web\\x1b[2J\n", "and 2 more: gijctl bulk diff x.tsv shows all\n", "by column: displayName 2, password 2, awsRegion 1, disabled 1, pat 1, sshKeyId 1\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in the plan:\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "create") {
		t.Errorf("all is shown:\n%s", b.String())
	}
}

func TestManyIDsAreCut(t *testing.T) {
	t.Parallel()
	var ids []int64
	for id := range int64(1000) {
		ids = append(ids, id)
	}
	if got := someIDs(ids); !strings.HasSuffix(got, ", 19 and 980 more") {
		t.Error(got)
	}
}

func sampleResult() plan.BulkResult {
	p := samplePlan()
	return plan.BulkResult{
		Rows: []plan.RowResult{
			{Change: p.Changes[0], Outcome: plan.OutcomeFailed, ID: 34, Message: "java.lang.NullPointerException", Err: errors.New("displayName is \"old\" still")},
			{Change: p.Changes[1], Outcome: plan.OutcomeVerified, ID: 35, NotShown: []string{"password"}},
			{Change: p.Changes[2], Outcome: plan.OutcomeNotStarted, Err: errors.New("a batch before it failed")},
			{Change: p.Changes[2], Outcome: plan.OutcomeUnverified, Err: errors.New("the server forgot the import")},
			{Change: p.Changes[2], Outcome: plan.OutcomeUnknown, Err: errors.New("the answer was lost")},
		},
		Threads: []int64{142}, Backup: "/tmp/backup.tsv", Messages: []string{"something\x07 broke"},
	}
}

func TestJUnitReport(t *testing.T) {
	t.Parallel()
	data, err := reportJUnit("import", viewBulkResult(samplePlan(), sampleResult(), false))
	if err != nil {
		t.Fatal(err)
	}
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="gijctl bulk import" tests="7" failures="3" errors="2" skipped="1">
    <testcase classname="gijctl.bulk.import" name="line 12: update 34 acme/web\x1b[2J">
      <failure type="failed" message="displayName is &#34;old&#34; still; the server said: java.lang.NullPointerException"></failure>
    </testcase>
    <testcase classname="gijctl.bulk.import" name="line 13: create 35 git@git.acme.example:new.git"></testcase>
    <testcase classname="gijctl.bulk.import" name="line 14: delete 2 GitLab">
      <skipped></skipped>
    </testcase>
    <testcase classname="gijctl.bulk.import" name="line 14: delete 2 GitLab">
      <error type="unverified" message="the server forgot the import"></error>
    </testcase>
    <testcase classname="gijctl.bulk.import" name="line 14: delete 2 GitLab">
      <error type="unknown" message="the answer was lost"></error>
    </testcase>
    <testcase classname="gijctl.bulk.import" name="cannot come back: 9 docs">
      <failure type="loss" message="gone"></failure>
    </testcase>
    <testcase classname="gijctl.bulk.import" name="cannot come back: 8 pat">
      <failure type="loss" message="not in the backup"></failure>
    </testcase>
    <system-err>something\x07 broke</system-err>
  </testsuite>
</testsuites>
`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("the report (-want +got):\n%s", diff)
	}
	if err := xml.Unmarshal(data, new(struct{ XMLName xml.Name })); err != nil {
		t.Error(err)
	}
}

func TestBulkOutcome(t *testing.T) {
	t.Parallel()
	verified := plan.BulkResult{Rows: sampleResult().Rows[1:2], Threads: []int64{142}}
	for name, c := range map[string]struct {
		plan   plan.BulkPlan
		result plan.BulkResult
		err    error
		flags  bulkWriteFlags
		code   string // "" where all is well
		want   string
	}{
		"all is well":        {result: verified},
		"nothing to do":      {},
		"some failed":        {result: sampleResult(), code: codePartial, want: "of 5 rows: 1 verified, 1 failed, 1 unverified, 1 unknown, 1 not started; the server reported 1 error besides"},
		"an error of no row": {result: plan.BulkResult{Rows: verified.Rows, Messages: []string{"x"}}, code: codePartial, want: "1 verified; the server reported 1 error besides"},
		"a loss":             {plan: plan.BulkPlan{Losses: samplePlan().Losses}, result: verified, code: codePartial, want: "of 1 row: 1 verified; 2 changes that the backup cannot undo"},
		"a loss alone":       {plan: plan.BulkPlan{Losses: samplePlan().Losses[:1]}, code: codePartial, want: "there was nothing to send; 1 change that the backup cannot undo"},
		"refused at the end": {result: sampleResult(), err: &cliError{code: codeGuard, message: "the server would delete 9 as well", hint: "x"}, code: codeGuard, want: "the server would delete 9 as well; of 5 rows: 1 verified"},
		"refused at the begin": {
			result: plan.BulkResult{Rows: sampleResult().Rows[2:3]}, err: &cliError{code: codeConflict, message: "it was changed meanwhile"}, code: codeConflict, want: "it was changed meanwhile",
		},
		"not waited for": {result: plan.BulkResult{Rows: sampleResult().Rows[3:4], Threads: []int64{142}, Running: 142}, flags: bulkWriteFlags{noWait: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &app{streams: Streams{Err: &strings.Builder{}}}
			r := &bulkRun{app: a, plan: &c.plan, source: &bulkSource{}}
			err := r.outcome(t.Context(), bulkJob{flags: c.flags}, c.result, c.err)
			if c.code == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil {
				t.Fatal("no error")
			}
			if got := explain(err); got.Code != c.code || !strings.Contains(got.Message, c.want) {
				t.Errorf("%s: %s", got.Code, got.Message)
			}
		})
	}
}
