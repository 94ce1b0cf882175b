package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

// The head of a manifest.
const (
	ManifestVersion = "gijctl/v1"
	ManifestKind    = "Integrations"
)

// Manifest is what a team wants of its integrations, out of one file or several.
type Manifest struct {
	Entries []*Entry
	// Remarks are the problems that are no errors, each once.
	Remarks []ManifestProblem
}

// ManifestSource is one file of a manifest.
type ManifestSource struct {
	Name string // for messages
	Dir  string // that the files of references are relative to
	Data []byte
}

// Entry is one integration that a manifest wants. What it leaves out is not in its charge.
type Entry struct {
	Place Place
	ID    int64  // 0 where it is found by type and display name
	Type  string // may be empty where there is an id
	Name  string // display name; may be empty where there is an id
	// Values are the fields by REST key, without those that are references.
	Values gijspec.Values
	// Projects are keys that the server has still to turn into ids.
	Projects []string
	// References are where the secrets are, by REST key.
	References map[string]Reference

	places map[string]Place // of the keys
	// ifCreated are the problems that count only if the integration is not there yet.
	ifCreated []ManifestProblem
}

// Reference says where a secret is. One of its fields is set.
type Reference struct {
	FromEnv  string // name of an environment variable
	FromFile string // path, relative to the manifest's folder already joined
}

// String returns the reference as a person writes it.
func (r Reference) String() string {
	if r.FromEnv != "" {
		return "{fromEnv: " + r.FromEnv + "}"
	}
	return "{fromFile: " + r.FromFile + "}"
}

// Place is where something stands in a file.
type Place struct {
	File string
	Line int // 0 if it has no place
	Col  int // characters, from 1
}

// String returns the place as FILE:LINE:COL.
func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// ManifestProblem is one finding in a manifest.
type ManifestProblem struct {
	Place
	gijspec.Problem
}

// The codes of problems that only a manifest has.
const (
	CodeBadManifest    = "bad_manifest"    // not a manifest, or of another version
	CodeDuplicateKey   = "duplicate_key"   // a key twice in one mapping
	CodeDuplicateEntry = "duplicate_entry" // two entries mean one integration
	CodeSecretInFile   = "secret_in_file"
	CodeBadReference   = "bad_reference"
	CodeNoSuchProject  = "no_such_project"
)

// ManifestCodes returns every code that a [ManifestProblem] can have beside those of gijspec.
func ManifestCodes() []string {
	return []string{CodeBadManifest, CodeDuplicateKey, CodeDuplicateEntry, CodeSecretInFile, CodeBadReference, CodeNoSuchProject}
}

// ManifestError holds all problems of a manifest.
type ManifestError struct {
	Problems []ManifestProblem
}

// Error counts the problems.
func (e *ManifestError) Error() string {
	errors := 0
	for _, p := range e.Problems {
		if p.Severity == gijspec.SeverityError {
			errors++
		}
	}
	if errors == 1 {
		return "the manifest has 1 error"
	}
	return fmt.Sprintf("the manifest has %d errors", errors)
}

// Code returns the stable word for this kind of error.
func (e *ManifestError) Code() string { return "invalid_input" }

// ReadManifest reads the files of a manifest and checks what can be checked without the server. All problems are found at once,
// and are a [*ManifestError] if one of them is an error.
func ReadManifest(sources []ManifestSource) (*Manifest, error) {
	m := &Manifest{}
	var problems []ManifestProblem
	fields := map[string]gijspec.Field{}
	for _, f := range gijspec.Fields() {
		fields[f.Key] = f
	}
	for _, source := range sources {
		r := &manifestReader{source: source, fields: fields}
		m.Entries = append(m.Entries, r.read()...)
		slices.SortStableFunc(r.problems, func(a, b ManifestProblem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
		})
		problems = append(problems, r.problems...)
	}
	problems = append(problems, doubles(m.Entries)...)
	problems = each(problems)
	if slices.ContainsFunc(problems, isError) {
		return nil, &ManifestError{problems}
	}
	m.Remarks = problems
	return m, nil
}

