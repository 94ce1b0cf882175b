package sandbox

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"
)

// gitHubRoutes are the pages and the API of the sandbox's GitHub. What fits no pattern is missing, also with another method.
func (s *Server) gitHubRoutes() http.Handler {
	mux := http.NewServeMux()
	routes := gitHubPages()
	for pattern, do := range gitHubResources() {
		method, path, _ := strings.Cut(pattern, " ")
		routes[method+" "+gitHubAPI+path] = do
	}
	for pattern, do := range routes {
		mux.HandleFunc(pattern, s.answerGitHub(do))
	}
	mux.HandleFunc("/", s.answerGitHub(func(*gitHubCall) (answer, error) { return answer{}, missing() }))
	return mux
}

func gitHubResources() map[string]gitHubDo {
	return map[string]gitHubDo{
		"GET /rate_limit":                                              (*gitHubCall).rates,
		"GET /meta":                                                    (*gitHubCall).meta,
		"POST /app-manifests/{code}/conversions":                       (*gitHubCall).convert,
		"GET /orgs/{org}":                                              (*gitHubCall).getOrg,
		"GET /apps/{slug}":                                             (*gitHubCall).getPublicApp,
		"GET /app":                                                     asApp((*gitHubCall).getApp),
		"GET /app/installations":                                       asApp((*gitHubCall).listInstallations),
		"GET /app/installations/{id}":                                  asApp((*gitHubCall).getInstallation),
		"DELETE /app/installations/{id}":                               asApp((*gitHubCall).uninstall),
		"PUT /app/installations/{id}/suspended":                        asApp((*gitHubCall).suspend),
		"DELETE /app/installations/{id}/suspended":                     asApp((*gitHubCall).unsuspend),
		"POST /app/installations/{id}/access_tokens":                   asApp((*gitHubCall).newToken),
		"GET /app/installation-requests":                               asApp((*gitHubCall).listRequests),
		"GET /app/hook/config":                                         asApp((*gitHubCall).getHook),
		"PATCH /app/hook/config":                                       asApp((*gitHubCall).changeHook),
		"GET /app/hook/deliveries":                                     asApp((*gitHubCall).listDeliveries),
		"GET /app/hook/deliveries/{id}":                                asApp((*gitHubCall).getDelivery),
		"POST /app/hook/deliveries/{id}/attempts":                      asApp((*gitHubCall).redeliver),
		"GET /orgs/{org}/installation":                                 asApp((*gitHubCall).getOrgInstallation),
		"GET /users/{org}/installation":                                asApp((*gitHubCall).getOrgInstallation),
		"GET /repos/{org}/{repo}/installation":                         asApp((*gitHubCall).getOrgInstallation),
		"GET /installation/repositories":                               asInstallation((*gitHubCall).listRepositories),
		"DELETE /installation/token":                                   asInstallation((*gitHubCall).revokeToken),
		"POST /enterprises/{e}/apps/organizations/{org}/installations": forbiddenToApps,
	}
}

// forbiddenToApps answers for what only an app of an enterprise may do.
func forbiddenToApps(*gitHubCall) (answer, error) {
	return answer{}, refusal{status: http.StatusForbidden, message: "Resource not accessible by integration", docs: "/rest"}
}

func (c *gitHubCall) meta() (answer, error) {
	o := fields{"verifiable_password_authentication": false}
	if !c.isDotcom() {
		o["installed_version"] = "3.19.1"
	}
	return ok(o)
}

func (c *gitHubCall) getOrg() (answer, error) {
	org := c.gh.org(c.r.PathValue("org"))
	if org == nil {
		return answer{}, missing()
	}
	return ok(c.organization(org))
}

// getPublicApp shows an app to everybody if it is public, and a private one to itself.
func (c *gitHubCall) getPublicApp() (answer, error) {
	a := c.gh.appBySlug(c.r.PathValue("slug"))
	if a == nil {
		return answer{}, missing()
	}
	isItself := c.bearer() != "" && c.signIn() == nil && c.app.ID == a.ID
	if !a.Public && !isItself {
		return answer{}, missing()
	}
	return ok(c.integration(a, false))
}

