package sandbox

import (
	"html"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// appSettings is the page where an app is renamed and its keys are made and deleted.
func (c *gitHubCall) appSettings() (answer, error) {
	err := c.s.store.update(func(st *state) error {
		c.app = st.GitHub.appByID(c.app.ID)
		return st.makeOwedKey(c.app)
	})
	return c.showSettings(http.StatusOK, ""), err
}

func (c *gitHubCall) showSettings(status int, problem string) answer {
	a, path := c.app, settingsOf(c.app)
	parts := []string{
		errorBox(problem),
		"<p>App ID: <code>" + number(a.ID) + "</code></p><p>Client ID: <code>" + a.ClientID + "</code></p>",
		"<p>" + link("Permissions & events", path+"/permissions") + " · " + link("Installations", path+"/installations") + " · " + link("Advanced", path+"/advanced") + "</p>",
		"<h2>Basic information</h2>", form(path, textBox("GitHub App name", "name", a.Name), textBox("Homepage URL", "url", a.URL), button("Save changes", "", "", "")),
		"<h2>Private keys</h2>", form(path+"/keys", button("Generate a private key", "", "", "")),
	}
	for _, key := range a.liveKeys() {
		parts = append(parts, "<p>Private key <code>SHA256:"+html.EscapeString(key.Fingerprint)+"</code> added "+moment(key.Created)+"</p>",
			form(path+"/keys/delete", hidden("fingerprint", key.Fingerprint), button("Delete", "danger", "", "")))
	}
	return c.page(status, a.Name, parts...)
}

func (c *gitHubCall) changeApp() (answer, error) {
	name, a := c.form.Get("name"), c.app
	if problem := c.nameProblem(name, a.Org, a); problem != "" {
		return c.showSettings(http.StatusUnprocessableEntity, problem), nil
	}
	if name != a.Name {
		a.Name, a.Slug = name, slugOf(name)
	}
	if isWebURL(c.form.Get("url")) {
		a.URL = c.form.Get("url")
	}
	a.Updated = c.now().Unix()
	return redirect(http.StatusFound, settingsOf(a)), nil
}

// newKey makes a key and lets the browser keep it: GitHub forgets the private half.
func (c *gitHubCall) newKey() (answer, error) {
	if len(c.app.liveKeys()) >= maxKeys {
		return c.showSettings(http.StatusUnprocessableEntity, "This app has as many private keys as it may have."), nil
	}
	if err := c.st.makeOwedKey(c.app); err != nil { // the first one was made before
		return answer{}, err
	}
	key, err := c.app.addKey(c.now().Unix())
	if err != nil {
		return answer{}, err
	}
	name := c.app.Slug + "." + c.now().UTC().Format(time.DateOnly) + ".private-key.pem"
	return answer{
		status: http.StatusOK, contentType: "application/x-pem-file", body: []byte(key),
		header: map[string]string{"Content-Disposition": `attachment; filename="` + name + `"`, "Cache-Control": "no-store"},
	}, nil
}

func (c *gitHubCall) deleteKey() (answer, error) {
	wanted := strings.TrimPrefix(c.form.Get("fingerprint"), "SHA256:")
	at := slices.IndexFunc(c.app.Keys, func(k publicKey) bool { return !k.Deleted && k.Fingerprint == wanted })
	switch {
	case at < 0:
		return answer{}, missing()
	case len(c.app.liveKeys()) == 1:
		return c.showSettings(http.StatusUnprocessableEntity, "The last private key of an app cannot be deleted: generate another one first."), nil
	}
	c.app.Keys[at].Deleted = true
	return redirect(http.StatusFound, settingsOf(c.app)), nil
}

// permissionsPage has one box for each permission, also for one to add.
func (c *gitHubCall) permissionsPage() (answer, error) {
	return c.showPermissions(http.StatusOK, nil), nil
}

func (c *gitHubCall) showPermissions(status int, problems []string) answer {
	var boxes []string
	for _, name := range slices.Sorted(maps.Keys(c.app.Permissions)) {
		boxes = append(boxes, textBox(name, "permission["+name+"]", c.app.Permissions[name]))
	}
	boxes = append(boxes, textBox("Another permission", "name", ""), textBox("Its level", "level", ""), textBox("Events", "events", strings.Join(c.app.Events, " ")),
		button("Save changes", "", "", ""))
	return c.page(status, "Permissions & events", errorBox(problems...), form(settingsOf(c.app)+"/permissions", boxes...))
}

// changePermissions changes what the app asks for. Installations keep what they have until an owner accepts.
func (c *gitHubCall) changePermissions() (answer, error) {
	next := maps.Clone(c.app.Permissions)
	put := func(name, level string) {
		if level == "" || level == "none" {
			delete(next, name)
			return
		}
		next[name] = level
	}
	for key, values := range c.form {
		if name, found := strings.CutPrefix(key, "permission["); found {
			put(strings.TrimSuffix(name, "]"), values[0])
		}
	}
	if name := c.form.Get("name"); name != "" {
		put(name, c.form.Get("level"))
	}
	if problems := c.permissionProblems(next); len(problems) > 0 {
		return c.showPermissions(http.StatusUnprocessableEntity, problems), nil
	}
	c.app.Permissions, c.app.Updated = next, c.now().Unix()
	if c.form.Has("events") {
		c.app.Events = strings.Fields(c.form.Get("events"))
	}
	return redirect(http.StatusFound, settingsOf(c.app)+"/permissions"), nil
}

func (c *gitHubCall) advancedPage() (answer, error) { return c.showAdvanced(http.StatusOK, ""), nil }

func (c *gitHubCall) showAdvanced(status int, problem string) answer {
	a, path := c.app, settingsOf(c.app)
	visibility, to := "Make public", "true"
	if a.Public {
		visibility, to = "Make private", "false"
	}
	return c.page(status, "Advanced", errorBox(problem), "<h2>Danger zone</h2>", "<p>"+link("Suspend installations", path+"/installations")+"</p>",
		form(path+"/public", button(visibility, "danger", "public", to)),
		form(path+"/delete", paragraph("This deletes the app and uninstalls it everywhere. Type its name to confirm: "+a.Name), textBox("Name of the app", "confirm", ""),
			button("Delete GitHub App", "danger", "", "")))
}

func (c *gitHubCall) deleteApp() (answer, error) {
	a := c.app
	if c.form.Get("confirm") != a.Name {
		return c.showAdvanced(http.StatusUnprocessableEntity, "The name does not match."), nil
	}
	for _, i := range slices.Clone(a.Installations) {
		c.gh.uninstall(a, i)
	}
	c.gh.Apps = slices.DeleteFunc(c.gh.Apps, func(other *hostedApp) bool { return other.ID == a.ID })
	c.gh.Requests = slices.DeleteFunc(c.gh.Requests, func(r appRequest) bool { return r.App == a.ID })
	c.gh.Codes = slices.DeleteFunc(c.gh.Codes, func(code appCode) bool { return code.App == a.ID })
	return redirect(http.StatusFound, "/organizations/"+a.Org+"/settings/apps"), nil
}

func (c *gitHubCall) changePublic() (answer, error) {
	c.app.Public, c.app.Updated = c.form.Get("public") == "true", c.now().Unix()
	return redirect(http.StatusFound, settingsOf(c.app)+"/advanced"), nil
}

func (c *gitHubCall) installationsPage() (answer, error) {
	var parts []string
	for _, i := range c.app.Installations {
		parts = append(parts, paragraph(i.Account), suspendForm(settingsOf(c.app)+"/installations/"+number(i.ID)+"/suspend", i.ByOwner))
	}
	return c.page(http.StatusOK, "Installations", parts...), nil
}

func suspendForm(to string, now suspension) string {
	if now.At != 0 {
		return form(to, button("Unsuspend", "", "suspend", "false"))
	}
	return form(to, button("Suspend", "danger", "suspend", "true"))
}

// ownerSuspends is the app owner's side by hand.
func (c *gitHubCall) ownerSuspends() (answer, error) {
	i := c.app.installation(func(i *installation) bool { return number(i.ID) == c.r.PathValue("id") })
	if i == nil {
		return answer{}, missing()
	}
	i.ByOwner = c.suspension()
	i.Updated = c.now().Unix()
	return redirect(http.StatusFound, settingsOf(c.app)+"/installations"), nil
}

func (c *gitHubCall) suspension() suspension {
	if c.form.Get("suspend") != "true" {
		return suspension{}
	}
	return suspension{By: gitHubPerson, At: c.now().Unix()}
}

func settingsOfInstallation(i *installation) string {
	return "/organizations/" + i.Account + "/settings/installations/" + number(i.ID)
}

// installationSettings is the installer's view.
func (c *gitHubCall) installationSettings() (answer, error) {
	return c.showInstallation(http.StatusOK, ""), nil
}

func (c *gitHubCall) showInstallation(status int, problem string) answer {
	i, path := c.on, settingsOfInstallation(c.on)
	parts := []string{errorBox(problem), "<h2>Permissions</h2>", permissionList(i.Permissions)}
	if !maps.Equal(i.Permissions, c.app.Permissions) || !slices.Equal(i.Events, c.app.Events) {
		parts = append(parts, paragraph(c.app.Name+" is requesting an update to its permissions."), permissionList(c.app.Permissions),
			form(path+"/accept", button("Accept new permissions", "", "", "")))
	}
	parts = append(parts, form(path, repositoryChoice(c.gh.org(i.Account), i.Selection, i.Repos), button("Save", "", "", "")), "<h2>Danger zone</h2>")
	if i.ByOwner.At != 0 {
		parts = append(parts, paragraph("This installation was suspended by the owner of the app."))
	} else {
		parts = append(parts, suspendForm(path+"/suspend", i.ByInstaller))
	}
	return c.page(status, c.app.Name, append(parts, form(path+"/delete", button("Uninstall", "danger", "", "")))...)
}

func (c *gitHubCall) changeInstallation() (answer, error) {
	selection, repos, problem := c.chosen(c.gh.org(c.on.Account))
	if problem != "" {
		return c.showInstallation(http.StatusUnprocessableEntity, problem), nil
	}
	c.on.Selection, c.on.Repos, c.on.Updated = selection, repos, c.now().Unix()
	return redirect(http.StatusFound, settingsOfInstallation(c.on)), nil
}

// installerSuspends is the other side: what the app's owner suspended it cannot undo.
func (c *gitHubCall) installerSuspends() (answer, error) {
	if c.on.ByOwner.At != 0 {
		return c.showInstallation(http.StatusForbidden, "This installation was suspended by the owner of the app."), nil
	}
	c.on.ByInstaller = c.suspension()
	c.on.Updated = c.now().Unix()
	return redirect(http.StatusFound, settingsOfInstallation(c.on)), nil
}

func (c *gitHubCall) acceptPermissions() (answer, error) {
	c.on.Permissions, c.on.Events, c.on.Updated = maps.Clone(c.app.Permissions), slices.Clone(c.app.Events), c.now().Unix()
	return redirect(http.StatusFound, settingsOfInstallation(c.on)), nil
}

func (c *gitHubCall) uninstallByHand() (answer, error) {
	c.gh.uninstall(c.app, c.on)
	return redirect(http.StatusFound, "/organizations/"+c.on.Account+"/settings/apps"), nil
}
