package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

func (w *installationWrite) carryOut(ctx context.Context) error {
	a := w.session.app
	views := w.views()
	if w.write.dryRun {
		return a.printPlan(w.printer, views)
	}
	w.sayNothingToDo(views)
	steps := w.steps()
	if len(steps) > 0 {
		if err := a.agree(ctx, writing{flags: w.write}, views); err != nil {
			return err
		}
	}
	for n, step := range steps {
		if n > 0 && ctx.Err() != nil {
			return &cliError{code: codeInterrupted, message: "interrupted between two steps", hint: "the same command again does what is left"}
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return w.print()
}

// steps are what is left to do, in its order.
func (w *installationWrite) steps() []func(context.Context) error {
	var steps []func(context.Context) error
	if !w.isDone() {
		steps = append(steps, w.changeInstallation)
	}
	if w.changesIntegration() {
		steps = append(steps, w.changeIntegration)
	}
	if w.verb.first {
		slices.Reverse(steps)
	}
	return steps
}

func (w *installationWrite) changesIntegration() bool {
	return w.change != nil && w.change.Action != plan.ActionNone
}

func (w *installationWrite) sayNothingToDo(views []changeView) {
	a := w.session.app
	switch {
	case w.here == nil:
		a.note("nothing to do at GitHub: %s is installed nowhere", w.title())
	case w.isDone():
		a.note("nothing to do at GitHub: installation %d of %s is %s already", w.here.ID, w.title(), w.verb.done)
	}
	for _, v := range views {
		if v.Object == "" && v.Action == plan.ActionNone {
			a.note("nothing to do in GIJ: integration %d %q is as asked", v.ID, v.DisplayName)
		}
	}
}

// changeInstallation writes to GitHub, and reads back.
func (w *installationWrite) changeInstallation(ctx context.Context) error {
	a := w.session.app
	inFlight, finish := a.outliveInterrupt(ctx, apiRequest{RawRequest: gij.RawRequest{Method: w.verb.method, Path: w.address()}})
	defer finish()
	if err := w.verb.send(inFlight, w.client, w.here.ID); err != nil {
		return err
	}
	now, err := w.client.Installation(inFlight, w.here.ID)
	var after *githubapp.Installation
	switch {
	case err == nil:
		after = &now
	case !githubapp.IsKind(err, githubapp.KindNotFound):
		return &cliError{
			code: codePartial, message: "GitHub answered success, but it could not be verified: " + explain(err).Message,
			hint: "look with: gijctl gha get", cause: err,
		}
	}
	if !w.verb.isDone(after) {
		return w.notDone(after)
	}
	a.note("%s installation %d of %s: verified, read back from %s", w.verb.done, w.here.ID, w.title(), w.app.host.Name())
	if after != nil {
		w.here = after
	}
	return nil
}

// notDone explains a success that changed nothing.
func (w *installationWrite) notDone(after *githubapp.Installation) error {
	e := &cliError{
		code: codeFailed, hint: "look with: gijctl gha get",
		message: fmt.Sprintf("GitHub answered success, and installation %d is not %s", w.here.ID, w.verb.done),
	}
	if after != nil && after.SuspendedAt != nil {
		e.message += ": " + suspendedText(after)
		e.hint = "who suspended it on the installation's page has to resume it there: " + after.HTMLURL
	}
	return e
}

// changeIntegration writes to GIJ, as gijctl integration disable and enable do.
func (w *installationWrite) changeIntegration(ctx context.Context) error {
	a := w.session.app
	results := a.apply(ctx, writing{session: w.session.jira, printer: w.printer, flags: w.write, single: true}, []plan.Change{*w.change}, false)
	if after := results[0].After; after != nil {
		w.change.Before = after
	}
	err := resultsError(ctx, results)
	if err == nil || !w.verb.first {
		return err
	}
	own := explain(err)
	return &cliError{code: own.Code, message: own.Message + "; nothing was sent to GitHub", hint: own.Hint, cause: err}
}

func (w *installationWrite) print() error {
	if w.verb.field == nil {
		var results []resultView
		if w.here != nil {
			results = append(results, resultView{ID: w.here.ID, Type: "installation", DisplayName: w.title(), Result: "removed"})
		}
		list := resultList()
		list.Empty = ""
		return render.WriteList(w.printer, list, rows(results))
	}
	v := viewSuspension(w.seen.app, *w.here)
	if row := w.row(); row != nil {
		v.IntegrationID, v.IntegrationDisabled, v.GIJSuspended = row.ID, new(row.Disabled), row.Suspended
	}
	if w.change != nil && w.change.Before != nil {
		v.IntegrationDisabled = w.change.Before.Disabled
	}
	list := suspensionList()
	if w.printer.Query == nil && (w.printer.Format == render.FormatTable || w.printer.Format == render.FormatWide) {
		return render.WriteList(w.printer, list, rows([]suspensionView{v}))
	}
	return render.WriteObject(w.printer, list, &v)
}
