package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gijtsv"
	"github.com/gijctl/gijctl/pkg/secret"
)

// bulkChangeView is a change by a bulk file in -o json. The keys are a contract.
type bulkChangeView struct {
	Action      plan.Action    `json:"action"`
	Line        int            `json:"line,omitempty"` // of the file
	ID          int64          `json:"id,omitempty"`
	Kind        gijtsv.RowKind `json:"kind"`
	Type        string         `json:"type,omitempty"` // of an integration
	DisplayName string         `json:"displayName,omitempty"`
	Origin      string         `json:"origin,omitempty"`
	Fields      []cellView     `json:"fields"`
	With        []int64        `json:"with,omitempty"` // the ids of the rows that go with a deleted one
	Warnings    []string       `json:"warnings,omitempty"`
	Notes       []string       `json:"notes,omitempty"`
}

// cellView is one cell of a change: null where the server does not show a value. A secret that it shows is not shown here.
type cellView struct {
	Field    string `json:"field"` // the column of the TSV
	From     any    `json:"from"`
	To       any    `json:"to"`
	Secret   bool   `json:"secret,omitempty"`
	NotShown bool   `json:"notShown,omitempty"` // the server does not show it, so it cannot be read back
}

// viewBulkPlan turns the changes of a plan into rows. Where gijctl made the file itself, its lines are left out.
func viewBulkPlan(p *plan.BulkPlan, made bool) []bulkChangeView {
	views := make([]bulkChangeView, len(p.Changes))
	for n, c := range p.Changes {
		views[n] = bulkChangeView{
			Action: c.Action, Line: c.Line, ID: c.ID, Kind: c.Kind, Type: c.Type, DisplayName: c.Name, Origin: c.Origin,
			Fields: viewCells(c), With: c.With, Warnings: c.Warnings, Notes: c.Notes,
		}
		if made {
			views[n].Line = 0
		}
	}
	return views
}

func viewCells(c plan.BulkChange) []cellView {
	cells := make([]cellView, len(c.Cells))
	for n, cell := range c.Cells {
		v := cellView{Field: cell.Column, From: cell.From, To: cell.To, Secret: cell.Secret, NotShown: cell.NotShown}
		if cell.Secret {
			v.From, v.To = secret.Redacted, secret.Redacted
		}
		if cell.NotShown || c.Action == plan.ActionCreate {
			v.From = nil
		}
		cells[n] = v
	}
	return cells
}

// bulkChangeList declares the columns of a plan for csv, tsv and markdown. made is as in [bulkSource].
func bulkChangeList(made bool) render.List[*bulkChangeView] {
	type view = *bulkChangeView
	return render.List[view]{
		Columns: fileColumns(made, []render.Column[view]{
			{Key: "action", Header: "ACTION", Text: func(v view) string { return string(v.Action) }},
			{Key: "line", Header: "LINE", Right: true, Text: func(v view) string { return numberText(int64(v.Line)) }},
			{Key: "id", Header: "ID", Right: true, Text: func(v view) string { return numberText(v.ID) }},
			{Key: "kind", Header: "KIND", Keep: true, Text: func(v view) string { return string(v.Kind) }},
			{Key: "type", Header: "TYPE", Show: render.Wide, Text: func(v view) string { return v.Type }},
			{Key: "displayName", Header: "NAME", Text: func(v view) string { return v.DisplayName }},
			{Key: "origin", Header: "ORIGIN", Show: render.Wide, Text: func(v view) string { return v.Origin }},
			{Key: "fields", Header: "CHANGES", Text: cellsText},
			{Key: "with", Header: "GOES WITH IT", Show: render.Wide, Text: func(v view) string { return joinIDs(v.With, ", ") }},
			{Key: "warnings", Header: "WARNINGS", Text: func(v view) string { return strings.Join(v.Warnings, "; ") }},
			{Key: "notes", Header: "NOTES", Show: render.Wide, Text: func(v view) string { return strings.Join(v.Notes, "; ") }},
		}),
		Name:  func(v view) string { return cmp.Or(v.DisplayName, v.Origin) },
		Empty: "nothing to do",
	}
}

