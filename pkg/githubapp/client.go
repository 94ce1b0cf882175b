package githubapp

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/google/go-github/v89/github"

	"github.com/gijctl/gijctl/internal/transport"
	"github.com/gijctl/gijctl/pkg/secret"
)

const (
	// apiVersion is the oldest that GitHub knows: a server that knows versions at all knows this one.
	apiVersion = "2022-11-28"
	// accept names plain JSON as well, for what stands in front of GitHub, or for it, and knows no vendor's type.
	accept = "application/vnd.github+json, application/json;q=0.9"
	// maxAnswer is the size in bytes of the largest answer that is read: a page of a list is a thirtieth of it.
	maxAnswer = 16 << 20
	// maxConversion is the same for an app's credentials, which are about 5 KB.
	maxConversion = 1 << 20
)

// Config says how to reach a host. The zero value of each field is usable.
type Config struct {
	Host      Host
	UserAgent string // GitHub refuses requests without one; the default is "gijctl"
	TLS       *tls.Config
	Proxy     func(*url.URL) (*url.URL, error) // nil is none
	Timeout   time.Duration                    // see [transport.Options]; default 60 s
	Retries   int                              // how often what is safe to repeat is repeated, and a rate limit is waited for
	ReadOnly  bool                             // refuses everything but GET and HEAD
	Trace     io.Writer                        // nil is no trace; secrets and codes are never in it
	Now       func() time.Time
	Wait      func(context.Context, time.Duration) error
	// Waiting is told before a wait for the host's rate limit to end; nil tells nobody.
	Waiting func(h Host, until time.Time)
}

// Client asks a host what needs no key. It is safe for concurrent use.
type Client struct {
	config Config
	api    *github.Client
	once   *github.Client // repeats nothing by itself
}

// New makes a client. It sends nothing.
func New(c Config) (*Client, error) {
	c.UserAgent = cmp.Or(c.UserAgent, "gijctl")
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Wait == nil {
		c.Wait = transport.Wait
	}
	client := &Client{config: c}
	var err error
	if client.api, err = c.connect(c.Retries, maxAnswer); err != nil {
		return nil, err
	}
	client.once, err = c.connect(0, maxConversion)
	return client, err
}

// connect makes go-github's client over the transport that all of this program uses. Its own memory of rate limits is off: what is
// waited for, [Client.send] decides.
func (c Config) connect(retries int, maxBody int64) (*github.Client, error) {
	root := c.Host.API() + "/"
	base, err := url.Parse(root)
	if err != nil {
		return nil, &Error{Kind: KindUsage, Message: "the address of the GitHub host cannot be used", Advice: hostAdvice}
	}
	uploads := c.Host.Uploads() + "/"
	client, err := github.NewClient(
		github.WithHTTPClient(transport.New(transport.Options{
			Base: base, Authorize: authorize, Header: http.Header{"User-Agent": {c.UserAgent}, "Accept": {accept}},
			Timeout: c.Timeout, Retries: retries, OwnRateLimits: true, MaxBody: maxBody, ReadOnly: c.ReadOnly, Trace: c.Trace,
			TLS: c.TLS, Proxy: c.Proxy, Wait: c.Wait, Now: c.Now,
		})),
		github.WithURLs(&root, &uploads), github.WithUserAgent(c.UserAgent), github.WithDisableRateLimitCheck(),
	)
	if err != nil {
		return nil, fmt.Errorf("prepare for %s: %w", c.Host.Name(), err)
	}
	return client, nil
}

// tokenKey is what a context keeps the token of its requests under.
type tokenKey struct{}

// authorize puts the token of a request's context on it. The transport calls it for the host's API origin alone.
func authorize(r *http.Request) {
	if token, has := r.Context().Value(tokenKey{}).(secret.Value); has {
		r.Header.Set("Authorization", "Bearer "+token.Reveal())
	}
}

// Host returns the host that the client asks.
func (c *Client) Host() Host { return c.config.Host }

// Organization returns the account of an organization; a KindNotFound error where there is none.
//
// https://docs.github.com/en/rest/orgs/orgs#get-an-organization
func (c *Client) Organization(ctx context.Context, org string) (Account, error) {
	var account Account
	err := c.get(ctx, request{
		op: "look up the organization " + org, path: "orgs/" + url.PathEscape(org),
		missing: missing{fmt.Sprintf("%s has no organization %q, or shows it to its members alone", c.Host().Name(), org), "check its name: it is the word after " + c.Host().Web() + "/"},
	}, &account, func() bool { return account.ID != 0 })
	if err == nil && account.Type == "" {
		account.Type = "Organization"
	}
	return account, err
}

// As returns a client that signs in as an app, with its id or client id.
func (c *Client) As(issuer string, key *secret.PrivateKey) *AppClient {
	return &AppClient{client: c, issuer: issuer, key: key}
}
