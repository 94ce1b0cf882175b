package gij

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/gijctl/gijctl/internal/transport"
)

// SettingsService changes GIJ's general settings. One of them is documented. Only Jira administrators may [inferred].
type SettingsService service

// Settings are GIJ's general settings, as far as they are documented and the server shows them.
type Settings struct {
	// AltJiraBaseURL is where GitHub reaches this Jira, for the GitHub Apps that are made from then on; nil where the server does not
	// show it, "" where it is Jira's own base URL.
	AltJiraBaseURL *string
}

type wireSettings struct {
	AltJiraBaseURL *string `json:"altJiraBaseUrl"`
}

func altBaseBody(altBase string) []byte {
	body, err := json.Marshal(wireSettings{&altBase})
	if err != nil {
		return nil // a string always encodes
	}
	return body
}

// SetRequest returns what [SettingsService.SetAltJiraBaseURL] sends.
func (*SettingsService) SetRequest(altBase string) Request {
	return Request{Method: http.MethodPost, Path: settingsPath, Body: altBaseBody(altBase)}
}

// Get reads the settings. No page documents that: a server that does not answer it is a [KindFailed] error whose cause is
// [ErrNotShown].
func (s *SettingsService) Get(ctx context.Context) (Settings, error) {
	const op = "read the general settings"
	a, data, err := s.client.do(ctx, call{op: op, method: http.MethodGet, path: settingsPath})
	if lacksResource(err) {
		return Settings{}, s.explainNoGet(ctx, op, err)
	}
	if err != nil {
		return Settings{}, err
	}
	settings, err := readSettings(data)
	if err != nil {
		return Settings{}, s.client.undecodable(op, a, err)
	}
	return settings, nil
}

// readSettings looks for the setting in the answer and in the objects that it has in it: whether there is an envelope is unknown.
func readSettings(data []byte) (Settings, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return Settings{}, explainDecode(err)
	}
	var wire wireSettings
	if _, found := members["altJiraBaseUrl"]; found {
		err := json.Unmarshal(data, &wire)
		return Settings(wire), err
	}
	for _, value := range members {
		if json.Unmarshal(value, &wire) == nil && wire.AltJiraBaseURL != nil {
			return Settings(wire), nil
		}
	}
	return Settings{}, nil
}

// ErrNotShown means that the server has no way to read what was asked for.
var ErrNotShown = errors.New("the server does not show it")

// explainNoGet tells a GIJ that does not show its settings from a Jira without GIJ.
func (s *SettingsService) explainNoGet(ctx context.Context, op string, refusal error) error {
	if err := s.client.Integrations.Probe(ctx); IsKind(err, KindAppMissing) {
		return refusal
	}
	return &Error{
		Kind: KindFailed, Op: op, Message: "the server does not answer it; that it can be read at all is documented nowhere",
		Advice: "look in Jira (Git > General settings); what it should be can be set again by: gijctl settings set", Err: ErrNotShown,
	}
}

// SetAltJiraBaseURL sets the address at which GitHub reaches this Jira, "" to use Jira's own base URL again. It must have Jira's
// context path: the first edition of the vendor's page left it out.
//
// What the server answers is not documented, so that any success that is no web page counts; hold it against
// [SettingsService.Get], where the server answers that.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/github-app-integration-gij-self-managed/.
func (s *SettingsService) SetAltJiraBaseURL(ctx context.Context, altBase string) error {
	const op = "set altJiraBaseUrl"
	send := func(ctx context.Context) error { return s.post(ctx, op, altBaseBody(altBase)) }
	look := func(ctx context.Context) (sighting, error) {
		now, err := s.Get(ctx)
		switch {
		case errors.Is(err, ErrNotShown):
			return sightUnsure, nil // to ask again would tell no more
		case err != nil || now.AltJiraBaseURL == nil:
			return sightUnsure, err
		case *now.AltJiraBaseURL != altBase:
			return sightNotDone, nil
		}
		return sightDone, nil
	}
	err := s.client.settle(ctx, op, send, look)
	if lacksResource(err) {
		return s.explainNoSettings(ctx, op, err)
	}
	return adviseUnknown(err, "run the command again: to set it twice does no harm")
}

// explainNoSettings tells a GIJ without these settings from a Jira without GIJ.
func (s *SettingsService) explainNoSettings(ctx context.Context, op string, refusal error) error {
	if err := s.client.Integrations.Probe(ctx); IsKind(err, KindAppMissing) {
		return refusal
	}
	return &Error{
		Kind: KindFailed, Op: op, Message: "this version of GIJ does not have the setting; it is there since 4.27", Err: refusal,
		Advice: "update Git Integration for Jira",
	}
}

// post sends a body and takes any answer that is a success, be it empty.
func (s *SettingsService) post(ctx context.Context, op string, body []byte) error {
	r := s.client.http.R().SetContext(ctx).SetDoNotParseResponse(true).SetHeader("Accept", typeJSON).SetHeader("Content-Type", typeJSON)
	res, err := r.SetBody(body).Execute(http.MethodPost, s.client.base.String()+settingsPath)
	if err != nil {
		return s.client.networkError(op, err)
	}
	defer func() { _ = res.RawBody().Close() }()
	a := newReply(res.RawResponse)
	data, err := io.ReadAll(io.LimitReader(a.body, maxAnswer+1))
	switch {
	case cmp.Or(a.broken, err) != nil:
		return s.client.networkError(op, truncated{cmp.Or(a.broken, err)})
	case len(data) > maxAnswer:
		return s.client.undecodable(op, a, fmt.Errorf("%w of %d MiB", transport.ErrTooLarge, maxAnswer>>20))
	}
	_ = json.Unmarshal(data, &a.env) // what it does not say is judged by the status
	if isSuccess(a.status) && !a.isJSON && !a.isHTML() {
		return nil
	}
	if e := s.client.answerError(op, a); e != nil {
		return e
	}
	return nil
}
