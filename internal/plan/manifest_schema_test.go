package plan_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/gijctl/gijctl/internal/plan"
)

// checker holds a document against as much of JSON Schema as the schema of manifests uses.
type checker struct {
	definitions map[string]any
	wrong       []string
}

func (c *checker) check(path string, s map[string]any, value any) {
	if ref, found := s["$ref"].(string); found {
		c.check(path, c.definitions[strings.TrimPrefix(ref, "#/definitions/")].(map[string]any), value)
	}
	for key, rule := range s {
		switch key {
		case "$ref", "$schema", "$id", "title", "description", "definitions", "properties", "patternProperties":
		case "type":
			c.that(slices.Contains(words(rule), kindOf(value)), path, "is %s, not %v", kindOf(value), rule)
		case "const":
			c.that(value == rule, path, "is not %v", rule)
		case "enum":
			c.that(slices.Contains(rule.([]any), value), path, "is none of %v", rule)
		case "anyOf":
			c.that(slices.ContainsFunc(rule.([]any), func(one any) bool { return c.holds(path, one, value) }), path, "fits none of %v", rule)
		case "required":
			object, _ := value.(map[string]any)
			for _, name := range words(rule) {
				c.that(object[name] != nil, path, "lacks %s", name)
			}
		case "additionalProperties":
			c.properties(path, s, value)
		case "items":
			list, _ := value.([]any)
			for n, item := range list {
				c.check(fmt.Sprintf("%s[%d]", path, n), rule.(map[string]any), item)
			}
		case "minimum", "maximum", "minLength", "maxLength", "minProperties", "maxProperties":
			n, measured := size(value)
			least := !strings.HasPrefix(key, "min") || n >= rule.(float64)
			most := !strings.HasPrefix(key, "max") || n <= rule.(float64)
			c.that(!measured || least && most, path, "breaks %s %v", key, rule)
		default:
			c.that(false, path, "the checker does not know %s", key)
		}
	}
}

func (c *checker) that(holds bool, path, format string, args ...any) {
	if !holds {
		c.wrong = append(c.wrong, path+" "+fmt.Sprintf(format, args...))
	}
}

func (c *checker) holds(path string, s, value any) bool {
	one := &checker{definitions: c.definitions}
	one.check(path, s.(map[string]any), value)
	return one.wrong == nil
}

func (c *checker) properties(path string, s map[string]any, value any) {
	object, _ := value.(map[string]any)
	known, _ := s["properties"].(map[string]any)
	patterns, _ := s["patternProperties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		inner, found := known[name].(map[string]any)
		for pattern := range patterns {
			found = found || regexp.MustCompile(pattern).MatchString(name)
		}
		c.that(found, path, "does not know %s", name)
		c.check(path+"."+name, inner, object[name])
	}
}

func size(value any) (n float64, measured bool) {
	switch v := value.(type) {
	case float64:
		return v, true
	case string:
		return float64(len([]rune(v))), true
	case map[string]any:
		return float64(len(v)), true
	}
	return 0, false
}

func words(rule any) []string {
	if one, is := rule.(string); is {
		return []string{one}
	}
	var all []string
	for _, one := range rule.([]any) {
		all = append(all, one.(string))
	}
	return all
}

func kindOf(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

// schemaErrors holds a manifest against the schema.
func schemaErrors(t *testing.T, text []byte) []string {
	t.Helper()
	data, err := plan.ManifestSchema()
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]any
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	var document any
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	plain, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal(plain, &document)
	c := &checker{definitions: s["definitions"].(map[string]any)}
	c.check("$", s, document)
	return c.wrong
}

func checkSchema(t *testing.T, text []byte) {
	t.Helper()
	if wrong := schemaErrors(t, text); wrong != nil {
		t.Errorf("%s\n%s", strings.Join(wrong, "\n"), text)
	}
}

func TestTheSchemaFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: 1\n": "lacks apiVersion",
		manifestHead + "integrations: [{type: GITHUB, displayName: A, pat: x}]\n":                    "$.integrations[0].pat fits none",
		manifestHead + "integrations: [{type: GITHB, displayName: A}]\n":                             "$.integrations[0].type is none of",
		manifestHead + "integrations: [{type: GITHUB}]\n":                                            "$.integrations[0] fits none",
		manifestHead + "integrations: [{id: 1, pat: {fromEnv: A, fromFile: B}}]\n":                   "pat fits none",
		manifestHead + "integrations: [{id: 1, folderDepth: 6}]\n":                                   "folderDepth breaks maximum",
		manifestHead + "integrations: [{id: 1, smartCommitEnabled: true}]\n":                         "does not know smartCommitEnabled",
		manifestHead + "defaults: {displayName: A}\n":                                                "$.defaults fits none",
		manifestHead + "integrations: [{id: 1, projects: PLAT}]\n":                                   "projects fits none",
		manifestHead + "x-a: {anything: 1}\nintegrations: [{id: 1, disabled: yes, projects: [1]}]\n": "disabled is string",
	} {
		if wrong := strings.Join(schemaErrors(t, []byte(text)), "; "); !strings.Contains(wrong, want) {
			t.Errorf("%q is missing from %q for\n%s", want, wrong, text)
		}
	}
	checkSchema(t, []byte(manifestHead+"x-a: &a {pat: {fromEnv: A}}\ndefaults:\nintegrations: [{<<: *a, id: 1, projects: [PLAT, 10000], tagsFilter: }]\n"))
}

// The schema of the documentation is that of the program.
func TestTheSchemaOfTheDocumentationIsThis(t *testing.T) {
	t.Parallel()
	data, err := plan.ManifestSchema()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join("..", "..", "docs", "reference", "integrations.schema.json"))
	if err != nil || string(kept) != string(data) {
		t.Errorf("make docs: docs/reference/integrations.schema.json is out of date (%v)", err)
	}
}
