package githubapp

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gijctl/gijctl/internal/transport"
	"github.com/gijctl/gijctl/pkg/secret"
)

// perPage is the largest page that GitHub gives.
const perPage = "?per_page=100"

// AppClient asks a host as an app, by a token that it signs for each request (RS256, less than ten minutes).
//
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
type AppClient struct {
	client *Client
	issuer string
	key    *secret.PrivateKey
}

// Get returns the app itself. A KindAuth error means that the key is not the app's; a KindNotFound error that the host knows no app
// of this id.
//
// https://docs.github.com/en/rest/apps/apps#get-the-authenticated-app
func (a *AppClient) Get(ctx context.Context) (App, error) {
	var app App
	err := a.client.get(ctx, a.request("look up the app", "app"), &app, func() bool { return app.ID != 0 })
	return app, err
}

// Installations returns all installations, suspended ones too.
//
// https://docs.github.com/en/rest/apps/apps#list-installations-for-the-authenticated-app
func (a *AppClient) Installations(ctx context.Context) ([]Installation, error) {
	return list[Installation](ctx, a.client, a.request("list the installations", "app/installations"+perPage))
}

// Installation returns one; a KindNotFound error where it is not the app's.
//
// https://docs.github.com/en/rest/apps/apps#get-an-installation-for-the-authenticated-app
func (a *AppClient) Installation(ctx context.Context, id int64) (Installation, error) {
	var in Installation
	err := a.client.get(ctx, a.ofInstallation("look up installation %d", id, ""), &in, func() bool { return in.ID == id })
	return in, err
}

// InstallationRequests returns the requests that await an owner's approval; a KindNotFound error on a server that is too old to tell
// [inferred].
//
// https://docs.github.com/en/rest/apps/apps#list-installation-requests-for-the-authenticated-app
func (a *AppClient) InstallationRequests(ctx context.Context) ([]InstallationRequest, error) {
	return list[InstallationRequest](ctx, a.client, a.request("list the requests for installation", "app/installation-requests"+perPage))
}

// HookConfig returns where the app's events go; a KindNotFound error where it has no webhook [inferred].
//
// https://docs.github.com/en/rest/apps/webhooks#get-a-webhook-configuration-for-an-app
func (a *AppClient) HookConfig(ctx context.Context) (HookConfig, error) {
	var hook HookConfig
	r := a.request("look up the webhook", "app/hook/config")
	r.missing = missing{"app " + a.issuer + " has no webhook, or " + a.host() + " does not tell of it", "look at the app's page"}
	err := a.client.get(ctx, r, &hook, func() bool { return true })
	return hook, err
}

// Deliveries returns the events since a time, the newest first, at most limit.
//
// https://docs.github.com/en/rest/apps/webhooks#list-deliveries-for-an-app-webhook
func (a *AppClient) Deliveries(ctx context.Context, since time.Time, limit int) ([]Delivery, error) {
	r := a.request("list the events that were sent", "app/hook/deliveries"+perPage)
	r.missing = missing{"app " + a.issuer + " has no webhook, or " + a.host() + " does not tell of its events", "look at the app's page"}
	all := []Delivery{}
	err := a.client.each(ctx, r, func(answer *reply) (bool, error) {
		var page []Delivery
		if err := a.client.decode(r, answer, &page); err != nil {
			return false, err
		}
		for _, d := range page {
			if len(all) == limit || d.DeliveredAt.Before(since) {
				return false, nil
			}
			all = append(all, d)
		}
		return len(all) < limit, nil
	})
	return all, err
}

// Suspend suspends an installation. The installer cannot undo it.
//
// https://docs.github.com/en/rest/apps/apps#suspend-an-app-installation
func (a *AppClient) Suspend(ctx context.Context, id int64) error {
	return a.write(ctx, http.MethodPut, a.ofInstallation("suspend installation %d", id, "/suspended"), id, func(in *Installation) bool { return in != nil && in.SuspendedAt != nil })
}

// Unsuspend ends a suspension.
//
// https://docs.github.com/en/rest/apps/apps#unsuspend-an-app-installation
func (a *AppClient) Unsuspend(ctx context.Context, id int64) error {
	return a.write(ctx, http.MethodDelete, a.ofInstallation("end the suspension of installation %d", id, "/suspended"), id, func(in *Installation) bool { return in != nil && in.SuspendedAt == nil })
}

// Uninstall removes an installation.
//
// https://docs.github.com/en/rest/apps/apps#delete-an-installation-for-the-authenticated-app
func (a *AppClient) Uninstall(ctx context.Context, id int64) error {
	return a.write(ctx, http.MethodDelete, a.ofInstallation("remove installation %d", id, ""), id, func(in *Installation) bool { return in == nil })
}

// write sends a change. If its answer is lost, the installation tells whether it was made: it is not sent again.
func (a *AppClient) write(ctx context.Context, method string, r request, id int64, done func(*Installation) bool) error {
	r.method = method
	answer, err := a.client.send(ctx, r)
	if err == nil || !lost(answer, err) {
		return err
	}
	in, lookErr := a.Installation(context.WithoutCancel(ctx), id)
	switch {
	case lookErr == nil && done(&in), IsKind(lookErr, KindNotFound) && done(nil):
		return nil
	case lookErr == nil:
		return a.unknown(r, err, "the installation was looked up, and is unchanged so far", "look it up again in a minute, and then try again")
	}
	return a.unknown(r, err, "the installation cannot be looked up either", "look it up as soon as "+a.host()+" answers, before you try again")
}

func (a *AppClient) unknown(r request, err error, then, advice string) *Error {
	return &Error{Kind: KindUnknown, Message: fmt.Sprintf("%s: no answer came, so it may have been done; %s (%v)", r.op, then, err), Advice: advice, Cause: err}
}

// lost reports whether a write without success may have happened all the same.
func lost(answer *reply, err error) bool {
	if answer != nil && answer.status >= http.StatusMultipleChoices {
		return answer.status >= http.StatusInternalServerError && answer.status != http.StatusServiceUnavailable && answer.status != http.StatusNotImplemented
	}
	return answer != nil || isNetwork(err) && transport.Fate(err) != transport.FateNotSent
}

// isNetwork tells what happened on the way from what kept a request from being sent.
func isNetwork(err error) bool { return IsKind(err, KindFailed) }

func (a *AppClient) host() string { return a.client.Host().Name() }

func (a *AppClient) request(op, path string) request {
	return request{op: op, path: path, app: a, missing: missing{
		fmt.Sprintf("%s: %s knows no app %s (any more)", op, a.host(), a.issuer),
		"check the app's id, and that " + a.client.Host().Web() + " is where it was made",
	}}
}

func (a *AppClient) ofInstallation(op string, id int64, below string) request {
	r := a.request(fmt.Sprintf(op, id), fmt.Sprintf("app/installations/%d%s", id, below))
	r.missing = missing{
		fmt.Sprintf("%s: app %s has no such installation", r.op, a.issuer),
		"it may have been removed, or the number may be that of another app's installation",
	}
	return r
}
