package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zalando/go-keyring"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/pkg/secret"
)

// fakeRing is a keyring in memory.
type fakeRing struct {
	mu    sync.Mutex
	items map[string]string
	calls int
	err   error // what every call fails by
}

func newRing() *fakeRing { return &fakeRing{items: map[string]string{}} }

func (r *fakeRing) start() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	return r.err
}

func (r *fakeRing) Set(service, user, value string) error {
	if err := r.start(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.items[service+" "+user] = value
	return nil
}

func (r *fakeRing) Get(service, user string) (string, error) {
	if err := r.start(); err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	value, found := r.items[service+" "+user]
	if !found {
		return "", keyring.ErrNotFound
	}
	return value, nil
}

func (r *fakeRing) Delete(service, user string) error {
	if _, err := r.Get(service, user); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.items, service+" "+user)
	return nil
}

// vaultEnv is an environment with a D-Bus session, by its word.
func vaultEnv(t *testing.T) config.Env {
	t.Helper()
	return home(t, "", "DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
}

func credentialsFile(t *testing.T, env config.Env) string {
	t.Helper()
	path, err := config.CredentialsFile(env)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func sameStored(a, b config.Stored) bool {
	return a.URL == b.URL && a.User == b.User && a.Secret.Equal(b.Secret)
}

func TestVault(t *testing.T) {
	t.Parallel()
	token := config.Stored{URL: "https://jira.example.com/jira", Secret: secret.New(hidden)}
	password := config.Stored{URL: "https://x", User: "admin", Secret: secret.New("pä\"ss<w>\nord\x00")}
	for _, store := range []config.Store{config.StoreKeyring, config.StoreFile} {
		t.Run(string(store), func(t *testing.T) {
			t.Parallel()
			ctx, v := t.Context(), config.NewVaultWith(vaultEnv(t), newRing())
			if _, err := v.Get(ctx, store, "prod"); !errors.Is(err, config.ErrNoCredential) {
				t.Errorf("an empty vault: %v", err)
			}
			for _, want := range []config.Stored{token, password} { // the second replaces the first
				if err := v.Put(ctx, store, "prod", want); err != nil {
					t.Fatal(err)
				}
				if got, err := v.Get(ctx, store, "prod"); err != nil || !sameStored(got, want) {
					t.Errorf("got %+v, %v", got, err)
				}
			}
			if err := errors.Join(v.Put(ctx, store, "test", token), v.Move(ctx, store, "prod", "production"), v.Move(ctx, store, "nobody", "test")); err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]config.Stored{"production": password, "test": token} {
				if got, err := v.Get(ctx, store, name); err != nil || !sameStored(got, want) {
					t.Errorf("%s: %+v, %v", name, got, err)
				}
			}
			if _, err := v.Get(ctx, store, "prod"); !errors.Is(err, config.ErrNoCredential) {
				t.Errorf("a moved credential is still there: %v", err)
			}
			removed, err := v.Delete(ctx, "production")
			if err != nil || !slices.Equal(removed, []config.Store{store}) {
				t.Errorf("removed from %v, %v", removed, err)
			}
			removed, err = v.Delete(ctx, "production", store)
			if err != nil || len(removed) > 0 {
				t.Errorf("removed a second time from %v, %v", removed, err)
			}
			if len(v.Notes()) > 0 {
				t.Errorf("notes: %q", v.Notes())
			}
		})
	}
}

func TestVaultDeletesFromBoth(t *testing.T) {
	t.Parallel()
	v, s := config.NewVaultWith(vaultEnv(t), newRing()), config.Stored{URL: "https://x", Secret: secret.New(hidden)}
	ctx := t.Context()
	both := []config.Store{config.StoreFile, config.StoreKeyring}
	for _, store := range both {
		if err := v.Put(ctx, store, "prod", s); err != nil {
			t.Fatal(err)
		}
	}
	removed, err := v.Delete(ctx, "prod")
	if err != nil || !slices.Equal(removed, both) {
		t.Errorf("removed from %v, %v", removed, err)
	}
}

// TestVaultDeletesWithoutKeyring: no keyring is no error, unless it is named.
func TestVaultDeletesWithoutKeyring(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("there is always a keyring")
	}
	ring := newRing()
	v := config.NewVaultWith(home(t, ""), ring)
	if err := v.Put(t.Context(), config.StoreFile, "prod", config.Stored{URL: "https://x", Secret: secret.New(hidden)}); err != nil {
		t.Fatal(err)
	}
	removed, err := v.Delete(t.Context(), "prod")
	if err != nil || !slices.Equal(removed, []config.Store{config.StoreFile}) {
		t.Errorf("removed from %v, %v", removed, err)
	}
	_, err = v.Delete(t.Context(), "prod", config.StoreKeyring)
	expectError(t, err, "auth", "there is no keyring on this machine", "in a desktop session; or revoke the token in Jira")
	if ring.calls > 0 {
		t.Error("the keyring was asked")
	}
}

