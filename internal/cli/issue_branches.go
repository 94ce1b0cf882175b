package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

func newIssueBranchesCmd(a *app) *cobra.Command {
	all := false
	cmd := &cobra.Command{
		Use:   "branches KEY",
		Short: "List the branches of an issue",
		Long: `Lists the branches of an issue: those that have commits of it, and those that are named after it, with how far each is ahead of
and behind its main branch where the server compares them. Two answers of the server are put together: a branch that only the
list of names has comes without its repository. --all lists the names of all branches that are indexed.

Jira administrators may, and who may browse the project and view its development tools, for repositories that are associated with
it. To everybody else the server shows fewer branches, and does not say that it does.`,
		ValidArgsFunction: cobra.NoFileCompletions,
		Example: `  gijctl --sandbox issue branches PLAT-1
  gijctl --sandbox issue branches --all -o name`,
	}
	cmd.Flags().BoolVar(&all, "all", false, "the names of all indexed branches, of no issue in particular")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if all {
			return exactArgs(0, "")(cmd, args)
		}
		return oneIssue(cmd, args)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		key := ""
		if !all {
			key = args[0]
		}
		return runIssueBranches(cmd.Context(), a, key)
	}
	return cmd
}

func runIssueBranches(ctx context.Context, a *app, key string) error {
	printer, err := printerFor(a, branchList())
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	names, err := s.client.Issues.Branches(ctx, key)
	if err != nil {
		return err
	}
	details := gij.IssueDetails{}
	if key != "" {
		details, err = s.client.Issues.Details(ctx, key)
	}
	if err != nil {
		// The list of names stands by itself; an older GIJ may not have the other answer.
		a.warn("only the names of branches with commits are known: %v", err)
	}
	if details.NotAllPermissions {
		a.note("note: there may be more branches, which this account may not see")
	}
	return render.WriteList(printer, branchList(), rows(viewBranches(key != "", names, details)))
}

// viewBranches puts both answers together, those with a repository first.
func viewBranches(ofIssue bool, names []string, details gij.IssueDetails) []branchView {
	views := []branchView{}
	seen := map[string]bool{}
	for _, r := range details.Repositories {
		for _, b := range r.Branches {
			v := branchView{Name: b.Name, RepositoryID: r.ID, Repository: r.Name, URL: b.ExternalURL, HasCommits: new(slices.Contains(names, b.Name))}
			if b.Compared {
				v.Ahead, v.Behind = &b.Ahead, &b.Behind
			}
			seen[b.Name] = true
			views = append(views, v)
		}
	}
	for _, name := range names {
		if seen[name] {
			continue
		}
		v := branchView{Name: name}
		if ofIssue {
			v.HasCommits = new(true)
		}
		views = append(views, v)
	}
	return views
}
