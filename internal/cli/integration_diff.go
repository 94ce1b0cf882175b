package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/atomicfile"
	"github.com/gijctl/gijctl/internal/plan"
)

type integrationDiffOptions struct {
	fleet    fleetFlags
	exitCode bool
	plan     string // file
	force    bool
}

func newIntegrationDiffCmd(a *app) *cobra.Command {
	var o integrationDiffOptions
	cmd := &cobra.Command{
		Use:   "diff -f PATH…",
		Short: "Show what a manifest would change",
		Long: `Compares manifests of integrations with what the server has, and shows field by field what gijctl integration apply would
change. It changes nothing.

An entry means the integration of its type and display name, or of its id. What an entry leaves out is no difference, and nor
is what the server does not show, unless this machine sent another value before. --prune shows what would be removed.

--plan writes the plan to a file, which gijctl integration apply --plan carries out as it is. The file has references to
secrets, never secrets.`,
		Example: `  gijctl --sandbox integration diff -f testdata/manifest/integrations.yaml
  gijctl integration diff -f fleet/ -o markdown
  gijctl integration diff -f fleet/ --prune --plan plan.json --exit-code`,
		Args: exactArgs(0, ""),
	}
	o.fleet.register(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&o.exitCode, "exit-code", false, "exit with status 3 if there are differences")
	flags.StringVar(&o.plan, "plan", "", "`file` to write the plan to")
	flags.BoolVar(&o.force, "force", false, "overwrite the file of --plan")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return runIntegrationDiff(cmd.Context(), a, o) }
	return cmd
}

func runIntegrationDiff(ctx context.Context, a *app, o integrationDiffOptions) error {
	printer, err := a.printer(true)
	if err != nil {
		return err
	}
	if err := checkColumns(changeList(), printer.Columns); err != nil {
		return err
	}
	if o.plan == "-" {
		return usageError("name a file; to see the plan as JSON: -o json", "--plan writes to a file, for standard output has the plan for people")
	}
	if err := mayWriteFile("--plan", o.plan, o.force); err != nil {
		return err
	}
	manifest, err := a.readManifest(o.fleet.files)
	if err != nil {
		return err
	}
	r, err := a.beginFleet(ctx, true)
	if err != nil {
		return err
	}
	defer r.session.close()
	if err := r.compare(ctx, manifest, o.fleet, plan.FleetOptions{Show: true}); err != nil {
		return err
	}
	if err := r.keepPlan(o.plan); err != nil {
		return err
	}
	a.summarizeChanges(r.views())
	if err := r.printPlan(printer, false); err != nil {
		return err
	}
	pending := len(plan.Pending(r.plan.All()))
	if !o.exitCode || pending == 0 {
		return nil
	}
	return &cliError{code: codePending, message: fmt.Sprintf("the manifest differs from the server: %s", counted(pending, "change")), hint: o.next()}
}

// next is the command that carries the changes out.
func (o *integrationDiffOptions) next() string {
	command := "to carry them out: gijctl integration apply"
	if o.plan != "" {
		return command + " --plan " + o.plan
	}
	for _, file := range o.fleet.files {
		command += " -f " + file
	}
	return command
}

// keepPlan writes the plan to a file, which its owner alone can read.
func (r *fleetRun) keepPlan(path string) error {
	if path == "" {
		return nil
	}
	data, err := r.plan.Encode(r.server, r.app.now())
	if err == nil {
		err = atomicfile.Write(path, data)
	}
	if err != nil {
		return fmt.Errorf("the plan was not written: %w", err)
	}
	r.app.note("plan: %s", path)
	return nil
}
