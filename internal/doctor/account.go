package doctor

import (
	"context"
	"errors"
	"net/http"

	"github.com/gijctl/gijctl/pkg/gij"
)

const askSSO = "ask whoever runs the single sign-on page to let /rest through for requests with a token, " +
	"or give the header that it wants: --header-file FILE"

// checkAccount makes the checks that need the credential. It is sent by the client that every command uses, and only if
// nothing before speaks against it.
func (e *exam) checkAccount(ctx context.Context, first *answer) {
	credential, err := e.credential(ctx)
	if err != nil && e.TargetError != nil {
		e.skip(CheckCredential, CheckURL) // nobody knows whose credential is missing
		return
	}
	if err != nil {
		message, remedy := explain(err)
		e.fail(CheckCredential, message, remedy)
		e.checkSSOAlone(first)
		e.blockedBy(CheckCredential)
		return
	}
	if e.blocker != "" {
		f := notChecked(CheckCredential, e.blocker)
		f.Message = "not checked: it comes from " + credential.From + ", but " + e.blocker + " comes first"
		e.add(f)
		e.checkSSOAlone(first)
		return
	}
	e.logIn(ctx, first, credential)
}

func (e *exam) credential(ctx context.Context) (Credential, error) {
	if e.Credential == nil {
		return Credential{}, errors.New("there is no credential")
	}
	return e.Credential(ctx)
}

// checkSSOAlone tells of the request without a credential. There was none with one.
func (e *exam) checkSSOAlone(first *answer) {
	switch {
	case first == nil:
		return
	case first.status == http.StatusTooManyRequests:
		e.skip(CheckSSO, CheckRateLimit)
	case first.isLogin():
		e.fail(CheckSSO, "a request without a credential gets "+first.loginPage(), askSSO)
	default:
		e.ok(CheckSSO, "no login page is in the way of a request without a credential")
	}
	if !e.has(CheckContextPath) {
		e.skip(CheckContextPath, CheckCredential)
	}
}

// loginPage describes a login page, with the host that it is on.
func (a *answer) loginPage() string {
	if a.elsewhere() {
		return "a redirect to another host: " + a.location.Host
	}
	return "a login page (" + a.describe() + ")"
}

func (e *exam) logIn(ctx context.Context, first *answer, credential Credential) {
	client, err := e.client(credential)
	if err != nil {
		e.block(CheckURL, err.Error(), "")
		return
	}
	user, err := within(ctx, e, client.Jira.Myself)
	if err != nil {
		e.explainRefusal(first, credential, err)
		return
	}
	e.ok(CheckCredential, "Jira knows "+userName(user)+" by the credential of "+credential.From)
	e.judgeSSO(first)
	facts := e.gather(ctx, client)
	if !e.has(CheckContextPath) {
		e.judgeServerInfo(serverInfo{BaseURL: facts.server.BaseURL, DeploymentType: facts.server.DeploymentType})
	}
	e.checkPermission(facts)
	e.checkApp(facts)
	if facts.header != nil {
		e.checkLimits(facts.status, facts.header)
	}
}

// client is that of every command, but without patience.
func (e *exam) client(credential Credential) (*gij.Client, error) {
	c := e.Client
	c.BaseURL, c.Token, c.User, c.Password = e.base.String(), credential.Token, credential.User, credential.Password
	c.Timeout, c.Retries, c.ReadOnly = e.Timeout, 0, true
	return gij.New(c)
}

func within[T any](ctx context.Context, e *exam, ask func(context.Context) (T, error)) (T, error) {
	ctx, cancel := e.step(ctx)
	defer cancel()
	return ask(ctx)
}

func userName(u gij.User) string {
	if u.DisplayName == "" {
		return u.Name
	}
	return u.DisplayName + " (" + u.Name + ")"
}

// explainRefusal is for a credential that Jira, or something before it, did not take.
func (e *exam) explainRefusal(first *answer, credential Credential, err error) {
	message, remedy := explain(err)
	var refusal *gij.Error
	if !errors.As(err, &refusal) {
		refusal = &gij.Error{}
	}
	switch {
	case refusal.Status == http.StatusTooManyRequests:
		e.fail(CheckRateLimit, message, remedy)
		e.skip(CheckCredential, CheckRateLimit)
		e.blockedBy(CheckRateLimit)
	case refusal.Kind == gij.KindAuth && refusal.Status < http.StatusBadRequest:
		e.fail(CheckSSO, ssoMessage(first, message), askSSO+"; where there is none, Jira does not accept the credential of "+credential.From)
		e.skip(CheckCredential, CheckSSO)
		e.blockedBy(CheckSSO)
	case refusal.Status == http.StatusForbidden && credential.isBasic():
		e.fail(CheckCredential, message+", with "+credential.From,
			"Jira may have Basic authentication switched off, as Jira 11 does: "+remedy)
	case refusal.Status == http.StatusUnauthorized && credential.Again != "":
		e.fail(CheckCredential, message+", with "+credential.From, "it may be expired or revoked; log in again: "+credential.Again)
	default:
		e.fail(CheckCredential, message+", with "+credential.From, remedy)
	}
	e.checkSSORest(first)
	e.blockedBy(CheckCredential)
}

func (c Credential) isBasic() bool { return c.Token.IsZero() && c.User != "" }

func ssoMessage(first *answer, message string) string {
	if first != nil && first.elsewhere() {
		return "requests get a redirect to another host: " + first.location.Host + ", also with the credential"
	}
	return "a request with the credential gets no answer of the API: " + message
}

// checkSSORest completes the findings where the credential was refused, but by no login page.
func (e *exam) checkSSORest(first *answer) {
	if !e.has(CheckSSO) {
		e.checkSSOAlone(first)
	}
	if !e.has(CheckContextPath) {
		e.skip(CheckContextPath, e.firstOf(CheckSSO, CheckCredential))
	}
}

func (e *exam) firstOf(checks ...string) string {
	for _, check := range checks {
		if e.failed(check) {
			return check
		}
	}
	return checks[len(checks)-1]
}

func (e *exam) failed(check string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.found[check].Status == StatusFail
}

// judgeSSO is for a credential that was accepted.
func (e *exam) judgeSSO(first *answer) {
	if first.isLogin() {
		e.ok(CheckSSO, "requests without a credential get "+first.loginPage()+"; with it, they get through")
		return
	}
	e.ok(CheckSSO, "no login page is in the way")
}
