package plan

import (
	"context"
	"fmt"
	"time"
)

// ResumeBulk waits for the end of an import that this machine began and did not follow to its end. It returns what that was,
// nil if there is none. It keeps what is known of the secrets that were sent, and forgets the import; what of it is missing, a
// new plan shows.
func ResumeBulk(ctx context.Context, s BulkServer, state *BulkState, o ImportOptions, p BulkProgress) (*PendingImport, error) {
	o = o.withDefaults()
	unlock, err := waitForImports(ctx, state, o, p)
	if err != nil {
		return nil, err
	}
	defer unlock()
	pending, err := state.Pending()
	if pending == nil || err != nil {
		return nil, err
	}
	r := &resumer{pending: pending, state: state, progress: p, reader: &exportReader{server: s, state: state, o: o}}
	if err := r.run(ctx); err != nil {
		return pending, interruptedOr(ctx, err, r.thread())
	}
	return pending, state.end(pending)
}

// resumer follows an import of another command.
type resumer struct {
	pending  *PendingImport
	state    *BulkState
	progress BulkProgress
	reader   *exportReader
}

func (r *resumer) thread() int64 {
	if r.pending.Thread == nil {
		return 0
	}
	return r.pending.Thread.ID
}

func (r *resumer) run(ctx context.Context) error {
	if !r.pending.Sent && r.pending.Thread == nil {
		return nil // it was written down, and not sent
	}
	end, err := r.follow(ctx)
	if err != nil {
		return err
	}
	now, err := r.read(ctx, end)
	if now == nil || err != nil {
		return err
	}
	if end.lost {
		if err := r.checkAdded(now); err != nil {
			return err
		}
	}
	return r.state.remember(r.sent(now, end))
}

// follow waits for the end of the import, if the server knows it.
func (r *resumer) follow(ctx context.Context) (ending, error) {
	begun := fmt.Sprintf("an import of %s that was begun at %s was not followed to its end", countRows(r.pending.Rows), r.pending.Started.Format(time.RFC3339))
	if r.pending.Thread == nil {
		r.progress.Say(begun + ", nor is its number known: waiting until the server's configuration stays the same")
		return ending{lost: true}, nil
	}
	r.progress.Say(fmt.Sprintf("%s: waiting for the end of import %d", begun, r.thread()))
	return followToEnd(ctx, r.reader.server, r.reader.o, errorNoter{r.progress, r.noteErrors}, *r.pending.Thread)
}

// noteErrors writes down that the import's log has errors, which a server may tell once only.
func (r *resumer) noteErrors() {
	r.pending.Failed = true
	if err := r.state.update(r.pending); err != nil {
		r.progress.Say(fmt.Sprintf("the errors of import %d could not be noted: %v", r.thread(), err))
	}
}

// checkAdded refuses to go on while the import may still be about to add rows: a new plan would add them once more.
func (r *resumer) checkAdded(now *Snapshot) error {
	missing := r.pending.missing(now)
	if len(missing) == 0 || r.pending.Doubted || r.pending.neverArrived(now, r.state) {
		return nil
	}
	if err := r.state.doubt(r.pending); err != nil {
		return err
	}
	return &UndecidedError{Rows: missing, Started: r.pending.Started}
}

// read reads the server when the import is over, where that is of use: rows that are to go may take a while, and secrets are
// remembered with what the server shows in their place.
func (r *resumer) read(ctx context.Context, end ending) (now *Snapshot, err error) {
	if end.lost {
		now, err = r.reader.untilSettled(ctx, r.thread(), r.pending.isMissing)
	}
	switch {
	case err != nil, end.lost && len(r.pending.Deletes) == 0:
		return now, err
	case len(r.pending.Deletes) > 0 && !end.lost:
		return r.reader.untilGone(ctx, func(now *Snapshot) bool { return hasNone(now, r.pending.Deletes) })
	case !end.lost && len(r.pending.Hidden) > 0:
		return r.reader.read(ctx)
	}
	return now, nil
}

// sent are the cells that were surely sent. Of an import that the server told the end of, those are all but the ones of rows with
// an error; else those of rows that were added, and those where the server shows something else than before. What is left out
// is sent once more: twice is better than never.
func (r *resumer) sent(now *Snapshot, end ending) map[SecretKey]Sent {
	names := make([]rowName, len(r.pending.Hidden))
	for i, row := range r.pending.Hidden {
		names[i] = rowName{row.Origin, row.Name}
	}
	said, rest := attribute(end.entries, names)
	told := hasError(end.entries) || !r.pending.Failed // errors that were heard before may not be told again
	ended := told && !end.lost && len(rest) == 0
	all := map[SecretKey]Sent{}
	for i, row := range r.pending.Hidden {
		if said[i] == "" {
			r.addSent(all, row, now, ended)
		}
	}
	return all
}

func (r *resumer) addSent(all map[SecretKey]Sent, row PendingRow, now *Snapshot, ended bool) {
	id, added := row.ID, false
	if id == 0 {
		id, _ = now.match(row.wanted())
		added = true
	}
	has := now.find(id)
	if has == nil {
		return
	}
	for column, cell := range row.Cells {
		sent := Sent{Value: cell.Value}
		if shown := string(has.Value(now.columns.place(canonical(column)))); shown != "" {
			sent.Shown = r.state.Fingerprint(shown)
		}
		changed := cell.Before != "" && sent.Shown != "" && sent.Shown != cell.Before
		if ended || added || changed {
			all[SecretKey{id, column}] = sent
		}
	}
}
