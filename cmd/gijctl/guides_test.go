package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// TestGuides runs the shell blocks of each guide, in their order and in one shell, against a sandbox, so that a guide cannot lie.
// docs/guides/README.md says how a guide is written for it.
func TestGuides(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the guides are for a POSIX shell")
	}
	pages, err := filepath.Glob("../../docs/guides/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("there are no guides (%v)", err)
	}
	for _, page := range pages {
		name := strings.TrimSuffix(filepath.Base(page), ".md")
		if name == "README" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			g, err := parseGuide(string(text))
			if err != nil {
				t.Fatal(err)
			}
			g.run(t)
		})
	}
}

// guide is what of a page is run.
type guide struct {
	seed   string
	needs  []string // programs without which it cannot be run
	blocks []guideBlock
}

type guideBlock struct {
	line   int
	script string
	hidden bool // it is in a comment: what a reader has done otherwise
	wants  []string
}

const (
	guideComment = "<!-- guide:"
	fence        = "```"
)

// parseGuide reads the shell blocks and the comments for this test.
func parseGuide(page string) (*guide, error) {
	g := &guide{seed: "demo"}
	lines := strings.Split(page, "\n")
	skip := false
	for n := 0; n < len(lines); n++ {
		line := lines[n]
		switch {
		case strings.HasPrefix(line, guideComment+" not run"):
			if !strings.Contains(line, ",") {
				return nil, guideError(n, "a block that is not run needs a reason")
			}
			skip = true
		case strings.HasPrefix(line, guideComment+" needs "):
			g.needs = append(g.needs, strings.Fields(strings.TrimSuffix(strings.TrimPrefix(line, guideComment+" needs "), "-->"))...)
		case strings.HasPrefix(line, guideComment+" seed "):
			g.seed = strings.TrimSuffix(strings.TrimPrefix(line, guideComment+" seed "), " -->")
		case strings.HasPrefix(line, guideComment):
			end := until(lines, n+1, "-->")
			g.blocks = append(g.blocks, guideBlock{line: n + 2, script: strings.Join(lines[n+1:end], "\n"), hidden: true})
			n = end
		case strings.HasPrefix(line, fence):
			end := until(lines, n+1, fence)
			body := lines[n+1 : end]
			switch language := strings.TrimPrefix(line, fence); {
			case skip:
				skip = false
			case language == "sh":
				g.blocks = append(g.blocks, guideBlock{line: n + 2, script: strings.Join(body, "\n")})
			case language == "" && len(g.blocks) > 0:
				last := &g.blocks[len(g.blocks)-1]
				last.wants = append(last.wants, body...)
			}
			n = end
		}
	}
	return g, nil
}

func guideError(n int, text string) error { return fmt.Errorf("line %d: %s", n+1, text) }

// until returns the next line from n on that is end, or the end of the page.
func until(lines []string, n int, end string) int {
	for ; n < len(lines); n++ {
		if strings.TrimRight(lines[n], " ") == end {
			return n
		}
	}
	return n
}

// marker ends the output of a block.
const marker = "--- end of block "

