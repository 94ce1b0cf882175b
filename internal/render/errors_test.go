package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func fullError() Error {
	return Error{
		Code: "invalid_input", Message: "validate fleet.tsv: 2 problems\x1b[2J", Hint: "fix them", Status: 400,
		Details: []Detail{
			{File: "fleet.tsv", Line: 3, Column: 7, Severity: "warning", Code: "T012", Message: "displayName: is long", Remedy: "shorten it"},
			{File: "fleet.tsv", Line: 4, Code: "T001", Message: "bad\u202e"},
			{File: "fleet.tsv", Message: "no rows"},
			{Code: "T002", Message: "no place"},
			{ID: 12, Name: "web\n", Message: "refused", Remedy: "try again"},
			{ID: 13, Message: "unknown"},
			{Name: "api", Message: "failed"},
		},
		Warnings: []string{"insecure <TLS>"},
	}
}

func TestWriteErrorText(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := WriteError(&out, FormatTable, fullError()); err != nil {
		t.Fatal(err)
	}
	checkSame(t, `fleet.tsv:3:7: warning T012: displayName: is long; shorten it
fleet.tsv:4: error T001: bad\u202e
fleet.tsv: error: no rows
error T002: no place
12 web\n: refused; try again
13: unknown
api: failed
gijctl: validate fleet.tsv: 2 problems\x1b[2J
hint: fix them
`, out.String())
}

// The keys are typed again here on purpose: programs read them.
func TestWriteErrorJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	e := fullError()
	e.Details = []Detail{
		e.Details[0],
		{ID: 12, Name: "web\u202e", Message: "refused"},
	}
	if err := WriteError(&out, FormatJSON, e); err != nil {
		t.Fatal(err)
	}
	checkSame(t, `{"error":{"code":"invalid_input","message":"validate fleet.tsv: 2 problems\u001b[2J","hint":"fix them","status":400,`+
		`"details":[{"file":"fleet.tsv","line":3,"column":7,"severity":"warning","code":"T012","message":"displayName: is long","remedy":"shorten it"},`+
		`{"message":"refused","id":12,"name":"web\u202e"}],"warnings":["insecure <TLS>"]}}`+"\n", out.String())
	if !json.Valid(out.Bytes()) {
		t.Error("not JSON")
	}
}

func TestWriteErrorSmall(t *testing.T) {
	t.Parallel()
	e := Error{Code: "failed", Message: "no route"}
	for f, want := range map[Format]string{
		FormatTable: "gijctl: no route\n",
		FormatYAML:  "gijctl: no route\n",
		FormatJSON:  `{"error":{"code":"failed","message":"no route"}}` + "\n",
	} {
		var out bytes.Buffer
		if err := WriteError(&out, f, e); err != nil {
			t.Fatal(err)
		}
		checkSame(t, want, out.String())
	}
}

func TestWriteErrorOutFails(t *testing.T) {
	t.Parallel()
	for _, f := range []Format{FormatTable, FormatJSON} {
		for _, message := range []string{"short", strings.Repeat("x", 10_000)} {
			if err := WriteError(fullDisk{}, f, Error{Message: message, Hint: "h"}); !errors.Is(err, errFull) {
				t.Errorf("%s: error %v, want %v", f, err, errFull)
			}
		}
	}
}
