package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/term"
	"github.com/gijctl/gijctl/pkg/gij"
)

const (
	// checksAtOnce is how many integrations are asked at the same time: the server is to be protected.
	checksAtOnce = 4
	// silentEnough is how many questions in a row get no answer before the server is taken for gone: each took its retries.
	silentEnough = 2 * checksAtOnce
	// checksAhead is how many answers may wait for one that is slow, so that the rows keep their order.
	checksAhead = 16 * checksAtOnce
)

// indexColumn is the column that only "integration list --check" has.
const indexColumn = "index"

// The states of an index.
const (
	indexOK       = "ok"
	indexUnderWay = "indexing"
	indexFailed   = "error"
	indexUnknown  = "unknown"
)

// indexView is how the index of an integration stands, in -o json. The keys are a contract.
type indexView struct {
	State   string           `json:"state"`             // ok, indexing, error or unknown
	Percent *float64         `json:"percent,omitempty"` // from 0 to 100, where the server says it
	Errors  []indexErrorView `json:"errors"`
	Reason  string           `json:"reason,omitempty"` // why it is unknown
}

type indexErrorView struct {
	Name    string `json:"name"` // what it is about, as the server words it; may be empty
	Message string `json:"message"`
}

// checkedView is an integration with its index.
type checkedView struct {
	integrationView
	Index indexView `json:"index"`
}

// checkedList has the columns of integrations, and the index beside their state: what is on the right goes first where
// a terminal is narrow.
func checkedList(now time.Time) render.List[*checkedView] {
	plain := integrationList(now)
	list := render.List[*checkedView]{Name: func(v *checkedView) string { return plain.Name(&v.integrationView) }, Empty: plain.Empty}
	for _, c := range plain.Columns {
		list.Columns = append(list.Columns, ofChecked(c))
		if c.Key == "disabled" {
			list.Columns = append(list.Columns, render.Column[*checkedView]{
				Key: indexColumn, Header: "INDEX", State: true, Text: func(v *checkedView) string { return v.Index.text() },
			})
		}
	}
	return list
}

func ofChecked(c integrationColumn) render.Column[*checkedView] {
	cell := func(of func(*integrationView) string) func(*checkedView) string {
		if of == nil {
			return nil
		}
		return func(v *checkedView) string { return of(&v.integrationView) }
	}
	return render.Column[*checkedView]{
		Key: c.Key, Header: c.Header, Show: c.Show, Right: c.Right, Keep: c.Keep, State: c.State, Text: cell(c.Text), Data: cell(c.Data),
	}
}

func (v indexView) text() string {
	switch {
	case v.State == indexFailed && len(v.Errors) == 1:
		return indexFailed + ": " + v.Errors[0].text()
	case v.State == indexFailed:
		return fmt.Sprintf("%s: %s (and %d more)", indexFailed, v.Errors[0].text(), len(v.Errors)-1)
	case v.State == indexUnknown:
		return indexUnknown + ": " + v.Reason
	case v.State == indexUnderWay && v.Percent != nil:
		return strconv.FormatFloat(*v.Percent, 'f', 0, 64) + "%"
	}
	return v.State
}

func (v indexErrorView) text() string {
	if v.Message == "" {
		return v.Name
	}
	return v.Message
}

func viewIndex(st gij.IndexStatus) indexView {
	v := indexView{State: indexOK, Percent: st.Percent, Errors: []indexErrorView{}}
	if !st.Finished {
		v.State = indexUnderWay
	}
	for _, e := range st.Errors {
		v.State = indexFailed
		v.Errors = append(v.Errors, indexErrorView{Name: e.Name, Message: e.Text})
	}
	return v
}

func runIntegrationCheck(ctx context.Context, a *app) error {
	list := checkedList(a.now())
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	// The list is read to its end first: its connection would break if it stayed open for as long as the checks take.
	var views []integrationView
	for v, err := range viewIntegrations(s.client.Integrations.All(ctx)) {
		if err != nil {
			return err
		}
		views = append(views, *v)
	}
	c := &checker{status: s.client.Reindex.Status, slots: make(chan struct{}, checksAtOnce), progress: a.checkProgress(printer)}
	if err := render.WriteList(printer, list, c.all(ctx, views)); err != nil {
		return err
	}
	return c.err(len(views))
}

