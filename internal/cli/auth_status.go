package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
)

func newAuthStatusCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Aliases: []string{"whoami"},
		Short:   "Show who you are to Jira, and where the credential comes from",
		Long: `Shows which Jira commands talk to and why, where the credential comes from, whom Jira takes you for, and whether that
account is a Jira administrator. It fails (4) where the credential is not accepted. It changes nothing.`,
		Example: `  gijctl --sandbox auth status
  gijctl auth status --context prod -o json --query permission`,
		Args: exactArgs(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return runAuthStatus(cmd.Context(), a) },
	}
}

func runAuthStatus(ctx context.Context, a *app) error {
	list := accountList()
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	v, err := a.whoIs(ctx, s)
	if err != nil {
		return err
	}
	return render.WriteObject(printer, list, &v)
}