func (c *gitHubCall) getApp() (answer, error) { return ok(c.integration(c.app, true)) }

// isHidden reports whether an installation is not in the answers yet: the knob github-install-lag.
func (c *gitHubCall) isHidden(i *installation) bool {
	return i.Fresh && c.faults.take("github-install-lag")
}

// listInstallations leaves out those that are suspended or not only where the query asks for it: "outdated" is ignored.
func (c *gitHubCall) listInstallations() (answer, error) {
	since, _ := time.Parse(time.RFC3339, c.r.URL.Query().Get("since"))
	list := []fields{}
	for _, i := range c.app.Installations {
		if i.Updated >= since.Unix() && !c.isHidden(i) {
			list = append(list, c.installationObject(c.app, i))
		}
	}
	return c.list(list)
}

// installationOf finds the installation that the path names. Those of other apps are missing.
func (c *gitHubCall) installationOf() (*installation, error) {
	i := c.app.installation(func(i *installation) bool { return number(i.ID) == c.r.PathValue("id") })
	if i == nil {
		return nil, missing()
	}
	return i, nil
}

func (c *gitHubCall) getInstallation() (answer, error) {
	i, err := c.installationOf()
	if err != nil || c.isHidden(i) {
		return answer{}, missing()
	}
	return ok(c.installationObject(c.app, i))
}

// getOrgInstallation looks for the installation of an account.
func (c *gitHubCall) getOrgInstallation() (answer, error) {
	i := c.app.installedOn(c.r.PathValue("org"))
	if i == nil || c.isHidden(i) {
		return answer{}, missing()
	}
	if repo := c.r.PathValue("repo"); repo != "" && !slices.Contains(i.repositories(c.gh), repo) {
		return answer{}, missing()
	}
	return ok(c.installationObject(c.app, i))
}

// uninstall takes the app off the account, and its tokens with it.
func (c *gitHubCall) uninstall() (answer, error) {
	i, err := c.installationOf()
	if err != nil {
		return answer{}, err
	}
	c.gh.uninstall(c.app, i)
	return nothing()
}

func (g *gitHub) uninstall(a *hostedApp, gone *installation) {
	a.Installations = slices.DeleteFunc(a.Installations, func(i *installation) bool { return i.ID == gone.ID })
	g.Tokens = slices.DeleteFunc(g.Tokens, func(t appToken) bool { return t.Installation == gone.ID })
}

// suspend is what GitHub calls the owner's side. That it names the app's bot as who did it is an assumption.
func (c *gitHubCall) suspend() (answer, error) {
	i, err := c.installationOf()
	if err != nil {
		return answer{}, err
	}
	if i.ByOwner.At == 0 {
		i.ByOwner = suspension{By: c.app.Slug + "[bot]", At: c.now().Unix()}
		i.Updated = i.ByOwner.At
	}
	return nothing()
}

// unsuspend ends the suspension by the app's owner. That one by the installer stays is an assumption.
func (c *gitHubCall) unsuspend() (answer, error) {
	i, err := c.installationOf()
	if err != nil {
		return answer{}, err
	}
	i.ByOwner, i.Updated = suspension{}, c.now().Unix()
	return nothing()
}

func (c *gitHubCall) listRequests() (answer, error) {
	list := []fields{}
	for _, r := range c.gh.Requests {
		if r.App == c.app.ID {
			list = append(list, c.requestObject(r))
		}
	}
	return c.list(list)
}

// tokenLife is how long an installation's token is good for.
const tokenLife = time.Hour