// run runs the blocks in one shell, so that what one exports the next has, and looks for what a page shows in what was printed.
func (g *guide) run(t *testing.T) {
	t.Helper()
	for _, program := range g.needs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	server, err := sandbox.Start(context.Background(), sandbox.Options{Seed: g.seed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	other, err := sandbox.Start(context.Background(), sandbox.Options{Seed: "empty"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	work := t.TempDir()
	if err := os.CopyFS(filepath.Join(work, "testdata", "tsv"), os.DirFS("../../testdata/tsv")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", g.script(server))
	cmd.Dir = work
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(work, ".home"), "TERM=dumb", "GORACE=atexit_sleep_ms=0", "GOCOVERDIR=" + t.TempDir(), "LC_ALL=C.UTF-8", "NO_COLOR=1",
		"JIRA_URL=" + server.URL, "JIRA_TOKEN=" + server.Token, "OTHER_URL=" + other.URL, "OTHER_TOKEN=" + other.Token,
		"GITHUB_URL=" + server.GitHubURL, "APP_KEY_FILE=" + g.saveAppKey(t, server),
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	g.compare(t, string(out))
	for _, leak := range findSecrets(string(out), []string{server.Token, server.Password, other.Token}) {
		t.Errorf("the output holds %s", leak)
	}
}

// saveAppKey writes the key of the seeded GitHub App for a page that uses it; making one takes a while.
func (g *guide) saveAppKey(t *testing.T, server *sandbox.Server) string {
	t.Helper()
	if !slices.ContainsFunc(g.blocks, func(b guideBlock) bool { return strings.Contains(b.script, "$APP_KEY_FILE") }) {
		return ""
	}
	key, err := server.AppKey()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "app.pem")
	if err := os.WriteFile(path, []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// script is all blocks as one program that stops at the first surprise.
func (g *guide) script(server *sandbox.Server) string {
	var b strings.Builder
	b.WriteString("set -euo pipefail\nmkdir -p \"$HOME\"\n")
	for n, block := range g.blocks {
		script := block.script
		if !block.hidden {
			script = forSandbox(script, server)
		}
		fmt.Fprintf(&b, "at=%d\n%s\necho\necho %q\n", block.line, script, marker+fmt.Sprint(n))
	}
	return "trap 'echo \"stopped in the block of line $at\"' ERR\n" + b.String()
}

// forSandbox puts a server that exists in the place of the example's, and checks the exit status where the page tells it.
func forSandbox(script string, server *sandbox.Server) string {
	script = strings.NewReplacer(
		"https://jira.example.com/jira", server.URL, "https://jira.example.com", server.URL, "GIJCTL_TOKEN=…", "GIJCTL_TOKEN="+server.Token,
	).Replace(script)
	status := regexp.MustCompile(`(?m)^(.*?) +# exit ([0-9]+)(\D.*)?$`)
	return status.ReplaceAllString(script, "{ status=0; $1 || status=$$?; [ $$status = $2 ] || { echo \"exit $$status, not $2\"; exit 1; }; }")
}

// compare looks for the lines that a page shows, in their order. "…" in a line stands for anything, and alone for any lines.
func (g *guide) compare(t *testing.T, out string) {
	t.Helper()
	for n, block := range g.blocks {
		printed, rest, found := strings.Cut(out, marker+fmt.Sprint(n)+"\n")
		if !found {
			t.Fatalf("the block of line %d did not end", block.line)
		}
		lines := strings.Split(printed, "\n")
		for _, want := range block.wants {
			if strings.TrimSpace(want) == "" || strings.TrimSpace(want) == "…" {
				continue
			}
			at := indexLine(lines, want)
			if at < 0 {
				t.Errorf("line %d: the page shows what was not printed:\n%s\nbut:\n%s", block.line, want, printed)
				break
			}
			lines = lines[at+1:]
		}
		out = rest
	}
}

func indexLine(lines []string, want string) int {
	parts := strings.Split(strings.TrimRight(want, " "), "…")
	for n, part := range parts {
		parts[n] = regexp.QuoteMeta(part)
	}
	pattern := regexp.MustCompile("^" + strings.Join(parts, ".*") + "$")
	for n, line := range lines {
		if pattern.MatchString(strings.TrimRight(line, " ")) {
			return n
		}
	}
	return -1
}

// TestGuidesCanFail holds the reader of guides against pages that lie.
func TestGuidesCanFail(t *testing.T) {
	t.Parallel()
	g, err := parseGuide("# T\n\n```sh\necho one; echo two\n```\n\n```\none\n…\n```\n\n<!-- guide: not run, it needs a person -->\n```sh\nfalse\n```\n")
	if err != nil || len(g.blocks) != 1 || len(g.blocks[0].wants) != 2 {
		t.Fatalf("parseGuide returns %+v, %v", g, err)
	}
	for shown, want := range map[string]bool{"two": true, "t…": true, "on": false, "three": false, "two x": false} {
		if found := indexLine([]string{"one", "two "}, shown) >= 0; found != want {
			t.Errorf("the line %q is found: %t, want %t", shown, found, want)
		}
	}
	if _, err := parseGuide("<!-- guide: not run -->\n```sh\nfalse\n```\n"); err == nil {
		t.Error("a block that is not run needs no reason")
	}
	script := forSandbox("gijctl x   # exit 3, as always\ngijctl y", &sandbox.Server{URL: "u", Token: "t"})
	if !strings.Contains(script, "{ status=0; gijctl x || status=$?; [ $status = 3 ]") || !strings.HasSuffix(script, "\ngijctl y") {
		t.Errorf("the exit status is not checked by %q", script)
	}
}
