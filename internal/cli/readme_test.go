package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestREADME runs the README's tour on one sandbox and holds what is printed against what the README says. A line "…"
// stands for the rest of an output.
func TestREADME(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tour, found := strings.Cut(string(page), "## A tour in ten commands")
	tour, _, ended := strings.Cut(tour, "## Against the other ways")
	if !found || !ended {
		t.Fatal("the README has no tour")
	}
	folder := t.TempDir()
	count := 0
	for _, block := range blocks(tour) {
		for _, session := range strings.Split("\n"+block, "\n$ ")[1:] {
			command, want, _ := strings.Cut(session, "\n")
			if strings.HasPrefix(command, "cat ") {
				write(t, filepath.Join(folder, strings.TrimPrefix(command, "cat ")), want)
				continue
			}
			if strings.HasPrefix(command, "gijctl sandbox serve") {
				continue // it ends with Ctrl-C; a script runs it
			}
			count++
			got := tourStep(t, folder, words(command)[1:])
			if shown, abridged := strings.CutSuffix(want, "\n…"); abridged {
				want, got = shown, got[:min(len(got), len(shown))]
			}
			if diff := cmp.Diff(want, strings.TrimRight(got, "\n")); diff != "" {
				t.Errorf("$ %s\n%s", command, diff)
			}
		}
	}
	if count != 9 {
		t.Errorf("the tour has %d commands that can be run, not 9", count)
	}
}

// blocks returns what stands between fences without a language.
func blocks(page string) []string {
	var all []string
	for n, part := range strings.Split(page, "```") {
		if n%2 == 1 && strings.HasPrefix(part, "\n") {
			all = append(all, strings.Trim(part, "\n"))
		}
	}
	return all
}

// words splits a command line as a shell does, as far as the README needs it: double quotes hold words together.
func words(line string) []string {
	var all []string
	for n, part := range strings.Split(line, `"`) {
		if n%2 == 1 {
			all = append(all, part)
		} else {
			all = append(all, strings.Fields(part)...)
		}
	}
	return all
}

func tourStep(t *testing.T, folder string, args []string) string {
	t.Helper()
	for n, arg := range args {
		if arg == "request.json" {
			args[n] = filepath.Join(folder, arg)
		}
	}
	variables := map[string]string{"XDG_STATE_HOME": folder, "GITLAB_PAT": "example", "GITHUB_PAT": "example"}
	var out bytes.Buffer
	Main(t.Context(), args, Streams{In: strings.NewReader(""), Out: &out, Err: &out}, func(name string) (string, bool) {
		value, found := variables[name]
		return value, found
	})
	return strings.ReplaceAll(out.String(), folder+string(filepath.Separator), "")
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
