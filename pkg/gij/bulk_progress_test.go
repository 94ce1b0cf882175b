package gij_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/pkg/gij"
)

// TestRouteCookies looks that the cookie of the load balancer goes back with the questions, and a session does not.
func TestRouteCookies(t *testing.T) {
	t.Parallel()
	s := serveBulk(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			answerJSON(`{"finished":true}`)(w, r)
			return
		}
		for _, cookie := range []string{
			"ROUTEID=.1; path=/", "JSESSIONID=fixture-session; HttpOnly", "atlassian.xsrf.token=fixture-token", "seraph.rememberme.cookie=fixture-me",
			`lb="a b"`, "old=gone; Max-Age=-1", "empty=", "jsessionid=fixture-lower",
		} {
			w.Header().Add("Set-Cookie", cookie)
		}
		answerJSON(`{"threadId":142}`)(w, r)
	})
	got := must[gij.BulkAnswer](t)(s.client.Bulk.Import(t.Context(), upload(bulkFile)))
	diff(t, "cookies", []gij.BulkCookie{{"ROUTEID", ".1"}, {"lb", `"a b"`}}, got.Thread.Cookies)

	thread := *got.Thread
	thread.Cookies = append(thread.Cookies, gij.BulkCookie{Name: "JSESSIONID", Value: "fixture-session"}, gij.BulkCookie{Name: "a", Value: "b\r\nX-Evil: 1"},
		gij.BulkCookie{Name: "a b", Value: "c"}, gij.BulkCookie{Name: "x", Value: "y; z=1"}, gij.BulkCookie{Name: "long", Value: strings.Repeat("a", 5000)})
	must[gij.BulkProgress](t)(s.client.Bulk.Progress(t.Context(), thread))
	seen, _ := s.requests()
	diff(t, "sent", `ROUTEID=.1; lb="a b"`, seen[1].Header.Get("Cookie"))
	if seen[0].Header.Get("Cookie") != "" || seen[1].Header.Get("X-Evil") != "" {
		t.Errorf("sent %v and %v", seen[0].Header, seen[1].Header)
	}
	diff(t, "address", bulkProgressPath+"?thread_id=142", seen[1].RequestURI)
}

func TestProgress(t *testing.T) {
	t.Parallel()
	percent := func(v float64) *float64 { return &v }
	for body, want := range map[string]gij.BulkProgress{
		`{ "success": false, "finished": true, "progressEntries": [
		    {"prcntDouble": 0.0,  "prcntInteger": 0,    "error": false, "message": "Creating repository git@github.com:user/test-repo.git"},
		    {"error": true, "message": "java.lang.NullPointerException"},
		    {"prcntDouble": 100.0,"prcntInteger": 1042, "error": false, "message": "Resolving deltas"} ] }`: { // the vendor's sample
			Finished: true, Entries: []gij.BulkEntry{
				{Percent: percent(0), Message: "Creating repository git@github.com:user/test-repo.git"},
				{Error: true, Message: "java.lang.NullPointerException"},
				{Percent: percent(100), Message: "Resolving deltas"},
			},
		},
		`{"finished":"false","progressEntries":null}`:                                      {},
		`{"success":false,"error":"one row failed","finished":true}`:                       {Finished: true},
		`{"finished":false,"progressEntries":[{"prcntDouble":NaN,"message":"a \"NaN\""}]}`: {Entries: []gij.BulkEntry{{Message: `a "NaN"`}}},
		`{"finished":false,"progressEntries":[{"prcntDouble":"NaN"},{"prcntDouble":"12.5"},{"prcntDouble":-Infinity},{"prcntDouble":"?"}]}`: {
			Entries: []gij.BulkEntry{{}, {Percent: percent(12.5)}, {}, {}},
		},
		`{"finished":true,"progressEntries":[{"error":"true","message":null},{"error":"out of memory","message":"Cloning"},{"error":null,"message":3}]}`: {
			Finished: true, Entries: []gij.BulkEntry{{Error: true}, {Error: true, Message: "Cloning out of memory"}, {Message: "3"}},
		},
	} {
		got, err := serveBulk(t, answerJSON(body)).client.Bulk.Progress(t.Context(), gij.BulkThread{ID: 142})
		if err != nil {
			t.Errorf("%s: %v", body, err)
		}
		diff(t, body, want, got)
	}
}

func TestProgressRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		handle http.HandlerFunc
		want   wantError
	}{
		"unknown thread as 200": {
			answerJSON(`{"success":false,"error":"Thread 142 does not exist","advice":"try another"}`),
			wantError{gij.KindNotFound, "not_found", 200, "Thread 142", "try another"},
		},
		"unknown thread as 404": {
			answer(404, "application/json", `{"success":false,"error":"no such thread"}`),
			wantError{gij.KindNotFound, "not_found", 404, "no such thread", "another node"},
		},
		"a bare 404":     {answer(404, "", ""), wantError{gij.KindNotFound, "not_found", 404, "knows no import 142", "another node"}},
		"a 404 page":     {answer(404, "text/html", "<html>"), wantError{gij.KindNotFound, "not_found", 404, "knows no import 142", "another node"}},
		"not logged in":  {answer(401, "", ""), wantError{gij.KindAuth, "auth", 401, "not accepted", ""}},
		"a login page":   {answer(200, "text/html", "<html>"), wantError{gij.KindAuth, "auth", 200, "login page", ""}},
		"nothing of it":  {answerJSON(`{"success":true}`), wantError{gij.KindFailed, "failed", 200, "does not say whether", ""}},
		"finished, null": {answerJSON(`{"finished":null}`), wantError{gij.KindFailed, "failed", 200, "does not say whether", ""}},
		"no JSON inside": {answerJSON(`{"finished":true,`), wantError{gij.KindFailed, "failed", 200, "cannot be understood", ""}},
		"strange list":   {answerJSON(`{"finished":true,"progressEntries":{"a":1}}`), wantError{gij.KindFailed, "failed", 200, "cannot be understood", ""}},
		"breaks off":     {cutAfter(`{"finished":true,`, 99), wantError{gij.KindNetwork, "failed", 0, "ended before", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := serveBulk(t, tt.handle).client.Bulk.Progress(t.Context(), gij.BulkThread{ID: 142})
			tt.want.check(t, err)
		})
	}
}

// TestProgressOfManyRows reads the log of an import of 100,000 rows, which is larger than any other answer.
func TestProgressOfManyRows(t *testing.T) {
	t.Parallel()
	const entries = 200_000
	entry := `{"prcntDouble":0.0,"prcntInteger":0,"error":false,"message":"Creating repository git@git.example.com:team/repository.git"},`
	s := serveBulk(t, answerJSON(`{"finished":true,"progressEntries":[`+strings.Repeat(entry, entries)+`{"error":true,"message":"the last"}]}`))
	got := must[gij.BulkProgress](t)(s.client.Bulk.Progress(t.Context(), gij.BulkThread{ID: 142}))
	if len(got.Entries) != entries+1 || !got.Entries[entries].Error {
		t.Errorf("%d entries were read", len(got.Entries))
	}
}
