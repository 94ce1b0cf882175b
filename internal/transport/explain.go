package transport

import (
	"context"
	"errors"
	"net"
	"net/http"
	"syscall"
)

// Peer is the server that a person meant, in the words for an error.
type Peer struct {
	Host    string // with its port, if it has one of its own
	Name    string // "Jira", "the GitHub host"
	Address string // where it was said: "the Jira URL"
}

// Explain says what went wrong on the way to the peer, and what to do about it: "" where there is nothing to do.
func (p Peer) Explain(err error) (message, advice string) {
	var dns *net.DNSError
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted", ""
	case errors.Is(err, ErrDryRun):
		return ErrDryRun.Error(), ""
	case IsProxy(err):
		return "the proxy for " + p.Host + " does not connect: " + innermost(err).Error(), "check HTTPS_PROXY, or go there without it: export NO_PROXY=" + p.hostname()
	case errors.As(err, &dns):
		return "the host " + dns.Name + " is not known: " + dns.Err,
			"check " + p.Address + " for a typing mistake, and whether this machine needs a VPN or a proxy (HTTPS_PROXY)"
	case errors.Is(err, http.ErrSchemeMismatch):
		return p.Host + " answers plain http, not https",
			"check the port in " + p.Address + "; http:// sends your token readable, so use it on this machine only"
	case IsTLS(err):
		return "no trusted connection to " + p.Host + ": " + innermost(err).Error(),
			"if your company has its own certificate authority, give its certificate: --ca-file company-ca.pem"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing answers at " + p.Host + " (connection refused)", "check the port in " + p.Address + ", and whether " + p.Name + " is running"
	case Fate(err) == FateCut:
		return p.Cut()
	case IsTimeout(err):
		return "no answer from " + p.Host + " in time", "try again, or give it longer: --timeout 5m"
	}
	return innermost(err).Error(), "try again; look at the request with --trace"
}

// Cut is [Peer.Explain] of an answer that broke off.
func (p Peer) Cut() (message, advice string) {
	return "the connection to " + p.Host + " ended before the answer was complete", "try again; a proxy or " + p.Name + " itself may have been restarted"
}

// hostname is the host without its port, as NO_PROXY takes it.
func (p Peer) hostname() string {
	if name, _, err := net.SplitHostPort(p.Host); err == nil {
		return name
	}
	return p.Host
}

func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
