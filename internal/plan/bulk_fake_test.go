package plan_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// fakeBulk is a server of bulk changes, small enough to be surely right. What it does wrong, a test says.
type fakeBulk struct {
	t       *testing.T
	columns []string
	rows    []map[string]string
	secrets map[string]string // by "id/column": what was really set
	nextID  int
	version int // of the secrets, where each export shows others

	// hide says how secrets are exported: "" blank, "blob" always the same, "fresh" another each time, "clear".
	hide string
	// threads are the imports that were begun, by their number.
	threads map[int64]*fakeThread
	// complain returns what the log says of a row that the server does not take, or "".
	complain func(row map[string]string) string
	// polls is how many questions it takes until an import is finished; drained empties the log with each.
	polls   int
	drained bool
	// unlisted leaves children out of what is asked to confirm; extra adds to it; careless begins at once, and deletes nothing;
	// again asks once more.
	unlisted, careless, again bool
	extra                     []gij.BulkDelete
	// lazy is how many more exports show a row that was deleted.
	lazy int
	gone []map[string]string

	// before and after run around each call; an error of theirs is that of the call. received runs when an upload is complete.
	before, after func(call string) error
	received      func()
	// slow is how many more exports do not show what was added.
	slow    int
	calls   []string
	uploads []string
}

type fakeThread struct {
	entries []gij.BulkEntry
	told    int // entries, where they are drained
	polls   int // left
}

func newFakeBulk(t *testing.T, text string) *fakeBulk {
	t.Helper()
	columns, rows := read(t, text)
	return &fakeBulk{
		t: t, columns: columns, rows: rows, secrets: map[string]string{}, nextID: 100, polls: 1, threads: map[int64]*fakeThread{},
	}
}

// call records a call and what happens around it.
func (f *fakeBulk) call(name string, do func() error) error {
	f.calls = append(f.calls, name)
	if err := f.begin(name); err != nil {
		return err
	}
	return f.end(name, do)
}

func (f *fakeBulk) begin(name string) error {
	if f.before == nil {
		return nil
	}
	return f.before(name)
}

func (f *fakeBulk) end(name string, do func() error) error {
	if err := do(); err != nil {
		return err
	}
	if f.after != nil {
		return f.after(name)
	}
	return nil
}

// Export implements [plan.BulkServer].
func (f *fakeBulk) Export(ctx context.Context) (body io.ReadCloser, err error) {
	return body, f.call("export", func() error {
		if ctx.Err() != nil {
			return &gij.Error{Kind: gij.KindNetwork, Op: "export", Message: "interrupted", Err: ctx.Err()}
		}
		body = io.NopCloser(strings.NewReader(f.text()))
		return nil
	})
}

func (f *fakeBulk) text() string {
	f.version++
	var b bytes.Buffer
	b.WriteString(strings.Join(f.columns, "\t") + "\n")
	rows := f.rows
	if f.slow > 0 {
		f.slow--
		rows = slices.DeleteFunc(slices.Clone(rows), func(row map[string]string) bool { return len(row["id"]) > 2 })
	}
	if f.lazy > 0 {
		f.lazy--
		rows = slices.Concat(rows, f.gone)
	}
	for _, row := range rows {
		var cells []string
		for _, column := range f.columns {
			cells = append(cells, f.shown(row, column))
		}
		b.WriteString(strings.Join(cells, "\t") + "\n")
	}
	return b.String()
}

func (f *fakeBulk) shown(row map[string]string, column string) string {
	value := f.secrets[row["id"]+"/"+column]
	switch {
	case !gijtsv.SecretColumn(column):
		return row[column]
	case value == "" || f.hide == "":
		return ""
	case f.hide == "clear":
		return value
	case f.hide == "fresh":
		return "{AES}" + strconv.Itoa(f.version) + "x" + strconv.Itoa(len(value))
	}
	return "{AES}" + fmt.Sprintf("%x", value)
}

// Import implements [plan.BulkServer], with the looks of the real one at an answer that is lost.
func (f *fakeBulk) Import(ctx context.Context, u gij.BulkUpload) (answer gij.BulkAnswer, err error) {
	refused := f.begin("import") // who is killed here has sent nothing
	file, err := u.Open()
	if err != nil {
		return answer, err
	}
	data, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil || int64(len(data)) != u.Size {
		f.t.Errorf("a file of %d bytes, not %d: %v", len(data), u.Size, err)
	}
	f.uploads = append(f.uploads, string(data))
	name := fmt.Sprintf("import %s %v", cellsOf(string(data)), u.ConfirmedDelete)
	f.calls = append(f.calls, name)
	if f.received != nil {
		f.received()
	}
	if err = refused; err == nil {
		err = f.end(name, func() error {
			answer = f.take(string(data), u.ConfirmedDelete)
			return nil
		})
	}
	if errors.Is(err, errLost) {
		return f.settle(ctx, u)
	}
	return answer, err
}

