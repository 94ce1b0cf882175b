package cli

import "github.com/spf13/cobra"

func newRepositoryDisableCmd(a *app) *cobra.Command {
	return newRepositorySwitchCmd(a, true, &cobra.Command{
		Use:   "disable ID…",
		Short: "Switch repositories off",
		Long: `Switches repositories off, and reads each back: some servers answer success and change nothing.

A disabled repository is not indexed, and not to be seen in Jira; its configuration stays.`,
		Example: `  gijctl --sandbox repository disable 9 --yes
  gijctl --sandbox repository disable 3 4 --dry-run`,
	})
}
