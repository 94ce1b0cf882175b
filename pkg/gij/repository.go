package gij

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// Repository is what the server says of a repository: one that was added on its own, or one that an integration found (a nested
// one). A nil field was not in the answer. No answer holds a secret.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/retrieve-repository-list-gij-self-managed/.
type Repository struct {
	ID                        int64    `json:"id"` // of one id space with integrations
	Group                     *string  `json:"group"`
	DisplayName               string   `json:"displayName"`
	Origin                    string   `json:"origin"`
	MainBranch                *string  `json:"mainBranch"`
	Root                      *string  `json:"root"` // of the clone, as a path on the Jira server
	RealRoot                  *string  `json:"realRoot"`
	AbsoluteRoot              *bool    `json:"absoluteRoot"`
	Disabled                  *bool    `json:"disabled"`
	EnableFetches             *bool    `json:"enableFetches"`
	SendCommitEmails          *bool    `json:"sendCommitEmails"`
	MaxMinsToCommitEmail      *int64   `json:"maxMinsToCommitEmail"` // minutes
	Global                    *bool    `json:"global"`
	Hosted                    *bool    `json:"hosted"` // on the Jira server itself
	InitDate                  *Millis  `json:"initDate"`
	LastIndexedDate           *Millis  `json:"lastIndexedDate"` // nil until the first index is done
	RevisionIndexing          *bool    `json:"revisionIndexing"`
	GitViewerEnabled          *bool    `json:"gitViewerEnabled"`
	DisableSSLVerification    *bool    `json:"disableSslVerification"`
	SmartCommitsEnabled       *bool    `json:"smartCommitsEnabled"`
	WebLinkType               *string  `json:"webLinkType"`
	ViewFormat                *string  `json:"viewFormat"`
	ChangesetFormat           *string  `json:"changesetFormat"`
	FileAddedFormat           *string  `json:"fileAddedFormat"`
	FileModifiedFormat        *string  `json:"fileModifiedFormat"`
	FileDeletedFormat         *string  `json:"fileDeletedFormat"`
	MergeRequestFormat        *string  `json:"mergeRequestFormat"`
	BranchLinkFormat          *string  `json:"branchLinkFormat"`
	CommitsValidationRequired *bool    `json:"commitsValidationRequired"`
	TagsFilter                *string  `json:"tagsFilter"`
	PRHideFilter              *string  `json:"prHideFilter"`
	RequireUserPat            *bool    `json:"requireUserPat"`
	ProjectMappingIDs         *[]int64 `json:"projectMappingIds"`
	// TrackedFolderID is the id of the integration that the repository belongs to, 0 for none.
	TrackedFolderID int64 `json:"trackedFolderId"`
	// Type is that of the integration, "" for a repository that belongs to none.
	Type                      string `json:"integrationType"`
	ShowAllTags               *bool  `json:"showAllTags"`
	SupportsBranchCreationAPI *bool  `json:"supportsBranchCreationApi"`
	SupportsPullRequestAPI    *Word  `json:"supportsPullRequestApi"`
	SourcesDiffViewEnabled    *bool  `json:"sourcesDiffViewEnabled"`
	RefSpecNotes              *bool  `json:"refSpecNotes"`
	RefSpecChanges            *bool  `json:"refSpecChanges"`
	TrustFolderStat           *bool  `json:"trustFolderStat"`

	// In the field table of nested repositories, but in no sample of an answer. What number stands for which state is unknown.
	RefSpecCustom *string `json:"refSpecCustom"`
	RefSpecHeads  *bool   `json:"refSpecHeads"`
	RefSpecTags   *bool   `json:"refSpecTags"`
	State         *Word   `json:"state"`
}

// Word is a text that a server may also send as a number, or as true or false.
type Word string

// UnmarshalJSON decodes a text, and takes what else there is as it is written.
func (w *Word) UnmarshalJSON(data []byte) error {
	*w = Word(text(data))
	return nil
}

// bareRepository has the fields of [Repository] without its methods.
type bareRepository Repository

