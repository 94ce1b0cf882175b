package cli

import (
	"context"
	"os"

	"github.com/spf13/cobra"
)

type bulkRestoreOptions struct {
	file  string
	write bulkWriteFlags
}

func newBulkRestoreCmd(a *app) *cobra.Command {
	var o bulkRestoreOptions
	cmd := &cobra.Command{
		Use:   "restore BACKUP",
		Short: "Go back to the configuration that an import saved",
		Long: `Compares a backup, which every import names, with what the server has now, and imports what brings the old values back, in
the way of gijctl bulk import.

Not all can come back: the ids and clones of deleted rows, values that were empty, secrets that the backup does not show, and
integrations of GitHub Apps. What was added since stays. All of that is listed before anything is sent, and if there is any,
the exit status is 6. When the backup was made is the time of the file: keep it when you copy one (cp -p).`,
		Example: `  gijctl bulk restore backup.tsv --dry-run
  gijctl bulk restore backup.tsv --yes --report result.json`,
		Args: exactArgs(1, "the FILE of a backup"),
	}
	collect := o.write.register(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		collect()
		o.file = args[0]
		return runBulkRestore(cmd.Context(), a, o)
	}
	return cmd
}

func runBulkRestore(ctx context.Context, a *app, o bulkRestoreOptions) error {
	if o.file == "-" {
		return usageError("give the path of the backup", "a backup cannot be standard input: when it was made is the time of its file")
	}
	job, source, err := a.fileJob("restore", o.file, o.write)
	if err != nil {
		return err
	}
	info, err := os.Stat(o.file)
	if err != nil {
		return inputError("", "%v", err)
	}
	job.input = bulkInput{rows: source.of, secrets: o.write.secretFlags, restore: true, since: info.ModTime()}
	return a.runBulkJob(ctx, job)
}
