package gijspec

import "slices"

// Kind is the kind of value that a field holds.
type Kind int

// The kinds, with the Go type that [Values] has for each.
const (
	KindText   Kind = iota // string
	KindSecret             // string that must not be shown
	KindBool               // bool
	KindInt                // int64
	KindIDs                // []int64
)

// String names the kind for a person: "text", "secret text", "true or false", "whole number", "list of numbers".
func (k Kind) String() string {
	switch k {
	case KindText:
		return "text"
	case KindSecret:
		return "secret text"
	case KindBool:
		return "true or false"
	case KindInt:
		return "whole number"
	case KindIDs:
		return "list of numbers"
	}
	return "unknown kind"
}

// Echo says whether the server shows a field when the integration is read (GET). It decides what a write can be verified by.
type Echo int

// The echo classes.
const (
	EchoAlways    Echo = iota // every GET sample has it
	EchoWhenSet               // omitted when unset; may be "" once it was set
	EchoUnsampled             // the server's class has it, no sample shows it: it may appear
	EchoNever                 // no sample shows it, on purpose: credentials
)

// String names the class for a person.
func (e Echo) String() string {
	switch e {
	case EchoAlways:
		return "always"
	case EchoWhenSet:
		return "when set"
	case EchoUnsampled:
		return "in no sample"
	case EchoNever:
		return "never"
	}
	return "unknown"
}

// Field describes one field of an integration request.
//
// https://help.gitkraken.com/git-integration-for-jira-data-center/add-new-integration-gij-self-managed/
type Field struct {
	// Key is the REST key, "displayName".
	Key string
	// Flag is the kebab-case of Key, "display-name".
	Flag string
	// Kind is the kind of its value.
	Kind Kind
	// Usage is one line of help, lower case, without a period.
	Usage string
	// Default is what the server takes when a create request omits the field, as text; "" when that is nothing, is
	// filled by the server, or is unknown or contradictory.
	Default string
	// Types are the types that use the field; nil means all.
	Types []Type
	// Echo says whether the server shows it.
	Echo Echo
	// MaxLen is the longest value in characters; 0 means that no limit is documented.
	MaxLen int
}

// appliesTo reports whether typ uses the field.
func (f Field) appliesTo(typ Type) bool {
	return f.Types == nil || slices.Contains(f.Types, typ)
}

// maxFilterLen is the documented limit of apiPath and apiFilter, in characters.
const maxFilterLen = 2000

// Fields returns every documented request field in the order of the vendor's samples; optional keys stand where the
// samples of the responses have them. "limitGitData" is in the vendor's sample and in no table: see [ClassifyKey].
func Fields() []Field { return integrationTable().copied() }

func identityFields() []Field {
	userTypes := []Type{GitHub, GitHubServer, GitLabServerLegacy, TFSServer, AzureDevOps, AWS, Gerrit}
	patTypes := []Type{GitHub, GitHubServer, GitLab, GitLabServer, TFSServer, AzureDevOps, Azure, VSTS}
	return []Field{
		{Key: "displayName", Flag: "display-name", Usage: "name shown in Jira; the server makes one if none is given"},
		{Key: "origin", Flag: "origin", Usage: "URL of the git host, or for FILESPACE a folder on the Jira server; the server fills it in for hosted services"},
		{Key: "type", Flag: "type", Usage: "integration type; it cannot be changed later"},
		{Key: "username", Flag: "username", Usage: "user on the git host, with password; for AWS the access key id; leave it out with a pat (TFS_SERVER: \"all\")", Types: slices.Clone(userTypes), Echo: EchoNever},
		{Key: "password", Flag: "password", Kind: KindSecret, Usage: "password on the git host; for AWS the secret access key", Types: slices.Clone(userTypes), Echo: EchoNever},
		{Key: "pat", Flag: "pat", Kind: KindSecret, Usage: "personal access token of the git host", Types: patTypes, Echo: EchoNever},
		{Key: "awsRegion", Flag: "aws-region", Usage: "AWS region of the CodeCommit repositories", Types: []Type{AWS}, Echo: EchoUnsampled},
		{Key: "tfsCollection", Flag: "tfs-collection", Usage: "single collection to scan; without it all are scanned", Types: []Type{TFSServer, AzureDevOps, Azure, VSTS}, Echo: EchoUnsampled},
		// Contradictory: "required" in the field table, default 1 in the reference, absent from the vendor's own sample.
		{Key: "folderDepth", Flag: "folder-depth", Kind: KindInt, Usage: "levels of folders to scan, 1 to 5; GitLab hashed storage needs 3", Default: "1", Types: []Type{Filespace}, Echo: EchoUnsampled},
	}
}

