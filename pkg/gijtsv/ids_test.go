package gijtsv_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// TestDuplicateIDs compares the compact set with a map, in several orders: those of an export, of an edited one, of chance.
func TestDuplicateIDs(t *testing.T) {
	t.Parallel()
	const n = 20_000
	random := rand.New(rand.NewPCG(1, 2))
	for name, next := range map[string]func(i int) int{
		"ascending":      func(i int) int { return i + 1 },
		"descending":     func(i int) int { return n - i },
		"a large first":  func(i int) int { return (i+n-1)%n + 1 },
		"at random":      func(int) int { return random.IntN(n) + 1 },
		"far apart":      func(i int) int { return (i + 1) * 100_000 },
		"twice in order": func(i int) int { return i%(n/2) + 1 },
		"in pairs":       func(i int) int { return i/2 + 1 },
	} {
		t.Run(name, func(t *testing.T) {
			var text strings.Builder
			text.WriteString("id\tdisplayName\n")
			first, want := map[int]int{}, []string(nil)
			for i := range n {
				id, line := next(i), i+2
				fmt.Fprintf(&text, "%d\tx\n", id)
				if at, there := first[id]; there {
					want = append(want, fmt.Sprintf("%d:1 id %d is there twice, first on line %d", line, id, at))
					continue
				}
				first[id] = line
			}
			var got []string
			for _, p := range validate(t, text.String(), gijtsv.ValidateOptions{}) {
				got = append(got, p.Pos.String()+" "+p.Message)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%.2000s", diff)
			}
		})
	}
}

func TestParents(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ rows, want string }{
		"parent first":      {"1 \n2 1\n3 1\n", ""},
		"parent last":       {"2 1\n3 1\n1 \n", ""},
		"of oneself":        {"1 1\n", "2:3 error parent_cycle trackedFolderId id=1"},
		"ring of two":       {"1 2\n2 1\n", "3:3 error parent_cycle trackedFolderId id=2"},
		"ring and a tail":   {"9 1\n1 2\n2 3\n3 1\n", "5:3 error parent_cycle trackedFolderId id=3"},
		"deep":              {"1 \n2 1\n3 2\n4 3\n5 4\n", ""},
		"leads into a ring": {"1 2\n2 1\n3 1\n4 3\n", "3:3 error parent_cycle trackedFolderId id=2"},
		"unknown twice":     {"1 7\n2 8\n3 7\n", "2:3 warning unknown_parent trackedFolderId|3:3 warning unknown_parent trackedFolderId"},
		"no number":         {"1 x\n", "2:3 error bad_integer trackedFolderId id=1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := lines(validate(t, "id\ttrackedFolderId\n"+tabs(tt.rows), gijtsv.ValidateOptions{}))
			if strings.Join(got, "|") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	var deep strings.Builder
	for id := range 200 {
		fmt.Fprintf(&deep, "%d\t%d\n", id+1000, id+1) // makes each of the next a parent
	}
	for id := range 200 {
		fmt.Fprintf(&deep, "%d\t%d\n", id+1, max(id, 1))
	}
	got := lines(validate(t, "id\ttrackedFolderId\n"+deep.String(), gijtsv.ValidateOptions{}))
	if len(got) < 2 || got[0] != "202:3 error parent_cycle trackedFolderId id=1" || !strings.Contains(got[len(got)-1], "parent_cycle") {
		t.Errorf("200 levels: %q", got)
	}
	known := func(id int64) bool { return id == 7 }
	if got := lines(validate(t, "id\ttrackedFolderId\n1\t7\n2\t8\n", gijtsv.ValidateOptions{KnownID: known})); len(got) != 1 {
		t.Errorf("with 7 on the server: %q", got)
	}
}

func TestNewRows(t *testing.T) {
	t.Parallel()
	const header = "id origin delete username password pat realRoot integrationType\n"
	for name, tt := range map[string]struct{ row, want string }{
		"ssh":                     {" git@host:a.git      ", ""},
		"https, pat":              {" https://host/a    x  ", ""},
		"https, password":         {" https://host/a  u p   ", ""},
		"https, user alone":       {" HTTPS://host/a  u    ", "missing_credential"},
		"integration":             {" https://host    x  GITHUB", "new_integration"},
		"deleted":                 {"  delete     ", "delete_without_id"},
		"root":                    {" git@host:a.git     r ", "missing_absolute_root"},
		"an id, root not in file": {"5      r ", "missing_absolute_root"},
		"no origin":               {" ~    x  ", "missing_origin"},
		"an id of space":          {"~ git@host:a.git      ", ""},
		"a broken id":             {"x       ", "bad_integer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, p := range validate(t, tabs(header)+tabs(tt.row)+"\n", gijtsv.ValidateOptions{}) {
				got = append(got, p.Code)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
