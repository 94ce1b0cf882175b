package plan

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/gijctl/gijctl/pkg/gijspec"
)

// The keys of a manifest that are no fields of the REST API, and those fields that it treats in its own way.
const (
	keyAPIVersion   = "apiVersion"
	keyKind         = "kind"
	keyDefaults     = "defaults"
	keyIntegrations = "integrations"
	keyID           = "id"
	keyProjects     = "projects"
	keyFromEnv      = "fromEnv"
	keyFromFile     = "fromFile"

	keyType       = "type"
	keyName       = "displayName"
	keyOrigin     = "origin"
	keyUsername   = "username"
	keyGlobal     = "global"
	keyProjectIDs = "projectMappingIds"

	// wordGlobal is the word that stands for all projects.
	wordGlobal = "global"
	// ownKeys is how keys begin that are for anchors alone.
	ownKeys = "x-"
)

func manifestWords() yamlWords {
	const begin = "it begins with: apiVersion: " + ManifestVersion
	return yamlWords{
		empty: "write one with: gijctl integration export FILE", several: "one file holds one manifest; several files can be given",
		list: "a list, where a manifest is expected", noList: begin, example: "kind: " + ManifestKind,
	}
}

// manifestReader reads one file of a manifest, and goes on after a problem.
type manifestReader struct {
	source   ManifestSource
	y        *yamlFile
	known    map[*yaml.Node][]pair
	problems []ManifestProblem
	// fields are those of gijspec by key, which builds its table anew each time it is asked.
	fields map[string]gijspec.Field
}

// pair is a key of a mapping with its value, where references to anchors are followed.
type pair struct {
	name       string
	key, value *yaml.Node
}

func (r *manifestReader) read() []*Entry {
	if at := notUTF8(r.source.Data); at >= 0 {
		line, col := place(r.source.Data, at)
		r.add(Place{r.source.Name, line, col}, CodeBadManifest, "", "the file is not UTF-8 text", "save it as UTF-8")
		return nil
	}
	r.y = newYAMLFile(r.source.Name, r.source.Data, manifestWords())
	root, err := r.y.root()
	if err != nil {
		r.failFile(err)
		return nil
	}
	top := map[string]*yaml.Node{}
	for _, p := range r.pairs(root) {
		top[p.name] = p.value
		r.checkTopKey(p)
	}
	r.checkHead(root, top, keyAPIVersion, ManifestVersion)
	r.checkHead(root, top, keyKind, ManifestKind)
	defaults := r.readDefaults(top[keyDefaults])
	var entries []*Entry
	for _, item := range r.items(top[keyIntegrations]) {
		if item.Kind != yaml.MappingNode {
			r.fail(item, CodeBadManifest, "", "an entry is a mapping of keys to values", "write lines like: - type: GITHUB")
			continue
		}
		entries = append(entries, r.entry(item, defaults))
	}
	return entries
}

