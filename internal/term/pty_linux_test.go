package term_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/gijctl/gijctl/internal/term"
	"github.com/gijctl/gijctl/pkg/secret"
)

const hidden = "s3cr3t-of-the-test"

// pty is a terminal: a person types into and looks at master, a program has slave.
type pty struct {
	t             *testing.T
	master, slave *os.File
	mu            sync.Mutex
	screen        bytes.Buffer
}

func (p *pty) streams() term.Streams { return term.Streams{In: p.slave, Out: p.slave, Err: p.slave} }

// Write is the screen: what the terminal shows.
func (p *pty) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.screen.Write(b)
}

func (p *pty) shown() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.screen.String()
}

func openPty(t *testing.T) *pty {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	p := &pty{t: t, master: master}
	var number, unlocked int32
	p.ioctl(master, syscall.TIOCSPTLCK, unsafe.Pointer(&unlocked))
	p.ioctl(master, syscall.TIOCGPTN, unsafe.Pointer(&number))
	p.slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	t.Cleanup(func() { _ = p.slave.Close() })
	go func() { _, _ = io.Copy(p, master) }() // ends with the master
	return p
}

func (p *pty) ioctl(f *os.File, request uintptr, argument unsafe.Pointer) {
	p.t.Helper()
	conn, err := f.SyscallConn()
	if err != nil {
		p.t.Fatal(err)
	}
	var failure syscall.Errno
	err = conn.Control(func(fd uintptr) {
		_, _, failure = syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(argument))
	})
	if err != nil || failure != 0 {
		p.t.Fatalf("ioctl %#x: %v, %v", request, err, failure)
	}
}

func (p *pty) settings() syscall.Termios {
	p.t.Helper()
	var now syscall.Termios
	p.ioctl(p.slave, syscall.TCGETS, unsafe.Pointer(&now))
	return now
}

func (p *pty) echoes() bool {
	p.t.Helper()
	return p.settings().Lflag&syscall.ECHO != 0
}

func (p *pty) typed(text string) {
	p.t.Helper()
	if _, err := p.master.WriteString(text); err != nil {
		p.t.Fatal(err)
	}
}

// wait waits until a condition holds.
func (p *pty) wait(what string, holds func() bool) {
	p.t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			p.t.Fatalf("waited in vain until %s; the screen shows %q", what, p.shown())
		}
	}
}

type answer struct {
	value secret.Value
	err   error
}

// ask asks for a secret, and returns when nothing that is typed is shown.
func (p *pty) ask(ctx context.Context) <-chan answer {
	p.t.Helper()
	done := make(chan answer, 1)
	go func() {
		value, err := term.Streams{In: p.slave, Out: io.Discard, Err: p.slave}.Secret(ctx, "GITHUB pat")
		done <- answer{value, err}
	}()
	p.wait("the echo is off", func() bool { return !p.echoes() })
	return done
}

func (p *pty) answer(done <-chan answer) answer {
	p.t.Helper()
	var got answer
	p.wait("there is an answer", func() bool {
		select {
		case got = <-done:
			return true
		default:
			return false
		}
	})
	return got
}

func TestSecret(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, typed, want string }{
		{"a line", hidden + "\n", hidden},
		{"return", hidden + "\r", hidden},
		{"spaces, which a password may have", "  " + hidden + " \n", "  " + hidden + " "},
		{"begun anew", "wrong\x15" + hidden + "\n", hidden},
		{"corrected", "x\x7f" + hidden + "\n", hidden},
		{"not ASCII", "pässwört\n", "pässwört"},
		{"wide and erased", "日本é\x7f\x7f\x7f" + hidden + "\n", hidden},
		{"all erased, and more", "日本\x7f\x7f\x7f\x7f" + hidden + "\n", hidden},
		{"an emoji, erased by its parts", "👨\u200d👩\x7f\x7f\x7f" + hidden + "\n", hidden},
		{"nothing", "\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := openPty(t)
			before := p.settings()
			done := p.ask(t.Context())
			p.typed(tt.typed)
			got := p.answer(done)
			if got.err != nil || got.value.Reveal() != tt.want {
				t.Errorf("got %q, %v", got.value.Reveal(), got.err)
			}
			if p.settings() != before {
				t.Error("the terminal is not as it was")
			}
			p.wait("the line ends", func() bool { return strings.HasSuffix(p.shown(), "\r\n") })
			if p.shown() != "GITHUB pat: \r\n" {
				t.Errorf("the screen shows %q", p.shown())
			}
		})
	}
}

