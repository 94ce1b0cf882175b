package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

type repositoryRemoveOptions struct {
	write        writeFlags
	words        []string // ids and display names
	deleteFiles  bool
	confirmFiles []string // display names
}

func newRepositoryRemoveCmd(a *app) *cobra.Command {
	var o repositoryRemoveOptions
	cmd := &cobra.Command{
		Use:     "remove ID…",
		Aliases: []string{"rm", "delete"},
		Short:   "Remove repositories from GIJ",
		Long: `Removes repositories from GIJ. Nothing happens on the Git host. One that an integration found may come back when the
integration is scanned; whether it does is documented nowhere.

The files stay on the Jira server unless --delete-files is given, and confirmed by the display name of each repository: where
the origin is a path on the Jira server, the files are the original repository, not a clone.`,
		Example: `  gijctl --sandbox repository remove 9 --dry-run
  gijctl --sandbox repository remove handbook --yes
  gijctl --sandbox repository remove 9 --delete-files --confirm-delete-files handbook --dry-run`,
		Args:              needsRepositories,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	o.write.register(cmd)
	cmd.Flags().BoolVar(&o.deleteFiles, "delete-files", false, "also erase its files on the Jira server")
	cmd.Flags().StringArrayVar(&o.confirmFiles, "confirm-delete-files", nil, "display name of each repository whose files are to be erased")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.words = args
		return runRepositoryRemove(cmd.Context(), a, o)
	}
	return cmd
}

func runRepositoryRemove(ctx context.Context, a *app, o repositoryRemoveOptions) error {
	if err := a.mayWrite(o.write); err != nil {
		return err
	}
	printer, err := writePrinterFor(a, o.write, resultList())
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, o.write.dryRun)
	if err != nil {
		return err
	}
	defer s.close()
	targets, err := findRepositories(ctx, s.client, o.words)
	if err != nil {
		return err
	}
	var names []string
	for _, t := range targets {
		names = append(names, t.DisplayName)
	}
	if err := checkFiles(o.deleteFiles, o.confirmFiles, names); err != nil {
		return err
	}
	changes := plan.RemoveRepositories(targets, gij.DeleteOptions{DeleteFiles: o.deleteFiles})
	return a.carryOut(ctx, writing{session: s, printer: printer, flags: o.write, object: plan.ObjectRepository}, changes)
}