// notUTF8 returns where the first byte is that is no UTF-8 text, and -1 where all of it is.
func notUTF8(data []byte) int {
	for at := 0; at < len(data); {
		char, size := utf8.DecodeRune(data[at:])
		if char == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

func (r *manifestReader) checkTopKey(p pair) {
	known := []string{keyAPIVersion, keyKind, keyDefaults, keyIntegrations}
	if strings.HasPrefix(p.name, ownKeys) || slices.Contains(known, p.name) {
		return
	}
	remedy := "a manifest has " + strings.Join(known, ", ") + "; a key for anchors begins with " + ownKeys
	if near, found := gijspec.Nearest(p.name, known); found {
		remedy = "did you mean " + near + "?"
	}
	r.fail(p.key, gijspec.CodeUnknownKey, p.name, fmt.Sprintf("unknown key %q", p.name), remedy)
}

// checkHead checks the two keys that say what a file is.
func (r *manifestReader) checkHead(root *yaml.Node, top map[string]*yaml.Node, key, want string) {
	value, found := top[key]
	switch {
	case !found:
		r.fail(root, CodeBadManifest, key, key+" is missing", fmt.Sprintf("write at the beginning: %s: %s", key, want))
	case value.Kind != yaml.ScalarNode || value.Value != want:
		r.fail(value, CodeBadManifest, key, fmt.Sprintf("%s is not %s, which is all that this gijctl reads", key, want), "")
	}
}

func (r *manifestReader) readDefaults(node *yaml.Node) rawEntry {
	if isNull(node) {
		return rawEntry{}
	}
	if node.Kind != yaml.MappingNode {
		r.fail(node, CodeBadManifest, keyDefaults, "defaults is no mapping of keys to values", "write lines like: smartCommitsEnabled: true")
		return rawEntry{}
	}
	raw := r.raw(node)
	for _, key := range []string{keyID, keyName} {
		if place, found := raw.places[key]; found {
			r.add(place, gijspec.CodeIgnoredKey, key, key+" is what tells entries apart, so it has no default", "write it into the entries")
		}
	}
	raw.id = 0
	delete(raw.values, keyName)
	return raw
}

// items returns the nodes of a list, references to anchors followed.
func (r *manifestReader) items(node *yaml.Node) []*yaml.Node {
	if isNull(node) {
		return nil
	}
	if node.Kind != yaml.SequenceNode {
		r.fail(node, CodeBadManifest, keyIntegrations, "integrations is no list", "write each as: - type: GITHUB")
		return nil
	}
	items := make([]*yaml.Node, len(node.Content))
	for n, item := range node.Content {
		items[n] = followed(item)
	}
	return items
}

func isNull(node *yaml.Node) bool {
	return node == nil || node.Kind == yaml.ScalarNode && node.Tag == "!!null"
}

// followed returns what an alias stands for.
func followed(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

// pairs returns the keys of a mapping, with those that are merged into it: its own are stronger. Each mapping is read once,
// however often anchors lead to it; one that is merged into itself is still empty then.
func (r *manifestReader) pairs(mapping *yaml.Node) []pair {
	if all, known := r.known[mapping]; known {
		return all
	}
	if r.known == nil {
		r.known = map[*yaml.Node][]pair{}
	}
	r.known[mapping] = nil
	r.known[mapping] = r.readPairs(mapping)
	return r.known[mapping]
}

func (r *manifestReader) readPairs(mapping *yaml.Node) []pair {
	var own, merged []pair
	for n := 0; n+1 < len(mapping.Content); n += 2 {
		key, value := followed(mapping.Content[n]), followed(mapping.Content[n+1])
		switch {
		case key.Tag == "!!merge":
			merged = append(merged, r.merged(value)...)
		case key.Kind != yaml.ScalarNode:
			r.fail(key, CodeBadManifest, "", "this key is not a word", "write lines like: "+r.y.words.example)
		default:
			own = append(own, pair{key.Value, mapping.Content[n], value})
		}
	}
	first := map[string]*yaml.Node{}
	var all []pair
	for _, p := range own {
		if before := first[p.name]; before != nil {
			line, _ := r.y.place(before)
			r.fail(p.key, CodeDuplicateKey, p.name, secondTime(p.name, line), "keep one of them")
			continue
		}
		first[p.name] = p.key
		all = append(all, p)
	}
	for _, p := range merged {
		if first[p.name] == nil {
			first[p.name] = p.key
			all = append(all, p)
		}
	}
	return all
}

// merged returns the pairs behind "<<", which names a mapping or a list of them.
func (r *manifestReader) merged(value *yaml.Node) []pair {
	sources := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		sources = nil
		for _, item := range value.Content {
			sources = append(sources, followed(item))
		}
	}
	var all []pair
	for _, source := range sources {
		if source.Kind != yaml.MappingNode {
			r.fail(source, CodeBadManifest, "", "<< merges a mapping that an anchor names", "write: <<: *name")
			continue
		}
		all = append(all, r.pairs(source)...)
	}
	return all
}

// placeOf returns where a node is.
func (r *manifestReader) placeOf(node *yaml.Node) Place {
	line, col := r.y.place(node)
	return Place{r.source.Name, line, col}
}

func (r *manifestReader) fail(at *yaml.Node, code, key, message, remedy string) {
	r.add(r.placeOf(at), code, key, message, remedy)
}

func (r *manifestReader) add(at Place, code, key, message, remedy string) {
	r.problems = append(r.problems, ManifestProblem{at, gijspec.Problem{
		Severity: gijspec.SeverityError, Code: code, Key: key, Message: message, Remedy: remedy,
	}})
}

// failFile passes on what the YAML reader says.
func (r *manifestReader) failFile(err error) {
	var bad *FileError
	if !errors.As(err, &bad) {
		bad = &FileError{Name: r.source.Name, Message: err.Error()}
	}
	r.add(Place{bad.Name, bad.Line, bad.Col}, CodeBadManifest, "", bad.Message, bad.Remedy)
}

// path returns the path of a file that a manifest names.
func (r *manifestReader) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(r.source.Dir, name)
}
