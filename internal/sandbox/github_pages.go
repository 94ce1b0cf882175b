package sandbox

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// gitHubPages are the pages of the sandbox's GitHub: forms that need no script.
func gitHubPages() map[string]gitHubDo {
	const org, app = "/organizations/{org}/settings", "/organizations/{org}/settings/apps/{slug}"
	pages := map[string]gitHubDo{
		"GET /{$}":                                    (*gitHubCall).home,
		"GET /login":                                  (*gitHubCall).loginForm,
		"POST /session":                               (*gitHubCall).logIn,
		"POST " + org + "/apps/new":                   onPage((*gitHubCall).confirmApp),
		"GET " + org + "/apps/new":                    onPage((*gitHubCall).confirmApp),
		"POST " + org + "/apps":                       onPage((*gitHubCall).createApp),
		"GET " + org + "/apps":                        onPage((*gitHubCall).appsPage),
		"GET " + app:                                  onApp((*gitHubCall).appSettings),
		"POST " + app:                                 onApp((*gitHubCall).changeApp),
		"POST " + app + "/keys":                       onApp((*gitHubCall).newKey),
		"POST " + app + "/keys/delete":                onApp((*gitHubCall).deleteKey),
		"GET " + app + "/permissions":                 onApp((*gitHubCall).permissionsPage),
		"POST " + app + "/permissions":                onApp((*gitHubCall).changePermissions),
		"GET " + app + "/advanced":                    onApp((*gitHubCall).advancedPage),
		"POST " + app + "/delete":                     onApp((*gitHubCall).deleteApp),
		"POST " + app + "/public":                     onApp((*gitHubCall).changePublic),
		"GET " + app + "/installations":               onApp((*gitHubCall).installationsPage),
		"POST " + app + "/installations/{id}/suspend": onApp((*gitHubCall).ownerSuspends),
		"GET " + org + "/installations":               onPage((*gitHubCall).installedPage),
		"GET " + org + "/installations/{id}":          onInstallation((*gitHubCall).installationSettings),
		"POST " + org + "/installations/{id}":         onInstallation((*gitHubCall).changeInstallation),
		"POST " + org + "/installations/{id}/suspend": onInstallation((*gitHubCall).installerSuspends),
		"POST " + org + "/installations/{id}/accept":  onInstallation((*gitHubCall).acceptPermissions),
		"POST " + org + "/installations/{id}/delete":  onInstallation((*gitHubCall).uninstallByHand),
		"GET " + org + "/installation-requests":       onPage((*gitHubCall).requestsPage),
		"POST " + org + "/installation-requests/{id}": onPage((*gitHubCall).decideRequest),
	}
	for _, prefix := range []string{"/apps", "/github-apps"} {
		pages["GET "+prefix+"/{slug}"] = onPage((*gitHubCall).publicPage)
		pages["GET "+prefix+"/{slug}/installations/new"] = onPage((*gitHubCall).installPage)
		pages["GET "+prefix+"/{slug}/installations/new/permissions"] = onPage((*gitHubCall).installPage)
		pages["POST "+prefix+"/{slug}/installations"] = onPage((*gitHubCall).install)
	}
	return pages
}

// onPage wraps a page that only somebody who is signed in sees. Whoever is not is led to sign in, by which the body of a POST is lost.
func onPage(do gitHubDo) gitHubDo {
	return func(c *gitHubCall) (answer, error) {
		if c.faults.take("github-signed-out") {
			return redirect(http.StatusFound, "/login?return_to="+url.QueryEscape(c.r.URL.RequestURI())), nil
		}
		form, err := url.ParseQuery(string(c.body))
		if err != nil {
			return answer{}, refusal{status: http.StatusBadRequest, message: "The form cannot be read."}
		}
		c.form = form
		return do(c)
	}
}

// onApp wraps the settings of an app, which are an owner's.
func onApp(do gitHubDo) gitHubDo {
	return onPage(func(c *gitHubCall) (answer, error) {
		org, err := c.ownedOrg()
		if err != nil {
			return answer{}, err
		}
		c.app = c.gh.appBySlug(c.r.PathValue("slug"))
		if c.app == nil || !strings.EqualFold(c.app.Org, org.Login) {
			return answer{}, missing()
		}
		return do(c)
	})
}

// onInstallation wraps the settings of an installation, which are those of an owner of its account.
func onInstallation(do gitHubDo) gitHubDo {
	return onPage(func(c *gitHubCall) (answer, error) {
		org, err := c.ownedOrg()
		if err != nil {
			return answer{}, err
		}
		for _, a := range c.gh.Apps {
			i := a.installedOn(org.Login)
			if i != nil && number(i.ID) == c.r.PathValue("id") {
				c.app, c.on = a, i
				return do(c)
			}
		}
		return answer{}, missing()
	})
}

