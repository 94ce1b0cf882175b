package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/sandbox"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

// TestJSONKeys has the keys of -o json a second time, on purpose: programs depend on them. A key that is added is added
// here; one that is taken away or renamed breaks somebody. A key with ? may be absent.
func TestJSONKeys(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		view any
		want string
	}{
		"integration": {integrationView{}, `id displayName origin type root? realRoot? absoluteRoot? disabled? sendCommitEmails?
			maxMinsToCommitEmail? global? initDate? lastIndexedDate? revisionIndexing? gitViewerEnabled? disableSslVerification?
			smartCommitsEnabled? tagsFilter? prHideFilter? requireUserPat? projectMappingIds? showAllTags? sourcesDiffViewEnabled?
			apiPath? apiFilter? refSpecNotes? refSpecChanges? refSpecCustom? trustFolderStat? folderDepth? awsRegion? tfsCollection?
			githubAppId? githubAppInstallationId? githubAppOrg? githubAppName? githubAppSlug? githubAppHtmlUrl? githubAppSuspended?`},
		"change": {changeView{}, "action object? id? type displayName? fields warnings? notes? requests"},
		"repository": {repositoryView{}, `id displayName group? origin type? trackedFolderId? mainBranch? root? realRoot? absoluteRoot?
			disabled? state? enableFetches? sendCommitEmails? maxMinsToCommitEmail? global? projectMappingIds? hosted? initDate?
			lastIndexedDate? revisionIndexing? gitViewerEnabled? disableSslVerification? smartCommitsEnabled? webLinkType? viewFormat?
			changesetFormat? fileAddedFormat? fileModifiedFormat? fileDeletedFormat? mergeRequestFormat? branchLinkFormat?
			commitsValidationRequired? tagsFilter? prHideFilter? requireUserPat? showAllTags? supportsBranchCreationApi?
			supportsPullRequestApi? sourcesDiffViewEnabled? refSpecHeads? refSpecTags? refSpecNotes? refSpecChanges? refSpecCustom?
			trustFolderStat?`},
		"field":                {fieldView{}, "field from to"},
		"request":              {gij.Request{}, "method path body?"},
		"result":               {resultView{}, "id type displayName result error?"},
		"integration type":     {typeView{}, "type name required credentials optional defaultOrigin? deprecated? remark? example"},
		"account":              {accountView{}, "context? url urlFrom credentialFrom user displayName permission"},
		"context":              {contextView{}, "name current url? user? credential? caFile? clientCert? clientKey? headerFile?"},
		"context result":       {contextResultView{}, "name result"},
		"index":                {indexView{}, "state percent? errors reason?"},
		"index error":          {indexErrorView{}, "name message"},
		"api request":          {apiView{}, "method path contentType? size?"},
		"bulk file":            {fileCheckView{}, "file rows integrations childRepositories repositories githubApps repaired warnings problems"},
		"bulk export":          {bulkExportView{}, "file rows integrations repositories childRepositories githubApps redacted dropped fillIn"},
		"row left out":         {droppedView{}, "id? kind displayName"},
		"row to fill in":       {fillInView{}, "id? kind displayName columns"},
		"problem of a file":    {problemView{}, "line character severity code column? id? message remedy?"},
		"change by a file":     {bulkChangeView{}, "action line? id? kind type? displayName? origin? fields with? warnings? notes?"},
		"cell":                 {cellView{}, "field from to secret? notShown?"},
		"result of an import":  {bulkResultView{}, "backup threads rows unchanged held losses messages"},
		"row of an import":     {bulkRowView{}, "line? id? action kind displayName origin result fields notShown message?"},
		"held secret":          {heldView{}, "id? line? displayName column reason"},
		"loss":                 {lossView{}, "id? displayName column? reason"},
		"status of an import":  {bulkStatusView{}, "thread finished errors entries"},
		"message of an import": {bulkEntryView{}, "percent error message"},
		"filter":               {filterView{}, "type source filter in out counts size? explanations?"},
		"filtered repository":  {filteredView{}, "result name fullName? size?"},
		"filter counts":        {filterCounts{}, "in out"},
		"filter sizes":         {filterSizes{}, "in out unknown"},
		"filter explanation":   {explanationView{}, "column? message remedy?"},
		"reindex":              {reindexView{}, "id? type? displayName? threadId? result percent? messages errors reason?"},
		"message of an index":  {indexEntryView{}, "name percent? error message details?"},
		"status of an index":   {indexStatusView{}, "threadId? id? finished percent? messages errors"},
		"commit":               {commitView{}, "id date author repositoryId? repository? branches message merge? notes? files?"},
		"file of a commit":     {commitFileView{}, "path linesAdded linesChanged linesDeleted added deleted"},
		"branch":               {branchView{}, "name repositoryId? repository? hasCommits? ahead? behind? url?"},
		"tag":                  {tagView{}, "name commitId repositoryId repository date? message? committerName? committerEmail?"},
		"issues of a commit":   {linkView{}, "repositoryId commitId issueKeys"},
		"settings":             {settingsView{}, "altJiraBaseUrl notShown"},
		"result of a fleet":    {fleetResultView{}, "action id? type displayName result fields notShown error? integration?"},
		"finding":              {findingView{}, "check status message remedy"},
		"version":              {versionView{}, "version commit? date? go platform"},
		"sandbox status":       {sandbox.Status{}, "path exists seed? created? integrations repositories projects"},
		"sandbox serve":        {serveView{}, "url token user password userToken managerToken webhookSecret githubUrl app?"},
		"served app":           {servedApp{}, "id clientId org slug name installationId pemFile"},
		"created app":          {createdAppView{}, "appId clientId slug name org host path keyFingerprint htmlUrl installUrl settingsUrl permissions events"},
		"form of an app":       {appFormView{}, "file org host name expires finish"},
		"installation":         {installationView{}, "installationId account appId slug repositorySelection permissions events suspended suspendedBy? createdAt? updatedAt? htmlUrl"},
		"app": {ghaView{}, `appId? clientId? name slug? org host installationId? suspended? keyFingerprint? known integrationId? integrationName?
			integrationDisabled? neverIndexed? gijSuspended? gijKey? gijKeyFingerprint? status inferred message remedy`},
		"app in full": {ghaDetailView{}, "app webhook installations requests"},
		"app on GitHub": {gitHubAppView{}, `id slug name clientId owner ownerType description externalUrl htmlUrl createdAt updatedAt permissions events
			installationsCount?`},
		"webhook of an app":   {webhookView{}, "url contentType insecureSsl"},
		"request for an app":  {requestView{}, "id account requester createdAt"},
		"suspension":          {suspensionView{}, "suspendedAt? integrationId? integrationDisabled? gijSuspended?"},
		"finding of an audit": {auditFinding{}, "app appId check severity expected actual message remedy"},
		"baseline": {baseline{}, `version saved host owner id clientId slug name permissions events webhook installations keyFingerprint gijKeyFingerprint?
			integrationId?`},
		"webhook of a baseline": {baselineHook{}, "url hash contentType insecureSsl"},
		"deleted app":           {deletedAppView{}, "appId slug name org host result integrationId? path? forgotten"},
		"rotation of a key": {rotationView{}, `integrationId displayName host appId appSlug org pemColumn oldKeyFingerprint newKeyFingerprint outcome verifiedBy notShown
			index? threads backup? deletePage oldKeyRevoked localKeyReplaced pemFileRemoved message?`},
		"error":              {render.Error{}, "code message hint? help? status? details? warnings?"},
		"detail of an error": {render.Detail{}, "file? line? column? severity? code? message? remedy? id? name?"},
	} {
		if diff := cmp.Diff(strings.Fields(c.want), jsonKeys(reflect.TypeOf(c.view))); diff != "" {
			t.Errorf("%s: the keys have changed; one that is added is typed in this test, too (-want +got):\n%s", name, diff)
		}
	}
}

