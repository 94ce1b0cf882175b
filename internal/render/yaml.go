package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlBatch is the number of rows that are encoded at once: a YAML encoder is expensive to make.
const yamlBatch = 128

func yamlSink(out *bufio.Writer) sink {
	a := &yamlList{out: out, enc: newJSONEncoder()}
	return sink{row: a.add, end: a.end}
}

// yamlList writes a sequence, a batch of elements at a time.
type yamlList struct {
	out     *bufio.Writer
	enc     *jsonEncoder
	batch   []*yaml.Node
	written bool
}

func (a *yamlList) add(v any) error {
	node, err := yamlNode(a.enc, v)
	if err != nil {
		return err
	}
	a.batch = append(a.batch, node)
	if len(a.batch) < yamlBatch {
		return nil
	}
	return a.flush()
}

func (a *yamlList) end() error {
	if len(a.batch) == 0 && a.written {
		return nil
	}
	return a.flush()
}

func (a *yamlList) flush() error {
	err := encodeYAML(a.out, &yaml.Node{Kind: yaml.SequenceNode, Content: a.batch})
	a.batch, a.written = a.batch[:0], true
	return err
}

// writeYAML writes one value.
func writeYAML(out *bufio.Writer, v any) error {
	node, err := yamlNode(newJSONEncoder(), v)
	if err != nil {
		return err
	}
	return encodeYAML(out, node)
}

func encodeYAML(out *bufio.Writer, node *yaml.Node) error {
	var buf bytes.Buffer
	enc := yaml.NewEncoder(&buf)
	enc.SetIndent(2)
	if err := enc.Encode(node); err != nil {
		return fmt.Errorf("encode YAML: %w", err)
	}
	if err := enc.Close(); err != nil {
		return fmt.Errorf("encode YAML: %w", err)
	}
	_, err := out.Write(appendSafeYAML(nil, buf.Bytes()))
	return err
}

// yamlNode goes through the JSON of v, so that both formats have the same keys in the same order.
func yamlNode(enc *jsonEncoder, v any) (*yaml.Node, error) {
	raw, err := enc.encode(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	return nextNode(dec)
}

func nextNode(dec *json.Decoder) (*yaml.Node, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	switch t := token.(type) {
	case json.Delim:
		return nextContainer(dec, t)
	case string:
		return stringNode(t), nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: t.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: fmt.Sprint(t)}, nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: "null"}, nil
}

func nextContainer(dec *json.Decoder, open json.Delim) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.SequenceNode}
	if open == '{' {
		node.Kind = yaml.MappingNode
	}
	for dec.More() {
		child, err := nextNode(dec) // in an object, a key is a string like any other
		if err != nil {
			return nil, err
		}
		node.Content = append(node.Content, child)
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	return node, nil
}

func stringNode(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: stringStyle(s)}
}

// stringStyle leaves plain text to the library, which quotes what would be read as something else.
func stringStyle(s string) yaml.Style {
	if isBlockText(s) {
		return yaml.LiteralStyle
	}
	if Visible(s) != s || isOldScalar(s) {
		return yaml.DoubleQuotedStyle
	}
	return 0
}

// isBlockText reports whether s is lines of ordinary text, which read best as a block.
func isBlockText(s string) bool {
	if !strings.Contains(s, "\n") || strings.HasPrefix(s, " ") || strings.HasPrefix(s, "\n") {
		return false
	}
	for line := range strings.SplitSeq(s, "\n") {
		if Visible(line) != line || strings.HasSuffix(line, " ") {
			return false
		}
	}
	return true
}

// isOldScalar reports whether a YAML 1.1 reader would take s for a truth value or for a number in base 60.
func isOldScalar(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return true
	}
	return strings.Contains(s, ":") && strings.Trim(s, "+-0123456789_:.") == ""
}
