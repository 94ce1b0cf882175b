package gij

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Integration is what the server says of an integration. A nil field was not in the answer: the server leaves out what
// is not set, and versions differ in what they show. No answer holds a secret, nor whether indexing went well.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/retrieve-an-integration-gij-self-managed/.
type Integration struct {
	ID                     int64    `json:"id"` // of one id space with repositories
	DisplayName            string   `json:"displayName"`
	Origin                 string   `json:"origin"`
	Root                   *string  `json:"root"`
	RealRoot               *string  `json:"realRoot"`
	AbsoluteRoot           *bool    `json:"absoluteRoot"`
	Disabled               *bool    `json:"disabled"`
	SendCommitEmails       *bool    `json:"sendCommitEmails"`
	MaxMinsToCommitEmail   *int64   `json:"maxMinsToCommitEmail"` // minutes
	Global                 *bool    `json:"global"`
	InitDate               *Millis  `json:"initDate"`
	LastIndexedDate        *Millis  `json:"lastIndexedDate"` // nil until the first index is done
	RevisionIndexing       *bool    `json:"revisionIndexing"`
	GitViewerEnabled       *bool    `json:"gitViewerEnabled"`
	DisableSSLVerification *bool    `json:"disableSslVerification"`
	SmartCommitsEnabled    *bool    `json:"smartCommitsEnabled"`
	TagsFilter             *string  `json:"tagsFilter"`
	PRHideFilter           *string  `json:"prHideFilter"`
	RequireUserPat         *bool    `json:"requireUserPat"`
	ProjectMappingIDs      *[]int64 `json:"projectMappingIds"`
	// Type is the answer's integrationType (type, where a server says that instead).
	Type                   string  `json:"integrationType"`
	ShowAllTags            *bool   `json:"showAllTags"`
	SourcesDiffViewEnabled *bool   `json:"sourcesDiffViewEnabled"`
	APIPath                *string `json:"apiPath"`
	APIFilter              *string `json:"apiFilter"`
	RefSpecNotes           *bool   `json:"refSpecNotes"`
	RefSpecChanges         *bool   `json:"refSpecChanges"`
	RefSpecCustom          *string `json:"refSpecCustom"`
	TrustFolderStat        *bool   `json:"trustFolderStat"`

	// In the vendor's model, but in no sample of an answer.
	FolderDepth             *int64  `json:"folderDepth"`
	AWSRegion               *string `json:"awsRegion"`
	TFSCollection           *string `json:"tfsCollection"`
	GitHubAppID             *int64  `json:"githubAppId"`
	GitHubAppInstallationID *int64  `json:"githubAppInstallationId"`
	GitHubAppOrg            *string `json:"githubAppOrg"`
	GitHubAppName           *string `json:"githubAppName"`
	GitHubAppSlug           *string `json:"githubAppSlug"`
	GitHubAppHTMLURL        *string `json:"githubAppHtmlUrl"`
	GitHubAppSuspended      *bool   `json:"githubAppSuspended"`

	raw json.RawMessage
}

// Millis is a time that the wire holds as milliseconds since 1970.
type Millis struct{ time.Time }

// UnmarshalJSON decodes milliseconds.
func (m *Millis) UnmarshalJSON(data []byte) error {
	ms, err := strconv.ParseInt(string(data), 10, 64)
	if err != nil {
		return &json.UnmarshalTypeError{Value: "value that is no whole number of milliseconds", Type: reflect.TypeFor[Millis]()}
	}
	m.Time = time.UnixMilli(ms).UTC()
	return nil
}

// answer has the fields of [Integration] without its methods.
type answer Integration

// UnmarshalJSON decodes an integration and keeps the keys that this package does not know.
func (i *Integration) UnmarshalJSON(data []byte) error {
	*i = Integration{}
	if err := json.Unmarshal(data, (*answer)(i)); err != nil {
		return explainDecode(err)
	}
	if i.Type == "" {
		var request struct{ Type string }
		_ = json.Unmarshal(data, &request) // it was just decoded; a type of another kind is no type
		i.Type = request.Type
	}
	i.raw = slices.Clone(data)
	return nil
}

// explainDecode names the key that has another type than it should, without Go's names for it.
func explainDecode(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	if wrong.Field == "" {
		return errors.New("this is no JSON object but a " + wrong.Value)
	}
	return fmt.Errorf("%s: a %s is not expected here", wrong.Field, wrong.Value)
}

// Unknown returns the keys of the answer that this package does not know, without those that hold a secret.
func (i *Integration) Unknown() (map[string]json.RawMessage, error) {
	if i.raw == nil {
		return nil, nil
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(i.raw, &all); err != nil {
		return nil, fmt.Errorf("decode integration: %w", err)
	}
	for key, raw := range all {
		var value any
		_ = json.Unmarshal(raw, &value) // it came out of a decoder
		if i.knows(key) || holdsSecret(key) || nestsSecret(value) {
			delete(all, key)
		}
	}
	return all, nil
}

func (i *Integration) knows(key string) bool {
	known := []string{
		"id", "root", "realRoot", "absoluteRoot", "initDate", "lastIndexedDate", "integrationType", "type", "showAllTags",
		"githubAppId", "githubAppInstallationId", "githubAppOrg", "githubAppName", "githubAppSlug", "githubAppHtmlUrl",
		"githubAppSuspended",
	}
	_, shown := i.shown(key)
	return shown || slices.Contains(known, key)
}

// holdsSecret errs on the careful side: no sample shows such a key, but the vendor's model has getters for them.
func holdsSecret(key string) bool {
	lower := strings.ToLower(key)
	return slices.ContainsFunc([]string{"pat", "pem", "username"}, func(word string) bool { return strings.HasSuffix(lower, word) }) ||
		slices.ContainsFunc([]string{"secret", "password", "token", "credential", "privatekey"}, func(word string) bool {
			return strings.Contains(lower, word)
		})
}

// nestsSecret looks for such a key inside of a value.
func nestsSecret(value any) bool {
	switch v := value.(type) {
	case []any:
		return slices.ContainsFunc(v, nestsSecret)
	case map[string]any:
		for key, inner := range v {
			if holdsSecret(key) || nestsSecret(inner) {
				return true
			}
		}
	}
	return false
}

// IsGitHubApp reports whether the integration belongs to a GitHub App. Which value integrationType has for one, and
// whether the githubApp keys are shown at all, is unknown: the last rule goes by the display name "ORG / APP" that the
// vendor's screenshots show.
func (i *Integration) IsGitHubApp() bool {
	if i.GitHubAppID != nil || i.GitHubAppName != nil || i.GitHubAppSlug != nil || strings.Contains(i.Type, "APP") {
		return true
	}
	org, app, found := strings.Cut(i.DisplayName, " / ")
	return strings.HasPrefix(i.Type, "GITHUB") && found && org != "" && app != "" && !strings.ContainsAny(org, " /:")
}