func isError(p ManifestProblem) bool { return p.Severity == gijspec.SeverityError }

// each returns every problem once: what is wrong in the defaults is found for each entry.
func each(problems []ManifestProblem) []ManifestProblem {
	var once []ManifestProblem
	seen := map[ManifestProblem]bool{}
	for _, p := range problems {
		if !seen[p] {
			once = append(once, p)
		}
		seen[p] = true
	}
	return once
}

// doubles finds entries that mean the same integration. Two that share type and display name are told apart by their ids.
func doubles(entries []*Entry) []ManifestProblem {
	var problems []ManifestProblem
	byID := map[int64]*Entry{}
	byName := map[[2]string]*Entry{}
	for _, e := range entries {
		if e.ID != 0 {
			if first := byID[e.ID]; first != nil {
				problems = append(problems, e.double(fmt.Sprintf("id %d", e.ID), first))
				continue
			}
			byID[e.ID] = e
		}
		key := [2]string{e.Type, e.Name}
		if first := byName[key]; e.Name != "" && first != nil && (e.ID == 0 || first.ID == 0) {
			problems = append(problems, e.double(fmt.Sprintf("%s %q", e.Type, e.Name), first))
		}
		byName[key] = cmp.Or(byName[key], e)
	}
	return problems
}

func (e *Entry) double(what string, first *Entry) ManifestProblem {
	return ManifestProblem{e.Place, gijspec.Problem{
		Severity: gijspec.SeverityError, Code: CodeDuplicateEntry,
		Message: fmt.Sprintf("%s is wanted for the second time, the first is at %s", what, first.Place), Remedy: "keep one of them, or give each its id",
	}}
}

// place returns where a key of the entry is, or the entry itself.
func (e *Entry) place(key string) Place {
	if p, found := e.places[key]; found {
		return p
	}
	return e.Place
}

// ProjectKeys returns the keys of projects that the entries name, each once.
func (m *Manifest) ProjectKeys() []string {
	keys := map[string]bool{}
	for _, e := range m.Entries {
		for _, key := range e.Projects {
			keys[key] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// ResolveProjects puts the ids of projects in the place of their keys. A key that is not known is a [*ManifestError].
func (m *Manifest) ResolveProjects(known []gij.Project) error {
	ids := map[string]int64{}
	var keys []string
	for _, p := range known {
		ids[p.Key] = p.ID
		keys = append(keys, p.Key)
	}
	var problems []ManifestProblem
	for _, e := range m.Entries {
		if len(e.Projects) == 0 {
			continue
		}
		all, _ := e.Values[keyProjectIDs].([]int64)
		all = slices.Clone(all)
		for _, key := range e.Projects {
			id, found := ids[key]
			if !found {
				problems = append(problems, e.noProject(key, keys))
			}
			all = append(all, id)
		}
		e.Values[keyProjectIDs] = slices.Compact(slices.Sorted(slices.Values(all)))
	}
	if problems != nil {
		return &ManifestError{each(problems)}
	}
	return nil
}

func (e *Entry) noProject(key string, known []string) ManifestProblem {
	remedy := "project keys are upper case, like PLAT; a project that the account may not browse is not found either"
	if near, found := gijspec.Nearest(key, known); found {
		remedy = "did you mean " + near + "?"
	}
	return ManifestProblem{e.place(keyProjects), gijspec.Problem{
		Severity: gijspec.SeverityError, Code: CodeNoSuchProject, Key: keyProjects, Remedy: remedy,
		Message: "Jira shows this account no project with the key " + key,
	}}
}

// spec returns the fields that are no references.
func (e *Entry) spec() gij.IntegrationSpec {
	var spec gij.IntegrationSpec
	for key, value := range e.Values {
		_ = spec.Set(key, value) // the kinds were checked, and what is no field is not sent
	}
	return spec
}
