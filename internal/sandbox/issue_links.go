package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// routeLinks has the issues of a commit. The vendor's specification and its example differ in the address.
func (c *call) routeLinks(path []string) answer {
	id, ok := parseID(path[:1])
	word := c.faults.value("commits-path")
	if word == "" {
		word = "commits"
	}
	if !ok || path[3] != "issues" || path[1] != word && (word != "both" || path[1] != "commits" && path[1] != "commit") {
		return notFoundREST(c.uri())
	}
	return c.pick("GET,POST", resources{
		http.MethodGet:  func() answer { return c.listLinks(id, path[2]) },
		http.MethodPost: func() answer { return c.changeLinks(id, path[2]) },
	})
}

// linked finds a commit for who may see it. What is said of one that is not there is [U] in the contract.
func (c *call) linked(st *state, id int64, hash string) (int, error) {
	r := st.find(id)
	if r == nil {
		return 0, noSuchID(id)
	}
	if !c.mayDevelop(st, r) {
		return 0, forbidden{"You do not have permission to view this repository."}
	}
	at := slices.IndexFunc(st.Commits, func(commit *gitCommit) bool { return commit.Repository == id && commit.Hash == hash })
	if at < 0 {
		return 0, problem{text: "Commit " + hash + " does not exist", advice: "Please try again with an existing commit.", missing: true}
	}
	return at, nil
}

func (c *call) listLinks(id int64, hash string) answer {
	at, err := c.linked(c.state, id, hash)
	if err != nil {
		return c.failed(err)
	}
	var o object
	o.begin()
	o.bool("success", true)
	o.strs("issueKeys", c.state.Commits[at].Issues)
	c.extras(&o)
	o.end()
	return jsonAnswer(http.StatusOK, o.buf)
}

// changeLinks changes the issues of a commit, in all repositories that have it, as the vendor's example says.
func (c *call) changeLinks(id int64, hash string) answer {
	var body struct {
		Changes []string `json:"changeStrs"`
	}
	if a, ok := c.readJSON(&body); !ok {
		return a
	}
	for _, change := range body.Changes {
		action, key, _ := strings.Cut(change, ":")
		if action != "a" && action != "d" {
			return c.failed(problem{text: "Unknown change " + change, advice: "Please provide a:KEY or d:KEY."})
		}
		if err := c.issue(key); err != nil && action == "a" {
			return c.failed(err)
		}
	}
	err := c.s.store.update(func(st *state) error {
		if _, err := c.linked(st, id, hash); err != nil || c.faults.has("link-ignored") {
			return err
		}
		st.Commits = slices.Clone(st.Commits)
		for i, old := range st.Commits {
			if old.Hash == hash {
				st.Commits[i] = old.changed(body.Changes)
			}
		}
		return nil
	})
	if err != nil {
		return c.failed(err)
	}
	return c.done()
}

// changed returns the commit with other issues.
func (commit *gitCommit) changed(changes []string) *gitCommit {
	next := *commit
	next.Issues = slices.Clone(commit.Issues)
	for _, change := range changes {
		action, key, _ := strings.Cut(change, ":")
		next.Issues = slices.DeleteFunc(next.Issues, func(k string) bool { return k == key })
		if action == "a" {
			next.Issues = append(next.Issues, key)
		}
	}
	return &next
}
