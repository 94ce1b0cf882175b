package doctor_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/doctor"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

const hidden = "s3cr3t-of-the-test"

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string, parent *authority) *authority {
	t.Helper()
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: now.AddDate(-2, 0, 0), NotAfter: now.AddDate(2, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a := &authority{key: newKey(t)}
	signer := a
	if parent == nil {
		a.certificate = template
	} else {
		signer = parent
	}
	a.certificate = sign(t, template, signer, a.key)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, template *x509.Certificate, by *authority, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, by.certificate, key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// server makes a server's certificate for 127.0.0.1 that is valid for a year. change may spoil it; along are sent with it.
func (a *authority) server(t *testing.T, change func(*x509.Certificate), along ...*authority) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "jira"}, NotBefore: time.Now().AddDate(0, 0, -60), NotAfter: time.Now().AddDate(1, 0, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(template)
	}
	key := newKey(t)
	pair := tls.Certificate{Certificate: [][]byte{sign(t, template, a, key).Raw}, PrivateKey: key}
	for _, one := range along {
		pair.Certificate = append(pair.Certificate, one.certificate.Raw)
	}
	return pair
}

// trusting are TLS settings that trust these authorities alone.
func trusting(all ...*authority) *tls.Config {
	pool := x509.NewCertPool()
	for _, a := range all {
		pool.AddCert(a.certificate)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}
}

// fakeJira is a Jira with GIJ below /jira. A path in answers gets that answer instead.
type fakeJira struct {
	answers map[string]http.HandlerFunc
	before  func(http.ResponseWriter, *http.Request) bool // true: it has answered

	mu       sync.Mutex
	requests []*http.Request
}

func (j *fakeJira) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	j.mu.Lock()
	j.requests = append(j.requests, r)
	j.mu.Unlock()
	if j.before != nil && j.before(w, r) {
		return
	}
	path, below := strings.CutPrefix(r.URL.Path, "/jira")
	if answer := j.answers[path]; answer != nil && below {
		answer(w, r)
		return
	}
	fixed := map[string]string{
		"/rest/api/2/serverInfo":          `{"baseUrl":"http://` + r.Host + `/jira","version":"10.3.1","deploymentType":"Server"}`,
		"/rest/api/2/myself":              `{"name":"ada","key":"ada","displayName":"Ada Admin","active":true}`,
		"/rest/api/2/mypermissions":       `{"permissions":{"ADMINISTER":{"key":"ADMINISTER","havePermission":true}}}`,
		"/rest/gitplugin/1.0/integration": `{"success":true,"integrations":[]}`,
		"/rest/plugins/1.0/":              `{"plugins":[{"key":"x","name":"Git Integration for Jira","version":"4.40","enabled":true}]}`,
	}
	body, known := fixed[path]
	switch {
	case !known || !below:
		http.NotFound(w, r)
	case path != "/rest/api/2/serverInfo" && r.Header.Get("Authorization") != "Bearer "+hidden:
		answerJSON(http.StatusUnauthorized, `{"message":"no"}`)(w, r)
	default:
		answerJSON(http.StatusOK, body)(w, r)
	}
}

// seen are the requests that arrived.
func (j *fakeJira) seen() []*http.Request {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]*http.Request(nil), j.requests...)
}

func answerJSON(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// serve starts a server without TLS.
func serve(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	return begin(t, handler, nil)
}

// begin starts a server, with TLS unless the settings are nil.
func begin(t *testing.T, handler http.Handler, settings *tls.Config) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if settings == nil {
		server.Start()
	} else {
		server.TLS = settings
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	return server
}

// options are those of a machine where all is well.
func options(t *testing.T, base string) doctor.Options {
	t.Helper()
	return doctor.Options{
		Client: gij.Config{BaseURL: base, UserAgent: "gijctl/test"}, From: "--url",
		Credential: func(context.Context) (doctor.Credential, error) {
			return doctor.Credential{Token: secret.New(hidden), From: "GIJCTL_TOKEN"}, nil
		},
		StateDir: filepath.Join(t.TempDir(), "gijctl"),
		Keyring:  func(context.Context) error { return nil },
	}
}

// findings are the findings of one run by their checks.
type findings map[string]doctor.Finding

func examine(t *testing.T, o doctor.Options) findings {
	t.Helper()
	all := doctor.Run(t.Context(), o)
	byCheck := findings{}
	for n, f := range all {
		if f.Check != doctor.Checks()[n] {
			t.Errorf("finding %d is of %q, want %q", n, f.Check, doctor.Checks()[n])
		}
		if strings.Contains(f.Message+f.Remedy, hidden) {
			t.Errorf("a secret is shown: %+v", f)
		}
		if f.Message == "" || f.Status == doctor.StatusFail && f.Remedy == "" {
			t.Errorf("nothing is said: %+v", f)
		}
		byCheck[f.Check] = f
	}
	if len(all) != 15 {
		t.Fatalf("%d findings, want 15", len(all))
	}
	return byCheck
}

// expect checks one finding: its status, a part of its message, a part of its remedy.
func (all findings) expect(t *testing.T, check, status, message, remedy string) {
	t.Helper()
	f := all[check]
	if f.Status != status || !strings.Contains(f.Message, message) || !strings.Contains(f.Remedy, remedy) {
		t.Errorf("%s: got %s: %s → %s\nwant %s: …%s… → …%s…", check, f.Status, f.Message, f.Remedy, status, message, remedy)
	}
}

// expectOthers checks the status of all findings but those of some checks.
func (all findings) expectOthers(t *testing.T, status string, but ...string) {
	t.Helper()
	skip := strings.Join(but, " ") + " "
	for check, f := range all {
		if !strings.Contains(skip, check+" ") && f.Status != status {
			t.Errorf("%s: got %s: %s, want %s", check, f.Status, f.Message, status)
		}
	}
}
