package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

type reindexStatusOptions struct {
	waiting     waitFlags
	thread      string
	integration string // id or display name
}

func newReindexStatusCmd(a *app) *cobra.Command {
	var o reindexStatusOptions
	cmd := &cobra.Command{
		Use:   "status [THREAD]",
		Short: "Show how far indexing is",
		Long: `Shows what the server says of an index: of the THREAD that gijctl reindex start names, of an integration or a repository, or of
everything. It changes nothing.

A server says "finished" also of something that was never indexed. Errors in what it says are exit status 6. --wait follows
the index to its end. How long a server remembers a thread is unknown, and so is what it answers then.`,
		ValidArgsFunction: cobra.NoFileCompletions,
		Example: `  gijctl --sandbox reindex status --integration 1
  gijctl reindex status c3989477-053b-4cb7-965c-1ab54690490f --wait --wait-timeout 30m`,
		Args: atMostOneArg("the THREAD of one index"),
	}
	o.waiting.register(cmd, "follow the index to its end")
	cmd.Flags().StringVar(&o.integration, "integration", "", "ID or display name of an integration or a repository")
	mustComplete(cmd, "integration", func(cmd *cobra.Command) []string {
		return integrationCompletions(a.live(cmd.Context()).Integrations, nil, "")
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if cmd.Flags().Changed("integration") && o.integration == "" {
			return usageError("leave it out for everything", "--integration is empty; is the variable set that it comes from?")
		}
		if len(args) == 1 {
			o.thread = args[0]
		}
		if len(args) == 1 && o.thread == "" {
			return usageError("leave it out for everything", "the THREAD is empty; is the variable set that it comes from?")
		}
		return runReindexStatus(cmd.Context(), a, o)
	}
	return cmd
}

func runReindexStatus(ctx context.Context, a *app, o reindexStatusOptions) error {
	if o.thread != "" && o.integration != "" {
		return usageError("give one of them", "a THREAD and --integration ask about two indexes")
	}
	if err := o.waiting.check(); err != nil {
		return err
	}
	printer, err := printerFor(a, indexEntryList())
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	query, err := o.query(ctx, s.client)
	if err != nil {
		return err
	}
	report, stopped := o.ask(ctx, a, s, query)
	if report.Err != nil {
		return report.Err
	}
	v := viewIndexStatus(query, report.Status)
	a.note("%s", v.summary())
	if query.Thread == "" && v.Finished {
		a.note("note: the server says finished also of what was never indexed")
	}
	if err := printIndexStatus(printer, v); err != nil {
		return err
	}
	if stopped != nil {
		again := reindexView{ID: query.ID, ThreadID: query.Thread}
		return watchError(stopped, again.followCommand(), nil)
	}
	return v.failure()
}

func (o *reindexStatusOptions) query(ctx context.Context, client *gij.Client) (gij.IndexQuery, error) {
	if o.integration == "" {
		return gij.IndexQuery{Thread: o.thread}, nil
	}
	if id, byID := parseID(o.integration); byID && id > 0 {
		return gij.IndexQuery{ID: id}, nil
	}
	found, err := indexTargets(ctx, client, []string{o.integration})
	if err != nil {
		return gij.IndexQuery{}, err
	}
	return gij.IndexQuery{ID: found[0].id}, nil
}

func (o *reindexStatusOptions) ask(ctx context.Context, a *app, s *session, q gij.IndexQuery) (plan.IndexReport, error) {
	name := "everything"
	switch {
	case q.Thread != "":
		name = "thread " + q.Thread
	case q.ID != 0:
		name = fmt.Sprint(q.ID)
	}
	watch := plan.WatchThread(s.client.Reindex, name, q)
	if !o.waiting.wait {
		report, err := watch.Ask(ctx)
		report.Err = err
		return report, nil
	}
	reports, err := a.watch(ctx, s, o.waiting, []plan.IndexWatch{watch})
	return reports[0], err
}

// printIndexStatus writes the whole object as JSON and YAML, else its lines, errors last.
func printIndexStatus(p *render.Printer, v indexStatusView) error {
	if !isObjectForm(p) {
		return render.WriteList(p, indexEntryList(), rows(append(v.Messages, v.Errors...)))
	}
	whole := *p
	whole.Columns = nil // they are those of the lines
	return render.WriteObject(&whole, render.List[*indexStatusView]{}, &v)
}

func (v *indexStatusView) failure() error {
	if len(v.Errors) == 0 {
		return nil
	}
	e := &cliError{code: codePartial, message: v.summary(), hint: "the server's log says more"}
	for n, one := range v.Errors {
		if n == maxProblems {
			break
		}
		e.details = append(e.details, render.Detail{Severity: "error", Code: codeFailed, Name: one.Name, Message: one.Message})
	}
	return e
}
