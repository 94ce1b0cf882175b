package plan_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// FuzzDiffBulk holds the promises of a diff against files from anywhere: what it sends, carried out, makes the server what the
// file says; nothing is left to do, and the server's own reading agrees.
func FuzzDiffBulk(f *testing.F) {
	for _, seed := range []string{
		fleet(), everyChange(), tsv("id|disabled|projectMapping", "3|true|ALL"), tsv("id|origin|displayName", "|git@x:new.git|\"a \"\"b\"\"\tc\""),
		tsv("displayName|id|delete", "\u00fcber \u540d|2|", "|1|delete"), "\ufeff" + tsv("id|refSpecCustom", "1|+refs/a/*:refs/a/*"),
		tsv("id|origin|disabled", "|git@git.acme.example:twin.git|true"), tsv("id|trackedFolderId", "3|1"),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if !isValid(file) {
			return
		}
		server := newModel(t, fleet())
		p, err := plan.DiffBulk(bytes.NewReader(file), server.snapshot(t), plan.DiffOptions{Name: "fuzz"})
		if bad, ok := errors.AsType[*plan.BulkFileError](err); ok {
			if len(bad.Problems) == 0 {
				t.Fatal("refused without a reason")
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		var sent bytes.Buffer
		if err := errors.Join(plan.WriteTSV(&sent, p.Writes()), plan.WriteTSV(&sent, nil)); err != nil {
			t.Fatal(err)
		}
		server.take(t, p.Writes())
		server.take(t, p.Deletes())
		now := server.snapshot(t)
		results := p.Verify(p.Changes, now)
		for _, r := range results {
			if r.Err != nil {
				t.Fatalf("carried out, and not seen: %v\n%q", r.Err, file)
			}
		}
		memory := &fakeMemory{sent: plan.Secrets(results, now, &fakeMemory{})}
		again, err := plan.DiffBulk(bytes.NewReader(file), now, plan.DiffOptions{Name: "fuzz", Memory: memory})
		if bad, ok := errors.AsType[*plan.BulkFileError](err); ok && len(p.Deletes()) > 0 && allOf(bad, plan.CodeUnknownID) {
			return // what went with an integration is known by its parent, and this file does not name it
		}
		if err != nil {
			t.Fatalf("the second time: %v\n%q", err, file)
		}
		if !again.Empty() {
			t.Fatalf("the second time %q is left of\n%q\n%q", shown(again), shown(p), file)
		}
	})
}

func allOf(bad *plan.BulkFileError, code string) bool {
	return !slices.ContainsFunc(bad.Problems, func(p gijtsv.Problem) bool { return p.Code != code })
}

func isValid(file []byte) bool {
	valid := true
	_, err := gijtsv.Validate(bytes.NewReader(file), gijtsv.ReaderOptions{}, gijtsv.ValidateOptions{}, func(p gijtsv.Problem) {
		valid = valid && p.Severity != gijtsv.SeverityError
	})
	return valid && err == nil
}

// model is a server that does what a file says: the documented rules, and nothing else.
type model struct {
	columns []string
	rows    []map[string]string
	last    int
}

func newModel(t *testing.T, text string) *model {
	t.Helper()
	m := &model{last: 100}
	m.columns, m.rows = read(t, text)
	for _, c := range gijtsv.Columns() {
		if !slices.Contains(m.columns, c.Name) && c.Name != "delete" {
			m.columns = append(m.columns, c.Name)
		}
	}
	return m
}

func read(t *testing.T, text string) (columns []string, rows []map[string]string) {
	t.Helper()
	r, err := gijtsv.NewReader(strings.NewReader(text), gijtsv.ReaderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r.Header().Names, rows
		}
		if err != nil {
			t.Fatal(err)
		}
		cells := map[string]string{}
		for i, name := range r.Header().Names {
			cells[name] = string(row.Value(i))
		}
		rows = append(rows, cells)
	}
}

// take imports the smallest file of the changes, with all deletions confirmed.
func (m *model) take(t *testing.T, changes []plan.BulkChange) {
	t.Helper()
	if len(changes) == 0 {
		return
	}
	var b bytes.Buffer
	if err := plan.WriteTSV(&b, changes); err != nil {
		t.Fatal(err)
	}
	_, rows := read(t, b.String())
	if len(rows) != len(changes) {
		t.Fatalf("%d rows carry %d changes", len(rows), len(changes))
	}
	for _, row := range rows {
		switch {
		case row["delete"] != "":
			m.remove(row["id"])
		case row["id"] == "":
			m.last++
			row["id"] = fmt.Sprint(m.last)
			m.rows = append(m.rows, row)
		default:
			m.change(row)
		}
	}
}

func (m *model) change(row map[string]string) {
	for _, has := range m.rows {
		if has["id"] != row["id"] {
			continue
		}
		for name, value := range row {
			if value != "" {
				has[name] = value
			}
		}
	}
}

// remove takes what an integration found with it.
func (m *model) remove(id string) {
	m.rows = slices.DeleteFunc(m.rows, func(row map[string]string) bool { return row["id"] == id })
	for _, row := range slices.Clone(m.rows) {
		if row["trackedFolderId"] == id {
			m.remove(row["id"])
		}
	}
}

func (m *model) snapshot(t *testing.T) *plan.Snapshot {
	t.Helper()
	var b bytes.Buffer
	w := gijtsv.NewWriter(&b)
	if err := w.WriteHeader(gijtsv.NewHeader(m.columns...)); err != nil {
		t.Fatal(err)
	}
	for _, row := range m.rows {
		cells := make([]string, len(m.columns))
		for i, name := range m.columns {
			cells[i] = row[name]
		}
		if err := w.WriteCells(cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return snapshot(t, b.String())
}
