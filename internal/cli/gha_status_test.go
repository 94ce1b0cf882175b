package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/githubapp"
	"github.com/gijctl/gijctl/pkg/secret"
)

func seenApp(installations ...githubapp.Installation) *sight {
	return &sight{
		app:           githubapp.App{ID: 10, Slug: "gij", Name: "GIJ", HTMLURL: "https://github.com/apps/gij", Owner: githubapp.Account{Login: "acme"}},
		installations: installations,
	}
}

func inAccount(id int64, login string) githubapp.Installation {
	return githubapp.Installation{ID: id, Account: githubapp.Account{Login: login}, HTMLURL: "https://github.com/organizations/" + login + "/settings/installations/1"}
}

func suspended(i githubapp.Installation) githubapp.Installation {
	i.SuspendedAt, i.SuspendedBy = new(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)), &githubapp.Account{Login: "mira"}
	return i
}

// TestStanding has the rules of what is inferred, and each remedy of the vendor.
func TestStanding(t *testing.T) {
	t.Parallel()
	row, never := &plan.AppRow{ID: 5}, &plan.AppRow{ID: 5, NeverIndexed: true}
	refused := &githubapp.Error{Kind: githubapp.KindAuth, Status: 401}
	gone := &githubapp.Error{Kind: githubapp.KindNotFound, Status: 404}
	asked := seenApp()
	asked.requests = []githubapp.InstallationRequest{{Account: githubapp.Account{Login: "acme"}, Requester: githubapp.Account{Login: "leo"}}}
	for name, c := range map[string]struct {
		row      *plan.AppRow
		hasKey   bool
		noJira   bool
		seen     *sight
		err      error
		status   string
		inferred bool
		remedy   string // part of it
	}{
		"indexed":                       {row: row, status: appIntegrated},
		"indexed and installed":         {row: row, seen: seenApp(inAccount(1, "acme")), status: appOK},
		"GIJ's flag":                    {row: &plan.AppRow{ID: 5, Suspended: new(true)}, status: appSuspended, remedy: "as it was suspended"},
		"suspended":                     {row: row, seen: seenApp(suspended(inAccount(1, "acme"))), status: appSuspended, remedy: "gijctl gha unsuspend"},
		"never, no key":                 {row: never, status: appUnknown, inferred: true, remedy: "use Remove integration in GIJ"},
		"never, not asked":              {row: never, hasKey: true, status: appInstalling, inferred: true, remedy: "--check"},
		"never, installed":              {row: never, seen: seenApp(inAccount(1, "acme")), status: appWaiting, inferred: true, remedy: "wait"},
		"never, not installed":          {row: never, seen: seenApp(), status: appNotInstalled, inferred: true, remedy: "https://github.com/apps/gij/installations/new"},
		"never, requested":              {row: never, seen: asked, status: appNotInstalled, inferred: true, remedy: "have an owner of acme approve it"},
		"never, refused":                {row: never, err: refused, status: appRemoved, inferred: true, remedy: "gijctl integration remove 5"},
		"never, gone":                   {row: never, err: gone, status: appRemoved, inferred: true, remedy: "gijctl integration remove 5"},
		"indexed, refused":              {row: row, err: refused, status: appRemoved, inferred: true, remedy: "--pem-file"},
		"indexed, not installed":        {row: row, seen: seenApp(), status: appNotInstalled, remedy: "install it"},
		"another installation":          {row: &plan.AppRow{ID: 5, InstallationID: 9}, seen: seenApp(inAccount(1, "acme")), status: appNotInstalled, remedy: "keeps the old id"},
		"a clock":                       {row: never, err: &githubapp.Error{Kind: githubapp.KindAuth, Status: 401, Skew: time.Hour, Advice: "set the clock"}, status: appUnknown, remedy: "set the clock"},
		"a host without API":            {row: never, err: &githubapp.Error{Kind: githubapp.KindFailed, Status: 404, Advice: "a login page"}, status: appUnknown, remedy: "a login page"},
		"a proxy":                       {row: never, err: &githubapp.Error{Kind: githubapp.KindAuth, Status: 403}, status: appUnknown},
		"lost":                          {seen: seenApp(inAccount(1, "acme")), status: appLost, remedy: "gijctl gha delete"},
		"lost and not installed":        {seen: seenApp(), status: appLost, remedy: "gijctl gha delete"},
		"lost, not asked":               {status: appLost, inferred: true, remedy: "--check"},
		"no Jira, not asked":            {noJira: true, status: appUnknown, remedy: "--check"},
		"no Jira, installed":            {noJira: true, seen: seenApp(inAccount(1, "acme")), status: appInstalled},
		"no Jira, not installed":        {noJira: true, seen: seenApp(), status: appNotInstalled, remedy: "gijctl gha install gij"},
		"no Jira, suspended":            {noJira: true, seen: seenApp(suspended(inAccount(1, "acme"))), status: appSuspended},
		"in no integration and refused": {err: refused, status: appRemoved, inferred: true, remedy: "look whether the app is there"},
	} {
		g := &gitHubApp{row: c.row, org: "acme"}
		if c.hasKey {
			g.key = &secret.PrivateKey{}
		}
		got := appFacts{app: g, askedJira: !c.noJira, seen: c.seen, err: c.err}.standing()
		if got.Status != c.status || got.Inferred != c.inferred || !strings.Contains(got.Remedy, c.remedy) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestWhichInstallation(t *testing.T) {
	t.Parallel()
	two := seenApp(inAccount(1, "hooli"), inAccount(2, "acme"))
	for name, c := range map[string]struct {
		seen *sight
		g    gitHubApp
		id   int64
		want string
	}{
		"the id":                {two, gitHubApp{}, 1, "1"},
		"not its id":            {two, gitHubApp{}, 3, "--installation-id names the installation 3, which is none of the app \"GIJ\" (id 10): it has 1 (hooli), 2 (acme)"},
		"GIJ's":                 {two, gitHubApp{row: &plan.AppRow{ID: 5, InstallationID: 1}}, 0, "1"},
		"not GIJ's":             {two, gitHubApp{row: &plan.AppRow{ID: 5, InstallationID: 4}}, 0, "GIJ's integration 5 names the installation 4"},
		"the flag before GIJ's": {two, gitHubApp{row: &plan.AppRow{ID: 5, InstallationID: 4}}, 2, "2"},
		"the org's":             {two, gitHubApp{org: "HOOLI"}, 0, "1"},
		"the owner's":           {two, gitHubApp{}, 0, "2"},
		"the only one":          {seenApp(inAccount(7, "hooli")), gitHubApp{}, 0, "7"},
		"several":               {seenApp(inAccount(7, "hooli"), inAccount(8, "globex")), gitHubApp{}, 0, "the app is installed in several accounts: 7 (hooli), 8 (globex)"},
		"none":                  {seenApp(), gitHubApp{}, 0, errNotInstalled.Error()},
		"none of that id":       {seenApp(), gitHubApp{}, 3, "--installation-id names the installation 3, which is none of the app \"GIJ\" (id 10): it has none"},
	} {
		i, err := c.seen.installation(&c.g, c.id)
		var got string
		if err != nil {
			got = err.Error()
		} else {
			got = idOrNone(i.ID)
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
