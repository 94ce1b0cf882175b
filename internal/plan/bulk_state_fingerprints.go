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

// maxFingerprints is how many fingerprints a file of them keeps; the oldest go first.
const maxFingerprints = 1_000_000

func (s *BulkState) exportedPath() string { return filepath.Join(s.dir, "exported") }

// typedPath is the file of what persons typed: a server that exports secrets in clear makes them look as if they came from an export.
func (s *BulkState) typedPath() string { return filepath.Join(s.dir, "typed") }

// WasExported implements [Memory]. What this machine sent because a person typed it does not count: it is surely in clear. Where the
// fingerprints cannot be read it says yes, so that nothing is sent by mistake; Err says why.
func (s *BulkState) WasExported(value string) bool {
	if !s.loaded {
		exported, err := s.readFingerprints(s.exportedPath())
		typed, errTyped := s.readFingerprints(s.typedPath())
		s.exported, s.typed, s.failed = sortedSet(exported), sortedSet(typed), errors.Join(err, errTyped)
		s.loaded = true
	}
	if s.failed != nil {
		return true
	}
	one := s.number(bareSecret([]byte(value)))
	return holdsOne(s.exported, one) && !holdsOne(s.typed, one)
}

func holdsOne(sorted []uint64, one uint64) bool {
	_, found := slices.BinarySearch(sorted, one)
	return found
}

// Err returns why the fingerprints could not be read when they were asked for, or nil.
func (s *BulkState) Err() error {
	if s == nil {
		return nil
	}
	return s.failed
}

// checkFingerprints looks at a file's size only: it is read when it is needed.
func (s *BulkState) checkFingerprints(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return s.fingerprintError(path, err)
	case !info.Mode().IsRegular() || info.Size()%fingerprintSize != 0:
		return s.fingerprintError(path, errors.New("it is damaged"))
	}
	return nil
}

func (s *BulkState) fingerprintError(path string, err error) error {
	advice := "delete the file: gijctl then no longer knows which secrets of a file came from an export, so export anew before you import"
	if path == s.typedPath() {
		advice = "delete the file: gijctl then no longer knows which secrets were typed, and may hold back those that the server exports in clear"
	}
	return &StateError{Path: path, Message: err.Error(), Err: err, Advice: advice}
}

// readFingerprints returns what a file of them has, the oldest first.
func (s *BulkState) readFingerprints(path string) ([]uint64, error) {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, s.fingerprintError(path, err)
	case len(data)%fingerprintSize != 0:
		return nil, s.fingerprintError(path, errors.New("it is damaged"))
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
		if value = bareSecret(value); len(value) == 0 {
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
	return note, func() error { return s.addFingerprints(s.exportedPath(), sortedSet(seen)) }
}

// noteTyped remembers the secrets that are about to be sent: none of them came from an export, unless somebody said so.
func (s *BulkState) noteTyped(changes []BulkChange) error {
	if s == nil {
		return nil
	}
	var typed []uint64
	for _, c := range changes {
		for _, cell := range c.Cells {
			if cell.Secret && !s.WasExported(cell.value.Reveal()) {
				typed = append(typed, s.number(bareSecret([]byte(cell.value.Reveal()))))
			}
		}
	}
	if typed == nil {
		return nil
	}
	return s.addFingerprints(s.typedPath(), sortedSet(typed))
}

func sortedSet(all []uint64) []uint64 {
	slices.Sort(all)
	return slices.Compact(all)
}

// addFingerprints writes fingerprints down, a sorted set of them. Those that were there already become the newest.
func (s *BulkState) addFingerprints(path string, seen []uint64) error {
	return locked(s.dir, func() error {
		old, err := s.readFingerprints(path)
		if err != nil {
			return err
		}
		all := slices.DeleteFunc(slices.Clone(old), func(one uint64) bool { return holdsOne(seen, one) })
		if len(all)+len(seen) == len(old) {
			return nil // nothing is new
		}
		all = append(all, seen...)
		all = all[max(0, len(all)-maxFingerprints):]
		if err := atomicfile.Write(path, encodeFingerprints(all)); err != nil {
			return fmt.Errorf("remember fingerprints of secrets: %w", err)
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
