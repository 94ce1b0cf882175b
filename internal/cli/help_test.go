package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHelpIsGolden(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, cmd := range tree() {
		file := goldenHelp(cmd)
		known[file] = true
		got := gijctl(t, nil, append(arguments(cmd), "--help")...)
		if got.status != 0 || got.stderr != "" {
			t.Errorf("%s --help: exit status %d, stderr %q", cmd.CommandPath(), got.status, got.stderr)
		}
		if *update {
			if err := os.WriteFile(file, []byte(got.stdout), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(string(want), got.stdout); diff != "" {
			t.Errorf("%s --help differs from %s (write it anew by: go test ./internal/cli -update):\n%s", cmd.CommandPath(), file, diff)
		}
	}
	files, err := filepath.Glob(filepath.Join(golden, "help", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if known[file] {
			continue
		}
		if *update {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			continue
		}
		t.Errorf("%s belongs to no command", file)
	}
}

// TestGroupAloneIsHelp: a command that only holds others prints its help, and succeeds.
func TestGroupAloneIsHelp(t *testing.T) {
	t.Parallel()
	for _, cmd := range tree() {
		if !cmd.HasSubCommands() {
			continue
		}
		alone := gijctl(t, nil, arguments(cmd)...)
		help := gijctl(t, nil, append(arguments(cmd), "--help")...)
		if alone != help || alone.stdout == "" {
			t.Errorf("%s alone is not its help: %+v", cmd.CommandPath(), alone)
		}
	}
}
