package githubapp

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// RegistrationOptions say how an app is registered by a person in a browser.
type RegistrationOptions struct {
	Host     Host
	Org      string
	Manifest Manifest  // its RedirectURL is set to the listener's
	Port     int       // on 127.0.0.1; 0 is a free one
	Rand     io.Reader // nil is crypto/rand
}

const (
	loopback     = "127.0.0.1"
	callbackPath = "/callback"
	// endGrace is how long the last page waits for a browser that does not come.
	endGrace = 5 * time.Second
	// closeGrace is how long an answer under way may take when the listener closes.
	closeGrace = time.Second
	// maxConnections is how many may be open at once. A browser has six for a host, and there are two names.
	maxConnections = 32
)

// Registration is the manifest flow: a page of its own on 127.0.0.1 with the form for GitHub, and the listener that GitHub sends
// the browser back to with a code. It trusts no request: see the comments of its handler.
type Registration struct {
	options  RegistrationOptions
	address  string // 127.0.0.1 with the port
	token    string // in the paths of the page, so that no other user of the machine can read the state there
	state    string
	form     page
	patience time.Duration // how long a page waits for the outcome
	grace    time.Duration

	server *http.Server
	codes  chan string   // the one that is exchanged
	failed chan error    // why serving ended before it was closed
	served chan struct{} // closed when nothing is served any more
	ended  chan struct{} // closed when the outcome is known
	shown  chan struct{} // closed when a browser has the last page
	closed chan struct{}

	mu      sync.Mutex
	spent   bool // the state was used
	outcome page
	once    sync.Once // of shown
	closing sync.Once
	failure error // of closing
}

