package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

func newIntegrationWaitCmd(a *app) *cobra.Command {
	var w waitFlags
	cmd := &cobra.Command{
		Use:   "wait ID…",
		Short: "Wait until integrations have been indexed",
		Long: `Waits until the first index of each of the named integrations is done, or has failed. An index that is under way is waited for,
and one that is done long since is not. It changes nothing.

A server says "finished" also of an index that has not begun. So the index counts as done once the integration has a date of
its last index; where a server shows none, once an index was seen to run and then to end. That is said as a remark, for it is
inferred. A disabled integration that was never indexed will not be: that is an error.

Errors of an index are exit status 6. When the time to wait is over, it is 8.`,
		Example: `  gijctl --sandbox integration wait 1 "Acme GitLab"
  gijctl integration wait 12 --wait-timeout 30m -o json`,
		Args:              needsIntegrations,
		ValidArgsFunction: a.completeIntegrations(0),
	}
	w.wait = true
	w.registerTimeout(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return runIntegrationWait(cmd.Context(), a, w, args) }
	return cmd
}

func runIntegrationWait(ctx context.Context, a *app, w waitFlags, words []string) error {
	if err := w.check(); err != nil {
		return err
	}
	list := checkedList(a.now())
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	targets, err := find(ctx, s.client, words)
	if err != nil {
		return err
	}
	reports, stopped := a.awaitFirst(ctx, s, w, targets)
	views := make([]checkedView, len(targets))
	for n, r := range reports {
		views[n] = viewAwaited(targets[n], r)
	}
	var shown error
	if len(words) == 1 && isObjectForm(printer) {
		shown = render.WriteObject(printer, list, &views[0])
	} else {
		shown = render.WriteList(printer, list, rows(views))
	}
	if failed := awaitedError(ctx, targets, reports, stopped); failed != nil {
		return failed
	}
	return shown
}

// awaitFirst waits for the first index of each integration.
func (a *app) awaitFirst(ctx context.Context, s *session, w waitFlags, targets []gij.Integration) ([]plan.IndexReport, error) {
	watches := make([]plan.IndexWatch, len(targets))
	for n, i := range targets {
		watches[n] = plan.WatchFirstIndex(s.client.Reindex, s.client.Integrations, i)
		watches[n].Name = fmt.Sprintf("%d %q", i.ID, i.DisplayName)
	}
	reports, err := a.watch(ctx, s, w, watches)
	for n, r := range reports {
		switch {
		case r.Err != nil || !r.Done || len(r.Status.Errors) > 0:
		case r.Reason != "" && neverIndexed(r) == "":
			a.note("indexed %s: %s", watches[n].Name, r.Reason)
		case r.Reason == "":
			a.note("indexed %s", watches[n].Name)
		}
	}
	return reports, err
}

// viewAwaited is an integration with its index as it was at the end of the wait.
func viewAwaited(i gij.Integration, r plan.IndexReport) checkedView {
	if r.Integration != nil {
		i = *r.Integration
	}
	v := checkedView{viewIntegration(i), viewIndex(r.Status)}
	switch {
	case r.Err != nil:
		v.Index = unreadable(r.Err).index
	case r.Reason != "" && (!r.Done || neverIndexed(r) != ""):
		v.Index = indexView{State: indexUnknown, Errors: []indexErrorView{}, Reason: r.Reason}
	case r.Reason != "":
		v.Index.Reason = r.Reason
	}
	return v
}

// neverIndexed says why nothing is to be waited for, "" for an index that was done.
func neverIndexed(r plan.IndexReport) string {
	if i := r.Integration; i != nil && i.LastIndexedDate == nil && i.Disabled != nil && *i.Disabled {
		return r.Reason
	}
	return ""
}

// awaitedError says which indexes did not end well.
func awaitedError(ctx context.Context, targets []gij.Integration, reports []plan.IndexReport, stopped error) error {
	var all []ending
	var left []string
	for n, i := range targets {
		r := reports[n]
		e := ending{id: i.ID, name: i.DisplayName, outcome: plan.OutcomeVerified, err: awaitedFailure(i, r)}
		if e.err != nil {
			e.outcome = plan.OutcomeFailed
		}
		if !r.Done {
			e.outcome = plan.OutcomeUnverified
			left = append(left, fmt.Sprint(i.ID))
		}
		all = append(all, e)
	}
	failed := failures(all)
	if stopped != nil {
		err := &cliError{}
		if len(failed) > 0 {
			err = endingsError(ctx, endings{all: all})
		}
		return watchError(stopped, "gijctl integration wait "+strings.Join(left, " "), err.details)
	}
	switch {
	case len(failed) == 0:
		return nil
	case len(all) == 1:
		return failed[0].err
	}
	return endingsError(ctx, endings{of: fmt.Sprintf("of %d indexes: ", len(all)), code: codePartial, all: all, hint: "the server's log says more"})
}

func awaitedFailure(i gij.Integration, r plan.IndexReport) error {
	name := fmt.Sprintf("%d %q", i.ID, i.DisplayName)
	switch {
	case r.Err != nil:
		return r.Err
	case !r.Done:
		return nil
	case len(r.Status.Errors) > 0:
		return &cliError{
			code: codePartial, message: fmt.Sprintf("the index of %s has errors: %s", name, entriesText(indexEntries(r.Status.Errors, true))),
			hint: "the server's log says more",
		}
	case neverIndexed(r) != "":
		return &cliError{
			code: codePartial, message: fmt.Sprintf("the index of %s will not begin: %s", name, r.Reason),
			hint: fmt.Sprintf("switch it on: gijctl integration enable %d", i.ID),
		}
	}
	return nil
}

// awaitAdded waits for the first index of what was added, or was there already.
func (a *app) awaitAdded(ctx context.Context, s *session, w waitFlags, results []plan.Result) error {
	for n, r := range results {
		if r.Err != nil || r.After == nil {
			continue
		}
		targets := []gij.Integration{*r.After}
		reports, stopped := a.awaitFirst(ctx, s, w, targets)
		if reports[0].Integration != nil {
			results[n].After = reports[0].Integration
		}
		if err := awaitedError(ctx, targets, reports, stopped); err != nil {
			return err
		}
	}
	return nil
}
