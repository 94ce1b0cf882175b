package cli

import (
	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
)

func newContextUseCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "use NAME",
		Aliases: []string{"switch"},
		Short:   "Make a context the current one",
		Long: `Makes a context the one that commands talk to when nothing else names a Jira. --url, --context, GIJCTL_URL and
GIJCTL_CONTEXT are stronger.`,
		Example:           "  gijctl context use sandbox",
		Args:              exactArgs(1, "the name of a context"),
		ValidArgsFunction: a.completeContexts(true),
		RunE:              func(_ *cobra.Command, args []string) error { return runContextUse(a, args[0]) },
	}
}

func runContextUse(a *app, name string) error {
	list := contextList()
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	f, err := a.editConfig(func(f *config.File) error { return f.Use(name) })
	if err != nil {
		return err
	}
	a.warnOverridden(name)
	v, err := oneContext(f, name)
	if err != nil {
		return err
	}
	return render.WriteObject(printer, list, &v)
}

// warnOverridden tells that the environment is stronger than the current context.
func (a *app) warnOverridden(name string) {
	if a.env.Get("GIJCTL_URL") != "" {
		a.warn("GIJCTL_URL is set, and is stronger than the current context; unset it, or give --context %s", name)
		return
	}
	if set := a.env.Get("GIJCTL_CONTEXT"); set != "" && set != name {
		a.warn("GIJCTL_CONTEXT is %s, and is stronger than the current context; unset it, or give --context %s", set, name)
	}
}
