package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// The person in the browser, and another owner of each organization, who approves what is requested.
const (
	gitHubPerson = "octo-admin"
	gitHubOwner  = "olga-owner"
)

// firstGitHubID is where ids begin that a state gives out itself.
const firstGitHubID = 1_100_001

// hostGitHub gives a state its GitHub, where it has none: an app with an installation for each app row of GIJ. States of earlier
// versions get one that way too.
func (st *state) hostGitHub() {
	if st.GitHub != nil {
		return
	}
	g := &gitHub{NextID: firstGitHubID}
	st.GitHub = g
	for _, r := range st.Rows {
		if r.GitHubApp != nil && r.Repository == nil {
			g.addOrg(r.GitHubApp.Org, true)
			g.Apps = append(g.Apps, st.hostApp(r))
		}
	}
	if len(g.Orgs) == 0 {
		g.addOrg("acme", true)
	}
	g.addOrg("hooli", true)
	g.addOrg("initech", false)
}

func (g *gitHub) addOrg(login string, owned bool) {
	if g.org(login) != nil {
		return
	}
	g.Orgs = append(g.Orgs, gitHubOrg{
		ID: 6_800_000 + int64(len(g.Orgs)+1)*211, Login: login, Owned: owned, Repos: []string{"web-shop", "platform-api", "git-tools", "handbook"},
	})
}

// gijPermissions are those that GIJ asks for (contract, §9.1).
func gijPermissions() map[string]string {
	return map[string]string{"metadata": "read", "contents": "write", "pull_requests": "write", "issues": "read"}
}

// hostApp makes the app of a row of GIJ. Its events and where its webhook leads are [U] in the contract; these are invented.
func (st *state) hostApp(r *row) *hostedApp {
	of := r.GitHubApp
	at := r.InitDate / 1000
	a := &hostedApp{
		ID: of.ID, ClientID: r.Columns["githubAppClientId"], Org: of.Org, Slug: of.Slug, Name: of.Name, Created: at, Updated: at,
		URL: "https://jira." + of.Org + ".example/jira", Permissions: gijPermissions(), Events: []string{"pull_request", "push"}, Row: r.ID,
		Hook:       &appHook{URL: "https://jira." + of.Org + ".example/jira/invented/github-app", Active: true, HasSecret: true, ContentType: "json", Insecure: "0"},
		Deliveries: st.seedDeliveries(of.InstallationID),
		Installations: []*installation{{
			ID: of.InstallationID, Account: of.Org, Selection: "selected", Repos: []string{"web-shop", "platform-api"},
			Permissions: gijPermissions(), Events: []string{"pull_request", "push"}, Created: at + 40, Updated: at + 40,
		}},
	}
	if a.ClientID == "" {
		a.ClientID = fmt.Sprintf("Iv23li%014d", of.ID)
	}
	key, err := publicHalf(r.Columns[columnPEM])
	if err != nil {
		a.Owed = true // no key yet
		return a
	}
	key.Created, a.SeedKey, a.Keys = at, r.Columns[columnPEM], []publicKey{key}
	return a
}

// seedDeliveries are of the hours before the state was made; the last but one failed.
func (st *state) seedDeliveries(installation int64) []delivered {
	made, err := time.Parse(time.RFC3339, st.Created)
	if err != nil {
		made = time.UnixMilli(seedTime)
	}
	var all []delivered
	for i, status := range []int{http.StatusOK, http.StatusBadGateway, http.StatusOK} {
		one := delivered{
			ID: 93_100_300 - int64(i)*17, GUID: fmt.Sprintf("0b989ba4-242f-11e5-81e1-%012d", installation*10+int64(i)), Installation: installation,
			At: made.Add(-time.Duration(2+3*i) * time.Hour).Unix(), Event: "push", Status: status, Duration: 0.27,
		}
		if i == 0 {
			one.Event, one.Action = "pull_request", "opened"
		}
		all = append(all, one)
	}
	return all
}

