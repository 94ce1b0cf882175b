package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/atomicfile"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/term"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

type bulkExportOptions struct {
	file string // "-" is stdout
	secretFlags
	kinds           []string
	redact          bool
	spreadsheetSafe bool
	portable        bool
	force           bool
}

func newBulkExportCmd(a *app) *cobra.Command {
	var o bulkExportOptions
	cmd := &cobra.Command{
		Use:   "export [FILE]",
		Short: "Save the server's configuration as a bulk file",
		Long: `Reads the whole configuration from the server into FILE, which only you can read, or to standard output. Without flags it is
the server's file, byte for byte; what is no such file, as a login page, is refused. An export that breaks off leaves no FILE.
It changes nothing on the server.

The file may hold passwords, tokens and the private keys of GitHub Apps: whether the server exports them readable, encrypted or
blank is unknown. --redact blanks those cells; an import keeps what the server has where a cell is blank. gijctl remembers
fingerprints of them, never values, so that a later import does not send back what came from an export.

--kind keeps integration, repository or app: app is an integration through a GitHub App, integration any other, repository a
plain one and those that integrations found.

--spreadsheet-safe puts an apostrophe before what a spreadsheet would run as a formula, as +refs/a/*, and marks the file by a
column. gijctl takes both away again; the server would not, so do not upload such a file by hand.

--portable makes a file for another server: ids, roots, project and SSH key ids, and secrets are blank. The repositories of
integrations are left out, for the new server finds them again, and so are GitHub Apps, which cannot be attached to another
integration. What a person must fill in is listed. That a file can create integrations is not documented.`,
		Example: `  gijctl --sandbox bulk export --redact
  gijctl --sandbox bulk export fleet.tsv --force
  gijctl --sandbox bulk export - --portable --kind integration
  gijctl --sandbox bulk export sheet.tsv --spreadsheet-safe --redact --force`,
		Args: atMostOneArg("one FILE"),
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&o.kinds, "kind", nil, "keep only rows of these kinds: integration, repository, app")
	flags.BoolVar(&o.redact, "redact", false, "blank the cells that hold secrets")
	flags.BoolVar(&o.spreadsheetSafe, "spreadsheet-safe", false, "guard what a spreadsheet would run as a formula")
	flags.BoolVar(&o.portable, "portable", false, "make a file for another server, without secrets")
	flags.BoolVar(&o.force, "force", false, "overwrite FILE")
	o.registerPEM(cmd)
	mustComplete(cmd, "kind", func(*cobra.Command) []string { return exportKindNames() })
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.file = "-"
		if len(args) > 0 {
			o.file = args[0]
		}
		return runBulkExport(cmd.Context(), a, o)
	}
	return cmd
}

func runBulkExport(ctx context.Context, a *app, o bulkExportOptions) error {
	kinds, err := o.check()
	if err != nil {
		return err
	}
	list := bulkExportList()
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	if err := o.checkOutput(a); err != nil {
		return err
	}
	run, err := a.beginBulk(ctx, true)
	if err != nil {
		return err
	}
	defer run.session.close()
	e := &bulkExport{run: run, options: o, kinds: kinds, view: newBulkExportView(o.file, isPlanText(printer))}
	if o.file == "-" {
		if err := e.write(ctx, a.streams.Out); err != nil {
			return err
		}
		e.say(a)
		return nil
	}
	if err := e.save(ctx); err != nil {
		return err
	}
	e.say(a)
	return render.WriteObject(printer, list, e.view)
}

// exportKind is a word of --kind, and the kinds of rows that it means.
type exportKind struct {
	name string
	rows []gijtsv.RowKind
}

func exportKinds() []exportKind {
	return []exportKind{
		{"integration", []gijtsv.RowKind{gijtsv.RowIntegration}},
		{"repository", []gijtsv.RowKind{gijtsv.RowRepository, gijtsv.RowChild}},
		{"app", []gijtsv.RowKind{gijtsv.RowGitHubApp}},
	}
}

func exportKindNames() []string {
	var names []string
	for _, k := range exportKinds() {
		names = append(names, k.name)
	}
	return names
}

