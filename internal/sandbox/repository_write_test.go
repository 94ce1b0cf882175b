package sandbox_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// TestAddRepositoryAnswersAsDocumented sends the vendor's sample. The documented answer has another id, another home of Jira, and
// trustFolderStat false where the request says true.
func TestAddRepositoryAnswersAsDocumented(t *testing.T) {
	t.Parallel()
	sample := func(name string) string {
		data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "api", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	s := start(t, sandbox.Options{Seed: "empty", Now: fixedClock})
	got := send(t, s, request{method: "POST", path: repositoryPath + ".json", body: sample("repository-add.json")}).want(t, 200).body
	want := strings.NewReplacer("\n  ", "", "\n", "", `": `, `":`, `"id": 68`, `"id":1`, "68_", "1_", "/opt/jira-home-shared/", "/var/jira/",
		"1626069618147", strconv.FormatInt(fixedClock().UnixMilli(), 10), `"trustFolderStat": false`, `"trustFolderStat":true`).Replace(sample("repository-add.response.json"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func TestRepositoryWrites(t *testing.T) {
	t.Parallel()
	type step struct {
		method, query, body string
		status              int
		want                string
	}
	for name, test := range map[string]struct {
		faults []string
		steps  []step
	}{
		"defaults": {nil, []step{{"POST", "", `{"origin":"git@x:team/tools.git"}`, 200, `{"id":13,"displayName":"tools","origin":"git@x:team/tools.git","mainBranch":"master",`}}},
		"the pair": {nil, []step{
			{"POST", "", `{"origin":"git@x:a.git","realRoot":"a"}`, 400, `{"success":false,"error":"absoluteRoot is required with realRoot"`},
			{"POST", "", `{"origin":"git@x:a.git","absoluteRoot":true}`, 400, "realRoot is required with absoluteRoot"},
			{"POST", "", `{"origin":"git@x:a.git","absoluteRoot":false}`, 200, `"realRoot":"13_a","absoluteRoot":false`},
			{"PUT", "", `{"id":13,"realRoot":"/srv/a","absoluteRoot":true}`, 200, `"root":"/srv/a","realRoot":"/srv/a","absoluteRoot":true`},
		}},
		"the table's pair": {[]string{"repository-roots=table"}, []step{
			{"POST", "", `{"origin":"git@x:a.git"}`, 400, "realRoot and absoluteRoot are required"},
			{"POST", "", `{"origin":"git@x:a.git","realRoot":"a","absoluteRoot":false}`, 200, `"root":"/var/jira/data/git-plugin/a"`},
		}},
		"an envelope": {[]string{"repository-envelope", "post-status=201"}, []step{
			{"POST", "", `{"origin":"git@x:a.git"}`, 201, `{"success":true,"repository":{"id":13,`},
		}},
		"bad bodies": {nil, []step{
			{"POST", "", `{}`, 400, "Origin is required"},
			{"POST", "", `{"origin":"git@x:a.git","mainBranch":1}`, 400, "cannot deserialize the value of \"mainBranch\""},
			{"POST", "", `[]`, 400, ""},
			{"PUT", "", `{"mainBranch":"x"}`, 400, "Repository id is required"},
			{"PUT", "", `{"id":77}`, 404, "Repository with id=77 does not exist"},
			{"PUT", "", `{"id":1,"displayName":"x"}`, 400, "Repository with id=1 is an integration"},
			{"PUT", "", `{"id":9,"displayName":""}`, 400, "Display name is required"},
			{"PUT", "", `{"id":9,"global":false,"projectMappingIds":[1]}`, 400, "Project with id=1 does not exist"},
			{"PUT", "", `{"id":9,"maxMinsToCommitEmail":-1}`, 400, "must not be negative"},
		}},
		"an update merges": {nil, []step{
			{
				"PUT", "", `{"id":9,"changesetFormat":"https://x/${rev}","pat":"s3cret","commitsValidationRequired":false,"enableFetches":false,"apiPath":"/x","type":"GITHUB"}`,
				200, `"enableFetches":false,`,
			},
			{"PUT", "", `{"id":9,"mainBranch":"trunk"}`, 200, `"changesetFormat":"https://x/${rev}","commitsValidationRequired":false`},
		}},
		"read-only in nested": {nil, []step{
			{
				"PUT", "", `{"id":3,"mainBranch":"x","enableFetches":false,"disableSslVerification":true,"commitsValidationRequired":false,` +
					`"requireUserPat":true,"state":3,"origin":"git@x:a.git","realRoot":"a","displayName":"new"}`, 200,
				`{"id":3,"group":"platform","displayName":"new","origin":"https://gitlab.acme.example/platform/platform-api.git","mainBranch":"main",` +
					`"absoluteRoot":false,"disabled":false,"enableFetches":true,`,
			},
			{"PUT", "", `{"id":3}`, 200, `"disableSslVerification":false,"smartCommitsEnabled":true,"commitsValidationRequired":true,"requireUserPat":false`},
		}},
		"disabled by an update": {[]string{"disabled-put=ignored"}, []step{
			{"PUT", "", `{"id":9,"disabled":true}`, 200, `"disabled":false`},
		}},
		"nothing is written": {[]string{"write-ignored"}, []step{
			{"PUT", "", `{"id":9,"displayName":"x"}`, 200, `"displayName":"x"`},
			{"GET", "", "", 200, `"displayName":"handbook"`},
		}},
		"deletion": {nil, []step{
			{"DELETE", "?id=9&deleteFiles=true", "", 200, `{"success":true}`},
			{"DELETE", "?id=9", "", 404, `{"success":false,"error":"Repository with id=9 does not exist","advice":"Please try again with an existing repository id."}`},
			{"DELETE", "?id=1", "", 400, "is an integration"},
			{"DELETE", "", "", 400, "Query parameter 'id'"},
			{"DELETE", "?id=8&deleteFiles=x", "", 400, "deleteFiles"},
		}},
		"a deletion that is none": {[]string{"pretend-delete"}, []step{
			{"DELETE", "?id=9", "", 200, `{"success":true}`},
			{"GET", "", "", 200, `"displayName":"handbook"`},
		}},
		"a nested one with projects of its own": {nil, []step{
			{"PUT", "", `{"id":4,"global":false,"projectMappingIds":[10300]}`, 200, `"projectMappingIds":[10300]`},
			{"GET", "?projectKey=OPS", "", 200, "web-shop"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := demo(t, test.faults...)
			for _, step := range test.steps {
				got := send(t, s, request{method: step.method, path: repositoryPath + step.query, body: step.body}).want(t, step.status, step.want)
				got.lacks(t, "s3cret")
			}
		})
	}
}

func TestRepositoryPermissions(t *testing.T) {
	t.Parallel()
	s := demo(t)
	for _, method := range []string{"POST", "PUT", "DELETE"} {
		send(t, s, request{method: method, path: repositoryPath, body: `{"id":9}`, auth: "Bearer " + s.UserToken}).want(t, 403)
	}
	send(t, s, request{path: repositoryPath, auth: "Bearer " + s.UserToken}).want(t, 200)
}
