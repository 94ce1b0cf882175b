package githubapp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

func TestFormPage(t *testing.T) {
	t.Parallel()
	f := startFlow(t, patient)
	head, page := f.get(t, f.URL())
	if !strings.HasPrefix(f.action, "https://github.example.com/organizations/acme/settings/apps/new?state=") || len(f.state) != 43 {
		t.Errorf("the form goes to %s", f.action)
	}
	manifest := attribute(t, page, "value")
	if !strings.Contains(manifest, `"redirect_url":"`+f.RedirectURL()+`"`) || !strings.HasPrefix(f.RedirectURL(), "http://127.0.0.1:") {
		t.Errorf("the manifest is %s", manifest)
	}
	for _, want := range []string{`href="https://github.example.com/login"`, "<html lang=\"en\">", "<button type=\"submit\">", "pull requests"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "{{") {
		t.Errorf("script, or a place that was not filled:\n%s", page)
	}
	allowed := head.Header.Get("Content-Security-Policy")
	wantForm := "; form-action https://github.example.com/organizations/acme/settings/apps/new " + f.RedirectURL() + ";"
	if !strings.HasPrefix(allowed, "default-src 'none'; base-uri 'none'") || !strings.Contains(allowed, wantForm) || strings.Contains(allowed, "unsafe") {
		t.Errorf("the policy is %s", allowed)
	}
	if strings.Contains(allowed, f.state) {
		t.Error("the policy tells the state")
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Cross-Origin-Resource-Policy": "same-origin", "Content-Type": "text/html; charset=utf-8",
	} {
		if got := head.Header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	// It works again after a failed try, and by the name that a person may type.
	local := strings.Replace(f.URL(), "127.0.0.1", "localhost", 1)
	again, _ := f.do(t, func(q *http.Request) {
		q.Host = strings.TrimPrefix(strings.SplitAfterN(local, "/", 3)[2], "/")
		q.Host, _, _ = strings.Cut(q.Host, "/")
	}, f.URL())
	if again.StatusCode != http.StatusOK {
		t.Errorf("by localhost: %d", again.StatusCode)
	}
	f.finish(t)
}

// TestNothingElseEndsTheWait sends what others may send. None of it is exchanged, tells the state, or ends the wait.
func TestNothingElseEndsTheWait(t *testing.T) {
	t.Parallel()
	host := func(h string) func(*http.Request) { return func(q *http.Request) { q.Host = h } }
	method := func(m string) func(*http.Request) { return func(q *http.Request) { q.Method = m } }
	port := func(f *flow) string {
		return f.RedirectURL()[len("http://127.0.0.1:"):strings.LastIndex(f.RedirectURL(), "/")]
	}
	tests := map[string]struct {
		address func(*flow) string
		change  func(*flow) func(*http.Request)
		want    int
	}{
		"wrong state":          {address: func(f *flow) string { return f.callback("?code=c&state=" + strings.Repeat("A", 43)) }, want: 400},
		"no state":             {address: func(f *flow) string { return f.callback("?code=c") }, want: 400},
		"empty state":          {address: func(f *flow) string { return f.callback("?code=c&state=") }, want: 400},
		"no query":             {address: func(f *flow) string { return f.callback("") }, want: 400},
		"state in other case":  {address: func(f *flow) string { return f.callback("?code=c&state=" + swapCase(f.state)) }, want: 400},
		"two states":           {address: func(f *flow) string { return f.good("c") + "&state=x" }, want: 400},
		"two codes":            {address: func(f *flow) string { return f.good("c") + "&code=x" }, want: 400},
		"no code":              {address: func(f *flow) string { return f.callback("?state=" + f.state) }, want: 400},
		"a code with a path":   {address: func(f *flow) string { return f.good("../../user") }, want: 400},
		"a code too long":      {address: func(f *flow) string { return f.good(strings.Repeat("c", 257)) }, want: 400},
		"a query too long":     {address: func(f *flow) string { return f.good("c") + "&x=" + strings.Repeat("x", 2048) }, want: 400},
		"a query that is none": {address: func(f *flow) string { return f.good("c") + "&x=%zz" }, want: 400},
		"semicolons":           {address: func(f *flow) string { return f.callback("?code=c;state=" + f.state) }, want: 400},
		"denied":               {address: func(f *flow) string { return f.callback("?error=access_denied&state=" + f.state) }, want: 400},
		"denied, wrong state":  {address: func(f *flow) string { return f.callback("?error=access_denied&state=x") }, want: 400},
		"rebound name":         {address: func(f *flow) string { return f.good("c") }, change: func(*flow) func(*http.Request) { return host("evil.example") }, want: 400},
		"rebound with port": {
			address: func(f *flow) string { return f.good("c") }, want: 400,
			change: func(f *flow) func(*http.Request) { return host("evil.example:" + port(f)) },
		},
		"without the port":   {address: func(f *flow) string { return f.good("c") }, change: func(*flow) func(*http.Request) { return host("127.0.0.1") }, want: 400},
		"another port":       {address: func(f *flow) string { return f.good("c") }, change: func(*flow) func(*http.Request) { return host("127.0.0.1:1") }, want: 400},
		"another loopback":   {address: func(f *flow) string { return f.good("c") }, change: func(f *flow) func(*http.Request) { return host("127.0.0.2:" + port(f)) }, want: 400},
		"rebound form":       {address: func(f *flow) string { return f.URL() }, change: func(f *flow) func(*http.Request) { return host("evil.example:" + port(f)) }, want: 400},
		"POST":               {address: func(f *flow) string { return f.good("c") }, change: func(*flow) func(*http.Request) { return method("POST") }, want: 405},
		"HEAD":               {address: func(f *flow) string { return f.good("c") }, change: func(*flow) func(*http.Request) { return method("HEAD") }, want: 405},
		"OPTIONS":            {address: func(f *flow) string { return f.good("c") }, change: func(*flow) func(*http.Request) { return method("OPTIONS") }, want: 405},
		"GET with data":      {address: func(f *flow) string { return f.good("c") }, change: func(*flow) func(*http.Request) { return withBody }, want: 400},
		"root":               {address: func(f *flow) string { return f.callback("/../")[:len("http://127.0.0.1:")] + port(f) + "/" }, want: 400},
		"below the callback": {address: func(f *flow) string { return f.RedirectURL() + "/?code=c&state=" + f.state }, want: 400},
		"encoded path":       {address: func(f *flow) string { return strings.Replace(f.good("c"), "/callback", "/%63allback", 1) }, want: 400},
		"guessed form":       {address: func(f *flow) string { return f.URL()[:len(f.URL())-1] }, want: 400},
		"below the form":     {address: func(f *flow) string { return f.URL() + "/other" }, want: 400},
		"the end, too soon":  {address: func(f *flow) string { return f.URL() + "/done" }, want: 303},
		"a huge header":      {address: func(f *flow) string { return f.good("c") }, change: func(*flow) func(*http.Request) { return hugeHeader }, want: 431},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFlow(t, patient)
			var change func(*http.Request)
			if test.change != nil {
				change = test.change(f)
			}
			head, page := f.do(t, change, test.address(f))
			if head.StatusCode != test.want {
				t.Errorf("answered %d, not %d:\n%s", head.StatusCode, test.want, page)
			}
			if strings.Contains(page, f.state) {
				t.Errorf("the answer tells the state:\n%s", page)
			}
			if n := f.calls.Load(); n != 0 {
				t.Errorf("%d exchanges", n)
			}
			f.finish(t)
		})
	}
}

