package plan

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/secret"
)

// RefusedError means that a change would not do what it says, so that it is not sent: what nested repositories have read-only the
// server ignores, and answers success.
type RefusedError struct {
	Message string
	Advice  string
}

// Error returns why nothing is sent.
func (e *RefusedError) Error() string { return e.Message }

// Code returns the stable word for this kind of error.
func (e *RefusedError) Code() string { return "invalid_input" }

// Hint returns what to do instead.
func (e *RefusedError) Hint() string { return e.Advice }

// AddRepository plans the adding of a repository to those that exist. One of the same origin that belongs to no integration is the
// same: with the same values it is a no-op, with others a [ConflictError], or an update where upsert is true.
func AddRepository(existing []gij.Repository, want gij.RepositorySpec, upsert bool) (Change, error) {
	want = withoutEmpty(want)
	twin, err := findRepository(existing, want)
	if err != nil {
		return Change{}, err
	}
	if twin == nil {
		return createRepository(existing, want), nil
	}
	compared := twin.Compare(want)
	change := changeOfRepository(*twin, ActionUpdate)
	change.Notes = append(change.Notes, notCompared(change, compared.NotShown)...)
	if len(compared.Different) == 0 {
		change.Action = ActionNone
		return change, nil
	}
	change.RepositorySpec = want.Only(compared.Different...)
	change.Fields = changesOf(twin.Shown, change.RepositorySpec.Values())
	if !upsert {
		return Change{}, conflict(change)
	}
	return change, withRoots(&change)
}

// withoutEmpty leaves out a name that is empty, which the server fills in, and credentials that are none: the vendor's own sample
// sends such.
func withoutEmpty(want gij.RepositorySpec) gij.RepositorySpec {
	for key, value := range map[string]*string{"displayName": want.DisplayName, "mainBranch": want.MainBranch, "username": want.Username} {
		if text(value) == "" {
			want = want.Without(key)
		}
	}
	for key, value := range map[string]*secret.Value{"password": want.Password, "pat": want.Pat} {
		if value != nil && value.IsZero() {
			want = want.Without(key)
		}
	}
	return want
}

