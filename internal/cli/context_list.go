package cli

import (
	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
)

func newContextListCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the contexts",
		Long:    "Lists the contexts, and marks the current one. It asks no server.",
		Example: `  gijctl context list
  gijctl context list -o json --query "[?current].url"`,
		Args: exactArgs(0, ""),
		RunE: func(*cobra.Command, []string) error { return runContextList(a) },
	}
}

func runContextList(a *app) error {
	list := contextList()
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	f, err := a.configFile()
	if err != nil {
		return err
	}
	return render.WriteList(printer, list, rows(viewContexts(f)))
}
