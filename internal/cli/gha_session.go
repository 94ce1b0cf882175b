package cli

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

// ghaNeeds say what a command wants of the two sides.
type ghaNeeds struct {
	readOnly bool
	// jira says that a Jira must be named. Without it one is used if it is named.
	jira bool
	// alone says that the command goes on where Jira cannot be reached: what is done on GitHub may be urgent.
	alone bool
	// rows asks GIJ for its integrations of GitHub Apps; export asks for the export as well, which shows more of them.
	rows, export bool
	pemColumn    string
}

// ghaSession is a command's connection to GIJ, and its way to GitHub hosts.
type ghaSession struct {
	app      *app
	readOnly bool
	jira     *session // nil where no Jira is named
	rows     []plan.AppRow
	export   *plan.Snapshot // nil where it was not asked for, or could not be had
	store    *config.Apps
	known    []config.App
}

// beginGHA opens what this machine knows, and asks GIJ. The caller closes the session.
func (a *app) beginGHA(ctx context.Context, needs ghaNeeds) (*ghaSession, error) {
	s := &ghaSession{app: a, readOnly: needs.readOnly}
	var err error
	if s.store, err = config.OpenApps(a.env); err != nil {
		return nil, err
	}
	s.readKnown()
	s.jira, err = a.connect(ctx, needs.readOnly)
	if errors.Is(err, config.ErrNoTarget) && !needs.jira {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	err = s.readRows(ctx, needs)
	if err == nil {
		return s, nil
	}
	s.close()
	if !needs.alone || needs.jira || ctx.Err() != nil || explain(err).Code != codeFailed { // a refused login is a mistake to mend
		return nil, err
	}
	a.warn("Jira cannot be asked, so nothing is said of GIJ's side: %v", err)
	s.jira = nil
	return s, nil
}

func (s *ghaSession) close() {
	if s.jira != nil {
		s.jira.close()
	}
}

func (s *ghaSession) readKnown() {
	all, problems := s.store.List()
	s.app.warnAll(s.store.Notes())
	for _, problem := range problems {
		s.app.warn("an app that this machine knows is left out: %v", problem)
	}
	s.known = all
}

// readRows asks GIJ. That the export cannot be had is a warning: not everybody may export.
func (s *ghaSession) readRows(ctx context.Context, needs ghaNeeds) error {
	if !needs.rows && !needs.export {
		return nil
	}
	listed, err := s.jira.client.Integrations.List(ctx)
	if err != nil {
		return err
	}
	if needs.export {
		state, err := s.app.bulkState(s.jira.target)
		if err != nil {
			return err
		}
		if s.export, err = plan.ReadExport(ctx, s.jira.client.Bulk, state, needs.pemColumn); err != nil {
			if ctx.Err() != nil {
				return err
			}
			s.app.warn("GIJ's export cannot be read, so less is known of the apps there: %v", err)
		}
	}
	s.rows = plan.AppRows(listed, s.export)
	return nil
}

// apps are the apps that this machine or GIJ knows, each once.
func (s *ghaSession) apps() ([]*gitHubApp, error) {
	var all []*gitHubApp
	for i := range s.known {
		k := &s.known[i]
		if s.isElsewhere(k) {
			continue
		}
		g := &gitHubApp{org: k.Org, slug: k.Slug, name: k.Name, id: k.ID, issuer: strconv.FormatInt(k.ID, 10), known: k}
		var err error
		if g.host, err = s.hostOf(g, ""); err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	for i := range s.rows {
		row := &s.rows[i]
		if at := slices.IndexFunc(all, func(g *gitHubApp) bool { return s.isAppOf(row, g) }); at >= 0 {
			all[at].row = row
			continue
		}
		g := &gitHubApp{org: row.Org, slug: row.Slug, name: row.Name, id: row.AppID, issuer: row.ClientID, row: row}
		if row.AppID != 0 {
			g.issuer = strconv.FormatInt(row.AppID, 10)
		}
		var err error
		if g.host, err = s.hostOf(g, ""); err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	for _, g := range all {
		g.embedded = s.isEmbedded(g.host)
	}
	return all, nil
}

// isEmbedded reports whether a host is the embedded sandbox's, which is gone when the command ends.
func (s *ghaSession) isEmbedded(h githubapp.Host) bool {
	return s.jira != nil && s.jira.gitHub != "" && h.Web() == s.jira.gitHub
}

// isElsewhere reports whether an app belongs to the embedded sandbox and another target is meant, or the other way round.
func (s *ghaSession) isElsewhere(k *config.App) bool {
	embedded := s.jira != nil && s.jira.target.Sandbox
	return embedded != (k.Host == config.SandboxContext)
}

// isAppOf compares an integration with an app: by the app's id, where GIJ shows it, else by organization and name.
func (s *ghaSession) isAppOf(row *plan.AppRow, g *gitHubApp) bool {
	if g.row != nil {
		return false
	}
	if row.AppID != 0 {
		return row.AppID == g.id && s.mayBeOn(row, g.host)
	}
	same := row.Slug != "" && row.Slug == g.slug || row.Name != "" && row.Name == g.name
	return same && strings.EqualFold(row.Org, g.org) && s.mayBeOn(row, g.host)
}

// mayBeOn reports whether the origin of a row is of a host. Where somebody said which host to use, it may be any.
func (s *ghaSession) mayBeOn(row *plan.AppRow, h githubapp.Host) bool {
	if s.saidHost("") != "" {
		return true
	}
	of, err := githubapp.ParseHost(row.Origin)
	return err != nil || of == h
}

// saidHost is the host that a person named, or that the embedded sandbox has; "" for none.
func (s *ghaSession) saidHost(flag string) string {
	switch {
	case flag != "":
		return flag
	case s.app.env.Get("GIJCTL_GITHUB_URL") != "":
		return s.app.env.Get("GIJCTL_GITHUB_URL")
	case s.jira != nil && s.jira.gitHub != "":
		return s.jira.gitHub
	}
	return ""
}

// hostOf decides where an app is: where a person says, else where it was made, else as GIJ's origin has it, else GitHub.com.
func (s *ghaSession) hostOf(g *gitHubApp, flag string) (githubapp.Host, error) {
	said := s.saidHost(flag)
	switch {
	case said != "":
	case g.known != nil:
		said = g.known.Host
	case g.row != nil:
		said = g.row.Origin
	}
	return githubapp.ParseHost(said)
}

// client makes a client for a host. The flags of the connection are for it too, but not --header-file: what a proxy in front of
// Jira asks for may be a secret.
func (s *ghaSession) client(h githubapp.Host) (*githubapp.Client, error) {
	a := s.app
	if a.flags.retries < 0 || a.flags.timeout <= 0 {
		return nil, usageError("give them like: --retries 3 --timeout 30s", "--retries cannot be negative, and --timeout must be positive")
	}
	tls, err := a.flags.connection.TLS()
	if err != nil {
		return nil, err
	}
	if a.flags.connection.Insecure {
		a.warn("--insecure: the certificate of %s is not checked, so anybody on the way can read what is sent", h.Name())
	}
	return githubapp.New(githubapp.Config{
		Host: h, UserAgent: userAgent(), TLS: tls, Proxy: config.Proxy(a.env), Timeout: a.flags.timeout,
		Retries: a.flags.retries, ReadOnly: s.readOnly, Trace: a.traceTo(), Now: a.now,
		Waiting: func(h githubapp.Host, until time.Time) {
			a.note("%s limits how often it may be asked: waiting until %s", h.Name(), until.Format(time.TimeOnly))
		},
	})
}

// signedIn is a client that signs in as the app. Without a key there is none.
func (s *ghaSession) signedIn(g *gitHubApp) (*githubapp.AppClient, error) {
	if g.key == nil || g.issuer == "" {
		return nil, &cliError{
			code: codeUsage, message: "no private key of " + g.String() + " is known here",
			hint: "give --pem-file FILE, and --app-id where GIJ does not show it; GitHub makes a new key on the app's page" + pageOf(g),
		}
	}
	c, err := s.client(g.host)
	if err != nil {
		return nil, err
	}
	return c.As(g.issuer, g.key), nil
}

func pageOf(g *gitHubApp) string {
	if g.embedded {
		return "" // its address ends with this command
	}
	if page := g.settingsURL(); page != "" {
		return ": " + page
	}
	return ""
}
