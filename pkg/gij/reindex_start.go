package gij

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// StartOptions says what is to be indexed anew.
type StartOptions struct {
	// ID is a repository or, inferred from the one id space, an integration. 0 means everything that the server has.
	ID int64
	// Priority is the place in the server's queue, 1 or more: what is higher comes first. 0 leaves it to the server, whose default
	// for an index that somebody asks for is documented as 24.
	Priority int
}

func (o StartOptions) op() string {
	if o.ID == 0 {
		return "start indexing everything"
	}
	return fmt.Sprintf("start indexing %d", o.ID)
}

// body is that of the newer resource. Both keys are documented as optional.
func (o StartOptions) body() []byte {
	body, err := json.Marshal(struct {
		RepoID   int64 `json:"repoId,omitempty"`
		Priority int   `json:"priority,omitempty"`
	}{o.ID, o.Priority})
	if err != nil {
		return nil // numbers always encode
	}
	return body
}

// oldBody is that of the older resource, which has a list of ids and no priority. That leaving the list out means everything is
// inferred from the newer one.
func (o StartOptions) oldBody() []byte {
	if o.ID == 0 {
		return []byte("{}")
	}
	return fmt.Appendf(nil, `{"repoId":[%d]}`, o.ID)
}

// Started is an index that has begun.
type Started struct {
	// Thread is a UUID or a number; "" where the server names none.
	Thread string
	// Finished says that the server has answered with the end of it.
	Finished bool
	// Old says that the older resource took the request, so that a priority was not sent.
	Old bool
}

// StartRequest returns what [ReindexService.Start] sends to a server of today.
func (*ReindexService) StartRequest(o StartOptions) Request {
	return Request{Method: http.MethodPost, Path: reindexPath, Body: o.body()}
}

// Start has the server index something anew. It answers at once; [ReindexService.StatusOf] tells how far it is.
//
// A server before 4.17 does not have the resource. It is known by its answer, a 404 or 405 that is not in GIJ's words, and the
// older one is asked instead. A request whose answer was lost counts as done if what it is about is being indexed: to
// index twice does no harm, so that nothing more is looked for.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/reindex-post-api-gij-self-managed/ and, for the older one,
// https://help.gitkraken.com/git-integration-for-jira-data-center/reindex-api-to-trigger-indexing-gij-self-managed/.
func (s *ReindexService) Start(ctx context.Context, o StartOptions) (Started, error) {
	op := o.op()
	var started Started
	send := func(ctx context.Context) (err error) {
		started, err = s.start(ctx, o)
		return err
	}
	look := func(ctx context.Context) (sighting, error) {
		st, err := s.StatusOf(ctx, IndexQuery{ID: o.ID})
		if err != nil || st.Finished {
			return sightNotDone, err
		}
		started = Started{Thread: st.ThreadID}
		return sightDone, nil
	}
	err := s.client.settle(ctx, op, send, look)
	return started, adviseUnknown(err, "run the command again: to index twice does no harm")
}

func (s *ReindexService) start(ctx context.Context, o StartOptions) (Started, error) {
	c := s.client
	if !c.oldReindex.Load() {
		started, err := s.startAt(ctx, call{op: o.op(), method: http.MethodPost, path: reindexPath, body: o.body()})
		if !lacksResource(err) {
			return started, err
		}
	}
	started, err := s.startAt(ctx, call{op: o.op(), method: http.MethodPost, path: indexPath, body: o.oldBody()})
	if err == nil {
		c.oldReindex.Store(true)
	}
	started.Old = true
	return started, err
}

func (s *ReindexService) startAt(ctx context.Context, call call) (Started, error) {
	a, data, err := s.client.do(ctx, call)
	if err != nil {
		return Started{}, err
	}
	started, err := readStarted(data)
	if err != nil {
		return Started{}, s.client.undecodable(call.op, a, err)
	}
	return started, nil
}

// readStarted takes the answer of everything that starts an index.
func readStarted(data []byte) (Started, error) {
	var wire struct {
		Finished flexBool        `json:"finished"`
		ThreadID json.RawMessage `json:"threadId"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return Started{}, explainDecode(err)
	}
	return Started{Thread: textOrNone(wire.ThreadID), Finished: bool(wire.Finished)}, nil
}

// lacksResource reports whether a server answered that it does not know the address at all. GIJ's own errors, in its envelope,
// are about what was asked for.
func lacksResource(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Kind == KindAppMissing || e.Status == http.StatusMethodNotAllowed && e.Kind == KindFailed)
}

// adviseUnknown says how to find out about a write whose fate is unknown.
func adviseUnknown(err error, advice string) error {
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindUnknown {
		return err
	}
	told := *e
	told.Advice = advice
	return &told
}
