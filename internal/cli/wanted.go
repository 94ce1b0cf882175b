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

// wanted is what a person asks of an integration or a repository, checked as far as that goes without the server.
type wanted struct {
	object     plan.Object
	spec       gij.IntegrationSpec // of an integration
	repository gij.RepositorySpec
	file       *plan.RequestFile // nil without one
	// projects are keys that the server has still to turn into ids.
	projects []string
	// said holds the remarks that were made: several types share most of them.
	said []string
}

// check holds the values against what the vendor documents, and puts them into a spec. Problems that are no errors are
// said as warnings and notes. A repository has no type.
func (w *wanted) check(a *app, op gijspec.Operation, typ gijspec.Type, values gijspec.Values) error {
	// The table knows nothing of secrets but whether there is one.
	visible := gijspec.Values{}
	for key, value := range values {
		if hidden, ok := value.(secret.Value); ok {
			value = hidden.String()
		}
		visible[key] = value
	}
	corrected, problems := w.inspect(op, typ, visible)
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
		if !w.isField(key) {
			continue
		}
		if err := w.set(key, value); err != nil {
			return inputError("", "%v", err)
		}
	}
	return nil
}

func (w *wanted) inspect(op gijspec.Operation, typ gijspec.Type, values gijspec.Values) (gijspec.Values, []gijspec.Problem) {
	if w.object == plan.ObjectRepository {
		return gijspec.CheckRepository(op, values)
	}
	return gijspec.Check(op, typ, values)
}

func (w *wanted) isField(key string) bool {
	class, _ := gijspec.ClassifyKey(key)
	if w.object == plan.ObjectRepository {
		class, _ = gijspec.ClassifyRepositoryKey(key)
	}
	return class == gijspec.KeyField
}

func (w *wanted) set(key string, value any) error {
	if w.object == plan.ObjectRepository {
		return w.repository.Set(key, value)
	}
	return w.spec.Set(key, value)
}

// projectIDs are the ids of projects that were given, whatever the request is for.
func (w *wanted) projectIDs() []int64 {
	given := w.spec.ProjectMappingIDs
	if w.object == plan.ObjectRepository {
		given = w.repository.ProjectMappingIDs
	}
	if given == nil {
		return nil
	}
	return *given
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
	ids := w.projectIDs()
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
	return w.set("projectMappingIds", slices.Compact(slices.Sorted(slices.Values(ids))))
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
