package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

// named is an integration or a repository as a word of a command line names it: by its id or by its display name.
type named struct {
	id   int64
	name string
}

// pick returns the places in all that the words name, each once and in the order of the words. All words are looked up before a
// problem is returned, so that a person sees every one that is wrong.
func pick(object plan.Object, all []named, words []string) (places []int, problems []render.Detail) {
	for _, word := range words {
		place, problem := pickOne(object, all, word)
		switch {
		case problem != nil:
			problems = append(problems, *problem)
		case !slices.Contains(places, place):
			places = append(places, place)
		}
	}
	return places, problems
}

func pickOne(object plan.Object, all []named, word string) (int, *render.Detail) {
	id, byID := parseID(word)
	var found []int
	var names []string
	for place, one := range all {
		if byID && one.id == id || !byID && one.name == word {
			found = append(found, place)
		}
		names = append(names, one.name)
	}
	missing := "is no " + object.String()
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return 0, ambiguous(object, all, word, found)
	case byID && id > 0:
		return 0, &render.Detail{Severity: "error", Code: codeNotFound, ID: id, Message: missing}
	}
	d := &render.Detail{Severity: "error", Code: codeNotFound, Name: word, Message: missing}
	if near, ok := gijspec.Nearest(word, names); ok && !byID {
		d.Remedy = fmt.Sprintf("did you mean %q?", near)
	}
	return 0, d
}

// parseID reports whether a word consists of digits, and which id that is. One too large for an id is -1, which nothing has.
func parseID(word string) (int64, bool) {
	if word == "" || strings.Trim(word, "0123456789") != "" {
		return 0, false
	}
	id, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return -1, true
	}
	return id, true
}

func ambiguous(object plan.Object, all []named, word string, found []int) *render.Detail {
	ids := make([]string, len(found))
	for n, place := range found {
		ids[n] = strconv.FormatInt(all[place].id, 10)
	}
	return &render.Detail{
		Severity: "error", Code: codeInvalidInput, Name: word,
		Message: fmt.Sprintf("is the display name of %s: %s", countedObjects(len(found), object), strings.Join(ids, ", ")), Remedy: "give the id",
	}
}

// notFoundError says which words name nothing.
func notFoundError(object plan.Object, problems []render.Detail) error {
	e := &cliError{code: codeNotFound, details: problems, hint: fmt.Sprintf("the %s are listed by: gijctl %s list", plural(object), object)}
	if slices.ContainsFunc(problems, func(d render.Detail) bool { return d.Code == codeInvalidInput }) {
		e.code = codeInvalidInput
	}
	if len(problems) > 1 {
		e.message = fmt.Sprintf("%d of the arguments name no %s", len(problems), object)
		return e
	}
	e.details, e.message = nil, subject(problems[0])+" "+problems[0].Message
	if problems[0].Remedy != "" {
		e.hint = problems[0].Remedy
	}
	return e
}

func subject(d render.Detail) string {
	if d.ID != 0 {
		return fmt.Sprintf("id %d", d.ID)
	}
	return strconv.Quote(d.Name)
}

// countedObjects is [counted] for integrations and repositories.
func countedObjects(n int, object plan.Object) string {
	if n == 1 {
		return "1 " + object.String()
	}
	return fmt.Sprintf("%d %s", n, plural(object))
}

func plural(object plan.Object) string {
	if object == plan.ObjectRepository {
		return "repositories"
	}
	return "integrations"
}
