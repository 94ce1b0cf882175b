package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"syscall"

	"github.com/gijctl/gijctl/internal/transport"
	"github.com/gijctl/gijctl/pkg/gij"
)

// explain returns what an error says and what to do about it, nothing for nil. Errors of the client say both better in their
// fields.
func explain(err error) (message, remedy string) {
	if err == nil {
		return "", ""
	}
	var own *gij.Error
	if errors.As(err, &own) {
		return own.Message, own.Advice
	}
	var hinter interface{ Hint() string }
	if errors.As(err, &hinter) {
		remedy = hinter.Hint()
	}
	return err.Error(), remedy
}

// reason says in a few words why a step on the network failed.
func reason(err error) string {
	var dns *net.DNSError
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.Is(err, context.DeadlineExceeded), transport.IsTimeout(err):
		return "no answer in time"
	case errors.As(err, &dns):
		return dns.Err
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, new(tls.RecordHeaderError)):
		return "it speaks no TLS"
	}
	return innermost(err).Error()
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
