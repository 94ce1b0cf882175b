package cli

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/pkg/gijspec"
)

// strangeNames says which names in an expression no row has: JMESPath takes them for null, and so they choose nothing. It is asked
// when nothing was chosen, and may overlook one.
func strangeNames(expression string, known []string) string {
	literal := regexp.MustCompile("'(\\\\.|[^'])*'|`(\\\\.|[^`])*`")
	word := regexp.MustCompile(`[.&]?\s*[A-Za-z_]\w*\s*\(?`)
	var texts []string
	for _, name := range word.FindAllString(literal.ReplaceAllString(expression, " "), -1) {
		name = strings.TrimSpace(name)
		if strings.HasPrefix(name, ".") || strings.HasSuffix(name, "(") {
			continue // a part of a value, or a function
		}
		name = strings.TrimLeft(name, "& ")
		if slices.Contains(known, name) {
			continue
		}
		text := "no row has " + name
		switch near, found := gijspec.Nearest(name, known); {
		case name == "true" || name == "false":
			text += "; the value stands between backquotes: `" + name + "`"
		case found:
			text += "; did you mean " + near + "?"
		}
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "; ")
}
