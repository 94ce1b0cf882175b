package sandbox

import (
	"slices"
	"strconv"
	"strings"
)

// Columns of a GitHub App, by the names of the vendor's Javadoc. Their names in a TSV are [U] in the contract.
const (
	columnPEM           = "githubAppPem"
	columnClientSecret  = "githubAppClientSecret"
	columnWebhookSecret = "githubAppWebhookSecret"
	columnAppSecret     = "githubAppSecret"
	columnSuspended     = "githubAppSuspended"
	appPrefix           = "githubApp"
)

// documentedColumns are the 43 columns, in the order of the vendor's page on the export.
func documentedColumns() []string {
	return strings.Fields(`id realRoot absoluteRoot origin displayName enableFetches revisionIndexing mainBranch username
		password pat gitViewerEnabled projectMapping smartCommitsEnabled sendCommitEmails maxMinsToCommitEmail webLinkType
		viewFormat changesetFormat fileAddedFormat fileModifiedFormat fileDeletedFormat mergeRequestFormat branchLinkFormat
		disabled hosted tagsFilter integrationType trackedFolderId delete sshKeyId requireUserPat sourcesDiffViewEnabled
		sslVerify apiPath apiFilter tfsCollection awsRegion trustFolderStat refSpecNotes refSpecChanges refSpecCustom
		prHideFilter`)
}

// appColumns are the properties of a GitHub App.
func appColumns() []string {
	return strings.Fields(`githubAppId githubAppInstallationId githubAppPem githubAppClientId githubAppClientSecret
		githubAppWebhookSecret githubAppSecret githubAppSlug githubAppName githubAppHtmlUrl githubAppOrg githubAppSuspended`)
}

// extraColumns are values of REST answers that no page on the TSV has, and one that nobody knows.
func extraColumns() []string {
	return []string{"folderDepth", "group", "lastIndexedDate", "x-future"}
}

// bulkColumn is a column of the sandbox's bulk change: what it is, and what the server calls it.
type bulkColumn struct {
	key  string // the documented name, or the Javadoc's
	name string
}

// bulkColumns are the columns of this server, those included that its export leaves out.
func (c *call) bulkColumns() []bulkColumn {
	var all []bulkColumn
	for _, key := range documentedColumns() {
		all = append(all, bulkColumn{key, key})
	}
	for _, key := range appColumns() {
		if name := c.appColumn(key); name != "" {
			all = append(all, bulkColumn{key, name})
		}
	}
	if c.faults.has("extra-columns") {
		for _, key := range extraColumns() {
			all = append(all, bulkColumn{key, key})
		}
	}
	return all
}

// appColumn is the knob app-columns; "" is a column that the server does not have.
func (c *call) appColumn(key string) string {
	switch c.faults.value("app-columns") {
	case "prefixed":
		return "gha" + strings.TrimPrefix(key, appPrefix)
	case "odd":
		if key == columnPEM {
			return "githubAppPrivateKey"
		}
	case "pem-only":
		if key != columnPEM {
			return ""
		}
	case "none":
		return ""
	}
	return key
}

// exportColumns are the columns of the export.
func (c *call) exportColumns() []bulkColumn {
	all := c.bulkColumns()
	if c.faults.value("export-pem") == "absent" {
		all = slices.DeleteFunc(all, func(column bulkColumn) bool { return column.key == columnPEM })
	}
	if c.faults.value("app-suspended") == "hidden" {
		all = slices.DeleteFunc(all, func(column bulkColumn) bool { return column.key == columnSuspended })
	}
	return all
}

// columnKey returns what a header's name means, "" if it means nothing. The vendor's pages misspell two columns, which
// are taken as well ([U] in the contract).
func columnKey(known []bulkColumn, name string) string {
	switch name {
	case "weblinkType":
		name = "webLinkType"
	case "gitViewerEnable":
		name = "gitViewerEnabled"
	}
	for _, column := range known {
		if column.name == name {
			return column.key
		}
	}
	return ""
}

// isSecretColumn reports whether a column holds what REST never shows and an export may encrypt.
func isSecretColumn(key string) bool {
	switch key {
	case "password", "pat", columnPEM, columnClientSecret, columnWebhookSecret, columnAppSecret:
		return true
	}
	return false
}

