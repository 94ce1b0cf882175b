package doctor

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

const (
	askOwner   = "tell whoever runs the server"
	soonToEnd  = 30 * 24 * time.Hour
	dateFormat = "2006-01-02"
)

// checkTLS judges the certificates that the server showed.
func (e *exam) checkTLS(first *answer) {
	if e.base.Scheme == "http" {
		for _, check := range []string{CheckTLSChain, CheckTLSExpiry, CheckTLSAuthority} {
			e.ok(check, "no TLS (http)")
		}
		return
	}
	if first.tls == nil || len(first.tls.PeerCertificates) == 0 {
		e.block(CheckTLSChain, "no TLS connection to "+address(e.base)+": "+reason(first.err), e.handshakeRemedy(first.err))
		return
	}
	p := papers{sent: chainOf(first.tls.PeerCertificates)}
	p.trusted, p.err = trustedChain(first.tls.PeerCertificates, e.clientTLS().RootCAs, e.Now())
	e.checkChain(first, p)
	e.checkExpiry(p.chain())
	e.checkAuthority(p)
}

// papers are the certificates of a server.
type papers struct {
	sent    []*x509.Certificate // in order, without what does not belong to them
	trusted []*x509.Certificate // as a client would take them, up to the authority
	err     error               // why there is no trusted one
}

// chain is what a client looks at.
func (p papers) chain() []*x509.Certificate {
	if p.err != nil {
		return p.sent
	}
	return p.trusted
}

// distrust is a finding that ends the connection of a client, unless that is told to accept anything.
func (e *exam) distrust(check, message, remedy string) {
	if e.insecure() {
		e.warn(check, message+"; accepted, because of --insecure", remedy)
		return
	}
	e.block(check, message, remedy)
}

func (e *exam) insecure() bool { return e.clientTLS().InsecureSkipVerify }

func (e *exam) handshakeRemedy(err error) string {
	if errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, new(tls.RecordHeaderError)) {
		return "check the port in the URL; http:// sends your token readable, so use it on this machine only"
	}
	return "check the port in the URL; if it is right, " + askOwner + ", or of the firewall on the way"
}

func (e *exam) checkChain(first *answer, p papers) {
	if refused, is := tlsRefusal(first.err); is {
		e.block(CheckTLSChain, "the server ended the TLS connection: "+refused,
			"if it wants a client certificate, give one that it accepts: --client-cert FILE --client-key FILE")
		return
	}
	if first.tls.Version < minTLS {
		e.block(CheckTLSChain, "the server speaks "+tls.VersionName(first.tls.Version)+" only, and gijctl 1.2 at least",
			askOwner+" to switch TLS 1.2 or 1.3 on")
		return
	}
	if problem := nameProblem(p.sent[0], e.base.Hostname()); problem != "" {
		e.distrust(CheckTLSChain, problem, "use a name in the URL that the certificate has, or "+askOwner)
		return
	}
	if err := signatureError(p.chain()); err != nil {
		e.distrust(CheckTLSChain, "the certificates that the server sends do not fit together: "+innermost(err).Error(), askOwner)
		return
	}
	if weak := weakness(first.tls); weak != "" {
		e.warn(CheckTLSChain, weak, askOwner)
		return
	}
	e.ok(CheckTLSChain, tls.VersionName(first.tls.Version)+", a certificate for "+e.base.Hostname()+intermediates(len(p.sent)-1))
}

func intermediates(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " and that of its issuer"
	}
	return fmt.Sprintf(" and %d of its issuers", n)
}

// tlsRefusal is what a server says when it ends a handshake, or a connection that it regrets at once.
func tlsRefusal(err error) (string, bool) {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return innermost(err).Error(), true
	}
	return "", false
}

func (e *exam) checkExpiry(chain []*x509.Certificate) {
	begin, end := validity(chain)
	now := e.Now()
	whose := "the certificate of " + e.base.Hostname()
	if !end.Equal(chain[0].NotAfter) {
		whose = "the certificate of an issuer of it"
	}
	clock := "; if the date is not that of today, set this machine's clock: it says " + now.UTC().Format(dateFormat)
	switch left := end.Sub(now); {
	case left < 0:
		e.distrust(CheckTLSExpiry, whose+" expired on "+day(end)+", "+days(-left)+" ago", askOwner+" to renew it"+clock)
	case now.Before(begin):
		e.distrust(CheckTLSExpiry, "a certificate is not valid before "+begin.UTC().Format(time.RFC3339), askOwner+clock)
	case left < soonToEnd:
		e.warn(CheckTLSExpiry, whose+" expires on "+day(end)+", in "+days(left), askOwner+" to renew it in time")
	default:
		e.ok(CheckTLSExpiry, "valid until "+day(end)+", for "+days(left))
	}
}

func day(t time.Time) string { return t.UTC().Format(dateFormat) }

func days(d time.Duration) string {
	switch n := int(d / (24 * time.Hour)); n {
	case 0:
		return "less than a day"
	case 1:
		return "1 day"
	default:
		return fmt.Sprintf("%d days", n)
	}
}

func (e *exam) checkAuthority(p papers) {
	chain := p.chain()
	top := chain[len(chain)-1]
	switch {
	case p.err == nil && e.insecure():
		e.warn(CheckTLSAuthority, "--insecure accepts any certificate; this one is signed by "+issuer(top)+", which is trusted",
			"leave --insecure out")
	case p.err == nil:
		e.ok(CheckTLSAuthority, "signed by "+issuer(top)+", which "+e.trusting()+" trusts")
	case !errors.As(p.err, new(x509.UnknownAuthorityError)):
		e.distrust(CheckTLSAuthority, "the certificate cannot be verified: "+innermost(p.err).Error(), askOwner)
	default:
		e.distrust(CheckTLSAuthority, e.unknownAuthority(chain, top), e.authorityRemedy(chain, top))
	}
}

// trusting is who looks at the certificates.
func (e *exam) trusting() string {
	if e.CAFile != "" {
		return "this machine, with --ca-file " + e.CAFile + ","
	}
	return "this machine"
}

func (e *exam) unknownAuthority(chain []*x509.Certificate, top *x509.Certificate) string {
	doubt := "this machine does not know"
	if e.CAFile != "" {
		doubt = "neither this machine nor --ca-file " + e.CAFile + " knows"
	}
	if len(chain) == 1 && isSelfSigned(top) {
		return "the certificate is signed by itself (" + issuer(top) + "), and " + doubt + " it"
	}
	text := "the certificate is signed by " + issuer(top) + ", an authority that " + doubt
	if !isSelfSigned(top) {
		text += " and whose own certificate the server does not send"
	}
	return text
}

func (e *exam) authorityRemedy(chain []*x509.Certificate, top *x509.Certificate) string {
	give := "export the certificate of your company's authority as PEM, and give it: --ca-file FILE (auth login keeps that)"
	switch {
	case len(chain) == 1 && isSelfSigned(top):
		return "if this is the right server, give its certificate as PEM: --ca-file FILE (auth login keeps that)"
	case !isSelfSigned(top):
		return give + "; if " + issuer(top) + " is an intermediate authority, " + askOwner + " to send its certificate along"
	}
	return give
}
