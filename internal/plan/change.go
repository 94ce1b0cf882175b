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

// Object is a kind of thing that a change is about. Its zero value is an integration.
type Object int

const (
	ObjectIntegration Object = iota
	ObjectRepository
)

// String returns the field's word: "integration" or "repository".
func (o Object) String() string {
	if o == ObjectRepository {
		return "repository"
	}
	return "integration"
}

// Change is what is to happen to one integration or one repository.
type Change struct {
	Action Action
	Object Object
	ID     int64 // 0 for a create
	Type   string
	Name   string // display name
	Fields []FieldChange
	// Warnings are what a person should think of before agreeing, Notes what is good to know.
	Warnings []string
	Notes    []string

	// Before is the integration as it was when the plan was made, nil for a create; BeforeRepository is the same of a repository.
	Before           *gij.Integration
	BeforeRepository *gij.Repository
	// Spec is what a create or update of an integration sends, RepositorySpec what that of a repository does.
	Spec           gij.IntegrationSpec
	RepositorySpec gij.RepositorySpec
	// Delete says what goes with a delete.
	Delete gij.DeleteOptions
	// Existing holds the ids that are taken, so that what is created can be told from them.
	Existing []int64
}

// Sent lists the fields that a create or update sends.
func (c *Change) Sent() []gij.Value {
	if c.Object == ObjectRepository {
		return c.RepositorySpec.Values()
	}
	return c.Spec.Values()
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

// RepositoryRequester tells what an operation on a repository sends; the repository service of [gij.Client] does.
type RepositoryRequester interface {
	CreateRequest(gij.RepositorySpec) gij.Request
	UpdateRequest(int64, gij.RepositorySpec) gij.Request
	DisableRequest(int64, bool) gij.Request
	DeleteRequest(int64, gij.DeleteOptions) gij.Request
}

// Requests returns what applying the change of an integration sends, in order, secrets masked.
func (c Change) Requests(r Requester) []gij.Request { return c.requests(integrationRequests{r}) }

// RepositoryRequests returns what applying the change of a repository sends, in order, secrets masked.
func (c Change) RepositoryRequests(r RepositoryRequester) []gij.Request {
	return c.requests(repositoryRequests{r})
}

// requester tells what a change sends, whatever it is about.
type requester interface {
	create(Change) gij.Request
	update(Change) gij.Request
	DisableRequest(int64, bool) gij.Request
	DeleteRequest(int64, gij.DeleteOptions) gij.Request
}

type integrationRequests struct{ Requester }

func (r integrationRequests) create(c Change) gij.Request { return r.CreateRequest(c.Spec) }
func (r integrationRequests) update(c Change) gij.Request { return r.UpdateRequest(c.ID, c.Spec) }

type repositoryRequests struct{ RepositoryRequester }

func (r repositoryRequests) create(c Change) gij.Request { return r.CreateRequest(c.RepositorySpec) }

func (r repositoryRequests) update(c Change) gij.Request {
	return r.UpdateRequest(c.ID, c.RepositorySpec)
}

func (c Change) requests(r requester) []gij.Request {
	switch c.Action {
	case ActionCreate:
		return []gij.Request{r.create(c)}
	case ActionDelete:
		return []gij.Request{r.DeleteRequest(c.ID, c.Delete)}
	case ActionUpdate:
		var all []gij.Request
		rest, disabled := splitDisabled(c)
		if len(rest.Sent()) > 0 {
			all = append(all, r.update(rest))
		}
		if disabled != nil {
			all = append(all, r.DisableRequest(c.ID, *disabled))
		}
		return all
	}
	return nil
}

// splitDisabled takes "disabled" out of a change: on some servers a general update answers success and leaves it as
// it was, so it goes through an endpoint of its own.
func splitDisabled(c Change) (rest Change, disabled *bool) {
	disabled = c.Spec.Disabled
	if c.Object == ObjectRepository {
		disabled = c.RepositorySpec.Disabled
	}
	c.Spec, c.RepositorySpec = c.Spec.Without("disabled"), c.RepositorySpec.Without("disabled")
	return c, disabled
}
