package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of an app (contract, GitHub Apps §1.2).
const (
	longestName  = 34
	mostCallback = 10
	mostApps     = 100
	codeLife     = 3600 // seconds
)

// appManifest is what a form brings along.
type appManifest struct {
	Name           string            `json:"name"`
	URL            string            `json:"url"`
	HookAttributes *hookAttributes   `json:"hook_attributes"`
	RedirectURL    string            `json:"redirect_url"`
	CallbackURLs   []string          `json:"callback_urls"`
	SetupURL       string            `json:"setup_url"`
	Description    string            `json:"description"`
	Public         bool              `json:"public"`
	Events         []string          `json:"default_events"`
	Permissions    map[string]string `json:"default_permissions"`
	RequestOAuth   bool              `json:"request_oauth_on_install"`
	SetupOnUpdate  bool              `json:"setup_on_update"`
}

type hookAttributes struct {
	URL    string `json:"url"`
	Active *bool  `json:"active"`
}

// readManifest reads a manifest, and returns what GitHub has against it. The words of the first three, and of the events and the
// permissions, are those that users quote; the others are made after them ([U] in the contract).
func (c *gitHubCall) readManifest(text string) (appManifest, []string) {
	var m appManifest
	if text == "" {
		return m, []string{`"url" wasn't supplied.`}
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return m, []string{"The manifest is not valid JSON."}
	}
	var problems []string
	refuse := func(is bool, format string, args ...any) {
		if is {
			problems = append(problems, fmt.Sprintf(format, args...))
		}
	}
	refuse(m.URL == "" || m.HookAttributes != nil && m.HookAttributes.URL == "", `"url" wasn't supplied.`)
	refuse(m.URL != "" && !isWebURL(m.URL), "Homepage url must be a valid URL")
	if m.HookAttributes != nil && m.HookAttributes.URL != "" {
		problem := hookProblem(m.HookAttributes.URL)
		refuse(problem != "", "%s", problem)
	}
	refuse(len(m.Events) > 0 && m.HookAttributes == nil, "Hook url cannot be blank")
	refuse(m.RedirectURL != "" && !isWebURL(m.RedirectURL), "Redirect url must be a valid URL")
	refuse(m.SetupURL != "" && !isWebURL(m.SetupURL), "Setup url must be a valid URL")
	refuse(len(m.CallbackURLs) > mostCallback, "Callback urls cannot be more than %d", mostCallback)
	for _, event := range m.Events {
		refuse(event == "installation" || event == "installation_repositories", "Default events cannot include %s: it is always delivered", event)
		refuse(!regexp.MustCompile(`^[a-z][a-z_]*$`).MatchString(event) || lacks(m.Permissions, event), "Default events are not supported: %s", event)
	}
	return m, append(problems, c.permissionProblems(m.Permissions)...)
}

// lacks reports whether an event needs a permission that is not asked for. Of most events the sandbox does not know it.
func lacks(asked map[string]string, event string) bool {
	needs := map[string]string{
		"push": "contents", "create": "contents", "delete": "contents", "release": "contents", "issues": "issues", "issue_comment": "issues",
		"pull_request": "pull_requests", "pull_request_review": "pull_requests", "check_run": "checks", "deployment": "deployments",
	}
	permission, known := needs[event]
	return known && asked[permission] == "" && !(event == "issue_comment" && asked["pull_requests"] != "")
}

func isWebURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

func (c *gitHubCall) permissionProblems(asked map[string]string) []string {
	var problems []string
	for name, level := range asked {
		levels := levelsOf(name)
		switch {
		case levels == nil || !c.isDotcom() && strings.HasSuffix(name, "custom_properties_for_organizations"):
			problems = append(problems, "Default permission records resource is not included in the list")
		case !slices.Contains(levels, level):
			problems = append(problems, "Default permission records action is not included in the list")
		}
	}
	slices.Sort(problems)
	return slices.Compact(problems)
}

