package cli

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/pflag"

	"github.com/gijctl/gijctl/pkg/gijspec"
)

func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	for _, cmd := range tree() {
		path := cmd.CommandPath()
		for name, text := range map[string]string{"Short": cmd.Short, "Long": cmd.Long, "Example": cmd.Example} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s has no %s", path, name)
			}
		}
		if first := []rune(cmd.Short + " ")[0]; !unicode.IsUpper(first) || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: Short begins with a capital and ends without a period: %q", path, cmd.Short)
		}
		if !strings.HasSuffix(strings.TrimSpace(cmd.Long), ".") && !strings.Contains(cmd.Long, "\n  ") {
			t.Errorf("%s: Long is sentences: %q", path, cmd.Long)
		}
		if cmd.RunE == nil || cmd.Run != nil {
			t.Errorf("%s has no RunE, so its errors have no exit status", path)
		}
		for n, line := range strings.Split(cmd.Long, "\n") {
			if len([]rune(line)) > 160 {
				t.Errorf("%s: line %d of Long is wider than a terminal: %q", path, n+1, line)
			}
		}
	}
}

func TestEveryFlagHasUsage(t *testing.T) {
	t.Parallel()
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	for _, cmd := range tree() {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			usage := strings.Trim(f.Usage, "`\"")
			switch {
			case usage == "":
				t.Errorf("%s --%s has no usage", cmd.CommandPath(), f.Name)
			case strings.HasSuffix(usage, "."):
				t.Errorf("%s --%s: the usage ends without a period: %q", cmd.CommandPath(), f.Name, f.Usage)
			case !kebab.MatchString(f.Name):
				t.Errorf("%s --%s is not kebab-case", cmd.CommandPath(), f.Name)
			}
		})
	}
}

// TestEveryFieldHasItsFlag: the flags are the kebab-case of the REST fields, and a secret is never a flag's value.
func TestEveryFieldHasItsFlag(t *testing.T) {
	t.Parallel()
	for _, cmd := range tree() {
		if cmd.Name() != "add" && cmd.Name() != "update" {
			continue
		}
		fields := gijspec.Fields()
		if cmd.Parent().Name() == "repository" {
			fields = gijspec.RepositoryFields()
		}
		for _, field := range fields {
			plain := cmd.Flags().Lookup(field.Flag) != nil
			indirect := cmd.Flags().Lookup(field.Flag+"-file") != nil && cmd.Flags().Lookup(field.Flag+"-env") != nil
			isSecret := field.Kind == gijspec.KindSecret
			want := field.Key != "type" || cmd.Name() == "add"
			if plain != (want && !isSecret) || indirect != (want && isSecret) {
				t.Errorf("%s: the flags of %s are wrong: --%s %t, -file and -env %t", cmd.CommandPath(), field.Key, field.Flag, plain, indirect)
			}
		}
	}
}

func TestEveryWritingCommandCanBeTriedAndConfirmed(t *testing.T) {
	t.Parallel()
	writing := []string{
		"gijctl integration add", "gijctl integration update", "gijctl integration remove", "gijctl integration enable", "gijctl integration disable",
		"gijctl integration apply",
		"gijctl repository add", "gijctl repository update", "gijctl repository remove", "gijctl repository enable", "gijctl repository disable",
		"gijctl bulk import", "gijctl bulk restore", "gijctl bulk edit", "gijctl api",
		"gijctl reindex start", "gijctl reindex trigger", "gijctl issue link", "gijctl settings set",
		"gijctl gha create", "gijctl gha install", "gijctl gha register", "gijctl gha delete",
		"gijctl gha suspend", "gijctl gha unsuspend", "gijctl gha uninstall", "gijctl gha rotate-key",
	}
	for _, cmd := range tree() {
		want := slices.Contains(writing, cmd.CommandPath())
		yes := cmd.Flags().Lookup("yes")
		if has := cmd.Flags().Lookup("dry-run") != nil && yes != nil && yes.Shorthand == "y"; has != want {
			t.Errorf("%s: --dry-run and -y, --yes: %t, and in this test's list of commands that write: %t", cmd.CommandPath(), has, want)
		}
	}
}

func TestNamesAndAliasesAreUnique(t *testing.T) {
	t.Parallel()
	for _, cmd := range tree() {
		seen := map[string]string{"help": "cobra's help"}
		for _, sub := range cmd.Commands() {
			for _, name := range append([]string{sub.Name()}, sub.Aliases...) {
				if other, taken := seen[name]; taken {
					t.Errorf("%s: %q is %s and %s", cmd.CommandPath(), name, other, sub.Name())
				}
				seen[name] = sub.Name()
			}
		}
	}
}

