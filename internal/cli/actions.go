package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/render"
)

// What GitHub Actions understands: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands

// maxSummaryRows bounds a plan in a job's summary, of which GitHub takes 1 MiB for each step.
const maxSummaryRows = 500

// inActions reports whether a job of GitHub Actions runs this, and reads what people read.
func (a *app) inActions() bool {
	return a.env.Get("GITHUB_ACTIONS") == "true" && !a.wantsJSON()
}

// annotate makes annotations of an error: at the places in files that it names, or of the job.
func (a *app) annotate(e render.Error) {
	if !a.inActions() {
		return
	}
	placed := false
	for _, d := range e.Details {
		if d.File != "" {
			a.annotateDetail(d)
			placed = true
		}
	}
	if !placed {
		text := e.Message
		if e.Hint != "" {
			text += "\nhint: " + e.Hint
		}
		a.workflowCommand("error", "title="+escapeProperty("gijctl: "+e.Code), text)
	}
}

// annotateDetail makes an annotation of a finding in a file.
func (a *app) annotateDetail(d render.Detail) {
	if !a.inActions() || d.File == "" {
		return
	}
	command := "error"
	if d.Severity == "warning" {
		command = "warning"
	}
	properties := []string{"file=" + escapeProperty(a.fromWorkspace(d.File))}
	if d.Line > 0 {
		properties = append(properties, "line="+strconv.Itoa(d.Line))
	}
	if d.Column > 0 {
		properties = append(properties, "col="+strconv.Itoa(d.Column))
	}
	if d.Code != "" {
		properties = append(properties, "title="+escapeProperty(d.Code))
	}
	text := d.Message
	if d.Remedy != "" {
		text += "; " + d.Remedy
	}
	a.workflowCommand(command, strings.Join(properties, ","), text)
}

// fromWorkspace is the path of a file as GitHub looks for it: from the top of the checkout, wherever the step runs.
func (a *app) fromWorkspace(file string) string {
	workspace := a.env.Get("GITHUB_WORKSPACE")
	path, err := filepath.Abs(file)
	if workspace == "" || err != nil {
		return file
	}
	inside, err := filepath.Rel(workspace, path)
	if err != nil || strings.HasPrefix(inside, "..") {
		return file
	}
	return filepath.ToSlash(inside)
}

// remarkDetail says a finding that is no error.
func (a *app) remarkDetail(d render.Detail) {
	a.annotateDetail(d)
	a.remark(d.Text())
}

// workflowCommand writes a command for the runner, which reads stderr as well as stdout [inferred from its source].
func (a *app) workflowCommand(command, properties, text string) {
	lines := strings.Split(text, "\n")
	for n, line := range lines {
		lines[n] = render.Visible(line)
	}
	escaped := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(strings.Join(lines, "\n"))
	out := a.streams.Err
	if guard, is := out.(*commandGuard); is {
		out = guard.next // this one is meant
	}
	_, _ = fmt.Fprintf(out, "::%s %s::%s\n", command, properties, escaped) // as in say
}

func escapeProperty(value string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(render.Visible(value))
}

// summarize adds a plan to the summary of a job of GitHub Actions, where people look who did not start it.
func summarize[T any](a *app, title string, list render.List[*T], changes []T) {
	file := a.env.Get("GITHUB_STEP_SUMMARY")
	if file == "" || len(changes) == 0 {
		return
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "**%s**\n\n", title)
	shown := changes[:min(len(changes), maxSummaryRows)]
	p := &render.Printer{Out: &text, Err: io.Discard, Format: render.FormatMarkdown, Quiet: true}
	err := render.WriteList(p, list, rows(shown))
	if more := len(changes) - len(shown); more > 0 {
		fmt.Fprintf(&text, "\n%d more are not shown.\n", more)
	}
	text.WriteByte('\n')
	if err == nil {
		err = appendTo(file, text.Bytes())
	}
	if err != nil {
		a.warn("the plan cannot be added to the job's summary: %v", err)
	}
}

// summarizeChanges adds what of a plan is to be done.
func (a *app) summarizeChanges(views []changeView) {
	summarize(a, "Plan: "+planSummary(views), changeList(), pendingViews(views))
}

// appendTo appends to a file that the runner made.
func appendTo(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}
