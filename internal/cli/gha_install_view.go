package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

// installationView is an app in an account, in -o json. The keys are a contract.
type installationView struct {
	InstallationID      int64             `json:"installationId"`
	Account             string            `json:"account"`
	AppID               int64             `json:"appId"`
	Slug                string            `json:"slug"`
	RepositorySelection string            `json:"repositorySelection"` // all or selected
	Permissions         map[string]string `json:"permissions"`
	Events              []string          `json:"events"`
	Suspended           bool              `json:"suspended"`
	SuspendedBy         string            `json:"suspendedBy,omitempty"`
	CreatedAt           *time.Time        `json:"createdAt,omitempty"`
	UpdatedAt           *time.Time        `json:"updatedAt,omitempty"`
	HTMLURL             string            `json:"htmlUrl"`
}

func viewInstallation(app githubapp.App, i githubapp.Installation) installationView {
	v := installationView{
		InstallationID: i.ID, Account: i.Account.Login, AppID: app.ID, Slug: app.Slug, RepositorySelection: i.RepositorySelection,
		Permissions: i.Permissions, Events: i.Events, Suspended: i.SuspendedAt != nil, HTMLURL: i.HTMLURL,
		CreatedAt: givenTime(i.CreatedAt), UpdatedAt: givenTime(i.UpdatedAt),
	}
	if i.SuspendedBy != nil {
		v.SuspendedBy = i.SuspendedBy.Login
	}
	if v.Permissions == nil {
		v.Permissions = map[string]string{}
	}
	if v.Events == nil {
		v.Events = []string{}
	}
	return v
}

// givenTime is nil for a time that the host did not tell.
func givenTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func installationList() render.List[*installationView] {
	type view = *installationView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "installationId", Header: "INSTALLATION", Right: true, Text: func(v view) string { return strconv.FormatInt(v.InstallationID, 10) }},
			{Key: "account", Header: "ACCOUNT", Text: func(v view) string { return v.Account }},
			{Key: "slug", Header: "APP", Text: func(v view) string { return v.Slug }},
			{Key: "appId", Header: "APP ID", Right: true, Text: func(v view) string { return strconv.FormatInt(v.AppID, 10) }},
			{Key: "repositorySelection", Header: "REPOSITORIES", Text: func(v view) string { return v.RepositorySelection }},
			{Key: "suspended", Header: "SUSPENDED", Keep: true, Text: func(v view) string { return yesNo(v.Suspended) }, Data: func(v view) string { return strconv.FormatBool(v.Suspended) }},
			{Key: "suspendedBy", Header: "BY", Show: render.Wide, Text: func(v view) string { return v.SuspendedBy }},
			{Key: "htmlUrl", Header: "PAGE", Show: render.Wide, Text: func(v view) string { return v.HTMLURL }},
			{Key: "permissions", Header: "PERMISSIONS", Show: render.OnRequest, Text: func(v view) string { return permissionsText(v.Permissions) }},
			{Key: "events", Header: "EVENTS", Show: render.OnRequest, Text: func(v view) string { return strings.Join(v.Events, ",") }},
			{Key: "createdAt", Header: "INSTALLED", Show: render.OnRequest, Text: func(v view) string { return rfc3339(v.CreatedAt) }},
			{Key: "updatedAt", Header: "CHANGED", Show: render.OnRequest, Text: func(v view) string { return rfc3339(v.UpdatedAt) }},
		},
		Name: func(v view) string { return v.Account },
	}
}