// flag returns the setting of a plain boolean column, nil for any other column.
func (r *row) flag(key string) *bool {
	switch key {
	case "revisionIndexing":
		return &r.RevisionIndexing
	case "gitViewerEnabled":
		return &r.GitViewerEnabled
	case "smartCommitsEnabled":
		return &r.SmartCommitsEnabled
	case "sendCommitEmails":
		return &r.SendCommitEmails
	case "disabled":
		return &r.Disabled
	case "requireUserPat":
		return &r.RequireUserPat
	case "sourcesDiffViewEnabled":
		return &r.SourcesDiffViewEnabled
	case "trustFolderStat":
		return &r.TrustFolderStat
	case "refSpecNotes":
		return &r.RefSpecNotes
	case "refSpecChanges":
		return &r.RefSpecChanges
	}
	return nil
}

// isBoolColumn reports whether a column holds true or false.
func isBoolColumn(key string) bool {
	switch key {
	case "absoluteRoot", "enableFetches", "sslVerify", "hosted":
		return true
	}
	return new(row).flag(key) != nil
}

// optional returns the setting of a text column that REST shows only when it is set, nil for any other column.
func (r *row) optional(key string) **string {
	switch key {
	case "tagsFilter":
		return &r.TagsFilter
	case "prHideFilter":
		return &r.PrHideFilter
	case "apiPath":
		return &r.APIPath
	case "apiFilter":
		return &r.APIFilter
	case "refSpecCustom":
		return &r.RefSpecCustom
	}
	return nil
}

// cell returns what a row has in a column, as the file writes it. Secrets and what a knob decides are not here: the
// export adds them.
func (r *row) cell(key string) string {
	if flag := r.flag(key); flag != nil {
		return strconv.FormatBool(*flag)
	}
	if setting := r.optional(key); setting != nil {
		if *setting == nil {
			return ""
		}
		return **setting
	}
	switch key {
	case "id":
		return strconv.FormatInt(r.ID, 10)
	case "origin":
		return r.Origin
	case "displayName":
		return r.DisplayName
	case "projectMapping":
		return r.projectMapping()
	case "maxMinsToCommitEmail":
		return strconv.FormatInt(r.MaxMinsToCommitEmail, 10)
	case "sslVerify":
		return strconv.FormatBool(!r.DisableSslVerification)
	case "tfsCollection":
		return r.TfsCollection
	case "awsRegion":
		return r.AwsRegion
	case "hosted":
		return strconv.FormatBool(r.Type == "FILESPACE")
	case "enableFetches":
		if value := r.Columns[key]; value != "" {
			return value
		}
		return "true"
	}
	if strings.HasPrefix(key, appPrefix) {
		return r.appCell(key)
	}
	if value, ok := r.repositoryCell(key); ok {
		return value
	}
	return r.Columns[key]
}

func (r *row) projectMapping() string {
	if r.Global {
		return "ALL"
	}
	return joinIDs(r.Projects)
}

func joinIDs(ids []int64) string {
	var b []byte
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	return string(b)
}

// repositoryCell returns what only repositories have, and the columns that no page names.
func (r *row) repositoryCell(key string) (string, bool) {
	switch key {
	case "folderDepth":
		return number(r.FolderDepth), true
	case "lastIndexedDate":
		return number(r.LastIndexed), true
	}
	if r.Repository == nil {
		return "", false
	}
	switch key {
	case "realRoot":
		return r.Repository.RealRoot, true
	case "mainBranch":
		return r.Repository.MainBranch, true
	case "trackedFolderId":
		return number(r.Repository.TrackedFolderID), true
	case "group":
		return r.Repository.Group, true
	}
	return "", false
}

// number writes a number, and nothing for 0.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func (r *row) appCell(key string) string {
	if r.GitHubApp == nil {
		return ""
	}
	switch key {
	case "githubAppId":
		return number(r.GitHubApp.ID)
	case "githubAppInstallationId":
		return number(r.GitHubApp.InstallationID)
	case "githubAppSlug":
		return r.GitHubApp.Slug
	case "githubAppName":
		return r.GitHubApp.Name
	case "githubAppHtmlUrl":
		return r.GitHubApp.HTMLURL
	case "githubAppOrg":
		return r.GitHubApp.Org
	case columnSuspended:
		return "false"
	}
	return r.Columns[key]
}
