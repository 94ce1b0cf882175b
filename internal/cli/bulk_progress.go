package cli

import (
	"fmt"

	"github.com/gijctl/gijctl/internal/term"
	"github.com/gijctl/gijctl/pkg/gij"
)

// bulkProgress tells what an import is doing. It implements [plan.BulkProgress].
type bulkProgress struct {
	app  *app
	line *term.Progress

	thread  int64
	entries []gij.BulkEntry // that were heard
	errors  int
}

func (a *app) newBulkProgress() *bulkProgress {
	return &bulkProgress{app: a, line: a.newProgress(false)}
}

func (p *bulkProgress) close() { p.line.Close() }

// Step implements [plan.BulkProgress].
func (p *bulkProgress) Step(what string) { p.line.Step("%s", what) }

// Backup implements [plan.BulkProgress]. It is said also with --quiet: it is the way back.
func (p *bulkProgress) Backup(path string) {
	p.line.Done()
	p.app.remark("backup: " + path)
}

// Started implements [plan.BulkProgress].
func (p *bulkProgress) Started(thread int64) {
	p.thread = thread
	p.line.Say(fmt.Sprintf("import %d has begun; if this is cut off: %s", thread, followCommand(thread)))
}

// Polled implements [plan.BulkProgress].
func (p *bulkProgress) Polled(heard gij.BulkProgress) {
	if len(heard.Entries) == 0 {
		return
	}
	p.entries = append(p.entries, heard.Entries...)
	for _, e := range heard.Entries {
		if e.Error {
			p.errors++
		}
	}
	last := heard.Entries[len(heard.Entries)-1]
	p.line.Step("import %d: %s, %s; %s", p.thread, counted(len(p.entries), "message"), counted(p.errors, "error"), entryText(last))
}

// Say implements [plan.BulkProgress].
func (p *bulkProgress) Say(line string) { p.line.Say(line) }

func followCommand(thread int64) string { return fmt.Sprintf("gijctl bulk status %d --wait", thread) }

// entryText is one line of an import's log: "Resolving deltas, 40 %".
func entryText(e gij.BulkEntry) string {
	if e.Percent == nil {
		return e.Message
	}
	return fmt.Sprintf("%s, %.0f %%", e.Message, *e.Percent)
}