func withBody(q *http.Request) {
	q.Body, q.ContentLength = io.NopCloser(strings.NewReader("x")), 1
}

func hugeHeader(q *http.Request) { q.Header.Set("X-Huge", strings.Repeat("x", 64<<10)) }

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ToUpper(string(r)) == string(r) {
			return []rune(strings.ToLower(string(r)))[0]
		}
		return []rune(strings.ToUpper(string(r)))[0]
	}, s)
}

// TestOneAnswerIsTaken has many tabs bring an answer at once.
func TestOneAnswerIsTaken(t *testing.T) {
	t.Parallel()
	f := startFlow(t, patient)
	const tabs = 8
	statuses := make(chan int, tabs)
	var group sync.WaitGroup
	for i := range tabs {
		group.Go(func() {
			head, _ := f.get(t, f.good(fmt.Sprintf("code-%d", i)))
			statuses <- head.StatusCode
		})
	}
	group.Wait()
	close(statuses)
	count := map[int]int{}
	for s := range statuses {
		count[s]++
	}
	if count[http.StatusSeeOther] != 1 || count[http.StatusConflict] != tabs-1 {
		t.Errorf("answered %v", count)
	}
	<-f.codes
	head, page := f.get(t, f.good("another"))
	if head.StatusCode != http.StatusConflict || !strings.Contains(page, "done already") || strings.Contains(page, "another") {
		t.Errorf("the spent state is answered %d:\n%s", head.StatusCode, page)
	}
	head, _ = f.get(t, f.URL())
	if head.Header.Get("Location") == "" {
		t.Error("the form is shown though it cannot work any more")
	}
	_, page = f.get(t, f.URL()+"/done")
	if !strings.Contains(page, `http-equiv="refresh"`) {
		t.Errorf("while the exchange lasts, the page does not ask again:\n%s", page)
	}
	close(f.answer)
	if _, page = f.last(t); !strings.Contains(page, "jira &lt;b&gt; is created") || !strings.Contains(page, "installations/new") {
		t.Errorf("the last page is:\n%s", page)
	}
	if err := <-f.result; err != nil || f.calls.Load() != 1 {
		t.Errorf("%v, %d exchanges", err, f.calls.Load())
	}
}

