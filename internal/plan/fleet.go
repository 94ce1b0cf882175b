package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/secret"
)

// RotateAll is the word that stands for all integrations of a manifest.
const RotateAll = "all"

// FleetOptions says how a manifest is held against the server.
type FleetOptions struct {
	// Prune plans the removal of integrations that the manifest does not have. GitHub Apps, and types that the vendor does not
	// list, are left alone, unless Named has their ids.
	Prune bool
	Named []int64
	// Children counts the repositories of an integration by its id. They go with it.
	Children map[int64]int
	// Rotate are ids and display names of the integrations whose secrets are sent anew.
	Rotate []string
	Memory *FleetState // nil remembers nothing
	// Reveal reads the secret that a reference names.
	Reveal func(Reference) (secret.Value, error)
	// Show says that nothing will be sent, so that a secret that cannot be read here is no problem.
	Show bool
}

// FleetPlan is what makes the server as a manifest wants it. It is data.
type FleetPlan struct {
	Changes []FleetChange // in the order of the manifest, deletions last
	// Warnings and Notes are on the plan as a whole.
	Warnings, Notes []string
	Remarks         []ManifestProblem
	// Goes is how many repositories go with what is deleted.
	Goes int
	// Unknown are the words of Rotate that fit no entry.
	Unknown []string
}

// FleetChange is what is to happen to one integration of a fleet.
type FleetChange struct {
	Change
	// Secrets says where the secrets of Spec come from, by REST key.
	Secrets map[string]Reference
	// From is where the manifest wants it; empty for a deletion.
	From Place
}

// All returns the changes as those of any other plan.
func (p *FleetPlan) All() []Change {
	all := make([]Change, len(p.Changes))
	for n, c := range p.Changes {
		all[n] = c.Change
	}
	return all
}

