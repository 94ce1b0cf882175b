package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
)

// RequestFate is what is known of a request that got no answer.
type RequestFate int

const (
	// FateUnknown means that the request may or may not have been carried out, and may still be: a timeout.
	FateUnknown RequestFate = iota
	// FateNotSent means that the server cannot have seen the request.
	FateNotSent
	// FateCut means that the connection ended while the answer was awaited. The server may have acted; it no longer will.
	FateCut
)

// Fate tells what a network error says of the request that met it.
func Fate(err error) RequestFate {
	switch {
	case errors.Is(err, ErrDryRun), neverConnected(err):
		return FateNotSent
	case IsTimeout(err), errors.Is(err, context.Canceled):
		return FateUnknown
	case wasCut(err):
		return FateCut
	}
	return FateUnknown
}

// IsTimeout reports whether err says that a wait took too long.
func IsTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

func neverConnected(err error) bool {
	var op *net.OpError
	if IsProxy(err) || errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	return IsTLS(err) || errors.As(err, new(*net.DNSError))
}

// IsTLS reports whether err is about a certificate or a handshake, so that nothing else was sent yet.
func IsTLS(err error) bool {
	return errors.As(err, new(*tls.CertificateVerificationError)) ||
		errors.As(err, new(x509.UnknownAuthorityError)) ||
		errors.As(err, new(x509.HostnameError)) ||
		errors.As(err, new(tls.RecordHeaderError)) ||
		errors.As(err, new(tls.AlertError)) ||
		errors.Is(err, http.ErrSchemeMismatch)
}

func wasCut(err error) bool {
	for _, cut := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED, net.ErrClosed, http.ErrServerClosed} {
		if errors.Is(err, cut) {
			return true
		}
	}
	return false
}