func behaviourFields() []Field {
	return []Field{
		{Key: "disabled", Flag: "disabled", Kind: KindBool, Usage: "switched off: not indexed, and not to be seen in Jira", Default: "false"},
		// The default contradicts itself: false in the reference, true in the bulk table and in every sample.
		{Key: "sendCommitEmails", Flag: "send-commit-emails", Kind: KindBool, Usage: "send e-mail about new commits; the documented default is contradictory, so say which you want"},
		{Key: "maxMinsToCommitEmail", Flag: "max-mins-to-commit-email", Kind: KindInt, Usage: "oldest commit, in minutes, that is still announced by e-mail", Default: "1440"},
		// Inferred: the default is the one of the user interface.
		{Key: "global", Flag: "global", Kind: KindBool, Usage: "associated with all projects; projectMappingIds must then be empty", Default: "true"},
		{Key: "revisionIndexing", Flag: "revision-indexing", Kind: KindBool, Usage: "index commits", Default: "true"},
		{Key: "gitViewerEnabled", Flag: "git-viewer-enabled", Kind: KindBool, Usage: "show the repository browser", Default: "true"},
		{Key: "disableSslVerification", Flag: "disable-ssl-verification", Kind: KindBool, Usage: "accept any TLS certificate of the git host", Default: "false"},
		{Key: "smartCommitsEnabled", Flag: "smart-commits-enabled", Kind: KindBool, Usage: "act on smart commit commands", Default: "true"},
		{Key: "tagsFilter", Flag: "tags-filter", Usage: "Java regular expression: show only tags that match; empty shows all", Echo: EchoWhenSet},
		{Key: "prHideFilter", Flag: "pr-hide-filter", Usage: "Java regular expression: hide pull requests whose title matches; empty hides none", Types: typesExcept(Filespace), Echo: EchoWhenSet},
		{Key: "requireUserPat", Flag: "require-user-pat", Kind: KindBool, Usage: "each user needs a token of their own to see data", Default: "false"},
		{Key: "projectMappingIds", Flag: "project-mapping-ids", Kind: KindIDs, Usage: "numeric ids of the associated projects; needs global false"},
		// The default is unknown; every sample shows true.
		{Key: "sourcesDiffViewEnabled", Flag: "sources-diff-view-enabled", Kind: KindBool, Usage: "show sources and differences"},
		// The bulk table says false; the request table and the samples say true.
		{Key: "refSpecNotes", Flag: "ref-spec-notes", Kind: KindBool, Usage: "fetch refs/notes/*", Default: "true"},
		{Key: "refSpecChanges", Flag: "ref-spec-changes", Kind: KindBool, Usage: "fetch refs/changes/* (Gerrit)", Default: "false"},
		{Key: "refSpecCustom", Flag: "ref-spec-custom", Usage: "more ref specs, separated by commas: +refs/a/*:refs/a/*", Echo: EchoUnsampled},
		{Key: "apiPath", Flag: "api-path", Usage: "path of the host's API that lists the repositories, beginning with /", Types: []Type{GitHub, GitHubServer, GitLab, GitLabServer, GitLabServerLegacy}, Echo: EchoWhenSet, MaxLen: maxFilterLen},
		{Key: "apiFilter", Flag: "api-filter", Usage: "JMESPath expression that selects repositories from the host's list", Types: typesExcept(AWS), Echo: EchoWhenSet, MaxLen: maxFilterLen},
		// false on Data Center, true on Server; some samples show true.
		{Key: "trustFolderStat", Flag: "trust-folder-stat", Kind: KindBool, Usage: "trust the file system's folder times (unsafe on shared storage)", Default: "false"},
	}
}

func typesExcept(not Type) []Type {
	types := make([]Type, 0, 12)
	for _, typ := range allTypes() {
		if typ != not {
			types = append(types, typ)
		}
	}
	return types
}

// FieldByKey returns the field with exactly this REST key, and whether there is one.
func FieldByKey(key string) (Field, bool) {
	field, found := integrationTable().byKey(key)
	field.Types = slices.Clone(field.Types)
	return field, found
}
