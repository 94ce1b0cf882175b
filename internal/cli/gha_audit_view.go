package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/internal/render"
)

// The severities of a finding of an audit. Programs branch on them, so they do not change.
const (
	severityError   = "error"   // GIJ does not work, or will stop to
	severityWarning = "warning" // it changed, or will be trouble
	severityNote    = "note"    // nothing is wrong: what could not be seen, or compared
)

// auditFinding is a finding of an audit, in -o json. The keys are a contract.
type auditFinding struct {
	App      string `json:"app"`
	AppID    int64  `json:"appId"`
	Check    string `json:"check"`
	Severity string `json:"severity"`
	Expected string `json:"expected"` // "" where nothing is compared
	Actual   string `json:"actual"`
	Message  string `json:"message"`
	Remedy   string `json:"remedy"`
}

func auditList() render.List[*auditFinding] {
	type view = *auditFinding
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "severity", Header: "SEVERITY", Keep: true, Text: func(v view) string { return v.Severity }},
			{Key: "app", Header: "APP", Text: func(v view) string { return v.App }},
			{Key: "appId", Header: "APP ID", Show: render.Wide, Right: true, Text: func(v view) string { return idOrNone(v.AppID) }},
			{Key: "check", Header: "CHECK", Keep: true, Text: func(v view) string { return v.Check }},
			{Key: "expected", Header: "EXPECTED", Text: func(v view) string { return v.Expected }},
			{Key: "actual", Header: "ACTUAL", Text: func(v view) string { return v.Actual }},
			{Key: "message", Header: "FOUND", Text: func(v view) string { return v.Message }},
			{Key: "remedy", Header: "REMEDY", Text: func(v view) string { return v.Remedy }},
		},
		Name:  func(v view) string { return v.Check },
		Empty: "nothing found",
	}
}

// isPending reports whether a finding is more than a note.
func isPending(found []auditFinding) bool {
	return slices.ContainsFunc(found, func(f auditFinding) bool { return f.Severity != severityNote })
}

// hasErrors reports whether a finding is an error.
func hasErrors(found []auditFinding) bool {
	return slices.ContainsFunc(found, func(f auditFinding) bool { return f.Severity == severityError })
}

// countSeverities says "1 error, 2 warnings, 4 notes".
func countSeverities(found []auditFinding) string {
	var parts []string
	for _, severity := range []string{severityError, severityWarning, severityNote} {
		n := 0
		for _, f := range found {
			if f.Severity == severity {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, counted(n, severity))
		}
	}
	if len(parts) == 0 {
		return "nothing found"
	}
	return strings.Join(parts, ", ")
}

// writeAudit writes findings. A table of that many columns would be wider than any screen, so that people get a line for each and one
// for what to do; other formats, and a choice of columns, are those of any list.
func writeAudit(p *render.Printer, found []auditFinding, several bool) error {
	if p.Format != render.FormatTable || len(p.Columns) > 0 || p.Query != nil {
		return render.WriteList(p, auditList(), rows(found))
	}
	width := 0
	for _, f := range found {
		width = max(width, len(f.Check))
	}
	var b strings.Builder
	app := ""
	for _, f := range found {
		if several && f.App != app {
			fmt.Fprintf(&b, "%s\n", render.Visible(f.App))
		}
		app = f.App
		writeFound(&b, p, f, width)
	}
	_, err := io.WriteString(p.Out, b.String())
	return err
}

func writeFound(b *strings.Builder, p *render.Printer, f auditFinding, width int) {
	const severityWidth = len(severityWarning)
	style := map[string]render.Style{severityError: render.StyleBad, severityWarning: render.StyleWarn, severityNote: render.StyleDim}[f.Severity]
	begin := severityWidth + 2 + width + 2
	room := 0 // a line of a pipe is a line
	if p.Terminal && p.Width > 0 {
		room = max(min(p.Width, maxText+begin)-begin, minText)
	}
	fmt.Fprintf(b, "%s%*s  %-*s  ", render.Paint(p.Color, style, f.Severity), severityWidth-len(f.Severity), "", width, f.Check)
	fmt.Fprintf(b, "%s\n", strings.Join(broken(render.Visible(f.Message), room), "\n"+strings.Repeat(" ", begin)))
	if f.Remedy == "" {
		return
	}
	remedy := broken(render.Visible(f.Remedy), max(room-markWidth, 0))
	fmt.Fprintf(b, "%*s%s%s\n", begin, "", remedyMark, strings.Join(remedy, "\n"+strings.Repeat(" ", begin+markWidth)))
}
