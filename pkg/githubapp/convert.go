package githubapp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/gijctl/gijctl/internal/transport"
)

const (
	exchangeOp = "exchange the code for the app's credentials"
	// lastGrace is how long an exchange may still take after an interruption: its answer is the only one there will ever be.
	lastGrace = 15 * time.Second
)

// Convert exchanges the code of the manifest flow for the app's credentials, and hands them to save before anything else. The code
// is good once, within an hour. If save fails, its error is returned with the credentials, so that a caller can still show where
// the app is; if the answer is lost, the KindUnknown error says that the code is spent and where the app is deleted.
//
// https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest
func (c *Client) Convert(ctx context.Context, code string, save func(Credentials) error) (Credentials, error) {
	if !isCode(code) {
		return Credentials{}, &Error{Kind: KindUsage, Message: "the code is not one that GitHub gives: letters, digits, - and _", Advice: "copy it whole from the address that GitHub sent the browser to: what stands between code= and &state"}
	}
	if err := ctx.Err(); err != nil {
		return Credentials{}, c.noAnswer(request{op: exchangeOp}, err)
	}
	r := request{op: exchangeOp, method: http.MethodPost, path: "app-manifests/" + code + "/conversions", once: true, hidden: code, missing: missing{
		c.Host().Name() + " knows no such code: it was used already, is more than an hour old, or is of another GitHub",
		"start again; if there is a new app all the same, delete it first: " + c.appsPage(),
	}}
	a, err := c.send(ctx, r)
	if err != nil {
		return Credentials{}, c.exchangeError(a, err)
	}
	made, ok := readConversion(a.body)
	if !ok && !a.isJSON {
		return Credentials{}, c.noAPI(r, a)
	}
	if !ok {
		return Credentials{}, c.spent(a, nil, r.op+": the answer of "+c.Host().Name()+" does not hold an app and its key")
	}
	if save != nil {
		if err := save(made); err != nil {
			return made, fmt.Errorf("the app %s is there (%s), but its credentials could not be kept: %w", made.Slug, made.HTMLURL, err)
		}
	}
	if made.Owner.Login == "" && made.Owner.Slug != "" {
		return made, &Error{Kind: KindFailed, Message: fmt.Sprintf("the app %s belongs to the enterprise %s, not to an organization", made.Slug, made.Owner.Slug), Advice: "an app for one organization is needed: delete this one (" + made.HTMLURL + "), and start again as an owner of the organization"}
	}
	return made, nil
}

// exchangeError says of an exchange without success what is left of the code.
func (c *Client) exchangeError(a *reply, err error) error {
	switch {
	case a != nil && a.status >= http.StatusInternalServerError:
		return &Error{
			Kind: KindUnknown, Status: a.status, Cause: err, Message: fmt.Sprintf("%v; whether the code is spent is not known", err),
			Advice: "if you have the code, try it once more; otherwise delete the new app if there is one, and start again: " + c.appsPage(),
		}
	case lost(a, err):
		return c.spent(a, err, err.Error())
	case a == nil && isNetwork(err):
		return &Error{Kind: KindFailed, Cause: err, Message: err.Error() + "; nothing was sent, and the code is still good within its hour", Advice: adviceOf(err)}
	}
	return err
}

// spent means that the only answer with the app's key came, or may have come, and is not here.
func (c *Client) spent(a *reply, err error, why string) *Error {
	e := &Error{
		Kind: KindUnknown, Cause: err, Message: why + "; the code counts as spent, and the app's key was in that answer alone",
		Advice: "delete the new app if there is one, and start again: " + c.appsPage(),
	}
	if a != nil {
		e.Status = a.status
	}
	return e
}

// appsPage is where an organization's apps are, in words: which organization, a code does not tell.
func (c *Client) appsPage() string { return c.Host().AppsURL("ORG") }

// outlasting returns a context that ends a while after another one, and what ends it at once. It counts from the interruption, so
// that a first Ctrl-C does not lose an answer that is under way.
func outlasting(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		_ = transport.Wait(longer, grace)
		cancel()
	})
	return longer, func() { stop(); cancel() }
}

// conversion is the answer to an exchange, without what can be asked again. No field has a decoder of its own: with one that
// failed, the fields after it would be lost.
type conversion struct {
	ID            int64             `json:"id"`
	Slug          string            `json:"slug"`
	Name          string            `json:"name"`
	ClientID      string            `json:"client_id"`
	Owner         Account           `json:"owner"`
	Description   string            `json:"description"`
	ExternalURL   string            `json:"external_url"`
	HTMLURL       string            `json:"html_url"`
	CreatedAt     string            `json:"created_at"`
	UpdatedAt     string            `json:"updated_at"`
	Permissions   map[string]string `json:"permissions"`
	Events        []string          `json:"events"`
	ClientSecret  string            `json:"client_secret"`
	WebhookSecret *string           `json:"webhook_secret"`
	PEM           *string           `json:"pem"`
}

// readConversion takes what there is: that GitHub wrote one field in an unknown form must not lose the key.
func readConversion(body []byte) (Credentials, bool) {
	var v conversion
	_ = json.Unmarshal(body, &v) // fields of another type are left out
	if v.ID == 0 || v.PEM == nil || *v.PEM == "" {
		return Credentials{}, false
	}
	if v.Slug == "" && v.HTMLURL != "" { // GitHub's schema does not promise it
		v.Slug = path.Base(strings.TrimRight(v.HTMLURL, "/"))
	}
	created, _ := time.Parse(time.RFC3339, v.CreatedAt)
	updated, _ := time.Parse(time.RFC3339, v.UpdatedAt)
	return Credentials{
		App: App{
			ID: v.ID, Slug: v.Slug, Name: v.Name, ClientID: v.ClientID, Owner: v.Owner, Description: v.Description,
			ExternalURL: v.ExternalURL, HTMLURL: v.HTMLURL, CreatedAt: created, UpdatedAt: updated,
			Permissions: v.Permissions, Events: v.Events,
		},
		ClientSecret: secretOf(&v.ClientSecret), WebhookSecret: secretOf(v.WebhookSecret), PEM: secretOf(v.PEM),
	}, true
}
