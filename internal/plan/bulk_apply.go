package plan

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// BulkServer is what bulk changes need of the server; the bulk service of [gij.Client] is one.
type BulkServer interface {
	Export(context.Context) (io.ReadCloser, error)
	Import(context.Context, gij.BulkUpload) (gij.BulkAnswer, error)
	Progress(context.Context, gij.BulkThread) (gij.BulkProgress, error)
}

// BulkProgress hears what an import is doing, one call at a time.
type BulkProgress interface {
	// Step begins something that may take a while: "reading the configuration", "sending 12 rows".
	Step(what string)
	// Backup says where the configuration was saved.
	Backup(path string)
	// Started says that the server began an import.
	Started(thread int64)
	// Polled hears each answer of the server about a running import; Entries are those that were not heard before.
	Polled(gij.BulkProgress)
	// Say tells something for good.
	Say(line string)
}

// ImportOptions say how a plan is carried out.
type ImportOptions struct {
	// PEMColumn names the column of private keys; "" finds it.
	PEMColumn string
	// Full writes the whole file instead of the smallest one; nil for the smallest. It is called twice, and sent in one import
	// whatever BatchSize says. Deletions travel by themselves all the same.
	Full func(io.Writer) error
	// BatchSize is how many changes go into one import; 0 means all.
	BatchSize int
	// NoWait ends after the server has begun the import. It needs a plan that is one import.
	NoWait bool
	// WaitTimeout bounds the wait for the server's end of each import; 0 means no bound.
	WaitTimeout time.Duration
	// Confirmed are the rows that may be deleted, MaxDeletes how many with those that go with them; 0 means as many as are
	// confirmed.
	Confirmed  []int64
	MaxDeletes int
	// BackupTo is where the configuration is saved; "" chooses a place in the state folder.
	BackupTo string
	// FirstPoll is the pause before the first question for progress; it grows to 10 s. 0 means 1 s.
	FirstPoll time.Duration
	// Wait pauses. The default is a timer.
	Wait func(context.Context, time.Duration) error
}

func (o ImportOptions) withDefaults() ImportOptions {
	if o.Wait == nil {
		o.Wait = wait
	}
	if o.FirstPoll <= 0 {
		o.FirstPoll = time.Second
	}
	if o.MaxDeletes <= 0 {
		o.MaxDeletes = len(o.Confirmed)
	}
	return o
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// BulkResult is how an import ended.
type BulkResult struct {
	// Rows are those of the plan, in its order.
	Rows []RowResult
	// Threads are the server's imports.
	Threads []int64
	// Backup is the file that the configuration was saved to.
	Backup string
	// Messages are errors of the server that belong to no row.
	Messages []string
	// Deleted are what the server listed for deletion, those that go with an integration included.
	Deleted []gij.BulkDelete
	// Running is the import that was not waited for; 0 if none.
	Running int64
}

// ReadExport reads the server's configuration into memory, and remembers its secrets' fingerprints in state, which may be nil.
func ReadExport(ctx context.Context, s BulkServer, state *BulkState, pemColumn string) (*Snapshot, error) {
	body, err := s.Export(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	snapshot, err := ReadSnapshot(body, pemColumn)
	if err != nil {
		return nil, fmt.Errorf("read the server's export: %w", err)
	}
	return snapshot, noteSecrets(snapshot, state)
}

// noteSecrets remembers what stands in the secret cells of an export.
func noteSecrets(s *Snapshot, state *BulkState) error {
	if state == nil {
		return nil
	}
	note, done := state.NoteExported()
	err := s.Each(func(row *gijtsv.Row, _ gijtsv.RowKind) error {
		for _, c := range s.columns.all {
			if c.secret {
				note(row.Value(c.index))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return done()
}

// ApplyBulk carries out a plan. The result is good also with an error; an error is what ended it before its end.
//
// The configuration is saved before anything is sent. Rows that are added or changed go first, in batches, each of which is seen on
// the server before the next; deletions go last, by themselves, and only if all else was seen. What is sent is written down in
// state before, so that [ResumeBulk] finds it after a crash; without a state it does not.
func ApplyBulk(ctx context.Context, s BulkServer, state *BulkState, plan *BulkPlan, o ImportOptions, p BulkProgress) (BulkResult, error) {
	a := newApplier(s, state, plan, o.withDefaults(), p)
	err := a.run(ctx)
	a.explainNotStarted(err)
	return a.result, err
}