// ownedOrg is the organization of the path, if the person in the browser owns it. Any other is missing.
func (c *gitHubCall) ownedOrg() (*gitHubOrg, error) {
	org := c.gh.org(c.r.PathValue("org"))
	if org == nil || !org.Owned {
		return nil, missing()
	}
	return org, nil
}

// page is a page of GitHub's with its head.
func (c *gitHubCall) page(status int, title string, parts ...string) answer {
	kind := "GitHub Enterprise Server (sandbox)"
	if c.isDotcom() {
		kind = "GitHub (sandbox)"
	}
	body := `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>` + html.EscapeString(title) + `</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:0 auto 4rem;padding:0 1rem;color:#1f2328}header{padding:1rem 0;border-bottom:1px solid #d1d9e0;color:#59636e}
form{margin:1rem 0}button{font:inherit;padding:.3rem .9rem;border:1px solid #1f883d;border-radius:6px;background:#1f883d;color:#fff}button.plain{background:#f6f8fa;color:#25292e;border-color:#d1d9e0}
button.danger{background:#f6f8fa;color:#d1242f;border-color:#d1d9e0}.flash-error{border:1px solid #ffc1ba;background:#ffebe9;padding:.7rem 1rem;border-radius:6px}label{display:block;margin:.4rem 0}code{font-size:13px}</style></head>
<body class="logged-in"><header>` + kind + " · signed in as " + gitHubPerson + "</header>\n<h1>" + html.EscapeString(title) + "</h1>\n" + strings.Join(parts, "\n") + "\n</body></html>\n"
	a := htmlAnswer(status, body)
	a.header = map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
		"Referrer-Policy":         "origin-when-cross-origin", "X-Frame-Options": "deny", "Cache-Control": "no-store",
	}
	return a
}

// form writes a form. What is in it is HTML already.
func form(action string, parts ...string) string {
	return `<form method="post" action="` + html.EscapeString(action) + "\">\n" + strings.Join(parts, "\n") + "\n</form>"
}

func hidden(name, value string) string {
	return `<input type="hidden" name="` + html.EscapeString(name) + `" value="` + html.EscapeString(value) + `">`
}

func textBox(label, name, value string) string {
	return "<label>" + html.EscapeString(label) + ` <input type="text" size="40" name="` + html.EscapeString(name) + `" value="` + html.EscapeString(value) + `"></label>`
}

// button writes a button of a form: its class is empty, plain or danger.
func button(label, class, name, value string) string {
	b := `<button type="submit"`
	if class != "" {
		b += ` class="` + class + `"`
	}
	if name != "" {
		b += ` name="` + name + `" value="` + html.EscapeString(value) + `"`
	}
	return b + ">" + html.EscapeString(label) + "</button>"
}

func link(label, to string) string {
	return `<a href="` + html.EscapeString(to) + `">` + html.EscapeString(label) + "</a>"
}

func paragraph(text string) string { return "<p>" + html.EscapeString(text) + "</p>" }

// errorBox shows what is wrong, "" for nothing.
func errorBox(problems ...string) string {
	problems = slices.DeleteFunc(problems, func(p string) bool { return p == "" })
	if len(problems) == 0 {
		return ""
	}
	var b strings.Builder
	for _, p := range problems {
		b.WriteString("<p>" + html.EscapeString(p) + "</p>")
	}
	return `<div class="flash-error" role="alert">` + b.String() + "</div>"
}

func (c *gitHubCall) home() (answer, error) {
	var links []string
	for _, org := range c.gh.Orgs {
		if org.Owned {
			links = append(links, "<p>"+link(org.Login, "/organizations/"+org.Login+"/settings/apps")+"</p>")
		}
	}
	return c.page(http.StatusOK, "Dashboard", links...), nil
}

func (c *gitHubCall) loginForm() (answer, error) {
	return c.page(http.StatusOK, "Sign in to GitHub",
		form("/session", hidden("return_to", c.r.URL.Query().Get("return_to")), textBox("Username or email address", "login", gitHubPerson), button("Sign in", "", "", ""))), nil
}

// logIn leads back to where somebody came from: with GET, whatever it was before.
func (c *gitHubCall) logIn() (answer, error) {
	form, err := url.ParseQuery(string(c.body))
	to := form.Get("return_to")
	if err != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
		to = "/"
	}
	return redirect(http.StatusFound, to), nil
}

func gitHubNotFoundPage() string {
	return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Page not found · GitHub</title></head>\n" +
		"<body><h1>404</h1><p>This is not the web page you are looking for.</p></body></html>\n"
}

func noUserAgentPage() string {
	return "\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header " +
		"(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.\r\n"
}
