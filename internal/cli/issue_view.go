package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

// commitView is a commit of an issue, in -o json. The keys are a contract.
type commitView struct {
	ID           string            `json:"id"` // its hash
	Date         string            `json:"date"`
	Author       string            `json:"author"`
	RepositoryID int64             `json:"repositoryId,omitempty"`
	Repository   string            `json:"repository,omitempty"`
	Branches     []string          `json:"branches"`
	Message      string            `json:"message"`
	Merge        *bool             `json:"merge,omitempty"`
	Notes        map[string]string `json:"notes,omitempty"`
	Files        []commitFileView  `json:"files,omitempty"`
}

// commitFileView is a file that a commit changed.
type commitFileView struct {
	Path         string `json:"path"`
	LinesAdded   int64  `json:"linesAdded"`
	LinesChanged int64  `json:"linesChanged"`
	LinesDeleted int64  `json:"linesDeleted"`
	Added        bool   `json:"added"`
	Deleted      bool   `json:"deleted"`
}

func viewCommit(c gij.Commit) commitView {
	v := commitView{ID: c.ID, Date: c.Date.Text, Author: c.Author, Branches: c.Branches, Message: c.Message, Merge: c.IsMerge, Notes: c.Notes}
	if !c.Date.Time.IsZero() {
		v.Date = c.Date.Time.Format(time.RFC3339)
	}
	if c.Repository != nil {
		v.RepositoryID, v.Repository = c.Repository.ID, c.Repository.Name
	}
	if v.Branches == nil {
		v.Branches = []string{}
	}
	for _, f := range c.Files {
		v.Files = append(v.Files, commitFileView(f))
	}
	return v
}

// shortHash is how many characters of a hash a table shows.
const shortHash = 10

func commitList() render.List[*commitView] {
	type view = *commitView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "id", Header: "COMMIT", Keep: true, Text: func(v view) string { return v.ID[:min(len(v.ID), shortHash)] }, Data: func(v view) string { return v.ID }},
			{Key: "date", Header: "DATE", Text: func(v view) string { return v.Date }},
			{Key: "repositoryId", Header: "REPOSITORY ID", Right: true, Show: render.Wide, Text: func(v view) string { return idCell(v.RepositoryID) }},
			{Key: "repository", Header: "REPOSITORY", Text: func(v view) string { return v.Repository }},
			{Key: "branches", Header: "BRANCHES", Text: func(v view) string { return strings.Join(v.Branches, ", ") }},
			{Key: "author", Header: "AUTHOR", Text: func(v view) string { return v.Author }},
			{
				Key: "message", Header: "MESSAGE",
				Text: func(v view) string { first, _, _ := strings.Cut(strings.TrimSpace(v.Message), "\n"); return first },
				Data: func(v view) string { return v.Message },
			},
			{Key: "files", Header: "FILES", Show: render.OnRequest, Text: func(v view) string { return filesText(v.Files) }},
			{Key: "merge", Header: "MERGE", Show: render.Wide, Text: func(v view) string {
				if v.Merge == nil {
					return ""
				}
				return strconv.FormatBool(*v.Merge)
			}},
			{Key: "notes", Header: "NOTES", Show: render.OnRequest, Text: func(v view) string {
				var parts []string
				for _, ref := range slices.Sorted(maps.Keys(v.Notes)) {
					parts = append(parts, ref+": "+v.Notes[ref])
				}
				return strings.Join(parts, "; ")
			}},
		},
		Name:  func(v view) string { return v.ID },
		Empty: "no commits",
	}
}

