package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

type integrationRemoveOptions struct {
	write        writeFlags
	words        []string // ids and display names
	deleteFiles  bool
	confirmFiles []string // display names
}

func newIntegrationRemoveCmd(a *app) *cobra.Command {
	var o integrationRemoveOptions
	cmd := &cobra.Command{
		Use:     "remove ID…",
		Aliases: []string{"rm", "delete"},
		Short:   "Remove integrations with their repositories from GIJ",
		Long: `Removes integrations, and with each its repositories, from GIJ. Nothing happens on the Git host.

The files stay on the Jira server unless --delete-files is given, and confirmed by the display name of each integration:
where an origin is an absolute path or a tracked folder, the files are the original repositories, not clones.`,
		Example: `  gijctl --sandbox integration remove 6 --dry-run
  gijctl --sandbox integration remove "Firmware reviews" --yes
  gijctl --sandbox integration remove 6 --delete-files --confirm-delete-files "Firmware reviews" --dry-run`,
		Args:              needsIntegrations,
		ValidArgsFunction: a.completeIntegrations(0),
	}
	o.write.register(cmd)
	cmd.Flags().BoolVar(&o.deleteFiles, "delete-files", false, "also erase the files of all its repositories on the Jira server")
	cmd.Flags().StringArrayVar(&o.confirmFiles, "confirm-delete-files", nil, "display name of each integration whose files are to be erased")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.words = args
		return runIntegrationRemove(cmd.Context(), a, o)
	}
	return cmd
}

func runIntegrationRemove(ctx context.Context, a *app, o integrationRemoveOptions) error {
	if err := a.mayWrite(o.write); err != nil {
		return err
	}
	printer, err := a.printer(o.write.dryRun)
	if err != nil {
		return err
	}
	check := checkColumns(resultList(), printer.Columns)
	if o.write.dryRun {
		check = checkColumns(changeList(), printer.Columns)
	}
	if check != nil {
		return check
	}
	s, err := a.connect(ctx, o.write.dryRun)
	if err != nil {
		return err
	}
	defer s.close()
	targets, err := find(ctx, s.client, o.words)
	if err != nil {
		return err
	}
	var names []string
	for _, t := range targets {
		names = append(names, t.DisplayName)
	}
	if err := checkFiles(o.deleteFiles, o.confirmFiles, names); err != nil {
		return err
	}
	changes := plan.Remove(targets, gij.DeleteOptions{DeleteFiles: o.deleteFiles})
	return a.carryOut(ctx, writing{session: s, printer: printer, flags: o.write}, changes)
}

// checkFiles lets files be erased only where each object that is to be removed is named once more.
func checkFiles(erase bool, confirmed, names []string) error {
	if !erase && len(confirmed) > 0 {
		return usageError("give both, or none", "--confirm-delete-files confirms --delete-files, which is not given")
	}
	if !erase {
		return nil
	}
	var missing []string
	for _, name := range names {
		if !slices.Contains(confirmed, name) {
			missing = append(missing, fmt.Sprintf("--confirm-delete-files %q", name))
		}
	}
	for _, name := range confirmed {
		if !slices.Contains(names, name) {
			return &cliError{
				code: codeGuard, message: fmt.Sprintf("nothing was sent: --confirm-delete-files names %q, which is not to be removed", name),
				hint: "the display names are: " + strings.Join(names, ", "),
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &cliError{
		code:    codeGuard,
		message: "nothing was sent: --delete-files erases files on the Jira server, originals where the origin is a path there, and is not confirmed",
		hint:    "if that is what you want, add: " + strings.Join(missing, " "),
	}
}
