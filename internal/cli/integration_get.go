package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

func newIntegrationGetCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "get ID",
		Aliases: []string{"show"},
		Short:   "Show one integration",
		Long:    "Shows all that the server tells of one integration. It never tells secrets, nor whether indexing went well.",
		Example: `  gijctl --sandbox integration get 1
  gijctl --sandbox integration get 1 -o json
  gijctl --sandbox integration get 1 --query origin`,
		Args:              exactArgs(1, "the ID or the display name of one integration"),
		ValidArgsFunction: a.completeIntegrations(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runIntegrationGet(cmd.Context(), a, args[0])
		},
	}
}

func runIntegrationGet(ctx context.Context, a *app, word string) error {
	list := one(integrationList(a.now()))
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	i, err := get(ctx, s.client, word)
	if err != nil {
		return err
	}
	return render.WriteObject(printer, list, new(viewIntegration(i)))
}

// get reads one integration by its id, or finds it in the list by its name.
func get(ctx context.Context, client *gij.Client, word string) (gij.Integration, error) {
	id, byID := parseID(word)
	var refusal error
	if byID {
		i, err := client.Integrations.Get(ctx, id)
		if !gij.IsKind(err, gij.KindNotFound) && !gij.IsKind(err, gij.KindFailed) {
			return i, err
		}
		refusal = err
	}
	found, err := find(ctx, client, []string{word})
	if err != nil {
		return gij.Integration{}, err
	}
	return found[0], refusal
}