func idCell(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

func filesText(files []commitFileView) string {
	parts := make([]string, len(files))
	for n, f := range files {
		parts[n] = fmt.Sprintf("%s (+%d ~%d -%d)", f.Path, f.LinesAdded, f.LinesChanged, f.LinesDeleted)
	}
	return strings.Join(parts, "; ")
}

// branchView is a branch of an issue, in -o json. The keys are a contract.
type branchView struct {
	Name         string `json:"name"`
	RepositoryID int64  `json:"repositoryId,omitempty"` // absent where the server does not say it
	Repository   string `json:"repository,omitempty"`
	HasCommits   *bool  `json:"hasCommits,omitempty"` // whether commits of the issue are on it
	Ahead        *int64 `json:"ahead,omitempty"`      // of the main branch
	Behind       *int64 `json:"behind,omitempty"`
	URL          string `json:"url,omitempty"`
}

func branchList() render.List[*branchView] {
	type view = *branchView
	count := func(get func(view) *int64) func(view) string {
		return func(v view) string {
			if n := get(v); n != nil {
				return strconv.FormatInt(*n, 10)
			}
			return ""
		}
	}
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "name", Header: "BRANCH", Text: func(v view) string { return v.Name }},
			{Key: "repositoryId", Header: "REPOSITORY ID", Right: true, Show: render.Wide, Text: func(v view) string { return idCell(v.RepositoryID) }},
			{Key: "repository", Header: "REPOSITORY", Text: func(v view) string { return v.Repository }},
			{Key: "hasCommits", Header: "COMMITS", Keep: true, Text: func(v view) string {
				switch {
				case v.HasCommits == nil:
					return ""
				case *v.HasCommits:
					return "yes"
				}
				return "no"
			}, Data: func(v view) string {
				if v.HasCommits == nil {
					return ""
				}
				return strconv.FormatBool(*v.HasCommits)
			}},
			{Key: "ahead", Header: "AHEAD", Right: true, Text: count(func(v view) *int64 { return v.Ahead })},
			{Key: "behind", Header: "BEHIND", Right: true, Text: count(func(v view) *int64 { return v.Behind })},
			{Key: "url", Header: "URL", Show: render.Wide, Text: func(v view) string { return v.URL }},
		},
		Name:  func(v view) string { return v.Name },
		Empty: "no branches",
	}
}

// tagView is a tag on a commit of an issue, in -o json. The keys are a contract.
type tagView struct {
	Name           string     `json:"name"`
	CommitID       string     `json:"commitId"`
	RepositoryID   int64      `json:"repositoryId"`
	Repository     string     `json:"repository"`
	Date           *time.Time `json:"date,omitempty"`
	Message        string     `json:"message,omitempty"`
	CommitterName  string     `json:"committerName,omitempty"`
	CommitterEmail string     `json:"committerEmail,omitempty"`
}

func viewTag(t gij.Tag) tagView {
	return tagView{
		Name: t.Name, CommitID: t.CommitID, RepositoryID: t.RepositoryID, Repository: t.RepositoryName, Date: timeOf(t.CreationDate),
		Message: t.Message, CommitterName: t.CommitterName, CommitterEmail: t.CommitterEmail,
	}
}

func tagList() render.List[*tagView] {
	type view = *tagView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "name", Header: "TAG", Text: func(v view) string { return v.Name }},
			{
				Key: "commitId", Header: "COMMIT", Keep: true,
				Text: func(v view) string { return v.CommitID[:min(len(v.CommitID), shortHash)] }, Data: func(v view) string { return v.CommitID },
			},
			{Key: "repositoryId", Header: "REPOSITORY ID", Right: true, Show: render.Wide, Text: func(v view) string { return idCell(v.RepositoryID) }},
			{Key: "repository", Header: "REPOSITORY", Text: func(v view) string { return v.Repository }},
			{Key: "date", Header: "DATE", Text: func(v view) string { return rfc3339(v.Date) }},
			{Key: "message", Header: "MESSAGE", Text: func(v view) string { return v.Message }},
			{Key: "committerName", Header: "COMMITTER", Show: render.Wide, Text: func(v view) string { return v.CommitterName }},
			{Key: "committerEmail", Header: "ADDRESS", Show: render.Wide, Text: func(v view) string { return v.CommitterEmail }},
		},
		Name:  func(v view) string { return v.Name },
		Empty: "no tags",
	}
}

// linkView is a commit with its issues, in -o json. The keys are a contract.
type linkView struct {
	RepositoryID int64    `json:"repositoryId"`
	CommitID     string   `json:"commitId"`
	IssueKeys    []string `json:"issueKeys"`
}

func linkList() render.List[*linkView] {
	type view = *linkView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "repositoryId", Header: "REPOSITORY ID", Right: true, Text: func(v view) string { return idCell(v.RepositoryID) }},
			{Key: "commitId", Header: "COMMIT", Keep: true, Text: func(v view) string { return v.CommitID }},
			{Key: "issueKeys", Header: "ISSUES", Text: func(v view) string { return strings.Join(v.IssueKeys, ", ") }},
		},
		Name: func(v view) string { return v.CommitID },
	}
}
