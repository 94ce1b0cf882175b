package githubapp

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Check returns what a host would refuse as a *[ManifestError], and as warnings what it may refuse: permissions that its kind
// does not list, say.
func (m Manifest) Check(h Host) (warnings []string, err error) {
	for _, refusal := range []*ManifestError{m.checkName(), m.checkAddresses(), m.checkEvents(), m.checkPermissions()} {
		if refusal != nil {
			return nil, refusal
		}
	}
	return append(m.doubtfulHook(h), m.doubtfulPermissions(h)...), nil
}

// checkName leaves out whether another app or account has the name: GitHub alone knows.
func (m Manifest) checkName() *ManifestError {
	n := utf8.RuneCountInString(m.Name)
	switch {
	case n > MaxName:
		return &ManifestError{"name", fmt.Sprintf("its name has %d characters, and %d are allowed", n, MaxName), "give a shorter one"}
	case !utf8.ValidString(m.Name):
		return &ManifestError{"name", "its name is not UTF-8", "give it in UTF-8"}
	case m.Name != strings.TrimSpace(m.Name) || strings.ContainsFunc(m.Name, unicode.IsControl):
		return &ManifestError{"name", "its name begins or ends with a space, or has a control character", "give it without"}
	}
	return nil
}

func (m Manifest) checkAddresses() *ManifestError {
	if e := checkAddress("url", "the address of its homepage", m.URL); e != nil {
		return e
	}
	if m.Hook != nil {
		if e := checkAddress("hook_attributes.url", "the address of its webhook", m.Hook.URL); e != nil {
			return e
		}
		if isLocal(m.Hook.URL) {
			return &ManifestError{"hook_attributes.url", "its webhook is on this machine, which the host cannot reach", "give an address that GitHub can reach, or none"}
		}
	}
	if m.SetupURL == "" {
		return nil
	}
	if e := checkAddress("setup_url", "its setup URL", m.SetupURL); e != nil {
		return e
	}
	if isLocal(m.SetupURL) {
		return &ManifestError{"setup_url", "its setup URL is on this machine: GitHub keeps it, and would send all who install the app later to nothing", "leave it out; gijctl gha install watches without one"}
	}
	return nil
}

func checkAddress(field, what, address string) *ManifestError {
	u, err := url.Parse(address)
	switch {
	case address == "":
		return &ManifestError{field, what + " is missing", "give one, like https://jira.example.com"}
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return &ManifestError{field, what + " is no http(s) address", "give one like https://jira.example.com"}
	case u.User != nil:
		return &ManifestError{field, what + " holds a user name or password, which all who see the app would read", "give it without"}
	}
	return nil
}

func isLocal(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	name := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	ip := net.ParseIP(name)
	return isLoopback(name) || strings.HasSuffix(name, ".localhost") || ip != nil && ip.IsUnspecified()
}

// checkEvents knows what GitHub is reported to refuse; which events there are, it does not check.
func (m Manifest) checkEvents() *ManifestError {
	if len(m.Events) > 0 && m.Hook == nil {
		return &ManifestError{"default_events", "it asks for events, and has no webhook to send them to", "give the webhook's address, or no events"}
	}
	for _, event := range m.Events {
		switch {
		case event == "" || strings.Trim(event, "abcdefghijklmnopqrstuvwxyz_") != "":
			return &ManifestError{"default_events", fmt.Sprintf("%q is no name of an event", event), "give names like push and pull_request"}
		case event == "installation" || event == "installation_repositories":
			return &ManifestError{"default_events", "the event " + event + " cannot be asked for: every app gets it", "leave it out"}
		}
	}
	return nil
}

func (m Manifest) checkPermissions() *ManifestError {
	for _, name := range slices.Sorted(maps.Keys(m.Permissions)) {
		switch level := m.Permissions[name]; {
		case strings.HasPrefix(name, "enterprise_"):
			return &ManifestError{"default_permissions", "a manifest cannot ask for the enterprise permission " + name, "leave it out"}
		case levelOf(level) == levelNone:
			return &ManifestError{"default_permissions", fmt.Sprintf("the permission %s is %q", name, level), "it is read, write or admin"}
		}
	}
	return nil
}

// doubtfulHook warns of a webhook that events may never reach.
func (m Manifest) doubtfulHook(h Host) (warnings []string) {
	if m.Hook == nil {
		return nil
	}
	u, err := url.Parse(m.Hook.URL)
	if err != nil {
		return nil
	}
	if u.Scheme == "http" {
		warnings = append(warnings, "the webhook is plain http: others on the way can read the events")
	}
	ip := net.ParseIP(u.Hostname())
	private := ip != nil && (ip.IsPrivate() || ip.IsLinkLocalUnicast()) || ip == nil && !strings.Contains(u.Hostname(), ".")
	if private && h.Kind() != KindServer {
		warnings = append(warnings, fmt.Sprintf("the webhook is at %s, which %s cannot reach from outside your network", u.Hostname(), h.Name()))
	}
	return warnings
}

// doubtfulPermissions warns of what GitHub's description of its API does not list. It describes tokens of installations: that a
// manifest may ask for the same is inferred, so that this is no refusal.
func (m Manifest) doubtfulPermissions(h Host) (warnings []string) {
	for _, name := range slices.Sorted(maps.Keys(m.Permissions)) {
		levels, known := permissionLevels(h.Kind(), name)
		switch level := m.Permissions[name]; {
		case !known:
			warnings = append(warnings, fmt.Sprintf("the permission %s is not in the description of %s's API that this program has, so it may be refused", name, h.Kind()))
		case !slices.Contains(levels, level):
			warnings = append(warnings, fmt.Sprintf("the permission %s is known as %s, not as %s, so it may be refused", name, strings.Join(levels, " or "), level))
		}
	}
	return warnings
}
