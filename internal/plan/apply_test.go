package plan_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

// applied carries out changes and returns how each ended as "outcome: error".
func applied(ctx context.Context, f *fakeServer, changes ...plan.Change) ([]string, []plan.Result) {
	results := plan.Apply(ctx, f, changes, &progress{})
	return outcomes(results), results
}

func outcomes(results []plan.Result) []string {
	var words []string
	for _, r := range results {
		word := string(r.Outcome)
		if r.Err != nil {
			word += ": " + r.Err.Error()
		}
		words = append(words, word)
	}
	return words
}

func update(t *testing.T, id int64, f fields) plan.Change {
	t.Helper()
	return plan.Change{Action: plan.ActionUpdate, ID: id, Spec: spec(t, f)}
}

func expect(t *testing.T, what string, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	refused := &gij.Error{Op: "x", Message: "refused"}
	unsure := &gij.Error{Kind: gij.KindUnknown, Op: "x", Message: "unknown whether it was done"}
	for _, tt := range []struct {
		name    string
		change  plan.Change
		fail    map[string]error
		ignored []string
		calls   []string
		outcome string
		after   bool
	}{
		{name: "nothing", change: plan.Change{Action: plan.ActionNone, ID: 1, Before: &gij.Integration{ID: 1}}, outcome: "unchanged", after: true},
		{
			name: "update", change: update(t, 1, fields{"global": false}),
			calls: []string{"update 1 global", "get 1"}, outcome: "verified", after: true,
		},
		{
			name: "update with disabled", change: update(t, 1, fields{"global": false, "disabled": true}),
			calls: []string{"update 1 global", "disable 1 true", "get 1"}, outcome: "verified", after: true,
		},
		{
			name: "disable alone", change: update(t, 1, fields{"disabled": true}),
			calls: []string{"disable 1 true", "get 1"}, outcome: "verified", after: true,
		},
		{
			name: "update refused", change: update(t, 1, fields{"global": false, "disabled": true}), fail: map[string]error{"update 1": refused},
			calls: []string{"update 1 global", "get 1"}, outcome: "failed: x: refused", after: true,
		},
		{
			name: "disable refused after an update", change: update(t, 1, fields{"global": false, "disabled": true}), fail: map[string]error{"disable 1": refused},
			calls: []string{"update 1 global", "disable 1 true", "get 1"}, outcome: "failed: x: refused", after: true,
		},
		{
			name: "update of unknown fate", change: update(t, 1, fields{"global": false}), fail: map[string]error{"update 1": unsure},
			calls: []string{"update 1 global", "get 1"}, outcome: "unknown: x: unknown whether it was done", after: true,
		},
		{
			name: "update refused, and not readable", change: update(t, 1, fields{"global": false}), fail: map[string]error{"update 1": refused, "get 1": unsure},
			calls: []string{"update 1 global", "get 1"}, outcome: "failed: x: refused",
		},
		{
			name: "update not readable", change: update(t, 1, fields{"global": false}), fail: map[string]error{"get 1": refused},
			calls:   []string{"update 1 global", "get 1"},
			outcome: "unknown: update integration 1: the server answered success, but it could not be read afterwards: refused",
		},
		{
			name: "update not readable for a plain reason", change: update(t, 1, fields{"global": false}), fail: map[string]error{"get 1": errors.New("no route")},
			calls:   []string{"update 1 global", "get 1"},
			outcome: "unknown: update integration 1: the server answered success, but it could not be read afterwards: no route",
		},
		{
			name: "update ignored", change: update(t, 1, fields{"global": false, "displayName": "new", "smartCommitsEnabled": false}), ignored: []string{"global", "displayName"},
			calls:   []string{"update 1 displayName,global,smartCommitsEnabled", "get 1"},
			outcome: `failed: update integration 1: the server answered success, but displayName is "lab 1", not "new"; global is true, not false`, after: true,
		},
		{name: "delete", change: plan.Change{Action: plan.ActionDelete, ID: 1}, calls: []string{"delete 1 false"}, outcome: "verified"},
		{
			name: "delete with files", change: plan.Change{Action: plan.ActionDelete, ID: 1, Delete: gij.DeleteOptions{DeleteFiles: true}},
			calls: []string{"delete 1 true"}, outcome: "verified",
		},
		{
			name: "delete refused", change: plan.Change{Action: plan.ActionDelete, ID: 1}, fail: map[string]error{"delete 1": refused},
			calls: []string{"delete 1 false"}, outcome: "failed: x: refused",
		},
		{
			name: "delete of unknown fate", change: plan.Change{Action: plan.ActionDelete, ID: 1}, fail: map[string]error{"delete 1": unsure},
			calls: []string{"delete 1 false"}, outcome: "unknown: x: unknown whether it was done",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, gitLab(1, nil))
			f.ignored = tt.ignored
			for call, err := range tt.fail {
				f.fail[call] = err
			}
			words, results := applied(t.Context(), f, tt.change)
			expect(t, "calls", tt.calls, f.calls)
			expect(t, "outcome", []string{tt.outcome}, words)
			if got := results[0].After != nil; got != tt.after {
				t.Errorf("the integration after: %v", results[0].After)
			}
		})
	}
}

