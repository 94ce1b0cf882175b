package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// sizeLimit is the size in bytes of the largest file that is read.
const sizeLimit = 1 << 20

// readPrivate reads a file that is its owner's alone, and closes it to others if it is not: the note says so. A file that
// does not exist is empty. One that isOurs does not know is left as it is: GIJCTL_CONFIG may name any file by mistake.
func readPrivate(path string, isOurs func(data []byte) bool) (data []byte, note string, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", unreadable(err)
	}
	defer func() { _ = f.Close() }()
	data, err = io.ReadAll(io.LimitReader(f, sizeLimit+1))
	if err != nil {
		return nil, "", unreadable(err)
	}
	if len(data) > sizeLimit {
		return nil, "", inputError("is it the right file?", "%s is larger than %d MiB", path, sizeLimit>>20)
	}
	note, err = closeToOthers(f, func() bool { return isOurs(data) })
	return data, note, err
}

// unreadable is the error for a file that the system does not give. Its cause names the path.
func unreadable(err error) error {
	return &Error{
		kind: codeFailed, message: fmt.Sprintf("read the configuration: %v", err), cause: err,
		hint: "give the file to this user, or name another one: export GIJCTL_CONFIG=FILE",
	}
}

// closeToOthers takes from everybody but the owner what they may do with a file. Devices stay as they are: /dev/null is
// a configuration too.
func closeToOthers(f *os.File, isOurs func() bool) (note string, err error) {
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("read the configuration: %w", err)
	}
	mode := info.Mode()
	if runtime.GOOS == "windows" || !mode.IsRegular() || mode.Perm()&0o077 == 0 || !isOurs() {
		return "", nil
	}
	if err := f.Chmod(mode.Perm() &^ 0o077); err != nil {
		return fmt.Sprintf("%s is open to others (mode %o), and cannot be closed: %v", f.Name(), mode.Perm(), err), nil
	}
	return fmt.Sprintf("%s was open to others (mode %o); it is closed now (mode %o)", f.Name(), mode.Perm(), mode.Perm()&^0o077), nil
}

// refuseIrregular refuses to change what is no file, or is reached through a symbolic link, before anything else is done.
// remedy is what to do, and ends before the path that a link leads to.
func refuseIrregular(path, remedy string) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil, info.Mode().IsRegular():
		return nil // what is wrong besides is told by whoever reads or writes it
	case info.Mode()&fs.ModeSymlink == 0:
		return &Error{kind: codeFailed, message: path + " is no file that can be written", hint: remedy + "FILE"}
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		target = "FILE"
	}
	return &Error{
		kind: codeFailed, message: path + " is a symbolic link, and gijctl does not write through one", hint: remedy + target,
	}
}

// locked runs do while no other command changes the file at path. It makes the lock file itself, because lockedfile would
// let the umask decide who may open it, and whoever holds the lock stops every command.
func locked(path string, do func() error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return unwritable("make the folder of the configuration", err)
	}
	lock := path + ".lock"
	f, err := os.OpenFile(lock, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return unwritable("lock "+path, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	unlock, err := lockedfile.MutexAt(lock).Lock()
	if err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	defer unlock()
	return do()
}

func unwritable(what string, err error) error {
	return &Error{
		kind: codeFailed, message: fmt.Sprintf("%s: %v", what, err), cause: err,
		hint: "give the folder to this user (chmod u+rwx), or name another file: export GIJCTL_CONFIG=FILE",
	}
}
