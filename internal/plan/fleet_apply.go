package plan

import (
	"context"
	"slices"
)

// recordEvery is how many results are kept before what they sent is remembered: a crash forgets no more than these.
const recordEvery = 20

// ApplyFleet carries out a plan, so many changes at a time: first what is added and changed, then what is deleted. state remembers
// what was sent and is not shown; nil remembers nothing. The results are in the order of the plan. The error is one of remembering.
func ApplyFleet(ctx context.Context, s Server, p *FleetPlan, parallel int, state *FleetState, progress Progress) ([]Result, error) {
	changes := p.All()
	last := slices.IndexFunc(changes, func(c Change) bool { return c.Action == ActionDelete })
	if last < 0 {
		last = len(changes)
	}
	r := &recorder{Progress: progress, state: state}
	results := carryOut(ctx, integrations{s}, changes[:last], parallel, r)
	if err := firstRefusal(results); err != nil {
		for _, c := range changes[last:] {
			results = append(results, Result{Change: c, Outcome: OutcomeNotStarted, Err: err})
		}
	} else {
		results = append(results, carryOut(ctx, integrations{s}, changes[last:], parallel, r)...)
	}
	r.record()
	return results, r.err
}

func firstRefusal(results []Result) error {
	for _, r := range results {
		if loginRefused(r.Err) {
			return r.Err
		}
	}
	return nil
}

// recorder remembers what was sent while changes are carried out.
type recorder struct {
	Progress
	state *FleetState
	done  []Result
	err   error
}

// Done implements [Progress].
func (r *recorder) Done(result Result) {
	r.Progress.Done(result)
	r.done = append(r.done, result)
	if len(r.done) >= recordEvery {
		r.record()
	}
}

func (r *recorder) record() {
	if err := r.state.remember(r.done); r.err == nil {
		r.err = err
	}
	r.done = nil
}
