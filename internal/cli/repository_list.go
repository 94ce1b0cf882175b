package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

type repositoryListOptions struct {
	project     string // key
	integration string // id or display name
}

func newRepositoryListCmd(a *app) *cobra.Command {
	var o repositoryListOptions
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List repositories",
		Long: `Lists repositories as far as the account may see them: all, or those of a project, of an integration, or of both. PARENT is the id of
the integration that found a repository; one without was added on its own.

The rows are written as they arrive; a table waits for the last one, to know its widths.`,
		Example: `  gijctl --sandbox repository list
  gijctl --sandbox repository list --project WEB
  gijctl --sandbox repository list --integration "Acme GitLab" -o json --query "[].origin"`,
		Args: exactArgs(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runRepositoryList(cmd.Context(), a, o)
		},
	}
	cmd.Flags().Var(given{&o.project}, "project", "`key` of a project whose repositories are listed")
	cmd.Flags().Var(given{&o.integration}, "integration", "`ID` or display name of an integration whose repositories are listed")
	a.completeProjects(cmd)
	mustComplete(cmd, "integration", func(cmd *cobra.Command) []string {
		return integrationCompletions(a.live(cmd.Context()).Integrations, nil, "")
	})
	return cmd
}

func runRepositoryList(ctx context.Context, a *app, o repositoryListOptions) error {
	list := listOfRepositories(a.now())
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	wanted, err := o.wanted(ctx, s.client)
	if err != nil {
		return err
	}
	all := s.client.Repositories.All(ctx, gij.RepositoryQuery{ProjectKey: o.project})
	return render.WriteList(printer, list, viewRepositories(all, wanted))
}

// wanted tells which repositories to list. An id is not looked up: whoever may list repositories may not see integrations.
func (o *repositoryListOptions) wanted(ctx context.Context, client *gij.Client) (func(gij.Repository) bool, error) {
	if o.integration == "" {
		return func(gij.Repository) bool { return true }, nil
	}
	id, byID := parseID(o.integration)
	if !byID {
		found, err := find(ctx, client, []string{o.integration})
		if err != nil {
			return nil, err
		}
		id = found[0].ID
	}
	return func(r gij.Repository) bool { return r.IsNested() && r.TrackedFolderID == id }, nil
}
