package cli

import (
	"github.com/spf13/cobra"
)

func newFilterCmd(a *app) *cobra.Command {
	cmd := newGroupCmd("filter", "Try the filter of an integration before it is set",
		`The apiFilter of an integration is a JMESPath expression that GIJ asks of the list of repositories which the Git host answers.
What it lets in is connected and indexed.`,
		`  gijctl filter test "[?contains(name, 'git')]" testdata/hosts/github.json`, "filters")
	cmd.GroupID = groupServer
	return a.fill(cmd, func() []*cobra.Command {
		return []*cobra.Command{hasColumns(a, newFilterTestCmd(a), filteredList)}
	})
}
