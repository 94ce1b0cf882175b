package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/atomicfile"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// maxProblems is how many problems of a file are shown: who has more has made one mistake many times.
const maxProblems = 1000

type bulkValidateOptions struct {
	files     []string // "-" is stdin
	fix       bool
	force     bool
	pemColumn string
}

func newBulkValidateCmd(a *app) *cobra.Command {
	var o bulkValidateOptions
	cmd := &cobra.Command{
		Use:     "validate FILE…",
		Aliases: []string{"check"},
		Short:   "Find what is wrong in bulk files, without a server",
		Long: `Reads files of GIJ's bulk change, - for standard input, and says of everything that is wrong where it is, and what to do.
All problems are found at once; nothing is sent. A file with errors is exit status 2, warnings alone are 0.

--fix writes FILE.fixed.tsv, readable by you alone, with what is certain repaired and all else as it is, byte for byte; for
standard input it writes to standard output. What was repaired is listed, and the new file is validated.

The rules come from the vendor's documentation. No export of a real server has been seen: a column that gijctl does not
know is a warning, unless its name is nearly a documented one.`,
		Example: `  gijctl bulk validate testdata/tsv/sample.tsv
  gijctl bulk validate testdata/tsv/sample.tsv -o json --query "[].problems[].code"
  gijctl bulk validate fleet.tsv --fix`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name a file, or - for standard input", "%q needs a FILE", cmd.CommandPath())
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&o.fix, "fix", false, "write FILE.fixed.tsv with what is certain repaired")
	cmd.Flags().BoolVar(&o.force, "force", false, "overwrite FILE.fixed.tsv")
	cmd.Flags().StringVar(&o.pemColumn, "pem-column", "", "column with the private keys of GitHub Apps, where its name does not tell")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		o.files = args
		return runBulkValidate(a, o)
	}
	return cmd
}

func runBulkValidate(a *app, o bulkValidateOptions) error {
	list := fileCheckList()
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	if o.fix && o.files[0] == "-" {
		return a.fixStream(o)
	}
	var checks []*fileCheck
	for _, name := range o.files {
		c, err := a.validateOrFix(name, o)
		if err != nil {
			return err
		}
		checks = append(checks, c)
	}
	if err := problemsOf(checks, o.advice()); err != nil {
		return err
	}
	var views []fileCheckView
	for _, c := range checks {
		for _, d := range c.details {
			if !a.wantsJSON() { // there they are data
				a.remarkDetail(d)
			}
		}
		views = append(views, c.fileCheckView)
	}
	return render.WriteList(printer, list, rows(views))
}

// check refuses what cannot work before anything is read.
func (o *bulkValidateOptions) check() error {
	stdin := 0
	for _, name := range o.files {
		if name == "-" {
			stdin++
		}
	}
	switch {
	case stdin > 1:
		return usageError("name it once", "standard input can be read once only")
	case stdin == 1 && o.fix && len(o.files) > 1:
		return usageError("fix standard input by itself: gijctl bulk validate - --fix", "--fix of standard input writes to standard output, where other files have no place")
	case o.force && !o.fix:
		return usageError("add: --fix", "--force overwrites what --fix writes")
	}
	return nil
}

// advice is what to do about errors.
func (o *bulkValidateOptions) advice() string {
	if o.fix {
		return "what was certain is repaired there; mend the rest"
	}
	return "mend what is listed; what is certain is repaired by: --fix"
}

// fileCheck is what was found in one file.
type fileCheck struct {
	fileCheckView
	details []render.Detail
	notes   []string // on the file as a whole
	errors  int
	dropped int // problems that are counted, and not shown
}

func (c *fileCheck) see(p gijtsv.Problem) {
	if p.Severity == gijtsv.SeverityError {
		c.errors++
	} else {
		c.Warnings++
	}
	if len(c.details) == maxProblems {
		c.dropped++
		return
	}
	c.details = append(c.details, detailOf(c.File, p))
	c.Problems = append(c.Problems, viewProblem(p))
}

