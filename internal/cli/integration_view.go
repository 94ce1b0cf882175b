package cli

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

// integrationView is an integration in -o json: the server's keys, except that integrationType is type, as a request has
// it, and times are RFC 3339. What the server leaves out is left out. The keys are a contract.
type integrationView struct {
	ID                      int64      `json:"id"`
	DisplayName             string     `json:"displayName"`
	Origin                  string     `json:"origin"`
	Type                    string     `json:"type"`
	Root                    *string    `json:"root,omitempty"`
	RealRoot                *string    `json:"realRoot,omitempty"`
	AbsoluteRoot            *bool      `json:"absoluteRoot,omitempty"`
	Disabled                *bool      `json:"disabled,omitempty"`
	SendCommitEmails        *bool      `json:"sendCommitEmails,omitempty"`
	MaxMinsToCommitEmail    *int64     `json:"maxMinsToCommitEmail,omitempty"`
	Global                  *bool      `json:"global,omitempty"`
	InitDate                *time.Time `json:"initDate,omitempty"`
	LastIndexedDate         *time.Time `json:"lastIndexedDate,omitempty"`
	RevisionIndexing        *bool      `json:"revisionIndexing,omitempty"`
	GitViewerEnabled        *bool      `json:"gitViewerEnabled,omitempty"`
	DisableSSLVerification  *bool      `json:"disableSslVerification,omitempty"`
	SmartCommitsEnabled     *bool      `json:"smartCommitsEnabled,omitempty"`
	TagsFilter              *string    `json:"tagsFilter,omitempty"`
	PRHideFilter            *string    `json:"prHideFilter,omitempty"`
	RequireUserPat          *bool      `json:"requireUserPat,omitempty"`
	ProjectMappingIDs       *[]int64   `json:"projectMappingIds,omitempty"`
	ShowAllTags             *bool      `json:"showAllTags,omitempty"`
	SourcesDiffViewEnabled  *bool      `json:"sourcesDiffViewEnabled,omitempty"`
	APIPath                 *string    `json:"apiPath,omitempty"`
	APIFilter               *string    `json:"apiFilter,omitempty"`
	RefSpecNotes            *bool      `json:"refSpecNotes,omitempty"`
	RefSpecChanges          *bool      `json:"refSpecChanges,omitempty"`
	RefSpecCustom           *string    `json:"refSpecCustom,omitempty"`
	TrustFolderStat         *bool      `json:"trustFolderStat,omitempty"`
	FolderDepth             *int64     `json:"folderDepth,omitempty"`
	AWSRegion               *string    `json:"awsRegion,omitempty"`
	TFSCollection           *string    `json:"tfsCollection,omitempty"`
	GitHubAppID             *int64     `json:"githubAppId,omitempty"`
	GitHubAppInstallationID *int64     `json:"githubAppInstallationId,omitempty"`
	GitHubAppOrg            *string    `json:"githubAppOrg,omitempty"`
	GitHubAppName           *string    `json:"githubAppName,omitempty"`
	GitHubAppSlug           *string    `json:"githubAppSlug,omitempty"`
	GitHubAppHTMLURL        *string    `json:"githubAppHtmlUrl,omitempty"`
	GitHubAppSuspended      *bool      `json:"githubAppSuspended,omitempty"`
}

func viewIntegration(i gij.Integration) integrationView {
	return integrationView{
		ID: i.ID, DisplayName: i.DisplayName, Origin: i.Origin, Type: i.Type, Root: i.Root, RealRoot: i.RealRoot,
		AbsoluteRoot: i.AbsoluteRoot, Disabled: i.Disabled, SendCommitEmails: i.SendCommitEmails,
		MaxMinsToCommitEmail: i.MaxMinsToCommitEmail, Global: i.Global, InitDate: timeOf(i.InitDate),
		LastIndexedDate: timeOf(i.LastIndexedDate), RevisionIndexing: i.RevisionIndexing, GitViewerEnabled: i.GitViewerEnabled,
		DisableSSLVerification: i.DisableSSLVerification, SmartCommitsEnabled: i.SmartCommitsEnabled, TagsFilter: i.TagsFilter,
		PRHideFilter: i.PRHideFilter, RequireUserPat: i.RequireUserPat, ProjectMappingIDs: i.ProjectMappingIDs,
		ShowAllTags: i.ShowAllTags, SourcesDiffViewEnabled: i.SourcesDiffViewEnabled, APIPath: i.APIPath, APIFilter: i.APIFilter,
		RefSpecNotes: i.RefSpecNotes, RefSpecChanges: i.RefSpecChanges, RefSpecCustom: i.RefSpecCustom,
		TrustFolderStat: i.TrustFolderStat, FolderDepth: i.FolderDepth, AWSRegion: i.AWSRegion, TFSCollection: i.TFSCollection,
		GitHubAppID: i.GitHubAppID, GitHubAppInstallationID: i.GitHubAppInstallationID, GitHubAppOrg: i.GitHubAppOrg,
		GitHubAppName: i.GitHubAppName, GitHubAppSlug: i.GitHubAppSlug, GitHubAppHTMLURL: i.GitHubAppHTMLURL,
		GitHubAppSuspended: i.GitHubAppSuspended,
	}
}

