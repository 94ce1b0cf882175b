package gij

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// CreateRequest returns what [IntegrationsService.Create] sends, secrets masked.
func (*IntegrationsService) CreateRequest(spec IntegrationSpec) Request {
	return Request{Method: http.MethodPost, Path: integrationPath, Body: masked(spec)}
}

// UpdateRequest returns what [IntegrationsService.Update] sends, secrets masked.
func (*IntegrationsService) UpdateRequest(id int64, spec IntegrationSpec) Request {
	return Request{Method: http.MethodPut, Path: onePath(id), Body: masked(spec)}
}

// DisableRequest returns what [IntegrationsService.SetDisabled] sends.
func (*IntegrationsService) DisableRequest(id int64, disabled bool) Request {
	return Request{Method: http.MethodPut, Path: disablePath(id) + "?" + disableQuery(disabled).Encode()}
}

// DeleteRequest returns what [IntegrationsService.Delete] sends.
func (*IntegrationsService) DeleteRequest(id int64, o DeleteOptions) Request {
	return Request{Method: http.MethodDelete, Path: onePath(id) + "?" + o.query().Encode()}
}

func masked(spec IntegrationSpec) []byte {
	body, err := spec.encode(false)
	if err != nil {
		return nil // strings, numbers and booleans always encode
	}
	return body
}

func onePath(id int64) string { return integrationPath + "/" + strconv.FormatInt(id, 10) }
func disablePath(id int64) string {
	return repositoryPath + "/" + strconv.FormatInt(id, 10) + "/disable"
}

func disableQuery(disabled bool) url.Values {
	return url.Values{"disable": {strconv.FormatBool(disabled)}}
}

