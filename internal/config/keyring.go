package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/zalando/go-keyring"
)

// keyringService is what everything of gijctl in a keyring is called; the user is the name of the context.
const keyringService = "gijctl"

// errNoKeyring says that this machine has no keyring at all.
var errNoKeyring = errors.New("there is no keyring")

// What to do without the keyring. It depends on what it was asked for.
const (
	fileInstead = "add --store file to gijctl auth login, to keep the credential in a file that only you can read; or set GIJCTL_TOKEN"
	laterOn     = "type it again in a desktop session"
	noLonger    = laterOn + "; or revoke the token in Jira, and take the context out of the file in an editor"
)

// ring is what is used of a keyring.
type ring interface {
	Set(service, user, value string) error
	Get(service, user string) (string, error)
	Delete(service, user string) error
}

// systemRing is the keyring of the operating system: the Secret Service by D-Bus, the macOS Keychain, the Windows
// Credential Manager. The last two were not tried.
type systemRing struct{}

func (systemRing) Set(service, user, value string) error    { return keyring.Set(service, user, value) }
func (systemRing) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (systemRing) Delete(service, user string) error        { return keyring.Delete(service, user) }

// CheckKeyring returns nil if the keyring answers. It reads an item that does not exist, and changes nothing.
func (v *Vault) CheckKeyring(ctx context.Context) error {
	_, err := v.ringRead(ctx, "no context has spaces in its name", fileInstead)
	if errors.Is(err, ErrNoCredential) {
		return nil
	}
	return err
}

func (v *Vault) ringGet(ctx context.Context, name string) (string, error) {
	return v.ringRead(ctx, name, "keep the credential in a file that only you can read: gijctl auth login --context "+name+
		" --store file; or set GIJCTL_TOKEN")
}

func (v *Vault) ringRead(ctx context.Context, name, instead string) (string, error) {
	return v.ask(ctx, instead, func() (string, error) { return v.ring.Get(keyringService, name) })
}

func (v *Vault) ringSet(ctx context.Context, name, value string) error {
	_, err := v.ask(ctx, fileInstead, func() (string, error) { return "", v.ring.Set(keyringService, name, value) })
	return err
}

func (v *Vault) ringDelete(ctx context.Context, name string) error {
	_, err := v.ask(ctx, noLonger, func() (string, error) { return "", v.ring.Delete(keyringService, name) })
	return err
}

// ringMove moves the value as it is. Until the old one is gone nothing is lost.
func (v *Vault) ringMove(ctx context.Context, old, name string) error {
	value, err := v.ringRead(ctx, old, laterOn)
	if errors.Is(err, ErrNoCredential) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := v.ringSet(ctx, name, value); err != nil {
		return err
	}
	if err := v.ringDelete(ctx, old); err != nil {
		_ = v.ringDelete(ctx, name) // the context keeps its name, so a copy would belong to nobody
		return err
	}
	return nil
}

type ringAnswer struct {
	value string
	err   error
}

// ask makes one call to the keyring, and leaves it alone when the limit is over: a locked keyring asks the person in a
// window, and a silent D-Bus never answers; the library waits for either without end. instead is what to do without it.
func (v *Vault) ask(ctx context.Context, instead string, call func() (string, error)) (string, error) {
	if err := v.findSession(instead); err != nil {
		return "", err
	}
	limited, cancel := context.WithTimeout(ctx, v.limit)
	defer cancel()
	answers := make(chan ringAnswer, 1)
	go func() { answers <- recovered(call) }()
	select {
	case a := <-answers:
		return a.value, explain(a.err, instead)
	case <-limited.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			return "", fmt.Errorf("ask the keyring: %w", ctx.Err())
		}
		return "", authError("if it asks for its password, unlock it and type the command again; or "+instead,
			"the keyring did not answer within %s", v.limit)
	}
}

// recovered survives a library that takes a broken connection for an answer.
func recovered(call func() (string, error)) (a ringAnswer) {
	defer func() {
		if r := recover(); r != nil {
			a = ringAnswer{err: errors.New("the connection to it broke")}
		}
	}()
	value, err := call()
	return ringAnswer{value: value, err: err}
}

// explain turns an error of the library into ours. What it says of a locked keyring has no type, so one hint is for all
// that it refuses.
func explain(err error, instead string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNoCredential
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return authError(fileInstead, "this credential is too long for the keyring")
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return noKeyring("this system has none that gijctl knows", instead)
	}
	return &Error{
		kind: codeAuth, message: fmt.Sprintf("the keyring refused: %v", err), cause: err,
		hint: "if it is locked, unlock it and type the command again; or " + instead,
	}
}

func noKeyring(why, hint string) error {
	return &Error{kind: codeAuth, message: "there is no keyring on this machine: " + why, hint: hint, cause: errNoKeyring}
}

// findSession looks for the D-Bus session before the library does: without one, the library starts daemons by
// dbus-launch, and nobody ends them.
func (v *Vault) findSession(instead string) error {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return nil
	}
	// "autolaunch:" is the word for dbus-launch.
	if address := v.env.Get("DBUS_SESSION_BUS_ADDRESS"); address != "" && address != "autolaunch:" {
		return nil
	}
	dir := v.env.Get("XDG_RUNTIME_DIR")
	socket := filepath.Join(dir, "bus")
	here, err := os.Stat(socket)
	if dir == "" || err != nil {
		return noKeyring("no D-Bus session", instead)
	}
	// The library looks at the usual place alone.
	usual, err := os.Stat(filepath.Join("/run/user", strconv.Itoa(os.Getuid()), "bus"))
	if err == nil && os.SameFile(here, usual) {
		return nil
	}
	return noKeyring("its D-Bus session is at an unusual place", "type: export DBUS_SESSION_BUS_ADDRESS=unix:path="+socket)
}
