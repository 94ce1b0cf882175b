package term_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/gijctl/gijctl/internal/term"
)

func TestConfirm(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in string
		want     bool
	}{
		{"y", "y\n", true},
		{"yes", "yes\n", true},
		{"Y", "Y\n", true},
		{"YES with spaces and CRLF", " YES \r\n", true},
		{"y without a line end", "y", true},
		{"n", "n\n", false},
		{"no", "no\n", false},
		{"empty", "\n", false},
		{"end of input", "", false},
		{"yep", "yep\n", false},
		{"yes and more", "yes please\n", false},
		{"yes in the second line", "\nyes\n", false},
		{"ja", "ja\n", false},
	} {
		for kind, reader := range map[string]func(io.Reader) io.Reader{
			"": func(r io.Reader) io.Reader { return r }, " (data with the end)": iotest.DataErrReader, " (one byte a time)": iotest.OneByteReader,
		} {
			t.Run(tt.name+kind, func(t *testing.T) {
				t.Parallel()
				var asked bytes.Buffer
				s := term.Streams{In: reader(strings.NewReader(tt.in)), Out: failing{}, Err: &asked}
				got, err := s.Confirm(t.Context(), "Remove 2 integrations?")
				if err != nil || got != tt.want {
					t.Errorf("got %t, %v", got, err)
				}
				want := "Remove 2 integrations? [y/N] "
				if !strings.Contains(tt.in, "\n") {
					want += "\n" // nobody typed one
				}
				if asked.String() != want {
					t.Errorf("asked %q", asked.String())
				}
			})
		}
	}
}

// failing is a stream that nobody may write to.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestConfirmReadsNoFurtherThanTheLine(t *testing.T) {
	t.Parallel()
	in := strings.NewReader("y\nno\nwhat follows")
	s := term.Streams{In: in, Err: io.Discard}
	first, err := s.Confirm(t.Context(), "First?")
	if err != nil || !first {
		t.Errorf("first: %t, %v", first, err)
	}
	second, err := s.Confirm(t.Context(), "Second?")
	if err != nil || second {
		t.Errorf("second: %t, %v", second, err)
	}
	if rest, _ := io.ReadAll(in); string(rest) != "what follows" {
		t.Errorf("left: %q", rest)
	}
}

func TestConfirmFails(t *testing.T) {
	t.Parallel()
	cause := errors.New("gone")
	got, err := term.Streams{In: iotest.ErrReader(cause), Err: io.Discard}.Confirm(t.Context(), "Sure?")
	if got || !errors.Is(err, cause) || !strings.HasPrefix(err.Error(), "read the answer: ") {
		t.Errorf("got %t, %v", got, err)
	}
	in := strings.NewReader("y\n")
	got, err = term.Streams{In: in, Err: failing{}}.Confirm(t.Context(), "Sure?")
	if got || err == nil || in.Len() != 2 {
		t.Errorf("a question that cannot be asked: %t, %v, %d bytes left", got, err, in.Len())
	}
}

// An interrupt while nobody answers: it is no, and not an answer.
func TestConfirmInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	in, typing := io.Pipe()
	defer func() { _ = typing.Close() }()
	var asked bytes.Buffer
	got, err := term.Streams{In: reading{in, cancel}, Err: &asked}.Confirm(ctx, "Sure?")
	if got || !errors.Is(err, context.Canceled) {
		t.Errorf("got %t, %v", got, err)
	}
	if asked.String() != "Sure? [y/N] \n" {
		t.Errorf("asked %q", asked.String())
	}
}

// A yes that comes together with the interrupt is no yes.
func TestConfirmAnsweredAndInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := term.Streams{In: strings.NewReader("y\n"), Err: io.Discard}.Confirm(ctx, "Sure?")
	if got || !errors.Is(err, context.Canceled) {
		t.Errorf("got %t, %v", got, err)
	}
}

