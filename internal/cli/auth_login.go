package cli

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/secret"
)

type authLoginOptions struct {
	tokenStdin bool
	token      secretSource
	user       string // Basic, and no token
	password   secretSource
	store      string
}

func newAuthLoginCmd(a *app) *cobra.Command {
	var o authLoginOptions
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Log in to a Jira and keep the credential",
		Long: `Asks Jira whether a credential is accepted, and only then keeps it, for the context of that name. The context becomes
the current one if it is new. Without --context it is called like Jira's host.

The credential is a personal access token (in Jira: profile picture > Profile > Personal Access Tokens), asked for on a
terminal, or read by --token-stdin or --token-file. --user logs in with a password instead, which Jira 11 is reported to
refuse. It is kept in the keyring of the operating system, or with --store file in a file that only you can read. A login
to a context that exists keeps it where it is kept already.

--ca-file, --client-cert, --client-key and --header-file are kept with the context, as paths; --insecure is not.`,
		Example: `  gijctl auth login --url https://jira.example.com --context prod
  gijctl auth login --url https://jira.example.com --token-file token.txt
  gijctl auth login --context prod --store file
  gijctl auth login --url https://jira.example.com/jira --user admin`,
		Args: exactArgs(0, ""),
	}
	flags := cmd.Flags()
	flags.BoolVar(&o.tokenStdin, "token-stdin", false, "read the personal access token from standard input")
	flags.StringVar(&o.token.file, "token-file", "", "file with the personal access token, - for stdin")
	flags.StringVar(&o.user, "user", "", "user name for Basic authentication, with a password instead of a token")
	flags.StringVar(&o.password.file, "password-file", "", "file with the password of --user, - for stdin")
	flags.StringVar(&o.password.env, "password-env", "", "environment variable with the password of --user")
	flags.StringVar(&o.store, "store", "", "where to keep it: keyring (for a new context), or file (readable by you alone)")
	mustComplete(cmd, "store", func(*cobra.Command) []string { return []string{"keyring", "file"} })
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		o.token.key, o.password.key = "token", "password"
		o.token.byFile = flags.Changed("token-file")
		o.password.byFile, o.password.byEnv = flags.Changed("password-file"), flags.Changed("password-env")
		return runAuthLogin(cmd.Context(), a, o)
	}
	return cmd
}

func runAuthLogin(ctx context.Context, a *app, o authLoginOptions) error {
	list := accountList()
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	if err := o.check(a); err != nil {
		return err
	}
	f, err := a.configFile()
	if err != nil {
		return err
	}
	where, err := a.loginTarget(ctx, f)
	if err != nil {
		return err
	}
	where.User, where.Store = o.user, cmp.Or(config.Store(o.store), where.Store, config.StoreKeyring)
	if err := a.canKeep(ctx, where.Store); err != nil {
		return err // before somebody types a token for nothing
	}
	word, err := o.read(ctx, a, where)
	if err != nil {
		return err
	}
	v, err := a.verifyLogin(ctx, where, f.Connection(where), word)
	if err != nil {
		return err
	}
	if err := a.keepLogin(ctx, where, word); err != nil {
		return err
	}
	a.forgetLive()
	a.sayLoggedIn(v, where)
	return render.WriteObject(printer, list, &v)
}

// check refuses what contradicts itself before anything is read or asked.
func (o *authLoginOptions) check(a *app) error {
	byToken := o.tokenStdin || o.token.byFile
	byPassword := o.password.byFile || o.password.byEnv
	switch {
	case o.store != "" && o.store != string(config.StoreKeyring) && o.store != string(config.StoreFile):
		return usageError("type: --store keyring, or: --store file", "--store is keyring or file, not %q", o.store)
	case o.tokenStdin && o.token.byFile:
		return usageError("give one of them", "--token-stdin and --token-file name two tokens")
	case o.user != "" && byToken:
		return usageError("leave --user out: a token says whose it is", "--user logs in with a password, not with a token")
	case o.user == "" && byPassword:
		return usageError("add: --user NAME", "a password needs a user name")
	case !byToken && !byPassword && !a.streams.Interactive():
		return usageError("give --token-stdin or --token-file FILE; in a CI job set GIJCTL_URL and GIJCTL_TOKEN instead, which need no login",
			"there is no terminal to ask for the token on")
	}
	return nil
}

// read returns the token, or with --user the password.
func (o *authLoginOptions) read(ctx context.Context, a *app, where config.Context) (secret.Value, error) {
	if o.tokenStdin {
		o.token.file, o.token.byFile = "-", true
	}
	source, prompt := o.token, "Personal access token for "+where.URL
	if o.user != "" {
		source, prompt = o.password, "Password of "+o.user+" for "+where.URL
	}
	word, from, err := a.readOrAsk(ctx, source, prompt)
	if err != nil || o.user != "" {
		return word, err
	}
	return word, config.CheckToken(word.Reveal(), from)
}

