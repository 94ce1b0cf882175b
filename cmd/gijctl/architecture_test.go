package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/gijctl/gijctl"

// listedPackage is what this file needs of an answer of go list -json.
type listedPackage struct {
	ImportPath   string
	Dir          string
	Standard     bool
	Module       *struct{ Path string }
	GoFiles      []string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// name is the path below the module: "internal/cli".
func (p listedPackage) name() string { return strings.TrimPrefix(p.ImportPath, module+"/") }

// runGo runs the go command in the root of the module.
func runGo(t *testing.T, args ...string) []byte {
	t.Helper()
	root := filepath.Join("..", "..")
	// go test keeps a pass for as long as the files that the test itself looked at are the same; what a child reads does not count.
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, exit.Stderr)
		}
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func listPackages(t *testing.T, args ...string) []listedPackage {
	t.Helper()
	var all []listedPackage
	dec := json.NewDecoder(bytes.NewReader(runGo(t, append([]string{"list", "-json"}, args...)...)))
	for {
		var p listedPackage
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("decode the answer of go list: %v", err)
		}
		all = append(all, p)
	}
}

// arrows are the packages of ours that each package may import, as docs/architecture.md has them.
func arrows() map[string][]string {
	return map[string][]string{
		"cmd/gijctl": {"internal/cli"},
		"internal/cli": {
			"internal/plan", "internal/sandbox", "internal/render", "internal/term", "internal/config", "internal/doctor", "internal/transport", "internal/atomicfile",
			"pkg/gij", "pkg/gijspec", "pkg/gijtsv", "pkg/githubapp", "pkg/secret",
		},
		"internal/plan":       {"pkg/gij", "pkg/gijspec", "pkg/gijtsv", "pkg/secret", "internal/atomicfile"},
		"internal/sandbox":    {"internal/atomicfile"},
		"internal/render":     {"pkg/secret", "internal/atomicfile"},
		"internal/term":       {"pkg/secret", "internal/atomicfile"},
		"internal/config":     {"pkg/secret", "internal/atomicfile"},
		"internal/doctor":     {"pkg/gij", "pkg/secret", "internal/transport", "internal/atomicfile"},
		"pkg/gij":             {"pkg/gijspec", "pkg/secret", "internal/transport"},
		"pkg/gijtsv":          {"pkg/gijspec", "pkg/secret"},
		"pkg/githubapp":       {"pkg/gijspec", "pkg/secret", "internal/transport"},
		"pkg/gijspec":         {},
		"pkg/secret":          {},
		"internal/transport":  {},
		"internal/atomicfile": {},
	}
}

func TestImportsFollowTheArrows(t *testing.T) {
	t.Parallel()
	allowed := arrows()
	for _, p := range listPackages(t, "./...") {
		may, known := allowed[p.name()]
		if !known {
			t.Errorf("%s has no row in the table of arrows: add it here, in .golangci.yml and in docs/architecture.md", p.name())
			continue
		}
		delete(allowed, p.name())
		checkImports(t, p.name(), p.Imports, may)
		// Tests may start the sandbox, whose own tests must not know the client.
		forTests := append([]string{p.name(), "internal/sandbox"}, may...)
		checkImports(t, p.name()+" (tests)", slices.Concat(p.TestImports, p.XTestImports), forTests)
	}
	for name := range allowed {
		t.Errorf("%s is in the table of arrows and does not exist", name)
	}
}

func checkImports(t *testing.T, importer string, imports, may []string) {
	t.Helper()
	for _, path := range imports {
		name, ours := strings.CutPrefix(path, module+"/")
		if ours && !slices.Contains(may, name) {
			t.Errorf("%s imports %s", importer, name)
		}
	}
}

// TestLibrariesStayBehindOnePackage keeps what a library is called in the package that hides it.
func TestLibrariesStayBehindOnePackage(t *testing.T) {
	t.Parallel()
	owners := map[string][]string{
		"github.com/spf13/cobra":            {"internal/cli"},
		"github.com/spf13/pflag":            {"internal/cli"},
		"github.com/go-resty/resty/v2":      {"pkg/gij"},
		"github.com/olekukonko/tablewriter": {"internal/render", "internal/term"}, // term: how wide a text is
		"github.com/jmespath/go-jmespath":   {"pkg/gijspec"},
		"golang.org/x/term":                 {"internal/term"},
		"github.com/spf13/viper":            {"internal/config"},
		"github.com/zalando/go-keyring":     {"internal/config"},
		"golang.org/x/net":                  {"internal/config"},
		"github.com/google/go-github/v89":   {"pkg/githubapp"},
		"github.com/golang-jwt/jwt/v5":      {"pkg/githubapp"},
		"github.com/pkg/browser":            {"internal/cli"},
	}
	for _, p := range listPackages(t, "./...") {
		for library, may := range owners {
			uses := func(path string) bool { return path == library || strings.HasPrefix(path, library+"/") }
			if slices.ContainsFunc(p.Imports, uses) && !slices.Contains(may, p.name()) {
				t.Errorf("%s imports %s, which is for %s", p.name(), library, strings.Join(may, ", "))
			}
		}
	}
}

