package gij_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/pkg/gij"
)

// sampleFiles lists the documented files of integrations with one of the suffixes, and none of the other.
func sampleFiles(t *testing.T, isResponse bool) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(samples), ".", func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, ".json") && !strings.HasPrefix(name, "repository-") && strings.HasSuffix(name, ".response.json") == isResponse {
			names = append(names, name)
		}
		return err
	})
	if err != nil || len(names) < 10 {
		t.Fatalf("%d samples, %v", len(names), err)
	}
	return names
}

// ignoredKeys are in the vendor's samples and are no request fields.
func ignoredKeys() []string { return []string{"limitGitData", "id", "integrationType"} }

func sampleFields(t *testing.T, name string) map[string]any {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(readSample(t, name), &fields); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, key := range ignoredKeys() {
		delete(fields, key)
	}
	return fields
}

func sampleSpec(t *testing.T, name string) gij.IntegrationSpec {
	t.Helper()
	data, err := json.Marshal(sampleFields(t, name))
	if err != nil {
		t.Fatal(err)
	}
	var s gij.IntegrationSpec
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return s
}

// TestDocumentedRequests decodes and encodes each documented request body: nothing is lost, added or changed.
func TestDocumentedRequests(t *testing.T) {
	t.Parallel()
	for _, name := range sampleFiles(t, false) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := sampleFields(t, name)
			body, err := gij.Encode(sampleSpec(t, name))
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			if err := json.Unmarshal(body, &got); err != nil {
				t.Fatal(err)
			}
			diff(t, "fields", want, got)
		})
	}
}