// check refuses what cannot work, and returns the kinds of rows that are wanted; nil for all.
func (o *bulkExportOptions) check() ([]gijtsv.RowKind, error) {
	var kinds []gijtsv.RowKind
	for _, name := range o.kinds {
		at := slices.IndexFunc(exportKinds(), func(k exportKind) bool { return k.name == name })
		if at < 0 {
			hint := "give some of: " + strings.Join(exportKindNames(), ", ")
			if near, found := gijspec.Nearest(name, exportKindNames()); found {
				hint = "did you mean: --kind " + near
			}
			return nil, usageError(hint, "--kind: there are no rows of the kind %q", name)
		}
		kinds = append(kinds, exportKinds()[at].rows...)
	}
	if o.portable && kinds != nil && !slices.Contains(kinds, gijtsv.RowIntegration) && !slices.Contains(kinds, gijtsv.RowRepository) {
		return nil, usageError("connect the app anew on the other server", "--portable has no row of a GitHub App: it cannot be attached to another integration")
	}
	return kinds, nil
}

// checkOutput looks at where the file goes, before anything is asked of the server.
func (o *bulkExportOptions) checkOutput(a *app) error {
	if o.file != "-" {
		return refuseExisting(o.file, o.force)
	}
	shaped := a.flags.output != string(render.FormatTable) || a.flags.query != "" || len(a.flags.columns) > 0 || a.flags.noHeader
	switch {
	case shaped:
		return usageError("give a FILE to get a result beside it", "the bulk file itself goes to standard output, and has one form only")
	case o.force:
		return usageError("leave it out, or give a FILE", "--force overwrites a FILE, and there is none")
	case term.IsTerminal(a.streams.Out) && !o.redact && !o.portable:
		return usageError("give a FILE, or --redact, or a pipe", "the configuration may hold passwords and keys, which do not belong on a terminal")
	}
	return nil
}

// refuseExisting refuses to overwrite a file without --force.
func refuseExisting(path string, force bool) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return nil // it is not there, or writing it will say why it cannot be looked at
	case info.IsDir():
		return folderError(path)
	case !force:
		return usageError("add --force to overwrite it", "%s exists", path)
	}
	return nil
}

// bulkExport is one export under way.
type bulkExport struct {
	run     *bulkRun
	options bulkExportOptions
	kinds   []gijtsv.RowKind
	view    *bulkExportView
	summary gijtsv.CopySummary
}

// save writes the file, whole or not at all. What the server answered has nothing to do with the file's name.
func (e *bulkExport) save(ctx context.Context) error {
	err := atomicfile.WriteFrom(e.options.file, func(w io.Writer) error { return e.write(ctx, w) })
	var server *gij.Error
	if errors.As(err, &server) {
		return server
	}
	return unwrapped(err)
}

// write asks the server, and copies what it sends. Secrets are remembered by their fingerprints before the file is complete.
func (e *bulkExport) write(ctx context.Context, w io.Writer) error {
	progress := e.run.app.newBulkProgress()
	defer progress.close()
	progress.Step("reading the configuration")
	src, err := e.run.session.client.Bulk.Export(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	note, done := e.run.state.NoteExported()
	if err := e.copy(src, w, note); err != nil {
		return err
	}
	return done()
}

func (e *bulkExport) copy(src io.Reader, w io.Writer, note func([]byte)) error {
	o := gijtsv.CopyOptions{
		Kinds: e.kinds, Redact: e.options.redact, SpreadsheetSafe: e.options.spreadsheetSafe, Portable: e.options.portable,
		PEMColumn: e.options.pemColumn, OnSecret: note, OnDrop: e.view.drop, OnFillIn: e.view.fill,
	}
	out := newBehind(w)
	var to io.Writer = out
	if e.kinds == nil && !o.Redact && !o.SpreadsheetSafe && !o.Portable {
		src, to = io.TeeReader(src, out), nil // byte for byte, whatever its encoding is
	}
	var err error
	e.summary, err = gijtsv.Copy(src, to, o)
	err = cmp.Or(out.Close(), err)
	var syntax *gijtsv.SyntaxError
	if errors.As(err, &syntax) {
		return &cliError{
			code: codeFailed, message: "the server's configuration cannot be read: " + syntax.Error(), cause: err,
			hint: "nothing was kept; what the server sends, with its secrets, is shown by: gijctl api GET /rest/gitplugin/1.0/configuration",
		}
	}
	if err != nil {
		return err
	}
	e.view.count(e.summary)
	return nil
}

// say tells what a person should know of the file.
func (e *bulkExport) say(a *app) {
	o := e.options
	if n := e.summary.LeftOut[gijtsv.RowUnknown]; n > 0 {
		a.warn("%s left out by --kind: the export lacks the columns that tell what they are", counted(n, "row"))
	}
	if o.file != "-" && !o.redact && !o.portable {
		a.note("%s may hold the keys to your source code; it is readable by you alone", o.file)
	}
	if o.portable && !a.wantsJSON() { // there it is data
		e.view.sayPortable(a)
	}
}
