package sandbox

import (
	"slices"
	"strings"
	"time"
)

const (
	// firstThread is the id of a state's first import.
	firstThread = 142
	// maxThreads are the imports that a state remembers; how long a server does is [U] in the contract.
	maxThreads = 16

	// firstStep and eachStep are how long an import takes before its first row and for each.
	firstStep = 20 * time.Millisecond
	eachStep  = 200 * time.Microsecond
	// defaultRemoval is how long after the end of an import the indexing queue removes what it deleted.
	defaultRemoval = 20 * time.Millisecond

	// deltas is the count that the vendor's sample has for a clone: not a percentage.
	deltas = 1042

	// clonesBelow is where GIJ keeps clones, as in the vendor's samples.
	clonesBelow = "/var/jira/data/git-plugin/"
)

// thread is an import: what is still to do, and its log. How far it is follows from when it began and from the clock alone, so
// that it goes on between two servers on one state.
type thread struct {
	ID      int64      `json:"id"`
	Started int64      `json:"started"` // epoch microseconds
	First   int64      `json:"first"`   // microseconds before the first row
	Each    int64      `json:"each"`    // microseconds for a row
	Removal int64      `json:"removal"` // microseconds from the end to the removal of rows
	Count   int        `json:"count"`   // rows
	Hangs   bool       `json:"hangs,omitempty"`
	Stop    int        `json:"stop,omitempty"`  // rows that are done by an import that hangs
	Node    string     `json:"node,omitempty"`  // that knows it; "" is every node
	Steps   []step     `json:"steps,omitempty"` // that are left
	Log     []logEntry `json:"log,omitempty"`
	Told    int        `json:"told,omitempty"` // entries that were told; see the knob progress
	Ended   bool       `json:"ended,omitempty"`
}

// step is one row of an import. Everything that a knob decides is decided, and checked, when the import begins.
type step struct {
	ID      int64             `json:"id"`
	New     *row              `json:"new,omitempty"` // to be added, without the cells
	Origin  string            `json:"origin,omitempty"`
	Cells   map[string]string `json:"cells,omitempty"`   // what is to change
	Secrets map[string]string `json:"secrets,omitempty"` // column → fingerprint
	Kept    map[string]string `json:"kept,omitempty"`
	Delete  bool              `json:"delete,omitempty"`
	Failure string            `json:"failure,omitempty"`
	Ignored bool              `json:"ignored,omitempty"` // said to be done, and not done
}

// logEntry is a message of an import.
type logEntry struct {
	Message string  `json:"m"`
	Percent float64 `json:"p,omitempty"`
	Work    int64   `json:"w,omitempty"`
	Error   bool    `json:"e,omitempty"`
}

// removal is a row that the indexing queue is to remove.
type removal struct {
	ID int64 `json:"id"`
	At int64 `json:"at"` // epoch microseconds
}

// due returns when the n-th row is done, counted from 0.
func (t *thread) due(n int) int64 { return t.Started + t.First + int64(n+1)*t.Each }

// end returns when the last row is done.
func (t *thread) end() int64 { return t.due(t.Count - 1) }

// isDue reports whether there is something to do for advance.
func (st *state) isDue(now time.Time) bool {
	at := now.UnixMicro()
	for _, t := range st.Threads {
		if !t.Ended && t.ready(at) > 0 || t.ends(at) {
			return true
		}
	}
	return st.indexDue(at) || slices.ContainsFunc(st.Removals, func(r removal) bool { return r.At <= at })
}

// ready returns how many of the steps that are left are due.
func (t *thread) ready(at int64) int {
	done := t.Count - len(t.Steps)
	n := 0
	for n < len(t.Steps) && t.due(done+n) <= at && (!t.Hangs || done+n < t.Stop) {
		n++
	}
	return n
}

func (t *thread) ends(at int64) bool { return !t.Ended && !t.Hangs && t.end() <= at }

// busy reports whether an import or a removal is still under way.
func (st *state) busy() bool {
	return len(st.Removals) > 0 || st.indexBusy() || slices.ContainsFunc(st.Threads, func(t *thread) bool { return !t.Ended && !t.stuck() })
}

// stuck reports whether the import hangs, and has done what it was to do before that.
func (t *thread) stuck() bool { return t.Hangs && t.Count-len(t.Steps) >= t.Stop }

