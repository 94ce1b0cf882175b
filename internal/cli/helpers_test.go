package cli

import (
	"bytes"
	goflag "flag"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

var update = goflag.Bool("update", false, "write the golden files anew")

// golden is the folder of the golden files, seen from this package.
const golden = "../../testdata/golden"

// outcome is what a command left behind.
type outcome struct {
	status         int
	stdout, stderr string
}

// gijctl runs a command inside the test, with a state folder of its own and no terminal.
func gijctl(t *testing.T, variables map[string]string, args ...string) outcome {
	t.Helper()
	state, configuration := t.TempDir(), t.TempDir()
	env := func(name string) (string, bool) {
		if value, found := variables[name]; found {
			return value, true
		}
		switch name {
		case "XDG_STATE_HOME":
			return state, true
		case "XDG_CONFIG_HOME":
			return configuration, true
		}
		return "", false
	}
	var stdout, stderr bytes.Buffer
	status := Main(t.Context(), args, Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr}, env)
	return outcome{status, stdout.String(), stderr.String()}
}

// tree returns every command, hidden ones too, the root first.
func tree() []*cobra.Command {
	all := []*cobra.Command{newRootCmd(&app{})}
	for n := 0; n < len(all); n++ {
		all = append(all, all[n].Commands()...)
	}
	return all
}

// arguments are the words that lead to a command.
func arguments(cmd *cobra.Command) []string { return strings.Fields(cmd.CommandPath())[1:] }

func goldenHelp(cmd *cobra.Command) string {
	return filepath.Join(golden, "help", strings.ReplaceAll(cmd.CommandPath(), " ", "_")+".txt")
}
