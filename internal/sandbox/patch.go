package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
)

// patch is the body of POST and PUT: what was sent, nil for what was not.
type patch struct {
	Type, Origin, DisplayName                    *string
	Pat, Username, Password                      *string
	APIPath, APIFilter, TagsFilter, PrHideFilter *string
	RefSpecCustom, AwsRegion, TfsCollection      *string
	Disabled, Global                             *bool
	SendCommitEmails, DisableSslVerification     *bool
	RequireUserPat, GitViewerEnabled             *bool
	SmartCommitsEnabled, SourcesDiffViewEnabled  *bool
	RevisionIndexing, TrustFolderStat            *bool
	RefSpecNotes, RefSpecChanges                 *bool
	MaxMinsToCommitEmail, FolderDepth            *int64
	ProjectMappingIDs                            *[]int64
}

// readPatch decodes a body. Keys are compared exactly, as Jackson does and encoding/json's structs do not. Unknown keys
// are ignored: the vendor's own samples send some (limitGitData, id, integrationType).
func readPatch(body []byte) (patch, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(body, &keys); err != nil {
		return patch{}, malformed{err}
	}
	if keys == nil {
		return patch{}, malformed{errors.New("no content to map to an object")}
	}
	var p patch
	for key, target := range p.targets() {
		raw, ok := keys[key]
		if !ok {
			continue
		}
		// A null leaves the pointer nil: not sent.
		if err := json.Unmarshal(raw, target); err != nil {
			return patch{}, malformed{fmt.Errorf("cannot deserialize the value of %q: %w", key, err)}
		}
	}
	return p, nil
}

func (p *patch) targets() map[string]any {
	return map[string]any{
		"type": &p.Type, "origin": &p.Origin, "displayName": &p.DisplayName,
		"pat": &p.Pat, "username": &p.Username, "password": &p.Password,
		"apiPath": &p.APIPath, "apiFilter": &p.APIFilter,
		"tagsFilter": &p.TagsFilter, "prHideFilter": &p.PrHideFilter,
		"refSpecCustom": &p.RefSpecCustom, "awsRegion": &p.AwsRegion, "tfsCollection": &p.TfsCollection,
		"disabled": &p.Disabled, "global": &p.Global,
		"sendCommitEmails": &p.SendCommitEmails, "disableSslVerification": &p.DisableSslVerification,
		"requireUserPat": &p.RequireUserPat, "gitViewerEnabled": &p.GitViewerEnabled,
		"smartCommitsEnabled": &p.SmartCommitsEnabled, "sourcesDiffViewEnabled": &p.SourcesDiffViewEnabled,
		"revisionIndexing": &p.RevisionIndexing, "trustFolderStat": &p.TrustFolderStat,
		"refSpecNotes": &p.RefSpecNotes, "refSpecChanges": &p.RefSpecChanges,
		"maxMinsToCommitEmail": &p.MaxMinsToCommitEmail, "folderDepth": &p.FolderDepth,
		"projectMappingIds": &p.ProjectMappingIDs,
	}
}

// secrets returns the credentials that were sent. An empty one counts as not sent ([U] in the contract; the web form
// says to fill it in if it changed).
func (p *patch) secrets() map[string]string {
	sent := map[string]string{}
	for field, value := range map[string]*string{"pat": p.Pat, "username": p.Username, "password": p.Password} {
		if value != nil && *value != "" {
			sent[field] = *value
		}
	}
	return sent
}

// defaultFeatures are the settings of an integration that is added without naming them. The vendor's pages disagree on
// sendCommitEmails; this is what the documentation of the request class says. sourcesDiffViewEnabled is [U] in the
// contract; every sample has true.
func defaultFeatures() features {
	return features{
		MaxMinsToCommitEmail: 1440, RevisionIndexing: true, GitViewerEnabled: true, SmartCommitsEnabled: true,
		SourcesDiffViewEnabled: true, RefSpecNotes: true,
	}
}

// mergeInto overwrites the settings that were sent.
func (p *patch) mergeInto(f *features) {
	set(&f.SendCommitEmails, p.SendCommitEmails)
	set(&f.MaxMinsToCommitEmail, p.MaxMinsToCommitEmail)
	set(&f.RevisionIndexing, p.RevisionIndexing)
	set(&f.GitViewerEnabled, p.GitViewerEnabled)
	set(&f.DisableSslVerification, p.DisableSslVerification)
	set(&f.SmartCommitsEnabled, p.SmartCommitsEnabled)
	set(&f.RequireUserPat, p.RequireUserPat)
	set(&f.SourcesDiffViewEnabled, p.SourcesDiffViewEnabled)
	set(&f.RefSpecNotes, p.RefSpecNotes)
	set(&f.RefSpecChanges, p.RefSpecChanges)
	set(&f.TrustFolderStat, p.TrustFolderStat)
	set(&f.TfsCollection, p.TfsCollection)
	setPointer(&f.TagsFilter, p.TagsFilter)
	setPointer(&f.PrHideFilter, p.PrHideFilter)
	setPointer(&f.APIPath, p.APIPath)
	setPointer(&f.APIFilter, p.APIFilter)
	setPointer(&f.RefSpecCustom, p.RefSpecCustom)
}

func set[T any](target, value *T) {
	if value != nil {
		*target = *value
	}
}

func setPointer[T any](target **T, value *T) {
	if value != nil {
		*target = value
	}
}
