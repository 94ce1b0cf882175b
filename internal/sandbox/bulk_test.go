package sandbox_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// documented are the columns of the vendor's page, typed again on purpose.
const documented = "id realRoot absoluteRoot origin displayName enableFetches revisionIndexing mainBranch username password pat " +
	"gitViewerEnabled projectMapping smartCommitsEnabled sendCommitEmails maxMinsToCommitEmail webLinkType viewFormat changesetFormat " +
	"fileAddedFormat fileModifiedFormat fileDeletedFormat mergeRequestFormat branchLinkFormat disabled hosted tagsFilter " +
	"integrationType trackedFolderId delete sshKeyId requireUserPat sourcesDiffViewEnabled sslVerify apiPath apiFilter " +
	"tfsCollection awsRegion trustFolderStat refSpecNotes refSpecChanges refSpecCustom prHideFilter"

func TestExport(t *testing.T) {
	t.Parallel()
	s := demo(t)
	got := get(t, s, exportPath).want(t, 200)
	if kind := got.header.Get("Content-Type"); kind != "text/tab-separated-values;charset=UTF-8" {
		t.Errorf("content type: %s", kind)
	}
	e := readExport(t, got.body)
	if header := strings.Join(e.header, " "); !strings.HasPrefix(header, documented+" githubAppId ") {
		t.Errorf("header: %s", header)
	}
	if ids := strings.Join(e.order, " "); ids != "1 2 3 4 5 6 7 8 9 10 11 12" {
		t.Errorf("ids: %s", ids)
	}
	for _, want := range []string{
		"1 integrationType GITHUB", "1 trackedFolderId ", "1 projectMapping ALL", "1 disabled false", "1 sslVerify true",
		"2 projectMapping 10000,10100", "3 trackedFolderId 2", "3 integrationType GITLAB_SERVER", "5 disabled true",
		"6 sslVerify false", "6 username svc-jira", "9 integrationType ", "9 realRoot 9_handbook", "9 absoluteRoot true",
		"8 absoluteRoot false", "10 awsRegion us-west-2", "11 integrationType GITHUB_APP", "11 githubAppId 884213",
		"1 hosted false", "7 hosted true", "1 enableFetches true", "1 delete ",
	} {
		id, rest, _ := strings.Cut(want, " ")
		column, value, _ := strings.Cut(rest, " ")
		if got := e.rows[id][column]; got != value {
			t.Errorf("row %s, %s: got %q, want %q", id, column, got, value)
		}
	}
	get(t, s, "//rest/gitplugin/1.0/configuration").want(t, 200, "GITLAB_SERVER")
}

func TestWhoMayUseBulkChange(t *testing.T) {
	t.Parallel()
	s := demo(t)
	for _, tt := range []struct {
		path, auth string
		status     int
	}{
		{exportPath, "-", 401},
		{exportPath, "Bearer " + s.UserToken, 403},
		{exportPath, "Bearer " + s.ManagerToken, 403},
		{progressPath + "1", "-", 401},
		{progressPath + "1", "Bearer " + s.UserToken, 200},
	} {
		send(t, s, request{path: tt.path, auth: tt.auth}).want(t, tt.status)
	}
	body, kind := upload(t, "id\n")
	for auth, status := range map[string]int{"": 403, "Bearer " + s.UserToken: 403} {
		got := send(t, s, request{method: http.MethodPost, path: importPath, body: body, auth: auth, header: map[string]string{"Content-Type": kind}})
		got.want(t, status, "XSRF check failed")
	}
	send(t, s, request{
		method: http.MethodPost, path: importPath, body: body, auth: "Bearer " + s.ManagerToken,
		header: map[string]string{"Content-Type": kind, "X-Atlassian-Token": "no-check"},
	}).want(t, 403)
	s = demo(t, "bulk-manager=200")
	send(t, s, request{path: exportPath, auth: "Bearer " + s.ManagerToken}).want(t, 200)
}

