package plan

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/gijctl/gijctl/internal/atomicfile"
)

// saltSize is the size of the salt in bytes, fingerprintSize that of a fingerprint.
const (
	saltSize        = 32
	fingerprintSize = 8
)

// BulkState is what this machine remembers of imports into one server: backups, the import that is under way, and fingerprints of
// secrets. It implements [Memory]. All of its files are readable by their owner alone. Other processes may use them at the same
// time; a BulkState itself is not safe for concurrent use. A nil one remembers nothing.
type BulkState struct {
	dir    string // shared by all servers: salt and fingerprints of exports
	folder string // of this server
	now    func() time.Time
	salt   []byte
	sent   map[string]Sent // by "id/column"

	exported, typed []uint64 // fingerprints, sorted
	loaded          bool     // that they were read, which waits until somebody asks
	failed          error    // of that
}

// StateError is a file of the state folder that cannot be used.
type StateError struct {
	Path    string
	Message string
	Advice  string
	Err     error
}

// Error says which file, and why.
func (e *StateError) Error() string { return e.Path + ": " + e.Message }

// Unwrap returns the cause.
func (e *StateError) Unwrap() error { return e.Err }

// Hint says what to do, and what is lost by it.
func (e *StateError) Hint() string { return e.Advice }

// OpenBulkState opens the memory of one server below dir, which may not exist yet. server is the base URL, or "sandbox". A file
// that cannot be read is a [*StateError].
func OpenBulkState(dir, server string, now func() time.Time) (*BulkState, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find the state folder: %w", err)
	}
	s := &BulkState{dir: dir, folder: filepath.Join(dir, folderName(server)), now: now}
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the state folder: %w", err)
	}
	if err := locked(dir, s.openSalt); err != nil {
		return nil, err
	}
	if s.sent, err = s.readSent(); err != nil {
		return nil, err
	}
	return s, errors.Join(s.checkFingerprints(s.exportedPath()), s.checkFingerprints(s.typedPath()))
}

// folderName is a name that a person recognises, and that no other server has.
func folderName(server string) string {
	server = strings.TrimRight(server, "/")
	if u, err := url.Parse(server); err == nil && u.Host != "" {
		u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
		server = u.String()
	}
	_, name, found := strings.Cut(server, "://")
	if !found {
		name = server
	}
	const longest, hashed = 40, 4
	slug := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '.' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	sum := sha256.Sum256([]byte(server))
	return strings.Trim(slug[:min(len(slug), longest)], "-.") + "-" + hex.EncodeToString(sum[:hashed])
}

// locked runs do while no other process does so in the same folder. It makes the lock file itself, because lockedfile would let the
// umask decide who may open it.
func locked(folder string, do func() error) error {
	path := filepath.Join(folder, "lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("make the lock of the state: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("make the lock of the state: %w", err)
	}
	unlock, err := lockedfile.MutexAt(path).Lock()
	if err != nil {
		return fmt.Errorf("lock the state: %w", err)
	}
	defer unlock()
	return do()
}

// openSalt reads the salt, or makes one where there are no fingerprints yet.
func (s *BulkState) openSalt() error {
	path := filepath.Join(s.dir, "salt")
	salt, err := os.ReadFile(path)
	switch {
	case err == nil && len(salt) == saltSize:
		s.salt = salt
		return nil
	case err == nil:
		return s.saltError(path, errors.New("it is damaged"))
	case !errors.Is(err, fs.ErrNotExist):
		return s.saltError(path, err)
	}
	for _, made := range []string{s.exportedPath(), s.typedPath(), s.sentPath()} {
		if _, err := os.Lstat(made); !errors.Is(err, fs.ErrNotExist) {
			return s.saltError(path, errors.New("it is missing, and there are fingerprints that were made with it"))
		}
	}
	s.salt = make([]byte, saltSize)
	_, _ = rand.Read(s.salt) // it never fails
	return atomicfile.Write(path, s.salt)
}

func (s *BulkState) saltError(path string, err error) error {
	return &StateError{
		Path: path, Message: err.Error(), Err: err,
		Advice: "move the folder " + s.dir + " away: gijctl then no longer knows which secrets came from an export and which were sent, so look at them in each plan",
	}
}

// Fingerprint implements [Memory].
func (s *BulkState) Fingerprint(value string) string {
	h := hmac.New(sha256.New, s.salt)
	h.Write([]byte(value))
	return hex.EncodeToString(h.Sum(nil)[:fingerprintSize])
}

// number is a fingerprint of a value as it is kept in the file of those that were exported.
func (s *BulkState) number(value []byte) uint64 {
	h := hmac.New(sha256.New, s.salt)
	h.Write(value)
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// Sent implements [Memory].
func (s *BulkState) Sent(id int64, column string) (Sent, bool) {
	sent, found := s.sent[sentKey(SecretKey{id, column})]
	return sent, found
}

func sentKey(k SecretKey) string { return strconv.FormatInt(k.ID, 10) + "/" + k.Column }

func (s *BulkState) sentPath() string { return filepath.Join(s.folder, "sent.json") }

func (s *BulkState) readSent() (map[string]Sent, error) {
	sent := map[string]Sent{}
	err := readState(s.sentPath(), &sent)
	if errors.Is(err, fs.ErrNotExist) {
		return sent, nil
	}
	if err == nil && sent == nil {
		err = errors.New("it is damaged: it holds nothing")
	}
	if err != nil {
		return nil, &StateError{
			Path: s.sentPath(), Message: err.Error(), Err: err,
			Advice: "delete the file: the secrets that the server does not show are then sent once more, and the plan says so",
		}
	}
	return sent, nil
}

// readState decodes a JSON file of the state.
func readState(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("it is damaged: %w", err)
	}
	return nil
}

// remember keeps what was sent. Another process may have kept something since the state was opened.
func (s *BulkState) remember(sent map[SecretKey]Sent) error {
	if s == nil || len(sent) == 0 {
		return nil
	}
	return locked(s.folder, func() error {
		all, err := s.readSent()
		if err != nil {
			return err
		}
		at := s.now().Unix()
		for key, one := range sent {
			one.At = at
			all[sentKey(key)] = one
		}
		data, err := json.MarshalIndent(all, "", "\t")
		if err != nil {
			return fmt.Errorf("encode what was sent: %w", err)
		}
		if err := atomicfile.Write(s.sentPath(), append(data, '\n')); err != nil {
			return err
		}
		s.sent = all
		return nil
	})
}
