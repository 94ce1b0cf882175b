package sandbox

import (
	"slices"
	"strings"
)

// disable switches an integration or a repository off or on: one resource serves both, and both share one id space.
func (c *call) disable(id int64) answer {
	disabled, ok := c.queryBool("disable", "")
	if !ok {
		return badQuery("disable")
	}
	err := c.s.store.update(func(st *state) error {
		old := st.find(id)
		if old == nil {
			return noSuchID(id)
		}
		if c.faults.value("disable-endpoint") == "ignored" {
			return nil
		}
		next := *old
		next.Disabled = disabled
		st.replace(&next)
		return nil
	})
	if err != nil {
		return c.failed(err)
	}
	return c.done()
}

// listRepositories answers any Jira user with the repositories, of all projects or of one. That integrations are not
// among them is the sandbox's reading ([U] in the contract).
func (c *call) listRepositories() answer {
	query := c.r.URL.Query()
	if !query.Has("projectKey") {
		return c.repositories(func(*row) bool { return true })
	}
	p := c.state.projectByKey(query.Get("projectKey"))
	if p == nil {
		// The words, and that it is an error at all, are [U] in the contract.
		return c.failed(problem{text: "Project with key=" + query.Get("projectKey") + " does not exist", advice: "Please try again with an existing project key."})
	}
	return c.repositories(func(r *row) bool { return c.state.isVisibleIn(r, p.ID) })
}

func (c *call) repositories(want func(*row) bool) answer {
	return c.many("repositories", c.state.Rows, func(r *row) bool { return r.Repository != nil && want(r) })
}

// isVisibleIn reports whether a repository belongs to a project. A nested one that says nothing else has the projects of its
// integration; that a restriction of its own counts before that is the sandbox's reading ([U] in the contract).
func (st *state) isVisibleIn(r *row, project int64) bool {
	if parent := st.find(r.Repository.TrackedFolderID); parent != nil && r.Global {
		r = parent
	}
	return r.Global || slices.Contains(r.Projects, project)
}

// writeRoots writes where the repositories of a tracked folder are.
func writeRoots(o *object, r *row) {
	if r.Type != "FILESPACE" {
		return
	}
	root := strings.TrimSuffix(r.Origin, "*")
	o.str("root", root)
	o.str("realRoot", root)
	o.bool("absoluteRoot", true)
}
