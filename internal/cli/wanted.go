package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/secret"
)

// wanted is what a person asks of an integration, checked as far as that goes without the server.
type wanted struct {
	spec gij.IntegrationSpec
	file *plan.RequestFile // nil without one
	// projects are keys that the server has still to turn into ids.
	projects []string
	// said holds the remarks that were made: several types share most of them.
	said []string
}

// check holds the values against what the vendor documents, and puts them into a spec. Problems that are no errors are
// said as warnings and notes.
func (w *wanted) check(a *app, op gijspec.Operation, typ gijspec.Type, values gijspec.Values) error {
	// The table knows nothing of secrets but whether there is one.
	visible := gijspec.Values{}
	for key, value := range values {
		if hidden, ok := value.(secret.Value); ok {
			value = hidden.String()
		}
		visible[key] = value
	}
	corrected, problems := gijspec.Check(op, typ, visible)
	if gijspec.HasErrors(problems) {
		return problemsError(w.file, problems)
	}
	for _, p := range problems {
		if w.worthSaying(p) {
			w.remark(a, p)
		}
	}
	for key, value := range corrected {
		if hidden, ok := values[key].(secret.Value); ok {
			value = hidden
		}
		if class, _ := gijspec.ClassifyKey(key); class != gijspec.KeyField {
			continue
		}
		if err := w.spec.Set(key, value); err != nil {
			return inputError("", "%v", err)
		}
	}
	return nil
}

// worthSaying leaves out what the table of fields cannot know: that --project will give ids, and what an integration is
// associated with now, which [wanted.refuseIgnoredProjects] looks at.
func (w *wanted) worthSaying(p gijspec.Problem) bool {
	switch p.Code {
	case gijspec.CodeNoProjects:
		return len(w.projects) == 0
	case gijspec.CodeGlobalMissing:
		return false
	}
	return true
}

// remark says what is no error, each remark once.
func (w *wanted) remark(a *app, p gijspec.Problem) {
	text := string(p.Severity) + ": " + problemText(w.file, p)
	if slices.Contains(w.said, text) {
		return
	}
	w.said = append(w.said, text)
	if p.Severity == gijspec.SeverityNote {
		a.note("%s", text)
		return
	}
	a.remark(text)
}

// resolveProjects turns project keys into the ids that the API takes, through Jira's own REST API.
func (w *wanted) resolveProjects(ctx context.Context, client *gij.Client) error {
	if len(w.projects) == 0 {
		return nil
	}
	var ids []int64
	if w.spec.ProjectMappingIDs != nil {
		ids = *w.spec.ProjectMappingIDs
	}
	var missing []error
	for _, key := range w.projects {
		p, err := client.Jira.Project(ctx, key)
		if gij.IsKind(err, gij.KindNotFound) {
			missing = append(missing, err)
			continue
		}
		if err != nil {
			return err
		}
		ids = append(ids, p.ID)
	}
	if len(missing) > 0 {
		return projectsError(missing)
	}
	return w.spec.Set("projectMappingIds", slices.Compact(slices.Sorted(slices.Values(ids))))
}

func projectsError(missing []error) error {
	if len(missing) == 1 {
		return missing[0]
	}
	e := &cliError{code: codeNotFound, message: fmt.Sprintf("%d projects were not found; nothing was sent", len(missing)), hint: explain(missing[0]).Hint}
	for _, m := range missing {
		e.details = append(e.details, render.Detail{Severity: "error", Code: codeNotFound, Message: explain(m).Message})
	}
	return e
}
