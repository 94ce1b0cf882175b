package sandbox

import (
	"net/http"
	"strconv"
)

// routeCookie is the load balancer's, as in the vendor's curl line. That an import is known to one node alone is inferred from
// it; the knob two-nodes has it so.
const (
	routeCookie = "ROUTEID"
	firstNode   = ".1"
)

// node returns the node that answers: the one that the cookie leads to. "" is a server that is no cluster.
func (c *call) node() string {
	if !c.faults.has("two-nodes") {
		return ""
	}
	if cookie, err := c.r.Cookie(routeCookie); err == nil {
		return cookie.Value
	}
	return firstNode
}

// knows reports whether the answering node knows the import. Without the cookie, that is never the node of the import.
func (c *call) knows(t *thread) bool {
	if t == nil || t.Ended && c.faults.has("thread-forgotten") {
		return false
	}
	if t.Node == "" {
		return true
	}
	cookie, err := c.r.Cookie(routeCookie)
	return err == nil && cookie.Value == t.Node
}

// importProgress answers any Jira user (contract §4).
func (c *call) importProgress() answer {
	id, err := strconv.ParseInt(c.r.URL.Query().Get("thread_id"), 10, 64)
	if err != nil {
		return jiraMessage(http.StatusBadRequest, "Query parameter 'thread_id' must be a number.")
	}
	t := c.state.thread(id)
	if !c.knows(t) {
		return c.unknownThread(id)
	}
	entries := t.Log
	if c.faults.value("progress") == "drained" {
		if entries, err = c.drain(id); err != nil {
			return c.failed(err)
		}
	}
	return c.showProgress(t.Ended, entries)
}

// drain returns the entries that were not told before.
func (c *call) drain(id int64) ([]logEntry, error) {
	var entries []logEntry
	err := c.s.store.update(func(st *state) error {
		st.Threads = append([]*thread(nil), st.Threads...)
		for i, old := range st.Threads {
			if old.ID != id {
				continue
			}
			t := *old
			entries = t.Log[t.Told:]
			t.Told = len(t.Log)
			st.Threads[i] = &t
		}
		return nil
	})
	return entries, err
}

func (c *call) showProgress(finished bool, entries []logEntry) answer {
	var o object
	o.begin()
	c.writeSuccess(&o)
	o.bool("finished", finished)
	o.key("progressEntries")
	o.buf = append(o.buf, '[')
	for i, e := range entries {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		c.showEntry(&o, e)
	}
	o.buf = append(o.buf, ']')
	o.comma = true
	c.extras(&o)
	o.end()
	return jsonAnswer(http.StatusOK, o.buf)
}

// showEntry writes an entry; one about an error has no percentage in the vendor's sample.
func (c *call) showEntry(o *object, e logEntry) {
	o.begin()
	if !e.Error {
		o.raw("prcntDouble", percentText(e.Percent))
		o.int("prcntInteger", e.Work)
	}
	o.bool("error", e.Error)
	message := e.Message
	if e.Error && c.faults.has("hostile-text") {
		message += hostileText()
	}
	o.str("message", message)
	o.end()
}

// unknownThread answers about an import that nobody knows, which is [U] in the contract: the knob unknown-thread.
func (c *call) unknownThread(id int64) answer {
	mode := c.faults.value("unknown-thread")
	if mode == "finished" {
		return c.showProgress(true, nil)
	}
	var o object
	o.begin()
	o.bool("success", false)
	o.str("error", "Thread with id="+strconv.FormatInt(id, 10)+" does not exist")
	o.str("advice", "Please try again with the id of a running import.")
	c.extras(&o)
	o.end()
	if mode == "404" {
		return jsonAnswer(http.StatusNotFound, o.buf)
	}
	return jsonAnswer(http.StatusOK, o.buf)
}
