package cli

import (
	"errors"
	"iter"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/term"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

// printer checks the output flags and returns what they ask for. It is called before any request: a typing mistake in
// --query must not cost a write. isPlan allows markdown.
func (a *app) printer(isPlan bool) (*render.Printer, error) {
	allowed := render.Formats()
	if isPlan {
		allowed = append(allowed, render.FormatMarkdown)
	}
	format, err := render.ParseFormat(a.flags.output, allowed)
	if err != nil {
		return nil, usageError("", "%v", err)
	}
	query, err := a.query()
	if err != nil {
		return nil, err
	}
	if _, err := render.ParseFormat(a.flags.color, []render.Format{"auto", "always", "never"}); err != nil {
		return nil, usageError("", "--color is auto, always or never, not %q", a.flags.color)
	}
	return &render.Printer{
		Out: a.guardedOut(format), Err: a.remarks(), Format: format, Columns: a.flags.columns, NoHeader: a.flags.noHeader,
		Query: query, Terminal: term.IsTerminal(a.streams.Out), Width: a.streams.Width(), Quiet: a.flags.quiet,
		Color: term.UseColor(a.flags.color, a.streams.Out, a.env.Get),
	}, nil
}

func (a *app) query() (render.Query, error) {
	if a.flags.query == "" {
		return nil, nil
	}
	q, err := gijspec.CompileQuery(a.flags.query)
	if err != nil {
		return nil, badQuery("--query", err)
	}
	return statedQuery{"--query", q}, nil
}

// statedQuery is an expression that a flag gave. That it cannot be evaluated is a mistake in the command line.
type statedQuery struct {
	flag  string
	query *gijspec.Query
}

// Search implements [render.Query].
func (q statedQuery) Search(data any) (any, error) {
	result, err := q.query.Search(data)
	if err != nil {
		return nil, usageError("JMESPath is explained at https://jmespath.org", "%s: %v", q.flag, err)
	}
	return result, nil
}

// badQuery shows where an expression is wrong.
func badQuery(flag string, err error) error {
	var bad *gijspec.QueryError
	if !errors.As(err, &bad) {
		return usageError("", "%s: %v", flag, err)
	}
	hint := "JMESPath is explained at https://jmespath.org"
	if at := bad.Offset; at < len(bad.Expr) && '0' <= bad.Expr[at] && bad.Expr[at] <= '9' {
		hint = "a number stands between backquotes, like: id == `7`"
	}
	return usageError(hint, "%s, character %d: %s", flag, bad.Column, bad.Msg)
}

// printerFor is printer for a list whose columns are known before any request.
func printerFor[T any](a *app, l render.List[T]) (*render.Printer, error) {
	p, err := a.printer(false)
	if err != nil {
		return nil, err
	}
	return p, checkColumns(l, p.Columns)
}

func checkColumns[T any](l render.List[T], names []string) error {
	var bad *render.ColumnError
	if !errors.As(render.CheckColumns(l, names), &bad) {
		return nil
	}
	hint := ""
	if near, found := gijspec.Nearest(bad.Unknown[0], bad.Known); found {
		hint = "did you mean: --columns " + near
	}
	return usageError(hint, "--columns: %v", bad)
}

// rows makes an iterator of a slice.
func rows[T any](all []T) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for i := range all {
			if !yield(&all[i], nil) {
				return
			}
		}
	}
}

// writePrinter is the printer of a command that shows integrations after a write, or its plan in a dry run.
func (a *app) writePrinter(w writeFlags) (*render.Printer, error) {
	return writePrinterFor(a, w, integrationList(a.now()))
}

// writePrinterFor is [app.writePrinter] of a command that shows something else.
func writePrinterFor[T any](a *app, w writeFlags, list render.List[T]) (*render.Printer, error) {
	p, err := a.printer(w.dryRun)
	if err != nil {
		return nil, err
	}
	if w.dryRun {
		return p, checkColumns(changeList(), p.Columns)
	}
	return p, checkColumns(list, p.Columns)
}
