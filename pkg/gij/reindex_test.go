package gij_test

import (
	"net/http"
	"testing"

	"github.com/gijctl/gijctl/pkg/gij"
)

func percent(n float64) *float64 { return &n }

// TestIndexStatus has both documented models, and what a server may make of them.
func TestIndexStatus(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body string
		want gij.IndexStatus
	}{
		"the documented sample": {string(readSample(t, "index-status.response.json")), gij.IndexStatus{
			Finished: true, Percent: percent(100), ThreadID: "172",
			Messages: []gij.IndexMessage{{Name: "Indexing test-repo", Percent: percent(100)}},
		}},
		"the sample with errors": {`{"success":true,"finished":false,"threadId":"a-b","messages":{"b":"started","a":45.5},
			"errors":{"repo":"authentication failed"},"lastOperationPercent":"45.5"}`, gij.IndexStatus{
			Percent: percent(45.5), ThreadID: "a-b",
			Messages: []gij.IndexMessage{{Name: "a", Percent: percent(45.5)}, {Name: "b", Text: "started"}},
			Errors:   []gij.IndexMessage{{Name: "repo", Text: "authentication failed"}},
		}},
		"the Java model": {`{"success":true,"finished":true,"threadId":"5f0c","completionPercentage":100,"errorsCount":1,"messages":[
			{"message":"Indexing x","details":null,"error":false,"insertionTime":1},
			{"message":"no route to host","details":"at line\nat line","error":true,"insertionTime":2}]}`, gij.IndexStatus{
			Finished: true, Percent: percent(100), ThreadID: "5f0c",
			Messages: []gij.IndexMessage{{Text: "Indexing x"}},
			Errors:   []gij.IndexMessage{{Text: "no route to host", Details: "at line\nat line"}},
		}},
		"an error that is a text": {`{"finished":true,"messages":[{"message":"Indexing x","error":"no route"},{"message":"m","error":""},{"message":"n","error":null}]}`, gij.IndexStatus{
			Finished: true,
			Messages: []gij.IndexMessage{{Text: "m"}, {Text: "n"}},
			Errors:   []gij.IndexMessage{{Name: "Indexing x", Text: "no route"}},
		}},
		"errors that are only counted": {`{"finished":true,"errorsCount":2,"messages":[]}`, gij.IndexStatus{
			Finished: true, Errors: []gij.IndexMessage{{Text: "the server counts 2 errors, and names none"}},
		}},
		"a list of errors":    {`{"finished":"true","errors":["one"],"messages":null}`, gij.IndexStatus{Finished: true, Errors: []gij.IndexMessage{{Text: "one"}}}},
		"a part of nothing":   {`{"finished":true,"lastOperationPercent":"NaN","messages":{"a":"Infinity"}}`, gij.IndexStatus{Finished: true, Messages: []gij.IndexMessage{{Name: "a"}}}},
		"nothing but the end": {`{"finished":true,"threadId":null,"lastOperationPercent":null}`, gij.IndexStatus{Finished: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.RequestURI() != "/rest/gitplugin/1.0/index.json?repoId=7" {
					t.Errorf("asked for %s", r.URL.RequestURI())
				}
				answerJSON(tt.body)(w, r)
			})
			diff(t, "status", tt.want, must[gij.IndexStatus](t)(client.Reindex.Status(t.Context(), 7)))
		})
	}
}

func TestIndexStatusErrors(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]wantError{
		`{"success":false,"error":"Repository with id=7 does not exist","advice":"Try again."}`: {gij.KindNotFound, "not_found", 200, "read the index status of 7: Repository", "Try again."},
		`{"success":true}`:                   {gij.KindFailed, "failed", 200, "whether indexing is finished", ""},
		`{"finished":[]}`:                    {gij.KindFailed, "failed", 200, "cannot be understood", ""},
		`{"finished":true,"messages":"x"}`:   {gij.KindFailed, "failed", 200, "messages: ", ""},
		`{"finished":true,"messages":["x"]}`: {gij.KindFailed, "failed", 200, "messages: ", ""},
		`{"finished":true,"errors":5}`:       {gij.KindFailed, "failed", 200, "errors: ", ""},
		`{"finished":true,"errorsCount":{}}`: {gij.KindFailed, "failed", 200, "cannot be understood", ""},
		`[]`:                                 {gij.KindFailed, "failed", 200, "cannot be understood", ""},
	} {
		_, err := serve(t, answerJSON(body)).Reindex.Status(t.Context(), 7)
		want.check(t, err)
	}
}

// TestIndexStatusOfASandbox: both models tell the same of the demo.
func TestIndexStatusOfASandbox(t *testing.T) {
	t.Parallel()
	for _, model := range []string{"map", "list"} {
		t.Run(model, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil, "index-model="+model)
			status := func(id int64) gij.IndexStatus {
				return must[gij.IndexStatus](t)(w.client.Reindex.Status(t.Context(), id))
			}
			if st := status(1); !st.Finished || *st.Percent != 100 || len(st.Errors) != 0 || st.ThreadID == "" {
				t.Errorf("1: %+v", st)
			}
			if st := status(6); !st.Finished || len(st.Errors) != 1 || st.Errors[0].Text != "authentication failed for 'https://gerrit.acme.example:8443'" {
				t.Errorf("6: %+v", st)
			}
			if st := status(12); st.Finished || *st.Percent != 45 {
				t.Errorf("12: %+v", st)
			}
			_, err := w.client.Reindex.Status(t.Context(), 99)
			wantError{gij.KindNotFound, "not_found", 404, "id=99 does not exist", ""}.check(t, err)
		})
	}
}
