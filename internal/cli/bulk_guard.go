package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
)

// deleteGuard keeps rows from being deleted by surprise: what is to be deleted must be named, and what is named must be marked.
type deleteGuard struct {
	pending []int64 // to be deleted
	with    int     // how many rows go with them
	marked  []int64 // by the file, those that are gone already included

	confirmed  []int64
	given      bool // --confirm-delete was given
	most       int
	mostGiven  bool // --max-deletes was given
	canBeAsked bool

	// words are what the messages call what is deleted; the zero value is a row of a bulk file.
	words guardWords
}

type guardWords struct {
	noun   string // of what is deleted
	extra  string // says that what is confirmed is not to be deleted
	intent string // says what confirming means
}

func newDeleteGuard(p *plan.BulkPlan, f bulkWriteFlags) deleteGuard {
	g := deleteGuard{marked: p.Marked, confirmed: ascending(f.confirm), given: f.confirmGiven, most: f.maxDeletes, mostGiven: f.maxGiven}
	for _, c := range p.Deletes() {
		g.pending = append(g.pending, c.ID)
		g.with += len(c.With)
	}
	return g
}

// check returns nil where the deletions are confirmed, or a person can be asked to. Nothing was sent yet.
func (g deleteGuard) check() error {
	if err := g.checkNames(); err != nil {
		return err
	}
	return g.checkNumber()
}

// asks reports whether the deletions are to be confirmed by what a person types.
func (g deleteGuard) asks() bool { return len(g.pending) > 0 && !g.given && g.canBeAsked }

func (g deleteGuard) noun() string { return cmp.Or(g.words.noun, "row") }

func (g deleteGuard) checkNames() error {
	var problems []string
	if extra := without(g.confirmed, g.marked); len(extra) > 0 {
		problems = append(problems, "--confirm-delete names what "+cmp.Or(g.words.extra, "the file does not mark")+": "+someIDs(extra))
	}
	missing := without(g.pending, g.confirmed)
	if len(missing) > 0 && !g.asks() {
		problems = append(problems, fmt.Sprintf("of %s to delete, %d %s not confirmed: %s",
			counted(len(g.pending), g.noun()), len(missing), verbFor(len(missing), "is", "are"), someIDs(missing)))
	}
	if problems == nil {
		return nil
	}
	hint := "leave --confirm-delete out"
	if len(g.marked) > 0 {
		hint = "if " + cmp.Or(g.words.intent, "the file's rows are to be deleted") + ", type: --confirm-delete " + joinIDs(ascending(g.marked), ",")
	}
	return &cliError{code: codeGuard, message: "nothing was sent: " + strings.Join(problems, "; "), hint: hint}
}

func (g deleteGuard) checkNumber() error {
	total := len(g.pending) + g.with
	if total <= g.limit() {
		return nil
	}
	message := fmt.Sprintf("nothing was sent: %s would be deleted, and at most %d may be", counted(total, "row"), g.limit())
	if g.with > 0 {
		message += fmt.Sprintf("; %d of them %s with the others", g.with, verbFor(g.with, "goes", "go"))
	}
	return &cliError{code: codeGuard, message: message, hint: fmt.Sprintf("if that is what you want, type: --max-deletes %d", total)}
}

// limit is how many rows may be deleted: as many as were confirmed, unless --max-deletes says it. Who is asked sees the number.
func (g deleteGuard) limit() int {
	switch {
	case g.mostGiven:
		return g.most
	case g.asks():
		return len(g.pending) + g.with
	}
	return len(g.confirmed) - len(without(g.confirmed, g.pending)) // what is gone already leaves no room for others
}

// ask lets a person type how many rows are deleted.
func (g deleteGuard) ask(ctx context.Context, a *app) error {
	word := fmt.Sprintf("delete %d", len(g.pending)+g.with)
	rows := "these " + counted(len(g.pending), g.noun())
	if len(g.pending) == 1 {
		rows = "this " + g.noun()
	}
	if g.with > 0 {
		rows += fmt.Sprintf(" and the %d that go with it", g.with)
	}
	typed, err := a.streams.Ask(ctx, fmt.Sprintf("\nType %q to carry it out and delete %s", word, rows), "")
	if ctx.Err() != nil {
		return interrupted()
	}
	if err != nil || typed != word {
		return &cliError{code: codeGuard, message: "not confirmed; nothing was sent", hint: "to name the rows instead: --confirm-delete " + joinIDs(g.pending, ",")}
	}
	return nil
}

// without returns the ids that are not among others.
func without(ids, others []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return slices.Contains(others, id) })
}
