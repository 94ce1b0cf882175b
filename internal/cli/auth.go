package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

func newAuthCmd(a *app) *cobra.Command {
	cmd := newGroupCmd("auth", "Log in to a Jira, and out",
		`Logs in to a Jira once, so that no command needs its token again. The token is verified first, and then kept in the
keyring of the operating system, or on request in a file that only you can read.

In a CI job set GIJCTL_URL and GIJCTL_TOKEN instead: they need no login, and are stronger than what is kept.`,
		`  gijctl auth login --url https://jira.example.com --context prod
  gijctl auth status
  gijctl auth logout --context prod`)
	cmd.GroupID = groupTool
	return a.fill(cmd, func() []*cobra.Command {
		return []*cobra.Command{
			hasColumns(a, newAuthLoginCmd(a), accountList),
			hasColumns(a, newAuthStatusCmd(a), accountList),
			hasColumns(a, newAuthLogoutCmd(a), contextList),
		}
	})
}

// vault is where credentials are kept. It opens nothing before it is asked for one.
func (a *app) vault() *config.Vault { return config.NewVault(a.env) }

// contextName is the context that is meant: the argument, else the flag, the environment, or the current one.
func (a *app) contextName(f *config.File, args []string) (string, error) {
	if len(args) == 1 {
		return args[0], nil
	}
	if a.flags.target.URL != "" {
		return "", usageError("give --context NAME", "--url names no context")
	}
	if a.flags.target.Sandbox {
		return config.SandboxContext, nil
	}
	for _, name := range []string{a.flags.target.Context, a.env.Get("GIJCTL_CONTEXT"), f.Current} {
		if name != "" {
			return name, nil
		}
	}
	return "", &cliError{code: codeNotFound, message: "no context is the current one", hint: "the contexts are listed by: gijctl context list"}
}

// forget removes all that is kept of a context's credential, wherever it is. A keyring that does not answer matters only if
// the credential is there.
func (a *app) forget(ctx context.Context, vault *config.Vault, c config.Context) error {
	if _, err := vault.Delete(ctx, c.Name, config.StoreFile); err != nil {
		return fmt.Errorf("remove the credential of the context %q: %w", c.Name, err)
	}
	a.forgetLive()
	_, err := vault.Delete(ctx, c.Name, config.StoreKeyring)
	if err != nil && c.Store == config.StoreKeyring {
		return fmt.Errorf("remove the credential of the context %q: %w", c.Name, err)
	}
	return nil
}

// accountView is a login in -o json. The keys are a contract.
type accountView struct {
	Context        string `json:"context,omitempty"`
	URL            string `json:"url"`
	URLFrom        string `json:"urlFrom"`
	CredentialFrom string `json:"credentialFrom"`
	User           string `json:"user"`
	DisplayName    string `json:"displayName"`
	// Permission is administrator, manager, none, or unknown where GIJ did not answer.
	Permission string `json:"permission"`
}

// The values of accountView.Permission.
const (
	permissionAdmin   = "administrator"
	permissionManager = "manager"
	permissionNone    = "none"
	permissionUnknown = "unknown"
)

func accountList() render.List[*accountView] {
	return render.List[*accountView]{
		Columns: []render.Column[*accountView]{
			{Key: "context", Header: "CONTEXT", Text: func(v *accountView) string { return v.Context }},
			{Key: "url", Header: "URL", Text: func(v *accountView) string { return v.URL }},
			{Key: "urlFrom", Header: "URL FROM", Show: render.Wide, Text: func(v *accountView) string { return v.URLFrom }},
			{Key: "user", Header: "USER", Text: func(v *accountView) string { return v.User }},
			{Key: "displayName", Header: "NAME", Text: func(v *accountView) string { return v.DisplayName }},
			{Key: "permission", Header: "PERMISSION", Text: permissionText, Data: func(v *accountView) string { return v.Permission }},
			{Key: "credentialFrom", Header: "CREDENTIAL FROM", Text: func(v *accountView) string { return v.CredentialFrom }},
		},
		Name: func(v *accountView) string { return v.User },
	}
}

func permissionText(v *accountView) string {
	switch v.Permission {
	case permissionAdmin:
		return "Jira administrator"
	case permissionManager:
		return "may read integrations (no Jira administrator)"
	case permissionNone:
		return "may not manage integrations"
	}
	return "unknown: GIJ did not answer"
}

// whoIs asks Jira who the credential belongs to. That it is accepted is what a nil error means.
func (a *app) whoIs(ctx context.Context, s *session) (accountView, error) {
	v := accountView{
		Context: s.target.Context, URL: s.target.URL, URLFrom: s.target.From, CredentialFrom: s.credentialFrom,
	}
	user, err := s.client.Jira.Myself(ctx)
	if err != nil {
		return v, err
	}
	v.User, v.DisplayName = user.Name, user.DisplayName
	v.Permission, err = permissionOf(ctx, s.client)
	return v, err
}

// permissionOf tells what GIJ lets the account do. The key of GIJ's own manager permission is documented nowhere, so who is
// no administrator is found out by asking for the integrations.
func permissionOf(ctx context.Context, client *gij.Client) (string, error) {
	isAdmin, err := client.Jira.IsAdmin(ctx)
	if err != nil || isAdmin {
		return permissionAdmin, err
	}
	err = client.Integrations.Probe(ctx)
	switch {
	case err == nil:
		return permissionManager, nil
	case gij.IsKind(err, gij.KindForbidden):
		return permissionNone, nil
	case ctx.Err() != nil:
		return "", err
	}
	return permissionUnknown, nil
}
