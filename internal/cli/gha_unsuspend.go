package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

func newGHAUnsuspendCmd(a *app) *cobra.Command {
	return newInstallationCmd(a, resumption(), &cobra.Command{
		Use:     "unsuspend [APP]",
		Aliases: []string{"resume"},
		Short:   "Resume an app that was suspended in an organization, at GitHub",
		Long: `Ends the suspension of an installation, and looks whether it ended. GitHub wants it undone in the way it was done: what an owner of
the organization suspended on the installation's page is resumed there, and what the app's owner suspended is resumed here.
An integration that was suspended by GIJ's own button is to be resumed by that button: GIJ is not told by this road.

--enable-integration switches GIJ's integration on afterwards.`,
		Example: `  gijctl gha unsuspend --org acme --app-id 884213 --pem-file app.pem --dry-run
  gijctl gha unsuspend jira-acme-1716811200000 --enable-integration --yes`,
	})
}

func resumption() installationVerb {
	return installationVerb{
		method: "DELETE", below: "/suspended", done: "resumed", action: plan.ActionUpdate, field: &fieldView{Field: "suspended", From: true, To: false},
		isDone: func(i *githubapp.Installation) bool { return i != nil && i.SuspendedAt == nil },
		send:   func(ctx context.Context, c *githubapp.AppClient, id int64) error { return c.Unsuspend(ctx, id) },
		warnings: func(here *githubapp.Installation) []string {
			return []string{notTold, fmt.Sprintf("it was %s; if that was done on the installation's page, GitHub has it undone there alone", suspendedText(here))}
		},
	}
}
