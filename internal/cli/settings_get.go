package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
)

func newSettingsGetCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "get",
		Aliases: []string{"show"},
		Short:   "Show GIJ's general settings",
		Long: `Shows GIJ's general settings, as far as the server tells them. No page documents that it does: where it does not answer, that is
said, and is an error.`,
		ValidArgsFunction: cobra.NoFileCompletions,
		Example: `  gijctl --sandbox settings get
  gijctl --sandbox settings get --query altJiraBaseUrl`,
		Args: exactArgs(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return runSettingsGet(cmd.Context(), a) },
	}
}

func runSettingsGet(ctx context.Context, a *app) error {
	printer, err := printerFor(a, settingsList())
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	now, err := s.client.Settings.Get(ctx)
	if err != nil {
		return err
	}
	v := viewSettings(now)
	if len(v.NotShown) > 0 {
		a.warn("the server answers, and does not show altJiraBaseUrl")
	}
	return render.WriteObject(printer, settingsList(), &v)
}
