package sandbox

import (
	"fmt"
	"strconv"
)

// demoSeed is a small company that has used GIJ for years: several hosts, an integration that is switched off, one that
// two projects share, one whose indexing fails, one that is being indexed for the first time, and repositories between them in
// the same sequence of ids.
func demoSeed() *state {
	st := emptySeed("demo")
	st.Commits = demoCommits()
	return st.put(
		demoGitHub(),
		demoGitLab(),
		seededRepository(2, "GITLAB_SERVER", "platform-api", "https://gitlab.acme.example/platform/platform-api.git", "platform", 700),
		seededRepository(2, "GITLAB_SERVER", "web-shop", "https://gitlab.acme.example/web/web-shop.git", "web", 640),
		demoAzure(),
		demoGerrit(),
		demoFolder(),
		demoFolderChild(),
		demoPlainRepository(),
		demoCodeCommit(),
		demoGitHubApp(),
		demoNeverIndexed(),
	)
}

func demoGitHub() *row {
	r := seeded("GITHUB", "https://github.com/*", "https://api.github.com", 1130)
	r.PrHideFilter = text("^.*dependabot.*$")
	return r
}

func demoGitLab() *row {
	r := seeded("GITLAB_SERVER", "Acme GitLab", "https://gitlab.acme.example", 720).restrictedTo(10000, 10100)
	r.APIPath = text("/api/v4/groups/acme/projects?include_subgroups=true")
	r.APIFilter = text("[?!empty_repo]")
	return r
}

func demoAzure() *row {
	r := seeded("AZURE", "https://dev.azure.com", "https://dev.azure.com", 610)
	r.Disabled = true
	return r
}

func demoGerrit() *row {
	r := seeded("GERRIT", "Firmware reviews", "https://gerrit.acme.example:8443", 580).withLogin()
	r.RefSpecChanges = true
	r.DisableSslVerification = true
	return r.withIndex(100, "authentication failed for 'https://gerrit.acme.example:8443'")
}

func demoFolder() *row {
	r := seeded("FILESPACE", "/jira/repos/*", "/jira/repos/*", 500)
	r.FolderDepth, r.Secrets = 2, nil
	r.TagsFilter = text("v[0-9]+\\..*")
	return r
}

func demoFolderChild() *row {
	r := seededRepository(7, "FILESPACE", "billing-legacy", "/jira/repos/billing-legacy.git", "", 499)
	r.Repository.Root, r.Repository.RealRoot = r.Origin, r.Origin
	r.Repository.AbsoluteRoot = true
	return r
}

func demoPlainRepository() *row {
	r := seededRepository(0, "", "handbook", "ssh://git@bitbucket.acme.example:7999/docs/handbook.git", "", 420).restrictedTo(10300)
	r.Repository.RealRoot = "9_handbook"
	r.Repository.Root = "/var/jira/data/git-plugin/9_handbook"
	return r
}

func demoCodeCommit() *row {
	r := seeded("AWS", "git-codecommit.us-west-2", codeCommitOrigin("us-west-2"), 300).withLogin().restrictedTo(10300)
	r.AwsRegion = "us-west-2"
	r.Author = "mira"
	return r
}

// demoGitHubApp is an integration by a GitHub App. Which type and which keys an answer has for one is an assumption
// ([U] in the contract, §9.4); the form of the display name is documented.
func demoGitHubApp() *row {
	return appRow("acme", "jira.acme.example-1716811200000", 884213, 51120934)
}

func appRow(org, name string, id, installation int64) *row {
	r := seeded("GITHUB", org+" / "+name, "https://api.github.com", 280)
	r.Secrets = nil
	r.GitHubApp = &githubApp{
		ID: id, InstallationID: installation, Org: org, Name: name, Slug: name,
		HTMLURL: "https://github.com/apps/" + name,
	}
	return r
}

func demoNeverIndexed() *row {
	r := seeded("GITHUB_SERVER", "Mobile GitHub Enterprise", "https://github.acme.example", 1).restrictedTo(10200)
	r.LastIndexed = 0
	r.RequireUserPat = true
	return r.withIndex(45, "")
}

// largeSeed has n integrations with the names that many teams give them.
func largeSeed(n int) *state {
	name := "large:" + strconv.Itoa(n)
	if n == defaultLarge {
		name = "large"
	}
	st := emptySeed(name)
	st.Rows = make([]*row, 0, n)
	for i := range n {
		st.add(largeRow(i))
	}
	return st
}

// largeRow returns the i-th integration of the large seed. The strides are primes, so that type, team and place do not
// repeat together.
func largeRow(i int) *row {
	teams := [...]string{
		"Payments", "Checkout", "Search", "Identity", "Data Platform", "Firmware", "Mobile iOS",
		"Mobile Android", "Developer Experience", "Infrastructure", "Security", "Billing", "Logistics",
	}
	places := [...]string{"eu-central", "us-east", "apac", "on-prem", "dmz", "lab", "acquired"}
	kinds := [...]string{"GITHUB", "GITLAB_SERVER", "GITHUB_SERVER", "GITLAB", "AZURE_DEVOPS", "GERRIT", "AZURE", "FILESPACE"}
	team, place, kind := teams[i%len(teams)], places[i%len(places)], kinds[i%11%len(kinds)]
	name := fmt.Sprintf("%s %s %s-%05d", team, hostWord(kind), place, i+1)
	r := seeded(kind, name, largeOrigin(kind, place, i), int64(1+i%1500))
	adornLarge(r, i)
	return r
}

func adornLarge(r *row, i int) {
	r.Disabled = i%17 == 16
	if i%5 == 3 {
		r.restrictedTo(int64(10000 + 100*(i%4)))
	}
	if i%29 == 7 {
		r.PrHideFilter = text("^.*(dependabot|renovate).*$")
	}
	if i%31 == 11 {
		r.APIFilter = text("[?contains(name, 'service')]")
	}
	if i%97 == 42 {
		r.LastIndexed = 0
	}
	if r.Type == "FILESPACE" {
		r.FolderDepth, r.Secrets = int64(1+i%5), nil
	}
	if r.Type == "GERRIT" {
		r.withLogin()
	}
}

func hostWord(kind string) string {
	switch kind {
	case "GITHUB", "GITHUB_SERVER":
		return "GitHub"
	case "GITLAB", "GITLAB_SERVER":
		return "GitLab"
	case "AZURE", "AZURE_DEVOPS":
		return "Azure DevOps"
	case "GERRIT":
		return "Gerrit"
	}
	return "folder"
}

func largeOrigin(kind, place string, i int) string {
	switch kind {
	case "GITHUB", "GITLAB", "AZURE":
		return kindOf(kind).origin
	case "FILESPACE":
		return fmt.Sprintf("/srv/git/%s/%05d/*", place, i+1)
	}
	return fmt.Sprintf("https://git-%03d.%s.acme.example", i%400, place)
}
