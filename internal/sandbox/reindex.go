package sandbox

import (
	"encoding/json"
	"mime"
	"net/http"
	"slices"
)

// The priorities that the vendor names (contract §10.2).
const (
	priorityManual  = 24
	priorityWebhook = 22
)

// startIndex is the newer resource: both keys can be left out, also the whole body.
func (c *call) startIndex() answer {
	if c.faults.value("reindex-api") == "1.0" {
		return notFoundREST(c.uri())
	}
	body := struct {
		RepoID   *int64 `json:"repoId"`
		Priority *int64 `json:"priority"`
	}{}
	if a, ok := c.readJSON(&body); !ok {
		return a
	}
	priority := int64(priorityManual)
	if body.Priority != nil {
		priority = *body.Priority
	}
	if priority < 1 {
		return c.failed(problem{text: "Priority must be greater or equal to 1", advice: "Please provide another priority."})
	}
	var ids []int64
	if body.RepoID != nil {
		ids = []int64{*body.RepoID}
	}
	return c.index(ids, priority)
}

// startIndexOld is the resource of servers before 4.17, which has a list of ids and no priority.
func (c *call) startIndexOld() answer {
	if c.faults.value("reindex-api") == "2.0" {
		return methodNotAllowed("GET")
	}
	var body struct {
		RepoID []int64 `json:"repoId"`
	}
	if a, ok := c.readJSON(&body); !ok {
		return a
	}
	return c.index(body.RepoID, priorityManual)
}

// readJSON decodes a body, which may be missing.
func (c *call) readJSON(v any) (answer, bool) {
	if len(c.body) == 0 {
		return answer{}, true
	}
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return jiraMessage(http.StatusUnsupportedMediaType, "HTTP 415 Unsupported Media Type"), false
	}
	if err := json.Unmarshal(c.body, v); err != nil {
		return c.failed(malformed{err}), false
	}
	return answer{}, true
}

// index begins an index of rows, of all of them without ids.
func (c *call) index(ids []int64, priority int64) answer {
	var run *indexRun
	err := c.s.store.update(func(st *state) error {
		rows := slices.DeleteFunc(slices.Clone(st.Rows), func(r *row) bool { return !c.mayDevelop(st, r) })
		if len(ids) > 0 {
			rows = nil
		}
		for _, id := range ids {
			r := st.find(id)
			if r == nil {
				return noSuchID(id)
			}
			if !c.mayDevelop(st, r) {
				return forbidden{"You do not have permission to index this repository."}
			}
			rows = append(rows, r)
		}
		run = c.beginIndex(st, st.withChildren(rows), priority)
		return nil
	})
	if err != nil {
		return c.failed(err)
	}
	return c.showStarted(run)
}

// mayDevelop lets through Jira administrators, and who may browse a project and view its development tools, if the repository is
// associated with it. Everybody here has both permissions in every project.
func (c *call) mayDevelop(st *state, r *row) bool {
	if c.account.Admin {
		return true
	}
	if r.Repository != nil {
		if parent := st.find(r.Repository.TrackedFolderID); parent != nil {
			r = parent
		}
	}
	return r.Global || len(r.Projects) > 0
}

// showStarted answers about an index that has begun; nil is none.
func (c *call) showStarted(run *indexRun) answer {
	var o object
	o.begin()
	o.bool("success", true)
	o.bool("finished", run == nil || run.Ended)
	if run != nil {
		c.showRun(&o, run)
	}
	c.extras(&o)
	o.end()
	return jsonAnswer(http.StatusOK, o.buf)
}

// showRun writes the thread's id in the form that the knob asks for.
func (c *call) showRun(o *object, run *indexRun) {
	if c.faults.value("thread-id") == "number" {
		o.int("threadId", run.Number)
		return
	}
	o.str("threadId", run.uuid())
}
