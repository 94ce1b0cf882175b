package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gij"
)

// documentedOperations is the vendor's documentation a second time, on purpose: what the table must have.
const documentedOperations = `
GET /1.0/integration
GET /1.0/integration/{id}
POST /1.0/integration
PUT /1.0/integration/{id}
PUT /1.0/repository/{id}/disable (integration)
DELETE /1.0/integration/{id}
GET /1.0/repository
POST /1.0/repository
PUT /1.0/repository
PUT /1.0/repository (nested)
PUT /1.0/repository/{id}/disable
DELETE /1.0/repository
GET /1.0/configuration
POST /1.0/configuration
GET /1.0/configuration/progress
POST /1.0/global-settings
POST /2.0/reindex
POST /1.0/index
GET /1.0/index
POST /webhook/1.0/reindex/{secret}
GET /1.0/issues/{key}/commits
GET /1.0/issues/branches
GET /1.0/issuegitdetails/issue/{key}
GET /1.0/issuegitdetails/issue/{key}/tag
GET /1.0/repository/{id}/commits/{hash}/issues
POST /1.0/repository/{id}/commits/{hash}/issues
`

// TestAPICoverage: every documented operation is in the table, and all that the table names exists.
func TestAPICoverage(t *testing.T) {
	t.Parallel()
	var got []string
	pages := documentedPages(t)
	for _, o := range apiOperations() {
		path, _, _ := strings.Cut(o.path, "?")
		got = append(got, o.method+" "+path)
		checkClientMethod(t, o)
		checkCommand(t, o)
		checkScript(t, o)
		if page := o.page + vendorPageEnd; !slices.ContainsFunc(pages, func(p documentedPage) bool { return p.page == page }) {
			t.Errorf("%s %s: no method of pkg/gij names the page %s", o.method, o.path, page)
		}
	}
	var want []string
	for line := range strings.Lines(strings.TrimSpace(documentedOperations)) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), " (")
		want = append(want, line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("documented operations (-want +table):\n%s", diff)
	}
	for _, p := range pages {
		covers := func(o apiOperation) bool { return p.page == o.page+vendorPageEnd }
		if !slices.ContainsFunc(apiOperations(), covers) {
			t.Errorf("%s names the page %s, which is not in the table of operations", p.method, p.page)
		}
	}
}

func checkClientMethod(t *testing.T, o apiOperation) {
	t.Helper()
	service, method, _ := strings.Cut(o.client, ".")
	field, found := reflect.TypeFor[gij.Client]().FieldByName(service)
	if !found {
		t.Errorf("%s %s: the client has no service %s", o.method, o.path, service)
		return
	}
	if _, found := field.Type.MethodByName(method); !found {
		t.Errorf("%s %s: the client has no method %s", o.method, o.path, o.client)
	}
}

func checkCommand(t *testing.T, o apiOperation) {
	t.Helper()
	cmd, _, err := newRootCmd(&app{}).Find(strings.Fields(o.command))
	if err != nil || cmd.CommandPath() != "gijctl "+o.command || cmd.HasSubCommands() {
		t.Errorf("%s %s: there is no command %q", o.method, o.path, o.command)
	}
}

// checkScript looks for the command in the script; cmd/gijctl/coverage_test.go looks whether the request was sent.
func checkScript(t *testing.T, o apiOperation) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../testdata/script", o.script+".txtar"))
	if err != nil {
		t.Errorf("%s %s: %v", o.method, o.path, err)
		return
	}
	if !regexp.MustCompile(`(?m)\bgijctl .*\b` + o.command + `\b`).Match(data) {
		t.Errorf("%s %s: the script %s does not run %q", o.method, o.path, o.script, o.command)
	}
}

// documentedPage is a page of the vendor that the comment of a client's method names.
type documentedPage struct{ method, page string }

func documentedPages(t *testing.T) []documentedPage {
	t.Helper()
	files, err := filepath.Glob("../../pkg/gij/*.go")
	if err != nil || files == nil {
		t.Fatalf("pkg/gij has no files (%v)", err)
	}
	address := regexp.MustCompile(regexp.QuoteMeta(vendorPages) + `([a-z0-9-]+/)`)
	var pages []documentedPage
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			method, ok := decl.(*ast.FuncDecl)
			if !ok || method.Recv == nil || method.Doc == nil || !method.Name.IsExported() {
				continue
			}
			for _, match := range address.FindAllStringSubmatch(method.Doc.Text(), -1) {
				pages = append(pages, documentedPage{method.Name.Name, match[1]})
			}
		}
	}
	return pages
}