// Deletes returns the ids of what is to be deleted.
func (p *FleetPlan) Deletes() []int64 {
	var ids []int64
	for _, c := range p.Changes {
		if c.Action == ActionDelete {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// fleetDiff is one comparison of a manifest with the server.
type fleetDiff struct {
	FleetOptions
	have     []gij.Integration
	byID     map[int64]*gij.Integration
	byName   map[[2]string][]*gij.Integration // by type and display name
	existing []int64
	plan     *FleetPlan
	problems []ManifestProblem
	claimed  map[int64]*Entry // by the id of the integration that it means
	rotated  map[string]bool
	hidden   hiddenValues
}

func newFleetDiff(have []gij.Integration, o FleetOptions) *fleetDiff {
	d := &fleetDiff{
		FleetOptions: o, have: have, byID: map[int64]*gij.Integration{}, byName: map[[2]string][]*gij.Integration{},
		plan: &FleetPlan{}, claimed: map[int64]*Entry{}, rotated: map[string]bool{},
	}
	for n := range have {
		row := &have[n]
		key := [2]string{row.Type, row.DisplayName}
		d.byID[row.ID], d.byName[key] = row, append(d.byName[key], row)
		d.existing = append(d.existing, row.ID)
	}
	return d
}

// DiffFleet plans what makes the server as the manifest wants it. Entries that mean no integration, or several, are a
// [*ManifestError], a prune that would leave nothing is a [*GuardError].
func DiffFleet(have []gij.Integration, m *Manifest, o FleetOptions) (*FleetPlan, error) {
	d := newFleetDiff(have, o)
	rows := make([]*gij.Integration, len(m.Entries))
	for n, e := range m.Entries {
		rows[n] = d.claim(e)
	}
	for n, e := range m.Entries {
		switch {
		case rows[n] != nil:
			d.change(e, rows[n])
		case e.ID == 0:
			d.create(e)
		}
	}
	if err := d.prune(); err != nil {
		return nil, err
	}
	if len(d.problems) > 0 {
		return nil, &ManifestError{each(d.problems)}
	}
	for _, word := range o.Rotate {
		if word != RotateAll && !d.rotated[word] {
			d.plan.Unknown = append(d.plan.Unknown, word)
		}
	}
	d.plan.Remarks = each(append(slices.Clone(m.Remarks), d.plan.Remarks...))
	d.plan.Warnings, d.plan.Notes = d.hidden.texts(o.Show)
	return d.plan, nil
}

func (d *fleetDiff) fail(at Place, code, message, remedy string) {
	d.problems = append(d.problems, ManifestProblem{at, gijspec.Problem{
		Severity: gijspec.SeverityError, Code: code, Message: message, Remedy: remedy,
	}})
}

// claim finds the integration that an entry means, nil if there is none.
func (d *fleetDiff) claim(e *Entry) *gij.Integration {
	found := d.byName[[2]string{e.Type, e.Name}]
	if e.ID != 0 {
		found = nil
		if row := d.byID[e.ID]; row != nil {
			found = append(found, row)
		}
	}
	switch {
	case len(found) == 0 && e.ID != 0:
		d.fail(e.place(keyID), "not_found", fmt.Sprintf("there is no integration with id %d on this server", e.ID),
			"without the id it is found by type and display name, or added")
		return nil
	case len(found) == 0:
		return nil
	case len(found) > 1:
		d.fail(e.Place, CodeDuplicateEntry, fmt.Sprintf("%d integrations of type %s are named %q", len(found), e.Type, e.Name), "give the id: one of "+rowIDs(found))
		return nil
	}
	row := found[0]
	if e.Type != "" && e.Type != row.Type {
		d.fail(e.place(keyType), gijspec.CodeTypeChange, fmt.Sprintf("integration %d is %s, and the type of an integration cannot be changed", row.ID, row.Type),
			"if another one is meant, leave the id out")
		return nil
	}
	if first := d.claimed[row.ID]; first != nil {
		d.fail(e.Place, CodeDuplicateEntry, fmt.Sprintf("this means integration %d, and so does the entry at %s", row.ID, first.Place), "keep one of them, or give each its id")
		return nil
	}
	d.claimed[row.ID] = e
	return row
}

func rowIDs(rows []*gij.Integration) string {
	all := make([]string, len(rows))
	for n, row := range rows {
		all[n] = strconv.FormatInt(row.ID, 10)
	}
	return strings.Join(all, ", ")
}

// isRotated reports whether the secrets of an integration are to be sent anew.
func (d *fleetDiff) isRotated(id int64, names ...string) bool {
	is := slices.Contains(d.Rotate, RotateAll)
	for _, word := range append(names, strconv.FormatInt(id, 10)) {
		if word != "" && slices.Contains(d.Rotate, word) {
			d.rotated[word] = true
			is = true
		}
	}
	return is
}

func (d *fleetDiff) change(e *Entry, row *gij.Integration) {
	spec := e.spec()
	want := spec.Without(keyType)
	compared := row.Compare(want)
	c := FleetChange{Change: changeOf(*row, ActionUpdate), Secrets: map[string]Reference{}, From: e.Place}
	c.Spec = want.Only(compared.Different...)
	d.addHidden(&c, e, compared.NotShown)
	if c.Spec.IsEmpty() {
		c.Action = ActionNone
	}
	c.Fields = fieldChanges(*row, c.Spec)
	warnOfUserPat(&c.Change, *row)
	d.plan.Changes = append(d.plan.Changes, c)
}

// create plans a new integration. Empty text is what it has without being asked.
func (d *fleetDiff) create(e *Entry) {
	if len(d.byName[[2]string{e.Type, e.Name}]) > 0 {
		return // there are several, which was said already
	}
	want := e.spec()
	for _, v := range want.Values() {
		if v.Value == "" {
			want = want.Without(v.Key)
		}
	}
	d.isRotated(0, e.Name) // its secrets are sent in any case
	for _, p := range e.ifCreated {
		if p.Severity == gijspec.SeverityError {
			d.problems = append(d.problems, p)
			continue
		}
		d.plan.Remarks = append(d.plan.Remarks, p)
	}
	secrets := map[string]Reference{}
	for _, key := range sortedKeys(e.References) {
		if value, good := d.reveal(e, key); good {
			_ = want.Set(key, d.shown(key, e.References[key], plainUsername(key, value))) // a secret fits a secret
			secrets[key] = e.References[key]
		}
	}
	c := FleetChange{Change: create(nil, want), Secrets: secrets, From: e.Place}
	c.Existing = d.existing // the same for all
	d.plan.Changes = append(d.plan.Changes, c)
}

// prune plans the removal of what the manifest does not have.
func (d *fleetDiff) prune() error {
	if !d.Prune {
		return nil
	}
	var gone []gij.Integration
	left := 0
	for _, row := range d.have {
		_, listed := gijspec.Lookup(row.Type)
		switch {
		case d.claimed[row.ID] != nil:
		case listed && !row.IsGitHubApp(), slices.Contains(d.Named, row.ID):
			gone = append(gone, row)
		default:
			left++
		}
	}
	if len(gone) > 0 && len(d.claimed) == 0 && len(d.problems) == 0 {
		return &GuardError{
			Message: fmt.Sprintf("nothing was sent: the manifest has none of the server's %d integrations, and to prune it would remove all that it may", len(d.have)),
			Advice:  "is it the manifest of another server? To remove integrations one by one: gijctl integration remove ID…",
		}
	}
	for _, row := range gone {
		d.plan.Changes = append(d.plan.Changes, FleetChange{Change: d.remove(row)})
	}
	d.hidden.leftAlone = left
	return nil
}

// remove plans the removal of one integration, and counts what goes with it.
func (d *fleetDiff) remove(row gij.Integration) Change {
	c := Remove([]gij.Integration{row}, gij.DeleteOptions{})[0]
	if n := d.Children[c.ID]; n > 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("repositories that go with it: %d", n))
		d.plan.Goes += n
	}
	return c
}
