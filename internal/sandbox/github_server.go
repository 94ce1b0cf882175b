package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// gitHubAPI is where the REST API of an Enterprise Server is, below its web root.
const gitHubAPI = "/api/v3"

// gitHubHost serves the sandbox's GitHub, on an origin of its own.
type gitHubHost struct {
	http     *http.Server
	listener net.Listener
	pages    http.Handler
	recorder recorder
	serial   atomic.Int64
	used     atomic.Int64 // requests that count for the rate limit
}

func (h *gitHubHost) listen(ctx context.Context, s *Server, addr string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return badOption("addr", "start the sandbox's GitHub: %v", err)
	}
	h.listener, h.pages = listener, s.gitHubRoutes()
	s.GitHubURL = "http://" + listener.Addr().String()
	h.http = &http.Server{Handler: http.HandlerFunc(s.handleGitHub), ReadHeaderTimeout: 10 * time.Second}
	return nil
}

func (h *gitHubHost) serve(s *Server) {
	go func() {
		if err := h.http.Serve(h.listener); !errors.Is(err, http.ErrServerClosed) {
			_ = s.http.Close() // one half alone is no sandbox
		}
	}()
}

func (h *gitHubHost) close(ctx context.Context) error {
	if h.http.Shutdown(ctx) != nil {
		return h.http.Close()
	}
	return nil
}

// GitHubRequests returns what arrived at the sandbox's GitHub so far, as [Server.Requests] does for Jira.
func (s *Server) GitHubRequests() []Request { return s.gitHub.recorder.all() }

// gitHubCall is one request on its way through the sandbox's GitHub.
type gitHubCall struct {
	s      *Server
	r      *http.Request
	faults *faultSet
	body   []byte
	form   url.Values // of a page
	st     *state
	gh     *gitHub
	app    *hostedApp    // that a JWT signed in
	on     *installation // whose token signed in
	token  appToken
}

// gitHubDo answers a request. Changes are kept if it returns no error.
type gitHubDo func(*gitHubCall) (answer, error)

// handleGitHub answers every request to the sandbox's GitHub. Where the host's name begins with "api." the API is at its root.
func (s *Server) handleGitHub(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.Host, "api.") && !strings.HasPrefix(r.URL.Path, gitHubAPI+"/") {
		r.URL.Path = gitHubAPI + r.URL.Path
		if r.URL.RawPath != "" {
			r.URL.RawPath = gitHubAPI + r.URL.RawPath
		}
	}
	s.gitHub.pages.ServeHTTP(w, r)
}

// answerGitHub makes the handler of a route.
func (s *Server) answerGitHub(do gitHubDo) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &gitHubCall{s: s, r: r, faults: s.faults.Load()}
		var err error
		c.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		finish := s.gitHub.recorder.arrived(r, c.body)
		a := answer{delivery: deliverReset}
		if err == nil {
			a = c.answer(do)
		}
		finish(a) // before the client can look
		c.deliver(w, a)
	}
}

// answer runs what answers the request, on a copy of the state that is kept unless it only reads.
func (c *gitHubCall) answer(do gitHubDo) answer {
	if a, stopped := c.before(); stopped {
		return a
	}
	var a answer
	run := func(st *state) error {
		c.st, c.gh = st, st.GitHub
		var err error
		a, err = do(c)
		return err
	}
	var err error
	if c.isRead() {
		var st *state
		if st, err = c.s.store.view(); err == nil {
			err = run(st)
		}
	} else {
		err = c.s.store.update(run)
	}
	var refused refusal
	switch {
	case errors.As(err, &refused):
		return c.refused(refused)
	case err != nil:
		return c.refused(refusal{status: http.StatusInternalServerError, message: err.Error()})
	}
	return a
}

func (c *gitHubCall) isRead() bool {
	return c.r.Method == http.MethodGet || c.r.Method == http.MethodHead
}

func (c *gitHubCall) isAPI() bool { return strings.HasPrefix(c.r.URL.Path, gitHubAPI+"/") }

// now is GitHub's clock.
func (c *gitHubCall) now() time.Time { return c.s.now().Add(c.faults.pause("github-clock")) }

// web returns the web root as GitHub's answers have it.
func (c *gitHubCall) web() string {
	if root := c.faults.value("github-url"); root != "" {
		return strings.TrimRight(root, "/")
	}
	return "http://" + strings.TrimPrefix(c.r.Host, "api.")
}

// api returns the root of the API as GitHub's answers have it.
func (c *gitHubCall) api() string {
	web := c.web()
	scheme, host, _ := strings.Cut(web, "://")
	switch {
	case c.faults.has("github-url") && c.isDotcom(), strings.HasPrefix(c.r.Host, "api."):
		return scheme + "://api." + host
	}
	return web + gitHubAPI
}