// advance does what is due. The state is a clone: its rows and threads are replaced, never written to.
func (st *state) advance(now time.Time) {
	at := now.UnixMicro()
	st.advanceRuns(at)
	st.Threads = slices.Clone(st.Threads)
	for i, old := range st.Threads {
		if old.Ended {
			continue
		}
		t := *old
		t.advance(st, at)
		st.Threads[i] = &t
	}
	st.Removals = slices.DeleteFunc(slices.Clone(st.Removals), func(r removal) bool {
		if r.At > at {
			return false
		}
		st.removeRow(r.ID)
		return true
	})
}

func (t *thread) advance(st *state, at int64) {
	n := t.ready(at)
	done := t.Count - len(t.Steps)
	t.Log = slices.Clone(t.Log)
	for i := range n {
		t.do(st, &t.Steps[i], t.due(done+i))
	}
	t.Steps = t.Steps[n:]
	if t.ends(at) {
		t.Ended, t.Steps = true, nil
	}
}

// do does one row.
func (t *thread) do(st *state, s *step, at int64) {
	old := st.find(s.ID)
	switch {
	case s.Delete:
		t.say("Removing repository " + s.Origin)
		if !s.Ignored {
			st.Removals = append(slices.Clip(st.Removals), removal{ID: s.ID, At: t.end() + t.Removal})
		}
	case s.Failure != "":
		if s.Origin != "" {
			t.say(s.verb() + s.Origin)
		}
		t.fail(s.Failure)
	case s.New != nil:
		t.say(s.verb() + s.Origin)
		t.Log = append(t.Log, logEntry{Message: "Resolving deltas", Percent: 100, Work: deltas})
		if !s.Ignored {
			st.insert(s.created(at))
		}
	case old == nil:
		t.fail(noSuchID(s.ID).text) // somebody deleted it since the import began
	default:
		t.say(s.verb() + s.Origin)
		st.replace(st.linked(s.applied(*old, at), old))
	}
}

// verb begins a message; the first is the vendor's sample, the other is made after it.
func (s *step) verb() string {
	if s.New != nil {
		return "Creating repository "
	}
	return "Updating repository "
}

func (s *step) created(at int64) *row {
	fresh := s.applied(*s.New, at)
	fresh.ID = s.ID
	fresh.complete()
	if fresh.GitHubApp != nil {
		fresh.LastIndexed = 0 // its first index needs the app to be installed, and somebody to ask for it
	}
	return fresh
}

func (t *thread) say(message string)  { t.Log = append(t.Log, logEntry{Message: message}) }
func (t *thread) fail(message string) { t.Log = append(t.Log, logEntry{Message: message, Error: true}) }

// applied returns the row with the cells of the step, indexed again.
func (s *step) applied(r row, at int64) *row {
	r.LastIndexed = at / 1000
	r.Touched++
	if s.Ignored {
		return &r
	}
	if r.Repository != nil {
		repo := *r.Repository
		r.Repository = &repo
	}
	for key, value := range s.Cells {
		r.setCell(key, value)
	}
	for key, value := range s.Secrets {
		r.Secrets = with(r.Secrets, key, value)
		r.keep(key, s.Kept[key])
	}
	return &r
}

// complete fills in what a new row did not say.
func (r *row) complete() {
	if r.DisplayName == "" {
		r.DisplayName = nameOf(r.Origin)
	}
	if r.Repository == nil {
		return
	}
	if r.Repository.RealRoot == "" {
		r.Repository.RealRoot = number(r.ID) + "_" + nameOf(r.Origin)
		r.Repository.Root = clonesBelow + r.Repository.RealRoot
	}
	if r.Repository.MainBranch == "" {
		r.Repository.MainBranch = "master"
	}
}

// nameOf is the display name that an origin gives.
func nameOf(origin string) string {
	name := strings.TrimSuffix(strings.TrimRight(origin, "/"), ".git")
	if i := strings.LastIndexAny(name, "/:\\"); i >= 0 {
		name = name[i+1:]
	}
	return name
}

// insert adds a row that has its id already.
func (st *state) insert(r *row) {
	i, _ := st.index(r.ID)
	st.Rows = slices.Insert(st.Rows, i, r)
}

func (st *state) thread(id int64) *thread {
	for _, t := range st.Threads {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// begin appends an import, and forgets the oldest.
func (st *state) begin(t *thread) {
	t.ID = firstThread
	if n := len(st.Threads); n > 0 {
		t.ID = st.Threads[n-1].ID + 1
	}
	st.Threads = append(slices.Clip(st.Threads), t)
	if len(st.Threads) > maxThreads {
		st.Threads = st.Threads[1:]
	}
}
