package cli

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
)

// ghaView is an app in -o json: what GitHub, GIJ and this machine know of it, side by side. What nobody knows is left out. The
// keys are a contract.
type ghaView struct {
	AppID          int64  `json:"appId,omitempty"`
	ClientID       string `json:"clientId,omitempty"`
	Name           string `json:"name"`
	Slug           string `json:"slug,omitempty"`
	Org            string `json:"org"`
	Host           string `json:"host"` // web root
	InstallationID int64  `json:"installationId,omitempty"`
	// Suspended is GitHub's word, GIJSuspended is GIJ's.
	Suspended *bool `json:"suspended,omitempty"`
	// KeyFingerprint is of the key that this machine has.
	KeyFingerprint      string `json:"keyFingerprint,omitempty"`
	Known               bool   `json:"known"` // this machine keeps its credentials
	IntegrationID       int64  `json:"integrationId,omitempty"`
	IntegrationName     string `json:"integrationName,omitempty"`
	IntegrationDisabled *bool  `json:"integrationDisabled,omitempty"`
	NeverIndexed        *bool  `json:"neverIndexed,omitempty"`
	GIJSuspended        *bool  `json:"gijSuspended,omitempty"`
	GIJKey              string `json:"gijKey,omitempty"` // clear, hidden, blank or absent, as the export has it
	GIJKeyFingerprint   string `json:"gijKeyFingerprint,omitempty"`
	Status              string `json:"status"`
	Inferred            bool   `json:"inferred"` // no answer says so: it follows from several
	Message             string `json:"message"`
	Remedy              string `json:"remedy"`
}

func (s *ghaSession) view(g *gitHubApp, seen *sight, stand standing) ghaView {
	v := ghaView{
		AppID: g.id, Name: cmp.Or(g.name, g.slug), Slug: g.slug, Org: g.org, Host: s.hostText(g), Known: g.known != nil,
		Status: stand.Status, Inferred: stand.Inferred, Message: stand.Message, Remedy: stand.Remedy,
	}
	if g.key != nil {
		v.KeyFingerprint = g.key.Fingerprint()
	}
	if g.known != nil {
		v.ClientID = g.known.ClientID
	}
	if row := g.row; row != nil {
		v.ClientID, v.InstallationID = cmp.Or(v.ClientID, row.ClientID), row.InstallationID
		v.IntegrationID, v.IntegrationName, v.IntegrationDisabled, v.NeverIndexed = row.ID, row.DisplayName, new(row.Disabled), new(row.NeverIndexed)
		v.GIJSuspended, v.GIJKey, v.GIJKeyFingerprint = row.Suspended, string(row.Key.State), row.Key.Fingerprint
	}
	if seen != nil {
		v.see(g, seen)
	}
	return v
}

// see puts what GitHub says in the place of what is only known here.
func (v *ghaView) see(g *gitHubApp, seen *sight) {
	v.AppID, v.Name, v.Slug, v.ClientID = seen.app.ID, seen.app.Name, seen.app.Slug, cmp.Or(seen.app.ClientID, v.ClientID)
	v.Org = cmp.Or(seen.app.Owner.Login, v.Org)
	if here, err := seen.installation(g, 0); err == nil {
		v.InstallationID, v.Suspended = here.ID, new(here.SuspendedAt != nil)
	}
}

// hostText is the web root, and "sandbox" for the embedded one, which has another port each time.
func (s *ghaSession) hostText(g *gitHubApp) string {
	if s.keptHost(g.host) == config.SandboxContext {
		return config.SandboxContext
	}
	return g.host.Web()
}

type ghaColumn = render.Column[*ghaView]