// TestExamples parses every example, and runs those that need no server but the embedded one. Each has a sandbox of its own, but
// for those that follow one that resets it.
func TestExamples(t *testing.T) {
	t.Chdir("../..") // they name files of the repository
	variables := map[string]string{"GITHUB_PAT": "ghp-x", "NEW_TOKEN": "ghp-y", "AWS_SECRET": "aws-z"}
	for _, cmd := range tree() {
		delete(variables, "XDG_STATE_HOME")
		for line := range strings.Lines(cmd.Example) {
			line = strings.TrimSpace(line)
			if strings.Contains(line, " sandbox reset ") {
				variables["XDG_STATE_HOME"] = t.TempDir()
			}
			if !strings.HasPrefix(line, "gijctl ") {
				if line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "export ") && !strings.HasPrefix(line, "read ") {
					t.Errorf("%s: %q is no example of gijctl", cmd.CommandPath(), line)
				}
				continue
			}
			words, err := shellWords(line)
			if err != nil {
				t.Errorf("%s: %q: %v", cmd.CommandPath(), line, err)
				continue
			}
			args := words[1:]
			if err := parse(args); err != nil {
				t.Errorf("%s: %q does not parse: %v", cmd.CommandPath(), line, err)
				continue
			}
			if !canRun(args) {
				continue
			}
			variables["GIJCTL_CONFIG"] = exampleConfig(t)
			if got := gijctl(t, variables, args...); got.status != 0 || got.stdout == "" {
				t.Errorf("%s: %q: exit status %d, %d bytes of data\n%s", cmd.CommandPath(), line, got.status, len(got.stdout), got.stderr)
			}
		}
	}
}

// exampleConfig writes a configuration file with the contexts that examples name.
func exampleConfig(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	const text = "current: prod\ncontexts:\n  - name: prod\n    url: https://jira.example.com\n  - name: jira.example.com\n    url: https://jira.example.com\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// parse finds the command of a command line, and checks its flags and arguments.
func parse(args []string) error {
	root := newRootCmd(&app{})
	cmd, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	if cmd.HasSubCommands() {
		return errors.New("it names no command")
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

// canRun leaves out what needs a real Jira, a file that is not in the repository, or has no end.
func canRun(args []string) bool {
	root := newRootCmd(&app{})
	cmd, rest, err := root.Find(args)
	if err != nil || cmd.ParseFlags(rest) != nil {
		return false
	}
	if slices.Contains([]string{"serve", "docs"}, cmd.Name()) {
		return false
	}
	needsServer := slices.Contains([]string{"gijctl auth login", "gijctl auth status", "gijctl doctor", "gijctl api"}, cmd.CommandPath()) ||
		cmd.HasParent() && cmd.Parent().Name() == "integration" && cmd.Name() != "types" ||
		cmd.HasParent() && slices.Contains([]string{"repository", "reindex", "issue", "settings", "gha"}, cmd.Parent().Name()) ||
		cmd.HasParent() && cmd.Parent().Name() == "bulk" && cmd.Name() != "validate"
	if sandbox := cmd.Flags().Lookup("sandbox"); needsServer && sandbox.Value.String() != "true" {
		return false
	}
	found := !slices.ContainsFunc(cmd.Flags().Args(), func(arg string) bool {
		_, err := os.Stat(arg)
		return strings.HasSuffix(arg, ".tsv") && err != nil
	})
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Name == "file" || strings.HasSuffix(f.Name, "-file") {
			_, err := os.Stat(strings.Trim(f.Value.String(), "[]")) // a list of one
			found = found && err == nil
		}
	})
	return found
}

// shellWords splits a line as a shell does: spaces, both kinds of quotes, and an end at a redirection.
func shellWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	started := false
	end := func() {
		if started {
			words = append(words, word.String())
		}
		word.Reset()
		started = false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, started = r, true
		case r == ' ':
			end()
		case r == '>':
			end()
			return words, nil
		case strings.ContainsRune("*[]?$&|;<`\\", r):
			return nil, errors.New("a shell would take an unquoted " + string(r) + " for itself")
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if quote != 0 {
		return nil, errors.New("a quote is not closed")
	}
	end()
	return words, nil
}
