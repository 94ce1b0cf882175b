// Package term knows what the process is connected to, and asks the person who sits there.
package term

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	xterm "golang.org/x/term"

	"github.com/gijctl/gijctl/pkg/secret"
)

// Streams are the three standard streams. Data goes to Out, everything else to Err.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// IsTerminal reports whether a stream is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && xterm.IsTerminal(int(f.Fd()))
}

// Interactive reports whether a person can be asked: In and Err are terminals.
func (s Streams) Interactive() bool { return IsTerminal(s.In) && IsTerminal(s.Err) }

// Width returns the width in columns of the terminal that Out is, 0 if it is none.
func (s Streams) Width() int { return widthOfTerminal(s.Out) }

func widthOfTerminal(stream any) int {
	f, ok := stream.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := xterm.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// UseColor decides about colour on a stream. mode is auto, always or never; getenv looks up the environment. NO_COLOR
// (https://no-color.org) and TERM=dumb switch auto off.
func UseColor(mode string, stream any, getenv func(string) string) bool {
	switch mode {
	case "always":
		return true
	case "never":
		return false
	}
	return IsTerminal(stream) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

// Confirm asks a question and reports whether the answer was yes. Everything but y and yes is no, also the end of input.
func (s Streams) Confirm(ctx context.Context, question string) (bool, error) {
	answer, err := s.answer(ctx, question+" [y/N] ")
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}

// Ask asks for one line of text that may be seen, and returns it without the spaces around it. An empty line means fallback,
// which is shown unless it is empty itself. Ctrl-D on an empty line is [context.Canceled], as an interrupt is.
func (s Streams) Ask(ctx context.Context, question, fallback string) (string, error) {
	prompt := question + ": "
	if fallback != "" {
		prompt = question + " [" + fallback + "]: "
	}
	answer, err := s.answer(ctx, prompt)
	if errors.Is(err, io.EOF) && answer == "" {
		return "", context.Canceled
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if answer = strings.TrimSpace(answer); answer == "" {
		return fallback, nil
	}
	return answer, nil
}

// answer prompts and reads a line. At the end of input it returns what there was, and [io.EOF].
func (s Streams) answer(ctx context.Context, prompt string) (string, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if _, err := fmt.Fprint(s.Err, prompt); err != nil {
		return "", err
	}
	answer, err := await(ctx, func() (string, error) { return readLine(s.In) })
	if err == nil && ctx.Err() == nil {
		return answer, nil
	}
	_, _ = fmt.Fprintln(s.Err) // no line end was typed: what is said next begins a line
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if errors.Is(err, io.EOF) {
		return answer, io.EOF
	}
	return "", fmt.Errorf("read the answer: %w", err)
}

// Secret asks for a secret without showing what is typed. In must be a terminal.
func (s Streams) Secret(ctx context.Context, prompt string) (secret.Value, error) {
	f, ok := s.In.(*os.File)
	if !ok {
		return secret.Value{}, errors.New("a secret can be typed on a terminal only")
	}
	if ctx.Err() != nil {
		return secret.Value{}, ctx.Err() // the reader would switch the echo off after it was restored
	}
	fd := int(f.Fd())
	// The echo goes off before the prompt shows: what is pasted at once must not be seen.
	before, err := xterm.MakeRaw(fd)
	if err != nil {
		return secret.Value{}, fmt.Errorf("set up the terminal: %w", err)
	}
	typed, err := askHidden(ctx, f, s.Err, prompt)
	discardTyped(fd)
	restored := xterm.Restore(fd, before)
	_, _ = fmt.Fprintln(s.Err)
	if err != nil {
		return secret.Value{}, errors.Join(fmt.Errorf("read the secret: %w", err), restored)
	}
	return secret.New(typed), restored
}

func askHidden(ctx context.Context, in io.Reader, out io.Writer, prompt string) (string, error) {
	if _, err := fmt.Fprint(out, prompt+": "); err != nil {
		return "", err
	}
	return await(ctx, func() (string, error) { return readHidden(in) })
}

// The keys that a terminal in raw mode passes on as characters.
const (
	keyCtrlC     = 3
	keyCtrlD     = 4
	keyBackspace = 8
	keyCtrlU     = 21
	keyDelete    = 127
)

// readHidden reads a line from a terminal in raw mode. Ctrl-C and Ctrl-D are [context.Canceled].
func readHidden(r io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for {
		if _, err := io.ReadFull(r, one); err != nil {
			return "", err
		}
		switch one[0] {
		case '\r', '\n':
			return string(line), nil
		case keyCtrlC, keyCtrlD:
			return "", context.Canceled
		case keyCtrlU:
			line = line[:0]
		case keyBackspace, keyDelete:
			_, size := utf8.DecodeLastRune(line)
			line = line[:len(line)-size]
		default:
			line = append(line, one[0])
		}
	}
}

// await runs a read that cannot be interrupted, and leaves it behind when ctx is done.
func await(ctx context.Context, read func() (string, error)) (string, error) {
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := read()
		done <- result{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r := <-done:
		return r.text, r.err
	}
}

// readLine reads up to the end of the line and no further: what follows belongs to whoever reads next.
func readLine(r io.Reader) (string, error) {
	var line strings.Builder
	one := make([]byte, 1)
	for {
		n, err := r.Read(one)
		if n == 1 && one[0] == '\n' {
			return line.String(), nil
		}
		line.Write(one[:n])
		if err != nil {
			return line.String(), err
		}
	}
}
