package transport_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/gijctl/gijctl/internal/transport"
)

// A proxy that refuses, or is not there, is told from a server that does so: what to mend is elsewhere.
func TestIsProxy(t *testing.T) {
	t.Parallel()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(refusing.Close)
	for _, tt := range []struct {
		name, proxy, target string
		isProxy             bool
		status              int
	}{
		{"a proxy that refuses", refusing.URL, "https://jira.example.com", true, http.StatusProxyAuthRequired},
		{"a proxy that is not there", "http://127.0.0.1:1", "https://jira.example.com", true, 0},
		{"a server that is not there", "", "http://127.0.0.1:1", false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base, err := url.Parse(tt.target)
			if err != nil {
				t.Fatal(err)
			}
			o := transport.Options{Base: base}
			if tt.proxy != "" {
				o.Proxy = func(*url.URL) (*url.URL, error) { return url.Parse(tt.proxy) }
			}
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, tt.target, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			res, err := transport.New(o).Do(request)
			if err == nil {
				_ = res.Body.Close()
				t.Fatal("it connected")
			}
			var refused *transport.ProxyError
			if got := transport.IsProxy(err); got != tt.isProxy || errors.As(err, &refused) != (tt.status != 0) {
				t.Errorf("of the proxy: %t, refused: %v", got, refused)
			}
			if refused != nil && refused.Status != tt.status {
				t.Errorf("status %d", refused.Status)
			}
			if transport.Fate(err) != transport.FateNotSent {
				t.Error("the server may have seen it")
			}
		})
	}
}
