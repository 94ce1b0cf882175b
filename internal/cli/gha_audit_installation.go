package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

// compareInstallations looks at each installation: the one that GIJ uses, and others.
func (u *audit) compareInstallations() {
	used, err := u.seen.installation(u.app, 0)
	switch {
	case errors.Is(err, errNotInstalled):
		u.add(auditFinding{
			Check: "installation", Severity: severityError, Message: "the app is installed nowhere: GIJ has access to nothing",
			Remedy: "install it: " + u.seen.app.InstallURL() + "; GIJ's integration may not take the new installation",
		})
	case err != nil && u.app.row != nil && u.app.row.InstallationID != 0:
		e := explain(err)
		u.add(auditFinding{
			Check: "installation", Severity: severityError, Expected: idOrNone(u.app.row.InstallationID), Actual: u.seen.listed(), Message: e.Message,
			Remedy: "GIJ takes no other installation, as far as its vendor documents: connect the organization anew",
		})
	}
	for i := range u.seen.installations {
		here := &u.seen.installations[i]
		u.compareInstallation(here, used == here)
	}
	u.compareAccounts()
}

func (u *audit) compareInstallation(here *githubapp.Installation, isUsed bool) {
	if here.SuspendedAt != nil {
		f := auditFinding{Check: "suspended", Severity: severityWarning, Expected: "no", Actual: "yes", Message: "the app is " + suspendedText(here), Remedy: resumeText(here)}
		if isUsed {
			f.Severity = severityError
		}
		u.add(f)
	}
	if was := u.base.installed(here.ID); was != nil {
		u.differs(auditFinding{
			Check: "repositories", Severity: severityWarning, Expected: was.RepositorySelection, Actual: here.RepositorySelection,
			Message: fmt.Sprintf("%s lets the app see %s repositories, not %s as before", here.Account.Login, here.RepositorySelection, was.RepositorySelection),
			Remedy:  "set it back on the installation's page: " + here.HTMLURL,
		})
	}
	u.compareAccepted(here)
}

// compareAccepted finds what the app asks for and the account has not accepted.
func (u *audit) compareAccepted(here *githubapp.Installation) {
	needed := githubapp.Permissions()
	remedy := "have an owner of " + here.Account.Login + " accept it on the installation's page: " + here.HTMLURL
	for _, pending := range githubapp.PendingPermissions(u.seen.app, *here) {
		asked := permissionWord(pending.Name, pending.To)
		f := auditFinding{
			Check: "upgrades", Severity: severityWarning, Expected: asked, Actual: permissionWord(pending.Name, pending.From), Remedy: remedy,
			Message: fmt.Sprintf("%s has not accepted the permission %s", here.Account.Login, asked),
		}
		if permissionLevel(pending.From) < permissionLevel(needed[pending.Name]) {
			f.Severity = severityError
		}
		u.add(f)
	}
	if missing := githubapp.PendingEvents(u.seen.app, *here); len(missing) > 0 {
		u.add(auditFinding{
			Check: "upgrades", Severity: severityWarning, Expected: strings.Join(sortedEvents(u.seen.app.Events), ", "), Actual: strings.Join(sortedEvents(here.Events), ", "),
			Message: fmt.Sprintf("%s has not accepted these events: %s", here.Account.Login, strings.Join(missing, ", ")), Remedy: remedy,
		})
	}
}

// compareAccounts looks at which accounts have the app.
func (u *audit) compareAccounts() {
	var others []string
	for _, i := range u.seen.installations {
		if !strings.EqualFold(i.Account.Login, ownerOf(u.seen.app)) && !u.seen.isOfEnterprise() {
			others = append(others, i.Account.Login)
		}
		if u.base != nil && u.base.installed(i.ID) == nil {
			u.add(auditFinding{
				Check: "installation", Severity: severityWarning, Actual: idOrNone(i.ID), Message: fmt.Sprintf("the installation %d in %s is new", i.ID, i.Account.Login),
				Remedy: "if it is not wanted, uninstall it: gijctl gha uninstall --installation-id " + idOrNone(i.ID),
			})
		}
	}
	if len(others) > 0 {
		u.add(auditFinding{
			Check: "public", Severity: severityWarning, Expected: "private", Actual: "public", Remedy: "look under Advanced on the app's page: " + u.page(),
			Message: "the app is installed in accounts that do not own it, so it is or was public [inferred]: " + strings.Join(others, ", "),
		})
	}
	if u.base == nil {
		return
	}
	for _, was := range u.base.Installed {
		if !slices.ContainsFunc(u.seen.installations, func(i githubapp.Installation) bool { return i.ID == was.ID }) {
			u.add(auditFinding{
				Check: "installation", Severity: severityError, Expected: idOrNone(was.ID), Message: fmt.Sprintf("the installation %d in %s is gone", was.ID, was.Account),
				Remedy: "GIJ takes no other installation, as far as its vendor documents: connect the organization anew",
			})
		}
	}
}

// compareKey compares keys by their fingerprints. Which keys an app has, GitHub does not tell.
func (u *audit) compareKey() {
	ours := u.app.key.Fingerprint()
	if u.base != nil {
		u.differs(auditFinding{
			Check: "key", Severity: severityWarning, Expected: u.base.KeyFingerprint, Actual: ours, Message: "the app was asked with another key than for the baseline; it accepts this one",
			Remedy: "if the key was replaced, save the baseline anew; if not, look who made this one: " + u.page(),
		})
	}
	row := u.app.row
	if row == nil {
		return
	}
	was := ""
	if u.base != nil {
		was = u.base.GIJKeyFingerprint
	}
	switch {
	case row.Key.State != plan.KeyClear:
		u.add(auditFinding{
			Check: "gij_key", Severity: severityNote, Expected: was, Message: "GIJ does not show the key that it uses (" + keyStateText(row.Key.State) + "), so that it is not compared",
		})
	case was != "" && was != row.Key.Fingerprint:
		u.add(auditFinding{
			Check: "gij_key", Severity: severityWarning, Expected: was, Actual: row.Key.Fingerprint, Message: "GIJ uses another key than for the baseline",
			Remedy: "if the key was replaced, save the baseline anew",
		})
	case row.Key.Fingerprint != ours:
		u.add(auditFinding{
			Check: "gij_key", Severity: severityNote, Expected: ours, Actual: row.Key.Fingerprint,
			Message: "GIJ uses another key than the one that the app was asked with; whether GitHub accepts that one as well, this one cannot tell",
			Remedy:  "see that its fingerprint is listed on the app's page: " + u.page(),
		})
	}
}

func keyStateText(state plan.KeyState) string {
	switch state {
	case plan.KeyHidden:
		return "its export has something there that is no key in clear"
	case plan.KeyBlank:
		return "the cell in its export is empty"
	case plan.KeyAbsent:
		return "its export has no column for it"
	case plan.KeyUnknown, plan.KeyClear:
	}
	return "its export was not read"
}
