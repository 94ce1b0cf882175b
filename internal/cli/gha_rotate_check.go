package cli

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gijtsv"
	"github.com/gijctl/gijctl/pkg/githubapp"
	"github.com/gijctl/gijctl/pkg/secret"
)

// isExpected holds the new key against --expect-fingerprint.
func (r *rotation) isExpected() error {
	expect, got := r.options.expect, r.newKey.fingerprint()
	if expect == "" || got == "" || secret.SameFingerprint(expect, got) {
		return nil
	}
	return inputError("compare it with the fingerprints on the app's page; nothing was sent", "the new key has the fingerprint %s, and --expect-fingerprint is %s", got, expect)
}

// ask asks GitHub for the app with one of its keys.
func (r *rotation) ask(ctx context.Context, key appKey) (githubapp.App, error) {
	return r.client.As(r.target.issuer, key.PrivateKey).Get(ctx)
}

// checkNewKey has GitHub say that the new key is one of the very app. Nothing is written without.
func (r *rotation) checkNewKey(ctx context.Context) error {
	told, err := r.ask(ctx, r.newKey)
	if err == nil {
		err = r.isSameApp(told)
	}
	switch {
	case err == nil:
	case githubapp.IsKind(err, githubapp.KindAuth):
		return r.refusedKey(err)
	default:
		return fmt.Errorf("nothing was written: %w", err)
	}
	r.told = told
	r.target.id = told.ID
	r.lookAtInstallation(ctx)
	return nil
}

// refusedKey leaves the cause out: its status is GitHub's, and what there is to say of Jira's is something else.
func (r *rotation) refusedKey(err error) error {
	return &cliError{
		code: codeAuth, message: fmt.Sprintf("nothing was written, for the new key is not accepted: %v", err),
		hint: explain(err).Hint,
	}
}

func (r *rotation) otherApp(format string, args ...any) error {
	return &cliError{
		code: codeAuth, message: "nothing was written: " + fmt.Sprintf(format, args...),
		hint: "give the key of the app of this integration" + pageOf(r.target),
	}
}

// isSameApp holds what GitHub tells of the new key's app against what is known of the integration's. Where GIJ does not show the app's
// id, the organization or the name has to agree.
func (r *rotation) isSameApp(told githubapp.App) error {
	row := r.row
	switch {
	case r.target.id != 0 && told.ID != r.target.id:
		return r.otherApp("the new key is one of the app %d %q, and integration %d is of the app %d", told.ID, told.Name, row.ID, r.target.id)
	case row.AppID != 0 || r.target.known != nil:
		return nil
	case row.ClientID != "" && told.ClientID != "" && row.ClientID != told.ClientID:
		return r.otherApp("the new key is one of the app %d %q, whose client id is not that of integration %d", told.ID, told.Name, row.ID)
	}
	org, name := strings.EqualFold(row.Org, told.Owner.Login), row.Name == told.Name || row.Slug != "" && row.Slug == told.Slug
	switch {
	case row.Org == "" && row.Name == "":
		r.app.warn("GIJ shows nothing of the app of integration %d, so that it is %s / %s is taken from --app-id alone", row.ID, told.Owner.Login, told.Name)
	case !org && !name:
		return r.otherApp("the new key is one of %s / %s, and integration %d is %q", told.Owner.Login, told.Name, row.ID, row.DisplayName)
	case !org || !name:
		r.app.warn("GitHub calls the app %s / %s, and integration %d is %q: a rename breaks GIJ's link to it", told.Owner.Login, told.Name, row.ID, row.DisplayName)
	}
	return nil
}

// lookAtInstallation warns of what would keep the integration from working with any key. It hinders nothing.
func (r *rotation) lookAtInstallation(ctx context.Context) {
	if r.row.InstallationID == 0 {
		return
	}
	found, err := r.client.As(r.target.issuer, r.newKey.PrivateKey).Installation(ctx, r.row.InstallationID)
	switch {
	case githubapp.IsKind(err, githubapp.KindNotFound):
		r.risks = append(r.risks, fmt.Sprintf("GitHub knows no installation %d of the app, so that GIJ cannot read repositories by it, whatever its key", r.row.InstallationID))
	case err != nil:
		r.app.warn("the installation was not looked at: %v", err)
	case found.SuspendedAt != nil:
		r.risks = append(r.risks, fmt.Sprintf("installation %d is suspended at GitHub, so that no key works until that ends", r.row.InstallationID))
	}
}

