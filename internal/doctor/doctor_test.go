package doctor_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/doctor"
)

// hinted is an error with advice, as those of the configuration are.
type hinted struct{ message, hint string }

func (h hinted) Error() string { return h.message }
func (h hinted) Hint() string  { return h.hint }

func TestAllIsWell(t *testing.T) {
	t.Parallel()
	jira := &fakeJira{}
	base := serve(t, jira).URL + "/jira"
	all := examine(t, options(t, base))
	all.expectOthers(t, doctor.StatusOK)
	all.expect(t, doctor.CheckURL, "ok", base+", from --url", "")
	all.expect(t, doctor.CheckHost, "ok", "accepts connections", "")
	all.expect(t, doctor.CheckTLSChain, "ok", "no TLS (http)", "")
	all.expect(t, doctor.CheckCredential, "ok", "Ada Admin (ada)", "")
	all.expect(t, doctor.CheckPermission, "ok", "administrator", "")
	all.expect(t, doctor.CheckApp, "ok", "Jira 10.3.1", "")
	for _, r := range jira.seen() {
		if r.Method != http.MethodGet {
			t.Errorf("%s %s was sent", r.Method, r.URL)
		}
	}
}

// TestProbeIsAnonymous: the request that accepts any certificate carries no secret.
func TestProbeIsAnonymous(t *testing.T) {
	t.Parallel()
	jira := &fakeJira{}
	ca := newAuthority(t, "Acme CA", nil)
	server := begin(t, jira, withCertificate(ca.server(t, nil)))
	o := options(t, server.URL+"/jira")
	o.Client.Header = http.Header{"X-Proxy-Key": {hidden}}
	o.Client.TLS = trusting(newAuthority(t, "Other CA", nil))
	all := examine(t, o)
	all.expect(t, doctor.CheckTLSAuthority, "fail", "Acme CA", "--ca-file FILE")
	all.expect(t, doctor.CheckCredential, "warn", "not checked: it comes from GIJCTL_TOKEN", "tls-authority")
	if len(jira.seen()) == 0 {
		t.Fatal("nothing was asked")
	}
	for _, r := range jira.seen() {
		if r.Header.Get("Authorization") != "" || r.Header.Get("X-Proxy-Key") != "" {
			t.Errorf("%s carries %v", r.URL, r.Header)
		}
	}
}

func TestInterrupt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	asked := make(chan struct{})
	release := make(chan struct{})
	jira := &fakeJira{before: func(http.ResponseWriter, *http.Request) bool {
		close(asked)
		<-release
		return true
	}}
	base := serve(t, jira).URL + "/jira"
	t.Cleanup(func() { close(release) })
	ended := make(chan []doctor.Finding)
	go func() { ended <- doctor.Run(ctx, options(t, base)) }()
	<-asked
	cancel()
	if all := <-ended; len(all) != 15 {
		t.Errorf("%d findings", len(all))
	}
}

// TestSilence: a server that takes the connection and says nothing.
func TestSilence(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	base := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release })).URL
	t.Cleanup(func() { close(release) })
	o := options(t, base)
	o.Timeout = 200 * time.Millisecond
	examine(t, o).expect(t, doctor.CheckContextPath, "fail", "no answer in time", "being started")
}
