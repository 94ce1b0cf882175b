package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

func (u *audit) add(f auditFinding) {
	f.App, f.AppID = u.title(), u.seen.app.ID
	u.found = append(u.found, f)
}

// differs adds a finding where something is not as it was.
func (u *audit) differs(f auditFinding) {
	if f.Expected != f.Actual {
		u.add(f)
	}
}

// unread adds that something could not be looked at.
func (u *audit) unread(check, what string, err error) {
	e := explain(err)
	u.add(auditFinding{Check: check, Severity: severityWarning, Message: what + " cannot be read: " + e.Message, Remedy: e.Hint})
}

// page says where the app is edited, for a remedy.
func (u *audit) page() string {
	if page := u.seen.settingsURL(u.app.host); page != "" {
		return page
	}
	return "the settings of the enterprise that owns it"
}

// compareApp compares what GitHub says of the app itself.
func (u *audit) compareApp() {
	app := u.seen.app
	u.compareName()
	if owner := u.expectedOwner(); owner != "" && !strings.EqualFold(owner, ownerOf(app)) {
		u.add(auditFinding{
			Check: "owner", Severity: severityWarning, Expected: owner, Actual: ownerOf(app), Message: fmt.Sprintf("the app is of %s, not of %s any more", ownerOf(app), owner),
			Remedy: "GIJ's integration has an app of its own organization: transfer it back, on its page Advanced",
		})
	}
	if u.seen.isOfEnterprise() {
		u.add(auditFinding{
			Check: "owner", Severity: severityNote, Actual: app.Owner.Slug, Message: "the app is owned by an enterprise; GIJ's wizard makes apps of organizations",
			Remedy: "its pages are in the settings of the enterprise",
		})
	}
	switch {
	case u.base != nil:
		u.comparePermissions(u.base.Permissions, false)
		u.compareEvents(u.base.Events)
	case u.app.known != nil && u.app.known.Permissions != nil:
		u.comparePermissions(u.app.known.Permissions, false)
		u.compareEvents(u.app.known.Events)
	default:
		u.comparePermissions(githubapp.Permissions(), true)
	}
}

func (u *audit) expectedOwner() string {
	switch {
	case u.base != nil:
		return u.base.Owner
	case u.app.known != nil:
		return u.app.known.Org
	case u.app.row != nil:
		return u.app.row.Org
	}
	return ""
}

// compareName compares name and slug with what is said of them: by the baseline, by what was kept, and always by GIJ's integration, for
// its link goes by the name.
func (u *audit) compareName() {
	var name, slug string
	switch {
	case u.base != nil:
		name, slug = u.base.Name, u.base.Slug
	case u.app.known != nil:
		name, slug = u.app.known.Name, u.app.known.Slug
	}
	row := plan.AppRow{}
	if u.app.row != nil {
		row = *u.app.row
	}
	if row.Name != "" && !row.IsNameOfTitle {
		name = row.Name
	}
	isGuess := name == ""
	name, slug = cmp.Or(name, row.Name), cmp.Or(row.Slug, slug)
	app := u.seen.app
	if name != "" && name != app.Name {
		f := auditFinding{
			Check: "name", Severity: severityError, Expected: name, Actual: app.Name, Message: fmt.Sprintf("the app is named %q, not %q: GIJ's link to it goes by the name", app.Name, name),
			Remedy: "rename it back: " + u.page(),
		}
		if isGuess {
			f.Severity = severityWarning
			f.Message = fmt.Sprintf("the app is named %q, and GIJ's integration %q [inferred: its display name was that of the app]: one of them was renamed", app.Name, row.DisplayName)
		}
		u.add(f)
	}
	if slug != "" && slug != app.Slug {
		u.add(auditFinding{
			Check: "slug", Severity: severityError, Expected: slug, Actual: app.Slug, Message: fmt.Sprintf("the app's address ends in %q, not in %q: links to it lead nowhere", app.Slug, slug),
			Remedy: "it follows the name: rename the app back: " + u.page(),
		})
	}
}

// permissionLevel orders the words of GitHub; what it does not know is -1.
func permissionLevel(word string) int {
	return slices.Index([]string{"", "read", "write", "admin"}, word)
}

