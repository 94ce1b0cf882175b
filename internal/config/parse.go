package config

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

// The codes of problems.
const (
	problemSyntax    = "syntax"
	problemKind      = "wrong_kind"
	problemKey       = "unknown_key"
	problemDuplicate = "duplicate"
	problemSecret    = "secret"
	problemValue     = "bad_value"
	problemMissing   = "missing"
)

const loginInstead = "log in with: gijctl auth login"

// parse reads a configuration, after a check that knows what viper does not tell: where a mistake is.
func parse(path string, data []byte) (*File, error) {
	d := newDocument(data)
	if problems := check(d); len(problems) > 0 {
		return nil, &FileError{Path: path, Problems: problems}
	}
	// Host names have dots, so another delimiter.
	v := viper.NewWithOptions(viper.KeyDelimiter("::"))
	v.SetConfigType("yaml")
	if err := v.ReadConfig(bytes.NewReader(d.data)); err != nil {
		return nil, inputError("look at its YAML", "%s cannot be read", path) // not viper's text: it may quote a value
	}
	f := &File{Path: path, Current: v.GetString(keyCurrent), raw: data}
	contexts, _ := v.Get(keyContexts).([]any)
	for _, item := range contexts {
		f.Contexts = append(f.Contexts, contextOf(item))
	}
	return f, nil
}

// contextOf takes a context out of what viper has read, a mapping with its keys in lower case. The check has seen that all
// values are texts.
func contextOf(item any) Context {
	values, _ := item.(map[string]any)
	text := func(key string) string {
		value, _ := values[strings.ToLower(key)].(string)
		return value
	}
	return Context{
		Name: text(keyName), URL: text(keyURL), User: text(keyUser), Store: Store(text(keyCredential)),
		CAFile: text(keyCAFile), ClientCert: text(keyClientCert), ClientKey: text(keyClientKey), HeaderFile: text(keyHeaderFile),
	}
}

// checker collects what is wrong with a document. It repeats names of keys and contexts, and no other value: whoever puts
// a token into the file by mistake must not find it in a log as well.
type checker struct {
	doc      *document
	problems []Problem
	names    []string
}

func check(d *document) []Problem {
	documents, err := decode(d.data)
	if err != nil {
		return []Problem{d.syntaxProblem()}
	}
	c := &checker{doc: d}
	if len(documents) > 0 && !isNothing(documents[0].Content[0]) {
		c.root(documents[0].Content[0])
	}
	if len(documents) > 1 {
		c.add(documents[1], problemSyntax, "put all contexts into one list", "more than one document")
	}
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col)) })
	return c.problems
}

func (c *checker) add(at *yaml.Node, code, remedy, format string, args ...any) {
	line, col := c.doc.place(at)
	c.problems = append(c.problems, Problem{Line: line, Col: col, Code: code, Message: fmt.Sprintf(format, args...), Remedy: remedy})
}

func (c *checker) root(root *yaml.Node) {
	if root.Kind != yaml.MappingNode {
		c.add(root, problemKind, "write lines like: current: prod", "this is no mapping of keys to values")
		return
	}
	values := c.mapping(root, []string{keyCurrent, keyContexts})
	if list := values[keyContexts]; !isNothing(list) {
		c.contexts(list)
	}
	current := c.text(values[keyCurrent], keyCurrent)
	if current == "" || current == SandboxContext || slices.Contains(c.names, current) {
		return
	}
	remedy := "name one of the contexts"
	if meant := nearest(cut(current), append(c.names, SandboxContext)); meant != "" {
		remedy = fmt.Sprintf("did you mean %q?", meant)
	}
	c.add(values[keyCurrent], problemValue, remedy, "there is no context%s", quoted(current))
}

func (c *checker) contexts(list *yaml.Node) {
	if list.Kind != yaml.SequenceNode {
		c.add(list, problemKind, "begin each context with: - name: NAME", "contexts is a list")
		return
	}
	for _, item := range list.Content {
		if item.Kind != yaml.MappingNode {
			c.add(item, problemKind, "write it like: - name: NAME", "this is no context")
			continue
		}
		c.context(item)
	}
}

