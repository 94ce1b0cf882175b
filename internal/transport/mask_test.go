package transport_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/transport"
)

func TestMaskPath(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"/jira/rest/gitplugin/webhook/1.0/reindex/" + fixtureToken:      "/jira/rest/gitplugin/webhook/1.0/reindex/...",
		"/rest/gitplugin/webhook/1.0/reindex/" + fixtureToken + "/more": "/rest/gitplugin/webhook/1.0/reindex/...",
		"/rest/gitplugin/webhook/1.0/reindex//" + fixtureToken:          "/rest/gitplugin/webhook/1.0/reindex/...",
		"/rest/gitplugin/webhook/1.0/reindex;a=b/" + fixtureToken:       "/rest/gitplugin/webhook/1.0/reindex;a=b/...",
		"/rest/gitplugin/Webhook/latest/REINDEX/" + fixtureToken:        "/rest/gitplugin/Webhook/latest/REINDEX/...",
		"/rest/gitplugin/%77ebhook/1.0/reindex/" + fixtureToken:         "/rest/gitplugin/%77ebhook/1.0/reindex/...",
		"/git/webhook/reindex/" + fixtureToken:                          "/git/webhook/reindex/...",
		"/rest/gitplugin/webhook/1.0/reindex":                           "/rest/gitplugin/webhook/1.0/reindex",
		"/rest/gitplugin/webhook/1.0/reindex/":                          "/rest/gitplugin/webhook/1.0/reindex/",
		"/rest/gitplugin/2.0/reindex":                                   "/rest/gitplugin/2.0/reindex",
		"/api/v3/app-manifests/" + fixtureToken + "/conversions":        "/api/v3/app-manifests/...",
		"/app-Manifests;a=b//" + fixtureToken:                           "/app-Manifests;a=b/...",
		"/api/v3/app-manifests":                                         "/api/v3/app-manifests",
		"/rest/api/2/webhook":                                           "/rest/api/2/webhook",
		"":                                                              "",
	} {
		if got := transport.MaskPath(from); got != want {
			t.Errorf("%s: got %s, want %s", from, got, want)
		}
	}
}

// TestTraceOfAWebhook: its secret is in the path, and a proxy that moves the request says it again.
func TestTraceOfAWebhook(t *testing.T) {
	t.Parallel()
	path := "/rest/gitplugin/webhook/1.0/reindex/" + fixtureToken
	moving := start(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://elsewhere.test"+path)
		w.WriteHeader(http.StatusMovedPermanently)
	})
	var out bytes.Buffer
	send(t, traced(t, moving.URL, &out), http.MethodPost, moving.URL+path, "{}")
	if got := out.String(); strings.Contains(got, fixtureToken) || strings.Count(got, "/webhook/1.0/reindex/...") != 2 {
		t.Errorf("got\n%s", got)
	}
}
