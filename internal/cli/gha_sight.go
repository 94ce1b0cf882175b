package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

// sight is what GitHub shows an app of itself.
type sight struct {
	app           githubapp.App
	installations []githubapp.Installation
	requests      []githubapp.InstallationRequest // asked for only where it is installed nowhere
}

// see asks GitHub as the app.
func see(ctx context.Context, client *githubapp.AppClient) (*sight, error) {
	app, err := client.Get(ctx)
	if err != nil {
		return nil, err
	}
	seen := &sight{app: app}
	if seen.installations, err = client.Installations(ctx); err != nil || len(seen.installations) > 0 {
		return seen, err
	}
	seen.requests, err = client.InstallationRequests(ctx)
	if githubapp.IsKind(err, githubapp.KindNotFound) { // a host that does not know of requests
		err = nil
	}
	return seen, err
}

// learn fills in what nobody here knew of an app, and finds its integration by what GitHub says. It changes nothing but the app.
func (s *ghaSession) learn(g *gitHubApp, app githubapp.App) {
	now := &gitHubApp{host: g.host, org: app.Owner.Login, slug: app.Slug, name: app.Name, id: app.ID}
	if g.known == nil {
		for i := range s.known {
			if !s.isElsewhere(&s.known[i]) && s.known[i].ID == app.ID && s.keptHost(g.host) == s.known[i].Host {
				g.known = &s.known[i]
			}
		}
	}
	for i := range s.rows {
		if g.row == nil && s.isAppOf(&s.rows[i], now) {
			g.row = &s.rows[i]
		}
	}
	g.id, g.org, g.name, g.slug = cmp.Or(g.id, app.ID), cmp.Or(g.org, now.org), cmp.Or(g.name, app.Name), cmp.Or(g.slug, app.Slug)
}

// keptHost is a host as this machine keeps it: the embedded sandbox has another port each time.
func (s *ghaSession) keptHost(h githubapp.Host) string {
	if s.jira != nil && s.jira.gitHub != "" && strings.EqualFold(s.jira.gitHub, h.Web()) {
		return config.SandboxContext
	}
	return h.Web()
}

// checkNames refuses to go on with another app than a person named. A rename is no other app: the id is the same.
func (v *sight) checkNames(g *gitHubApp, org string) error {
	now := &gitHubApp{org: v.app.Owner.Login, slug: v.app.Slug, name: v.app.Name, id: v.app.ID, row: g.row, known: g.known}
	if g.word != "" && !now.isCalled(g.word) {
		return &cliError{
			code: codeUsage, message: fmt.Sprintf("the app that the key and --app-id belong to is %s (id %d), not %q", now, now.id, g.word),
			hint: "leave the name out, or give the id and the key of the app that is meant",
		}
	}
	isOf := func(account githubapp.Account) bool { return strings.EqualFold(account.Login, org) }
	installed := slices.ContainsFunc(v.installations, func(i githubapp.Installation) bool { return isOf(i.Account) })
	if org == "" || isOf(v.app.Owner) || installed {
		return nil
	}
	if v.isOfEnterprise() {
		return &cliError{
			code: codeUsage, message: fmt.Sprintf("the app %q (id %d) is owned by the enterprise %q, and is not installed in %q", v.app.Name, v.app.ID, v.app.Owner.Slug, org),
			hint: "GIJ connects by apps that organizations own; give the id and the key of such a one",
		}
	}
	return &cliError{
		code: codeUsage, message: fmt.Sprintf("the app %q (id %d) is of %q, and is not installed in %q", v.app.Name, v.app.ID, v.app.Owner.Login, org),
		hint: "give --org " + v.app.Owner.Login + ", or leave it out",
	}
}

// isOfEnterprise reports whether no account, but an enterprise owns the app.
func (v *sight) isOfEnterprise() bool { return v.app.Owner.Login == "" && v.app.Owner.Slug != "" }

// settingsURL is the page of the app as it is named now, "" where only the enterprise that owns it has one.
func (v *sight) settingsURL(h githubapp.Host) string {
	if v.app.Owner.Login == "" {
		return ""
	}
	return ownerPage(h, v.app)
}

// errNotInstalled means that an app has no installation at all.
var errNotInstalled = errors.New("the app is installed nowhere")

// installation finds the installation that is meant: the one of this id, else that of the integration, unless another organization is
// named, else that of the organization, else the only one.
func (v *sight) installation(g *gitHubApp, id int64) (*githubapp.Installation, error) {
	if id != 0 {
		return v.installationByID(id, "--installation-id", "give one of these")
	}
	if len(v.installations) == 0 {
		return nil, errNotInstalled
	}
	org := cmp.Or(g.org, v.app.Owner.Login)
	if g.row != nil && g.row.InstallationID != 0 && strings.EqualFold(org, cmp.Or(g.row.Org, v.app.Owner.Login, org)) {
		return v.installationByID(g.row.InstallationID, fmt.Sprintf("GIJ's integration %d", g.row.ID),
			"it was uninstalled, and perhaps installed again, while GIJ keeps the old id; to go on with another, give --installation-id")
	}
	at := slices.IndexFunc(v.installations, func(i githubapp.Installation) bool { return strings.EqualFold(i.Account.Login, org) })
	if at < 0 && len(v.installations) == 1 {
		at = 0
	}
	if at < 0 {
		return nil, usageError("choose one: --installation-id ID", "the app is installed in several accounts: %s", v.listed())
	}
	return &v.installations[at], nil
}

func (v *sight) installationByID(id int64, from, hint string) (*githubapp.Installation, error) {
	for i := range v.installations {
		if v.installations[i].ID == id {
			return &v.installations[i], nil
		}
	}
	has := "it has none"
	if len(v.installations) > 0 {
		has = "it has " + v.listed()
	} else {
		hint = "the app is installed nowhere; install it: gijctl gha install"
	}
	return nil, &cliError{
		code: codeNotFound, hint: hint,
		message: fmt.Sprintf("%s names the installation %d, which is none of the app %q (id %d): %s", from, id, v.app.Name, v.app.ID, has),
	}
}

func (v *sight) listed() string {
	var all []string
	for _, i := range v.installations {
		all = append(all, fmt.Sprintf("%d (%s)", i.ID, i.Account.Login))
	}
	return strings.Join(all, ", ")
}
