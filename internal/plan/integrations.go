package plan

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/secret"
)

// ConflictError means that an integration or a repository exists and has other values than those asked for, or that it is not
// clear which one is meant.
type ConflictError struct {
	Message string
	Advice  string
}

// Error returns what stands in the way.
func (e *ConflictError) Error() string { return e.Message }

// Code returns the stable word for this kind of error.
func (e *ConflictError) Code() string { return "conflict" }

// Hint returns the way out.
func (e *ConflictError) Hint() string { return e.Advice }

// Add plans the adding of an integration to those that exist. One that is there already with the same values is a
// no-op; with other values it is a [ConflictError], or an update where upsert is true.
func Add(existing []gij.Integration, want gij.IntegrationSpec, upsert bool) (Change, error) {
	want = withoutDefaults(want)
	twin, err := findTwin(existing, want)
	if err != nil {
		return Change{}, err
	}
	if twin == nil {
		return create(existing, want), nil
	}
	compared := twin.Compare(want.Without("type"))
	change := changeOf(*twin, ActionUpdate)
	change.Notes = append(change.Notes, notCompared(change, compared.NotShown)...)
	if len(compared.Different) == 0 {
		change.Action = ActionNone
		return change, nil
	}
	change.Spec = want.Only(compared.Different...)
	change.Fields = fieldChanges(*twin, change.Spec)
	if !upsert {
		return Change{}, conflict(change)
	}
	warnOfUserPat(&change, *twin)
	return change, nil
}

// withoutDefaults leaves out a display name and an origin that are empty: the server fills them in, so they would never
// compare as the same.
func withoutDefaults(want gij.IntegrationSpec) gij.IntegrationSpec {
	for key, value := range map[string]*string{"displayName": want.DisplayName, "origin": want.Origin} {
		if text(value) == "" {
			want = want.Without(key)
		}
	}
	return want
}

// findTwin returns the integration that want means: of the same type and display name; without a display name, of the
// same type and origin if exactly one has it. What the server fills in where want says nothing, origin or name, is used
// to compare and never sent.
func findTwin(existing []gij.Integration, want gij.IntegrationSpec) (*gij.Integration, error) {
	typ := text(want.Type)
	if name := text(want.DisplayName); name != "" {
		return findOne(existing, func(i gij.Integration) bool { return i.Type == typ && i.DisplayName == name })
	}
	info, _ := gijspec.Lookup(typ)
	origin, name := cmp.Or(text(want.Origin), info.DefaultOrigin), info.ServerName(text(want.AWSRegion))
	twin, err := findOne(existing, func(i gij.Integration) bool {
		if origin == "" {
			return i.Type == typ && name != "" && i.DisplayName == name
		}
		return i.Type == typ && gij.SameOrigin(i.Origin, origin)
	})
	if err != nil {
		return nil, nil // several have it, so none is the one
	}
	return twin, nil
}

