package cli

import (
	"github.com/spf13/cobra"
)

func newGHACmd(a *app) *cobra.Command {
	cmd := newGroupCmd("gha", "Make, watch and rotate the keys of GitHub Apps",
		`GitHub Apps connect GIJ with the organizations of GitHub.com, GHE.com and GitHub Enterprise Server. The supported way to make one
is GIJ's own wizard (Git > Manage integrations > Add integration > GitHub App). The vendor documents no way for GIJ to adopt an app that
its wizard did not make, so that gha register, which tries to, is experimental.

Apps that the wizard made are the normal case for everything else. GitHub tells an app's key once, to whoever made it: for an app that
this machine does not know, give --app-id and --pem-file.`,
		`  gijctl --sandbox gha list
  gijctl gha audit --org acme --app-id 884213 --pem-file app.pem
  gijctl gha rotate-key "acme / jira.acme.example-1716811200000" --pem-file new.pem --dry-run`, "app")
	cmd.GroupID = groupServer
	return a.fill(cmd, func() []*cobra.Command {
		return []*cobra.Command{
			hasColumns(a, newGHACreateCmd(a), createdAppList), hasColumns(a, newGHAInstallCmd(a), installationList),
			hasColumns(a, newGHARegisterCmd(a), ghaList), newGHAListCmd(a), newGHAGetCmd(a), newGHASuspendCmd(a),
			newGHAUnsuspendCmd(a), newGHAUninstallCmd(a), hasColumns(a, newGHADeleteCmd(a), deletedAppList), hasColumns(a, newGHARotateKeyCmd(a), rotationList),
			newGHAAuditCmd(a),
		}
	})
}
