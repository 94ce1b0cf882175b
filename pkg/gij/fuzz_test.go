package gij_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gijctl/gijctl/pkg/gij"
)

func addSeeds(f *testing.F) {
	f.Helper()
	for _, seed := range []string{
		`{"success":true,"integrations":[{"id":1},{"id":2,"displayName":"a\"b\\","projectMappingIds":[1,2],"initDate":1}]}`,
		`{"success":"true","integration":[{"id":1,"type":"GITHUB","pat":"x","unknown":{"a":[{}]}}]}`,
		`{"success":true,"integration":{"id":1,"global":true,"origin":"\u00fc","lastIndexedDate":1e3}}`,
		`[{"id":1},{"id":-0}]`, `{"id":1}`, `{"success":false,"error":"x","advice":"y"}`, `{"integrations":null}`, `[]`, `{}`, "\ufeff[]",
		`[{"id":1,"id":2,"global":null}]`, `[{"id":1,}]`, `[{"id" 1}]`, `[[[[`, `{"a":"`, `[{"id":1}]x`, `[{"id":1}],`, "[{\"id\":1,\"a\":\"\xff\"}]",
	} {
		f.Add([]byte(seed))
	}
}

// FuzzDecodeList looks that no answer makes the decoder panic, that what it takes is JSON, and that it reads it as
// encoding/json does.
func FuzzDecodeList(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var got []gij.Integration
		err := gij.DecodeList(bytes.NewReader(data), func(i gij.Integration) bool {
			if _, err := i.Unknown(); err != nil {
				t.Errorf("unknown keys: %v", err)
			}
			got = append(got, i)
			return true
		})
		body := bytes.TrimPrefix(data, []byte("\ufeff"))
		if err != nil {
			return
		}
		if !json.Valid(body) {
			t.Fatalf("no JSON, and no error: %q", body)
		}
		var want []plainIntegration
		if json.Unmarshal(body, &want) != nil {
			return // not a bare list
		}
		compareLists(t, want, got)
	})
}

// plainIntegration has the fields of an integration, and encoding/json decodes it.
type plainIntegration gij.Integration

func compareLists(t *testing.T, want []plainIntegration, got []gij.Integration) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for n := range want {
		w := gij.Integration(want[n])
		if d := cmp.Diff(w, got[n], cmpopts.IgnoreUnexported(gij.Integration{}), cmpopts.IgnoreFields(gij.Integration{}, "Type")); d != "" && !hasTwins(t, want[n], got[n]) {
			t.Errorf("row %d (-want +got):\n%s", n, d)
		}
	}
}

// hasTwins excuses keys in another case, which encoding/json takes for the field and Jackson, like us, does not.
func hasTwins(t *testing.T, want plainIntegration, got gij.Integration) bool {
	t.Helper()
	unknown, err := got.Unknown()
	if err != nil {
		t.Fatal(err)
	}
	return len(unknown) > 0 || want.Type != got.Type
}

// FuzzDecodeOne looks that no answer makes the decoder panic.
func FuzzDecodeOne(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		i, err := gij.DecodeOne(data)
		if err != nil {
			return
		}
		if i.ID == 0 {
			t.Errorf("an integration without an id: %q", data)
		}
		if _, err := i.Unknown(); err != nil {
			t.Errorf("unknown keys: %v", err)
		}
		i.IsGitHubApp()
	})
}
