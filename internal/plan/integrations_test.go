package plan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

const (
	gitHub    = "GITHUB"
	gitHubCom = "https://api.github.com"
	lab       = "https://git.example.com"
)

// company is what exists in the tests of Add.
func company(t *testing.T) []gij.Integration {
	t.Helper()
	return []gij.Integration{
		row(t, 1, gitHub, "hub", gitHubCom, fields{"disabled": false, "smartCommitsEnabled": true, "global": false, "projectMappingIds": []int64{7, 3}}),
		row(t, 2, "GITLAB_SERVER", "one", lab, fields{"disabled": false, "apiPath": "/a"}),
		row(t, 3, "GITLAB_SERVER", "two", lab+"/", nil),
		row(t, 4, "GERRIT", "twins", "https://a.example.com", nil),
		row(t, 5, "GERRIT", "twins", "https://b.example.com", nil),
		row(t, 6, "GITLAB", "hub", "https://gitlab.com/", nil),
		row(t, 7, "AWS", "code", "https://git-codecommit.us-east-1.amazonaws.com", nil),
	}
}

func TestAddFindsTheTwin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		want fields
		id   int64 // 0: created
	}{
		{"type and name", fields{"type": gitHub, "displayName": "hub"}, 1},
		{"the name of another type", fields{"type": "AZURE", "displayName": "hub"}, 0},
		{"the name in another case", fields{"type": gitHub, "displayName": "Hub"}, 0},
		{"a new name, the origin of another", fields{"type": gitHub, "displayName": "hub 2", "origin": gitHubCom}, 0},
		{"no name, default origin", fields{"type": gitHub}, 1},
		{"no name, default origin with a slash on the server", fields{"type": "GITLAB"}, 6},
		{"empty name, empty origin", fields{"type": gitHub, "displayName": "", "origin": ""}, 1},
		{"no name, origin", fields{"type": gitHub, "origin": gitHubCom}, 1},
		{"no name, origin with a slash", fields{"type": gitHub, "origin": gitHubCom + "/"}, 1},
		{"no name, origin in another case", fields{"type": gitHub, "origin": "HTTPS://API.GitHub.com"}, 1},
		{"no name, origin of another path", fields{"type": gitHub, "origin": gitHubCom + "/x"}, 0},
		{"no name, origin of two", fields{"type": "GITLAB_SERVER", "origin": lab}, 0},
		{"no name, no default origin", fields{"type": "AWS"}, 0},
		{"no type", fields{"displayName": "hub"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			change, err := plan.Add(company(t), spec(t, tt.want), true)
			if err != nil {
				t.Fatal(err)
			}
			if change.ID != tt.id || (tt.id == 0) != (change.Action == plan.ActionCreate) {
				t.Errorf("got %s", summary(change))
			}
		})
	}
}

func TestAddCreates(t *testing.T) {
	t.Parallel()
	want := spec(t, fields{"type": "AWS", "awsRegion": "us-east-1", "username": "u", "password": hidden, "disabled": false})
	change, err := plan.Add(company(t), want, false)
	if err != nil {
		t.Fatal(err)
	}
	wantText := "create 0 AWS \"\"\n" + `type: (not shown) -> "AWS"
username: (not shown) -> "u"
password: (not shown) -> [redacted]
disabled: (not shown) -> false
awsRegion: (not shown) -> "us-east-1"`
	if diff := cmp.Diff(wantText, summary(change)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int64{1, 2, 3, 4, 5, 6, 7}, change.Existing); diff != "" {
		t.Error("existing:", diff)
	}
	if change.Before != nil || keys(change.Spec) != keys(want) {
		t.Errorf("before %v, sends %s", change.Before, keys(change.Spec))
	}
	change, _ = plan.Add(nil, spec(t, fields{"type": gitHub, "displayName": "", "origin": "", "tagsFilter": ""}), false)
	if got := keys(change.Spec); got != "type,tagsFilter" {
		t.Errorf("with an empty name and origin, which the server would fill in, it sends %s", got)
	}
	if change, _ = plan.Add(nil, spec(t, fields{"type": "GERRIT", "origin": lab}), false); change.Name != lab {
		t.Errorf("without a display name it is called %q", change.Name)
	}
}

