package gij

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// IssuesService reads what GIJ has found for an issue, and changes which issues a commit belongs to. Documented: commits and tags are
// for who may read the issue; branches and changes for Jira administrators, and for who may browse a project and view its
// development tools, if the repository is associated with it.
type IssuesService service

// Commit is a commit that belongs to an issue.
type Commit struct {
	ID      string // its hash
	Author  string // "Name <address>"
	Date    CommitDate
	Message string
	// Repository is nil where the server does not say it, as before 2.11.
	Repository *CommitRepository
	// Branches are those that it is on, as far as the server says them.
	Branches []string
	Notes    map[string]string // by their refs
	IsMerge  *bool             // nil where the server does not say it
	Files    []CommitFile      // only where they were asked for
}

// CommitRepository is where a commit is.
type CommitRepository struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// CommitFile is a file that a commit changed.
type CommitFile struct {
	Path         string `json:"path"`
	LinesAdded   int64  `json:"linesAdded"`
	LinesChanged int64  `json:"linesChanged"`
	LinesDeleted int64  `json:"linesDeleted"`
	Added        bool   `json:"added"`
	Deleted      bool   `json:"deleted"`
}

// CommitDate is when a commit was made. Time is zero where the server's text is none of the known forms.
type CommitDate struct {
	Time time.Time
	Text string // as the server has it
}

// UnmarshalJSON takes each of the forms that the vendor's samples have, ISO 8601 and RFC 3339, and milliseconds.
func (d *CommitDate) UnmarshalJSON(data []byte) error {
	*d = CommitDate{Text: textOrNone(data)}
	if ms, err := strconv.ParseInt(d.Text, 10, 64); err == nil {
		d.Time = time.UnixMilli(ms).UTC()
		return nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05-0700", time.RFC3339, "2006-01-02 15:04:05 -0700"} {
		if t, err := time.Parse(layout, d.Text); err == nil { // fractions of a second are taken by each
			d.Time = t.UTC()
			return nil
		}
	}
	return nil // one date that nobody understands is no reason to show no commit
}

// wireCommit is a commit as the server sends it. Versions differ in branch and branches.
type wireCommit struct {
	Author     json.RawMessage            `json:"author"`
	CommitID   string                     `json:"commitId"`
	Date       CommitDate                 `json:"date"`
	Message    json.RawMessage            `json:"message"`
	Repository *CommitRepository          `json:"repository"`
	Branch     json.RawMessage            `json:"branch"`
	Branches   []string                   `json:"branches"`
	Notes      map[string]json.RawMessage `json:"notes"`
	IsMerge    *bool                      `json:"isMergeCommit"`
	Files      []CommitFile               `json:"files"`
}

func (w wireCommit) commit() Commit {
	c := Commit{
		ID: w.CommitID, Author: textOrNone(w.Author), Date: w.Date, Message: textOrNone(w.Message), Repository: w.Repository,
		Branches: w.Branches, IsMerge: w.IsMerge, Files: w.Files,
	}
	if branch := textOrNone(w.Branch); branch != "" && c.Branches == nil {
		c.Branches = []string{branch}
	}
	for ref, note := range w.Notes {
		if c.Notes == nil {
			c.Notes = map[string]string{}
		}
		c.Notes[ref] = textOrNone(note)
	}
	return c
}

// Commits returns the commits of an issue, with the files that each changed if showFiles.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/get-commits-gij-self-managed/.
func (s *IssuesService) Commits(ctx context.Context, key string, showFiles bool) ([]Commit, error) {
	query := url.Values{}
	if showFiles {
		query.Set("showFiles", "true")
	}
	var wire struct {
		Commits []wireCommit `json:"commits"`
	}
	err := s.read(ctx, "list the commits of "+key, issuesPath+"/"+url.PathEscape(key)+"/commits", query, &wire)
	if err != nil {
		return nil, err
	}
	commits := make([]Commit, len(wire.Commits))
	for n, w := range wire.Commits {
		commits[n] = w.commit()
	}
	return commits, nil
}

// Branches returns the names of the branches on which commits of an issue are, and those of all indexed branches for "".
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/branches-api-gij-self-managed/.
func (s *IssuesService) Branches(ctx context.Context, key string) ([]string, error) {
	op, query := "list all branches", url.Values{}
	if key != "" {
		op = "list the branches of " + key
		query.Set("key", key)
	}
	var wire struct {
		Branches []string `json:"branches"`
	}
	err := s.read(ctx, op, issuesPath+"/branches", query, &wire)
	return wire.Branches, err
}

// IssueDetails are the repositories and branches that belong to an issue: those with its commits, and those named after it.
type IssueDetails struct {
	CommitCount  int64             `json:"commitCount"`
	Repositories []IssueRepository `json:"repositories"`
	// NotAllPermissions says that there is more than the account may see.
	NotAllPermissions bool `json:"notAllPermissions"`
}

// IssueRepository is a repository with branches of an issue.
type IssueRepository struct {
	ID       int64         `json:"repoId"`
	Name     string        `json:"repoName"`
	Branches []IssueBranch `json:"branches"`
}

// IssueBranch is a branch of an issue.
type IssueBranch struct {
	Name string `json:"name"`
	// Ahead and Behind count commits against the main branch. They mean something only where Compared.
	Ahead       int64  `json:"ahead"`
	Behind      int64  `json:"behind"`
	Compared    bool   `json:"isAheadBehindPresented"`
	ExternalURL string `json:"externalUrl"`
}

// Details returns what Jira's page of an issue shows of its branches.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/branches-api-gij-self-managed/.
func (s *IssuesService) Details(ctx context.Context, key string) (IssueDetails, error) {
	var details IssueDetails
	err := s.read(ctx, "read the branches of "+key, detailsPath+"/"+url.PathEscape(key), nil, &details)
	return details, err
}

// Tags are tags on the commits of an issue.
type Tags struct {
	Tags []Tag `json:"tags"`
	// HasMore says that there are more than were asked for.
	HasMore bool `json:"hasMore"`
	// Enabled is nil where the server does not say whether it looks for tags at all.
	Enabled *bool `json:"isTagsFeatureEnabled"`
	// CalculationError is why there may be fewer than there should be, "" for none.
	CalculationError string `json:"calculationError"`
}

// Tag is a tag on a commit of an issue.
type Tag struct {
	Name           string  `json:"name"`
	CommitID       string  `json:"commitId"`
	RepositoryID   int64   `json:"repoId"`
	RepositoryName string  `json:"repoName"`
	Message        string  `json:"message"`
	CommitterName  string  `json:"committerName"`
	CommitterEmail string  `json:"committerEmail"`
	CreationDate   *Millis `json:"creationDate"`
}

// Tags returns the newest tags of an issue, at most so many of each repository. 0 means all, of which the vendor warns: it takes
// the server long.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/tags-api-gij-self-managed/.
func (s *IssuesService) Tags(ctx context.Context, key string, perRepository int) (Tags, error) {
	var tags Tags
	query := url.Values{"tagsPerRepository": {strconv.Itoa(perRepository)}}
	err := s.read(ctx, "list the tags of "+key, detailsPath+"/"+url.PathEscape(key)+"/tag", query, &tags)
	return tags, err
}

// read asks for a resource and decodes the answer into v.
func (s *IssuesService) read(ctx context.Context, op, path string, query url.Values, v any) error {
	a, data, err := s.client.do(ctx, call{op: op, method: http.MethodGet, path: path, query: query})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return s.client.undecodable(op, a, explainDecode(err))
	}
	return nil
}
