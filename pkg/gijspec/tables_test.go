package gijspec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a caller does with an answer changes nothing for the next one, although the tables behind them are made once.
func TestTablesCannotBeChanged(t *testing.T) {
	t.Parallel()
	wantFields, wantTypes, wantRepository := Fields(), Types(), RepositoryFields()
	fields, types, repository := Fields(), Types(), RepositoryFields()
	for n := range fields {
		field, _ := FieldByKey(fields[n].Key)
		for _, used := range [][]Type{fields[n].Types, field.Types} {
			for i := range used {
				used[i] = "SPOILT"
			}
		}
		fields[n].Key = "spoilt"
	}
	for n := range repository {
		repository[n].Key = "spoilt"
	}
	for n := range types {
		info, _ := Lookup(string(types[n].Type))
		for _, i := range []Info{types[n], info} {
			for _, keys := range append([][]string{i.Required, i.Optional, i.Echoes}, i.Credentials...) {
				for k := range keys {
					keys[k] = "spoilt"
				}
			}
			clear(i.Credentials)
		}
		types[n].Name = "spoilt"
	}
	if diff := cmp.Diff(wantFields, Fields()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(wantTypes, Types()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(wantRepository, RepositoryFields()); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkCheck(b *testing.B) {
	b.ReportAllocs()
	values := Values{"type": "GITHUB", "displayName": "Acme", "pat": "[redacted]", "tagsFilter": "v.*", "disabled": true}
	for b.Loop() {
		Check(Create, GitHub, values)
	}
}
