package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// bulkSource is a bulk file that is read several times: validated, compared with the server, and sent.
type bulkSource struct {
	name string // what messages call it
	path string // "" for one in memory
	data []byte
	// made says that gijctl made it, so that its lines mean nothing to anybody.
	made bool
	// newApp says that its row without id is an integration of a GitHub App, for the one command that tries to add one.
	newApp bool
}

// bulkSource takes a file that is named on the command line. What can be read once only is read into memory.
func (a *app) bulkSource(name string) (*bulkSource, error) {
	in, err := a.openInput(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	if f, isFile := in.(*os.File); isFile {
		info, err := f.Stat()
		if err != nil {
			return nil, inputError("", "%v", err)
		}
		if info.Mode().IsRegular() {
			return &bulkSource{name: name, path: name}, nil
		}
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, inputError("", "%s: %v", inputName(name), err)
	}
	return &bulkSource{name: inputName(name), data: data}, nil
}

func folderError(name string) error {
	return usageError("give the path of a file", "%s is a folder", name)
}

func (b *bulkSource) open() (io.ReadCloser, error) {
	if b.path == "" {
		return io.NopCloser(bytes.NewReader(b.data)), nil
	}
	f, err := os.Open(b.path)
	if err != nil {
		return nil, inputError("it was there a moment ago; nothing was sent", "%v", err)
	}
	return f, nil
}

func (b *bulkSource) validate(o gijtsv.ValidateOptions) (*fileCheck, error) {
	in, err := b.open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	o.NewGitHubApp = b.newApp
	return validateFile(b.name, in, o)
}

// validateOffline finds what is wrong in a file before anything is asked of the server. A name that is nearly a documented one
// waits for the server's export, which may have a column that is called so.
func (b *bulkSource) validateOffline(pemColumn string) error {
	check, err := b.validate(gijtsv.ValidateOptions{PEMColumn: pemColumn})
	if err != nil || check.onlyServerKnows() {
		return err
	}
	return b.problems(check)
}

// onlyServerKnows reports whether the server's export can tell that every error is none.
func (c *fileCheck) onlyServerKnows() bool {
	return c.dropped == 0 && !slices.ContainsFunc(c.details, func(d render.Detail) bool {
		return d.Severity == string(gijtsv.SeverityError) && d.Code != gijtsv.CodeMisspeltColumn
	})
}

// validateFor finds what is wrong in a file for the server whose export is given, and says what is no error.
func (b *bulkSource) validateFor(a *app, have *plan.Snapshot, pemColumn string) error {
	check, err := b.validate(gijtsv.ValidateOptions{PEMColumn: pemColumn, Export: have.Header(), KnownID: have.Has})
	if err != nil {
		return err
	}
	if err := b.problems(check); err != nil {
		return err
	}
	a.sayNotes(check)
	for _, d := range check.details {
		if d.Code == gijtsv.CodeNewIntegration {
			continue // the plan says it of those that are new here
		}
		a.remarkDetail(b.detail(d))
	}
	return nil
}

func (b *bulkSource) problems(check *fileCheck) error {
	hint := "nothing was sent; mend what is listed"
	if b.path != "" {
		hint += "; what is certain is repaired by: gijctl bulk validate " + b.path + " --fix"
	}
	err := problemsOf([]*fileCheck{check}, hint)
	var own *cliError
	if errors.As(err, &own) {
		b.place(own.details)
	}
	return err
}

// detail is a finding without the place in a file that nobody can look at.
func (b *bulkSource) detail(d render.Detail) render.Detail {
	if b.made {
		d.File, d.Line, d.Column = "", 0, 0
	}
	return d
}

func (b *bulkSource) place(details []render.Detail) {
	for n, d := range details {
		details[n] = b.detail(d)
	}
}

// refusal turns what the comparison with the server says of a file into an error with its places.
func (b *bulkSource) refusal(err error) error {
	var syntax *gijtsv.SyntaxError
	if errors.As(err, &syntax) {
		return &cliError{
			code: codeInvalidInput, message: "nothing was sent: " + b.name + " cannot be read", cause: err,
			details: []render.Detail{b.detail(detailOf(b.name, syntax.Problem()))},
		}
	}
	var bad *plan.BulkFileError
	if !errors.As(err, &bad) {
		return err
	}
	e := &cliError{code: bad.Code(), message: bad.Error(), hint: bad.Hint(), cause: err}
	most := maxProblems
	if bad.Foreign {
		most = 10 // none of them is to be mended
	}
	for n, p := range bad.Problems {
		if n == most {
			e.message += fmt.Sprintf(", of which %d are not shown", len(bad.Problems)-n)
			break
		}
		d := b.detail(detailOf(b.name, p))
		if b.made {
			d.ID, _ = strconv.ParseInt(strings.TrimSpace(p.ID), 10, 64) // what is no id is none
		}
		e.details = append(e.details, d)
	}
	return e
}
