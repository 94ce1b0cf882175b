package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
)

func newIntegrationListCmd(a *app) *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List integrations",
		Long: `Lists all integrations. The rows are written as they arrive; a table waits for the last one, to know its widths.

With --check each integration is asked how its index stands, four at a time, and there is a column INDEX (index): "ok",
how far indexing is, or what went wrong. Errors of indexing are data: the exit status is 0. A status that cannot be read
is "unknown", and the exit status 6.`,
		Example: `  gijctl --sandbox integration list
  gijctl --sandbox integration list --check --columns id,displayName,index
  gijctl --sandbox integration list -o json --query "[?disabled].displayName"
  gijctl --sandbox integration list -o tsv --columns id,displayName,apiFilter --no-header`,
		Args: exactArgs(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if check {
				return runIntegrationCheck(cmd.Context(), a)
			}
			return runIntegrationList(cmd.Context(), a)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "ask each integration how its index stands")
	return cmd
}

func runIntegrationList(ctx context.Context, a *app) error {
	if slices.ContainsFunc(a.flags.columns, func(name string) bool { return strings.EqualFold(name, indexColumn) }) {
		return usageError("add: --check", "--columns: the column %s is there only with --check, which asks for it", indexColumn)
	}
	list := integrationList(a.now())
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	return render.WriteList(printer, list, viewIntegrations(s.client.Integrations.All(ctx)))
}
