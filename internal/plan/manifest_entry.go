package plan

import (
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/secret"
)

// rawEntry is what a mapping says, be it an entry or the defaults.
type rawEntry struct {
	id         int64
	values     gijspec.Values
	references map[string]Reference
	// projects are keys; hasProjects says that the entry names its projects, or all of them, in whatever way.
	projects    []string
	hasProjects bool
	places      map[string]Place
}

// raw reads the keys of one mapping.
func (r *manifestReader) raw(mapping *yaml.Node) rawEntry {
	raw := rawEntry{values: gijspec.Values{}, references: map[string]Reference{}, places: map[string]Place{}}
	for _, p := range r.pairs(mapping) {
		raw.places[p.name] = r.placeOf(p.key)
		r.readKey(&raw, p)
	}
	if at, both := raw.places[keyProjects]; both && (raw.has(keyProjectIDs) || raw.has(keyGlobal)) {
		r.add(at, CodeBadManifest, keyProjects, "projects says the same as global and projectMappingIds", "keep projects, which takes keys and ids, or the word global")
	}
	raw.hasProjects = raw.has(keyProjects) || raw.has(keyProjectIDs) || raw.has(keyGlobal)
	if raw.values[keyProjectIDs] != nil || len(raw.projects) > 0 {
		raw.impliesGlobal()
	}
	return raw
}

func (e *rawEntry) has(key string) bool {
	_, found := e.places[key]
	return found
}

// impliesGlobal lets a list of projects mean what it says: these, and not all.
func (e *rawEntry) impliesGlobal() {
	if _, said := e.values[keyGlobal]; !said {
		e.values[keyGlobal] = false
	}
}

func (r *manifestReader) readKey(raw *rawEntry, p pair) {
	field, isField := r.fields[p.name]
	switch {
	case isNull(p.value) && (isField || p.name == keyProjects):
		// It is in nobody's charge, whatever the defaults say.
	case p.name == keyID:
		r.readID(raw, p)
	case p.name == keyProjects:
		r.readProjects(raw, p)
	case isField && field.Kind == gijspec.KindSecret, p.name == keyUsername && p.value.Kind == yaml.MappingNode:
		if ref, good := r.reference(p); good {
			raw.references[p.name] = ref
		}
	case isField, r.isKnown(p):
		r.readValue(raw, p)
	}
}

// isKnown refuses a key that is no field: a misspelling would go unseen.
func (r *manifestReader) isKnown(p pair) bool {
	if class, _ := gijspec.ClassifyKey(p.name); class != gijspec.KeyUnknown {
		return true
	}
	near, found := gijspec.Nearest(p.name, []string{keyID, keyProjects})
	if !found {
		near, found = gijspec.NearestKey(p.name)
	}
	remedy := "the fields of a type are listed by: gijctl integration types TYPE"
	if found {
		remedy = "did you mean " + near + "?"
	}
	r.fail(p.key, gijspec.CodeUnknownKey, p.name, fmt.Sprintf("unknown field %q", p.name), remedy)
	return false
}

func (r *manifestReader) readValue(raw *rawEntry, p pair) {
	if p.value.Kind == yaml.MappingNode {
		raw.values[p.name] = map[string]any{} // which no field takes
		return
	}
	m, err := r.y.member(p.key, p.value)
	if err != nil {
		r.failFile(err)
		return
	}
	if list, isList := m.Value.([]any); isList && len(list) == 0 {
		m.Value = []int64{}
	}
	raw.values[p.name] = m.Value
}

func (r *manifestReader) readID(raw *rawEntry, p pair) {
	m, err := r.y.member(p.key, p.value)
	id, isNumber := m.Value.(int64)
	if err != nil || !isNumber || id < 1 {
		r.fail(p.value, gijspec.CodeWrongKind, keyID, "id must be a whole number, 1 or more", "the ids are listed by: gijctl integration list")
		return
	}
	raw.id = id
}

// readProjects reads a list of project keys and ids, or the word that stands for all projects.
func (r *manifestReader) readProjects(raw *rawEntry, p pair) {
	const remedy = "write a list like [PLAT, 10100], or the word global for all projects"
	if p.value.Kind == yaml.ScalarNode && p.value.Value == wordGlobal {
		raw.values[keyGlobal] = true
		return
	}
	if p.value.Kind != yaml.SequenceNode {
		r.fail(p.value, gijspec.CodeWrongKind, keyProjects, "projects is no list", remedy)
		return
	}
	ids := []int64{}
	for _, item := range p.value.Content {
		item = followed(item)
		m, err := r.y.member(p.key, item)
		switch v := m.Value.(type) {
		case int64:
			ids = append(ids, v)
			continue
		case string:
			if v != "" && v != wordGlobal {
				raw.projects = append(raw.projects, v)
				continue
			}
		}
		if err != nil {
			r.failFile(err)
			continue
		}
		r.fail(item, gijspec.CodeWrongKind, keyProjects, "this is no project key and no id", remedy)
	}
	raw.values[keyProjectIDs] = ids
}

func referenceForm(key string) string {
	return fmt.Sprintf("write where it is: %s: {fromEnv: NAME} or %s: {fromFile: PATH}", key, key)
}

