package gij

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// What the app is called. The key is documented, the name is that of the Marketplace.
const (
	pluginKey  = "com.xiplink.jira.git.jira_git_plugin"
	pluginName = "Git Integration for Jira"
)

// installedPlugins is what the plugin manager calls its list of what is installed.
const installedPlugins = "application/vnd.atl.plugins.installed+json"

// AppVersion returns the version of GIJ, "" where it cannot be told: to whoever is no administrator, and where the app or
// the plugin manager is absent.
//
// GIJ itself tells it nowhere, so Atlassian's Universal Plugin Manager is asked, whose API is documented for nobody. That
// it answers in this way, and refuses with 401 or 403, is inferred and not verified against a real server.
func (s *JiraService) AppVersion(ctx context.Context) (string, error) {
	const op = "read the version of the app"
	a, body, err := s.client.open(ctx, call{op: op, method: http.MethodGet, path: pluginsPath, accept: installedPlugins})
	var refusal *Error
	if errors.As(err, &refusal) && tellsNoVersion(refusal.Status) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer func() { _ = body.Close() }()
	version, err := findApp(json.NewDecoder(io.LimitReader(a.body, maxAnswer)))
	if err != nil {
		return "", s.client.streamError(op, a, err)
	}
	return version, nil
}

func tellsNoVersion(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusNotFound
}

// findApp reads the list of plugins one at a time, for a Jira has hundreds, and returns the version of the app.
func findApp(d *json.Decoder) (string, error) {
	if err := skipTo(d, "plugins"); err != nil {
		return "", err
	}
	byName := ""
	for d.More() {
		var p struct{ Key, Name, Version string }
		if err := d.Decode(&p); err != nil {
			return "", err
		}
		if p.Key == pluginKey {
			return p.Version, nil
		}
		if byName == "" && strings.Contains(p.Name, pluginName) {
			byName = p.Version
		}
	}
	return byName, expectDelim(d, ']') // there are no more also where the answer breaks off
}

// skipTo reads an object up to the start of the array that this key has.
func skipTo(d *json.Decoder, key string) error {
	if err := expectDelim(d, '{'); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if name == key {
			return expectDelim(d, '[')
		}
		if err := d.Decode(new(json.RawMessage)); err != nil {
			return err
		}
	}
	return fmt.Errorf("it has no %s", key)
}

func expectDelim(d *json.Decoder, want json.Delim) error {
	got, err := d.Token()
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("it has %v where %v should be", got, want)
	}
	return nil
}
