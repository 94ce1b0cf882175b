package sandbox_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// hub is a client of the sandbox's GitHub, with a JWT of its own making.
type hub struct {
	*sandbox.Server
	*clock
	key    *rsa.PrivateKey
	issuer any
}

// startHub starts a sandbox whose clock the test sets, and signs in as the seed's app.
func startHub(t *testing.T, faults ...string) *hub {
	t.Helper()
	c := newClock()
	s := start(t, sandbox.Options{Faults: faults, Now: c.now, Record: true})
	text, err := s.AppKey()
	if err != nil {
		t.Fatal(err)
	}
	return &hub{s, c, parseKey(t, text), s.App.ID}
}

func parseKey(t *testing.T, text string) *rsa.PrivateKey {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		t.Fatalf("no PEM: %.40q", text)
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func fingerprint(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	return base64.StdEncoding.EncodeToString(sum[:])
}

type object = map[string]any

// sign makes a JWT.
func sign(t *testing.T, key *rsa.PrivateKey, head, claims object) string {
	t.Helper()
	part := func(o object) string {
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(data)
	}
	text := part(head) + "." + part(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// claims are good ones, with changes; nil takes a claim out.
func (h *hub) claims(changes object) object {
	now := h.now().Unix()
	c := object{"iat": now - 60, "exp": now + 540, "iss": h.issuer}
	for name, value := range changes {
		if c[name] = value; value == nil {
			delete(c, name)
		}
	}
	return c
}

func (h *hub) jwt(t *testing.T) string {
	t.Helper()
	return sign(t, h.key, object{"alg": "RS256", "typ": "JWT"}, h.claims(nil))
}

// send sends a request; a token goes along with it unless it is empty.
func (h *hub) send(t *testing.T, method, path, token, body, contentType string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, h.GitHubURL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "test")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return h.do(r)
}

func (h *hub) do(r *http.Request) reply {
	resp, err := newClient().Do(r)
	if err != nil {
		return reply{err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	return reply{status: resp.StatusCode, header: resp.Header, body: string(data), err: err}
}

// api asks as the app: METHOD PATH, and perhaps a body.
func (h *hub) api(t *testing.T, request string, body ...string) reply {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	return h.send(t, method, "/api/v3"+path, h.jwt(t), strings.Join(body, ""), "application/json")
}

// page gets a page.
func (h *hub) page(t *testing.T, path string) reply {
	t.Helper()
	return h.send(t, http.MethodGet, path, "", "", "")
}

// submit submits a form.
func (h *hub) submit(t *testing.T, path string, form url.Values) reply {
	t.Helper()
	return h.send(t, http.MethodPost, path, "", form.Encode(), "application/x-www-form-urlencoded")
}

func (h *hub) faults(t *testing.T, faults ...string) {
	t.Helper()
	if err := h.SetFaults(faults); err != nil {
		t.Fatal(err)
	}
}

// field decodes an answer and returns one of its keys.
func (r reply) field(t *testing.T, key string) any {
	t.Helper()
	var o object
	decode(t, r, &o)
	return o[key]
}

const manifest = `{"name":"Team GIJ 42","url":"https://jira.acme.example","redirect_url":"http://127.0.0.1:9/cb?x=1",` +
	`"hook_attributes":{"url":"https://jira.acme.example/hook"},"default_events":["push"],"default_permissions":{"contents":"write","issues":"read"}}`

// create goes through the pages with a manifest and returns the code.
func (h *hub) create(t *testing.T, org, text, name string) string {
	t.Helper()
	h.submit(t, "/organizations/"+org+"/settings/apps/new?state=s1", url.Values{"manifest": {text}}).
		want(t, 200, "Create GitHub App for "+org, `name="state" value="s1"`)
	r := h.submit(t, "/organizations/"+org+"/settings/apps", url.Values{"manifest": {text}, "name": {name}, "state": {"s1"}}).want(t, 302)
	to, err := url.Parse(r.header.Get("Location"))
	if err != nil || to.Host != "127.0.0.1:9" || to.Query().Get("x") != "1" || to.Query().Get("state") != "s1" {
		t.Fatalf("redirected to %v (%v)", to, err)
	}
	return to.Query().Get("code")
}

// convert exchanges a code and signs in as the app from then on.
func (h *hub) convert(t *testing.T, code string) object {
	t.Helper()
	var o object
	decode(t, h.send(t, http.MethodPost, "/api/v3/app-manifests/"+code+"/conversions", "", "", "").want(t, 201), &o)
	text, _ := o["pem"].(string)
	h.key, h.issuer = parseKey(t, text), o["client_id"]
	return o
}

// indexed has a row of GIJ indexed and returns the answer about it.
func (h *hub) indexed(t *testing.T, id string) reply {
	t.Helper()
	send(t, h.Server, request{method: http.MethodPost, path: "/rest/gitplugin/2.0/reindex", body: `{"repoId":` + id + `}`}).want(t, 200)
	h.advance(time.Minute)
	return get(t, h.Server, "/rest/gitplugin/1.0/index?repoId="+id).want(t, 200)
}
