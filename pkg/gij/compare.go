package gij

import (
	"net/url"
	"slices"
	"strings"
)

// Comparison says how an object on the server relates to a spec, by REST key in the order of the vendor's sample.
type Comparison struct {
	Same      []string
	Different []string
	NotShown  []string // the answer does not hold the field: secrets, and what the server leaves out
}

// Compare holds what the server shows against what a spec asks for.
func (i *Integration) Compare(spec IntegrationSpec) Comparison {
	return compareValues(spec.Values(), i.Shown)
}

func compareValues(wanted []Value, shownOf func(key string) (any, bool)) Comparison {
	var c Comparison
	for _, want := range wanted {
		got, shown := shownOf(want.Key)
		switch {
		case same(want.Key, want.Value, got, shown):
			c.Same = append(c.Same, want.Key)
		case !shown:
			c.NotShown = append(c.NotShown, want.Key)
		default:
			c.Different = append(c.Different, want.Key)
		}
	}
	return c
}

// Shown returns the value of a request field in the answer, and whether the answer has it. A text that the server leaves
// out when it is not set counts as shown, with the value "".
func (i *Integration) Shown(key string) (any, bool) {
	value, _ := i.shown(key)
	return value, value != nil
}

// shown returns the value of a request field (nil where the answer lacks it) and whether answers can have the field.
func (i *Integration) shown(key string) (value any, known bool) {
	switch key {
	case "displayName":
		return i.DisplayName, true
	case "origin":
		return i.Origin, true
	case "type":
		return i.Type, true
	}
	mirror := i.mirror()
	for _, slot := range mirror.slots() {
		if slot.key != key {
			continue
		}
		value = slot.get()
		if value == nil && omittedWhenUnset(key) {
			value = ""
		}
		return value, !slot.isSecret() && key != "username"
	}
	return nil, false
}

// mirror puts the answer into the fields of a request.
func (i *Integration) mirror() IntegrationSpec {
	return IntegrationSpec{
		Disabled: i.Disabled, SendCommitEmails: i.SendCommitEmails, MaxMinsToCommitEmail: i.MaxMinsToCommitEmail,
		Global: i.Global, RevisionIndexing: i.RevisionIndexing, GitViewerEnabled: i.GitViewerEnabled,
		DisableSSLVerification: i.DisableSSLVerification, SmartCommitsEnabled: i.SmartCommitsEnabled,
		TagsFilter: i.TagsFilter, PRHideFilter: i.PRHideFilter, RequireUserPat: i.RequireUserPat,
		ProjectMappingIDs: i.ProjectMappingIDs, SourcesDiffViewEnabled: i.SourcesDiffViewEnabled,
		APIPath: i.APIPath, APIFilter: i.APIFilter, RefSpecNotes: i.RefSpecNotes, RefSpecChanges: i.RefSpecChanges,
		RefSpecCustom: i.RefSpecCustom, TrustFolderStat: i.TrustFolderStat, FolderDepth: i.FolderDepth,
		AWSRegion: i.AWSRegion, TFSCollection: i.TFSCollection,
	}
}

// same compares by meaning: "" is the same as absent, project ids are a set, an origin may end in a slash.
func same(key string, want, got any, shown bool) bool {
	switch want := want.(type) {
	case string:
		text, _ := got.(string)
		return shown && (want == text || key == "origin" && SameOrigin(want, text))
	case []int64:
		ids, ok := got.([]int64)
		return ok && slices.Equal(asSet(want), asSet(ids))
	case bool, int64:
		return shown && want == got
	}
	return false
}

// omittedWhenUnset reports whether an answer without the key means that the text is not set. That is inferred: samples
// show these four when they are set, as "" when they once were, and not at all otherwise.
func omittedWhenUnset(key string) bool {
	return slices.Contains([]string{"tagsFilter", "prHideFilter", "apiPath", "apiFilter"}, key)
}

func asSet(ids []int64) []int64 {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// SameOrigin reports whether two origins of integrations mean the same place: the case of scheme and host, and one
// slash at the end, make no difference. That the server treats them so is inferred.
func SameOrigin(a, b string) bool { return a == b || NormalOrigin(a) == NormalOrigin(b) }

// NormalOrigin returns the one form of an origin that all of the same meaning share.
func NormalOrigin(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return s
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u.String()
}