func TestTheCodeLeavesTheAddressBar(t *testing.T) {
	t.Parallel()
	f := startFlow(t, patient)
	head, page := f.get(t, f.good("the-code"))
	if head.Header.Get("Location") != strings.TrimPrefix(f.URL(), strings.TrimSuffix(f.RedirectURL(), "/callback"))+"/done" {
		t.Errorf("sent on to %q", head.Header.Get("Location"))
	}
	if strings.Contains(page, "the-code") || head.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the code stays: %q", page)
	}
	close(f.answer)
	f.last(t)
}

func TestTheErrorOfTheExchangeIsShown(t *testing.T) {
	t.Parallel()
	f := startFlow(t, patient)
	f.get(t, f.good("c"))
	want := &githubapp.Error{Kind: githubapp.KindNotFound, Message: "the code <is> spent", Advice: "begin again"}
	f.answer <- want
	_, page := f.last(t)
	for _, part := range []string{"Why: the code &lt;is&gt; spent", "What to do: begin again", "https://github.example.com/organizations/acme/settings/apps"} {
		if !strings.Contains(page, part) {
			t.Errorf("the last page lacks %q:\n%s", part, page)
		}
	}
	if err := <-f.result; !errors.Is(err, want) {
		t.Errorf("the wait ended with %v", err)
	}
}

// TestNoBrowserComesForTheLastPage ends all the same.
func TestNoBrowserComesForTheLastPage(t *testing.T) {
	t.Parallel()
	f := startFlow(t, time.Millisecond)
	f.get(t, f.good("c"))
	close(f.answer)
	if err := <-f.result; err != nil {
		t.Error(err)
	}
	f.expectClosed(t)
}

func TestCancelAndCloseEndTheWait(t *testing.T) {
	t.Parallel()
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		f := startFlow(t, patient)
		f.cancel()
		if err := <-f.result; !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		f.expectClosed(t)
	})
	t.Run("cancelled in the exchange", func(t *testing.T) {
		t.Parallel()
		f := startFlow(t, patient)
		f.get(t, f.good("c"))
		<-f.codes
		f.cancel()
		if err := <-f.result; !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		f.expectClosed(t)
	})
	t.Run("closed, twice", func(t *testing.T) {
		t.Parallel()
		f := startFlow(t, patient)
		if err := errors.Join(f.Close(), f.Close()); err != nil {
			t.Error(err)
		}
		if err := <-f.result; !errors.Is(err, net.ErrClosed) {
			t.Errorf("%v", err)
		}
		f.expectClosed(t)
	})
}
