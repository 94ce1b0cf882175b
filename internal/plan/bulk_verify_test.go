package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
)

// file has a change of each kind against the fleet.
func everyChange() string {
	return tsv(
		"id|origin|displayName|disabled|pat|awsRegion|delete",
		"1|https://api.github.com|github|true|"+typedToken+"||",
		"3|||||us-west-2|",
		"5||||||delete",
		"|git@git.acme.example:new.git|new||||",
	)
}

func TestMoved(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		old, new string // of the export
		want     []string
	}{
		{"nothing", "", "", nil},
		{"what indexing writes", "|main|", "|trunk|", nil},
		{"a row that is not in the plan", "|web|", "|web shop|", nil},
		{"another cell of a row in the plan", "|v.*|", "|w.*|", nil},
		{"a cell that is written", "github|false", "github|true", []string{`line 2, id 1 "github": disabled was "false", and is "true" now`}},
		{"a secret that is written", "v.*||", "v.*|ghp_madeUpElsewhere|", []string{`line 2, id 1 "github": pat was changed meanwhile`}},
		{"a row that is written is gone", "1|https://api.github.com|github|false|ALL|v.*||||main|GITHUB|\n", "", []string{`line 2, id 1 "github": it was removed meanwhile`}},
		{"a row that is deleted", "twin a", "twin c", []string{`line 4, id 5 "twin a": it was changed meanwhile`}},
		{
			"a row that is added", "6|git", "7|git@git.acme.example:new.git|new|false|ALL|||||main||\n6|git",
			[]string{`line 5, "new": a row with its origin was added meanwhile`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := diff(t, fleet(), everyChange(), plan.DiffOptions{})
			old, after := strings.ReplaceAll(test.old, "|", "\t"), strings.ReplaceAll(test.new, "|", "\t")
			now := snapshot(t, strings.Replace(fleet(), old, after, 1))
			if d := cmp.Diff(test.want, p.Moved(p.Changes, now)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	done := export(
		"1|https://api.github.com|github|TRUE|ALL|v.*||||main|GITHUB|",
		"3|git@git.acme.example:docs.git|docs|FALSE|10000,10100|||||main||",
		"8|git@git.acme.example:new.git|new|false|ALL|||||main||",
	)
	p := diff(t, fleet(), everyChange(), plan.DiffOptions{})
	now := snapshot(t, done)
	results := p.Verify(p.Changes, now)
	for i, want := range []struct {
		id       int64
		notShown []string
	}{{1, []string{"pat"}}, {3, []string{"awsRegion"}}, {5, nil}, {8, nil}} {
		r := results[i]
		if r.Outcome != plan.OutcomeVerified || r.ID != want.id || !cmp.Equal(r.NotShown, want.notShown) || r.Err != nil {
			t.Errorf("row %d: %s id %d not shown %v: %v", i, r.Outcome, r.ID, r.NotShown, r.Err)
		}
	}
	secrets := plan.Secrets(results, now, &fakeMemory{})
	want := map[plan.SecretKey]plan.Sent{
		{ID: 1, Column: "pat"}:       {Value: "print of " + typedToken},
		{ID: 3, Column: "awsRegion"}: {Value: "print of us-west-2"},
	}
	if d := cmp.Diff(want, secrets); d != "" {
		t.Error(d)
	}
}

func TestVerifyFindsWhatWasNotDone(t *testing.T) {
	t.Parallel()
	p := diff(t, fleet(), everyChange(), plan.DiffOptions{})
	results := p.Verify(p.Changes, snapshot(t, fleet()))
	for i, want := range []string{`disabled is "false", not "true"`, "", "it is still there", "it was not added"} {
		switch err := results[i].Err; {
		case want == "" && err != nil:
			t.Errorf("row %d: %v", i, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || results[i].Outcome != plan.OutcomeFailed):
			t.Errorf("row %d: %v, not %s", i, err, want)
		}
	}
	gone := p.Verify(p.Changes, snapshot(t, export("6|git@git.acme.example:twin.git|twin b|false|ALL|||||main||")))
	if err := gone[0].Err; err == nil || !strings.Contains(err.Error(), "it is gone") {
		t.Errorf("a row that is gone: %v", err)
	}
}

func TestVerifySecrets(t *testing.T) {
	t.Parallel()
	keys := testKeys()
	quoted := func(s string) string { return `"` + s + `"` }
	tests := []struct {
		name, column, before, typed, after string
		notShown                           bool
		wrong                              string
	}{
		{"in clear", "pat", oldToken, typedToken, typedToken, false, ""},
		{"in clear, and not done", "pat", oldToken, typedToken, oldToken, false, "pat is what it was before"},
		{"encrypted", "pat", blob(1), typedToken, blob(2), true, ""},
		{"not shown", "pat", "", typedToken, "", true, ""},
		{"a key", "githubAppPem", quoted(keys[0]), quoted(keys[1]), quoted(keys[1]), false, ""},
		{"a key that is not the one", "githubAppPem", quoted(keys[0]), quoted(keys[1]), quoted(keys[0]), false, "another key"},
		{"an encrypted key", "githubAppPem", blob(1), quoted(keys[1]), blob(1), true, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := diff(t, tsv("id|origin|"+test.column, "1|https://x|"+test.before), tsv("id|"+test.column, "1|"+test.typed), plan.DiffOptions{})
			r := p.Verify(p.Changes, snapshot(t, tsv("id|origin|"+test.column, "1|https://x|"+test.after)))[0]
			if got := len(r.NotShown) > 0; got != test.notShown {
				t.Errorf("not shown: %v", got)
			}
			if (r.Err != nil) != (test.wrong != "") || r.Err != nil && !strings.Contains(r.Err.Error(), test.wrong) {
				t.Errorf("error: %v", r.Err)
			}
			if r.Err != nil && strings.Contains(r.Err.Error(), oldToken) {
				t.Error("the error shows the secret")
			}
		})
	}
}

func TestSnapshotsAgree(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, old, new string
		same           bool
	}{
		{"themselves", "", "", true},
		{"what indexing writes", "\tmain\t", "\ttrunk\t", true},
		{"secrets", "v.*\t\t", "v.*\t" + blob(1) + "\t", true},
		{"a name", "twin a", "twin c", false},
		{"a row more", "6\tgit", "7\tx\n6\tgit", false},
		{"an id", "6\tgit", "7\tgit", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := snapshot(t, fleet()).Same(snapshot(t, strings.Replace(fleet(), test.old, test.new, 1))); got != test.same {
				t.Errorf("%v", got)
			}
		})
	}
}
