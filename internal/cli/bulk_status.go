package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

type bulkStatusOptions struct {
	thread      int64
	wait        bool
	waitTimeout time.Duration
}

func newBulkStatusCmd(a *app) *cobra.Command {
	var o bulkStatusOptions
	cmd := &cobra.Command{
		Use:   "status THREAD_ID",
		Short: "Show how far an import is",
		Long: `Shows what the server says of an import, by the number that gijctl bulk import names when it begins. Any Jira user may ask. It
changes nothing.

--wait follows the import to its end. Errors in its log are exit status 6. A message names no row; whether the rows are as
they should be, gijctl bulk diff tells. How long a server remembers an import is unknown.`,
		Example: `  gijctl bulk status 142
  gijctl bulk status 142 --wait --wait-timeout 30m -o json`,
		Args: exactArgs(1, "the THREAD_ID of an import"),
	}
	cmd.Flags().BoolVar(&o.wait, "wait", false, "follow the import to its end")
	cmd.Flags().DurationVar(&o.waitTimeout, "wait-timeout", 0, "how long to wait (default without limit)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		id, isID := parseID(args[0])
		if !isID || id <= 0 {
			return usageError("it is a whole number, which gijctl bulk import says when it begins", "%q is no id of an import", args[0])
		}
		o.thread = id
		return runBulkStatus(cmd.Context(), a, o)
	}
	return cmd
}

func runBulkStatus(ctx context.Context, a *app, o bulkStatusOptions) error {
	if o.waitTimeout != 0 && !o.wait {
		return usageError("add: --wait", "--wait-timeout limits --wait, which is not given")
	}
	if o.waitTimeout < 0 {
		return usageError("leave it out to wait without limit", "--wait-timeout cannot be negative")
	}
	printer, err := printerFor(a, bulkEntryList())
	if err != nil {
		return err
	}
	r, err := a.beginBulk(ctx, true)
	if err != nil {
		return err
	}
	defer r.session.close()
	thread, err := r.thread(o.thread)
	if err != nil {
		return err
	}
	heard, err := r.ask(ctx, o, thread)
	if err != nil {
		return err
	}
	v := viewBulkStatus(o.thread, heard)
	a.note("%s", v.summary())
	if err := printBulkStatus(printer, v); err != nil {
		return err
	}
	return v.failure()
}

// thread is an import with the cookies that lead to its node, where this machine began it.
func (r *bulkRun) thread(id int64) (gij.BulkThread, error) {
	pending, err := r.state.Pending()
	if err != nil {
		return gij.BulkThread{}, err
	}
	if pending != nil && pending.Thread != nil && pending.Thread.ID == id {
		return *pending.Thread, nil
	}
	return gij.BulkThread{ID: id}, nil
}

func (r *bulkRun) ask(ctx context.Context, o bulkStatusOptions, thread gij.BulkThread) (gij.BulkProgress, error) {
	if !o.wait {
		return r.session.client.Bulk.Progress(ctx, thread)
	}
	progress := r.app.newBulkProgress()
	defer progress.close()
	progress.thread = o.thread
	progress.Step(fmt.Sprintf("waiting for the end of import %d", o.thread))
	return plan.FollowBulk(ctx, r.session.client.Bulk, thread, plan.ImportOptions{WaitTimeout: o.waitTimeout, FirstPoll: r.session.firstPoll()}, progress)
}
