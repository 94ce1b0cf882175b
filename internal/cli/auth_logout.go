package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
)

func newAuthLogoutCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "logout",
		Short: "Remove the credential of a context from this machine",
		Long: `Removes the credential of a context, without --context of the current one, from the keyring and from the file,
wherever it is. The context stays: "gijctl auth login --context NAME" logs in again, "gijctl context remove" forgets it.

The token itself stays valid: revoke it in Jira (profile picture > Profile > Personal Access Tokens).`,
		Example: "  gijctl auth logout --context prod",
		Args:    exactArgs(0, ""),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runAuthLogout(cmd.Context(), a) },
	}
}

func runAuthLogout(ctx context.Context, a *app) error {
	list := contextList()
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	vault := a.vault()
	var was config.Context
	f, err := a.editConfig(func(f *config.File) error {
		was, err = a.logoutContext(f)
		if err != nil {
			return err
		}
		if err := a.forget(ctx, vault, was); err != nil {
			return err
		}
		now := was
		now.Store = ""
		f.Put(now)
		return nil
	})
	a.warnAll(vault.Notes())
	if err != nil {
		return err
	}
	a.sayLoggedOut(was)
	v, err := oneContext(f, was.Name)
	if err != nil {
		return err
	}
	return render.WriteObject(printer, list, &v)
}

func (a *app) logoutContext(f *config.File) (config.Context, error) {
	name, err := a.contextName(f, nil)
	if err != nil {
		return config.Context{}, err
	}
	if name == config.SandboxContext {
		return config.Context{}, usageError("give --context NAME", "the sandbox needs no login, and so has no logout")
	}
	return f.Find(name)
}

func (a *app) sayLoggedOut(was config.Context) {
	if was.Store == "" {
		a.note("nothing to do: no credential is kept for %s", was.Name)
	} else {
		a.note("the credential of %s is removed from this machine; to revoke it: %s (profile picture > Profile > Personal Access Tokens)", was.Name, was.URL)
	}
	if a.env.Get("GIJCTL_TOKEN") != "" {
		a.warn("GIJCTL_TOKEN is still set, and is used all the same")
	}
}