func timeOf(m *gij.Millis) *time.Time {
	if m == nil {
		return nil
	}
	return &m.Time
}

// viewIntegrations yields a view of each integration. It is good until the next one: all are in one place, which saves an
// allocation for each.
func viewIntegrations(all iter.Seq2[gij.Integration, error]) iter.Seq2[*integrationView, error] {
	return func(yield func(*integrationView, error) bool) {
		view := new(integrationView)
		for i, err := range all {
			*view = viewIntegration(i)
			if !yield(view, err) {
				return
			}
		}
	}
}

type integrationColumn = render.Column[*integrationView]

// integrationList declares the columns of integrations; now is what "3 days ago" counts from.
func integrationList(now time.Time) render.List[*integrationView] {
	return render.List[*integrationView]{
		Columns: append(mainColumns(now), detailColumns(now)...),
		Name:    func(v *integrationView) string { return v.DisplayName },
		Empty:   "no integrations",
	}
}

func mainColumns(now time.Time) []integrationColumn {
	return []integrationColumn{
		{Key: "id", Header: "ID", Right: true, Text: func(v *integrationView) string { return strconv.FormatInt(v.ID, 10) }},
		{Key: "type", Header: "TYPE", Keep: true, Text: func(v *integrationView) string { return v.Type }},
		{Key: "displayName", Header: "NAME", Text: func(v *integrationView) string { return v.DisplayName }},
		{Key: "origin", Header: "ORIGIN", Text: func(v *integrationView) string { return v.Origin }},
		{Key: "disabled", Header: "STATE", Keep: true, Text: func(v *integrationView) string { return stateText(v.Disabled) }, Data: flag(func(v *integrationView) *bool { return v.Disabled })},
		{
			Key: "projectMappingIds", Header: "PROJECTS", Text: func(v *integrationView) string { return projectsText(v.Global, v.ProjectMappingIDs) },
			Data: func(v *integrationView) string { return projectsData(v.ProjectMappingIDs) },
		},
		{
			Key: "lastIndexedDate", Header: "LAST INDEXED", Keep: true, Text: func(v *integrationView) string { return relative(v.LastIndexedDate, now, "never") },
			Data: func(v *integrationView) string { return rfc3339(v.LastIndexedDate) },
		},
	}
}

