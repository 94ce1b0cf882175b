package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
)

// rotationView is what became of the rotation of a key, in -o json. The keys are a contract.
type rotationView struct {
	IntegrationID int64  `json:"integrationId"`
	DisplayName   string `json:"displayName"`
	Host          string `json:"host"` // web root of its GitHub
	AppID         int64  `json:"appId"`
	AppSlug       string `json:"appSlug"`
	Org           string `json:"org"`
	PEMColumn     string `json:"pemColumn"` // of the export
	// OldKeyFingerprint is "" where nobody can tell it.
	OldKeyFingerprint string       `json:"oldKeyFingerprint"`
	NewKeyFingerprint string       `json:"newKeyFingerprint"`
	Outcome           plan.Outcome `json:"outcome"`
	// VerifiedBy is what shows that the key is in its place: "github" that it is one of the app, "export" that GIJ has it, "index" that the
	// key which GIJ has is a good one, "indexWithoutOldKey" the same when GitHub refuses the old one.
	VerifiedBy []string `json:"verifiedBy"`
	NotShown   []string `json:"notShown"` // columns that the server does not show
	Index      string   `json:"index,omitempty"`
	Threads    []int64  `json:"threads"`
	Backup     string   `json:"backup,omitempty"`
	DeletePage string   `json:"deletePage"`
	// OldKeyRevoked is null where GitHub could not be asked.
	OldKeyRevoked *bool `json:"oldKeyRevoked"`
	// Kept says that this machine keeps the new key in place of the old one.
	Kept        bool   `json:"localKeyReplaced"`
	FileRemoved bool   `json:"pemFileRemoved"`
	Message     string `json:"message,omitempty"`
}

func rotationList() render.List[*rotationView] {
	type view = *rotationView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "integrationId", Header: "INTEGRATION", Right: true, Text: func(v view) string { return numberText(v.IntegrationID) }},
			{Key: "displayName", Header: "NAME", Text: func(v view) string { return v.DisplayName }},
			{Key: "host", Header: "HOST", Show: render.Wide, Text: func(v view) string { return v.Host }},
			{Key: "appId", Header: "APP ID", Right: true, Text: func(v view) string { return numberText(v.AppID) }},
			{Key: "appSlug", Header: "SLUG", Show: render.OnRequest, Text: func(v view) string { return v.AppSlug }},
			{Key: "org", Header: "ORG", Show: render.OnRequest, Text: func(v view) string { return v.Org }},
			{Key: "pemColumn", Header: "COLUMN", Show: render.OnRequest, Text: func(v view) string { return v.PEMColumn }},
			{Key: "outcome", Header: "OUTCOME", State: true, Keep: true, Text: func(v view) string { return string(v.Outcome) }},
			{Key: "verifiedBy", Header: "VERIFIED BY", Text: func(v view) string { return strings.Join(v.VerifiedBy, ", ") }},
			{Key: "notShown", Header: "NOT SHOWN", Show: render.Wide, Text: func(v view) string { return strings.Join(v.NotShown, ", ") }},
			{Key: "index", Header: "INDEX", Show: render.Wide, Text: func(v view) string { return v.Index }},
			{Key: "newKeyFingerprint", Header: "NEW KEY", Text: func(v view) string { return v.NewKeyFingerprint }},
			{Key: "oldKeyFingerprint", Header: "OLD KEY", Text: func(v view) string { return v.OldKeyFingerprint }},
			{Key: "oldKeyRevoked", Header: "OLD KEY REVOKED", Text: func(v view) string { return knownText(v.OldKeyRevoked) }},
			{Key: "deletePage", Header: "DELETE PAGE", Text: func(v view) string { return v.DeletePage }},
			{Key: "localKeyReplaced", Header: "LOCAL KEY REPLACED", Show: render.OnRequest, Text: func(v view) string { return strconv.FormatBool(v.Kept) }},
			{Key: "pemFileRemoved", Header: "FILE REMOVED", Show: render.OnRequest, Text: func(v view) string { return strconv.FormatBool(v.FileRemoved) }},
			{Key: "threads", Header: "THREADS", Show: render.OnRequest, Text: func(v view) string { return joinIDs(v.Threads, ", ") }},
			{Key: "backup", Header: "BACKUP", Show: render.Wide, Text: func(v view) string { return v.Backup }},
			{Key: "message", Header: "MESSAGE", Text: func(v view) string { return v.Message }},
		},
		Name: func(v view) string { return v.DisplayName },
	}
}

func knownText(known *bool) string {
	switch {
	case known == nil:
		return ""
	case *known:
		return "yes"
	}
	return "no"
}

// printer is the one of the plan in a dry run, else that of the result.
func (o *rotateKeyOptions) printer(a *app) (*render.Printer, error) {
	if o.write.dryRun {
		return a.bulkPrinter(true, true)
	}
	return printerFor(a, rotationList())
}

func (r *rotation) print() error { return render.WriteObject(r.printer, rotationList(), &r.view) }

// begun fills in what is known before anything is sent.
func (r *rotation) begun() {
	revoked := r.view.OldKeyRevoked
	r.view = rotationView{
		IntegrationID: r.row.ID, DisplayName: r.row.DisplayName, Host: r.target.host.Web(), AppID: r.told.ID, AppSlug: r.told.Slug, Org: r.told.Owner.Login,
		PEMColumn: r.column, OldKeyFingerprint: r.old.fingerprint(), NewKeyFingerprint: r.newKey.fingerprint(), Outcome: plan.OutcomeNotStarted,
		VerifiedBy: []string{byGitHub}, NotShown: []string{}, Threads: []int64{}, DeletePage: r.deletePage(), OldKeyRevoked: revoked,
	}
}

// took notes how the import ended.
func (r *rotation) took(result plan.BulkResult) {
	r.view.Backup, r.view.Threads = result.Backup, append(r.view.Threads, result.Threads...)
	for _, row := range result.Rows {
		r.view.Outcome = row.Outcome
		r.view.NotShown = append(r.view.NotShown, row.NotShown...)
		if row.Outcome == plan.OutcomeVerified && len(row.NotShown) == 0 {
			r.verifiedBy(byExport)
		}
	}
}

// unchanged notes that GIJ has the key already.
func (r *rotation) unchanged() {
	r.view.Outcome = plan.OutcomeUnchanged
	if r.now.is(r.newKey) {
		r.verifiedBy(byExport)
		return
	}
	r.view.NotShown = append(r.view.NotShown, r.column)
}

func (r *rotation) verifiedBy(what string) {
	if !slices.Contains(r.view.VerifiedBy, what) {
		r.view.VerifiedBy = append(r.view.VerifiedBy, what)
	}
}

func (r *rotation) revoked(is bool) { r.view.OldKeyRevoked = &is }
