package sandbox

import (
	"net/http"
)

// What is installed besides Jira's own.
const (
	appKey     = "com.xiplink.jira.git.jira_git_plugin"
	appName    = "Git Integration for Jira"
	appVersion = "5.4.1"
)

// pluginsType is the media type that the plugin manager gives its list.
const pluginsType = "application/vnd.atl.plugins.installed+json;charset=UTF-8"

type plugin struct {
	Key           string `json:"key"`
	Name          string `json:"name"`
	Version       string `json:"version"`
	Description   string `json:"description"`
	Enabled       bool   `json:"enabled"`
	UserInstalled bool   `json:"userInstalled"`
}

// plugins is Atlassian's Universal Plugin Manager, whose API is not documented: what it answers, and that whoever is no
// administrator gets 403, is an assumption ([U]).
func (c *call) plugins() answer {
	switch {
	case c.faults.has("no-upm"):
		return notFoundREST(c.uri())
	case !c.account.Admin:
		return jiraMessage(http.StatusForbidden, "You do not have permission to access the Universal Plugin Manager.")
	}
	a := plainJSON(http.StatusOK, struct {
		Links   map[string]string `json:"links"`
		Plugins []plugin          `json:"plugins"`
	}{map[string]string{"self": contextPath + "/rest/plugins/1.0/"}, c.installed()})
	a.contentType = pluginsType
	return a
}

func (c *call) installed() []plugin {
	list := []plugin{
		{"com.atlassian.upm.atlassian-universal-plugin-manager-plugin", "Atlassian Universal Plugin Manager Plugin", "7.1.7", "Manages apps.", true, false},
		{"com.atlassian.jira.gadgets", "Atlassian Jira - Plugins - Gadgets Plugin", "10.3.12", "Gadgets of Jira.", true, false},
		{"com.acme.worklog", "Acme Worklog Reports", "3.2.0", "Reports of time. Works with Git Integration for Jira.", true, true},
	}
	if c.faults.has("not-installed") {
		return list
	}
	return append(list, plugin{appKey, appName, appVersion, "Integrates Git with Jira.", true, true})
}
