package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// TestDemoIsTrue runs the commands of the README's recording and looks for what they print in it.
func TestDemoIsTrue(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the recording is of a POSIX shell")
	}
	script, err := os.ReadFile("../../docs/demo/demo.sh")
	if err != nil {
		t.Fatal(err)
	}
	recorded := squeezed(recording(t))
	work := t.TempDir()
	count := 0
	for _, m := range regexp.MustCompile(`(?m)^show '(.*)' [0-9.]+$`).FindAllStringSubmatch(string(script), -1) {
		count++
		cmd := exec.CommandContext(t.Context(), "bash", "-c", m[1]+" 2>&1")
		cmd.Env = []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + work, "XDG_STATE_HOME=" + filepath.Join(work, "state"), "GITHUB_PAT=example", "GORACE=atexit_sleep_ms=0", "GOCOVERDIR=" + t.TempDir(),
		}
		out, _ := cmd.CombinedOutput()                               // that the last one is refused is what it shows
		for want := range strings.Lines(m[1] + "\n" + string(out)) { // between them, a terminal sees progress
			if !strings.Contains(recorded, squeezed(want)) {
				t.Errorf("the recording does not have this; record it anew with: make demo\n%s", want)
			}
		}
	}
	if count < 4 {
		t.Errorf("docs/demo/demo.sh shows %d commands", count)
	}
}

// recording is the text of docs/demo/demo.cast: a line of JSON for each piece of output.
func recording(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../docs/demo/demo.cast")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var event []any
		if json.Unmarshal(lines.Bytes(), &event) != nil || len(event) != 3 {
			continue // the header
		}
		piece, _ := event[2].(string)
		text.WriteString(piece)
	}
	return regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(text.String(), "")
}

// squeezed is a text without its spaces and line breaks, which depend on the width of the terminal.
func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }
