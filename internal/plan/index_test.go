package plan_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

// indexAnswers answers one question after the other; the last answer is that of all further ones.
type indexAnswers struct {
	statuses []gij.IndexStatus
	errs     []error
	asked    []gij.IndexQuery

	integrations []gij.Integration
	read         int
}

func (s *indexAnswers) StatusOf(_ context.Context, q gij.IndexQuery) (gij.IndexStatus, error) {
	n := len(s.asked)
	s.asked = append(s.asked, q)
	var err error
	if n < len(s.errs) {
		err = s.errs[n]
	}
	return s.statuses[min(n, len(s.statuses)-1)], err
}

func (s *indexAnswers) Get(context.Context, int64) (gij.Integration, error) {
	s.read++
	return s.integrations[min(s.read, len(s.integrations))-1], nil
}

// heardIndexes counts what a progress hears.
type heardIndexes struct{ names []string }

func (h *heardIndexes) Asked(_ int, w plan.IndexWatch, _ plan.IndexReport) {
	h.names = append(h.names, w.Name)
}

func noWait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func indexing(percent float64) gij.IndexStatus { return gij.IndexStatus{Percent: &percent} }

func indexed(errs ...string) gij.IndexStatus {
	st := gij.IndexStatus{Finished: true}
	for _, text := range errs {
		st.Errors = append(st.Errors, gij.IndexMessage{Text: text})
	}
	return st
}

func TestWatchIndexes(t *testing.T) {
	t.Parallel()
	quick := &indexAnswers{statuses: []gij.IndexStatus{indexed()}}
	slow := &indexAnswers{statuses: []gij.IndexStatus{indexing(10), indexing(50), indexed("no route")}}
	heard := &heardIndexes{}
	reports, err := plan.WatchIndexes(t.Context(), []plan.IndexWatch{
		plan.WatchThread(quick, "quick", gij.IndexQuery{ID: 1}), plan.WatchThread(slow, "slow", gij.IndexQuery{Thread: "a-b"}),
	}, plan.WatchOptions{Wait: noWait}, heard)
	if err != nil || !reports[0].Done || !reports[1].Done || len(reports[1].Status.Errors) != 1 {
		t.Errorf("got %+v, %v", reports, err)
	}
	if diff := cmp.Diff([]string{"quick", "slow", "slow", "slow"}, heard.names); diff != "" {
		t.Error(diff)
	}
	if len(quick.asked) != 1 || slow.asked[2].Thread != "a-b" {
		t.Errorf("asked %v and %v", quick.asked, slow.asked)
	}
}

// TestWatchIndexesFailures: a server that is restarted is waited for; one that refuses is not, and the others go on.
func TestWatchIndexesFailures(t *testing.T) {
	t.Parallel()
	restarted := &gij.Error{Kind: gij.KindNetwork, Message: "refused"}
	gone := &gij.Error{Kind: gij.KindNotFound, Message: "no such thread"}
	watches := []plan.IndexWatch{
		plan.WatchThread(&indexAnswers{statuses: []gij.IndexStatus{indexed()}, errs: []error{restarted, restarted, restarted, restarted}}, "restarted", gij.IndexQuery{ID: 1}),
		plan.WatchThread(&indexAnswers{statuses: []gij.IndexStatus{indexed()}, errs: []error{gone}}, "gone", gij.IndexQuery{ID: 2}),
		plan.WatchThread(&indexAnswers{statuses: []gij.IndexStatus{indexing(3)}, errs: []error{nil, restarted, restarted, restarted, restarted, restarted}}, "away", gij.IndexQuery{ID: 3}),
	}
	reports, err := plan.WatchIndexes(t.Context(), watches, plan.WatchOptions{Wait: noWait}, &heardIndexes{})
	if err != nil || reports[0].Err != nil || !errors.Is(reports[1].Err, gone) || !errors.Is(reports[2].Err, restarted) {
		t.Errorf("got %+v, %v", reports, err)
	}
}

func TestWatchIndexesTakesItsTime(t *testing.T) {
	t.Parallel()
	never := func() []plan.IndexWatch {
		return []plan.IndexWatch{plan.WatchThread(&indexAnswers{statuses: []gij.IndexStatus{indexing(3)}}, "never", gij.IndexQuery{ID: 1})}
	}
	var taken time.Duration
	count := func(ctx context.Context, d time.Duration) error { taken += d; return ctx.Err() }
	reports, err := plan.WatchIndexes(t.Context(), never(), plan.WatchOptions{WaitTimeout: time.Minute, Wait: count}, &heardIndexes{})
	var still *plan.StillIndexingError
	if !errors.As(err, &still) || still.Left != 1 || still.Code() != "still_running" || taken != time.Minute || reports[0].Done {
		t.Errorf("got %v after %v, %+v", err, taken, reports)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = plan.WatchIndexes(ctx, never(), plan.WatchOptions{Wait: func(context.Context, time.Duration) error { cancel(); return ctx.Err() }}, &heardIndexes{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v after an interrupt", err)
	}
}

// TestWatchFirstIndex: "finished" is also said of what never began.
func TestWatchFirstIndex(t *testing.T) {
	t.Parallel()
	dated := gij.Integration{ID: 7, LastIndexedDate: &gij.Millis{Time: time.Unix(1, 0)}}
	dateless := gij.Integration{ID: 7}
	disabled := gij.Integration{ID: 7, Disabled: new(true)}
	for name, tt := range map[string]struct {
		answers indexAnswers
		reason  bool
		errs    int
		asked   int
	}{
		"done long since":           {indexAnswers{statuses: []gij.IndexStatus{indexed()}, integrations: []gij.Integration{dated}}, false, 0, 1},
		"not begun, then done":      {indexAnswers{statuses: []gij.IndexStatus{indexed(), indexing(5), indexed()}, integrations: []gij.Integration{dateless, dated}}, false, 0, 3},
		"begun and done in between": {indexAnswers{statuses: []gij.IndexStatus{indexed()}, integrations: []gij.Integration{dateless, dateless, dated}}, false, 0, 3},
		"failed":                    {indexAnswers{statuses: []gij.IndexStatus{indexing(5), indexed("no route")}, integrations: []gij.Integration{dateless}}, false, 1, 2},
		"no date is shown":          {indexAnswers{statuses: []gij.IndexStatus{indexing(5), indexed()}, integrations: []gij.Integration{dateless}}, true, 0, 2},
		"disabled":                  {indexAnswers{statuses: []gij.IndexStatus{indexed()}, integrations: []gij.Integration{disabled}}, true, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			watch := plan.WatchFirstIndex(&tt.answers, &tt.answers, dateless)
			reports, err := plan.WatchIndexes(t.Context(), []plan.IndexWatch{watch}, plan.WatchOptions{Wait: noWait}, &heardIndexes{})
			r := reports[0]
			if err != nil || !r.Done || (r.Reason != "") != tt.reason || len(r.Status.Errors) != tt.errs || len(tt.answers.asked) != tt.asked {
				t.Errorf("%d questions, %+v, %v", len(tt.answers.asked), r, err)
			}
		})
	}
	idle := indexAnswers{statuses: []gij.IndexStatus{indexed()}, integrations: []gij.Integration{dateless}}
	reports, err := plan.WatchIndexes(t.Context(), []plan.IndexWatch{plan.WatchFirstIndex(&idle, &idle, dateless)}, plan.WatchOptions{Wait: noWait, WaitTimeout: time.Minute}, &heardIndexes{})
	if !errors.As(err, new(*plan.StillIndexingError)) || reports[0].Reason == "" {
		t.Errorf("never begun: %+v, %v", reports[0], err)
	}
}
