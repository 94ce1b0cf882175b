package config

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/gijctl/gijctl/pkg/secret"
)

const (
	fromToken    = "GIJCTL_TOKEN"
	fromPassword = "GIJCTL_USER and GIJCTL_PASSWORD"
)

// Credential is what the server knows the account by: a token, or else a user with a password.
type Credential struct {
	Token    secret.Value
	User     string
	Password secret.Value
	From     string // "GIJCTL_TOKEN", "GIJCTL_USER and GIJCTL_PASSWORD", "the keyring", or "the file" with its path
	Kept     bool   // in the keyring or the file, so that a login replaces it
}

// Credential returns the credential for the target: of the environment, else what is kept for its context. The error has
// the code auth.
//
// Two rules keep a credential from another server. Where GIJCTL_URL is set, the credential of the environment belongs to
// it, and not to a context of another URL. And what is kept is for the URL that it was kept for.
func (t Target) Credential(ctx context.Context, env Env, vault *Vault) (Credential, error) {
	foreign := t.isForeign(env)
	if !foreign {
		c, err := credentialOf(env)
		if err != nil || c.From != "" {
			return c, err
		}
	}
	if t.Context != "" {
		return t.kept(ctx, vault, foreign)
	}
	return Credential{}, authError(t.loginHint(env), "no credential for %s", t.URL)
}

// isForeign reports whether the environment has a credential, and it is for another server than this.
func (t Target) isForeign(env Env) bool {
	address := env.Get("GIJCTL_URL")
	has := env.Get("GIJCTL_TOKEN") != "" || env.Get("GIJCTL_USER") != "" || env.Get("GIJCTL_PASSWORD") != ""
	return has && address != "" && t.Context != "" && !SameURL(address, t.URL)
}

// credentialOf returns the credential of the environment. Without one it is zero.
func credentialOf(env Env) (Credential, error) {
	if token := env.Get("GIJCTL_TOKEN"); token != "" {
		return Credential{Token: secret.New(token), From: fromToken}, CheckToken(token, fromToken)
	}
	user, password := env.Get("GIJCTL_USER"), env.Get("GIJCTL_PASSWORD")
	switch {
	case user != "" && password != "":
		return Credential{User: user, Password: secret.New(password), From: fromPassword}, nil
	case user != "":
		return Credential{}, authError("set GIJCTL_PASSWORD as well, or better GIJCTL_TOKEN", "GIJCTL_USER is set without GIJCTL_PASSWORD")
	case password != "":
		return Credential{}, authError("set GIJCTL_USER as well, or better GIJCTL_TOKEN", "GIJCTL_PASSWORD is set without GIJCTL_USER")
	}
	return Credential{}, nil
}

// kept returns what is kept for the context, if it is for this URL and user.
func (t Target) kept(ctx context.Context, vault *Vault, foreign bool) (Credential, error) {
	login := "log in: " + t.Login()
	if foreign {
		login += "; the credential of the environment is for GIJCTL_URL alone"
	}
	if t.Store == "" {
		return Credential{}, authError(login, "no credential is kept for the context %q", t.Context)
	}
	from := vault.storedName(t.Store)
	s, err := vault.Get(ctx, t.Store, t.Context)
	switch {
	case errors.Is(err, ErrNoCredential):
		return Credential{}, authError(login, "the credential of the context %q is not in %s", t.Context, from)
	case err != nil:
		return Credential{}, fmt.Errorf("get the credential of the context %q: %w", t.Context, err)
	case !SameURL(s.URL, t.URL):
		return Credential{}, authError(login,
			"the credential of the context %q was kept for %s, and is not sent to %s", t.Context, s.URL, t.URL)
	case s.User != t.User:
		return Credential{}, authError(login,
			"the credential of the context %q was kept for another user than the file names now", t.Context)
	case s.User != "":
		return Credential{User: s.User, Password: s.Secret, From: from, Kept: true}, nil
	}
	return Credential{Token: s.Secret, From: from, Kept: true}, CheckToken(s.Secret.Reveal(), from)
}

// Login is the command that logs in to the target's context as it is kept, "" where there is none.
func (t Target) Login() string {
	switch {
	case t.Context == "":
		return ""
	case isPlain(t.User):
		return "gijctl auth login --context " + t.Context + " --user " + t.User
	case t.User != "":
		return "gijctl auth login --context " + t.Context + " --user NAME"
	}
	return "gijctl auth login --context " + t.Context
}

// loginHint says how a target without a context gets a credential.
func (t Target) loginHint(env Env) string {
	const hint = "create a personal access token in Jira (profile picture > Profile > Personal Access Tokens), " +
		"then: read -rs GIJCTL_TOKEN; export GIJCTL_TOKEN"
	f, err := Load(env)
	if err != nil {
		return hint // the file is not what was asked for
	}
	for _, c := range f.Contexts {
		if c.Store != "" && SameURL(c.URL, t.URL) {
			return "you are logged in to it as a context, so use --context " + c.Name + "; or " + hint
		}
	}
	return hint
}

// SameURL reports whether two URLs are one server to a credential: the same scheme, host, port and path.
func SameURL(a, b string) bool {
	one, err := url.Parse(a)
	if err != nil || one.Host == "" {
		return false
	}
	other, err := url.Parse(b)
	return err == nil && one.Scheme == other.Scheme && strings.EqualFold(one.Hostname(), other.Hostname()) && port(one) == port(other) &&
		strings.TrimRight(one.EscapedPath(), "/") == strings.TrimRight(other.EscapedPath(), "/")
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// CheckToken refuses what cannot be sent in a header. A token read from a file by other means than $(…) ends in a newline.
// from says where the token comes from: it begins the message.
func CheckToken(token, from string) error {
	bad := strings.IndexFunc(token, func(r rune) bool { return r <= ' ' || r > '~' })
	if bad < 0 {
		return nil
	}
	what := "a character that no token has"
	if strings.ContainsAny(token, "\r\n") {
		what = "a line break"
	} else if token[bad] == ' ' {
		what = "a space"
	}
	hint := "give the token alone: the one line that Jira showed"
	if from == fromToken {
		hint = "set it again: export GIJCTL_TOKEN=\"$(cat FILE)\""
	}
	return authError(hint, "%s contains %s", from, what)
}