// TestDocumentedOrder compares bytes: the vendor's page has the fields in an order, and so have we.
func TestDocumentedOrder(t *testing.T) {
	t.Parallel()
	keys := func(data []byte) []string {
		dec := json.NewDecoder(strings.NewReader(string(data)))
		var list []string
		for depth := 0; ; {
			token, err := dec.Token()
			if err != nil {
				return list
			}
			if d, ok := token.(json.Delim); ok {
				depth += map[json.Delim]int{'{': 1, '[': 1, '}': -1, ']': -1}[d]
				continue
			}
			if key, ok := token.(string); ok && depth == 1 && !slices.Contains(ignoredKeys(), key) {
				list = append(list, key)
				_, _ = dec.Token() // the value, or its opening bracket
				if dec.More() || key != "projectMappingIds" {
					continue
				}
				_, _ = dec.Token() // the closing bracket
			}
		}
	}
	body, err := gij.Encode(sampleSpec(t, "add-github.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := keys(readSample(t, "add-github.json"))
	diff(t, "order", want, keys(body))
	if len(want) != 18 {
		t.Errorf("%d fields: %v", len(want), want)
	}
}

// TestDocumentedAnswers decodes each documented answer and encodes it again.
func TestDocumentedAnswers(t *testing.T) {
	t.Parallel()
	for _, name := range sampleFiles(t, true) {
		var list []gij.Integration
		data := readSample(t, name)
		if err := gij.DecodeList(strings.NewReader(string(data)), func(i gij.Integration) bool {
			list = append(list, i)
			return true
		}); err != nil && strings.HasPrefix(name, "list") {
			t.Errorf("%s: %v", name, err)
		}
		if one, err := gij.DecodeOne(data); err == nil {
			list = []gij.Integration{one}
		}
		wanted := sampleItems(t, data)
		if len(wanted) != len(list) {
			t.Fatalf("%s: %d integrations, want %d", name, len(list), len(wanted))
		}
		for n, i := range list {
			diff(t, fmt.Sprintf("%s, item %d", name, n), wanted[n], shownFields(t, i))
			if unknown, err := i.Unknown(); len(unknown) > 0 || err != nil {
				t.Errorf("%s: a documented key is not known: %v, %v", name, unknown, err)
			}
		}
	}
}

// sampleItems finds the integrations of an answer without the code under test.
func sampleItems(t *testing.T, data []byte) []map[string]any {
	t.Helper()
	var wire map[string]any
	if err := json.Unmarshal(data, &wire); err != nil {
		t.Fatal(err)
	}
	found := wire["integration"]
	if found == nil {
		found = wire["integrations"]
	}
	var items []map[string]any
	switch v := found.(type) {
	case map[string]any:
		items = append(items, v)
	case []any:
		for _, item := range v {
			items = append(items, item.(map[string]any))
		}
	}
	return items
}

// shownFields turns an integration back into what the wire had, without what was not there.
func shownFields(t *testing.T, i gij.Integration) map[string]any {
	t.Helper()
	var dates []any
	for _, date := range []*gij.Millis{i.InitDate, i.LastIndexedDate} {
		if date != nil {
			dates = append(dates, float64(date.UnixMilli()))
		}
	}
	data, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatal(err)
	}
	for key, value := range fields {
		if value == nil {
			delete(fields, key)
		}
	}
	for n, key := range []string{"initDate", "lastIndexedDate"} {
		if fields[key] != nil {
			fields[key] = dates[n]
		}
	}
	return fields
}

// TestDocumentedExchanges answers as the vendor's pages do, and looks at what the client makes of it.
func TestDocumentedExchanges(t *testing.T) {
	t.Parallel()
	get := func(t *testing.T, file string) gij.Integration {
		t.Helper()
		client := serve(t, answerJSON(string(readSample(t, file))))
		return must[gij.Integration](t)(client.Integrations.Get(t.Context(), 2))
	}
	t.Run("add", func(t *testing.T) {
		t.Parallel()
		client := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && r.URL.Path == integrationPath && r.Header.Get("Content-Type") == "application/json" {
				_, _ = w.Write(readSample(t, "add-github.response.json"))
			}
		})
		i := must[gij.Integration](t)(client.Integrations.Create(t.Context(), sampleSpec(t, "add-github.json"), nil))
		asked := sampleSpec(t, "add-github.json")
		c := i.Compare(asked)
		diff(t, "not shown", []string{"pat"}, c.NotShown)
		if i.ID != 1 || len(c.Different) != 0 || i.LastIndexedDate != nil || i.InitDate.UnixMilli() != 1626070678087 {
			t.Errorf("got %+v, different %v", i, c.Different)
		}
	})
	t.Run("update", func(t *testing.T) {
		t.Parallel()
		client := serve(t, answerJSON(string(readSample(t, "update-restrict-to-project.response.json"))))
		if err := client.Integrations.Update(t.Context(), 1, sampleSpec(t, "update-restrict-to-project.json")); err != nil {
			t.Error(err)
		}
	})
	t.Run("get, and as it was", func(t *testing.T) {
		t.Parallel()
		now, old := get(t, "get-github.response.json"), get(t, "get-github.until-2023-10.response.json")
		diff(t, "the older form", shownFields(t, now), shownFields(t, old))
		if now.ID != 2 || *now.TagsFilter != "" {
			t.Errorf("got %+v", now)
		}
	})
	t.Run("list", func(t *testing.T) {
		t.Parallel()
		client := serve(t, answerJSON(string(readSample(t, "list.2022.response.json"))))
		list := must[[]gij.Integration](t)(client.Integrations.List(t.Context()))
		if len(list) != 4 || *list[1].Root != "/jira/repos/" || !*list[1].AbsoluteRoot || list[2].Type != "GITLAB" {
			t.Errorf("got %+v", list)
		}
	})
	t.Run("remove what is not there", func(t *testing.T) {
		t.Parallel()
		client := serve(t, answerJSON(string(readSample(t, "remove-missing.response.json"))))
		err := client.Integrations.Delete(t.Context(), 5, gij.DeleteOptions{})
		wantError{
			gij.KindNotFound, "not_found", 200, "remove integration 5: Repository with id=5 does not exist",
			"Please try again with an existing repository id.",
		}.check(t, err)
	})
}
