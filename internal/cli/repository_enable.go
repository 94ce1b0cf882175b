package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

func newRepositoryEnableCmd(a *app) *cobra.Command {
	return newRepositorySwitchCmd(a, false, &cobra.Command{
		Use:   "enable ID…",
		Short: "Switch repositories on",
		Long:  "Switches repositories on, and reads each back: some servers answer success and change nothing.",
		Example: `  gijctl --sandbox repository enable 9 --yes
  gijctl --sandbox repository enable handbook --dry-run`,
	})
}

// newRepositorySwitchCmd binds what enable and disable have in common.
func newRepositorySwitchCmd(a *app, disabled bool, cmd *cobra.Command) *cobra.Command {
	var w writeFlags
	w.register(cmd)
	cmd.Args = needsRepositories
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return runRepositorySwitch(cmd.Context(), a, w, args, disabled)
	}
	return cmd
}

func runRepositorySwitch(ctx context.Context, a *app, w writeFlags, words []string, disabled bool) error {
	if err := a.mayWrite(w); err != nil {
		return err
	}
	printer, err := writePrinterFor(a, w, listOfRepositories(a.now()))
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, w.dryRun)
	if err != nil {
		return err
	}
	defer s.close()
	targets, err := findRepositories(ctx, s.client, words)
	if err != nil {
		return err
	}
	changes, err := plan.UpdateRepositories(targets, gij.RepositorySpec{Disabled: &disabled})
	if err != nil {
		return err
	}
	return a.carryOut(ctx, writing{session: s, printer: printer, flags: w, single: len(words) == 1, object: plan.ObjectRepository}, changes)
}
