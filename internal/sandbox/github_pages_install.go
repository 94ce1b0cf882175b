package sandbox

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// visibleApp is the app of the path, if the person in the browser may see it: a public one, or one of their own organizations.
func (c *gitHubCall) visibleApp() (*hostedApp, error) {
	a := c.gh.appBySlug(c.r.PathValue("slug"))
	if a == nil || !a.Public && !c.gh.org(a.Org).Owned {
		return nil, missing()
	}
	return a, nil
}

func (c *gitHubCall) publicPage() (answer, error) {
	a, err := c.visibleApp()
	if err != nil {
		return answer{}, err
	}
	return c.page(http.StatusOK, "GitHub Apps - "+a.Name, paragraph(a.Description), "<p>"+link("Install", c.r.URL.Path+"/installations/new")+"</p>"), nil
}

// targets are the accounts that the app can be installed on by the person in the browser. A private app belongs to its own.
func (c *gitHubCall) targets(a *hostedApp) []gitHubOrg {
	return slices.DeleteFunc(slices.Clone(c.gh.Orgs), func(o gitHubOrg) bool { return !a.Public && o.Login != a.Org })
}

func (c *gitHubCall) target(a *hostedApp) *gitHubOrg {
	all := c.targets(a)
	query := c.r.URL.Query()
	for _, id := range []string{c.form.Get("target_id"), query.Get("target_id"), query.Get("suggested_target_id")} {
		if at := slices.IndexFunc(all, func(o gitHubOrg) bool { return number(o.ID) == id }); at >= 0 {
			return &all[at]
		}
	}
	if len(all) == 1 {
		return &all[0]
	}
	return nil
}

// installPage chooses an account, where there are several, and repositories.
func (c *gitHubCall) installPage() (answer, error) {
	a, err := c.visibleApp()
	if err != nil {
		return answer{}, err
	}
	base := strings.TrimSuffix(strings.TrimSuffix(c.r.URL.Path, "/permissions"), "/new")
	state := c.r.URL.Query().Get("state")
	org := c.target(a)
	if org == nil {
		parts := []string{paragraph("Where do you want to install " + a.Name + "?")}
		for _, o := range c.targets(a) {
			to := base + "/new/permissions?" + url.Values{"target_id": {number(o.ID)}, "state": {state}}.Encode()
			parts = append(parts, "<p>"+link(o.Login, to)+"</p>")
		}
		return c.page(http.StatusOK, "Install "+a.Name, parts...), nil
	}
	if i := a.installedOn(org.Login); i != nil && org.Owned {
		return redirect(http.StatusFound, settingsOfInstallation(i)), nil
	}
	label, text := "Install", "Install on your organization "+org.Login
	if c.mustAsk(org) {
		label, text = "Request", "Your request goes to the owners of "+org.Login
	}
	return c.page(http.StatusOK, "Install & Request "+a.Name, paragraph(text), permissionList(a.Permissions),
		form(base, hidden("target_id", number(org.ID)), hidden("state", state), repositoryChoice(org, "all", nil), button(label, "", "", "")),
		"<p>"+link("Cancel", c.r.URL.RequestURI())+"</p>"), nil
}

// mustAsk reports whether an installation is a request: of who is no owner, or where the knob has it.
func (c *gitHubCall) mustAsk(org *gitHubOrg) bool {
	return !org.Owned || c.faults.has("github-approval")
}

func permissionList(permissions map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(permissions)) {
		b.WriteString("<li>" + html.EscapeString(name) + ": " + html.EscapeString(permissions[name]) + "</li>")
	}
	return "<ul>" + b.String() + "</ul>"
}

func repositoryChoice(org *gitHubOrg, selection string, chosen []string) string {
	checked := func(is bool) string {
		if is {
			return " checked"
		}
		return ""
	}
	parts := []string{
		`<label><input type="radio" name="install_target" value="all"` + checked(selection == "all") + `> All repositories</label>`,
		`<label><input type="radio" name="install_target" value="selected"` + checked(selection != "all") + `> Only select repositories</label>`,
	}
	for _, name := range org.Repos {
		parts = append(parts, `<label><input type="checkbox" name="repository_ids[]" value="`+number(org.repositoryID(name))+`"`+
			checked(slices.Contains(chosen, name))+"> "+html.EscapeString(org.Login+"/"+name)+"</label>")
	}
	return "<fieldset><legend>Repository access</legend>" + strings.Join(parts, "\n") + "</fieldset>"
}

// chosen reads what [repositoryChoice] asked for.
func (c *gitHubCall) chosen(org *gitHubOrg) (selection string, repos []string, problem string) {
	if c.form.Get("install_target") != "selected" {
		return "all", nil, ""
	}
	for _, name := range org.Repos {
		if slices.Contains(c.form["repository_ids[]"], number(org.repositoryID(name))) {
			repos = append(repos, name)
		}
	}
	if repos == nil {
		return "", nil, "Please select at least one repository."
	}
	return "selected", repos, ""
}

