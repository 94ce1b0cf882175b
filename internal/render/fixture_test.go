package render

import (
	"bytes"
	"errors"
	"flag"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// item has what an integration has: a number, names from a server, a time, and something nested.
type item struct {
	ID          int64     `json:"id"`
	Type        string    `json:"type"`
	DisplayName string    `json:"displayName"`
	Updated     time.Time `json:"updated,omitzero"`
	EpochMS     int64     `json:"epochMs,omitempty"`
	Labels      []string  `json:"labels,omitempty"`
	Note        string    `json:"note,omitempty"`
}

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func itemList() List[item] {
	return List[item]{
		Columns: []Column[item]{
			{Key: "id", Header: "ID", Right: true, Text: func(v item) string { return strconv.FormatInt(v.ID, 10) }},
			{Key: "type", Header: "TYPE", Text: func(v item) string { return v.Type }},
			{Key: "displayName", Header: "NAME", Text: func(v item) string { return v.DisplayName }},
			{
				Key: "updated", Header: "UPDATED", Show: Wide,
				Text: func(v item) string { return Relative(v.Updated, now) },
				Data: func(v item) string { return v.Updated.Format(time.RFC3339) },
			},
			{Key: "note", Header: "NOTE", Show: OnRequest, Text: func(v item) string { return v.Note }},
		},
		Name:  func(v item) string { return "integration/" + v.DisplayName },
		Empty: "no integrations",
	}
}

func items() []item {
	return []item{
		{ID: 7, Type: "GITHUB", DisplayName: "payments", Updated: now.Add(-72 * time.Hour), EpochMS: 1767225600123},
		{ID: 12345, Type: "GITLAB_SERVER", DisplayName: "東京 backend", Updated: now.Add(2 * time.Hour), Labels: []string{"a", "b"}},
		{ID: 9, Type: "AWS", DisplayName: "evil\x1b[31m\u202ename\n", Note: `say "hi", <b>`},
	}
}

func all[T any](rows []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range rows {
			if !yield(v, nil) {
				return
			}
		}
	}
}

var errServer = errors.New("server is gone")

// failAfter yields n rows and then an error.
func failAfter(n int) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		for i := range n {
			if !yield(item{ID: int64(i), Type: "T", DisplayName: "n" + strconv.Itoa(i)}, nil) {
				return
			}
		}
		yield(item{}, errServer)
	}
}

// fullDisk fails every write.
type fullDisk struct{}

var errFull = errors.New("no space left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

type queryFunc func(any) (any, error)

func (f queryFunc) Search(data any) (any, error) { return f(data) }

func listString(t *testing.T, p Printer, rows []item) string {
	t.Helper()
	var out, stderr bytes.Buffer
	p.Out, p.Err = &out, &stderr
	if err := WriteList(&p, itemList(), all(rows)); err != nil {
		t.Fatalf("WriteList: %v", err)
	}
	if stderr.Len() > 0 {
		t.Errorf("stderr: %q", stderr.String())
	}
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