func TestAddOfWhatExists(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		want fields // beside type and display name
		text string // of the change
		note string // in the one note, "" for none
	}{
		{"nothing more", nil, "no-op", ""},
		{"the same", fields{"smartCommitsEnabled": true, "origin": gitHubCom + "/", "projectMappingIds": []int64{3, 7, 3}}, "no-op", ""},
		{"empty text is absent text", fields{"tagsFilter": "", "apiFilter": ""}, "no-op", ""},
		{"a secret cannot be compared", fields{"pat": hidden}, "no-op", "does not show pat,"},
		{"nor what is never shown", fields{"username": "u", "password": hidden, "folderDepth": 2}, "no-op", "does not show username, password, folderDepth,"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want := spec(t, tt.want)
			for key, value := range (fields{"type": gitHub, "displayName": "hub"}) {
				if err := want.Set(key, value); err != nil {
					t.Fatal(err)
				}
			}
			change, err := plan.Add(company(t), want, false)
			if err != nil {
				t.Fatal(err)
			}
			if string(change.Action) != tt.text || change.ID != 1 || change.Before == nil || !change.Spec.IsEmpty() || len(change.Fields) > 0 {
				t.Errorf("got %s, sends %s", summary(change), keys(change.Spec))
			}
			if notes := strings.Join(change.Notes, "\n"); !strings.Contains(notes, tt.note) || (tt.note == "") != (notes == "") {
				t.Errorf("notes: %q", notes)
			} else if tt.note != "" && !strings.Contains(notes, "gijctl integration update 1") {
				t.Errorf("the note does not say what to do: %s", notes)
			}
		})
	}
}

func TestAddWithOtherValues(t *testing.T) {
	t.Parallel()
	want := spec(t, fields{
		"type": gitHub, "displayName": "hub", "origin": gitHubCom, "pat": hidden, "folderDepth": 2,
		"disabled": true, "smartCommitsEnabled": true, "projectMappingIds": []int64{3}, "tagsFilter": "",
	})
	_, err := plan.Add(company(t), want, false)
	var conflict *plan.ConflictError
	if !errors.As(err, &conflict) {
		t.Fatalf("got %v", err)
	}
	wantText := `GITHUB "hub" exists with other values (id 1): disabled is false, not true; projectMappingIds is [7, 3], not [3]`
	if conflict.Error() != wantText || conflict.Code() != "conflict" || !strings.Contains(conflict.Hint(), "--upsert") {
		t.Errorf("got %s: %s; %s", conflict.Code(), conflict, conflict.Hint())
	}

	change, err := plan.Add(company(t), want, true)
	if err != nil {
		t.Fatal(err)
	}
	wantText = "update 1 GITHUB \"hub\"\ndisabled: false -> true\nprojectMappingIds: [7, 3] -> [3]"
	if diff := cmp.Diff(wantText, summary(change)); diff != "" {
		t.Error(diff)
	}
	if got := keys(change.Spec); got != "disabled,projectMappingIds" {
		t.Errorf("sends %s", got)
	}
	if len(change.Notes) != 1 || !strings.Contains(change.Notes[0], "pat, folderDepth") {
		t.Errorf("notes: %q", change.Notes)
	}
}

func TestAddOfTwoTwins(t *testing.T) {
	t.Parallel()
	for _, upsert := range []bool{false, true} {
		_, err := plan.Add(company(t), spec(t, fields{"type": "GERRIT", "displayName": "twins"}), upsert)
		var conflict *plan.ConflictError
		if !errors.As(err, &conflict) {
			t.Fatalf("got %v", err)
		}
		if conflict.Error() != `2 integrations of type GERRIT are named "twins": 4, 5` || !strings.Contains(conflict.Hint(), "integration update ID") {
			t.Errorf("got %s; %s", conflict, conflict.Hint())
		}
	}
}

