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
	// Sent says that the whole file was handed to the network. Before that the server cannot have begun.
	Sent bool `json:"sent,omitempty"`
	// Doubted says that somebody was told of rows to add that were not seen, of which nobody knows whether they are still to come.
	Doubted bool `json:"doubted,omitempty"`
	// Failed says that errors of it were heard.
	Failed bool `json:"failed,omitempty"`
	Rows   int  `json:"rows"`
	// Deletes are the rows that it deletes; nil for an import that writes.
	Deletes []int64 `json:"deletes,omitempty"`
	// Hidden are the rows with cells that the server does not show.
	Hidden []PendingRow `json:"hidden,omitempty"`
	// Adds are the rows that it adds. Where there are any, Traces are cells that it changes before, by which it is known to have arrived.
	Adds   []PendingRow   `json:"adds,omitempty"`
	Traces []PendingTrace `json:"traces,omitempty"`
}

// PendingRow is a row of a pending import that is added, or has cells that the server does not show.
type PendingRow struct {
	ID     int64                  `json:"id,omitempty"` // 0 for one that is added
	Origin string                 `json:"origin"`
	Name   string                 `json:"name"`
	Type   string                 `json:"type,omitempty"`
	Parent int64                  `json:"parent,omitempty"`
	App    bool                   `json:"app,omitempty"`   // an integration of a GitHub App, which its name alone tells
	Cells  map[string]PendingCell `json:"cells,omitempty"` // that the server does not show, by column
}

func (r PendingRow) wanted() wantedRow {
	return wantedRow{origin: r.Origin, kind: r.Type, name: r.Name, parent: r.Parent, byName: r.App}
}

// PendingTrace is a cell that is changed, and the fingerprint of what it showed before: "" for nothing.
type PendingTrace struct {
	ID     int64  `json:"id"`
	Column string `json:"column"`
	Before string `json:"before,omitempty"`
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
			return s.busyError()
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
		if other, err := s.Pending(); err != nil || other == nil || !other.is(p) {
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