// findOldKey finds the key that is to be deleted, and asks GitHub whether it still takes it.
func (r *rotation) findOldKey(ctx context.Context) error {
	if r.given.isKnown() && r.now.isKnown() && !r.now.is(r.newKey) && !r.now.is(r.given) {
		return usageError("leave --old-pem-file out: GIJ shows the old key", "--old-pem-file has the key %s, and GIJ has %s", r.given.fingerprint(), r.now.fingerprint())
	}
	for _, key := range []appKey{r.now, r.given, r.known, r.before} {
		if key.isKnown() && !key.is(r.newKey) {
			r.old = key
			break
		}
	}
	if !r.old.isKnown() && r.now.is(r.newKey) {
		r.old.PrivateKey = r.state.EarlierKey(r.row.ID, r.column, r.newKey.fingerprint())
	}
	if r.options.waitRevoked && !r.old.isKnown() {
		return usageError("give --old-pem-file; or leave --wait-revoked out, and compare the fingerprints on the page by eye: "+r.deletePage(),
			"--wait-revoked cannot be proved: the old key is not known, since GIJ does not show it and this machine does not keep it")
	}
	if !r.old.isKnown() {
		return nil
	}
	_, err := r.ask(ctx, r.old)
	switch {
	case err == nil:
		r.revoked(false)
	case githubapp.IsKind(err, githubapp.KindAuth):
		r.revoked(true)
		if r.now.is(r.old) {
			r.risks = append(r.risks, "GitHub refuses the key that GIJ has now: the integration is broken until it has the new one")
		} else if r.options.waitRevoked && r.old.is(r.given) {
			r.app.warn("GitHub refused the key of --old-pem-file from the start; that it was ever one of this app is not proved by that")
		}
	default:
		r.app.warn("whether GitHub still takes the old key is not known: %v", err)
	}
	return nil
}

// deletePage is the page with the keys of the app, from what GitHub tells: a rename changes it.
func (r *rotation) deletePage() string {
	app := r.told
	switch {
	case app.Slug == "":
		return r.target.settingsURL()
	case app.Owner.Login == "": // an enterprise's
		return app.HTMLURL
	}
	return ownerPage(r.target.host, app)
}

// compareRow plans the import of one row: its id and the key. The bulk road adds the origin.
func (r *rotation) compareRow(ctx context.Context) error {
	var b bytes.Buffer
	w := gijtsv.NewWriter(&b)
	if err := w.WriteHeader(gijtsv.NewHeader("id", r.column)); err != nil {
		return err
	}
	if err := w.WriteCells([]string{strconv.FormatInt(r.row.ID, 10), pemOf(r.newKey.PrivateKey)}); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	r.options.write.pemColumn = r.column
	r.source = &bulkSource{name: "the new key", data: b.Bytes(), made: true}
	if err := r.source.validateFor(r.app, r.have, r.column); err != nil {
		return err
	}
	if err := r.diff(ctx, r.have, bulkInput{secrets: r.options.write.secretFlags}); err != nil {
		return err
	}
	for i := range r.plan.Changes {
		r.explainChange(&r.plan.Changes[i])
	}
	r.views = viewBulkPlan(r.plan, true)
	r.begun()
	return nil
}

// explainChange adds to the plan what a person should know of it.
func (r *rotation) explainChange(c *plan.BulkChange) {
	old := "is not shown"
	if r.old.isKnown() {
		old = "is " + r.old.fingerprint()
	}
	c.Notes = append(c.Notes, fmt.Sprintf("the new key is %s, the old one %s", r.newKey.fingerprint(), old),
		fmt.Sprintf("%s took the new key as one of the app %d, %s", r.target.host.Name(), r.told.ID, r.told.Name))
	if r.newKey.PKCS8() {
		c.Notes = append(c.Notes, "the key was in PKCS#8 form, and is sent as PKCS#1, as GitHub makes them")
	}
	c.Warnings = append(c.Warnings, r.risks...)
	switch {
	case r.row.NeverIndexed:
		c.Warnings = append(c.Warnings, "it was never indexed, so it may still stand at INSTALLING, where GIJ may not take a key by import (inferred)")
	case r.row.Disabled:
		c.Warnings = append(c.Warnings, "it is disabled, so that no index shows whether GIJ can use the key")
	}
	if r.row.Suspended != nil && *r.row.Suspended {
		c.Warnings = append(c.Warnings, "GIJ shows it as suspended, so that no index shows whether GIJ can use the key")
	}
}

// pemOf writes a key as GitHub makes them, without a line break at its end. What came as PKCS#8, with CR LF or flattened is then as
// a file of GitHub's.
func pemOf(key *secret.PrivateKey) string {
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key.Reveal())}
	return strings.TrimSpace(string(pem.EncodeToMemory(block)))
}