func TestAtMostSixteenPackages(t *testing.T) {
	t.Parallel()
	if n := len(listPackages(t, "./...")); n > 16 {
		t.Errorf("the module has %d packages, more than a person keeps in mind", n)
	}
}

// TestDirectDependencies pins what go.mod asks for itself. Each has its reason in docs/decisions/dependencies.md.
func TestDirectDependencies(t *testing.T) {
	t.Parallel()
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Replace []json.RawMessage
	}
	if err := json.Unmarshal(runGo(t, "mod", "edit", "-json"), &mod); err != nil {
		t.Fatal(err)
	}
	if len(mod.Replace) > 0 {
		t.Error("go.mod replaces a module: `go install` and every importer of pkg/* would ignore that")
	}
	var direct []string
	for _, r := range mod.Require {
		if !r.Indirect {
			direct = append(direct, r.Path)
		}
	}
	sameNames(t, "direct dependencies", direct, []string{
		"github.com/clipperhouse/displaywidth",
		"github.com/go-resty/resty/v2",
		"github.com/golang-jwt/jwt/v5",
		"github.com/google/go-cmp", // tests
		"github.com/google/go-github/v89",
		"github.com/jmespath/go-jmespath",
		"github.com/olekukonko/tablewriter",
		"github.com/pkg/browser",
		"github.com/rogpeppe/go-internal",
		"github.com/spf13/cobra",
		"github.com/spf13/pflag",
		"github.com/spf13/viper",
		"github.com/zalando/go-keyring",
		"go.yaml.in/yaml/v3",
		"golang.org/x/net",
		"golang.org/x/term",
	})
}

// TestLinkedModules pins whose code is in the program: it is what a review of the supply chain has to read, and what each start pays
// for.
func TestLinkedModules(t *testing.T) {
	t.Parallel()
	var modules []string
	for _, p := range listPackages(t, "-deps", "./cmd/gijctl") {
		if p.Module != nil && !slices.Contains(modules, p.Module.Path) {
			modules = append(modules, p.Module.Path)
		}
	}
	sameNames(t, "modules in the program", modules, []string{
		module,
		"github.com/cespare/xxhash/v2",
		"github.com/clipperhouse/displaywidth",
		"github.com/clipperhouse/uax29/v2",
		"github.com/fatih/color",
		"github.com/fsnotify/fsnotify", // viper
		"github.com/go-resty/resty/v2",
		"github.com/go-viper/mapstructure/v2", // viper
		"github.com/godbus/dbus/v5",           // go-keyring
		"github.com/golang-jwt/jwt/v5",
		"github.com/google/go-github/v89",
		"github.com/google/go-querystring", // go-github
		"github.com/jmespath/go-jmespath",
		"github.com/mattn/go-colorable",
		"github.com/mattn/go-isatty",
		"github.com/mattn/go-runewidth",
		"github.com/olekukonko/cat",
		"github.com/olekukonko/errors",
		"github.com/olekukonko/ll",
		"github.com/olekukonko/tablewriter",
		"github.com/pelletier/go-toml/v2", // viper
		"github.com/pkg/browser",
		"github.com/rogpeppe/go-internal",
		"github.com/sagikazarmark/locafero", // viper
		"github.com/sourcegraph/conc",       // viper
		"github.com/spf13/afero",            // viper
		"github.com/spf13/cast",             // viper
		"github.com/spf13/cobra",
		"github.com/spf13/pflag",
		"github.com/spf13/viper",
		"github.com/subosito/gotenv", // viper
		"github.com/zalando/go-keyring",
		"go.yaml.in/yaml/v3",
		"golang.org/x/net",
		"golang.org/x/sys",
		"golang.org/x/term",
		"golang.org/x/text",
	})
}