// makeOwedKey makes the key of a seeded app that was not needed until now. GIJ's row gets it too, if nobody gave it another.
func (st *state) makeOwedKey(a *hostedApp) error {
	if !a.Owed {
		return nil
	}
	text, err := a.addKey(a.Created)
	if err != nil {
		return err
	}
	st.payKey(a, text)
	return nil
}

// payKey gives an app and its row the key that was owed.
func (st *state) payKey(a *hostedApp, text string) {
	a.Owed, a.SeedKey = false, text
	if old := st.find(a.Row); old != nil && old.GitHubApp != nil && old.Secrets[columnPEM] == "" {
		next := *old
		st.setSecret(&next, columnPEM, text, false)
		st.replace(&next)
	}
}

// keepKeys gives apps the keys that they had in an earlier state, so that a file with one goes on working.
func (st *state) keepKeys(earlier *gitHub) error {
	for _, a := range st.GitHub.Apps {
		had := earlier.appByID(a.ID)
		if !a.Owed || had == nil || had.SeedKey == "" {
			continue
		}
		key, err := publicHalf(had.SeedKey)
		if err != nil {
			return err
		}
		key.Created, a.Keys = a.Created, []publicKey{key}
		st.payKey(a, had.SeedKey)
	}
	return nil
}

func (st *state) owesKeys() bool {
	return st.GitHub.app(func(a *hostedApp) bool { return a.Owed }) != nil
}

// makeOwedKeys makes the keys that an export is about to show.
func (c *call) makeOwedKeys() error {
	if !c.state.owesKeys() || c.faults.value("export-pem") == "absent" {
		return nil
	}
	return c.s.store.update(func(st *state) error {
		for _, a := range st.GitHub.Apps {
			if err := st.makeOwedKey(a); err != nil {
				return err
			}
		}
		c.state = st
		return nil
	})
}

// AppKey returns a private key of the seeded app, PEM. It is made when it is first asked for.
func (s *Server) AppKey() (string, error) {
	key := ""
	err := s.store.update(func(st *state) error {
		a := st.GitHub.appByID(s.App.ID)
		if a == nil {
			return problem{text: "the seed has no GitHub App"}
		}
		if err := st.makeOwedKey(a); err != nil {
			return err
		}
		key = a.SeedKey
		return nil
	})
	return key, err
}

// seededApp is the app that a [Server] names: the first that is GIJ's.
func (st *state) seededApp() SeededApp {
	a := st.GitHub.app(func(a *hostedApp) bool { return a.Row != 0 && len(a.Installations) > 0 })
	if a == nil {
		return SeededApp{}
	}
	return SeededApp{
		ID: a.ID, ClientID: a.ClientID, InstallationID: a.Installations[0].ID, Org: a.Org, Slug: a.Slug, Name: a.Name,
	}
}

// slugOf makes a slug of a name: in lower case, and what is no letter or digit becomes a hyphen.
func slugOf(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(words, "-")
}

// The app of the knob app-stuck.
const (
	stuckApp          = "jira.acme.example-1722081600000"
	stuckID           = 884_977
	stuckInstallation = 51_120_977
)

// addStuckApp adds an integration whose GitHub App stands at INSTALLING, in one of the ways that the vendor's page tells: GIJ waits,
// nobody installed the app, or it was removed on GitHub.
func (s *Server) addStuckApp(why string) error {
	if why == "" {
		return nil
	}
	return s.store.update(func(st *state) error {
		for _, r := range st.Rows {
			if r.GitHubApp != nil && r.GitHubApp.ID == stuckID {
				return nil
			}
		}
		r := appRow(st.GitHub.Orgs[0].Login, stuckApp, stuckID, stuckInstallation)
		r.LastIndexed, r.ID = 0, st.NextID
		key, err := newPEM()
		if err != nil {
			return err
		}
		st.setSecret(r, columnPEM, key, false)
		a := st.hostApp(r)
		r.GitHubApp.InstallationID = 0
		st.add(r)
		switch why {
		case "removed":
			return nil
		case "not-installed":
			a.Installations, a.Deliveries = nil, nil
		}
		st.GitHub.Apps = append(st.GitHub.Apps, a)
		return nil
	})
}