func TestApplyCreates(t *testing.T) {
	t.Parallel()
	refused := &gij.Error{Op: "x", Message: "refused"}
	unsure := &gij.Error{Kind: gij.KindUnknown, Op: "x", Message: "who knows"}
	for _, tt := range []struct {
		name     string
		want     fields
		fail     map[string]error
		ignored  []string
		calls    []string
		outcome  string
		id       int64
		notShown []string
	}{
		{
			name: "verified", want: fields{"displayName": "a", "global": true}, calls: []string{"create displayName,type,global [1]", "get 101"},
			outcome: "verified", id: 101,
		},
		{
			name: "what is not shown", want: fields{"pat": hidden, "awsRegion": "us-east-1"}, calls: []string{"create type,pat,awsRegion [1]", "get 101"},
			outcome: "verified", id: 101, notShown: []string{"pat", "awsRegion"},
		},
		{name: "disabled", want: fields{"disabled": true}, calls: []string{"create type,disabled [1]", "get 101"}, outcome: "verified", id: 101},
		{
			name: "disabled is ignored", want: fields{"disabled": true}, ignored: []string{"disabled"},
			calls: []string{"create type,disabled [1]", "disable 101 true", "get 101"}, outcome: "verified", id: 101,
		},
		{
			name: "disabled is ignored and its endpoint fails", want: fields{"disabled": true}, ignored: []string{"disabled"}, fail: map[string]error{"disable 101": refused},
			calls: []string{"create type,disabled [1]", "disable 101 true", "get 101"}, outcome: "failed: x: refused", id: 101,
		},
		{
			name: "what the server left out", want: fields{"tagsFilter": "v"}, ignored: []string{"tagsFilter"}, calls: []string{"create type,tagsFilter [1]", "get 101"},
			outcome: `failed: create integration 101: the server answered success, but tagsFilter is "", not "v"`, id: 101,
		},
		{name: "refused", want: fields{}, fail: map[string]error{"create": refused}, calls: []string{"create type [1]"}, outcome: "failed: x: refused"},
		{name: "unknown", want: fields{}, fail: map[string]error{"create": unsure}, calls: []string{"create type [1]"}, outcome: "unknown: x: who knows"},
		{
			name: "not readable", want: fields{}, fail: map[string]error{"get 101": refused}, calls: []string{"create type [1]", "get 101"},
			outcome: "unknown: create integration 101: the server answered success, but it could not be read afterwards: refused", id: 101,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, gitLab(1, nil))
			f.ignored = tt.ignored
			for call, err := range tt.fail {
				f.fail[call] = err
			}
			tt.want["type"] = "GITLAB"
			words, results := applied(t.Context(), f, plan.Change{Action: plan.ActionCreate, Spec: spec(t, tt.want), Existing: []int64{1}})
			expect(t, "calls", tt.calls, f.calls)
			expect(t, "outcome", []string{tt.outcome}, words)
			expect(t, "not shown", tt.notShown, results[0].NotShown)
			if results[0].Change.ID != tt.id {
				t.Errorf("the id is %d", results[0].Change.ID)
			}
		})
	}
}

func TestApplyErrorsTellWhatToDo(t *testing.T) {
	t.Parallel()
	f := newFake(t, gitLab(1, nil), gitLab(2, nil))
	f.ignored = []string{"global"}
	cause := errors.New("no route")
	f.fail["get 2"] = cause
	_, results := applied(t.Context(), f, update(t, 1, fields{"global": false}), update(t, 2, fields{"global": false}))
	for n, want := range []struct {
		kind gij.Kind
		hint string
	}{{gij.KindNotApplied, "Manage integrations"}, {gij.KindUnknown, "gijctl integration list"}} {
		var e *gij.Error
		if !errors.As(results[n].Err, &e) || e.Kind != want.kind || !strings.Contains(e.Hint(), want.hint) {
			t.Errorf("%d: got %#v", n, results[n].Err)
		}
	}
	if !errors.Is(results[1].Err, cause) {
		t.Error("the cause is lost")
	}
}

func TestAFailureDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	f := newFake(t, gitLab(1, nil), gitLab(2, nil), gitLab(3, nil))
	f.fail["update 1"] = &gij.Error{Op: "x", Message: "refused"}
	f.fail["delete 2"] = &gij.Error{Kind: gij.KindUnknown, Op: "x", Message: "lost"}
	p := &progress{}
	results := plan.Apply(t.Context(), f, []plan.Change{
		update(t, 1, fields{"global": false}), {Action: plan.ActionDelete, ID: 2}, update(t, 3, fields{"global": false}),
	}, p)
	if len(results) != 3 || results[2].Outcome != plan.OutcomeVerified {
		t.Errorf("got %v", results)
	}
	expect(t, "progress", []string{"1/3 update 1", "failed", "2/3 delete 2", "unknown", "3/3 update 3", "verified"}, p.heard)
}