func findOne(existing []gij.Integration, matches func(gij.Integration) bool) (*gij.Integration, error) {
	var found []gij.Integration
	for _, i := range existing {
		if matches(i) {
			found = append(found, i)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return &found[0], nil
	}
	return nil, &ConflictError{
		Message: fmt.Sprintf("%d integrations of type %s are named %q: %s", len(found), found[0].Type, found[0].DisplayName, ids(found)),
		Advice:  "change the one that you mean by its id: gijctl integration update ID",
	}
}

func create(existing []gij.Integration, want gij.IntegrationSpec) Change {
	c := Change{Action: ActionCreate, Type: text(want.Type), Name: text(want.DisplayName), Spec: want}
	if c.Name == "" {
		c.Name = text(want.Origin)
	}
	for _, v := range want.Values() {
		c.Fields = append(c.Fields, FieldChange{Field: v.Key, To: v.Value})
	}
	for _, i := range existing {
		c.Existing = append(c.Existing, i.ID)
	}
	return c
}

// notCompared says which of the wanted values what exists cannot be compared by. They are not sent: the same command twice
// would write twice.
func notCompared(twin Change, keys []string) []string {
	if len(keys) == 0 {
		return nil
	}
	flags := map[string]string{"pat": " --pat-file FILE", "password": " --password-file FILE"}
	command := fmt.Sprintf("gijctl %s update %d", twin.Object, twin.ID)
	for _, key := range keys {
		command += flags[key]
	}
	return []string{fmt.Sprintf("the server does not show %s, so the %s keeps what it has; to replace it: %s", strings.Join(keys, ", "), twin.Object, command)}
}

// conflict says how what exists differs from what is wanted: the fields of the change that would make them the same.
func conflict(c Change) *ConflictError {
	parts := make([]string, len(c.Fields))
	for n, f := range c.Fields {
		parts[n] = fmt.Sprintf("%s is %s, not %s", f.Field, Display(f.From), Display(f.To))
	}
	e := &ConflictError{
		Message: fmt.Sprintf("%s %q exists with other values (id %d): %s", cmp.Or(c.Type, c.Object.String()), c.Name, c.ID, strings.Join(parts, "; ")),
		Advice:  "give --upsert to change it, or another --display-name to add a second one",
	}
	if c.Object == ObjectRepository {
		e.Advice = "give --upsert to change it"
	}
	return e
}

// Update plans the same change for several integrations: for each only what differs is sent. Secrets, and what the
// server does not show, are always sent, for nobody can tell whether they differ.
func Update(rows []gij.Integration, want gij.IntegrationSpec) []Change {
	changes := make([]Change, len(rows))
	for n, row := range rows {
		changes[n] = updateOne(row, want.Without("type"))
	}
	return changes
}

func updateOne(row gij.Integration, want gij.IntegrationSpec) Change {
	compared := row.Compare(want)
	c := changeOf(row, ActionUpdate)
	c.Spec = want.Without(compared.Same...)
	if c.Spec.IsEmpty() {
		c.Action = ActionNone
		return c
	}
	c.Fields = fieldChanges(row, c.Spec)
	warnOfUserPat(&c, row)
	return c
}

// warnOfUserPat tells what GIJ does with requireUserPat on a GitHub App's integration.
func warnOfUserPat(c *Change, row gij.Integration) {
	if row.IsGitHubApp() && c.Spec.RequireUserPat != nil && !*c.Spec.RequireUserPat {
		c.Warnings = append(c.Warnings, "this is a GitHub App's integration: where \"Enforce Git service permissions\" is on, GIJ keeps requireUserPat on for it")
	}
}

// Remove plans the removal of integrations.
func Remove(rows []gij.Integration, o gij.DeleteOptions) []Change {
	changes := make([]Change, len(rows))
	for n, row := range rows {
		c := changeOf(row, ActionDelete)
		c.Delete = o
		if o.DeleteFiles && row.Type == string(gijspec.Filespace) {
			c.Warnings = append(c.Warnings, "a tracked folder's files are the original repositories, not clones: they will be erased")
		} else if o.DeleteFiles {
			c.Warnings = append(c.Warnings, "the cloned files of all its repositories will be erased; where an origin is an absolute path, these are the originals")
		}
		if row.IsGitHubApp() {
			c.Notes = append(c.Notes, appStays(row))
		}
		changes[n] = c
	}
	return changes
}

// appStays says what removing an integration leaves behind at GitHub.
func appStays(row gij.Integration) string {
	note := "the GitHub App stays on GitHub; only its owner, or an owner of its organisation, can delete it"
	if page := appPage(row); page != "" {
		note += ": " + page
	}
	return note
}

func appPage(row gij.Integration) string {
	if row.GitHubAppHTMLURL != nil {
		return *row.GitHubAppHTMLURL
	}
	if row.Type == string(gijspec.GitHub) && row.GitHubAppOrg != nil && row.GitHubAppSlug != nil {
		return "https://github.com/organizations/" + *row.GitHubAppOrg + "/settings/apps/" + *row.GitHubAppSlug
	}
	return ""
}

func changeOf(row gij.Integration, action Action) Change {
	return Change{Action: action, ID: row.ID, Type: row.Type, Name: row.DisplayName, Before: &row}
}

// fieldChanges lists what becomes of each field of to.
func fieldChanges(row gij.Integration, to gij.IntegrationSpec) []FieldChange {
	return changesOf(row.Shown, to.Values())
}

// changesOf lists what becomes of each field that is sent.
func changesOf(shown func(key string) (any, bool), sent []gij.Value) []FieldChange {
	var fields []FieldChange
	for _, v := range sent {
		from, _ := shown(v.Key)
		fields = append(fields, FieldChange{Field: v.Key, From: from, To: v.Value})
	}
	return fields
}

func ids(rows []gij.Integration) string {
	all := make([]string, len(rows))
	for n, row := range rows {
		all[n] = fmt.Sprint(row.ID)
	}
	return strings.Join(all, ", ")
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Display returns a field's value as a plan shows it to a person.
func Display(value any) string {
	switch v := value.(type) {
	case nil:
		return "(not shown)"
	case string:
		return fmt.Sprintf("%q", v)
	case secret.Value:
		return v.String()
	case []int64:
		return strings.ReplaceAll(fmt.Sprint(v), " ", ", ")
	}
	return fmt.Sprint(value)
}
