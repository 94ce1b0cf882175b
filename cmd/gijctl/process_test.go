package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
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
