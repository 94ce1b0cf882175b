// Package cli is the command tree. One leaf command is one file with three beats: its options, the constructor that
// binds them to flags, and a run function that knows no cobra.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/term"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

// Streams are the three standard streams of the process.
type Streams = term.Streams

// app is what every command shares: the surroundings of the process, and the flags that every command has.
type app struct {
	streams Streams
	env     config.Env
	now     func() time.Time
	flags   globalFlags
	// args are the arguments of the process, nil where every command is wanted.
	args []string
	// columns says which columns a command can show.
	columns map[*cobra.Command]func() []string
	// refusedHint is what to do where Jira refuses the credential, "" where the client knows best.
	refusedHint string
	// held are the remarks of a command with JSON errors: they go into the error object, or out at the end.
	held []string
}

// Main runs gijctl with these arguments and returns the exit status. It is the only way in, and nothing below it ends the
// process or looks at its globals.
func Main(ctx context.Context, args []string, streams Streams, env func(string) (string, bool)) int {
	streams = guarded(streams, env)
	a := &app{streams: streams, env: env, now: time.Now, args: append([]string{}, args...)}
	root := newRootCmd(a)
	root.SetArgs(args)
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	cmd, err := root.ExecuteContextC(ctx)
	return a.finish(ctx, cmd, err)
}

// brokenPipe is the exit status of a program whose reader went away, as a shell reports it: 128 + SIGPIPE.
const brokenPipe = 141

// finish writes the error, if there is one, and returns the exit status.
func (a *app) finish(ctx context.Context, cmd *cobra.Command, err error) int {
	var own *cliError
	if errors.Is(err, syscall.EPIPE) && !errors.As(err, &own) {
		return brokenPipe
	}
	if err == nil {
		for _, remark := range a.held {
			a.say(remark)
		}
		return 0
	}
	e := explain(err)
	if ctx.Err() != nil {
		e.Code = codeInterrupted
	}
	if e.Hint == "" && e.Code == codeUsage {
		e.Hint = "see: " + cmd.CommandPath() + " --help"
	}
	var ofGitHub *githubapp.Error
	if e.Code == codeAuth && e.Status == http.StatusUnauthorized && a.refusedHint != "" && !errors.As(err, &ofGitHub) {
		e.Hint = a.refusedHint
	}
	e.Hint = a.onTarget(e.Hint)
	e.Help = helpPage(e.Code)
	e.Warnings = a.held
	format := render.FormatTable
	if a.wantsJSON() || asksForJSON(a.args) {
		format = render.FormatJSON
	}
	a.annotate(e)
	_ = render.WriteError(a.streams.Err, format, e) // there is nowhere left to say that stderr is gone
	return exitStatus(e.Code)
}

// asksForJSON looks at the raw arguments: an unknown flag before -o json ends the parsing before -o is seen.
func asksForJSON(args []string) bool {
	joined := " " + strings.Join(args, " ") + " "
	for _, form := range []string{" -o json ", " -ojson ", " -o=json ", " --output json ", " --output=json "} {
		if strings.Contains(joined, form) {
			return true
		}
	}
	return false
}

func (a *app) wantsJSON() bool { return a.flags.output == string(render.FormatJSON) }

// say writes one line to stderr, where everything goes that is not data.
func (a *app) say(line string) {
	_, _ = fmt.Fprintln(a.streams.Err, render.Visible(line)) // a remark that cannot be written changes no result
}

// warn says what a person should know. With -o json it waits: a failed command prints its error object and nothing else.
func (a *app) warn(format string, args ...any) {
	a.remark("warning: " + fmt.Sprintf(format, args...))
}

// note says how things went, unless --quiet.
func (a *app) note(format string, args ...any) {
	if !a.flags.quiet {
		a.remark(fmt.Sprintf(format, args...))
	}
}

func (a *app) remark(line string) {
	if a.wantsJSON() {
		a.held = append(a.held, line)
		return
	}
	a.say(line)
}

// remarks is a writer for text that only people read: it is dropped where a program reads stderr.
func (a *app) remarks() io.Writer {
	if a.wantsJSON() || a.flags.quiet {
		return io.Discard
	}
	return a.streams.Err
}
