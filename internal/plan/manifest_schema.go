package plan

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gijctl/gijctl/pkg/gijspec"
)

// schema is a part of a JSON Schema.
type schema map[string]any

// ManifestSchema returns the JSON Schema of a manifest, which editors complete and check one by. It is made of gijspec's tables, and
// a little more lenient than [ReadManifest]: it knows no place, no server and no grammar of filters.
func ManifestSchema() ([]byte, error) {
	whole := schema{
		"$schema":     "http://json-schema.org/draft-07/schema#",
		"$id":         SchemaURL,
		"title":       "gijctl integrations",
		"description": "The integrations of Git Integration for Jira that a team keeps in a file.",
		"type":        "object",
		"required":    []string{keyAPIVersion, keyKind},
		"properties": schema{
			keyAPIVersion:   schema{"const": ManifestVersion},
			keyKind:         schema{"const": ManifestKind},
			keyDefaults:     described("What an entry has that does not say otherwise, where its type uses the field.", schema{"anyOf": []any{schema{"$ref": "#/definitions/defaults"}, schema{"type": "null"}}}),
			keyIntegrations: schema{"type": []string{"array", "null"}, "items": schema{"$ref": "#/definitions/integration"}},
		},
		"patternProperties":    schema{"^" + ownKeys: described("For anchors.", schema{})},
		"additionalProperties": false,
		"definitions": schema{
			"reference":   referenceSchema(),
			"defaults":    schema{"type": "object", "properties": fieldSchemas(true), "additionalProperties": false},
			"integration": entrySchema(),
		},
	}
	data, err := json.MarshalIndent(whole, "", "  ")
	return append(data, '\n'), err
}

func described(text string, s schema) schema {
	s["description"] = text
	return s
}

func entrySchema() schema {
	return schema{
		"type": "object", "properties": fieldSchemas(false), "additionalProperties": false,
		"anyOf": []any{schema{"required": []string{keyID}}, schema{"required": []string{keyName}}},
	}
}

func referenceSchema() schema {
	name := func(text string) schema { return described(text, schema{"type": "string", "minLength": 1}) }
	return described("Where a secret is. A manifest never holds one.", schema{
		"type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
		"properties": schema{
			keyFromEnv:  name("Name of an environment variable."),
			keyFromFile: name("Path of a file, relative to the manifest."),
		},
	})
}

// fieldSchemas are the keys of an entry, or of the defaults, which have none that identifies an entry.
func fieldSchemas(defaults bool) schema {
	projectList := schema{"type": "array", "items": schema{"anyOf": []any{
		schema{"type": "string", "minLength": 1},
		schema{"type": "integer", "minimum": 0},
	}}}
	properties := schema{
		keyProjects: described("Keys and ids of the associated projects, or the word global for all.", schema{"anyOf": []any{schema{"const": wordGlobal}, schema{"type": "null"}, projectList}}),
	}
	if !defaults {
		properties[keyID] = described("Id on the server, where type and display name do not tell the integration.", schema{"type": "integer", "minimum": 1})
	}
	for _, f := range gijspec.Fields() {
		if f.Key != keyName || !defaults {
			properties[f.Key] = described(fieldText(f), fieldSchema(f))
		}
	}
	return properties
}

func fieldText(f gijspec.Field) string {
	text := strings.ToUpper(f.Usage[:1]) + f.Usage[1:] + "."
	if f.Default != "" {
		text += fmt.Sprintf(" The server's default is %s.", f.Default)
	}
	if f.Types != nil && len(f.Types) < len(gijspec.TypeNames()) {
		names := make([]string, len(f.Types))
		for n, t := range f.Types {
			names[n] = string(t)
		}
		text += " For " + strings.Join(names, ", ") + "."
	}
	return text
}

// fieldSchema says what a field can hold. Null takes a default away.
func fieldSchema(f gijspec.Field) schema {
	reference := schema{"$ref": "#/definitions/reference"}
	switch {
	case f.Key == keyType:
		return schema{"enum": gijspec.TypeNames()}
	case f.Key == "awsRegion":
		var codes []any
		for _, r := range gijspec.Regions() {
			codes = append(codes, r.Code)
		}
		return schema{"enum": append(codes, nil)}
	case f.Kind == gijspec.KindSecret:
		return schema{"anyOf": []any{reference, schema{"type": "null"}}}
	case f.Key == keyUsername:
		return schema{"anyOf": []any{schema{"type": []string{"string", "null"}}, reference}}
	case f.Kind == gijspec.KindBool:
		return schema{"type": []string{"boolean", "null"}}
	case f.Key == "folderDepth":
		return schema{"type": []string{"integer", "null"}, "minimum": 1, "maximum": 5}
	case f.Kind == gijspec.KindInt:
		return schema{"type": []string{"integer", "null"}, "minimum": 0}
	case f.Kind == gijspec.KindIDs:
		return schema{"type": []string{"array", "null"}, "items": schema{"type": "integer", "minimum": 0}}
	}
	text := schema{"type": []string{"string", "null"}}
	if f.MaxLen > 0 {
		text["maxLength"] = f.MaxLen
	}
	return text
}