// TestHeavyPackagesStayOut names packages that cost every start their initialisation, or the program its dead code elimination.
func TestHeavyPackagesStayOut(t *testing.T) {
	t.Parallel()
	heavy := []string{
		"github.com/charmbracelet/glamour", "github.com/charmbracelet/lipgloss", "github.com/alecthomas/chroma", "github.com/gdamore/tcell",
		"github.com/prometheus/client_golang", "net/http/pprof", "expvar", "testing",
		"github.com/spf13/cobra/doc",
	}
	for _, p := range listPackages(t, "-deps", "./cmd/gijctl") {
		for _, path := range heavy {
			if p.ImportPath == path || strings.HasPrefix(p.ImportPath, path+"/") {
				t.Errorf("the program links %s", p.ImportPath)
			}
		}
	}
}

func sameNames(t *testing.T, what string, got, want []string) {
	t.Helper()
	for _, name := range got {
		if !slices.Contains(want, name) {
			t.Errorf("%s: %s is new; it needs a reason, and a line here and in docs/decisions/dependencies.md", what, name)
		}
	}
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf("%s: %s is listed here and no longer used", what, name)
		}
	}
}

// shippedFiles parses every Go file of ours that is no test.
func shippedFiles(t *testing.T) (*token.FileSet, map[string]*ast.File) {
	t.Helper()
	set := token.NewFileSet()
	files := map[string]*ast.File{}
	for _, p := range listPackages(t, "./...") {
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files[p.name()+"/"+name] = file
		}
	}
	return set, files
}

// TestOnlyMainTouchesTheProcess allows the process's own state in one file, and one exit.
func TestOnlyMainTouchesTheProcess(t *testing.T) {
	t.Parallel()
	process := []string{"os.Exit", "os.Args", "os.Getenv", "os.LookupEnv", "os.Environ", "os.Stdin", "os.Stdout", "os.Stderr", "log.Fatal", "log.Fatalf"}
	set, files := shippedFiles(t)
	exits := 0
	for name, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			used := selectorText(n)
			if used == "os.Exit" {
				exits++
			}
			if slices.Contains(process, used) && name != "cmd/gijctl/main.go" {
				t.Errorf("%s: %s is for cmd/gijctl/main.go alone", set.Position(n.Pos()), used)
			}
			return true
		})
	}
	if exits != 1 {
		t.Errorf("the program can end in %d places, not in one", exits)
	}
}

// selectorText returns "os.Exit" for the expression os.Exit, "" for anything else.
func selectorText(n ast.Node) string {
	s, ok := n.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	x, ok := s.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return x.Name + "." + s.Sel.Name
}

// TestNothingHappensBeforeMain allows no init function and no package variable but errors and embedded files. Variables are state that
// two commands, or two tests, would share; and what fills them (a compiled pattern, most of all) is paid for by every start.
func TestNothingHappensBeforeMain(t *testing.T) {
	t.Parallel()
	set, files := shippedFiles(t)
	for _, file := range files {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv == nil && decl.Name.Name == "init" {
					t.Errorf("%s: an init function", set.Position(decl.Pos()))
				}
			case *ast.GenDecl:
				checkVariables(t, set, decl)
			}
		}
	}
}

func checkVariables(t *testing.T, set *token.FileSet, decl *ast.GenDecl) {
	t.Helper()
	if decl.Tok != token.VAR {
		return
	}
	for _, spec := range decl.Specs {
		value, ok := spec.(*ast.ValueSpec)
		if !ok || isEmbedded(decl.Doc) || isEmbedded(value.Doc) {
			continue
		}
		for n, name := range value.Names {
			var initial ast.Expr
			if n < len(value.Values) {
				initial = value.Values[n]
			}
			if !isFixed(name.Name, initial) {
				t.Errorf("%s: the package variable %s; make it a constant, a function, or sync.OnceValue", set.Position(name.Pos()), name.Name)
			}
		}
	}
}

func isEmbedded(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// isFixed knows the variables that nobody assigns: a check of an interface, a sentinel error, a value that is made when first asked for.
func isFixed(name string, initial ast.Expr) bool {
	if name == "_" {
		return true
	}
	switch initial := initial.(type) {
	case *ast.CallExpr:
		made := selectorText(initial.Fun)
		return made == "errors.New" || made == "sync.OnceValue" || made == "sync.OnceValues"
	case *ast.CompositeLit:
		return strings.HasPrefix(strings.ToLower(name), "err") && len(initial.Elts) == 0
	}
	return false
}
