package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

const (
	typeJSON = "application/json;charset=UTF-8"
	typeHTML = "text/html;charset=UTF-8"
	typeText = "text/plain;charset=UTF-8"
)

// answer is what goes to the client, before and after the faults had their way with it.
type answer struct {
	status      int
	contentType string
	header      map[string]string
	cookies     []string // values of Set-Cookie, beside Jira's own
	body        []byte
	stream      func(io.Writer) error // instead of body, for lists
	delivery    delivery
}

// problem is a refusal by GIJ: the error envelope.
type problem struct {
	text, advice string
	missing      bool // there is no such id
}

func (p problem) Error() string { return p.text }

// malformed is a body that the JSON parser refuses.
type malformed struct{ cause error }

func (m malformed) Error() string { return m.cause.Error() }

// forbidden is a refusal by Jira: the account may not do that.
type forbidden struct{ text string }

func (f forbidden) Error() string { return f.text }

// noSuchID is the one refusal whose words are documented (contract §6.1): also an integration is a repository there.
func noSuchID(id int64) problem {
	return problem{
		text:    fmt.Sprintf("Repository with id=%d does not exist", id),
		advice:  "Please try again with an existing repository id.",
		missing: true,
	}
}

func jsonAnswer(status int, body []byte) answer {
	return answer{status: status, contentType: typeJSON, body: body}
}

func textAnswer(status int, body string) answer {
	return answer{status: status, contentType: typeText, body: []byte(body)}
}

// plainJSON encodes what Jira itself answers; nothing of GIJ, whose key order matters.
func plainJSON(status int, v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		return textAnswer(http.StatusInternalServerError, err.Error())
	}
	return jsonAnswer(status, body)
}

// jiraMessage is the error body of Jira's REST modules for apps.
func jiraMessage(status int, message string) answer {
	var o object
	o.begin()
	o.str("message", message)
	o.int("status-code", int64(status))
	o.end()
	return jsonAnswer(status, o.buf)
}

// jiraErrors is the error body of /rest/api/2.
func jiraErrors(status int, message string) answer {
	return plainJSON(status, struct {
		ErrorMessages []string          `json:"errorMessages"`
		Errors        map[string]string `json:"errors"`
	}{[]string{message}, map[string]string{}})
}

func notFoundREST(uri string) answer {
	return jiraMessage(http.StatusNotFound, "null for uri: "+uri)
}

func methodNotAllowed(allow string) answer {
	a := jiraMessage(http.StatusMethodNotAllowed, "HTTP 405 Method Not Allowed")
	a.header = map[string]string{"Allow": allow}
	return a
}

// failed turns an error into an answer.
func (c *call) failed(err error) answer {
	var refused problem
	var syntax malformed
	var denied forbidden
	switch {
	case errors.As(err, &refused):
		return c.refused(refused)
	case errors.As(err, &denied):
		return jiraMessage(http.StatusForbidden, denied.text)
	case errors.As(err, &syntax):
		// Jersey's mapper for a JSON error answers in plain text.
		return textAnswer(http.StatusBadRequest, syntax.Error())
	}
	return jiraMessage(http.StatusInternalServerError, err.Error())
}

// refused writes the error envelope. Its HTTP status is [U] in the contract: the knob error-status.
func (c *call) refused(p problem) answer {
	status := http.StatusBadRequest
	if p.missing {
		status = http.StatusNotFound
	}
	if forced := c.faults.number("error-status"); forced != 0 {
		status = forced
	}
	if c.faults.has("hostile-text") {
		p.text += hostileText()
	}
	var o object
	o.begin()
	o.bool("success", false)
	o.str("error", p.text)
	o.str("advice", p.advice)
	c.extras(&o)
	o.end()
	return jsonAnswer(status, o.buf)
}

// done is the answer of DELETE and of the disable resource: the boolean in every profile.
func (c *call) done() answer {
	var o object
	o.begin()
	o.bool("success", true)
	c.extras(&o)
	o.end()
	return jsonAnswer(http.StatusOK, o.buf)
}

// extras adds keys that no documentation has.
func (c *call) extras(o *object) {
	if !c.faults.has("extra-keys") {
		return
	}
	o.raw("x-futureList", `[1,{"deep":null}]`)
	o.raw("healthStatus", `{"state":"OK","since":1772442000000}`)
	o.raw("sshKeyId", "null")
}
