package cli

import (
	"context"

	"github.com/spf13/cobra"
)

type bulkImportOptions struct {
	file  string // "-" is stdin
	write bulkWriteFlags
}

func newBulkImportCmd(a *app) *cobra.Command {
	var o bulkImportOptions
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Change integrations and repositories as a bulk file says",
		Long: `Checks a bulk file, - for standard input, compares it with what the server has, and shows what would change. Then it saves the
server's configuration, imports the rows and columns that differ, follows the import to its end, and reads the server back:
a row is verified when its new values were seen there. The same file again changes nothing.

Rows that the file marks for deletion are deleted last, in an import of their own, and only if --confirm-delete names
exactly these rows; on a terminal it can be typed instead. --yes alone deletes nothing. What goes with a deleted integration
counts as well: --max-deletes allows it.

A secret that came from an export is held back, for the server may export an encrypted form, which would become the new
secret. It is named, and --send-secret sends a column all the same.

An import that is cut off goes on at the server. The same command picks it up, and so does gijctl bulk status.`,
		Example: `  gijctl sandbox reset --seed fleet
  gijctl --sandbox bulk import testdata/tsv/fleet.tsv --dry-run
  gijctl bulk import fleet.tsv
  gijctl bulk import fleet.tsv --yes --confirm-delete 14,15 --report result.json --report-junit result.xml
  gijctl bulk import fleet.tsv --yes --batch-size 500 --wait-timeout 30m`,
		Args: exactArgs(1, "a FILE, or - for standard input"),
	}
	collect := o.write.register(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		collect()
		o.file = args[0]
		return runBulkImport(cmd.Context(), a, o)
	}
	return cmd
}

func runBulkImport(ctx context.Context, a *app, o bulkImportOptions) error {
	job, source, err := a.fileJob("import", o.file, o.write)
	if err != nil {
		return err
	}
	job.input = bulkInput{rows: source.of, secrets: o.write.secretFlags}
	return a.runBulkJob(ctx, job)
}

// fileJob is the job of a command that takes a file, once that is found good as far as that can be told without a server.
func (a *app) fileJob(verb, file string, f bulkWriteFlags) (bulkJob, *bulkSource, error) {
	job := bulkJob{verb: verb, flags: f, all: "the same command with --dry-run"}
	if verb == "import" && file != "-" {
		job.all = a.onTarget("gijctl bulk diff " + file)
	}
	if err := a.mayBulkWrite(&f, file); err != nil {
		return job, nil, err
	}
	var err error
	if job.printer, err = a.bulkPrinter(f.dryRun, false); err != nil {
		return job, nil, err
	}
	source, err := a.validBulkSource(file, f.pemColumn)
	return job, source, err
}
