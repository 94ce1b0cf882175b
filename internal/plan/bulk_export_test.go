package plan

import (
	"strings"

	"github.com/gijctl/gijctl/pkg/gij"
)

// Attribute gives rows, as origin=name, the errors of a log, in which an error begins with an exclamation mark.
func Attribute(log, rows []string) (said, rest []string) {
	var entries []gij.BulkEntry
	for _, line := range log {
		message, isError := strings.CutPrefix(line, "!")
		entries = append(entries, gij.BulkEntry{Error: isError, Message: message})
	}
	var names []rowName
	for _, row := range rows {
		origin, name, _ := strings.Cut(row, "=")
		names = append(names, rowName{origin, name})
	}
	return attribute(entries, names)
}
