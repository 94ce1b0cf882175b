package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/transport"
	"github.com/gijctl/gijctl/pkg/gij"
)

const (
	// answerStart is how much of a web page is looked at to tell whether it is a login page.
	answerStart = 4 << 10
	// maxQueried is the size in bytes of an answer that --query takes: it must be in memory as a whole.
	maxQueried = 64 << 20
)

// apiAnswer is the answer to "gijctl api".
type apiAnswer struct {
	request string // "GET /rest/api/2/myself", without the query
	*http.Response
	body    *bufio.Reader
	isLogin bool
}

func newAPIAnswer(r gij.RawRequest, res *http.Response) *apiAnswer {
	a := &apiAnswer{request: r.Method + " " + withoutQuery(r.Path), Response: res, body: bufio.NewReaderSize(res.Body, answerStart)}
	if strings.Contains(res.Header.Get("Content-Type"), "html") {
		start, _ := a.body.Peek(answerStart) // a shorter page is all there, and an error comes again when it is printed
		a.isLogin = isLoginForm(string(start))
	}
	return a
}

// withoutQuery leaves out of messages what may be anything, and the secret of a webhook.
func withoutQuery(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return transport.MaskPath(path)
}

// isLoginForm knows Jira's own login page, which comes with status 200.
func isLoginForm(page string) bool {
	return strings.Contains(page, "os_username") || strings.Contains(page, "login-form")
}

// writeHead writes the status line and the headers, with what may be a credential left out.
func (a *apiAnswer) writeHead(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", a.Proto, render.Visible(a.status()))
	for _, name := range slices.Sorted(maps.Keys(a.Header)) {
		for _, value := range a.Header[name] {
			fmt.Fprintf(&b, "%s: %s\n", render.Visible(name), render.Visible(shownHeader(name, value)))
		}
	}
	_, err := io.WriteString(out, b.String()+"\n")
	return err
}

// status is the number with its words, also where the server sends none.
func (a *apiAnswer) status() string {
	if words := strings.TrimSpace(a.Status); strings.Contains(words, " ") {
		return words
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.StatusCode, http.StatusText(a.StatusCode)))
}

// shownHeader hides sessions, tokens, and the parameters of a redirect, among which single sign-on has both.
func shownHeader(name, value string) string {
	lower := strings.ToLower(name)
	if lower == "location" {
		return withoutValues(value)
	}
	secret := []string{"cookie", "token", "secret", "session", "authorization", "password", "api-key", "authentication-info"}
	if slices.ContainsFunc(secret, func(word string) bool { return strings.Contains(lower, word) }) {
		return "[redacted]"
	}
	return value
}

func withoutValues(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "[redacted]"
	}
	query := u.Query()
	for name := range query {
		query[name] = []string{"..."}
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, RawPath: transport.MaskPath(u.EscapedPath()), RawQuery: query.Encode()}
	shown.Path, _ = url.PathUnescape(shown.RawPath) // it is a part of what was parsed
	return shown.String()
}

func (a *apiAnswer) writeBody(p *render.Printer) error {
	if p.Query != nil && a.refusal() == nil {
		return a.writeQuery(p)
	}
	if !p.Terminal {
		_, err := io.Copy(p.Out, a.body)
		return err
	}
	shown := &visibleWriter{out: p.Out}
	if _, err := io.Copy(shown, a.body); err != nil {
		return err
	}
	return shown.end()
}

// writeQuery writes what --query selects of a JSON answer. An answer without a body has nothing to select from.
func (a *apiAnswer) writeQuery(p *render.Printer) error {
	data, err := io.ReadAll(io.LimitReader(a.body, maxQueried+1))
	switch {
	case err != nil:
		return err
	case len(data) > maxQueried:
		return a.failed("the answer is larger than --query takes: %d MiB", maxQueried>>20)
	case len(data) == 0:
		return nil
	case !json.Valid(data):
		return a.failed("the answer is no JSON, so --query cannot select from it")
	}
	chosen := *p
	chosen.Format = render.FormatJSON
	return render.WriteObject(&chosen, render.List[json.RawMessage]{}, json.RawMessage(data))
}

