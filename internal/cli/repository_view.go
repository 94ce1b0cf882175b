package cli

import (
	"iter"
	"strconv"
	"time"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

// repositoryView is a repository in -o json: the server's keys, except that integrationType is type, and times are RFC 3339. What
// the server leaves out is left out. The keys are a contract.
type repositoryView struct {
	ID                        int64      `json:"id"`
	DisplayName               string     `json:"displayName"`
	Group                     *string    `json:"group,omitempty"`
	Origin                    string     `json:"origin"`
	Type                      string     `json:"type,omitempty"`            // of the integration that it belongs to
	TrackedFolderID           int64      `json:"trackedFolderId,omitempty"` // the integration itself
	MainBranch                *string    `json:"mainBranch,omitempty"`
	Root                      *string    `json:"root,omitempty"`
	RealRoot                  *string    `json:"realRoot,omitempty"`
	AbsoluteRoot              *bool      `json:"absoluteRoot,omitempty"`
	Disabled                  *bool      `json:"disabled,omitempty"`
	State                     *gij.Word  `json:"state,omitempty"`
	EnableFetches             *bool      `json:"enableFetches,omitempty"`
	SendCommitEmails          *bool      `json:"sendCommitEmails,omitempty"`
	MaxMinsToCommitEmail      *int64     `json:"maxMinsToCommitEmail,omitempty"`
	Global                    *bool      `json:"global,omitempty"`
	ProjectMappingIDs         *[]int64   `json:"projectMappingIds,omitempty"`
	Hosted                    *bool      `json:"hosted,omitempty"`
	InitDate                  *time.Time `json:"initDate,omitempty"`
	LastIndexedDate           *time.Time `json:"lastIndexedDate,omitempty"`
	RevisionIndexing          *bool      `json:"revisionIndexing,omitempty"`
	GitViewerEnabled          *bool      `json:"gitViewerEnabled,omitempty"`
	DisableSSLVerification    *bool      `json:"disableSslVerification,omitempty"`
	SmartCommitsEnabled       *bool      `json:"smartCommitsEnabled,omitempty"`
	WebLinkType               *string    `json:"webLinkType,omitempty"`
	ViewFormat                *string    `json:"viewFormat,omitempty"`
	ChangesetFormat           *string    `json:"changesetFormat,omitempty"`
	FileAddedFormat           *string    `json:"fileAddedFormat,omitempty"`
	FileModifiedFormat        *string    `json:"fileModifiedFormat,omitempty"`
	FileDeletedFormat         *string    `json:"fileDeletedFormat,omitempty"`
	MergeRequestFormat        *string    `json:"mergeRequestFormat,omitempty"`
	BranchLinkFormat          *string    `json:"branchLinkFormat,omitempty"`
	CommitsValidationRequired *bool      `json:"commitsValidationRequired,omitempty"`
	TagsFilter                *string    `json:"tagsFilter,omitempty"`
	PRHideFilter              *string    `json:"prHideFilter,omitempty"`
	RequireUserPat            *bool      `json:"requireUserPat,omitempty"`
	ShowAllTags               *bool      `json:"showAllTags,omitempty"`
	SupportsBranchCreationAPI *bool      `json:"supportsBranchCreationApi,omitempty"`
	SupportsPullRequestAPI    *gij.Word  `json:"supportsPullRequestApi,omitempty"`
	SourcesDiffViewEnabled    *bool      `json:"sourcesDiffViewEnabled,omitempty"`
	RefSpecHeads              *bool      `json:"refSpecHeads,omitempty"`
	RefSpecTags               *bool      `json:"refSpecTags,omitempty"`
	RefSpecNotes              *bool      `json:"refSpecNotes,omitempty"`
	RefSpecChanges            *bool      `json:"refSpecChanges,omitempty"`
	RefSpecCustom             *string    `json:"refSpecCustom,omitempty"`
	TrustFolderStat           *bool      `json:"trustFolderStat,omitempty"`
}

func viewRepository(r gij.Repository) repositoryView {
	return repositoryView{
		ID: r.ID, DisplayName: r.DisplayName, Group: r.Group, Origin: r.Origin, Type: r.Type, TrackedFolderID: r.TrackedFolderID,
		MainBranch: r.MainBranch, Root: r.Root, RealRoot: r.RealRoot, AbsoluteRoot: r.AbsoluteRoot, Disabled: r.Disabled, State: r.State,
		EnableFetches: r.EnableFetches, SendCommitEmails: r.SendCommitEmails, MaxMinsToCommitEmail: r.MaxMinsToCommitEmail,
		Global: r.Global, ProjectMappingIDs: r.ProjectMappingIDs, Hosted: r.Hosted, InitDate: timeOf(r.InitDate),
		LastIndexedDate: timeOf(r.LastIndexedDate), RevisionIndexing: r.RevisionIndexing, GitViewerEnabled: r.GitViewerEnabled,
		DisableSSLVerification: r.DisableSSLVerification, SmartCommitsEnabled: r.SmartCommitsEnabled, WebLinkType: r.WebLinkType,
		ViewFormat: r.ViewFormat, ChangesetFormat: r.ChangesetFormat, FileAddedFormat: r.FileAddedFormat,
		FileModifiedFormat: r.FileModifiedFormat, FileDeletedFormat: r.FileDeletedFormat, MergeRequestFormat: r.MergeRequestFormat,
		BranchLinkFormat: r.BranchLinkFormat, CommitsValidationRequired: r.CommitsValidationRequired, TagsFilter: r.TagsFilter,
		PRHideFilter: r.PRHideFilter, RequireUserPat: r.RequireUserPat, ShowAllTags: r.ShowAllTags,
		SupportsBranchCreationAPI: r.SupportsBranchCreationAPI, SupportsPullRequestAPI: r.SupportsPullRequestAPI,
		SourcesDiffViewEnabled: r.SourcesDiffViewEnabled, RefSpecHeads: r.RefSpecHeads, RefSpecTags: r.RefSpecTags,
		RefSpecNotes: r.RefSpecNotes, RefSpecChanges: r.RefSpecChanges, RefSpecCustom: r.RefSpecCustom, TrustFolderStat: r.TrustFolderStat,
	}
}

// viewRepositories yields a view of each repository that is wanted. It is good until the next one.
func viewRepositories(all iter.Seq2[gij.Repository, error], wanted func(gij.Repository) bool) iter.Seq2[*repositoryView, error] {
	return func(yield func(*repositoryView, error) bool) {
		view := new(repositoryView)
		for r, err := range all {
			if err == nil && !wanted(r) {
				continue
			}
			*view = viewRepository(r)
			if !yield(view, err) {
				return
			}
		}
	}
}

type repositoryColumn = render.Column[*repositoryView]

// listOfRepositories declares the columns of repositories; now is what "3 days ago" counts from.
func listOfRepositories(now time.Time) render.List[*repositoryView] {
	return render.List[*repositoryView]{
		Columns: append(repositoryMainColumns(now), repositoryDetailColumns(now)...),
		Name:    func(v *repositoryView) string { return v.DisplayName },
		Empty:   "no repositories",
	}
}

func repositoryMainColumns(now time.Time) []repositoryColumn {
	return []repositoryColumn{
		{Key: "id", Header: "ID", Right: true, Text: func(v *repositoryView) string { return strconv.FormatInt(v.ID, 10) }},
		{Key: "displayName", Header: "NAME", Text: func(v *repositoryView) string { return v.DisplayName }},
		{Key: "group", Header: "GROUP", Text: text(func(v *repositoryView) *string { return v.Group })},
		{Key: "origin", Header: "ORIGIN", Text: func(v *repositoryView) string { return v.Origin }},
		{
			Key: "disabled", Header: "STATE", Keep: true, Text: func(v *repositoryView) string { return stateText(v.Disabled) },
			Data: flag(func(v *repositoryView) *bool { return v.Disabled }),
		},
		{
			Key: "projectMappingIds", Header: "PROJECTS", Text: func(v *repositoryView) string { return projectsText(v.Global, v.ProjectMappingIDs) },
			Data: func(v *repositoryView) string { return projectsData(v.ProjectMappingIDs) },
		},
		{Key: "trackedFolderId", Header: "PARENT", Right: true, Text: func(v *repositoryView) string {
			if v.TrackedFolderID == 0 {
				return ""
			}
			return strconv.FormatInt(v.TrackedFolderID, 10)
		}},
		{
			Key: "lastIndexedDate", Header: "LAST INDEXED", Keep: true, Text: func(v *repositoryView) string { return relative(v.LastIndexedDate, now, "never") },
			Data: func(v *repositoryView) string { return rfc3339(v.LastIndexedDate) },
		},
	}
}

// repositoryDetailColumns are for -o wide and for --columns.
func repositoryDetailColumns(now time.Time) []repositoryColumn {
	return []repositoryColumn{
		wide("type", "TYPE", func(v *repositoryView) string { return v.Type }),
		wide("mainBranch", "BRANCH", text(func(v *repositoryView) *string { return v.MainBranch })),
		wide("smartCommitsEnabled", "SMART COMMITS", flag(func(v *repositoryView) *bool { return v.SmartCommitsEnabled })),
		wide("gitViewerEnabled", "VIEWER", flag(func(v *repositoryView) *bool { return v.GitViewerEnabled })),
		wide("root", "ROOT", text(func(v *repositoryView) *string { return v.Root })),
		more("state", "INDEX STATE", word(func(v *repositoryView) *gij.Word { return v.State }), nil),
		more("realRoot", "REAL ROOT", text(func(v *repositoryView) *string { return v.RealRoot }), nil),
		more("absoluteRoot", "ABSOLUTE ROOT", flag(func(v *repositoryView) *bool { return v.AbsoluteRoot }), nil),
		more("enableFetches", "FETCHES", flag(func(v *repositoryView) *bool { return v.EnableFetches }), nil),
		more("sendCommitEmails", "EMAILS", flag(func(v *repositoryView) *bool { return v.SendCommitEmails }), nil),
		more("maxMinsToCommitEmail", "EMAIL MINUTES", number(func(v *repositoryView) *int64 { return v.MaxMinsToCommitEmail }), nil),
		more("global", "ALL PROJECTS", flag(func(v *repositoryView) *bool { return v.Global }), nil),
		more("hosted", "HOSTED", flag(func(v *repositoryView) *bool { return v.Hosted }), nil),
		more("initDate", "ADDED", func(v *repositoryView) string { return relative(v.InitDate, now, "") }, func(v *repositoryView) string { return rfc3339(v.InitDate) }),
		more("revisionIndexing", "REVISIONS", flag(func(v *repositoryView) *bool { return v.RevisionIndexing }), nil),
		more("disableSslVerification", "TLS UNCHECKED", flag(func(v *repositoryView) *bool { return v.DisableSSLVerification }), nil),
		more("webLinkType", "WEB LINKS", text(func(v *repositoryView) *string { return v.WebLinkType }), nil),
		more("viewFormat", "VIEW LINK", text(func(v *repositoryView) *string { return v.ViewFormat }), nil),
		more("changesetFormat", "COMMIT LINK", text(func(v *repositoryView) *string { return v.ChangesetFormat }), nil),
		more("fileAddedFormat", "ADDED FILE LINK", text(func(v *repositoryView) *string { return v.FileAddedFormat }), nil),
		more("fileModifiedFormat", "CHANGED FILE LINK", text(func(v *repositoryView) *string { return v.FileModifiedFormat }), nil),
		more("fileDeletedFormat", "DELETED FILE LINK", text(func(v *repositoryView) *string { return v.FileDeletedFormat }), nil),
		more("mergeRequestFormat", "MERGE REQUEST LINK", text(func(v *repositoryView) *string { return v.MergeRequestFormat }), nil),
		more("branchLinkFormat", "BRANCH LINK", text(func(v *repositoryView) *string { return v.BranchLinkFormat }), nil),
		more("commitsValidationRequired", "COMMITS CHECKED", flag(func(v *repositoryView) *bool { return v.CommitsValidationRequired }), nil),
		more("tagsFilter", "TAGS FILTER", text(func(v *repositoryView) *string { return v.TagsFilter }), nil),
		more("prHideFilter", "PR HIDE FILTER", text(func(v *repositoryView) *string { return v.PRHideFilter }), nil),
		more("requireUserPat", "USER PAT", flag(func(v *repositoryView) *bool { return v.RequireUserPat }), nil),
		more("showAllTags", "ALL TAGS", flag(func(v *repositoryView) *bool { return v.ShowAllTags }), nil),
		more("supportsBranchCreationApi", "MAKES BRANCHES", flag(func(v *repositoryView) *bool { return v.SupportsBranchCreationAPI }), nil),
		more("supportsPullRequestApi", "PULL REQUESTS", word(func(v *repositoryView) *gij.Word { return v.SupportsPullRequestAPI }), nil),
		more("sourcesDiffViewEnabled", "DIFF VIEW", flag(func(v *repositoryView) *bool { return v.SourcesDiffViewEnabled }), nil),
		more("refSpecHeads", "REFS HEADS", flag(func(v *repositoryView) *bool { return v.RefSpecHeads }), nil),
		more("refSpecTags", "REFS TAGS", flag(func(v *repositoryView) *bool { return v.RefSpecTags }), nil),
		more("refSpecNotes", "REFS NOTES", flag(func(v *repositoryView) *bool { return v.RefSpecNotes }), nil),
		more("refSpecChanges", "REFS CHANGES", flag(func(v *repositoryView) *bool { return v.RefSpecChanges }), nil),
		more("refSpecCustom", "REFS CUSTOM", text(func(v *repositoryView) *string { return v.RefSpecCustom }), nil),
		more("trustFolderStat", "TRUST STAT", flag(func(v *repositoryView) *bool { return v.TrustFolderStat }), nil),
	}
}

func word(get func(*repositoryView) *gij.Word) func(*repositoryView) string {
	return func(v *repositoryView) string {
		if w := get(v); w != nil {
			return string(*w)
		}
		return ""
	}
}
