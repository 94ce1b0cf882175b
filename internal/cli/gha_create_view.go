package cli

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/render"
)

// createdAppView is an app that was made, in -o json. Its secrets are in the file at Path, and nowhere else. The keys are a contract.
type createdAppView struct {
	AppID          int64             `json:"appId"`
	ClientID       string            `json:"clientId"`
	Slug           string            `json:"slug"`
	Name           string            `json:"name"`
	Org            string            `json:"org"`
	Host           string            `json:"host"`
	Path           string            `json:"path"` // of the file with the credentials
	KeyFingerprint string            `json:"keyFingerprint"`
	HTMLURL        string            `json:"htmlUrl"`
	InstallURL     string            `json:"installUrl"`
	SettingsURL    string            `json:"settingsUrl"`
	Permissions    map[string]string `json:"permissions"`
	Events         []string          `json:"events"`
}

func createdAppList() render.List[*createdAppView] {
	type view = *createdAppView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "appId", Header: "APP ID", Right: true, Text: func(v view) string { return strconv.FormatInt(v.AppID, 10) }},
			{Key: "slug", Header: "SLUG", Text: func(v view) string { return v.Slug }},
			{Key: "name", Header: "NAME", Text: func(v view) string { return v.Name }},
			{Key: "org", Header: "ORGANIZATION", Text: func(v view) string { return v.Org }},
			{Key: "host", Header: "HOST", Text: func(v view) string { return v.Host }},
			{Key: "path", Header: "CREDENTIALS", Text: func(v view) string { return v.Path }},
			{Key: "installUrl", Header: "INSTALL", Show: render.Wide, Text: func(v view) string { return v.InstallURL }},
			{Key: "settingsUrl", Header: "SETTINGS", Show: render.Wide, Text: func(v view) string { return v.SettingsURL }},
			{Key: "keyFingerprint", Header: "KEY", Show: render.Wide, Text: func(v view) string { return v.KeyFingerprint }},
			{Key: "clientId", Header: "CLIENT ID", Show: render.Wide, Text: func(v view) string { return v.ClientID }},
			{Key: "htmlUrl", Header: "PAGE", Show: render.OnRequest, Text: func(v view) string { return v.HTMLURL }},
			{Key: "permissions", Header: "PERMISSIONS", Show: render.OnRequest, Text: func(v view) string { return permissionsText(v.Permissions) }},
			{Key: "events", Header: "EVENTS", Show: render.OnRequest, Text: func(v view) string { return strings.Join(v.Events, ",") }},
		},
		Name: func(v view) string { return v.Slug },
	}
}

// permissionsText is "contents: write, metadata: read".
func permissionsText(all map[string]string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		parts = append(parts, key+": "+all[key])
	}
	return strings.Join(parts, ", ")
}

// appFormView is the file of --manifest-only, in -o json. The keys are a contract.
type appFormView struct {
	File    string `json:"file"`
	Org     string `json:"org"`
	Host    string `json:"host"`
	Name    string `json:"name"`
	Expires string `json:"expires"` // RFC 3339
	Finish  string `json:"finish"`  // the command that takes the code
}

func appFormList() render.List[*appFormView] {
	type view = *appFormView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "file", Header: "FILE", Text: func(v view) string { return v.File }},
			{Key: "org", Header: "ORGANIZATION", Text: func(v view) string { return v.Org }},
			{Key: "host", Header: "HOST", Text: func(v view) string { return v.Host }},
			{Key: "name", Header: "NAME", Text: func(v view) string { return v.Name }},
			{Key: "expires", Header: "EXPIRES", Text: func(v view) string { return v.Expires }},
			{Key: "finish", Header: "THEN TYPE", Show: render.Wide, Text: func(v view) string { return v.Finish }},
		},
		Name: func(v view) string { return v.File },
	}
}
