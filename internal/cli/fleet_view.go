package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

// views turns the plan into what is shown of it.
func (r *fleetRun) views() []changeView {
	return viewChanges(r.plan.All(), r.session.client)
}

func pendingViews(views []changeView) []changeView {
	return slices.DeleteFunc(slices.Clone(views), func(v changeView) bool { return v.Action == plan.ActionNone })
}

// writeText writes a plan for a person: what is as wanted already is counted, and not listed.
func (r *fleetRun) writeText(w io.Writer, withRequests bool) error {
	views := r.views()
	var b strings.Builder
	fmt.Fprintf(&b, "Plan: %s\n", planSummary(views))
	for _, v := range pendingViews(views) {
		writeChange(&b, v, withRequests)
	}
	if len(r.plan.Warnings)+len(r.plan.Notes) > 0 {
		b.WriteByte('\n')
	}
	for _, warning := range r.plan.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", render.Visible(warning))
	}
	for _, note := range r.plan.Notes {
		fmt.Fprintf(&b, "note: %s\n", render.Visible(note))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// printPlan writes the plan as data. A comment on a pull request has no rows in which nothing changes.
func (r *fleetRun) printPlan(p *render.Printer, withRequests bool) error {
	if isPlanText(p) {
		return r.writeText(planPainter{p.Out, p.Color}, withRequests)
	}
	r.sayRemarks()
	views := r.views()
	if p.Format != render.FormatMarkdown || p.Query != nil {
		return render.WriteList(p, changeList(), rows(views))
	}
	pending := pendingViews(views)
	if _, err := fmt.Fprintf(p.Out, "**Plan: %s**\n\n", planSummary(views)); err != nil || len(pending) == 0 {
		return err
	}
	return render.WriteList(p, changeList(), rows(pending))
}

// sayRemarks says what belongs to the plan as a whole.
func (r *fleetRun) sayRemarks() {
	for _, text := range r.plan.Warnings {
		r.app.warn("%s", text)
	}
	for _, text := range r.plan.Notes {
		r.app.note("note: %s", text)
	}
}

// fleetResultView is how one change of a manifest ended, in -o json. The keys are a contract.
type fleetResultView struct {
	Action      plan.Action      `json:"action"`
	ID          int64            `json:"id,omitempty"`
	Type        string           `json:"type"`
	DisplayName string           `json:"displayName"`
	Result      plan.Outcome     `json:"result"`
	Fields      []string         `json:"fields"`
	NotShown    []string         `json:"notShown"`
	Error       string           `json:"error,omitempty"`
	Integration *integrationView `json:"integration,omitempty"` // as the server has it now
}

func viewFleetResult(r plan.Result) fleetResultView {
	v := fleetResultView{
		Action: r.Change.Action, ID: idOf(r), Type: r.Change.Type, DisplayName: nameOf(r), Result: r.Outcome,
		Fields: []string{}, NotShown: append([]string{}, r.NotShown...),
	}
	for _, f := range r.Change.Fields {
		v.Fields = append(v.Fields, f.Field)
	}
	if r.Err != nil {
		v.Error = explain(r.Err).Message
	}
	if r.Outcome == plan.OutcomeNotStarted {
		v.Error = "not started"
	}
	if r.After != nil {
		after := viewIntegration(*r.After)
		v.Integration = &after
	}
	return v
}

// fleetResultList declares the columns of what became of a plan.
func fleetResultList() render.List[*fleetResultView] {
	type view = *fleetResultView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "action", Header: "ACTION", Keep: true, Text: func(v view) string { return string(v.Action) }},
			{Key: "id", Header: "ID", Right: true, Text: func(v view) string { return numberText(v.ID) }},
			{Key: "type", Header: "TYPE", Keep: true, Text: func(v view) string { return v.Type }},
			{Key: "displayName", Header: "NAME", Text: func(v view) string { return v.DisplayName }},
			{Key: "result", Header: "RESULT", Keep: true, Text: func(v view) string { return string(v.Result) }},
			{Key: "fields", Header: "FIELDS", Show: render.Wide, Text: func(v view) string { return strings.Join(v.Fields, ", ") }},
			{Key: "notShown", Header: "NOT SHOWN", Text: func(v view) string { return strings.Join(v.NotShown, ", ") }},
			{Key: "error", Header: "ERROR", Text: func(v view) string { return v.Error }},
			{Key: "integration", Header: "ORIGIN", Show: render.Wide, Text: func(v view) string {
				if v.Integration == nil {
					return ""
				}
				return v.Integration.Origin
			}},
		},
		Name: func(v view) string { return v.DisplayName },
	}
}

// printResults writes what became of the changes.
func (r *fleetRun) printResults(p *render.Printer, results []plan.Result) error {
	views := []fleetResultView{}
	for _, result := range results {
		if result.Change.Action != plan.ActionNone {
			views = append(views, viewFleetResult(result))
		}
	}
	if len(views) == 0 && (p.Format == render.FormatTable || p.Format == render.FormatWide) && p.Query == nil {
		return nil
	}
	return render.WriteList(p, fleetResultList(), rows(views))
}

// guard keeps integrations from being removed by surprise. One that was confirmed and is gone already is no surprise.
func (r *fleetRun) guard(o *integrationApplyOptions) deleteGuard {
	g := deleteGuard{
		pending: r.plan.Deletes(), with: r.plan.Goes, confirmed: ascending(o.confirm), given: o.confirmGiven, most: o.maxDeletes, mostGiven: o.maxGiven,
		canBeAsked: !o.write.yes && r.app.streams.Interactive(),
		words:      guardWords{noun: "integration", extra: "is not to be removed", intent: "what the manifest does not have is to be removed"},
	}
	g.marked = slices.Clone(g.pending)
	for _, id := range g.confirmed {
		if !slices.ContainsFunc(r.have, func(i gij.Integration) bool { return i.ID == id }) {
			g.marked = append(g.marked, id)
		}
	}
	return g
}
