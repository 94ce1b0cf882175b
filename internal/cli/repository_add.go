package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

type repositoryAddOptions struct {
	fields fieldFlags
	write  writeFlags
	upsert bool
}

func newRepositoryAddCmd(a *app) *cobra.Command {
	o := repositoryAddOptions{fields: fieldFlags{object: plan.ObjectRepository}}
	cmd := &cobra.Command{
		Use:     "add",
		Aliases: []string{"create"},
		Short:   "Add a single repository",
		Long: `Adds a repository that belongs to no integration, from flags, from a JSON or YAML file with the REST API's keys, or from both.

If there is one of the same origin with the same values, nothing is done. With other values it is a conflict, unless --upsert
changes what differs. Those that an integration found do not count. GIJ begins to clone and index at once.

realRoot and absoluteRoot go together. Without them GIJ makes a clone below data/git-plugin of Jira's home.`,
		Example: `  gijctl --sandbox repository add --origin https://git.example.com/team/handbook.git --pat-file token.txt --yes
  gijctl --sandbox repository add --origin ssh://git@bitbucket.example.com/docs/guide.git --project OPS --yes
  gijctl --sandbox repository add --origin /srv/git/tools.git --real-root /srv/git/tools.git --absolute-root --enable-fetches=false --dry-run
  gijctl --sandbox repository add -f testdata/api/repository-add.json --dry-run`,
		Args: exactArgs(0, ""),
	}
	collect := o.fields.register(cmd, gijspec.Create)
	o.write.register(cmd)
	cmd.Flags().BoolVar(&o.upsert, "upsert", false, "change what differs if it exists")
	a.completeProjects(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		collect()
		return runRepositoryAdd(cmd.Context(), a, o)
	}
	return cmd
}

func runRepositoryAdd(ctx context.Context, a *app, o repositoryAddOptions) error {
	if err := a.mayWrite(o.write); err != nil {
		return err
	}
	printer, err := writePrinterFor(a, o.write, listOfRepositories(a.now()))
	if err != nil {
		return err
	}
	want, values, err := o.fields.read(a)
	if err != nil {
		return err
	}
	if err := want.check(a, gijspec.Create, "", values); err != nil {
		return err
	}
	s, err := a.connect(ctx, o.write.dryRun)
	if err != nil {
		return err
	}
	defer s.close()
	if err := want.resolveProjects(ctx, s.client); err != nil {
		return err
	}
	existing, err := s.client.Repositories.List(ctx)
	if err != nil {
		return err
	}
	change, err := plan.AddRepository(existing, want.repository, o.upsert)
	if err != nil {
		return err
	}
	w := writing{session: s, printer: printer, flags: o.write, single: true, object: plan.ObjectRepository}
	return a.carryOut(ctx, w, []plan.Change{change})
}
