package cli

import "github.com/spf13/cobra"

func newIntegrationDisableCmd(a *app) *cobra.Command {
	return newSwitchCmd(a, true, &cobra.Command{
		Use:   "disable ID…",
		Short: "Switch integrations off",
		Long: `Switches integrations off, and reads each back: some servers answer success and change nothing.

Repository data, pull requests and the repository browser of a disabled integration are not available in Jira, and it
is not indexed; its configuration stays.`,
		Example: `  gijctl --sandbox integration disable 1 --yes
  gijctl --sandbox integration disable 1 2 --dry-run`,
	})
}
