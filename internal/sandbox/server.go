package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// contextPath is where Jira lives below its host. A path that is not empty catches clients that lose it.
const contextPath = "/jira"

// closeGrace is how long Close waits for answers that are under way.
const closeGrace = time.Second

// Options say how to start a [Server]. The zero value is a server in memory, with the demo seed, on a free port.
type Options struct {
	StateFile string           // where the state is kept (JSON, mode 0600); made from Seed when absent; "" keeps it in memory
	Seed      string           // "demo" (the default), "empty", "fleet", "large" or "large:N"; used only when the state is new
	Faults    []string         // "name" or "name=value"; see [Faults]
	Addr      string           // a loopback address with a port; "127.0.0.1:0" by default
	GitHub    string           // the same for its GitHub
	Now       func() time.Time // the clock; time.Now by default
	Record    bool             // keep every request for [Server.Requests]
}

// Server is a running sandbox.
type Server struct {
	URL          string // the base of Jira, for example http://127.0.0.1:45678/jira
	Token        string // the personal access token of a Jira administrator
	UserToken    string // the token of a user without any permission on GIJ
	ManagerToken string // the token of a user who may manage GIJ but is no administrator
	User         string // the administrator's name, for Basic authentication
	Password     string // the administrator's password
	// WebhookSecret is the last part of the webhook's address.
	WebhookSecret string
	// GitHubURL is the web root of the sandbox's GitHub, for example http://127.0.0.1:45679; its API is below /api/v3.
	GitHubURL string
	// App is a GitHub App that is installed there from the beginning; its ID is 0 where the seed has none.
	App SeededApp

	store    *store
	now      func() time.Time
	faults   atomic.Pointer[faultSet]
	recorder recorder
	http     *http.Server
	other    otherOrigin
	gitHub   gitHubHost
	cancel   context.CancelFunc
	serial   atomic.Int64
	served   chan struct{}
	failure  error // why serving ended; set before served is closed
	once     sync.Once
	closing  error
}

// SeededApp is a GitHub App of the seed. [Server.AppKey] returns its private key.
type SeededApp struct {
	ID             int64
	ClientID       string
	InstallationID int64
	Org            string
	Slug           string
	Name           string
}

// Start starts a sandbox and returns when it accepts connections. The end of ctx does not stop the server: a command
// that is interrupted still wants the answer to what it sent. Use [Server.Close] or [Server.Wait].
func Start(ctx context.Context, o Options) (*Server, error) {
	faults, err := parseFaults(o.Faults)
	if err != nil {
		return nil, err
	}
	addr, err := loopback(o.Addr)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	st, err := openStore(o.StateFile, o.Seed, o.Now)
	if err != nil {
		return nil, err
	}
	gitHubAddr, err := loopback(o.GitHub)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, badOption("addr", "start the sandbox: %v", err)
	}
	s := newServer(o, st)
	s.URL = "http://" + listener.Addr().String() + contextPath
	if err := s.install(faults); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if err := s.gitHub.listen(ctx, s, gitHubAddr); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.serve(ctx, listener)
	s.gitHub.serve(s)
	return s, nil
}

func newServer(o Options, st *store) *Server {
	s := &Server{store: st, now: o.Now, served: make(chan struct{})}
	s.recorder.on, s.gitHub.recorder.on = o.Record, o.Record
	accounts := st.cached.Accounts
	s.User, s.Password = accounts[adminIndex].Name, accounts[adminIndex].Password
	s.Token = accounts[adminIndex].Token
	s.ManagerToken = accounts[managerIndex].Token
	s.UserToken = accounts[userIndex].Token
	s.WebhookSecret = st.cached.webhookSecret()
	s.App = st.cached.seededApp()
	return s
}

func (s *Server) serve(ctx context.Context, listener net.Listener) {
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel = cancel
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.handle),
		BaseContext:       func(net.Listener) context.Context { return base },
		ReadHeaderTimeout: 10 * time.Second,
	}
	go func() {
		defer close(s.served)
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.failure = fmt.Errorf("serve the sandbox: %w", err)
		}
	}()
}

// Close stops the server. Answers under way get a moment to finish; those that a fault holds back are given up.
func (s *Server) Close() error {
	s.once.Do(func() { s.closing = s.stop() })
	return s.closing
}

func (s *Server) stop() error {
	s.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	var err error
	if s.http.Shutdown(ctx) != nil {
		err = s.http.Close()
	}
	<-s.served
	return errors.Join(err, s.failure, s.other.close(), s.gitHub.close(ctx))
}

// Wait blocks until ctx is done, or the server fails, and closes the server.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-s.served:
	}
	return s.Close()
}

// SetFaults replaces the faults of a running server. Counts start anew.
func (s *Server) SetFaults(faults []string) error {
	set, err := parseFaults(faults)
	if err != nil {
		return err
	}
	return s.install(set)
}

func (s *Server) install(set *faultSet) error {
	if set.needsOtherOrigin() {
		if err := s.other.start(s); err != nil {
			return err
		}
	}
	s.faults.Store(set)
	return s.addStuckApp(set.value("app-stuck"))
}

// Fingerprint returns a salted fingerprint of a secret ("pat", "password", "username" or "githubAppPem") of the integration or
// repository with that id, "" when none is set. It changes when the secret does, and tells nothing else.
func (s *Server) Fingerprint(id int64, field string) (string, error) {
	st, err := s.store.view()
	if err != nil {
		return "", err
	}
	r := st.find(id)
	if r == nil {
		return "", fmt.Errorf("look up a fingerprint: no row has id %d", id)
	}
	return r.Secrets[field], nil
}

// Touched returns how often an import had each row indexed, by id. Rows that no import listed are not in it.
func (s *Server) Touched() (map[int64]int, error) {
	st, err := s.store.view()
	if err != nil {
		return nil, err
	}
	touched := map[int64]int{}
	for _, r := range st.Rows {
		if r.Touched > 0 {
			touched[r.ID] = r.Touched
		}
	}
	return touched, nil
}

// Imports returns the ids of the imports that the sandbox remembers, in the order in which they began.
func (s *Server) Imports() ([]int64, error) {
	st, err := s.store.view()
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, t := range st.Threads {
		ids = append(ids, t.ID)
	}
	return ids, nil
}

// loopback checks that addr is an address of this machine alone: the sandbox has no TLS and generous habits.
func loopback(addr string) (string, error) {
	if addr == "" {
		return "127.0.0.1:0", nil
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", badOption("addr", "read the sandbox address: %v", err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return "", badOption("addr", "read the sandbox address %q: only loopback addresses are served, for example 127.0.0.1:8080", addr)
	}
	return net.JoinHostPort(host, port), nil
}
