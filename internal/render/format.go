package render

import (
	"fmt"
	"slices"
	"strings"
)

// Format is how a result is written: the value of -o.
type Format string

// The formats. Markdown is for plans only, so it is not one of [Formats].
const (
	FormatTable    Format = "table"
	FormatWide     Format = "wide"
	FormatJSON     Format = "json"
	FormatYAML     Format = "yaml"
	FormatCSV      Format = "csv"
	FormatTSV      Format = "tsv"
	FormatName     Format = "name"
	FormatMarkdown Format = "markdown"
)

// Formats returns the formats that every list and object can be written in, in the order of the help text.
func Formats() []Format {
	return []Format{FormatTable, FormatWide, FormatJSON, FormatYAML, FormatCSV, FormatTSV, FormatName}
}

// ParseFormat returns the format named s. The error of a name that is not in allowed lists those that are.
func ParseFormat(s string, allowed []Format) (Format, error) {
	f := Format(s)
	if slices.Contains(allowed, f) {
		return f, nil
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	return "", fmt.Errorf("unknown output format %q, choose one of: %s", s, strings.Join(names, ", "))
}
