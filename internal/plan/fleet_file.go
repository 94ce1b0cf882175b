package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/secret"
)

// PlanKind is the kind of a file that holds a plan.
const PlanKind = "IntegrationsPlan"

// PlanFile is a plan that was written down, to be carried out as it is. It holds references to secrets and never a secret.
type PlanFile struct {
	APIVersion string       `json:"apiVersion"`
	Kind       string       `json:"kind"`
	Server     string       `json:"server"` // base URL, or "sandbox"
	Made       time.Time    `json:"made"`
	Changes    []PlanChange `json:"changes"`
}

// PlanChange is a change of a plan that was written down.
type PlanChange struct {
	Action      Action                   `json:"action"`
	ID          int64                    `json:"id,omitempty"`
	Type        string                   `json:"type"`
	DisplayName string                   `json:"displayName"`
	Origin      string                   `json:"origin,omitempty"` // of what is deleted
	From        map[string]any           `json:"from,omitempty"`   // what the server showed of the fields
	To          *gij.IntegrationSpec     `json:"to,omitempty"`
	Secrets     map[string]PlanReference `json:"secrets,omitempty"`
	Place       string                   `json:"place,omitempty"` // in the manifest
}

// PlanReference is where a secret is, with the absolute path of a file.
type PlanReference struct {
	FromEnv  string `json:"fromEnv,omitempty"`
	FromFile string `json:"fromFile,omitempty"`
}

