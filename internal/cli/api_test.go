package cli

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gij"
)

// arrival is a request as a server of a test saw it.
type arrival struct {
	method, uri string
	header      http.Header
	length      int64
	body        string
}

// jira serves below a context path, answers the same each time, and passes on what arrives.
func jira(t *testing.T, answer http.HandlerFunc) (map[string]string, <-chan arrival) {
	t.Helper()
	arrivals := make(chan arrival, 10)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		arrivals <- arrival{r.Method, r.RequestURI, r.Header, r.ContentLength, string(body)}
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return map[string]string{"GIJCTL_URL": s.URL + "/jira", "GIJCTL_TOKEN": "fixture-token"}, arrivals
}

func fine(http.ResponseWriter, *http.Request) {}

// runWith is gijctl with something on its standard input.
func runWith(t *testing.T, variables map[string]string, stdin io.Reader, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := Main(t.Context(), args, Streams{In: stdin, Out: &stdout, Err: &stderr}, func(name string) (string, bool) {
		value, found := variables[name]
		return value, found
	})
	return outcome{status, stdout.String(), stderr.String()}
}

type part struct{ Name, File, Type, Text string }

func partsOf(t *testing.T, a arrival) []part {
	t.Helper()
	_, parameters, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var parts []part
	for r := multipart.NewReader(strings.NewReader(a.body), parameters["boundary"]); ; {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return parts
		}
		if err != nil {
			t.Fatalf("%v in %q", err, a.body)
		}
		text, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part{p.FormName(), p.FileName(), p.Header.Get("Content-Type"), string(text)})
	}
}

func TestAPIForm(t *testing.T) {
	t.Parallel()
	const binary = "application/octet-stream"
	file := filepath.Join(t.TempDir(), `fleet "x".tsv`)
	content := strings.Repeat("id\tname\r\n", 20_000)
	write(t, file, content)
	empty := filepath.Join(t.TempDir(), "empty")
	write(t, empty, "")
	for name, tt := range map[string]struct {
		form        []string
		stdin       string
		want        []part
		knowsLength bool
	}{
		"values":         {[]string{"a=1", "a=2=3", "b="}, "", []part{{"a", "", "", "1"}, {"a", "", "", "2=3"}, {"b", "", "", ""}}, true},
		"a file":         {[]string{"file=@" + file, "x=@" + empty}, "", []part{{"file", `fleet "x".tsv`, binary, content}, {"x", "empty", binary, ""}}, true},
		"standard input": {[]string{"a=1", "file=@-"}, "typed", []part{{"a", "", "", "1"}, {"file", "stdin", binary, "typed"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			variables, arrivals := jira(t, fine)
			args := []string{"api", "post", "/rest/x", "--yes"}
			for _, f := range tt.form {
				args = append(args, "-F", f)
			}
			if got := runWith(t, variables, strings.NewReader(tt.stdin), args...); got.status != 0 {
				t.Fatalf("%+v", got)
			}
			a := <-arrivals
			if diff := cmp.Diff(tt.want, partsOf(t, a)); diff != "" {
				t.Error(diff)
			}
			if knows := a.length == int64(len(a.body)); knows != tt.knowsLength {
				t.Errorf("length %d of %d bytes", a.length, len(a.body))
			}
			if a.method != "POST" || a.uri != "/jira/rest/x" || a.header.Get("X-Atlassian-Token") != "no-check" {
				t.Errorf("%s %s, %v", a.method, a.uri, a.header)
			}
		})
	}
}

// TestAPIFormIsSentAgain: after a 429 a file is read once more, and what comes from a pipe is not.
func TestAPIFormIsSentAgain(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "fleet.tsv")
	write(t, file, "content")
	for form, want := range map[string]struct{ status, sent int }{"f=@" + file: {0, 2}, "f=@-": {1, 1}} {
		first := true
		variables, arrivals := jira(t, func(w http.ResponseWriter, _ *http.Request) {
			if first {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(http.StatusTooManyRequests)
			}
			first = false
		})
		got := runWith(t, variables, strings.NewReader("content"), "api", "POST", "/x", "-F", form, "--yes")
		if got.status != want.status || len(arrivals) != want.sent {
			t.Errorf("%s: %+v, sent %d times", form, got, len(arrivals))
		}
		for range want.sent {
			if a := <-arrivals; partsOf(t, a)[0].Text != "content" {
				t.Errorf("%s: sent %q", form, a.body)
			}
		}
	}
}

func TestAPIInput(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "body.json")
	write(t, file, "{\"a\" : 1}\n")
	for input, length := range map[string]int64{file: 10, "-": -1} {
		variables, arrivals := jira(t, fine)
		if got := runWith(t, variables, strings.NewReader("{\"a\" : 1}\n"), "api", "DELETE", "/x", "--input", input, "--yes"); got.status != 0 {
			t.Fatalf("%+v", got)
		}
		a := <-arrivals
		if a.body != "{\"a\" : 1}\n" || a.length != length || a.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %+v", input, a)
		}
	}
}

