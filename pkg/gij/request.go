package gij

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/gijctl/gijctl/internal/transport"
)

// The API's paths, below Jira's base URL.
const (
	integrationPath = "/rest/gitplugin/1.0/integration"
	repositoryPath  = "/rest/gitplugin/1.0/repository"
	indexPath       = "/rest/gitplugin/1.0/index.json"
	reindexPath     = "/rest/gitplugin/2.0/reindex"
	webhookPath     = "/rest/gitplugin/webhook/1.0/reindex"
	issuesPath      = "/rest/gitplugin/1.0/issues"
	detailsPath     = "/rest/gitplugin/1.0/issuegitdetails/issue"
	settingsPath    = "/rest/gitplugin/1.0/global-settings"
)

// The paths of Jira's own API, and of its plugin manager.
const (
	projectPath     = "/rest/api/2/project"
	myselfPath      = "/rest/api/2/myself"
	serverInfoPath  = "/rest/api/2/serverInfo"
	permissionsPath = "/rest/api/2/mypermissions"
	pluginsPath     = "/rest/plugins/1.0/"
)

const typeJSON = "application/json"

// maxAnswer is the size in bytes of an answer that is held in memory; a list is streamed instead.
const maxAnswer = 16 << 20

// Request is what goes over the wire for one operation. Body holds secrets as "[redacted]".
type Request struct {
	Method string          `json:"method"`
	Path   string          `json:"path"` // below the base URL, with its query
	Body   json.RawMessage `json:"body,omitempty"`
}

// call is a request with its secrets.
type call struct {
	op     string // for errors: "add integration"
	method string
	path   string
	query  url.Values
	body   []byte
	accept string // media type of the answer; JSON by default
	header map[string]string
}

// open sends a call and returns the answer once its status and first bytes say that it is a JSON success. The caller
// closes it.
func (c *Client) open(ctx context.Context, call call) (*reply, io.Closer, error) {
	r := c.http.R().SetContext(ctx).SetDoNotParseResponse(true).SetHeader("Accept", cmp.Or(call.accept, typeJSON))
	if call.query != nil {
		r.SetQueryParamsFromValues(call.query)
	}
	if call.method == http.MethodPost || call.method == http.MethodPut {
		// The vendor's own samples send a content type also where there is no body.
		r.SetHeader("Content-Type", typeJSON)
	}
	if call.body != nil {
		r.SetBody(call.body)
	}
	r.SetHeaders(call.header)
	res, err := r.Execute(call.method, c.base.String()+call.path)
	if err != nil {
		return nil, nil, c.networkError(call.op, err)
	}
	raw := res.RawResponse
	a := newReply(raw)
	if a.isJSON && a.status >= 200 && a.status < 300 {
		return a, raw.Body, nil
	}
	defer func() { _ = raw.Body.Close() }()
	if err := cmp.Or(a.broken, a.readEnvelope()); err != nil {
		// The read error wins over the status: a truncated 200 is no success.
		return nil, nil, c.networkError(call.op, truncated{err})
	}
	return nil, nil, c.answerError(call.op, a)
}

// readEnvelope decodes what an answer without success says; one that is no JSON says nothing.
func (a *reply) readEnvelope() error {
	if !a.isJSON {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(a.body, maxAnswer))
	if err != nil {
		return err
	}
	_ = json.Unmarshal(body, &a.env) // what cannot be decoded is shown by its first line
	return nil
}

// do sends a call and returns the whole answer, which said success.
func (c *Client) do(ctx context.Context, call call) (*reply, []byte, error) {
	a, body, err := c.open(ctx, call)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = body.Close() }()
	data, err := io.ReadAll(io.LimitReader(a.body, maxAnswer+1))
	if err != nil {
		return nil, nil, c.networkError(call.op, truncated{err})
	}
	if len(data) > maxAnswer {
		return nil, nil, c.undecodable(call.op, a, fmt.Errorf("%w of %d MiB", transport.ErrTooLarge, maxAnswer>>20))
	}
	if err := json.Unmarshal(data, &a.env); err != nil && !isTypeError(err) {
		return nil, nil, c.undecodable(call.op, a, err)
	}
	if e := c.answerError(call.op, a); e != nil {
		return nil, nil, e
	}
	return a, data, nil
}

// truncated marks a success whose body did not arrive. The server has done its work, so it counts as a timeout: to be
// looked up, and never sent again.
type truncated struct{ error }

func (t truncated) Unwrap() error { return t.error }
func (truncated) Timeout() bool   { return true }

// isTypeError lets an answer that is an array, or has a field of a strange type, be decoded by whoever expects it.
func isTypeError(err error) bool {
	var typeError *json.UnmarshalTypeError
	return errors.As(err, &typeError)
}

func (c *Client) undecodable(op string, a *reply, err error) *Error {
	return &Error{
		Kind: KindFailed, Op: op, Status: a.status, Message: "the answer cannot be understood: " + err.Error() + quoted(firstLine(a.start)),
		Advice: "look at the exchange with --trace; this may be another version of GIJ, or a proxy's answer", Err: err,
	}
}

// fate tells what is known of a write that ended in err.
func fate(err error) transport.RequestFate {
	var e *Error
	if !errors.As(err, &e) {
		return transport.FateUnknown
	}
	switch {
	case e.Kind == KindNetwork:
		return transport.Fate(e.Err)
	case e.Status == http.StatusBadGateway, e.Status == http.StatusGatewayTimeout:
		return transport.FateUnknown
	case e.Err != nil && e.Status >= 200 && e.Status < 300:
		return transport.FateUnknown // a success that cannot be understood
	}
	return transport.FateNotSent // the server answered, and refused
}
