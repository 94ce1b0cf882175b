package gij

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxStart is how much of an answer is looked at to tell what it is.
const maxStart = 4 << 10

// readSize is how much is read at once.
const readSize = 32 << 10

// byteOrderMark may stand before JSON that came through an editor or a Windows proxy.
const byteOrderMark = "\ufeff"

// maxLine is the length, in characters, that an error quotes of an answer it does not understand.
const maxLine = 160

// reply is an answer as far as it is needed to tell success from failure.
type reply struct {
	status   int
	header   http.Header
	host     string   // that was asked
	path     string   // that was asked for, from /rest on
	location *url.URL // of a redirect
	start    string   // the first bytes
	isJSON   bool
	env      envelope
	body     *bufio.Reader
	broken   error // what ended the first bytes early
}

// envelope is what GIJ wraps its answers in. On two of its pages it does not.
type envelope struct {
	Success      *flexBool       `json:"success"`
	Failure      json.RawMessage `json:"error"`
	Message      json.RawMessage `json:"message"`
	Advice       string          `json:"advice"`
	Integration  json.RawMessage `json:"integration"`
	Integrations json.RawMessage `json:"integrations"`
	Repository   json.RawMessage `json:"repository"`
	Repositories json.RawMessage `json:"repositories"`
	// ErrorMessages is how Jira itself, not GIJ, says what went wrong.
	ErrorMessages []string `json:"errorMessages"`
}

// refused reports whether the answer says that it failed. Some that fail say nothing of success.
func (e *envelope) refused() bool {
	return e.Success != nil && !bool(*e.Success) || e.Success == nil && text(e.Failure) != ""
}

// flexBool is true, "true", false or "false": the vendor's samples have all four.
type flexBool bool

func (b *flexBool) UnmarshalJSON(data []byte) error {
	switch strings.ToLower(strings.Trim(string(data), `"`)) {
	case "true":
		*b = true
	case "false":
		*b = false
	default:
		return fmt.Errorf("success is %s, not true or false", data)
	}
	return nil
}

func newReply(res *http.Response) *reply {
	a := &reply{status: res.StatusCode, header: res.Header, body: bufio.NewReaderSize(res.Body, readSize)}
	if res.Request != nil {
		a.host = res.Request.URL.Host
		if _, below, found := strings.Cut(res.Request.URL.Path, "/rest/"); found {
			a.path = "/rest/" + below
		}
	}
	if target, err := res.Location(); err == nil {
		a.location = target
	}
	start, err := a.body.Peek(maxStart)
	if err != nil && !errors.Is(err, io.EOF) {
		a.broken = err
	}
	if bytes.HasPrefix(start, []byte(byteOrderMark)) {
		start = start[len(byteOrderMark):]
		_, _ = a.body.Discard(len(byteOrderMark)) // it was just looked at
	}
	a.start = strings.TrimLeft(string(start), " \t\r\n")
	a.isJSON = strings.HasPrefix(a.start, "{") || strings.HasPrefix(a.start, "[")
	return a
}

func (a *reply) isHTML() bool {
	return strings.HasPrefix(a.start, "<") || strings.Contains(a.header.Get("Content-Type"), "text/html")
}

// isLoginPage knows Jira's own page by its form, and takes any web page that came with success for one.
func (a *reply) isLoginPage() bool {
	if a.isJSON || !a.isHTML() {
		return false
	}
	return a.status < 300 || strings.Contains(a.start, "os_username") || strings.Contains(a.start, "login-form")
}

// errorText is the server's own word for what went wrong.
func (a *reply) errorText() string {
	for _, raw := range []json.RawMessage{a.env.Failure, a.env.Message} {
		if s := text(raw); s != "" {
			return s
		}
	}
	return strings.Join(a.env.ErrorMessages, "; ")
}

// text reads a message, which an unknown server may send as something else than a string.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return strings.TrimSpace(string(raw))
}

// firstLine is the first line that says something: of an HTML page its title, or its first text.
func firstLine(start string) string {
	if _, rest, found := strings.Cut(start, "<title>"); found {
		start, _, _ = strings.Cut(rest, "</title>")
	}
	for line := range strings.Lines(start) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "<") {
			return shorten(line)
		}
	}
	line, _, _ := strings.Cut(start, "\n")
	return shorten(strings.TrimSpace(line))
}

func shorten(s string) string {
	if r := []rune(s); len(r) > maxLine {
		return string(r[:maxLine]) + "..."
	}
	return s
}

// one finds the integration in an answer: an object, an array of one, under either key, or bare.
func (a *reply) one(body []byte) (i Integration, err error) {
	raw, err := theOne("integrations", a.env.Integration, a.env.Integrations, body)
	if err != nil {
		return Integration{}, err
	}
	err = decodeBare(raw, &i)
	return i, err
}

// oneRepository is [reply.one] for a repository. The vendor's samples have it bare.
func (a *reply) oneRepository(body []byte) (r Repository, err error) {
	raw, err := theOne("repositories", a.env.Repository, a.env.Repositories, body)
	if err != nil {
		return Repository{}, err
	}
	err = r.UnmarshalJSON(raw)
	return r, err
}

// theOne takes the first of places that has anything. Where that is an array, it must hold one object.
func theOne(noun string, places ...json.RawMessage) (raw json.RawMessage, err error) {
	for _, place := range places {
		if raw == nil {
			raw = bytes.TrimSpace(place)
		}
	}
	if !bytes.HasPrefix(raw, []byte("[")) {
		return raw, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, fmt.Errorf("the answer holds %d %s, not one", len(list), noun)
	}
	return list[0], nil
}

func decodeBare(raw []byte, i *Integration) error {
	if err := i.UnmarshalJSON(raw); err != nil {
		return err
	}
	if i.ID == 0 {
		return errors.New("this is no integration, it has no id")
	}
	return nil
}
