package doctor

import (
	"bytes"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
	"time"
)

// chainOf puts what a server sent in order: its own certificate, that of its issuer, and so on to the last that was sent.
func chainOf(sent []*x509.Certificate) []*x509.Certificate {
	ordered := []*x509.Certificate{sent[0]}
	for len(ordered) < len(sent) {
		last := ordered[len(ordered)-1]
		next := slices.IndexFunc(sent, func(c *x509.Certificate) bool {
			return bytes.Equal(c.RawSubject, last.RawIssuer) && !slices.Contains(ordered, c)
		})
		if next < 0 || isSelfSigned(last) {
			break
		}
		ordered = append(ordered, sent[next])
	}
	return ordered
}

func isSelfSigned(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, c.RawIssuer) }

// validity is when all certificates of a chain are valid. Where begin is after end, that is never.
func validity(chain []*x509.Certificate) (begin, end time.Time) {
	begin, end = chain[0].NotBefore, chain[0].NotAfter
	for _, c := range chain[1:] {
		if c.NotBefore.After(begin) {
			begin = c.NotBefore
		}
		if c.NotAfter.Before(end) {
			end = c.NotAfter
		}
	}
	return begin, end
}

// signatureError is why the certificates of a chain do not fit together, leaving aside dates, and whom the last is signed by.
func signatureError(chain []*x509.Certificate) error {
	begin, end := validity(chain)
	if begin.After(end) {
		return nil // no date to verify them at; that is said of their dates
	}
	roots := x509.NewCertPool()
	roots.AddCert(chain[len(chain)-1])
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: poolOf(chain[1:]), CurrentTime: begin, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	return err
}

// trustedChain leads from a server's certificate to an authority that is trusted: a chain that is valid now, as clients look
// for one, else any, leaving aside its dates. What was sent may lead elsewhere as well, to an authority that is long expired.
// Nil roots are those of the system.
func trustedChain(sent []*x509.Certificate, roots *x509.CertPool, now time.Time) ([]*x509.Certificate, error) {
	begin, _ := validity(chainOf(sent))
	var chains [][]*x509.Certificate
	var err error
	for _, at := range []time.Time{now, begin} {
		chains, err = sent[0].Verify(x509.VerifyOptions{
			Roots: roots, Intermediates: poolOf(sent[1:]), CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
		})
		if err == nil {
			return slices.MaxFunc(chains, endsLater), nil
		}
	}
	return nil, err
}

func endsLater(a, b []*x509.Certificate) int {
	_, endOfA := validity(a)
	_, endOfB := validity(b)
	return endOfA.Compare(endOfB)
}

func poolOf(certificates []*x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, c := range certificates {
		pool.AddCert(c)
	}
	return pool
}

// issuer is how a person calls who signed a certificate.
func issuer(c *x509.Certificate) string {
	if c.Issuer.CommonName != "" {
		return c.Issuer.CommonName
	}
	return c.Issuer.String()
}

// The least that is not called weak.
const (
	minRSABits = 2048
	minTLS     = tls.VersionTLS12
)

// weakness says what of a connection is out of date, "" if nothing is. A version below minTLS is no weakness: the client
// refuses it.
func weakness(state *tls.ConnectionState) string {
	isSuite := func(s *tls.CipherSuite) bool { return s.ID == state.CipherSuite }
	if slices.ContainsFunc(tls.InsecureCipherSuites(), isSuite) {
		return "the server prefers the weak cipher " + tls.CipherSuiteName(state.CipherSuite)
	}
	if key, isRSA := state.PeerCertificates[0].PublicKey.(*rsa.PublicKey); isRSA && key.N.BitLen() < minRSABits {
		return "its RSA key is shorter than 2048 bits"
	}
	return ""
}

// nameProblem says why a certificate is not one for a host, "" if it is.
func nameProblem(c *x509.Certificate, host string) string {
	err := c.VerifyHostname(host)
	var wrong x509.HostnameError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &wrong):
		return "the certificate is not for " + host + ", but for " + namesOf(c)
	}
	return err.Error()
}

func namesOf(c *x509.Certificate) string {
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return "no host at all (it has no subject alternative names)"
	}
	return listed(names)
}
