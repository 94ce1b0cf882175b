package gij

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf16"
)

const opExport = "export the configuration"

// maxHeader is how much of an export is looked at, in bytes, to find its header.
const maxHeader = readSize

// Export opens the server's configuration, as the server sends it. The caller closes it, and takes it for a secret: whether
// passwords and keys in it are readable, encrypted or left out is unknown.
//
// What is no TSV with the columns id and origin is an error at once, also where the server says success: a login page, an error
// as JSON, a page of a proxy. The reader's errors are [Error]s too: an export that breaks off does not end.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/bulk-export-gij-self-managed/.
func (s *BulkService) Export(ctx context.Context) (io.ReadCloser, error) {
	c := s.client
	// Which media type the server gives the file is unknown, so any will do.
	accept := http.Header{"Accept": {"*/*"}}
	req, err := c.rawRequest(ctx, RawRequest{Method: http.MethodGet, Path: bulkExportPath, Header: accept})
	if err != nil {
		return nil, &Error{Kind: KindFailed, Op: opExport, Message: err.Error(), Err: err}
	}
	res, err := c.http.GetClient().Do(req) //nolint:bodyclose // exportBody has it, and is closed
	if err != nil {
		return nil, c.networkError(opExport, err)
	}
	body := &exportBody{Reader: bufio.NewReaderSize(res.Body, maxHeader), Closer: res.Body}
	start, err := body.Peek(maxHeader)
	if err != nil && !errors.Is(err, io.EOF) {
		_ = body.Close()
		return nil, c.networkError(opExport, err)
	}
	if isSuccess(res.StatusCode) && isExport(start) {
		return &rawBody{ReadCloser: body, failed: func(err error) error { return c.networkError(opExport, err) }}, nil
	}
	res.Body = body
	defer func() { _ = body.Close() }()
	return nil, c.noExport(res)
}

// exportBody is the body of an answer, some of which was looked at.
type exportBody struct {
	*bufio.Reader
	io.Closer
}

func isSuccess(status int) bool { return status >= 200 && status < 300 }

// noExport says what an answer is that is no export. Of one that claims success it shows nothing: it may be an export all the
// same, with secrets, whose header lacks a column.
func (c *Client) noExport(res *http.Response) error {
	a := newReply(res)
	if err := cmp.Or(a.broken, a.readEnvelope()); err != nil {
		return c.networkError(opExport, err)
	}
	if !isSuccess(a.status) || a.isHTML() || a.isJSON {
		if e := c.answerError(opExport, a); e != nil {
			return e
		}
	}
	return &Error{
		Kind: KindFailed, Op: opExport, Status: a.status,
		Message: "the answer is no TSV whose first line names the columns id and origin",
		Advice:  "this looks like the answer of a proxy or of something else than GIJ; look at it with: gijctl api GET " + bulkExportPath,
		Err:     errNotGIJ,
	}
}

// isExport reports whether a text begins with a header that has the columns id and origin.
func isExport(start []byte) bool {
	line, _, _ := strings.Cut(decoded(start), "\n")
	var names []string
	for cell := range strings.SplitSeq(strings.TrimSuffix(line, "\r"), "\t") {
		names = append(names, strings.Trim(strings.TrimSpace(cell), `"`))
	}
	return len(names) > 1 && slices.Contains(names, "id") && slices.Contains(names, "origin")
}

// decoded is a text as UTF-8, without a byte order mark. Which encoding the server uses is unknown.
func decoded(start []byte) string {
	mark, rest := start, []byte(nil)
	if len(start) > 1 {
		mark, rest = start[:2], start[2:]
	}
	switch {
	case bytes.Equal(mark, []byte{0xff, 0xfe}):
		return fromUTF16(rest, binary.LittleEndian)
	case bytes.Equal(mark, []byte{0xfe, 0xff}):
		return fromUTF16(rest, binary.BigEndian)
	}
	return strings.TrimPrefix(string(start), byteOrderMark)
}

func fromUTF16(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}
