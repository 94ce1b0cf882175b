package gijspec

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Operation is what a request does.
type Operation int

// The operations.
const (
	Create Operation = iota // POST: required fields must be there
	Update                  // PUT: only what is there is checked; the server keeps the rest (inferred from the samples)
)

// Values are the fields of a request by REST key: string (text and secrets), bool, int64 or int, []int64.
//
// A secret is any non-empty string, so callers pass a placeholder such as "[redacted]" and keep the secret to themselves.
// An empty string means that the field is there and empty; an absent key means that it is not sent.
type Values map[string]any

// Check checks a request for an integration of the given type and returns all problems at once: those of the whole
// request first, then field by field in the order of [Fields], then those of unknown keys. v is not modified.
//
// corrected is a copy of v with the vendor's misspelt region replaced and without the keys that [ClassifyKey] calls ignored.
//
// On [Update], typ is the type that the server shows; "" or one that the vendor does not list (a GitHub App may have one)
// leaves out the checks that depend on the type, with a warning for the latter.
func Check(op Operation, typ Type, v Values) (corrected Values, problems []Problem) {
	info, known := infoOf(typ)
	c := &checker{op: op, noun: nounIntegration, info: info, known: known, in: v, out: maps.Clone(v)}
	if c.out == nil {
		c.out = Values{}
	}
	c.checkType(typ)
	others := maps.Clone(v)
	for _, field := range integrationTable().fields {
		c.checkField(field)
		delete(others, field.Key)
	}
	c.checkOtherKeys(typ, slices.Sorted(maps.Keys(others)))
	return c.out, c.problems
}

// checker collects the problems of one request.
type checker struct {
	op       Operation
	noun     string // what the request is for
	info     Info
	known    bool // info is filled
	in, out  Values
	problems []Problem
}

func (c *checker) add(severity Severity, code, key, message, remedy string) {
	c.problems = append(c.problems, Problem{severity, code, key, message, remedy})
}

func (c *checker) fail(code, key, message, remedy string) {
	c.add(SeverityError, code, key, message, remedy)
}

func (c *checker) warn(code, key, message, remedy string) {
	c.add(SeverityWarning, code, key, message, remedy)
}

func (c *checker) note(code, key, message, remedy string) {
	c.add(SeverityNote, code, key, message, remedy)
}

// has reports whether the key is there, whatever its value.
func (c *checker) has(key string) bool {
	_, ok := c.in[key]
	return ok
}

// given reports whether the key is there with something in it. Empty text counts as missing.
func (c *checker) given(key string) bool {
	value, ok := c.in[key]
	return ok && value != "" && value != nil
}

func (c *checker) checkType(typ Type) {
	if !c.known {
		c.checkUnknownType(typ)
		return
	}
	if c.op == Create && c.info.Deprecated != "" {
		c.warn(CodeDeprecatedType, "type", fmt.Sprintf("%s is deprecated: %s", typ, c.info.Deprecated), "")
	}
}

func (c *checker) checkUnknownType(typ Type) {
	if c.op == Update {
		if typ != "" {
			c.warn(CodeUnknownType, "type", fmt.Sprintf("the server calls this integration %q, a type that the vendor does not list", shorten(string(typ))),
				"only what holds for all types was checked")
		}
		return
	}
	remedy := "use one of " + strings.Join(TypeNames(), ", ")
	if nearest, ok := NearestType(string(typ)); ok {
		remedy = fmt.Sprintf("did you mean %s? %s", nearest, remedy)
	}
	if typ == "" {
		c.fail(CodeMissingField, "type", "the type is missing", remedy)
		return
	}
	if strings.HasPrefix(strings.ToUpper(string(typ)), "BITBUCKET") {
		remedy = "GIJ connects Bitbucket Server as single repositories, not as an integration; " + remedy
	}
	c.fail(CodeUnknownType, "type", fmt.Sprintf("unknown type %q", shorten(string(typ))), remedy)
}

func (c *checker) checkField(field Field) {
	c.checkPresence(field)
	value, ok := c.in[field.Key]
	if !ok {
		return
	}
	if !c.checkKind(field, value) {
		return
	}
	if c.known && !field.appliesTo(c.info.Type) {
		c.warn(CodeUnusedField, field.Key, fmt.Sprintf("%s does not use %s", c.info.Type, field.Key), "leave it out; "+usedBy(field))
		return
	}
	if text, ok := value.(string); ok && !c.checkText(field, text) {
		return
	}
	c.checkValue(field.Key, value)
}

