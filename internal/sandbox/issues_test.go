package sandbox_test

import (
	"testing"
)

const (
	issuesPath  = "/rest/gitplugin/1.0/issues"
	detailsPath = "/rest/gitplugin/1.0/issuegitdetails/issue"
	linksPath   = "/rest/gitplugin/1.0/repository/3/commits/e2e3563728a59778faf9d8745dcbd59fd4c0807a/issues"
)

func TestIssueCommits(t *testing.T) {
	t.Parallel()
	s := demo(t)
	get(t, s, issuesPath+"/PLAT-1/commits").want(t, 200, `{"success":true,"commits":[{"author":"Devon Developer <devon@acme.example>","commitId":"e2e3563728a59778faf9d8745dcbd59fd4c0807a","isMergeCommit":false,"date":"2026-03-02T08:00:00+0000"`,
		`"repository":{"id":3,"name":"platform-api"},"notes":{},"branches":["main","PLAT-1-token-expiry"]`).lacks(t, "files")
	get(t, s, issuesPath+"/PLAT-1/commits?showFiles=true").want(t, 200, `"files":[{"path":"src/part1.go","linesAdded":3,"linesChanged":1,"linesDeleted":0,"added":false,"deleted":false}`)
	get(t, demo(t, "commits-form=old"), issuesPath+"/PLAT-1/commits").want(t, 200, `{"commits":[`, `"date":"2026-03-02T08:00:00.000+0000"`, `"branch":"main"`).lacks(t, "isMergeCommit")
	get(t, s, issuesPath+"/OPS-2/commits").want(t, 200, `"commits":[]`)
	for _, key := range []string{"NONE-1", "PLAT-0", "PLAT-201", "PLAT", "PLAT-x"} {
		get(t, s, issuesPath+"/"+key+"/commits").want(t, 404, `"error":"Issue with key=`+key+` does not exist"`)
	}
	get(t, s, issuesPath+"/PLAT-1").want(t, 404)
	send(t, s, request{method: "POST", path: issuesPath + "/PLAT-1/commits", body: "{}"}).want(t, 405)
	send(t, s, request{path: issuesPath + "/PLAT-1/commits", auth: "Bearer " + s.UserToken}).want(t, 200)
	send(t, s, request{path: issuesPath + "/PLAT-1/commits", auth: "-"}).want(t, 401)
}

func TestIssueBranchesAndTags(t *testing.T) {
	t.Parallel()
	s := demo(t)
	get(t, s, issuesPath+"/branches?key=WEB-5").want(t, 200, `{"success":true,"branches":["WEB-5-checkout","main"]}`)
	get(t, s, issuesPath+"/branches").want(t, 200, `"PLAT-1-token-expiry"`, `"WEB-5-checkout"`)
	get(t, s, issuesPath+"/branches?key=NONE-1").want(t, 404)
	get(t, s, detailsPath+"/PLAT-1").want(t, 200, `{"commitCount":3,"repositories":[{"repoId":3,"repoName":"platform-api"`, `"name":"PLAT-1-token-expiry","isAheadBehindPresented":true`, `"notAllPermissions":false`)
	send(t, s, request{path: detailsPath + "/PLAT-1", auth: "Bearer " + s.UserToken}).want(t, 200, `"notAllPermissions":true`)
	get(t, s, detailsPath+"/PLAT-1/tag?tagsPerRepository=1").want(t, 200, `"tags":[{"name":"v2.4.1"`, `"committerName":"Devon Developer","committerEmail":"devon@acme.example","creationDate":1772438400000`, `"hasMore":true`).lacks(t, "v2.4.0")
	get(t, s, detailsPath+"/PLAT-1/tag?tagsPerRepository=0").want(t, 200, "v2.4.0-rc1", `"hasMore":false`)
	get(t, s, detailsPath+"/PLAT-1/tag").want(t, 400)
	get(t, demo(t, "tags-off"), detailsPath+"/PLAT-1/tag?tagsPerRepository=1").want(t, 200, `"tags":[],"isTagsFeatureEnabled":false`)
	get(t, s, detailsPath).want(t, 404)
	// A repository that no project has is an administrator's.
	put(t, s, "2", `{"global":false,"projectMappingIds":[]}`).want(t, 200)
	send(t, s, request{path: issuesPath + "/branches?key=PLAT-1", auth: "Bearer " + s.UserToken}).want(t, 200, `"branches":[]`)
}

