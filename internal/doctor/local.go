package doctor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/gijctl/gijctl/internal/atomicfile"
)

const otherState = "set XDG_STATE_HOME to a folder of yours"

// checkStateDirectory checks that files can be kept between commands, and that nobody else reads them. A folder that does not
// exist is not made: whether it can be is tried beside it.
func (e *exam) checkStateDirectory() {
	if e.StateDirError != nil {
		message, remedy := explain(e.StateDirError)
		e.fail(CheckStateDirectory, message, remedy)
		return
	}
	info, err := os.Stat(e.StateDir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.checkParent()
	case err != nil:
		e.fail(CheckStateDirectory, "cannot look at "+e.StateDir+": "+innermost(err).Error(),
			"check the permissions of its parents, or "+otherState)
	case !info.IsDir():
		e.fail(CheckStateDirectory, e.StateDir+" is a file, not a folder", "move it away, or "+otherState)
	default:
		e.checkFolder(info)
	}
}

func (e *exam) checkFolder(info fs.FileInfo) {
	if err := tryFile(e.StateDir); err != nil {
		e.fail(CheckStateDirectory, "cannot write in "+e.StateDir+": "+innermost(err).Error(),
			"give it to this user (chmod u+rwx), free space on its disk, or "+otherState)
		return
	}
	if open := info.Mode().Perm() & 0o077; open != 0 && runtime.GOOS != "windows" {
		e.warn(CheckStateDirectory, fmt.Sprintf("%s can be read by others (mode %03o)", e.StateDir, info.Mode().Perm()),
			"type: chmod 700 "+e.StateDir)
		return
	}
	e.ok(CheckStateDirectory, e.StateDir+" can be written")
}

// tryFile writes a small file the way that real ones are written, and removes it.
func tryFile(dir string) error {
	path := filepath.Join(dir, "doctor-"+rand.Text())
	if err := atomicfile.Write(path, []byte("this is left of a run of gijctl doctor that was ended; it can be removed\n")); err != nil {
		return err
	}
	return os.Remove(path)
}

// checkParent tries in the nearest parent that exists whether a folder can be made.
func (e *exam) checkParent() {
	parent := filepath.Dir(e.StateDir)
	for {
		_, err := os.Stat(parent)
		if !errors.Is(err, fs.ErrNotExist) || parent == filepath.Dir(parent) {
			break
		}
		parent = filepath.Dir(parent)
	}
	made, err := os.MkdirTemp(parent, ".gijctl-doctor-")
	if err == nil {
		err = os.Remove(made)
	}
	if err != nil {
		e.fail(CheckStateDirectory, "cannot make "+e.StateDir+" in "+parent+": "+innermost(err).Error(), otherState)
		return
	}
	e.ok(CheckStateDirectory, e.StateDir+" does not exist yet, and can be made")
}

func (e *exam) askKeyring(ctx context.Context) error {
	if e.Keyring == nil {
		return noKeyringError{}
	}
	return e.Keyring(ctx)
}

// judgeKeyring comes after the credential: one that came from the environment needs no keyring.
func (e *exam) judgeKeyring(err error) {
	message, remedy := explain(err)
	switch {
	case err == nil:
		e.ok(CheckKeyring, "the keyring answers")
	case e.InKeyring && e.failed(CheckCredential):
		e.fail(CheckKeyring, message+"; the credential of this context is in it", remedy)
	default:
		e.warn(CheckKeyring, message, "this matters to gijctl auth login alone: keep the credential by --store file, or set GIJCTL_TOKEN")
	}
}

// noKeyringError is what a nil Options.Keyring means.
type noKeyringError struct{}

func (noKeyringError) Error() string { return "there is no keyring" }
func (noKeyringError) Hint() string  { return "log in again: gijctl auth login --store file" }
