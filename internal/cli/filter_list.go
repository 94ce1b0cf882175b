package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/pkg/gijspec"
)

// maxHostAnswer is the size in bytes beyond which a file is no saved answer: that of GitHub with 50,000 repositories.
const maxHostAnswer = 512 << 20

// repositoryList is a host's list of repositories.
type repositoryList struct {
	typ    gijspec.Type
	source string           // where it comes from, for people
	root   any              // what a filter is asked of
	items  []map[string]any // the repositories, which are in root too
}

// newRepositoryList puts repositories into the form that the type has.
func newRepositoryList(typ gijspec.Type, source string, items []map[string]any) *repositoryList {
	array := make([]any, len(items))
	for n, item := range items {
		array[n] = item
	}
	l := &repositoryList{typ: typ, source: source, root: array, items: items}
	if key := gijspec.FilterRoot(typ); key != "" {
		l.root = map[string]any{key: array}
	}
	return l
}

// gerritPrefix is what Gerrit puts before its JSON, so that no page can run it as a script.
const gerritPrefix = ")]}'"

// parseHostAnswer reads a saved answer. With f.typ "" the type is guessed, and said.
func (a *app) parseHostAnswer(source string, data []byte, f filter) (*repositoryList, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	rest, isGerrit := bytes.CutPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte(gerritPrefix))
	if isGerrit {
		data = rest
	}
	documents, err := decodeAll(source, data)
	if err != nil {
		return nil, err
	}
	typ := f.typ
	if typ == "" {
		if typ = guessHost(documents, isGerrit); typ == "" {
			return nil, inputError("say whose answer it is, like: --type GITHUB; the types are: "+strings.Join(filterTypeWords(), ", "),
				"%s does not look like the answer of a host that is known", source)
		}
		a.note("%s is taken for an answer of the type %s; if it is another: --type TYPE", source, typ)
	}
	items, err := repositoriesIn(documents, typ)
	if err != nil {
		return nil, inputError("save the host's answer as it is, and say whose it is: --type TYPE", "%s: %v", source, err)
	}
	return newRepositoryList(typ, source, items), nil
}

// decodeAll reads JSON documents that stand one after the other. An array of arrays, as gh api --slurp writes it, is its parts.
func decodeAll(source string, data []byte) ([]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	var documents []any
	for {
		var d any
		err := decoder.Decode(&d)
		switch {
		case errors.Is(err, io.EOF) && documents == nil:
			return nil, inputError("save the host's answer in it", "%s is empty", source)
		case errors.Is(err, io.EOF):
			return documents, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil, inputError("save it again", "%s ends in the middle of its JSON", source)
		case err != nil:
			line := 1 + bytes.Count(data[:decoder.InputOffset()], []byte("\n"))
			return nil, inputError("save the host's answer as it is; a web page is a login that did not work", "%s:%d: this is no JSON: %v", source, line, err)
		}
		documents = append(documents, pages(d)...)
	}
}

// pages are the elements of an array of answers; another document is one.
func pages(document any) []any {
	array, ok := document.([]any)
	if !ok || len(array) == 0 {
		return []any{document}
	}
	for _, element := range array {
		_, isArray := element.([]any)
		object, _ := element.(map[string]any)
		_, isApps := object["repositories"].([]any)
		_, isMicrosofts := object["value"].([]any)
		if !isArray && !isApps && !isMicrosofts {
			return []any{document}
		}
	}
	return array
}

// guessHost tells the type of an answer by its shape, "" where it has none that is known.
func guessHost(documents []any, isGerrit bool) gijspec.Type {
	if isGerrit {
		return gijspec.Gerrit
	}
	for _, d := range documents {
		switch d := d.(type) {
		case map[string]any:
			return guessObject(d)
		case []any:
			if len(d) == 0 {
				continue
			}
			first, _ := d[0].(map[string]any)
			return guessItem(first)
		}
	}
	return ""
}

func guessObject(d map[string]any) gijspec.Type {
	if _, ok := d["repositories"].([]any); ok {
		return gijspec.GitHubApp
	}
	if _, ok := d["value"].([]any); ok {
		return gijspec.Azure
	}
	for _, project := range d {
		if _, ok := project.(map[string]any); !ok {
			return ""
		}
	}
	if len(d) == 0 {
		return ""
	}
	return gijspec.Gerrit
}

func guessItem(item map[string]any) gijspec.Type {
	for _, sign := range []struct {
		key string
		typ gijspec.Type
	}{
		{"full_name", gijspec.GitHub},
		{"path_with_namespace", gijspec.GitLab},
		{"fullPath", gijspec.Filespace},
		{"web_links", gijspec.Gerrit},
		{"state", gijspec.Gerrit},
	} {
		if _, found := item[sign.key]; found {
			return sign.typ
		}
	}
	return ""
}