func TestIssueLinks(t *testing.T) {
	t.Parallel()
	s := demo(t)
	get(t, s, linksPath).want(t, 200, `{"success":true,"issueKeys":["PLAT-1"]}`)
	postTo(t, s, linksPath, `{"changeStrs":["d:PLAT-1","a:PLAT-6","a:WEB-7"]}`).want(t, 200, `{"success":true}`)
	get(t, s, linksPath).want(t, 200, `"issueKeys":["PLAT-6","WEB-7"]`)
	get(t, s, issuesPath+"/WEB-7/commits").want(t, 200, "e2e3563728")
	postTo(t, s, linksPath, `{"changeStrs":["x:PLAT-1"]}`).want(t, 400, `"success":false`)
	postTo(t, s, linksPath, `{"changeStrs":["a:NONE-1"]}`).want(t, 404)
	postTo(t, s, linksPath, `[`).want(t, 400)
	get(t, s, "/rest/gitplugin/1.0/repository/99/commits/abc/issues").want(t, 404, "Repository with id=99")
	get(t, s, "/rest/gitplugin/1.0/repository/3/commits/abc/issues").want(t, 404, "Commit abc does not exist")
	get(t, s, "/rest/gitplugin/1.0/repository/3/commit/abc/issues").want(t, 404, "null for uri")
	get(t, demo(t, "commits-path=commit"), linksPath).want(t, 404, "null for uri")
	get(t, demo(t, "commits-path=both"), "/rest/gitplugin/1.0/repository/3/commit/abc/issues").want(t, 404, "Commit abc")
	quiet := demo(t, "link-ignored")
	postTo(t, quiet, linksPath, `{"changeStrs":["d:PLAT-1"]}`).want(t, 200)
	get(t, quiet, linksPath).want(t, 200, "PLAT-1")
	put(t, s, "2", `{"global":false,"projectMappingIds":[]}`).want(t, 200)
	send(t, s, request{path: linksPath, auth: "Bearer " + s.UserToken}).want(t, 403)
}

func TestGlobalSettings(t *testing.T) {
	t.Parallel()
	const path, body = "/rest/gitplugin/1.0/global-settings", `{"altJiraBaseUrl":"https://hooks.example.com/jira"}`
	s := demo(t)
	get(t, s, path).want(t, 200, `"altJiraBaseUrl":""`)
	postTo(t, s, path, body).want(t, 200, `{"success":true}`)
	get(t, s, path).want(t, 200, `"altJiraBaseUrl":"https://hooks.example.com/jira"`)
	postTo(t, s, path, `{}`).want(t, 200)
	get(t, s, path).want(t, 200, `hooks.example.com`)
	for _, token := range []string{s.UserToken, s.ManagerToken} {
		send(t, s, request{path: path, auth: "Bearer " + token}).want(t, 403)
	}
	get(t, demo(t, "settings-get=405"), path).want(t, 405)
	postTo(t, demo(t, "settings-get=405"), path, body).want(t, 200)
	get(t, demo(t, "settings-get=404"), path).want(t, 404, "null for uri")
	postTo(t, demo(t, "settings-get=404", "settings-answer=empty"), path, body).want(t, 204)
	postTo(t, demo(t, "settings-answer=text"), path, body).want(t, 200, "OK")
	quiet := demo(t, "settings-ignored")
	postTo(t, quiet, path, body).want(t, 200)
	get(t, quiet, path).want(t, 200, `"altJiraBaseUrl":""`)
	postTo(t, demo(t, "no-settings"), path, body).want(t, 404, "null for uri")
}
