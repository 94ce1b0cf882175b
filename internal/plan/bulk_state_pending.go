package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gijctl/gijctl/internal/atomicfile"
	"github.com/gijctl/gijctl/pkg/gij"
)

// PendingImport is an import that was begun, or was about to be.
type PendingImport struct {
	Started time.Time `json:"started"`
	Hash    string    `json:"hash"` // of the file that is sent, SHA-256
	// Thread is nil where the server's answer did not arrive, or was not kept.
	Thread *gij.BulkThread `json:"thread,omitempty"`
	Backup string          `json:"backup"`
	// Failed says that errors of it were heard.
	Failed bool `json:"failed,omitempty"`
	Rows   int  `json:"rows"`
	// Deletes are the rows that it deletes; nil for an import that writes.
	Deletes []int64 `json:"deletes,omitempty"`
	// Hidden are the rows with cells that the server does not show.
	Hidden []PendingRow `json:"hidden,omitempty"`
}

// PendingRow is a row of a pending import with cells that the server does not show.
type PendingRow struct {
	ID     int64                  `json:"id,omitempty"` // 0 for one that is added
	Origin string                 `json:"origin"`
	Name   string                 `json:"name"`
	Type   string                 `json:"type,omitempty"`
	Parent int64                  `json:"parent,omitempty"`
	Cells  map[string]PendingCell `json:"cells"` // by column
}

// PendingCell is the fingerprint of a value that is sent, and of what the server showed before: "" where that tells nothing.
type PendingCell struct {
	Value  string `json:"value"`
	Before string `json:"before,omitempty"`
}

func (s *BulkState) pendingPath() string { return filepath.Join(s.folder, "pending.json") }

// Pending returns the import that was begun and not followed to its end, or nil.
func (s *BulkState) Pending() (*PendingImport, error) {
	if s == nil {
		return nil, nil
	}
	p := new(PendingImport)
	err := readState(s.pendingPath(), p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && (p.Hash == "" || p.Started.IsZero()) {
		err = errors.New("it is damaged: hash or time is missing")
	}
	if err != nil {
		return nil, &StateError{
			Path: s.pendingPath(), Message: err.Error(), Err: err,
			Advice: "an import may be under way: look in Jira whether it is over, then delete the file; secrets that it sent are then sent once more",
		}
	}
	return p, nil
}

// begin writes an import down before it is sent. One that another process began since is in the way.
func (s *BulkState) begin(p *PendingImport) error {
	if s == nil {
		return nil
	}
	return locked(s.folder, func() error {
		other, err := s.Pending()
		if err != nil {
			return err
		}
		if other != nil && !other.is(p) {
			return &ConflictError{
				Message: fmt.Sprintf("an import of %s that this machine began at %s is not over", countRows(other.Rows), other.Started.Format(time.RFC3339)),
				Advice:  "nothing more was sent; run the same command again: it waits for the end of the other import first",
			}
		}
		return s.writePending(p)
	})
}

// update writes down what was heard of an import. One that another process has followed to its end stays forgotten.
func (s *BulkState) update(p *PendingImport) error {
	if s == nil {
		return nil
	}
	return locked(s.folder, func() error {
		if other, err := s.Pending(); err != nil || other != nil && !other.is(p) {
			return err
		}
		return s.writePending(p)
	})
}

func (s *BulkState) writePending(p *PendingImport) error {
	data, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		return fmt.Errorf("encode the import that begins: %w", err)
	}
	return atomicfile.Write(s.pendingPath(), append(data, '\n'))
}

// is reports whether two are the same import.
func (p *PendingImport) is(other *PendingImport) bool {
	return p.Hash == other.Hash && p.Started.Equal(other.Started)
}

// end forgets an import that is over.
func (s *BulkState) end(p *PendingImport) error {
	if s == nil {
		return nil
	}
	return locked(s.folder, func() error {
		other, err := s.Pending()
		if err != nil || other == nil || !other.is(p) {
			return err
		}
		if err := os.Remove(s.pendingPath()); err != nil {
			return fmt.Errorf("forget an import that is over: %w", err)
		}
		return nil
	})
}
