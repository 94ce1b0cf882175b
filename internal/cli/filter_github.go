package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/transport"
	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/githubapp"
	"github.com/gijctl/gijctl/pkg/secret"
)

const (
	userRepositories         = "/user/repos"
	installationRepositories = "/installation/repositories"
	// installationToken is how GitHub's tokens of an app's installation begin.
	installationToken = "ghs_"
	// maxHostPages bounds a list whose pages never end: 100,000 repositories.
	maxHostPages = 1000
	perPage      = "100"
)

// gitHubAPI returns the root of the REST API of a GitHub host: api.github.com, api.SUB.ghe.com, else ROOT/api/v3. A path of the
// root is kept, unlike for apps: a list can also be had from what stands in for a host.
func gitHubAPI(root string) (*url.URL, error) {
	const hint = "give it like: --host https://github.example.com"
	u, err := url.Parse(root)
	if err != nil || u.Host == "" {
		return nil, usageError(hint, "--host: %q is not the address of a host", root)
	}
	path := strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/api/v3")
	u.Path, u.RawPath = "", ""
	host, err := githubapp.ParseHost(u.String())
	if err != nil {
		return nil, usageError(hint, "--host: %v", err)
	}
	base, err := url.Parse(host.API())
	if err == nil && host.Kind() == githubapp.KindServer {
		base.Path = path + base.Path
	}
	return base, err
}

// gitHubList is the reading of one list.
type gitHubList struct {
	base   *url.URL
	client *http.Client
	rate   rateLimit
}

// rateLimit is what GitHub tells with each answer; GitHub Enterprise Server tells nothing unless its administrator set limits.
type rateLimit struct {
	limit, remaining int
	reset            time.Time
	known            bool
}

// listGitHub reads the list of repositories from a GitHub host.
func (a *app) listGitHub(ctx context.Context, o filterTestOptions, f filter) (*repositoryList, error) {
	base, err := gitHubAPI(o.host)
	if err != nil {
		return nil, err
	}
	token, err := a.gitHubToken(o.tokenFile, base)
	if err != nil {
		return nil, err
	}
	typ, path, err := a.gitHubPath(f, base, token)
	if err != nil {
		return nil, err
	}
	f.typ = typ
	if err := f.checkForm(o.explain); err != nil {
		return nil, err
	}
	client, err := a.gitHubClient(base, token)
	if err != nil {
		return nil, err
	}
	a.refusedHint = "" // it is about Jira
	l := &gitHubList{base: base, client: client}
	documents, err := l.pages(ctx, path)
	if l.rate.known {
		a.note("%s lets this token ask %d more of %d times until %s", base.Host, l.rate.remaining, l.rate.limit, l.rate.reset.UTC().Format(time.RFC3339))
	}
	if err != nil {
		return nil, err
	}
	items, err := repositoriesIn(documents, typ)
	if total := totalOf(documents); err == nil && total > len(items) {
		a.warn("%s counts %d repositories, and listed %d of them", base.Host, total, len(items))
	}
	if err != nil {
		return nil, &cliError{code: codeFailed, message: fmt.Sprintf("%s%s: %v", base, path, err), hint: "the path is that of a list of repositories, like " + userRepositories}
	}
	return newRepositoryList(typ, base.String()+path, items), nil
}

// totalOf is how many repositories an installation has, as GitHub counts them; 0 where it does not.
func totalOf(documents []any) int {
	first, _ := documents[0].(map[string]any)
	total, _ := first["total_count"].(float64)
	return int(total)
}

// gitHubPath decides which list is asked for. An installation has no user, so that its token can list one thing alone.
func (a *app) gitHubPath(f filter, base *url.URL, token secret.Value) (gijspec.Type, string, error) {
	if f.path != "" && !strings.HasPrefix(f.path, "/") { // what Jira told could lead to another host
		return "", "", usageError("give it with: --path /user/repos", "the apiPath of the integration does not begin with /: %q", f.path)
	}
	typ := f.typ
	if typ == "" {
		typ = gijspec.GitHub
		if base.Path != "" {
			typ = gijspec.GitHubServer
		}
		if strings.HasPrefix(f.path, installationRepositories) || f.path == "" && strings.HasPrefix(token.Reveal(), installationToken) {
			typ = gijspec.GitHubApp
			a.note("the token is one of an app's installation: the list is the installation's, as with --type %s", typ)
		}
	}
	switch typ {
	case gijspec.GitHub, gijspec.GitHubServer:
		return typ, cmp.Or(f.path, userRepositories), nil
	case gijspec.GitHubApp:
		return typ, cmp.Or(f.path, installationRepositories), nil
	}
	return "", "", usageError("save the host's answer, and give it as FILE", "only GitHub hosts can be asked, not one of the type %s", typ)
}

// gitHubToken reads the token for the host.
func (a *app) gitHubToken(file string, base *url.URL) (secret.Value, error) {
	token, from := secret.New(a.env.Get("GITHUB_TOKEN")), "GITHUB_TOKEN"
	if file != "" {
		var err error
		if token, err = a.readSecret(secretSource{key: "token", file: file}); err != nil {
			return token, err
		}
		from = inputName(file)
	}
	if token.IsZero() {
		return token, &cliError{code: codeAuth, message: "no token for " + base.Host, hint: "type: read -rs GITHUB_TOKEN; export GITHUB_TOKEN; or give --token-file FILE"}
	}
	if strings.ContainsFunc(token.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
		return token, &cliError{code: codeAuth, message: from + " contains a character that no token has", hint: "give the token alone, as GitHub showed it"}
	}
	return token, nil
}

