package cli

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

// problemsError puts all problems of a request into one error, each with its place.
func problemsError(file *plan.RequestFile, problems []gijspec.Problem) error {
	e := &cliError{code: codeInvalidInput}
	errorCount := 0
	for _, p := range problems {
		d := render.Detail{Severity: string(p.Severity), Code: p.Code, Message: p.Message, Remedy: p.Remedy}
		if m, found := file.Place(p.Key); found {
			d.File, d.Line, d.Column = file.Name, m.Line, m.Col
		} else if file != nil {
			d.File = file.Name
		}
		if p.Severity == gijspec.SeverityError {
			errorCount++
		}
		e.details = append(e.details, d)
	}
	slices.SortStableFunc(e.details, func(x, y render.Detail) int {
		return cmp.Or(cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column))
	})
	e.message = fmt.Sprintf("nothing was sent: the request has %s", counted(errorCount, "error"))
	return e
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func problemText(file *plan.RequestFile, p gijspec.Problem) string {
	text := p.Message
	if p.Remedy != "" {
		text += "; " + p.Remedy
	}
	if m, found := file.Place(p.Key); found {
		return fmt.Sprintf("%s:%d:%d: %s", file.Name, m.Line, m.Col, text)
	}
	return text
}
