package githubapp

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	maxQuery = 2048 // characters of the query of a callback
	maxCode  = 256  // characters of a code; GitHub's have forty
)

func (r *Registration) formPath() string { return "/" + r.token }
func (r *Registration) donePath() string { return "/" + r.token + "/done" }

// handle answers one request. Any program of the machine and any page in its browser can send one, so that nothing but the answer
// of GitHub may end the wait:
//
//   - A page of elsewhere whose name was made to point to 127.0.0.1 (DNS rebinding) shows itself by its Host header. localhost is no
//     such name: browsers do not ask DNS for it.
//   - It has no cookies and takes only GET, so that there is nothing to forge but a callback, which needs the state.
//   - Another user of the machine could read the state from the form, so that the form is at an address that cannot be guessed.
//   - Another page could frame the form, or read what it answers: the headers forbid that.
func (r *Registration) handle(w http.ResponseWriter, q *http.Request) {
	setHeaders(w.Header())
	path := q.URL.EscapedPath()
	switch {
	case !r.isOurs(q.Host):
		r.refuse(w, http.StatusBadRequest, "the address is not the one that the terminal shows.")
	case q.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		r.refuse(w, http.StatusMethodNotAllowed, "only GET is answered.")
	case q.ContentLength != 0:
		r.refuse(w, http.StatusBadRequest, "it carries data.")
	case path == callbackPath:
		r.handleCallback(w, q)
	case SameState(path, r.formPath()):
		r.handleForm(w, q)
	case SameState(path, r.donePath()):
		r.handleDone(w, q)
	default:
		r.refuse(w, http.StatusBadRequest, "there is nothing at this address.")
	}
}

func setHeaders(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
}

// isOurs checks a Host header.
func (r *Registration) isOurs(host string) bool {
	_, port, _ := strings.Cut(r.address, ":")
	if port == "80" && (host == loopback || host == "localhost") {
		return true // without a port it is this one
	}
	return host == r.address || host == "localhost:"+port
}

// handleCallback takes GitHub's answer. A wrong one does not end the wait; the state comes before all else.
func (r *Registration) handleCallback(w http.ResponseWriter, q *http.Request) {
	values, ok := callbackValues(q.URL.RawQuery)
	if !ok || !SameState(values.Get("state"), r.state) {
		r.refuse(w, http.StatusBadRequest, "it is not the answer to the form of this page.")
		return
	}
	code := values.Get("code")
	switch {
	case r.isSpent():
		write(w, http.StatusConflict, spentPage(r.options.Host, r.options.Org))
	case values.Get("error") != "":
		write(w, http.StatusBadRequest, deniedPage(values.Get("error"), values.Get("error_description"), r.formPath()))
	case !isCode(code):
		write(w, http.StatusBadRequest, deniedPage("", "", r.formPath()))
	case !r.spend():
		write(w, http.StatusConflict, spentPage(r.options.Host, r.options.Org))
	default:
		r.codes <- code
		// The code leaves the address bar, and the history.
		http.Redirect(w, q, r.donePath(), http.StatusSeeOther)
	}
}

// callbackValues reads a query in which no value is told twice.
func callbackValues(query string) (url.Values, bool) {
	if len(query) > maxQuery {
		return nil, false
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, false
	}
	for _, all := range values {
		if len(all) > 1 {
			return nil, false
		}
	}
	return values, true
}

// isCode reports whether a text can be a code: it goes into a path of GitHub's API.
func isCode(code string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return code != "" && len(code) <= maxCode && strings.Trim(code, letters) == ""
}

func (r *Registration) isSpent() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.spent
}

// spend uses the state up, and reports whether it was still good.
func (r *Registration) spend() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.spent
	r.spent = true
	return !was
}

// handleForm shows the form. When it cannot work any more, it shows what came of it.
func (r *Registration) handleForm(w http.ResponseWriter, q *http.Request) {
	if r.isSpent() {
		http.Redirect(w, q, r.donePath(), http.StatusSeeOther)
		return
	}
	write(w, http.StatusOK, r.form)
}

// handleDone shows what came of it. While that is not known, the page says so and asks again.
func (r *Registration) handleDone(w http.ResponseWriter, q *http.Request) {
	if !r.isSpent() {
		http.Redirect(w, q, r.formPath(), http.StatusSeeOther)
		return
	}
	timer := time.NewTimer(r.patience)
	defer timer.Stop()
	select {
	case <-r.ended:
	case <-timer.C:
		write(w, http.StatusOK, workingPage())
		return
	case <-r.closed:
		write(w, http.StatusOK, stoppedPage())
		return
	case <-q.Context().Done():
		return
	}
	r.mu.Lock()
	outcome := r.outcome
	r.mu.Unlock()
	write(w, http.StatusOK, outcome)
	r.once.Do(func() { close(r.shown) })
}

// refuse answers a request that GitHub did not cause. It says nothing that is not known to whoever sent it.
func (r *Registration) refuse(w http.ResponseWriter, status int, why string) {
	write(w, status, refusedPage(why))
}

func write(w http.ResponseWriter, status int, p page) {
	w.Header().Set("Content-Security-Policy", p.policy)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, string(p.html)) // a browser that has gone needs no page
}
