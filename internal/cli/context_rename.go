package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
)

func newContextRenameCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "rename OLD NEW",
		Aliases:           []string{"mv"},
		Short:             "Give a context another name",
		Long:              "Gives a context another name. Its credential moves with it, and it stays the current one if it is.",
		Example:           "  gijctl context rename jira.example.com main",
		Args:              exactArgs(2, "the name that it has, and the new one"),
		ValidArgsFunction: a.completeContexts(false),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runContextRename(cmd.Context(), a, args[0], args[1])
		},
	}
}

func runContextRename(ctx context.Context, a *app, from, to string) error {
	list := contextList()
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	vault, movedFrom := a.vault(), config.Store("")
	f, err := a.editConfig(func(f *config.File) error {
		c, err := f.Find(from)
		if err != nil {
			return err
		}
		if err := f.Rename(from, to); err != nil || c.Store == "" {
			return err
		}
		if err := vault.Move(ctx, c.Store, from, to); err != nil {
			return fmt.Errorf("move the credential: %w", err)
		}
		movedFrom = c.Store
		return nil
	})
	if err != nil && movedFrom != "" { // the file could not be saved, and still has the old name
		_ = vault.Move(context.WithoutCancel(ctx), movedFrom, to, from)
	}
	a.warnAll(vault.Notes())
	if err != nil {
		return err
	}
	v, err := oneContext(f, to)
	if err != nil {
		return err
	}
	return render.WriteObject(printer, list, &v)
}