// levelsOf returns what a permission can be, nil for one that GitHub does not know.
func levelsOf(name string) []string {
	admin := "organization_custom_properties organization_projects repository_projects"
	reads := "organization_events organization_plan"
	writes := "profile workflows"
	both := `actions administration artifact_metadata attestations checks codespaces contents custom_properties_for_organizations dependabot_secrets
		deployments discussions email_addresses enterprise_custom_properties_for_organizations environments followers git_ssh_keys gpg_keys
		interaction_limits issues members merge_queues metadata organization_administration organization_announcement_banners organization_copilot_seat_management
		organization_custom_org_roles organization_custom_roles organization_hooks organization_packages organization_personal_access_token_requests
		organization_personal_access_tokens organization_secrets organization_self_hosted_runners organization_user_blocking packages pages pull_requests
		repository_custom_properties repository_hooks secret_scanning_alerts secrets security_events single_file starring statuses vulnerability_alerts variables`
	in := func(list string) bool { return slices.Contains(strings.Fields(list), name) }
	switch {
	case name == "metadata" || in(both):
		return []string{"read", "write"}
	case in(admin):
		return []string{"read", "write", "admin"}
	case in(reads):
		return []string{"read"}
	case in(writes):
		return []string{"write"}
	}
	return nil
}

// nameProblem is what GitHub has against a name in an organization, "" for nothing. Names are one across all of GitHub.
func (c *gitHubCall) nameProblem(name, org string, self *hostedApp) string {
	slug := slugOf(name)
	taken := c.gh.app(func(a *hostedApp) bool { return a != self && (a.Slug == slug || strings.EqualFold(a.Name, name)) }) != nil
	other := c.gh.org(slug)
	switch {
	case strings.TrimSpace(name) == "":
		return "Name can't be blank"
	case utf8.RuneCountInString(name) > longestName:
		return fmt.Sprintf("Name is too long (maximum is %d characters)", longestName)
	case slug == "":
		return "Name is invalid"
	case taken, other != nil && !strings.EqualFold(other.Login, org), slices.Contains([]string{"github", "octocat", gitHubOwner}, slug):
		return "Name is already in use"
	}
	return ""
}

// create makes an app from a manifest.
func (c *gitHubCall) create(org *gitHubOrg, m appManifest) *hostedApp {
	now := c.now().Unix()
	a := &hostedApp{
		ID: c.gh.next(), ClientID: "Iv23li" + randomLetters(14), Org: org.Login, Slug: slugOf(m.Name), Name: m.Name, URL: m.URL, Description: m.Description,
		Public: m.Public, Created: now, Updated: now, Permissions: m.Permissions, Events: m.Events, SetupURL: m.SetupURL,
	}
	if a.Permissions == nil {
		a.Permissions = map[string]string{}
	}
	if len(a.Permissions) > 0 && a.Permissions["metadata"] == "" {
		a.Permissions["metadata"] = "read" // any permission on repositories brings it
	}
	if m.RequestOAuth {
		a.SetupURL = ""
	}
	if h := m.HookAttributes; h != nil {
		a.Hook = &appHook{URL: h.URL, Active: h.Active == nil || *h.Active, ContentType: "json", Insecure: "0"}
	}
	c.gh.Apps = append(c.gh.Apps, a)
	return a
}

// newCode returns what the manifest's sender gets the app's secrets for, once and within an hour.
func (c *gitHubCall) newCode(a *hostedApp) string {
	code := randomLetters(40)
	c.gh.Codes = append(c.gh.Codes, appCode{Hash: hashOf(code), App: a.ID, Expires: c.now().Unix() + codeLife})
	return code
}

// convert exchanges a code. The secrets are made here, and the answer is the one place where they can be seen.
func (c *gitHubCall) convert() (answer, error) {
	hash := hashOf(c.r.PathValue("code"))
	at := slices.IndexFunc(c.gh.Codes, func(code appCode) bool { return code.Hash == hash })
	if at < 0 {
		return answer{}, missing()
	}
	code := c.gh.Codes[at]
	a := c.gh.appByID(code.App)
	if a == nil || code.Expires <= c.now().Unix() {
		return answer{}, missing()
	}
	c.gh.Codes = slices.Delete(c.gh.Codes, at, at+1)
	key, err := a.addKey(c.now().Unix())
	if err != nil {
		return answer{}, err
	}
	if c.faults.take("github-lost-conversion") {
		return answer{delivery: deliverReset}, nil
	}
	o := c.integration(a, false)
	o["client_secret"], o["pem"], o["webhook_secret"] = hashOf(randomLetters(40))[:40], key, nil
	if a.Hook != nil && !c.faults.has("github-no-webhook-secret") {
		a.Hook.HasSecret = true
		o["webhook_secret"] = hashOf(randomLetters(40))[:40]
	}
	if c.faults.has("github-no-slug") {
		delete(o, "slug")
	}
	return gitHubAnswer(http.StatusCreated, o), nil
}