// Encode returns a plan as it is written down. What is as wanted already is left out.
func (p *FleetPlan) Encode(server string, made time.Time) ([]byte, error) {
	f := PlanFile{APIVersion: ManifestVersion, Kind: PlanKind, Server: server, Made: made.UTC().Truncate(time.Second), Changes: []PlanChange{}}
	for _, c := range p.Changes {
		if c.Action != ActionNone {
			f.Changes = append(f.Changes, c.written())
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(f)
	return b.Bytes(), err
}

func (c *FleetChange) written() PlanChange {
	w := PlanChange{Action: c.Action, ID: c.ID, Type: c.Type, DisplayName: c.Name}
	if c.Action == ActionDelete {
		w.Origin = c.Before.Origin
		return w
	}
	w.Place = c.From.String()
	rest := c.Spec.Without(sortedKeys(c.Secrets)...)
	w.To = &rest
	for _, v := range rest.Values() {
		if c.Before == nil {
			continue
		}
		if from, shown := c.Before.Shown(v.Key); shown {
			if w.From == nil {
				w.From = map[string]any{}
			}
			w.From[v.Key] = from
		}
	}
	for key, ref := range c.Secrets {
		if w.Secrets == nil {
			w.Secrets = map[string]PlanReference{}
		}
		w.Secrets[key] = PlanReference(ref)
	}
	return w
}

// PlanFileError is a plan that cannot be carried out at all: it is damaged, of another version, or for another server.
type PlanFileError struct {
	Name    string
	Message string
	Advice  string
	// OtherServer says that the plan itself is good.
	OtherServer bool
}

// Error names the file and what is wrong with it.
func (e *PlanFileError) Error() string { return e.Name + ": " + e.Message }

// Code returns the stable word for this kind of error.
func (e *PlanFileError) Code() string {
	if e.OtherServer {
		return "conflict"
	}
	return "invalid_input"
}

// Hint returns the way out.
func (e *PlanFileError) Hint() string { return e.Advice }

// ReadPlanFile reads a plan that was written for server. All errors are a [*PlanFileError].
func ReadPlanFile(name string, data []byte, server string) (*PlanFile, error) {
	const anew = "nothing was sent; make a plan anew: gijctl integration diff -f PATH --plan FILE"
	var head struct{ APIVersion, Kind string }
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, &PlanFileError{Name: name, Message: "this is no plan: " + err.Error(), Advice: anew}
	}
	if head.APIVersion != ManifestVersion || head.Kind != PlanKind {
		return nil, &PlanFileError{
			Name: name, Advice: anew,
			Message: fmt.Sprintf("it is %q of version %q, and this gijctl carries out %s of %s", head.Kind, head.APIVersion, PlanKind, ManifestVersion),
		}
	}
	f := new(PlanFile)
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(f)
	if err == nil {
		err = f.check()
	}
	if err != nil {
		return nil, &PlanFileError{Name: name, Message: "the plan is damaged: " + err.Error(), Advice: anew}
	}
	if f.Server != server {
		return nil, &PlanFileError{
			Name: name, Message: fmt.Sprintf("the plan is for %s, and this is %s", f.Server, server), OtherServer: true,
			Advice: "nothing was sent; choose the server by --context or --url, or make a plan for this one",
		}
	}
	return f, nil
}

// check looks for what no plan of this program has.
func (f *PlanFile) check() error {
	for n, c := range f.Changes {
		isUpdate, isDelete := c.Action == ActionUpdate, c.Action == ActionDelete
		switch {
		case c.Action != ActionCreate && !isUpdate && !isDelete:
			return fmt.Errorf("change %d is %q", n+1, c.Action)
		case (isUpdate || isDelete) != (c.ID > 0), isDelete != (c.To == nil):
			return fmt.Errorf("change %d has no id, or no values", n+1)
		case c.To != nil && (c.To.Pat != nil || c.To.Password != nil):
			return fmt.Errorf("change %d holds a secret", n+1)
		}
		for key, ref := range c.Secrets {
			if !slices.Contains(credentialKeys(), key) {
				return fmt.Errorf("change %d has a reference for %q", n+1, key)
			}
			if (ref.FromEnv == "") == (ref.FromFile == "") {
				return fmt.Errorf("change %d does not say where its %s is", n+1, key)
			}
		}
	}
	return nil
}

// Resume turns a written plan into changes of the server as it is now. What is done already is left out; what has moved since is a
// [*ConflictError] that names it.
func (f *PlanFile) Resume(have []gij.Integration, o FleetOptions) (*FleetPlan, error) {
	d := newFleetDiff(have, o)
	var moved []string
	for _, c := range f.Changes {
		change, why := d.resume(f, c)
		if why != "" {
			moved = append(moved, fmt.Sprintf("%s %q (%s): %s", c.Type, c.DisplayName, c.Action, why))
		}
		d.plan.Changes = append(d.plan.Changes, change)
	}
	if moved != nil {
		return nil, &MovedError{Moved: moved}
	}
	if len(d.problems) > 0 {
		return nil, &ManifestError{each(d.problems)}
	}
	d.plan.Warnings, d.plan.Notes = d.hidden.texts(o.Show)
	return d.plan, nil
}

// MovedError means that the server is no longer as a plan found it.
type MovedError struct{ Moved []string }

// Error says that nothing was sent.
func (e *MovedError) Error() string {
	return fmt.Sprintf("nothing was sent: since the plan was made, %s changed on the server", countOf(len(e.Moved), "integration"))
}

// Code returns the stable word for this kind of error.
func (e *MovedError) Code() string { return "conflict" }

// Hint returns the way out.
func (e *MovedError) Hint() string {
	return "make a plan anew, and look at it: gijctl integration diff -f PATH --plan FILE"
}

func countOf(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// resume returns what is left of a change, and why it cannot be carried out.
func (d *fleetDiff) resume(f *PlanFile, c PlanChange) (change FleetChange, moved string) {
	if c.Action == ActionCreate {
		return d.resumeCreate(c)
	}
	row := d.byID[c.ID]
	if row == nil {
		if c.Action == ActionDelete { // it is done
			return FleetChange{Change: Change{Action: ActionNone, ID: c.ID, Type: c.Type, Name: c.DisplayName}}, ""
		}
		return FleetChange{}, fmt.Sprintf("there is no integration with id %d any more", c.ID)
	}
	if row.Type != c.Type {
		return FleetChange{}, "id " + fmt.Sprint(c.ID) + " is " + row.Type + " now"
	}
	if c.Action == ActionDelete {
		return d.resumeDelete(c, row)
	}
	return d.resumeUpdate(f, c, row)
}

func (d *fleetDiff) resumeDelete(c PlanChange, row *gij.Integration) (FleetChange, string) {
	if row.DisplayName != c.DisplayName || row.Origin != c.Origin {
		return FleetChange{}, fmt.Sprintf("it is %q of %s now", row.DisplayName, row.Origin)
	}
	return FleetChange{Change: d.remove(*row)}, ""
}

func (d *fleetDiff) resumeUpdate(f *PlanFile, c PlanChange, row *gij.Integration) (FleetChange, string) {
	compared := row.Compare(*c.To)
	change := FleetChange{Change: changeOf(*row, ActionUpdate), Secrets: map[string]Reference{}, From: Place{File: c.Place}}
	for _, key := range compared.Different {
		now, _ := row.Shown(key)
		if !sameJSON(now, c.From[key]) {
			return change, fmt.Sprintf("%s was %s, and is %s", key, Display(c.From[key]), Display(now))
		}
	}
	change.Spec = c.To.Only(compared.Different...)
	e := d.writtenEntry(c)
	for _, key := range slices.Concat(compared.NotShown, sortedKeys(e.References)) {
		value, good := d.valueOf(e, key, true)
		if sent, known := d.Memory.Sent(c.ID, key); good && known && sent.At >= f.Made.Unix() && sent.Value == d.Memory.Fingerprint(hiddenText(value)) {
			continue // it is done
		}
		if good {
			_ = change.Spec.Set(key, value) // it came out of a spec, or is a secret
		}
	}
	change.Secrets = e.References
	if change.Spec.IsEmpty() {
		change.Action = ActionNone
	}
	change.Fields = fieldChanges(*row, change.Spec)
	warnOfUserPat(&change.Change, *row)
	return change, ""
}

// writtenEntry is a change as the entry that it came from.
func (d *fleetDiff) writtenEntry(c PlanChange) *Entry {
	e := &Entry{Place: Place{File: c.Place}, ID: c.ID, Type: c.Type, Name: c.DisplayName, Values: gijspec.Values{}, References: map[string]Reference{}}
	for _, v := range c.To.Values() {
		e.Values[v.Key] = v.Value
	}
	for key, ref := range c.Secrets {
		e.References[key] = Reference(ref)
	}
	return e
}

func (d *fleetDiff) resumeCreate(c PlanChange) (FleetChange, string) {
	moved := ""
	for _, row := range d.byName[[2]string{c.Type, c.DisplayName}] {
		different := row.Compare(*c.To).Different
		if len(different) == 0 { // it is done
			return FleetChange{Change: changeOf(*row, ActionNone)}, ""
		}
		moved = fmt.Sprintf("there is one now (id %d), and its %s is not as planned", row.ID, different[0])
	}
	if moved != "" {
		return FleetChange{}, moved
	}
	before := len(d.plan.Changes)
	d.create(d.writtenEntry(c))
	change := d.plan.Changes[before:]
	if len(change) == 0 {
		return FleetChange{}, "it cannot be added"
	}
	d.plan.Changes = d.plan.Changes[:before]
	return change[0], ""
}

// sameJSON compares a value with one that was written down as JSON.
func sameJSON(now, written any) bool {
	a, err := json.Marshal(now)
	b, other := json.Marshal(written)
	if hidden, ok := now.(secret.Value); ok {
		return hidden.IsZero()
	}
	return err == nil && other == nil && bytes.Equal(a, b)
}
