package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

type bulkDiffOptions struct {
	file     string // "-" is stdin
	exitCode bool
	secrets  secretFlags
}

func newBulkDiffCmd(a *app) *cobra.Command {
	var o bulkDiffOptions
	cmd := &cobra.Command{
		Use:   "diff FILE",
		Short: "Show what a bulk file would change",
		Long: `Compares a bulk file, - for standard input, with what the server exports, and shows cell by cell what an import of it would
change. It changes nothing.

An omitted column and a blank cell keep what the server has, so they are no difference. A row without id is found again by
its origin, parent and type. A secret that came from an export is held back: see gijctl bulk import --help.`,
		Example: `  gijctl sandbox reset --seed fleet
  gijctl --sandbox bulk diff testdata/tsv/fleet.tsv
  gijctl --sandbox bulk diff testdata/tsv/fleet.tsv -o json --query "[?action == 'delete'].id"
  gijctl bulk diff fleet.tsv --exit-code -o markdown`,
		Args: exactArgs(1, "a FILE, or - for standard input"),
	}
	cmd.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit with status 3 if there are differences")
	o.secrets.register(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.file = args[0]
		return runBulkDiff(cmd.Context(), a, o)
	}
	return cmd
}

func runBulkDiff(ctx context.Context, a *app, o bulkDiffOptions) error {
	if err := o.secrets.check(); err != nil {
		return err
	}
	printer, err := a.bulkPrinter(true, false)
	if err != nil {
		return err
	}
	source, err := a.validBulkSource(o.file, o.secrets.pemColumn)
	if err != nil {
		return err
	}
	r, err := a.beginBulk(ctx, true)
	if err != nil {
		return err
	}
	defer r.session.close()
	if err := r.notePending(); err != nil {
		return err
	}
	if err := r.compare(ctx, bulkInput{rows: source.of, secrets: o.secrets}); err != nil {
		return err
	}
	if err := r.printPlan(printer); err != nil {
		return err
	}
	if !o.exitCode || r.plan.Empty() {
		return nil
	}
	return &cliError{
		code: codePending, message: fmt.Sprintf("%s differs from the server: %s", source.name, counted(len(r.plan.Changes), "change")),
		hint: "to carry them out: gijctl bulk import " + o.file,
	}
}

// validBulkSource takes a file in which nothing is wrong, as far as that can be told without a server.
func (a *app) validBulkSource(name, pemColumn string) (*bulkSource, error) {
	source, err := a.bulkSource(name)
	if err != nil {
		return nil, err
	}
	return source, source.validateOffline(pemColumn)
}
