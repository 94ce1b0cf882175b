package doctor

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"strings"

	"github.com/gijctl/gijctl/pkg/gij"
)

// checkConnection makes the checks that need no credential. It returns what Jira answered, nil if it was not reached.
func (e *exam) checkConnection(ctx context.Context) *answer {
	if !e.checkURL() {
		e.checkUsualProxy(ctx)
		return nil
	}
	if !e.checkProxy(ctx) || !e.checkHost(ctx) {
		return nil
	}
	first := e.probe(ctx, e.base)
	if e.refusedByProxy(first) {
		return nil
	}
	e.checkTLS(first)
	if first.err != nil {
		e.explainSilence(first)
		return nil
	}
	e.checkClock(first)
	e.checkLimits(first.status, first.header)
	return e.checkContextPath(ctx, first)
}

func (e *exam) checkURL() bool {
	if e.TargetError != nil {
		message, remedy := explain(e.TargetError)
		e.block(CheckURL, message, remedy)
		return false
	}
	base, err := gij.ParseBaseURL(e.Client.BaseURL)
	if err != nil {
		e.block(CheckURL, err.Error(), "the URL comes from "+e.From+"; mend it there, or type: --url https://jira.example.com")
		return false
	}
	e.base = base
	said := base.String() + ", from " + e.From
	if base.Scheme == "http" && !isLoopback(base.Hostname()) {
		e.warn(CheckURL, said+", is plain http: everybody on the way can read the token", "use the https:// URL, if Jira has one")
		return true
	}
	e.ok(CheckURL, said)
	return true
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// checkUsualProxy looks at the proxy without knowing the Jira that it is for.
func (e *exam) checkUsualProxy(ctx context.Context) {
	jira := &url.URL{Scheme: "https", Host: "jira.example.com"}
	if e.ProxyWithoutExceptions == nil {
		e.ok(CheckProxy, "no proxy")
		return
	}
	proxy, err := e.ProxyWithoutExceptions(jira)
	e.judgeProxy(ctx, jira.Scheme, proxy, err)
}

func (e *exam) checkProxy(ctx context.Context) bool {
	proxy, err := proxyFor(e.Client.Proxy, e.base)
	if proxy != nil || err != nil {
		return e.judgeProxy(ctx, e.base.Scheme, proxy, err)
	}
	avoided, _ := proxyFor(e.ProxyWithoutExceptions, e.base) // only to say more
	variable := e.ProxyVariable(e.base.Scheme)
	switch {
	case avoided != nil:
		e.ok(CheckProxy, "no proxy: NO_PROXY keeps "+e.base.Hostname()+" away from "+withoutUser(avoided)+" ("+variable+")")
	case variable != "" && !isLoopback(e.base.Hostname()):
		e.warn(CheckProxy, variable+" is set and is no URL, so that no proxy is used", proxyForm(variable))
	default:
		e.ok(CheckProxy, "no proxy")
	}
	return true
}

func proxyFor(choose func(*url.URL) (*url.URL, error), target *url.URL) (*url.URL, error) {
	if choose == nil {
		return nil, nil
	}
	return choose(target)
}

// judgeProxy checks that a proxy can be reached. What it thinks of Jira shows later.
func (e *exam) judgeProxy(ctx context.Context, scheme string, proxy *url.URL, err error) bool {
	variable := e.ProxyVariable(scheme)
	switch {
	case err != nil:
		e.block(CheckProxy, "the proxy of "+variable+" cannot be used: "+err.Error(), "type: unset "+variable)
		return false
	case proxy == nil:
		e.ok(CheckProxy, "no proxy")
		return true
	case isMisread(proxy):
		e.block(CheckProxy, variable+" is no URL",
			proxyForm(variable)+"; in a user name or a password, %20 is a space, %23 #, %25 %, %2F /, %3F ?")
		return false
	case defaultPort(proxy.Scheme) == "":
		e.block(CheckProxy, variable+" names a proxy of an unknown kind: "+proxy.Scheme, proxyForm(variable))
		return false
	}
	if problem := e.reach(ctx, proxy); problem != "" {
		e.block(CheckProxy, "the proxy "+withoutUser(proxy)+" ("+variable+"): "+problem,
			"set "+variable+" right, or unset it if no proxy is needed; for Jira alone: export NO_PROXY="+e.hostOr("jira.example.com"))
		return false
	}
	e.ok(CheckProxy, scheme+" goes through "+withoutUser(proxy)+" ("+variable+"), which accepts connections")
	return true
}

// isMisread knows what is left of a URL that could not be parsed, and was tried again with http:// before it.
func isMisread(proxy *url.URL) bool {
	return proxy.Port() == "" && (proxy.Hostname() == "http" || proxy.Hostname() == "https")
}

func proxyForm(variable string) string {
	return "write it like: export " + variable + "=http://proxy.example.com:3128"
}

func (e *exam) hostOr(otherwise string) string {
	if e.base == nil {
		return otherwise
	}
	return e.base.Hostname()
}

// withoutUser is a URL without the name and password that a proxy's may hold.
func withoutUser(u *url.URL) string {
	shown := url.URL{Scheme: u.Scheme, Host: u.Host}
	return shown.String()
}

func (e *exam) checkHost(ctx context.Context) bool {
	if proxy, _ := proxyFor(e.Client.Proxy, e.base); proxy != nil {
		e.ok(CheckHost, e.base.Host+" is reached through the proxy, which also resolves its name")
		return true
	}
	host := e.base.Hostname()
	addresses, err := e.resolve(ctx, host)
	if err != nil {
		e.block(CheckHost, host+" cannot be resolved: "+reason(err),
			"check the URL for a typing mistake, and whether this machine needs a VPN or a proxy (HTTPS_PROXY)")
		return false
	}
	if err := e.dial(ctx, e.base); err != nil {
		e.block(CheckHost, "nothing accepts connections at "+address(e.base)+described(host, addresses)+": "+reason(err),
			"check the port in the URL, whether Jira is running, and whether a firewall or a missing VPN is in the way")
		return false
	}
	e.ok(CheckHost, address(e.base)+described(host, addresses)+" accepts connections")
	return true
}

// reach says why nothing can be sent to a proxy, "" if it can.
func (e *exam) reach(ctx context.Context, u *url.URL) string {
	if _, err := e.resolve(ctx, u.Hostname()); err != nil {
		return "the name cannot be resolved: " + reason(err)
	}
	if err := e.dial(ctx, u); err != nil {
		return "nothing accepts connections there: " + reason(err)
	}
	if u.Scheme != "https" {
		return ""
	}
	if err := e.shakeHands(ctx, u); err != nil {
		return "no TLS connection to it: " + reason(err)
	}
	return ""
}

func (e *exam) resolve(ctx context.Context, host string) ([]string, error) {
	ctx, cancel := e.step(ctx)
	defer cancel()
	return net.DefaultResolver.LookupHost(ctx, host)
}

func (e *exam) dial(ctx context.Context, u *url.URL) error {
	ctx, cancel := e.step(ctx)
	defer cancel()
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", address(u))
	if err != nil {
		return err
	}
	return connection.Close()
}

// shakeHands makes a TLS connection to a proxy that has TLS itself.
func (e *exam) shakeHands(ctx context.Context, proxy *url.URL) error {
	ctx, cancel := e.step(ctx)
	defer cancel()
	connection, err := (&tls.Dialer{Config: e.clientTLS()}).DialContext(ctx, "tcp", address(proxy))
	if err != nil {
		return err
	}
	return connection.Close()
}

// address is the host and port of a URL.
func address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// defaultPort is "" for a scheme that net/http cannot talk.
func defaultPort(scheme string) string {
	return map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[scheme]
}

// maxListed is how many addresses or names are shown.
const maxListed = 3

// described shows the addresses of a name, unless it is one itself.
func described(host string, addresses []string) string {
	if len(addresses) == 0 || addresses[0] == host {
		return ""
	}
	return " (" + listed(addresses) + ")"
}

func listed(names []string) string {
	if len(names) > maxListed {
		names = append(names[:maxListed:maxListed], "…")
	}
	return strings.Join(names, ", ")
}
