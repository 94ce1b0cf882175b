package sandbox

import (
	"net/http"
	"strings"
	"sync"
)

// Request is one request that arrived, for tests.
type Request struct {
	Method string
	Host   string      // the origin it came to; a redirect may have led elsewhere
	Path   string      // with the query
	Status int         // 0 when the connection was reset or held
	Header http.Header // Authorization has its scheme only
	Body   []byte
}

// recorder keeps requests in memory, when it is on.
type recorder struct {
	on   bool
	mu   sync.Mutex
	list []Request
}

// Requests returns what arrived so far, in the order of arrival. It is empty unless [Options] said to record.
func (s *Server) Requests() []Request { return s.recorder.all() }

func (rec *recorder) all() []Request {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return append([]Request(nil), rec.list...)
}

// arrived records a request, and returns what completes the record. A request is listed as soon as it arrives, so that
// one that is never answered is seen too.
func (rec *recorder) arrived(r *http.Request, body []byte) func(answer) {
	if !rec.on {
		return func(answer) {}
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	i := len(rec.list)
	rec.list = append(rec.list, Request{
		Method: r.Method, Host: r.Host, Path: r.URL.RequestURI(), Header: withoutSecret(r.Header), Body: body,
	})
	return func(a answer) {
		rec.mu.Lock()
		defer rec.mu.Unlock()
		rec.list[i].Status = a.status
	}
}

func withoutSecret(h http.Header) http.Header {
	h = h.Clone()
	if value := h.Get("Authorization"); value != "" {
		scheme, _, _ := strings.Cut(value, " ")
		h.Set("Authorization", scheme+" [redacted]")
	}
	return h
}
