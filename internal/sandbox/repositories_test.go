package sandbox_test

import "testing"

func TestDisable(t *testing.T) {
	t.Parallel()
	s := demo(t)
	disable := func(path string) reply {
		return send(t, s, request{method: "PUT", path: repositoryPath + path})
	}
	for _, path := range []string{"/1/disable?disable=true", "/9/disable?disable=true", "/5/disable.json?disable=false"} {
		if got := disable(path).want(t, 200).body; got != `{"success":true}` {
			t.Errorf("%s: %s", path, got)
		}
	}
	get(t, s, integrationPath+"/1").want(t, 200, `"disabled":true`)
	get(t, s, integrationPath+"/5").want(t, 200, `"disabled":false`)
	get(t, s, repositoryPath).want(t, 200, `"displayName":"handbook","origin":"ssh://git@bitbucket.acme.example:7999/docs/handbook.git",`+
		`"mainBranch":"main","root":"/var/jira/data/git-plugin/9_handbook","realRoot":"9_handbook","absoluteRoot":false,"disabled":true`)
	disable("/1/disable").want(t, 400)
	disable("/1/disable?disable=perhaps").want(t, 400)
	disable("/444/disable?disable=true").want(t, 404, "Repository with id=444 does not exist")
	disable("/x/disable?disable=true").want(t, 404)
	get(t, s, repositoryPath+"/1/disable?disable=true").want(t, 405)
}

func TestListRepositories(t *testing.T) {
	t.Parallel()
	s := demo(t)
	asUser := "Bearer " + s.UserToken
	all := send(t, s, request{path: repositoryPath + "?all", auth: asUser}).want(t, 200,
		`{"success":true,"repositories":[{"id":3,"group":"platform","displayName":"platform-api"`, `"trackedFolderId":2`,
		"web-shop", "billing-legacy", "handbook")
	all.lacks(t, "Acme GitLab")
	get(t, s, repositoryPath+"?projectKey=WEB").want(t, 200, "web-shop", "billing-legacy").lacks(t, "handbook")
	get(t, s, repositoryPath+"?projectKey=OPS").want(t, 200, "handbook").lacks(t, "web-shop")
	get(t, s, repositoryPath+"?projectKey=NOPE").want(t, 400, `"success":false`)
}