func TestAsk(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, fallback, asked, want string }{
		{"a line", "https://jira.example.com\n", "", "URL: ", "https://jira.example.com"},
		{"spaces and CRLF", "  x y \r\n", "", "URL: ", "x y"},
		{"empty", "\n", "", "URL: ", ""},
		{"empty, with a fallback", " \n", "old", "URL [old]: ", "old"},
		{"not the fallback", "new\n", "old", "URL [old]: ", "new"},
		{"without a line end", "new", "old", "URL [old]: \n", "new"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var asked bytes.Buffer
			got, err := term.Streams{In: strings.NewReader(tt.in), Out: failing{}, Err: &asked}.Ask(t.Context(), "URL", tt.fallback)
			if err != nil || got != tt.want || asked.String() != tt.asked {
				t.Errorf("got %q, %v; asked %q", got, err, asked.String())
			}
		})
	}
}

func TestAskGivenUp(t *testing.T) {
	t.Parallel()
	got, err := term.Streams{In: strings.NewReader(""), Err: io.Discard}.Ask(t.Context(), "URL", "old")
	if got != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("the end of input: got %q, %v", got, err)
	}
	cause := errors.New("gone")
	got, err = term.Streams{In: iotest.ErrReader(cause), Err: io.Discard}.Ask(t.Context(), "URL", "old")
	if got != "" || !errors.Is(err, cause) {
		t.Errorf("an error: got %q, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	in, typing := io.Pipe()
	defer func() { _ = typing.Close() }()
	var asked bytes.Buffer
	got, err = term.Streams{In: reading{in, cancel}, Err: &asked}.Ask(ctx, "URL", "old")
	if got != "" || !errors.Is(err, context.Canceled) || asked.String() != "URL [old]: \n" {
		t.Errorf("an interrupt: got %q, %v; asked %q", got, err, asked.String())
	}
	asked.Reset()
	if _, err = (term.Streams{In: in, Err: &asked}).Ask(ctx, "URL", "old"); !errors.Is(err, context.Canceled) || asked.Len() > 0 {
		t.Errorf("after an interrupt: got %v; asked %q", err, asked.String())
	}
}

// reading calls back when it is read.
type reading struct {
	io.Reader
	begun func()
}

func (r reading) Read(b []byte) (int, error) {
	r.begun()
	return r.Reader.Read(b)
}

func TestWhatIsNoTerminal(t *testing.T) {
	t.Parallel()
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for name, stream := range map[string]any{"nil": nil, "reader": strings.NewReader(""), "file": file} {
		if term.IsTerminal(stream) {
			t.Errorf("%s is a terminal", name)
		}
	}
	s := term.Streams{In: file, Out: file, Err: file}
	if s.Interactive() || s.Width() != 0 || (term.Streams{Out: io.Discard}).Width() != 0 {
		t.Errorf("interactive %t, width %d", s.Interactive(), s.Width())
	}
}

func TestSecretNeedsATerminal(t *testing.T) {
	t.Parallel()
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for name, in := range map[string]io.Reader{"reader": strings.NewReader("s3cr3t\n"), "file": file} {
		var asked bytes.Buffer
		got, err := term.Streams{In: in, Err: &asked}.Secret(t.Context(), "token")
		if err == nil || !got.IsZero() || asked.Len() > 0 {
			t.Errorf("%s: %v, asked %q", name, err, asked.String())
		}
	}
}

func TestUseColorWithoutTerminal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		mode string
		env  map[string]string
		want bool
	}{
		{"always", nil, true},
		{"always", map[string]string{"NO_COLOR": "1", "TERM": "dumb"}, true},
		{"never", nil, false},
		{"auto", nil, false},
		{"", nil, false},
	} {
		if got := term.UseColor(tt.mode, io.Discard, func(name string) string { return tt.env[name] }); got != tt.want {
			t.Errorf("%q with %v: %t", tt.mode, tt.env, got)
		}
	}
}
