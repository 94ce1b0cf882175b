package sandbox

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The objects of GitHub's REST API, with every key that its schema requires.

// personID is the id of a person who is no organization.
func personID(login string) int64 {
	id := int64(4_200_000)
	for _, b := range []byte(login) {
		id += int64(b)
	}
	return id
}

// account is an organization, a person, or the bot of an app.
func (c *gitHubCall) account(login string) fields {
	kind, id, node := "User", personID(login), "U"
	if org := c.gh.org(login); org != nil {
		kind, id, node, login = "Organization", org.ID, "O", org.Login
	}
	page := c.web() + "/" + login
	if slug, isBot := strings.CutSuffix(login, "[bot]"); isBot {
		kind, node, page = "Bot", "BOT", c.appPage(slug)
	}
	user := c.api() + "/users/" + url.PathEscape(login) // as GitHub has it of a bot: NAME%5Bbot%5D
	return fields{
		"login": login, "id": id, "node_id": nodeID(node, id), "avatar_url": c.avatar(id), "gravatar_id": "", "url": user, "html_url": page,
		"followers_url": user + "/followers", "following_url": user + "/following{/other_user}", "gists_url": user + "/gists{/gist_id}",
		"starred_url": user + "/starred{/owner}{/repo}", "subscriptions_url": user + "/subscriptions", "organizations_url": user + "/orgs",
		"repos_url": user + "/repos", "events_url": user + "/events{/privacy}", "received_events_url": user + "/received_events",
		"type": kind, "site_admin": false, "user_view_type": "public",
	}
}

func (c *gitHubCall) avatar(id int64) string {
	if c.isDotcom() {
		return "https://avatars.githubusercontent.com/u/" + number(id) + "?v=4"
	}
	return c.web() + "/avatars/u/" + number(id) + "?"
}

// appPage is where an app is installed from: the two kinds of hosts have it in two places.
func (c *gitHubCall) appPage(slug string) string {
	if c.isDotcom() {
		return c.web() + "/apps/" + slug
	}
	return c.web() + "/github-apps/" + slug
}

func (c *gitHubCall) owner(a *hostedApp) fields {
	if c.faults.value("github-owner") != "enterprise" {
		return c.account(a.Org)
	}
	return fields{
		"id": 9301, "node_id": nodeID("E", 9301), "name": "Acme Group", "slug": "acme-group", "html_url": c.web() + "/enterprises/acme-group",
		"created_at": moment(seedTime / 1000), "updated_at": moment(seedTime / 1000), "avatar_url": c.web() + "/avatars/b/9301", "description": nil, "website_url": nil,
	}
}

// integration is an app. What is its owner's alone is shown to itself.
func (c *gitHubCall) integration(a *hostedApp, own bool) fields {
	o := fields{
		"id": a.ID, "slug": a.Slug, "node_id": nodeID("A", a.ID), "client_id": a.ClientID, "owner": c.owner(a), "name": a.Name,
		"description": a.Description, "external_url": a.URL, "html_url": c.appPage(a.Slug), "created_at": moment(a.Created), "updated_at": moment(a.Updated),
		"permissions": a.Permissions, "events": append([]string{}, a.Events...),
	}
	if own && c.faults.value("github-count") != "hidden" {
		o["installations_count"] = len(a.Installations)
	}
	return o
}

func (c *gitHubCall) installationObject(a *hostedApp, i *installation) fields {
	account := c.account(i.Account)
	url := c.api() + "/app/installations/" + number(i.ID)
	o := fields{
		"id": i.ID, "client_id": a.ClientID, "account": account, "repository_selection": i.Selection, "access_tokens_url": url + "/access_tokens",
		"repositories_url": c.api() + "/installation/repositories", "html_url": c.installationPage(i), "app_id": a.ID, "app_slug": a.Slug,
		"target_id": account["id"], "target_type": "Organization", "permissions": i.Permissions, "events": append([]string{}, i.Events...),
		"created_at": moment(i.Created), "updated_at": moment(i.Updated), "single_file_name": nil, "has_multiple_single_files": false,
		"single_file_paths": []string{}, "suspended_by": nil, "suspended_at": nil,
	}
	if by, is := i.suspended(); is {
		o["suspended_by"], o["suspended_at"] = c.account(by.By), moment(by.At)
	}
	return o
}

func (c *gitHubCall) installationPage(i *installation) string {
	return c.web() + "/organizations/" + i.Account + "/settings/installations/" + number(i.ID)
}

func (c *gitHubCall) requestObject(r appRequest) fields {
	return fields{
		"id": r.ID, "node_id": nodeID("IIR", r.ID), "account": c.account(r.Account), "requester": c.account(r.Requester), "created_at": moment(r.Created),
	}
}

