package browsertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

func manifest() githubapp.Manifest {
	return githubapp.Manifest{
		Name: "jira.acme.example-1764072000000", URL: "https://jira.acme.example",
		Permissions: map[string]string{"metadata": "read", "contents": "write", "pull_requests": "write", "issues": "read"},
	}
}

// registration is a listener with an exchange that answers when it is told to.
func registration(t *testing.T, web string) (r *githubapp.Registration, answer chan error) {
	t.Helper()
	host, err := githubapp.ParseHost(web)
	if err != nil {
		t.Fatal(err)
	}
	r, err = githubapp.NewRegistration(t.Context(), githubapp.RegistrationOptions{Host: host, Org: "acme", Manifest: manifest()})
	if err != nil {
		t.Fatal(err)
	}
	answer = make(chan error, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.Wait(t.Context(), func(ctx context.Context, _ string) (githubapp.Ending, error) {
			select {
			case err := <-answer:
				return githubapp.Ending{App: githubapp.App{Name: manifest().Name}, Next: web + "/apps/jira/installations/new"}, err
			case <-ctx.Done():
				return githubapp.Ending{}, ctx.Err()
			}
		})
	}()
	t.Cleanup(func() { _ = r.Close(); close(answer); <-done })
	return r, answer
}

func TestFormPage(t *testing.T) {
	r, _ := registration(t, "https://github.com")
	b := newBrowser(t)
	b.open(r.URL())
	b.see("Let GitHub create the app")
	b.shot("github-app-form")
	expectReadable(b)
	b.dark()
	b.shot("form-dark")
	expectReadable(b)
	b.do(chromedp.Click(chromedp.CSS("summary")))
	b.see("pull requests")
	b.shot("form-facts-dark")
	b.do(chromedp.EmulateViewport(360, 740))
	b.shot("form-narrow-dark")
	if got := eval[int](b, "document.documentElement.scrollWidth"); got > 360 {
		t.Errorf("on a narrow screen it is %d wide", got)
	}
	b.expectQuiet()
}

// TestKeyboard walks through the form by the tab key alone: the link, the button, what the app will be.
func TestKeyboard(t *testing.T) {
	r, _ := registration(t, "https://github.com")
	b := newBrowser(t)
	b.open(r.URL())
	b.see("Sign in first")
	for _, want := range []string{"A", "BUTTON", "SUMMARY"} {
		b.do(chromedp.KeyEvent("\t"))
		if got := eval[string](b, "document.activeElement.tagName"); got != want {
			t.Errorf("the focus is on %s, not %s", got, want)
		}
		if eval[string](b, "getComputedStyle(document.activeElement).outlineStyle") == "none" {
			t.Errorf("the focus on %s cannot be seen", want)
		}
	}
	b.shot("form-focus")
}

func TestEndPages(t *testing.T) {
	t.Run("done", func(t *testing.T) {
		r, answer := registration(t, "https://github.com")
		b := newBrowser(t)
		b.open(callback(r, url.Values{"code": {"c0de"}, "state": {r.State()}}))
		b.see("This page goes on by itself")
		b.shot("working")
		if b.address() != r.URL()+"/done" {
			t.Errorf("the address is %s", b.address())
		}
		second := b.newTab()
		second.open(callback(r, url.Values{"code": {"other"}, "state": {r.State()}}))
		second.see("This was done already")
		second.shot("spent")
		answer <- nil
		b.see("is created")
		b.see("Install it on github.com")
		expectReadable(b)
		b.shot("github-app-done")
		b.expectQuiet()
	})
	t.Run("failed", func(t *testing.T) {
		r, answer := registration(t, "https://github.com")
		b := newBrowser(t)
		answer <- &githubapp.Error{Kind: githubapp.KindNotFound, Message: "github.com knows no such code: it was used already, or is more than an hour old", Advice: "begin again"}
		b.open(callback(r, url.Values{"code": {"c0de"}, "state": {r.State()}}))
		b.see("could not be taken over")
		expectReadable(b)
		b.shot("failed")
		b.dark()
		expectReadable(b)
		b.shot("failed-dark")
	})
	t.Run("denied and refused", func(t *testing.T) {
		r, _ := registration(t, "https://github.com")
		b := newBrowser(t)
		b.open(callback(r, url.Values{"error": {"access_denied"}, "state": {r.State()}}))
		b.see("The app was not created")
		b.shot("denied")
		b.click("a.button", "Sign in first")
		b.open(callback(r, url.Values{"code": {"c0de"}, "state": {"wrong"}}))
		b.see("This is not answered")
		b.shot("refused")
	})
}

func callback(r *githubapp.Registration, values url.Values) string {
	return r.RedirectURL() + "?" + values.Encode()
}

// TestFormFile opens the page for another machine. It submits itself; without scripts its button does.
func TestFormFile(t *testing.T) {
	host, err := githubapp.ParseHost("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	m := manifest()
	m.RedirectURL = "http://127.0.0.1:52871/callback"
	file := filepath.Join(t.TempDir(), "form.html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(githubapp.WriteForm(f, host, "acme", "a-state", m), f.Close()); err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t).withoutScripts()
	b.open("file://" + file)
	b.see("Copy the address")
	b.shot("file")
}

// expectReadable holds the colours of each text against those behind it: 4.5 to 1, as WCAG 2.2 has it for AA.
func expectReadable(b *tab) {
	b.t.Helper()
	for _, low := range eval[[]string](b, contrasts) {
		b.t.Error(low)
	}
}

var contrasts = fmt.Sprintf(`(() => {
	const parse = c => c.match(/[\d.]+/g).map(Number);
	const light = c => { const f = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
		return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]); };
	const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
	const low = [];
	for (const e of document.querySelectorAll("body *")) {
		if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
		const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
		const ratio = (a + 0.05) / (b + 0.05);
		if (ratio < %v) low.push(e.tagName + " " + e.textContent.trim().slice(0, 30) + ": " + ratio.toFixed(2));
	}
	return low;
})()`, 4.5)

// TestSignInElsewhere has GitHub send the form on to a sign-in page of another host. The policy stops that, so that the form does not
// travel there; our page stays, and works as soon as the person is signed in.
func TestSignInElsewhere(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the form went to another host") }))
	defer other.Close()
	var signedIn atomic.Bool
	gitHub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if !signedIn.Load() {
			http.Redirect(w, q, other.URL+"/sign-in", http.StatusTemporaryRedirect)
			return
		}
		_, _ = io.WriteString(w, "GitHub has the form: "+q.FormValue("manifest"))
	}))
	defer gitHub.Close()
	// By another name it is another site for a browser, as the real one is.
	r, _ := registration(t, strings.Replace(gitHub.URL, "127.0.0.1", "localhost", 1))
	b := newBrowser(t)
	b.open(r.URL())
	b.do(chromedp.Click(chromedp.CSS("form button")))
	b.see("Nothing happens")
	b.awaitProblem("form-action")
	if b.address() != r.URL() {
		t.Errorf("the address is %s", b.address())
	}
	signedIn.Store(true)
	b.click("form button", "GitHub has the form: {")
}
