// Package doctor finds out why a connection to Jira does not work. It makes fifteen checks and says of each what it found
// and what to do about it. Everything that it needs of its surroundings is passed in, and it never writes on the server.
package doctor

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

// The checks. Programs branch on these names, so they do not change.
const (
	CheckURL            = "url"
	CheckHost           = "host"
	CheckTLSChain       = "tls-chain"
	CheckTLSExpiry      = "tls-expiry"
	CheckTLSAuthority   = "tls-authority"
	CheckProxy          = "proxy"
	CheckContextPath    = "context-path"
	CheckSSO            = "sso"
	CheckCredential     = "credential"
	CheckPermission     = "permission"
	CheckApp            = "app"
	CheckClock          = "clock"
	CheckRateLimit      = "rate-limit"
	CheckStateDirectory = "state-directory"
	CheckKeyring        = "keyring"
)

// The values of Finding.Status.
const (
	StatusOK   = "ok"
	StatusWarn = "warn"
	StatusFail = "fail"
)

// Checks returns the names of the checks, in the order of the findings: that in which they are best mended.
func Checks() []string {
	return []string{
		CheckURL, CheckHost, CheckTLSChain, CheckTLSExpiry, CheckTLSAuthority, CheckProxy, CheckContextPath, CheckSSO,
		CheckCredential, CheckPermission, CheckApp, CheckClock, CheckRateLimit, CheckStateDirectory, CheckKeyring,
	}
}

// Finding is the outcome of one check.
type Finding struct {
	Check  string // one of [Checks]
	Status string // ok, warn or fail
	// Message is what was found. Parts of it may come from a server, so it is made visible before a terminal gets it.
	Message string
	Remedy  string // what to type or whom to ask, "" if nothing needs to be done
}

// Credential is what Jira is to know the account by.
type Credential struct {
	Token    secret.Value
	User     string
	Password secret.Value
	From     string // where it comes from: "GIJCTL_TOKEN"
	Again    string // how to log in again, "" for a credential that is not kept
}

// Options say what to examine.
type Options struct {
	// Client says how to reach Jira. BaseURL is as it was given, and may be wrong. The credential comes from Credential.
	Client gij.Config
	// From is where the URL was said: "--url".
	From string
	// TargetError is why no Jira is named. BaseURL is then not looked at.
	TargetError error
	// Credential gets the credential. Nil is treated as an account without one.
	Credential func(context.Context) (Credential, error)
	// CAFile is the file behind Client.TLS.RootCAs, "" for none. It is only named.
	CAFile string
	// ProxyVariable returns the name of the environment variable that names the proxy for a scheme, "" if none does.
	ProxyVariable func(scheme string) string
	// ProxyWithoutExceptions is Client.Proxy without NO_PROXY, nil where no proxy is set at all.
	ProxyWithoutExceptions func(*url.URL) (*url.URL, error)
	// StateDir is the folder for what is kept between commands. It need not exist. StateDirError is why there is none.
	StateDir      string
	StateDirError error
	// Keyring returns why the keyring cannot be used, nil if it can. A nil function stands for no keyring at all.
	Keyring func(context.Context) error
	// InKeyring says that the credential of the context is kept in the keyring.
	InKeyring bool
	// Timeout bounds each step on the network. Zero, and everything longer, is 10 s.
	Timeout time.Duration
	// Now is this machine's clock; the default is [time.Now].
	Now func() time.Time
}

// maxTimeout is how long one step may take: whoever runs a doctor is waiting for it.
const maxTimeout = 10 * time.Second

// Run makes all checks and returns their findings in the order of [Checks]. It ends early when ctx does; the findings are
// then worth nothing.
func Run(ctx context.Context, o Options) []Finding {
	e := &exam{Options: o.withDefaults(), found: map[string]Finding{}}
	var local sync.WaitGroup
	local.Go(e.checkStateDirectory)
	var keyring error
	local.Go(func() { keyring = e.askKeyring(ctx) })
	e.checkAccount(ctx, e.checkConnection(ctx))
	local.Wait()
	e.judgeKeyring(keyring)
	return e.findings()
}

func (o Options) withDefaults() Options {
	if o.Timeout <= 0 || o.Timeout > maxTimeout {
		o.Timeout = maxTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.ProxyVariable == nil {
		o.ProxyVariable = func(string) string { return "" }
	}
	return o
}

// exam is one run of all checks.
type exam struct {
	Options
	base *url.URL // nil where there is none

	mu    sync.Mutex
	found map[string]Finding
	// blocker is the first check without which the credential cannot be tried.
	blocker string
}

func (e *exam) ok(check, message string) { e.add(Finding{check, StatusOK, message, ""}) }
func (e *exam) warn(check, message, remedy string) {
	e.add(Finding{check, StatusWarn, message, remedy})
}

// fail is for what does not keep the credential from being tried.
func (e *exam) fail(check, message, remedy string) {
	e.add(Finding{check, StatusFail, message, remedy})
}

// block is a failure that makes further steps on the way to Jira useless.
func (e *exam) block(check, message, remedy string) {
	e.fail(check, message, remedy)
	e.blockedBy(check)
}

func (e *exam) blockedBy(check string) {
	if e.blocker == "" {
		e.blocker = check
	}
}

// skip is for what cannot be checked before another check is ok.
func (e *exam) skip(check, because string) { e.add(notChecked(check, because)) }

func notChecked(check, because string) Finding {
	return Finding{check, StatusWarn, "not checked: " + because + " comes first", "mend " + because + ", and run it again"}
}

// add keeps a finding as one line, whatever the server or the system wrote.
func (e *exam) add(f Finding) {
	f.Message = strings.Join(strings.Fields(f.Message), " ")
	e.mu.Lock()
	defer e.mu.Unlock()
	e.found[f.Check] = f
}

func (e *exam) has(check string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, found := e.found[check]
	return found
}

// findings are all findings in order. A check that nothing was said of waits for the one that ended the examination.
func (e *exam) findings() []Finding {
	all := make([]Finding, 0, len(Checks()))
	for _, check := range Checks() {
		f, found := e.found[check]
		if !found {
			f = notChecked(check, e.blocker)
		}
		all = append(all, f)
	}
	return all
}

// step bounds one step on the network.
func (e *exam) step(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, e.Timeout)
}
