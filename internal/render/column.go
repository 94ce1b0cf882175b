package render

import (
	"fmt"
	"strings"
)

// Visibility says in which tables a column appears when --columns is not given.
type Visibility int

const (
	// Default columns are in every table.
	Default Visibility = iota
	// Wide columns are added by -o wide.
	Wide
	// OnRequest columns appear only when --columns names them.
	OnRequest
)

// Column is one column of a list of T. The default columns, --columns, its completion and the help all derive from it.
type Column[T any] struct {
	// Key is what --columns takes, the header of csv and tsv, and the JSON key: "displayName".
	Key string
	// Header is the title in a table: "NAME".
	Header string
	// Show says when the column appears by itself.
	Show Visibility
	// Right aligns the column to the right; such a column (a number, mostly) is never shortened.
	Right bool
	// Keep says that the column is never shortened, as its words are few and tell the rows apart. It implies State.
	Keep bool
	// State says that the cells may begin with the word of a state, which has its style on a terminal: see [StateStyle].
	State bool
	// Text is the cell for people: "3 days ago".
	Text func(T) string
	// Data is the cell for programs, in csv and tsv: a time is RFC 3339. Nil means Text.
	Data func(T) string
}

// ColumnError says which names given to --columns are no columns of the list.
type ColumnError struct {
	// Unknown holds the names that are no columns, in the order given.
	Unknown []string
	// Known holds the columns that there are.
	Known []string
}

// Error names the unknown columns and the columns that there are.
func (e *ColumnError) Error() string {
	noun := "column"
	if len(e.Unknown) > 1 {
		noun = "columns"
	}
	return fmt.Sprintf("unknown %s %s; there are: %s", noun, strings.Join(e.Unknown, ", "), strings.Join(e.Known, ", "))
}

// CheckColumns returns a [*ColumnError] if a name is not a column of l. A command calls it before its first request, so
// that a typing error costs nothing. Case does not matter.
func CheckColumns[T any](l List[T], names []string) error { return forget(l).check(names) }