// install installs the app, or asks for it. The browser goes on to the setup URL, where the app has one.
func (c *gitHubCall) install() (answer, error) {
	a, err := c.visibleApp()
	if err != nil {
		return answer{}, err
	}
	org := c.target(a)
	if org == nil {
		return answer{}, missing()
	}
	selection, repos, problem := c.chosen(org)
	if problem != "" {
		return c.page(http.StatusUnprocessableEntity, "Install "+a.Name, errorBox(problem)), nil
	}
	if c.mustAsk(org) {
		return c.ask(a, org, selection, repos), nil
	}
	i := a.installedOn(org.Login)
	if i == nil {
		i = c.gh.install(a, org.Login, selection, repos, c.now().Unix())
	}
	return c.afterInstall(a, settingsOfInstallation(i), url.Values{"installation_id": {number(i.ID)}, "setup_action": {"install"}}), nil
}

func (c *gitHubCall) afterInstall(a *hostedApp, page string, query url.Values) answer {
	if a.SetupURL == "" {
		return redirect(http.StatusFound, page)
	}
	if state := c.form.Get("state"); state != "" {
		query.Set("state", state)
	}
	return redirect(http.StatusFound, withQuery(a.SetupURL, query))
}

func (g *gitHub) install(a *hostedApp, login, selection string, repos []string, at int64) *installation {
	i := &installation{
		ID: g.next(), Account: login, Selection: selection, Repos: repos, Permissions: maps.Clone(a.Permissions), Events: slices.Clone(a.Events),
		Created: at, Updated: at, Fresh: true,
	}
	a.Installations = append(a.Installations, i)
	return i
}

// ask makes a request, which owners get by mail.
func (c *gitHubCall) ask(a *hostedApp, org *gitHubOrg, selection string, repos []string) answer {
	asked := slices.ContainsFunc(c.gh.Requests, func(r appRequest) bool { return r.App == a.ID && r.Account == org.Login })
	if !asked {
		c.gh.Requests = append(c.gh.Requests, appRequest{
			ID: c.gh.next(), App: a.ID, Account: org.Login, Requester: gitHubPerson, Selection: selection, Repos: repos, Created: c.now().Unix(),
		})
	}
	if a.SetupURL != "" {
		return c.afterInstall(a, "", url.Values{"setup_action": {"request"}})
	}
	return c.page(http.StatusOK, "Request sent", paragraph("The owners of "+org.Login+" were asked to install "+a.Name+"."))
}

// requestsPage is where owners decide about requests. The sandbox's other owner has it open: anybody may press its buttons.
func (c *gitHubCall) requestsPage() (answer, error) {
	org := c.gh.org(c.r.PathValue("org"))
	if org == nil {
		return answer{}, missing()
	}
	parts := []string{paragraph("What members of " + org.Login + " asked for, as its owner " + gitHubOwner + " sees it.")}
	for _, r := range c.gh.Requests {
		if r.Account != org.Login {
			continue
		}
		to := "/organizations/" + org.Login + "/settings/installation-requests/" + number(r.ID)
		parts = append(parts, paragraph(c.gh.appByID(r.App).Name), form(to, button("Approve", "", "decision", "approve"), button("Deny", "danger", "decision", "deny")))
	}
	return c.page(http.StatusOK, "Pending requests", parts...), nil
}

func (c *gitHubCall) decideRequest() (answer, error) {
	at := slices.IndexFunc(c.gh.Requests, func(r appRequest) bool {
		return number(r.ID) == c.r.PathValue("id") && strings.EqualFold(r.Account, c.r.PathValue("org"))
	})
	if at < 0 {
		return answer{}, missing()
	}
	r := c.gh.Requests[at]
	c.gh.Requests = slices.Delete(c.gh.Requests, at, at+1)
	if c.form.Get("decision") == "approve" {
		c.gh.install(c.gh.appByID(r.App), r.Account, r.Selection, r.Repos, c.now().Unix())
	}
	return redirect(http.StatusFound, "/organizations/"+r.Account+"/settings/installation-requests"), nil
}

// installedPage lists what is installed on an organization.
func (c *gitHubCall) installedPage() (answer, error) {
	org, err := c.ownedOrg()
	if err != nil {
		return answer{}, err
	}
	parts := []string{paragraph("The GitHub Apps that are installed on " + org.Login + ".")}
	for _, a := range c.gh.Apps {
		if i := a.installedOn(org.Login); i != nil {
			parts = append(parts, "<p>"+link(a.Name, settingsOfInstallation(i))+"</p>")
		}
	}
	return c.page(http.StatusOK, "Installed GitHub Apps", append(parts, "<p>"+link("Pending requests", "/organizations/"+org.Login+"/settings/installation-requests")+"</p>")...), nil
}