func TestVaultDeletesWhatItCan(t *testing.T) {
	t.Parallel()
	ring := newRing()
	ring.err = errors.New("locked")
	v := config.NewVaultWith(vaultEnv(t), ring)
	if err := v.Put(t.Context(), config.StoreFile, "prod", config.Stored{URL: "https://x", Secret: secret.New(hidden)}); err != nil {
		t.Fatal(err)
	}
	removed, err := v.Delete(t.Context(), "prod")
	expectError(t, err, "auth", "the keyring refused: locked", "unlock it")
	if !slices.Equal(removed, []config.Store{config.StoreFile}) {
		t.Errorf("removed from %v", removed)
	}
}

func TestVaultRefuses(t *testing.T) {
	t.Parallel()
	v := config.NewVaultWith(vaultEnv(t), newRing())
	for _, store := range []config.Store{config.StoreKeyring, config.StoreFile} {
		err := v.Put(t.Context(), store, "prod", config.Stored{URL: "https://x"})
		expectError(t, err, "auth", "an empty credential", "log in")
		err = v.Put(t.Context(), store, "prod", config.Stored{URL: "https://x", User: "u", Secret: secret.New(hidden + "\xff")})
		expectError(t, err, "auth", "no UTF-8", "GIJCTL_PASSWORD")
	}
	const bad = config.Store("pocket")
	_, getErr := v.Get(t.Context(), bad, "prod")
	_, deleteErr := v.Delete(t.Context(), "prod", bad)
	putErr := v.Put(t.Context(), bad, "prod", config.Stored{URL: "https://x", Secret: secret.New(hidden)})
	for _, err := range []error{getErr, deleteErr, putErr, v.Move(t.Context(), bad, "a", "b")} {
		expectError(t, err, "usage", `no place "pocket"`, "keyring or file")
	}
}

func TestCredentialsFileForm(t *testing.T) {
	t.Parallel()
	env := vaultEnv(t)
	v, file := config.NewVault(env), credentialsFile(t, env)
	for name, s := range map[string]config.Stored{
		"prod": {URL: "https://x", Secret: secret.New("t")}, "test": {URL: "https://y", User: "admin", Secret: secret.New("p")},
	} {
		if err := v.Put(t.Context(), config.StoreFile, name, s); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"prod": map[string]any{"url": "https://x", "token": "t"}, "test": map[string]any{"url": "https://y", "user": "admin", "password": "p"},
	}
	if diff := cmp.Diff(any(want), got); diff != "" {
		t.Error(diff)
	}
	expectMode(t, file, 0o600)
	expectMode(t, file+".lock", 0o600)
}

func expectMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != want {
		t.Errorf("%s: mode %o, want %o", path, info.Mode().Perm(), want)
	}
}

func TestCredentialsFileIsClosed(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	env := vaultEnv(t)
	v, file := config.NewVault(env), credentialsFile(t, env)
	if err := v.Put(t.Context(), config.StoreFile, "prod", config.Stored{URL: "https://x", Secret: secret.New(hidden)}); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(t.Context(), config.StoreFile, "prod"); err != nil {
		t.Fatal(err)
	}
	expectMode(t, file, 0o600)
	want := file + " was open to others (mode 644); it is closed now (mode 600)"
	if diff := cmp.Diff([]string{want}, v.Notes()); diff != "" {
		t.Error(diff)
	}
}

