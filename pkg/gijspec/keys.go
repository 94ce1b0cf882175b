package gijspec

import "strings"

// KeyClass says what a key of a request document is.
type KeyClass int

// The classes of a key.
const (
	KeyField   KeyClass = iota // a documented request field
	KeyIgnored                 // known, and of no effect in a request
	KeyUnknown                 // not known: a misspelling, or newer than this package
)

// ClassifyKey says whether key is a request field, is known and without effect in a request, or is unknown. For an ignored
// key why is the text of a note, for an unknown one the nearest field (or ""), for a field "".
//
// What the server does with a key that it does not know is unknown (inferred: ignore it, since the vendor's own samples send
// limitGitData, id and integrationType).
func ClassifyKey(key string) (class KeyClass, why string) {
	if _, ok := integrationTable().byKey(key); ok {
		return KeyField, ""
	}
	if why := ignoredBecause(key); why != "" {
		return KeyIgnored, why
	}
	nearest, _ := NearestKey(key)
	return KeyUnknown, nearest
}

func ignoredBecause(key string) string {
	switch key {
	case "limitGitData":
		return "the vendor's sample sends it, but it has had no effect since 2021: git data is always limited to the associated projects"
	case "id":
		return "the server gives the id, and an update takes it from the path"
	case "integrationType":
		return "a response calls the type so; a request has it in type"
	case "initDate", "lastIndexedDate":
		return "only a response has it: the server keeps this time"
	case "showAllTags":
		return "only a response has it: it follows from tagsFilter"
	case "root", "realRoot", "absoluteRoot":
		return "only a response has it: the server derives it from origin"
	case "mainBranch", "enableFetches":
		return "it belongs to a repository, not to an integration"
	case "sshKeyId":
		return "only the bulk TSV sets it"
	case "group", "groupName", "gitLabScanQueryParams":
		return "a response may have it, but it is no documented request field"
	}
	return ignoredAppKey(key)
}

// ignoredAppKey covers the GitHub App properties. Whether a request can set them is unknown; the vendor withdrew their
// setters from the reference in 2023.
func ignoredAppKey(key string) string {
	switch key {
	case "githubAppId", "githubAppInstallationId", "githubAppOrg", "githubAppName", "githubAppSlug", "githubAppHtmlUrl",
		"githubAppClientId", "githubAppClientSecret", "githubAppSecret", "githubAppWebhookSecret", "githubAppPem", "githubAppSuspended":
		return "a GitHub App's properties are no documented request fields; its private key is changed by the bulk TSV"
	}
	return ""
}

// keyAlias maps a name that the vendor uses elsewhere to the REST key. sslVerify is left out on purpose: it is the
// opposite of disableSslVerification, and a suggestion would invite copying the value.
func keyAlias(key string) string {
	switch strings.ToLower(key) {
	case "projectmapping", "projectmappings":
		return "projectMappingIds"
	case "gittagsfilter":
		return "tagsFilter"
	case "token":
		return "pat"
	}
	return ""
}
