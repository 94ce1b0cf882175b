package plan_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
)

func TestPoll(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	tests := map[string]struct {
		o        plan.PollOptions
		doneAt   int
		failAt   int
		cancelAt int
		pauses   []time.Duration
		done     bool
		err      error
	}{
		"at once":     {doneAt: 1, done: true},
		"later":       {o: plan.PollOptions{First: 2 * time.Second}, doneAt: 3, pauses: []time.Duration{2 * time.Second, 3*time.Second + 1}, done: true},
		"never":       {o: plan.PollOptions{First: 2 * time.Second, Timeout: 3 * time.Second}, pauses: []time.Duration{2 * time.Second, time.Second}},
		"short ones":  {o: plan.PollOptions{First: time.Second, Most: time.Second}, doneAt: 3, pauses: []time.Duration{time.Second, time.Second}, done: true},
		"an error":    {failAt: 2, pauses: []time.Duration{time.Second}, err: broken},
		"interrupted": {cancelAt: 1, pauses: []time.Duration{time.Second}, err: context.Canceled},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			var pauses []time.Duration
			tt.o.Wait = func(ctx context.Context, d time.Duration) error {
				pauses = append(pauses, d)
				return ctx.Err()
			}
			asked := 0
			done, err := plan.Poll(ctx, tt.o, func(context.Context) (bool, error) {
				asked++
				if asked == tt.cancelAt {
					cancel()
				}
				if asked == tt.failAt {
					return false, broken
				}
				return asked == tt.doneAt, nil
			})
			if done != tt.done || !errors.Is(err, tt.err) {
				t.Errorf("done %t, %v; want %t, %v", done, err, tt.done, tt.err)
			}
			if diff := cmp.Diff(tt.pauses, pauses); diff != "" {
				t.Errorf("pauses (-want +got):\n%s", diff)
			}
		})
	}
}
