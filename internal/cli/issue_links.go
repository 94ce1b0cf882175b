package cli

import (
	"context"

	"github.com/spf13/cobra"
)

func newIssueLinksCmd(a *app) *cobra.Command {
	var o issueLinkOptions
	cmd := &cobra.Command{
		Use:   "links COMMIT --repository ID",
		Short: "List the issues that a commit belongs to",
		Long: `Lists the keys of the issues that a commit of a repository belongs to, as GIJ has found them or as gijctl issue link has changed
them. COMMIT is its whole hash.

Jira administrators may, and who may browse the project and view its development tools, if the repository is associated with
it.`,
		ValidArgsFunction: cobra.NoFileCompletions,
		Example:           `  gijctl --sandbox issue links ` + exampleCommit + ` --repository 3`,
		Args:              exactArgs(1, "the hash of one COMMIT"),
	}
	o.registerRepository(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.commit = args[0]
		return runIssueLinks(cmd.Context(), a, o)
	}
	return cmd
}

func runIssueLinks(ctx context.Context, a *app, o issueLinkOptions) error {
	if err := o.checkCommit(); err != nil {
		return err
	}
	printer, err := printerFor(a, linkList())
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	keys, err := s.client.Issues.IssuesOf(ctx, o.repository, o.commit)
	if err != nil {
		return err
	}
	return o.print(printer, keys)
}
