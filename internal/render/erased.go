package render

import (
	"iter"
	"slices"
	"strings"
)

// list is a [List] that has forgotten its type. The generic functions are a thin skin over it, for everything in them is in
// the program once for each type that they are used with; all pointers together count as one type.
type list struct {
	columns []column
	name    func(row any) string // nil for what has no names
	empty   string
}

// column is a [Column] that has forgotten its type.
type column struct {
	key, header        string
	show               Visibility
	right, keep, state bool
	text, data         func(row any) string
}

func forget[T any](l List[T]) list {
	forgotten := list{columns: make([]column, len(l.Columns)), name: untyped(l.Name), empty: l.Empty}
	for i, c := range l.Columns {
		own := column{
			key: c.Key, header: c.Header, show: c.Show, right: c.Right, keep: c.Keep, state: c.State,
			text: untyped(c.Text), data: untyped(c.Data),
		}
		if own.data == nil {
			own.data = own.text
		}
		forgotten.columns[i] = own
	}
	return forgotten
}

func untyped[T any](cell func(T) string) func(row any) string {
	if cell == nil {
		return nil
	}
	return func(row any) string { return cell(row.(T)) }
}

func untypedRows[T any](rows iter.Seq2[T, error]) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for row, err := range rows {
			if !yield(row, err) {
				return
			}
		}
	}
}

func (l list) check(names []string) error {
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

func (l list) keys() []string {
	keys := make([]string, len(l.columns))
	for i, c := range l.columns {
		keys[i] = c.key
	}
	return keys
}

func (l list) find(name string) int {
	return slices.IndexFunc(l.columns, func(c column) bool { return strings.EqualFold(c.key, name) })
}

// choose returns the named columns in the order named, or else all columns up to the given visibility.
func (l list) choose(names []string, upTo Visibility) ([]column, error) {
	if err := l.check(names); err != nil {
		return nil, err
	}
	var chosen []column
	for _, name := range names {
		chosen = append(chosen, l.columns[l.find(name)])
	}
	if len(names) > 0 {
		return chosen, nil
	}
	for _, c := range l.columns {
		if c.show <= upTo {
			chosen = append(chosen, c)
		}
	}
	return chosen, nil
}
