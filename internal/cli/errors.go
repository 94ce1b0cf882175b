package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
)

// The codes of errors. Programs branch on them, so they do not change.
const (
	codeFailed       = "failed"
	codeUsage        = "usage"
	codeInvalidInput = "invalid_input"
	codePending      = "changes_pending"
	codeAuth         = "auth"
	codeNotFound     = "not_found"
	codePartial      = "partial"
	codeConflict     = "conflict"
	codeGuard        = "guard"
	codeStillRunning = "still_running"
	codeInterrupted  = "interrupted"
)

// codeBadFile is the code of a file that cannot be read as a request at all.
const codeBadFile = "bad_file"

// exitCode says which exit status a code of an error has, and what it means. docs/exit-codes.md is made of it.
type exitCode struct {
	code    string
	status  int
	meaning string
}

// exitCodes is the one table from codes to exit statuses.
func exitCodes() []exitCode {
	return []exitCode{
		{codeFailed, 1, "failed: an error of the server or the network"},
		{codeUsage, 2, "a bad flag or argument; nothing was sent"},
		{codeInvalidInput, 2, "a bad file or value; nothing was sent"},
		{codePending, 3, "differences exist (only with `--exit-code`)"},
		{codeAuth, 4, "no target, not logged in, refused (401), no permission (403)"},
		{codeNotFound, 5, "no such integration, repository, project or thread"},
		{codePartial, 6, "some items failed, are unknown, or could not be verified; the report names each"},
		{codeConflict, 7, "it exists with other values, or was changed since the plan was made; that change was not overwritten"},
		{codeGuard, 7, "not confirmed, or more would be deleted than was confirmed: nothing was, and the message says what was sent"},
		{codeStillRunning, 8, "`--wait-timeout` passed; the id to resume with is printed"},
		{codeInterrupted, 130, "Ctrl-C; the message says what was done and what was not"},
	}
}

func exitStatus(code string) int {
	for _, e := range exitCodes() {
		if e.code == code {
			return e.status
		}
	}
	return 1
}

// helpPage returns the address of what docs/troubleshooting.md says of a code.
func helpPage(code string) string {
	return "https://github.com/gijctl/gijctl/blob/main/docs/troubleshooting.md#" + code
}

// cliError is an error that arises in this package.
type cliError struct {
	code    string
	message string
	hint    string
	details []render.Detail
	cause   error
}

func (e *cliError) Error() string { return e.message }
func (e *cliError) Unwrap() error { return e.cause }
func (e *cliError) Code() string  { return e.code }
func (e *cliError) Hint() string  { return e.hint }

func usageError(hint, format string, args ...any) error {
	return &cliError{code: codeUsage, message: fmt.Sprintf(format, args...), hint: hint}
}

func interrupted() error {
	return &cliError{code: codeInterrupted, message: "interrupted; nothing was sent", hint: "the same command again asks again"}
}

func inputError(hint, format string, args ...any) error {
	return &cliError{code: codeInvalidInput, message: fmt.Sprintf(format, args...), hint: hint}
}

// explain turns any error into the one form that is rendered. The packages below do not know this one: an error tells its
// code, hint and status by having the method.
func explain(err error) render.Error {
	e := render.Error{Code: codeFailed, Message: err.Error()}
	if errors.Is(err, render.ErrQueryResult) {
		e.Code, e.Hint = codeUsage, "a result that is no list of values fits -o json and -o yaml"
	}
	var coder interface{ Code() string }
	if errors.As(err, &coder) {
		e.Code = coder.Code()
	}
	var hinter interface{ Hint() string }
	if errors.As(err, &hinter) {
		e.Hint = hinter.Hint()
	}
	var statuser interface{ HTTPStatus() int }
	if errors.As(err, &statuser) {
		e.Status = statuser.HTTPStatus()
	}
	var own *cliError
	if errors.As(err, &own) {
		e.Details = own.details
	}
	var file *config.FileError
	if errors.As(err, &file) {
		e.Details = configDetails(file)
		e.Message = "the configuration cannot be used: " + file.Path
	}
	if errors.Is(err, context.Canceled) {
		e.Code = codeInterrupted
	}
	return e
}

// configDetails are the problems of a configuration file, each with its place.
func configDetails(file *config.FileError) []render.Detail {
	var details []render.Detail
	for _, p := range file.Problems {
		details = append(details, render.Detail{
			File: file.Path, Line: p.Line, Column: p.Col, Severity: "error", Code: p.Code, Message: p.Message, Remedy: p.Remedy,
		})
	}
	return details
}

// fileError turns a file that cannot be read as a request into an error with its place.
func fileError(err error) error {
	var bad *plan.FileError
	if !errors.As(err, &bad) {
		return err
	}
	return &cliError{
		code: codeInvalidInput, message: "nothing was sent: " + bad.Name + " cannot be used", cause: err,
		details: []render.Detail{{
			File: bad.Name, Line: bad.Line, Column: bad.Col, Severity: "error", Code: codeBadFile, Message: bad.Message, Remedy: bad.Remedy,
		}},
	}
}
