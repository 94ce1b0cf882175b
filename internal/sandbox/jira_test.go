package sandbox_test

import (
	"encoding/base64"
	"net/http"
	"testing"
)

func TestJiraResources(t *testing.T) {
	t.Parallel()
	s := demo(t)
	get(t, s, "/rest/api/2/project").want(t, 200, `"id":"10000","key":"PLAT","name":"Platform"`, `"key":"OPS"`)
	get(t, s, "/rest/api/2/project/WEB").want(t, 200, `"id":"10100"`, s.URL+"/rest/api/2/project/10100")
	get(t, s, "/rest/api/2/project/10200").want(t, 200, `"key":"MOB"`)
	if got := get(t, s, "/rest/api/2/project/X").want(t, 404).body; got != `{"errorMessages":["No project could be found with key 'X'."],"errors":{}}` {
		t.Errorf("unknown key: %s", got)
	}
	get(t, s, "/rest/api/2/project/99").want(t, 404, "No project could be found with id '99'.")
	get(t, s, "/rest/api/2/myself").want(t, 200, `"name":"admin"`)
	get(t, s, "/rest/api/2/mypermissions").want(t, 200, `"SYSTEM_ADMIN":{`, `"havePermission":true`)
	send(t, s, request{path: "/rest/api/2/serverInfo", auth: "-"}).want(t, 200, `"baseUrl":"`+s.URL+`"`, `"deploymentType":"Server"`)
	send(t, s, request{path: "/login.jsp", auth: "-"}).want(t, 200, "<html")
}

func TestPermissionsThatAreNamed(t *testing.T) {
	t.Parallel()
	s := demo(t)
	all := get(t, s, "/rest/api/2/mypermissions").want(t, 200, `"ADMINISTER":{`, `"BROWSE_PROJECTS":{`)
	get(t, s, "/rest/api/2/mypermissions?permissions=ADMINISTER").want(t, 200, `{"permissions":{"ADMINISTER":{`).lacks(t, "SYSTEM_ADMIN", "BROWSE")
	get(t, s, "/rest/api/2/mypermissions?permissions=ADMINISTER,VIEW_DEV_TOOLS").want(t, 200, "ADMINISTER", "VIEW_DEV_TOOLS").lacks(t, "BROWSE")
	if got := get(t, s, "/rest/api/2/mypermissions?permissions=NONE").want(t, 200).body; got != `{"permissions":{}}` {
		t.Errorf("unknown key: %s", got)
	}
	if all.body != get(t, s, "/rest/api/2/mypermissions?permissions=").body {
		t.Error("an empty parameter names no permission")
	}
}

func TestStatedBaseURL(t *testing.T) {
	t.Parallel()
	s := demo(t, "base-url=https://jira.acme.example")
	send(t, s, request{path: "/rest/api/2/serverInfo", auth: "-"}).want(t, 200, `"baseUrl":"https://jira.acme.example"`)
	get(t, s, "/rest/api/2/project/PLAT").want(t, 200, s.URL)
}

func TestPlugins(t *testing.T) {
	t.Parallel()
	const path, key = "/rest/plugins/1.0/", `"key":"com.xiplink.jira.git.jira_git_plugin"`
	s := demo(t)
	var list struct {
		Plugins []struct{ Key, Name, Version string }
	}
	decode(t, get(t, s, path).want(t, 200, key, `"name":"Git Integration for Jira"`, `"userInstalled":true`, `"enabled":true`), &list)
	if len(list.Plugins) < 3 || list.Plugins[0].Version == "" {
		t.Errorf("plugins: %+v", list.Plugins)
	}
	get(t, s, "/rest/plugins/1.0").want(t, 200, key)
	for _, token := range []string{s.UserToken, s.ManagerToken} {
		send(t, s, request{path: path, auth: "Bearer " + token}).want(t, 403).lacks(t, key)
	}
	send(t, s, request{path: path, auth: "-"}).want(t, 401)
	send(t, s, request{method: "POST", path: path, body: "{}"}).want(t, 405)
	get(t, demo(t, "not-installed"), path).want(t, 200, "plugins").lacks(t, key)
	get(t, demo(t, "no-upm"), path).want(t, 404)
}

