package gij

import "github.com/gijctl/gijctl/pkg/secret"

// IntegrationSpec is what a request says of an integration. A nil field is not sent; false, 0 and "" are.
//
// It encodes to JSON with its secrets as "[redacted]", so that a plan or a log can hold one; only the client itself
// sends them. See https://help.gitkraken.com/git-integration-for-jira-data-center/add-new-integration-gij-self-managed/.
type IntegrationSpec struct {
	DisplayName            *string
	Origin                 *string
	Type                   *string // cannot be changed later
	Username               *string // AWS: the access key id
	Password               *secret.Value
	Pat                    *secret.Value // a token of the Git host
	Disabled               *bool
	SendCommitEmails       *bool
	MaxMinsToCommitEmail   *int64 // minutes
	Global                 *bool  // associated with all projects; ProjectMappingIDs is then ignored
	RevisionIndexing       *bool
	GitViewerEnabled       *bool
	DisableSSLVerification *bool
	SmartCommitsEnabled    *bool
	TagsFilter             *string // Java regex
	PRHideFilter           *string // Java regex
	RequireUserPat         *bool
	ProjectMappingIDs      *[]int64
	SourcesDiffViewEnabled *bool
	APIPath                *string
	APIFilter              *string // JMESPath
	RefSpecNotes           *bool
	RefSpecChanges         *bool
	RefSpecCustom          *string
	TrustFolderStat        *bool
	FolderDepth            *int64 // 1 to 5
	AWSRegion              *string
	TFSCollection          *string
}

// slots is the one list of an integration's REST keys, in the order of the vendor's sample.
func (s *IntegrationSpec) slots() []slot {
	return []slot{
		{"displayName", &s.DisplayName},
		{"origin", &s.Origin},
		{"type", &s.Type},
		{"username", &s.Username},
		{"password", &s.Password},
		{"pat", &s.Pat},
		{"disabled", &s.Disabled},
		{"sendCommitEmails", &s.SendCommitEmails},
		{"maxMinsToCommitEmail", &s.MaxMinsToCommitEmail},
		{"global", &s.Global},
		{"revisionIndexing", &s.RevisionIndexing},
		{"gitViewerEnabled", &s.GitViewerEnabled},
		{"disableSslVerification", &s.DisableSSLVerification},
		{"smartCommitsEnabled", &s.SmartCommitsEnabled},
		{"tagsFilter", &s.TagsFilter},
		{"prHideFilter", &s.PRHideFilter},
		{"requireUserPat", &s.RequireUserPat},
		{"projectMappingIds", &s.ProjectMappingIDs},
		{"sourcesDiffViewEnabled", &s.SourcesDiffViewEnabled},
		{"apiPath", &s.APIPath},
		{"apiFilter", &s.APIFilter},
		{"refSpecNotes", &s.RefSpecNotes},
		{"refSpecChanges", &s.RefSpecChanges},
		{"refSpecCustom", &s.RefSpecCustom},
		{"trustFolderStat", &s.TrustFolderStat},
		{"folderDepth", &s.FolderDepth},
		{"awsRegion", &s.AWSRegion},
		{"tfsCollection", &s.TFSCollection},
	}
}

// Values lists the fields that are set, in the order of the vendor's sample.
func (s *IntegrationSpec) Values() []Value { return valuesOf(s.slots()) }

// IsEmpty reports whether no field is set.
func (s *IntegrationSpec) IsEmpty() bool { return len(s.Values()) == 0 }

// Set gives the field with this REST key a value: a string (also for a secret), bool, int64, []int64 or [secret.Value].
// nil takes the field out. It fails for a key that is no request field and for a value of another kind.
func (s *IntegrationSpec) Set(key string, value any) error {
	return setSlot(s.slots(), "an integration", key, value)
}

// Only returns a copy with the fields named by keys.
func (s *IntegrationSpec) Only(keys ...string) IntegrationSpec {
	var only IntegrationSpec
	copySlots(only.slots(), s.slots(), keys)
	return only
}

// Without returns a copy that lacks the fields named by keys.
func (s *IntegrationSpec) Without(keys ...string) IntegrationSpec {
	rest := *s
	clearSlots(rest.slots(), keys)
	return rest
}

// MarshalJSON encodes the fields that are set, secrets as "[redacted]".
func (s IntegrationSpec) MarshalJSON() ([]byte, error) { return s.encode(false) }

// encode writes the fields in their documented order, which a map would lose.
func (s *IntegrationSpec) encode(reveal bool) ([]byte, error) {
	return encodeValues(s.Values(), reveal)
}

// UnmarshalJSON decodes a request body. A key that is no field is an error, as is a value of another kind.
func (s *IntegrationSpec) UnmarshalJSON(data []byte) error { return decodeFields(data, s.Set) }
