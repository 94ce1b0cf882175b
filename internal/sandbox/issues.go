package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// gitCommit is a commit that GIJ has found.
type gitCommit struct {
	Hash       string            `json:"hash"`
	Repository int64             `json:"repository"`
	Author     string            `json:"author"`
	Date       int64             `json:"date"` // epoch milliseconds
	Message    string            `json:"message"`
	Branches   []string          `json:"branches"`
	Notes      map[string]string `json:"notes,omitempty"`
	Merge      bool              `json:"merge,omitempty"`
	Files      []gitFile         `json:"files,omitempty"`
	Issues     []string          `json:"issues"`
	Tags       []string          `json:"tags,omitempty"`
}

type gitFile struct {
	Path                    string `json:"path"`
	Added, Changed, Deleted int64
	New                     bool `json:"new,omitempty"`
}

// lastIssue is the number of the last issue of each project: issues themselves the sandbox does not have.
const lastIssue = 200

// issue checks that an issue exists. What is said of one that does not is [U] in the contract.
func (c *call) issue(key string) error {
	project, digits, found := strings.Cut(key, "-")
	n, err := strconv.Atoi(digits)
	if !found || err != nil || n < 1 || n > lastIssue || c.state.projectByKey(project) == nil {
		return problem{text: "Issue with key=" + key + " does not exist", advice: "Please try again with an existing issue key.", missing: true}
	}
	return nil
}

// commitsOf returns the commits of an issue, the newest first.
func (st *state) commitsOf(key string) []*gitCommit {
	var found []*gitCommit
	for _, commit := range st.Commits {
		if slices.Contains(commit.Issues, key) {
			found = append(found, commit)
		}
	}
	slices.SortStableFunc(found, func(a, b *gitCommit) int { return int(b.Date/1000 - a.Date/1000) })
	return found
}

// routeIssues has the commits of an issue, and the branches of one or of all.
func (c *call) routeIssues(path []string) answer {
	switch {
	case len(path) == 1 && path[0] == "branches":
		return c.pick("GET", resources{http.MethodGet: c.listBranches})
	case len(path) == 2 && path[1] == "commits":
		return c.pick("GET", resources{http.MethodGet: func() answer { return c.listCommits(path[0]) }})
	}
	return notFoundREST(c.uri())
}

// routeDetails has what the page of an issue shows.
func (c *call) routeDetails(path []string) answer {
	switch {
	case len(path) == 2 && path[0] == "issue":
		return c.pick("GET", resources{http.MethodGet: func() answer { return c.issueDetails(path[1]) }})
	case len(path) == 3 && path[0] == "issue" && path[2] == "tag":
		return c.pick("GET", resources{http.MethodGet: func() answer { return c.listTags(path[1]) }})
	}
	return notFoundREST(c.uri())
}

func (c *call) listCommits(key string) answer {
	if err := c.issue(key); err != nil {
		return c.failed(err)
	}
	showFiles := c.r.URL.Query().Get("showFiles") == "true"
	old := c.faults.value("commits-form") == "old"
	var o object
	o.begin()
	if !old {
		o.bool("success", true)
	}
	commits := c.state.commitsOf(key)
	o.listOf("commits", len(commits), func(i int) { c.showCommit(&o, commits[i], showFiles, old) })
	c.extras(&o)
	o.end()
	return jsonAnswer(http.StatusOK, o.buf)
}

// The dates of the vendor's samples.
const (
	newDate = "2006-01-02T15:04:05-0700"
	oldDate = "2006-01-02T15:04:05.000-0700"
)

func (c *call) showCommit(o *object, commit *gitCommit, showFiles, old bool) {
	o.begin()
	o.str("author", commit.Author)
	o.str("commitId", commit.Hash)
	form := newDate
	if old {
		form = oldDate
	} else {
		o.bool("isMergeCommit", commit.Merge)
	}
	o.str("date", time.UnixMilli(commit.Date).UTC().Format(form))
	message := commit.Message
	if c.faults.has("hostile-text") {
		message += hostileText()
	}
	o.str("message", message)
	if r := c.state.find(commit.Repository); r != nil {
		o.key("repository")
		o.begin()
		o.int("id", r.ID)
		o.str("name", r.DisplayName)
		o.end()
	}
	if old {
		o.str("branch", commit.Branches[0])
	}
	o.key("notes")
	o.begin()
	for ref, note := range commit.Notes {
		o.str(ref, note)
	}
	o.end()
	if !old {
		o.strs("branches", commit.Branches)
	}
	if showFiles {
		o.listOf("files", len(commit.Files), func(i int) { o.file(commit.Files[i]) })
	}
	o.end()
}

func (o *object) file(f gitFile) {
	o.begin()
	o.str("path", f.Path)
	o.int("linesAdded", f.Added)
	o.int("linesChanged", f.Changed)
	o.int("linesDeleted", f.Deleted)
	o.bool("added", f.New)
	o.bool("deleted", false)
	o.end()
}

// listBranches answers for the commits of one issue, or for everything that is indexed.
func (c *call) listBranches() answer {
	query := c.r.URL.Query()
	commits := c.state.Commits
	if query.Has("key") {
		if err := c.issue(query.Get("key")); err != nil {
			return c.failed(err)
		}
		commits = c.state.commitsOf(query.Get("key"))
	}
	var names []string
	for _, commit := range commits {
		if r := c.state.find(commit.Repository); r != nil && c.mayDevelop(c.state, r) {
			names = append(names, commit.Branches...)
		}
	}
	slices.Sort(names)
	var o object
	o.begin()
	o.bool("success", true)
	o.strs("branches", slices.Compact(names))
	c.extras(&o)
	o.end()
	return jsonAnswer(http.StatusOK, o.buf)
}
