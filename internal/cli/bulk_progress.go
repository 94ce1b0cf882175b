package cli

import (
	"fmt"
	"strings"

	"github.com/gijctl/gijctl/internal/term"
	"github.com/gijctl/gijctl/pkg/gij"
)

// bulkProgress tells what an import is doing. It implements [plan.BulkProgress].
type bulkProgress struct {
	app  *app
	line *term.Progress

	thread int64
	heard  int // entries of its log
	errors int // of them
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
	p.thread, p.heard, p.errors = thread, 0, 0
	p.line.Say(fmt.Sprintf("import %d has begun; if this is cut off: %s", thread, p.app.followCommand(thread)))
}

// Polled implements [plan.BulkProgress].
func (p *bulkProgress) Polled(heard gij.BulkProgress) {
	if len(heard.Entries) == 0 {
		return
	}
	p.heard += len(heard.Entries)
	for _, e := range heard.Entries {
		if e.Error {
			p.errors++
		}
	}
	last := heard.Entries[len(heard.Entries)-1]
	p.line.Step("import %d: %s, %s; %s", p.thread, counted(p.heard, "message"), counted(p.errors, "error"), entryText(last))
}

// Say implements [plan.BulkProgress].
func (p *bulkProgress) Say(line string) { p.line.Say(line) }

func (a *app) followCommand(thread int64) string {
	return a.onTarget(fmt.Sprintf("gijctl bulk status %d --wait", thread))
}

// onTarget gives a command about an import the flags that name its server: another one may have an import of that number too. So may
// it have another app of a name.
func (a *app) onTarget(text string) string {
	flag := ""
	switch target := a.flags.target; {
	case target.Sandbox:
		flag = "--sandbox "
	case target.Context != "":
		flag = "--context " + target.Context + " "
	case target.URL != "":
		flag = "--url " + target.URL + " "
	}
	for _, verb := range []string{"status", "diff", "import"} {
		text = strings.ReplaceAll(text, "gijctl bulk "+verb+" ", "gijctl "+flag+"bulk "+verb+" ")
	}
	return strings.ReplaceAll(text, "gijctl gha ", "gijctl "+flag+"gha ")
}

// entryText is one line of an import's log: "Resolving deltas, 40 %".
func entryText(e gij.BulkEntry) string {
	if e.Percent == nil {
		return e.Message
	}
	return fmt.Sprintf("%s, %.0f %%", e.Message, *e.Percent)
}
