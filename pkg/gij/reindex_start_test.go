package gij_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

// sent is what a server was asked.
type sent struct{ Method, Path, Body string }

// recordTo answers as handle does, and keeps what was asked.
func recordTo(list *[]sent, handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*list = append(*list, sent{r.Method, r.URL.RequestURI(), string(body)})
		handle(w, r)
	}
}

func TestReindexStart(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		options gij.StartOptions
		body    string
		want    gij.Started
		sends   string
	}{
		"the documented sample": {
			gij.StartOptions{ID: 133, Priority: 20},
			`{"success":true,"finished":false,"threadId":"c3989477-053b-4cb7-965c-1ab54690490f"}`,
			gij.Started{Thread: "c3989477-053b-4cb7-965c-1ab54690490f"},
			`{"repoId":133,"priority":20}`,
		},
		"a number, and done": {gij.StartOptions{ID: 133}, `{"success":"true","finished":"true","threadId":172}`, gij.Started{Thread: "172", Finished: true}, `{"repoId":133}`},
		"everything":         {gij.StartOptions{}, `{"threadId":null}`, gij.Started{}, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked []sent
			client := serve(t, recordTo(&asked, answerJSON(tt.body)))
			diff(t, "started", tt.want, must[gij.Started](t)(client.Reindex.Start(t.Context(), tt.options)))
			diff(t, "sent", []sent{{"POST", "/rest/gitplugin/2.0/reindex", tt.sends}}, asked)
		})
	}
}

