package sandbox

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// otherOrigin is a second server that redirects lead to. It welcomes everybody and looks like a success, so that a client
// that follows is caught: its requests are in [Server.Requests] with another Host.
type otherOrigin struct {
	mu   sync.Mutex
	url  string // set once, before a fault that needs it is installed
	http *http.Server
}

func (o *otherOrigin) start(s *Server) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.http != nil {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start the sandbox's other origin: %w", err)
	}
	o.url = "http://" + listener.Addr().String()
	o.http = &http.Server{Handler: http.HandlerFunc(s.answerElsewhere), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = o.http.Serve(listener) }() // ends with ErrServerClosed
	return nil
}

func (s *Server) answerElsewhere(w http.ResponseWriter, r *http.Request) {
	finish := s.recorder.arrived(r, nil)
	a := jsonAnswer(http.StatusOK, []byte(`{"success":true,"integrations":[]}`))
	if strings.HasPrefix(r.URL.Path, "/sso/") {
		a = htmlAnswer(http.StatusOK, loginPage())
	}
	finish(a) // before the client can look
	w.Header().Set("Content-Type", a.contentType)
	a.writeTo(w)
}

func (o *otherOrigin) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.http == nil {
		return nil
	}
	return o.http.Close()
}
