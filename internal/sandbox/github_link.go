package sandbox

import (
	"cmp"
	"slices"
)

// appLinks finds out whether GIJ gets into GitHub with what its rows of GitHub Apps have. It asks each row once.
type appLinks struct {
	st    *state
	known map[int64]string
}

// failure is what an index of a row ends with, "" where it succeeds. A repository has the app of its integration. GIJ's words for
// this are [U] in the contract; these are invented.
func (l *appLinks) failure(r *row) string {
	if r.Repository != nil {
		parent := l.st.find(r.Repository.TrackedFolderID)
		if parent == nil {
			return ""
		}
		r = parent
	}
	if r.GitHubApp == nil {
		return ""
	}
	if failure, known := l.known[r.ID]; known {
		return failure
	}
	if l.known == nil {
		l.known = map[int64]string{}
	}
	l.known[r.ID] = l.st.linkFailure(r)
	return l.known[r.ID]
}

// hostedFor finds the app of a row by its id. That is what signs in; GIJ's page finds it by its name.
func (st *state) hostedFor(of *githubApp) *hostedApp { return st.GitHub.appByID(of.ID) }

func (st *state) linkFailure(r *row) string {
	refused := "authentication failed for '" + r.Origin + "': GitHub App " + cmp.Or(r.GitHubApp.Name, r.GitHubApp.Slug) + ": "
	a := st.hostedFor(r.GitHubApp)
	if a == nil {
		return refused + "Integration not found"
	}
	if !st.hasKeyOf(r, a) {
		return refused + "A JSON web token could not be decoded"
	}
	i := a.installedOn(r.GitHubApp.Org)
	if i == nil {
		return refused + "the app is not installed on " + r.GitHubApp.Org
	}
	if _, is := i.suspended(); is {
		return refused + "This installation has been suspended"
	}
	return ""
}

// hasKeyOf reports whether the row's private key is one of the app's. A key that nobody needed until now is.
func (st *state) hasKeyOf(r *row, a *hostedApp) bool {
	if r.Secrets[columnPEM] == "" {
		return a.Owed && a.Row == r.ID
	}
	key, err := publicHalf(r.Columns[columnPEM])
	return err == nil && slices.ContainsFunc(a.liveKeys(), func(k publicKey) bool { return k.Fingerprint == key.Fingerprint })
}

// installed returns what GIJ knows of an app once it has found the installation.
func (st *state) installed(of *githubApp) *githubApp {
	next := *of
	if a := st.hostedFor(of); a != nil {
		if i := a.installedOn(of.Org); i != nil {
			next.InstallationID = i.ID
		}
	}
	return &next
}

// isSuspendedOnGitHub is what GIJ's flag would be if GitHub told it: the knob app-suspended.
func (st *state) isSuspendedOnGitHub(of *githubApp) bool {
	a := st.hostedFor(of)
	if a == nil {
		return false
	}
	i := a.installedOn(of.Org)
	if i == nil {
		return false
	}
	_, is := i.suspended()
	return is
}

// linked is a row of an app after an import, which has it indexed: with a key that GitHub does not take that fails.
func (st *state) linked(next, old *row) *row {
	if next.GitHubApp == nil || next.Repository != nil {
		return next
	}
	failure := st.linkFailure(next)
	if failure == "" {
		next.Index = nil
		return next
	}
	next.Index, next.LastIndexed = &indexing{Percent: 100, Error: failure}, old.LastIndexed
	return next
}
