package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

func newGHAUninstallCmd(a *app) *cobra.Command {
	return newInstallationCmd(a, uninstallation(), &cobra.Command{
		Use:   "uninstall [APP]",
		Short: "Take an app out of an organization, at GitHub",
		Long: `Removes an installation of an app from GitHub. The app itself stays (gijctl gha delete), and so does GIJ's integration: the vendor
documents no way to give it another installation, so that it is of no use any more. GIJ is not told: its index ends in errors.
--disable-integration switches the integration off before; gijctl integration remove removes it.

It cannot be undone: an owner of the organization can install the app again, and that is an installation with another id.`,
		Example: `  gijctl gha uninstall --org acme --app-id 884213 --pem-file app.pem --dry-run
  gijctl gha uninstall jira-acme-1716811200000 --disable-integration --yes`,
	})
}

func uninstallation() installationVerb {
	return installationVerb{
		method: "DELETE", done: "uninstalled", action: plan.ActionDelete, disabled: true, first: true,
		isDone: func(i *githubapp.Installation) bool { return i == nil },
		send:   func(ctx context.Context, c *githubapp.AppClient, id int64) error { return c.Uninstall(ctx, id) },
		warnings: func(here *githubapp.Installation) []string {
			return []string{
				"GIJ is not told by this road, and takes no other installation for its integration: that is of no use afterwards",
				"the app itself stays on GitHub; where an owner of " + here.Account.Login + " installs it again, it gets another id",
			}
		},
	}
}
