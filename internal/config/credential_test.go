package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/pkg/secret"
)

func TestCredential(t *testing.T) {
	t.Parallel()
	target := config.Target{URL: "https://jira.example.com", From: "--url"}
	both := map[string]string{"GIJCTL_TOKEN": hidden, "GIJCTL_USER": "u", "GIJCTL_PASSWORD": "p"}
	got, err := target.Credential(t.Context(), environment(both), nil)
	if err != nil || got.Token.Reveal() != hidden || got.User != "" || !got.Password.IsZero() || got.From != "GIJCTL_TOKEN" || got.Kept {
		t.Errorf("the token wins: %+v, %v", got, err)
	}
	both["GIJCTL_TOKEN"] = ""
	both["GIJCTL_PASSWORD"] = "pass word ü\n" // Basic encodes it, whatever it is
	got, err = target.Credential(t.Context(), environment(both), nil)
	if err != nil || !got.Token.IsZero() || got.User != "u" || got.Password.Reveal() != "pass word ü\n" || got.From != "GIJCTL_USER and GIJCTL_PASSWORD" {
		t.Errorf("user and password: %+v, %v", got, err)
	}
}

func TestCredentialRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		env           map[string]string
		message, hint string
	}{
		{"nothing", nil, "no credential for https://jira.example.com", "Personal Access Tokens"},
		{"user without password", map[string]string{"GIJCTL_USER": "u"}, "GIJCTL_USER is set without GIJCTL_PASSWORD", "GIJCTL_TOKEN"},
		{"password without user", map[string]string{"GIJCTL_PASSWORD": hidden}, "GIJCTL_PASSWORD is set without GIJCTL_USER", "GIJCTL_TOKEN"},
		{"newline", map[string]string{"GIJCTL_TOKEN": hidden + "\n"}, "GIJCTL_TOKEN contains a line break", "$(cat FILE)"},
		{"carriage return", map[string]string{"GIJCTL_TOKEN": hidden + "\r"}, "a line break", "$(cat FILE)"},
		{"space", map[string]string{"GIJCTL_TOKEN": "Bearer " + hidden}, "GIJCTL_TOKEN contains a space", "$(cat FILE)"},
		{"space and newline", map[string]string{"GIJCTL_TOKEN": " " + hidden + "\n"}, "a line break", "$(cat FILE)"},
		{"tab", map[string]string{"GIJCTL_TOKEN": hidden + "\t"}, "a character that no token has", "$(cat FILE)"},
		{"not ASCII", map[string]string{"GIJCTL_TOKEN": hidden + "é"}, "a character that no token has", "$(cat FILE)"},
		{"byte order mark", map[string]string{"GIJCTL_TOKEN": "\ufeff" + hidden}, "a character that no token has", "$(cat FILE)"},
		{"no UTF-8", map[string]string{"GIJCTL_TOKEN": hidden + "\xff"}, "a character that no token has", "$(cat FILE)"},
		{"delete", map[string]string{"GIJCTL_TOKEN": hidden + "\x7f"}, "a character that no token has", "$(cat FILE)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Target{URL: "https://jira.example.com"}.Credential(t.Context(), environment(tt.env), nil)
			expectError(t, err, "auth", tt.message, tt.hint)
		})
	}
}

func TestCheckToken(t *testing.T) {
	t.Parallel()
	if err := config.CheckToken(hidden, "(stdin)"); err != nil {
		t.Error(err)
	}
	expectError(t, config.CheckToken("a "+hidden, "(stdin)"), "auth", "(stdin) contains a space", "the token alone")
}

// keep makes a context "prod" whose credential is kept in the file for an address and a user.
func keep(t *testing.T, text, address, user, word string, variables ...string) (config.Env, *config.Vault) {
	t.Helper()
	env := home(t, text, variables...)
	vault := config.NewVaultWith(env, newRing())
	if err := vault.Put(t.Context(), config.StoreFile, "prod", config.Stored{URL: address, User: user, Secret: secret.New(word)}); err != nil {
		t.Fatal(err)
	}
	return env, vault
}

const oneContext = "current: prod\ncontexts:\n  - name: prod\n    url: https://jira.example.com/jira\n    credential: file\n"

func TestKeptCredential(t *testing.T) {
	t.Parallel()
	const address, other = "https://jira.example.com/jira", "https://other.example.com"
	for _, tt := range []struct {
		name, user string
		env        []string
		flags      config.Flags
		from       string // "" for the file
	}{
		{"a token", "", nil, config.Flags{}, ""},
		{"a password", "admin", nil, config.Flags{}, ""},
		{"GIJCTL_TOKEN is stronger", "", []string{"GIJCTL_TOKEN", "env"}, config.Flags{}, "GIJCTL_TOKEN"},
		{"GIJCTL_USER is stronger", "", []string{"GIJCTL_USER", "u", "GIJCTL_PASSWORD", "p"}, config.Flags{}, "GIJCTL_USER and GIJCTL_PASSWORD"},
		{"the token of another URL", "", []string{"GIJCTL_TOKEN", "env", "GIJCTL_URL", other}, config.Flags{Context: "prod"}, ""},
		{"the password of another URL", "", []string{"GIJCTL_USER", "u", "GIJCTL_PASSWORD", "p", "GIJCTL_URL", other}, config.Flags{Context: "prod"}, ""},
		{"half a credential of another URL", "", []string{"GIJCTL_USER", "u", "GIJCTL_URL", other}, config.Flags{Context: "prod"}, ""},
		{"the token of the same URL", "", []string{"GIJCTL_TOKEN", "env", "GIJCTL_URL", address + "/"}, config.Flags{Context: "prod"}, "GIJCTL_TOKEN"},
		{"the token for --url", "", []string{"GIJCTL_TOKEN", "env", "GIJCTL_URL", other}, config.Flags{URL: address}, "GIJCTL_TOKEN"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := oneContext
			if tt.user != "" {
				text += "    user: " + tt.user + "\n"
			}
			env, vault := keep(t, text, address, tt.user, hidden, tt.env...)
			target, err := config.Resolve(tt.flags, env)
			if err != nil {
				t.Fatal(err)
			}
			got, err := target.Credential(t.Context(), env, vault)
			if err != nil {
				t.Fatal(err)
			}
			if tt.from == "" {
				tt.from = "the file " + filepath.Join(filepath.Dir(env.Get("GIJCTL_CONFIG")), "credentials.json")
				if !got.Kept || got.User != tt.user || got.Token.Reveal()+got.Password.Reveal() != hidden || got.Token.IsZero() != (tt.user != "") {
					t.Errorf("got %+v", got)
				}
			} else if got.Kept {
				t.Error("a credential of the environment is called kept")
			}
			if got.From != tt.from {
				t.Errorf("from %q, want %q", got.From, tt.from)
			}
		})
	}
}