// NewRegistration begins to listen. Close ends it.
func NewRegistration(ctx context.Context, o RegistrationOptions) (*Registration, error) {
	r, err := prepare(o)
	if err != nil {
		return nil, err
	}
	if err := r.begin(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *Registration) begin(ctx context.Context) error {
	o := &r.options
	listener, err := listen(ctx, o.Port)
	if err != nil {
		return err
	}
	r.address = listener.Addr().String()
	o.Manifest.RedirectURL = "http://" + r.address + callbackPath
	if r.form, err = formPage(o.Host, o.Org, r.state, o.Manifest); err != nil {
		return errors.Join(err, listener.Close())
	}
	r.serve(listener)
	return nil
}

func prepare(o RegistrationOptions) (*Registration, error) {
	if o.Org == "" {
		return nil, &Error{Kind: KindUsage, Message: "no organization is named for the app", Advice: "name the organization that is to own it"}
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	r := &Registration{
		options: o, patience: 2 * time.Second, grace: endGrace, codes: make(chan string, 1), failed: make(chan error, 1),
		served: make(chan struct{}), ended: make(chan struct{}), shown: make(chan struct{}), closed: make(chan struct{}),
	}
	var err error
	if r.token, err = NewState(o.Rand); err != nil {
		return nil, err
	}
	r.state, err = NewState(o.Rand)
	return r, err
}

// listen takes a port of 127.0.0.1 alone: on any other address, others could send a code of their own.
func listen(ctx context.Context, port int) (net.Listener, error) {
	if port < 0 || port > 65535 {
		return nil, &Error{Kind: KindUsage, Message: fmt.Sprintf("%d is no port", port), Advice: "ports are from 1 to 65535; with 0 a free one is taken"}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", net.JoinHostPort(loopback, strconv.Itoa(port)))
	switch {
	case err == nil:
		return listener, nil
	case port == 0:
		return nil, &Error{Kind: KindFailed, Message: fmt.Sprintf("no port of %s can be listened on: %v", loopback, reason(err)), Cause: err}
	}
	return nil, &Error{
		Kind: KindUsage, Message: fmt.Sprintf("port %d of %s cannot be listened on: %v", port, loopback, reason(err)),
		Advice: "take another port, or none: then a free one is found", Cause: err,
	}
}

// reason is an error of the network without the address, which was said.
func reason(err error) error {
	var network *net.OpError
	if errors.As(err, &network) {
		return network.Err
	}
	return err
}

// The limits are small: what comes here is a person's browser, a few times.
func (r *Registration) serve(listener net.Listener) {
	r.server = &http.Server{
		Handler:           http.HandlerFunc(r.handle),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       5 * time.Second,
		WriteTimeout:      r.patience + 10*time.Second,
		MaxHeaderBytes:    16 << 10,
		ConnState:         limitConnections(maxConnections),
		ErrorLog:          log.New(io.Discard, "", 0), // it would write addresses with codes
	}
	r.server.SetKeepAlivesEnabled(false)
	go func() {
		defer close(r.served)
		if err := r.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			r.failed <- err
		}
	}()
}

// limitConnections ends those that are more than the limit: a program that opens all that it can would leave no file for the credentials.
func limitConnections(limit int64) func(net.Conn, http.ConnState) {
	var open atomic.Int64
	return func(c net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			if open.Add(1) > limit {
				_ = c.Close() // the server sees it as one that the other side closed
			}
		case http.StateClosed, http.StateHijacked:
			open.Add(-1)
		}
	}
}

// URL returns the page to open. It is the form itself, and works again after a failed try. Whoever can read the address can see
// the form; nobody else can.
func (r *Registration) URL() string { return "http://" + r.address + r.formPath() }

// RedirectURL returns where GitHub sends the browser back to. A browser on another machine needs a tunnel to the same port.
func (r *Registration) RedirectURL() string { return r.options.Manifest.RedirectURL }

// State is what GitHub sends back with the code. Who keeps its hash can take a code over that came when nobody listened any more.
func (r *Registration) State() string { return r.state }

// Ending is how a registration ended, as its last page tells.
type Ending struct {
	App  App    // that was made
	Next string // where to go on, "" for nowhere: an address of GitHub
}

// Wait serves until a code came with the right state and exchange, which is called once for it, made an app of it. The error of
// exchange ends the wait and is returned; its text is shown on the page. The end of ctx ends it too. It returns when the last page
// was delivered, or a moment later, and does not listen any more then.
func (r *Registration) Wait(ctx context.Context, exchange func(ctx context.Context, code string) (Ending, error)) error {
	code, err := r.awaitCode(ctx)
	if err != nil {
		return errors.Join(err, r.Close())
	}
	ending, err := exchange(ctx, code)
	r.end(ending, err)
	r.awaitShown(ctx)
	return cmp.Or(err, r.Close())
}

func (r *Registration) awaitCode(ctx context.Context) (string, error) {
	select {
	case code := <-r.codes:
		return code, nil
	case err := <-r.failed:
		return "", &Error{Kind: KindFailed, Message: "the listener for GitHub's answer ended: " + err.Error(), Cause: err}
	case <-r.closed:
		return "", &Error{Kind: KindFailed, Message: "the listener for GitHub's answer was closed", Cause: net.ErrClosed}
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (r *Registration) end(ending Ending, err error) {
	outcome := donePage(r.options.Host, ending)
	if err != nil {
		outcome = failedPage(r.options.Host, r.options.Org, err)
	}
	r.mu.Lock()
	r.outcome = outcome
	r.mu.Unlock()
	close(r.ended)
}

func (r *Registration) awaitShown(ctx context.Context) {
	timer := time.NewTimer(r.grace)
	defer timer.Stop()
	select {
	case <-r.shown:
	case <-timer.C:
	case <-r.closed:
	case <-ctx.Done():
	}
}

// Close stops listening. It may be called twice.
func (r *Registration) Close() error {
	r.closing.Do(func() {
		close(r.closed)
		// The last page may still be on its way, also where the wait was cancelled.
		ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
		defer cancel()
		if r.server.Shutdown(ctx) != nil {
			r.failure = r.server.Close()
		}
		<-r.served
	})
	return r.failure
}
