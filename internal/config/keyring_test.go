package config_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/zalando/go-keyring"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/pkg/secret"
)

// hangingRing answers when it is let go.
type hangingRing struct{ let chan struct{} }

func (r hangingRing) Set(string, string, string) error { <-r.let; return nil }
func (r hangingRing) Delete(string, string) error      { <-r.let; return nil }
func (r hangingRing) Get(string, string) (string, error) {
	<-r.let
	return "", keyring.ErrNotFound
}

func bus() config.Env {
	return environment(map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"})
}

func TestKeyringThatHangs(t *testing.T) {
	t.Parallel()
	without := map[string]string{
		"check": "add --store file to gijctl auth login", "get": "gijctl auth login --context prod --store file",
		"put": "add --store file to gijctl auth login", "delete": "take the context out of the file", "move": "in a desktop session",
	}
	for _, limit := range []time.Duration{0, 400 * time.Millisecond} {
		for name, call := range map[string]func(context.Context, *config.Vault) error{
			"check": func(ctx context.Context, v *config.Vault) error { return v.CheckKeyring(ctx) },
			"get": func(ctx context.Context, v *config.Vault) error {
				_, err := v.Get(ctx, config.StoreKeyring, "prod")
				return err
			},
			"put": func(ctx context.Context, v *config.Vault) error {
				return v.Put(ctx, config.StoreKeyring, "prod", config.Stored{URL: "https://x", Secret: secret.New(hidden)})
			},
			"delete": func(ctx context.Context, v *config.Vault) error {
				_, err := v.Delete(ctx, "prod", config.StoreKeyring)
				return err
			},
			"move": func(ctx context.Context, v *config.Vault) error { return v.Move(ctx, config.StoreKeyring, "a", "b") },
		} {
			t.Run(fmt.Sprint(name, " ", limit), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					ring := hangingRing{make(chan struct{})}
					defer close(ring.let)
					v, want := config.NewVaultWith(bus(), ring), 3*time.Second
					if limit > 0 {
						v, want = v.Limit(limit), limit
					}
					began := time.Now()
					err := call(t.Context(), v)
					if took := time.Since(began); took != want {
						t.Errorf("took %s, want %s", took, want)
					}
					expectError(t, err, "auth", "the keyring did not answer within "+want.String(), without[name])
				})
			})
		}
	}
}

func TestKeyringIsInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ring := hangingRing{make(chan struct{})}
		defer close(ring.let)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		err := config.NewVaultWith(bus(), ring).CheckKeyring(ctx)
		if !errors.Is(err, context.Canceled) || time.Since(began) != time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
	})
}

// panickingRing is the library when its connection breaks while it waits.
type panickingRing struct{ fakeRing }

func (*panickingRing) Get(string, string) (string, error) { panic("nil signal") }

func TestKeyringThatPanics(t *testing.T) {
	t.Parallel()
	_, err := config.NewVaultWith(bus(), &panickingRing{}).Get(t.Context(), config.StoreKeyring, "prod")
	expectError(t, err, "auth", "the keyring refused: the connection to it broke", "--store file")
}

func TestKeyringErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err                 error
		message, hint, move string
	}{
		{errors.New("failed to unlock"), "the keyring refused: failed to unlock", "if it is locked, unlock it", "if it is locked, unlock it"},
		{fmt.Errorf("set: %w", keyring.ErrSetDataTooBig), "too long for the keyring", "--store file", "--store file"},
		{keyring.ErrUnsupportedPlatform, "there is no keyring on this machine", "--store file", "in a desktop session"},
	} {
		t.Run(tt.err.Error(), func(t *testing.T) {
			t.Parallel()
			ring := newRing()
			ring.err = tt.err
			v := config.NewVaultWith(bus(), ring)
			expectError(t, v.CheckKeyring(t.Context()), "auth", tt.message, tt.hint)
			err := v.Put(t.Context(), config.StoreKeyring, "prod", config.Stored{URL: "https://x", Secret: secret.New(hidden)})
			expectError(t, err, "auth", tt.message, tt.hint)
			expectError(t, v.Move(t.Context(), config.StoreKeyring, "prod", "b"), "auth", tt.message, tt.move)
		})
	}
}

func TestKeyringHasSomethingElse(t *testing.T) {
	t.Parallel()
	for _, value := range []string{hidden, `{"url": 1, "token": "` + hidden + `"}`, `{"token": "` + hidden + `"}`, `{"url": "https://x", "user": "u", "token": "` + hidden + `"}`, ""} {
		ring := newRing()
		ring.items["gijctl prod"] = value
		v := config.NewVaultWith(bus(), ring)
		_, err := v.Get(t.Context(), config.StoreKeyring, "prod")
		expectError(t, err, "auth", `what the keyring has for "prod" is spoiled`, "gijctl auth login --context prod")
		if err := v.CheckKeyring(t.Context()); err != nil {
			t.Errorf("the keyring is usable: %v", err)
		}
	}
}

// stuckRing keeps what it has.
type stuckRing struct{ fakeRing }

func (r *stuckRing) Delete(service, user string) error {
	if user == "prod" {
		return errors.New("no")
	}
	return r.fakeRing.Delete(service, user)
}

func TestKeyringMoveLosesNothing(t *testing.T) {
	t.Parallel()
	ring := &stuckRing{fakeRing{items: map[string]string{"gijctl prod": "kept as it is"}}}
	err := config.NewVaultWith(bus(), ring).Move(t.Context(), config.StoreKeyring, "prod", "new")
	expectError(t, err, "auth", "the keyring refused: no", "unlock")
	if diff := cmp.Diff(map[string]string{"gijctl prod": "kept as it is"}, ring.items); diff != "" {
		t.Error(diff)
	}
}

// TestNoSession never gets to the library, which would start a D-Bus.
func TestNoSession(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("the keyring needs no D-Bus")
	}
	dir := t.TempDir()
	elsewhere := filepath.Join(dir, "bus")
	if err := os.WriteFile(elsewhere, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, address, runtime string
		message, hint          string
	}{
		{"nothing", "", "", "there is no keyring on this machine: no D-Bus session", "--store file"},
		{"the word for dbus-launch", "autolaunch:", "", "no D-Bus session", "--store file"},
		{"an empty folder", "", t.TempDir(), "no D-Bus session", "--store file"},
		{"a folder that is not there", "", filepath.Join(dir, "absent"), "no D-Bus session", "--store file"},
		{"a folder that the library does not know", "", dir, "an unusual place", "export DBUS_SESSION_BUS_ADDRESS=unix:path=" + elsewhere},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ring := newRing()
			v := config.NewVaultWith(environment(map[string]string{"DBUS_SESSION_BUS_ADDRESS": tt.address, "XDG_RUNTIME_DIR": tt.runtime}), ring)
			expectError(t, v.CheckKeyring(t.Context()), "auth", tt.message, tt.hint)
			_, err := v.Get(t.Context(), config.StoreKeyring, "prod")
			expectError(t, err, "auth", tt.message, tt.hint)
			if ring.calls > 0 {
				t.Error("the library was called")
			}
		})
	}
}

func TestNothingKeptIsShown(t *testing.T) {
	t.Parallel()
	s := config.Stored{URL: "https://x", User: "u", Secret: secret.New(hidden)}
	if shown := fmt.Sprintf("%v %+v %#v", s, s, s); strings.Contains(shown, hidden) {
		t.Error(shown)
	}
}
