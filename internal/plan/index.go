package plan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gijctl/gijctl/pkg/gij"
)

// IndexServer is what following an index needs of the indexing API.
type IndexServer interface {
	StatusOf(context.Context, gij.IndexQuery) (gij.IndexStatus, error)
}

// IndexReport is how an index stands.
type IndexReport struct {
	Status gij.IndexStatus
	// Done says that there is nothing to wait for any more.
	Done bool
	// Reason is why it is not known how the index stands, or what of it is inferred; "" for neither.
	Reason string
	// Integration is as the server has it, where it was read.
	Integration *gij.Integration
	// Err is why the server did not say.
	Err error
}

// IndexWatch is an index to wait for.
type IndexWatch struct {
	Name string
	// Ask asks the server once. What the report has is kept also where there is an error.
	Ask func(context.Context) (IndexReport, error)
}

// WatchThread waits for an index that was started: for its thread, for what is indexed, or for both.
func WatchThread(s IndexServer, name string, q gij.IndexQuery) IndexWatch {
	return IndexWatch{Name: name, Ask: func(ctx context.Context) (IndexReport, error) {
		st, err := s.StatusOf(ctx, q)
		return IndexReport{Status: st, Done: err == nil && st.Finished}, err
	}}
}

// IntegrationReader reads one integration.
type IntegrationReader interface {
	Get(context.Context, int64) (gij.Integration, error)
}

// WatchFirstIndex waits until an integration has been indexed once, or its index failed. "Finished" also stands for an index that
// never began, so that the date of the last index decides. Without one, an index that was seen to run and then ended counts too.
func WatchFirstIndex(s IndexServer, integrations IntegrationReader, i gij.Integration) IndexWatch {
	ran := false
	return IndexWatch{Name: i.DisplayName, Ask: func(ctx context.Context) (IndexReport, error) {
		st, err := s.StatusOf(ctx, gij.IndexQuery{ID: i.ID})
		report := IndexReport{Status: st}
		if err != nil || !st.Finished {
			ran = ran || err == nil
			return report, err
		}
		now, err := integrations.Get(ctx, i.ID)
		if err != nil {
			return report, err
		}
		report.Integration = &now
		report.judge(ran)
		return report, nil
	}}
}

// judge says what "finished" means.
func (r *IndexReport) judge(ran bool) {
	now := r.Integration
	r.Done = true
	switch {
	case len(r.Status.Errors) > 0, now.LastIndexedDate != nil:
	case now.Disabled != nil && *now.Disabled:
		r.Reason = "it is disabled, so that the server does not index it"
	case ran:
		r.Reason = "the server shows no date of its last index; that it is done is inferred from an index that ran and ended"
	default:
		r.Done = false
		r.Reason = "not begun, as far as the server shows: \"finished\" also stands for never started, and there is no date of a last index"
	}
}

// WatchOptions say how long to wait.
type WatchOptions struct {
	WaitTimeout time.Duration // 0 is without limit
	FirstPoll   time.Duration // the first pause; 1 s where it is 0
	Wait        func(context.Context, time.Duration) error
}

// IndexProgress hears of each answer about an index, one call at a time.
type IndexProgress interface {
	Asked(n int, w IndexWatch, r IndexReport)
}

// StillIndexingError means that the time to wait is over.
type StillIndexingError struct{ Left int }

// Error says how many indexes are not done.
func (e *StillIndexingError) Error() string {
	if e.Left == 1 {
		return "the time to wait is over, and the index is not done"
	}
	return fmt.Sprintf("the time to wait is over, and %d indexes are not done", e.Left)
}

// Code returns the stable word for this kind of error.
func (e *StillIndexingError) Code() string { return "still_running" }

// WatchIndexes asks about each index until all are done, and returns the last report of each. One that the server does not answer
// about is done, with its error. The error is a [*StillIndexingError] where it takes too long, and that of ctx after an interrupt.
func WatchIndexes(ctx context.Context, watches []IndexWatch, o WatchOptions, p IndexProgress) ([]IndexReport, error) {
	opts := ImportOptions{WaitTimeout: o.WaitTimeout, FirstPoll: o.FirstPoll, Wait: o.Wait}.withDefaults()
	w := &watcher{patience: newPatience(opts), watches: watches, progress: p, reports: make([]IndexReport, len(watches)), failed: make([]int, len(watches))}
	bounded, cancel := w.bound(ctx)
	defer cancel()
	for {
		err := w.round(bounded)
		left := w.left()
		switch {
		case left == 0:
			return w.reports, nil
		case err == nil:
			err = w.pause(bounded)
		}
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return w.reports, ctx.Err()
		case errors.Is(err, errPatience), bounded.Err() != nil:
			return w.reports, &StillIndexingError{Left: left}
		default:
			return w.reports, err
		}
	}
}

type watcher struct {
	patience
	watches  []IndexWatch
	progress IndexProgress
	reports  []IndexReport
	failed   []int // questions in a row
}

// round asks once about each index that is not done.
func (w *watcher) round(ctx context.Context) error {
	for n, watch := range w.watches {
		if w.reports[n].Done {
			continue
		}
		report, err := watch.Ask(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			w.failed[n] = 0
			w.reports[n] = report
		default:
			if w.failed[n]++; mayPass(err) && w.failed[n] < maxFailedPolls {
				continue
			}
			w.reports[n].Err, w.reports[n].Done = err, true
		}
		w.progress.Asked(n, watch, w.reports[n])
	}
	return nil
}

func (w *watcher) left() int {
	left := 0
	for _, r := range w.reports {
		if !r.Done {
			left++
		}
	}
	return left
}
