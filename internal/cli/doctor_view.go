package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/clipperhouse/displaywidth"

	"github.com/gijctl/gijctl/internal/doctor"
	"github.com/gijctl/gijctl/internal/render"
)

// findingView is a finding in -o json. The keys are a contract.
type findingView struct {
	Check   string `json:"check"`
	Status  string `json:"status"` // ok, warn or fail
	Message string `json:"message"`
	Remedy  string `json:"remedy"` // "" if nothing needs to be done
}

func findingList() render.List[*findingView] {
	return render.List[*findingView]{
		Columns: []render.Column[*findingView]{
			{Key: "status", Header: "STATUS", Keep: true, Text: func(v *findingView) string { return v.Status }},
			{Key: "check", Header: "CHECK", Keep: true, Text: func(v *findingView) string { return v.Check }},
			{Key: "message", Header: "FOUND", Text: func(v *findingView) string { return v.Message }},
			{Key: "remedy", Header: "REMEDY", Text: func(v *findingView) string { return v.Remedy }},
		},
		Name: func(v *findingView) string { return v.Check },
	}
}

// writeFindings writes the findings. A table of four columns would be wider than any screen, so that people get two lines
// where something has to be done; other formats, and a choice of columns, are those of any list.
func writeFindings(p *render.Printer, found []doctor.Finding) error {
	views := make([]findingView, 0, len(found))
	for _, f := range found {
		views = append(views, findingView(f))
	}
	if p.Format != render.FormatTable || len(p.Columns) > 0 || p.Query != nil {
		return render.WriteList(p, findingList(), rows(views))
	}
	var b strings.Builder
	said := map[string]bool{} // one cause has many effects, and one remedy
	for _, v := range views {
		writeFinding(&b, p, v)
		if !said[v.Remedy] {
			writeRemedy(&b, p, v.Remedy)
		}
		said[v.Remedy] = true
	}
	_, err := io.WriteString(p.Out, b.String())
	return err
}

const (
	statusWidth = 4                                // "warn"
	checkWidth  = len(doctor.CheckStateDirectory)  // the longest
	indent      = statusWidth + 2 + checkWidth + 2 // where the text begins
	maxText     = 100 - indent                     // longer lines are hard to read
	minText     = 24                               // shorter ones too: a narrow terminal may break them
	remedyMark  = "→ "                             // before what to do
	markWidth   = len("> ")                        // of remedyMark on the screen
)

func writeFinding(b *strings.Builder, p *render.Printer, v findingView) {
	status := render.Paint(p.Color, render.StateStyle(v.Status), v.Status) + strings.Repeat(" ", statusWidth-len(v.Status))
	for n, line := range broken(render.Visible(v.Message), textWidth(p)) {
		if n == 0 {
			fmt.Fprintf(b, "%s  %-*s  %s\n", status, checkWidth, v.Check, line)
			continue
		}
		fmt.Fprintf(b, "%*s%s\n", indent, "", line)
	}
}

func writeRemedy(b *strings.Builder, p *render.Printer, remedy string) {
	if remedy == "" {
		return
	}
	mark := remedyMark
	for _, line := range broken(render.Visible(remedy), textWidth(p)-markWidth) {
		fmt.Fprintf(b, "%*s%s%s\n", indent, "", mark, line)
		mark = strings.Repeat(" ", markWidth)
	}
}

// textWidth is 0 where lines are not to be broken: a line of a pipe is a line.
func textWidth(p *render.Printer) int {
	if !p.Terminal || p.Width <= 0 {
		return 0
	}
	return max(min(p.Width-indent, maxText), minText)
}

// broken breaks a text at its spaces into lines of at most so many columns; zero and less is without end. A word that is
// longer stays whole, so that it can be copied.
func broken(text string, width int) []string {
	if width <= 0 {
		return []string{text}
	}
	var lines []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		if line != "" && displaywidth.String(line)+1+displaywidth.String(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
