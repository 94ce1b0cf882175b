package gij

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/gijctl/gijctl/internal/transport"
	"github.com/gijctl/gijctl/pkg/secret"
)

// Config says which Jira a [Client] talks to, and how.
type Config struct {
	// BaseURL is Jira's base URL with its context path: https://jira.example.com/jira.
	BaseURL string
	// Token is a Jira personal access token, sent as Bearer. See
	// https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html.
	Token secret.Value
	// User and Password are sent as HTTP Basic when there is no Token. Jira 11 is reported to switch Basic off.
	User     string
	Password secret.Value

	UserAgent string
	// Header is what a proxy in front of Jira asks for.
	Header http.Header
	// Timeout bounds connecting, the wait for an answer and each pause in it or in taking a body. Default 60 s.
	Timeout time.Duration
	// Retries is how often a request that is safe to repeat is repeated.
	Retries int
	// MaxBody is the size in bytes, after decompression, beyond which an answer is refused. Default 1 GiB.
	MaxBody int64
	// ReadOnly refuses to send anything that changes the server.
	ReadOnly bool
	// Trace receives a log of requests and answers without secrets; nil means none.
	Trace io.Writer
	TLS   *tls.Config
	Proxy func(*url.URL) (*url.URL, error)
	// Wait pauses between attempts and look-ups. Tests replace it; the default is a timer.
	Wait func(context.Context, time.Duration) error
}

// Client talks to one Jira. It is safe for concurrent use.
type Client struct {
	base *url.URL
	http *resty.Client
	wait func(context.Context, time.Duration) error
	// basic tells that the client logs in by user and password, which changes the advice on a 401.
	basic bool
	// oldReindex and oldCommits remember that the server does not have the newer of two documented resources.
	oldReindex, oldCommits atomic.Bool

	// Integrations is the integration API.
	Integrations *IntegrationsService
	// Repositories is the repository API.
	Repositories *RepositoriesService
	// Reindex is the indexing API.
	Reindex *ReindexService
	// Issues is what GIJ knows of an issue: its commits, branches and tags.
	Issues *IssuesService
	// Settings are GIJ's general settings, as far as the API has them.
	Settings *SettingsService
	// Bulk is the bulk change API.
	Bulk *BulkService
	// Jira is the little of Jira's own REST API that GIJ's needs.
	Jira *JiraService
}

// service is what all services share.
type service struct{ client *Client }

// IntegrationsService adds, reads, changes and removes integrations. Only Jira administrators and GIJ managers may.
type IntegrationsService service

// JiraService reads Jira's own REST API.
type JiraService service

// New returns a client. It sends nothing.
func New(c Config) (*Client, error) {
	base, err := ParseBaseURL(c.BaseURL)
	if err != nil {
		return nil, err
	}
	if c.Wait == nil {
		c.Wait = transport.Wait
	}
	client := &Client{base: base, wait: c.Wait, basic: c.Token.IsZero() && c.User != ""}
	client.http = resty.NewWithClient(transport.New(transport.Options{
		Base: base, Authorize: c.authorize, Header: c.header(), Timeout: c.Timeout, Retries: c.Retries,
		MaxBody: c.MaxBody, ReadOnly: c.ReadOnly, Trace: c.Trace, TLS: c.TLS, Proxy: c.Proxy, Wait: c.Wait,
	})).SetDisableWarn(true).SetLogger(silent{})
	shared := &service{client: client}
	client.Integrations = (*IntegrationsService)(shared)
	client.Repositories = (*RepositoriesService)(shared)
	client.Reindex = (*ReindexService)(shared)
	client.Issues = (*IssuesService)(shared)
	client.Settings = (*SettingsService)(shared)
	client.Bulk = (*BulkService)(shared)
	client.Jira = (*JiraService)(shared)
	return client, nil
}

// ParseBaseURL checks that s can be Jira's base URL and returns it without a slash at its end. An error repeats of s only
// what cannot hold a password.
func ParseBaseURL(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(s, "/"))
	switch {
	case err != nil:
		// The error of url.Parse repeats the whole URL, which may hold a password.
		return nil, errors.New("the Jira URL cannot be parsed; write it like https://jira.example.com/jira")
	case u.User != nil:
		return nil, errors.New("the Jira URL holds a user name or password; leave them out, and log in with a token")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("the Jira URL does not begin with https://; write it like https://jira.example.com/jira")
	case u.Hostname() == "":
		return nil, errors.New("the Jira URL names no host; write it like https://jira.example.com/jira")
	case strings.ContainsAny(s, "?#"):
		return nil, fmt.Errorf("the Jira URL has a query or a fragment; write the base URL alone, like %s://%s", u.Scheme, u.Host)
	case strings.Contains(u.Path+"/", "/rest/") || strings.Contains(u.Path+"/", "/secure/"):
		return nil, fmt.Errorf("the Jira URL %q is the address of a page; write the base URL alone, with its context path if there is one", u)
	}
	return u, nil
}

func (c Config) authorize(r *http.Request) {
	if !c.Token.IsZero() {
		r.Header.Set("Authorization", "Bearer "+c.Token.Reveal())
		return
	}
	if c.User != "" {
		r.SetBasicAuth(c.User, c.Password.Reveal())
	}
}

func (c Config) header() http.Header {
	h := http.Header{}
	for name, values := range c.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	h.Set("User-Agent", c.UserAgent)
	if c.UserAgent == "" {
		h.Set("User-Agent", "gijctl")
	}
	// Jira refuses some writes without it ("XSRF check failed"), and it never hurts.
	h.Set("X-Atlassian-Token", "no-check")
	return h
}

// silent keeps resty off stderr: what matters comes back as an error.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}
