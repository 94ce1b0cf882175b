package gij

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gijctl/gijctl/pkg/secret"
)

const opTrigger = "trigger the webhook"

// Trigger is what a webhook says to GIJ.
type Trigger struct {
	// Secret is the last part of the webhook's address, as Jira shows it under Git > Indexing triggers. Who has it can have the
	// server index at will.
	Secret secret.Value
	// Origin is that of the repository, as GIJ has it. Without one everything is indexed, or nothing at all: documented is a setting
	// "Ignore unmatching webhooks", which is on where nobody changed it.
	Origin string
	// ID names the request in the server's log; it may be empty.
	ID string
}

func (t Trigger) body() []byte {
	body, err := json.Marshal(struct {
		Origin string `json:"origin,omitempty"`
	}{t.Origin})
	if err != nil {
		return nil // a string always encodes
	}
	return body
}

// TriggerRequest returns what [ReindexService.Trigger] sends, without the secret.
func (*ReindexService) TriggerRequest(t Trigger) Request {
	return Request{Method: http.MethodPost, Path: webhookPath + "/" + secret.Redacted, Body: t.body()}
}

// Trigger calls GIJ's webhook, as a Git host would after a push. No thread in the answer means that nothing was begun, or that
// the server does not say; which, is unknown. A request whose answer was lost is not looked up: what it would have begun
// is not known.
//
// The secret is a part of the address. It is in no trace and in no error.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/creating-reindex-triggers-for-a-single-repository-gij-self-managed/.
func (s *ReindexService) Trigger(ctx context.Context, t Trigger) (Started, error) {
	header := map[string]string{"x-bbb-webhook-type": "push"}
	if t.ID != "" {
		header["x-bbb-webhook-id"] = t.ID
	}
	var started Started
	send := func(ctx context.Context) (err error) {
		started, err = s.startAt(ctx, call{
			op: opTrigger, method: http.MethodPost, path: webhookPath + "/" + url.PathEscape(t.Secret.Reveal()), body: t.body(), header: header,
		})
		return err
	}
	look := func(context.Context) (sighting, error) { return sightUnsure, nil }
	err := adviseUnknown(s.client.settle(ctx, opTrigger, send, look), "run the command again: to index twice does no harm")
	return started, withoutSecret(explainTrigger(err), t.Secret)
}

// explainTrigger says what a refusal means for an address that is known by its secret alone. How a server refuses a wrong one is
// unknown.
func explainTrigger(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	told := *e
	switch e.Kind {
	case KindForbidden, KindNotFound, KindAppMissing:
		told.Advice = "check the secret: it is the last part of the address that Jira shows under Git > Indexing triggers"
	case KindFailed, KindNetwork, KindAuth, KindNotApplied, KindUnknown:
	}
	return &told
}

// withoutSecret takes a secret out of an error: servers and libraries repeat the address that they were asked for.
func withoutSecret(err error, s secret.Value) error {
	var e *Error
	if !errors.As(err, &e) || s.IsZero() {
		return err
	}
	told := *e
	for _, form := range []string{s.Reveal(), url.PathEscape(s.Reveal()), url.QueryEscape(s.Reveal())} {
		told.Op = strings.ReplaceAll(told.Op, form, secret.Redacted)
		told.Message = strings.ReplaceAll(told.Message, form, secret.Redacted)
		told.Advice = strings.ReplaceAll(told.Advice, form, secret.Redacted)
	}
	told.Err = causeOnly(e.Err)
	return &told
}

// causeOnly keeps of a cause what decides, and no text.
func causeOnly(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return errHidden
}

// errHidden stands for a cause whose text may hold a secret.
var errHidden = errors.New("the cause is not shown, for it may hold the webhook's secret")