func TestSpoiledCredentialsFile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text    string
		code, message string
	}{
		{"no JSON", `{"prod": {"token": "` + hidden, "invalid_input", "credentials.json is spoiled"},
		{"a list", `["` + hidden + `"]`, "invalid_input", "credentials.json is spoiled"},
		{"null", "null", "invalid_input", "credentials.json is spoiled"},
		{"another entry", `{"prod": "` + hidden + `"}`, "auth", `credentials.json has for "prod" is spoiled`},
		{"no token", `{"prod": {"url": "https://x", "password": "` + hidden + `"}}`, "auth", "is spoiled"},
		{"no URL", `{"prod": {"token": "` + hidden + `"}}`, "auth", "is spoiled"},
		{"too large", strings.Repeat(hidden, 1<<16), "invalid_input", "is larger than 1 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := vaultEnv(t)
			v, file := config.NewVault(env), credentialsFile(t, env)
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := v.Get(t.Context(), config.StoreFile, "prod")
			expectError(t, err, tt.code, tt.message, "i")
			if tt.code == "auth" {
				return
			}
			if err := v.Put(t.Context(), config.StoreFile, "test", config.Stored{URL: "https://x", Secret: secret.New("t")}); err == nil {
				t.Error("a spoiled file is written over")
			}
			if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, []byte(tt.text)) {
				t.Errorf("the file was changed, %v", err)
			}
		})
	}
}

// TestOtherEntriesStay: what this gijctl does not know is written back as it was.
func TestOtherEntriesStay(t *testing.T) {
	t.Parallel()
	env := vaultEnv(t)
	v, file := config.NewVault(env), credentialsFile(t, env)
	if err := os.WriteFile(file, []byte(`{"old": 7, "new": {"url": "https://x", "oauth": [1e400]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := v.Put(t.Context(), config.StoreFile, "prod", config.Stored{URL: "https://x", Secret: secret.New("t")}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(data, []byte("1e400")) || !bytes.Contains(data, []byte(`"old": 7`)) {
		t.Errorf("%s, %v", data, err)
	}
}

func TestCredentialsFileThroughALink(t *testing.T) {
	t.Parallel()
	env := vaultEnv(t)
	v, file := config.NewVault(env), credentialsFile(t, env)
	target := filepath.Join(t.TempDir(), "target.json")
	if err := errors.Join(os.WriteFile(target, []byte("{}"), 0o600), os.Symlink(target, file)); err != nil {
		t.Skip(err)
	}
	err := v.Put(t.Context(), config.StoreFile, "prod", config.Stored{URL: "https://x", Secret: secret.New(hidden)})
	expectError(t, err, "failed", "is a symbolic link", "put the file itself there, which is: "+target)
	if data, err := os.ReadFile(target); err != nil || string(data) != "{}" {
		t.Errorf("written through the link: %s, %v", data, err)
	}
}

// TestVaultTouchesNothingUnasked: what is not there is not made by looking for it.
func TestVaultTouchesNothingUnasked(t *testing.T) {
	t.Parallel()
	env := vaultEnv(t)
	v := config.NewVaultWith(env, newRing())
	_, getErr := v.Get(t.Context(), config.StoreFile, "prod")
	_, deleteErr := v.Delete(t.Context(), "prod")
	if !errors.Is(getErr, config.ErrNoCredential) || deleteErr != nil || v.Move(t.Context(), config.StoreFile, "a", "b") != nil {
		t.Errorf("%v, %v", getErr, deleteErr)
	}
	entries, err := os.ReadDir(filepath.Dir(credentialsFile(t, env)))
	if err != nil || len(entries) > 0 {
		t.Errorf("left %v, %v", entries, err)
	}
}

func TestVaultAtOnce(t *testing.T) {
	t.Parallel()
	env := vaultEnv(t)
	names := strings.Split("abcdefghijklmnop", "")
	var all sync.WaitGroup
	for _, name := range names {
		all.Go(func() {
			if err := config.NewVault(env).Put(t.Context(), config.StoreFile, name, config.Stored{URL: "https://x", Secret: secret.New(name)}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, name := range names {
		if got, err := config.NewVault(env).Get(t.Context(), config.StoreFile, name); err != nil || got.Secret.Reveal() != name {
			t.Errorf("%s is lost: %v", name, err)
		}
	}
}
