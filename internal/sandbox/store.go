package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/gijctl/gijctl/internal/atomicfile"
)

// store keeps the state, in memory or in a file that other processes use at the same time.
//
// Every access takes the file's lock and looks whether somebody else wrote: by the stamp at the head of the file, since
// time, size and inode of two quick writes can be equal.
type store struct {
	path   string // "" for memory only
	now    func() time.Time
	lock   *lockedfile.Mutex
	mu     sync.Mutex
	cached *state
}

// openStore opens the state file, or makes it from the seed.
func openStore(path, seed string, now func() time.Time) (*store, error) {
	makeState, err := seedFor(seed)
	if err != nil {
		return nil, err
	}
	if path == "" {
		fresh, err := makeState().complete(now(), nil)
		return &store{now: now, cached: fresh}, err
	}
	s, err := fileStore(path)
	if err != nil {
		return nil, err
	}
	s.now = now
	return s, s.locked(func() error {
		err := s.refresh()
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		fresh, err := makeState().complete(now(), nil)
		if err != nil {
			return err
		}
		return s.save(fresh)
	})
}

// fileStore prepares the lock. It makes the lock file itself, because lockedfile would let the umask decide who may
// open it, and whoever holds the lock stops the sandbox.
func fileStore(path string) (*store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the sandbox folder: %w", err)
	}
	lockPath := path + ".lock"
	f, err := os.OpenFile(lockPath, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make the sandbox lock: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("make the sandbox lock: %w", err)
	}
	return &store{path: path, lock: lockedfile.MutexAt(lockPath)}, nil
}

// view returns the current state, which must not be changed.
func (s *store) view() (*state, error) {
	var st *state
	err := s.locked(func() error {
		if err := s.current(); err != nil {
			return err
		}
		st = s.cached
		return nil
	})
	return st, err
}

// update runs change on a copy of the current state and keeps the copy if change returns nil.
func (s *store) update(change func(*state) error) error {
	return s.locked(func() error {
		if err := s.current(); err != nil {
			return err
		}
		next := s.cached.clone()
		if err := change(next); err != nil {
			return err
		}
		return s.save(next)
	})
}

func (s *store) locked(do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.path == "" {
		return do()
	}
	unlock, err := s.lock.Lock()
	if err != nil {
		return fmt.Errorf("lock the sandbox state: %w", err)
	}
	defer unlock()
	return do()
}

// current refreshes, and does what imports have due. That is written to the file with the next change, or when nothing is under way
// any more: until then every reader works out the same from the clock.
func (s *store) current() error {
	if err := s.refresh(); err != nil {
		return err
	}
	now := s.now()
	if !s.cached.isDue(now) {
		return nil
	}
	next := s.cached.clone()
	next.advance(now)
	if next.busy() {
		s.cached = next
		return nil
	}
	return s.save(next)
}

// refresh reads the file if it is not the one that is cached.
func (s *store) refresh() error {
	if s.path == "" {
		return nil
	}
	f, err := os.Open(s.path)
	if err != nil {
		return fmt.Errorf("open the sandbox state: %w", err)
	}
	defer func() { _ = f.Close() }()
	if s.cached != nil && hasStamp(f, s.cached.Stamp) {
		return nil
	}
	st, err := readState(f)
	if err != nil {
		return fmt.Errorf("read the sandbox state %s: %w (gijctl sandbox reset makes a new one)", s.path, err)
	}
	s.cached = st
	return nil
}

func (s *store) save(st *state) error {
	st.Stamp = randomHex()
	if s.path != "" {
		data, err := json.Marshal(st)
		if err != nil {
			return fmt.Errorf("encode the sandbox state: %w", err)
		}
		if err := atomicfile.Write(s.path, data); err != nil {
			return fmt.Errorf("save the sandbox state: %w", err)
		}
	}
	s.cached = st
	return nil
}

// hasStamp reports whether the file begins with that stamp.
func hasStamp(f io.ReaderAt, stamp string) bool {
	want := []byte(`{"stamp":"` + stamp + `"`)
	got := make([]byte, len(want))
	_, err := f.ReadAt(got, 0)
	return err == nil && bytes.Equal(got, want)
}

func readState(f io.ReadSeeker) (*state, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	st := new(state)
	if err := json.Unmarshal(data, st); err != nil {
		return nil, err
	}
	if st.Version != stateVersion {
		return nil, fmt.Errorf("version %d is not version %d of this program", st.Version, stateVersion)
	}
	if len(st.Accounts) <= userIndex {
		return nil, errors.New("accounts are missing")
	}
	st.hostGitHub()
	return st, nil
}
