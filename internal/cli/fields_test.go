package cli

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

// TestAFieldGoesAllTheWay takes each field of gijspec through the packages that know it by a list of their own, and names the one
// that lacks it: what is sent, what is read and compared, what -o json has, what is a column.
func TestAFieldGoesAllTheWay(t *testing.T) {
	t.Parallel()
	t.Run("integration", func(t *testing.T) {
		t.Parallel()
		for _, field := range gijspec.Fields() {
			var i gij.Integration
			decodeField(t, field, &i)
			fieldGoes(t, field, new(gij.IntegrationSpec).Set, i.Shown, viewIntegration(i))
			hasColumn(t, field, integrationList(time.Time{}), "internal/cli/integration_view.go")
		}
	})
	t.Run("repository", func(t *testing.T) {
		t.Parallel()
		for _, field := range gijspec.RepositoryFields() {
			var r gij.Repository
			decodeField(t, field, &r)
			fieldGoes(t, field, new(gij.RepositorySpec).Set, r.Shown, viewRepository(r))
			hasColumn(t, field, listOfRepositories(time.Time{}), "internal/cli/repository_view.go")
		}
	})
}

func valueOfKind(kind gijspec.Kind) any {
	switch kind {
	case gijspec.KindBool:
		return true
	case gijspec.KindInt:
		return int64(7)
	case gijspec.KindIDs:
		return []int64{7}
	case gijspec.KindText, gijspec.KindSecret:
	}
	return "made up"
}

func decodeField(t *testing.T, field gijspec.Field, into any) {
	t.Helper()
	data, err := json.Marshal(map[string]any{"id": 1, field.Key: valueOfKind(field.Kind)})
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", field.Key, err)
	}
}

func fieldGoes(t *testing.T, field gijspec.Field, set func(string, any) error, shown func(string) (any, bool), view any) {
	t.Helper()
	if err := set(field.Key, valueOfKind(field.Kind)); err != nil {
		t.Errorf("%s cannot be sent: add it to the struct and to slots of pkg/gij/spec.go (repository_spec.go): %v", field.Key, err)
	}
	if field.Echo == gijspec.EchoNever {
		return
	}
	if value, found := shown(field.Key); !found || value == "" {
		t.Errorf("%s is not read: add it to pkg/gij/integration.go and to mirror in compare.go (both in repository.go)", field.Key)
		return
	}
	var keys map[string]any
	data, err := json.Marshal(view)
	if err == nil {
		err = json.Unmarshal(data, &keys)
	}
	if err != nil {
		t.Fatal(err)
	}
	if value := keys[field.Key]; value == nil || value == "" {
		t.Errorf("-o json lacks %s: add it to the struct and to viewIntegration of internal/cli/integration_view.go (repository_view.go)", field.Key)
	}
}

func hasColumn[V any](t *testing.T, field gijspec.Field, list render.List[V], file string) {
	t.Helper()
	known := slices.ContainsFunc(list.Columns, func(c render.Column[V]) bool { return c.Key == field.Key })
	if !known && field.Echo != gijspec.EchoNever {
		t.Errorf("%s is no column: add it to %s", field.Key, file)
	}
}
