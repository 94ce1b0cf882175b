package gijspec

import (
	"slices"
	"strings"
)

// Type is an integration type as the REST field "type" has it (a response calls it "integrationType").
type Type string

// The integration types. The vendor's list has no value for Bitbucket, and none for a GitHub App (unknown what the
// server shows for one), so a Type read from a server may be none of these.
const (
	GitHub             Type = "GITHUB"
	GitHubServer       Type = "GITHUB_SERVER"
	GitLab             Type = "GITLAB"
	GitLabServer       Type = "GITLAB_SERVER"
	GitLabServerLegacy Type = "GITLAB_SERVER_LEGACY"
	Filespace          Type = "FILESPACE"
	TFSServer          Type = "TFS_SERVER"
	AzureDevOps        Type = "AZURE_DEVOPS"
	Azure              Type = "AZURE"
	VSTS               Type = "VSTS"
	AWS                Type = "AWS"
	Gerrit             Type = "GERRIT"
)

// Info describes one integration type: what it is, what a request for it needs, and what the server was seen to answer.
//
// https://help.gitkraken.com/git-integration-for-jira-data-center/add-new-integration-type-api-examples-gij-self-managed/
type Info struct {
	// Type is the value of the REST field "type".
	Type Type
	// Name is short, for tables: "GitHub.com and GitHub Enterprise Cloud".
	Name string
	// Remark is what a person should know before choosing the type; "" if nothing.
	Remark string
	// Required are the REST keys that a create request always needs, besides "type" and the credentials.
	Required []string
	// Credentials are alternatives, each a set of REST keys; one complete set is needed. Empty: the type needs none.
	Credentials [][]string
	// Optional are the type-specific keys that a request may have.
	Optional []string
	// DefaultOrigin is the origin that the server fills in; "" when there is none or it is unknown.
	// It is for showing and comparing only and is never sent.
	DefaultOrigin string
	// DefaultName is the display name that the server was seen to make; "" when unknown.
	DefaultName string
	// Echoes are the keys that the server shows for this type beside the common ones.
	Echoes []string
	// Deprecated says why the type should not be used, and what instead; "" if it may.
	Deprecated string
	// Example is a minimal create request as one line of JSON; a secret in it is "…".
	Example string
}

// ServerName returns the display name that the server was seen to make for a create request without one, "" when unknown.
// For AWS it holds the region: git-codecommit.us-west-2.
func (i Info) ServerName(awsRegion string) string {
	if i.Type == AWS && awsRegion != "" {
		return "git-codecommit." + awsRegion
	}
	return i.DefaultName
}

// Types returns all integration types in the vendor's documented order.
func Types() []Info {
	types := slices.Clone(typeTable())
	for n := range types {
		types[n] = types[n].copied()
	}
	return types
}

func cloudAndServerTypes() []Info {
	return []Info{
		{
			Type:   GitHub,
			Name:   "GitHub.com and GitHub Enterprise Cloud",
			Remark: "GitHub has not accepted a password for its API since 2020-11-13: use pat. A GitHub App is not made by this request.",
			// username+password is documented in the API reference; the current examples dropped it.
			Credentials:   [][]string{{"pat"}, {"username", "password"}},
			Optional:      []string{"origin", "apiPath", "apiFilter"},
			DefaultOrigin: "https://api.github.com",
			DefaultName:   "https://github.com/*",
			Example:       `{"type":"GITHUB","pat":"…","displayName":"GitHub"}`,
		},
		{
			Type:     GitHubServer,
			Name:     "GitHub Enterprise Server",
			Required: []string{"origin"},
			// username+password appears only in the 2022 edition of the examples.
			Credentials: [][]string{{"pat"}, {"username", "password"}},
			Optional:    []string{"apiPath", "apiFilter"},
			Example:     `{"type":"GITHUB_SERVER","origin":"https://github.example.com","pat":"…","displayName":"GitHub Enterprise"}`,
		},
		{
			Type:          GitLab,
			Name:          "GitLab.com",
			Credentials:   [][]string{{"pat"}},
			Optional:      []string{"origin", "apiPath", "apiFilter"},
			DefaultOrigin: "https://gitlab.com",
			DefaultName:   "https://gitlab.com/*",
			Example:       `{"type":"GITLAB","pat":"…","displayName":"GitLab"}`,
		},
		{
			Type:        GitLabServer,
			Name:        "GitLab CE/EE (API v4)",
			Required:    []string{"origin"},
			Credentials: [][]string{{"pat"}},
			Optional:    []string{"apiPath", "apiFilter"},
			Example:     `{"type":"GITLAB_SERVER","origin":"https://gitlab.example.com","pat":"…","displayName":"GitLab"}`,
		},
		{
			Type:        GitLabServerLegacy,
			Name:        "GitLab CE/EE (API v3)",
			Required:    []string{"origin"},
			Credentials: [][]string{{"username", "password"}},
			// The API path is documented for "GitHub and GitLab integrations"; whether that means API v3 too is unknown.
			Optional:   []string{"apiPath", "apiFilter"},
			Deprecated: "the vendor dropped support for GitLab API v3 by March 2024; use GITLAB_SERVER with a pat",
			Example:    `{"type":"GITLAB_SERVER_LEGACY","origin":"https://gitlab.example.com","username":"jira","password":"…"}`,
		},
		{
			Type:     Filespace,
			Name:     "Tracked folder on the Jira server",
			Remark:   "origin is a folder on the Jira server, such as /jira/repos/* or D:\\repos\\*. Without folderDepth the server takes 1; GitLab hashed storage needs 3.",
			Required: []string{"origin"},
			Optional: []string{"folderDepth", "apiFilter"},
			Echoes:   []string{"root", "realRoot", "absoluteRoot"},
			Example:  `{"type":"FILESPACE","origin":"/jira/repos/*","folderDepth":1}`,
		},
	}
}