// findRepository returns the repository that want means: of the same origin, and of no integration. The display name decides
// where several have the origin.
func findRepository(existing []gij.Repository, want gij.RepositorySpec) (*gij.Repository, error) {
	var found []gij.Repository
	for _, r := range existing {
		if !r.IsNested() && gij.SameOrigin(r.Origin, text(want.Origin)) {
			found = append(found, r)
		}
	}
	if len(found) > 1 {
		named := found[:0:0]
		for _, r := range found {
			if r.DisplayName == text(want.DisplayName) {
				named = append(named, r)
			}
		}
		if len(named) != 1 {
			return nil, &ConflictError{
				Message: fmt.Sprintf("%d repositories have the origin %q: %s", len(found), text(want.Origin), repositoryIDs(found)),
				Advice:  "change the one that you mean by its id: gijctl repository update ID",
			}
		}
		found = named
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}

func createRepository(existing []gij.Repository, want gij.RepositorySpec) Change {
	c := Change{
		Action: ActionCreate, Object: ObjectRepository, Name: cmp.Or(text(want.DisplayName), text(want.Origin)),
		RepositorySpec: want, Fields: changesOf(func(string) (any, bool) { return nil, false }, want.Values()),
	}
	for _, r := range existing {
		c.Existing = append(c.Existing, r.ID)
		if r.IsNested() && gij.SameOrigin(r.Origin, text(want.Origin)) {
			c.Warnings = append(c.Warnings, fmt.Sprintf("integration %d has this origin already, as repository %d: its commits would be indexed twice", r.TrackedFolderID, r.ID))
		}
	}
	return c
}

// UpdateRepositories plans the same change for several repositories, as [Update] does for integrations. It is a [RefusedError] if
// that changes what a nested one has read-only.
func UpdateRepositories(rows []gij.Repository, want gij.RepositorySpec) ([]Change, error) {
	changes := make([]Change, len(rows))
	for n, row := range rows {
		changes[n] = updateRepository(row, want)
		if err := withRoots(&changes[n]); err != nil {
			return nil, err
		}
	}
	return changes, refuseReadOnly(changes)
}

func updateRepository(row gij.Repository, want gij.RepositorySpec) Change {
	compared := row.Compare(want)
	c := changeOfRepository(row, ActionUpdate)
	c.RepositorySpec = want.Without(compared.Same...)
	if c.RepositorySpec.IsEmpty() {
		c.Action = ActionNone
		return c
	}
	c.Fields = changesOf(row.Shown, c.RepositorySpec.Values())
	for _, v := range c.RepositorySpec.Values() {
		if row.IsNested() && gijspec.IsUnclearInNested(v.Key) {
			c.Warnings = append(c.Warnings, fmt.Sprintf("%s is not in the vendor's table for nested repositories: whether the server changes it is unknown", v.Key))
		}
	}
	return c
}

// withRoots lets realRoot and absoluteRoot go together, as the vendor's table wants, also where one of them stays as it is.
func withRoots(c *Change) error {
	spec, row := &c.RepositorySpec, c.BeforeRepository
	if spec.RealRoot != nil && spec.AbsoluteRoot == nil {
		spec.AbsoluteRoot = row.AbsoluteRoot
	}
	if spec.AbsoluteRoot != nil && spec.RealRoot == nil {
		spec.RealRoot = row.RealRoot
	}
	if spec.AbsoluteRoot != nil && *spec.AbsoluteRoot && text(spec.RealRoot) == "" {
		return &RefusedError{
			Message: fmt.Sprintf("nothing was sent: absoluteRoot needs realRoot, and the server shows none for repository %d", c.ID),
			Advice:  "give the path: --real-root PATH",
		}
	}
	return nil
}

func refuseReadOnly(changes []Change) error {
	var where []string
	var parent int64
	keys := ""
	for _, c := range changes {
		if c.Action != ActionUpdate || !c.BeforeRepository.IsNested() {
			continue
		}
		var refused []string
		for _, v := range c.Sent() {
			if gijspec.IsReadOnlyInNested(v.Key) {
				refused = append(refused, v.Key)
			}
		}
		if len(refused) == 0 {
			continue
		}
		parent, keys = c.BeforeRepository.TrackedFolderID, strings.Join(refused, ", ")
		where = append(where, fmt.Sprintf("%d %q (of integration %d)", c.ID, c.Name, parent))
	}
	switch len(where) {
	case 0:
		return nil
	case 1:
		return &RefusedError{
			Message: fmt.Sprintf("nothing was sent: in the nested repository %s %s is read-only; the server would ignore it, and answer success", where[0], keys),
			Advice:  fmt.Sprintf("credentials and TLS checks are those of the integration: gijctl integration update %d; the rest GIJ reads from the Git host", parent),
		}
	}
	return &RefusedError{
		Message: fmt.Sprintf("nothing was sent: in nested repositories %s is read-only, and the server would ignore it: %s", keys, strings.Join(where, ", ")),
		Advice:  "leave the nested ones out (--where \"!trackedFolderId && …\"), or change their integrations",
	}
}

// RemoveRepositories plans the removal of repositories.
func RemoveRepositories(rows []gij.Repository, o gij.DeleteOptions) []Change {
	changes := make([]Change, len(rows))
	for n, row := range rows {
		c := changeOfRepository(row, ActionDelete)
		c.Delete = o
		switch {
		case o.DeleteFiles && row.HoldsOriginal():
			c.Warnings = append(c.Warnings, "its files are the original repository, not a clone: they will be erased")
		case o.DeleteFiles:
			c.Warnings = append(c.Warnings, "its clone will be erased from the Jira server")
		}
		if row.IsNested() {
			c.Warnings = append(c.Warnings, fmt.Sprintf("it belongs to integration %d, which may find it again when it scans the Git host", row.TrackedFolderID))
		}
		changes[n] = c
	}
	return changes
}

func changeOfRepository(row gij.Repository, action Action) Change {
	return Change{Action: action, Object: ObjectRepository, ID: row.ID, Type: row.Type, Name: row.DisplayName, BeforeRepository: &row}
}

func repositoryIDs(rows []gij.Repository) string {
	all := make([]string, len(rows))
	for n, row := range rows {
		all[n] = fmt.Sprint(row.ID)
	}
	return strings.Join(all, ", ")
}
