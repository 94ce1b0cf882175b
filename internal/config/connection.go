package config

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/http/httpguts"
	"golang.org/x/net/http/httpproxy"
)

// ConnectionFlags say how to reach the server.
type ConnectionFlags struct {
	CAFile     string
	ClientCert string
	ClientKey  string
	HeaderFile string
	Insecure   bool
}

// Or returns the settings with those of a context where a flag says nothing. A client certificate and its key are one
// setting: a certificate of a flag does not go with the key of a context.
func (f ConnectionFlags) Or(context ConnectionFlags) ConnectionFlags {
	if f.CAFile == "" {
		f.CAFile = context.CAFile
	}
	if f.ClientCert == "" && f.ClientKey == "" {
		f.ClientCert, f.ClientKey = context.ClientCert, context.ClientKey
	}
	if f.HeaderFile == "" {
		f.HeaderFile = context.HeaderFile
	}
	f.Insecure = f.Insecure || context.Insecure
	return f
}

// TLS returns the TLS settings, nil where Go's own are right.
func (f ConnectionFlags) TLS() (*tls.Config, error) {
	if (f.ClientCert == "") != (f.ClientKey == "") {
		return nil, usageError("give both: --client-cert FILE --client-key FILE", "a client certificate needs its key, and a key its certificate")
	}
	if f.CAFile == "" && f.ClientCert == "" && !f.Insecure {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: f.Insecure} //nolint:gosec // --insecure warns each time
	if err := f.addAuthority(c); err != nil {
		return nil, err
	}
	if f.ClientCert != "" {
		pair, err := tls.LoadX509KeyPair(f.ClientCert, f.ClientKey)
		if err != nil {
			return nil, usageError("both files must be PEM and belong together", "cannot use --client-cert and --client-key: %v", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// addAuthority trusts a company's own authority beside those of the system.
func (f ConnectionFlags) addAuthority(c *tls.Config) error {
	if f.CAFile == "" {
		return nil
	}
	pem, err := os.ReadFile(f.CAFile)
	if err != nil {
		return usageError("", "cannot read --ca-file: %v", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return usageError("it must hold certificates in PEM form (-----BEGIN CERTIFICATE-----)", "no certificate found in --ca-file %s", f.CAFile)
	}
	c.RootCAs = pool
	return nil
}

// Headers reads the header file: one "Name: value" a line, # for a comment. Values are never shown: they may be keys.
func (f ConnectionFlags) Headers() (http.Header, error) {
	if f.HeaderFile == "" {
		return nil, nil
	}
	data, err := os.ReadFile(f.HeaderFile)
	if err != nil {
		return nil, usageError("", "cannot read --header-file: %v", err)
	}
	headers, n := http.Header{}, 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		n++
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, err := f.header(line, n)
		if err != nil {
			return nil, err
		}
		headers.Add(name, value)
	}
	return headers, nil
}

// header reads line n of the header file. What net/http would refuse to send is refused here, where the line is known.
func (f ConnectionFlags) header(line string, n int) (name, value string, err error) {
	name, value, found := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch {
	case !found || !httpguts.ValidHeaderFieldName(name):
		return "", "", usageError("write one \"Name: value\" a line", "%s:%d: this is no header", f.HeaderFile, n)
	case strings.EqualFold(name, "Authorization"):
		return "", "", usageError("set GIJCTL_TOKEN instead", "%s:%d: the header Authorization is gijctl's own", f.HeaderFile, n)
	case !httpguts.ValidHeaderFieldValue(value):
		return "", "", usageError("write the value again, without control characters", "%s:%d: the value of %s cannot be sent", f.HeaderFile, n, name)
	}
	return name, value, nil
}

// Proxy returns what chooses the proxy, from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
func Proxy(env Env) func(*url.URL) (*url.URL, error) {
	either := func(name string) string {
		if v := env.Get(name); v != "" {
			return v
		}
		return env.Get(strings.ToLower(name))
	}
	c := httpproxy.Config{HTTPProxy: either("HTTP_PROXY"), HTTPSProxy: either("HTTPS_PROXY"), NoProxy: either("NO_PROXY")}
	if c == (httpproxy.Config{NoProxy: c.NoProxy}) {
		return nil
	}
	return c.ProxyFunc()
}
