package main

import (
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a test waits for what should come at once, before it gives up.
const patience = 30 * time.Second

// process is a program that runs while its script goes on.
type process struct {
	cmd    *exec.Cmd
	stdout watched
	stderr watched
	ended  chan struct{}
	err    error // of Wait; set before ended is closed

	interrupts int // how often Ctrl-C was pressed
}

// startProcess starts a program. adjust may change how, before it starts.
func startProcess(dir string, environ, args []string, adjust func(*exec.Cmd)) (*process, error) {
	p := &process{ended: make(chan struct{})}
	p.cmd = exec.CommandContext(context.Background(), args[0], args[1:]...)
	p.cmd.Dir, p.cmd.Env = dir, environ
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	if adjust != nil {
		adjust(p.cmd)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

func (p *process) isRunning() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended meanwhile
	<-p.ended
}

func (p *process) interrupt() error {
	p.interrupts++
	return p.cmd.Process.Signal(syscall.SIGINT)
}

// wait returns the exit status of the process.
func (p *process) wait() (int, error) {
	select {
	case <-p.ended:
		return exitStatusOf(p.err)
	case <-time.After(patience):
		p.kill()
		return 0, errors.New("it did not end")
	}
}

// exitStatusOf returns the exit status that an error of running a program tells of.
func exitStatusOf(err error) (int, error) {
	var exit *exec.ExitError
	if err == nil {
		return 0, nil
	}
	if errors.As(err, &exit) && exit.ExitCode() >= 0 {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// watched is a buffer that somebody waits for.
type watched struct {
	mu   sync.Mutex
	text []byte
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, p...)
	return len(p), nil
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.text)
}

// follow copies what a terminal shows. The end of a terminal is an error on Linux.
func (w *watched) follow(f *os.File) { _, _ = io.Copy(w, f) }

// eventually reports whether a condition becomes true before a test loses its patience, or before stop is closed.
func eventually(condition func() bool, stop <-chan struct{}) bool {
	deadline := time.After(patience)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-stop:
			return condition()
		case <-deadline:
			return false
		}
	}
	return true
}

// cmdStart starts a program and goes on: start NAME PROGRAM ARG…
func cmdStart(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start NAME PROGRAM ARG…")
	}
	s := scriptOf(ts)
	p, err := startProcess(ts.MkAbs("."), s.environ(ts), args[1:], nil)
	ts.Check(err)
	s.processes[args[0]] = p
}

func (s *script) process(ts *testscript.TestScript, name string) *process {
	p := s.processes[name]
	if p == nil {
		ts.Fatalf("no process %q was started, only %q", name, slices.Sorted(maps.Keys(s.processes)))
	}
	return p
}

// cmdAwaitRequests waits until requests have arrived: await-requests N [METHOD]
func cmdAwaitRequests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: await-requests N [METHOD]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := scriptOf(ts)
	if !eventually(func() bool { return len(s.arrived(args[1:]...)) >= want }, nil) {
		ts.Fatalf("not arrived; all:%s", describe(s.arrived()))
	}
}

// cmdAwaitOutput waits until a process has written something: await-output NAME PATTERN
func cmdAwaitOutput(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await-output NAME PATTERN")
	}
	p := scriptOf(ts).process(ts, args[0])
	pattern := regexp.MustCompile("(?m)" + args[1])
	output := func() string { return p.stdout.String() + p.stderr.String() }
	if !eventually(func() bool { return pattern.MatchString(output()) }, p.ended) {
		ts.Fatalf("not written: %s", output())
	}
}

// cmdInterrupt presses Ctrl-C: interrupt NAME
func cmdInterrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: interrupt NAME")
	}
	ts.Check(scriptOf(ts).process(ts, args[0]).interrupt())
}

// cmdFinish waits for the end of a process, and leaves what it wrote in NAME.stdout and NAME.stderr: finish NAME STATUS
func cmdFinish(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: finish NAME STATUS")
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	s := scriptOf(ts)
	p := s.process(ts, args[0])
	status, err := p.wait()
	stdout, stderr := p.stdout.String(), p.stderr.String()
	ts.Logf("[stdout]\n%s\n[stderr]\n%s", stdout, stderr)
	ts.Check(err)
	s.checkOutput(ts, p.cmd.Args, stdout+stderr)
	for name, text := range map[string]string{"stdout": stdout, "stderr": stderr} {
		path := filepath.Join(s.work, args[0]+"."+name)
		s.shows[path] = showsTokens(p.cmd.Args)
		ts.Check(os.WriteFile(path, []byte(text), 0o600))
	}
	if status != want {
		ts.Fatalf("exit status %d, want %d", status, want)
	}
	endedAtOnce := p.interrupts > 1 // and so without last words
	if p.cmd.Args[0] == "gijctl" && !endedAtOnce {
		ts.Check(checkContract(p.cmd.Args, status, stdout, stderr))
	}
}
