package sandbox

import (
	"net/http"
	"net/url"
)

// confirmApp is what the form with a manifest leads to: a page with the name, and one button. A person whose POST was lost by signing
// in comes here with GET, and without a manifest.
func (c *gitHubCall) confirmApp() (answer, error) {
	org, err := c.ownedOrg()
	if err != nil {
		return answer{}, err
	}
	m, problems := c.readManifest(c.form.Get("manifest"))
	if problems != nil {
		return c.invalidManifest(problems), nil
	}
	return c.confirmation(http.StatusOK, org, m.Name, ""), nil
}

func (c *gitHubCall) invalidManifest(problems []string) answer {
	for i := range problems {
		problems[i] = "Error: " + problems[i]
	}
	return c.page(http.StatusUnprocessableEntity, "Invalid GitHub App configuration",
		paragraph("The configuration does not appear to be a valid GitHub App manifest."), errorBox(problems...))
}

func (c *gitHubCall) confirmation(status int, org *gitHubOrg, name, problem string) answer {
	state := c.r.URL.Query().Get("state")
	if c.form.Has("state") {
		state = c.form.Get("state")
	}
	return c.page(status, "Create GitHub App for "+org.Login, errorBox(problem),
		form("/organizations/"+org.Login+"/settings/apps", hidden("manifest", c.form.Get("manifest")), hidden("state", state),
			textBox("GitHub App name", "name", name), button("Create GitHub App for "+org.Login, "", "", "")))
}

// createApp makes the app and sends the browser back with a code.
func (c *gitHubCall) createApp() (answer, error) {
	org, err := c.ownedOrg()
	if err != nil {
		return answer{}, err
	}
	m, problems := c.readManifest(c.form.Get("manifest"))
	if problems != nil {
		return c.invalidManifest(problems), nil
	}
	m.Name = c.form.Get("name")
	problem := c.nameProblem(m.Name, org.Login, nil)
	if c.appsOf(org) >= mostApps {
		problem = "This organization has as many GitHub Apps as it may have"
	}
	if problem != "" {
		return c.confirmation(http.StatusUnprocessableEntity, org, m.Name, problem), nil
	}
	a := c.create(org, m)
	if m.RedirectURL == "" {
		return redirect(http.StatusFound, settingsOf(a)), nil
	}
	query := url.Values{"code": {c.newCode(a)}}
	if state := c.form.Get("state"); state != "" {
		query.Set("state", state)
	}
	return redirect(http.StatusFound, withQuery(m.RedirectURL, query)), nil
}

func (c *gitHubCall) appsOf(org *gitHubOrg) int {
	n := 0
	for _, a := range c.gh.Apps {
		if a.Org == org.Login {
			n++
		}
	}
	return n
}

// withQuery adds to the query of an address.
func withQuery(address string, more url.Values) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := u.Query()
	for name, values := range more {
		query[name] = values
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// settingsOf is the path of an app's settings.
func settingsOf(a *hostedApp) string { return "/organizations/" + a.Org + "/settings/apps/" + a.Slug }

func (c *gitHubCall) appsPage() (answer, error) {
	org, err := c.ownedOrg()
	if err != nil {
		return answer{}, err
	}
	parts := []string{paragraph("The GitHub Apps of " + org.Login + ".")}
	for _, a := range c.gh.Apps {
		if a.Org == org.Login {
			parts = append(parts, "<p>"+link(a.Name, settingsOf(a))+"</p>")
		}
	}
	return c.page(http.StatusOK, "GitHub Apps", parts...), nil
}
