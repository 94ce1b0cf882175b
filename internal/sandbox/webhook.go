package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// webhookPath is the receiver's, below the context path.
const webhookPath = "/rest/gitplugin/webhook/1.0/reindex/"

// webhookSecret follows from what else is secret in a state, and stays when that is reset.
func (st *state) webhookSecret() string {
	sum := sha256.Sum256([]byte("webhook " + st.Accounts[adminIndex].Token))
	return hex.EncodeToString(sum[:16])
}

// webhook answers Git hosts, which know the secret and have no login. What it answers to a wrong secret, and where it ignores what
// matches nothing, is [U] in the contract.
func (c *call) webhook() answer {
	if page := c.faults.value("not-installed"); page != "" {
		return notInstalled(page, c.uri())
	}
	given, err := url.PathUnescape(strings.TrimPrefix(c.path, webhookPath))
	if err != nil || subtle.ConstantTimeCompare([]byte(given), []byte(c.state.webhookSecret())) != 1 {
		return notFoundREST(c.uri()) // it repeats the address, as Jersey does
	}
	if !slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPut}, c.r.Method) {
		return methodNotAllowed("GET,POST,PUT")
	}
	origins, a, ok := c.readHook()
	if !ok {
		return a
	}
	return c.hook(origins)
}

// readHook returns the origins that the body of a Git host names.
func (c *call) readHook() ([]string, answer, bool) {
	if c.r.Method == http.MethodGet || len(c.body) == 0 {
		return nil, answer{}, true
	}
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, jiraMessage(http.StatusUnsupportedMediaType, "HTTP 415 Unsupported Media Type"), false
	}
	var body struct {
		Origin     string         `json:"origin"`
		Repository map[string]any `json:"repository"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil {
		return nil, c.failed(malformed{err}), false
	}
	var origins []string
	if strings.EqualFold(c.r.Header.Get("x-bbb-webhook-type"), "push") && body.Origin != "" {
		origins = append(origins, body.Origin)
	}
	for _, key := range []string{"git_url", "ssh_url", "clone_url", "svn_url", "git_ssh_url", "git_http_url"} {
		if origin, isText := body.Repository[key].(string); isText {
			origins = append(origins, origin)
		}
	}
	return origins, answer{}, true
}

// hook begins an index of what has one of the origins. Without a match everything is indexed, or nothing: a setting.
func (c *call) hook(origins []string) answer {
	var run *indexRun
	err := c.s.store.update(func(st *state) error {
		rows := slices.DeleteFunc(slices.Clone(st.Rows), func(r *row) bool { return !slices.Contains(origins, r.Origin) })
		if len(rows) == 0 {
			if c.faults.value("webhook-unmatched") != "all" {
				return nil
			}
			rows = st.Rows
		}
		run = c.beginIndex(st, st.withChildren(rows), priorityWebhook)
		return nil
	})
	if err != nil {
		return c.failed(err)
	}
	return c.showStarted(run)
}