func TestAddDoesNotChangeItsInput(t *testing.T) {
	t.Parallel()
	want := spec(t, fields{"type": gitHub, "displayName": "hub", "disabled": true})
	before := keys(want)
	change, err := plan.Add(company(t), want, true)
	if err != nil || keys(want) != before || keys(change.Spec) == before {
		t.Errorf("the wanted spec has %s, the change %s (%v)", keys(want), keys(change.Spec), err)
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	app := fields{"githubAppId": 12, "requireUserPat": true}
	for _, tt := range []struct {
		name    string
		row     gij.Integration
		want    fields
		text    string
		warning string
	}{
		{
			"only what differs", row(t, 1, gitHub, "a", gitHubCom, fields{"global": true, "disabled": false}),
			fields{"global": true, "disabled": true, "origin": gitHubCom + "/"},
			"update 1 GITHUB \"a\"\ndisabled: false -> true", "",
		},
		{"the same", row(t, 1, gitHub, "a", gitHubCom, fields{"global": true}), fields{"global": true}, "no-op 1 GITHUB \"a\"", ""},
		{"nothing", row(t, 1, gitHub, "a", gitHubCom, nil), nil, "no-op 1 GITHUB \"a\"", ""},
		{"the type is dropped", row(t, 1, gitHub, "a", gitHubCom, nil), fields{"type": "GITLAB"}, "no-op 1 GITHUB \"a\"", ""},
		{
			"secrets always", row(t, 1, gitHub, "a", gitHubCom, fields{"global": true}),
			fields{"pat": hidden, "username": "u", "global": true},
			"update 1 GITHUB \"a\"\nusername: (not shown) -> \"u\"\npat: (not shown) -> [redacted]", "",
		},
		{
			"what is not shown always", row(t, 1, "AWS", "a", "", nil),
			fields{"awsRegion": "us-east-1", "tagsFilter": ""},
			"update 1 AWS \"a\"\nawsRegion: (not shown) -> \"us-east-1\"", "",
		},
		{
			"text is emptied", row(t, 1, gitHub, "a", gitHubCom, fields{"tagsFilter": "v.*"}),
			fields{"tagsFilter": ""},
			"update 1 GITHUB \"a\"\ntagsFilter: \"v.*\" -> \"\"", "",
		},
		{
			"an app's row", row(t, 1, gitHub, "a", gitHubCom, app),
			fields{"requireUserPat": false},
			"update 1 GITHUB \"a\"\nrequireUserPat: true -> false", "Enforce Git service permissions",
		},
		{
			"an app's row, on", row(t, 1, gitHub, "a", gitHubCom, fields{"githubAppId": 12, "requireUserPat": false}),
			fields{"requireUserPat": true},
			"update 1 GITHUB \"a\"\nrequireUserPat: false -> true", "",
		},
		{
			"an app's row that has it off", row(t, 1, gitHub, "a", gitHubCom, fields{"githubAppId": 12, "requireUserPat": false}),
			fields{"requireUserPat": false, "global": true},
			"update 1 GITHUB \"a\"\nglobal: (not shown) -> true", "",
		},
		{
			"no app's row", row(t, 1, gitHub, "a", gitHubCom, fields{"requireUserPat": true}),
			fields{"requireUserPat": false},
			"update 1 GITHUB \"a\"\nrequireUserPat: true -> false", "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			changes := plan.Update([]gij.Integration{tt.row}, spec(t, tt.want))
			if len(changes) != 1 {
				t.Fatalf("%d changes", len(changes))
			}
			c := changes[0]
			if diff := cmp.Diff(tt.text, summary(c)); diff != "" {
				t.Error(diff)
			}
			if warnings := strings.Join(c.Warnings, "\n"); !strings.Contains(warnings, tt.warning) || (tt.warning == "") != (warnings == "") {
				t.Errorf("warnings: %q", warnings)
			}
			if c.Before == nil || c.Before.ID != 1 || len(c.Fields) != len(c.Spec.Values()) {
				t.Errorf("before %v; %d fields, sends %s", c.Before, len(c.Fields), keys(c.Spec))
			}
		})
	}
}

