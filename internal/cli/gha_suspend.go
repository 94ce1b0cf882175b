package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

func newGHASuspendCmd(a *app) *cobra.Command {
	return newInstallationCmd(a, suspension(), &cobra.Command{
		Use:   "suspend [APP]",
		Short: "Suspend an app in an organization, at GitHub",
		Long: `Suspends an installation of an app: GitHub answers the app nothing more about the organization, and sends it no events, until it
is resumed. Branches, commits and pull requests that GIJ has stay as they are.

The vendor of GIJ recommends the button Suspend of the integration instead (Edit integration connection settings). It has no
documented API. By this road GIJ is not told: its flag stays as it was, it goes on asking, and its index ends in errors.
--disable-integration switches the integration off before.

This is what GitHub calls the owner's side: whoever installed the app cannot undo it. gijctl gha unsuspend does.`,
		Example: `  gijctl gha suspend --org acme --app-id 884213 --pem-file app.pem --dry-run
  gijctl gha suspend jira-acme-1716811200000 --disable-integration --yes`,
	})
}

func suspension() installationVerb {
	return installationVerb{
		method: "PUT", below: "/suspended", done: "suspended", action: plan.ActionUpdate, field: &fieldView{Field: "suspended", From: false, To: true},
		disabled: true, first: true,
		isDone: func(i *githubapp.Installation) bool { return i != nil && i.SuspendedAt != nil },
		send:   func(ctx context.Context, c *githubapp.AppClient, id int64) error { return c.Suspend(ctx, id) },
		warnings: func(here *githubapp.Installation) []string {
			return []string{notTold, "an owner of " + here.Account.Login + " cannot undo it; the app's owner can: gijctl gha unsuspend"}
		},
	}
}
