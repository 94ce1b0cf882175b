package cli

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/term"
	"github.com/gijctl/gijctl/pkg/gij"
)

func manyViews(n int) []integrationView {
	views := make([]integrationView, n)
	for i := range views {
		views[i].ID = int64(i + 1)
	}
	return views
}

// TestCheckerKeepsOrderAndMeasure: the slow do not hold up the others, four are asked at once, and rows keep their order.
func TestCheckerKeepsOrderAndMeasure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const total = 400
		var now, most, asked atomic.Int64
		c := &checker{progress: noProgress(), slots: make(chan struct{}, checksAtOnce), status: func(_ context.Context, id int64) (gij.IndexStatus, error) {
			asked.Add(1)
			most.Store(max(most.Load(), now.Add(1)))
			defer now.Add(-1)
			<-time.After(time.Duration(id%7+1) * time.Second) // of the bubble's clock
			return gij.IndexStatus{Finished: id%2 == 0}, nil
		}}
		start, next := time.Now(), int64(1)
		for v, err := range c.all(t.Context(), manyViews(total)) {
			if err != nil || v.ID != next || (v.Index.State == indexOK) != (v.ID%2 == 0) {
				t.Fatalf("row %d: %+v, %v", next, v, err)
			}
			if ahead := asked.Load() - v.ID; ahead > checksAhead {
				t.Fatalf("%d answers are held at row %d", ahead, v.ID)
			}
			next++
		}
		if next != total+1 || most.Load() != checksAtOnce {
			t.Errorf("%d rows, %d at once", next-1, most.Load())
		}
		if took, least := time.Since(start), total*time.Second; took > least*11/10 { // 4 s each on average, 4 at once
			t.Errorf("took %s, the least is %s", took, least)
		}
		if err := c.err(total); err != nil {
			t.Error(err)
		}
	})
}

func TestCheckerEndsEarly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // which fails if a goroutine is left
		ctx, cancel := context.WithCancel(t.Context())
		var asked atomic.Int64
		c := &checker{progress: noProgress(), slots: make(chan struct{}, checksAtOnce), status: func(ctx context.Context, _ int64) (gij.IndexStatus, error) {
			switch n := asked.Add(1); {
			case n == 10:
				cancel()
			case n > 10:
				<-ctx.Done()
			}
			return gij.IndexStatus{Finished: true}, ctx.Err()
		}}
		var last error
		for _, err := range c.all(ctx, manyViews(100)) {
			last = err
		}
		if e := explain(last); e.Code != codeInterrupted || e.Message == "" {
			t.Errorf("%+v", e)
		}
	})
}

// TestCheckerLeavesNothingRunning: a reader who goes away after the first row ends the questions that are under way.
func TestCheckerLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &checker{progress: noProgress(), slots: make(chan struct{}, checksAtOnce), status: func(ctx context.Context, id int64) (gij.IndexStatus, error) {
			if id > 1 {
				<-ctx.Done()
			}
			return gij.IndexStatus{Finished: true}, ctx.Err()
		}}
		for _, err := range c.all(t.Context(), manyViews(checksAtOnce)) {
			if err != nil {
				t.Error(err)
			}
			break
		}
	})
}

// TestCheckerStopsWhereNobodyIsLoggedIn: after a 401 the others are not asked, and each is named.
func TestCheckerStopsWhereNobodyIsLoggedIn(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	refused := &gij.Error{Kind: gij.KindAuth, Op: "read", Status: 401, Message: "the token was not accepted (401)", Advice: "log in"}
	c := &checker{progress: noProgress(), slots: make(chan struct{}, 1), status: func(context.Context, int64) (gij.IndexStatus, error) {
		asked.Add(1)
		return gij.IndexStatus{}, refused
	}}
	rows := 0
	for v, err := range c.all(t.Context(), manyViews(100)) {
		rows++
		if err != nil || v.Index.text() != "unknown: the token was not accepted (401)" {
			t.Fatalf("%+v, %v", v.Index, err)
		}
	}
	e := explain(c.err(rows))
	if rows != 100 || asked.Load() != 1 || e.Code != codePartial || len(e.Details) != 100 || e.Details[99].ID != 100 || e.Details[0].Remedy != "log in" {
		t.Errorf("%d rows, %d asked, %+v", rows, asked.Load(), e)
	}
}

// TestCheckerStopsWhereNobodyAnswers: a server that is gone is not asked for hours; one that fails now and then is.
func TestCheckerStopsWhereNobodyAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fails func(n int64) bool
		asked int64
	}{
		{"gone", func(int64) bool { return true }, silentEnough},
		{"flaky", func(n int64) bool { return n%2 == 0 }, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			c := &checker{progress: noProgress(), slots: make(chan struct{}, 1), status: func(context.Context, int64) (gij.IndexStatus, error) {
				if tt.fails(asked.Add(1)) {
					return gij.IndexStatus{}, &gij.Error{Kind: gij.KindNetwork, Op: "read", Message: "no answer in time"}
				}
				return gij.IndexStatus{Finished: true}, nil
			}}
			rows := 0
			for _, err := range c.all(t.Context(), manyViews(100)) {
				rows++
				if err != nil {
					t.Fatal(err)
				}
			}
			if rows != 100 || asked.Load() != tt.asked {
				t.Errorf("%d rows, %d asked, want %d", rows, asked.Load(), tt.asked)
			}
		})
	}
}

func TestIndexTexts(t *testing.T) {
	t.Parallel()
	percent := 45.4
	for want, st := range map[string]gij.IndexStatus{
		"ok":                    {Finished: true, Percent: &percent},
		"45%":                   {Percent: &percent},
		"indexing":              {},
		"error: no route":       {Finished: true, Errors: []gij.IndexMessage{{Name: "x", Text: "no route"}}},
		"error: x (and 2 more)": {Errors: []gij.IndexMessage{{Name: "x"}, {Text: "b"}, {Text: "c"}}},
	} {
		if diff := cmp.Diff(want, viewIndex(st).text()); diff != "" {
			t.Error(diff)
		}
	}
	if got := unreadable(errors.New("broken")).index.text(); got != "unknown: broken" {
		t.Error(got)
	}
}

// TestCheckedColumnsAreJSONKeys: the list with the index has what the one without it has, and the index.
func TestCheckedColumnsAreJSONKeys(t *testing.T) {
	t.Parallel()
	with, without := checkedList(time.Time{}), integrationList(time.Time{})
	if len(with.Columns) != len(without.Columns)+1 || with.Empty != without.Empty {
		t.Fatalf("%d columns, without --check %d", len(with.Columns), len(without.Columns))
	}
	disabled := true
	row := checkedView{integrationView{ID: 5, DisplayName: "Name", Disabled: &disabled}, indexView{State: indexOK}}
	n := 0
	for _, c := range with.Columns {
		if c.Key == indexColumn {
			continue
		}
		plain := without.Columns[n]
		n++
		if c.Key != plain.Key || c.Header != plain.Header || c.Show != plain.Show || c.Right != plain.Right || c.Keep != plain.Keep || c.State != plain.State ||
			c.Text(&row) != plain.Text(&row.integrationView) || (c.Data == nil) != (plain.Data == nil) {
			t.Errorf("%s is not as without --check", c.Key)
		}
	}
}

// noProgress shows nothing.
func noProgress() *term.Progress { return Streams{}.NewProgress(term.ProgressOptions{Quiet: true}) }
