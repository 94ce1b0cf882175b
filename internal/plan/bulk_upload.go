package plan

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/gijctl/gijctl/pkg/gij"
)

// bulkFile is a file that is sent.
type bulkFile struct {
	open func() (io.ReadCloser, error)
	size int64
	hash string
}

// smallestFile makes the smallest file that carries the changes. It stays in memory, since it may hold secrets.
func smallestFile(changes []BulkChange) (bulkFile, error) {
	var buffer bytes.Buffer
	if err := WriteTSV(&buffer, changes); err != nil {
		return bulkFile{}, err
	}
	sum := sha256.Sum256(buffer.Bytes())
	return bulkFile{
		open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(buffer.Bytes())), nil },
		size: int64(buffer.Len()), hash: hex.EncodeToString(sum[:]),
	}, nil
}

// wholeFile makes a file of what write writes, which is too much for memory: it writes twice, first to find out how much that is.
func wholeFile(write func(io.Writer) error) (bulkFile, error) {
	sum, size := sha256.New(), counter(0)
	if err := write(io.MultiWriter(sum, &size)); err != nil {
		return bulkFile{}, err
	}
	open := func() (io.ReadCloser, error) {
		r, w := io.Pipe()
		go func() { w.CloseWithError(write(w)) }() // it ends when the reader is closed
		return r, nil
	}
	return bulkFile{open: open, size: int64(size), hash: hex.EncodeToString(sum.Sum(nil))}, nil
}

// counter counts the bytes that are written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// job is one import.
type job struct {
	places  []int // of its rows in the plan
	changes []BulkChange
	file    bulkFile
	intent  PendingImport

	noting  sync.Mutex // of intent: the file is read while it is sent, which is elsewhere
	sending bool
}

// note writes down what is known of the import.
func (j *job) note(state *BulkState, what func(*PendingImport)) error {
	j.noting.Lock()
	defer j.noting.Unlock()
	what(&j.intent)
	return state.update(&j.intent)
}

// body opens the file. When it was read to its end that is written down, before the end of the upload can be sent.
func (j *job) body(state *BulkState) (io.ReadCloser, error) {
	file, err := j.file.open()
	if err != nil {
		return nil, err
	}
	return &bodyToNote{ReadCloser: file, ended: func() error {
		j.noting.Lock()
		defer j.noting.Unlock()
		if !j.sending || j.intent.Sent {
			return nil
		}
		j.intent.Sent = true
		return state.update(&j.intent)
	}}, nil
}

// bodyToNote tells when a file was read to its end. An error of ended is one of the file.
type bodyToNote struct {
	io.ReadCloser
	ended func() error
}

// Read implements [io.Reader].
func (b *bodyToNote) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		if failed := b.ended(); failed != nil {
			return n, failed
		}
	}
	return n, err
}

func (j *job) setSending(is bool) {
	j.noting.Lock()
	defer j.noting.Unlock()
	j.sending = is
}

// thread is the server's number of the import; 0 if it is not known.
func (j *job) thread() int64 {
	if j.intent.Thread == nil {
		return 0
	}
	return j.intent.Thread.ID
}

func (a *applier) newJob(places []int, file func([]BulkChange) (bulkFile, error)) (*job, error) {
	j := &job{places: places}
	for _, place := range places {
		j.changes = append(j.changes, a.plan.Changes[place])
	}
	var err error
	if j.file, err = file(j.changes); err != nil {
		return nil, err
	}
	j.intent = PendingImport{Hash: j.file.hash, Backup: a.result.Backup, Rows: len(places)}
	if a.state != nil {
		j.intent.Started = a.state.now().UTC()
		j.intent.Hidden = hiddenRows(j.changes, a.state)
		if j.intent.Adds = addedRows(j.changes); j.intent.Adds != nil && a.o.Full == nil {
			j.intent.Traces = traces(j.changes, a.state)
		}
	}
	for _, c := range j.changes {
		if c.Action == ActionDelete {
			j.intent.Deletes = append(j.intent.Deletes, c.ID)
		}
	}
	return j, nil
}

// hiddenRows are the cells that cannot be read back, for the intent.
func hiddenRows(changes []BulkChange, m Memory) []PendingRow {
	var all []PendingRow
	for _, c := range changes {
		row := PendingRow{ID: c.ID, Origin: c.Origin, Name: c.Name, Type: c.Type, Parent: c.Parent, App: c.Action == ActionCreate && c.wanted().byName, Cells: map[string]PendingCell{}}
		for _, cell := range c.Cells {
			if !cell.Secret && !cell.NotShown {
				continue
			}
			kept := PendingCell{Value: m.Fingerprint(cell.sent())}
			if before := cell.shown.Reveal(); before != "" && !cell.volatile {
				kept.Before = m.Fingerprint(before)
			}
			row.Cells[cell.Column] = kept
		}
		if len(row.Cells) > 0 {
			all = append(all, row)
		}
	}
	return all
}

// post sends a file, and returns when it is answered: an interrupt ends what comes after it.
func (a *applier) post(ctx context.Context, j *job, confirmed []int64) (gij.BulkAnswer, error) {
	inFlight, done := outlive(ctx, func() {
		a.progress.Say("interrupted: what is being sent is finished first, for " + graceAfterInterrupt.String() + " at most")
	})
	j.setSending(true)
	defer j.setSending(false)
	answer, err := a.server.Import(inFlight, gij.BulkUpload{
		Open: func() (io.ReadCloser, error) { return j.body(a.state) }, Size: j.file.size, Rows: len(j.changes), ConfirmedDelete: confirmed, Look: a.look(j.changes),
	})
	done()
	if err == nil && answer.Thread == nil && len(answer.ToDelete) == 0 && !answer.Seen {
		err = &gij.Error{Kind: gij.KindUnknown, Op: "import the configuration", Message: "the server did not say what it did with the file"}
	}
	return answer, err
}

// errNotShown says that nothing of an import can be seen on the server.
var errNotShown = errors.New("the server does not show what was sent")

// look tells whether an import is seen on the server, for the case that its answer was lost.
func (a *applier) look(changes []BulkChange) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		if !slices.ContainsFunc(changes, isVisible) {
			return false, errNotShown
		}
		now, err := a.reader.read(ctx)
		if err != nil {
			return false, err
		}
		return slices.ContainsFunc(changes, func(c BulkChange) bool { return evident(c, now) }), nil
	}
}

// isVisible reports whether an export shows that a change was made.
func isVisible(c BulkChange) bool {
	return c.Action != ActionUpdate || slices.ContainsFunc(c.Cells, CellChange.isVisible)
}

// isVisible reports whether an export shows that a cell was changed. An encrypted form that stays the same while nobody
// changes the value does, although it does not show the value.
func (c CellChange) isVisible() bool {
	return !c.NotShown || c.Secret && !c.volatile && strings.TrimSpace(c.shown.Reveal()) != ""
}

// evident reports whether an export shows that a change was made, wholly or in part.
func evident(c BulkChange, now *Snapshot) bool {
	r := verifyRow(c, now)
	switch c.Action {
	case ActionCreate:
		return r.ID != 0
	case ActionDelete:
		return r.Outcome == OutcomeVerified
	case ActionUpdate, ActionNone:
	}
	row := now.find(c.ID)
	return row != nil && slices.ContainsFunc(c.Cells, func(cell CellChange) bool {
		shown := now.shown(row, cell.Column)
		return cell.isVisible() && (cell.seen(shown) == "" || cell.Secret && shown != "" && shown != strings.TrimSpace(cell.shown.Reveal()))
	})
}
