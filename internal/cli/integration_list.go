package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
)

func newIntegrationListCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List integrations",
		Long:    "Lists all integrations. The rows are written as they arrive; a table waits for the last one, to know its widths.",
		Example: `  gijctl --sandbox integration list
  gijctl --sandbox integration list -o json --query "[?disabled].displayName"
  gijctl --sandbox integration list -o tsv --columns id,displayName,apiFilter --no-header`,
		Args: exactArgs(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runIntegrationList(cmd.Context(), a)
		},
	}
	return cmd
}

func runIntegrationList(ctx context.Context, a *app) error {
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
