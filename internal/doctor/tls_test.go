package doctor_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/doctor"
)

func withCertificate(pair tls.Certificate) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Acme Root", nil)
	middle := newAuthority(t, "Acme Issuing", root)
	impostor := newAuthority(t, "Acme Issuing", newAuthority(t, "Acme Root", nil))
	now := time.Now()
	expired := func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -3) }
	expiring := func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, 9) }
	future := func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now.AddDate(0, 0, 2), now.AddDate(1, 0, 0) }
	elsewhere := func(c *x509.Certificate) {
		c.IPAddresses, c.DNSNames = nil, []string{"jira.acme.example", "www.acme.example"}
	}
	forClients := func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }
	for _, tt := range []struct {
		name                   string
		server                 tls.Certificate
		client                 *tls.Config
		caFile                 string
		check, status, message string
		remedy                 string
	}{
		{"good", root.server(t, nil), trusting(root), "ca.pem", doctor.CheckTLSAuthority, "ok", "signed by Acme Root", ""},
		{"good with an intermediate", middle.server(t, nil, middle), trusting(root), "ca.pem", doctor.CheckTLSChain, "ok", "and that of its issuer", ""},
		{"the root sent along, in a strange order", middle.server(t, nil, root, middle), trusting(root), "ca.pem", doctor.CheckTLSChain, "ok", "2 of its issuers", ""},
		{"expired", root.server(t, expired), trusting(root), "ca.pem", doctor.CheckTLSExpiry, "fail", "expired on " + now.AddDate(0, 0, -3).UTC().Format("2006-01-02") + ", 3 days ago", "renew"},
		{"expiring", root.server(t, expiring), trusting(root), "ca.pem", doctor.CheckTLSExpiry, "warn", "in 8 days", "renew"},
		{"not yet valid", root.server(t, future), trusting(root), "ca.pem", doctor.CheckTLSExpiry, "fail", "not valid before", "this machine's clock"},
		{"wrong name", root.server(t, elsewhere), trusting(root), "ca.pem", doctor.CheckTLSChain, "fail", "not for 127.0.0.1, but for jira.acme.example, www.acme.example", "a name in the URL"},
		{"for clients", root.server(t, forClients), trusting(root), "ca.pem", doctor.CheckTLSChain, "fail", "do not fit", "tell"},
		{"a forged issuer", middle.server(t, nil, impostor), trusting(root), "ca.pem", doctor.CheckTLSChain, "fail", "do not fit together", "tell"},
		{"unknown authority", root.server(t, nil, root), nil, "", doctor.CheckTLSAuthority, "fail", "signed by Acme Root, an authority that this machine does not know", "--ca-file FILE"},
		{"another authority's file", root.server(t, nil, root), trusting(impostor), "other.pem", doctor.CheckTLSAuthority, "fail", "neither this machine nor --ca-file other.pem knows", "--ca-file FILE"},
		{"no intermediate", middle.server(t, nil), trusting(root), "ca.pem", doctor.CheckTLSAuthority, "fail", "Acme Issuing", "if Acme Issuing is an intermediate authority, tell"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := options(t, begin(t, &fakeJira{}, withCertificate(tt.server)).URL+"/jira")
			o.Client.TLS, o.CAFile = tt.client, tt.caFile
			all := examine(t, o)
			all.expect(t, tt.check, tt.status, tt.message, tt.remedy)
			if tt.status == "fail" {
				all.expect(t, doctor.CheckCredential, "warn", "not checked", "mend "+tt.check)
				all.expectOthers(t, doctor.StatusOK, tt.check, doctor.CheckTLSAuthority, doctor.CheckCredential, doctor.CheckPermission, doctor.CheckApp)
				return
			}
			all.expectOthers(t, doctor.StatusOK, tt.check)
		})
	}
}

// TestDatesOfIntermediates: the dates of all certificates count.
func TestDatesOfIntermediates(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Acme Root", nil)
	middle := newAuthority(t, "Acme Issuing", root)
	for message, change := range map[string]func(*x509.Certificate){
		"the certificate of an issuer of it expired": func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(0, 0, -2) },
		"is not valid before":                        func(c *x509.Certificate) { c.NotBefore = time.Now().AddDate(0, 0, 2) },
	} {
		t.Run(message, func(t *testing.T) {
			t.Parallel()
			spoiled, template := *middle, *middle.certificate
			change(&template)
			spoiled.certificate = sign(t, &template, root, middle.key)
			o := options(t, begin(t, &fakeJira{}, withCertificate(spoiled.server(t, nil, &spoiled))).URL+"/jira")
			o.Client.TLS = trusting(root)
			examine(t, o).expect(t, doctor.CheckTLSExpiry, "fail", message, "tell")
		})
	}
}