// usedBy says which types use a field.
func usedBy(field Field) string {
	names := make([]string, len(field.Types))
	for i, typ := range field.Types {
		names[i] = string(typ)
	}
	return "it is for " + strings.Join(names, ", ")
}

// checkKind reports whether the value has the Go type of the field.
func (c *checker) checkKind(field Field, value any) bool {
	ok := false
	switch value.(type) {
	case string:
		ok = field.Kind == KindText || field.Kind == KindSecret
	case bool:
		ok = field.Kind == KindBool
	case int, int64:
		ok = field.Kind == KindInt
	case []int64:
		ok = field.Kind == KindIDs
	}
	if !ok {
		c.fail(CodeWrongKind, field.Key, fmt.Sprintf("%s must be %s, not %s", field.Key, kindWanted(field.Kind), kindOf(value)), kindExample(field))
	}
	return ok
}

// kindOf names what a wrong value is, without showing it: it may be a secret.
func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case bool:
		return "true or false"
	case int, int64:
		return "a whole number"
	case float32, float64:
		return "a decimal number"
	case []int64, []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("a %T", value)
}

// kindWanted names what a value must be.
func kindWanted(kind Kind) string {
	switch kind {
	case KindInt, KindIDs:
		return "a " + kind.String()
	case KindSecret:
		return "text"
	}
	return kind.String()
}

func kindExample(field Field) string {
	switch field.Kind {
	case KindBool:
		return "write true or false, without quotes"
	case KindInt:
		return "write a whole number, without quotes"
	case KindIDs:
		return "write a list of numbers: [10000,10100]"
	}
	return "write text, in quotes"
}

func (c *checker) checkValue(key string, value any) {
	switch key {
	case "type":
		c.checkTypeField(key, value.(string), c.info.Type)
	case "origin":
		c.checkOrigin(value.(string))
	case "username":
		c.checkUsername(value.(string))
	case "awsRegion":
		c.checkRegion(value.(string))
	case "folderDepth":
		c.checkRange(key, value, 1, 5)
	case "maxMinsToCommitEmail":
		c.checkRange(key, value, 0, maxJavaInt)
	case "projectMappingIds":
		c.checkProjects(value.([]int64))
	case "global":
		c.checkGlobal(value.(bool))
	case "apiPath":
		c.checkAPIPath(value.(string))
	case "apiFilter":
		c.checkFilter(value.(string))
	case "tagsFilter", "prHideFilter":
		c.checkRegex(key, value.(string))
	}
}

// checkTypeField compares a type inside the values with the one that the request is for.
func (c *checker) checkTypeField(key, value string, typ Type) {
	if !c.known || value == string(typ) {
		return
	}
	if c.op == Update {
		c.fail(CodeTypeChange, key, fmt.Sprintf("the type of an integration cannot be changed (it is %s, not %s)", typ, shorten(value)),
			"remove the integration and add a new one, or leave the type out")
		return
	}
	c.fail(CodeTypeMismatch, key, fmt.Sprintf("%s says %s, but the request is for %s", key, shorten(value), typ), "give one type")
}

// checkOtherKeys deals with the keys that are no fields.
func (c *checker) checkOtherKeys(typ Type, keys []string) {
	for _, key := range keys {
		class, why := ClassifyKey(key)
		switch class {
		case KeyIgnored:
			delete(c.out, key)
			c.checkIgnoredKey(key, why, typ)
		case KeyUnknown:
			c.checkUnknownKey(key, why)
		}
	}
}

func (c *checker) checkIgnoredKey(key, why string, typ Type) {
	text, isText := c.in[key].(string)
	if key == "integrationType" && isText && c.known && text != string(typ) {
		c.checkTypeField(key, text, typ)
		return
	}
	c.note(CodeIgnoredKey, key, fmt.Sprintf("%s is not sent: %s", shorten(key), why), "")
}

// checkUnknownKey refuses a key that no page documents. The server would ignore it silently (inferred), so a misspelling
// would go unseen.
func (c *checker) checkUnknownKey(key, nearest string) {
	remedy := "the fields of a type are listed by: gijctl integration types TYPE"
	if c.noun == nounRepository {
		remedy = "the fields are the flags of: gijctl repository add --help"
	}
	if nearest != "" {
		remedy = fmt.Sprintf("did you mean %s?", nearest)
	}
	c.fail(CodeUnknownKey, key, fmt.Sprintf("unknown field %q", shorten(key)), remedy)
}
