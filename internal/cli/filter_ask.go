package cli

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

// filter is an expression with what is known of the integration that it is for.
type filter struct {
	expr   string
	typ    gijspec.Type // "" where the list will tell
	path   string       // the integration's apiPath
	origin string       // the integration's origin, "" without one
}

// filterOf takes the filter of an integration from Jira.
func (a *app) filterOf(ctx context.Context, o filterTestOptions) (filter, error) {
	s, err := a.connect(ctx, true)
	if err != nil {
		return filter{}, err
	}
	defer s.close()
	i, err := get(ctx, s.client, o.integration)
	if err != nil {
		return filter{}, err
	}
	f := filter{expr: textOf(i.APIFilter), typ: gijspec.Type(o.typ), path: o.path, origin: i.Origin}
	if f.path == "" {
		f.path = textOf(i.APIPath)
	}
	if f.typ == "" {
		f.typ = filterTypeOf(i)
	}
	if err := checkFilterType(string(f.typ)); err != nil {
		return filter{}, usageError("say whose form its list has: --type TYPE", "the integration %q is of the type %s, whose list is unknown", i.DisplayName, f.typ)
	}
	if strings.TrimSpace(f.expr) == "" {
		f.expr = gijspec.FilterEverything(f.typ)
		a.note("the integration %q has no filter: everything is let in", i.DisplayName)
		return f, nil
	}
	a.note("the filter of the integration %q: %s", i.DisplayName, f.expr)
	return f, nil
}

// filterTypeOf is the form of an integration's list. What the server shows as the type of a GitHub App's is unknown: the keys of an
// app tell.
func filterTypeOf(i gij.Integration) gijspec.Type {
	if i.GitHubAppID != nil || textOf(i.GitHubAppSlug) != "" {
		return gijspec.GitHubApp
	}
	return gijspec.Type(i.Type)
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// noSource says where the repositories of an integration can come from.
func (f filter) noSource() error {
	hint := "give a FILE with its host's answer"
	switch f.typ {
	case gijspec.GitHub, gijspec.GitHubApp:
		hint += ", or: --host https://github.com"
	case gijspec.GitHubServer:
		hint += ", or, if it is the one you trust with the token: --host " + f.origin
	case gijspec.Filespace:
		hint = "on the machine of Jira, give: --folder " + f.origin
	}
	return usageError(hint, "there are no repositories to try the filter on")
}

// compile compiles the expression and holds it against the form that the type asks for.
func (f filter) compile(explain bool) (*gijspec.Query, error) {
	query, err := gijspec.CompileQuery(f.expr)
	var bad *gijspec.QueryError
	if errors.As(err, &bad) {
		return nil, f.wrong(explain, nil, "character %d: %s", bad.Column, bad.Msg)
	}
	if err != nil {
		return nil, f.wrong(explain, nil, "%v", err)
	}
	return query, f.checkForm(explain)
}

func (f filter) checkForm(explain bool) error {
	if remark := gijspec.CheckFilterForm(f.expr, f.typ); remark != nil {
		e := f.wrong(explain, nil, "%s", remark.Message)
		e.hint = remark.Remedy
		return e
	}
	return nil
}

// wrong is a filter that cannot work. With --explain it comes with the usual mistakes that were seen in it.
func (f filter) wrong(explain bool, list *repositoryList, format string, args ...any) *cliError {
	typ := f.typ
	if list != nil {
		typ = list.typ
	}
	e := &cliError{code: codeInvalidInput, message: "the filter is wrong: " + fmt.Sprintf(format, args...), hint: "see what is usually meant: add --explain"}
	if !explain {
		return e
	}
	e.hint = "a filter looks like: " + gijspec.FilterExample(typ)
	for _, remark := range f.explanations(list) {
		e.details = append(e.details, remark.detail())
	}
	return e
}

// ask asks the filter of the list.
func (f filter) ask(query *gijspec.Query, list *repositoryList, explain bool) (filterView, error) {
	f.typ = list.typ // it may have been guessed
	if err := f.checkForm(explain); err != nil {
		return filterView{}, err
	}
	in, err := list.letIn(query)
	if err != nil {
		return filterView{}, f.wrong(explain, list, "%v", err)
	}
	v := viewFiltered(f, list, in)
	if explain {
		v.Explanations = f.explanations(list)
		v.Explanations = append(v.Explanations, f.caseExplanations(list, in)...)
	}
	return v, nil
}

// letIn reports for each repository of the list whether the query lets it in. The error says which form the answer should have
// had: documented for Microsoft's hosts, inferred for the others.
func (l *repositoryList) letIn(query *gijspec.Query) ([]bool, error) {
	answer, err := query.Search(l.root)
	if err != nil {
		return nil, err
	}
	if gijspec.ReturnsObject(l.typ) {
		object, ok := answer.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("for %s its answer must be an object with value, and is %s", l.typ, kindOf(answer))
		}
		answer = object["value"]
	}
	chosen, ok := answer.([]any)
	if !ok {
		return nil, fmt.Errorf("its answer must be a list of repositories, and is %s", kindOf(answer))
	}
	index := map[uintptr]int{}
	for n, item := range l.items {
		index[reflect.ValueOf(item).Pointer()] = n
	}
	in := make([]bool, len(l.items))
	for _, c := range chosen {
		item, ok := c.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("its answer must be repositories as the host has them, and has %s", kindOf(c))
		}
		n, found := index[reflect.ValueOf(item).Pointer()]
		if !found { // what GIJ would do with one is unknown
			return nil, errors.New("its answer must be repositories as the host has them, and has objects that the filter makes")
		}
		in[n] = true
	}
	return in, nil
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return "a text"
	case bool:
		return "true or false"
	}
	return "a number"
}

