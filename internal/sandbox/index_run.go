package sandbox

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

const (
	// firstRun is the number of a state's first index, as in the vendor's sample.
	firstRun = 172
	// maxRuns are the indexes that a state remembers; how long a server does is [U] in the contract.
	maxRuns = 64
	// defaultIndex is how long an index takes.
	defaultIndex = 60 * time.Millisecond
	// defaultFirst is how long the first index of an integration takes, which scans and clones as well.
	defaultFirst = 2 * time.Second
)

// indexRun is an index that somebody asked for. How far it is follows from when it began and from the clock alone, as with [thread].
type indexRun struct {
	Number   int64            `json:"number"`
	Started  int64            `json:"started"` // epoch microseconds
	Lasts    int64            `json:"lasts"`   // microseconds
	Rows     []int64          `json:"rows"`    // ascending
	Failures map[int64]string `json:"failures,omitempty"`
	Priority int64            `json:"priority"`
	Hangs    bool             `json:"hangs,omitempty"`
	Stop     float64          `json:"stop,omitempty"` // percent that one that hangs gets to
	Ended    bool             `json:"ended,omitempty"`
}

// uuid is the other form of the thread's id: the vendor's samples have both.
func (r *indexRun) uuid() string { return fmt.Sprintf("5f0c6bd2-0000-4000-8000-%012d", r.Number) }

func (r *indexRun) ends(at int64) bool { return !r.Ended && !r.Hangs && r.Started+r.Lasts <= at }

func (r *indexRun) has(id int64) bool {
	_, found := slices.BinarySearch(r.Rows, id)
	return found
}

// indexing is how far a row is in this run.
func (r *indexRun) indexing(id, at int64) indexing {
	if r.Ended {
		return indexing{Percent: 100, Error: r.Failures[id]}
	}
	if r.Hangs {
		return indexing{Percent: r.Stop}
	}
	percent := 100 * float64(at-r.Started) / float64(max(r.Lasts, 1))
	return indexing{Percent: max(0, min(math.Round(percent*10)/10, 99.9))}
}

// run finds an index by its id in either form.
func (st *state) run(id string) *indexRun {
	for _, r := range st.Runs {
		if id == number(r.Number) || id == r.uuid() {
			return r
		}
	}
	return nil
}

// indexing is how the index of a row stands at a moment: in the newest run that it is in, else as it was left.
func (st *state) indexing(r *row, at int64) indexing {
	for _, run := range slices.Backward(st.Runs) {
		if !run.Ended && run.has(r.ID) {
			return run.indexing(r.ID, at)
		}
	}
	return r.indexing()
}

// beginIndex has rows indexed.
func (c *call) beginIndex(st *state, rows []*row, priority int64) *indexRun {
	return c.indexFor(st, rows, priority, defaultIndex)
}

// beginFirstIndex has a new integration indexed.
func (c *call) beginFirstIndex(st *state, r *row) {
	c.indexFor(st, []*row{r}, priorityManual, defaultFirst)
}

// indexFor has rows indexed, which takes so long. Those that are disabled are skipped, as documented. What is broken fails each time.
func (c *call) indexFor(st *state, rows []*row, priority int64, lasts time.Duration) *indexRun {
	run := &indexRun{Number: firstRun, Started: c.s.now().UnixMicro(), Lasts: lasts.Microseconds(), Priority: priority}
	if n := len(st.Runs); n > 0 {
		run.Number = st.Runs[n-1].Number + 1
	}
	if c.faults.has("index-time") {
		run.Lasts = c.faults.pause("index-time").Microseconds()
	}
	if c.faults.has("index-hangs") {
		run.Hangs, run.Stop = true, float64(c.faults.number("index-hangs"))
	}
	links := appLinks{st: st}
	for _, r := range rows {
		if r.Disabled {
			continue
		}
		run.Rows = append(run.Rows, r.ID)
		failure := ""
		if last := r.indexing(); last.Broken {
			failure = last.Error
		}
		if last := links.failure(r); last != "" {
			failure = last
		}
		if c.faults.matches("index-fails", r) {
			failure = "cannot open git-upload-pack of '" + r.Origin + "'"
		}
		if failure != "" && run.Failures == nil {
			run.Failures = map[int64]string{}
		}
		if failure != "" {
			run.Failures[r.ID] = failure
		}
	}
	run.Ended = len(run.Rows) == 0
	st.Runs = append(slices.Clip(st.Runs), run)
	if len(st.Runs) > maxRuns {
		st.Runs = st.Runs[1:]
	}
	return run
}

// matches reports whether a fault's value is the id of a row, or a part of its origin.
func (fs *faultSet) matches(name string, r *row) bool {
	value := fs.value(name)
	return value != "" && (value == number(r.ID) || strings.Contains(r.Origin, value))
}

// advanceRuns ends the indexes that are over: their rows have been indexed, or failed.
func (st *state) advanceRuns(at int64) {
	st.Runs = slices.Clone(st.Runs)
	for i, old := range st.Runs {
		if !old.ends(at) {
			continue
		}
		run := *old
		run.Ended = true
		st.Runs[i] = &run
		for _, id := range run.Rows {
			if r := st.find(id); r != nil {
				st.replace(run.applied(st, *r))
			}
		}
	}
}

// applied returns a row as the run left it.
func (r *indexRun) applied(st *state, next row) *row {
	if failure := r.Failures[next.ID]; failure != "" {
		next.Index = &indexing{Percent: 100, Error: failure, Broken: next.indexing().Broken}
		return &next
	}
	next.Index, next.LastIndexed = nil, (r.Started+r.Lasts)/1000
	if next.GitHubApp != nil && next.GitHubApp.InstallationID == 0 {
		next.GitHubApp = st.installed(next.GitHubApp)
	}
	return &next
}

func (st *state) indexDue(at int64) bool {
	return slices.ContainsFunc(st.Runs, func(r *indexRun) bool { return r.ends(at) })
}

func (st *state) indexBusy() bool {
	return slices.ContainsFunc(st.Runs, func(r *indexRun) bool { return !r.Ended && !r.Hangs })
}

// withChildren are rows with the repositories that the integrations among them found.
func (st *state) withChildren(rows []*row) []*row {
	var all []*row
	for _, r := range st.Rows {
		if slices.Contains(rows, r) || r.Repository != nil && slices.ContainsFunc(rows, func(p *row) bool { return p.ID == r.Repository.TrackedFolderID }) {
			all = append(all, r)
		}
	}
	return all
}
