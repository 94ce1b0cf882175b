package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

// tagsPerRepository is how many tags of each repository are asked for where nobody says.
const tagsPerRepository = 10

func newIssueTagsCmd(a *app) *cobra.Command {
	most := tagsPerRepository
	cmd := &cobra.Command{
		Use:   "tags KEY",
		Short: "List the tags on the commits of an issue",
		Long: `Lists the newest tags on the commits of an issue. Who may read the issue may list them.

--per-repository says how many of each repository. 0 is all of them, which the vendor advises against: it keeps Jira busy.`,
		ValidArgsFunction: cobra.NoFileCompletions,
		Example: `  gijctl --sandbox issue tags PLAT-1
  gijctl --sandbox issue tags PLAT-1 --per-repository 1 -o json`,
		Args: oneIssue,
	}
	cmd.Flags().IntVar(&most, "per-repository", tagsPerRepository, "how many tags of each repository; 0 is all, and discouraged")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if most < 0 {
			return usageError("give a number like 10", "--per-repository cannot be negative")
		}
		return runIssueTags(cmd.Context(), a, args[0], most)
	}
	return cmd
}

func runIssueTags(ctx context.Context, a *app, key string, most int) error {
	printer, err := printerFor(a, tagList())
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	if most == 0 {
		a.warn("all tags are asked for, which the vendor advises against: it keeps Jira busy")
	}
	tags, err := s.client.Issues.Tags(ctx, key, most)
	if err != nil {
		return err
	}
	a.remarkTags(tags)
	views := make([]tagView, len(tags.Tags))
	for n, t := range tags.Tags {
		views[n] = viewTag(t)
	}
	return render.WriteList(printer, tagList(), rows(views))
}

func (a *app) remarkTags(tags gij.Tags) {
	if tags.Enabled != nil && !*tags.Enabled {
		a.warn("tags are switched off on this server, so that it shows none")
	}
	if tags.CalculationError != "" {
		a.warn("the server could not work out all tags: %s", tags.CalculationError)
	}
	if tags.HasMore {
		a.note("note: there are more; for them: --per-repository N")
	}
}
