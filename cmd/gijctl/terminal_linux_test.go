package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// cmdTerminal runs gijctl on a terminal where somebody answers:
//
//	terminal STATUS DIALOGUE gijctl ARG…
//
// A line "< text" of the dialogue file waits until the terminal shows the text, a line "> text" then types it, and "^C"
// presses Ctrl-C; "* FAULT…" sets faults of the sandbox at that moment. Everything that the terminal showed is in the file "screen" afterwards. Where "terminal" is followed by
// -data, stdout is not the terminal but the file "data".
func cmdTerminal(ts *testscript.TestScript, neg bool, args []string) {
	toFile := len(args) > 0 && args[0] == "-data"
	if toFile {
		args = args[1:]
	}
	if neg || len(args) < 3 {
		ts.Fatalf("usage: terminal [-data] STATUS DIALOGUE gijctl ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	dialogue := ts.ReadFile(args[1])
	master, slave, err := openTerminal()
	ts.Check(err)
	defer func() { _ = master.Close() }()
	s := scriptOf(ts)
	p, err := startProcess(ts.MkAbs("."), s.environ(ts), args[2:], func(cmd *exec.Cmd) {
		cmd.Stdin, cmd.Stderr = slave, slave
		if !toFile {
			cmd.Stdout = slave
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	})
	ts.Check(err)
	ts.Check(slave.Close())
	var screen watched
	shown := make(chan struct{})
	go func() {
		screen.follow(master)
		close(shown)
	}()
	talkError := talk(dialogue, master, &screen, p, s.server)
	status, waitError := p.wait()
	<-shown
	ts.Logf("[screen]\n%s", screen.String())
	s.checkOutput(ts, args[2:], screen.String()+p.stdout.String())
	ts.Check(os.WriteFile(ts.MkAbs("screen"), []byte(screen.String()), 0o600))
	if toFile {
		ts.Check(os.WriteFile(ts.MkAbs("data"), []byte(p.stdout.String()), 0o600))
	}
	ts.Check(talkError)
	ts.Check(waitError)
	if status != want {
		ts.Fatalf("exit status %d, want %d", status, want)
	}
}

// talk follows the dialogue.
func talk(dialogue string, terminal *os.File, screen *watched, p *process, server *sandbox.Server) error {
	seen := 0
	for line := range strings.Lines(dialogue) {
		line = strings.TrimRight(line, "\n")
		var err error
		switch {
		case strings.HasPrefix(line, "< "):
			text := line[2:]
			if !eventually(func() bool { return strings.Contains(screen.String()[seen:], text) }, p.ended) {
				p.kill()
				return fmt.Errorf("the terminal did not show %q", text)
			}
			seen += strings.Index(screen.String()[seen:], text) + len(text)
		case strings.HasPrefix(line, "> "):
			_, err = terminal.WriteString(line[2:] + "\n")
		case strings.HasPrefix(line, "* "):
			err = server.SetFaults(strings.Fields(line[2:]))
		case line == "^C":
			_, err = terminal.WriteString("\x03")
		default:
			err = fmt.Errorf("no line of a dialogue: %q", line)
		}
		if err != nil {
			p.kill()
			return err
		}
	}
	return nil
}

// openTerminal opens both ends of a pseudo-terminal.
func openTerminal() (master, slave *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	var number, unlocked int32
	for request, value := range map[uintptr]*int32{syscall.TIOCGPTN: &number, syscall.TIOCSPTLCK: &unlocked} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, master.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			_ = master.Close()
			return nil, nil, errno
		}
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	return master, slave, err
}