func ghaList() render.List[*ghaView] {
	return render.List[*ghaView]{
		Columns: []ghaColumn{
			{Key: "org", Header: "ORG", Text: func(v *ghaView) string { return v.Org }},
			{Key: "name", Header: "NAME", Text: func(v *ghaView) string { return v.Name }},
			{Key: "appId", Header: "APP ID", Right: true, Text: func(v *ghaView) string { return idOrNone(v.AppID) }},
			{Key: "status", Header: "STATUS", Keep: true, Text: statusText, Data: func(v *ghaView) string { return v.Status }},
			{Key: "integrationId", Header: "INTEGRATION", Right: true, Text: func(v *ghaView) string { return idOrNone(v.IntegrationID) }},
			{Key: "installationId", Header: "INSTALLATION", Right: true, Text: func(v *ghaView) string { return idOrNone(v.InstallationID) }},
			{Key: "suspended", Header: "SUSPENDED", Keep: true, Text: suspendedCell, Data: flag(func(v *ghaView) *bool { return v.Suspended })},
			{Key: "keyFingerprint", Header: "KEY", Keep: true, Text: func(v *ghaView) string { return compactFingerprint(cmp.Or(v.KeyFingerprint, v.GIJKeyFingerprint)) }, Data: func(v *ghaView) string { return v.KeyFingerprint }},
			{Key: "host", Header: "HOST", Text: func(v *ghaView) string { return v.Host }},
			{Key: "clientId", Header: "CLIENT ID", Show: render.Wide, Text: func(v *ghaView) string { return v.ClientID }},
			{Key: "slug", Header: "SLUG", Show: render.OnRequest, Text: func(v *ghaView) string { return v.Slug }},
			{Key: "known", Header: "KNOWN HERE", Show: render.Wide, Text: func(v *ghaView) string { return strconv.FormatBool(v.Known) }},
			{Key: "integrationName", Header: "INTEGRATION NAME", Show: render.OnRequest, Text: func(v *ghaView) string { return v.IntegrationName }},
			{Key: "integrationDisabled", Header: "DISABLED", Show: render.Wide, Text: flag(func(v *ghaView) *bool { return v.IntegrationDisabled })},
			{Key: "neverIndexed", Header: "NEVER INDEXED", Show: render.OnRequest, Text: flag(func(v *ghaView) *bool { return v.NeverIndexed })},
			{Key: "gijSuspended", Header: "SUSPENDED BY GIJ", Show: render.Wide, Text: flag(func(v *ghaView) *bool { return v.GIJSuspended })},
			{Key: "gijKey", Header: "GIJ'S KEY", Show: render.Wide, Text: func(v *ghaView) string { return v.GIJKey }},
			{Key: "gijKeyFingerprint", Header: "GIJ'S FINGERPRINT", Show: render.OnRequest, Text: func(v *ghaView) string { return v.GIJKeyFingerprint }},
			{Key: "inferred", Header: "INFERRED", Show: render.OnRequest, Text: func(v *ghaView) string { return strconv.FormatBool(v.Inferred) }},
			{Key: "message", Header: "FOUND", Show: render.Wide, Text: func(v *ghaView) string { return v.Message }},
			{Key: "remedy", Header: "REMEDY", Show: render.Wide, Text: func(v *ghaView) string { return v.Remedy }},
		},
		Name:  func(v *ghaView) string { return cmp.Or(v.IntegrationName, v.Org+" / "+v.Name) },
		Empty: "no GitHub Apps",
	}
}

func idOrNone(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// statusText marks what is inferred.
func statusText(v *ghaView) string {
	if v.Inferred {
		return v.Status + " (inferred)"
	}
	return v.Status
}

// suspendedCell is GitHub's word, else GIJ's.
func suspendedCell(v *ghaView) string {
	switch {
	case v.Suspended != nil:
		return yesNo(*v.Suspended)
	case v.GIJSuspended != nil:
		return yesNo(*v.GIJSuspended) + " (GIJ)"
	}
	return ""
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// compactFingerprint is enough of a fingerprint to tell the few keys of an app apart.
func compactFingerprint(fingerprint string) string {
	const enough = len("SHA256:") + 8
	if len(fingerprint) <= enough {
		return fingerprint
	}
	return strings.TrimPrefix(fingerprint[:enough], "SHA256:") + "…"
}