// validateOrFix validates a file, with --fix the one that it makes of it.
func (a *app) validateOrFix(name string, o bulkValidateOptions) (*fileCheck, error) {
	repaired := 0
	if o.fix {
		fixed, n, err := a.fixFile(name, o)
		if err != nil {
			return nil, err
		}
		name, repaired = fixed, n
	}
	in, err := a.openInput(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	c, err := validateFile(inputName(name), in, gijtsv.ValidateOptions{PEMColumn: o.pemColumn})
	if err != nil {
		return nil, err
	}
	a.sayNotes(c)
	c.Repaired = repaired
	return c, nil
}

func (a *app) openInput(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(a.streams.In), nil
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, inputError("give the path of a file, or - for standard input", "there is no file %s", name)
	}
	if err != nil {
		return nil, inputError("", "%v", err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_ = f.Close()
		return nil, folderError(name)
	}
	return f, nil
}

// validateFile reads a file to its end, or to where it cannot be read any further, which is a problem like others.
func validateFile(name string, in io.Reader, o gijtsv.ValidateOptions) (*fileCheck, error) {
	c := &fileCheck{fileCheckView: fileCheckView{File: name, Problems: []problemView{}}}
	summary, err := gijtsv.Validate(in, gijtsv.ReaderOptions{}, o, c.see)
	if err != nil {
		return nil, inputError("", "%s: %v", name, err)
	}
	c.count(summary.Rows)
	c.notes = summary.Notes
	return c, nil
}

func (a *app) sayNotes(c *fileCheck) {
	for _, note := range c.notes {
		a.note("%s: %s", c.File, note)
	}
}

// problemsOf is one error for all files that have some, nil where nothing is worse than a warning.
func problemsOf(checks []*fileCheck, hint string) error {
	e := &cliError{code: codeInvalidInput, hint: hint}
	var parts []string
	for _, c := range checks {
		e.details = append(e.details, c.details...)
		if c.errors == 0 {
			continue
		}
		part := c.File + " has " + counted(c.errors, "error")
		if c.Warnings > 0 {
			part += " and " + counted(c.Warnings, "warning")
		}
		if c.dropped > 0 {
			part += fmt.Sprintf(", of which %d are not shown", c.dropped)
		}
		parts = append(parts, part)
	}
	if parts == nil {
		return nil
	}
	e.message = strings.Join(parts, "; ")
	return e
}

// fixFile writes FILE.fixed.tsv, and returns its name and how much was repaired.
func (a *app) fixFile(name string, o bulkValidateOptions) (fixed string, repaired int, err error) {
	fixed = strings.TrimSuffix(name, ".tsv") + ".fixed.tsv"
	if err := refuseExisting(fixed, o.force); err != nil {
		return "", 0, err
	}
	in, err := a.openInput(name)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = in.Close() }()
	err = atomicfile.WriteFrom(fixed, func(w io.Writer) error {
		repaired, err = a.fix(name, in, w, o)
		return err
	})
	return fixed, repaired, unwrapped(err)
}

// fixStream repairs standard input to standard output, and validates what it writes there.
func (a *app) fixStream(o bulkValidateOptions) error {
	read, write := io.Pipe()
	type checked struct {
		check *fileCheck
		err   error
	}
	done := make(chan checked, 1)
	go func() {
		c, err := validateFile("(stdout)", read, gijtsv.ValidateOptions{PEMColumn: o.pemColumn})
		_, _ = io.Copy(io.Discard, read) // what comes after an error is written all the same
		done <- checked{c, err}
	}()
	_, err := a.fix("-", a.streams.In, io.MultiWriter(a.streams.Out, write), o)
	_ = write.Close() // the other end reads what it can
	end := <-done
	switch {
	case err != nil:
		return err
	case end.err != nil:
		return end.err
	}
	if err := problemsOf([]*fileCheck{end.check}, o.advice()); err != nil {
		return err
	}
	for _, d := range end.check.details {
		a.remarkDetail(d)
	}
	return nil
}

// unwrapped is the error of this package behind one of a file that was not written because of it.
func unwrapped(err error) error {
	var own *cliError
	if errors.As(err, &own) {
		return own
	}
	return err
}

// fix copies a file with what is certain repaired, and lists it.
func (a *app) fix(name string, in io.Reader, out io.Writer, o bulkValidateOptions) (int, error) {
	repairs, err := gijtsv.Fix(in, out, gijtsv.FixOptions{Validate: gijtsv.ValidateOptions{PEMColumn: o.pemColumn}})
	var syntax *gijtsv.SyntaxError
	if errors.As(err, &syntax) {
		effect := " cannot be read, so nothing was repaired"
		if name == "-" {
			effect = " cannot be read to its end: what was written is cut off, so do not use it"
		}
		return 0, &cliError{
			code: codeInvalidInput, message: inputName(name) + effect,
			details: []render.Detail{detailOf(inputName(name), syntax.Problem())},
		}
	}
	if err != nil {
		return 0, err
	}
	for n, r := range repairs {
		if n == maxProblems {
			a.note("and %d more", len(repairs)-n)
			break
		}
		a.note("%s", repairText(inputName(name), r))
	}
	return len(repairs), nil
}

func repairText(name string, r gijtsv.Repair) string {
	d := detailOf(name, gijtsv.Problem{Pos: r.Pos, Code: r.Code, Column: r.Column, Message: r.Message})
	d.Severity = "repaired"
	return d.Text()
}
