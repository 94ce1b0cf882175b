package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// checkContextPath checks that Jira is below the URL, and not somewhere else on its host. It returns the answer that Jira or
// what stands before it gave, nil where it is known that no other check is worth its request.
func (e *exam) checkContextPath(ctx context.Context, first *answer) *answer {
	switch {
	case first.info != nil:
		e.judgeServerInfo(*first.info)
		return first
	case first.status == http.StatusTooManyRequests:
		e.skip(CheckContextPath, CheckRateLimit)
		e.blockedBy(CheckRateLimit)
		return first
	case first.status == http.StatusUnauthorized || first.status == http.StatusForbidden:
		return first // the credential will tell
	}
	if found := e.lookAround(ctx, first); found != nil {
		e.block(CheckContextPath, e.pathProblem(found.base), "type: --url "+found.base.String())
		return nil
	}
	if first.isLogin() {
		return first
	}
	e.block(CheckContextPath, "this is no Jira: "+first.describe()+" below "+e.base.String(), noJiraRemedy(first.status))
	return nil
}

func noJiraRemedy(status int) string {
	if status >= http.StatusInternalServerError {
		return "a proxy cannot reach Jira, or Jira is being started: try again in a minute, or ask whoever runs it"
	}
	return "open Jira in a browser, and take what stands before /secure, /browse or /projects: --url https://jira.example.com/jira"
}

// describe is what an answer looks like: "404 Not Found, text/html".
func (a *answer) describe() string {
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	if a.location != nil && a.isRedirect() {
		return statusText(a.status) + " to " + withoutQuery(a.location)
	}
	if kind == "" {
		return statusText(a.status)
	}
	return statusText(a.status) + ", " + kind
}

func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}

// withoutQuery leaves out what of a URL may be a session or a ticket.
func withoutQuery(u *url.URL) string {
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return shown.String()
}

// judgeServerInfo compares what Jira calls itself with how it is called here.
func (e *exam) judgeServerInfo(info serverInfo) {
	if strings.EqualFold(info.DeploymentType, "Cloud") {
		e.block(CheckContextPath, "this is Jira Cloud, whose Git Integration is another product",
			"gijctl administers Git Integration for Jira Self-Managed: give the URL of a Jira Data Center")
		return
	}
	own, err := url.Parse(strings.TrimRight(info.BaseURL, "/"))
	if err != nil || own.Host == "" {
		e.ok(CheckContextPath, "Jira answers below "+e.base.String())
		return
	}
	if !sameHost(own, e.base) || own.Path != e.base.Path {
		name := withoutQuery(own)
		remedy := "a Jira administrator sets it (System > General configuration > Base URL)"
		if e.blocker == "" && isPlain(name) && (own.Scheme == "https" || e.base.Scheme == "http") {
			remedy = "if that is the right one, use it: --url " + name + "; else " + remedy
		}
		e.warn(CheckContextPath, "Jira answers below "+e.base.String()+", but calls itself "+name, remedy)
		return
	}
	e.ok(CheckContextPath, "Jira answers below "+e.base.String())
}

// sameHost compares host and port. Where both URLs leave the port out, the scheme makes no difference: a proxy may have ended
// TLS.
func sameHost(a, b *url.URL) bool {
	bothDefault := a.Port() == "" && b.Port() == ""
	return strings.EqualFold(a.Hostname(), b.Hostname()) && (bothDefault || address(a) == address(b))
}

// lookAround looks for Jira where it is likely to be instead, and nowhere but on the host of the URL.
func (e *exam) lookAround(ctx context.Context, first *answer) *answer {
	if found := e.firstJira(ctx, slices.Concat(e.redirected(first), e.shorter(), e.longer())); found != nil {
		return found
	}
	root := e.at(e.base.Scheme, "")
	return e.firstJira(ctx, e.redirected(e.ask(ctx, root, root.String()+"/")))
}

// firstJira asks all candidates at once, and returns the first of them that is a Jira, nil if none is.
func (e *exam) firstJira(ctx context.Context, candidates []*url.URL) *answer {
	answers := make([]*answer, len(candidates))
	var all sync.WaitGroup
	for n, candidate := range candidates {
		all.Go(func() { answers[n] = e.probe(ctx, candidate) })
	}
	all.Wait()
	for _, a := range answers {
		if a.err == nil && a.info != nil {
			return a
		}
	}
	return nil
}

// maxShorter is how many segments of a path are left out at most.
const maxShorter = 3

// shorter are the URLs with fewer segments: the path is doubled, or that of a page.
func (e *exam) shorter() []*url.URL {
	var all []*url.URL
	path := e.base.Path
	for range maxShorter {
		end := strings.LastIndex(path, "/")
		if end < 0 {
			break
		}
		path = path[:end]
		all = append(all, e.at(e.base.Scheme, path))
	}
	return all
}

// longer are the URLs with the context path that Atlassian's documentation has, and the other scheme.
func (e *exam) longer() []*url.URL {
	all := []*url.URL{e.at(e.base.Scheme, e.base.Path+"/jira"), e.at(e.base.Scheme, "/jira")}
	if e.base.Scheme == "http" && e.base.Port() != "" {
		all = append(all, e.at("https", e.base.Path)) // a port for TLS that was asked without
	}
	return all
}

func (e *exam) at(scheme, path string) *url.URL {
	return &url.URL{Scheme: scheme, Host: e.base.Host, Path: path}
}

// redirected are the URLs that a redirect to the same host hints at.
func (e *exam) redirected(a *answer) []*url.URL {
	if a.err != nil || a.location == nil || !a.isRedirect() || !strings.EqualFold(a.location.Hostname(), e.base.Hostname()) {
		return nil
	}
	path := a.location.Path
	for _, page := range []string{serverInfoPath, "/secure/", "/login.jsp", "/browse/", "/projects/"} {
		path, _, _ = strings.Cut(path, page)
	}
	target := &url.URL{Scheme: a.location.Scheme, Host: a.location.Host, Path: strings.TrimRight(path, "/")}
	if e.base.Scheme == "https" && target.Scheme != "https" {
		target = e.at(e.base.Scheme, target.Path) // Jira may not know of the TLS before it, without which the token is readable
	}
	if !isPlain(target.String()) {
		return nil
	}
	return []*url.URL{target}
}

// isPlain reports whether a text of the server can be typed into a shell, which would carry out some signs.
func isPlain(text string) bool {
	return !strings.ContainsAny(text, " !\"#$&'()*;<>?\\`{|}")
}

// pathProblem says what is wrong with the URL, seen from the right one.
func (e *exam) pathProblem(right *url.URL) string {
	switch given := e.base.Path; {
	case right.Scheme != e.base.Scheme:
		return "Jira answers at " + right.Scheme + ", not at " + e.base.Scheme
	case right.Host != e.base.Host:
		return "Jira answers at another port: " + right.Host
	case given == right.Path+right.Path:
		return "the context path is doubled: " + given
	case strings.HasPrefix(given, right.Path):
		return "the path of the URL is too long: Jira is below " + rootOr(right.Path) + ", not below " + given
	case given == "":
		return "the context path is missing: Jira is below " + right.Path
	default:
		return "the context path is wrong: Jira is below " + right.Path + ", not below " + given
	}
}

func rootOr(path string) string {
	if path == "" {
		return "the root of its host"
	}
	return path
}