// errLost is an answer that does not arrive.
var errLost = errors.New("lost")

func (f *fakeBulk) settle(ctx context.Context, u gij.BulkUpload) (gij.BulkAnswer, error) {
	for range 3 {
		seen, err := u.Look(context.WithoutCancel(ctx))
		if err == nil && seen {
			return gij.BulkAnswer{Seen: true}, nil
		}
	}
	return gij.BulkAnswer{}, &gij.Error{Kind: gij.KindUnknown, Op: "import", Message: "unknown whether it was done"}
}

// cellsOf is a file as tests state it: a|b/c|d.
func cellsOf(text string) string {
	return strings.NewReplacer("\t", "|", "\n", "/").Replace(strings.TrimSuffix(text, "\n"))
}

func (f *fakeBulk) take(text string, confirmed []int64) gij.BulkAnswer {
	_, rows := read(f.t, text)
	listed := f.listed(rows)
	allConfirmed := !slices.ContainsFunc(listed, func(d gij.BulkDelete) bool { return !slices.Contains(confirmed, d.ID) })
	if len(listed) > 0 && !f.careless && (!allConfirmed || f.again) {
		return gij.BulkAnswer{ToDelete: listed}
	}
	thread := &fakeThread{polls: f.polls}
	for _, row := range rows {
		thread.entries = append(thread.entries, f.takeRow(row, confirmed)...)
	}
	id := int64(141 + len(f.threads))
	f.threads[id] = thread
	return gij.BulkAnswer{Thread: &gij.BulkThread{ID: id, Cookies: []gij.BulkCookie{{Name: "ROUTEID", Value: ".1"}}}}
}

// listed are the rows that a file deletes, with what goes with them.
func (f *fakeBulk) listed(rows []map[string]string) []gij.BulkDelete {
	var all []gij.BulkDelete
	for _, row := range rows {
		if row["delete"] == "" {
			continue
		}
		for _, has := range f.rows {
			if has["id"] == row["id"] || has["trackedFolderId"] == row["id"] && !f.unlisted {
				id, _ := strconv.ParseInt(has["id"], 10, 64)
				all = append(all, gij.BulkDelete{ID: id, Description: has["displayName"]})
			}
		}
	}
	if len(all) > 0 {
		all = append(all, f.extra...)
	}
	return all
}

func (f *fakeBulk) takeRow(row map[string]string, confirmed []int64) []gij.BulkEntry {
	id, _ := strconv.ParseInt(row["id"], 10, 64)
	if row["delete"] != "" {
		if slices.Contains(confirmed, id) {
			f.remove(row["id"])
		}
		return []gij.BulkEntry{{Message: "Removing " + row["origin"]}}
	}
	if f.complain != nil {
		if why := f.complain(row); why != "" {
			return []gij.BulkEntry{{Message: "Updating repository " + row["origin"]}, {Error: true, Message: why}}
		}
	}
	has := f.find(row["id"])
	if has == nil {
		f.nextID++
		has = map[string]string{"id": strconv.Itoa(f.nextID)}
		f.rows = append(f.rows, has)
	}
	for column, value := range row {
		switch {
		case value == "" || column == "id":
		case gijtsv.SecretColumn(column):
			f.secrets[has["id"]+"/"+column] = value
		default:
			has[column] = value
		}
	}
	return []gij.BulkEntry{{Message: "Updating repository " + row["origin"]}, {Message: "Resolving deltas"}}
}

func (f *fakeBulk) find(id string) map[string]string {
	for _, row := range f.rows {
		if row["id"] == id && id != "" {
			return row
		}
	}
	return nil
}

func (f *fakeBulk) remove(id string) {
	f.rows = slices.DeleteFunc(f.rows, func(row map[string]string) bool {
		goes := row["id"] == id || row["trackedFolderId"] == id
		if goes {
			f.gone = append(f.gone, row)
		}
		return goes
	})
}

// Progress implements [plan.BulkServer].
func (f *fakeBulk) Progress(ctx context.Context, thread gij.BulkThread) (p gij.BulkProgress, err error) {
	return p, f.call(fmt.Sprintf("progress %d", thread.ID), func() error {
		th, known := f.threads[thread.ID]
		switch {
		case ctx.Err() != nil:
			return &gij.Error{Kind: gij.KindNetwork, Op: "progress", Message: "interrupted", Err: ctx.Err()}
		case !known:
			return &gij.Error{Kind: gij.KindNotFound, Op: "progress", Status: http.StatusNotFound, Message: "no such thread"}
		case len(thread.Cookies) != 1:
			f.t.Errorf("the cookie is lost: %v", thread)
		}
		th.polls--
		p = gij.BulkProgress{Finished: th.polls <= 0, Entries: th.entries}
		if f.drained {
			upTo := len(th.entries)
			if !p.Finished {
				upTo = min(th.told+1, upTo)
			}
			p.Entries, th.told = th.entries[th.told:upTo], upTo
		}
		return nil
	})
}