func (c *gitHubCall) organization(org *gitHubOrg) fields {
	o := c.account(org.Login)
	url := c.api() + "/orgs/" + org.Login
	for _, key := range strings.Fields("followers_url following_url gists_url starred_url subscriptions_url organizations_url received_events_url gravatar_id site_admin user_view_type") {
		delete(o, key)
	}
	maps.Copy(o, fields{
		"url": url, "repos_url": url + "/repos", "events_url": url + "/events", "hooks_url": url + "/hooks", "issues_url": url + "/issues",
		"members_url": url + "/members{/member}", "public_members_url": url + "/public_members{/member}", "description": nil,
		"has_organization_projects": true, "has_repository_projects": true, "public_repos": len(org.Repos), "public_gists": 0, "followers": 0, "following": 0,
		"created_at": moment(seedTime / 1000), "updated_at": moment(seedTime / 1000), "archived_at": nil,
	})
	return o
}

// repositoryID is the id of a repository, by its place in the organization.
func (o *gitHubOrg) repositoryID(name string) int64 {
	return o.ID*100 + int64(slices.Index(o.Repos, name)) + 1
}

// repository has the addresses that GitHub derives from that of the repository itself.
func (c *gitHubCall) repository(org *gitHubOrg, name string) fields {
	full := org.Login + "/" + name
	url, id := c.api()+"/repos/"+full, org.repositoryID(name)
	_, host, _ := strings.Cut(c.web(), "://")
	o := fields{
		"id": id, "node_id": nodeID("R", id), "name": name, "full_name": full, "owner": c.account(org.Login), "private": true, "url": url,
		"html_url": c.web() + "/" + full, "clone_url": c.web() + "/" + full + ".git", "git_url": "git://" + host + "/" + full + ".git",
		"ssh_url": "git@" + host + ":" + full + ".git", "svn_url": c.web() + "/" + full, "mirror_url": nil, "homepage": nil, "language": nil, "license": nil,
		"description": nil, "default_branch": "main", "visibility": "private", "pushed_at": moment(seedTime / 1000),
		"created_at": moment(seedTime / 1000), "updated_at": moment(seedTime / 1000),
	}
	for _, key := range strings.Fields("fork has_downloads has_pages archived disabled") {
		o[key] = false
	}
	for _, key := range strings.Fields("has_issues has_projects has_wiki") {
		o[key] = true
	}
	for _, key := range strings.Fields("forks forks_count open_issues open_issues_count size stargazers_count watchers watchers_count") {
		o[key] = 0
	}
	for key, path := range repositoryURLs() {
		o[key] = url + path
	}
	return o
}

func repositoryURLs() map[string]string {
	all := map[string]string{
		"archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}", "blobs_url": "/git/blobs{/sha}", "branches_url": "/branches{/branch}",
		"collaborators_url": "/collaborators{/collaborator}", "comments_url": "/comments{/number}", "commits_url": "/commits{/sha}",
		"compare_url": "/compare/{base}...{head}", "contents_url": "/contents/{+path}", "git_commits_url": "/git/commits{/sha}", "git_refs_url": "/git/refs{/sha}",
		"git_tags_url": "/git/tags{/sha}", "issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
		"issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}", "milestones_url": "/milestones{/number}",
		"notifications_url": "/notifications{?since,all,participating}", "pulls_url": "/pulls{/number}", "releases_url": "/releases{/id}",
		"statuses_url": "/statuses/{sha}", "trees_url": "/git/trees{/sha}",
	}
	for _, name := range strings.Fields("contributors deployments downloads events forks hooks languages merges stargazers subscribers subscription tags teams") {
		all[name+"_url"] = "/" + name
	}
	return all
}

// rates are the answer of the resource that tells the rate limits.
func (c *gitHubCall) rates() (answer, error) {
	if !c.isDotcom() {
		return answer{}, refusal{status: http.StatusNotFound, message: "Rate limiting is not enabled.", docs: "/rest/rate-limit/rate-limit"}
	}
	left := max(1, gitHubRate-c.s.gitHub.used.Load())
	reset := c.now().Unix() + 3600
	rate := func(limit, left int64) fields {
		return fields{"limit": limit, "remaining": left, "reset": reset, "used": limit - left}
	}
	core := rate(gitHubRate, left)
	return ok(fields{
		"resources": fields{"core": core, "search": rate(30, 30), "graphql": rate(gitHubRate, gitHubRate), "integration_manifest": rate(gitHubRate, gitHubRate)},
		"rate":      core,
	})
}
