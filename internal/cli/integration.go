package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

func newIntegrationCmd(a *app) *cobra.Command {
	cmd := newGroupCmd("integration", "Add, change and remove integrations",
		`An integration connects GIJ to a Git host, or to a folder of repositories on the Jira server.

Wherever a command takes an ID, it also takes a display name that only one integration has. What consists of digits
is always an id.`,
		`  gijctl --sandbox integration list
  gijctl --sandbox integration types
  gijctl --sandbox integration add -f testdata/api/add-github.json --dry-run`, "integrations", "int")
	cmd.GroupID = groupServer
	return a.fill(cmd, func() []*cobra.Command {
		list := func() render.List[*integrationView] { return integrationList(a.now()) }
		return []*cobra.Command{
			hasColumns(a, newIntegrationAddCmd(a), list),
			hasColumns(a, newIntegrationUpdateCmd(a), list),
			hasColumns(a, newIntegrationRemoveCmd(a), resultList),
			hasColumns(a, newIntegrationGetCmd(a), list),
			hasColumns(a, newIntegrationListCmd(a), func() render.List[*checkedView] { return checkedList(a.now()) }),
			hasColumns(a, newIntegrationEnableCmd(a), list),
			hasColumns(a, newIntegrationDisableCmd(a), list),
			hasColumns(a, newIntegrationWaitCmd(a), func() render.List[*checkedView] { return checkedList(a.now()) }),
			hasColumns(a, newIntegrationTypesCmd(a), typeList),
			newIntegrationExportCmd(a),
			hasColumns(a, newIntegrationDiffCmd(a), changeList),
			hasColumns(a, newIntegrationApplyCmd(a), fleetResultList),
		}
	})
}

// find returns the integrations that the words name, by id or by display name, each once and in the order of the words.
func find(ctx context.Context, client *gij.Client, words []string) ([]gij.Integration, error) {
	all, err := client.Integrations.List(ctx)
	if err != nil {
		return nil, err
	}
	names := make([]named, len(all))
	for n, i := range all {
		names[n] = named{i.ID, i.DisplayName}
	}
	places, problems := pick(plan.ObjectIntegration, names, words)
	if len(problems) > 0 {
		explainRepositories(ctx, client, problems)
		return nil, notFoundError(plan.ObjectIntegration, problems)
	}
	found := make([]gij.Integration, len(places))
	for n, place := range places {
		found[n] = all[place]
	}
	return found, nil
}

// explainRepositories looks whether an id that is no integration's belongs to a repository: both share one id space.
func explainRepositories(ctx context.Context, client *gij.Client, problems []render.Detail) {
	if !slices.ContainsFunc(problems, func(d render.Detail) bool { return d.ID > 0 }) {
		return
	}
	repositories, err := client.Repositories.List(ctx)
	if err != nil {
		return // it would only have made the message better
	}
	for n, d := range problems {
		for _, r := range repositories {
			if r.ID != d.ID {
				continue
			}
			problems[n].Message = fmt.Sprintf("is the repository %q, not an integration", r.DisplayName)
			problems[n].Remedy = "it is a single repository; the integration commands leave those alone: gijctl repository --help"
			if r.IsNested() {
				problems[n].Remedy = fmt.Sprintf("it belongs to integration %d", r.TrackedFolderID)
			}
		}
	}
}

// needsIntegrations asks for at least one id or name.
func needsIntegrations(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	return usageError("the ids are listed by: gijctl integration list", "%q needs the ID or the display name of an integration", cmd.CommandPath())
}

// completeTypes are the words of --type.
func completeTypes(cmd *cobra.Command) {
	mustComplete(cmd, "type", func(*cobra.Command) []string { return typeCompletions() })
}

func typeCompletions() []string {
	var words []string
	for _, info := range gijspec.Types() {
		words = append(words, string(info.Type)+"\t"+info.Name)
	}
	return words
}

func completeRegions(cmd *cobra.Command) {
	mustComplete(cmd, "aws-region", func(*cobra.Command) []string {
		var words []string
		for _, region := range gijspec.Regions() {
			words = append(words, region.Code+"\t"+region.Name)
		}
		return words
	})
}
