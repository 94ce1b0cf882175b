package plan

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// errLocked says that another process has a lock.
var errLocked = errors.New("another process has the lock")

// lockImports makes this the only process of the machine that imports into the server, until it calls unlock or ends, in whatever
// way. The error is [errLocked] while another one is.
func (s *BulkState) lockImports() (unlock func(), err error) {
	if s == nil {
		return func() {}, nil
	}
	f, err := openLocked(filepath.Join(s.folder, "importing"))
	if errors.Is(err, errLocked) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("lock the state: %w", err)
	}
	return func() { _ = f.Close() }, nil
}

// busyError is for a process that finds another at it.
func (s *BulkState) busyError() error {
	message := "another command of this machine is importing into this server"
	if other, err := s.Pending(); err == nil && other != nil {
		message = other.notOver()
	}
	return &ConflictError{Message: message, Advice: "nothing more was sent; run the same command again: it waits for the end of the other import first"}
}

// notOver says that an import is under way.
func (p *PendingImport) notOver() string {
	return fmt.Sprintf("an import of %s that this machine began at %s is not over", countRows(p.Rows), p.Started.Format(time.RFC3339))
}

// waitForImports waits until no other process of the machine imports into the server, and keeps others from it until unlock.
func waitForImports(ctx context.Context, state *BulkState, o ImportOptions, p BulkProgress) (unlock func(), err error) {
	w := newPatience(o)
	for first := true; ; first = false {
		unlock, err := state.lockImports()
		if !errors.Is(err, errLocked) {
			return unlock, err
		}
		if first {
			p.Say("another command of this machine is importing into this server: waiting for its end")
		}
		switch err := w.pause(ctx); {
		case ctx.Err() != nil:
			return nil, &InterruptedError{Between: true}
		case errors.Is(err, errPatience):
			return nil, &StillRunningError{Elsewhere: true}
		case err != nil:
			return nil, err
		}
	}
}
