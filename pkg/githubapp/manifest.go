package githubapp

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Manifest says which app is to be made. Its JSON is what GitHub's form takes.
//
// https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
type Manifest struct {
	Name        string            `json:"name,omitempty"` // at most [MaxName] characters
	URL         string            `json:"url"`            // its homepage
	Description string            `json:"description,omitempty"`
	Hook        *Hook             `json:"hook_attributes,omitempty"` // nil is no webhook: GitHub refuses one without url
	RedirectURL string            `json:"redirect_url,omitempty"`
	SetupURL    string            `json:"setup_url,omitempty"`
	Public      bool              `json:"public"`
	Events      []string          `json:"default_events,omitempty"`
	Permissions map[string]string `json:"default_permissions"`
}

// Hook is where GitHub sends an app's events.
type Hook struct {
	URL    string `json:"url"`
	Active bool   `json:"active"`
}

// MaxName is the largest number of characters of an app's name.
const MaxName = 34

// Permissions returns those that Git Integration for Jira asks for.
func Permissions() map[string]string {
	return map[string]string{"metadata": "read", "contents": "write", "pull_requests": "write", "issues": "read"}
}

// DefaultName returns the name that Git Integration for Jira would give an app [inferred from the vendor's screenshots]: the end
// of Jira's host, and the time in milliseconds, in [MaxName] characters.
func DefaultName(jiraHost string, now time.Time) string {
	end := "-" + strconv.FormatInt(now.UnixMilli(), 10)
	name := []rune(strings.ToLower(jiraHost))
	if room := MaxName - len(end); len(name) > room {
		name = name[len(name)-room:]
	}
	return strings.TrimLeft(string(name)+end, "-.") // where it was cut, it may begin with what no name begins with
}

// ManifestError is what GitHub would refuse a manifest for. Its Code is "usage".
type ManifestError struct {
	Field   string // as in the JSON: "hook_attributes.url"
	Message string
	Advice  string
}

// Error says what GitHub would refuse.
func (e *ManifestError) Error() string {
	return fmt.Sprintf("GitHub would refuse the app: %s", e.Message)
}

// Code returns the class of the error.
func (e *ManifestError) Code() string { return "usage" }

// Hint says what to change.
func (e *ManifestError) Hint() string { return e.Advice }
