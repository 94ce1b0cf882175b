package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// TestMain is the test binary, and gijctl itself where it is called by that name: the scripts run the real program in a
// process of its own, also from a shell's pipe.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "gijctl" {
		main()
	}
	os.Exit(runWithGijctl(m))
}

func runWithGijctl(m *testing.M) int {
	bin, err := os.MkdirTemp("", "gijctl-bin")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(bin) }()
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "gijctl")); err != nil {
		panic(err)
	}
	for name, value := range map[string]string{
		"PATH":   bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"GORACE": "atexit_sleep_ms=0 " + os.Getenv("GORACE"), // else each process under the race detector takes a second more
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	return m.Run()
}

// TestScripts runs testdata/script: what a person types, and what comes back.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                "../../testdata/script",
		Setup:              func(env *testscript.Env) error { return setUp(env, nil) },
		Cmds:               scriptCommands(),
		Condition:          scriptCondition,
		RequireUniqueNames: true,
	})
}

// realKeyring is the variable by which .ci/keyring says what kind of keyring there is: unlocked, locked or none.
const realKeyring = "GIJCTL_TEST_KEYRING"

// scriptCondition knows [keyring:KIND].
func scriptCondition(condition string) (bool, error) {
	kind, found := strings.CutPrefix(condition, "keyring:")
	if !found {
		return false, fmt.Errorf("unknown condition %q", condition)
	}
	return os.Getenv(realKeyring) == kind, nil
}

// TestTypes takes each of the twelve documented requests through the life of an integration.
func TestTypes(t *testing.T) {
	t.Parallel()
	requests, err := filepath.Glob("../../testdata/api/types/*.json")
	if err != nil || len(requests) != 12 {
		t.Fatalf("there are %d request files, not 12 (%v)", len(requests), err)
	}
	for _, request := range requests {
		data, err := os.ReadFile(request)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(request), ".json")
		typ := strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, testscript.Params{
				Files: []string{"../../testdata/script/types/life.txtar"},
				Setup: func(env *testscript.Env) error {
					env.Setenv("TYPE", typ)
					return setUp(env, map[string]string{"request.json": string(data)})
				},
				Cmds: scriptCommands(),
			})
		})
	}
}

// script is what the harness knows of one running script.
type script struct {
	tb     testing.TB
	work   string
	home   string
	state  string // $XDG_STATE_HOME
	vars   []string
	inputs map[string]string // path → content, of what the script itself brought along

	server    *sandbox.Server
	others    map[string]*sandbox.Server // by their names in the script
	forgotten int                        // how many of the server's requests are not counted any more
	// gitHubForgotten is the same for those to its GitHub.
	gitHubForgotten int
	keys            []string // of GitHub Apps, and their other secrets
	tokens          []string // of the sandboxes, which nothing but "sandbox serve" and the state file may show
	shows           map[string]bool
	processes       map[string]*process
	tab             *tab // nil until somebody browses
}

type scriptKey struct{}

func scriptOf(ts *testscript.TestScript) *script { return ts.Value(scriptKey{}).(*script) }

// setUp gives a script a home of its own, the fixture secrets in its environment, and a look at everything that it leaves
// behind.
func setUp(env *testscript.Env, files map[string]string) error {
	s := &script{
		tb: env.T().(testing.TB), work: env.WorkDir, home: filepath.Join(env.WorkDir, ".home"),
		state: filepath.Join(env.WorkDir, ".state"), shows: map[string]bool{}, processes: map[string]*process{}, others: map[string]*sandbox.Server{},
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(s.work, name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	if err := os.Mkdir(s.home, 0o700); err != nil {
		return err
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	env.Setenv("HOME", s.home)
	env.Setenv("XDG_STATE_HOME", s.state)
	env.Setenv("STATE_FILE", s.stateFile())
	env.Setenv("CONFIG_DIR", s.configDir())
	env.Setenv("TZ", "UTC")
	if bus := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); os.Getenv(realKeyring) != "" && bus != "" {
		env.Setenv("DBUS_SESSION_BUS_ADDRESS", bus)
	}
	env.Setenv("REPO", root)
	for _, secret := range fixtureSecrets() {
		if secret.variable != "" {
			env.Setenv(secret.variable, secret.value)
		}
	}
	s.vars = env.Vars
	if s.inputs, err = readAll(s.work); err != nil {
		return err
	}
	env.Values[scriptKey{}] = s
	env.Defer(s.finish)
	return nil
}

// credentialsFile is where "auth login --store file" keeps tokens.
func (s *script) credentialsFile() string {
	return filepath.Join(s.configDir(), "credentials.json")
}

func (s *script) configDir() string { return filepath.Join(s.home, ".config", "gijctl") }

func (s *script) stateFile() string { return filepath.Join(s.state, "gijctl", "sandbox.json") }

// finish looks at what is left after the last line.
func (s *script) finish() {
	for name, p := range s.processes {
		if p.isRunning() {
			p.kill()
			s.tb.Errorf("the process %q was still running at the end", name)
		}
	}
	if s.server != nil {
		if err := s.server.Close(); err != nil {
			s.tb.Error(err)
		}
	}
	for _, server := range s.others {
		if err := server.Close(); err != nil {
			s.tb.Error(err)
		}
	}
	s.checkCoverage()
	s.learnTokens()
	for _, problem := range s.checkFiles() {
		s.tb.Error(problem)
	}
}

// checkFiles looks for secrets in all files but those that the script brought along, and for files of the tool that
// others can read.
func (s *script) checkFiles() []string {
	files, err := readAll(s.work)
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	for path, content := range files {
		if before, found := s.inputs[path]; found && before == content {
			continue
		}
		tokens := s.tokens
		if path == s.stateFile() || path == s.credentialsFile() || s.shows[path] {
			tokens = nil
		}
		for _, leak := range findSecrets(content, tokens) {
			problems = append(problems, fmt.Sprintf("the file %s holds %s", path, leak))
		}
		info, err := os.Stat(path)
		isOpen := err == nil && info.Mode().Perm()&0o077 != 0
		for _, leak := range findKeys(content, s.keys) {
			if isOpen { // a person's own file with a key is a private one
				problems = append(problems, fmt.Sprintf("the file %s holds %s", path, leak))
			}
		}
		if isOpen && s.isTools(path) {
			problems = append(problems, fmt.Sprintf("the file %s can be read by others: %v", path, info.Mode()))
		}
	}
	return problems
}

// isTools reports whether gijctl itself decided where the file is.
func (s *script) isTools(path string) bool {
	return strings.HasPrefix(path, s.home+string(filepath.Separator)) || strings.HasPrefix(path, s.state+string(filepath.Separator))
}

// environ is the environment of a process that the harness starts itself: that of the script, as it is now.
func (s *script) environ(ts *testscript.TestScript) []string {
	names := []string{"GIJCTL_URL", "GIJCTL_TOKEN", "GIJCTL_GITHUB_URL", "GIJCTL_USER", "GIJCTL_PASSWORD", "GIJCTL_CONTEXT", "HTTPS_PROXY", "NO_COLOR", "TERM"}
	for _, kv := range s.vars {
		name, _, _ := strings.Cut(kv, "=")
		names = append(names, name)
	}
	var environ []string
	for _, name := range names {
		if value := ts.Getenv(name); value != "" {
			environ = append(environ, name+"="+value)
		}
	}
	return environ
}

// readAll reads every regular file below a folder.
func readAll(folder string) (map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	return files, err
}
