package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// ciVersion is the version that the examples install.
const ciVersion = "1.0.0"

// TestCIExamples runs docs/ci/* as their systems would: the installation from a release, then each step, against a sandbox.
func TestCIExamples(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the examples are for a POSIX shell")
	}
	releases := releaseServer(t, "")
	for name, steps := range map[string]func(*testing.T) []ciStep{
		"GitHub Actions": gitHubSteps, "GitLab": gitLabSteps, "Jenkins": jenkinsSteps,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runCI(t, releases, steps(t))
		})
	}
}

// ciStep is one shell command of an example.
type ciStep struct {
	script string
	writes bool // it is for the main branch alone
}

// runCI runs the steps of a review, then those of the main branch, twice: the second time there is nothing to do.
func runCI(t *testing.T, releases string, steps []ciStep) {
	t.Helper()
	server, err := sandbox.Start(context.Background(), sandbox.Options{Record: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	work := t.TempDir()
	write := func(name, text string, mode os.FileMode) {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("fleet.tsv", "id\tdisplayName\n2\tOur GitLab\n", 0o600)
	install, err := os.ReadFile("../../.github/actions/setup-gijctl/install.sh")
	if err != nil {
		t.Fatal(err)
	}
	write("install.sh", string(install), 0o700)
	run := func(step ciStep) string {
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", step.script)
		cmd.Dir = work
		dir := filepath.Join(work, ".gijctl")
		cmd.Env = []string{
			"PATH=" + dir + ":" + withoutTestProgram(), "HOME=" + work, "GORACE=atexit_sleep_ms=0", "GOCOVERDIR=" + t.TempDir(), "GIJCTL_URL=" + server.URL, "GIJCTL_TOKEN=" + server.Token,
			"GIJCTL_RELEASES=" + releases, "GIJCTL_VERSION=" + ciVersion, "GIJCTL_DIR=" + dir,
		}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", step.script, err, out)
		}
		return string(out)
	}
	writes := func() (n int) {
		for _, r := range server.Requests() {
			if r.Method == http.MethodPost {
				n++
			}
		}
		return n
	}
	for round, want := range []int{0, 1, 1} {
		for _, step := range steps {
			if step.writes && round == 0 {
				continue
			}
			out := run(step)
			if step.writes && round == 2 && !strings.Contains(out, "nothing to do") {
				t.Errorf("the second time %s finds something to do:\n%s", step.script, out)
			}
		}
		if n := writes(); n != want {
			t.Errorf("after round %d %d imports were sent, not %d", round, n, want)
		}
	}
	if _, err := os.Stat(filepath.Join(work, "report.xml")); err != nil {
		t.Errorf("the import left no report: %v", err)
	}
}

// withoutTestProgram is PATH without the folder where the other tests have their gijctl: these install one.
func withoutTestProgram() string {
	_, rest, _ := strings.Cut(os.Getenv("PATH"), string(os.PathListSeparator))
	return rest
}

// releaseServer serves a release of this very program. spoil changes the file of that name.
func releaseServer(t *testing.T, spoil string) string {
	t.Helper()
	archive := fmt.Sprintf("gijctl_%s_%s_%s.tar.gz", ciVersion, runtime.GOOS, runtime.GOARCH)
	checksums := fmt.Sprintf("gijctl_%s_checksums.txt", ciVersion)
	folder := t.TempDir()
	sum := packProgram(t, filepath.Join(folder, archive))
	if spoil == checksums {
		sum = strings.Repeat("0", len(sum))
	}
	list := sum + "  " + archive + "\n" + strings.Repeat("f", len(sum)) + "  other.tar.gz\n"
	if err := os.WriteFile(filepath.Join(folder, checksums), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.StripPrefix("/v"+ciVersion+"/", http.FileServer(http.Dir(folder))))
	t.Cleanup(server.Close)
	return server.URL
}

// packProgram writes this program into an archive, under the name gijctl, and returns the archive's SHA-256.
func packProgram(t *testing.T, path string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.New()
	packed, err := gzip.NewWriterLevel(io.MultiWriter(f, hash), gzip.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	files := tar.NewWriter(packed)
	if err := files.WriteHeader(&tar.Header{Name: "gijctl", Mode: 0o755, Size: int64(len(program))}); err != nil {
		t.Fatal(err)
	}
	if _, err := files.Write(program); err != nil {
		t.Fatal(err)
	}
	for _, c := range []io.Closer{files, packed, f} {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return hex.EncodeToString(hash.Sum(nil))
}

func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// gitHubSteps are those of the example of GitHub Actions, with the composite action in the place of its use.
func gitHubSteps(t *testing.T) []ciStep {
	t.Helper()
	var workflow struct {
		Jobs map[string]struct {
			If, Environment string
			Steps           []struct {
				Uses, Run string
				With      map[string]any
				Env       map[string]string
			}
		}
	}
	readYAML(t, "../../docs/ci/github-actions.yml", &workflow)
	var action struct {
		Inputs map[string]struct{ Required bool }
		Runs   struct {
			Using string
			Steps []struct{ Shell, Run string }
		}
	}
	readYAML(t, "../../.github/actions/setup-gijctl/action.yml", &action)
	var steps []ciStep
	for _, name := range []string{"validate", "plan", "import"} {
		for _, s := range workflow.Jobs[name].Steps {
			switch {
			case strings.HasPrefix(s.Uses, "gijctl/gijctl/.github/actions/setup-gijctl@"):
				if s.With["version"] != ciVersion || !action.Inputs["version"].Required || action.Runs.Using != "composite" {
					t.Errorf("the example uses the action with %v, and the action is %+v", s.With, action)
				}
				steps = append(steps, ciStep{script: strings.ReplaceAll(action.Runs.Steps[0].Run, "$GITHUB_ACTION_PATH", ".")})
			case s.Run != "":
				isSecret := s.Env["GIJCTL_TOKEN"] != ""
				if isSecret == (name == "validate") || isSecret && workflow.Jobs[name].Environment == "" {
					t.Errorf("the step %q of %s has the token: %t, from the environment %q", s.Run, name, isSecret, workflow.Jobs[name].Environment)
				}
				steps = append(steps, ciStep{script: s.Run, writes: workflow.Jobs[name].If == "github.event_name == 'push'"})
			}
		}
	}
	return steps
}

func gitLabSteps(t *testing.T) []ciStep {
	t.Helper()
	var jobs map[string]struct {
		Extends      string
		BeforeScript []string `yaml:"before_script"`
		Script       []string
	}
	readYAML(t, "../../docs/ci/gitlab-ci.yml", &jobs)
	var steps []ciStep
	for _, name := range []string{"validate", "plan", "import"} {
		before := jobs[jobs[name].Extends].BeforeScript
		if len(before) == 0 {
			t.Errorf("the job %s does not install gijctl", name)
		}
		steps = append(steps, ciStep{script: strings.Join(append(before, jobs[name].Script...), "\n"), writes: name == "import"})
	}
	return steps
}

func jenkinsSteps(t *testing.T) []ciStep {
	t.Helper()
	text, err := os.ReadFile("../../docs/ci/Jenkinsfile")
	if err != nil {
		t.Fatal(err)
	}
	var steps []ciStep
	for _, m := range regexp.MustCompile(`(?m)^ +sh '(.*)'$`).FindAllStringSubmatch(string(text), -1) {
		steps = append(steps, ciStep{script: m[1], writes: strings.Contains(m[1], "bulk import")})
	}
	return steps
}

// TestInstallRefuses: what is not the release that was asked for is not installed.
func TestInstallRefuses(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the script is for a POSIX shell")
	}
	good := releaseServer(t, "")
	spoiled := releaseServer(t, "gijctl_"+ciVersion+"_checksums.txt")
	redirect := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "ftp://127.0.0.1"+r.URL.Path, http.StatusFound)
	}))
	t.Cleanup(redirect.Close)
	for name, c := range map[string]struct{ version, releases, sum, want string }{
		"another archive":  {ciVersion, spoiled, "", "is not the file that"},
		"not the verified": {ciVersion, good, strings.Repeat("1", 64), "not 1111"},
		"no such version":  {"9.9.9", good, "", "cannot get"},
		"latest":           {"latest", good, "", "is no version like"},
		"a path":           {"../../x", good, "", "is no version like"},
		"plain http":       {ciVersion, "http://releases.test", "", "is no https address"},
		"a file":           {ciVersion, "file:///etc", "", "is no https address"},
		"a flag of curl":   {ciVersion, "-Kx", "", "is no https address"},
		"led elsewhere":    {ciVersion, redirect.URL, "", "cannot get"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "bin")
			cmd := exec.CommandContext(t.Context(), "../../.github/actions/setup-gijctl/install.sh")
			cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GIJCTL_VERSION=" + c.version, "GIJCTL_RELEASES=" + c.releases, "GIJCTL_SHA256=" + c.sum, "GIJCTL_DIR=" + dir}
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), c.want) {
				t.Errorf("it ends with %v: %s", err, out)
			}
			if _, err := os.Stat(filepath.Join(dir, "gijctl")); err == nil {
				t.Error("a program was installed all the same")
			}
		})
	}
}

// TestInstallReplacesALink: what is at the program's place is not written through.
func TestInstallReplacesALink(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the script is for a POSIX shell")
	}
	dir := t.TempDir()
	elsewhere := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(elsewhere, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(dir, "gijctl")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "../../.github/actions/setup-gijctl/install.sh")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GORACE=atexit_sleep_ms=0", "GOCOVERDIR=" + t.TempDir(), "GIJCTL_VERSION=v" + ciVersion, "GIJCTL_RELEASES=" + releaseServer(t, ""), "GIJCTL_DIR=" + dir}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if kept, err := os.ReadFile(elsewhere); err != nil || string(kept) != "kept" {
		t.Errorf("what the link led to is now %d bytes: %v", len(kept), err)
	}
}
