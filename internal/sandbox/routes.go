package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

// route finds what answers the request.
func (c *call) route() answer {
	switch {
	case c.path == "":
		return htmlAnswer(http.StatusNotFound, tomcatNotFound())
	case c.path == "/login.jsp":
		return htmlAnswer(http.StatusOK, loginPage())
	case !c.isREST():
		return htmlAnswer(http.StatusNotFound, jiraNotFound())
	}
	st, err := c.s.store.view()
	if err != nil {
		return c.failed(err)
	}
	c.state = st
	if c.path == "/rest/api/2/serverInfo" {
		return c.serverInfo() // the one resource that needs no login
	}
	if strings.HasPrefix(c.path, webhookPath) {
		return c.webhook() // its secret is the login
	}
	if a, refused := c.authenticate(); refused {
		return a
	}
	if a, refused := c.checkXSRF(); refused {
		return a
	}
	if rest, ok := strings.CutPrefix(c.path, "/rest/api/2/"); ok {
		return c.routeJira(segments(rest))
	}
	if rest, ok := strings.CutPrefix(c.path, "/rest/gitplugin/"); ok {
		return c.routePlugin(segments(rest))
	}
	if strings.TrimSuffix(c.path, "/") == "/rest/plugins/1.0" {
		return c.pick("GET", resources{http.MethodGet: c.plugins})
	}
	return notFoundREST(c.uri())
}

// segments splits a path. A .json at the end is Atlassian's REST extension filter, and belongs to no segment.
func segments(path string) []string {
	path = strings.TrimSuffix(path, "/")
	return strings.Split(strings.TrimSuffix(path, ".json"), "/")
}

func (c *call) uri() string {
	return "http://" + c.r.Host + c.r.URL.Path
}

// resources maps methods to what answers them.
type resources map[string]func() answer

// pick answers by the method; HEAD is GET without its body.
func (c *call) pick(allow string, methods resources) answer {
	method := c.r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if do := methods[method]; do != nil {
		return do()
	}
	return methodNotAllowed(allow)
}

func (c *call) routePlugin(path []string) answer {
	if page := c.faults.value("not-installed"); page != "" {
		return notInstalled(page, c.uri())
	}
	if len(path) == 2 && path[0] == "2.0" && path[1] == "reindex" {
		return c.pick("POST", resources{http.MethodPost: c.startIndex})
	}
	if len(path) < 2 || path[0] != "1.0" && path[0] != "latest" {
		return notFoundREST(c.uri())
	}
	switch path[1] {
	case "integration":
		return c.routeIntegration(path[2:])
	case "repository":
		return c.routeRepository(path[2:])
	case "index":
		return c.routeIndex(path[2:])
	case "issues":
		return c.routeIssues(path[2:])
	case "issuegitdetails":
		return c.routeDetails(path[2:])
	case "global-settings":
		return c.routeSettings(path[2:])
	case "configuration":
		return c.routeConfiguration(path[2:])
	}
	return notFoundREST(c.uri())
}

func notInstalled(page, uri string) answer {
	if page == "json" {
		return notFoundREST(uri)
	}
	return htmlAnswer(http.StatusNotFound, jiraNotFound())
}

func (c *call) routeIntegration(path []string) answer {
	if len(path) == 0 {
		return c.managed("GET,POST", resources{
			http.MethodGet: c.listIntegrations, http.MethodPost: c.addIntegration,
		})
	}
	id, ok := parseID(path)
	if !ok {
		return notFoundREST(c.uri())
	}
	return c.managed("GET,PUT,DELETE", resources{
		http.MethodGet:    func() answer { return c.getIntegration(id) },
		http.MethodPut:    func() answer { return c.updateIntegration(id) },
		http.MethodDelete: func() answer { return c.removeIntegration(id) },
	})
}

func (c *call) routeRepository(path []string) answer {
	if len(path) == 0 && c.isRead() {
		return c.pick("GET", resources{http.MethodGet: c.listRepositories}) // any user may
	}
	if len(path) == 0 {
		return c.managed("GET,POST,PUT,DELETE", resources{
			http.MethodPost: c.addRepository, http.MethodPut: c.updateRepository, http.MethodDelete: c.removeRepository,
		})
	}
	if len(path) == 4 {
		return c.routeLinks(path)
	}
	if len(path) != 2 || path[1] != "disable" {
		return notFoundREST(c.uri())
	}
	id, ok := parseID(path[:1])
	if !ok {
		return notFoundREST(c.uri())
	}
	return c.managed("PUT", resources{
		http.MethodPut: func() answer { return c.disable(id) },
	})
}

func (c *call) routeIndex(path []string) answer {
	if len(path) > 0 {
		return notFoundREST(c.uri())
	}
	return c.pick("GET,POST", resources{http.MethodGet: c.indexStatus, http.MethodPost: c.startIndexOld})
}

// routeConfiguration is the bulk change. Export and import are for Jira administrators; whether a manager may is [U] in the
// contract. Anybody may ask how far an import is.
func (c *call) routeConfiguration(path []string) answer {
	if len(path) == 1 && path[0] == "progress" {
		return c.pick("GET", resources{http.MethodGet: c.importProgress})
	}
	if len(path) > 0 {
		return notFoundREST(c.uri())
	}
	if !c.account.Admin && !(c.account.Manager && c.faults.value("bulk-manager") == "200") {
		return jiraMessage(http.StatusForbidden, "You do not have permission to change the configuration of Git integrations.")
	}
	return c.pick("GET,POST", resources{http.MethodGet: c.exportConfiguration, http.MethodPost: c.importConfiguration})
}

// parseID reads the one segment that is left. What is no number matches no resource.
func parseID(path []string) (int64, bool) {
	if len(path) != 1 {
		return 0, false
	}
	id, err := strconv.ParseInt(path[0], 10, 64)
	return id, err == nil
}

func (c *call) routeJira(path []string) answer {
	get := func(do func() answer) answer { return c.pick("GET", resources{http.MethodGet: do}) }
	switch {
	case path[0] == "project" && len(path) == 1:
		return get(c.listProjects)
	case path[0] == "project" && len(path) == 2:
		return get(func() answer { return c.getProject(path[1]) })
	case path[0] == "myself" && len(path) == 1:
		return get(c.myself)
	case path[0] == "mypermissions" && len(path) == 1:
		return get(c.myPermissions)
	}
	return notFoundREST(c.uri())
}
