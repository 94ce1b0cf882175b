package gijtsv_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	pemfile "encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

var sharedKey = sync.OnceValue(newKey)

func testPEM() string {
	block := &pemfile.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(sharedKey())}
	return strings.TrimSpace(string(pemfile.EncodeToMemory(block)))
}

func testPKCS8() string {
	der, err := x509.MarshalPKCS8PrivateKey(sharedKey())
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(pemfile.EncodeToMemory(&pemfile.Block{Type: "PRIVATE KEY", Bytes: der})))
}

func quoted(value string) string { return `"` + value + `"` }

func fix(tb testing.TB, text string) (fixed string, repairs []gijtsv.Repair) {
	tb.Helper()
	var out bytes.Buffer
	repairs, err := gijtsv.Fix(strings.NewReader(text), &out, gijtsv.FixOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	return out.String(), repairs
}

func TestFix(t *testing.T) {
	t.Parallel()
	flat := strings.ReplaceAll(testPEM(), "\n", " ")
	tests := map[string]struct {
		text, want string
		repairs    []string
	}{
		"nothing":         {"id\torigin\r\n1\t\"a\"\r\n", "id\torigin\r\n1\t\"a\"\r\n", nil},
		"no last newline": {"id\tdisabled\n1\tVRAI", "id\tdisabled\n1\ttrue", []string{"2:3 bad_boolean disabled 1"}},
		"number":          {"id\tsshKeyId\n1.0\t2.0\n", "id\tsshKeyId\n1\t2\n", []string{"2:1 spreadsheet_number id ", "2:5 spreadsheet_number sshKeyId "}},
		"not certain": {
			"id\tsshKeyId\tprojectMapping\tdelete\n1\t1.2E+05\t1000010100\tDELETE\n",
			"id\tsshKeyId\tprojectMapping\tdelete\n1\t1.2E+05\t1000010100\tDELETE\n", nil,
		},
		"header": {
			"\"ID\"\t\"origin\"\t DisplayName\r\n1\t\"x\"\ty\r\n", "id\t\"origin\"\tdisplayName\r\n1\t\"x\"\ty\r\n",
			[]string{"1:1 misspelt_column id ", "1:15 misspelt_column displayName "},
		},
		"header, not certain": {"id\torign\n1\tx\n", "id\torign\n1\tx\n", nil},
		"empty rows":          {"id\torigin\n\n1\tx\n\t\n", "id\torigin\n1\tx\n", []string{"2:1 blank_row  ", "4:1 blank_row  "}},
		"formula": {
			"id\trefSpecCustom\n1\t=+refs/a/*:refs/a/*\n2\t'refs/a\n", "id\trefSpecCustom\n1\t+refs/a/*:refs/a/*\n2\trefs/a\n",
			[]string{"2:3 spreadsheet_formula refSpecCustom 1", "3:3 spreadsheet_formula refSpecCustom 2"},
		},
		"region and space": {
			"id\tawsRegion\tdisabled\n1\tap-outh-1\t WAHR \n", "id\tawsRegion\tdisabled\n1\tap-south-1\ttrue\n",
			[]string{"2:3 misspelt_region awsRegion 1", "2:13 surrounding_space disabled 1", "2:13 bad_boolean disabled 1"},
		},
		"key": {
			"id\tgithubAppPem\tdisplayName\n7\t" + flat + "\t\"a\"\n", "id\tgithubAppPem\tdisplayName\n7\t" + quoted(testPEM()) + "\t\"a\"\n",
			[]string{"2:3 flattened_pem githubAppPem 7"},
		},
		"redacted": {
			"id\torigin\tpat\n1\tx\t[redacted]\n\tgit@h:a\t[redacted]\n", "id\torigin\tpat\n1\tx\t\n\tgit@h:a\t[redacted]\n",
			[]string{"2:5 redacted_value pat 1"},
		},
		"projects":        {"id\tprojectMapping\n1\tall\n2\t10000.0\n", "id\tprojectMapping\n1\tALL\n2\t10000\n", []string{"2:3 bad_project_mapping projectMapping 1", "3:3 spreadsheet_number projectMapping 2"}},
		"byte order mark": {"\ufeffid\torigin\n1\tx\n", "id\torigin\n1\tx\n", []string{"0:0   "}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, repairs := fix(t, tt.text)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			var listed []string
			for _, r := range repairs {
				listed = append(listed, fmt.Sprintf("%s %s %s %s", r.Pos, r.Code, r.Column, r.ID))
				if r.Message == "" {
					t.Errorf("%s has no message", r.Code)
				}
			}
			if diff := cmp.Diff(tt.repairs, listed); diff != "" {
				t.Errorf("repairs, -want +got\n%s", diff)
			}
		})
	}
}