func (a *apiAnswer) failed(format string, args ...any) error {
	return &apiError{
		code: codeFailed, status: a.StatusCode, message: a.request + ": " + fmt.Sprintf(format, args...),
		hint: "look at the whole answer without --query",
	}
}

// apiError is an answer that is no success.
type apiError struct {
	code, message, hint string
	status              int
}

func (e *apiError) Error() string   { return e.message }
func (e *apiError) Code() string    { return e.code }
func (e *apiError) Hint() string    { return e.hint }
func (e *apiError) HTTPStatus() int { return e.status }

// refusal is the error that the status stands for, nil for a success.
func (a *apiAnswer) refusal() error {
	if a.leadsElsewhere() {
		return &apiError{
			code: codeAuth, status: a.StatusCode, message: a.request + ": " + a.status() + ", a login page or another server",
			hint: "the credential was not accepted or a single sign-on page stands in front of Jira; see: gijctl doctor",
		}
	}
	if a.StatusCode < http.StatusBadRequest {
		return nil
	}
	e := &apiError{code: codeFailed, status: a.StatusCode, message: a.request + ": " + a.status()}
	switch a.StatusCode {
	case http.StatusUnauthorized:
		e.code, e.hint = codeAuth, "the credential was not accepted; see: gijctl doctor"
	case http.StatusForbidden:
		e.code, e.hint = codeAuth, "this account may not; the answer may say more, and so may: gijctl doctor"
	case http.StatusNotFound:
		e.code, e.hint = codeNotFound, "GIJ's paths begin with /rest/gitplugin/1.0/, Jira's own with /rest/api/2/; see: gijctl doctor"
	case http.StatusTooManyRequests:
		e.hint = "Jira limits this account's rate; wait, or raise --retries"
	}
	return e
}

// leadsElsewhere reports whether the answer is a login page, or a redirect to one or to another server.
func (a *apiAnswer) leadsElsewhere() bool {
	if a.isLogin {
		return true
	}
	target, err := a.Location()
	if err != nil || a.StatusCode < 300 || a.StatusCode >= http.StatusBadRequest {
		return false
	}
	return !transport.SameOrigin(a.Request.URL, target) || strings.Contains(strings.ToLower(target.Path), "login")
}

// visibleWriter shows what a terminal would obey, but for line ends and tabs.
type visibleWriter struct {
	out  io.Writer
	rest []byte // what unfinished kept back
	last byte
}

func (w *visibleWriter) Write(p []byte) (int, error) {
	data := append(w.rest, p...)
	whole := len(data) - len(unfinished(data))
	w.rest = append([]byte(nil), data[whole:]...)
	return len(p), w.show(data[:whole])
}

// unfinished returns the bytes at the end that may be the beginning of a character, or of a line end.
func unfinished(data []byte) []byte {
	if n := len(data); n > 0 && data[n-1] == '\r' {
		return data[n-1:]
	}
	for n := 1; n < utf8.UTFMax && n <= len(data); n++ {
		tail := data[len(data)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return nil
			}
			return tail
		}
	}
	return nil
}

func (w *visibleWriter) show(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	w.last = data[len(data)-1]
	var b strings.Builder
	for len(data) > 0 {
		end := slices.IndexFunc(data, func(c byte) bool { return c == '\n' || c == '\t' })
		if end < 0 {
			end = len(data)
		}
		if end < len(data) && data[end] == '\n' && end > 0 && data[end-1] == '\r' {
			data = slices.Delete(data, end-1, end) // a line end of the web
			end--
		}
		b.WriteString(render.Visible(string(data[:end])))
		if end < len(data) {
			b.WriteByte(data[end])
			end++
		}
		data = data[end:]
	}
	_, err := io.WriteString(w.out, b.String())
	return err
}

// end shows what is left, and ends the last line, so that a prompt is not glued to it.
func (w *visibleWriter) end() error {
	if err := w.show(w.rest); err != nil || w.last == 0 || w.last == '\n' {
		return err
	}
	_, err := io.WriteString(w.out, "\n")
	return err
}
