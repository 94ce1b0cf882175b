package render

import (
	"fmt"
	"slices"
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
	// Keep says that the column is never shortened, as its words are few and tell the rows apart.
	Keep bool
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
func CheckColumns[T any](l List[T], names []string) error {
	var unknown []string
	for _, name := range names {
		if l.find(name) < 0 {
			unknown = append(unknown, name)
		}
	}
	if unknown == nil {
		return nil
	}
	return &ColumnError{Unknown: unknown, Known: l.keys()}
}

func (l List[T]) keys() []string {
	keys := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		keys[i] = c.Key
	}
	return keys
}

func (l List[T]) find(name string) int {
	return slices.IndexFunc(l.Columns, func(c Column[T]) bool { return strings.EqualFold(c.Key, name) })
}

// choose returns the named columns in the order named, or else all columns up to the given visibility.
func (l List[T]) choose(names []string, upTo Visibility) ([]Column[T], error) {
	if err := CheckColumns(l, names); err != nil {
		return nil, err
	}
	var chosen []Column[T]
	for _, name := range names {
		chosen = append(chosen, l.Columns[l.find(name)])
	}
	if len(names) > 0 {
		return chosen, nil
	}
	for _, c := range l.Columns {
		if c.Show <= upTo {
			chosen = append(chosen, c)
		}
	}
	return chosen, nil
}

func (c Column[T]) data(v T) string {
	if c.Data != nil {
		return c.Data(v)
	}
	return c.Text(v)
}
