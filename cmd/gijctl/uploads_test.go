package main

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// cmdUploaded asserts what the last upload of a bulk file was, and which deletions it confirmed: uploaded FILE [IDS]
//
// FILE may have the script's variables. IDS are separated by commas.
func cmdUploaded(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: uploaded FILE [IDS]")
	}
	writes := scriptOf(ts).writes()
	if len(writes) == 0 {
		ts.Fatalf("no write arrived")
	}
	file, confirmed, err := readUpload(writes[len(writes)-1])
	ts.Check(err)
	if diff := cmp.Diff(ts.ReadFile(args[0]), file); diff != "" {
		ts.Fatalf("the upload is another (-want +got):\n%s", diff)
	}
	want := ""
	if len(args) == 2 {
		want = args[1]
	}
	if got := strings.Join(confirmed, ","); got != want {
		ts.Fatalf("it confirms the deletions %q, want %q", got, want)
	}
}

func readUpload(r sandbox.Request) (file string, confirmed []string, err error) {
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return "", nil, err
	}
	parts := multipart.NewReader(bytes.NewReader(r.Body), params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return file, confirmed, nil
		}
		if err != nil {
			return "", nil, err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return "", nil, err
		}
		if part.FormName() == "file" {
			file = string(content)
			continue
		}
		confirmed = append(confirmed, string(content))
	}
}