// TestOldAuthority: servers send what leads to an authority of the past along, which clients do not mind that know a newer one.
// The newer one may be younger than what it signed before, with the same key.
func TestOldAuthority(t *testing.T) {
	t.Parallel()
	past := newAuthority(t, "Acme Root of the past", nil)
	root := newAuthority(t, "Acme Root", nil)
	crossed, renewed, over := *root, *root, *root
	for _, one := range []struct {
		made       *authority
		by         *authority
		begin, end int // in days from now
	}{{&crossed, past, -700, -300}, {&renewed, root, -1, 700}, {&over, root, -700, -1}} {
		template := *root.certificate
		template.NotBefore, template.NotAfter = time.Now().AddDate(0, 0, one.begin), time.Now().AddDate(0, 0, one.end)
		one.made.certificate = sign(t, &template, one.by, root.key)
	}
	middle := newAuthority(t, "Acme Issuing", root)
	pair := middle.server(t, nil, middle, &crossed)
	for _, tt := range []struct {
		name, status, message string
		trusted               *authority
	}{
		{"expired cross-signature", "ok", "valid until", root},
		{"renewed with the same key", "ok", "valid until", &renewed},
		{"expired at the client", "fail", "an issuer of it expired", &over},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := options(t, begin(t, &fakeJira{}, withCertificate(pair)).URL+"/jira")
			o.Client.TLS = trusting(tt.trusted)
			all := examine(t, o)
			all.expect(t, doctor.CheckTLSExpiry, tt.status, tt.message, "")
			all.expect(t, doctor.CheckTLSAuthority, "ok", "signed by Acme Root,", "")
			if tt.status == "ok" {
				all.expectOthers(t, doctor.StatusOK)
			}
		})
	}
}

func TestSelfSigned(t *testing.T) {
	t.Parallel()
	self := newAuthority(t, "jira", nil)
	template := *self.certificate
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	template.IsCA, template.KeyUsage = false, x509.KeyUsageDigitalSignature
	pair := tls.Certificate{Certificate: [][]byte{sign(t, &template, self, self.key).Raw}, PrivateKey: self.key}
	all := examine(t, options(t, begin(t, &fakeJira{}, withCertificate(pair)).URL+"/jira"))
	all.expect(t, doctor.CheckTLSAuthority, "fail", "signed by itself (jira)", "its certificate as PEM: --ca-file FILE")
}

// TestInsecure: what --insecure accepts is no failure, and is said.
func TestInsecure(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Acme Root", nil)
	bad := root.server(t, func(c *x509.Certificate) { c.IPAddresses, c.NotAfter = nil, time.Now().AddDate(0, 0, -3) })
	o := options(t, begin(t, &fakeJira{}, withCertificate(bad)).URL+"/jira")
	o.Client.TLS = trusting(root)
	o.Client.TLS.InsecureSkipVerify = true
	all := examine(t, o)
	all.expect(t, doctor.CheckTLSChain, "warn", "because of --insecure", "")
	all.expect(t, doctor.CheckTLSExpiry, "warn", "because of --insecure", "")
	all.expect(t, doctor.CheckTLSAuthority, "warn", "--insecure accepts any certificate", "leave --insecure out")
	all.expect(t, doctor.CheckCredential, "ok", "Ada Admin", "")
}

func TestTLSVersion(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Acme Root", nil)
	settings := withCertificate(root.server(t, nil))
	settings.MinVersion, settings.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	o := options(t, begin(t, &fakeJira{}, settings).URL+"/jira")
	o.Client.TLS = trusting(root)
	all := examine(t, o)
	all.expect(t, doctor.CheckTLSChain, "fail", "the server speaks TLS 1.1 only", "TLS 1.2")
	all.expect(t, doctor.CheckCredential, "warn", "tls-chain comes first", "")
}

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Acme Root", nil)
	mine := root.server(t, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			t.Parallel()
			settings := withCertificate(root.server(t, nil))
			settings.ClientAuth, settings.ClientCAs = tls.RequireAndVerifyClientCert, trusting(root).RootCAs
			settings.MinVersion, settings.MaxVersion = version, version
			o := options(t, begin(t, &fakeJira{}, settings).URL+"/jira")
			o.Client.TLS = trusting(root)
			all := examine(t, o)
			all.expect(t, doctor.CheckTLSChain, "fail", "the server ended the TLS connection", "--client-cert FILE --client-key FILE")
			all.expect(t, doctor.CheckTLSAuthority, "ok", "Acme Root", "")
			o.Client.TLS = trusting(root)
			o.Client.TLS.Certificates = []tls.Certificate{mine}
			examine(t, o).expectOthers(t, doctor.StatusOK)
		})
	}
}

// connectProxy is an HTTP proxy that connects to one server, whatever is asked for, and asks for a password if it has one.
type connectProxy struct {
	to       string
	password string
	refuse   int
}

