package browsertest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// program is where TestMain built gijctl.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "gijctl-browser-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	program = filepath.Join(folder, "gijctl")
	build := exec.CommandContext(context.Background(), "go", "build", "-C", filepath.Join("..", ".."), "-o", program, "./cmd/gijctl")
	if out, err := build.CombinedOutput(); err != nil {
		_, _ = os.Stderr.Write(out)
		panic(err)
	}
	return m.Run()
}

// admin is a person with a shell, a Jira, a GitHub and a browser.
type admin struct {
	*tab
	server *sandbox.Server
	env    []string
}

// newAdmin starts a sandbox. What its GitHub does wrong, faults say.
func newAdmin(t *testing.T, faults ...string) *admin {
	t.Helper()
	server, err := sandbox.Start(t.Context(), sandbox.Options{Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	home := t.TempDir()
	env := []string{
		"HOME=" + home, "XDG_STATE_HOME=" + home, "XDG_CONFIG_HOME=" + home, "PATH=" + os.Getenv("PATH"),
		"GIJCTL_URL=" + server.URL, "GIJCTL_TOKEN=" + server.Token, "GIJCTL_GITHUB_URL=" + server.GitHubURL,
	}
	return &admin{tab: newBrowser(t), server: server, env: env}
}

// process is a command that waits for what a person does.
type process struct {
	t       *testing.T
	page    string // its address, that stands alone on a line of standard error
	out     bytes.Buffer
	remarks chan string
	heard   []string
	ended   chan error // how, once
	gone    chan struct{}
}

// start runs a command that prints a page and waits.
func (a *admin) start(args ...string) *process {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = a.env
	p := &process{t: a.t, remarks: make(chan string, 1000), ended: make(chan error, 1), gone: make(chan struct{})}
	cmd.Stdout = &p.out
	remarks, err := cmd.StderrPipe()
	if err != nil {
		a.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	go func() {
		for lines := bufio.NewScanner(remarks); lines.Scan(); {
			p.remarks <- lines.Text()
		}
		close(p.remarks)
		p.ended <- cmd.Wait()
		close(p.gone)
	}()
	a.t.Cleanup(func() {
		cancel()
		<-p.gone
	})
	p.page = p.hear("http://")
	return p
}

// hear waits for a line of standard error that begins with a text.
func (p *process) hear(text string) string {
	p.t.Helper()
	late := time.After(patience)
	for {
		select {
		case line, more := <-p.remarks:
			p.heard = append(p.heard, line)
			if !more {
				p.t.Fatalf("it ended without %q:\n%s%s", text, strings.Join(p.heard, "\n"), p.out.String())
			}
			if strings.HasPrefix(line, text) {
				return line
			}
		case <-late:
			p.t.Fatalf("no %q in:\n%s", text, strings.Join(p.heard, "\n"))
		}
	}
}

// expectWaiting fails if the command ended.
func (p *process) expectWaiting() {
	p.t.Helper()
	select {
	case err := <-p.ended:
		p.ended <- err
		p.t.Fatalf("the wait ended: %v\n%s", err, strings.Join(p.heard, "\n"))
	default:
	}
}

// end waits for the end, which is a good one, and returns the last remark.
func (p *process) end() string {
	p.t.Helper()
	err := <-p.ended
	for line := range p.remarks {
		p.heard = append(p.heard, line)
	}
	if err != nil {
		p.t.Fatalf("%v\n%s", err, strings.Join(p.heard, "\n"))
	}
	return p.heard[len(p.heard)-1]
}

// result waits for the end, and decodes what was printed.
func (p *process) result(to any) {
	p.t.Helper()
	p.end()
	if err := json.Unmarshal(p.out.Bytes(), to); err != nil {
		p.t.Fatalf("%v in %s", err, p.out.String())
	}
}

// run runs a command that waits for nobody, and returns what it printed.
func (a *admin) run(args ...string) []byte {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = a.env
	var remarks bytes.Buffer
	cmd.Stderr = &remarks
	out, err := cmd.Output()
	if err != nil {
		a.t.Fatalf("%v\n%s", err, remarks.String())
	}
	return out
}