// TestFixIsStable: what was repaired needs no repair, and a repair never adds a problem.
func TestFixIsStable(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(badFiles, "*.tsv"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if _, err := gijtsv.Fix(bytes.NewReader(text), &out, gijtsv.FixOptions{}); err != nil {
				var syntax *gijtsv.SyntaxError
				if !errors.As(err, &syntax) {
					t.Error(err)
				}
				return
			}
			checkStable(t, string(text), out.String())
		})
	}
}

func checkStable(t *testing.T, text, fixed string) {
	t.Helper()
	again, repairs := fix(t, fixed)
	if again != fixed || len(repairs) > 0 {
		t.Errorf("repaired again: %+v", repairs)
	}
	before, after := validate(t, text, gijtsv.ValidateOptions{}), validate(t, fixed, gijtsv.ValidateOptions{})
	if len(after) > len(before) {
		t.Errorf("%d problems before, and then %q", len(before), lines(after))
	}
}

func TestFixErrors(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	_, err := gijtsv.Fix(strings.NewReader("id\torigin\n1\tx\n2\t\"x\n"), &out, gijtsv.FixOptions{})
	var syntax *gijtsv.SyntaxError
	if !errors.As(err, &syntax) || syntax.Pos != (gijtsv.Position{Line: 3, Column: 3}) || out.String() != "id\torigin\n1\tx\n" {
		t.Errorf("got %v and %q", err, out.String())
	}
	full := errors.New("disk full")
	if _, err := gijtsv.Fix(strings.NewReader("id\torigin\n1\tx\n"), &failWriter{err: full}, gijtsv.FixOptions{}); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

func FuzzFix(f *testing.F) {
	for _, text := range []string{"id\torigin\n1.0\tx\n", "ID\tdisabled\n\n7\t WAHR", "id\tgithubAppPem\n7\t-----BEGIN A-----\nx\n-----END A-----\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var out, again bytes.Buffer
		if _, err := gijtsv.Fix(bytes.NewReader(text), &out, gijtsv.FixOptions{}); err != nil {
			return
		}
		repairs, err := gijtsv.Fix(bytes.NewReader(out.Bytes()), &again, gijtsv.FixOptions{})
		if err != nil || len(repairs) > 0 || !bytes.Equal(out.Bytes(), again.Bytes()) {
			t.Errorf("repaired again: %+v, %v", repairs, err)
		}
	})
}

func BenchmarkValidator(b *testing.B) {
	text := benchFile()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		validate(b, text, gijtsv.ValidateOptions{})
	}
}

// TestNoAllocations: a good row costs no memory. The file has no ids: the set of them grows.
func TestNoAllocations(t *testing.T) {
	header := "origin\tdisabled\tsshKeyId\tprojectMapping\trefSpecCustom\ttagsFilter\tapiFilter\tapiPath\tawsRegion\tgithubAppPem\n"
	r := mustReader(t, header+"https://host/a@b\tTRUE\t2\t10000,10100\t+refs/a/*:refs/a/*\tv.*\t[?a]\t/x\teu-west-1\t"+quoted(testPEM())+"\n")
	row, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	v, problems := gijtsv.NewValidator(r.Header(), gijtsv.ValidateOptions{})
	if got := lines(problems); len(got) != 1 || got[0] != "1:1 error missing_column id" {
		t.Fatal(got)
	}
	report := func(p gijtsv.Problem) { t.Error(p) }
	if n := testing.AllocsPerRun(100, func() { v.Row(row, report) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