func (p *connectProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	login := "Basic " + base64.StdEncoding.EncodeToString([]byte("me:"+p.password))
	if p.password != "" && r.Header.Get("Proxy-Authorization") != login {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if p.refuse != 0 {
		w.WriteHeader(p.refuse)
		return
	}
	out, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", p.to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer func() { _ = out.Close() }()
	in, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = in.Close() }()
	_, _ = io.WriteString(in, "HTTP/1.1 200 Connection established\r\n\r\n")
	done := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{in, out}, {out, in}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1])
			done <- struct{}{}
		}()
	}
	<-done
}

// TestThroughProxy goes to a name that only the proxy knows.
func TestThroughProxy(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Acme Root", nil)
	forJira := root.server(t, func(c *x509.Certificate) { c.DNSNames = []string{"jira.invalid"} })
	jira := begin(t, &fakeJira{}, withCertificate(forJira)).Listener.Addr().String()
	for _, tt := range []struct {
		name, user      string
		proxy           connectProxy
		tls             *tls.Config // of the proxy
		status, message string
		remedy          string
	}{
		{"good", "", connectProxy{to: jira}, nil, "ok", "https goes through http://127.0.0.1:", ""},
		{"with a password", "me:" + hidden + "@", connectProxy{to: jira, password: hidden}, nil, "ok", "https goes through http://127.0.0.1:", ""},
		{"with TLS", "me:" + hidden + "@", connectProxy{to: jira, password: hidden}, withCertificate(root.server(t, nil)), "ok", "https goes through https://127.0.0.1:", ""},
		{"with TLS of a stranger", "me:" + hidden + "@", connectProxy{to: jira}, withCertificate(newAuthority(t, "Stranger", nil).server(t, nil)), "fail", "no TLS connection to it: x509", "HTTPS_PROXY"},
		{"password missing", "", connectProxy{to: jira, password: hidden}, nil, "fail", "does not connect to jira.invalid:443: 407", "USER:PASSWORD"},
		{"forbidden", "", connectProxy{refuse: http.StatusForbidden}, nil, "fail", "403 Forbidden", "NO_PROXY=jira.invalid"},
		{"nothing behind it", "", connectProxy{refuse: http.StatusBadGateway}, nil, "fail", "502 Bad Gateway", "typing mistake"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			address, err := url.Parse(begin(t, &tt.proxy, tt.tls).URL)
			if err != nil {
				t.Fatal(err)
			}
			if tt.user != "" {
				address.User = url.UserPassword("me", hidden)
			}
			o := options(t, "https://jira.invalid/jira")
			o.Client.TLS, o.Client.Proxy = trusting(root), func(*url.URL) (*url.URL, error) { return address, nil }
			o.ProxyVariable = func(string) string { return "HTTPS_PROXY" }
			all := examine(t, o)
			all.expect(t, doctor.CheckProxy, tt.status, tt.message, tt.remedy)
			if tt.status == "ok" {
				all.expect(t, doctor.CheckHost, "ok", "through the proxy", "")
				all.expectOthers(t, doctor.StatusOK)
				return
			}
			all.expect(t, doctor.CheckTLSChain, "warn", "not checked: proxy", "mend proxy")
		})
	}
}

// TestPasswordOfAProxy: a proxy's password goes to no proxy with a certificate that is not trusted, also not by the request
// that accepts any certificate of Jira.
func TestPasswordOfAProxy(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Acme Root", nil)
	good, bad := root.server(t, nil), newAuthority(t, "Stranger", nil).server(t, nil)
	var shakes, requests atomic.Int32
	settings := &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		if shakes.Add(1) == 1 {
			return withCertificate(good), nil // for the check of the proxy
		}
		return withCertificate(bad), nil
	}}
	proxy := begin(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }), settings)
	address, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword("me", hidden)
	o := options(t, "https://jira.invalid/jira")
	o.Client.TLS, o.Client.Proxy = trusting(root), func(*url.URL) (*url.URL, error) { return address, nil }
	examine(t, o).expect(t, doctor.CheckTLSChain, "fail", "unknown authority", "")
	if shakes.Load() < 2 || requests.Load() > 0 {
		t.Errorf("%d handshakes, %d requests with the password", shakes.Load(), requests.Load())
	}
}

// TestPlainThroughProxy: without TLS a proxy answers in Jira's place.
func TestPlainThroughProxy(t *testing.T) {
	t.Parallel()
	asks := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }
	address, err := url.Parse(serve(t, http.HandlerFunc(asks)).URL)
	if err != nil {
		t.Fatal(err)
	}
	o := options(t, "http://jira.invalid/jira")
	o.Client.Proxy = func(*url.URL) (*url.URL, error) { return address, nil }
	all := examine(t, o)
	all.expect(t, doctor.CheckProxy, "fail", "407", "USER:PASSWORD")
	all.expect(t, doctor.CheckHost, "warn", "not checked: proxy", "")
}
