package gij

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ReindexService starts indexing, and reads how far it is. Documented: Jira administrators may, and who may browse a project and view
// its development tools, for the repositories of that project.
type ReindexService service

// IndexStatus is what the server says of indexing.
type IndexStatus struct {
	Finished bool
	// Percent is how far the operation is, from 0 to 100; nil where the server does not say.
	Percent *float64
	// ThreadID is a number or a UUID; "" where there is none.
	ThreadID string
	// Messages are what is or was being done, Errors what went wrong.
	Messages, Errors []IndexMessage
}

// IndexMessage is one line of an [IndexStatus].
type IndexMessage struct {
	// Name is what the line is about, as the server words it: "Indexing test-repo"; "" where it does not say.
	Name string
	Text string
	// Details are more words about it, perhaps of many lines.
	Details string
	// Percent is how far this part is, from 0 to 100; nil where the server does not say.
	Percent *float64
}

// Status returns how indexing of an integration stands. A finished status also stands for one that was never started.
//
// Two models of the answer are documented, and both are understood. That the parameter repoId takes the id of an
// integration is inferred from the one id space that repositories and integrations share.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/reindex-get-api-gij-self-managed/.
func (s *ReindexService) Status(ctx context.Context, id int64) (IndexStatus, error) {
	return s.StatusOf(ctx, IndexQuery{ID: id})
}

// IndexQuery says which index is asked about. Its zero value means those of all repositories.
type IndexQuery struct {
	// ID is a repository or, inferred, an integration; 0 for none in particular.
	ID int64
	// Thread is what [ReindexService.Start] returned, a number or a UUID; "" for none in particular.
	Thread string
}

func (q IndexQuery) op() string {
	switch {
	case q.Thread != "":
		return "read the status of the index thread " + q.Thread
	case q.ID != 0:
		return fmt.Sprintf("read the index status of %d", q.ID)
	}
	return "read the index status of all repositories"
}

// values has both spellings that the vendor's pages have of the thread's parameter: the table says threadID, the example threadId.
func (q IndexQuery) values() url.Values {
	values := url.Values{}
	if q.ID != 0 {
		values.Set("repoId", strconv.FormatInt(q.ID, 10))
	}
	if q.Thread != "" {
		values.Set("threadId", q.Thread)
		values.Set("threadID", q.Thread)
	}
	return values
}

// StatusOf returns how an index stands, by its thread, by what is indexed, or by both. What a server answers about a thread that
// it does not know is unknown: an error, or finished.
func (s *ReindexService) StatusOf(ctx context.Context, q IndexQuery) (IndexStatus, error) {
	op := q.op()
	a, data, err := s.client.do(ctx, call{op: op, method: http.MethodGet, path: indexPath, query: q.values()})
	if err != nil {
		return IndexStatus{}, err
	}
	var wire wireStatus
	if err := json.Unmarshal(data, &wire); err != nil {
		return IndexStatus{}, s.client.undecodable(op, a, explainDecode(err))
	}
	status, err := wire.status()
	if err != nil {
		return IndexStatus{}, s.client.undecodable(op, a, err)
	}
	return status, nil
}

// wireStatus has the keys of both models.
type wireStatus struct {
	Finished *flexBool       `json:"finished"`
	ThreadID json.RawMessage `json:"threadId"`
	Messages json.RawMessage `json:"messages"`

	// Of the sample: messages are an object of percentages, errors one of texts.
	Errors               json.RawMessage `json:"errors"`
	LastOperationPercent *flexNumber     `json:"lastOperationPercent"`

	// Of the vendor's Java model: messages are a list, in which some are errors.
	ErrorsCount          *flexNumber `json:"errorsCount"`
	CompletionPercentage *flexNumber `json:"completionPercentage"`
}

func (w *wireStatus) status() (IndexStatus, error) {
	if w.Finished == nil {
		return IndexStatus{}, errors.New("it does not say whether indexing is finished")
	}
	st := IndexStatus{Finished: bool(*w.Finished), Percent: w.LastOperationPercent.value()}
	if st.Percent == nil {
		st.Percent = w.CompletionPercentage.value()
	}
	if id := text(w.ThreadID); id != "null" {
		st.ThreadID = id
	}
	if err := st.readMessages(w.Messages); err != nil {
		return IndexStatus{}, fmt.Errorf("messages: %w", err)
	}
	if err := st.readErrors(w.Errors); err != nil {
		return IndexStatus{}, fmt.Errorf("errors: %w", err)
	}
	if n := w.ErrorsCount.value(); n != nil && *n > 0 && len(st.Errors) == 0 {
		st.Errors = []IndexMessage{{Text: fmt.Sprintf("the server counts %v errors, and names none", *n)}}
	}
	return st, nil
}

// readMessages takes the object of the sample or the list of the Java model.
func (st *IndexStatus) readMessages(raw json.RawMessage) error {
	if isList(raw) {
		return st.readList(raw)
	}
	return eachOf(raw, func(name string, value json.RawMessage) {
		m := IndexMessage{Name: name}
		var percent flexNumber
		if json.Unmarshal(value, &percent) == nil {
			m.Percent = percent.value()
		} else {
			m.Text = text(value)
		}
		st.Messages = append(st.Messages, m)
	})
}

// readList takes the list of the Java model. What "error" is in it is unknown: true or a text.
func (st *IndexStatus) readList(raw json.RawMessage) error {
	var list []struct {
		Message, Details, Error json.RawMessage
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return explainDecode(err)
	}
	for _, one := range list {
		m := IndexMessage{Text: textOrNone(one.Message), Details: textOrNone(one.Details)}
		switch failure := textOrNone(one.Error); failure {
		case "", "false":
			st.Messages = append(st.Messages, m)
		case "true":
			st.Errors = append(st.Errors, m)
		default:
			m.Name, m.Text = m.Text, failure
			st.Errors = append(st.Errors, m)
		}
	}
	return nil
}

// readErrors takes the object of the sample. A list is in no documentation, and is taken for one of texts.
func (st *IndexStatus) readErrors(raw json.RawMessage) error {
	if !isList(raw) {
		return eachOf(raw, func(name string, value json.RawMessage) {
			st.Errors = append(st.Errors, IndexMessage{Name: name, Text: textOrNone(value)})
		})
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	for _, one := range list {
		st.Errors = append(st.Errors, IndexMessage{Text: textOrNone(one)})
	}
	return nil
}

// eachOf calls do for the members of an object, by their names. There are none in what is absent or null.
func eachOf(raw json.RawMessage, do func(name string, value json.RawMessage)) error {
	if len(raw) == 0 {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return explainDecode(err)
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		do(name, members[name])
	}
	return nil
}

func isList(raw json.RawMessage) bool { return bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) }

// textOrNone is text without the word null.
func textOrNone(raw json.RawMessage) string {
	if s := text(raw); s != "null" {
		return s
	}
	return ""
}

// flexNumber is a number, or one in quotes.
type flexNumber float64

func (n *flexNumber) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(data), `"`), 64)
	if err != nil {
		return fmt.Errorf("%s is no number", data)
	}
	*n = flexNumber(v)
	return nil
}

// value is nil also for what a server in Java makes of a part of nothing: "NaN".
func (n *flexNumber) value() *float64 {
	if n == nil || math.IsNaN(float64(*n)) || math.IsInf(float64(*n), 0) {
		return nil
	}
	return (*float64)(n)
}
