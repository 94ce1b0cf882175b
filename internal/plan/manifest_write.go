package plan

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

// SchemaURL is where editors find the schema of a manifest.
const SchemaURL = "https://raw.githubusercontent.com/gijctl/gijctl/main/docs/reference/integrations.schema.json"

// ManifestExport writes what a server has as manifests.
type ManifestExport struct {
	// Rows are the integrations that a manifest can have, by type, display name and id.
	Rows []gij.Integration
	// LeftOut are those that it cannot: of GitHub Apps, and of types that the vendor does not list.
	LeftOut []gij.Integration

	projects  map[int64]string // keys by id
	ambiguous map[int64]bool   // those that type and display name do not tell apart
	words     map[int64]string // for the names of variables
	fields    []gijspec.Field
}

// ExportManifest prepares the writing of manifests. projects are those whose keys are written instead of their ids.
func ExportManifest(have []gij.Integration, projects []gij.Project) *ManifestExport {
	x := &ManifestExport{projects: map[int64]string{}, ambiguous: map[int64]bool{}, words: map[int64]string{}, fields: gijspec.Fields()}
	for _, p := range projects {
		x.projects[p.ID] = p.Key
	}
	for _, row := range have {
		if _, listed := gijspec.Lookup(row.Type); !listed || row.IsGitHubApp() {
			x.LeftOut = append(x.LeftOut, row)
			continue
		}
		x.Rows = append(x.Rows, row)
	}
	order := gijspec.TypeNames()
	slices.SortStableFunc(x.Rows, func(a, b gij.Integration) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Type), slices.Index(order, b.Type)), cmp.Compare(a.DisplayName, b.DisplayName), cmp.Compare(a.ID, b.ID))
	})
	x.nameAll(have)
	return x
}

func (x *ManifestExport) nameAll(have []gij.Integration) {
	first := map[[2]string]int64{}
	for _, row := range have {
		key := [2]string{row.Type, row.DisplayName}
		if other, twice := first[key]; twice {
			x.ambiguous[other], x.ambiguous[row.ID] = true, true
		}
		first[key] = row.ID
	}
	taken := map[string]bool{}
	for _, row := range x.Rows {
		word := variableWord(row.DisplayName)
		if word == "" || taken[word] {
			word = strings.Trim(word+"_"+strconv.FormatInt(row.ID, 10), "_")
		}
		taken[word] = true
		x.words[row.ID] = word
	}
}

// variableWord turns a display name into a part of a variable's name: "Acme GitLab" is ACME_GITLAB.
func variableWord(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.ToUpper(strings.Join(words, "_"))
}

// Write returns a manifest of some of the rows.
func (x *ManifestExport) Write(rows []gij.Integration) ([]byte, error) {
	defaults := x.exportDefaults(rows)
	list := &yaml.Node{Kind: yaml.SequenceNode}
	if len(rows) == 0 {
		list.Style = yaml.FlowStyle
	}
	for _, row := range rows {
		list.Content = append(list.Content, x.entry(row, defaults))
	}
	root := newMapping()
	root.add(keyAPIVersion, plainNode(ManifestVersion))
	root.add(keyKind, plainNode(ManifestKind))
	if node := defaultsNode(defaults); node != nil {
		root.add(keyDefaults, node)
	}
	root.add(keyIntegrations, list)

	b := bytes.NewBufferString(x.head())
	enc := yaml.NewEncoder(b)
	enc.SetIndent(2)
	if err := enc.Encode(root.node); err != nil {
		return nil, fmt.Errorf("write a manifest: %w", err)
	}
	return b.Bytes(), enc.Close()
}

func (x *ManifestExport) head() string {
	var b strings.Builder
	b.WriteString("# yaml-language-server: $schema=" + SchemaURL + "\n")
	b.WriteString("# Written by gijctl integration export. A secret is a reference: set the variables that are to be sent, or name your own.\n")
	if len(x.LeftOut) > 0 {
		names := make([]string, len(x.LeftOut))
		for n, row := range x.LeftOut {
			names[n] = fmt.Sprintf("%d %q", row.ID, row.DisplayName)
		}
		b.WriteString("# Left out, since no request can make them: " + strings.Join(names, ", ") + "\n")
	}
	return b.String()
}

// exportDefaults returns what the entries of an export need not say, by REST key: the documented default, or where the documentation
// contradicts itself what most of them have.
func (x *ManifestExport) exportDefaults(rows []gij.Integration) map[string]any {
	defaults := map[string]any{}
	for _, f := range x.fields {
		used := slices.ContainsFunc(rows, func(row gij.Integration) bool { return usesField(row, f) })
		if !used || f.Kind == gijspec.KindSecret || f.Echo == gijspec.EchoNever || f.Echo == gijspec.EchoUnsampled {
			continue
		}
		switch {
		case f.Kind == gijspec.KindBool && f.Default == "":
			if most, shown := mostHave(rows, f.Key); shown {
				defaults[f.Key] = most
			}
		case f.Kind == gijspec.KindBool:
			defaults[f.Key] = f.Default == "true"
		case f.Kind == gijspec.KindInt:
			if n, err := strconv.ParseInt(f.Default, 10, 64); err == nil {
				defaults[f.Key] = n
			}
		case f.Kind == gijspec.KindText && f.Echo == gijspec.EchoWhenSet:
			defaults[f.Key] = ""
		}
	}
	return defaults
}

