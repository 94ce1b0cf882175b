package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/config"
)

// authority is a company's own certificate authority.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Company CA"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key, writeFile(t, "ca.pem", encode("CERTIFICATE", der))}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// issue makes a certificate for 127.0.0.1 and returns the files of it and its key.
func (a authority) issue(t *testing.T, name string) (cert, key string) {
	t.Helper()
	private := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, private.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return writeFile(t, name+".pem", encode("CERTIFICATE", der)), writeFile(t, name+".key", encode("EC PRIVATE KEY", keyDER))
}

// serve runs a server that asks for a client certificate of the authority, and tells its name.
func (a authority) serve(t *testing.T) string {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(a.issue(t, "server"))
	if err != nil {
		t.Fatal(err)
	}
	clients := x509.NewCertPool()
	clients.AddCert(a.cert)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, cert := range r.TLS.PeerCertificates {
			w.Header().Set("X-Client", cert.Subject.CommonName)
		}
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that do not trust it are part of the test
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: clients, ClientAuth: tls.VerifyClientCertIfGiven, MinVersion: tls.VersionTLS12}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

// visit returns the client name that the server saw.
func visit(t *testing.T, f config.ConnectionFlags, address string) (string, error) {
	t.Helper()
	settings, err := f.TLS()
	if err != nil {
		t.Fatal(err)
	}
	if settings == nil {
		settings = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: settings, DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(request)
	if err != nil {
		return "", err
	}
	return res.Header.Get("X-Client"), res.Body.Close()
}

func TestTLS(t *testing.T) {
	t.Parallel()
	company := newAuthority(t)
	address := company.serve(t)
	cert, key := company.issue(t, "gijctl")
	for _, tt := range []struct {
		name    string
		flags   config.ConnectionFlags
		client  string
		trusted bool
	}{
		{"nothing", config.ConnectionFlags{}, "", false},
		{"another authority", config.ConnectionFlags{CAFile: newAuthority(t).file}, "", false},
		{"its authority", config.ConnectionFlags{CAFile: company.file}, "", true},
		{"insecure", config.ConnectionFlags{Insecure: true}, "", true},
		{"client certificate alone", config.ConnectionFlags{ClientCert: cert, ClientKey: key}, "", false},
		{"all", config.ConnectionFlags{CAFile: company.file, ClientCert: cert, ClientKey: key}, "gijctl", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client, err := visit(t, tt.flags, address)
			if (err == nil) != tt.trusted || client != tt.client {
				t.Errorf("the server saw %q, error %v", client, err)
			}
		})
	}
}

func TestTLSSettings(t *testing.T) {
	t.Parallel()
	if got, err := (config.ConnectionFlags{}).TLS(); got != nil || err != nil {
		t.Errorf("without flags: %v, %v", got, err)
	}
	for _, insecure := range []bool{false, true} {
		got, err := config.ConnectionFlags{CAFile: newAuthority(t).file, Insecure: insecure}.TLS()
		if err != nil {
			t.Fatal(err)
		}
		if got.MinVersion != tls.VersionTLS12 || got.InsecureSkipVerify != insecure || got.RootCAs == nil {
			t.Errorf("insecure %t: %+v", insecure, got)
		}
	}
}

func TestTLSRefuses(t *testing.T) {
	t.Parallel()
	company := newAuthority(t)
	cert, key := company.issue(t, "gijctl")
	_, otherKey := company.issue(t, "other")
	text := writeFile(t, "text", "no certificate\n")
	absent := filepath.Join(t.TempDir(), "absent")
	for _, tt := range []struct {
		name          string
		flags         config.ConnectionFlags
		message, hint string
	}{
		{"key without certificate", config.ConnectionFlags{ClientKey: key}, "a key its certificate", "--client-cert FILE --client-key FILE"},
		{"certificate without key", config.ConnectionFlags{ClientCert: cert, CAFile: company.file}, "needs its key", "--client-cert FILE --client-key FILE"},
		{"a key of another", config.ConnectionFlags{ClientCert: cert, ClientKey: otherKey}, "cannot use --client-cert and --client-key", "belong together"},
		{"the files exchanged", config.ConnectionFlags{ClientCert: key, ClientKey: cert}, "cannot use --client-cert and --client-key", "PEM"},
		{"no file of a key", config.ConnectionFlags{ClientCert: cert, ClientKey: absent}, "absent", "PEM"},
		{"no file of an authority", config.ConnectionFlags{CAFile: absent}, "cannot read --ca-file", ""},
		{"a file without certificate", config.ConnectionFlags{CAFile: text}, "no certificate found in --ca-file " + text, "PEM"},
		{"a key as authority", config.ConnectionFlags{CAFile: key, Insecure: true}, "no certificate found", "PEM"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.flags.TLS()
			if got != nil {
				t.Errorf("got %v", got)
			}
			expectError(t, err, "usage", tt.message, tt.hint)
		})
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	if got, err := (config.ConnectionFlags{}).Headers(); got != nil || err != nil {
		t.Errorf("without a file: %v, %v", got, err)
	}
	long := strings.Repeat("x", 100_000)
	file := writeFile(t, "headers", "\ufeff# for the proxy\r\n\r\nX-Api-Key: a:b = c \r\n  x-api-key:\tsecond\n#X-Old: 1\nX-Empty:\nCF-Access-Client-Id: "+long)
	got, err := config.ConnectionFlags{HeaderFile: file}.Headers()
	if err != nil {
		t.Fatal(err)
	}
	want := http.Header{"X-Api-Key": {"a:b = c", "second"}, "X-Empty": {""}, "Cf-Access-Client-Id": {long}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHeadersRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text, message, hint string
	}{
		{"no colon", "# one\n\nX-Key " + hidden + "\n", ":3: this is no header", "Name: value"},
		{"no name", "X-A: 1\n: " + hidden, ":2: this is no header", "Name: value"},
		{"space before the colon", "X-Key : " + hidden, ":1: this is no header", "Name: value"},
		{"space in the name", "X Key: " + hidden, ":1: this is no header", "Name: value"},
		{"a value alone that has a colon", hidden + " x:y", ":1: this is no header", "Name: value"},
		{"a name that is none", "X(Key): " + hidden, ":1: this is no header", "Name: value"},
		{"a name that is not ASCII", "Clé: " + hidden, ":1: this is no header", "Name: value"},
		{"a value with a control character", "X-A: 1\r\nX-Key: " + hidden + "\x00x", ":2: the value of X-Key cannot be sent", "control characters"},
		{"a carriage return inside", "X-Key: " + hidden + "\rX-B: 2\n", ":1: the value of X-Key cannot be sent", "control characters"},
		{"our own", "\n\nAUTHORIZATION: Bearer " + hidden, ":3: the header Authorization is gijctl's own", "GIJCTL_TOKEN"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := writeFile(t, "headers", tt.text)
			got, err := config.ConnectionFlags{HeaderFile: file}.Headers()
			if got != nil {
				t.Errorf("got %v", got)
			}
			expectError(t, err, "usage", file+tt.message, tt.hint)
		})
	}
	_, err := config.ConnectionFlags{HeaderFile: t.TempDir()}.Headers()
	expectError(t, err, "usage", "cannot read --header-file", "")
}