// gitHubClient makes a client that sends the token to this host alone. What a context keeps for Jira does not count for it.
func (a *app) gitHubClient(base *url.URL, token secret.Value) (*http.Client, error) {
	if a.flags.retries < 0 || a.flags.timeout <= 0 {
		return nil, usageError("give them like: --retries 3 --timeout 30s", "--retries cannot be negative, and --timeout must be positive")
	}
	tls, err := a.flags.connection.TLS()
	if err != nil {
		return nil, err
	}
	if a.flags.connection.Insecure {
		a.warn("--insecure: the certificate of %s is not checked, so anybody on the way can read the token", base.Host)
	}
	return transport.New(transport.Options{
		Base:      base,
		Authorize: func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token.Reveal()) },
		Header:    http.Header{"User-Agent": {"gijctl/" + version().Version}, "Accept": {"application/vnd.github+json"}},
		Timeout:   a.flags.timeout, Retries: a.flags.retries, MaxBody: maxHostAnswer, ReadOnly: true, Trace: a.traceTo(),
		TLS: tls, Proxy: config.Proxy(a.env), Now: a.now,
	}), nil
}

// pages reads all pages of a list: where the next one is, the header Link says.
func (l *gitHubList) pages(ctx context.Context, path string) ([]any, error) {
	next, err := url.Parse(l.base.String() + path)
	if err != nil || !transport.SameOrigin(l.base, next) {
		return nil, usageError("give it like: --path /orgs/acme/repos", "the path cannot be used: %q", path)
	}
	if query := next.Query(); !query.Has("per_page") {
		query.Set("per_page", perPage)
		next.RawQuery = query.Encode()
	}
	var documents []any
	seen := map[string]bool{}
	for next != nil {
		if seen[next.String()] || len(documents) == maxHostPages {
			return nil, l.failed(http.StatusOK, "the pages of its list do not end", "give a --path with fewer repositories")
		}
		seen[next.String()] = true
		var document any
		if document, next, err = l.page(ctx, next); err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
	return documents, nil
}

func (l *gitHubList) page(ctx context.Context, u *url.URL) (document any, next *url.URL, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, nil, err
	}
	res, err := l.client.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err // the address is in the message already
		}
		return nil, nil, &cliError{code: codeFailed, message: fmt.Sprintf("ask %s: %v", l.base.Host, err), hint: "is --host right, and can it be reached from here?", cause: err}
	}
	defer func() { _ = res.Body.Close() }()
	l.rate = rateOf(res.Header)
	if res.StatusCode != http.StatusOK {
		return nil, nil, l.refused(res)
	}
	if err := json.NewDecoder(res.Body).Decode(&document); err != nil {
		return nil, nil, l.failed(res.StatusCode, "its answer cannot be read as JSON: "+err.Error(), "is --host the web root of a GitHub host?")
	}
	if next, err = transport.NextPage(res.Request.URL, res.Header); err != nil {
		return nil, nil, l.failed(res.StatusCode, err.Error(), "is there a proxy that changes addresses?")
	}
	return document, next, nil
}

func rateOf(h http.Header) rateLimit {
	limit, err := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	remaining, err2 := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	reset, err3 := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	return rateLimit{limit, remaining, time.Unix(reset, 0), errors.Join(err, err2, err3) == nil}
}

// refused says why the host did not answer with a list.
func (l *gitHubList) refused(res *http.Response) error {
	status := res.StatusCode
	why := http.StatusText(status)
	var body struct{ Message string }
	if data, err := io.ReadAll(io.LimitReader(res.Body, maxRequestFile)); err == nil && json.Unmarshal(data, &body) == nil && body.Message != "" {
		why = body.Message
	}
	if status >= http.StatusMultipleChoices && status < http.StatusBadRequest {
		return l.failed(status, "it sends on to another address, which was not asked", "is --host the web root, with https?")
	}
	limited := status == http.StatusForbidden || status == http.StatusTooManyRequests
	switch {
	case limited && l.rate.known && l.rate.remaining == 0:
		return l.failed(status, "its rate limit is used up until "+l.rate.reset.UTC().Format(time.RFC3339), "try again then, or with another token")
	case limited && res.Header.Get("Retry-After") != "":
		return l.failed(status, "it asks to wait "+res.Header.Get("Retry-After")+" s", "try again then")
	case status == http.StatusForbidden && res.Header.Get("X-GitHub-SSO") != "":
		return l.denied(status, why, "authorize the token for the organization's single sign-on, on GitHub's page of tokens")
	case status == http.StatusForbidden:
		return l.denied(status, why, "an installation's token lists: --type GITHUB_APP; else the token lacks a permission")
	case status == http.StatusUnauthorized:
		return l.denied(status, why, "is the token for this host, and still valid?")
	case status == http.StatusNotFound:
		e := l.failed(status, "there is no such list, or the token may not see it", "is --path right, and --host the web root?")
		e.code = codeNotFound
		return e
	}
	return l.failed(status, why, "")
}

func (l *gitHubList) denied(status int, why, hint string) error {
	e := l.failed(status, why, hint)
	e.code = codeAuth
	return e
}

func (l *gitHubList) failed(status int, why, hint string) *gitHubError {
	return &gitHubError{cliError: cliError{code: codeFailed, message: l.base.Host + ": " + why, hint: hint}, status: status}
}

// gitHubError is an answer of a GitHub host that is no list.
type gitHubError struct {
	cliError
	status int
}

// HTTPStatus returns the status of the answer.
func (e *gitHubError) HTTPStatus() int { return e.status }
