package cli

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

// actionIndex is what happens to something that is indexed anew: nothing that a plan could show changes.
const actionIndex plan.Action = "index"

// changeView is a change in -o json. The keys are a contract.
type changeView struct {
	Action      plan.Action   `json:"action"`
	Object      string        `json:"object,omitempty"` // "repository", "commit", "settings" or "webhook"; absent for an integration
	ID          int64         `json:"id,omitempty"`
	Type        string        `json:"type"`
	DisplayName string        `json:"displayName,omitempty"`
	Fields      []fieldView   `json:"fields"`
	Warnings    []string      `json:"warnings,omitempty"`
	Notes       []string      `json:"notes,omitempty"`
	Requests    []gij.Request `json:"requests"`
}

// fieldView is one field of a change: null where the server does not show a value.
type fieldView struct {
	Field string `json:"field"`
	From  any    `json:"from"`
	To    any    `json:"to"`
}

func viewChange(c plan.Change, client *gij.Client) changeView {
	v := changeView{
		Action: c.Action, ID: c.ID, Type: c.Type, DisplayName: c.Name, Warnings: c.Warnings, Notes: c.Notes,
		Fields: []fieldView{}, Requests: []gij.Request{},
	}
	for _, f := range c.Fields {
		v.Fields = append(v.Fields, fieldView(f))
	}
	if c.Object == plan.ObjectRepository {
		v.Object = c.Object.String()
		v.Requests = append(v.Requests, c.RepositoryRequests(client.Repositories)...)
		return v
	}
	v.Requests = append(v.Requests, c.Requests(client.Integrations)...)
	return v
}

func viewChanges(changes []plan.Change, client *gij.Client) []changeView {
	views := make([]changeView, len(changes))
	for n, c := range changes {
		views[n] = viewChange(c, client)
	}
	return views
}

// changeList declares the columns of a plan for csv, tsv and markdown.
func changeList() render.List[*changeView] {
	return render.List[*changeView]{
		Columns: []render.Column[*changeView]{
			{Key: "action", Header: "ACTION", Text: func(v *changeView) string { return string(v.Action) }},
			{Key: "id", Header: "ID", Right: true, Text: idText},
			{Key: "object", Header: "OBJECT", Show: render.OnRequest, Text: func(v *changeView) string { return v.Object }},
			{Key: "type", Header: "TYPE", Keep: true, Text: func(v *changeView) string { return v.Type }},
			{Key: "displayName", Header: "NAME", Text: func(v *changeView) string { return v.DisplayName }},
			{Key: "fields", Header: "CHANGES", Text: fieldsText},
			{Key: "warnings", Header: "WARNINGS", Text: func(v *changeView) string { return strings.Join(v.Warnings, "; ") }},
			{Key: "notes", Header: "NOTES", Show: render.Wide, Text: func(v *changeView) string { return strings.Join(v.Notes, "; ") }},
		},
		Name:  func(v *changeView) string { return v.DisplayName },
		Empty: "nothing to do",
	}
}

func idText(v *changeView) string {
	if v.ID == 0 {
		return ""
	}
	return strconv.FormatInt(v.ID, 10)
}

func fieldsText(v *changeView) string {
	parts := make([]string, len(v.Fields))
	for n, f := range v.Fields {
		parts[n] = f.Field + ": " + fieldText(f, v.Action)
	}
	return strings.Join(parts, "; ")
}

func fieldText(f fieldView, action plan.Action) string {
	if action == plan.ActionCreate {
		return plan.Display(f.To)
	}
	return plan.Display(f.From) + " -> " + plan.Display(f.To)
}

// writePlan writes a plan for a person to read before agreeing, or with the requests for --dry-run.
func writePlan(w io.Writer, changes []changeView, withRequests bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Plan: %s\n", planSummary(changes))
	for _, c := range changes {
		writeChange(&b, c, withRequests)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeChange(b *strings.Builder, c changeView, withRequests bool) {
	mark := map[plan.Action]string{plan.ActionCreate: "+", plan.ActionUpdate: "~", plan.ActionDelete: "-", plan.ActionNone: "=", actionIndex: "~"}[c.Action]
	fmt.Fprintf(b, "\n%s %s", mark, c.Action)
	if what := cmp.Or(c.Object, c.Type); what != "" {
		fmt.Fprintf(b, " %s", render.Visible(what))
	}
	if c.ID != 0 {
		fmt.Fprintf(b, " %d", c.ID)
	}
	if c.DisplayName != "" {
		fmt.Fprintf(b, " %s", render.Visible(c.DisplayName))
	}
	b.WriteByte('\n')
	width := 0
	for _, f := range c.Fields {
		width = max(width, len(f.Field))
	}
	for _, f := range c.Fields {
		fmt.Fprintf(b, "    %-*s  %s\n", width, f.Field, render.Visible(fieldText(f, c.Action)))
	}
	for _, warning := range c.Warnings {
		fmt.Fprintf(b, "    warning: %s\n", render.Visible(warning))
	}
	for _, note := range c.Notes {
		fmt.Fprintf(b, "    note: %s\n", render.Visible(note))
	}
	if withRequests {
		writeRequests(b, c.Requests)
	}
}

func writeRequests(b *strings.Builder, requests []gij.Request) {
	for _, r := range requests {
		fmt.Fprintf(b, "    sends %s %s\n", r.Method, r.Path)
		if r.Body != nil {
			fmt.Fprintf(b, "          %s\n", render.Visible(string(r.Body)))
		}
	}
}

func planSummary(changes []changeView) string {
	count := map[plan.Action]int{}
	for _, c := range changes {
		count[c.Action]++
	}
	var parts []string
	for _, p := range []struct {
		action plan.Action
		words  string
	}{{plan.ActionCreate, "to add"}, {plan.ActionUpdate, "to change"}, {plan.ActionDelete, "to remove"}, {actionIndex, "to index anew"}, {plan.ActionNone, "as wanted already"}} {
		if n := count[p.action]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, p.words))
		}
	}
	if len(parts) == 0 {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}

// resultView is the end of a removal in -o json: the object itself is gone.
type resultView struct {
	ID          int64  `json:"id"`
	Type        string `json:"type"`
	DisplayName string `json:"displayName"`
	Result      string `json:"result"` // removed, failed, unknown or not_started
	Error       string `json:"error,omitempty"`
}

func viewResult(r plan.Result) resultView {
	v := resultView{ID: r.Change.ID, Type: r.Change.Type, DisplayName: r.Change.Name, Result: string(r.Outcome)}
	if r.Outcome == plan.OutcomeVerified {
		v.Result = "removed"
	}
	if r.Err != nil {
		v.Error = r.Err.Error()
	}
	return v
}

func resultList() render.List[*resultView] {
	return render.List[*resultView]{
		Columns: []render.Column[*resultView]{
			{Key: "id", Header: "ID", Right: true, Text: func(v *resultView) string { return strconv.FormatInt(v.ID, 10) }},
			{Key: "type", Header: "TYPE", Keep: true, Text: func(v *resultView) string { return v.Type }},
			{Key: "displayName", Header: "NAME", Text: func(v *resultView) string { return v.DisplayName }},
			{Key: "result", Header: "RESULT", Text: func(v *resultView) string { return v.Result }},
			{Key: "error", Header: "ERROR", Show: render.Wide, Text: func(v *resultView) string { return v.Error }},
		},
		Name:  func(v *resultView) string { return v.DisplayName },
		Empty: "nothing was removed",
	}
}