// jsonKeys lists the keys of a struct, with ? where it can be left out.
func jsonKeys(typ reflect.Type) []string {
	var keys []string
	for field := range typ.Fields() {
		tag, found := field.Tag.Lookup("json")
		if !found || tag == "-" || !field.IsExported() {
			continue
		}
		key, options, _ := strings.Cut(tag, ",")
		if strings.Contains(options, "omit") {
			key += "?"
		}
		keys = append(keys, key)
	}
	return keys
}

// TestRequestFieldsAreShown: every field of a request that the server can show is in the JSON of its object by the same key.
func TestRequestFieldsAreShown(t *testing.T) {
	t.Parallel()
	for view, fields := range map[reflect.Type][]gijspec.Field{
		reflect.TypeFor[integrationView](): gijspec.Fields(), reflect.TypeFor[repositoryView](): gijspec.RepositoryFields(),
	} {
		keys := strings.ReplaceAll(strings.Join(jsonKeys(view), " ")+" ", "?", "")
		for _, field := range fields {
			if shown := strings.Contains(" "+keys, " "+field.Key+" "); shown != (field.Echo != gijspec.EchoNever) {
				t.Errorf("%s: %s is shown: %t", view.Name(), field.Key, shown)
			}
		}
	}
}

// TestColumnsAreJSONKeys: what --columns takes is what -o json has.
func TestColumnsAreJSONKeys(t *testing.T) {
	t.Parallel()
	check(t, integrationList(time.Time{}), integrationView{})
	check(t, listOfRepositories(time.Time{}), repositoryView{})
	check(t, changeList(), changeView{})
	check(t, resultList(), resultView{})
	check(t, typeList(), typeView{})
	check(t, accountList(), accountView{})
	check(t, contextList(), contextView{})
	check(t, contextResultList(), contextResultView{})
	check(t, findingList(), findingView{})
	check(t, apiList(), apiView{})
	check(t, bulkExportList(), bulkExportView{})
	check(t, statusList(), sandbox.Status{})
	check(t, serveList(), serveView{})
	check(t, bulkChangeList(false), bulkChangeView{})
	check(t, bulkRowList(false), bulkRowView{})
	check(t, bulkEntryList(), bulkEntryView{})
	check(t, reindexList(), reindexView{})
	check(t, indexEntryList(), indexEntryView{})
	check(t, commitList(), commitView{})
	check(t, branchList(), branchView{})
	check(t, tagList(), tagView{})
	check(t, linkList(), linkView{})
	check(t, settingsList(), settingsView{})
	check(t, filteredList(), filteredView{})
	check(t, fleetResultList(), fleetResultView{})
	check(t, createdAppList(), createdAppView{})
	check(t, appFormList(), appFormView{})
	check(t, installationList(), installationView{})
	check(t, deletedAppList(), deletedAppView{})
	check(t, ghaList(), ghaView{})
	check(t, auditList(), auditFinding{})
	check(t, rotationList(), rotationView{})
}

