package sandbox

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
)

func isIntegration(r *row) bool { return r.Repository == nil }

func (c *call) listIntegrations() answer {
	return c.many("integrations", c.state.Rows, isIntegration)
}

func (c *call) getIntegration(id int64) answer {
	r, err := c.state.integration(id)
	if err != nil {
		return c.failed(err)
	}
	return c.one(http.StatusOK, r)
}

// integration returns the integration with that id. That a repository's id is refused is the sandbox's choice ([U] in
// the contract).
func (st *state) integration(id int64) (*row, error) {
	r := st.find(id)
	if r == nil {
		return nil, noSuchID(id)
	}
	if r.Repository != nil {
		return nil, problem{
			text:   "Repository with id=" + strconv.FormatInt(id, 10) + " is not an integration",
			advice: "Please try again with an existing integration id.",
		}
	}
	return r, nil
}

// addIntegration answers POST. Whether a success is 200 or 201 is [U] in the contract: the knob post-status.
func (c *call) addIntegration() answer {
	p, a, ok := c.readBody()
	if !ok {
		return a
	}
	var added *row
	err := c.s.store.update(func(st *state) error {
		r, err := p.newRow(st, c.account.Name, c.s.now())
		if err != nil {
			return err
		}
		st.add(r)
		st.keepSecrets(r, p, c.keepsSecrets())
		if !c.faults.has("no-first-index") {
			c.beginFirstIndex(st, r)
		}
		added = r
		return nil
	})
	if err != nil {
		return c.failed(err)
	}
	status := http.StatusOK
	if forced := c.faults.number("post-status"); forced != 0 {
		status = forced
	}
	return c.one(status, added)
}

func (st *state) keepSecrets(r *row, p patch, keep bool) {
	for field, value := range p.secrets() {
		st.setSecret(r, field, value, keep)
	}
}

// updateIntegration answers PUT, which merges: what is not sent stays.
func (c *call) updateIntegration(id int64) answer {
	p, a, ok := c.readBody()
	if !ok {
		return a
	}
	var shown *row
	update := func(st *state) error {
		old, err := st.integration(id)
		if err != nil {
			return err
		}
		next, err := c.updated(st, old, p)
		if err != nil {
			return err
		}
		st.replace(next)
		shown = next
		return nil
	}
	keep := c.s.store.update
	if c.faults.has("write-ignored") {
		keep = func(change func(*state) error) error { return change(c.state.clone()) }
	}
	if err := keep(update); err != nil {
		return c.failed(err)
	}
	return c.one(http.StatusOK, shown)
}

// updated returns the row as the patch leaves it. The row itself is not touched.
func (c *call) updated(st *state, old *row, p patch) (*row, error) {
	if err := checkKept(old, p); err != nil {
		return nil, err
	}
	next := *old
	if err := p.apply(st, &next); err != nil {
		return nil, err
	}
	if err := c.checkProjectsKept(old, &next); err != nil {
		return nil, err
	}
	if err := c.applyDisabledMode(old, &next); err != nil {
		return nil, err
	}
	st.keepSecrets(&next, p, c.keepsSecrets())
	return &next, nil
}

// checkKept refuses what an update may not do. The documentation of the request class says that the type cannot change;
// what a server does about it, or about an empty display name, is [U] in the contract.
func checkKept(old *row, p patch) error {
	if p.Type != nil && *p.Type != old.Type {
		return problem{
			text:   "Integration type cannot be changed from " + old.Type + " to " + *p.Type,
			advice: "Please add a new integration instead.",
		}
	}
	if p.DisplayName != nil && *p.DisplayName == "" {
		return problem{text: "Display name is required", advice: "Please provide displayName."}
	}
	if p.Origin != nil && *p.Origin == "" {
		return required(kindOf(old.Type), "origin")
	}
	return nil
}

// checkProjectsKept refuses a manager's change of the projects of somebody else's integration.
func (c *call) checkProjectsKept(old, next *row) error {
	if c.account.Admin || old.Author == c.account.Name {
		return nil
	}
	if old.Global == next.Global && slices.Equal(old.Projects, next.Projects) {
		return nil
	}
	return forbidden{"You cannot change the project associations of an integration that you did not create."}
}

// applyDisabledMode is the knob disabled-put. Real servers are known to answer success and leave the flag as it was
// (GIT-6224, contract §5.3); which versions do is [U].
func (c *call) applyDisabledMode(old, next *row) error {
	if old.Disabled == next.Disabled {
		return nil
	}
	switch c.faults.value("disabled-put") {
	case "ignored":
		next.Disabled = old.Disabled
	case "error":
		return problem{
			text:   "disabled cannot be changed by an update",
			advice: "Please use the disable resource of the repository API.",
		}
	}
	return nil
}

// removeIntegration answers DELETE. The repositories that the integration found go with it.
func (c *call) removeIntegration(id int64) answer {
	if _, ok := c.queryBool("deleteFiles", "false"); !ok {
		return badQuery("deleteFiles")
	}
	if c.faults.has("pretend-delete") {
		return c.done()
	}
	err := c.s.store.update(func(st *state) error {
		if _, err := st.integration(id); err != nil {
			return err
		}
		st.removeRow(id)
		return nil
	})
	if err != nil {
		return c.failed(err)
	}
	return c.done()
}

// readBody decodes the body of POST and PUT.
func (c *call) readBody() (patch, answer, bool) {
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return patch{}, jiraMessage(http.StatusUnsupportedMediaType, "HTTP 415 Unsupported Media Type"), false
	}
	p, err := readPatch(c.body)
	if err != nil {
		return patch{}, c.failed(err), false
	}
	return p, answer{}, true
}

// queryBool reads a boolean of the query. A word that is neither is refused, where a real server may take it for false
// ([U] in the contract): a client's mistake should show.
func (c *call) queryBool(name, absent string) (value, ok bool) {
	query := c.r.URL.Query()
	given := query.Get(name)
	if !query.Has(name) {
		given = absent
	}
	switch given {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

func badQuery(name string) answer {
	return jiraMessage(http.StatusBadRequest, "Query parameter '"+name+"' must be true or false.")
}
