package cli

import (
	"fmt"
	"strings"
)

// apiOperation is one operation of GIJ's REST API that a page of the vendor documents, with what of gijctl is for it.
// TestAPICoverage holds the names against the code, and cmd/gijctl/coverage_test.go the paths against what the scripts sent.
type apiOperation struct {
	method  string
	path    string // below /rest/gitplugin, {x} for a part that varies; a query that it must have
	page    string // of the vendor, the last part of its address
	client  string // Service.Method of pkg/gij
	command string
	script  string // testdata/script/NAME.txtar, which sends it
}

// vendorPages is what the addresses of the vendor's pages begin with, and vendorPageEnd what they end with.
const (
	vendorPages   = "https://help.gitkraken.com/git-integration-for-jira-data-center/"
	vendorPageEnd = "-gij-self-managed/"
)

// apiOperations lists every documented operation, in the order of the vendor's index of the API. What is only seen in logs or in the
// code of others is left to gijctl api.
func apiOperations() []apiOperation {
	return append(configurationOperations(), indexOperations()...)
}

func configurationOperations() []apiOperation {
	return []apiOperation{
		{"GET", "/1.0/integration", "retrieve-integration-list", "Integrations.All", "integration list", "list"},
		{"GET", "/1.0/integration/{id}", "retrieve-an-integration", "Integrations.Get", "integration get", "get"},
		{"POST", "/1.0/integration", "add-new-integration", "Integrations.Create", "integration add", "add"},
		{"PUT", "/1.0/integration/{id}", "update-existing-integration", "Integrations.Update", "integration update", "update"},
		{
			"PUT", "/1.0/repository/{id}/disable?disable={disable}", "enable-disable-existing-integration-api", "Integrations.SetDisabled",
			"integration disable", "switch",
		},
		{"DELETE", "/1.0/integration/{id}?deleteFiles={deleteFiles}", "remove-integration", "Integrations.Delete", "integration remove", "remove"},

		{"GET", "/1.0/repository", "retrieve-repository-list", "Repositories.All", "repository list", "repository"},
		{"POST", "/1.0/repository", "add-new-repository", "Repositories.Create", "repository add", "repository"},
		{"PUT", "/1.0/repository", "update-existing-repository", "Repositories.Update", "repository update", "repository"},
		{"PUT", "/1.0/repository", "update-nested-repository-api", "Repositories.Update", "repository update", "repository_nested"},
		{
			"PUT", "/1.0/repository/{id}/disable?disable={disable}", "enable-disable-existing-repository-api", "Repositories.SetDisabled",
			"repository disable", "repository",
		},
		{"DELETE", "/1.0/repository?id={id}", "delete-existing-repository", "Repositories.Delete", "repository remove", "repository"},

		{"GET", "/1.0/configuration", "bulk-export", "Bulk.Export", "bulk export", "bulk_export"},
		{"POST", "/1.0/configuration", "bulk-import", "Bulk.Import", "bulk import", "bulk_import"},
		{"GET", "/1.0/configuration/progress?thread_id={thread}", "get-bulk-import-information", "Bulk.Progress", "bulk status", "bulk_status"},
		{"POST", "/1.0/global-settings", "github-app-integration", "Settings.SetAltJiraBaseURL", "settings set", "settings"},
	}
}

func indexOperations() []apiOperation {
	return []apiOperation{
		{"POST", "/2.0/reindex", "reindex-post-api", "Reindex.Start", "reindex start", "reindex"},
		{"POST", "/1.0/index", "reindex-api-to-trigger-indexing", "Reindex.Start", "reindex start", "reindex"},
		{"GET", "/1.0/index", "reindex-get-api", "Reindex.StatusOf", "reindex status", "reindex"},
		{"POST", "/webhook/1.0/reindex/{secret}", "creating-reindex-triggers-for-a-single-repository", "Reindex.Trigger", "reindex trigger", "webhook"},

		{"GET", "/1.0/issues/{key}/commits", "get-commits", "Issues.Commits", "issue commits", "issue"},
		{"GET", "/1.0/issues/branches?key={key}", "branches-api", "Issues.Branches", "issue branches", "issue"},
		{"GET", "/1.0/issuegitdetails/issue/{key}", "branches-api", "Issues.Details", "issue branches", "issue"},
		{"GET", "/1.0/issuegitdetails/issue/{key}/tag?tagsPerRepository={n}", "tags-api", "Issues.Tags", "issue tags", "issue"},
		{"GET", "/1.0/repository/{id}/commits/{hash}/issues", "get-commit-issue-changes", "Issues.IssuesOf", "issue links", "issue"},
		{"POST", "/1.0/repository/{id}/commits/{hash}/issues", "update-commit-issue-changes", "Issues.ChangeIssues", "issue link", "issue"},
	}
}

// apiCoveragePage is the table of the documented operations.
func apiCoveragePage() string {
	var b strings.Builder
	b.WriteString(`# The documented API and gijctl

Made by ` + "`make docs`" + ` from the table in ` + "`internal/cli/docs_api.go`" + `. Each operation of GIJ's REST API that the vendor documents has a method
of the client, a command, and a script that sends it to the sandbox; one that is missing fails the tests. The paths are below
` + "`/rest/gitplugin`" + `. Other paths are reached by [gijctl api](gijctl_api.md).

| operation | page | client | command | test |
|---|---|---|---|---|
`)
	for _, o := range apiOperations() {
		fmt.Fprintf(&b, "| `%s %s` | [%s](%s) | `%s` | [%s](%s) | [%s](../../testdata/script/%s.txtar) |\n",
			o.method, o.path, o.page, vendorPages+o.page+vendorPageEnd, o.client, o.command,
			"gijctl_"+strings.ReplaceAll(o.command, " ", "_")+".md", o.script, o.script)
	}
	return b.String()
}
