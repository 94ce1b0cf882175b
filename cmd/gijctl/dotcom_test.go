package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdGitHubCom makes https://github.com and https://api.github.com lead to the sandbox's GitHub, for the person who browses, and for
// programs that trust CA_FILE and go through HTTPS_PROXY, both of which it sets: github-com
func cmdGitHubCom(ts *testscript.TestScript, neg bool, args []string) {
	s := scriptOf(ts)
	if neg || len(args) != 0 || s.server == nil {
		ts.Fatalf("usage: github-com, after sandbox")
	}
	ca, err := newFrontAuthority("CA of GitHub.com")
	ts.Check(err)
	pair, err := ca.serverCertificate("github.com")
	ts.Check(err)
	path := ts.MkAbs("github-com-ca.pem")
	ts.Check(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.certificate.Raw}), 0o600))
	front, err := startFront(s.server.GitHubURL, pair)
	ts.Check(err)
	ts.Defer(front.Close)
	proxy := httptest.NewServer(tunnel(front.Listener.Addr().String()))
	ts.Defer(proxy.Close)
	ts.Setenv("GITHUB_URL", "https://github.com")
	ts.Setenv("HTTPS_PROXY", proxy.URL)
	ts.Setenv("CA_FILE", path)
	s.tab = newTab()
	ts.Check(s.tab.reachBy(proxy.URL, ca.certificate))
}

// reachBy has the person's browser go through a proxy to what is not on this machine.
func (t *tab) reachBy(proxy string, authority *x509.Certificate) error {
	through, err := url.Parse(proxy)
	if err != nil {
		return err
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(authority)
	t.client.Transport = &http.Transport{
		DialContext: dialLoopback, DisableKeepAlives: true, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted},
		Proxy: func(r *http.Request) (*url.URL, error) {
			if ip := net.ParseIP(r.URL.Hostname()); ip != nil && ip.IsLoopback() {
				return nil, nil
			}
			return through, nil
		},
	}
	return nil
}

// tunnel is a proxy that leads to one server, whichever of GitHub.com's hosts is asked for, and nowhere else.
func tunnel(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "github.com:443" && r.Host != "api.github.com:443" {
			http.Error(w, "nothing but GitHub.com", http.StatusForbidden)
			return
		}
		behind, err := (&net.Dialer{Timeout: time.Minute}).DialContext(context.WithoutCancel(r.Context()), "tcp", to)
		if err != nil {
			http.Error(w, "GitHub.com is away", http.StatusBadGateway)
			return
		}
		defer func() { _ = behind.Close() }()
		w.WriteHeader(http.StatusOK)
		before, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer func() { _ = before.Close() }()
		go func() {
			_, _ = io.Copy(behind, buffered)
			_ = behind.Close()
		}()
		_, _ = io.Copy(before, behind)
	}
}
