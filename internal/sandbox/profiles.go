package sandbox

import (
	"io"
	"net/http"
)

// The shapes that the vendor's documentation had over the years. Which one a server has is [U] in the contract.
const (
	profileCaptured   = "captured"    // boolean success, GET-one is an object: what the captures of 2023 suggest
	profileLegacyDocs = "legacy-docs" // success is the string "true", GET-one is an array of one
	profileAncient    = "ancient"     // and the array's key is integrations
	profileBare       = "bare"        // no envelope, and type instead of integrationType: the repository API's habit
)

// showRow chooses what an answer contains.
type showRow struct {
	profile  string
	updated  bool   // it answers a PUT
	noIndex  bool   // the date of the last index is not shown
	hideFrom string // a manager who may not see the projects of somebody else's integration; "" hides nothing
	extras   func(*object)
	name     string // instead of the display name
	// suspended tells the flag of a GitHub App; nil shows none.
	suspended func(*githubApp) bool
	hidesApp  bool // the knob app-rest
}

// success writes the success key in the way of the profile.
func (v showRow) success(o *object) {
	if v.isLegacy() {
		o.str("success", "true")
		return
	}
	o.bool("success", true)
}

func (v showRow) isLegacy() bool {
	return v.profile == profileLegacyDocs || v.profile == profileAncient
}

// write writes a row with the documented keys in the documented order. Credentials, their user name, awsRegion,
// folderDepth and tfsCollection are never shown.
func (v showRow) write(o *object, r *row) {
	if r.Repository != nil {
		v.writeRepository(o, r)
		return
	}
	o.begin()
	o.int("id", r.ID)
	v.writeIdentity(o, r)
	o.bool("disabled", r.Disabled)
	o.bool("sendCommitEmails", r.SendCommitEmails)
	o.int("maxMinsToCommitEmail", r.MaxMinsToCommitEmail)
	seesProjects := v.seesProjects(r)
	if seesProjects {
		o.bool("global", r.Global)
	}
	v.writeDates(o, r)
	o.bool("revisionIndexing", r.RevisionIndexing)
	o.bool("gitViewerEnabled", r.GitViewerEnabled)
	o.bool("disableSslVerification", r.DisableSslVerification)
	o.bool("smartCommitsEnabled", r.SmartCommitsEnabled)
	o.strIfSet("tagsFilter", r.TagsFilter)
	o.strIfSet("prHideFilter", r.PrHideFilter)
	if !v.isLegacy() || !v.updated { // the samples of an update lack it
		o.bool("requireUserPat", r.RequireUserPat)
	}
	if seesProjects {
		o.ints("projectMappingIds", r.shownProjects())
	}
	v.writeKind(o, r)
	o.bool("sourcesDiffViewEnabled", r.SourcesDiffViewEnabled)
	o.bool("refSpecNotes", r.RefSpecNotes)
	o.bool("refSpecChanges", r.RefSpecChanges)
	o.strIfSet("refSpecCustom", r.RefSpecCustom)
	o.strIfSet("apiPath", r.APIPath)
	o.strIfSet("apiFilter", r.APIFilter)
	o.bool("trustFolderStat", r.TrustFolderStat)
	v.writeApp(o, r.GitHubApp)
	if v.extras != nil {
		v.extras(o)
	}
	o.end()
}

// shownProjects is empty while all projects are associated; bulk change keeps the list all the same.
func (r *row) shownProjects() []int64 {
	if r.Global {
		return nil
	}
	return r.Projects
}

func (v showRow) seesProjects(r *row) bool { return v.hideFrom == "" || v.hideFrom == r.Author }

func (v showRow) writeDates(o *object, r *row) {
	o.int("initDate", r.InitDate)
	if !v.noIndex {
		o.intIfSet("lastIndexedDate", r.LastIndexed)
	}
}

func (v showRow) writeIdentity(o *object, r *row) {
	o.str("displayName", v.shownName(r))
	o.str("origin", r.Origin)
	writeRoots(o, r)
}

func (v showRow) shownName(r *row) string {
	if v.name != "" {
		return v.name
	}
	return r.DisplayName
}

func (v showRow) writeKind(o *object, r *row) {
	switch {
	case r.Type == "": // a plain repository has no type
	case v.profile == profileBare:
		o.str("type", r.Type)
	default:
		o.str("integrationType", r.Type)
	}
	if !v.isLegacy() {
		o.bool("showAllTags", r.TagsFilter == nil || *r.TagsFilter == "")
	}
}

// writeApp writes what is public of a GitHub App. That these keys appear is an assumption ([U] in the contract, §9.4).
func (v showRow) writeApp(o *object, app *githubApp) {
	if app == nil || v.hidesApp {
		return
	}
	o.int("githubAppId", app.ID)
	o.intIfSet("githubAppInstallationId", app.InstallationID)
	o.str("githubAppOrg", app.Org)
	o.str("githubAppName", app.Name)
	o.str("githubAppSlug", app.Slug)
	o.str("githubAppHtmlUrl", app.HTMLURL)
	if v.suspended != nil {
		o.bool(columnSuspended, v.suspended(app))
	}
}

func (c *call) view() showRow {
	v := showRow{profile: c.faults.value("profile"), updated: c.r.Method == http.MethodPut, extras: c.extras, noIndex: c.faults.has("index-forgets-date")}
	v.hidesApp = c.faults.value("app-rest") == "hidden"
	switch c.faults.value("app-suspended") {
	case "shown":
		v.suspended = func(*githubApp) bool { return false }
	case "told":
		v.suspended = c.state.isSuspendedOnGitHub
	}
	if c.account.Manager && !c.account.Admin {
		v.hideFrom = c.account.Name
	}
	return v
}

// one answers with a single integration.
func (c *call) one(status int, r *row) answer {
	v := c.view()
	var o object
	if v.profile == profileBare {
		v.write(&o, r)
		return jsonAnswer(status, o.buf)
	}
	o.begin()
	v.success(&o)
	asked := c.r.Method == http.MethodGet || c.r.Method == http.MethodHead
	switch {
	case asked && v.isLegacy():
		key := "integration"
		if v.profile == profileAncient {
			key = "integrations"
		}
		o.key(key)
		o.buf = append(o.buf, '[')
		v.write(&o, r)
		o.buf = append(o.buf, ']')
	default:
		o.key("integration")
		v.write(&o, r)
	}
	c.extras(&o)
	o.end()
	return jsonAnswer(status, o.buf)
}

// many answers with a list. It is written row by row: ten thousand rows need no memory.
func (c *call) many(key string, rows []*row, want func(*row) bool) answer {
	v := c.view()
	hostile := c.faults.has("hostile-text")
	return answer{status: http.StatusOK, contentType: typeJSON, stream: func(w io.Writer) error {
		var o object
		o.begin()
		v.success(&o)
		o.key(key)
		o.buf = append(o.buf, '[')
		first := true
		for _, r := range rows {
			if !want(r) {
				continue
			}
			if !first {
				o.buf = append(o.buf, ',')
			}
			v.name = ""
			if first && hostile {
				v.name = r.DisplayName + hostileText()
			}
			first = false
			v.write(&o, r)
			if _, err := w.Write(o.buf); err != nil {
				return err
			}
			o.buf = o.buf[:0]
		}
		o.buf = append(o.buf, ']')
		o.comma = true
		c.extras(&o)
		o.end()
		_, err := w.Write(o.buf)
		return err
	}}
}
