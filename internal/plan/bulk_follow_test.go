package plan_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

// scripted answers questions for progress one after the other, the last one again and again.
type scripted struct {
	answers []any // a gij.BulkProgress or an error
	asked   int
}

func (s *scripted) Export(context.Context) (io.ReadCloser, error) {
	return nil, errors.New("not asked for")
}

func (s *scripted) Import(context.Context, gij.BulkUpload) (gij.BulkAnswer, error) {
	return gij.BulkAnswer{}, errors.New("not asked for")
}

func (s *scripted) Progress(context.Context, gij.BulkThread) (gij.BulkProgress, error) {
	answer := s.answers[min(s.asked, len(s.answers)-1)]
	s.asked++
	if err, failed := answer.(error); failed {
		return gij.BulkProgress{}, err
	}
	return answer.(gij.BulkProgress), nil
}

func running(messages ...string) gij.BulkProgress { return answered(false, messages...) }

func finished(messages ...string) gij.BulkProgress { return answered(true, messages...) }

func answered(finished bool, messages ...string) gij.BulkProgress {
	p := gij.BulkProgress{Finished: finished}
	for n, message := range messages {
		percent := float64(n)
		p.Entries = append(p.Entries, gij.BulkEntry{Message: message, Percent: &percent})
	}
	return p
}

func messages(entries []gij.BulkEntry) []string {
	var all []string
	for _, e := range entries {
		all = append(all, e.Message)
	}
	return all
}

func TestFollowBulk(t *testing.T) {
	t.Parallel()
	cut := &gij.Error{Kind: gij.KindNetwork, Message: "no answer"}
	gateway := &gij.Error{Kind: gij.KindFailed, Status: 502, Message: "unexpected answer"}
	refused := &gij.Error{Kind: gij.KindAuth, Status: 401, Message: "not accepted"}
	gone := &gij.Error{Kind: gij.KindNotFound, Status: 404, Message: "no such thread"}
	second, half := time.Second, 500*time.Millisecond
	for name, tt := range map[string]struct {
		answers []any
		timeout time.Duration
		want    []string
		waits   []time.Duration
		err     func(error) bool
	}{
		"at once":            {answers: []any{finished("a")}, want: []string{"a"}, waits: []time.Duration{second}},
		"cumulative":         {answers: []any{running("a"), running("a", "b"), finished("a", "b", "c")}, want: []string{"a", "b", "c"}, waits: []time.Duration{second, 1500*time.Millisecond + 1, 2250*time.Millisecond + 2}},
		"drained":            {answers: []any{running("a"), running("b"), running(), finished("c", "d")}, want: []string{"a", "b", "c", "d"}},
		"nothing new":        {answers: []any{running("a"), running("a"), finished("a")}, want: []string{"a"}},
		"a pause without":    {answers: []any{running(), finished()}},
		"failures that pass": {answers: []any{cut, gateway, cut, cut, finished("a")}, want: []string{"a"}},
		"failures that stay": {answers: []any{cut}, err: func(err error) bool { return errors.Is(err, cut) }},
		"not logged in":      {answers: []any{running("a"), refused}, want: []string{"a"}, err: func(err error) bool { return errors.Is(err, refused) }},
		"unknown":            {answers: []any{gone}, err: func(err error) bool { return gij.IsKind(err, gij.KindNotFound) }},
		"too long": {
			answers: []any{running("a")}, timeout: 3 * time.Second, want: []string{"a"},
			waits: []time.Duration{second, 1500*time.Millisecond + 1, half - 1},
			err: func(err error) bool {
				var running *plan.StillRunningError
				return errors.As(err, &running) && running.Thread == 7 && running.Code() == "still_running" && running.Hint() != ""
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, said := &scripted{answers: tt.answers}, &heard{}
			var waits []time.Duration
			o := plan.ImportOptions{WaitTimeout: tt.timeout, Wait: func(ctx context.Context, d time.Duration) error {
				waits = append(waits, d)
				return ctx.Err()
			}}
			got, err := plan.FollowBulk(t.Context(), server, gij.BulkThread{ID: 7}, o, said)
			if (err == nil) != (tt.err == nil) || err != nil && !tt.err(err) {
				t.Errorf("got %v", err)
			}
			same(t, "entries", tt.want, messages(got.Entries))
			same(t, "heard", tt.want, messages(said.entries))
			if tt.waits != nil {
				same(t, "waits", tt.waits, waits)
			}
		})
	}
}

