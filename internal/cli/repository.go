package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

func newRepositoryCmd(a *app) *cobra.Command {
	cmd := newGroupCmd("repository", "Add, change and remove single repositories",
		`A repository is what GIJ indexes. Some were added on their own; the nested ones belong to the integration that found them.

Wherever a command takes an ID, it also takes a display name that only one repository has. What consists of digits
is always an id; integrations and repositories share one sequence of ids.`,
		`  gijctl --sandbox repository list
  gijctl --sandbox repository list --integration 2
  gijctl --sandbox repository add --origin https://git.example.com/team/handbook.git --dry-run`, "repositories", "repo")
	cmd.GroupID = groupServer
	return a.fill(cmd, func() []*cobra.Command {
		list := func() render.List[*repositoryView] { return listOfRepositories(a.now()) }
		return []*cobra.Command{
			hasColumns(a, newRepositoryListCmd(a), list),
			hasColumns(a, newRepositoryAddCmd(a), list),
			hasColumns(a, newRepositoryUpdateCmd(a), list),
			hasColumns(a, newRepositoryRemoveCmd(a), resultList),
			hasColumns(a, newRepositoryEnableCmd(a), list),
			hasColumns(a, newRepositoryDisableCmd(a), list),
		}
	})
}

// findRepositories returns the repositories that the words name, by id or by display name, each once and in the order of the words.
func findRepositories(ctx context.Context, client *gij.Client, words []string) ([]gij.Repository, error) {
	all, err := client.Repositories.List(ctx)
	if err != nil {
		return nil, err
	}
	names := make([]named, len(all))
	for n, r := range all {
		names[n] = named{r.ID, r.DisplayName}
	}
	places, problems := pick(plan.ObjectRepository, names, words)
	if len(problems) > 0 {
		explainIntegrations(ctx, client, problems)
		return nil, notFoundError(plan.ObjectRepository, problems)
	}
	found := make([]gij.Repository, len(places))
	for n, place := range places {
		found[n] = all[place]
	}
	return found, nil
}

// explainIntegrations looks whether an id that is no repository's belongs to an integration.
func explainIntegrations(ctx context.Context, client *gij.Client, problems []render.Detail) {
	if !slices.ContainsFunc(problems, func(d render.Detail) bool { return d.ID > 0 }) {
		return
	}
	for i, err := range client.Integrations.All(ctx) {
		if err != nil {
			return // it would only have made the message better
		}
		for n, d := range problems {
			if i.ID == d.ID {
				problems[n].Message = fmt.Sprintf("is the integration %q, not a repository", i.DisplayName)
				problems[n].Remedy = fmt.Sprintf("its repositories are listed by: gijctl repository list --integration %d", i.ID)
			}
		}
	}
}

// needsRepositories asks for at least one id or name.
func needsRepositories(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	return usageError("the ids are listed by: gijctl repository list", "%q needs the ID or the display name of a repository", cmd.CommandPath())
}
