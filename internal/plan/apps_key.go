package plan

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/gijctl/gijctl/pkg/gijtsv"
	"github.com/gijctl/gijctl/pkg/secret"
)

// PrivateKey returns the key that the export shows in a column of a row, nil where it shows none in clear.
func (s *Snapshot) PrivateKey(id int64, column string) *secret.PrivateKey {
	row := s.find(id)
	if row == nil {
		return nil
	}
	return keyOf(trimmed(row, s.header.Index(column)))
}

// keyOf reads a key, also one whose line breaks the export took; nil where it is none.
func keyOf(shown string) *secret.PrivateKey {
	if !beginsKey(shown) {
		return nil
	}
	text := []byte(shown)
	if repaired, could := secret.RepairPEM(text); could {
		text = repaired
	}
	key, err := secret.ParsePrivateKey(text)
	if err != nil {
		return nil
	}
	return key
}

// KeyColumns returns the columns that may hold the private key of a row: the one in which the row has a key in clear; else the ones
// whose names say pem; else the one that this machine sent one of these keys in before, for a server that hides them. No page names
// the column. state may be nil.
func (s *Snapshot) KeyColumns(id int64, state *BulkState, keys []string) []string {
	var inClear, named, sent []string
	row := s.find(id)
	if row == nil {
		return nil
	}
	for i, name := range s.header.Names {
		switch {
		case keyOf(trimmed(row, i)) != nil:
			inClear = append(inClear, name)
		case gijtsv.PEMColumn(gijtsv.NewHeader(name)) == 0:
			named = append(named, name)
		case state.hasSentOne(id, name, keys):
			sent = append(sent, name)
		}
	}
	for _, names := range [][]string{inClear, named, sent} {
		if len(names) > 0 {
			return names
		}
	}
	return nil
}

// hasSentOne reports whether one of the values was sent last in a cell.
func (s *BulkState) hasSentOne(id int64, column string, values []string) bool {
	if s == nil {
		return false
	}
	sent, found := s.Sent(id, column)
	return found && slices.ContainsFunc(values, func(value string) bool { return sent.Value == s.Fingerprint(value) })
}

// EarlierKey returns the key that an integration had before it had the one with this fingerprint: that of the newest backup which
// shows another in clear. It is nil where no backup does.
func (s *BulkState) EarlierKey(id int64, column, fingerprint string) *secret.PrivateKey {
	if s == nil {
		return nil
	}
	entries, _ := os.ReadDir(s.backupFolder()) // a folder that is not there has none
	var names []string
	for _, entry := range entries {
		if entry.Type().IsRegular() && isBackup(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	slices.Reverse(names)
	for _, name := range names {
		key := keyInBackup(filepath.Join(s.backupFolder(), name), id, column)
		if key != nil && !secret.SameFingerprint(key.Fingerprint(), fingerprint) {
			return key
		}
	}
	return nil
}

func keyInBackup(path string, id int64, column string) *secret.PrivateKey {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	backup, err := ReadSnapshot(f, column)
	if err != nil {
		return nil // it may be cut off, or another program's
	}
	return backup.PrivateKey(id, column)
}
