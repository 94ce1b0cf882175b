package cli

import (
	"cmp"
	"errors"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// bulkResultView is how an import ended, in -o json and in --report. The keys are a contract.
type bulkResultView struct {
	Backup    string        `json:"backup"`
	Threads   []int64       `json:"threads"`
	Rows      []bulkRowView `json:"rows"`
	Unchanged int           `json:"unchanged"`
	Held      []heldView    `json:"held"`
	Losses    []lossView    `json:"losses"` // of a restore
	Messages  []string      `json:"messages"`
}

// bulkRowView is how an import ended for one row.
type bulkRowView struct {
	Line        int            `json:"line,omitempty"` // of the file
	ID          int64          `json:"id,omitempty"`
	Action      plan.Action    `json:"action"`
	Kind        gijtsv.RowKind `json:"kind"`
	DisplayName string         `json:"displayName"`
	Origin      string         `json:"origin"`
	Result      plan.Outcome   `json:"result"`
	Fields      []string       `json:"fields"`
	NotShown    []string       `json:"notShown"`
	Message     string         `json:"message,omitempty"`
}

// heldView is a secret that came from an export, and was not sent.
type heldView struct {
	ID          int64  `json:"id,omitempty"`
	Line        int    `json:"line,omitempty"`
	DisplayName string `json:"displayName"`
	Column      string `json:"column"`
	Reason      string `json:"reason"`
}

// lossView is what a restore cannot bring back.
type lossView struct {
	ID          int64  `json:"id,omitempty"`
	DisplayName string `json:"displayName"`
	Column      string `json:"column,omitempty"`
	Reason      string `json:"reason"`
}

// viewBulkResult turns the end of an import into what is shown and reported.
func viewBulkResult(p *plan.BulkPlan, r plan.BulkResult, made bool) bulkResultView {
	v := bulkResultView{
		Backup: r.Backup, Threads: append([]int64{}, r.Threads...), Rows: []bulkRowView{}, Unchanged: p.Unchanged,
		Held: []heldView{}, Losses: []lossView{}, Messages: append([]string{}, r.Messages...),
	}
	for _, row := range r.Rows {
		view := viewBulkRow(row)
		if made {
			view.Line = 0
		}
		v.Rows = append(v.Rows, view)
	}
	for _, h := range p.Held {
		view := heldView{ID: h.ID, Line: h.Line, DisplayName: h.Name, Column: h.Column, Reason: h.Reason}
		if made {
			view.Line = 0
		}
		v.Held = append(v.Held, view)
	}
	for _, l := range p.Losses {
		v.Losses = append(v.Losses, lossView{ID: l.ID, DisplayName: l.Name, Column: l.Column, Reason: l.Reason})
	}
	return v
}

func viewBulkRow(r plan.RowResult) bulkRowView {
	v := bulkRowView{
		Line: r.Change.Line, ID: cmp.Or(r.ID, r.Change.ID), Action: r.Change.Action, Kind: r.Change.Kind, DisplayName: r.Change.Name,
		Origin: r.Change.Origin, Result: r.Outcome, Fields: []string{}, NotShown: append([]string{}, r.NotShown...), Message: rowMessage(r),
	}
	for _, c := range r.Change.Cells {
		v.Fields = append(v.Fields, c.Column)
	}
	return v
}

// rowMessage is what the server said of a row, and why it did not end well.
func rowMessage(r plan.RowResult) string {
	if r.Err == nil || r.Outcome == plan.OutcomeNotStarted {
		return r.Message
	}
	why := explain(r.Err).Message
	var own *gij.Error
	if errors.As(r.Err, &own) {
		why = own.Message // which row it is about is said already
	}
	if r.Message == "" || strings.Contains(why, r.Message) {
		return why
	}
	return why + "; the server said: " + r.Message
}

func (v *bulkRowView) name() string { return cmp.Or(v.DisplayName, v.Origin) }

// bulkRowList declares the columns of an import's result. made is as in [bulkSource].
func bulkRowList(made bool) render.List[*bulkRowView] {
	type view = *bulkRowView
	return render.List[view]{
		Columns: fileColumns(made, []render.Column[view]{
			{Key: "line", Header: "LINE", Right: true, Text: func(v view) string { return numberText(int64(v.Line)) }},
			{Key: "id", Header: "ID", Right: true, Text: func(v view) string { return numberText(v.ID) }},
			{Key: "action", Header: "ACTION", Keep: true, Text: func(v view) string { return string(v.Action) }},
			{Key: "kind", Header: "KIND", Show: render.Wide, Text: func(v view) string { return string(v.Kind) }},
			{Key: "displayName", Header: "NAME", Text: view.name, Data: func(v view) string { return v.DisplayName }},
			{Key: "origin", Header: "ORIGIN", Show: render.Wide, Text: func(v view) string { return v.Origin }},
			{Key: "result", Header: "RESULT", Keep: true, Text: func(v view) string { return string(v.Result) }},
			{Key: "fields", Header: "FIELDS", Show: render.Wide, Text: func(v view) string { return strings.Join(v.Fields, ", ") }},
			{Key: "notShown", Header: "NOT SHOWN", Text: func(v view) string { return strings.Join(v.NotShown, ", ") }},
			{Key: "message", Header: "MESSAGE", Text: func(v view) string { return v.Message }},
		}),
		Name: view.name,
	}
}

// printBulkResult writes the result: the whole object as JSON and YAML, else its rows.
func printBulkResult(p *render.Printer, v bulkResultView, made bool) error {
	if !isObjectForm(p) {
		return render.WriteList(p, bulkRowList(made), rows(v.Rows))
	}
	whole := *p
	whole.Columns = nil // they are those of the rows
	return render.WriteObject(&whole, render.List[*bulkResultView]{}, &v)
}
