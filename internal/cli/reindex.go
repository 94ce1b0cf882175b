package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

func newReindexCmd(a *app) *cobra.Command {
	cmd := newGroupCmd("reindex", "Have repositories indexed anew, and see how far it is",
		`GIJ indexes repositories by itself: when they are added, by a schedule, and when a Git host's webhook says that something was
pushed. These commands have it done now, and follow it to its end.

Wherever a command takes an ID, it is that of an integration or of a repository: both share one space of ids. That the server
takes an integration's is inferred from that.`,
		`  gijctl --sandbox reindex start 1 --wait --yes
  gijctl --sandbox reindex status --integration 1`, "index")
	cmd.GroupID = groupServer
	return a.fill(cmd, func() []*cobra.Command {
		return []*cobra.Command{
			hasColumns(a, newReindexStartCmd(a), reindexList),
			hasColumns(a, newReindexStatusCmd(a), indexEntryList),
			hasColumns(a, newReindexTriggerCmd(a), reindexList),
		}
	})
}

// waitFlags say whether a command waits for the end of an index, and how long.
type waitFlags struct {
	wait    bool
	timeout time.Duration
}

func (w *waitFlags) register(cmd *cobra.Command, usage string) {
	cmd.Flags().BoolVar(&w.wait, "wait", false, usage)
	w.registerTimeout(cmd)
}

func (w *waitFlags) registerTimeout(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&w.timeout, "wait-timeout", 0, "how long to wait (default without limit)")
}

func (w *waitFlags) check() error {
	if w.timeout != 0 && !w.wait {
		return usageError("add: --wait", "--wait-timeout limits --wait, which is not given")
	}
	if w.timeout < 0 {
		return usageError("leave it out to wait without limit", "--wait-timeout cannot be negative")
	}
	return nil
}

// indexTarget is what is to be indexed: an integration, a repository, or with the id 0 everything.
type indexTarget struct {
	id       int64
	name     string
	typ      string // of an integration; "repository" for a repository
	origin   string
	disabled bool
}

// kindRepository is the type of a target that is a repository.
const kindRepository = "repository"

// indexTargets finds integrations and repositories by ids and display names, each once and in the order of the words. Who may not list
// integrations names repositories; an id that is none of them is then left to the server.
func indexTargets(ctx context.Context, client *gij.Client, words []string) ([]indexTarget, error) {
	all, whole, err := allTargets(ctx, client)
	if err != nil {
		return nil, err
	}
	var found []indexTarget
	var problems []render.Detail
	for _, word := range words {
		target, problem := findTarget(all, word)
		if id, byID := parseID(word); problem != nil && byID && id > 0 && !whole {
			target, problem = indexTarget{id: id}, nil
		}
		switch {
		case problem != nil:
			problems = append(problems, *problem)
		case !slices.ContainsFunc(found, func(t indexTarget) bool { return t.id == target.id }):
			found = append(found, target)
		}
	}
	if len(problems) > 0 {
		return nil, noTargetError(problems)
	}
	return found, nil
}

// allTargets lists what can be indexed; whole is false where the integrations are not among it.
func allTargets(ctx context.Context, client *gij.Client) (all []indexTarget, whole bool, err error) {
	integrations, err := client.Integrations.List(ctx)
	if err != nil && !gij.IsKind(err, gij.KindForbidden) {
		return nil, false, err
	}
	whole = err == nil
	for _, i := range integrations {
		all = append(all, indexTarget{id: i.ID, name: i.DisplayName, typ: i.Type, origin: i.Origin, disabled: i.Disabled != nil && *i.Disabled})
	}
	repositories, err := client.Repositories.List(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, r := range repositories {
		if !slices.ContainsFunc(all, func(t indexTarget) bool { return t.id == r.ID }) {
			all = append(all, indexTarget{id: r.ID, name: r.DisplayName, typ: kindRepository, origin: r.Origin})
		}
	}
	return all, whole, nil
}

func findTarget(all []indexTarget, word string) (indexTarget, *render.Detail) {
	id, byID := parseID(word)
	var found []indexTarget
	var names []string
	for _, t := range all {
		if byID && t.id == id || !byID && t.name == word {
			found = append(found, t)
		}
		names = append(names, t.name)
	}
	d := &render.Detail{Severity: "error", Code: codeNotFound, Name: word, Message: "is neither an integration nor a repository"}
	switch near, near2 := gijspec.Nearest(word, names); {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		d.Code, d.Message, d.Remedy = codeInvalidInput, "is the display name of several: "+targetIDs(found), "give the id"
	case byID && id > 0:
		d.ID, d.Name = id, ""
	case near2:
		d.Remedy = fmt.Sprintf("did you mean %q?", near)
	}
	return indexTarget{}, d
}

func targetIDs(all []indexTarget) string {
	text := ""
	for n, t := range all {
		if n > 0 {
			text += ", "
		}
		text += strconv.FormatInt(t.id, 10)
	}
	return text
}

func noTargetError(problems []render.Detail) error {
	e := &cliError{code: codeNotFound, details: problems, hint: "integrations are listed by: gijctl integration list"}
	if slices.ContainsFunc(problems, func(d render.Detail) bool { return d.Code == codeInvalidInput }) {
		e.code = codeInvalidInput
	}
	if len(problems) > 1 {
		e.message = fmt.Sprintf("%d of the arguments name nothing that can be indexed", len(problems))
		return e
	}
	e.details, e.message = nil, subject(problems[0])+" "+problems[0].Message
	if problems[0].Remedy != "" {
		e.hint = problems[0].Remedy
	}
	return e
}

// planPrinter is the printer of a command that shows a list after a write, or its plan in a dry run.
func planPrinter[T any](a *app, w writeFlags, list render.List[T]) (*render.Printer, error) {
	p, err := a.printer(w.dryRun)
	if err != nil {
		return nil, err
	}
	if w.dryRun {
		return p, checkColumns(changeList(), p.Columns)
	}
	return p, checkColumns(list, p.Columns)
}
