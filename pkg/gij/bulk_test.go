package gij_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

const (
	bulkBase         = "/tools/jira"
	bulkExportPath   = bulkBase + "/rest/gitplugin/1.0/configuration"
	bulkImportPath   = bulkBase + "/rest/gitplugin/1.0/configuration.json"
	bulkProgressPath = bulkBase + "/rest/gitplugin/1.0/configuration/progress.json"
)

// bulkServer serves below a base path, and keeps what arrives.
type bulkServer struct {
	*httptest.Server
	*waits
	mu     sync.Mutex
	seen   []*http.Request
	bodies []string
	client *gij.Client
}

// serveBulk answers the requests one after the other with the given handlers, the last of them again and again.
func serveBulk(t *testing.T, handlers ...http.HandlerFunc) *bulkServer {
	t.Helper()
	s := &bulkServer{waits: &waits{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		n := len(s.seen)
		s.seen, s.bodies = append(s.seen, r), append(s.bodies, string(body))
		s.mu.Unlock()
		handlers[min(n, len(handlers)-1)](w, r)
	}))
	t.Cleanup(s.Close)
	s.client = newClient(t, gij.Config{
		BaseURL: s.URL + bulkBase, Token: secret.New(fixtureToken), Wait: s.wait, Retries: 1, Timeout: 5 * time.Second,
	})
	return s
}

func (s *bulkServer) requests() ([]*http.Request, []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen), slices.Clone(s.bodies)
}

func exported(t *testing.T, s *bulkServer) (string, error) {
	t.Helper()
	body, err := s.client.Bulk.Export(t.Context())
	if err != nil {
		return "", err
	}
	defer func() { _ = body.Close() }()
	data, err := io.ReadAll(body)
	return string(data), err
}

func utf16Text(text string, high, low int) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		pair := [2]byte{byte(unit >> 8), byte(unit)}
		b.WriteByte(pair[high])
		b.WriteByte(pair[low])
	}
	return b.String()
}

func TestExport(t *testing.T) {
	t.Parallel()
	const rows = "1\thttps://git.example.org/a.git\tA\n"
	many := strings.Repeat("\tcolumn", 3000)
	for name, body := range map[string]string{
		"plain":             "id\torigin\tdisplayName\n" + rows,
		"no rows":           "id\torigin",
		"quoted cells":      "\"id\"\t\"origin\"\r\n" + rows,
		"other order":       "displayName\torigin\tid\n",
		"UTF-8 mark":        "\ufeffid\torigin\n" + rows,
		"UTF-16 of Windows": utf16Text("id\torigin\r\n"+rows, 1, 0),
		"UTF-16 the other":  utf16Text("id\torigin\n"+rows, 0, 1),
		"a long header":     "id\torigin" + many + "\n" + rows,
		"large":             "id\torigin\n" + strings.Repeat(rows, 20000),
	} {
		for _, contentType := range []string{"text/tab-separated-values", "text/html;charset=iso-8859-1", "application/json", ""} {
			s := serveBulk(t, answer(200, contentType, body))
			got, err := exported(t, s)
			if err != nil || got != body {
				t.Errorf("%s as %s: %d bytes of %d, %v", name, contentType, len(got), len(body), err)
			}
			seen, _ := s.requests()
			if r := seen[0]; r.Method != http.MethodGet || r.RequestURI != bulkExportPath || r.Header.Get("Authorization") != "Bearer "+fixtureToken {
				t.Errorf("%s %s", r.Method, r.RequestURI)
			}
		}
	}
}

func TestExportRefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	const key = "fixture-secret-of-an-export"
	for name, tt := range map[string]struct {
		handle http.HandlerFunc
		want   wantError
	}{
		"a login page":     {answer(200, "text/html", "<html><title>Log in</title><form id=\"login-form\">"), wantError{gij.KindAuth, "auth", 0, "login page", "token"}},
		"not logged in":    {answer(401, "text/html", "<html>"), wantError{gij.KindAuth, "auth", 401, "not accepted", "token"}},
		"no administrator": {answer(403, "text/plain", ""), wantError{gij.KindForbidden, "auth", 403, "not allowed", "administrator"}},
		"no app":           {answer(404, "text/html", "<html>"), wantError{gij.KindAppMissing, "failed", 404, "not installed", "base URL"}},
		"an error as JSON": {
			answerJSON(`{"success":false,"error":"export failed","advice":"try later"}`),
			wantError{gij.KindFailed, "failed", 200, "export failed", "try later"},
		},
		"other JSON":        {answerJSON(`{"threadId":1}`), wantError{gij.KindFailed, "failed", 200, "no TSV", "gijctl api GET"}},
		"empty":             {answer(200, "text/plain", ""), wantError{gij.KindFailed, "failed", 200, "no TSV", ""}},
		"no origin":         {answer(200, "text/plain", "id\tpassword\n1\t"+key+"\n"), wantError{gij.KindFailed, "failed", 200, "no TSV", ""}},
		"no header":         {answer(200, "text/plain", "1\thttps://x\t"+key+"\n"), wantError{gij.KindFailed, "failed", 200, "no TSV", ""}},
		"commas":            {answer(200, "text/csv", "id,origin\n"), wantError{gij.KindFailed, "failed", 200, "no TSV", ""}},
		"a header too late": {answer(200, "text/plain", "\nid\torigin\n"), wantError{gij.KindFailed, "failed", 200, "no TSV", ""}},
		"a broken gateway":  {answer(502, "text/html", "<html>"), wantError{gij.KindFailed, "failed", 502, "unexpected", ""}},
		"a TSV that failed": {answer(500, "text/plain", "id\torigin\n"), wantError{gij.KindFailed, "failed", 500, "unexpected", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := exported(t, serveBulk(t, tt.handle))
			if tt.want.status == 0 {
				tt.want.status = 200
			}
			tt.want.check(t, err)
		})
	}
}

// cutAfter sends a part of what it promised, and ends the connection.
func cutAfter(text string, promised int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(promised))
		_, _ = io.WriteString(w, text)
		panic(http.ErrAbortHandler)
	}
}

func TestExportThatBreaksOff(t *testing.T) {
	t.Parallel()
	head := "id\torigin\n"
	for name, text := range map[string]string{"at once": head, "after a while": head + strings.Repeat("1\thttps://x\n", 30000)} {
		s := serveBulk(t, cutAfter(text, 10<<20))
		_, err := exported(t, s)
		wantError{gij.KindNetwork, "failed", 0, "ended before the answer was complete", "try again"}.check(t, err)
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// upload is a file for an import, whose fate nobody can see.
func upload(text string, confirmed ...int64) gij.BulkUpload {
	return gij.BulkUpload{
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
		Size: int64(len(text)), Rows: 1, ConfirmedDelete: confirmed,
	}
}

const bulkFile = "id\torigin\tdelete\n14\thttps://git.example.org/a.git\tdelete\n"

func TestImportAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]gij.BulkAnswer{
		`{"success":false,"threadId":142}`:                       {Thread: &gij.BulkThread{ID: 142}}, // the vendor's sample
		`{"success":"true","threadId":"1058"}`:                   {Thread: &gij.BulkThread{ID: 1058}},
		`{"threadId":7,"reposToDelete":[]}`:                      {Thread: &gij.BulkThread{ID: 7}},
		`{"threadId":7,"error":"some rows failed"}`:              {Thread: &gij.BulkThread{ID: 7}},
		"\ufeff" + `{"threadId":7,"success":"perhaps"}`:          {Thread: &gij.BulkThread{ID: 7}},
		`{"reposToDelete":[{"id":"14","description":null}]}`:     {ToDelete: []gij.BulkDelete{{ID: 14}}},
		`{"threadId":null,"reposToDelete":[{"id":14},{"id":2}]}`: {ToDelete: []gij.BulkDelete{{ID: 14}, {ID: 2}}},
		`{"success":false,"reposToDelete":[{"id":14,"description":"test-repo"},{"id":15,"description":"test-repo"}]}`: { // the vendor's sample
			ToDelete: []gij.BulkDelete{{14, "test-repo"}, {15, "test-repo"}},
		},
	} {
		got, err := serveBulk(t, answerJSON(body)).client.Bulk.Import(t.Context(), upload(bulkFile))
		if err != nil {
			t.Errorf("%s: %v", body, err)
		}
		diff(t, body, want, got)
	}
}

