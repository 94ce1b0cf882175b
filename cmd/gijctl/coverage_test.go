package main

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// coveragePage is the table of the documented operations, each with the script that sends it.
const coveragePage = "../../docs/reference/api-coverage.md"

// pluginRoot is what the paths of that table are below.
const pluginRoot = "/rest/gitplugin"

// operation is a row of the table.
type operation struct {
	text  string // "GET /1.0/integration/{id}"
	path  *regexp.Regexp
	query []string // keys
}

// checkCoverage fails a script that is named as the one that sends a documented operation, and did not, or was refused.
func (s *script) checkCoverage() {
	if s.tb.Failed() || s.tb.Skipped() {
		return
	}
	operations, err := operationsOf(filepath.Base(s.tb.Name()))
	if err != nil {
		s.tb.Error(err)
	}
	var sent []sandbox.Request
	if s.server != nil {
		sent = s.server.Requests()
	}
	for _, server := range s.others {
		sent = append(sent, server.Requests()...)
	}
	for _, o := range operations {
		if !slices.ContainsFunc(sent, o.is) {
			s.tb.Errorf("%s: %s was not sent with success: name another script in internal/cli/docs_api.go", filepath.Base(coveragePage), o.text)
		}
	}
}

// operationsOf reads the rows of the table that name a script.
func operationsOf(script string) ([]operation, error) {
	data, err := os.ReadFile(coveragePage)
	if err != nil {
		return nil, err
	}
	variable := regexp.MustCompile(`\\\{[a-zA-Z]+\\\}`)
	var all []operation
	for line := range strings.Lines(string(data)) {
		_, row, isRow := strings.Cut(line, "| `")
		text, rest, _ := strings.Cut(row, "`")
		if !isRow || !strings.Contains(rest, "/"+script+".txtar)") {
			continue
		}
		target, query, _ := strings.Cut(text, "?")
		keys, err := url.ParseQuery(query)
		if err != nil {
			return nil, err
		}
		o := operation{text: text, path: regexp.MustCompile("^" + variable.ReplaceAllString(regexp.QuoteMeta(target), "[^/]+") + "$")}
		for key := range keys {
			o.query = append(o.query, key)
		}
		all = append(all, o)
	}
	return all, nil
}

// is reports whether a request that arrived is this operation, and was not refused.
func (o operation) is(r sandbox.Request) bool {
	u, err := url.Parse(r.Path)
	if err != nil || r.Status < 200 || r.Status > 299 {
		return false
	}
	_, path, found := strings.Cut(u.Path, pluginRoot)
	if !found || !o.path.MatchString(r.Method+" "+strings.TrimSuffix(path, ".json")) {
		return false
	}
	return !slices.ContainsFunc(o.query, func(key string) bool { return !u.Query().Has(key) })
}
