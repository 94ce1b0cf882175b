package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// arrived returns the requests since "forget" with one of the methods, all without any.
func (s *script) arrived(methods ...string) []sandbox.Request {
	var found []sandbox.Request
	for _, r := range s.server.Requests()[s.forgotten:] {
		if len(methods) == 0 || slices.Contains(methods, r.Method) {
			found = append(found, r)
		}
	}
	return found
}

func (s *script) writes() []sandbox.Request { return s.arrived("POST", "PUT", "DELETE", "PATCH") }

func describe(all []sandbox.Request) string {
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintf(&b, "\n  %s %s (%d)", r.Method, r.Path, r.Status)
	}
	return b.String()
}

// cmdRequests asserts how many requests arrived: requests N [METHOD [PATTERN OF THE PATH]]
func cmdRequests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 3 {
		ts.Fatalf("usage: requests N [METHOD [PATTERN]]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	found := scriptOf(ts).arrived(args[1:min(2, len(args))]...)
	if len(args) == 3 {
		pattern := regexp.MustCompile(args[2])
		found = slices.DeleteFunc(found, func(r sandbox.Request) bool { return !pattern.MatchString(r.Path) })
	}
	if len(found) != want {
		ts.Fatalf("%d requests arrived, want %d; all:%s", len(found), want, describe(scriptOf(ts).arrived()))
	}
}

// cmdWrites asserts how many requests arrived that are no reads: writes N
func cmdWrites(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: writes N")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if found := scriptOf(ts).writes(); len(found) != want {
		ts.Fatalf("%d writes arrived, want %d; all:%s", len(found), want, describe(scriptOf(ts).arrived()))
	}
}

// cmdLastWrite asks a JMESPath expression of the last write, which has method, path, header and body:
// last-write EXPRESSION VALUE
func cmdLastWrite(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: last-write EXPRESSION VALUE")
	}
	writes := scriptOf(ts).writes()
	if len(writes) == 0 {
		ts.Fatalf("no write arrived")
	}
	r := writes[len(writes)-1]
	body := json.RawMessage("null")
	if len(r.Body) > 0 {
		body = r.Body
	}
	data, err := json.Marshal(map[string]any{"method": r.Method, "path": r.Path, "header": r.Header, "body": body})
	ts.Check(err)
	ts.Check(ask(data, args[0], args[1]))
}

// cmdSentAsPlanned asserts that the writes are those that a plan in JSON shows, but for the secrets that it masks:
// sent-as-planned PLAN
func cmdSentAsPlanned(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sent-as-planned PLAN")
	}
	type request struct {
		Method, Path string
		Body         any
	}
	var changes []struct{ Requests []request }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &changes))
	var planned, sent []request
	for _, change := range changes {
		planned = append(planned, change.Requests...)
	}
	for _, r := range scriptOf(ts).writes() {
		one := request{Method: r.Method, Path: strings.TrimPrefix(r.Path, "/jira")}
		if len(r.Body) > 0 {
			var body map[string]any
			ts.Check(json.Unmarshal(r.Body, &body))
			for _, key := range []string{"pat", "password"} {
				if text, isText := body[key].(string); isText && findSecrets(text, nil) != nil {
					body[key] = "[redacted]"
				}
			}
			one.Body = body
		}
		sent = append(sent, one)
	}
	if diff := cmp.Diff(planned, sent); diff != "" || len(sent) == 0 {
		ts.Fatalf("what was sent (+) is not what was planned (-):\n%s", diff)
	}
}