func microsoftAndOtherTypes() []Info {
	return []Info{
		{
			Type:        TFSServer,
			Name:        "Team Foundation Server",
			Remark:      `With a pat the username is the word "all". Without tfsCollection all collections below /tfs are scanned.`,
			Required:    []string{"origin"},
			Credentials: [][]string{{"username", "password"}, {"username", "pat"}},
			Optional:    []string{"tfsCollection", "apiFilter"},
			Example:     `{"type":"TFS_SERVER","origin":"https://tfs.example.com/tfs","username":"all","pat":"…"}`,
		},
		{
			// Inferred (strong): the field table swaps the labels of AZURE and AZURE_DEVOPS, but every sample and the
			// type reference agree on the reading here.
			Type:        AzureDevOps,
			Name:        "Azure DevOps Server (on premises)",
			Remark:      "The vendor's field table swaps the labels of AZURE and AZURE_DEVOPS. AZURE_DEVOPS is the server in your network; for dev.azure.com use AZURE.",
			Required:    []string{"origin"},
			Credentials: [][]string{{"pat"}, {"username", "password"}},
			Optional:    []string{"tfsCollection", "apiFilter"},
			Example:     `{"type":"AZURE_DEVOPS","origin":"https://azuredevops.example.com/","pat":"…","displayName":"Azure DevOps Server"}`,
		},
		{
			Type:          Azure,
			Name:          "Azure DevOps Services (dev.azure.com)",
			Remark:        "The vendor's field table swaps the labels of AZURE and AZURE_DEVOPS. AZURE is dev.azure.com; for a server in your network use AZURE_DEVOPS.",
			Credentials:   [][]string{{"pat"}},
			Optional:      []string{"origin", "tfsCollection", "apiFilter"},
			DefaultOrigin: "https://dev.azure.com",
			DefaultName:   "https://dev.azure.com",
			Example:       `{"type":"AZURE","pat":"…"}`,
		},
		{
			Type:        VSTS,
			Name:        "Visual Studio Team Services (visualstudio.com)",
			Credentials: [][]string{{"pat"}},
			Optional:    []string{"origin", "tfsCollection", "apiFilter"},
			// The origin is unknown; the name was seen on a screenshot.
			DefaultName: "https://visualstudio.com",
			Example:     `{"type":"VSTS","pat":"…","displayName":"Visual Studio"}`,
		},
		{
			Type:        AWS,
			Name:        "AWS CodeCommit",
			Remark:      "username is the access key id, password the secret access key. The display name that the server makes holds the region (git-codecommit.us-west-2).",
			Required:    []string{"awsRegion"},
			Credentials: [][]string{{"username", "password"}},
			Optional:    []string{"origin"},
			Example:     `{"type":"AWS","username":"ACCESS-KEY-ID","password":"…","awsRegion":"us-east-1"}`,
		},
		{
			Type:        Gerrit,
			Name:        "Gerrit",
			Remark:      "The display name is the origin unless one is given. Changes are read with refSpecChanges.",
			Required:    []string{"origin"},
			Credentials: [][]string{{"username", "password"}},
			Optional:    []string{"apiFilter"},
			Example:     `{"type":"GERRIT","origin":"https://gerrit.example.com","username":"jira","password":"…","refSpecNotes":true,"refSpecChanges":true}`,
		},
	}
}

// Lookup returns the type with exactly this name (upper case, as the server has it) and whether there is one.
// For a misspelt name see [NearestType].
func Lookup(name string) (Info, bool) {
	info, found := infoOf(Type(name))
	return info.copied(), found
}

// TypeNames returns the values that the field "type" can have, in documented order.
func TypeNames() []string {
	types := allTypes()
	names := make([]string, len(types))
	for i, typ := range types {
		names[i] = string(typ)
	}
	return names
}

// allTypes is the order of Types without its text: a table of fields needs it often.
func allTypes() [12]Type {
	return [...]Type{
		GitHub, GitHubServer, GitLab, GitLabServer, GitLabServerLegacy, Filespace, TFSServer, AzureDevOps, Azure,
		VSTS, AWS, Gerrit,
	}
}

// Uses reports whether the type uses the field with this REST key; false for a key that is no field.
func (i Info) Uses(key string) bool {
	field, ok := integrationTable().byKey(key)
	return ok && field.appliesTo(i.Type)
}

// Needs says in a few words, for tables, what a create request needs: "origin, pat or username+password".
func (i Info) Needs() string {
	parts := append([]string(nil), i.Required...)
	if credentials := i.credentialWords(); credentials != "" {
		parts = append(parts, credentials)
	}
	return strings.Join(parts, ", ")
}

// credentialWords is the credential part of Needs: "pat or username+password".
func (i Info) credentialWords() string {
	alternatives := make([]string, len(i.Credentials))
	for n, set := range i.Credentials {
		alternatives[n] = strings.Join(set, "+")
	}
	return strings.Join(alternatives, " or ")
}
