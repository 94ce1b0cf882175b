package gijspec

import (
	"slices"
	"sync"
)

// The tables are made once, for a check of ten thousand integrations asks for them as often. Nobody changes them: whoever is outside
// this package gets a copy.

// fieldTable has the fields of an integration in their order, and where each is.
type fieldTable struct {
	fields []Field
	index  map[string]int // by REST key
}

// integrationTable are the fields of an integration.
var integrationTable = sync.OnceValue(func() fieldTable { return newFieldTable(append(identityFields(), behaviourFields()...)) })

// repositoryTable are the fields of a repository.
var repositoryTable = sync.OnceValue(func() fieldTable { return newFieldTable(newRepositoryFields()) })

// typeTable has the types in documented order.
var typeTable = sync.OnceValue(func() []Info { return append(cloudAndServerTypes(), microsoftAndOtherTypes()...) })

func newFieldTable(fields []Field) fieldTable {
	t := fieldTable{fields, make(map[string]int, len(fields))}
	for n, field := range fields {
		t.index[field.Key] = n
	}
	return t
}

// byKey returns the field with this key. Its types are shared.
func (t fieldTable) byKey(key string) (Field, bool) {
	n, found := t.index[key]
	if !found {
		return Field{}, false
	}
	return t.fields[n], true
}

// copied returns all fields for a caller to keep.
func (t fieldTable) copied() []Field {
	fields := slices.Clone(t.fields)
	for n := range fields {
		fields[n].Types = slices.Clone(fields[n].Types)
	}
	return fields
}

// keys returns the keys in the order of the fields.
func (t fieldTable) keys() []string {
	keys := make([]string, len(t.fields))
	for n, field := range t.fields {
		keys[n] = field.Key
	}
	return keys
}

// infoOf returns what is known of a type. Its lists are shared.
func infoOf(typ Type) (Info, bool) {
	for _, info := range typeTable() {
		if info.Type == typ {
			return info, true
		}
	}
	return Info{}, false
}

// copied returns the same for a caller to keep.
func (i Info) copied() Info {
	i.Required, i.Optional, i.Echoes = slices.Clone(i.Required), slices.Clone(i.Optional), slices.Clone(i.Echoes)
	i.Credentials = slices.Clone(i.Credentials)
	for n, set := range i.Credentials {
		i.Credentials[n] = slices.Clone(set)
	}
	return i
}
