package term_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/gijctl/gijctl/internal/term"
)

// What is pasted behind the line belongs to the secret's file: it answers no question, and no shell runs it.
func TestSecretPastedWithMore(t *testing.T) {
	t.Parallel()
	for _, more := range []string{"\n", "\r\n", "\ny\n", "\r" + hidden + "\ry\r"} {
		p := openPty(t)
		done := p.ask(t.Context())
		p.typed(hidden + "\r" + more)
		if got := p.answer(done); got.err != nil || got.value.Reveal() != hidden {
			t.Errorf("%q: got %v", more, got.err)
		}
		sure := make(chan bool, 1)
		go func() {
			yes, err := p.streams().Confirm(t.Context(), "Sure?")
			sure <- yes && err == nil
		}()
		p.wait("it asks", func() bool { return strings.HasSuffix(p.shown(), "[y/N] ") })
		p.typed("yes\r")
		if !<-sure {
			t.Errorf("%q has answered", more)
		}
		p.wait("yes and nothing else is shown", func() bool { return p.shown() == "GITHUB pat: \r\nSure? [y/N] yes\r\n" })
	}
}

func TestConfirmOnATerminal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, typed string
		want        bool
		shown       string
	}{
		{"y", "y\r", true, "y\r\n"},
		{"Y", "Y\n", true, "Y\r\n"},
		{"yes", "yes\n", true, "yes\r\n"},
		{"empty", "\n", false, "\r\n"},
		{"Ctrl-D", "\x04", false, "\r\n"},
		{"something else", "ja\n", false, "ja\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := openPty(t)
			before := p.settings()
			done := make(chan bool, 1)
			go func() {
				yes, err := p.streams().Confirm(t.Context(), "Sure?")
				done <- yes && err == nil
			}()
			p.wait("it asks", func() bool { return strings.HasSuffix(p.shown(), "[y/N] ") })
			p.typed(tt.typed)
			if <-done != tt.want || p.settings() != before {
				t.Errorf("answered %t; the terminal is as it was: %t", !tt.want, p.settings() == before)
			}
			p.wait("the line ends", func() bool { return strings.HasSuffix(p.shown(), "\r\n") })
			if p.shown() != "Sure? [y/N] "+tt.shown {
				t.Errorf("the screen shows %q", p.shown())
			}
		})
	}
}

// A window that is closed while it asks is no answer, and nobody waits for one.
func TestClosedTerminal(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(term.Streams) error{
		"confirm": func(s term.Streams) error {
			yes, err := s.Confirm(t.Context(), "Sure")
			if yes {
				return nil
			}
			return cmp.Or(err, io.EOF)
		},
		"line": func(s term.Streams) error {
			_, err := s.Ask(t.Context(), "Sure", "fallback")
			return err
		},
		"secret": func(s term.Streams) error {
			_, err := s.Secret(t.Context(), "Sure")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := openPty(t)
			done := make(chan error, 1)
			go func() { done <- ask(p.streams()) }()
			p.wait("it asks", func() bool { return strings.Contains(p.shown(), "Sure") })
			if err := p.master.Close(); err != nil {
				t.Fatal(err)
			}
			if err := <-done; err == nil {
				t.Error("a window that is gone has answered")
			}
		})
	}
}

func TestAskOnATerminal(t *testing.T) {
	t.Parallel()
	p := openPty(t)
	settings := p.settings()
	settings.Iflag |= syscall.IUTF8 // as every terminal window has it: Backspace takes a whole character
	p.ioctl(p.slave, syscall.TCSETS, unsafe.Pointer(&settings))
	done := make(chan string, 1)
	go func() {
		got, err := p.streams().Ask(t.Context(), "URL of Jira", "https://old.example.com")
		done <- fmt.Sprint(got, err)
	}()
	p.wait("it asks", func() bool { return strings.HasSuffix(p.shown(), "URL of Jira [https://old.example.com]: ") })
	p.typed("日本x\x7f\x7f\x7fhttps://jira.example.com\r")
	if got := <-done; got != "https://jira.example.com<nil>" {
		t.Errorf("got %s", got)
	}
}

func TestProgressOnAPty(t *testing.T) {
	t.Parallel()
	getenv := func(string) string { return "" }
	for _, tt := range []struct {
		name    string
		columns uint16
		o       term.ProgressOptions
		want    string
	}{
		{"wide enough", 40, term.ProgressOptions{Getenv: getenv}, draw("[1/2] a 東京") + eraseLine + "found\r\n" + draw("[1/2] a 東京") + eraseLine},
		{"no width known", 0, term.ProgressOptions{}, draw("[1/2] a 東京") + eraseLine + "found\r\n" + draw("[1/2] a 東京") + eraseLine},
		{"too narrow", 19, term.ProgressOptions{}, "found\r\n"},
		{"plain", 40, term.ProgressOptions{Plain: true}, "[1/2] a 東京\r\nfound\r\n"},
		{"quiet", 40, term.ProgressOptions{Quiet: true}, "found\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := openPty(t)
			size := [4]uint16{25, tt.columns}
			p.ioctl(p.master, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
			work := p.streams().NewProgress(tt.o)
			work.Count(1, 2)
			work.Step("a %s", "東京")
			work.Say("found")
			work.Close()
			p.wait("all is shown", func() bool { return p.shown() == tt.want })
		})
	}
}

func TestClearLine(t *testing.T) {
	t.Parallel()
	p := openPty(t)
	size := [4]uint16{25, 12}
	p.ioctl(p.master, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	p.streams().ClearLine()
	p.wait("the line is empty", func() bool { return p.shown() == "\r           \r" })
	var out bytes.Buffer
	if (term.Streams{Err: &out}).ClearLine(); out.Len() > 0 {
		t.Errorf("wrote %q to a log", out.String())
	}
}
