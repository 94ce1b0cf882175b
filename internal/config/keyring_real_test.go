package config_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/pkg/secret"
)

// TestRealKeyring asks the Secret Service of the D-Bus session that it finds, not a fake. GIJCTL_TEST_KEYRING says what is
// there: unlocked, locked or none. .ci/keyring runs it for each.
func TestRealKeyring(t *testing.T) {
	t.Parallel()
	there := os.Getenv("GIJCTL_TEST_KEYRING")
	tests := map[string]func(*testing.T, *config.Vault){"unlocked": tryUnlocked, "locked": tryLocked, "none": tryNone}
	test, found := tests[there]
	switch {
	case there == "":
		t.Skip("GIJCTL_TEST_KEYRING is not set: .ci/keyring sets it")
	case !found:
		t.Fatalf("GIJCTL_TEST_KEYRING is %q, not unlocked, locked or none", there)
	}
	test(t, config.NewVault(os.LookupEnv))
}

func tryUnlocked(t *testing.T, v *config.Vault) {
	t.Helper()
	ctx, name := t.Context(), "gijctl-test@real."+time.Now().UTC().Format("150405.000000000")
	other := name + "-2"
	t.Cleanup(func() {
		for _, n := range []string{name, other} {
			_, _ = v.Delete(context.WithoutCancel(ctx), n, config.StoreKeyring) // it is gone already where the test passed
		}
	})
	if err := v.CheckKeyring(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(ctx, config.StoreKeyring, name); !errors.Is(err, config.ErrNoCredential) {
		t.Errorf("before: %v", err)
	}
	for _, want := range []config.Stored{
		{URL: "https://jira.example.com/jira", Secret: secret.New(hidden)},
		{URL: "https://jira.example.com", User: "ädmin", Secret: secret.New("pä\"ss<w>\nord\x00")},
	} {
		if err := v.Put(ctx, config.StoreKeyring, name, want); err != nil {
			t.Fatal(err)
		}
		if got, err := v.Get(ctx, config.StoreKeyring, name); err != nil || !sameStored(got, want) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	if err := v.Move(ctx, config.StoreKeyring, name, other); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(ctx, config.StoreKeyring, name); !errors.Is(err, config.ErrNoCredential) {
		t.Errorf("moved away: %v", err)
	}
	if got, err := v.Get(ctx, config.StoreKeyring, other); err != nil || got.User != "ädmin" {
		t.Errorf("moved: %+v, %v", got, err)
	}
	removed, err := v.Delete(ctx, other, config.StoreKeyring)
	if err != nil || !slices.Equal(removed, []config.Store{config.StoreKeyring}) {
		t.Errorf("removed from %v, %v", removed, err)
	}
}

// tryLocked expects the answer at once: without a display nobody can be asked to unlock it.
func tryLocked(t *testing.T, v *config.Vault) {
	t.Helper()
	began := time.Now()
	_, getErr := v.Get(t.Context(), config.StoreKeyring, "prod")
	putErr := v.Put(t.Context(), config.StoreKeyring, "prod", config.Stored{URL: "https://x", Secret: secret.New(hidden)})
	for _, err := range []error{getErr, putErr, v.CheckKeyring(t.Context())} {
		t.Log(err)
		expectError(t, err, "auth", "the keyring refused: ", "if it is locked, unlock it")
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %s", took)
	}
}

func tryNone(t *testing.T, v *config.Vault) {
	t.Helper()
	began := time.Now()
	_, getErr := v.Get(t.Context(), config.StoreKeyring, "prod")
	putErr := v.Put(t.Context(), config.StoreKeyring, "prod", config.Stored{URL: "https://x", Secret: secret.New(hidden)})
	for _, err := range []error{getErr, putErr, v.CheckKeyring(t.Context())} {
		t.Log(err)
		expectError(t, err, "auth", "there is no keyring on this machine: no D-Bus session", "--store file")
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %s", took)
	}
}