func usesField(row gij.Integration, f gijspec.Field) bool {
	return f.Types == nil || slices.Contains(f.Types, gijspec.Type(row.Type))
}

func mostHave(rows []gij.Integration, key string) (most, shown bool) {
	yes, no := 0, 0
	for _, row := range rows {
		switch value, _ := row.Shown(key); value {
		case true:
			yes++
		case false:
			no++
		}
	}
	return yes >= no, yes+no > 0
}

func defaultsNode(defaults map[string]any) *yaml.Node {
	m := newMapping()
	for _, f := range gijspec.Fields() {
		value, found := defaults[f.Key]
		switch {
		case f.Key == keyGlobal && value == true:
			m.add(keyProjects, plainNode(wordGlobal))
		case found:
			m.add(f.Key, plainNode(value))
		}
	}
	if len(m.node.Content) == 0 {
		return nil
	}
	return m.node
}

// entry writes one integration: what identifies it, its credentials, and what is not as in the defaults.
func (x *ManifestExport) entry(row gij.Integration, defaults map[string]any) *yaml.Node {
	info, _ := gijspec.Lookup(row.Type)
	m := newMapping()
	bad := x.refused(row)
	if x.ambiguous[row.ID] || bad[keyName] != "" || row.DisplayName == "" {
		m.add(keyID, plainNode(row.ID))
	}
	m.add(keyType, plainNode(row.Type))
	for _, f := range x.fields {
		value, shown := row.Shown(f.Key)
		byDefault, hasDefault := defaults[f.Key]
		switch {
		case !usesField(row, f), f.Key == keyType, f.Key == keyProjectIDs:
		case f.Kind == gijspec.KindSecret, f.Key == keyUsername:
			if len(info.Credentials) > 0 && slices.Contains(info.Credentials[0], f.Key) {
				m.add(f.Key, referenceNode(f.Key, x.words[row.ID]))
			}
		case bad[f.Key] != "":
			m.addNull(f.Key, bad[f.Key])
		case f.Key == keyGlobal:
			x.addProjects(m, row)
		case !shown, hasDefault && value == byDefault, value == "", f.Key == keyOrigin && value == info.DefaultOrigin:
		default:
			m.add(f.Key, plainNode(value))
		}
	}
	return m.node
}

// refused are the fields that the server has and that a manifest would be refused for, with the reason.
func (x *ManifestExport) refused(row gij.Integration) map[string]string {
	values := gijspec.Values{}
	for _, f := range x.fields {
		if value, shown := row.Shown(f.Key); shown && f.Kind != gijspec.KindSecret && usesField(row, f) {
			values[f.Key] = value
		}
	}
	bad := map[string]string{}
	_, problems := gijspec.Check(gijspec.Update, gijspec.Type(row.Type), values)
	for _, p := range problems {
		if p.Severity == gijspec.SeverityError {
			bad[p.Key] = p.Message
		}
	}
	return bad
}

// addProjects writes which projects an integration belongs to, unless to all.
func (x *ManifestExport) addProjects(m mapping, row gij.Integration) {
	if row.Global == nil || *row.Global {
		return
	}
	if row.ProjectMappingIDs == nil {
		m.add(keyGlobal, plainNode(false))
		return
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(*row.ProjectMappingIDs))) {
		if key := x.projects[id]; key != "" {
			list.Content = append(list.Content, plainNode(key))
			continue
		}
		list.Content = append(list.Content, plainNode(id))
	}
	m.add(keyProjects, list)
}

// mapping is a mapping that is being written.
type mapping struct{ node *yaml.Node }

func newMapping() mapping { return mapping{&yaml.Node{Kind: yaml.MappingNode}} }

func (m mapping) add(key string, value *yaml.Node) {
	m.node.Content = append(m.node.Content, scalar("!!str", key), value) // no key of ours needs quotes
}

// addNull writes that a field is in nobody's charge, whatever the defaults say.
func (m mapping) addNull(key, why string) {
	m.add(key, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null", LineComment: "left as it is: " + why})
}

func referenceNode(key, word string) *yaml.Node {
	m := newMapping()
	m.node.Style = yaml.FlowStyle
	m.add(keyFromEnv, plainNode("GIJ_"+strings.ToUpper(key)+"_"+word))
	return m.node
}

// plainNode encodes a word, number or boolean; a text of several lines is written in one.
func plainNode(value any) *yaml.Node {
	switch value := value.(type) { // the common ones, which need no encoder
	case bool:
		return scalar("!!bool", strconv.FormatBool(value))
	case int64:
		return scalar("!!int", strconv.FormatInt(value, 10))
	case string:
		if strings.ContainsFunc(value, unicode.IsControl) { // the encoder cannot read its own form of some, such as a tab and a line end
			n := scalar("!!str", value)
			n.Style = yaml.DoubleQuotedStyle
			return n
		}
	}
	n := new(yaml.Node)
	_ = n.Encode(value) // a plain value of one line always encodes
	return n
}

func scalar(tag, text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}
}