func check[T any](t *testing.T, list render.List[*T], view T) {
	t.Helper()
	var columns []string
	for _, c := range list.Columns {
		columns = append(columns, c.Key)
	}
	for _, key := range jsonKeys(reflect.TypeOf(view)) {
		key = strings.TrimSuffix(key, "?")
		at := slices.Index(columns, key)
		if at < 0 {
			if key != "credentials" && key != "requests" { // these are no cell
				t.Errorf("%T: the key %s has no column", view, key)
			}
			continue
		}
		columns = slices.Delete(columns, at, at+1)
	}
	if len(columns) > 0 {
		t.Errorf("%T: the columns %q are no keys", view, columns)
	}
}

// TestErrorCodes has the table a second time, on purpose, and looks for it in the documentation.
func TestErrorCodes(t *testing.T) {
	t.Parallel()
	want := map[string]int{
		"failed": 1, "usage": 2, "invalid_input": 2, "changes_pending": 3, "auth": 4, "not_found": 5, "partial": 6,
		"conflict": 7, "guard": 7, "still_running": 8, "interrupted": 130,
	}
	got := map[string]int{}
	for _, e := range exitCodes() {
		if _, twice := got[e.code]; twice {
			t.Errorf("the code %s is there twice", e.code)
		}
		if e.meaning == "" {
			t.Errorf("the code %s has no meaning", e.code)
		}
		got[e.code] = e.status
		if exitStatus(e.code) != e.status {
			t.Errorf("exitStatus(%q) is %d, not %d", e.code, exitStatus(e.code), e.status)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("exit statuses (-want +got):\n%s", diff)
	}
	for kind := range gij.KindUnknown + 1 {
		if code := (&gij.Error{Kind: kind}).Code(); got[code] == 0 {
			t.Errorf("the code %q of an error of the client has no exit status", code)
		}
	}
	if exitStatus("no code of ours") != 1 {
		t.Error("an unknown code is not a failure")
	}
}

func TestDocsHaveEveryCode(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if got := gijctl(t, nil, "docs", folder); got.status != 0 {
		t.Fatal(got.stderr)
	}
	data, err := os.ReadFile(filepath.Join(folder, "exit-codes.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	for _, e := range exitCodes() {
		if !strings.Contains(page, "| `"+e.code+"` | "+e.meaning+" |\n") {
			t.Errorf("exit-codes.md has no row for %s", e.code)
		}
	}
	for _, cmd := range tree() {
		name := filepath.Join(folder, "reference", pageName(cmd))
		if _, err := os.Stat(name); (err == nil) == cmd.Hidden {
			t.Errorf("%s: page %v, hidden %t", cmd.CommandPath(), err, cmd.Hidden)
		}
	}
}

// TestErrorObjectIsTheLastLine: what a program reads after any failure.
func TestErrorObjectIsTheLastLine(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-o", "json", "integration", "lst"},
		{"integration", "list", "-ojson"},
		{"integration", "list", "--nope", "--output=json"},
		{"integration", "get", "--output", "json"},
		{"--sandbox", "integration", "get", "99", "-o=json"},
		{"--sandbox", "integration", "add", "--yes", "-o", "json"},
		{"integration", "list", "--columns", "x", "-qo", "json"},
	} {
		got := gijctl(t, nil, args...)
		var object struct{ Error render.Error }
		if err := json.Unmarshal([]byte(got.stderr), &object); err != nil || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%q: stderr is not one object on one line: %q", args, got.stderr)
		}
		if exitStatus(object.Error.Code) != got.status || got.status == 0 || got.stdout != "" {
			t.Errorf("%q: exit status %d, stdout %q, stderr %q", args, got.status, got.stdout, got.stderr)
		}
	}
}
