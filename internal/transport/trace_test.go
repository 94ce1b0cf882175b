package transport_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/transport"
)

// traced returns a client that writes its trace to the buffer, with a clock that gains 20 ms with each look.
func traced(t *testing.T, base string, out io.Writer) *http.Client {
	t.Helper()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return newClient(t, base, func(o *transport.Options) {
		o.Trace = out
		o.Now = func() time.Time {
			now = now.Add(20 * time.Millisecond)
			return now
		}
	})
}

func TestTrace(t *testing.T) {
	t.Parallel()
	jira := start(t, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Date", "Mon, 02 Mar 2026 09:00:00 GMT")
		h.Set("X-Anodeid", "node1")
		h.Set("X-Ratelimit-Remaining", "9")
		h.Set("Set-Cookie", "JSESSIONID="+fixtureToken)
		h.Set("X-Unknown", fixtureToken)
		h.Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"pat":"`+fixtureToken+`"}`)
	})
	var out bytes.Buffer
	c := traced(t, jira.URL, &out)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut,
		jira.URL+"/rest/1?disable=true&token="+fixtureToken+"&all=#"+fixtureToken, strings.NewReader(fixtureToken))
	if err != nil {
		t.Fatal(err)
	}
	r.URL.User = parse(t, "http://admin:"+fixtureToken+"@x").User
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Cookie", fixtureToken)
	if got := sendRequest(c, r); got.err != nil {
		t.Fatal(got.err)
	}
	want := "> PUT " + jira.URL + `/rest/1?all=&disable=true&token=...
>   Content-Type: application/json
>   User-Agent: tests
>   (2 more not shown)
< 200 OK after 20ms
<   Content-Length: 46
<   Content-Type: application/json
<   Date: Mon, 02 Mar 2026 09:00:00 GMT
<   X-Anodeid: node1
<   X-Ratelimit-Remaining: 9
<   (2 more not shown)
`
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if strings.Contains(out.String(), fixtureToken) {
		t.Error("the trace shows a secret")
	}
}

func TestTraceOfARedirectAndOfNoAnswer(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	base := rawServer(t, "HTTP/1.1 302 Found\r\nLocation: http://admin:"+fixtureToken+"@sso.test/login?os_destination="+fixtureToken+"#"+fixtureToken+"\r\nContent-Length: 0\r\n\r\n")
	if got := send(t, traced(t, base, &out), http.MethodGet, base, ""); got.status != 302 {
		t.Fatalf("got %d, %v", got.status, got.err)
	}
	if got := out.String(); !strings.Contains(got, "<   Location: http://sso.test/login?os_destination=...\n") || strings.Contains(got, fixtureToken) {
		t.Errorf("got\n%s", got)
	}
	out.Reset()
	refused := refusedURL(t)
	send(t, traced(t, refused, &out), http.MethodGet, refused, "")
	if got := out.String(); !strings.Contains(got, "< no answer after 20ms: ") || !strings.Contains(got, "connection refused") {
		t.Errorf("got\n%s", got)
	}
}

func TestTraceMakesControlCharactersVisible(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	base := rawServer(t, "HTTP/1.1 200 \x1b[31mOK\x1b]0;owned\x07\r\nServer: a\u009b2J\u202egnp.exe\r\nContent-Length: 0\r\n\r\n")
	send(t, traced(t, base, &out), http.MethodGet, base+"/%1b%5b31m", "")
	for _, r := range out.String() {
		if r != '\n' && (r < ' ' || r >= 0x7f && r <= 0x9f || r == 0x202e) {
			t.Errorf("the trace holds %q", r)
		}
	}
	for _, want := range []string{`\x1b[31mOK\x1b]0;owned\a`, `a\u009b2J\u202egnp.exe`, `/%1b%5b31m`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the trace lacks %s\n%s", want, out.String())
		}
	}
	if got := transport.Visible("Grüße 日本 \xff"); got != "Grüße 日本 \ufffd" {
		t.Errorf("got %q", got)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestTraceThatCannotBeWrittenDoesNoHarm(t *testing.T) {
	t.Parallel()
	jira := start(t, answer(200, "fine"))
	if got := send(t, traced(t, jira.URL, failing{}), http.MethodGet, jira.URL, ""); got.err != nil || got.body != "fine" {
		t.Errorf("got %q, %v", got.body, got.err)
	}
}

func TestTracedURL(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"https://u:p@h.test:8443/a%2Fb?x=1&x=2&projectKey=PLAT#f": "https://h.test:8443/a%2Fb?projectKey=PLAT&x=...&x=...",
		"https://h.test/":                 "https://h.test/",
		"/only/path?deleteFiles=true&q=s": "/only/path?deleteFiles=true&q=...",
		"https://h.test/jira/rest/gitplugin/webhook/1.0/reindex/s%2Fecret?all=": "https://h.test/jira/rest/gitplugin/webhook/1.0/reindex/...?all=",
	}
	for from, want := range tests {
		if got := transport.TracedURL(parse(t, from)); got != want {
			t.Errorf("%s: got %s, want %s", from, got, want)
		}
	}
}
