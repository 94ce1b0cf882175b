package gij

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
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
		stream := &listStream{reply: a, yield: func(i Integration) bool { return yield(i, nil) }}
		if err := stream.run(); err != nil {
			yield(Integration{}, s.client.streamError(op, a, err))
			return
		}
		if e := s.client.answerError(op, a); e != nil && !stream.stopped {
			yield(Integration{}, e)
		}
	}
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
	all, err := s.List(ctx)
	if err != nil {
		return Integration{}, sightUnsure, err
	}
	known := make(map[int64]bool, len(existing))
	for _, id := range existing {
		known[id] = true
	}
	identity := spec.Only("type", "displayName", "origin")
	var candidates []Integration
	for _, i := range all {
		if !known[i.ID] && len(i.Compare(identity).Different) == 0 {
			candidates = append(candidates, i)
		}
	}
	switch len(candidates) {
	case 0:
		return Integration{}, sightNotDone, nil
	case 1:
		return candidates[0], sightDone, nil
	}
	return Integration{}, sightUnsure, nil // somebody else adds the same at this moment
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
	send := func(ctx context.Context) error {
		_, _, err := s.client.do(ctx, call{op: op, method: http.MethodPut, path: onePath(id), body: body})
		return err
	}
	look := func(ctx context.Context) (sighting, error) {
		now, err := s.Get(ctx, id)
		if err != nil {
			return sightUnsure, err
		}
		compared := now.Compare(spec)
		if len(compared.Different) > 0 {
			return sightNotDone, nil
		}
		if len(compared.NotShown) > 0 {
			return sightUnsure, nil
		}
		return sightDone, nil
	}
	return s.client.settle(ctx, op, send, look)
}

// DeleteOptions says what goes with an integration.
type DeleteOptions struct {
	// DeleteFiles also erases the folders of all its repositories. Where the origin is an absolute path or a tracked
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
	op := fmt.Sprintf("remove integration %d", id)
	send := func(ctx context.Context) error {
		_, _, err := s.client.do(ctx, call{op: op, method: http.MethodDelete, path: onePath(id), query: o.query()})
		return err
	}
	look := func(ctx context.Context) (sighting, error) {
		there, err := s.exists(ctx, id)
		if err != nil {
			return sightUnsure, err
		}
		if there {
			return sightNotDone, nil
		}
		return sightDone, nil
	}
	if err := s.client.settle(ctx, op, send, look); err != nil {
		return err
	}
	seen, err := look(context.WithoutCancel(ctx)) // it was done, whether or not somebody pressed Ctrl-C since
	if err != nil {
		return unverified(op, err)
	}
	if seen != sightDone {
		return &Error{
			Kind: KindNotApplied, Op: op, Message: "the server answered success, and the integration is still there",
			Advice: "look at it in Jira (Git > Manage integrations); its repositories may still be indexing",
		}
	}
	return nil
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
	op := strings.ToLower(fmt.Sprintf("%s integration %d", disableVerb(disabled), id))
	send := func(ctx context.Context) error {
		_, _, err := s.client.do(ctx, call{op: op, method: http.MethodPut, path: disablePath(id), query: disableQuery(disabled)})
		return err
	}
	look := func(ctx context.Context) (sighting, error) {
		now, err := s.Get(ctx, id)
		if err != nil || now.Disabled == nil {
			return sightUnsure, err
		}
		if *now.Disabled != disabled {
			return sightNotDone, nil
		}
		return sightDone, nil
	}
	if err := s.client.settle(ctx, op, send, look); err != nil {
		return Integration{}, err
	}
	now, err := s.Get(context.WithoutCancel(ctx), id)
	if err != nil {
		return Integration{}, unverified(op, err)
	}
	if now.Disabled == nil || *now.Disabled != disabled {
		return now, &Error{
			Kind: KindNotApplied, Op: op, Message: "the server answered success, and the integration is as it was",
			Advice: "this is a known defect of some GIJ versions; change it in Jira (Git > Manage integrations)",
		}
	}
	return now, nil
}

func disableVerb(disabled bool) string {
	if disabled {
		return "disable"
	}
	return "enable"
}

// unverified says that a write was accepted and could not be looked at afterwards.
func unverified(op string, err error) *Error {
	return &Error{
		Kind: KindUnknown, Op: op, Message: "the server answered success, but it could not be verified: " + err.Error(),
		Advice: "look with: gijctl integration list", Err: err,
	}
}
