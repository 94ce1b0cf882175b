package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

// settingAltBase is the name of the one setting that is documented.
const settingAltBase = "alt-jira-base-url"

func newSettingsCmd(a *app) *cobra.Command {
	cmd := newGroupCmd("settings", "Read and change GIJ's general settings",
		`One of GIJ's general settings is documented for its API, since 4.27: alt-jira-base-url, the address at which GitHub reaches this
Jira, where that is another than Jira's own. GitHub Apps that are made from then on send their webhooks there. Only Jira
administrators may change it [inferred].`,
		`  gijctl --sandbox settings get
  gijctl --sandbox settings set alt-jira-base-url https://jira-hooks.example.com/jira --dry-run`, "setting")
	cmd.GroupID = groupServer
	return a.fill(cmd, func() []*cobra.Command {
		return []*cobra.Command{
			hasColumns(a, newSettingsGetCmd(a), settingsList),
			hasColumns(a, newSettingsSetCmd(a), settingsList),
		}
	})
}

// settingsView is GIJ's general settings, in -o json. The keys are a contract.
type settingsView struct {
	AltJiraBaseURL *string  `json:"altJiraBaseUrl"` // null where the server does not show it
	NotShown       []string `json:"notShown"`       // what the server does not show
}

func viewSettings(s gij.Settings) settingsView {
	v := settingsView{AltJiraBaseURL: s.AltJiraBaseURL, NotShown: []string{}}
	if s.AltJiraBaseURL == nil {
		v.NotShown = append(v.NotShown, "altJiraBaseUrl")
	}
	return v
}

func settingsList() render.List[*settingsView] {
	type view = *settingsView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "altJiraBaseUrl", Header: "ALT JIRA BASE URL", Text: func(v view) string {
				switch {
				case v.AltJiraBaseURL == nil:
					return "(not shown)"
				case *v.AltJiraBaseURL == "":
					return "(none: Jira's own)"
				}
				return *v.AltJiraBaseURL
			}, Data: func(v view) string {
				if v.AltJiraBaseURL == nil {
					return ""
				}
				return *v.AltJiraBaseURL
			}},
			{Key: "notShown", Header: "NOT SHOWN", Show: render.OnRequest, Text: func(v view) string {
				if slices.Contains(v.NotShown, "altJiraBaseUrl") {
					return "altJiraBaseUrl"
				}
				return ""
			}},
		},
		Name: func(view) string { return settingAltBase },
	}
}
