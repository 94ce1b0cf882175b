package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/githubapp"
	"github.com/gijctl/gijctl/pkg/secret"
)

// rotation is one run of gha rotate-key.
type rotation struct {
	bulkRun
	gha     *ghaSession
	options rotateKeyOptions
	printer *render.Printer
	file    string // of the new key; "-" is standard input

	have   *plan.Snapshot
	row    plan.AppRow
	target *gitHubApp
	client *githubapp.Client
	column string // of the key
	told   githubapp.App

	newKey appKey
	// now is the key that the export shows, known the one that this machine keeps, before the one that it kept before that, given that of
	// --old-pem-file. old is the one of them that is to be deleted.
	now, known, before, given, old appKey

	risks []string // that a plan tells before anything is sent
	view  rotationView
}

// appKey is a private key that may not be known.
type appKey struct{ *secret.PrivateKey }

func (k appKey) fingerprint() string {
	if k.PrivateKey == nil {
		return ""
	}
	return k.Fingerprint()
}

func (k appKey) isKnown() bool { return k.PrivateKey != nil }

// is reports whether two keys are known and the same.
func (k appKey) is(other appKey) bool {
	return secret.SameFingerprint(k.fingerprint(), other.fingerprint())
}

// findRow finds the integration: by its id or display name, else by what names its app.
func (r *rotation) findRow(listed []gij.Integration) error {
	var all []named
	for _, row := range r.gha.rows {
		all = append(all, named{row.ID, row.DisplayName})
	}
	for _, i := range listed {
		if !slices.ContainsFunc(all, func(n named) bool { return n.id == i.ID }) {
			all = append(all, named{i.ID, i.DisplayName})
		}
	}
	place, problem := pickOne(plan.ObjectIntegration, all, r.options.word)
	if problem == nil {
		return r.take(all[place].id, listed)
	}
	apps, err := r.gha.apps()
	if err != nil {
		return err
	}
	apps = slices.DeleteFunc(apps, func(g *gitHubApp) bool {
		return g.row == nil || !g.matches(r.options.word, appFlags{org: r.options.app.org})
	})
	switch len(apps) {
	case 0:
		return notFoundError(plan.ObjectIntegration, []render.Detail{*problem})
	case 1:
		r.row = *apps[0].row
		return nil
	}
	return ambiguousApp(r.options.word, apps)
}

// take takes the integration of an id. One that shows nothing of an app may be one all the same: a person can say so.
func (r *rotation) take(id int64, listed []gij.Integration) error {
	if place := slices.IndexFunc(r.gha.rows, func(row plan.AppRow) bool { return row.ID == id }); place >= 0 {
		r.row = r.gha.rows[place]
		return nil
	}
	i := listed[slices.IndexFunc(listed, func(i gij.Integration) bool { return i.ID == id })]
	if r.options.app.appID == "" || r.options.write.pemColumn == "" {
		return &cliError{
			code: codeInvalidInput, message: fmt.Sprintf("integration %d %q is not shown as one of a GitHub App; its type is %s", i.ID, i.DisplayName, i.Type),
			hint: "those are listed by: gijctl gha list; if it is one, give --app-id and --pem-column",
		}
	}
	r.row = plan.AppRow{ID: i.ID, DisplayName: i.DisplayName, Origin: i.Origin, Disabled: i.Disabled != nil && *i.Disabled, NeverIndexed: i.LastIndexedDate == nil}
	return nil
}

// findApp puts together who the app is: from the row, from what this machine knows, from the flags.
func (r *rotation) findApp() error {
	apps, err := r.gha.apps()
	if err != nil {
		return err
	}
	r.target = &gitHubApp{row: &r.row, org: r.row.Org, slug: r.row.Slug, name: r.row.Name, id: r.row.AppID}
	if place := slices.IndexFunc(apps, func(g *gitHubApp) bool { return g.row != nil && g.row.ID == r.row.ID }); place >= 0 {
		r.target = apps[place]
	}
	if err := r.takeFlags(); err != nil {
		return err
	}
	if r.target.issuer == "" {
		return usageError("give --app-id, the App ID that the app's page at GitHub shows"+pageOf(r.target),
			"the id of the app of integration %d %q is not known: neither GIJ's answers nor this machine tell it", r.row.ID, r.row.DisplayName)
	}
	if r.target.host, err = r.gha.hostOf(r.target, r.options.app.host); err != nil {
		return err
	}
	r.client, err = r.gha.client(r.target.host)
	return err
}

