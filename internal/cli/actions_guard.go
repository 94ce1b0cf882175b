package cli

import (
	"io"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/term"
)

// commandGuard keeps a runner from obeying text of a server or a file that is printed into its log. GitHub Actions takes a line
// that begins with ::command:: for a command, and ##[command] anywhere in one [inferred from its source]; Azure Pipelines takes
// ##vso[, TeamCity ##teamcity[. The character that would complete such a mark is written as \u003a or \u005b, which in a string of
// JSON is the same character.
type commandGuard struct {
	next io.Writer
	line lineState
	mark markState
}

// lineState is where in a line the guard is. Blanks, and what may count as one, do not leave the begin.
type lineState int

const (
	atBegin    lineState = iota
	afterColon           // one, and nothing else
	inside
)

// markState counts what was seen of ##name[.
type markState int

const (
	noMark markState = iota
	oneHash
	twoHashes // or a name after them
)

// guarded puts a guard before stderr where a runner reads it. What goes to stdout is guarded by its form: see [app.guardedOut].
func guarded(streams Streams, env config.Env) Streams {
	if obeysOutput(env) && !term.IsTerminal(streams.Err) {
		streams.Err = &commandGuard{next: streams.Err}
	}
	return streams
}

// obeysOutput reports whether a runner that reads commands from the output of its jobs runs this.
func obeysOutput(env config.Env) bool {
	return env.Get("GITHUB_ACTIONS") == "true" || env.Get("TF_BUILD") != "" || env.Get("TEAMCITY_VERSION") != ""
}

// guardedOut is stdout for a format. TSV, CSV and YAML are for programs and stay as they are, byte for byte.
func (a *app) guardedOut(format render.Format) io.Writer {
	isRaw := format == render.FormatTSV || format == render.FormatCSV || format == render.FormatYAML
	if isRaw || !obeysOutput(a.env) || term.IsTerminal(a.streams.Out) {
		return a.streams.Out
	}
	return &commandGuard{next: a.streams.Out}
}

// Write implements [io.Writer]. It never holds anything back, so that a mark may come in pieces.
func (g *commandGuard) Write(p []byte) (int, error) {
	done := 0 // what of p is written
	for at, c := range p {
		escape := g.completes(c)
		if escape == "" {
			continue
		}
		if n, err := g.next.Write(p[done:at]); err != nil {
			return done + n, err
		}
		if _, err := io.WriteString(g.next, escape); err != nil {
			return at, err
		}
		done = at + 1
	}
	n, err := g.next.Write(p[done:])
	return done + n, err
}

// completes follows the text, and returns what is to be written instead of a character that completes a mark, else "".
func (g *commandGuard) completes(c byte) string {
	line, mark := g.line, g.mark
	g.line, g.mark = nextInLine(line, c), nextOfMark(mark, c)
	switch {
	case c == ':' && line == afterColon:
		return `\u003a`
	case c == '[' && mark == twoHashes:
		return `\u005b`
	}
	return ""
}

func nextInLine(s lineState, c byte) lineState {
	switch {
	case c == '\n' || c == '\r':
		return atBegin
	case s == atBegin && (c <= ' ' || c > '~'): // runners skip the blanks of Unicode, too
		return atBegin
	case s == atBegin && c == ':':
		return afterColon
	}
	return inside
}

func nextOfMark(s markState, c byte) markState {
	switch {
	case c == '#' && s == noMark:
		return oneHash
	case c == '#':
		return twoHashes
	case s == twoHashes && ('a' <= c|0x20 && c|0x20 <= 'z'):
		return twoHashes
	}
	return noMark
}
