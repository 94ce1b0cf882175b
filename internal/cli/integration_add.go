package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

type integrationAddOptions struct {
	fields  fieldFlags
	write   writeFlags
	upsert  bool
	waiting waitFlags
}

func newIntegrationAddCmd(a *app) *cobra.Command {
	var o integrationAddOptions
	cmd := &cobra.Command{
		Use:     "add",
		Aliases: []string{"create"},
		Short:   "Add an integration",
		Long: `Adds an integration from flags, from a JSON or YAML file with the REST API's keys, or from both.

What each type needs is shown by: gijctl integration types TYPE

If there is one of the same type and display name (without a display name: the same type and origin) with the same
values, nothing is done. With other values it is a conflict, unless --upsert changes what differs. GIJ begins to scan,
clone and index at once; its first index leaves smart commits out. --wait follows it to its end, as gijctl integration wait
does.`,
		Example: `  gijctl --sandbox integration add -f testdata/api/add-github.json --yes
  gijctl --sandbox integration add -f testdata/api/add-github.json --wait --wait-timeout 10m --yes
  gijctl --sandbox integration add --type GITLAB_SERVER --origin https://gitlab.example.com --pat-file token.txt
  gijctl --sandbox integration add --type AWS --username AKIAEXAMPLE --password-env AWS_SECRET --aws-region eu-central-1 --project PLAT --yes
  gijctl --sandbox integration add -f testdata/api/add-github.json --dry-run`,
		Args: exactArgs(0, ""),
	}
	collect := o.fields.register(cmd, gijspec.Create)
	o.write.register(cmd)
	o.waiting.register(cmd, "follow the first index to its end")
	cmd.Flags().BoolVar(&o.upsert, "upsert", false, "change what differs if it exists")
	completeTypes(cmd)
	completeRegions(cmd)
	a.completeProjects(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		collect()
		return runIntegrationAdd(cmd.Context(), a, o)
	}
	return cmd
}

func runIntegrationAdd(ctx context.Context, a *app, o integrationAddOptions) error {
	if err := o.waiting.check(); err != nil {
		return err
	}
	if err := a.mayWrite(o.write); err != nil {
		return err
	}
	printer, err := a.writePrinter(o.write)
	if err != nil {
		return err
	}
	want, err := o.read(ctx, a)
	if err != nil {
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
	existing, err := s.client.Integrations.List(ctx)
	if err != nil {
		return err
	}
	change, err := plan.Add(existing, want.spec, o.upsert)
	if err != nil {
		return err
	}
	w := writing{session: s, printer: printer, flags: o.write, single: true}
	if o.waiting.wait {
		w.then = func(ctx context.Context, results []plan.Result) error {
			return a.awaitAdded(ctx, s, o.waiting, results)
		}
	}
	return a.carryOut(ctx, w, []plan.Change{change})
}

// read gathers and checks the values, and asks for a missing secret where somebody can answer.
func (o *integrationAddOptions) read(ctx context.Context, a *app) (wanted, error) {
	want, values, err := o.fields.read(a)
	if err != nil {
		return want, err
	}
	name, _ := values["type"].(string)
	if key := askable(gijspec.Type(name), values); key != "" && a.streams.Interactive() && o.fields.file != "-" {
		typed, err := a.askSecret(ctx, name+" "+key)
		if err != nil {
			return want, err
		}
		values[key] = typed
	}
	return want, want.check(a, gijspec.Create, gijspec.Type(name), values)
}

// askable returns the secret that alone is missing to a complete set of credentials, "" if there is none.
func askable(typ gijspec.Type, values gijspec.Values) string {
	info, _ := gijspec.Lookup(string(typ))
	candidate := ""
	for _, set := range info.Credentials {
		missing := slices.DeleteFunc(slices.Clone(set), func(key string) bool { return values[key] != nil })
		if len(missing) == 0 {
			return ""
		}
		field, _ := gijspec.FieldByKey(missing[0])
		if len(missing) == 1 && field.Kind == gijspec.KindSecret && candidate == "" {
			candidate = missing[0]
		}
	}
	return candidate
}
