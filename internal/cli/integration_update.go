package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

type integrationUpdateOptions struct {
	fields fieldFlags
	write  writeFlags
	words  []string // ids and display names
	where  string
}

func newIntegrationUpdateCmd(a *app) *cobra.Command {
	var o integrationUpdateOptions
	cmd := &cobra.Command{
		Use:     "update ID…",
		Aliases: []string{"edit"},
		Short:   "Change integrations",
		Long: `Changes the fields that are given, on each of the named integrations, and sends only what differs.

A secret is always sent when it is given: the server never shows one, so nobody can tell whether it differs. --where takes
all integrations for which a JMESPath expression on the form of -o json is true.`,
		Example: `  gijctl --sandbox integration update 1 --api-filter "[?starts_with(name, 'web-')]" --yes
  gijctl --sandbox integration update --where "type == 'GITHUB'" --pat-env NEW_TOKEN --dry-run
  gijctl --sandbox integration update 1 2 --smart-commits-enabled=false --yes`,
		ValidArgsFunction: a.completeIntegrations(0),
	}
	collect := o.fields.register(cmd, gijspec.Update)
	o.write.register(cmd)
	cmd.Flags().StringVar(&o.where, "where", "", "JMESPath expression that is true for the integrations to change")
	completeRegions(cmd)
	a.completeProjects(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		collect()
		o.words = args
		return runIntegrationUpdate(cmd.Context(), a, o)
	}
	return cmd
}

func runIntegrationUpdate(ctx context.Context, a *app, o integrationUpdateOptions) error {
	where, err := chosenBy(plan.ObjectIntegration, o.words, o.where, "type == 'GITHUB'")
	if err != nil {
		return err
	}
	if err := a.mayWrite(o.write); err != nil {
		return err
	}
	printer, err := a.writePrinter(o.write)
	if err != nil {
		return err
	}
	want, values, err := o.fields.read(a)
	if err != nil {
		return err
	}
	if len(values) == 0 {
		return usageError("see: gijctl integration update --help", "no field is given, so there is nothing to change")
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
	if err := want.checkAll(a, targets, values); err != nil {
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
	single := where == nil && len(o.words) == 1
	return a.carryOut(ctx, writing{session: s, printer: printer, flags: o.write, single: single}, plan.Update(targets, want.spec))
}

// chosenBy compiles --where, and refuses a command that names what it is about in no way or in two.
func chosenBy(object plan.Object, words []string, where, example string) (*condition, error) {
	switch {
	case where == "" && len(words) == 0:
		return nil, usageError(fmt.Sprintf("the ids are listed by: gijctl %s list", object), "name the %s to change, or choose them by --where (an empty expression chooses none)", plural(object))
	case where == "":
		return nil, nil
	case len(words) > 0:
		return nil, usageError("give one of them", "ids and --where name two sets of %s", plural(object))
	}
	return compileWhere(where, object.String(), example)
}

func (o *integrationUpdateOptions) choose(ctx context.Context, client *gij.Client, where *condition) ([]gij.Integration, error) {
	if where == nil {
		return find(ctx, client, o.words)
	}
	var chosen []gij.Integration
	for i, err := range client.Integrations.All(ctx) {
		if err != nil {
			return nil, err
		}
		yes, err := where.holdsFor(viewIntegration(i), plan.ObjectIntegration, i.ID)
		if err != nil {
			return nil, err
		}
		if yes {
			chosen = append(chosen, i)
		}
	}
	return chosen, nil
}

// checkAll checks the values for each type among the targets.
func (w *wanted) checkAll(a *app, targets []gij.Integration, values gijspec.Values) error {
	checked := map[string]bool{}
	for _, t := range targets {
		if checked[t.Type] {
			continue
		}
		checked[t.Type] = true
		if err := w.check(a, gijspec.Update, gijspec.Type(t.Type), values); err != nil {
			return err
		}
	}
	return nil
}

// refuseIgnoredProjects keeps project ids from what is associated with all projects: the server would ignore them, and answer
// success.
func (w *wanted) refuseIgnoredProjects(id int64, global *bool) error {
	if len(w.projectIDs()) == 0 || w.spec.Global != nil || w.repository.Global != nil || global == nil || !*global {
		return nil
	}
	return inputError("add --global=false, or name the projects by --project",
		"%s %d is associated with all projects, so the server would ignore projectMappingIds; nothing was sent", w.object, id)
}
