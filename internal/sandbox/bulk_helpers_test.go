package sandbox_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/sandbox"
)

const (
	exportPath   = "/rest/gitplugin/1.0/configuration"
	importPath   = exportPath + ".json"
	progressPath = exportPath + "/progress.json?thread_id="
)

// clock is a clock that tests set.
type clock struct{ passed atomic.Int64 }

func newClock() *clock { return new(clock) }

func (c *clock) now() time.Time {
	return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC).Add(time.Duration(c.passed.Load()))
}

func (c *clock) advance(d time.Duration) { c.passed.Add(int64(d)) }

// bulk is a sandbox with the demo seed whose clock the test sets.
type bulk struct {
	*sandbox.Server
	*clock
}

func startBulk(t *testing.T, faults ...string) bulk {
	t.Helper()
	c := newClock()
	return bulk{start(t, sandbox.Options{Faults: faults, Now: c.now, Record: true}), c}
}

// exported is an export by id and column.
type exported struct {
	header []string
	rows   map[string]map[string]string
	order  []string // ids
}

// records reads a TSV with quotes as encoding/csv has them.
func records(t *testing.T, body string) [][]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(body))
	r.Comma, r.LazyQuotes = '\t', true
	all, err := r.ReadAll()
	if err != nil || len(all) == 0 {
		t.Fatalf("%d records: %v", len(all), err)
	}
	return all
}

func export(t *testing.T, s *sandbox.Server) exported {
	t.Helper()
	return readExport(t, get(t, s, exportPath).want(t, 200).body)
}

func readExport(t *testing.T, body string) exported {
	t.Helper()
	all := records(t, body)
	e := exported{header: all[0], rows: map[string]map[string]string{}}
	for _, record := range all[1:] {
		row := map[string]string{}
		for i, name := range e.header {
			row[name] = record[i]
		}
		e.rows[row["id"]] = row
		e.order = append(e.order, row["id"])
	}
	return e
}

// upload builds the body of an import.
func upload(t *testing.T, file string, confirmed ...string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, id := range confirmed {
		if err := w.WriteField("confirmed-delete[]", id); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "conf.tsv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(file)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// postFile uploads a file.
func postFile(t *testing.T, s *sandbox.Server, file string, confirmed ...string) reply {
	t.Helper()
	body, kind := upload(t, file, confirmed...)
	return send(t, s, request{
		method: http.MethodPost, path: importPath, body: body,
		header: map[string]string{"Content-Type": kind, "X-Atlassian-Token": "no-check"},
	})
}

// tsv joins cells by tabs, and rows by line ends.
func tsv(rows ...[]string) string {
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(strings.Join(row, "\t"))
		b.WriteByte('\n')
	}
	return b.String()
}

func cells(values ...string) []string { return values }

type begunAnswer struct {
	ThreadID      int64
	ReposToDelete []struct {
		ID          int64
		Description string
	}
}

// begun returns the thread of an import that the server began.
func begun(t *testing.T, r reply) int64 {
	t.Helper()
	var a begunAnswer
	decode(t, r.want(t, 200), &a)
	if a.ThreadID == 0 || a.ReposToDelete != nil {
		t.Fatalf("no import began: %s", r.body)
	}
	return a.ThreadID
}

// asked returns the ids that the server asks about.
func asked(t *testing.T, r reply) string {
	t.Helper()
	var a begunAnswer
	decode(t, r.want(t, 200, `"success":false`).without(t, "threadId"), &a)
	var ids []string
	for _, repo := range a.ReposToDelete {
		ids = append(ids, fmt.Sprint(repo.ID))
	}
	return strings.Join(ids, ",")
}

func (r reply) without(t *testing.T, texts ...string) reply {
	t.Helper()
	r.lacks(t, texts...)
	return r
}

type progressAnswer struct {
	Finished        bool
	ProgressEntries []struct {
		PrcntDouble  *float64
		PrcntInteger *int64
		Error        bool
		Message      string
	}
}

func progress(t *testing.T, s *sandbox.Server, thread int64) progressAnswer {
	t.Helper()
	var p progressAnswer
	decode(t, get(t, s, fmt.Sprint(progressPath, thread)).want(t, 200), &p)
	return p
}

// messages are the messages, those of errors with an exclamation mark before.
func (p progressAnswer) messages() []string {
	var all []string
	for _, e := range p.ProgressEntries {
		if e.Error {
			e.Message = "!" + e.Message
		}
		all = append(all, e.Message)
	}
	return all
}

// doImport imports a file, and waits for its end and for the removals.
func (b bulk) doImport(t *testing.T, file string, confirmed ...string) []string {
	t.Helper()
	thread := begun(t, postFile(t, b.Server, file, confirmed...))
	b.advance(time.Minute)
	p := progress(t, b.Server, thread)
	if !p.Finished {
		t.Fatalf("not finished: %v", p)
	}
	return p.messages()
}

func (b bulk) faults(t *testing.T, faults ...string) {
	t.Helper()
	if err := b.SetFaults(faults); err != nil {
		t.Fatal(err)
	}
}