// checkProgress shows which integration is being asked about, unless rows are written to the same terminal meanwhile.
func (a *app) checkProgress(p *render.Printer) *term.Progress {
	isTable := p.Format == render.FormatTable || p.Format == render.FormatWide
	if p.Terminal && !isTable && p.Query == nil {
		return a.streams.NewProgress(term.ProgressOptions{Quiet: true})
	}
	return a.newProgress(true)
}

// checker asks how the indexes of integrations stand.
type checker struct {
	progress *term.Progress
	status   func(ctx context.Context, id int64) (gij.IndexStatus, error)
	slots    chan struct{}         // one for each request that is under way
	refused  atomic.Pointer[error] // that all others would meet as well
	silent   atomic.Int64          // how many in a row got no answer
	unknown  []render.Detail
}

// checked is what became of one question.
type checked struct {
	index indexView
	err   error
}

// all yields the integrations in their order, each with its index.
func (c *checker) all(ctx context.Context, views []integrationView) iter.Seq2[*checkedView, error] {
	return func(yield func(*checkedView, error) bool) {
		asking, cancel := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer c.progress.Close() // before the table is written
		defer running.Wait()
		defer cancel()
		var ahead []chan checked
		for n, view := range views {
			for len(ahead) < checksAhead && n+len(ahead) < len(views) {
				ahead = append(ahead, c.ask(asking, &running, views[n+len(ahead)].ID))
			}
			c.progress.Count(n+1, len(views))
			c.progress.Step("index of %q", view.DisplayName)
			answer := <-ahead[0]
			ahead = ahead[1:]
			if ctx.Err() != nil {
				yield(nil, &cliError{code: codeInterrupted, message: fmt.Sprintf("interrupted: %d of %d integrations were checked", n, len(views))})
				return
			}
			c.note(view, answer)
			if !yield(&checkedView{view, answer.index}, nil) {
				return
			}
		}
	}
}

func (c *checker) ask(ctx context.Context, running *sync.WaitGroup, id int64) chan checked {
	answer := make(chan checked, 1)
	running.Go(func() {
		c.slots <- struct{}{}
		defer func() { <-c.slots }()
		answer <- c.one(ctx, id)
	})
	return answer
}

// one asks for one integration, unless it is known what the answer would be.
func (c *checker) one(ctx context.Context, id int64) checked {
	if refused := c.refused.Load(); refused != nil {
		return unreadable(*refused)
	}
	st, err := c.status(ctx, id)
	if err == nil {
		c.silent.Store(0)
		return checked{index: viewIndex(st)}
	}
	isGone := gij.IsKind(err, gij.KindNetwork) && c.silent.Add(1) >= silentEnough
	if isGone || gij.IsKind(err, gij.KindAuth) {
		c.refused.Store(&err)
	}
	return unreadable(err)
}

func unreadable(err error) checked {
	reason := err.Error()
	var own *gij.Error
	if errors.As(err, &own) {
		reason = own.Message // without the operation, which the column says
	}
	return checked{index: indexView{State: indexUnknown, Errors: []indexErrorView{}, Reason: reason}, err: err}
}

// note keeps what could not be read, for the error at the end.
func (c *checker) note(v integrationView, answer checked) {
	if answer.err == nil {
		return
	}
	own := explain(answer.err)
	c.unknown = append(c.unknown, render.Detail{
		Severity: "error", Code: own.Code, ID: v.ID, Name: v.DisplayName, Message: answer.index.Reason, Remedy: own.Hint,
	})
}

func (c *checker) err(total int) error {
	if len(c.unknown) == 0 {
		return nil
	}
	return &cliError{
		code: codePartial, details: c.unknown, message: fmt.Sprintf("of %s the index of %d is not known", counted(total, "integration"), len(c.unknown)),
		hint: "the others are as listed; look at the exchange with --trace, or try again",
	}
}