func TestSecretInterrupted(t *testing.T) {
	t.Parallel()
	p := openPty(t)
	before := p.settings()
	ctx, cancel := context.WithCancel(t.Context())
	done := p.ask(ctx)
	cancel()
	got := p.answer(done)
	if !errors.Is(got.err, context.Canceled) || !got.value.IsZero() {
		t.Errorf("got %v", got.err)
	}
	if p.settings() != before {
		t.Error("the terminal is not as it was")
	}
	p.wait("the line ends", func() bool { return strings.HasSuffix(p.shown(), "\r\n") })
	if p.shown() != "GITHUB pat: \r\n" {
		t.Errorf("the screen shows %q", p.shown())
	}
	p.typed("\n") // for the reader that the interrupt left behind
}

func TestSecretGivenUp(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"\x03", "\x04"} {
		p := openPty(t)
		before := p.settings()
		done := p.ask(t.Context())
		p.typed("half" + key)
		got := p.answer(done)
		if !errors.Is(got.err, context.Canceled) || !got.value.IsZero() || p.settings() != before {
			t.Errorf("%q: got %v; the terminal is as it was: %t", key, got.err, p.settings() == before)
		}
	}
}

func TestSecretAfterAnInterrupt(t *testing.T) {
	t.Parallel()
	p := openPty(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := term.Streams{In: p.slave, Err: p}.Secret(ctx, "GITHUB pat")
	if !errors.Is(err, context.Canceled) || !got.IsZero() || !p.echoes() || p.shown() != "" {
		t.Errorf("got %v; echo %t; the screen shows %q", err, p.echoes(), p.shown())
	}
}

func TestSecretThatCannotBeAskedFor(t *testing.T) {
	t.Parallel()
	p := openPty(t)
	if got, err := (term.Streams{In: p.slave, Err: failing{}}).Secret(t.Context(), "GITHUB pat"); err == nil || !got.IsZero() || !p.echoes() {
		t.Errorf("got %v; echo %t", err, p.echoes())
	}
}

func TestTerminal(t *testing.T) {
	t.Parallel()
	p := openPty(t)
	size := [4]uint16{25, 123} // rows, columns
	p.ioctl(p.master, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	all := term.Streams{In: p.slave, Out: p.slave, Err: p.slave}
	if !all.Interactive() || all.Width() != 123 || !term.IsTerminal(p.slave) {
		t.Errorf("interactive %t, width %d", all.Interactive(), all.Width())
	}
	for name, s := range map[string]term.Streams{
		"input is a pipe":       {In: strings.NewReader(""), Out: p.slave, Err: p.slave},
		"messages go to a file": {In: p.slave, Out: p.slave, Err: io.Discard},
	} {
		if s.Interactive() {
			t.Errorf("%s: somebody can be asked", name)
		}
	}
	if !(term.Streams{In: p.slave, Out: io.Discard, Err: p.slave}).Interactive() {
		t.Error("data that goes to a file keeps nobody from being asked")
	}
}

func TestUseColorOnATerminal(t *testing.T) {
	t.Parallel()
	p := openPty(t)
	for _, tt := range []struct {
		mode string
		env  map[string]string
		want bool
	}{
		{"auto", map[string]string{"TERM": "xterm"}, true},
		{"auto", nil, true},
		{"auto", map[string]string{"NO_COLOR": "0"}, false},
		{"auto", map[string]string{"NO_COLOR": ""}, true},
		{"auto", map[string]string{"TERM": "dumb"}, false},
		{"never", nil, false},
		{"always", map[string]string{"NO_COLOR": "1"}, true},
	} {
		if got := term.UseColor(tt.mode, p.slave, func(name string) string { return tt.env[name] }); got != tt.want {
			t.Errorf("%s with %v: %t", tt.mode, tt.env, got)
		}
	}
}
