package cli

import (
	"github.com/spf13/cobra"
)

func newBulkCmd(a *app) *cobra.Command {
	cmd := newGroupCmd("bulk", "Work with the files of GIJ's bulk change",
		`GIJ exports and imports its whole configuration as a file of tab-separated values (Git > Manage integrations > Bulk
change). These commands work with such files before they are uploaded. Uploading itself is not there yet.`,
		`  gijctl bulk validate testdata/tsv/sample.tsv
  gijctl bulk validate fleet.tsv --fix`)
	cmd.GroupID = groupServer
	return a.fill(cmd, func() []*cobra.Command {
		return []*cobra.Command{hasColumns(a, newBulkValidateCmd(a), fileCheckList)}
	})
}
