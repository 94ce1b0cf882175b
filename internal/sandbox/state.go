package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"sort"
)

// stateVersion is written into every state file. A file with another version is refused, not guessed at.
const stateVersion = 1

// state is everything that the sandbox remembers. A state that has been handed out is never changed: writers clone it.
type state struct {
	Stamp    string       `json:"stamp"` // fresh at each write, and first in the file: how a reader sees that it is stale
	Version  int          `json:"version"`
	Seed     string       `json:"seed"`
	Created  string       `json:"created"` // RFC 3339
	Salt     string       `json:"salt"`
	NextID   int64        `json:"nextId"` // integrations and repositories share one sequence (contract §1.5)
	Accounts []account    `json:"accounts"`
	Projects []project    `json:"projects"`
	Rows     []*row       `json:"rows"` // by ascending id
	Threads  []*thread    `json:"threads,omitempty"`
	Removals []removal    `json:"removals,omitempty"`
	Runs     []*indexRun  `json:"runs,omitempty"`
	Commits  []*gitCommit `json:"commits,omitempty"`
	AltBase  string       `json:"altBase,omitempty"` // altJiraBaseUrl
	GitHub   *gitHub      `json:"gitHub,omitempty"`
}

// account is a Jira user.
type account struct {
	Name     string `json:"name"`
	Display  string `json:"display"`
	Token    string `json:"token"`
	Password string `json:"password,omitempty"` // only the administrator logs in with one
	Admin    bool   `json:"admin,omitempty"`
	Manager  bool   `json:"manager,omitempty"`
}

// The places of the accounts that a [Server] names.
const (
	adminIndex = iota
	managerIndex
	userIndex
)

type project struct {
	ID   int64  `json:"id"`
	Key  string `json:"key"`
	Name string `json:"name"`
}

// row is an integration, or a repository when Repository is set: GIJ keeps both in one table.
type row struct {
	ID          int64       `json:"id"`
	Repository  *repository `json:"repository,omitempty"`
	Type        string      `json:"type,omitempty"`
	DisplayName string      `json:"displayName"`
	Origin      string      `json:"origin"`
	Author      string      `json:"author"`
	InitDate    int64       `json:"initDate"` // epoch milliseconds
	LastIndexed int64       `json:"lastIndexed,omitempty"`
	Disabled    bool        `json:"disabled,omitempty"`
	Global      bool        `json:"global,omitempty"`
	Projects    []int64     `json:"projects,omitempty"`
	features
	GitHubApp *githubApp        `json:"githubApp,omitempty"`
	Index     *indexing         `json:"index,omitempty"`   // nil is finished without an error
	Secrets   map[string]string `json:"secrets,omitempty"` // field → fingerprint; the secret itself is only in Kept, if at all
	Kept      map[string]string `json:"kept,omitempty"`    // secrets that were set while the export shows them (export-secrets=clear)
	Columns   map[string]string `json:"columns,omitempty"` // cells of a bulk file that REST has no key for
	Touched   int               `json:"touched,omitempty"` // how often an import had it indexed
}

// features are the settings that an answer shows as they were sent.
type features struct {
	SendCommitEmails       bool    `json:"sendCommitEmails,omitempty"`
	MaxMinsToCommitEmail   int64   `json:"maxMinsToCommitEmail,omitempty"`
	RevisionIndexing       bool    `json:"revisionIndexing,omitempty"`
	GitViewerEnabled       bool    `json:"gitViewerEnabled,omitempty"`
	DisableSslVerification bool    `json:"disableSslVerification,omitempty"`
	SmartCommitsEnabled    bool    `json:"smartCommitsEnabled,omitempty"`
	RequireUserPat         bool    `json:"requireUserPat,omitempty"`
	SourcesDiffViewEnabled bool    `json:"sourcesDiffViewEnabled,omitempty"`
	RefSpecNotes           bool    `json:"refSpecNotes,omitempty"`
	RefSpecChanges         bool    `json:"refSpecChanges,omitempty"`
	TrustFolderStat        bool    `json:"trustFolderStat,omitempty"`
	TagsFilter             *string `json:"tagsFilter,omitempty"` // nil is absent from answers, "" is not
	PrHideFilter           *string `json:"prHideFilter,omitempty"`
	APIPath                *string `json:"apiPath,omitempty"`
	APIFilter              *string `json:"apiFilter,omitempty"`
	RefSpecCustom          *string `json:"refSpecCustom,omitempty"`
	// These are kept and never shown.
	AwsRegion     string `json:"awsRegion,omitempty"`
	AwsRegionTypo bool   `json:"awsRegionTypo,omitempty"` // it came as the documentation's ap-outh-1
	TfsCollection string `json:"tfsCollection,omitempty"`
	FolderDepth   int64  `json:"folderDepth,omitempty"`
}

// repository holds what a plain or a child repository has beyond an integration.
type repository struct {
	Group           string `json:"group,omitempty"`
	MainBranch      string `json:"mainBranch,omitempty"`
	Root            string `json:"root,omitempty"`
	RealRoot        string `json:"realRoot,omitempty"`
	AbsoluteRoot    bool   `json:"absoluteRoot,omitempty"`
	TrackedFolderID int64  `json:"trackedFolderId,omitempty"` // the integration that found it; 0 for a plain repository
}

// githubApp holds what an answer shows of a GitHub App row.
type githubApp struct {
	ID             int64  `json:"id"`
	InstallationID int64  `json:"installationId"`
	Org            string `json:"org"`
	Name           string `json:"name"`
	Slug           string `json:"slug"`
	HTMLURL        string `json:"htmlUrl"`
}

// clone returns a state to change. Rows are shared: replace a row, never write to it.
func (st *state) clone() *state {
	next := *st
	next.Rows = slices.Clone(st.Rows)
	next.GitHub = st.GitHub.clone()
	return &next
}

func (st *state) index(id int64) (int, bool) {
	i := sort.Search(len(st.Rows), func(i int) bool { return st.Rows[i].ID >= id })
	return i, i < len(st.Rows) && st.Rows[i].ID == id
}

// find returns the row with that id, or nil.
func (st *state) find(id int64) *row {
	i, ok := st.index(id)
	if !ok {
		return nil
	}
	return st.Rows[i]
}

// add gives the row the next id of the shared sequence and appends it.
func (st *state) add(r *row) {
	r.ID = st.NextID
	st.NextID++
	st.Rows = append(st.Rows, r)
}

func (st *state) replace(r *row) {
	if i, ok := st.index(r.ID); ok {
		st.Rows[i] = r
	}
}

// removeRow removes a row, and with an integration the repositories that it found.
func (st *state) removeRow(id int64) {
	st.Rows = slices.DeleteFunc(st.Rows, func(r *row) bool {
		return r.ID == id || r.Repository != nil && r.Repository.TrackedFolderID == id
	})
}

func (st *state) project(id int64) *project {
	for i := range st.Projects {
		if st.Projects[i].ID == id {
			return &st.Projects[i]
		}
	}
	return nil
}

func (st *state) projectByKey(key string) *project {
	for i := range st.Projects {
		if st.Projects[i].Key == key {
			return &st.Projects[i]
		}
	}
	return nil
}

// randomHex returns 32 random hexadecimal characters.
func randomHex() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// newToken returns 44 characters in the form of a Jira personal access token.
func newToken() string {
	b := make([]byte, 33)
	_, _ = rand.Read(b) // never fails
	return base64.StdEncoding.EncodeToString(b)
}
