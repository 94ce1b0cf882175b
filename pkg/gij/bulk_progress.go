package gij

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/transport"
)

// maxLog is the size in bytes of an import's log: two or three lines for each of 100,000 rows are 20 MiB, and an import that
// cannot be followed cannot be ended.
const maxLog = 256 << 20

// Progress asks how far an import is. Any user of Jira may.
//
// A thread that the server does not know is an [Error] of [KindNotFound]: it was never begun, or forgotten since, or belongs to
// another node of a cluster. How the server says so is unknown; a 404 and an error without the key finished are both
// taken for it.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/get-bulk-import-information-gij-self-managed/.
func (s *BulkService) Progress(ctx context.Context, t BulkThread) (BulkProgress, error) {
	c, op := s.client, fmt.Sprintf("read the progress of import %d", t.ID)
	if cookies := t.cookieHeader(); cookies != "" {
		ctx = transport.WithCookies(ctx, cookies)
	}
	query := url.Values{"thread_id": {strconv.FormatInt(t.ID, 10)}}
	a, body, err := c.open(ctx, call{op: op, method: http.MethodGet, path: bulkProgressPath, query: query})
	if err != nil {
		return BulkProgress{}, noThread(err, t.ID)
	}
	defer func() { _ = body.Close() }()
	data, err := io.ReadAll(io.LimitReader(a.body, maxLog+1))
	if err != nil {
		return BulkProgress{}, c.networkError(op, truncated{err})
	}
	if len(data) > maxLog {
		return BulkProgress{}, c.undecodable(op, a, fmt.Errorf("%w of %d MiB", transport.ErrTooLarge, maxLog>>20))
	}
	var wire wireProgress
	if err := unmarshalLenient(data, &wire); err != nil {
		return BulkProgress{}, c.undecodable(op, a, explainDecode(err))
	}
	if wire.Finished == nil {
		_ = json.Unmarshal(data, &a.env) // what it does not say is not shown
		return BulkProgress{}, c.notFinishedKey(op, a, t.ID)
	}
	return wire.progress(), nil
}

// noThread takes a 404 for a thread that the server does not know, whoever sent it.
func noThread(err error, id int64) error {
	var e *Error
	if !errors.As(err, &e) || e.Status != http.StatusNotFound {
		return err
	}
	if e.Kind == KindNotFound {
		e.Advice = cmp.Or(e.Advice, threadAdvice)
		return e
	}
	return &Error{
		Kind: KindNotFound, Op: e.Op, Status: e.Status, Message: fmt.Sprintf("the server knows no import %d (404)", id),
		Advice: threadAdvice, Err: e,
	}
}

// threadAdvice is for a thread that the server does not know.
const threadAdvice = "the import may be over and forgotten, or run on another node of the cluster; look at what the server has: gijctl bulk export FILE"

// notFinishedKey explains an answer that does not say whether the import is over.
func (c *Client) notFinishedKey(op string, a *reply, id int64) error {
	if !a.saysWhy() {
		return c.undecodable(op, a, fmt.Errorf("it does not say whether import %d is finished", id))
	}
	e := &Error{Op: op, Status: a.status}
	explainRefusal(e, a)
	e.Kind, e.Advice = KindNotFound, cmp.Or(e.Advice, threadAdvice)
	return e
}

// wireProgress is a progress answer. Its success is false in the vendor's sample of an import that is finished.
type wireProgress struct {
	Finished *flexBool   `json:"finished"`
	Entries  []wireEntry `json:"progressEntries"`
}

// wireEntry is one of its entries. There is also prcntInteger, which is not a percentage: inferred, what git counts.
type wireEntry struct {
	Percent json.RawMessage `json:"prcntDouble"`
	Error   json.RawMessage `json:"error"`
	Message json.RawMessage `json:"message"`
}

func (w *wireProgress) progress() BulkProgress {
	p := BulkProgress{Finished: bool(*w.Finished)}
	for _, e := range w.Entries {
		p.Entries = append(p.Entries, e.entry())
	}
	return p
}

func (w *wireEntry) entry() BulkEntry {
	e := BulkEntry{Message: textOrNone(w.Message)}
	var percent flexNumber
	if len(w.Percent) > 0 && percent.UnmarshalJSON(w.Percent) == nil {
		e.Percent = percent.value()
	}
	switch failure := textOrNone(w.Error); failure {
	case "", "false":
	case "true":
		e.Error = true
	default: // documented is a boolean; a text is taken for the error's
		e.Error = true
		e.Message = strings.TrimSpace(e.Message + " " + failure)
	}
	return e
}

// unmarshalLenient is [json.Unmarshal] that also takes the bare NaN and Infinity that some Java servers write.
func unmarshalLenient(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	if mended := withoutNaN(data); json.Unmarshal(mended, v) == nil {
		return nil
	}
	return err
}

// withoutNaN writes null for numbers that JSON does not have, outside of texts.
func withoutNaN(data []byte) []byte {
	mended := make([]byte, 0, len(data))
	var inText, escaped bool
	for i := 0; i < len(data); i++ {
		c := data[i]
		if !inText {
			if n := notANumber(data[i:]); n > 0 {
				mended = append(mended, "null"...)
				i += n - 1
				continue
			}
		}
		if c == '"' && !escaped {
			inText = !inText
		}
		escaped = inText && c == '\\' && !escaped
		mended = append(mended, c)
	}
	return mended
}

// notANumber returns how many bytes such a number has at the start of data.
func notANumber(data []byte) int {
	for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
		if bytes.HasPrefix(data, []byte(word)) {
			return len(word)
		}
	}
	return 0
}
