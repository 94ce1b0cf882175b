package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

type repositoryUpdateOptions struct {
	fields fieldFlags
	write  writeFlags
	words  []string // ids and display names
	where  string
}

func newRepositoryUpdateCmd(a *app) *cobra.Command {
	o := repositoryUpdateOptions{fields: fieldFlags{object: plan.ObjectRepository}}
	cmd := &cobra.Command{
		Use:     "update ID…",
		Aliases: []string{"edit"},
		Short:   "Change repositories",
		Long: `Changes the fields that are given, on each of the named repositories, and sends only what differs.

A nested repository, one that an integration found, has fields that are read-only: the main branch, fetches, credentials, the TLS
check and the check of commits. A server ignores them and answers success, so gijctl refuses to send them.

A secret is always sent when it is given: the server never shows one, so nobody can tell whether it differs. --where takes
all repositories for which a JMESPath expression on the form of -o json is true.`,
		Example: `  gijctl --sandbox repository update handbook --max-mins-to-commit-email 60 --yes
  gijctl --sandbox repository update --where "group == 'web'" --smart-commits-enabled=false --dry-run
  gijctl --sandbox repository update 9 -f testdata/api/repository-update.json --yes`,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	collect := o.fields.register(cmd, gijspec.Update)
	o.write.register(cmd)
	cmd.Flags().StringVar(&o.where, "where", "", "JMESPath expression that is true for the repositories to change")
	a.completeProjects(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		collect()
		o.words = args
		return runRepositoryUpdate(cmd.Context(), a, o)
	}
	return cmd
}

func runRepositoryUpdate(ctx context.Context, a *app, o repositoryUpdateOptions) error {
	where, err := chosenBy(plan.ObjectRepository, o.words, o.where, "group == 'web'")
	if err != nil {
		return err
	}
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
	if err := want.check(a, gijspec.Update, "", values); err != nil {
		return err
	}
	if want.repository.IsEmpty() && len(want.projects) == 0 {
		return usageError("see: gijctl repository update --help", "no field is given, so there is nothing to change")
	}
	s, err := a.connect(ctx, o.write.dryRun)
	if err != nil {
		return err
	}
	defer s.close()
	targets, err := o.choose(ctx, s.client, where)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if err := want.refuseIgnoredProjects(t.ID, t.Global); err != nil {
			return err
		}
	}
	if err := want.resolveProjects(ctx, s.client); err != nil {
		return err
	}
	changes, err := plan.UpdateRepositories(targets, want.repository)
	if err != nil {
		return err
	}
	single := where == nil && len(o.words) == 1
	return a.carryOut(ctx, writing{session: s, printer: printer, flags: o.write, single: single, object: plan.ObjectRepository}, changes)
}

func (o *repositoryUpdateOptions) choose(ctx context.Context, client *gij.Client, where *condition) ([]gij.Repository, error) {
	if where == nil {
		return findRepositories(ctx, client, o.words)
	}
	var chosen []gij.Repository
	for r, err := range client.Repositories.All(ctx, gij.RepositoryQuery{}) {
		if err != nil {
			return nil, err
		}
		yes, err := where.holdsFor(viewRepository(r), plan.ObjectRepository, r.ID)
		if err != nil {
			return nil, err
		}
		if yes {
			chosen = append(chosen, r)
		}
	}
	return chosen, nil
}
