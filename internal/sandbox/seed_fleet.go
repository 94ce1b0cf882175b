package sandbox

import (
	"fmt"
	"strconv"
	"strings"
)

// Sizes of the fleet seed. With its twenty new rows, testdata/tsv/fleet.tsv has five thousand.
const (
	fleetRows  = 4980
	fleetPlain = 400 // repositories that belong to no integration
)

// fleetHost is one integration of the fleet seed.
type fleetHost struct {
	kind, name, origin string
	app                bool
}

// fleetSeed is a company with thousands of repositories: every integration type, two GitHub Apps, tracked folders, and
// repositories that were connected one by one.
func fleetSeed() *state {
	st := emptySeed("fleet")
	st.Rows = make([]*row, 0, fleetRows)
	hosts := fleetHosts()
	// The last host is the old share, with two repositories.
	shared, left := len(hosts)-1, fleetRows-fleetPlain-len(hosts)-2
	for i, h := range hosts {
		count := left*(i+1)/shared - left*i/shared
		if i == shared {
			count = 2
		}
		parent := st.addFleetHost(i, h)
		for range count {
			st.addFleetChild(parent, h)
		}
	}
	for i := range fleetPlain {
		st.addFleetPlain(i)
	}
	return st
}

func fleetHosts() []fleetHost {
	hosts := []fleetHost{
		{kind: "GITHUB", name: "globex-retail / jira.globex.example-1716811200", origin: "https://api.github.com", app: true},
		{kind: "GITHUB_SERVER", name: "avionics / jira.globex.example-1722081600", origin: "https://github.globex.example", app: true},
	}
	counts := []struct {
		kind, host string
		n          int
	}{
		{"GITHUB", "", 4},
		{"GITHUB_SERVER", "https://ghe-%d.globex.example", 4},
		{"GITLAB", "", 2},
		{"GITLAB_SERVER", "https://gitlab-%d.globex.example", 5},
		{"GITLAB_SERVER_LEGACY", "https://oldlab-%d.globex.example", 2},
		{"TFS_SERVER", "https://tfs-%d.globex.example/tfs", 2},
		{"AZURE_DEVOPS", "https://ado-%d.globex.example", 3},
		{"AZURE", "", 2},
		{"VSTS", "", 1},
		{"AWS", "", 3},
		{"GERRIT", "https://gerrit-%d.globex.example:8443", 3},
		{"FILESPACE", "/srv/git/site-%d/*", 2},
	}
	for _, c := range counts {
		for i := range c.n {
			hosts = append(hosts, fleetHostOf(c.kind, c.host, i+1))
		}
	}
	return append(hosts, fleetHost{kind: "FILESPACE", name: "Old share", origin: "/mnt/old-share/*"})
}

func fleetHostOf(kind, pattern string, n int) fleetHost {
	origin := kindOf(kind).origin
	switch {
	case kind == "AWS":
		origin = codeCommitOrigin(fleetRegion(n))
	case pattern != "":
		origin = fmt.Sprintf(pattern, n)
	}
	return fleetHost{kind: kind, name: "Globex " + strings.ToLower(strings.ReplaceAll(kind, "_", "-")) + " " + strconv.Itoa(n), origin: origin}
}

func fleetRegion(n int) string { return strings.Fields(awsRegions())[n*3] }

func (st *state) addFleetHost(i int, h fleetHost) int64 {
	r := seeded(h.kind, h.name, h.origin, int64(200+37*i))
	switch h.kind {
	case "FILESPACE":
		r.Secrets, r.FolderDepth = nil, 2
	case "AWS", "GERRIT", "GITLAB_SERVER_LEGACY", "TFS_SERVER":
		r.withLogin()
	case "GITLAB_SERVER":
		r.APIPath = text("/api/v4/groups/globex/projects?include_subgroups=true")
	}
	if h.kind == "AWS" {
		_, region, _ := strings.Cut(h.origin, "git-codecommit.")
		r.AwsRegion, _, _ = strings.Cut(region, ".")
	}
	if h.app {
		org, name, _ := strings.Cut(h.name, " / ")
		app := appRow(org, name, int64(910_000+i), int64(52_000_000+i))
		r.GitHubApp, r.DisplayName = app.GitHubApp, h.name
		r.Columns = map[string]string{"githubAppClientId": "Iv1.5a4db0c0ffee" + strconv.Itoa(1000+i)}
		r.Secrets = map[string]string{columnPEM: "", columnClientSecret: "", columnWebhookSecret: ""}
	}
	if i%4 == 1 {
		r.restrictedTo(10000, 10000+100*int64(1+i%3))
	}
	if i%5 == 2 {
		r.PrHideFilter = text("^.*(dependabot|renovate).*$")
	}
	st.add(r)
	return r.ID
}

// fleetName is the name of the n-th repository. The strides are primes, as in the large seed.
func fleetName(n int64) (group, name string) {
	groups := strings.Fields("payments checkout search identity data firmware mobile infra security billing logistics")
	things := strings.Fields("api service worker web library tools config docs deploy schema client gateway events")
	group = groups[n%int64(len(groups))]
	return group, fmt.Sprintf("%s-%s-%04d", group, things[n*7%int64(len(things))], n)
}

func (st *state) addFleetChild(parent int64, h fleetHost) {
	id := st.NextID
	group, name := fleetName(id)
	base := strings.TrimSuffix(h.origin, "*")
	if h.origin == "https://api.github.com" {
		base = "https://github.com"
	}
	r := seededRepository(parent, h.kind, group+"/"+name, strings.TrimSuffix(base, "/")+"/"+group+"/"+name+".git", group, id%900)
	r.Repository.RealRoot = number(id) + "_" + name
	r.Repository.Root = clonesBelow + r.Repository.RealRoot
	if h.kind == "FILESPACE" {
		r.Repository.AbsoluteRoot, r.Repository.RealRoot, r.Repository.Root = true, r.Origin, r.Origin
	}
	adornFleet(r, id)
	st.add(r)
}

func (st *state) addFleetPlain(i int) {
	id := st.NextID
	group, name := fleetName(id)
	r := seededRepository(0, "", name, "git@git.globex.example:"+group+"/"+name+".git", "", id%900)
	r.Repository.RealRoot = number(id) + "_" + name
	r.Repository.Root = clonesBelow + r.Repository.RealRoot
	r.Columns = map[string]string{"sshKeyId": strconv.Itoa(1 + i%3)}
	r.restrictedTo(10000 + 100*int64(i%4))
	adornFleet(r, id)
	st.add(r)
}

// adornFleet gives some repositories what people set by hand.
func adornFleet(r *row, id int64) {
	r.Disabled = id%41 == 7
	if id%3 == 0 {
		r.Repository.MainBranch = "master"
	}
	if id%53 == 11 {
		r.TagsFilter = text(`v[0-9]+\..*`)
	}
	if id%67 == 13 {
		r.RefSpecCustom = text("+refs/a/*:refs/a/*, refs/b/*:refs/b/*")
	}
	if id%97 == 29 {
		r.DisplayName = "Größe " + r.DisplayName + " 検索"
	}
	if id%59 == 17 {
		r.Columns = with(r.Columns, "webLinkType", "github")
		r.Columns = with(r.Columns, "branchLinkFormat", `https://git.globex.example/tree/$convert(${branch},"refs/heads/","")`)
	}
}
