package sandbox

import (
	"cmp"
	"strconv"
	"strings"
)

// isApp reports whether a row of the file without id is to connect a GitHub App.
func (im *importer) isApp(r importRow) bool {
	kind := r.cells["integrationType"]
	return r.cells[columnPEM] != "" || strings.HasPrefix(kind, "GITHUB_APP") || kind != "" && kind == im.call.faults.value("app-type")
}

// checkNewApp is the knob new-app. What the vendor documents is that an app cannot be connected anew.
func (im *importer) checkNewApp(fresh *row, r importRow) error {
	switch {
	case im.call.faults.value("new-app") != "create":
		return problem{text: "A GitHub App cannot be connected by an import"}
	case r.cells["origin"] == "":
		return problem{text: "Origin is required"}
	case fresh.GitHubApp.ID == 0 || fresh.GitHubApp.Org == "" || r.cells[columnPEM] == "":
		return problem{text: "A GitHub App needs its id, its organization and its private key"}
	}
	return nil
}

// connect makes a new row one of a GitHub App.
func (r *row) connect(from importRow) {
	cells, number := from.cells, func(text string) int64 {
		n, _ := strconv.ParseInt(text, 10, 64) // what is no number is none
		return n
	}
	slug := cmp.Or(cells["githubAppSlug"], cells["githubAppName"])
	r.GitHubApp = &githubApp{
		ID: number(cells["githubAppId"]), InstallationID: number(cells["githubAppInstallationId"]), Org: cells["githubAppOrg"],
		Name: cmp.Or(cells["githubAppName"], slug), Slug: slug, HTMLURL: cells["githubAppHtmlUrl"],
	}
	r.Type = "GITHUB"
	if cells["origin"] != kindOf(r.Type).origin {
		r.Type = "GITHUB_SERVER"
	}
	r.DisplayName = r.GitHubApp.Org + " / " + r.GitHubApp.Name
	if id := cells["githubAppClientId"]; id != "" {
		r.Columns = with(r.Columns, "githubAppClientId", id)
	}
}
