package sandbox

import (
	"crypto/subtle"
	"mime"
	"net/http"
	"strings"
)

// authenticate finds out who asks. It reports true with the answer for those that Jira does not let in.
func (c *call) authenticate() (answer, bool) {
	header := c.r.Header.Get("Authorization")
	if header == "" {
		a := jiraMessage(http.StatusUnauthorized, "Client must be authenticated to access this resource.")
		a.header = map[string]string{"WWW-Authenticate": `OAuth realm="` + c.base() + `"`}
		return a, true
	}
	if token, ok := strings.CutPrefix(header, "Bearer "); ok {
		return c.authenticateToken(strings.TrimSpace(token))
	}
	if name, password, ok := c.r.BasicAuth(); ok {
		return c.authenticateBasic(name, password)
	}
	return c.loginFailed(`OAuth realm="` + c.base() + `"`), true
}

func (c *call) authenticateToken(token string) (answer, bool) {
	for _, a := range c.state.Accounts {
		if same(token, a.Token) {
			c.account = a
			return answer{}, false
		}
	}
	return c.loginFailed(`OAuth realm="` + c.base() + `"`), true
}

func (c *call) authenticateBasic(name, password string) (answer, bool) {
	if status := c.faults.number("basic-off"); status != 0 {
		return jiraMessage(status, "Basic Authentication has been disabled on this instance."), true
	}
	if c.faults.has("captcha") {
		return c.loginDenied(), true // also the right password: first somebody must solve the CAPTCHA
	}
	for _, a := range c.state.Accounts {
		if a.Password != "" && name == a.Name && same(password, a.Password) {
			c.account = a
			return answer{}, false
		}
	}
	return c.loginFailed(`Basic realm="protected-area"`), true
}

func same(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

func (c *call) loginFailed(challenge string) answer {
	if c.faults.has("captcha") {
		return c.loginDenied()
	}
	a := htmlAnswer(http.StatusUnauthorized, loginFailedPage())
	a.header = map[string]string{"WWW-Authenticate": challenge, "X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
	return a
}

func (c *call) loginDenied() answer {
	a := htmlAnswer(http.StatusForbidden, loginFailedPage())
	a.header = map[string]string{
		"X-Seraph-LoginReason":           "AUTHENTICATION_DENIED",
		"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=" + c.base() + "/login.jsp",
	}
	return a
}

// checkXSRF is Jira's guard against forms of other sites: a browser, or a content type that a form can have, needs the
// header.
func (c *call) checkXSRF() (answer, bool) {
	if c.isRead() {
		return answer{}, false
	}
	if status := c.faults.number("xsrf"); status != 0 {
		return textAnswer(status, "XSRF check failed"), true
	}
	if token := c.r.Header.Get("X-Atlassian-Token"); token == "no-check" || token == "nocheck" {
		return answer{}, false
	}
	if strings.HasPrefix(c.r.UserAgent(), "Mozilla") || hasFormType(c.r.Header.Get("Content-Type")) {
		return textAnswer(http.StatusForbidden, "XSRF check failed"), true
	}
	return answer{}, false
}

func hasFormType(contentType string) bool {
	if contentType == "" {
		return false
	}
	kind, _, err := mime.ParseMediaType(contentType)
	return err != nil || kind != "application/json"
}

// managed lets through who may manage integrations: Jira administrators, and holders of GIJ's manager permission. How
// REST answers a manager is [U] in the contract.
func (c *call) managed(allow string, methods resources) answer {
	if !c.account.Admin && !c.account.Manager {
		return jiraMessage(http.StatusForbidden, "You do not have permission to manage Git integrations.")
	}
	return c.pick(allow, methods)
}
