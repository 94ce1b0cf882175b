package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

// wizardFirst is said before anything else of an app that gijctl makes.
const wizardFirst = "GIJ's own wizard is the supported road (Git > Manage integrations > Add integration > GitHub App): the vendor documents no way for GIJ " +
	"to adopt an app that its wizard did not make, and gijctl gha register, which tries to, is experimental"

// check refuses what cannot work before anything is read or asked.
func (o *ghaCreateOptions) check() error {
	if err := checkOrg(o.where.org); err != nil {
		return err
	}
	switch {
	case o.waitTimeout < 0:
		return usageError("0 is without limit", "--wait-timeout cannot be negative")
	case o.port < 0 || o.port > 65535:
		return usageError("ports are from 1 to 65535; without --port a free one is taken", "--port: %d is no port", o.port)
	case o.manifestOnly != "" && o.code != "":
		return usageError("give one of them", "--manifest-only begins, and --code finishes")
	case o.givenState != "" && o.code == "":
		return usageError("add --code, or give it the whole address alone", "--state belongs to --code, which is not given")
	case o.force && o.manifestOnly == "":
		return usageError("leave it out", "--force overwrites the file of --manifest-only, which is not given")
	case o.manifestOnly == "-":
		return usageError("give the path of a file", "--manifest-only writes a page, which is for a browser to open")
	case o.manifestOnly != "":
		return refuseExisting(o.manifestOnly, o.force)
	}
	return nil
}

