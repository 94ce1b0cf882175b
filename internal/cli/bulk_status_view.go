package cli

import (
	"fmt"
	"strconv"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

// bulkStatusView is how far an import is, in -o json. The keys are a contract.
type bulkStatusView struct {
	Thread   int64           `json:"thread"`
	Finished bool            `json:"finished"`
	Errors   int             `json:"errors"`
	Entries  []bulkEntryView `json:"entries"`
}

// bulkEntryView is one line of an import's log.
type bulkEntryView struct {
	Percent *float64 `json:"percent"` // of the line's own work; null where the server does not say it
	Error   bool     `json:"error"`
	Message string   `json:"message"`
}

func viewBulkStatus(thread int64, p gij.BulkProgress) bulkStatusView {
	v := bulkStatusView{Thread: thread, Finished: p.Finished, Entries: []bulkEntryView{}}
	for _, e := range p.Entries {
		if e.Error {
			v.Errors++
		}
		v.Entries = append(v.Entries, bulkEntryView(e))
	}
	return v
}

func (v bulkStatusView) summary() string {
	state := "is running"
	if v.Finished {
		state = "has ended"
	}
	return fmt.Sprintf("import %d %s: %s, %s", v.Thread, state, counted(len(v.Entries), "message"), counted(v.Errors, "error"))
}

func (v bulkStatusView) failure() error {
	if v.Errors == 0 {
		return nil
	}
	return &cliError{
		code: codePartial, message: v.summary(),
		hint: "a message names no row; what is still to be done tells: gijctl bulk diff FILE",
	}
}

func bulkEntryList() render.List[*bulkEntryView] {
	type view = *bulkEntryView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "percent", Header: "PERCENT", Right: true, Text: func(v view) string {
				if v.Percent == nil {
					return ""
				}
				return strconv.FormatFloat(*v.Percent, 'f', -1, 64)
			}},
			{Key: "error", Header: "STATE", State: true, Keep: true, Text: func(v view) string {
				if v.Error {
					return "error"
				}
				return "ok"
			}, Data: func(v view) string { return strconv.FormatBool(v.Error) }},
			{Key: "message", Header: "MESSAGE", Text: func(v view) string { return v.Message }},
		},
		Name: func(v view) string { return v.Message },
	}
}

// printBulkStatus writes the whole object as JSON and YAML, else its log.
func printBulkStatus(p *render.Printer, v bulkStatusView) error {
	if !isObjectForm(p) {
		return render.WriteList(p, bulkEntryList(), rows(v.Entries))
	}
	whole := *p
	whole.Columns = nil // they are those of the log
	return render.WriteObject(&whole, render.List[*bulkStatusView]{}, &v)
}

// isObjectForm reports whether an object is written whole, where a table has the rows that are in it.
func isObjectForm(p *render.Printer) bool {
	return p.Format == render.FormatJSON || p.Format == render.FormatYAML || p.Query != nil
}