// UnmarshalJSON decodes a repository.
func (r *Repository) UnmarshalJSON(data []byte) error {
	*r = Repository{}
	if err := json.Unmarshal(data, (*bareRepository)(r)); err != nil {
		return explainDecode(err)
	}
	if r.ID == 0 {
		return errors.New("this is no repository, it has no id")
	}
	return nil
}

// IsNested reports whether the repository belongs to an integration.
func (r *Repository) IsNested() bool { return r.TrackedFolderID != 0 }

// HoldsOriginal reports whether what would be erased with the repository's files is no clone, but the repository itself: its folder
// is a path outside of GIJ's own, or its origin is one. The vendor warns of both.
func (r *Repository) HoldsOriginal() bool {
	return r.AbsoluteRoot != nil && *r.AbsoluteRoot || r.Hosted != nil && *r.Hosted || isPath(r.Origin)
}

// isPath knows the paths of Unix and Windows and file URLs.
func isPath(origin string) bool {
	return strings.HasPrefix(origin, "/") || strings.HasPrefix(origin, `\\`) || strings.HasPrefix(strings.ToLower(origin), "file:") ||
		len(origin) > 2 && origin[1] == ':' && (origin[2] == '\\' || origin[2] == '/')
}

// Compare holds what the server shows against what a spec asks for.
func (r *Repository) Compare(spec RepositorySpec) Comparison {
	return compareValues(spec.Values(), r.Shown)
}

// Shown returns the value of a request field in the answer, and whether the answer has it. A text that the server leaves
// out when it is not set counts as shown, with the value "".
func (r *Repository) Shown(key string) (any, bool) {
	switch key {
	case "displayName":
		return r.DisplayName, true
	case "origin":
		return r.Origin, true
	}
	mirror := r.mirror()
	for _, slot := range mirror.slots() {
		if slot.key != key {
			continue
		}
		value := slot.get()
		if value == nil && (omittedWhenUnset(key) || isLinkFormat(key)) {
			value = ""
		}
		return value, value != nil
	}
	return nil, false
}

// isLinkFormat knows the texts of web links, which the answer to the vendor's request with empty ones lacks.
func isLinkFormat(key string) bool {
	return slices.Contains([]string{
		"webLinkType", "viewFormat", "changesetFormat", "fileAddedFormat", "fileModifiedFormat", "fileDeletedFormat",
		"mergeRequestFormat", "branchLinkFormat",
	}, key)
}

// mirror puts the answer into the fields of a request.
func (r *Repository) mirror() RepositorySpec {
	return RepositorySpec{
		MainBranch: r.MainBranch, RealRoot: r.RealRoot, AbsoluteRoot: r.AbsoluteRoot, Disabled: r.Disabled,
		EnableFetches: r.EnableFetches, SendCommitEmails: r.SendCommitEmails, MaxMinsToCommitEmail: r.MaxMinsToCommitEmail,
		Global: r.Global, RevisionIndexing: r.RevisionIndexing, GitViewerEnabled: r.GitViewerEnabled,
		DisableSSLVerification: r.DisableSSLVerification, SmartCommitsEnabled: r.SmartCommitsEnabled,
		WebLinkType: r.WebLinkType, ViewFormat: r.ViewFormat, ChangesetFormat: r.ChangesetFormat,
		FileAddedFormat: r.FileAddedFormat, FileModifiedFormat: r.FileModifiedFormat, FileDeletedFormat: r.FileDeletedFormat,
		MergeRequestFormat: r.MergeRequestFormat, BranchLinkFormat: r.BranchLinkFormat,
		CommitsValidationRequired: r.CommitsValidationRequired, TagsFilter: r.TagsFilter, PRHideFilter: r.PRHideFilter,
		ProjectMappingIDs: r.ProjectMappingIDs, SourcesDiffViewEnabled: r.SourcesDiffViewEnabled,
		RefSpecNotes: r.RefSpecNotes, RefSpecChanges: r.RefSpecChanges, RefSpecCustom: r.RefSpecCustom,
		TrustFolderStat: r.TrustFolderStat,
	}
}
