package githubapp

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// HostKind is a kind of GitHub.
type HostKind string

// The kinds.
const (
	KindCloud  HostKind = "GitHub.com"
	KindTenant HostKind = "GHE.com" // GitHub Enterprise Cloud with data residency
	KindServer HostKind = "GitHub Enterprise Server"
)

// Host is one GitHub. The zero Host is GitHub.com.
//
// https://docs.github.com/en/apps/sharing-github-apps/making-your-github-app-available-for-github-enterprise-server
type Host struct {
	kind HostKind
	root string // of the web pages, without a slash at its end
}

const (
	cloudRoot = "https://github.com"
	apiPath   = "/api/v3"
)

// HostError means that a text names no GitHub host.
type HostError struct{ Message, Advice string }

// Error says what is wrong with it.
func (e *HostError) Error() string { return e.Message }

// Code returns "usage", the class of the error.
func (e *HostError) Code() string { return "usage" }

// Hint says how it is written.
func (e *HostError) Hint() string { return e.Advice }

func badHost(format string, args ...any) (Host, error) {
	return Host{}, &HostError{fmt.Sprintf(format, args...), "give its web root, like https://github.com or https://github.example.com"}
}

// ParseHost reads the web root of a host, or the root of its API; without a scheme it is https, and "" is GitHub.com. Plain http
// is for loopback alone. Every error is a *[HostError].
func ParseHost(text string) (Host, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Host{}, nil
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return badHost("%q is not the address of a GitHub host", text)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return badHost("the address of a GitHub host is without a user and a query")
	}
	name := strings.ToLower(u.Hostname())
	if u.Scheme == "http" && !isLoopback(name) {
		return badHost("%s is plain http, by which others could read keys and tokens", u.Host)
	}
	switch bare, _ := strings.CutPrefix(name, "api."); {
	case name == "www.github.com" || bare == "github.com":
		return Host{}, nil
	case strings.HasSuffix(bare, ".ghe.com"):
		return Host{kind: KindTenant, root: "https://" + bare}, nil
	}
	path := strings.TrimSuffix(strings.TrimRight(u.Path, "/"), apiPath)
	if path != "" {
		return badHost("%q has a path, and GitHub has none", text)
	}
	return Host{kind: KindServer, root: u.Scheme + "://" + strings.ToLower(u.Host)}, nil
}

func isLoopback(name string) bool {
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// Kind returns which kind of GitHub it is. What is neither GitHub.com nor GHE.com is taken for GitHub Enterprise Server.
func (h Host) Kind() HostKind {
	if h.kind == "" {
		return KindCloud
	}
	return h.kind
}

// Web returns the root of its pages, without a slash at its end.
func (h Host) Web() string {
	if h.root == "" {
		return cloudRoot
	}
	return h.root
}

// Name returns its name, with the port if it has one of its own.
func (h Host) Name() string {
	_, name, _ := strings.Cut(h.Web(), "://")
	return name
}

// String returns the root of its pages.
func (h Host) String() string { return h.Web() }

// API returns the root of its REST API, without a slash at its end.
//
// https://docs.github.com/en/enterprise-server/rest/quickstart
func (h Host) API() string {
	switch h.Kind() {
	case KindCloud, KindTenant:
		return "https://api." + h.Name()
	case KindServer:
	}
	return h.Web() + apiPath
}

// Uploads returns the root of its API for uploads, without a slash at its end.
func (h Host) Uploads() string {
	switch h.Kind() {
	case KindCloud, KindTenant:
		return "https://uploads." + h.Name()
	case KindServer:
	}
	return h.Web() + "/api/uploads"
}

// RegistrationURL returns where the form with a manifest is posted to.
//
// https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
func (h Host) RegistrationURL(org, state string) string {
	return h.organization(org) + "/settings/apps/new?state=" + url.QueryEscape(state)
}

// SettingsURL returns the page of an app of an organization where it is renamed and its keys are made and deleted.
func (h Host) SettingsURL(org, slug string) string {
	return h.organization(org) + "/settings/apps/" + url.PathEscape(slug)
}

// AppsURL returns the page with the apps of an organization.
func (h Host) AppsURL(org string) string { return h.organization(org) + "/settings/apps" }

// AdvancedURL returns the page where an app is deleted, transferred, made public or private. For an organization it is inferred
// from that of a user.
func (h Host) AdvancedURL(org, slug string) string { return h.SettingsURL(org, slug) + "/advanced" }

// InstallationURL returns the installer's page of an installation of an organization.
func (h Host) InstallationURL(org string, id int64) string {
	return fmt.Sprintf("%s/settings/installations/%d", h.organization(org), id)
}

func (h Host) organization(org string) string {
	return h.Web() + "/organizations/" + url.PathEscape(org)
}