// TestReindexStartOnAnOlderServer: the answer chooses, once for all.
func TestReindexStartOnAnOlderServer(t *testing.T) {
	t.Parallel()
	for name, missing := range map[string]http.HandlerFunc{
		"Jersey's 404": answer(404, "application/json", `{"message":"null for uri: x","status-code":404}`),
		"a web page":   answer(404, "text/html", "<html><title>Oops</title></html>"),
		"405":          answer(405, "application/json", `{"message":"HTTP 405 Method Not Allowed","status-code":405}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked []sent
			client := serve(t, recordTo(&asked, func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "/2.0/") {
					missing(w, r)
					return
				}
				answerJSON(`{"success":true,"finished":false,"threadId":7}`)(w, r)
			}))
			for _, id := range []int64{133, 0} {
				want := gij.Started{Thread: "7", Old: true}
				diff(t, "started", want, must[gij.Started](t)(client.Reindex.Start(t.Context(), gij.StartOptions{ID: id, Priority: 20})))
			}
			diff(t, "sent", []sent{
				{"POST", "/rest/gitplugin/2.0/reindex", `{"repoId":133,"priority":20}`},
				{"POST", "/rest/gitplugin/1.0/index.json", `{"repoId":[133]}`},
				{"POST", "/rest/gitplugin/1.0/index.json", `{}`},
			}, asked)
		})
	}
}

func TestReindexStartErrors(t *testing.T) {
	t.Parallel()
	refused := answer(404, "application/json", `{"success":false,"error":"Repository with id=7 does not exist","advice":"Try again."}`)
	var asked []sent
	_, err := serve(t, recordTo(&asked, refused)).Reindex.Start(t.Context(), gij.StartOptions{ID: 7})
	wantError{gij.KindNotFound, "not_found", 404, "start indexing 7: Repository", "Try again."}.check(t, err)
	if len(asked) != 1 {
		t.Errorf("a refusal in GIJ's words was taken for an older server: %v", asked)
	}
	_, err = serve(t, answer(404, "text/html", "<html></html>")).Reindex.Start(t.Context(), gij.StartOptions{})
	wantError{gij.KindAppMissing, "failed", 404, "start indexing everything: 404", ""}.check(t, err)
	_, err = serve(t, answerJSON(`[]`)).Reindex.Start(t.Context(), gij.StartOptions{ID: 7})
	wantError{gij.KindUnknown, "partial", 0, "unknown whether it was done", "to index twice does no harm"}.check(t, err)
}

// TestReindexStartIsSettled: what is being indexed after a lost answer counts as done; after a timeout nothing is sent again.
func TestReindexStartIsSettled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, "drop-after-write=1", "index-hangs=40")
	if started := must[gij.Started](t)(w.client.Reindex.Start(t.Context(), gij.StartOptions{ID: 1})); started.Thread == "" || len(w.writes()) != 1 {
		t.Errorf("started %+v, %d writes", started, len(w.writes()))
	}
	w = newWorld(t, nil, "drop-before-write=1")
	must[gij.Started](t)(w.client.Reindex.Start(t.Context(), gij.StartOptions{ID: 1}))
	if len(w.writes()) != 2 {
		t.Errorf("%d writes", len(w.writes()))
	}
	w = newWorld(t, nil, "bad-gateway-before=1", "writes-only")
	_, err := w.client.Reindex.Start(t.Context(), gij.StartOptions{ID: 1})
	wantError{gij.KindUnknown, "partial", 0, "unknown whether it was done", "to index twice does no harm"}.check(t, err)
	if len(w.writes()) != 1 {
		t.Errorf("%d writes", len(w.writes()))
	}
}

func TestIndexQuery(t *testing.T) {
	t.Parallel()
	for want, query := range map[string]gij.IndexQuery{
		"/rest/gitplugin/1.0/index.json":                                   {},
		"/rest/gitplugin/1.0/index.json?repoId=7":                          {ID: 7},
		"/rest/gitplugin/1.0/index.json?threadID=a-b&threadId=a-b":         {Thread: "a-b"},
		"/rest/gitplugin/1.0/index.json?repoId=7&threadID=2&threadId=2":    {ID: 7, Thread: "2"},
		"/rest/gitplugin/1.0/index.json?threadID=%26x%3D&threadId=%26x%3D": {Thread: "&x="},
	} {
		var asked []sent
		client := serve(t, recordTo(&asked, answerJSON(`{"finished":true}`)))
		must[gij.IndexStatus](t)(client.Reindex.StatusOf(t.Context(), query))
		diff(t, "sent", []sent{{"GET", want, ""}}, asked)
	}
}

// fixtureHook is a webhook's secret that each encoding changes.
const fixtureHook = "fixture-hook/of the+client"

// TestTrigger: the secret is in the address, and in nothing that a person sees.
func TestTrigger(t *testing.T) {
	t.Parallel()
	var trace bytes.Buffer
	w := newWorld(t, func(c *gij.Config) { c.Trace = &trace })
	trigger := gij.Trigger{Secret: secret.New(w.WebhookSecret), Origin: "https://gitlab.acme.example/web/web-shop.git", ID: "ci-1"}
	if started := must[gij.Started](t)(w.client.Reindex.Trigger(t.Context(), trigger)); started.Thread == "" {
		t.Errorf("no thread: %+v", started)
	}
	last := w.Requests()[len(w.Requests())-1]
	for name, want := range map[string]string{"X-Bbb-Webhook-Type": "push", "X-Bbb-Webhook-Id": "ci-1", "Content-Type": "application/json"} {
		if got := last.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	diff(t, "body", `{"origin":"https://gitlab.acme.example/web/web-shop.git"}`, string(last.Body))
	if strings.Contains(trace.String(), w.WebhookSecret) || !strings.Contains(trace.String(), "/reindex/...") {
		t.Errorf("the trace has the secret:\n%s", trace.String())
	}
	diff(t, "request", gij.Request{Method: "POST", Path: "/rest/gitplugin/webhook/1.0/reindex/[redacted]", Body: []byte("{}")},
		w.client.Reindex.TriggerRequest(gij.Trigger{Secret: secret.New(fixtureHook)}))
	trigger.Origin = "https://elsewhere.example"
	if started := must[gij.Started](t)(w.client.Reindex.Trigger(t.Context(), trigger)); started.Thread != "" {
		t.Errorf("something was begun: %+v", started)
	}
}

// TestTriggerErrorsHaveNoSecret: servers repeat the address that they were asked for, in whatever form.
func TestTriggerErrorsHaveNoSecret(t *testing.T) {
	t.Parallel()
	echo := func(status int, kind, format string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			answer(status, kind, strings.NewReplacer("RAW", fixtureHook, "URI", r.URL.EscapedPath()).Replace(format))(w, r)
		}
	}
	for name, tt := range map[string]struct {
		handle http.HandlerFunc
		want   gij.Kind
	}{
		"Jersey's 404":   {echo(404, "application/json", `{"message":"null for uri: http://x/RAW","status-code":404}`), gij.KindAppMissing},
		"an envelope":    {echo(400, "application/json", `{"success":false,"error":"wrong RAW","advice":"not URI"}`), gij.KindFailed},
		"a page":         {echo(500, "text/html", "<html><title>URI RAW</title></html>"), gij.KindFailed},
		"forbidden":      {echo(403, "application/json", `{"message":"RAW URI"}`), gij.KindForbidden},
		"not understood": {echo(200, "application/json", `{"finished":"RAW URI"}`), gij.KindUnknown},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://x.example"+r.URL.EscapedPath(), http.StatusMovedPermanently)
		}, gij.KindFailed},
		"a cut": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, gij.KindUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := serve(t, tt.handle).Reindex.Trigger(t.Context(), gij.Trigger{Secret: secret.New(fixtureHook), Origin: "x"})
			if !gij.IsKind(err, tt.want) {
				t.Errorf("kind of %v is not %d", err, tt.want)
			}
			for ; err != nil; err = unwrap(err) {
				wantNoSecret(t, err.Error())
			}
		})
	}
	refused := newClient(t, gij.Config{BaseURL: "http://127.0.0.1:1", Token: secret.New(fixtureToken)})
	_, err := refused.Reindex.Trigger(t.Context(), gij.Trigger{Secret: secret.New(fixtureHook)})
	for ; err != nil; err = unwrap(err) {
		wantNoSecret(t, err.Error())
	}
}

func unwrap(err error) error {
	if e, ok := err.(interface{ Unwrap() error }); ok {
		return e.Unwrap()
	}
	return nil
}
