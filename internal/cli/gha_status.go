package cli

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

// The states of an app between GIJ and GitHub. Programs branch on them, so they do not change.
const (
	appOK           = "ok"            // GitHub has it installed, and GIJ has indexed by it
	appIntegrated   = "integrated"    // GIJ has indexed by it, and GitHub was not asked
	appInstalled    = "installed"     // GitHub has it installed, and no Jira was asked
	appSuspended    = "suspended"     // as GitHub has it, or as GIJ shows it where GitHub was not asked
	appInstalling   = "installing"    // never indexed, and GitHub was not asked why
	appWaiting      = "waiting"       // never indexed, and installed
	appNotInstalled = "not_installed" // made, and not installed
	appRemoved      = "removed"       // GitHub refuses its key
	appLost         = "lost"          // in no integration
	appUnknown      = "unknown"
)

// standing is how an app stands. Inferred says that no answer says so: it follows from several.
type standing struct {
	Status   string
	Inferred bool
	Message  string
	Remedy   string
}

// appFacts are what the standing of an app follows from.
type appFacts struct {
	app       *gitHubApp
	askedJira bool
	seen      *sight // nil where GitHub was not asked, or did not answer
	err       error  // why GitHub did not answer
	path      string // of the file that this machine keeps of it, "" for none
}

// standing infers. That a row stands at INSTALLING is in no answer: what can be seen is that it was never indexed.
func (f appFacts) standing() standing {
	switch {
	case f.err != nil && isRefusal(f.err):
		return f.ofRefused()
	case f.err != nil:
		e := explain(f.err)
		return standing{Status: appUnknown, Message: "GitHub does not tell: " + e.Message, Remedy: e.Hint}
	case f.seen != nil:
		return f.ofSeen()
	case f.app.row == nil:
		return f.ofKnown()
	}
	return f.ofRow()
}

// isRefusal reports whether GitHub does not know the app or its key. A wrong clock is refused in the same way, and is no sign of
// that.
func isRefusal(err error) bool {
	var own *githubapp.Error
	isAnswer := errors.As(err, &own) && (own.Status == http.StatusUnauthorized || own.Status == http.StatusNotFound)
	return isAnswer && own.Skew == 0 && (own.Kind == githubapp.KindAuth || own.Kind == githubapp.KindNotFound)
}

// ofRow is the standing of an integration whose app GitHub was not asked about.
func (f appFacts) ofRow() standing {
	row := f.app.row
	switch {
	case row.NeverIndexed && f.app.key != nil:
		return standing{
			Status: appInstalling, Inferred: true, Remedy: "ask GitHub: gijctl gha list --check",
			Message: fmt.Sprintf("GIJ's integration %d was never indexed: it stands at INSTALLING", row.ID),
		}
	case row.NeverIndexed:
		return standing{
			Status: appUnknown, Inferred: true, Remedy: f.byHand(),
			Message: fmt.Sprintf("GIJ's integration %d was never indexed: it stands at INSTALLING, and without the app's key nobody can tell why", row.ID),
		}
	case row.Suspended != nil && *row.Suspended:
		return standing{
			Status: appSuspended, Message: "GIJ shows it as suspended",
			Remedy: "resume it as it was suspended: in GIJ (Edit integration connection settings), or on GitHub",
		}
	}
	return standing{Status: appIntegrated, Message: "GIJ has indexed by it; GitHub was not asked"}
}

// byHand is what a person looks at where the key is not known.
func (f appFacts) byHand() string {
	page := f.app.host.Web()
	if f.app.org != "" {
		page = f.app.host.SettingsURL(f.app.org, f.app.slug)
	}
	return fmt.Sprintf("look at %s: if the app is not there, it was removed: use Remove integration in GIJ; if it is there and not installed, install it, "+
		"and then remove the integration as usual; if it is installed, wait for GitHub. Or give its key: --app-id and --pem-file", page)
}

// ofKnown is the standing of an app that this machine knows and no integration has, GitHub not asked.
func (f appFacts) ofKnown() standing {
	if !f.askedJira {
		return standing{Status: appUnknown, Message: "neither Jira nor GitHub was asked", Remedy: "name a Jira (--context or --url), or ask GitHub: --check"}
	}
	return standing{
		Status: appLost, Inferred: true, Remedy: "ask GitHub whether it is still there: gijctl gha list --check",
		Message: "this machine knows it, and no integration of GIJ has it",
	}
}

