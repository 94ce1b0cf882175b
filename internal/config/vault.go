package config

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/gijctl/gijctl/pkg/secret"
)

// Store is a place where credentials are kept.
type Store string

// The places where credentials are kept.
const (
	StoreKeyring Store = "keyring" // of the operating system
	StoreFile    Store = "file"    // credentials.json, readable by its owner alone
)

// ErrNoCredential says that nothing is kept under a name.
var ErrNoCredential = errors.New("no credential is kept")

// keyringLimit is how long a call to the keyring may take. One that is locked asks the person, who may not be there.
const keyringLimit = 3 * time.Second

// Stored is a credential as it is kept.
type Stored struct {
	URL    string       // whom it is for
	User   string       // only for Basic authentication
	Secret secret.Value // the password where there is a User, else a token
}

// Vault keeps credentials, each under the name of its context. The zero value is no vault: see [NewVault].
type Vault struct {
	env   Env
	ring  ring
	limit time.Duration
	notes []string
}

// NewVault returns the vault of the environment. It opens nothing: file and keyring are touched when they are asked.
func NewVault(env Env) *Vault { return &Vault{env: env, ring: systemRing{}, limit: keyringLimit} }

// Limit sets how long each call to the keyring may take, instead of 3 seconds, and returns the vault.
func (v *Vault) Limit(d time.Duration) *Vault {
	v.limit = d
	return v
}

// Notes returns what a person should know of the calls until now: that others could read the file.
func (v *Vault) Notes() []string { return slices.Clone(v.notes) }

// Put keeps a credential, instead of the one that is kept in that store under the name.
func (v *Vault) Put(ctx context.Context, store Store, name string, s Stored) error {
	if s.Secret.IsZero() {
		return authError("log in again, with a token", "an empty credential cannot be kept")
	}
	if !utf8.ValidString(s.Secret.Reveal()) || !utf8.ValidString(s.User) {
		return authError("set GIJCTL_USER and GIJCTL_PASSWORD instead", "this credential is no UTF-8 text, and cannot be kept")
	}
	value, err := encodeStored(s)
	if err != nil {
		return err
	}
	switch store {
	case StoreKeyring:
		return v.ringSet(ctx, name, string(value))
	case StoreFile:
		return v.fileSet(name, value)
	}
	return badStore(store)
}

// Get returns the credential that is kept under a name. The error is [ErrNoCredential] where there is none.
func (v *Vault) Get(ctx context.Context, store Store, name string) (Stored, error) {
	switch store {
	case StoreKeyring:
		value, err := v.ringGet(ctx, name)
		if err != nil {
			return Stored{}, err
		}
		return decodeStored([]byte(value), "the keyring", name)
	case StoreFile:
		return v.fileGet(name)
	}
	return Stored{}, badStore(store)
}

// Delete removes what is kept under a name, and tells from where. Without stores it removes it from all, and then a
// machine without a keyring is no error: there is nothing in it. A store that has nothing is none either. All stores are
// tried, also where one fails.
func (v *Vault) Delete(ctx context.Context, name string, stores ...Store) (removedFrom []Store, err error) {
	all := len(stores) == 0
	if all {
		stores = []Store{StoreFile, StoreKeyring}
	}
	for _, store := range stores {
		failed := v.deleteFrom(ctx, store, name)
		switch {
		case failed == nil:
			removedFrom = append(removedFrom, store)
		case errors.Is(failed, ErrNoCredential), all && errors.Is(failed, errNoKeyring):
		case err == nil:
			err = failed
		}
	}
	return removedFrom, err
}

func (v *Vault) deleteFrom(ctx context.Context, store Store, name string) error {
	switch store {
	case StoreKeyring:
		return v.ringDelete(ctx, name)
	case StoreFile:
		return v.fileDelete(name)
	}
	return badStore(store)
}

// Move keeps a credential under another name. What is kept under that one is replaced. Where nothing is kept, there is
// nothing to move, and that is no error.
func (v *Vault) Move(ctx context.Context, store Store, old, name string) error {
	if old == name {
		return nil
	}
	switch store {
	case StoreKeyring:
		return v.ringMove(ctx, old, name)
	case StoreFile:
		return v.fileMove(old, name)
	}
	return badStore(store)
}

func badStore(store Store) error {
	return usageError("take keyring or file", "there is no place %q to keep a credential in", string(store))
}

// storedName says in which place a credential is: "the keyring", or "the file" with its path.
func (v *Vault) storedName(store Store) string {
	if store == StoreKeyring {
		return "the keyring"
	}
	path, err := CredentialsFile(v.env)
	if err != nil {
		return "a file"
	}
	return fmt.Sprintf("the file %s", path)
}
