package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// issueDetails answers with the branches that have commits of an issue, and with those that are named after it.
func (c *call) issueDetails(key string) answer {
	if err := c.issue(key); err != nil {
		return c.failed(err)
	}
	repositories, branches := c.branchesOf(key)
	var o object
	o.begin()
	o.int("commitCount", int64(len(c.state.commitsOf(key))))
	o.listOf("repositories", len(repositories), func(i int) {
		r := repositories[i]
		o.begin()
		o.int("repoId", r.ID)
		o.str("repoName", r.DisplayName)
		o.bool("isGitViewerEnabled", r.GitViewerEnabled)
		o.bool("isRepoApiEnabled", true)
		o.listOf("branches", len(branches[r.ID]), func(n int) { o.branch(r, branches[r.ID][n]) })
		o.end()
	})
	o.bool("enableBranchCreation", true)
	o.bool("gkEnabled", true)
	o.bool("glEnabled", true)
	o.bool("notAllPermissions", !c.account.Admin)
	c.extras(&o)
	o.end()
	return jsonAnswer(http.StatusOK, o.buf)
}

func (c *call) branchesOf(key string) (repositories []*row, branches map[int64][]string) {
	branches = map[int64][]string{}
	for _, commit := range c.state.Commits {
		r := c.state.find(commit.Repository)
		if r == nil || !c.mayDevelop(c.state, r) {
			continue
		}
		for _, name := range commit.Branches {
			if !slices.Contains(commit.Issues, key) && !strings.HasPrefix(name, key+"-") || slices.Contains(branches[r.ID], name) {
				continue
			}
			if branches[r.ID] == nil {
				repositories = append(repositories, r)
			}
			branches[r.ID] = append(branches[r.ID], name)
		}
	}
	return repositories, branches
}

func (o *object) branch(r *row, name string) {
	o.begin()
	o.str("name", name)
	o.bool("isAheadBehindPresented", name != r.Repository.MainBranch)
	o.int("ahead", int64(len(name)%3))
	o.int("behind", int64(len(name)))
	o.str("externalUrl", strings.TrimSuffix(r.Origin, ".git")+"/tree/"+name)
	o.end()
}

// listTags answers with the newest tags of each repository. The parameter is required; what is said without it is [U] in the
// contract.
func (c *call) listTags(key string) answer {
	if err := c.issue(key); err != nil {
		return c.failed(err)
	}
	most, err := strconv.Atoi(c.r.URL.Query().Get("tagsPerRepository"))
	if err != nil || most < 0 {
		return jiraMessage(http.StatusBadRequest, "Query parameter 'tagsPerRepository' must be a number.")
	}
	tags, more := c.tagsOf(key, most)
	var o object
	o.begin()
	o.listOf("tags", len(tags), func(i int) { c.tag(&o, tags[i]) })
	o.bool("isTagsFeatureEnabled", !c.faults.has("tags-off"))
	o.bool("hasMore", more)
	o.str("calculationError", "")
	c.extras(&o)
	o.end()
	return jsonAnswer(http.StatusOK, o.buf)
}

// gitTag is a tag with its commit.
type gitTag struct {
	name   string
	commit *gitCommit
}

func (c *call) tagsOf(key string, most int) (tags []gitTag, more bool) {
	if c.faults.has("tags-off") {
		return nil, false
	}
	taken := map[int64]int{}
	for _, commit := range c.state.commitsOf(key) {
		for _, name := range commit.Tags {
			if taken[commit.Repository]++; most > 0 && taken[commit.Repository] > most {
				more = true
				continue
			}
			tags = append(tags, gitTag{name, commit})
		}
	}
	return tags, more
}

func (c *call) tag(o *object, t gitTag) {
	name, address, _ := strings.Cut(strings.TrimSuffix(t.commit.Author, ">"), " <")
	o.begin()
	o.str("name", t.name)
	o.str("commitId", t.commit.Hash)
	o.int("repoId", t.commit.Repository)
	if r := c.state.find(t.commit.Repository); r != nil {
		o.str("repoName", r.DisplayName)
		o.bool("isGitViewerEnabled", r.GitViewerEnabled)
	}
	o.str("message", t.commit.Message)
	o.str("committerName", name)
	o.str("committerEmail", address)
	o.int("creationDate", t.commit.Date)
	o.end()
}
