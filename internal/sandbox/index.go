package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The two models of an index status that are documented (contract §10.2).
const (
	indexModelMap  = "map"  // of the sample: messages are an object of percentages, errors one of texts
	indexModelList = "list" // of the Java model: messages are a list, in which some are errors
)

// indexing is how the index of a row stands. A row without it is finished.
type indexing struct {
	Percent float64 `json:"percent,omitempty"`
	Error   string  `json:"error,omitempty"`
	Broken  bool    `json:"broken,omitempty"` // it fails each time
}

func (r *row) indexing() indexing {
	if r.Index == nil {
		return indexing{Percent: 100}
	}
	return *r.Index
}

func (i indexing) isFinished() bool { return i.Percent >= 100 }

func (r *row) withIndex(percent float64, failure string) *row {
	r.Index = &indexing{Percent: percent, Error: failure, Broken: failure != ""}
	return r
}

// shownIndex is a row with how its index stands.
type shownIndex struct {
	*row
	indexing
}

// indexStatus answers for one row, for a thread, or for all rows. Documented is that an administrator may ask, and who may
// browse a project and see its development tools; here everybody has these.
func (c *call) indexStatus() answer {
	query := c.r.URL.Query()
	asked := query.Get(c.threadParameter())
	run := c.state.run(asked)
	if query.Has("repoId") {
		return c.indexOf(query.Get("repoId"), run)
	}
	if asked != "" && run == nil {
		return c.unknownRun(asked)
	}
	rows := c.state.Rows
	if run != nil {
		rows = slices.DeleteFunc(slices.Clone(rows), func(r *row) bool { return !run.has(r.ID) })
	}
	return c.showIndex(rows, run)
}

// threadParameter is [U] in the contract: the table says threadID, the example threadId.
func (c *call) threadParameter() string {
	if spelling := c.faults.value("thread-parameter"); spelling != "" {
		return spelling
	}
	return "threadId"
}

// indexOf answers for one row. A thread that it is not in, or that nobody knows, is left out of account.
func (c *call) indexOf(word string, run *indexRun) answer {
	id, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return jiraMessage(http.StatusBadRequest, "Query parameter 'repoId' must be a number.")
	}
	if c.faults.value("index-broken") == word {
		return jiraMessage(http.StatusInternalServerError, "java.lang.NullPointerException")
	}
	r := c.state.find(id)
	if r == nil {
		return c.failed(noSuchID(id)) // that it is said in these words here as well is an assumption
	}
	if run != nil && run.has(id) {
		return c.showIndex([]*row{r}, run)
	}
	return c.showIndex([]*row{r}, nil)
}

// unknownRun answers about a thread that nobody knows, which is [U] in the contract: the knob unknown-thread.
func (c *call) unknownRun(asked string) answer {
	switch c.faults.value("unknown-thread") {
	case "finished":
		return c.showIndex(nil, nil)
	case "404":
		return c.failed(problem{text: "Thread with id=" + asked + " does not exist", missing: true})
	}
	var o object
	o.begin()
	o.bool("success", false)
	o.str("error", "Thread with id="+asked+" does not exist")
	c.extras(&o)
	o.end()
	return jsonAnswer(http.StatusOK, o.buf)
}

// showIndex answers about rows, as a run has them or as they are.
func (c *call) showIndex(rows []*row, run *indexRun) answer {
	at := c.s.now().UnixMicro()
	shown := make([]shownIndex, len(rows))
	for i, r := range rows {
		shown[i] = shownIndex{r, c.state.indexing(r, at)}
		if run != nil {
			shown[i].indexing = run.indexing(r.ID, at)
		}
	}
	var o object
	o.begin()
	o.bool("success", true)
	o.bool("finished", allFinished(shown))
	c.showThread(&o, rows)
	if c.faults.value("index-model") == indexModelList {
		c.showIndexList(&o, shown)
	} else {
		c.showIndexMap(&o, shown)
	}
	c.extras(&o)
	o.end()
	return jsonAnswer(http.StatusOK, o.buf)
}

// showThread writes the thread as it was asked for, else a number or a UUID: samples have both.
func (c *call) showThread(o *object, rows []*row) {
	number := int64(172)
	if len(rows) == 1 {
		number += rows[0].ID
	}
	asked := c.r.URL.Query().Get(c.threadParameter())
	given, err := strconv.ParseInt(asked, 10, 64)
	switch {
	case err == nil:
		o.int("threadId", given)
	case asked != "":
		o.str("threadId", asked)
	case c.faults.value("index-model") == indexModelList:
		o.str("threadId", fmt.Sprintf("5f0c6bd2-0000-4000-8000-%012d", number))
	default:
		o.int("threadId", number)
	}
}

func allFinished(rows []shownIndex) bool {
	for _, r := range rows {
		if !r.isFinished() {
			return false
		}
	}
	return true
}

func (c *call) showIndexMap(o *object, rows []shownIndex) {
	open := func(key string) {
		o.key(key)
		o.begin()
	}
	open("messages")
	for _, r := range rows {
		o.raw("Indexing "+r.DisplayName, percentText(r.Percent))
	}
	o.end()
	open("errors")
	for _, r := range rows {
		if failure := c.indexError(r); failure != "" {
			o.str(r.DisplayName, failure)
		}
	}
	o.end()
	o.raw("lastOperationPercent", percentText(leastPercent(rows)))
}

func (c *call) showIndexList(o *object, rows []shownIndex) {
	o.raw("completionPercentage", percentText(leastPercent(rows)))
	var list []string
	failures := int64(0)
	for _, r := range rows {
		list = append(list, indexMessage("Indexing "+r.DisplayName, "", false))
		if failure := c.indexError(r); failure != "" {
			list = append(list, indexMessage(failure, "org.eclipse.jgit.api.errors.TransportException\n\tat "+r.DisplayName, true))
			failures++
		}
	}
	o.int("errorsCount", failures)
	o.raw("messages", "["+strings.Join(list, ",")+"]")
}

// indexMessage is one of the Java model's. That its error is a boolean is an assumption ([U] in the contract).
func indexMessage(message, details string, failed bool) string {
	var o object
	o.begin()
	o.str("message", message)
	o.str("details", details)
	o.bool("error", failed)
	o.int("insertionTime", seedTime)
	o.end()
	return string(o.buf)
}

func (c *call) indexError(r shownIndex) string {
	failure := r.Error
	if failure != "" && c.faults.has("hostile-text") {
		failure += hostileText()
	}
	return failure
}

// leastPercent is that of what is farthest behind.
func leastPercent(rows []shownIndex) float64 {
	least := 100.0
	for _, r := range rows {
		least = min(least, r.Percent)
	}
	return least
}

// percentText writes a percentage as Java does: 100.0.
func percentText(percent float64) string {
	return strconv.FormatFloat(percent, 'f', 1, 64)
}
