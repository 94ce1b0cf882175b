package plan_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

// slowServer answers each deletion after a while, and counts how many are under way.
type slowServer struct {
	plan.Server
	wait    func(id int64) time.Duration
	fail    map[int64]error
	begun   func(id int64)
	now     atomic.Int64
	most    atomic.Int64
	started atomic.Int64
}

func (s *slowServer) Delete(ctx context.Context, id int64, _ gij.DeleteOptions) error {
	s.started.Add(1)
	now := s.now.Add(1)
	defer s.now.Add(-1)
	for most := s.most.Load(); now > most; most = s.most.Load() {
		s.most.CompareAndSwap(most, now)
	}
	if s.begun != nil {
		s.begun(id)
	}
	select {
	case <-time.After(s.wait(id)):
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.fail[id]
}

// overlap is progress that must hear one thing at a time.
type overlap struct {
	t  *testing.T
	mu sync.Mutex
	progress
}

func (o *overlap) alone(do func()) {
	if !o.mu.TryLock() {
		o.t.Error("two calls at a time")
		return
	}
	defer o.mu.Unlock()
	do()
}

func (o *overlap) Start(c plan.Change, number, total int) {
	o.alone(func() { o.progress.Start(c, number, total) })
}
func (o *overlap) Done(r plan.Result) { o.alone(func() { o.progress.Done(r) }) }
func (o *overlap) Interrupted(c plan.Change, grace time.Duration) {
	o.alone(func() { o.progress.Interrupted(c, grace) })
}

func deletions(n int) *plan.FleetPlan {
	p := &plan.FleetPlan{}
	for id := range n {
		p.Changes = append(p.Changes, plan.FleetChange{Change: plan.Change{Action: plan.ActionDelete, ID: int64(id + 1)}})
	}
	return p
}

func TestSeveralChangesAreUnderWay(t *testing.T) {
	t.Parallel()
	for _, parallel := range []int{0, 1, 2, 3, 50} {
		t.Run(fmt.Sprint(parallel), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &slowServer{wait: func(id int64) time.Duration { return time.Duration(11-id) * time.Second }}
				o := &overlap{t: t}
				results, err := plan.ApplyFleet(t.Context(), s, deletions(10), parallel, nil, o)
				if err != nil {
					t.Fatal(err)
				}
				if most := s.most.Load(); most != int64(min(max(parallel, 1), 10)) {
					t.Errorf("%d were under way", most)
				}
				for n, r := range results {
					if r.Change.ID != int64(n+1) || r.Outcome != plan.OutcomeVerified {
						t.Errorf("result %d is %d, %s", n, r.Change.ID, r.Outcome)
					}
				}
				if len(o.heard) != 20 {
					t.Errorf("heard %q", o.heard)
				}
			})
		})
	}
}

func TestAFailureDoesNotStopThoseBesideIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &slowServer{wait: func(int64) time.Duration { return time.Second }, fail: map[int64]error{2: &gij.Error{Message: "refused"}}}
		results, _ := plan.ApplyFleet(t.Context(), s, deletions(6), 3, nil, &overlap{t: t})
		expect(t, "outcomes", []string{"verified", "failed: : refused", "verified", "verified", "verified", "verified"}, outcomes(results))
	})
}

// A refused login stops what is not under way, and is not tried for each.
func TestARefusedLoginStopsAllWorkers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &slowServer{
			wait: func(id int64) time.Duration { return time.Duration(id) * time.Second },
			fail: map[int64]error{1: &gij.Error{Kind: gij.KindAuth, Message: "who"}},
		}
		results, _ := plan.ApplyFleet(t.Context(), s, deletions(9), 3, nil, &overlap{t: t})
		if n := s.started.Load(); n != 3 || results[1].Outcome != plan.OutcomeVerified || results[3].Outcome != plan.OutcomeNotStarted {
			t.Errorf("%d were started: %v", n, outcomes(results))
		}
	})
}

// A login that is refused while something is added is not tried for the deletions.
func TestARefusedLoginStopsDeletions(t *testing.T) {
	t.Parallel()
	f := newFake(t, gitLab(1, nil), gitLab(2, nil))
	f.fail["update 1"] = &gij.Error{Kind: gij.KindAuth, Message: "who"}
	p := &plan.FleetPlan{Changes: []plan.FleetChange{
		{Change: update(t, 1, fields{"global": false})}, {Change: plan.Change{Action: plan.ActionDelete, ID: 2}},
	}}
	results, _ := plan.ApplyFleet(t.Context(), f, p, 2, nil, &progress{})
	expect(t, "outcomes", []string{"failed: : who", "not_started: : who"}, outcomes(results))
}

// After Ctrl-C what is under way is finished, and nothing else is started.
func TestAnInterruptFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s := &slowServer{wait: func(int64) time.Duration { return time.Second }, begun: func(id int64) {
			if id == 2 {
				cancel()
			}
		}}
		o := &overlap{t: t}
		results, _ := plan.ApplyFleet(ctx, s, deletions(5), 2, nil, o)
		none := "not_started: context canceled"
		expect(t, "outcomes", []string{"verified", "verified", none, none, none}, outcomes(results))
	})
}