// reference reads where a secret is. What is written out is refused, and not repeated.
func (r *manifestReader) reference(p pair) (Reference, bool) {
	form := referenceForm(p.name)
	if p.value.Kind != yaml.MappingNode {
		code, message := CodeSecretInFile, p.name+" is written out in the file, where everybody who reviews it would see it"
		if p.value.Kind == yaml.ScalarNode && p.value.Value == "" {
			code, message = CodeBadReference, p.name+" is empty"
			form += "; leave it out to keep what the server has"
		}
		r.fail(p.value, code, p.name, message, form)
		return Reference{}, false
	}
	var ref Reference
	good := true
	for _, part := range r.pairs(p.value) {
		target := map[string]*string{keyFromEnv: &ref.FromEnv, keyFromFile: &ref.FromFile}[part.name]
		if target == nil || part.value.Kind != yaml.ScalarNode || part.value.Tag != "!!str" || part.value.Value == "" {
			r.fail(part.key, CodeBadReference, p.name, "this is no reference to a secret", form)
			good = false
			continue
		}
		*target = part.value.Value
	}
	if good && (ref.FromEnv == "") == (ref.FromFile == "") {
		r.fail(p.value, CodeBadReference, p.name, "a reference has one of fromEnv and fromFile", form)
		good = false
	}
	if ref.FromFile != "" {
		ref.FromFile = r.path(ref.FromFile)
	}
	return ref, good
}

// entry makes an entry of a mapping and the defaults, and checks it.
func (r *manifestReader) entry(mapping *yaml.Node, defaults rawEntry) *Entry {
	raw := r.raw(mapping)
	raw.fillIn(defaults, r.fields)
	e := &Entry{
		Place: r.placeOf(mapping), ID: raw.id, Values: raw.values, Projects: raw.projects, References: raw.references, places: raw.places,
	}
	e.Type, _ = raw.values[keyType].(string)
	e.Name, _ = raw.values[keyName].(string)
	r.check(e)
	return e
}

// fillIn adds what the entry leaves to the defaults: fields that its type uses. Projects, and credentials, are taken together or
// not at all.
func (e *rawEntry) fillIn(defaults rawEntry, fields map[string]gijspec.Field) {
	if _, said := e.values[keyType]; !said && !e.has(keyType) && defaults.has(keyType) {
		e.take(defaults, keyType)
	}
	typ, _ := e.values[keyType].(string)
	ownCredentials := slices.ContainsFunc(credentialKeys(), e.has)
	for key := range defaults.places {
		field, isField := fields[key]
		uses := isField && (field.Types == nil || slices.Contains(field.Types, gijspec.Type(typ))) || key == keyProjects
		switch {
		case e.has(key) || key == keyName || key == keyType || !uses:
		case slices.Contains(projectKeys(), key):
			if !e.hasProjects {
				e.takeProjects(defaults)
			}
		case slices.Contains(credentialKeys(), key) && ownCredentials:
		default:
			e.take(defaults, key)
		}
	}
}

func credentialKeys() []string { return []string{"pat", keyUsername, "password"} }
func projectKeys() []string    { return []string{keyProjects, keyProjectIDs, keyGlobal} }

func (e *rawEntry) take(defaults rawEntry, key string) {
	e.places[key] = defaults.places[key]
	if ref, found := defaults.references[key]; found {
		e.references[key] = ref
	}
	if value, found := defaults.values[key]; found {
		e.values[key] = value
	}
}

func (e *rawEntry) takeProjects(defaults rawEntry) {
	for _, key := range []string{keyProjectIDs, keyGlobal} {
		if value, found := defaults.values[key]; found {
			e.values[key] = value
		}
	}
	for _, key := range projectKeys() {
		if place, found := defaults.places[key]; found {
			e.places[key] = place
		}
	}
	e.projects = defaults.projects
}

// check holds an entry against what the vendor documents. What only a new integration needs is kept for later.
func (r *manifestReader) check(e *Entry) {
	_, hasID := e.places[keyID] // be it a wrong one
	if !hasID && e.Name == "" && !wrongKind(e.Values[keyName]) {
		r.add(e.Place, gijspec.CodeMissingField, keyName, "displayName is missing: an entry is found again by its type and display name", "give displayName, or the id")
	}
	visible := maps.Clone(e.Values)
	for key := range e.References {
		visible[key] = secret.Redacted
		if key == keyUsername {
			visible[key] = "all" // the one name that the table has an opinion on
		}
	}
	_, now := gijspec.Check(gijspec.Update, gijspec.Type(e.Type), visible)
	corrected, asNew := gijspec.Check(gijspec.Create, gijspec.Type(e.Type), visible)
	for _, p := range now {
		if len(e.Projects) > 0 && (p.Code == gijspec.CodeNoProjects || p.Code == gijspec.CodeGlobalMissing) || !hasID && p.Code == gijspec.CodeUnknownType {
			continue
		}
		r.problems = append(r.problems, e.problem(p))
	}
	for _, p := range asNew {
		switch {
		case slices.Contains(now, p), len(e.Projects) > 0 && p.Code == gijspec.CodeNoProjects, p.Code == gijspec.CodeTypeMismatch:
		case p.Key == keyType && p.Severity == gijspec.SeverityError:
			if !hasID {
				r.problems = append(r.problems, e.problem(p))
			}
		default:
			e.ifCreated = append(e.ifCreated, e.problem(p))
		}
	}
	for key := range e.References {
		delete(corrected, key)
	}
	e.Values = corrected
}

func wrongKind(value any) bool {
	_, isText := value.(string)
	return value != nil && !isText
}

func (e *Entry) problem(p gijspec.Problem) ManifestProblem {
	if p.Code == gijspec.CodeMissingCredential {
		p.Message = fmt.Sprintf("%q is not there yet, and %s", e.Name, p.Message)
		p.Remedy = referenceForm(p.Key)
	}
	at := e.place(p.Key)
	if p.Key == keyProjectIDs || p.Key == keyGlobal {
		for _, key := range projectKeys() {
			if place, found := e.places[key]; found {
				at = place
			}
		}
	}
	return ManifestProblem{at, p}
}
