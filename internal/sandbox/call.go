package sandbox

import (
	"errors"
	"io"
	"net/http"
	"strings"
)

// maxBody is the largest request body that is read, but for an import.
const maxBody = 16 << 20

// call is one request on its way through the sandbox.
type call struct {
	s       *Server
	r       *http.Request
	faults  *faultSet
	path    string // below the context path, with one slash where clients send two; "" outside of it
	body    []byte
	state   *state
	account account
}

// handle answers every request: faults that stand before Jira, Jira itself, faults behind it, and the wire.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	c := &call{s: s, r: r, faults: s.faults.Load(), path: insideContext(r.URL.Path)}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, c.maxBody()))
	c.body = body
	finish := s.recorder.arrived(r, body)
	a := c.answer(err)
	finish(a) // before the client can look
	s.deliver(w, c, a)
}

func (c *call) answer(readError error) answer {
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(readError, &tooLong):
		return textAnswer(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	case readError != nil:
		return answer{delivery: deliverReset}
	}
	if a, stopped := c.before(); stopped {
		return a
	}
	return c.after(c.route())
}

func (c *call) isRead() bool {
	return c.r.Method == http.MethodGet || c.r.Method == http.MethodHead || c.r.Method == http.MethodOptions
}

func (c *call) maxBody() int64 {
	if strings.HasSuffix(strings.TrimSuffix(c.path, ".json"), "/configuration") {
		return maxImport
	}
	return maxBody
}

func (c *call) isREST() bool {
	return strings.HasPrefix(c.path, "/rest/")
}

// insideContext returns the path below the context path. Clients that join a base that ends in a slash with a path that
// begins with one send two; Jira does not mind.
func insideContext(path string) string {
	rest, ok := strings.CutPrefix(path, contextPath)
	if !ok || rest != "" && rest[0] != '/' {
		return ""
	}
	return "/" + strings.TrimLeft(rest, "/")
}

// base returns the URL of Jira as the client sees it.
func (c *call) base() string {
	return "http://" + c.r.Host + contextPath
}
