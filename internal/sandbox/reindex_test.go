package sandbox_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/sandbox"
)

const reindexPath = "/rest/gitplugin/2.0/reindex"

// clocked runs a server whose clock stands still until the test moves it.
func clocked(t *testing.T, file string, faults ...string) (*sandbox.Server, func(time.Duration)) {
	t.Helper()
	var now atomic.Int64
	now.Store(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixNano())
	s := start(t, sandbox.Options{StateFile: file, Faults: faults, Now: func() time.Time { return time.Unix(0, now.Load()) }})
	return s, func(d time.Duration) { now.Add(int64(d)) }
}

func postTo(t *testing.T, s *sandbox.Server, path, body string) reply {
	t.Helper()
	return send(t, s, request{method: "POST", path: path, body: body, header: map[string]string{"Content-Type": "application/json"}})
}

func TestReindex(t *testing.T) {
	t.Parallel()
	s, pass := clocked(t, "")
	const first = "5f0c6bd2-0000-4000-8000-000000000172"
	postTo(t, s, reindexPath, `{"repoId":2,"priority":20}`).want(t, 200, `{"success":true,"finished":false,"threadId":"`+first+`"}`)
	get(t, s, indexPath+"?repoId=2").want(t, 200, `"finished":false`, `"lastOperationPercent":0.0`)
	pass(30 * time.Millisecond)
	get(t, s, indexPath+"?threadId="+first).want(t, 200, `"finished":false`, `"threadId":"`+first+`"`, `"Indexing Acme GitLab":50.0`, `"Indexing web-shop":50.0`).lacks(t, "handbook")
	get(t, s, indexPath+"?threadId=172").want(t, 200, `"finished":false`, `"threadId":172`)
	get(t, s, indexPath+"?repoId=1").want(t, 200, `"finished":true`)
	pass(30 * time.Millisecond)
	get(t, s, indexPath+"?threadId="+first).want(t, 200, `"finished":true`, `"lastOperationPercent":100.0`, `"errors":{}`)
	get(t, s, integrationPath+"/2").want(t, 200, `"lastIndexedDate":1772442000060`)
	// The first index of one that was never indexed.
	postTo(t, s, "/rest/gitplugin/1.0/index.json", `{"repoId":[12]}`).want(t, 200, `000000000173`)
	pass(time.Second)
	get(t, s, indexPath+"?repoId=12").want(t, 200, `"finished":true`, `"lastOperationPercent":100.0`)
	get(t, s, integrationPath+"/12").want(t, 200, `"lastIndexedDate":`)
	// What is broken stays so; what is disabled is left out.
	postTo(t, s, reindexPath, `{"repoId":6}`).want(t, 200, `"finished":false`)
	pass(time.Second)
	get(t, s, indexPath+"?threadId=174").want(t, 200, `"finished":true`, "authentication failed")
	postTo(t, s, reindexPath, `{"repoId":5}`).want(t, 200, `"finished":true`)
	// Everything, without a body.
	send(t, s, request{method: "POST", path: reindexPath}).want(t, 200, `"finished":false`)
	get(t, s, indexPath+"?threadId=176").want(t, 200, `"Indexing handbook":0.0`).lacks(t, "dev.azure.com")
}

// TestReindexGoesOn: another server on the same state works out the same.
func TestReindexGoesOn(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/state.json"
	s, pass := clocked(t, file, "index-time=1s")
	postTo(t, s, reindexPath, `{"repoId":1}`).want(t, 200)
	pass(500 * time.Millisecond)
	get(t, s, indexPath+"?repoId=1").want(t, 200, `"lastOperationPercent":50.0`)
	later, _ := clocked(t, file)
	get(t, later, indexPath+"?threadId=172").want(t, 200, `"finished":false`, `"lastOperationPercent":0.0`)
	get(t, start(t, sandbox.Options{StateFile: file}), indexPath+"?threadId=172").want(t, 200, `"finished":true`)
}