func TestImportForm(t *testing.T) {
	t.Parallel()
	s := serveBulk(t, answerJSON(`{"threadId":142}`))
	if _, err := s.client.Bulk.Import(t.Context(), upload(bulkFile, 14, 15)); err != nil {
		t.Fatal(err)
	}
	seen, bodies := s.requests()
	r := seen[0]
	diff(t, "request", "POST "+bulkImportPath, r.Method+" "+r.RequestURI)
	diff(t, "XSRF header", "no-check", r.Header.Get("X-Atlassian-Token"))
	diff(t, "length", int64(len(bodies[0])), r.ContentLength)
	kind, boundary, _ := strings.Cut(r.Header.Get("Content-Type"), "; boundary=")
	diff(t, "content type", "multipart/form-data", kind)
	part := "--B\r\nContent-Disposition: form-data; name="
	want := part + "\"confirmed-delete[]\"\r\n\r\n14\r\n" + part + "\"confirmed-delete[]\"\r\n\r\n15\r\n" +
		part + "\"file\"; filename=\"gijctl.tsv\"\r\n\r\n" + bulkFile + "\r\n--B--\r\n"
	diff(t, "form", want, strings.ReplaceAll(bodies[0], boundary, "B"))
}

func TestImportRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		handle http.HandlerFunc
		want   wantError
	}{
		"an error": {
			answerJSON(`{"success":false,"error":"no header","advice":"begin with one"}`),
			wantError{gij.KindFailed, "failed", 200, "no header", "begin with one"},
		},
		"an error that claims success": {answerJSON(`{"success":true,"error":"no header"}`), wantError{gij.KindFailed, "failed", 200, "no header", ""}},
		"an error of Jira's":           {answerJSON(`{"errorMessages":["busy"]}`), wantError{gij.KindFailed, "failed", 200, "busy", ""}},
		"a message of failure":         {answerJSON(`{"success":"false","message":"busy"}`), wantError{gij.KindFailed, "failed", 200, "busy", ""}},
		"XSRF":                         {answer(403, "text/plain", "XSRF check failed"), wantError{gij.KindFailed, "failed", 403, "XSRF", "proxy"}},
		"XSRF of an older Jira":        {answer(404, "text/plain", "XSRF check failed"), wantError{gij.KindFailed, "failed", 404, "XSRF", "proxy"}},
		"not logged in":                {answer(401, "text/plain", ""), wantError{gij.KindAuth, "auth", 401, "not accepted", ""}},
		"a login page":                 {answer(200, "text/html", "<html>"), wantError{gij.KindAuth, "auth", 200, "login page", ""}},
		"an error as 400":              {answer(400, "application/json", `{"success":false,"error":"bad file"}`), wantError{gij.KindFailed, "failed", 400, "bad file", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serveBulk(t, tt.handle)
			_, err := s.client.Bulk.Import(t.Context(), upload(bulkFile))
			tt.want.check(t, err)
			if seen, _ := s.requests(); len(seen) != 1 {
				t.Errorf("%d requests", len(seen))
			}
		})
	}
}

