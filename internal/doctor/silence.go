package doctor

import (
	"errors"
	"net/http"
	"net/url"
)

// explainSilence is for a server that accepted the connection and gave no answer.
func (e *exam) explainSilence(first *answer) {
	if e.base.Scheme == "https" && (first.tls == nil || e.blocker == CheckTLSChain) {
		return // said already
	}
	e.block(CheckContextPath, "no answer from "+address(e.base)+": "+reason(first.err),
		"check the port in the URL, and whether Jira is being started or restarted")
}

// refusedError is a proxy's answer to the wish to be connected to Jira.
type refusedError struct{ status int }

func (r *refusedError) Error() string { return http.StatusText(r.status) }

// refusedByProxy reports whether the proxy, and not Jira, answered, and says so in the findings.
func (e *exam) refusedByProxy(first *answer) bool {
	proxy, _ := proxyFor(e.Client.Proxy, e.base) // it was checked before
	status := first.status
	var refusal *refusedError
	if errors.As(first.err, &refusal) {
		status = refusal.status
	}
	if proxy == nil || refusal == nil && status != http.StatusProxyAuthRequired {
		return false
	}
	variable := e.ProxyVariable(e.base.Scheme)
	where := "the proxy " + withoutUser(proxy) + " (" + variable + ")"
	e.block(CheckProxy, where+" does not connect to "+address(e.base)+": "+statusText(status), proxyRemedy(status, variable, e.base))
	e.skip(CheckHost, CheckProxy)
	return true
}

func proxyRemedy(status int, variable string, base *url.URL) string {
	switch status {
	case http.StatusProxyAuthRequired:
		return "it wants a user name and a password: " + variable + "=http://USER:PASSWORD@HOST:PORT"
	case http.StatusForbidden:
		return "ask whoever runs the proxy to allow it; if Jira needs no proxy: export NO_PROXY=" + base.Hostname()
	}
	return "check the URL for a typing mistake; if Jira needs no proxy: export NO_PROXY=" + base.Hostname()
}