// TestKeptCredentialIsForOneURL edits the URL of the context after the login.
func TestKeptCredentialIsForOneURL(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		keptFor, now string
		sent         bool
	}{
		{"https://jira.example.com", "https://jira.example.com", true},
		{"https://jira.example.com", "https://JIRA.example.com/", true},
		{"https://jira.example.com/jira", "https://jira.example.com/jira/", true},
		{"https://jira.example.com", "https://jira.example.com:443", true},
		{"http://jira.example.com:80", "http://jira.example.com", true},
		{"https://jira.example.com", "http://jira.example.com", false},
		{"https://jira.example.com", "http://jira.example.com:443", false},
		{"https://jira.example.com", "https://jira.example.com:8443", false},
		{"https://jira.example.com", "https://jira.example.com.evil.example", false},
		{"https://jira.example.com", "https://jira.example.org", false},
		{"https://jira.example.com", "https://jira.example.com/jira", false},
		{"https://jira.example.com/jira", "https://jira.example.com/Jira", false},
		{"https://jira.example.com/a/b", "https://jira.example.com/a%2Fb", false},
		{"nothing", "https://jira.example.com", false},
	} {
		t.Run(tt.keptFor+" "+tt.now, func(t *testing.T) {
			t.Parallel()
			_, vault := keep(t, "", tt.keptFor, "", hidden)
			target := config.Target{URL: tt.now, Context: "prod", Store: config.StoreFile}
			got, err := target.Credential(t.Context(), environment(nil), vault)
			if tt.sent {
				if err != nil || got.Token.Reveal() != hidden {
					t.Errorf("not sent: %v", err)
				}
				return
			}
			if !got.Token.IsZero() {
				t.Error("the credential is sent to another server")
			}
			expectError(t, err, "auth", "was kept for "+tt.keptFor+", and is not sent to "+tt.now, "gijctl auth login --context prod")
		})
	}
}

func TestKeptCredentialRefuses(t *testing.T) {
	t.Parallel()
	const address = "https://jira.example.com"
	target := config.Target{URL: address, Context: "prod", Store: config.StoreFile}
	with := func(change func(*config.Target)) config.Target {
		changed := target
		change(&changed)
		return changed
	}
	for _, tt := range []struct {
		name          string
		target        config.Target
		word          string
		env           []string
		message, hint string
	}{
		{"nothing kept", with(func(t *config.Target) { t.Store = "" }), hidden, nil, `no credential is kept for the context "prod"`, "log in: gijctl auth login --context prod"},
		{"nothing kept, and another's token", with(func(t *config.Target) { t.Store = "" }), hidden, []string{"GIJCTL_URL", "https://x", "GIJCTL_TOKEN", "env"}, `no credential is kept`, "is for GIJCTL_URL alone"},
		{"not there", with(func(t *config.Target) { t.Context = "test" }), hidden, nil, `the credential of the context "test" is not in the file /`, "gijctl auth login --context test"},
		{"not in the keyring", with(func(t *config.Target) { t.Store = config.StoreKeyring }), hidden, nil, `the credential of the context "prod" is not in the keyring`, "gijctl auth login --context prod"},
		{"another user, of a password", with(func(t *config.Target) { t.User = "bob" }), hidden, nil, "another user", "--context prod --user bob"},
		{"a user that a shell would split", with(func(t *config.Target) { t.User = "bob b" }), hidden, nil, "another user", "--context prod --user NAME"},
		{"no token", target, hidden + "\n", nil, "credentials.json contains a line break", "the token alone"},
		{"a bad variable", target, hidden, []string{"GIJCTL_USER", "u"}, "GIJCTL_USER is set without GIJCTL_PASSWORD", "GIJCTL_TOKEN"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env, vault := keep(t, "", address, "", tt.word, append(tt.env, "DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")...)
			_, err := tt.target.Credential(t.Context(), env, vault)
			expectError(t, err, "auth", tt.message, tt.hint)
		})
	}
}

func TestHintNamesTheContext(t *testing.T) {
	t.Parallel()
	env := home(t, oneContext)
	_, err := config.Target{URL: "https://JIRA.example.com/jira/", From: "--url"}.Credential(t.Context(), env, config.NewVault(env))
	expectError(t, err, "auth", "no credential for https://JIRA.example.com/jira/", "use --context prod; or create")
	_, err = config.Target{URL: "https://jira.example.com", From: "--url"}.Credential(t.Context(), env, config.NewVault(env))
	expectError(t, err, "auth", "no credential for https://jira.example.com", "create a personal access token")
	if strings.Contains(err.Error(), "prod") {
		t.Errorf("the context of another path is named: %v", err)
	}
}