// newToken makes an access token of an installation, for all that it may do or for a part.
func (c *gitHubCall) newToken() (answer, error) {
	i, err := c.installationOf()
	if err != nil {
		return answer{}, err
	}
	if _, is := i.suspended(); is {
		return answer{}, refusal{status: http.StatusForbidden, message: "This installation has been suspended", docs: "/rest/apps/apps#create-an-installation-access-token-for-an-app"}
	}
	var body struct {
		Repositories  []string          `json:"repositories"`
		RepositoryIDs []int64           `json:"repository_ids"`
		Permissions   map[string]string `json:"permissions"`
	}
	if err := c.readBody(&body); err != nil {
		return answer{}, err
	}
	org := c.gh.org(i.Account)
	wanted := body.Repositories
	for _, id := range body.RepositoryIDs {
		at := slices.IndexFunc(org.Repos, func(name string) bool { return org.repositoryID(name) == id })
		wanted = append(wanted, cmp.Or(slices.Concat([]string{""}, org.Repos)[at+1], "?"))
	}
	for _, name := range wanted {
		if !slices.Contains(i.repositories(c.gh), name) {
			return answer{}, invalid("There is at least one repository that does not exist or is not accessible to the parent installation.")
		}
	}
	permissions := i.Permissions
	if body.Permissions != nil {
		permissions = body.Permissions
	}
	for name, level := range permissions {
		if !includes(i.Permissions[name], level) {
			return answer{}, invalid("The permissions requested are not granted to this installation.")
		}
	}
	text := "ghs_" + randomLetters(36)
	expires := c.now().Add(tokenLife).Unix()
	c.gh.Tokens = slices.DeleteFunc(c.gh.Tokens, func(t appToken) bool { return t.Expires < c.now().Unix() })
	c.gh.Tokens = append(c.gh.Tokens, appToken{Hash: hashOf(text), Installation: i.ID, Expires: expires, Repos: wanted})
	o := fields{"token": text, "expires_at": moment(expires), "permissions": permissions, "repository_selection": i.Selection}
	if wanted != nil {
		var repositories []fields
		for _, name := range wanted {
			repositories = append(repositories, c.repository(org, name))
		}
		o["repository_selection"], o["repositories"] = "selected", repositories
	}
	return gitHubAnswer(http.StatusCreated, o), nil
}

// includes reports whether a permission that was granted covers one that is wanted.
func includes(granted, wanted string) bool {
	order := []string{"read", "write", "admin"}
	return slices.Contains(order, wanted) && slices.Index(order, granted) >= slices.Index(order, wanted)
}

func (i *installation) repositories(g *gitHub) []string {
	if i.Selection == "all" {
		return g.org(i.Account).Repos
	}
	return i.Repos
}

// asInstallation wraps what is done with an installation's token.
func asInstallation(do gitHubDo) gitHubDo {
	return func(c *gitHubCall) (answer, error) {
		hash := hashOf(c.bearer())
		at := slices.IndexFunc(c.gh.Tokens, func(t appToken) bool { return t.Hash == hash && t.Expires > c.now().Unix() })
		if at < 0 {
			return answer{}, unauthorized("Bad credentials")
		}
		c.token = c.gh.Tokens[at]
		c.app, c.on = c.gh.installation(c.token.Installation)
		if _, is := c.on.suspended(); is {
			return answer{}, refusal{status: http.StatusForbidden, message: "This installation has been suspended", docs: "/rest"}
		}
		return do(c)
	}
}

func (c *gitHubCall) listRepositories() (answer, error) {
	names := c.token.Repos
	if names == nil {
		names = c.on.repositories(c.gh)
	}
	var list []fields
	for _, name := range names {
		list = append(list, c.repository(c.gh.org(c.on.Account), name))
	}
	part, header := c.paged(list)
	a := gitHubAnswer(http.StatusOK, fields{"total_count": len(list), "repository_selection": c.on.Selection, "repositories": part})
	a.header = header
	return a, nil
}

func (c *gitHubCall) revokeToken() (answer, error) {
	c.gh.Tokens = slices.DeleteFunc(c.gh.Tokens, func(t appToken) bool { return t.Hash == c.token.Hash })
	return nothing()
}

// hashOf is what a state keeps of a code or a token.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// randomLetters returns n letters and digits.
func randomLetters(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	var b strings.Builder
	for range n {
		i, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			panic(err) // never
		}
		b.WriteByte(letters[i.Int64()])
	}
	return b.String()
}