func TestUpdateOfSeveral(t *testing.T) {
	t.Parallel()
	rows := []gij.Integration{
		row(t, 1, gitHub, "a", gitHubCom, fields{"global": true}),
		row(t, 2, gitHub, "b", gitHubCom, fields{"global": false}),
	}
	changes := plan.Update(rows, spec(t, fields{"global": true}))
	if len(changes) != 2 || changes[0].Action != plan.ActionNone || changes[1].Action != plan.ActionUpdate {
		t.Fatalf("got %v", changes)
	}
	if *changes[0].Before.Global == *changes[1].Before.Global {
		t.Error("both changes have the same row before")
	}
	pending := plan.Pending(changes)
	if len(pending) != 1 || pending[0].ID != 2 || len(changes) != 2 || changes[0].ID != 1 {
		t.Errorf("pending: %v, and of all there is left %v", pending, changes)
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	url := "https://github.example.com/organizations/acme/settings/apps/gij"
	for _, tt := range []struct {
		name          string
		row           gij.Integration
		files         bool
		warning, note string
	}{
		{"keep files", row(t, 1, "GITLAB", "a", "", nil), false, "", ""},
		{"with files", row(t, 1, "GITLAB", "a", "", nil), true, "absolute path", ""},
		{"folder", row(t, 1, "FILESPACE", "a", "", nil), false, "", ""},
		{"folder with files", row(t, 1, "FILESPACE", "a", "", nil), true, "original repositories, not clones", ""},
		{"app without a page", row(t, 1, gitHub, "a", "", fields{"githubAppId": 3}), false, "", "can delete it"},
		{"app with its page", row(t, 1, "GITHUB_SERVER", "a", "", fields{"githubAppHtmlUrl": url, "githubAppId": 3}), false, "", "can delete it: " + url},
		{
			"app of github.com", row(t, 1, gitHub, "a", "", fields{"githubAppOrg": "acme", "githubAppSlug": "gij"}), false, "",
			"can delete it: https://github.com/organizations/acme/settings/apps/gij",
		},
		{"app of another host", row(t, 1, "GITHUB_SERVER", "a", "", fields{"githubAppOrg": "acme", "githubAppSlug": "gij"}), false, "", "can delete it"},
		{"app known by its name", row(t, 1, gitHub, "acme / gij", "", nil), true, "absolute path", "can delete it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			changes := plan.Remove([]gij.Integration{tt.row}, gij.DeleteOptions{DeleteFiles: tt.files})
			c := changes[0]
			if c.Action != plan.ActionDelete || c.ID != 1 || c.Delete.DeleteFiles != tt.files || c.Before == nil {
				t.Errorf("got %+v", c)
			}
			if got := strings.Join(c.Warnings, "\n"); !strings.Contains(got, tt.warning) || (tt.warning == "") != (got == "") {
				t.Errorf("warnings: %q", got)
			}
			if got := strings.Join(c.Notes, "\n"); !strings.HasSuffix(got, tt.note) || (tt.note == "") != (got == "") {
				t.Errorf("notes: %q", got)
			}
		})
	}
}

func TestDisplay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value any
		want  string
	}{
		{nil, "(not shown)"},
		{"", `""`},
		{"a\x1b[31m\u202e", `"a\x1b[31m\u202e"`},
		{secret.New(hidden), "[redacted]"},
		{secret.Value{}, ""},
		{[]int64{1, 2, 3}, "[1, 2, 3]"},
		{[]int64{}, "[]"},
		{true, "true"},
		{int64(1440), "1440"},
	} {
		if got := plan.Display(tt.value); got != tt.want {
			t.Errorf("Display(%v) is %s, want %s", tt.value, got, tt.want)
		}
	}
}