func TestPausesGrowToTenSeconds(t *testing.T) {
	t.Parallel()
	answers := slices.Repeat([]any{running("a")}, 20)
	var waits []time.Duration
	o := plan.ImportOptions{FirstPoll: 50 * time.Millisecond, Wait: func(ctx context.Context, d time.Duration) error {
		waits = append(waits, d)
		return ctx.Err()
	}}
	if _, err := plan.FollowBulk(t.Context(), &scripted{answers: append(answers, finished("a"))}, gij.BulkThread{ID: 7}, o, &heard{}); err != nil {
		t.Fatal(err)
	}
	if waits[0] != 50*time.Millisecond || waits[20] != 10*time.Second || !slices.IsSorted(waits) {
		t.Error(waits)
	}
}

func TestFollowBulkInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	o := plan.ImportOptions{Wait: func(ctx context.Context, _ time.Duration) error {
		cancel()
		return ctx.Err()
	}}
	_, err := plan.FollowBulk(ctx, &scripted{answers: []any{running()}}, gij.BulkThread{ID: 7}, o, &heard{})
	var interrupted *plan.InterruptedError
	if !errors.As(err, &interrupted) || interrupted.Thread != 7 || !errors.Is(err, context.Canceled) || interrupted.Code() != "interrupted" {
		t.Errorf("got %v", err)
	}
}

func TestAttribute(t *testing.T) {
	t.Parallel()
	rows := []string{
		"https://git.example.org/acme/web.git=web", "https://git.example.org/acme=acme", "git@git.example.org:docs.git=Docs of Acme",
		"https://git.example.org/twin=twin", "https://git.example.org/twin=twin",
	}
	for name, tt := range map[string]struct {
		log  []string // an error begins with !
		want map[int]string
		rest []string
	}{
		"by origin":            {log: []string{"!cannot clone git@git.example.org:docs.git: no key"}, want: map[int]string{2: "cannot clone git@git.example.org:docs.git: no key"}},
		"the longest origin":   {log: []string{"!https://git.example.org/acme/web failed: 'https://git.example.org/acme/web.git'"}, want: map[int]string{0: "https://git.example.org/acme/web failed: 'https://git.example.org/acme/web.git'"}},
		"not a part of one":    {log: []string{"!cannot clone https://git.example.org/acme-two"}, rest: []string{"cannot clone https://git.example.org/acme-two"}},
		"with .git":            {log: []string{"!cannot clone https://git.example.org/acme.git."}, want: map[int]string{1: "cannot clone https://git.example.org/acme.git."}},
		"by name":              {log: []string{"!Docs of Acme: no key"}, want: map[int]string{2: "Docs of Acme: no key"}},
		"not a part of a name": {log: []string{"!webhooks failed"}, rest: []string{"webhooks failed"}},
		"of the row before":    {log: []string{"Creating repository git@git.example.org:docs.git", "!java.lang.NullPointerException", "Resolving deltas"}, want: map[int]string{2: "java.lang.NullPointerException"}},
		"two of the row before": {
			log:  []string{"Creating repository git@git.example.org:docs.git", "Resolving deltas", "!java.lang.NullPointerException", "!java.io.IOException"},
			want: map[int]string{2: "java.lang.NullPointerException; java.io.IOException"},
		},
		"before any row":         {log: []string{"!java.lang.NullPointerException", "Creating repository git@git.example.org:docs.git"}, rest: []string{"java.lang.NullPointerException"}},
		"after another's row":    {log: []string{"web is done", "Creating repository https://other.example.org/x", "!java.io.IOException"}, rest: []string{"java.io.IOException"}},
		"of rows that are alike": {log: []string{"!https://git.example.org/twin failed"}, want: map[int]string{3: "https://git.example.org/twin failed", 4: "https://git.example.org/twin failed"}},
		"without words":          {log: []string{"web", "!"}, want: map[int]string{0: "an error without a message"}},
	} {
		said, rest := plan.Attribute(tt.log, rows)
		want := make([]string, len(rows))
		for row, message := range tt.want {
			want[row] = message
		}
		same(t, name, want, said)
		same(t, name+": rest", tt.rest, rest)
	}
}
