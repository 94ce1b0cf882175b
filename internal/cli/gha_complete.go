package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
)

// completeApps offers the apps that this machine knows. It asks nobody, so that it is quick.
func (a *app) completeApps(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 || a.env == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	store, err := config.OpenApps(a.env)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	known, _ := store.List()
	var words []string
	for _, k := range known {
		if typable(k.Slug) {
			words = append(words, k.Slug+"\t"+render.Visible(k.Org+" / "+k.Name))
		}
	}
	slices.Sort(words)
	return slices.Compact(words), cobra.ShellCompDirectiveNoFileComp
}