func (c *checker) context(item *yaml.Node) {
	values := c.mapping(item, contextKeys())
	texts := map[string]string{}
	for _, key := range contextKeys() {
		texts[key] = c.text(values[key], key)
	}
	c.name(item, values[keyName], texts[keyName])
	c.url(item, values[keyURL], texts[keyURL])
	if store := texts[keyCredential]; store != "" && store != string(StoreKeyring) && store != string(StoreFile) {
		c.add(values[keyCredential], problemValue, "write keyring or file; "+loginInstead, "credential says where it is kept, not what it is")
	}
	if (texts[keyClientCert] == "") != (texts[keyClientKey] == "") {
		at := cmp.Or(values[keyClientCert], values[keyClientKey])
		c.add(at, problemMissing, "give both clientCert and clientKey", "a client certificate needs its key, and a key its certificate")
	}
}

func (c *checker) name(item, at *yaml.Node, name string) {
	switch {
	case isNothing(at):
		c.add(item, problemMissing, "add: name: NAME", "this context has no name")
	case at.Kind != yaml.ScalarNode || at.ShortTag() != "!!str":
		return // told already
	case CheckName(name) != nil:
		c.add(at, problemValue, "take letters, digits, and . _ - @, at most 64", "a context cannot be called so%s", colon(quoted(name)))
	case slices.Contains(c.names, name):
		c.add(at, problemDuplicate, "give one of them another name", "there is a context%s already", quoted(name))
	default:
		c.names = append(c.names, name)
	}
}

func (c *checker) url(item, at *yaml.Node, address string) {
	const remedy = "write it like https://jira.example.com"
	u, err := url.Parse(address)
	switch {
	case isNothing(at):
		c.add(item, problemMissing, "add: url: https://jira.example.com", "this context has no url")
	case at.Kind != yaml.ScalarNode || at.ShortTag() != "!!str":
		return // told already
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		c.add(at, problemValue, remedy, "this is no address of a web server")
	case u.User != nil:
		c.add(at, problemSecret, "take out what stands before the @, and "+loginInstead, "the url holds a user name or password")
	}
}

// mapping returns the values of the known keys.
func (c *checker) mapping(n *yaml.Node, known []string) map[string]*yaml.Node {
	values := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			c.add(key, problemKind, "", "this key is no word")
		case values[key.Value] != nil:
			c.add(key, problemDuplicate, "keep one of them", "the key%s is there twice", quoted(key.Value))
		case slices.Contains(known, key.Value):
			values[key.Value] = value
		case isSecret(key.Value):
			c.add(key, problemSecret, loginInstead, "secrets do not belong in this file")
		default:
			c.add(key, problemKey, didYouMean(key.Value, known), "the key%s is unknown", quoted(key.Value))
		}
	}
	return values
}

func didYouMean(word string, known []string) string {
	if meant := nearest(cut(word), known); meant != "" {
		return fmt.Sprintf("did you mean %q?", meant)
	}
	return "known are " + strings.Join(known, ", ")
}

// text returns the text that a value is, "" where it is none or not given.
func (c *checker) text(n *yaml.Node, key string) string {
	switch {
	case isNothing(n):
		return ""
	case n.Kind == yaml.AliasNode:
		c.add(n, problemKind, "write the value out", "%s is a reference", key)
	case n.Kind != yaml.ScalarNode:
		c.add(n, problemKind, "give it one value", "%s is one text", key)
	case n.ShortTag() != "!!str":
		c.add(n, problemKind, "put the value in quotes", "%s is text, and YAML takes this for something else", key)
	default:
		return n.Value
	}
	return ""
}

// isNothing reports whether a key has no value, as "current:" alone.
func isNothing(n *yaml.Node) bool {
	return n == nil || n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// isSecret knows the keys under which people put what does not belong here.
func isSecret(key string) bool {
	word := strings.NewReplacer("-", "", "_", "", ".", "", " ", "").Replace(strings.ToLower(key))
	for _, part := range []string{"token", "passw", "secret", "apikey"} {
		if strings.Contains(word, part) {
			return true
		}
	}
	return word == "pat" || word == "pass" || word == "pwd"
}

// quoted returns a word in quotes with a space before it, "" where it is more than a word and so may be anything.
func quoted(word string) string {
	if !isPlain(word) || len(word) > 64 {
		return ""
	}
	return fmt.Sprintf(" %q", word)
}

func colon(text string) string {
	if text == "" {
		return ""
	}
	return ":" + text
}
