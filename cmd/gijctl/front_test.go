package main

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
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdFront puts an https server before the sandbox, with a certificate that is good or spoiled in one way, and sets NAME_URL and
// CA_FILE, the certificate of the authority that signed it: front NAME [good|expired|expiring|wrong-name|unknown]
//
// With unknown, CA_FILE is that of another authority.
func cmdFront(ts *testscript.TestScript, neg bool, args []string) {
	kinds := []string{"good", "expired", "expiring", "wrong-name", "unknown"}
	s := scriptOf(ts)
	if len(args) == 1 {
		args = append(args, kinds[0])
	}
	if neg || s.server == nil || len(args) != 2 || !slices.Contains(kinds, args[1]) {
		ts.Fatalf("usage: front NAME [%s], after sandbox", strings.Join(kinds, "|"))
	}
	name, kind := args[0], args[1]
	ca, err := newFrontAuthority("Front CA of " + name)
	ts.Check(err)
	pair, err := ca.serverCertificate(kind)
	ts.Check(err)
	shown := ca
	if kind == "unknown" {
		shown, err = newFrontAuthority("Another CA")
		ts.Check(err)
	}
	path := ts.MkAbs(name + "-ca.pem")
	ts.Check(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: shown.certificate.Raw}), 0o600))
	front, err := startFront(s.server.URL, pair)
	ts.Check(err)
	ts.Defer(front.Close)
	ts.Setenv(name+"_URL", front.URL+"/jira")
	ts.Setenv("CA_FILE", path)
}

// startFront passes on what it gets, with the Host that it was asked by: that is how Jira knows its own name.
func startFront(behind string, pair tls.Certificate) (*httptest.Server, error) {
	target, err := url.Parse(behind)
	if err != nil {
		return nil, err
	}
	quiet := log.New(io.Discard, "", 0)
	front := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
			r.Out.Host = r.In.Host
		},
		ErrorLog: quiet,
	})
	front.Config.ErrorLog = quiet
	front.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	front.StartTLS()
	return front, nil
}

// frontAuthority signs the certificates of fronts.
type frontAuthority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newFrontAuthority(name string) (*frontAuthority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	return &frontAuthority{certificate: certificate, key: key}, err
}

// serverCertificate makes a certificate for 127.0.0.1, spoiled as kind says.
func (a *frontAuthority) serverCertificate(kind string) (tls.Certificate, error) {
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "front"}, NotBefore: now.AddDate(0, -2, 0), NotAfter: now.AddDate(0, 6, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	switch kind {
	case "expired":
		template.NotAfter = now.AddDate(0, 0, -3)
	case "expiring":
		template.NotAfter = now.AddDate(0, 0, 9)
	case "wrong-name":
		template.IPAddresses, template.DNSNames = nil, []string{"jira.acme.example"}
	case "github.com":
		template.IPAddresses, template.DNSNames = nil, []string{"github.com", "api.github.com"}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
