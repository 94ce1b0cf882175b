package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
)

func newIssueCommitsCmd(a *app) *cobra.Command {
	files := false
	cmd := &cobra.Command{
		Use:   "commits KEY",
		Short: "List the commits of an issue",
		Long: `Lists the commits that belong to an issue, as the server has them. Who may read the issue may list them. --files has the server
say which files each commit changed.`,
		ValidArgsFunction: cobra.NoFileCompletions,
		Example: `  gijctl --sandbox issue commits PLAT-1
  gijctl --sandbox issue commits PLAT-1 --files -o json
  gijctl --sandbox issue commits PLAT-1 --query "[].id" -o tsv`,
		Args: oneIssue,
	}
	cmd.Flags().BoolVar(&files, "files", false, "with the files that each commit changed")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return runIssueCommits(cmd.Context(), a, args[0], files)
	}
	return cmd
}

func runIssueCommits(ctx context.Context, a *app, key string, files bool) error {
	printer, err := printerFor(a, commitList())
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	commits, err := s.client.Issues.Commits(ctx, key, files)
	if err != nil {
		return err
	}
	views := make([]commitView, len(commits))
	for n, c := range commits {
		views[n] = viewCommit(c)
	}
	list := commitList()
	if files {
		list = shownByDefault(list, "files")
	}
	return render.WriteList(printer, list, rows(views))
}

// shownByDefault is a list with one more column in each table.
func shownByDefault[T any](list render.List[T], key string) render.List[T] {
	for n := range list.Columns {
		if list.Columns[n].Key == key {
			list.Columns[n].Show = render.Default
		}
	}
	return list
}