// comparePermissions adds a finding for each permission that is another one. documented says that nobody knows what this very app
// had, only what GIJ asks for: apps that older versions made have no permission for issues.
func (u *audit) comparePermissions(want map[string]string, documented bool) {
	for _, c := range githubapp.DiffPermissions(want, u.seen.app.Permissions) {
		f := auditFinding{
			Check: "permissions", Severity: severityWarning, Expected: permissionWord(c.Name, c.From), Actual: permissionWord(c.Name, c.To),
			Remedy: "set it back under Permissions & events: " + u.page(),
		}
		switch {
		case c.From == "":
			f.Message = fmt.Sprintf("the app has the permission %s, which it is not to have", f.Actual)
		case c.To == "" && documented && c.Name == "issues":
			f.Severity = severityNote
			f.Message = "the app has no permission for issues, as apps that GIJ made before 4.26 [inferred]; on GitHub Enterprise Server 2.22 to 3.12 GIJ then shows no pull requests"
			f.Remedy = ""
		case permissionLevel(c.To) < permissionLevel(c.From):
			f.Severity = severityError
			f.Message = fmt.Sprintf("the app has not the permission %s, but %s", f.Expected, cmp.Or(c.To, "none"))
		default:
			f.Message = fmt.Sprintf("the app has the permission %s, not %s", f.Actual, f.Expected)
		}
		u.add(f)
	}
}

// permissionWord is "contents: read", "" for what is not there.
func permissionWord(key, value string) string {
	if value == "" {
		return ""
	}
	return key + ": " + value
}

func (u *audit) compareEvents(want []string) {
	have := sortedEvents(u.seen.app.Events)
	u.differs(auditFinding{
		Check: "events", Severity: severityWarning, Expected: strings.Join(sortedEvents(want), ", "), Actual: strings.Join(have, ", "),
		Message: "the app is told of other events than it was", Remedy: "set them back under Permissions & events: " + u.page(),
	})
}

// compareHook compares where the app's events go.
func (u *audit) compareHook() {
	now := baselineHookOf(u.hook)
	remedy := "set it back on the app's page: " + u.page()
	switch {
	case now == nil && (u.base == nil && u.app.known == nil):
		u.add(auditFinding{
			Check: "webhook", Severity: severityWarning, Message: "the app has no webhook, or GitHub does not tell of it: those of GIJ's wizard have one [inferred]",
			Remedy: "look at the app's page: " + u.page(),
		})
	case now == nil && u.base != nil && u.base.Webhook != nil:
		u.add(auditFinding{Check: "webhook", Severity: severityError, Expected: u.base.Webhook.URL, Message: "the app has no webhook any more: Jira is not told of pushes", Remedy: remedy})
	case now == nil:
	case u.base != nil && u.base.Webhook == nil:
		u.add(auditFinding{Check: "webhook", Severity: severityWarning, Actual: now.URL, Message: "the app has a webhook, which it had not", Remedy: remedy})
	case u.base != nil:
		u.compareHookFields(*u.base.Webhook, *now, remedy)
	}
	if now != nil && now.InsecureSSL == "1" {
		u.add(auditFinding{
			Check: "webhook", Severity: severityWarning, Expected: "0", Actual: "1", Message: "GitHub does not check Jira's certificate when it sends events",
			Remedy: "switch on SSL verification on the app's page: " + u.page(),
		})
	}
	if now != nil && strings.HasPrefix(now.URL, "http://") {
		u.add(auditFinding{
			Check: "webhook", Severity: severityWarning, Actual: now.URL, Message: "GitHub sends events by plain http, readable for everybody on the way",
			Remedy: "give Jira an address with https, and see: gijctl settings get",
		})
	}
}

func (u *audit) compareHookFields(was, now baselineHook, remedy string) {
	if was.Hash != now.Hash {
		message := "events go to another address: Jira is not told of pushes"
		if was.URL == now.URL {
			message = "events go to another address, in the part of it that is not shown: Jira is not told of pushes"
		}
		u.add(auditFinding{Check: "webhook", Severity: severityError, Expected: was.URL, Actual: now.URL, Message: message, Remedy: remedy})
	}
	u.differs(auditFinding{
		Check: "webhook", Severity: severityError, Expected: was.ContentType, Actual: now.ContentType, Message: "events are sent in another form (content type)", Remedy: remedy,
	})
}
