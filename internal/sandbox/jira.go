package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

type jiraProject struct {
	Expand         string `json:"expand"`
	Self           string `json:"self"`
	ID             string `json:"id"`
	Key            string `json:"key"`
	Name           string `json:"name"`
	ProjectTypeKey string `json:"projectTypeKey"`
	Archived       bool   `json:"archived"`
}

func (c *call) showProject(p project) jiraProject {
	id := strconv.FormatInt(p.ID, 10)
	return jiraProject{
		Expand: "description,lead,url,projectKeys", Self: c.base() + "/rest/api/2/project/" + id,
		ID: id, Key: p.Key, Name: p.Name, ProjectTypeKey: "software",
	}
}

func (c *call) listProjects() answer {
	shown := make([]jiraProject, 0, len(c.state.Projects))
	for _, p := range c.state.Projects {
		shown = append(shown, c.showProject(p))
	}
	return plainJSON(http.StatusOK, shown)
}

func (c *call) getProject(keyOrID string) answer {
	if p := c.state.projectByKey(keyOrID); p != nil {
		return plainJSON(http.StatusOK, c.showProject(*p))
	}
	id, err := strconv.ParseInt(keyOrID, 10, 64)
	if err != nil {
		return jiraErrors(http.StatusNotFound, fmt.Sprintf("No project could be found with key '%s'.", keyOrID))
	}
	if p := c.state.project(id); p != nil {
		return plainJSON(http.StatusOK, c.showProject(*p))
	}
	return jiraErrors(http.StatusNotFound, fmt.Sprintf("No project could be found with id '%d'.", id))
}

func (c *call) myself() answer {
	a := c.account
	return plainJSON(http.StatusOK, struct {
		Self         string `json:"self"`
		Key          string `json:"key"`
		Name         string `json:"name"`
		EmailAddress string `json:"emailAddress"`
		DisplayName  string `json:"displayName"`
		Active       bool   `json:"active"`
		TimeZone     string `json:"timeZone"`
		Locale       string `json:"locale"`
	}{
		Self: c.base() + "/rest/api/2/user?username=" + a.Name, Key: a.Name, Name: a.Name,
		EmailAddress: a.Name + "@acme.example", DisplayName: a.Display, Active: true, TimeZone: "Etc/UTC", Locale: "en_US",
	})
}

func (c *call) serverInfo() answer {
	return c.pick("GET", resources{http.MethodGet: func() answer {
		return plainJSON(http.StatusOK, struct {
			BaseURL        string `json:"baseUrl"`
			Version        string `json:"version"`
			VersionNumbers []int  `json:"versionNumbers"`
			DeploymentType string `json:"deploymentType"`
			BuildNumber    int    `json:"buildNumber"`
			ServerTitle    string `json:"serverTitle"`
		}{c.statedBase(), "10.3.12", []int{10, 3, 12}, "Server", 10030012, "Acme Jira (gijctl sandbox)"})
	}})
}

// statedBase is the base URL that an administrator of Jira configured, right or wrong.
func (c *call) statedBase() string {
	if stated := c.faults.value("base-url"); stated != "" {
		return stated
	}
	return c.base()
}

type permission struct {
	ID             string `json:"id"`
	Key            string `json:"key"`
	Name           string `json:"name"`
	Type           string `json:"type"`
	HavePermission bool   `json:"havePermission"`
}

// myPermissions answers with Jira's own permissions, or with those of them that the parameter permissions names. The key of
// GIJ's manager permission is [U] in the contract, so it is not among them.
func (c *call) myPermissions() answer {
	admin := c.account.Admin
	all := map[string]permission{
		"ADMINISTER":          {"0", "ADMINISTER", "Administer Jira", "GLOBAL", admin},
		"SYSTEM_ADMIN":        {"44", "SYSTEM_ADMIN", "Jira System Administrators", "GLOBAL", admin},
		"BROWSE_PROJECTS":     {"10", "BROWSE_PROJECTS", "Browse Projects", "PROJECT", true},
		"VIEW_DEV_TOOLS":      {"29", "VIEW_DEV_TOOLS", "View Development Tools", "PROJECT", true},
		"ADMINISTER_PROJECTS": {"23", "ADMINISTER_PROJECTS", "Administer Projects", "PROJECT", admin},
	}
	if asked := c.r.URL.Query().Get("permissions"); asked != "" {
		keys := strings.Split(asked, ",")
		maps.DeleteFunc(all, func(key string, _ permission) bool { return !slices.Contains(keys, key) })
	}
	return plainJSON(http.StatusOK, map[string]map[string]permission{"permissions": all})
}
