package sandbox

import (
	"net/http"
	"strconv"
)

// repository returns the repository with that id. That an integration's id is refused is the sandbox's choice ([U] in the contract).
func (st *state) repository(id int64) (*row, error) {
	r := st.find(id)
	if r == nil {
		return nil, noSuchID(id)
	}
	if r.Repository == nil {
		return nil, problem{
			text:   "Repository with id=" + strconv.FormatInt(id, 10) + " is an integration",
			advice: "Please use the integration API.",
		}
	}
	return r, nil
}

// addRepository answers POST.
func (c *call) addRepository() answer {
	p, a, ok := c.readRepository()
	if !ok {
		return a
	}
	var added *row
	err := c.s.store.update(func(st *state) error {
		r, err := p.newRow(st, c.account.Name, c.s.now(), c.faults.value("repository-roots") == "table")
		if err != nil {
			return err
		}
		st.add(r)
		r.complete()
		st.keepSecrets(r, p.patch, c.keepsSecrets())
		if !c.faults.has("no-first-index") {
			c.beginIndex(st, []*row{r}, priorityManual)
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
	return c.oneRepository(status, added)
}

// updateRepository answers PUT, whose id is in its body. It merges: what is not sent stays.
func (c *call) updateRepository() answer {
	p, a, ok := c.readRepository()
	if !ok {
		return a
	}
	if p.ID == nil {
		return c.failed(problem{text: "Repository id is required", advice: "Please provide id."})
	}
	var shown *row
	update := func(st *state) error {
		old, err := st.repository(*p.ID)
		if err != nil {
			return err
		}
		next, repo := *old, *old.Repository
		next.Repository = &repo
		if err := p.apply(st, &next); err != nil {
			return err
		}
		if err := c.checkProjectsKept(old, &next); err != nil {
			return err
		}
		if err := c.applyDisabledMode(old, &next); err != nil {
			return err
		}
		st.keepSecrets(&next, p.patch, c.keepsSecrets())
		st.replace(&next)
		shown = &next
		return nil
	}
	keep := c.s.store.update
	if c.faults.has("write-ignored") {
		keep = func(change func(*state) error) error { return change(c.state.clone()) }
	}
	if err := keep(update); err != nil {
		return c.failed(err)
	}
	return c.oneRepository(http.StatusOK, shown)
}

// removeRepository answers DELETE, whose id is in its query.
func (c *call) removeRepository() answer {
	id, err := strconv.ParseInt(c.r.URL.Query().Get("id"), 10, 64)
	if err != nil {
		return jiraMessage(http.StatusBadRequest, "Query parameter 'id' must be a number.")
	}
	if _, ok := c.queryBool("deleteFiles", "false"); !ok {
		return badQuery("deleteFiles")
	}
	if c.faults.has("pretend-delete") {
		return c.done()
	}
	err = c.s.store.update(func(st *state) error {
		if _, err := st.repository(id); err != nil {
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

func (c *call) readRepository() (repositoryPatch, answer, bool) {
	if _, a, ok := c.readBody(); !ok {
		return repositoryPatch{}, a, false
	}
	p, err := readRepositoryPatch(c.body)
	if err != nil {
		return repositoryPatch{}, c.failed(err), false
	}
	return p, answer{}, true
}

// oneRepository answers POST and PUT with the bare object, as the vendor's samples have it, or in an envelope like that of an
// integration: the knob repository-envelope.
func (c *call) oneRepository(status int, r *row) answer {
	v := c.view()
	var o object
	if !c.faults.has("repository-envelope") {
		v.write(&o, r)
		return jsonAnswer(status, o.buf)
	}
	o.begin()
	v.success(&o)
	o.key("repository")
	v.write(&o, r)
	o.end()
	return jsonAnswer(status, o.buf)
}

// writeRepository writes a repository with the keys of the vendor's list, in their order. Credentials are never shown.
func (v showRow) writeRepository(o *object, r *row) {
	repo := r.Repository
	nested := repo.TrackedFolderID != 0
	o.begin()
	o.int("id", r.ID)
	if repo.Group != "" {
		o.str("group", repo.Group)
	}
	o.str("displayName", v.shownName(r))
	o.str("origin", r.Origin)
	o.str("mainBranch", repo.MainBranch)
	if repo.Root != "" {
		o.str("root", repo.Root)
		o.str("realRoot", repo.RealRoot)
	}
	o.bool("absoluteRoot", repo.AbsoluteRoot)
	o.bool("disabled", r.Disabled)
	o.bool("enableFetches", r.cell("enableFetches") != "false")
	o.bool("sendCommitEmails", r.SendCommitEmails)
	o.int("maxMinsToCommitEmail", r.MaxMinsToCommitEmail)
	seesProjects := v.seesProjects(r)
	if seesProjects {
		o.bool("global", r.Global)
	}
	o.bool("hosted", r.cell("hosted") == "true")
	v.writeDates(o, r)
	o.bool("revisionIndexing", r.RevisionIndexing)
	o.bool("gitViewerEnabled", r.GitViewerEnabled)
	o.bool("disableSslVerification", r.DisableSslVerification)
	o.bool("smartCommitsEnabled", r.SmartCommitsEnabled)
	for _, key := range linkKeys() {
		if text := r.Columns[key]; text != "" { // the answer to the vendor's POST, which sent empty ones, lacks them
			o.str(key, text)
		}
	}
	o.bool(commitsValidation, r.Columns[commitsValidation] != "false") // every sample has true; the default is [U]
	o.strIfSet("tagsFilter", r.TagsFilter)
	o.strIfSet("prHideFilter", r.PrHideFilter)
	o.bool("requireUserPat", r.RequireUserPat)
	if seesProjects {
		o.ints("projectMappingIds", r.shownProjects())
	}
	o.intIfSet("trackedFolderId", repo.TrackedFolderID)
	v.writeKind(o, r)
	o.bool("supportsBranchCreationApi", nested)
	if nested {
		o.str("supportsPullRequestApi", "PULL_REQUESTS_GROUP")
	}
	o.bool("sourcesDiffViewEnabled", r.SourcesDiffViewEnabled)
	o.bool("refSpecNotes", r.RefSpecNotes)
	o.bool("refSpecChanges", r.RefSpecChanges)
	o.strIfSet("refSpecCustom", r.RefSpecCustom)
	o.bool("trustFolderStat", r.TrustFolderStat)
	if v.extras != nil {
		v.extras(o)
	}
	o.end()
}