func TestReindexKnobs(t *testing.T) {
	t.Parallel()
	old := demo(t, "reindex-api=1.0")
	postTo(t, old, reindexPath, `{"repoId":1}`).want(t, 404, "null for uri").lacks(t, "success")
	postTo(t, old, indexPath, `{"repoId":[1]}`).want(t, 200)
	newer := demo(t, "reindex-api=2.0", "thread-id=number")
	postTo(t, newer, indexPath, `{"repoId":[1]}`).want(t, 405)
	postTo(t, newer, reindexPath, `{"repoId":1}`).want(t, 200, `"threadId":172}`)
	s := demo(t)
	postTo(t, s, reindexPath, `{"repoId":99}`).want(t, 404, `"error":"Repository with id=99 does not exist"`)
	postTo(t, s, reindexPath, `{"repoId":1,"priority":0}`).want(t, 400, `"success":false`)
	postTo(t, s, reindexPath, `{"repoId":"x"}`).want(t, 400)
	send(t, s, request{method: "POST", path: reindexPath, body: "repoId=1", header: map[string]string{"Content-Type": "text/plain", "X-Atlassian-Token": "no-check"}}).want(t, 415)
	get(t, s, reindexPath).want(t, 405)
	send(t, s, request{method: "POST", path: reindexPath, auth: "-"}).want(t, 401)
	get(t, s, indexPath+"?threadId=nothing").want(t, 200, `"success":false`, "Thread with id=nothing does not exist")
	get(t, demo(t, "unknown-thread=404"), indexPath+"?threadId=nothing").want(t, 404, `"success":false`)
	get(t, demo(t, "unknown-thread=finished"), indexPath+"?threadId=nothing").want(t, 200, `"finished":true`)
	get(t, demo(t, "thread-parameter=threadID"), indexPath+"?threadID=nothing").want(t, 200, `"success":false`)

	hanging, pass := clocked(t, "", "index-hangs=40")
	postTo(t, hanging, reindexPath, `{"repoId":1}`).want(t, 200)
	pass(time.Hour)
	get(t, hanging, indexPath+"?repoId=1").want(t, 200, `"finished":false`, `"lastOperationPercent":40.0`)

	failing, pass := clocked(t, "", "index-fails=web-shop")
	postTo(t, failing, reindexPath, `{"repoId":2}`).want(t, 200)
	pass(time.Second)
	get(t, failing, indexPath+"?threadId=172").want(t, 200, `"errors":{"web-shop":"cannot open git-upload-pack`)
	if err := failing.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	postTo(t, failing, reindexPath, `{"repoId":2}`).want(t, 200)
	pass(time.Second)
	get(t, failing, indexPath+"?threadId=173").want(t, 200, `"errors":{}`)
	get(t, demo(t, "index-forgets-date"), integrationPath+"/1").want(t, 200).lacks(t, "lastIndexedDate")
}

// TestFirstIndex: what is added is indexed at once.
func TestFirstIndex(t *testing.T) {
	t.Parallel()
	s, pass := clocked(t, "")
	postTo(t, s, integrationPath, `{"type":"GITHUB","pat":"fixture-pat"}`).want(t, 200).lacks(t, "lastIndexedDate")
	get(t, s, indexPath+"?repoId=13").want(t, 200, `"finished":false`)
	pass(2 * time.Second)
	get(t, s, indexPath+"?repoId=13").want(t, 200, `"finished":true`)
	get(t, s, integrationPath+"/13").want(t, 200, "lastIndexedDate")
	idle, pass := clocked(t, "", "no-first-index")
	postTo(t, idle, integrationPath, `{"type":"GITHUB","pat":"fixture-pat"}`).want(t, 200)
	pass(time.Second)
	get(t, idle, indexPath+"?repoId=13").want(t, 200, `"finished":true`)
	get(t, idle, integrationPath+"/13").want(t, 200).lacks(t, "lastIndexedDate")
}

func TestReindexPermissions(t *testing.T) {
	t.Parallel()
	s := demo(t)
	user := func(path, body string) reply {
		return send(t, s, request{method: "POST", path: path, body: body, auth: "Bearer " + s.UserToken, header: map[string]string{"Content-Type": "application/json"}})
	}
	user(reindexPath, `{"repoId":3}`).want(t, 200)
	put(t, s, "2", `{"global":false,"projectMappingIds":[]}`).want(t, 200)
	user(reindexPath, `{"repoId":3}`).want(t, 403)
	user(reindexPath, `{}`).want(t, 200)
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	s := demo(t)
	hook := "/rest/gitplugin/webhook/1.0/reindex/" + s.WebhookSecret
	call := func(s *sandbox.Server, path, body, kind string) reply {
		return send(t, s, request{method: "POST", path: path, body: body, auth: "-", header: map[string]string{"Content-Type": "application/json", "X-Bbb-Webhook-Type": kind}})
	}
	call(s, hook, `{"origin":"https://gitlab.acme.example/web/web-shop.git"}`, "PUSH").want(t, 200, `"finished":false`, `"threadId":"`)
	call(s, hook, `{"origin":"https://gitlab.acme.example/web/web-shop.git"}`, "").want(t, 200, `"finished":true`).lacks(t, "threadId")
	call(s, hook, `{"repository":{"git_http_url":"https://gitlab.acme.example/web/web-shop.git"}}`, "").want(t, 200, `"threadId":"`)
	call(s, hook, `{"repository":{"clone_url":5,"ssh_url":"ssh://git@bitbucket.acme.example:7999/docs/handbook.git"}}`, "").want(t, 200, `"threadId":"`)
	call(s, hook, `{}`, "push").want(t, 200).lacks(t, "threadId")
	call(s, hook, `x`, "push").want(t, 400)
	send(t, s, request{method: "POST", path: hook, body: "{}", auth: "-", header: map[string]string{"Content-Type": "text/plain"}}).want(t, 415)
	send(t, s, request{method: "DELETE", path: hook, auth: "-"}).want(t, 405)
	call(s, "/rest/gitplugin/webhook/1.0/reindex/wrong", `{}`, "push").want(t, 404, "reindex/wrong")
	all := demo(t, "webhook-unmatched=all")
	send(t, all, request{path: "/rest/gitplugin/webhook/1.0/reindex/" + all.WebhookSecret, auth: "-"}).want(t, 200, `"threadId":"`)
	gone := demo(t, "not-installed")
	call(gone, "/rest/gitplugin/webhook/1.0/reindex/"+gone.WebhookSecret, `{}`, "push").want(t, 404).lacks(t, "success")
}