func TestPathsThatAreNotThere(t *testing.T) {
	t.Parallel()
	s := demo(t)
	for _, path := range []string{
		"/rest/gitplugin/1.0/nothing", "/rest/gitplugin/3.0/integration", "/rest/gitplugin", "/rest/other/1.0/x",
		"/rest/api/2/issue/X-1", repositoryPath + "/1", integrationPath + "/1/2",
	} {
		get(t, s, path).want(t, 404, `{"message":"null for uri: http://`, `"status-code":404}`)
	}
	get(t, s, "/secure/Dashboard.jspa").want(t, 404, "dead link")
	get(t, s, "x/rest/api/2/myself").want(t, 404, "Tomcat") // /jirax is not /jira
	for _, q := range []request{
		{method: "PATCH", path: integrationPath + "/1"},
		{method: "DELETE", path: integrationPath},
		{method: "POST", path: integrationPath + "/1", body: "{}"},
		{method: "PATCH", path: repositoryPath, body: "{}"},
		{method: "DELETE", path: "/rest/api/2/myself"},
	} {
		if got := send(t, s, q).want(t, http.StatusMethodNotAllowed); got.header.Get("Allow") == "" {
			t.Errorf("%s %s: no Allow header", q.method, q.path)
		}
	}
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestAuthentication(t *testing.T) {
	t.Parallel()
	s := demo(t)
	send(t, s, request{path: integrationPath, auth: basic(s.User, s.Password)}).want(t, 200)
	none := send(t, s, request{path: integrationPath, auth: "-"}).want(t, 401, `"status-code":401`)
	if none.header.Get("WWW-Authenticate") == "" {
		t.Error("no WWW-Authenticate without credentials")
	}
	for _, auth := range []string{"Bearer wrong", "Bearer ", "Digest x", basic(s.User, "wrong"), basic("devon", ""), basic(s.User, s.Token)} {
		got := send(t, s, request{path: integrationPath, auth: auth}).want(t, 401)
		if got.header.Get("WWW-Authenticate") == "" || got.header.Get("X-Seraph-LoginReason") != "AUTHENTICATED_FAILED" {
			t.Errorf("%s: headers %v", auth, got.header)
		}
	}
	// A plain user may not manage, and may look at himself.
	user := "Bearer " + s.UserToken
	for _, method := range []string{"GET", "POST"} {
		send(t, s, request{method: method, path: integrationPath, auth: user}).want(t, 403, `"status-code":403`).lacks(t, "success")
	}
	send(t, s, request{method: "PUT", path: repositoryPath + "/1/disable?disable=true", auth: user}).want(t, 403)
	send(t, s, request{path: "/rest/api/2/myself", auth: user}).want(t, 200, `"name":"devon"`)
	send(t, s, request{path: "/rest/api/2/mypermissions", auth: user}).want(t, 200, `"key":"ADMINISTER","name":"Administer Jira","type":"GLOBAL","havePermission":false`)
}

func TestManager(t *testing.T) {
	t.Parallel()
	s := demo(t)
	manager := func(method, path, body string) reply {
		return send(t, s, request{method: method, path: integrationPath + path, body: body, auth: "Bearer " + s.ManagerToken})
	}
	// Somebody else's integration: no projects to see, none to change.
	manager("GET", "/2", "").want(t, 200).lacks(t, "projectMappingIds", `"global"`)
	manager("PUT", "/2", `{"displayName":"renamed"}`).want(t, 200, "renamed")
	manager("PUT", "/2", `{"global":true}`).want(t, 403, "project associations")
	manager("PUT", "/2", `{"projectMappingIds":[10000]}`).want(t, 403)
	manager("PUT", "/2", `{"projectMappingIds":[10100,10000]}`).want(t, 200) // nothing changes
	get(t, s, integrationPath+"/2").want(t, 200, `"projectMappingIds":[10000,10100]`)
	// Her own.
	manager("PUT", "/10", `{"projectMappingIds":[10000]}`).want(t, 200, `"projectMappingIds":[10000]`)
	manager("POST", "", `{"type":"GITHUB","pat":"x","global":false,"projectMappingIds":[10200]}`).want(t, 200, `[10200]`)
}

func TestXSRF(t *testing.T) {
	t.Parallel()
	s := demo(t)
	body := `{"displayName":"x"}`
	write := func(header map[string]string) reply {
		return send(t, s, request{method: "PUT", path: integrationPath + "/1", body: body, header: header})
	}
	write(nil).want(t, 200)
	write(map[string]string{"User-Agent": "Mozilla/5.0"}).want(t, 403, "XSRF check failed")
	write(map[string]string{"Content-Type": "application/x-www-form-urlencoded"}).want(t, 403, "XSRF check failed")
	write(map[string]string{"User-Agent": "Mozilla/5.0", "X-Atlassian-Token": "no-check"}).want(t, 200)
	send(t, s, request{path: integrationPath, header: map[string]string{"User-Agent": "Mozilla/5.0"}}).want(t, 200)
}