// readOrAsk returns a secret from where the flags say, else from the terminal, and what to call that place.
func (a *app) readOrAsk(ctx context.Context, source secretSource, prompt string) (word secret.Value, from string, err error) {
	if source.byFile || source.byEnv {
		word, err = a.readSecret(source)
		return word, inputName(source.file), err
	}
	word, err = a.askSecret(ctx, prompt)
	if err == nil && word.IsZero() {
		err = inputError("type it, or paste it; it does not show", "nothing was typed, so nothing is kept")
	}
	return word, "what was typed", err
}

// canKeep finds out early that a credential could not be kept.
func (a *app) canKeep(ctx context.Context, store config.Store) error {
	if store == config.StoreFile {
		return nil
	}
	return a.vault().CheckKeyring(ctx)
}

// verifyLogin asks Jira whether it accepts the credential, and whose it is. Nothing is kept before that.
func (a *app) verifyLogin(
	ctx context.Context, where config.Context, connection config.ConnectionFlags, word secret.Value,
) (accountView, error) {
	target := config.Target{URL: where.URL, From: "login", Context: where.Name, Connection: connection}
	credential := config.Credential{Token: word, From: a.storeName(where.Store)}
	if where.User != "" {
		credential = config.Credential{User: where.User, Password: word, From: a.storeName(where.Store)}
	}
	a.refusedHint = "nothing was kept; the token may be mistyped, expired, revoked or of another Jira (in Jira: profile picture > Profile > Personal Access Tokens)"
	if where.User != "" {
		a.refusedHint = "nothing was kept; Jira 11 is reported to switch Basic authentication off: log in with a token, without --user"
	}
	s, err := a.open(target, credential, true)
	if err != nil {
		return accountView{}, err
	}
	defer s.close()
	v, err := a.whoIs(ctx, s)
	v.URLFrom = "context " + where.Name
	return v, err
}

func (a *app) storeName(store config.Store) string {
	if file, err := config.CredentialsFile(a.env); err == nil && store == config.StoreFile {
		return "the file " + file
	}
	return "the " + string(store)
}

// keepLogin keeps the credential, and the context that names it. Where one cannot be kept, neither is.
func (a *app) keepLogin(ctx context.Context, where config.Context, word secret.Value) error {
	vault := a.vault()
	var before config.Context
	isKept := false
	_, err := a.editConfig(func(f *config.File) error {
		var err error
		before, err = f.Find(where.Name)
		isNew := err != nil
		if !isNew && !config.SameURL(before.URL, where.URL) {
			return contextTaken(before)
		}
		f.Put(where)
		if isNew || f.Current == "" {
			f.Current = where.Name
		}
		err = vault.Put(ctx, where.Store, where.Name, config.Stored{URL: where.URL, User: where.User, Secret: word})
		isKept = err == nil
		return err
	})
	switch {
	case err == nil:
		a.forgetElsewhere(ctx, vault, before, where)
	case isKept && before.Store != where.Store: // no context would name it
		_, _ = vault.Delete(context.WithoutCancel(ctx), where.Name, where.Store)
	}
	a.warnAll(vault.Notes())
	return err
}

// forgetElsewhere removes what an earlier login kept in the other place: nobody would look for it there again. It comes
// after the file is saved, which names that place until then; whoever logs in there meanwhile keeps it.
func (a *app) forgetElsewhere(ctx context.Context, vault *config.Vault, before, where config.Context) {
	if before.Store == "" || before.Store == where.Store {
		return
	}
	_, err := a.editConfig(func(f *config.File) error {
		if now, err := f.Find(where.Name); err != nil || now.Store != where.Store {
			return nil //nolint:nilerr // the context is gone, and its credential with it
		}
		_, err := vault.Delete(ctx, where.Name, before.Store)
		return err
	})
	if err != nil {
		a.warn("the credential that was kept in %s before could not be removed there: %v", a.storeName(before.Store), err)
	}
}

func (a *app) sayLoggedIn(v accountView, where config.Context) {
	a.note("logged in to %s as %s (%s); the credential is in %s", v.URL, v.DisplayName, v.User, v.CredentialFrom)
	switch v.Permission {
	case permissionNone:
		a.warn("this account may not manage integrations: a Jira administrator may, or a holder of the global permission \"Manage Git Integration for Jira\"")
	case permissionUnknown:
		a.warn("GIJ did not answer on this Jira; find out why with: gijctl doctor --context %s", where.Name)
	}
	if a.flags.connection.Insecure {
		a.warn("--insecure is not kept with the context; give --ca-file FILE once instead, and it is")
	}
	if a.env.Get("GIJCTL_TOKEN") != "" && a.env.Get("GIJCTL_URL") == "" {
		a.warn("GIJCTL_TOKEN is set, and is stronger than what is kept; unset it")
	}
	a.warnOverridden(where.Name)
}
