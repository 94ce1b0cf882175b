package doctor

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// serverInfoPath is where Jira tells anybody what it is.
const serverInfoPath = "/rest/api/2/serverInfo"

// maxBody is how much of an answer is looked at.
const maxBody = 64 << 10

// answer is what came back to a request without credentials.
type answer struct {
	base     *url.URL // below which was asked
	status   int
	header   http.Header
	body     []byte // its beginning
	location *url.URL
	arrived  time.Time            // by this machine's clock
	tls      *tls.ConnectionState // nil without a handshake; set also where err is
	err      error
	info     *serverInfo // nil if this is not what Jira answers
}

// serverInfo is what is needed of Jira's answer.
type serverInfo struct {
	BaseURL        string `json:"baseUrl"`
	Version        string `json:"version"`
	DeploymentType string `json:"deploymentType"`
}

// probe asks below base what kind of Jira is there, without the credential and the header file: it accepts any certificate,
// to be able to look at it, and so may be talking to anybody.
func (e *exam) probe(ctx context.Context, base *url.URL) *answer {
	return e.ask(ctx, base, base.String()+serverInfoPath)
}

func (e *exam) ask(ctx context.Context, base *url.URL, address string) *answer {
	ctx, cancel := e.step(ctx)
	defer cancel()
	a := &answer{base: base}
	var seen atomic.Pointer[tls.ConnectionState]
	t := e.lookingTransport(&seen)
	defer t.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		a.err = err
		return a
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", e.Client.UserAgent)
	res, err := t.RoundTrip(r) // not a client: it would follow redirects
	a.tls = seen.Load()
	if err != nil {
		a.err = err
		return a
	}
	defer func() { _ = res.Body.Close() }()
	a.arrived = e.Now()
	a.read(res)
	return a
}

func (a *answer) read(res *http.Response) {
	a.status, a.header = res.StatusCode, res.Header
	if target, err := res.Location(); err == nil {
		a.location = target
	}
	if a.body, a.err = io.ReadAll(io.LimitReader(res.Body, maxBody)); a.err != nil {
		return
	}
	var info serverInfo
	if a.status == http.StatusOK && json.Unmarshal(a.body, &info) == nil && info.Version != "" {
		a.info = &info
	}
}

// lookingTransport goes the way that the client goes, and stores in seen what the server shows of itself on it.
func (e *exam) lookingTransport(seen *atomic.Pointer[tls.ConnectionState]) *http.Transport {
	t := &http.Transport{DisableKeepAlives: true, TLSHandshakeTimeout: e.Timeout, TLSClientConfig: &tls.Config{
		MinVersion:         tls.VersionTLS10, // to be able to say that it is too old
		CipherSuites:       allSuites(),
		InsecureSkipVerify: true, //nolint:gosec // the certificate is verified by hand, and nothing secret is sent
		VerifyConnection: func(state tls.ConnectionState) error {
			seen.Store(&state)
			return nil
		},
	}}
	verified := e.clientTLS()
	t.TLSClientConfig.Certificates = verified.Certificates
	proxy, _ := proxyFor(e.Client.Proxy, e.base) // it was checked before
	if proxy == nil {
		return t
	}
	t.Proxy = http.ProxyURL(proxy)
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
		if res.StatusCode != http.StatusOK {
			return &refusedError{res.StatusCode}
		}
		return nil
	}
	if proxy.Scheme == "https" {
		// Then this dials the proxy alone. It may be sent a password, so that its certificate must be right.
		t.DialTLSContext = (&tls.Dialer{Config: verified}).DialContext
	}
	return t
}

// clientTLS are the settings of the client that sends the credential.
func (e *exam) clientTLS() *tls.Config {
	if e.Client.TLS == nil {
		return &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return e.Client.TLS
}

// allSuites are all cipher suites that this program can speak, also those that the client does not offer.
func allSuites() []uint16 {
	var ids []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ids = append(ids, suite.ID)
	}
	return ids
}

func (a *answer) isHTML() bool {
	return strings.Contains(a.header.Get("Content-Type"), "text/html") || strings.HasPrefix(strings.TrimSpace(string(a.body)), "<")
}

// isLogin reports whether a login page is in the way: Jira's own, or one of a single sign-on, also on another host.
func (a *answer) isLogin() bool {
	if a.location != nil && a.isRedirect() {
		return a.elsewhere() || strings.Contains(strings.ToLower(a.location.Path), "login")
	}
	text := string(a.body)
	hasForm := strings.Contains(text, "os_username") || strings.Contains(text, "login-form")
	return a.isHTML() && (a.status < http.StatusMultipleChoices || hasForm)
}

func (a *answer) isRedirect() bool {
	return a.status >= http.StatusMultipleChoices && a.status < http.StatusBadRequest
}

// elsewhere reports whether this is a redirect to another server. Another port of the same host is one.
func (a *answer) elsewhere() bool {
	return a.location != nil && a.isRedirect() && !sameHost(a.location, a.base)
}
