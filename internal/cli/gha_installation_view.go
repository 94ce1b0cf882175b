package cli

import (
	"time"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

// suspensionView is an installation in -o json, with since when it is suspended, and after a write with what GIJ shows of the
// integration. The keys are a contract.
type suspensionView struct {
	installationView
	SuspendedAt         *time.Time `json:"suspendedAt,omitempty"`
	IntegrationID       int64      `json:"integrationId,omitempty"`
	IntegrationDisabled *bool      `json:"integrationDisabled,omitempty"`
	GIJSuspended        *bool      `json:"gijSuspended,omitempty"`
}

func viewSuspension(app githubapp.App, i githubapp.Installation) suspensionView {
	return suspensionView{installationView: viewInstallation(app, i), SuspendedAt: i.SuspendedAt}
}

// suspensionList has the columns of installations, and the others.
func suspensionList() render.List[*suspensionView] {
	type view = *suspensionView
	plain := installationList()
	list := render.List[view]{Name: func(v view) string { return plain.Name(&v.installationView) }}
	for _, c := range plain.Columns {
		own := render.Column[view]{Key: c.Key, Header: c.Header, Show: c.Show, Right: c.Right, Keep: c.Keep, State: c.State}
		own.Text = func(v view) string { return c.Text(&v.installationView) }
		if c.Data != nil {
			own.Data = func(v view) string { return c.Data(&v.installationView) }
		}
		list.Columns = append(list.Columns, own)
	}
	list.Columns = append(
		list.Columns,
		render.Column[view]{Key: "suspendedAt", Header: "SINCE", Text: func(v view) string { return rfc3339(v.SuspendedAt) }},
		render.Column[view]{Key: "integrationId", Header: "INTEGRATION", Right: true, Text: func(v view) string { return idOrNone(v.IntegrationID) }},
		render.Column[view]{
			Key: "integrationDisabled", Header: "STATE", Keep: true, Text: func(v view) string { return stateText(v.IntegrationDisabled) },
			Data: flag(func(v view) *bool { return v.IntegrationDisabled }),
		},
		render.Column[view]{Key: "gijSuspended", Header: "SUSPENDED BY GIJ", Show: render.Wide, Text: flag(func(v view) *bool { return v.GIJSuspended })},
	)
	return list
}