func TestProxy(t *testing.T) {
	t.Parallel()
	const one, two = "http://one.example.com:3128", "http://two.example.com:3128"
	for _, tt := range []struct {
		name   string
		env    map[string]string
		target string
		want   string // "" is none
	}{
		{"https", map[string]string{"HTTPS_PROXY": one, "HTTP_PROXY": two}, "https://jira.example.com", one},
		{"http", map[string]string{"HTTPS_PROXY": one, "HTTP_PROXY": two}, "http://jira.example.com", two},
		{"the other scheme only", map[string]string{"HTTP_PROXY": two}, "https://jira.example.com", ""},
		{"lower case", map[string]string{"https_proxy": one}, "https://jira.example.com", one},
		{"upper case first", map[string]string{"https_proxy": two, "HTTPS_PROXY": one}, "https://jira.example.com", one},
		{"without a scheme", map[string]string{"HTTPS_PROXY": "one.example.com:3128"}, "https://jira.example.com", one},
		{"NO_PROXY", map[string]string{"HTTPS_PROXY": one, "NO_PROXY": "localhost,.example.com"}, "https://jira.example.com", ""},
		{"no_proxy", map[string]string{"https_proxy": one, "no_proxy": "jira.example.com"}, "https://jira.example.com", ""},
		{"NO_PROXY of another", map[string]string{"HTTPS_PROXY": one, "NO_PROXY": "example.org"}, "https://jira.example.com", one},
		{"NO_PROXY of everything", map[string]string{"HTTPS_PROXY": one, "NO_PROXY": "*"}, "https://jira.example.com", ""},
		{"this machine", map[string]string{"HTTP_PROXY": two}, "http://127.0.0.1:2990/jira", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			target, err := url.Parse(tt.target)
			if err != nil {
				t.Fatal(err)
			}
			got, err := config.Proxy(environment(tt.env))(target)
			if err != nil {
				t.Fatal(err)
			}
			if got == nil && tt.want != "" || got != nil && got.String() != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func TestNoProxyAtAll(t *testing.T) {
	t.Parallel()
	for _, env := range []map[string]string{nil, {"NO_PROXY": "*"}, {"HTTPS_PROXY": ""}} {
		if config.Proxy(environment(env)) != nil {
			t.Errorf("%v asks for a proxy", env)
		}
	}
}

func TestOr(t *testing.T) {
	t.Parallel()
	context := config.ConnectionFlags{CAFile: "ca", ClientCert: "cert", ClientKey: "key", HeaderFile: "headers"}
	for _, tt := range []struct {
		name        string
		flags, want config.ConnectionFlags
	}{
		{"no flags", config.ConnectionFlags{}, context},
		{"all flags", config.ConnectionFlags{CAFile: "a", ClientCert: "b", ClientKey: "c", HeaderFile: "d"}, config.ConnectionFlags{CAFile: "a", ClientCert: "b", ClientKey: "c", HeaderFile: "d"}},
		{"an authority", config.ConnectionFlags{CAFile: "a", Insecure: true}, config.ConnectionFlags{CAFile: "a", ClientCert: "cert", ClientKey: "key", HeaderFile: "headers", Insecure: true}},
		{"a certificate takes no key of another", config.ConnectionFlags{ClientCert: "b"}, config.ConnectionFlags{CAFile: "ca", ClientCert: "b", HeaderFile: "headers"}},
		{"a key takes no certificate of another", config.ConnectionFlags{ClientKey: "c"}, config.ConnectionFlags{CAFile: "ca", ClientKey: "c", HeaderFile: "headers"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.flags.Or(context)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