func TestWhatIsForbiddenForOneMayBeAllowedForTheNext(t *testing.T) {
	t.Parallel()
	f := newFake(t, gitLab(1, nil), gitLab(2, nil))
	f.fail["update 1"] = &gij.Error{Kind: gij.KindForbidden, Op: "x", Status: 403, Message: "not allowed (403)"}
	results := plan.Apply(t.Context(), f, []plan.Change{update(t, 1, fields{"global": false}), update(t, 2, fields{"global": false})}, &progress{})
	if results[0].Outcome != plan.OutcomeFailed || results[1].Outcome != plan.OutcomeVerified {
		t.Errorf("got %s, %s", results[0].Outcome, results[1].Outcome)
	}
}

func TestARefusedLoginStopsTheRest(t *testing.T) {
	t.Parallel()
	refused := &gij.Error{Kind: gij.KindAuth, Op: "x", Message: "the token was not accepted (401)"}
	for _, tt := range []struct {
		name   string
		change plan.Change
		fail   string
		calls  []string
		first  string
	}{
		{"update", update(t, 1, fields{"global": false}), "update 1", []string{"update 1 global"}, "failed: x: the token was not accepted (401)"},
		{"disable", update(t, 1, fields{"disabled": true}), "disable 1", []string{"disable 1 true"}, "failed: x: the token was not accepted (401)"},
		{"delete", plan.Change{Action: plan.ActionDelete, ID: 1}, "delete 1", []string{"delete 1 false"}, "failed: x: the token was not accepted (401)"},
		{"create", plan.Change{Action: plan.ActionCreate}, "create", []string{"create  []"}, "failed: x: the token was not accepted (401)"},
		{
			"reading back", update(t, 1, fields{"global": false}), "get 1",
			[]string{"update 1 global", "get 1"},
			"unknown: update integration 1: the server answered success, but it could not be read afterwards: the token was not accepted (401)",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, gitLab(1, nil), gitLab(2, nil))
			f.fail[tt.fail] = refused
			p := &progress{}
			results := plan.Apply(t.Context(), f, []plan.Change{tt.change, update(t, 2, fields{"global": false}), {Action: plan.ActionNone}}, p)
			expect(t, "calls", tt.calls, f.calls)
			if got := fmt.Sprintf("%s: %v", results[0].Outcome, results[0].Err); got != tt.first {
				t.Errorf("the first: %s", got)
			}
			for _, r := range results[1:] {
				if r.Outcome != plan.OutcomeNotStarted || !errors.Is(r.Err, refused) || r.After != nil {
					t.Errorf("the rest: %s, %v", r.Outcome, r.Err)
				}
			}
			if len(p.heard) != 2 {
				t.Errorf("heard %q", p.heard)
			}
		})
	}
}

func TestInterruptBeforeTheFirstChange(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := newFake(t, gitLab(1, nil))
	words, results := applied(ctx, f, update(t, 1, fields{"global": false}), plan.Change{Action: plan.ActionNone})
	expect(t, "outcomes", []string{"not_started: context canceled", "not_started: context canceled"}, words)
	if len(f.calls) > 0 || !errors.Is(results[0].Err, context.Canceled) {
		t.Errorf("calls: %q, error %v", f.calls, results[0].Err)
	}
}

// The write that is under way is finished and read back; the rest is not started.
func TestInterruptInTheMiddle(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"update 1", "disable 1", "get 1"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			f := newFake(t, gitLab(1, nil), gitLab(2, nil))
			f.during = func(_ context.Context, call string) {
				if call == at {
					cancel()
				}
			}
			p := &progress{}
			words := outcomes(plan.Apply(ctx, f, []plan.Change{
				update(t, 1, fields{"global": false, "disabled": true}), update(t, 2, fields{"global": false}),
			}, p))
			expect(t, "calls", []string{"update 1 global", "disable 1 true", "get 1"}, f.calls)
			expect(t, "progress", []string{"1/2 update 1", "interrupted update 1 30s", "verified"}, p.heard)
			expect(t, "outcomes", []string{"verified", "not_started: context canceled"}, words)
		})
	}
}

func TestInterruptKeepsTheContextsValues(t *testing.T) {
	t.Parallel()
	type key struct{}
	f := newFake(t, gitLab(1, nil))
	f.during = func(ctx context.Context, call string) {
		if ctx.Value(key{}) != "value" {
			t.Errorf("%s does not see the values of the context", call)
		}
	}
	applied(context.WithValue(t.Context(), key{}, "value"), f, update(t, 1, fields{"global": false}))
}

// A server that never answers does not hold a person who pressed Ctrl-C for longer than the grace.
func TestInterruptGivesUpAfterAWhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		f := newFake(t, gitLab(1, nil), gitLab(2, nil))
		start := time.Now()
		f.during = func(inFlight context.Context, _ string) {
			cancel()
			<-inFlight.Done()
		}
		words, _ := applied(ctx, f, plan.Change{Action: plan.ActionDelete, ID: 1}, update(t, 2, fields{"global": false}))
		expect(t, "outcomes", []string{"failed: delete 1: interrupted", "not_started: context canceled"}, words)
		if took := time.Since(start); took != 30*time.Second {
			t.Errorf("gave up after %s", took)
		}
	})
}