func TestImportChangesRowsAndRESTAgrees(t *testing.T) {
	t.Parallel()
	b := startBulk(t)
	before := export(t, b.Server)
	file := tsv(
		cells("id", "displayName", "disabled", "sslVerify", "projectMapping", "weblinkType", "sshKeyId", "viewFormat", "apiFilter", "nonsense"),
		cells("1", "Renamed", "TRUE", "False", "10300, 10000", "github", "4", "x\"y", `"[?name == ""a""]"`, "ignored"),
		cells("9", "", "", "", "ALL"),
	)
	got := b.doImport(t, file)
	want := []string{"Updating repository https://api.github.com", "Updating repository ssh://git@bitbucket.acme.example:7999/docs/handbook.git"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	get(t, b.Server, integrationPath+"/1").want(t, 200, `"displayName":"Renamed"`, `"disabled":true`, `"disableSslVerification":true`,
		`"global":false`, `"projectMappingIds":[10000,10300]`, `"apiFilter":"[?name == \"a\"]"`)
	get(t, b.Server, repositoryPath).want(t, 200, `"displayName":"handbook"`)
	after := export(t, b.Server)
	for column, value := range map[string]string{
		"displayName": "Renamed", "disabled": "true", "sslVerify": "false", "projectMapping": "10000,10300",
		"webLinkType": "github", "sshKeyId": "4", "viewFormat": `x"y`, "apiFilter": `[?name == "a"]`,
	} {
		before.rows["1"][column] = value
	}
	before.rows["9"]["projectMapping"] = "ALL"
	if diff := cmp.Diff(before.rows, after.rows); diff != "" {
		t.Errorf("export (-want +got):\n%s", diff)
	}
	put(t, b.Server, "1", `{"displayName":"Named by REST","username":"somebody"}`).want(t, 200)
	if row := export(t, b.Server).rows["1"]; row["displayName"] != "Named by REST" || row["username"] != "somebody" {
		t.Errorf("after an update by REST: %v", row)
	}
}

// TestALLKeepsTheList: the list is there again when the projects are restricted again.
func TestALLKeepsTheList(t *testing.T) {
	t.Parallel()
	b := startBulk(t)
	b.doImport(t, "id\tprojectMapping\n2\tALL\n")
	get(t, b.Server, integrationPath+"/2").want(t, 200, `"global":true`, `"projectMappingIds":[]`)
	put(t, b.Server, "2", `{"global":false}`).want(t, 200, `"projectMappingIds":[10000,10100]`)
}

// TestEveryColumnRoundTrips imports a value into each documented column and reads it back.
func TestEveryColumnRoundTrips(t *testing.T) {
	t.Parallel()
	b := startBulk(t)
	columns := map[string]string{
		"realRoot": "/srv/else", "absoluteRoot": "false", "origin": "git@git.acme.example:ops/other.git", "displayName": "Ünïcode 検索",
		"enableFetches": "false", "revisionIndexing": "false", "mainBranch": "trunk", "username": "reader", "gitViewerEnabled": "false",
		"projectMapping": "10000,10200", "smartCommitsEnabled": "false", "sendCommitEmails": "false", "maxMinsToCommitEmail": "5",
		"webLinkType": "gitlab", "viewFormat": "v", "changesetFormat": "c/${rev}", "fileAddedFormat": "a", "fileModifiedFormat": "m",
		"fileDeletedFormat": "d", "mergeRequestFormat": "r/${mergereqId}", "branchLinkFormat": `b/$convert(${branch},"x","y")`,
		"disabled": "true", "tagsFilter": "v[0-9]+", "sshKeyId": "7", "requireUserPat": "true", "sourcesDiffViewEnabled": "false",
		"sslVerify": "false", "apiPath": "/x", "apiFilter": "[?a]", "tfsCollection": "Default", "awsRegion": "eu-west-1",
		"trustFolderStat": "true", "refSpecNotes": "false", "refSpecChanges": "true", "refSpecCustom": "+refs/a/*:refs/a/*",
		"prHideFilter": "^x$", "trackedFolderId": "2",
	}
	header, row := []string{"id"}, []string{"9"}
	for name, value := range columns {
		header, row = append(header, name), append(row, value)
	}
	b.doImport(t, tsv(header, row))
	got := export(t, b.Server).rows["9"]
	for name, value := range columns {
		if got[name] != value {
			t.Errorf("%s: got %q, want %q", name, got[name], value)
		}
	}
	for name := range strings.FieldsSeq(documented) {
		if _, ok := columns[name]; !ok && !slices.Contains([]string{"id", "password", "pat", "hosted", "integrationType", "delete"}, name) {
			t.Errorf("%s is not tested", name)
		}
	}
}

func TestImportCreates(t *testing.T) {
	t.Parallel()
	b := startBulk(t)
	got := b.doImport(t, tsv(
		cells("id", "origin", "displayName", "integrationType", "trackedFolderId", "pat"),
		cells("", "git@git.acme.example:ops/new.git"),
		cells("", "https://git.acme.example/ops/secret.git", "", "", "", "made-up-token"),
		cells("", "https://git.acme.example/ops/open.git"),
		cells("", "https://gitlab.acme.example/web/child.git", "A child", "GITLAB_SERVER", "2"),
		cells("", "https://github.acme.example", "Another host", "GITHUB_SERVER"),
		cells("", "https://x.example", "", "GITHUB_APP"),
		cells("", "https://x.example", "", "NOPE"),
		cells("", "git@git.acme.example:ops/lost.git", "", "", "3"),
		cells("", "", "only a name"), cells("", "", ""),
	))
	want := []string{
		"Creating repository git@git.acme.example:ops/new.git", "Resolving deltas",
		"Creating repository https://git.acme.example/ops/secret.git", "Resolving deltas",
		"Creating repository https://git.acme.example/ops/open.git",
		"!org.eclipse.jgit.api.errors.TransportException: https://git.acme.example/ops/open.git: Authentication is required but no CredentialsProvider has been registered",
		"Creating repository https://gitlab.acme.example/web/child.git", "Resolving deltas",
		"Creating repository https://github.acme.example", "Resolving deltas",
		"Creating repository https://x.example", "!A GitHub App cannot be connected by an import",
		"Creating repository https://x.example", "!Unknown integration type 'NOPE'",
		"Creating repository git@git.acme.example:ops/lost.git", "!Tracked folder with id=3 does not exist",
		"!Origin is required",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	e := export(t, b.Server)
	if ids := strings.Join(e.order[12:], " "); ids != "13 14 15 16" {
		t.Errorf("new ids: %s", ids)
	}
	row := e.rows["13"]
	if row["displayName"] != "new" || row["mainBranch"] != "master" || row["realRoot"] != "13_new" || row["absoluteRoot"] != "true" ||
		row["refSpecNotes"] != "true" || row["sendCommitEmails"] != "true" || row["projectMapping"] != "ALL" {
		t.Errorf("defaults: %v", row)
	}
	if before, err := b.Fingerprint(14, "pat"); err != nil || before == "" {
		t.Errorf("fingerprint: %q, %v", before, err)
	}
	get(t, b.Server, integrationPath+"/16").want(t, 200, "Another host")
	get(t, b.Server, repositoryPath).want(t, 200, `"displayName":"A child"`, `"trackedFolderId":2`)
}

func TestDeletionsAreConfirmed(t *testing.T) {
	t.Parallel()
	b := startBulk(t)
	file := tsv(cells("id", "delete", "disabled"), cells("7", "delete"), cells("9", "delete"), cells("1", "", "true"), cells("99", "delete"))
	got := postFile(t, b.Server, file).want(t, 200)
	if got.body != `{"success":false,"reposToDelete":[{"id":7,"description":"/jira/repos/*"},{"id":9,"description":"handbook"}]}` {
		t.Errorf("answer: %s", got.body)
	}
	b.advance(time.Minute)
	get(t, b.Server, integrationPath+"/1").want(t, 200, `"disabled":false`) // nothing was applied
	thread := begun(t, postFile(t, b.Server, file, "7", "9", "99", "12"))
	b.advance(25 * time.Millisecond)
	if p := progress(t, b.Server, thread); !p.Finished {
		t.Errorf("not finished: %v", p)
	} else if diff := cmp.Diff([]string{
		"Removing repository /jira/repos/*", "Removing repository ssh://git@bitbucket.acme.example:7999/docs/handbook.git",
		"Updating repository https://api.github.com", "!Repository with id=99 does not exist",
	}, p.messages()); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if e := export(t, b.Server); len(e.order) != 12 {
		t.Errorf("rows right after the end: %v", e.order)
	}
	b.advance(20 * time.Millisecond)
	if ids := strings.Join(export(t, b.Server).order, " "); ids != "1 2 3 4 5 6 10 11 12" {
		t.Errorf("ids: %s", ids) // 8 was found by 7
	}
}

// TestConfirmingAPart: "repositories won't be deleted if it's not in this list".
func TestConfirmingAPart(t *testing.T) {
	t.Parallel()
	b := startBulk(t)
	b.doImport(t, tsv(cells("id", "delete"), cells("9", "delete"), cells("1", "delete")), "9")
	get(t, b.Server, integrationPath+"/1").want(t, 200)
	if _, there := export(t, b.Server).rows["9"]; there {
		t.Error("9 is still there")
	}
}

func TestRowsFailByThemselves(t *testing.T) {
	t.Parallel()
	b := startBulk(t)
	got := b.doImport(t, tsv(
		cells("id", "disabled", "projectMapping", "maxMinsToCommitEmail", "tagsFilter", "awsRegion", "apiFilter", "apiPath"),
		cells("1", "perhaps"), cells("2", "", "1"), cells("3", "", "10000;2"), cells("4", "", "", "-1"), cells("5", "", "", "", "("),
		cells("10", "", "", "", "", "mars"), cells("6", "", "", "", "", "", "[?("), cells("11", "", "", "", "", "", "", "x"),
		cells("x", "true"), cells("12", "true"),
	))
	failures := slices.DeleteFunc(slices.Clone(got), func(m string) bool { return !strings.HasPrefix(m, "!") })
	want := []string{
		"!java.lang.IllegalArgumentException: cannot read disabled 'perhaps'", "!Project with id=1 does not exist",
		"!java.lang.IllegalArgumentException: cannot read projectMapping '10000;2'",
		"!java.lang.IllegalArgumentException: cannot read maxMinsToCommitEmail '-1'",
		"!tagsFilter is not a valid regular expression", "!Unknown AWS region 'mars'", "!apiFilter is not a valid JMESPath expression",
		"!apiPath must start with '/'", "!java.lang.IllegalArgumentException: cannot read id 'x'",
	}
	if diff := cmp.Diff(want, failures); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
	get(t, b.Server, integrationPath+"/12").want(t, 200, `"disabled":true`)
}

func TestUploadsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := demo(t)
	for file, want := range map[string]string{
		"":                          "The header row is missing",
		"<html>\n":                  "The header row is missing",
		"id\tdisplayName\n1\t\"x\n": "The quotes that begin in line 2 do not end",
	} {
		postFile(t, s, file).want(t, 400, `{"success":false,"error":"`+want, `"advice":"`)
	}
	body, kind := upload(t, "id\n")
	header := map[string]string{"Content-Type": kind, "X-Atlassian-Token": "no-check"}
	q := request{method: http.MethodPost, path: importPath, header: header}
	q.body = strings.ReplaceAll(body, `name="file"`, `name="files"`)
	send(t, s, q).want(t, 400, "File is required")
	q.body = body[:len(body)/2]
	send(t, s, q).want(t, 400)
	q.header = map[string]string{"Content-Type": "text/plain", "X-Atlassian-Token": "no-check"}
	send(t, s, q).want(t, 415)
	get(t, s, progressPath).want(t, 400)
	get(t, s, exportPath+"/1").want(t, 404)
	send(t, s, request{method: http.MethodDelete, path: exportPath}).want(t, 405)
}

// TestProgressFollowsTheClock: what an import has done follows from when it began.
func TestProgressFollowsTheClock(t *testing.T) {
	t.Parallel()
	b := startBulk(t, "import-step=10s")
	thread := begun(t, postFile(t, b.Server, tsv(cells("id", "disabled"), cells("1", "true"), cells("2", "true"), cells("3", "true"))))
	if thread != 142 {
		t.Errorf("thread: %d", thread)
	}
	for done := range 4 {
		p := progress(t, b.Server, thread)
		if len(p.ProgressEntries) != done || p.Finished != (done == 3) {
			t.Errorf("after %d steps: %+v", done, p)
		}
		touched, err := b.Touched()
		if err != nil || len(touched) != done {
			t.Errorf("touched after %d steps: %v, %v", done, touched, err)
		}
		b.advance(10 * time.Second)
	}
	get(t, b.Server, progressPath+"142").want(t, 200, `{"success":false,"finished":true,"progressEntries":[{"prcntDouble":0.0,"prcntInteger":0,"error":false,`)
	get(t, b.Server, progressPath+"7").want(t, 200, `"success":false,"error":`)
	if next := begun(t, postFile(t, b.Server, "id\tdisabled\n1\tfalse\n")); next != 143 {
		t.Errorf("next thread: %d", next)
	}
	if ids, err := b.Imports(); err != nil || !slices.Equal(ids, []int64{142, 143}) {
		t.Errorf("imports: %v, %v", ids, err)
	}
}

// TestImportsOutliveTheServer stops the server in the midst of an import and looks at it with another one.
func TestImportsOutliveTheServer(t *testing.T) {
	t.Parallel()
	file, c := stateFile(t), newClock()
	first := start(t, sandbox.Options{StateFile: file, Now: c.now, Faults: []string{"import-step=10s"}})
	rows := tsv(cells("id", "origin", "disabled", "delete"), cells("1", "", "true"), cells("", "git@h:a.git"), cells("5", "", "", "delete"))
	thread := begun(t, postFile(t, first, rows, "5"))
	c.advance(15 * time.Second)
	if p := progress(t, first, thread); len(p.ProgressEntries) != 1 {
		t.Errorf("messages: %v", p.messages())
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, sandbox.Options{StateFile: file, Now: c.now})
	put(t, second, "2", `{"displayName":"written meanwhile"}`).want(t, 200)
	c.advance(time.Minute)
	if p := progress(t, second, thread); !p.Finished || len(p.ProgressEntries) != 4 {
		t.Errorf("messages: %v", p.messages())
	}
	ids := strings.Join(export(t, second).order, " ")
	if ids != "1 2 3 4 6 7 8 9 10 11 12 13" {
		t.Errorf("ids: %s", ids)
	}
	get(t, second, integrationPath+"/1").want(t, 200, `"disabled":true`)
}

// TestAnImportTouchesWhatItLists: what is listed is indexed again, whether it changes or not.
func TestAnImportTouchesWhatItLists(t *testing.T) {
	t.Parallel()
	b := startBulk(t)
	before := get(t, b.Server, integrationPath+"/2").body
	b.doImport(t, "id\tdisabled\n2\tfalse\n3\tfalse\n")
	touched, err := b.Touched()
	if diff := cmp.Diff(map[int64]int{2: 1, 3: 1}, touched); err != nil || diff != "" {
		t.Errorf("touched: %s, %v", diff, err)
	}
	if after := get(t, b.Server, integrationPath+"/2").body; after == before {
		t.Error("the index date is the same")
	}
}
