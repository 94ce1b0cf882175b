package transport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/gijctl/gijctl/internal/transport"
)

// refusedURL is an address of this machine at which nobody listens.
func refusedURL(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return "http://" + address
}

// noSuchHost has a label that is too long for any name server to be asked about it.
func noSuchHost() string { return "http://" + strings.Repeat("x", 64) + ".invalid" }

// TestFateOfRealErrors makes each error happen on a real connection.
func TestFateOfRealErrors(t *testing.T) {
	t.Parallel()
	secure := startTLS(t, answer(200, ""))
	plain := start(t, answer(200, ""))
	reset := start(t, func(w http.ResponseWriter, _ *http.Request) { drop(w, true) })
	ended := start(t, func(w http.ResponseWriter, _ *http.Request) { drop(w, false) })
	refused := refusedURL(t)
	throughRefused := func(o *transport.Options) {
		o.Proxy = func(*url.URL) (*url.URL, error) { return url.Parse(refused) }
	}
	nothing := func(*transport.Options) {}
	tests := []struct {
		name, target string
		adjust       func(*transport.Options)
		want         transport.RequestFate
		tls          bool
	}{
		{"connection refused", refused, nothing, transport.FateNotSent, false},
		{"proxy refused", "https://jira.test", throughRefused, transport.FateNotSent, false},
		{"no such host", noSuchHost(), nothing, transport.FateNotSent, false},
		{"unknown authority", secure.URL, nothing, transport.FateNotSent, true},
		{"certificate of another host", strings.Replace(secure.URL, "127.0.0.1", "localhost", 1), trusting(secure), transport.FateNotSent, true},
		{"https to a plain server", strings.Replace(plain.URL, "http", "https", 1), nothing, transport.FateNotSent, true},
		{"reset", reset.URL, nothing, transport.FateCut, false},
		{"end before an answer", ended.URL, nothing, transport.FateCut, false},
		{"end inside of an answer", rawServer(t, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"success\""), nothing, transport.FateCut, false},
		{"no HTTP at all", rawServer(t, "SSH-2.0-OpenSSH_9.2\r\n"), nothing, transport.FateUnknown, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := send(t, newClient(t, test.target, test.adjust), http.MethodPost, test.target, "{}")
			if got.err == nil {
				t.Fatalf("no error: %d", got.status)
			}
			if fate := transport.Fate(got.err); fate != test.want {
				t.Errorf("fate %v, want %v: %v", fate, test.want, got.err)
			}
			if transport.IsTLS(got.err) != test.tls {
				t.Errorf("IsTLS %v: %v", !test.tls, got.err)
			}
		})
	}
}

// TestFate has the errors that are hard to make happen.
func TestFate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err  error
		want transport.RequestFate
	}{
		{transport.ErrDryRun, transport.FateNotSent},
		{&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, transport.FateNotSent},
		{&net.DNSError{Err: "server misbehaving"}, transport.FateNotSent},
		{x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}, transport.FateNotSent},
		{tls.AlertError(42), transport.FateNotSent},
		{os.ErrDeadlineExceeded, transport.FateUnknown},
		{context.DeadlineExceeded, transport.FateUnknown},
		{context.Canceled, transport.FateUnknown},
		{&net.OpError{Op: "read", Err: syscall.ETIMEDOUT}, transport.FateUnknown},
		{&net.OpError{Op: "read", Err: syscall.ECONNRESET}, transport.FateCut},
		{&net.OpError{Op: "write", Err: syscall.EPIPE}, transport.FateCut},
		{io.ErrUnexpectedEOF, transport.FateCut},
		{net.ErrClosed, transport.FateCut},
		{errors.New("something new"), transport.FateUnknown},
	}
	for _, test := range tests {
		wrapped := &url.Error{Op: "Post", URL: "http://jira.test", Err: fmt.Errorf("on the way: %w", test.err)}
		if got := transport.Fate(wrapped); got != test.want {
			t.Errorf("%v: got %v, want %v", test.err, got, test.want)
		}
	}
}