// drop ends the connection without an answer.
func drop(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// TestLostImports is promise 6 of the command line, for imports.
func TestLostImports(t *testing.T) {
	t.Parallel()
	began := answerJSON(`{"success":false,"threadId":142}`)
	busy := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "7")
		answer(503, "text/plain", "busy")(w, r)
	}
	cannotTell := errors.New("cannot tell")
	started, seen := gij.BulkAnswer{Thread: &gij.BulkThread{ID: 142}}, gij.BulkAnswer{Seen: true}
	for name, tt := range map[string]struct {
		handlers []http.HandlerFunc
		looks    []bool // what each look sees
		lookErr  error
		want     gij.BulkAnswer
		unknown  bool
		sent     int
		waits    []time.Duration
	}{
		"busy":                      {handlers: []http.HandlerFunc{busy, began}, want: started, sent: 2, waits: seconds(7)},
		"cut, and absent":           {handlers: []http.HandlerFunc{drop, began}, want: started, sent: 2, waits: seconds(0, 2, 5)},
		"cut, and seen":             {handlers: []http.HandlerFunc{drop}, looks: []bool{false, true}, want: seen, sent: 1, waits: seconds(0, 2)},
		"cut twice":                 {handlers: []http.HandlerFunc{drop}, unknown: true, sent: 2, waits: seconds(0, 2, 5, 0, 2, 5)},
		"cut, and nobody can tell":  {handlers: []http.HandlerFunc{drop}, lookErr: cannotTell, unknown: true, sent: 1, waits: seconds(0, 2, 5)},
		"bad gateway":               {handlers: []http.HandlerFunc{answer(502, "text/html", "<html>")}, unknown: true, sent: 1, waits: seconds(0, 2, 5)},
		"gateway timeout, and seen": {handlers: []http.HandlerFunc{answer(504, "", "")}, looks: []bool{true}, want: seen, sent: 1, waits: seconds(0)},
		"an answer that breaks off": {handlers: []http.HandlerFunc{cutAfter(`{"thread`, 99)}, looks: []bool{true}, want: seen, sent: 1, waits: seconds(0)},
		"no key":                    {handlers: []http.HandlerFunc{answerJSON(`{"success":false}`)}, unknown: true, sent: 1, waits: seconds(0, 2, 5)},
		"a thread with a name":      {handlers: []http.HandlerFunc{answerJSON(`{"threadId":"a-b"}`)}, looks: []bool{true}, want: seen, sent: 1, waits: seconds(0)},
		"no JSON":                   {handlers: []http.HandlerFunc{answer(200, "text/plain", "ok")}, unknown: true, sent: 1, waits: seconds(0, 2, 5)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, looked := serveBulk(t, tt.handlers...), 0
			u := upload(bulkFile, 14)
			u.Look = func(context.Context) (bool, error) {
				looked++
				return looked <= len(tt.looks) && tt.looks[looked-1], tt.lookErr
			}
			got, err := s.client.Bulk.Import(t.Context(), u)
			if tt.unknown {
				wantError{gij.KindUnknown, "partial", 0, "unknown whether it was done", "run the same command again"}.check(t, err)
			} else if err != nil {
				t.Error(err)
			}
			diff(t, "answer", tt.want, got)
			diff(t, "waits", tt.waits, s.taken())
			requests, bodies := s.requests()
			if len(requests) != tt.sent {
				t.Fatalf("sent %d times, not %d", len(requests), tt.sent)
			}
			for _, body := range bodies {
				if !strings.Contains(body, bulkFile) || body != bodies[0] {
					t.Errorf("sent %q", body)
				}
			}
		})
	}
}

func TestImportWithoutLook(t *testing.T) {
	t.Parallel()
	s := serveBulk(t, drop)
	_, err := s.client.Bulk.Import(t.Context(), upload(bulkFile))
	wantError{gij.KindUnknown, "partial", 0, "unknown whether", ""}.check(t, err)
	if seen, _ := s.requests(); len(seen) != 1 {
		t.Errorf("%d requests", len(seen))
	}
}

func TestImportOfAFileThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	s := serveBulk(t, drop)
	u := upload(bulkFile)
	u.Open = func() (io.ReadCloser, error) { return nil, errors.New("no such file") }
	_, err := s.client.Bulk.Import(t.Context(), u)
	wantError{gij.KindFailed, "failed", 0, "no such file", ""}.check(t, err)
	if seen, _ := s.requests(); len(seen) != 0 {
		t.Error("something was sent")
	}
}
