package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// ProxyError is the answer of a proxy that does not connect to the server.
type ProxyError struct {
	Status int // HTTP status
}

func (e *ProxyError) Error() string {
	return fmt.Sprintf("the proxy answered %d %s", e.Status, http.StatusText(e.Status))
}

// IsProxy reports whether err is about the proxy and not about the server behind it. Nothing was sent to the server.
func IsProxy(err error) bool {
	var op *net.OpError
	return errors.As(err, new(*ProxyError)) || errors.As(err, &op) && op.Op == "proxyconnect"
}

// proxyAnswer gives the refusal of a proxy a type: net/http would only keep its text.
func proxyAnswer(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
	if res.StatusCode == http.StatusOK {
		return nil
	}
	return &ProxyError{Status: res.StatusCode}
}
