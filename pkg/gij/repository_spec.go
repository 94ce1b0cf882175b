package gij

import "github.com/gijctl/gijctl/pkg/secret"

// RepositorySpec is what a request says of a repository. A nil field is not sent; false, 0 and "" are.
//
// It encodes to JSON with its secrets as "[redacted]", as [IntegrationSpec] does. See
// https://help.gitkraken.com/git-integration-for-jira-data-center/add-new-repository-gij-self-managed/.
type RepositorySpec struct {
	DisplayName *string
	Origin      *string
	MainBranch  *string
	// RealRoot is the folder of the clone on the Jira server: below data/git-plugin of Jira's home, or with AbsoluteRoot a path. Each
	// needs the other, says the vendor's table; its own sample has AbsoluteRoot alone.
	RealRoot                  *string
	AbsoluteRoot              *bool
	Disabled                  *bool
	EnableFetches             *bool // false for an origin on the Jira server itself
	SendCommitEmails          *bool
	MaxMinsToCommitEmail      *int64 // minutes
	Global                    *bool  // associated with all projects; ProjectMappingIDs is then ignored
	RevisionIndexing          *bool
	GitViewerEnabled          *bool
	Username                  *string
	Password                  *secret.Value
	Pat                       *secret.Value
	DisableSSLVerification    *bool
	SmartCommitsEnabled       *bool
	WebLinkType               *string
	ViewFormat                *string
	ChangesetFormat           *string
	FileAddedFormat           *string
	FileModifiedFormat        *string
	FileDeletedFormat         *string
	MergeRequestFormat        *string
	BranchLinkFormat          *string
	CommitsValidationRequired *bool
	TagsFilter                *string // Java regex
	PRHideFilter              *string // Java regex
	ProjectMappingIDs         *[]int64
	SourcesDiffViewEnabled    *bool
	RefSpecNotes              *bool
	RefSpecChanges            *bool
	RefSpecCustom             *string
	TrustFolderStat           *bool
}

// slots is the one list of a repository's REST keys, in the order of the vendor's sample.
func (s *RepositorySpec) slots() []slot {
	return []slot{
		{"displayName", &s.DisplayName},
		{"origin", &s.Origin},
		{"mainBranch", &s.MainBranch},
		{"realRoot", &s.RealRoot},
		{"absoluteRoot", &s.AbsoluteRoot},
		{"disabled", &s.Disabled},
		{"enableFetches", &s.EnableFetches},
		{"sendCommitEmails", &s.SendCommitEmails},
		{"maxMinsToCommitEmail", &s.MaxMinsToCommitEmail},
		{"global", &s.Global},
		{"revisionIndexing", &s.RevisionIndexing},
		{"gitViewerEnabled", &s.GitViewerEnabled},
		{"username", &s.Username},
		{"password", &s.Password},
		{"pat", &s.Pat},
		{"disableSslVerification", &s.DisableSSLVerification},
		{"smartCommitsEnabled", &s.SmartCommitsEnabled},
		{"webLinkType", &s.WebLinkType},
		{"viewFormat", &s.ViewFormat},
		{"changesetFormat", &s.ChangesetFormat},
		{"fileAddedFormat", &s.FileAddedFormat},
		{"fileModifiedFormat", &s.FileModifiedFormat},
		{"fileDeletedFormat", &s.FileDeletedFormat},
		{"mergeRequestFormat", &s.MergeRequestFormat},
		{"branchLinkFormat", &s.BranchLinkFormat},
		{"commitsValidationRequired", &s.CommitsValidationRequired},
		{"tagsFilter", &s.TagsFilter},
		{"prHideFilter", &s.PRHideFilter},
		{"projectMappingIds", &s.ProjectMappingIDs},
		{"sourcesDiffViewEnabled", &s.SourcesDiffViewEnabled},
		{"refSpecNotes", &s.RefSpecNotes},
		{"refSpecChanges", &s.RefSpecChanges},
		{"refSpecCustom", &s.RefSpecCustom},
		{"trustFolderStat", &s.TrustFolderStat},
	}
}

// Values lists the fields that are set, in the order of the vendor's sample.
func (s *RepositorySpec) Values() []Value { return valuesOf(s.slots()) }

// IsEmpty reports whether no field is set.
func (s *RepositorySpec) IsEmpty() bool { return len(s.Values()) == 0 }

// Set gives the field with this REST key a value, as [IntegrationSpec.Set] does.
func (s *RepositorySpec) Set(key string, value any) error {
	return setSlot(s.slots(), "a repository", key, value)
}

// Only returns a copy with the fields named by keys.
func (s *RepositorySpec) Only(keys ...string) RepositorySpec {
	var only RepositorySpec
	copySlots(only.slots(), s.slots(), keys)
	return only
}

// Without returns a copy that lacks the fields named by keys.
func (s *RepositorySpec) Without(keys ...string) RepositorySpec {
	rest := *s
	clearSlots(rest.slots(), keys)
	return rest
}

// MarshalJSON encodes the fields that are set, secrets as "[redacted]".
func (s RepositorySpec) MarshalJSON() ([]byte, error) { return encodeValues(s.Values(), false) }

// UnmarshalJSON decodes a request body. A key that is no field is an error, as is a value of another kind.
func (s *RepositorySpec) UnmarshalJSON(data []byte) error { return decodeFields(data, s.Set) }

// encodeUpdate writes the body of an update, in which the id is among the fields.
func (s *RepositorySpec) encodeUpdate(id int64, reveal bool) ([]byte, error) {
	return encodeValues(append([]Value{{"id", id}}, s.Values()...), reveal)
}
