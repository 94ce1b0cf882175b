// Package plan compares what is wanted with what the server has, and carries out the difference. A plan is data: what
// is shown to a person and what is applied are the same slice of changes.
package plan

import (
	"slices"

	"github.com/gijctl/gijctl/pkg/gij"
)

// Action is what happens to an object.
type Action string

const (
	ActionCreate Action = "create"
	ActionUpdate Action = "update"
	ActionDelete Action = "delete"
	ActionNone   Action = "no-op"
)

// Change is what is to happen to one integration.
type Change struct {
	Action Action
	ID     int64 // 0 for a create
	Type   string
	Name   string // display name
	Fields []FieldChange
	// Warnings are what a person should think of before agreeing, Notes what is good to know.
	Warnings []string
	Notes    []string

	// Before is the integration as it was when the plan was made, nil for a create.
	Before *gij.Integration
	// Spec is what a create or update sends.
	Spec gij.IntegrationSpec
	// Delete says what goes with a delete.
	Delete gij.DeleteOptions
	// Existing holds the ids that are taken, so that a created integration can be told from them.
	Existing []int64
}

// FieldChange is one field of a change. From is nil where the server does not show the field or has no value.
type FieldChange struct {
	Field string
	From  any
	To    any
}

// Pending returns the changes that change something.
func Pending(changes []Change) []Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return c.Action == ActionNone })
}

// Requester tells what an operation sends; the integration service of [gij.Client] does.
type Requester interface {
	CreateRequest(gij.IntegrationSpec) gij.Request
	UpdateRequest(int64, gij.IntegrationSpec) gij.Request
	DisableRequest(int64, bool) gij.Request
	DeleteRequest(int64, gij.DeleteOptions) gij.Request
}

// Requests returns what applying the change sends, in order, secrets masked.
func (c Change) Requests(r Requester) []gij.Request {
	switch c.Action {
	case ActionCreate:
		return []gij.Request{r.CreateRequest(c.Spec)}
	case ActionDelete:
		return []gij.Request{r.DeleteRequest(c.ID, c.Delete)}
	case ActionUpdate:
		var all []gij.Request
		rest, disabled := splitDisabled(c.Spec)
		if !rest.IsEmpty() {
			all = append(all, r.UpdateRequest(c.ID, rest))
		}
		if disabled != nil {
			all = append(all, r.DisableRequest(c.ID, *disabled))
		}
		return all
	}
	return nil
}

// splitDisabled takes "disabled" out of an update: on some servers a general update answers success and leaves it as
// it was, so it goes through an endpoint of its own.
func splitDisabled(spec gij.IntegrationSpec) (rest gij.IntegrationSpec, disabled *bool) {
	return spec.Without("disabled"), spec.Disabled
}