// isDotcom reports whether GitHub is GitHub.com, or GHE.com, and no Enterprise Server.
func (c *gitHubCall) isDotcom() bool {
	if kind := c.faults.value("github-kind"); kind != "" {
		return kind == "dotcom"
	}
	_, host, _ := strings.Cut(c.faults.value("github-url"), "://")
	return host == "github.com" || strings.HasSuffix(host, ".ghe.com")
}

// before applies what stands before GitHub. It reports true when that is the answer.
func (c *gitHubCall) before() (answer, bool) {
	if !c.isAPI() {
		return answer{}, false
	}
	switch {
	case c.faults.has("github-no-api"):
		return htmlAnswer(http.StatusNotFound, gitHubNotFoundPage()), true
	case c.faults.take("github-drop"):
		return answer{delivery: deliverReset}, true
	case c.faults.take("github-waf"):
		return htmlAnswer(http.StatusForbidden, proxyPage("403 Forbidden")), true
	case c.faults.take("github-unavailable"):
		return htmlAnswer(http.StatusServiceUnavailable, proxyPage("503 Service Temporarily Unavailable")), true
	case c.r.UserAgent() == "":
		return htmlAnswer(http.StatusForbidden, noUserAgentPage()), true
	case !c.isVersion(c.r.Header.Get("X-GitHub-Api-Version")):
		return c.refused(refusal{status: http.StatusBadRequest, message: "The version of the API that the request asks for is not supported.", docs: "/rest/about-the-rest-api/api-versions"}), true
	case c.faults.take("github-rate"):
		return c.limited(), true
	case c.faults.take("github-secondary-rate"):
		return c.slowedDown(), true
	}
	return answer{}, false
}

// isVersion reports whether a version of the REST API is served, as the one that is meant without a header is. That an Enterprise Server
// lacks the newer one is an assumption.
func (c *gitHubCall) isVersion(name string) bool {
	return name == "" || name == gitHubVersion || name == "2026-03-10" && c.isDotcom()
}

func (c *gitHubCall) rateWait() int64 {
	if c.faults.has("github-rate-wait") {
		return int64(c.faults.number("github-rate-wait"))
	}
	return 1
}

// limited is the answer of the primary rate limit.
func (c *gitHubCall) limited() answer {
	a := c.refused(refusal{
		status: http.StatusForbidden, message: "API rate limit exceeded for installation ID " + number(c.s.App.InstallationID) + ".",
		docs: "/rest/overview/rate-limits-for-the-rest-api",
	})
	a.header = rateHeaders(0, c.now().Unix()+c.rateWait())
	return a
}

// slowedDown is the answer of the secondary one.
func (c *gitHubCall) slowedDown() answer {
	a := c.refused(refusal{
		status:  http.StatusTooManyRequests,
		message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
		docs:    "/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
	})
	a.header = map[string]string{"Retry-After": strconv.FormatInt(c.rateWait(), 10)}
	return a
}

// gitHubRate is the number of requests in an hour.
const gitHubRate = 5000

func rateHeaders(left, reset int64) map[string]string {
	return map[string]string{
		"X-RateLimit-Limit": strconv.Itoa(gitHubRate), "X-RateLimit-Remaining": strconv.FormatInt(left, 10),
		"X-RateLimit-Used": strconv.FormatInt(gitHubRate-left, 10), "X-RateLimit-Reset": strconv.FormatInt(reset, 10), "X-RateLimit-Resource": "core",
	}
}

// deliver sends the answer.
func (c *gitHubCall) deliver(w http.ResponseWriter, a answer) {
	if a.delivery == deliverReset {
		reset(w)
		return
	}
	h := w.Header()
	h.Set("Date", c.now().UTC().Format(http.TimeFormat))
	h.Set("X-GitHub-Request-Id", fmt.Sprintf("540A:%04X:5F0C6B:D20000:6A200000", c.s.gitHub.serial.Add(1)))
	if a.contentType != "" {
		h.Set("Content-Type", a.contentType)
	}
	if c.isAPI() {
		c.writeAPIHeader(h)
	}
	for name, value := range a.header {
		h.Set(name, value)
	}
	w.WriteHeader(a.status)
	a.writeTo(w)
}

func (c *gitHubCall) writeAPIHeader(h http.Header) {
	h.Set("X-GitHub-Media-Type", "github.v3; format=json")
	h.Set("X-GitHub-Api-Version-Selected", gitHubVersion)
	if !c.isDotcom() {
		h.Set("X-GitHub-Enterprise-Version", "3.19.1")
		return // an Enterprise Server has no limits unless somebody sets them
	}
	left := max(1, gitHubRate-c.s.gitHub.used.Add(1))
	for name, value := range rateHeaders(left, c.now().Truncate(time.Hour).Add(time.Hour).Unix()) {
		h.Set(name, value)
	}
}