// numberText is a number, or nothing where there is none.
func numberText(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func cellsText(v *bulkChangeView) string {
	parts := make([]string, len(v.Fields))
	for n, f := range v.Fields {
		parts[n] = f.Field + ": " + cellText(f, v.Action)
	}
	return strings.Join(parts, "; ")
}

func cellText(f cellView, action plan.Action) string {
	if action == plan.ActionCreate {
		return valueText(f.To)
	}
	from := valueText(f.From)
	if f.Secret && f.NotShown {
		from = "(hidden)" // the server has a value, or none: nobody can see
	}
	return from + " -> " + valueText(f.To)
}

// valueText is a value as a person reads it: in quotes, unless it is a word that needs none.
func valueText(value any) string {
	text, isText := value.(string)
	if !isText {
		return plan.Display(value)
	}
	_, notNumber := strconv.ParseInt(text, 10, 64)
	if text == secret.Redacted || notNumber == nil || strings.EqualFold(text, "true") || strings.EqualFold(text, "false") {
		return text
	}
	return plan.Display(text)
}

// bulkPlanText is a plan for a person to read.
type bulkPlanText struct {
	plan  *plan.BulkPlan
	views []bulkChangeView
	// warnings and notes are on the plan as a whole.
	warnings, notes []string
	// most is how many changes are shown, 0 for all, and all says how to see them.
	most int
	all  string
}

// write writes the plan in one piece.
func (t bulkPlanText) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Plan: %s\n", t.summary())
	shown := t.views
	if t.most > 0 && len(shown) > t.most {
		shown = shown[:t.most]
	}
	for _, v := range shown {
		writeBulkChange(&b, v)
	}
	if more := len(t.views) - len(shown); more > 0 {
		fmt.Fprintf(&b, "\nand %d more: %s shows all\n", more, t.all)
		fmt.Fprintf(&b, "by column: %s\n", byColumn(t.views))
	}
	if len(t.warnings)+len(t.notes) > 0 {
		b.WriteByte('\n')
	}
	for _, warning := range t.warnings {
		fmt.Fprintf(&b, "warning: %s\n", render.Visible(warning))
	}
	for _, note := range t.notes {
		fmt.Fprintf(&b, "note: %s\n", render.Visible(note))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeBulkChange(b *strings.Builder, v bulkChangeView) {
	mark := map[plan.Action]string{plan.ActionCreate: "+", plan.ActionUpdate: "~", plan.ActionDelete: "-"}[v.Action]
	fmt.Fprintf(b, "\n%s %s\n", mark, render.Visible(bulkChangeName(v)))
	width := 0
	for _, f := range v.Fields {
		width = max(width, len(f.Field))
	}
	for _, f := range v.Fields {
		fmt.Fprintf(b, "    %-*s  %s\n", width, render.Visible(f.Field), render.Visible(cellText(f, v.Action)))
	}
	for _, warning := range v.Warnings {
		fmt.Fprintf(b, "    warning: %s\n", render.Visible(warning))
	}
	for _, note := range v.Notes {
		fmt.Fprintf(b, "    note: %s\n", render.Visible(note))
	}
}

// bulkChangeName names a change as "update repository 34 acme/web (line 12)".
func bulkChangeName(v bulkChangeView) string {
	parts := []string{string(v.Action), string(v.Kind)}
	if v.ID != 0 {
		parts = append(parts, strconv.FormatInt(v.ID, 10))
	}
	if name := cmp.Or(v.DisplayName, v.Origin); name != "" {
		parts = append(parts, name)
	}
	if v.Line != 0 {
		parts = append(parts, fmt.Sprintf("(line %d)", v.Line))
	}
	return strings.Join(parts, " ")
}

func (t bulkPlanText) summary() string {
	count := map[plan.Action]int{}
	gone := 0
	for _, v := range t.views {
		count[v.Action]++
		gone += len(v.With)
	}
	var parts []string
	add := func(n int, words string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words))
		}
	}
	add(count[plan.ActionCreate], "to add")
	add(count[plan.ActionUpdate], "to change")
	add(count[plan.ActionDelete], "to delete")
	add(gone, "to go with these")
	if parts == nil {
		parts = []string{"nothing to do"}
	}
	add(t.plan.Unchanged, "as wanted already")
	return strings.Join(parts, ", ")
}

// byColumn counts the cells that change: "displayName 40, disabled 12".
func byColumn(views []bulkChangeView) string {
	count := map[string]int{}
	for _, v := range views {
		for _, f := range v.Fields {
			count[f.Field]++
		}
	}
	columns := slices.SortedFunc(maps.Keys(count), func(x, y string) int {
		return cmp.Or(cmp.Compare(count[y], count[x]), cmp.Compare(x, y))
	})
	parts := make([]string, len(columns))
	for n, column := range columns {
		parts[n] = fmt.Sprintf("%s %d", render.Visible(column), count[column])
	}
	return strings.Join(parts, ", ")
}