func checkOrg(org string) error {
	lower := strings.ToLower(org)
	switch {
	case org == "":
		return usageError("say which: --org ORG", "--org is missing: an organization is to own the app")
	case strings.Contains(lower, "enterprises/"):
		return usageError("give one of its organizations: --org ORG", "--org: GitHub makes no app of an enterprise from a manifest")
	case strings.Contains(org, "://"), strings.Contains(org, "/"):
		return usageError("give its name alone, and the host with --host: --org acme --host https://github.example.com", "--org: %q is no name of an organization", org)
	case !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`).MatchString(org):
		return usageError("it has letters, digits and hyphens, as in the address of its page", "--org: %q is no name of an organization", org)
	}
	return nil
}

// prepare finds out what is to be made, and refuses what cannot come to anything. Nothing is sent that changes anything.
func (c *ghaCreation) prepare(ctx context.Context) error {
	var err error
	if c.host, err = c.session.hostOf(&gitHubApp{}, c.where.host); err != nil {
		return err
	}
	if c.client, err = c.session.client(c.host); err != nil {
		return err
	}
	if c.code != "" {
		return nil // what it asked for, GitHub knows
	}
	if err := c.refuseAnother(); err != nil {
		return err
	}
	if err := c.fill(ctx); err != nil {
		return err
	}
	more, err := c.manifest.Check(c.host)
	if err != nil {
		return err
	}
	c.warnings = append(c.warnings, more...)
	return c.checkOrganization(ctx)
}

// refuseAnother finds the app that the organization has already.
func (c *ghaCreation) refuseAnother() error {
	if c.another {
		return nil
	}
	org := c.where.org
	all, err := c.session.apps()
	if err != nil {
		return err
	}
	for _, g := range all {
		if !strings.EqualFold(g.org, org) || !c.isOnHost(g) {
			continue
		}
		var what []string
		hint := "to look at it: " + appFlags{}.command("get", g.String())
		if g.id != 0 {
			what = append(what, fmt.Sprintf("app id %d", g.id))
		}
		if g.row != nil {
			what = append(what, fmt.Sprintf("integration %d of GIJ", g.row.ID))
		} else if g.known != nil {
			what = append(what, "its credentials are in "+c.session.store.Path(*g.known))
			hint = "to install it: " + appFlags{}.command("install", g.slug)
		}
		return &cliError{
			code: codeConflict, message: fmt.Sprintf("the organization %s has a GitHub App already: %s (%s); GIJ has one for an organization", org, g, strings.Join(what, ", ")),
			hint: hint + "; to make one more all the same, add: --another",
		}
	}
	return nil
}

// isOnHost reports whether an app is on the host of the new one. Where it was made counts for one that only this machine knows:
// GIJCTL_GITHUB_URL is the way to all apps, and says nothing of where they are.
func (c *ghaCreation) isOnHost(g *gitHubApp) bool {
	if g.row == nil && g.known != nil {
		return g.known.Host == c.session.keptHost(c.host)
	}
	return g.host == c.host
}

// fill makes the manifest.
func (c *ghaCreation) fill(ctx context.Context) error {
	home := c.homepage
	if home == "" {
		home = c.session.jira.target.URL
		if info, err := c.session.jira.client.Jira.ServerInfo(ctx); err == nil && info.BaseURL != "" {
			home = info.BaseURL
		}
	}
	u, err := url.Parse(home)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return usageError("write it like: https://jira.example.com", "--homepage-url: %q is no address of a page", home)
	}
	c.warnings = append(c.warnings, unreachable(u, c.host)...)
	c.manifest = githubapp.Manifest{
		Name: c.name, URL: home, Description: "Git Integration for Jira", SetupURL: c.setup, Events: c.events, Permissions: githubapp.Permissions(),
	}
	if c.name == "" {
		c.manifest.Name = githubapp.DefaultName(u.Hostname(), c.app.now())
	}
	maps.Copy(c.manifest.Permissions, c.permissions)
	if c.webhook != "" {
		c.manifest.Hook = &githubapp.Hook{URL: c.webhook, Active: true}
	}
	return nil
}

// unreachable says why GitHub may not reach Jira. A server of GitHub Enterprise may stand in the same network.
func unreachable(jira *url.URL, h githubapp.Host) []string {
	var all []string
	name := jira.Hostname()
	ip, err := netip.ParseAddr(name)
	const remedy = "; GitHub sends events to Jira, so its firewall must let GitHub in; where GitHub reaches it at another address: gijctl settings set alt-jira-base-url URL"
	switch {
	case name == "localhost", err == nil && ip.IsLoopback():
		all = append(all, "Jira is at "+jira.Host+", which is this machine alone: GitHub cannot reach it"+remedy)
	case h.Kind() == githubapp.KindServer:
	case err == nil && (ip.IsPrivate() || ip.IsLinkLocalUnicast()), err != nil && isInside(name):
		all = append(all, "Jira is at "+jira.Host+", which looks like a name or an address of a private network"+remedy)
	}
	if jira.Scheme == "http" {
		all = append(all, "Jira is at plain http://, so that what GitHub sends can be read on the way")
	}
	return all
}

// isInside reports whether a name is one that only a private network knows.
func isInside(name string) bool {
	if !strings.Contains(name, ".") {
		return true
	}
	for _, end := range []string{".local", ".localdomain", ".internal", ".intranet", ".lan", ".corp", ".home.arpa", ".test"} {
		if strings.HasSuffix(strings.ToLower(name), end) {
			return true
		}
	}
	return false
}

// checkOrganization asks for the organization where that can be asked without a login, and so whether the host is there at all:
// the code would be lost on one that this machine cannot reach.
func (c *ghaCreation) checkOrganization(ctx context.Context) error {
	org := c.where.org
	_, err := c.client.Organization(ctx, org)
	var refused *githubapp.Error
	if err == nil || !errors.As(err, &refused) {
		return err
	}
	private := refused.Status == http.StatusUnauthorized || refused.Status == http.StatusForbidden || refused.Status == http.StatusTooManyRequests
	switch {
	case refused.Kind == githubapp.KindNotFound && c.host.Kind() != githubapp.KindTenant:
		return &cliError{
			code: codeNotFound, message: fmt.Sprintf("%s has no organization %q; nothing was sent", c.host.Name(), org), cause: err,
			hint: "look at " + c.host.Web() + "/" + org + ": it may be the account of a person, whose apps GIJ does not use; another host is given by --host",
		}
	case private && refused.Kind != githubapp.KindFailed, refused.Kind == githubapp.KindNotFound, refused.Status == http.StatusTooManyRequests:
		c.warnings = append(c.warnings, fmt.Sprintf("%s does not tell without a login whether there is an organization %q", c.host.Name(), org))
		return nil
	}
	return err
}

// agree shows what is to be made, and asks. It reports whether that was all.
func (c *ghaCreation) agree(ctx context.Context) (done bool, err error) {
	view := c.plan()
	if c.write.dryRun {
		if isPlanText(c.printer) {
			c.app.warn("%s", wizardFirst)
		} else {
			view.Warnings = append([]string{wizardFirst}, view.Warnings...)
		}
		return true, c.app.printPlan(c.printer, []changeView{view})
	}
	c.app.warn("%s", wizardFirst)
	if c.write.yes {
		for _, warning := range view.Warnings {
			if c.app.wantsJSON() || c.app.flags.quiet {
				c.app.warn("%s", warning)
			}
		}
	}
	return false, c.app.agree(ctx, writing{flags: c.write}, []changeView{view})
}

func (c *ghaCreation) plan() changeView {
	org, kept := c.where.org, c.session.store.Folder(c.session.keptHost(c.host))
	v := changeView{Action: plan.ActionCreate, Object: "GitHub App", DisplayName: c.manifest.Name, Warnings: c.warnings}
	add := func(field, value string) {
		if value != "" {
			v.Fields = append(v.Fields, fieldView{Field: field, To: value})
		}
	}
	add("org", org)
	add("host", c.host.Web())
	conversion := gij.Request{Method: http.MethodPost, Path: c.host.API() + "/app-manifests/CODE/conversions"}
	if c.code != "" {
		add("credentials", kept)
		v.Notes = []string{"the form that was begun here says what it is; GitHub made it when somebody agreed, and tells its credentials for the code"}
		v.Requests = []gij.Request{conversion}
		return v
	}
	add("homepage", c.manifest.URL)
	add("permissions", permissionsText(c.manifest.Permissions))
	v.Notes = []string{
		"an owner of " + org + " agrees to it in a browser, and can change its name there; no name that GitHub has already is taken",
		"the app is made for this organization alone, and is installed by the next step: gha install",
	}
	if c.manifest.Hook != nil {
		add("webhook", c.manifest.Hook.URL)
	}
	add("events", strings.Join(c.manifest.Events, ", "))
	add("setupPage", c.manifest.SetupURL)
	add("credentials", kept)
	manifest, err := json.Marshal(c.manifest)
	if err != nil {
		manifest = nil // it is made of texts, so it always encodes
	}
	v.Requests = []gij.Request{
		{Method: http.MethodPost, Path: c.host.RegistrationURL(org, "STATE"), Body: manifest},
		conversion,
	}
	return v
}

// portOf is the port of an address.
func portOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	_, port, _ := net.SplitHostPort(u.Host)
	return port
}