// takeFlags adds what the flags say of the app. They fill in, and contradict nothing.
func (r *rotation) takeFlags() error {
	g, said := r.target, r.options.app
	if g.org == "" {
		g.org = said.org
	}
	if said.org != "" && !strings.EqualFold(said.org, g.org) {
		return usageError("leave --org out, or name the other integration", "integration %d is of the organization %s, and --org says %s", r.row.ID, g.org, said.org)
	}
	if said.appID == "" {
		return nil
	}
	id, isID := parseID(said.appID)
	if isID && g.id != 0 && g.id != id {
		return usageError("leave --app-id out, or name the other integration", "integration %d is of the app %d, and --app-id says %s", r.row.ID, g.id, said.appID)
	}
	if isID {
		g.id = id
	}
	if g.issuer == "" {
		g.issuer = said.appID
	}
	if g.known != nil {
		return nil
	}
	for i := range r.gha.known {
		k := &r.gha.known[i]
		if !r.gha.isElsewhere(k) && (k.ID == g.id || k.ClientID == said.appID) {
			g.known, g.id, g.issuer = k, k.ID, strconv.FormatInt(k.ID, 10)
		}
	}
	return nil
}

// findColumn finds the column of the key.
func (r *rotation) findColumn() error {
	header := r.have.Header()
	if !r.have.Has(r.row.ID) {
		return &cliError{
			code: codeNotFound, message: fmt.Sprintf("GIJ's export has no row %d, so there is none to import a key into", r.row.ID),
			hint: "look at the integration in Jira (Git > Manage integrations)",
		}
	}
	if name := r.options.write.pemColumn; name != "" {
		if header.Index(name) < 0 {
			return usageError(columnHint(name, header.Names), "--pem-column: GIJ's export has no column %q", name)
		}
		r.column = name
		return nil
	}
	var keys []string
	for _, key := range []appKey{r.newKey, r.known, r.given} {
		if key.isKnown() {
			keys = append(keys, pemOf(key.PrivateKey))
		}
	}
	switch columns := r.have.KeyColumns(r.row.ID, r.state, keys); len(columns) {
	case 1:
		r.column = columns[0]
		return nil
	case 0:
		return usageError("give --pem-column; the export has: "+strings.Join(header.Names, ", "),
			"which column of GIJ's export has the private keys is not known: no name says pem, and row %d shows no key in clear", r.row.ID)
	default:
		return usageError("give --pem-column with one of them", "several columns of GIJ's export may have the private key of row %d: %s", r.row.ID, strings.Join(columns, ", "))
	}
}

func columnHint(name string, names []string) string {
	if near, found := gijspec.Nearest(name, names); found {
		return "did you mean: --pem-column " + near
	}
	return "the export has: " + strings.Join(names, ", ")
}

// readKnownKeys reads the keys that this machine keeps of the app. One that is spoiled hinders nothing.
func (r *rotation) readKnownKeys() {
	if r.target.known == nil {
		return
	}
	r.known = r.readKnownKey(r.target.known.PEM)
	r.before = r.readKnownKey(r.target.known.OldPEM)
}

func (r *rotation) readKnownKey(kept secret.Value) appKey {
	if kept.IsZero() {
		return appKey{}
	}
	key, err := secret.ParsePrivateKey([]byte(kept.Reveal()))
	if err != nil {
		r.app.warn("the key that this machine keeps of %s is spoiled: %v", r.target, err)
	}
	return appKey{key}
}

// keep replaces the key that this machine keeps of the app, if it keeps one. The old key stays beside it until GitHub refuses it: a run
// that is picked up later could not prove that without.
func (r *rotation) keep() error {
	if r.target.known == nil {
		return nil
	}
	kept := *r.target.known
	isReplaced := !r.known.is(r.newKey)
	if isReplaced {
		kept.PEM = secret.New(pemOf(r.newKey.PrivateKey) + "\n")
		kept.OldPEM, r.before = r.target.known.PEM, r.known
	}
	isOver := !kept.OldPEM.IsZero() && (!r.before.isKnown() || r.isRevoked() && r.before.is(r.old))
	if isOver {
		kept.OldPEM, r.before = secret.Value{}, appKey{}
	}
	if !isReplaced && !isOver {
		return nil
	}
	if _, err := r.gha.store.Save(kept); err != nil {
		return fmt.Errorf("the key is rotated, but what this machine keeps of the app could not be replaced: %w", err)
	}
	r.target.known, r.known = &kept, r.newKey
	r.view.Kept = r.view.Kept || isReplaced
	return nil
}