func TestAPIFieldValues(t *testing.T) {
	t.Parallel()
	body, err := fieldsBody([]string{
		"t=true", "f=false", "n=null", "i=-15", "zero=0", "big=123456789012345678901", "lead=007", "minus=-0", "point=1.5", "text=a=<b>", "none=", "True=True",
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := body.open()
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"True":"True","big":123456789012345678901,"f":false,"i":-15,"lead":"007","minus":"-0","n":null,"none":"","point":"1.5","t":true,"text":"a=<b>","zero":0}`
	if diff := cmp.Diff(want, string(got)); diff != "" || body.size != int64(len(got)) {
		t.Errorf("%d bytes\n%s", body.size, diff)
	}
}

// TestAPIRefusals has what an answer means for the exit status. The body is printed all the same.
func TestAPIRefusals(t *testing.T) {
	t.Parallel()
	html := func(status int, page string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, page)
		}
	}
	redirect := func(status int, to string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "moved")
		}
	}
	for name, tt := range map[string]struct {
		answer         http.HandlerFunc
		status         int
		stdout, stderr string
	}{
		"a page":                 {html(200, "<p>report</p>"), 0, "<p>report</p>", ""},
		"a login page":           {html(200, `<input name="os_username">`), 4, "os_username", "POST /x: 200 OK, a login page"},
		"a login form":           {html(200, `<form id="login-form">`), 4, "login-form", "gijctl doctor"},
		"success false":          {html(200, `{"success":false}`), 0, `{"success":false}`, ""},
		"to a login page":        {redirect(302, "/jira/login.jsp?os_destination=x"), 4, "moved", "POST /x: 302 Found, a login page or another server"},
		"to another host":        {redirect(307, "https://sso.example/start"), 4, "moved", "307 Temporary Redirect"},
		"to what was made":       {redirect(303, "/jira/rest/tasks/5"), 0, "moved", ""},
		"401":                    {html(401, "no"), 4, "no", "POST /x: 401 Unauthorized"},
		"403":                    {html(403, "no"), 4, "no", "POST /x: 403 Forbidden"},
		"404":                    {html(404, "no"), 5, "no", "POST /x: 404 Not Found"},
		"409":                    {html(409, "no"), 1, "no", "POST /x: 409 Conflict"},
		"500":                    {html(500, "no"), 1, "no", "POST /x: 500 Internal Server Error"},
		"a status without words": {html(599, "no"), 1, "no", "POST /x: 599"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			variables, _ := jira(t, tt.answer)
			got := runWith(t, variables, strings.NewReader(""), "api", "POST", "/x?token=hidden", "--yes")
			if got.status != tt.status || !strings.Contains(got.stdout, tt.stdout) || !strings.Contains(got.stderr, tt.stderr) || strings.Contains(got.stderr, "hidden") {
				t.Errorf("%+v", got)
			}
			if (tt.stderr == "") != (got.stderr == "") {
				t.Errorf("stderr: %q", got.stderr)
			}
		})
	}
}

func TestAPIHead(t *testing.T) {
	t.Parallel()
	variables, _ := jira(t, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Set-Cookie", "JSESSIONID=hidden-1")
		h.Set("X-XSRF-Token", "hidden-2")
		h.Set("X-Session-Id", "hidden-3")
		h.Set("Location", "https://jira.example.com/x?SAMLRequest=hidden-4&a=hidden-5#hidden-6")
		h.Set("Content-Type", "text/plain")
		h.Set("A-First", "\u0085shown")
	})
	got := runWith(t, variables, strings.NewReader(""), "api", "GET", "/x", "-i")
	for _, want := range []string{
		"HTTP/1.1 200 OK\nA-First: \\u0085shown\nContent-Length: 0\nContent-Type: text/plain\nDate: ", "\nSet-Cookie: [redacted]\n", "\nX-Xsrf-Token: [redacted]\n",
		"\nX-Session-Id: [redacted]\n", "\nLocation: https://jira.example.com/x?SAMLRequest=...&a=...\n",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%q lacks %q", got.stdout, want)
		}
	}
	if strings.Contains(got.stdout, "hidden") || !strings.HasSuffix(got.stdout, "\n\n") || got.status != 0 {
		t.Errorf("%+v", got)
	}
}

func TestVisibleWriter(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                     "",
		"plain":                "plain\n",
		"a\tb\nc\r\n":          "a\tb\nc\n",
		"\x1b[31mred\r":        `\x1b[31mred\r` + "\n",
		"grün 日本 🙂\n":          "grün 日本 🙂\n",
		"\u202egnp\u009b2J":    `\u202egnp\u009b2J` + "\n",
		"cut \xe6\x97":         `cut \xe6\x97` + "\n",
		"bad \xff\xfe\x80 end": `bad \xff\xfe\x80 end` + "\n",
	} {
		for name, reader := range map[string]io.Reader{"at once": strings.NewReader(text), "by bytes": iotest.OneByteReader(strings.NewReader(text))} {
			var out bytes.Buffer
			w := &visibleWriter{out: &out}
			if _, err := io.Copy(struct{ io.Writer }{w}, struct{ io.Reader }{reader}); err != nil {
				t.Fatal(err)
			}
			if err := w.end(); err != nil || out.String() != want {
				t.Errorf("%q %s: %q, %v; want %q", text, name, out.String(), err, want)
			}
		}
	}
}

// TestAPIQueryOfALoginPage: --query does not hide what the answer is.
func TestAPIQueryOfALoginPage(t *testing.T) {
	t.Parallel()
	variables, _ := jira(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://sso.example/start")
		w.WriteHeader(http.StatusFound)
		_, _ = io.WriteString(w, "<p>moved</p>")
	})
	got := runWith(t, variables, strings.NewReader(""), "api", "GET", "/x", "--query", "a")
	if got.status != 4 || !strings.Contains(got.stderr, "302 Found, a login page or another server") {
		t.Errorf("%+v", got)
	}
}

// TestAPIQueryIsBounded: an answer that --query needs in memory has a limit.
func TestAPIQueryIsBounded(t *testing.T) {
	t.Parallel()
	variables, _ := jira(t, func(w http.ResponseWriter, _ *http.Request) {
		spaces := bytes.Repeat([]byte(" "), 1<<20)
		for range maxQueried>>20 + 1 {
			if _, err := w.Write(spaces); err != nil {
				return
			}
		}
	})
	got := runWith(t, variables, strings.NewReader(""), "api", "GET", "/x", "--query", "a")
	if got.status != 1 || got.stdout != "" || !strings.Contains(got.stderr, "larger than --query takes: 64 MiB") {
		t.Errorf("%d, %s", got.status, got.stderr)
	}
}

func TestSequenceClosesWhatItOpens(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "f")
	write(t, file, "abc")
	var opened []*os.File
	piece := apiBody{open: func() (io.ReadCloser, error) {
		f, err := os.Open(file)
		opened = append(opened, f)
		return f, err
	}}
	whole := &sequence{pieces: []apiBody{piece, bytesBody(nil), piece}}
	if data, err := io.ReadAll(whole); string(data) != "abcabc" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	part := &sequence{pieces: []apiBody{piece}}
	if _, err := part.Read(make([]byte, 1)); err != nil || part.Close() != nil || part.Close() != nil {
		t.Error(err)
	}
	for n, f := range opened {
		if err := f.Close(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("file %d is still open", n)
		}
	}
	broken := &sequence{pieces: []apiBody{{open: func() (io.ReadCloser, error) { return nil, os.ErrNotExist }}}}
	if _, err := broken.Read(make([]byte, 1)); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestSequenceIsClosedDuringARead: nothing more is opened then.
func TestSequenceIsClosedDuringARead(t *testing.T) {
	t.Parallel()
	reading, typed := io.Pipe()
	opened := 0
	s := &sequence{pieces: []apiBody{
		{open: func() (io.ReadCloser, error) { return io.NopCloser(reading), nil }},
		{open: func() (io.ReadCloser, error) {
			opened++
			return io.NopCloser(strings.NewReader("more")), nil
		}},
	}}
	ended := make(chan error)
	go func() {
		_, err := io.Copy(io.Discard, s)
		ended <- err
	}()
	if _, err := io.WriteString(typed, "some"); err != nil || s.Close() != nil || typed.Close() != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, os.ErrClosed) || opened > 0 {
		t.Errorf("%v, the next was opened %d times", err, opened)
	}
}

func TestDryRunsOfTheAPI(t *testing.T) {
	t.Parallel()
	o := apiOptions{method: "POST", path: "/x", input: "-"}
	r, err := o.request(&app{streams: Streams{In: strings.NewReader("")}})
	if err != nil {
		t.Fatal(err)
	}
	want := apiView{Method: "POST", Path: "/x", ContentType: "application/json"}
	if diff := cmp.Diff(want, r.view()); diff != "" || sizeText(new(r.view())) != "unknown until it is read" {
		t.Error(diff)
	}
	if got := (&apiRequest{RawRequest: gij.RawRequest{Method: "OPTIONS"}}).changes(); got {
		t.Error("OPTIONS changes something")
	}
}
