package plan

import (
	"errors"
	"os"
	"syscall"
)

// openLocked opens a file that nobody else has open, or says [errLocked]: Windows lets nobody else open it until it is closed, or the
// process ends.
func openLocked(path string) (*os.File, error) {
	const sharingViolation = syscall.Errno(32)
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(
		name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case err == nil:
		return os.NewFile(uintptr(h), path), nil
	case errors.Is(err, sharingViolation):
		return nil, errLocked
	}
	return nil, &os.PathError{Op: "open", Path: path, Err: err}
}
