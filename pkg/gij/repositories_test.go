package gij_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/pkg/gij"
)

func repositorySpec(t *testing.T, pairs ...any) gij.RepositorySpec {
	t.Helper()
	var s gij.RepositorySpec
	for n := 0; n < len(pairs); n += 2 {
		if err := s.Set(pairs[n].(string), pairs[n+1]); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// lostRepositoryWrites are the writes of the repository API for the tests of lost answers.
func lostRepositoryWrites() []write {
	const name, list = "Lost repository", "gijctl repository list"
	count := func(t *testing.T, w *world, want func(gij.Repository) bool) int {
		t.Helper()
		w.setFaults(t)
		n := 0
		for _, r := range must[[]gij.Repository](t)(w.client.Repositories.List(t.Context())) {
			if want(r) {
				n++
			}
		}
		return n
	}
	named := func(t *testing.T, w *world) int {
		t.Helper()
		return count(t, w, func(r gij.Repository) bool { return r.DisplayName == name })
	}
	return []write{
		{"create repository", http.MethodPost, func(ctx context.Context, t *testing.T, w *world) error {
			t.Helper()
			want := repositorySpec(t, "origin", "https://git.acme.example/x.git", "pat", fixturePat, "displayName", name)
			r, err := w.client.Repositories.Create(ctx, want, []int64{3, 4, 8, 9})
			if err == nil && (r.ID < 10 || r.DisplayName != name) {
				t.Errorf("created %+v", r)
			}
			return err
		}, named, list},
		{"update repository", http.MethodPut, func(ctx context.Context, t *testing.T, w *world) error {
			t.Helper()
			return w.client.Repositories.Update(ctx, 9, repositorySpec(t, "displayName", name, "smartCommitsEnabled", false))
		}, named, list},
		{"disable repository", http.MethodPut, func(ctx context.Context, t *testing.T, w *world) error {
			t.Helper()
			r, err := w.client.Repositories.SetDisabled(ctx, 9, true)
			if err == nil && !*r.Disabled {
				t.Errorf("disabled %+v", r)
			}
			return err
		}, func(t *testing.T, w *world) int {
			t.Helper()
			return count(t, w, func(r gij.Repository) bool { return r.ID == 9 && *r.Disabled })
		}, list},
		{"delete repository", http.MethodDelete, func(ctx context.Context, t *testing.T, w *world) error {
			t.Helper()
			return w.client.Repositories.Delete(ctx, 9, gij.DeleteOptions{})
		}, func(t *testing.T, w *world) int {
			t.Helper()
			return 1 - count(t, w, func(r gij.Repository) bool { return r.ID == 9 })
		}, list},
	}
}

// TestDocumentedRepositoryRequests decodes and encodes each documented request body: nothing is lost, added or changed but what is
// no request field.
func TestDocumentedRepositoryRequests(t *testing.T) {
	t.Parallel()
	for name, ignored := range map[string]string{"repository-add.json": "hosted showAllTags limitGitData", "repository-update.json": "id"} {
		var want map[string]any
		if err := json.Unmarshal(readSample(t, name), &want); err != nil {
			t.Fatal(err)
		}
		for key := range strings.FieldsSeq(ignored) {
			delete(want, key)
		}
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var s gij.RepositorySpec
		if err := json.Unmarshal(data, &s); err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(gij.EncodeRepository(s), &got); err != nil {
			t.Fatal(err)
		}
		diff(t, name, want, got)
	}
}

// TestDocumentedRepositoryAnswers holds each documented answer against the request that it answers, and looks for keys that are lost.
func TestDocumentedRepositoryAnswers(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"repository-add", "repository-update", "repository-list"} {
		data := readSample(t, name+".response.json")
		var list struct{ Repositories []json.RawMessage }
		if err := json.Unmarshal(data, &list); err != nil {
			t.Fatal(err)
		}
		if list.Repositories == nil {
			list.Repositories = []json.RawMessage{data}
		}
		for _, raw := range list.Repositories {
			r := must[gij.Repository](t)(gij.DecodeRepository(raw))
			var want, got map[string]any
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(again, &got); err != nil {
				t.Fatal(err)
			}
			for key, value := range want {
				if !strings.HasSuffix(key, "Date") { // a time by then
					diff(t, name+": "+key, value, got[key])
				}
			}
		}
	}
}

func TestRepositoryDecoding(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"bare":              `{"id":9,"displayName":"x"}`,
		"in an envelope":    `{"success":true,"repository":{"id":9,"displayName":"x"}}`,
		"a list of one":     `{"success":"true","repositories":[{"id":9,"displayName":"x"}]}`,
		"a bare list":       `[{"id":9,"displayName":"x"}]`,
		"state as a number": `{"id":9,"displayName":"x","state":2,"supportsPullRequestApi":false}`,
	} {
		r, err := gij.DecodeRepository([]byte(body))
		if err != nil || r.ID != 9 || r.DisplayName != "x" {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if strings.Contains(body, "state") && (*r.State != "2" || *r.SupportsPullRequestAPI != "false") {
			t.Errorf("%s: %+v", name, r)
		}
	}
	for name, body := range map[string]string{
		"no id": `{"displayName":"x"}`, "two": `[{"id":1},{"id":2}]`, "another kind": `{"id":1,"disabled":"no"}`, "no object": `7`,
	} {
		if r, err := gij.DecodeRepository([]byte(body)); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestCompareRepository(t *testing.T) {
	t.Parallel()
	r := must[gij.Repository](t)(gij.DecodeRepository([]byte(`{"id":9,"displayName":"handbook","origin":"https://Git.acme.example/docs.git",
		"mainBranch":"main","absoluteRoot":false,"realRoot":"9_docs","disabled":false,"projectMappingIds":[10100,10000]}`)))
	for _, test := range []struct {
		key   string
		value any
		want  string
	}{
		{"displayName", "handbook", "same"},
		{"displayName", "book", "different"},
		{"origin", "https://git.acme.example/docs.git/", "same"},
		{"mainBranch", "trunk", "different"},
		{"realRoot", "9_docs", "same"},
		{"absoluteRoot", true, "different"},
		{"projectMappingIds", []int64{10000, 10100}, "same"},
		{"webLinkType", "", "same"}, // the answer to the vendor's request with an empty one lacks it
		{"changesetFormat", "https://x/${rev}", "different"},
		{"tagsFilter", "", "same"},
		{"enableFetches", true, "not shown"},
		{"commitsValidationRequired", true, "not shown"},
		{"username", "u", "not shown"},
		{"pat", fixturePat, "not shown"},
	} {
		c := r.Compare(repositorySpec(t, test.key, test.value))
		got := map[bool]string{len(c.Same) == 1: "same", len(c.Different) == 1: "different", len(c.NotShown) == 1: "not shown"}[true]
		if got != test.want {
			t.Errorf("%s=%v: got %s, want %s", test.key, test.value, got, test.want)
		}
	}
}

// TestRepositoryRequests: an update has the id in its body, a deletion in its query, and a plan no secret.
func TestRepositoryRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s, ctx := w.client.Repositories, t.Context()
	want := repositorySpec(t, "origin", "https://git.acme.example/team/tools.git", "pat", fixturePat)
	created := must[gij.Repository](t)(s.Create(ctx, want, nil))
	if created.DisplayName != "tools" || created.IsNested() || *created.RealRoot != "13_tools" {
		t.Errorf("created %+v", created)
	}
	if err := s.Update(ctx, created.ID, repositorySpec(t, "maxMinsToCommitEmail", int64(7))); err != nil {
		t.Error(err)
	}
	if now := must[gij.Repository](t)(s.Get(ctx, created.ID)); *now.MaxMinsToCommitEmail != 7 {
		t.Errorf("updated %+v", now)
	}
	must[gij.Repository](t)(s.SetDisabled(ctx, created.ID, true))
	if err := s.Delete(ctx, created.ID, gij.DeleteOptions{DeleteFiles: true}); err != nil {
		t.Error(err)
	}
	_, err := s.Get(ctx, created.ID)
	wantError{gij.KindNotFound, "not_found", 0, "there is no repository with id 13", ""}.check(t, err)
	var sent []string
	for _, r := range w.Requests() {
		if r.Method != http.MethodGet {
			sent = append(sent, r.Method+" "+strings.TrimPrefix(r.Path, "/jira/rest/gitplugin/1.0/")+" "+string(r.Body))
		}
	}
	diff(t, "sent", []string{
		`POST repository {"origin":"https://git.acme.example/team/tools.git","pat":"` + fixturePat + `"}`,
		`PUT repository {"id":13,"maxMinsToCommitEmail":7}`,
		`PUT repository/13/disable?disable=true `,
		`DELETE repository?deleteFiles=true&id=13 `,
	}, sent)
	for _, r := range []gij.Request{s.CreateRequest(want), s.UpdateRequest(13, want), s.DisableRequest(13, true), s.DeleteRequest(13, gij.DeleteOptions{})} {
		if strings.Contains(string(r.Body), fixturePat) {
			t.Errorf("%s shows a secret", r.Path)
		}
	}
}

func TestRepositoryList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	names := func(q gij.RepositoryQuery) string {
		var all []string
		for r, err := range w.client.Repositories.All(t.Context(), q) {
			if err != nil {
				return err.Error()
			}
			all = append(all, r.DisplayName)
		}
		return strings.Join(all, " ")
	}
	diff(t, "all", "platform-api web-shop billing-legacy handbook", names(gij.RepositoryQuery{}))
	diff(t, "of a project", "billing-legacy handbook", names(gij.RepositoryQuery{ProjectKey: "OPS"}))
	diff(t, "of none", "list repositories: Project with key=NOPE does not exist", names(gij.RepositoryQuery{ProjectKey: "NOPE"}))
	w.setFaults(t, "repository-envelope")
	created := must[gij.Repository](t)(w.client.Repositories.Create(t.Context(), repositorySpec(t, "origin", "ssh://git@x/y.git"), nil))
	diff(t, "name", "y", created.DisplayName)
}

// TestRepositorySuccessIsNoProof: what the server does not do is not claimed.
func TestRepositorySuccessIsNoProof(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, "pretend-delete", "disable-endpoint=ignored")
	err := w.client.Repositories.Delete(t.Context(), 9, gij.DeleteOptions{})
	wantError{gij.KindNotApplied, "failed", 0, "the repository is still there", "it may still be indexing"}.check(t, err)
	_, err = w.client.Repositories.SetDisabled(t.Context(), 9, true)
	wantError{gij.KindNotApplied, "failed", 0, "disable repository 9: the server answered success, and the repository is as it was", "known defect"}.check(t, err)
}

func TestHoldsOriginal(t *testing.T) {
	t.Parallel()
	yes := true
	for origin, want := range map[string]bool{
		"https://x/y.git": false, "git@x:y.git": false, "ssh://git@x/y.git": false,
		"/srv/y.git": true, `D:\git\y`: true, "d:/git/y": true, `\\share\y`: true, "file:///srv/y": true,
	} {
		r := gij.Repository{Origin: origin}
		if got := r.HoldsOriginal(); got != want {
			t.Errorf("%s: %t", origin, got)
		}
	}
	for _, r := range []gij.Repository{{AbsoluteRoot: &yes}, {Hosted: &yes}} {
		if !r.HoldsOriginal() {
			t.Errorf("%+v", r)
		}
	}
}
