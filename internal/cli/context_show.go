package cli

import (
	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
)

func newContextShowCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show [NAME]",
		Short: "Show one context",
		Long: `Shows one context, without a name the one that commands talk to now. It asks no server; "gijctl auth status" does, and
"gijctl doctor" looks closer.`,
		Example: `  gijctl context show sandbox
  gijctl context show prod -o json --query url`,
		Args:              atMostOneArg("the name of a context"),
		ValidArgsFunction: a.completeContexts(true),
		RunE:              func(_ *cobra.Command, args []string) error { return runContextShow(a, args) },
	}
}

func runContextShow(a *app, args []string) error {
	list := contextList()
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	f, err := a.configFile()
	if err != nil {
		return err
	}
	name, err := a.contextName(f, args)
	if err != nil {
		return err
	}
	if len(args) == 0 && a.flags.target == (config.Flags{}) {
		a.warnOverridden(name)
	}
	v, err := oneContext(f, name)
	if err != nil {
		return err
	}
	return render.WriteObject(printer, list, &v)
}