// List returns all integrations. The API has no pages.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/retrieve-integration-list-gij-self-managed/.
func (s *IntegrationsService) List(ctx context.Context) ([]Integration, error) {
	var all []Integration
	for i, err := range s.All(ctx) {
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

// All yields the integrations as they arrive, without holding the answer in memory. An error ends it.
func (s *IntegrationsService) All(ctx context.Context) iter.Seq2[Integration, error] {
	return func(yield func(Integration, error) bool) {
		const op = "list integrations"
		a, body, err := s.client.open(ctx, call{op: op, method: http.MethodGet, path: integrationPath})
		if err != nil {
			yield(Integration{}, err)
			return
		}
		defer func() { _ = body.Close() }()
		var i Integration // one place for all saves an allocation for each
		stream := integrationStream(a, &i, func() bool { return yield(i, nil) })
		if err := stream.run(); err != nil {
			yield(Integration{}, s.client.streamError(op, a, err))
			return
		}
		if e := s.client.answerError(op, a); e != nil && !stream.stopped {
			yield(Integration{}, e)
		}
	}
}

// integrationStream decodes each integration of a list into i, and then calls take.
func integrationStream(a *reply, i *Integration, take func() bool) *listStream {
	return &listStream{reply: a, keys: []string{"integrations", "integration"}, noun: "integrations", item: func(raw []byte) (bool, error) {
		if err := decodeBare(raw, i); err != nil {
			return false, err
		}
		return take(), nil
	}}
}

// Probe finds out whether the account may read integrations, and whether the app is there. It asks for the list and
// reads no more of it than its first integration. A [KindForbidden] error says that the account may not, a
// [KindAppMissing] error that this Jira has no GIJ.
func (s *IntegrationsService) Probe(ctx context.Context) error {
	var first error
	s.All(ctx)(func(_ Integration, err error) bool {
		first = err
		return false
	})
	return first
}

// Get returns one integration; a [KindNotFound] error if there is none with this id.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/retrieve-an-integration-gij-self-managed/.
func (s *IntegrationsService) Get(ctx context.Context, id int64) (Integration, error) {
	op := fmt.Sprintf("get integration %d", id)
	a, data, err := s.client.do(ctx, call{op: op, method: http.MethodGet, path: onePath(id)})
	if IsKind(err, KindAppMissing) {
		return Integration{}, s.explainMissing(ctx, op, id, err)
	}
	if err != nil {
		return Integration{}, err
	}
	i, err := a.one(data)
	if err != nil {
		return Integration{}, s.client.undecodable(op, a, err)
	}
	return i, nil
}

// explainMissing decides what a 404 without GIJ's own words means: whether the app answers the list tells.
func (s *IntegrationsService) explainMissing(ctx context.Context, op string, id int64, missing error) error {
	if s.Probe(ctx) != nil {
		return missing
	}
	return &Error{
		Kind: KindNotFound, Op: op, Status: http.StatusNotFound,
		Message: fmt.Sprintf("there is no integration with id %d", id), Err: missing,
	}
}

// Create adds an integration and returns it as the server answered. existing holds the ids that were there before: if
// the answer is lost, only an integration that was not among them counts as the new one.
//
// The vendor creates it at once and scans, clones and indexes afterwards. See
// https://help.gitkraken.com/git-integration-for-jira-data-center/add-new-integration-gij-self-managed/.
func (s *IntegrationsService) Create(ctx context.Context, spec IntegrationSpec, existing []int64) (Integration, error) {
	const op = "add integration"
	body, err := spec.encode(true)
	if err != nil {
		return Integration{}, err
	}
	var created Integration
	send := func(ctx context.Context) error {
		a, data, err := s.client.do(ctx, call{op: op, method: http.MethodPost, path: integrationPath, body: body})
		if err != nil {
			return err
		}
		if created, err = a.one(data); err != nil {
			return s.client.undecodable(op, a, err)
		}
		return nil
	}
	look := func(ctx context.Context) (sighting, error) {
		found, seen, err := s.newcomer(ctx, spec, existing)
		if seen == sightDone {
			created = found
		}
		return seen, err
	}
	return created, s.client.settle(ctx, op, send, look)
}

// newcomer looks for the integration that a lost POST may have made: not there before, and as the request asked.
func (s *IntegrationsService) newcomer(ctx context.Context, spec IntegrationSpec, existing []int64) (Integration, sighting, error) {
	identity := spec.Only("type", "displayName", "origin")
	var fitting []Integration
	for i, err := range s.All(ctx) {
		if err != nil {
			return Integration{}, sightUnsure, err
		}
		if len(i.Compare(identity).Different) == 0 {
			fitting = append(fitting, i)
		}
	}
	found, seen := newcomer(fitting, func(i *Integration) int64 { return i.ID }, existing)
	return found, seen, nil
}

// Update changes the fields that spec sets; the others keep their values. The type cannot be changed, and "disabled" is
// for [IntegrationsService.SetDisabled].
//
// That it succeeds is the server's word. Hold the integration against the spec with [Integration.Compare] for more.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/update-existing-integration-gij-self-managed/.
func (s *IntegrationsService) Update(ctx context.Context, id int64, spec IntegrationSpec) error {
	op := fmt.Sprintf("update integration %d", id)
	body, err := spec.encode(true)
	if err != nil {
		return err
	}
	change := call{op: op, method: http.MethodPut, path: onePath(id), body: body}
	return s.client.settledChange(ctx, change, func(ctx context.Context) (Comparison, error) {
		now, err := s.Get(ctx, id)
		return now.Compare(spec), err
	})
}

// DeleteOptions says what goes with an integration or a repository.
type DeleteOptions struct {
	// DeleteFiles also erases its folder, of an integration those of all its repositories. Where the origin is an absolute path or a tracked
	// folder, these are the originals, not clones: the vendor warns of it.
	DeleteFiles bool
}

func (o DeleteOptions) query() url.Values {
	return url.Values{"deleteFiles": {strconv.FormatBool(o.DeleteFiles)}}
}

// Delete removes an integration with its repositories from GIJ and looks that it is gone.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/remove-integration-gij-self-managed/.
func (s *IntegrationsService) Delete(ctx context.Context, id int64, o DeleteOptions) error {
	deletion := call{op: fmt.Sprintf("remove integration %d", id), method: http.MethodDelete, path: onePath(id), query: o.query()}
	return s.client.settledDeletion(ctx, deletion, nounIntegration, func(ctx context.Context) (bool, error) { return s.exists(ctx, id) })
}

func (s *IntegrationsService) exists(ctx context.Context, id int64) (bool, error) {
	for i, err := range s.All(ctx) {
		if err != nil {
			return false, err
		}
		if i.ID == id {
			return true, nil
		}
	}
	return false, nil
}

// SetDisabled disables or enables an integration and returns it as read back afterwards.
//
// It uses the endpoint that the vendor made for it: a general update answers success on some servers and changes
// nothing. That a server may do the same here is why the result is read. See
// https://help.gitkraken.com/git-integration-for-jira-data-center/enable-disable-existing-integration-api-gij-self-managed/.
func (s *IntegrationsService) SetDisabled(ctx context.Context, id int64, disabled bool) (Integration, error) {
	var now Integration
	err := s.client.settledSwitch(ctx, id, disabled, nounIntegration, func(ctx context.Context) (*bool, error) {
		var err error
		now, err = s.Get(ctx, id)
		return now.Disabled, err
	})
	return now, err
}
