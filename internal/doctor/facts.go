package doctor

import (
	"context"
	"net/http"
	"sync"

	"github.com/gijctl/gijctl/pkg/gij"
)

// facts are what an account with a good credential finds out at once.
type facts struct {
	isAdmin    bool
	adminErr   error
	probeErr   error
	appVersion string
	server     gij.ServerInfo
	status     int
	header     http.Header // with the limits of this account; nil where it could not be had
}

func (e *exam) gather(ctx context.Context, client *gij.Client) facts {
	var f facts
	var all sync.WaitGroup
	all.Go(func() { f.isAdmin, f.adminErr = within(ctx, e, client.Jira.IsAdmin) })
	all.Go(func() {
		ctx, cancel := e.step(ctx)
		defer cancel()
		f.probeErr = client.Integrations.Probe(ctx)
	})
	all.Go(func() { f.appVersion, _ = within(ctx, e, client.Jira.AppVersion) }) // it is an extra
	all.Go(func() { f.server, _ = within(ctx, e, client.Jira.ServerInfo) })
	all.Go(func() { f.status, f.header = e.limits(ctx, client) })
	all.Wait()
	return f
}

// limits asks as this account, for limits are those of accounts.
func (e *exam) limits(ctx context.Context, client *gij.Client) (int, http.Header) {
	ctx, cancel := e.step(ctx)
	defer cancel()
	res, err := client.Send(ctx, gij.RawRequest{Method: http.MethodGet, Path: serverInfoPath})
	if err != nil {
		return 0, nil
	}
	_ = res.Body.Close() // the headers are all that is wanted
	return res.StatusCode, res.Header
}

func (e *exam) checkPermission(f facts) {
	message, remedy := explain(f.probeErr)
	switch {
	case f.isAdmin:
		e.ok(CheckPermission, "a Jira administrator")
	case f.probeErr == nil && f.adminErr != nil:
		unknown, _ := explain(f.adminErr)
		e.warn(CheckPermission, "this account may read integrations; whether it is a Jira administrator is not known: "+unknown, "")
	case f.probeErr == nil:
		e.warn(CheckPermission, "no Jira administrator, but GIJ lets this account read integrations (its manager permission)",
			"this is enough for most; only a Jira administrator may do everything")
	case gij.IsKind(f.probeErr, gij.KindForbidden):
		e.fail(CheckPermission, message, remedy)
	case gij.IsKind(f.probeErr, gij.KindAppMissing):
		e.warn(CheckPermission, "no Jira administrator; whether the account may manage integrations is not known before "+CheckApp+" is ok",
			"mend "+CheckApp+", and run it again")
	default:
		e.fail(CheckPermission, message, remedy)
	}
}

// checkApp relies on what the app answers. Its version comes from Jira's plugin manager, whose API is documented nowhere.
func (e *exam) checkApp(f facts) {
	jira := ""
	if f.server.Version != "" {
		jira = "; Jira " + f.server.Version
	}
	message, remedy := explain(f.probeErr)
	switch {
	case f.probeErr == nil && f.appVersion != "":
		e.ok(CheckApp, "Git Integration for Jira "+f.appVersion+jira)
	case f.probeErr == nil && f.isAdmin:
		e.ok(CheckApp, "Git Integration for Jira answers; Jira's plugin manager does not tell its version"+jira)
	case f.probeErr == nil:
		e.ok(CheckApp, "Git Integration for Jira answers; its version is shown to Jira administrators only"+jira)
	case gij.IsKind(f.probeErr, gij.KindForbidden):
		e.warn(CheckApp, "it refuses this account, and so is likely to be there"+jira, "mend "+CheckPermission+", and run it again")
	default:
		e.fail(CheckApp, message+jira, remedy)
	}
}
