package cli

import (
	"fmt"
	"strconv"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

// How the index of something ended, or did not.
const (
	indexStarted    = "started"     // begun, and not waited for
	indexFinished   = "finished"    // done without an error
	indexRunning    = "running"     // not done when the time to wait was over
	indexErrors     = "failed"      // done with errors, or refused
	indexNotKnown   = "unknown"     // nobody can tell
	indexNotStarted = "not_started" // nothing was sent
	indexAccepted   = "accepted"    // the server answered success, and named nothing to follow
)

// reindexView is what became of the index of one thing, in -o json. The keys are a contract.
type reindexView struct {
	ID          int64            `json:"id,omitempty"` // absent where everything is indexed
	Type        string           `json:"type,omitempty"`
	DisplayName string           `json:"displayName,omitempty"`
	ThreadID    string           `json:"threadId,omitempty"`
	Result      string           `json:"result"`
	Percent     *float64         `json:"percent,omitempty"`
	Messages    []indexEntryView `json:"messages"`
	Errors      []indexEntryView `json:"errors"`
	Reason      string           `json:"reason,omitempty"`

	disabled bool // a server says finished of it, and indexes nothing
}

// indexEntryView is one line of what a server says of an index.
type indexEntryView struct {
	Name    string   `json:"name"`              // what it is about, as the server words it; may be empty
	Percent *float64 `json:"percent,omitempty"` // of this part, where the server says it
	Error   bool     `json:"error"`
	Message string   `json:"message"`
	Details string   `json:"details,omitempty"`
}

func newReindexView(t indexTarget) reindexView {
	return reindexView{ID: t.id, Type: t.typ, DisplayName: t.name, Result: indexNotStarted, Messages: []indexEntryView{}, Errors: []indexEntryView{}, disabled: t.disabled}
}

// took notes what the server says of it.
func (v *reindexView) took(st gij.IndexStatus) {
	v.Percent = st.Percent
	v.Messages, v.Errors = indexEntries(st.Messages, false), indexEntries(st.Errors, true)
}

func indexEntries(all []gij.IndexMessage, failed bool) []indexEntryView {
	views := make([]indexEntryView, len(all))
	for n, m := range all {
		views[n] = indexEntryView{Name: m.Name, Percent: m.Percent, Error: failed, Message: m.Text, Details: m.Details}
	}
	return views
}

// reported turns a report into the result of something that was waited for.
func (v *reindexView) reported(r plan.IndexReport) {
	v.took(r.Status)
	v.Reason = r.Reason
	switch {
	case r.Err != nil:
		v.Result, v.Reason = indexNotKnown, explain(r.Err).Message
	case !r.Done:
		v.Result = indexRunning
	case len(r.Status.Errors) > 0:
		v.Result = indexErrors
	default:
		v.Result = indexFinished
		if v.disabled && len(v.Messages) == 0 {
			v.Reason = "it is disabled, so that the server does not index it"
		}
	}
}

func (v *reindexView) title() string {
	switch {
	case v.ID == 0 && v.DisplayName == "":
		return "everything"
	case v.ID == 0:
		return v.DisplayName
	case v.DisplayName == "":
		return strconv.FormatInt(v.ID, 10)
	}
	return fmt.Sprintf("%d %q", v.ID, v.DisplayName)
}

func reindexList() render.List[*reindexView] {
	type view = *reindexView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "id", Header: "ID", Right: true, Text: func(v view) string {
				if v.ID == 0 {
					return ""
				}
				return strconv.FormatInt(v.ID, 10)
			}},
			{Key: "type", Header: "TYPE", Show: render.Wide, Text: func(v view) string { return v.Type }},
			{Key: "displayName", Header: "NAME", Text: func(v view) string { return v.DisplayName }},
			{Key: "result", Header: "RESULT", State: true, Keep: true, Text: func(v view) string { return v.Result }},
			{Key: "percent", Header: "PERCENT", Right: true, Text: func(v view) string { return percentCell(v.Percent) }},
			{Key: "threadId", Header: "THREAD", Keep: true, Text: func(v view) string { return v.ThreadID }},
			{Key: "messages", Header: "MESSAGES", Show: render.Wide, Text: func(v view) string { return entriesText(v.Messages) }},
			{Key: "errors", Header: "ERRORS", Text: func(v view) string { return entriesText(v.Errors) }},
			{Key: "reason", Header: "REMARK", Show: render.Wide, Text: func(v view) string { return v.Reason }},
		},
		Name:  func(v view) string { return v.DisplayName },
		Empty: "nothing was indexed",
	}
}

// printReindex writes one result: the object itself as JSON and YAML, else a list with one row.
func printReindex(p *render.Printer, v reindexView) error {
	if isObjectForm(p) {
		return render.WriteObject(p, reindexList(), &v)
	}
	return render.WriteList(p, reindexList(), rows([]reindexView{v}))
}

func percentCell(percent *float64) string {
	if percent == nil {
		return ""
	}
	return strconv.FormatFloat(*percent, 'f', -1, 64)
}

func entriesText(all []indexEntryView) string {
	text := ""
	for n, e := range all {
		if n > 0 {
			text += "; "
		}
		text += e.text()
	}
	return text
}

// text is one line: "web-shop: no route to host".
func (e indexEntryView) text() string {
	switch {
	case e.Message == "" && e.Percent != nil:
		return fmt.Sprintf("%s, %.0f %%", e.Name, *e.Percent)
	case e.Message == "":
		return e.Name
	case e.Name == "":
		return e.Message
	}
	return e.Name + ": " + e.Message
}

// indexStatusView is how an index stands, in -o json. The keys are a contract.
type indexStatusView struct {
	ThreadID string           `json:"threadId,omitempty"`
	ID       int64            `json:"id,omitempty"` // that was asked about
	Finished bool             `json:"finished"`
	Percent  *float64         `json:"percent,omitempty"`
	Messages []indexEntryView `json:"messages"`
	Errors   []indexEntryView `json:"errors"`
}

func viewIndexStatus(q gij.IndexQuery, st gij.IndexStatus) indexStatusView {
	v := indexStatusView{ThreadID: q.Thread, ID: q.ID, Finished: st.Finished, Percent: st.Percent}
	if v.ThreadID == "" {
		v.ThreadID = st.ThreadID
	}
	v.Messages, v.Errors = indexEntries(st.Messages, false), indexEntries(st.Errors, true)
	return v
}

func (v *indexStatusView) summary() string {
	state := "is running"
	if v.Finished {
		state = "is finished"
	}
	if v.Percent != nil && !v.Finished {
		state += fmt.Sprintf(" (%.0f %%)", *v.Percent)
	}
	return fmt.Sprintf("indexing %s: %s, %s", state, counted(len(v.Messages), "message"), counted(len(v.Errors), "error"))
}

func indexEntryList() render.List[*indexEntryView] {
	type view = *indexEntryView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "percent", Header: "PERCENT", Right: true, Text: func(v view) string { return percentCell(v.Percent) }},
			{Key: "error", Header: "STATE", State: true, Keep: true, Text: func(v view) string {
				if v.Error {
					return "error"
				}
				return "ok"
			}, Data: func(v view) string { return strconv.FormatBool(v.Error) }},
			{Key: "name", Header: "NAME", Text: func(v view) string { return v.Name }},
			{Key: "message", Header: "MESSAGE", Text: func(v view) string { return v.Message }},
			{Key: "details", Header: "DETAILS", Show: render.OnRequest, Text: func(v view) string { return v.Details }},
		},
		Name: func(v view) string { return v.Name },
	}
}
