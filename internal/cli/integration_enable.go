package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

func newIntegrationEnableCmd(a *app) *cobra.Command {
	return newSwitchCmd(a, false, &cobra.Command{
		Use:   "enable ID…",
		Short: "Switch integrations on",
		Long:  "Switches integrations on, and reads each back: some servers answer success and change nothing.",
		Example: `  gijctl --sandbox integration enable 5 --yes
  gijctl --sandbox integration enable "https://dev.azure.com" --dry-run`,
	})
}

// newSwitchCmd binds what enable and disable have in common.
func newSwitchCmd(a *app, disabled bool, cmd *cobra.Command) *cobra.Command {
	var w writeFlags
	w.register(cmd)
	cmd.Args = needsIntegrations
	cmd.ValidArgsFunction = a.completeIntegrations(0)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return runIntegrationSwitch(cmd.Context(), a, w, args, disabled)
	}
	return cmd
}

func runIntegrationSwitch(ctx context.Context, a *app, w writeFlags, words []string, disabled bool) error {
	if err := a.mayWrite(w); err != nil {
		return err
	}
	printer, err := a.writePrinter(w)
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, w.dryRun)
	if err != nil {
		return err
	}
	defer s.close()
	targets, err := find(ctx, s.client, words)
	if err != nil {
		return err
	}
	changes := plan.Update(targets, gij.IntegrationSpec{Disabled: &disabled})
	return a.carryOut(ctx, writing{session: s, printer: printer, flags: w, single: len(words) == 1}, changes)
}