// explanations are the usual mistakes that the text of the filter and the keys of the list show.
func (f filter) explanations(list *repositoryList) []explanationView {
	typ := f.typ
	if list != nil {
		typ = list.typ
	}
	var views []explanationView
	for _, r := range gijspec.ExplainFilter(f.expr, typ) {
		views = append(views, explanationView{r.Column, r.Message, r.Remedy})
	}
	if list == nil || len(list.items) == 0 {
		return views
	}
	keys := list.keys()
	seen := map[string]bool{}
	for _, k := range gijspec.FilterKeys(f.expr) {
		if !keys[k.Name] && !seen[k.Name] {
			views = append(views, absentKey(k, keys))
		}
		seen[k.Name] = true
	}
	return views
}

func absentKey(k gijspec.FilterKey, keys map[string]bool) explanationView {
	if k.Quoted {
		return explanationView{k.Column, fmt.Sprintf("%q in double quotes is a key, and no repository of the list has it", k.Name), "write a text in single quotes: '" + k.Name + "'"}
	}
	v := explanationView{k.Column, fmt.Sprintf("no repository of the list has the key %s, and case counts", k.Name), ""}
	if near, ok := gijspec.Nearest(k.Name, sortedKeys(keys)); ok {
		v.Remedy = "did you mean " + near + "?"
	}
	return v
}

// caseExplanations say what only the case of letters decides.
func (f filter) caseExplanations(list *repositoryList, in []bool) []explanationView {
	query, err := gijspec.CompileQuery(gijspec.LowerTexts(f.expr))
	if err != nil {
		return nil
	}
	lower, err := list.lower().letIn(query)
	if err != nil {
		return nil
	}
	var views []explanationView
	for _, change := range []struct {
		in    bool
		words string
	}{{true, "let in"}, {false, "kept out"}} {
		var names []string
		for n := range in {
			if in[n] != lower[n] && lower[n] == change.in {
				names = append(names, list.view(n, in[n]).title())
			}
		}
		if len(names) > 0 {
			views = append(views, explanationView{
				0, fmt.Sprintf("case counts: without it %s more would be %s (%s)", countedAs(len(names), "repository", "repositories"), change.words, someNames(names)),
				"write the texts as the host has them",
			})
		}
	}
	return views
}

// someNames lists names for a person, who does not read a thousand of them.
func someNames(names []string) string {
	const enough = 3
	if len(names) <= enough {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:enough], ", "), len(names)-enough)
}

// countedAs is counted for a noun whose plural is no plain s.
func countedAs(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (e explanationView) detail() render.Detail {
	message := e.Message
	if e.Column > 0 {
		message = fmt.Sprintf("character %d: %s", e.Column, message)
	}
	return render.Detail{Severity: "warning", Message: message, Remedy: e.Remedy}
}
