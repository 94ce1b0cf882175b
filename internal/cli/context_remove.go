package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
)

func newContextRemoveCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "remove NAME",
		Aliases:           []string{"rm", "delete"},
		Short:             "Forget a context and its credential",
		Long:              "Forgets a context and the credential that is kept for it. Nothing changes on Jira: revoke the token there.",
		Example:           "  gijctl context remove prod",
		Args:              exactArgs(1, "the name of a context"),
		ValidArgsFunction: a.completeContexts(false),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runContextRemove(cmd.Context(), a, args[0])
		},
	}
}

func runContextRemove(ctx context.Context, a *app, name string) error {
	list := contextResultList()
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	vault := a.vault()
	_, err = a.editConfig(func(f *config.File) error {
		c, err := f.Find(name)
		if err != nil {
			return err
		}
		// The credential goes first: once the context is gone, nobody would know that there is one.
		if err := a.forget(ctx, vault, c); err != nil {
			return err
		}
		return f.Remove(name)
	})
	a.warnAll(vault.Notes())
	if err != nil {
		return err
	}
	return render.WriteObject(printer, list, &contextResultView{Name: name, Result: "removed"})
}

// contextResultView is what became of a context, in -o json. The keys are a contract.
type contextResultView struct {
	Name   string `json:"name"`
	Result string `json:"result"`
}

func contextResultList() render.List[*contextResultView] {
	return render.List[*contextResultView]{
		Columns: []render.Column[*contextResultView]{
			{Key: "name", Header: "NAME", Text: func(v *contextResultView) string { return v.Name }},
			{Key: "result", Header: "RESULT", Text: func(v *contextResultView) string { return v.Result }},
		},
		Name: func(v *contextResultView) string { return v.Name },
	}
}