// repositoriesIn takes the repositories out of answers of a type.
func repositoriesIn(documents []any, typ gijspec.Type) ([]map[string]any, error) {
	var all []map[string]any
	for _, d := range documents {
		array, err := arrayIn(d, typ)
		if err != nil {
			return nil, err
		}
		for n, element := range array {
			item, ok := element.(map[string]any)
			if !ok {
				return nil, fmt.Errorf("element %d of the list is %s, not a repository", n+1, kindOf(element))
			}
			all = append(all, item)
		}
	}
	return all, nil
}

func arrayIn(document any, typ gijspec.Type) ([]any, error) {
	object, isObject := document.(map[string]any)
	if refusal, ok := object["message"].(string); ok {
		return nil, fmt.Errorf("the host answered an error: %s", refusal)
	}
	key := gijspec.FilterRoot(typ)
	array, isArray := document.([]any)
	switch {
	case key != "" && isObject:
		if array, isArray = object[key].([]any); isArray {
			return array, nil
		}
		return nil, fmt.Errorf("the list of %s is an object that holds it as %s; this object does not", typ, key)
	case key != "":
		return nil, fmt.Errorf("the list of %s is an object that holds it as %s; this is %s", typ, key, kindOf(document))
	case isArray:
		return array, nil
	case isObject && typ == gijspec.Gerrit:
		return gerritProjects(object)
	}
	return nil, fmt.Errorf("the list of %s is an array; this is %s", typ, kindOf(document))
}

// gerritProjects makes the array that a filter is asked of out of Gerrit's own answer, whose keys are the names. That GIJ does so is
// inferred: documented is an array of objects with name.
func gerritProjects(object map[string]any) ([]any, error) {
	var projects []any
	for _, name := range sortedKeys(object) {
		project, ok := object[name].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%q is %s, not a project of Gerrit", name, kindOf(object[name]))
		}
		if _, named := project["name"]; !named {
			project["name"] = name
		}
		projects = append(projects, project)
	}
	return projects, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// view is one repository of the list.
func (l *repositoryList) view(n int, in bool) filteredView {
	item := l.items[n]
	v := filteredView{Result: resultOut, Name: keyText(item, "name"), Size: l.size(item)}
	if in {
		v.Result = resultIn
	}
	for _, key := range []string{"full_name", "path_with_namespace", "fullPath"} {
		if v.FullName == "" {
			v.FullName = keyText(item, key)
		}
	}
	if project, ok := item["project"].(map[string]any); ok && v.FullName == "" {
		v.FullName = keyText(project, "name") + "/" + v.Name
	}
	return v
}

func keyText(item map[string]any, key string) string {
	text, _ := item[key].(string)
	return text
}

// size is that of a repository in bytes, nil where its host does not tell.
func (l *repositoryList) size(item map[string]any) *int64 {
	const kibibyte = 1024
	unit := 1.0
	number, ok := item["size"].(float64) // Microsoft's is in bytes
	switch l.typ {
	case gijspec.GitHub, gijspec.GitHubServer, gijspec.GitHubApp:
		unit = kibibyte
	case gijspec.GitLab, gijspec.GitLabServer, gijspec.GitLabServerLegacy: // only with statistics=true in the question
		statistics, _ := item["statistics"].(map[string]any)
		number, ok = statistics["repository_size"].(float64)
	}
	if !ok || number < 0 {
		return nil
	}
	return new(int64(number * unit))
}

// keys are all keys of the list at any depth, and the key of its root.
func (l *repositoryList) keys() map[string]bool {
	keys := map[string]bool{}
	collectKeys(l.root, keys)
	return keys
}

func collectKeys(v any, keys map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			keys[key] = true
			collectKeys(value, keys)
		}
	case []any:
		for _, element := range v {
			collectKeys(element, keys)
		}
	}
}

// lower is the list with all texts in lower case.
func (l *repositoryList) lower() *repositoryList {
	items := make([]map[string]any, len(l.items))
	for n, item := range l.items {
		items[n], _ = lowered(item).(map[string]any)
	}
	return newRepositoryList(l.typ, l.source, items)
}

func lowered(v any) any {
	switch v := v.(type) {
	case string:
		return strings.ToLower(v)
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, value := range v {
			object[key] = lowered(value)
		}
		return object
	case []any:
		array := make([]any, len(v))
		for n, element := range v {
			array[n] = lowered(element)
		}
		return array
	}
	return v
}
