package cli

import (
	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/sandbox"
)

func newSandboxResetCmd(a *app) *cobra.Command {
	var seed string
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Put the sandbox back to a beginning",
		Long: `Forgets what the sandbox holds and starts it anew, without asking: it is there to be broken.

Its seeds are demo, a small company; empty, a Jira with projects and no integration; fleet, a company with about five
thousand rows of all kinds, for bulk change; and large, ten thousand integrations (large:N for another number).`,
		Example: `  gijctl sandbox reset
  gijctl sandbox reset --seed empty`,
		Args: exactArgs(0, ""),
		RunE: func(*cobra.Command, []string) error { return runSandboxReset(a, seed) },
	}
	cmd.Flags().StringVar(&seed, "seed", "demo", "demo, empty, fleet, large or large:N")
	mustComplete(cmd, "seed", func(*cobra.Command) []string { return []string{"demo", "empty", "fleet", "large"} })
	return cmd
}

func runSandboxReset(a *app, seed string) error {
	if _, err := printerFor(a, statusList()); err != nil {
		return err
	}
	file, err := a.sandboxFile()
	if err != nil {
		return err
	}
	if err := sandbox.Reset(file, seed); err != nil {
		return sandboxError(err)
	}
	a.forgetLive()
	if err := a.forgetSandboxImports(); err != nil {
		return err
	}
	if err := a.forgetSandboxFleet(); err != nil {
		return err
	}
	return runSandboxStatus(a)
}
