package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The keys of the file.
const (
	keyCurrent    = "current"
	keyContexts   = "contexts"
	keyName       = "name"
	keyURL        = "url"
	keyUser       = "user"
	keyCredential = "credential"
	keyCAFile     = "caFile"
	keyClientCert = "clientCert"
	keyClientKey  = "clientKey"
	keyHeaderFile = "headerFile"
)

// head is what a new file begins with.
const head = "# The contexts of gijctl. It changes this file and keeps your comments. Secrets do not belong here.\n"

func contextKeys() []string {
	return []string{keyName, keyURL, keyUser, keyCredential, keyCAFile, keyClientCert, keyClientKey, keyHeaderFile}
}

func (c Context) text(key string) string {
	return map[string]string{
		keyName: c.Name, keyURL: c.URL, keyUser: c.User, keyCredential: string(c.Store),
		keyCAFile: c.CAFile, keyClientCert: c.ClientCert, keyClientKey: c.ClientKey, keyHeaderFile: c.HeaderFile,
	}[key]
}

// encode writes the changes into what was read, so that a person's comments stay. The result is read again: where the
// library puts a comment so that it changes the meaning, the file is written anew.
func (f *File) encode() ([]byte, error) {
	documents, err := decode(newDocument(f.raw).data)
	if err == nil && len(documents) == 1 {
		if data, err := f.fill(documents[0]); err == nil && f.survives(data) == nil {
			return data, nil
		}
	}
	empty := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{textNode(keyCurrent), textNode("")}}
	data, err := f.fill(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{empty}})
	if err != nil {
		return nil, err
	}
	before := head
	if len(documents) == 0 && len(bytes.TrimSpace(f.raw)) > 0 {
		before = string(bytes.TrimRight(f.raw, "\r\n")) + "\n" // it has comments alone
	}
	data = append([]byte(before), data...)
	return data, f.survives(data)
}

// survives reports why what is written would not be what was meant.
func (f *File) survives(data []byte) error {
	again, err := parse(f.Path, data)
	if err != nil {
		return fmt.Errorf("the configuration would not be readable: %w", err)
	}
	if !again.same(f) {
		return errors.New("the configuration cannot be written in YAML")
	}
	return nil
}

// fill changes a document into what the file is now, and encodes it.
func (f *File) fill(doc *yaml.Node) ([]byte, error) {
	if isNothing(doc.Content[0]) {
		doc.Content[0] = &yaml.Node{Kind: yaml.MappingNode}
	}
	root := doc.Content[0]
	root.Style = 0
	list := valueOf(root, keyContexts)
	if list == nil {
		list = &yaml.Node{}
		root.Content = append(root.Content, textNode(keyContexts), list)
	}
	if list.Kind != yaml.SequenceNode {
		*list = yaml.Node{Kind: yaml.SequenceNode, LineComment: list.LineComment, FootComment: list.FootComment}
	}
	setText(root, keyCurrent, f.Current)
	list.Style = 0
	list.Content = f.items(list.Content)
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}
	return out.Bytes(), nil
}

// items are the nodes of the contexts: the one that is there already, or a new one.
func (f *File) items(before []*yaml.Node) []*yaml.Node {
	known := map[string]*yaml.Node{}
	for _, item := range before {
		known[valueOf(item, keyName).Value] = item
	}
	var items []*yaml.Node
	for _, c := range f.Contexts {
		item := known[f.written(c.Name)]
		if item == nil {
			item = &yaml.Node{Kind: yaml.MappingNode}
		}
		item.Style = 0
		for _, key := range contextKeys() {
			setText(item, key, c.text(key))
		}
		items = append(items, item)
	}
	return items
}

func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// setText sets a key to a text, and takes it out where the text is empty. What is the same is not touched.
func setText(mapping *yaml.Node, key, text string) {
	value := valueOf(mapping, key)
	switch {
	case text == "":
		remove(mapping, key)
	case value == nil:
		mapping.Content = append(mapping.Content, textNode(key), textNode(text))
	case value.Value != text || isNothing(value):
		comment := value.LineComment
		*value = *textNode(text)
		value.LineComment = comment
	}
}

// remove takes a key out. The lines above it stay, above the next one: at the head of a file they are about the whole.
func remove(mapping *yaml.Node, key string) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value != key {
			continue
		}
		above := mapping.Content[i].HeadComment
		mapping.Content = append(mapping.Content[:i:i], mapping.Content[i+2:]...)
		if above != "" && i < len(mapping.Content) {
			next := mapping.Content[i]
			next.HeadComment = strings.TrimSuffix(above+"\n"+next.HeadComment, "\n")
		}
		return
	}
}

func textNode(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}
