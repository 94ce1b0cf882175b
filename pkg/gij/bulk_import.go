package gij

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"

	"github.com/gijctl/gijctl/internal/transport"
)

const opImport = "import the configuration"

// Import uploads a file. The server begins to work on it and answers at once; [BulkService.Progress] tells how far it is.
//
// An upload that the server refused because it is busy is repeated, as the client's Retries say. One whose answer was lost is
// looked up, and sent once more only if the connection was cut and it is surely absent; if nothing can be told it is an
// [Error] of [KindUnknown]. What the server says of success is not looked at: both of the vendor's samples say false.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/bulk-import-gij-self-managed/.
func (s *BulkService) Import(ctx context.Context, u BulkUpload) (BulkAnswer, error) {
	form, err := newForm(u)
	if err != nil {
		return BulkAnswer{}, &Error{Kind: KindFailed, Op: opImport, Message: err.Error(), Err: err}
	}
	var answer BulkAnswer
	send := func(ctx context.Context) error {
		answer, err = s.client.upload(ctx, form)
		return err
	}
	look := func(ctx context.Context) (sighting, error) {
		if u.Look == nil {
			return sightUnsure, nil
		}
		seen, err := u.Look(ctx)
		if err != nil || !seen {
			return sightNotDone, err
		}
		answer = BulkAnswer{Seen: true}
		return sightDone, nil
	}
	if err := s.client.settle(ctx, opImport, send, look); err != nil {
		return BulkAnswer{}, adviseImport(err, u.Rows)
	}
	return answer, nil
}

// adviseImport says how to find out about an import whose fate is unknown.
func adviseImport(err error, rows int) error {
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindUnknown {
		return err
	}
	told := *e
	told.Advice = fmt.Sprintf("it was about %d rows; run the same command again: it reads what the server has, and sends only what is missing", rows)
	return &told
}

// uploadForm is a multipart form whose file stays where it is until it is sent.
type uploadForm struct {
	head, tail  []byte
	contentType string
	open        func() (io.ReadCloser, error)
	size        int64
}

// newForm makes the form as the vendor's script does: one part for each confirmed id, whatever the page says of commas, and a file
// without content type.
func newForm(u BulkUpload) (*uploadForm, error) {
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	for _, id := range u.ConfirmedDelete {
		if err := w.WriteField("confirmed-delete[]", strconv.FormatInt(id, 10)); err != nil {
			return nil, err
		}
	}
	file := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="gijctl.tsv"`}}
	if _, err := w.CreatePart(file); err != nil {
		return nil, err
	}
	length := buffer.Len()
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &uploadForm{
		head: buffer.Bytes()[:length:length], tail: buffer.Bytes()[length:], contentType: w.FormDataContentType(), open: u.Open, size: u.Size,
	}, nil
}

func (f *uploadForm) length() int64 { return int64(len(f.head)) + f.size + int64(len(f.tail)) }

// body opens the form, with the file in its place.
func (f *uploadForm) body() (io.ReadCloser, error) {
	file, err := f.open()
	if err != nil {
		return nil, fmt.Errorf("open the file to import: %w", err)
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(f.head), file, bytes.NewReader(f.tail)), file}, nil
}

// upload sends a form once, and says what the server answered.
func (c *Client) upload(ctx context.Context, form *uploadForm) (BulkAnswer, error) {
	req, err := c.rawRequest(ctx, RawRequest{
		Method: http.MethodPost, Path: bulkImportPath, Body: form.body, Length: form.length(),
		Header: http.Header{"Accept": {typeJSON}, "Content-Type": {form.contentType}},
	})
	if err != nil {
		return BulkAnswer{}, &Error{Kind: KindFailed, Op: opImport, Message: err.Error(), Err: err}
	}
	res, err := c.http.GetClient().Do(req)
	if err != nil {
		return BulkAnswer{}, c.networkError(opImport, err)
	}
	defer func() { _ = res.Body.Close() }()
	a := newReply(res)
	data, err := io.ReadAll(io.LimitReader(a.body, maxAnswer+1))
	if err = cmp.Or(a.broken, err); err != nil {
		return BulkAnswer{}, c.networkError(opImport, truncated{err})
	}
	if len(data) > maxAnswer {
		return BulkAnswer{}, c.undecodable(opImport, a, fmt.Errorf("%w of %d MiB", transport.ErrTooLarge, maxAnswer>>20))
	}
	answer, err := c.readUploadAnswer(a, data)
	if answer.Thread != nil {
		answer.Thread.Cookies = routeCookies(res)
	}
	return answer, err
}

// wireUpload has the keys of both documented answers. The key that is there decides, not success.
type wireUpload struct {
	ThreadID      json.RawMessage `json:"threadId"`
	ReposToDelete []struct {
		ID          json.RawMessage `json:"id"`
		Description json.RawMessage `json:"description"`
	} `json:"reposToDelete"`
}

func (c *Client) readUploadAnswer(a *reply, data []byte) (BulkAnswer, error) {
	_ = json.Unmarshal(data, &a.env) // what it does not say is looked for below
	if !isSuccess(a.status) || !a.isJSON {
		return BulkAnswer{}, c.answerError(opImport, a)
	}
	var wire wireUpload
	if err := json.Unmarshal(data, &wire); err != nil {
		return BulkAnswer{}, c.undecodable(opImport, a, explainDecode(err))
	}
	answer, err := wire.answer()
	switch {
	case err != nil:
		return BulkAnswer{}, c.undecodable(opImport, a, err)
	case answer.Thread != nil, answer.ToDelete != nil:
		return answer, nil
	case a.saysWhy():
		e := &Error{Op: opImport, Status: a.status}
		explainRefusal(e, a)
		return BulkAnswer{}, e
	}
	return BulkAnswer{}, c.undecodable(opImport, a, errors.New("it has neither threadId nor reposToDelete, nor an error"))
}

// saysWhy reports whether an answer names an error. A refusal without one may be the success:false of every other answer.
func (a *reply) saysWhy() bool {
	return textOrNone(a.env.Failure) != "" || len(a.env.ErrorMessages) > 0 || a.env.refused() && a.errorText() != ""
}

func (w *wireUpload) answer() (BulkAnswer, error) {
	if id := textOrNone(w.ThreadID); id != "" {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return BulkAnswer{}, fmt.Errorf("threadId is %q, not a number", shorten(id))
		}
		return BulkAnswer{Thread: &BulkThread{ID: n}}, nil
	}
	var answer BulkAnswer
	for _, repo := range w.ReposToDelete {
		n, err := strconv.ParseInt(textOrNone(repo.ID), 10, 64)
		if err != nil {
			return BulkAnswer{}, errors.New("reposToDelete has an entry without a numeric id")
		}
		answer.ToDelete = append(answer.ToDelete, BulkDelete{ID: n, Description: textOrNone(repo.Description)})
	}
	return answer, nil
}