// ofRefused is the standing of an app whose key GitHub does not take, or whose id it does not know.
func (f appFacts) ofRefused() standing {
	v := standing{
		Status: appRemoved, Inferred: true,
		Message: "GitHub refuses the app's key: the app was removed on GitHub, or this key was deleted from it",
		Remedy:  "look whether the app is there" + pageOf(f.app) + "; if it is, give a key of it: --pem-file",
	}
	if githubapp.IsKind(f.err, githubapp.KindNotFound) {
		v.Message = "GitHub knows no app of this id: it was removed there, or is on another host"
		v.Remedy = "look whether the app is there" + pageOf(f.app)
	}
	row := f.app.row
	switch {
	case row != nil && row.NeverIndexed:
		v.Message = fmt.Sprintf("GIJ's integration %d was never indexed, and GitHub refuses the app's key: the app was removed on GitHub", row.ID)
		v.Remedy = fmt.Sprintf("remove the integration, which is all that can be done with it: gijctl integration remove %d; then connect the organization anew", row.ID)
	case row != nil:
		v.Remedy += fmt.Sprintf("; if it is not, GIJ's integration is good for nothing: gijctl integration remove %d", row.ID)
	case f.path != "":
		v.Remedy += "; if it is not, what this machine keeps of it is good for nothing: " + f.path
	}
	return v
}

// ofSeen is the standing of an app that GitHub answers for.
func (f appFacts) ofSeen() standing {
	row := f.app.row
	here, err := f.seen.installation(f.app, 0)
	switch {
	case errors.Is(err, errNotInstalled):
		return f.ofNotInstalled()
	case err != nil && row != nil && row.InstallationID != 0:
		e := explain(err)
		return standing{Status: appNotInstalled, Message: e.Message, Remedy: e.Hint}
	case here != nil && here.SuspendedAt != nil:
		return standing{Status: appSuspended, Message: suspendedText(here), Remedy: resumeText(here)}
	case row == nil && f.askedJira:
		return standing{
			Status: appLost, Message: "it is on GitHub, and in no integration of GIJ",
			Remedy: "GIJ adopts no app that exists, as far as its vendor documents: delete it (gijctl gha delete " + f.word() + "), or try gijctl gha register, which is experimental",
		}
	case row == nil:
		return standing{Status: appInstalled, Message: "it is installed on GitHub; no Jira was asked"}
	case row.NeverIndexed:
		return standing{
			Status: appWaiting, Inferred: true,
			Message: fmt.Sprintf("it is installed on GitHub, and GIJ's integration %d was never indexed: GIJ waits for GitHub", row.ID),
			Remedy:  "wait; if nothing comes, see that GitHub reaches Jira's base URL, or the one of: gijctl settings get",
		}
	}
	return standing{Status: appOK, Message: "it is installed on GitHub, and GIJ has indexed by it"}
}

// word is how a command line names the app.
func (f appFacts) word() string { return cmp.Or(f.seen.app.Slug, fmt.Sprint(f.seen.app.ID)) }

// ofNotInstalled is the standing of an app that is on GitHub and installed nowhere.
func (f appFacts) ofNotInstalled() standing {
	v := standing{Status: appNotInstalled, Inferred: f.app.row != nil && f.app.row.NeverIndexed, Message: "it is on GitHub, and installed nowhere"}
	install := "install it: gijctl gha install " + f.word()
	if page := f.seen.app.HTMLURL; page != "" {
		install += ", or " + f.seen.app.InstallURL()
	}
	v.Remedy = install
	switch row := f.app.row; {
	case row == nil && f.askedJira:
		v.Status, v.Message = appLost, "it is on GitHub, installed nowhere, and in no integration of GIJ"
		v.Remedy = "if nobody needs it: gijctl gha delete " + f.word()
	case row != nil && row.NeverIndexed:
		v.Message = fmt.Sprintf("it was made and not installed, and GIJ's integration %d was never indexed", row.ID)
		v.Remedy = install + "; then GIJ goes on, or the integration can be removed as usual"
	}
	if at := slices.IndexFunc(f.seen.requests, func(r githubapp.InstallationRequest) bool { return r.Account.Login != "" }); at >= 0 {
		r := f.seen.requests[at]
		v.Message += fmt.Sprintf("; %s asked for it in %s, and an owner has still to approve", r.Requester.Login, r.Account.Login)
		v.Remedy = "have an owner of " + r.Account.Login + " approve it"
	}
	return v
}

func suspendedText(i *githubapp.Installation) string {
	text := "suspended in " + i.Account.Login
	if i.SuspendedBy != nil && i.SuspendedBy.Login != "" {
		text += " by " + i.SuspendedBy.Login
	}
	if i.SuspendedAt != nil && !i.SuspendedAt.IsZero() {
		text += " at " + rfc3339(i.SuspendedAt)
	}
	return text
}

// resumeText says who can end a suspension. GitHub's documentation: in the same way as it was suspended.
func resumeText(i *githubapp.Installation) string {
	text := "it is resumed as it was suspended: by the app's owner, with gijctl gha unsuspend, or by an owner of " + i.Account.Login
	if i.HTMLURL != "" {
		text += " at " + i.HTMLURL
	}
	return text
}
