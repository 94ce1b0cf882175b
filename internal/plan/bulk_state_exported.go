package plan

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/gijctl/gijctl/internal/atomicfile"
)

// maxExported is how many fingerprints of exported secrets are kept; the oldest go first.
const maxExported = 1_000_000

func (s *BulkState) exportedPath() string { return filepath.Join(s.dir, "exported") }

// WasExported implements [Memory]. Where the fingerprints cannot be read it says yes, so that nothing is sent by mistake; Err
// says why.
func (s *BulkState) WasExported(value string) bool {
	if !s.loaded {
		s.exported, s.failed = s.readExported()
		slices.Sort(s.exported)
		s.loaded = true
	}
	if s.failed != nil {
		return true
	}
	_, found := slices.BinarySearch(s.exported, s.number([]byte(value)))
	return found
}

// Err returns why the fingerprints could not be read when they were asked for, or nil.
func (s *BulkState) Err() error {
	if s == nil {
		return nil
	}
	return s.failed
}

// checkExported looks at the file's size only: it is read when it is needed.
func (s *BulkState) checkExported() error {
	info, err := os.Stat(s.exportedPath())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return s.exportedError(err)
	case !info.Mode().IsRegular() || info.Size()%fingerprintSize != 0:
		return s.exportedError(errors.New("it is damaged"))
	}
	return nil
}

func (s *BulkState) exportedError(err error) error {
	return &StateError{
		Path: s.exportedPath(), Message: err.Error(), Err: err,
		Advice: "delete the file: gijctl then no longer knows which secrets of a file came from an export, so export anew before you import",
	}
}

// readExported returns the fingerprints, the oldest first.
func (s *BulkState) readExported() ([]uint64, error) {
	data, err := os.ReadFile(s.exportedPath())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, s.exportedError(err)
	case len(data)%fingerprintSize != 0:
		return nil, s.exportedError(errors.New("it is damaged"))
	}
	all := make([]uint64, len(data)/fingerprintSize)
	for i := range all {
		all[i] = binary.BigEndian.Uint64(data[i*fingerprintSize:])
	}
	return all, nil
}

// NoteExported remembers the fingerprints of secret cells that an export had: note takes them one by one, done writes them down.
// Values in clear and encrypted ones are alike, and empty ones are none.
func (s *BulkState) NoteExported() (note func(value []byte), done func() error) {
	const few = 1 << 12
	seen, compactAt := []uint64(nil), few
	h, sum := hmac.New(sha256.New, s.salt), make([]byte, 0, sha256.Size)
	note = func(value []byte) {
		if len(value) == 0 {
			return
		}
		h.Reset()
		h.Write(value)
		seen = append(seen, binary.BigEndian.Uint64(h.Sum(sum)))
		if len(seen) >= compactAt { // an encrypted empty value may stand in each row
			seen = sortedSet(seen)
			compactAt = max(few, 2*len(seen))
		}
	}
	return note, func() error { return s.addExported(sortedSet(seen)) }
}

func sortedSet(all []uint64) []uint64 {
	slices.Sort(all)
	return slices.Compact(all)
}

// addExported writes fingerprints down, a sorted set of them. Those that were there already become the newest.
func (s *BulkState) addExported(seen []uint64) error {
	return locked(s.dir, func() error {
		old, err := s.readExported()
		if err != nil {
			return err
		}
		all := slices.DeleteFunc(slices.Clone(old), func(one uint64) bool {
			_, found := slices.BinarySearch(seen, one)
			return found
		})
		if len(all)+len(seen) == len(old) {
			return nil // nothing is new
		}
		all = append(all, seen...)
		all = all[max(0, len(all)-maxExported):]
		if err := atomicfile.Write(s.exportedPath(), encodeFingerprints(all)); err != nil {
			return fmt.Errorf("remember which secrets were exported: %w", err)
		}
		s.loaded = false
		return nil
	})
}

func encodeFingerprints(all []uint64) []byte {
	data := make([]byte, 0, len(all)*fingerprintSize)
	for _, one := range all {
		data = binary.BigEndian.AppendUint64(data, one)
	}
	return data
}