// detailColumns are for -o wide, for one integration on its own, and for --columns.
func detailColumns(now time.Time) []integrationColumn {
	return []integrationColumn{
		wide("apiFilter", "API FILTER", text(func(v *integrationView) *string { return v.APIFilter })),
		wide("apiPath", "API PATH", text(func(v *integrationView) *string { return v.APIPath })),
		wide("smartCommitsEnabled", "SMART COMMITS", flag(func(v *integrationView) *bool { return v.SmartCommitsEnabled })),
		wide("requireUserPat", "USER PAT", flag(func(v *integrationView) *bool { return v.RequireUserPat })),
		wide("gitViewerEnabled", "VIEWER", flag(func(v *integrationView) *bool { return v.GitViewerEnabled })),
		wide("sendCommitEmails", "EMAILS", flag(func(v *integrationView) *bool { return v.SendCommitEmails })),
		more("initDate", "ADDED", func(v *integrationView) string { return relative(v.InitDate, now, "") }, func(v *integrationView) string { return rfc3339(v.InitDate) }),
		more("global", "ALL PROJECTS", flag(func(v *integrationView) *bool { return v.Global }), nil),
		more("maxMinsToCommitEmail", "EMAIL MINUTES", number(func(v *integrationView) *int64 { return v.MaxMinsToCommitEmail }), nil),
		more("revisionIndexing", "REVISIONS", flag(func(v *integrationView) *bool { return v.RevisionIndexing }), nil),
		more("disableSslVerification", "TLS UNCHECKED", flag(func(v *integrationView) *bool { return v.DisableSSLVerification }), nil),
		more("tagsFilter", "TAGS FILTER", text(func(v *integrationView) *string { return v.TagsFilter }), nil),
		more("prHideFilter", "PR HIDE FILTER", text(func(v *integrationView) *string { return v.PRHideFilter }), nil),
		more("showAllTags", "ALL TAGS", flag(func(v *integrationView) *bool { return v.ShowAllTags }), nil),
		more("sourcesDiffViewEnabled", "DIFF VIEW", flag(func(v *integrationView) *bool { return v.SourcesDiffViewEnabled }), nil),
		more("refSpecNotes", "REFS NOTES", flag(func(v *integrationView) *bool { return v.RefSpecNotes }), nil),
		more("refSpecChanges", "REFS CHANGES", flag(func(v *integrationView) *bool { return v.RefSpecChanges }), nil),
		more("refSpecCustom", "REFS CUSTOM", text(func(v *integrationView) *string { return v.RefSpecCustom }), nil),
		more("trustFolderStat", "TRUST STAT", flag(func(v *integrationView) *bool { return v.TrustFolderStat }), nil),
		more("root", "ROOT", text(func(v *integrationView) *string { return v.Root }), nil),
		more("realRoot", "REAL ROOT", text(func(v *integrationView) *string { return v.RealRoot }), nil),
		more("absoluteRoot", "ABSOLUTE ROOT", flag(func(v *integrationView) *bool { return v.AbsoluteRoot }), nil),
		more("folderDepth", "FOLDER DEPTH", number(func(v *integrationView) *int64 { return v.FolderDepth }), nil),
		more("awsRegion", "AWS REGION", text(func(v *integrationView) *string { return v.AWSRegion }), nil),
		more("tfsCollection", "COLLECTION", text(func(v *integrationView) *string { return v.TFSCollection }), nil),
		more("githubAppId", "APP ID", number(func(v *integrationView) *int64 { return v.GitHubAppID }), nil),
		more("githubAppInstallationId", "INSTALLATION ID", number(func(v *integrationView) *int64 { return v.GitHubAppInstallationID }), nil),
		more("githubAppOrg", "APP ORG", text(func(v *integrationView) *string { return v.GitHubAppOrg }), nil),
		more("githubAppName", "APP NAME", text(func(v *integrationView) *string { return v.GitHubAppName }), nil),
		more("githubAppSlug", "APP SLUG", text(func(v *integrationView) *string { return v.GitHubAppSlug }), nil),
		more("githubAppHtmlUrl", "APP PAGE", text(func(v *integrationView) *string { return v.GitHubAppHTMLURL }), nil),
		more("githubAppSuspended", "APP SUSPENDED", flag(func(v *integrationView) *bool { return v.GitHubAppSuspended }), nil),
	}
}

// one is the list as it is shown for a single integration: with every column that has a value.
func one(l render.List[*integrationView]) render.List[*integrationView] {
	for n := range l.Columns {
		l.Columns[n].Show = render.Default
	}
	return l
}

func wide[V any](key, header string, cell func(*V) string) render.Column[*V] {
	return render.Column[*V]{Key: key, Header: header, Show: render.Wide, Text: cell}
}

func more[V any](key, header string, cell, data func(*V) string) render.Column[*V] {
	return render.Column[*V]{Key: key, Header: header, Show: render.OnRequest, Text: cell, Data: data}
}

func stateText(disabled *bool) string {
	switch {
	case disabled == nil:
		return ""
	case *disabled:
		return "disabled"
	}
	return "enabled"
}

func projectsText(global *bool, ids *[]int64) string {
	if global != nil && *global {
		return "all"
	}
	return projectsData(ids)
}

func projectsData(ids *[]int64) string {
	if ids == nil {
		return ""
	}
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(*ids), " ", ","), "[]")
}

func relative(t *time.Time, now time.Time, none string) string {
	if t == nil {
		return none
	}
	return render.Relative(*t, now)
}

func rfc3339(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339)
}

func flag[V any](get func(*V) *bool) func(*V) string {
	return func(v *V) string {
		if b := get(v); b != nil {
			return strconv.FormatBool(*b)
		}
		return ""
	}
}

func text[V any](get func(*V) *string) func(*V) string {
	return func(v *V) string {
		if s := get(v); s != nil {
			return *s
		}
		return ""
	}
}

func number[V any](get func(*V) *int64) func(*V) string {
	return func(v *V) string {
		if n := get(v); n != nil {
			return strconv.FormatInt(*n, 10)
		}
		return ""
	}
}
