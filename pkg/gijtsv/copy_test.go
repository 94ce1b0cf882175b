package gijtsv_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

const fleet = "id\trealRoot\tabsoluteRoot\torigin\tdisplayName\tusername\tpassword\tpat\tprojectMapping\tintegrationType\ttrackedFolderId\tdelete\tsshKeyId\thosted\tappToken\tkey\n" +
	"1\t\t\thttps://git.example.org\tAll\tjo\tmade-up-1\t\tALL\tGITLAB\t\t\t\tfalse\t\t\n" +
	"2\t2_a\tfalse\thttps://git.example.org/a.git\ta\t\t\t\t10000\tGITLAB\t1\t\t\tfalse\t\t\n" +
	"3\t3_b\tfalse\tgit@host:b.git\tb\t\t\t\t10000,10100\t\t\tdelete\t4\tfalse\t\t\n" +
	"4\t\t\thttps://user:made-up-2@host/c.git\t\t\t\t\t\t\t\t\t\tfalse\t\t\n" +
	"7\t\t\thttps://api.github.com\tApp\t\t\tmade-up-3\t\tAPP\t\t\t\tfalse\tmade-up-4\tKEY\n"

func fleetWith(key string) string { return strings.ReplaceAll(fleet, "KEY", key) }

func TestCopyRedact(t *testing.T) {
	t.Parallel()
	key := quoted(testPEM())
	var heard []string
	var out bytes.Buffer
	summary, err := gijtsv.Copy(strings.NewReader(fleetWith(key)), &out, gijtsv.CopyOptions{
		Redact: true, OnSecret: func(value []byte) { heard = append(heard, string(value)) },
	})
	want := strings.NewReplacer("made-up-1", "", "made-up-3", "", "made-up-4", "", "https://user:made-up-2@host/c.git", "", key, "").Replace(fleetWith(key))
	if diff := cmp.Diff(want, out.String()); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{"made-up-1", "made-up-3", "made-up-4", testPEM()}, heard); diff != "" {
		t.Errorf("secrets (-want +got)\n%s", diff)
	}
	if summary.Redacted != 5 {
		t.Errorf("%+v", summary)
	}
}

func TestCopyRedactFindsKeys(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"an unnamed column":   "id\torigin\tfoo\n7\tx\t\" " + testPEM() + "\"\n",
		"a column of options": "id\torigin\tfoo\n7\tx\tencrypted-made-up\n",
		"a spelling":          "id\torigin\tPASSWORD \n7\tx\tmade-up\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := gijtsv.CopyOptions{Redact: true}
			if name == "a column of options" {
				o.PEMColumn = "foo"
			}
			if got := copied(t, text, o); !strings.HasSuffix(got, "\n7\tx\t\n") {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestCopyRefusesRaggedRows: in a row whose cells are not under their names a secret could pass.
func TestCopyRefusesRaggedRows(t *testing.T) {
	t.Parallel()
	text := "id\torigin\tpem\n1\tx\t\n7\tx\t-----BEGIN RSA PRIVATE KEY-----\nmade-up\n"
	for _, o := range []gijtsv.CopyOptions{{Redact: true}, {Portable: true}, {Kinds: []gijtsv.RowKind{gijtsv.RowUnknown}}} {
		var out bytes.Buffer
		_, err := gijtsv.Copy(strings.NewReader(text), &out, o)
		syntax, ok := errors.AsType[*gijtsv.SyntaxError](err)
		if !ok || syntax.Code != gijtsv.CodeRaggedRow || syntax.Pos.Line != 4 || strings.Contains(out.String(), "made-up") {
			t.Errorf("%+v: got %v, %q", o, err, out.String())
		}
	}
}

func TestCopyKinds(t *testing.T) {
	t.Parallel()
	text := fleetWith(quoted(testPEM())) + "\n"
	for kinds, want := range map[gijtsv.RowKind]string{
		gijtsv.RowIntegration: "1", gijtsv.RowChild: "2", gijtsv.RowRepository: "3 4", gijtsv.RowGitHubApp: "7", gijtsv.RowUnknown: "",
	} {
		var out bytes.Buffer
		summary, err := gijtsv.Copy(strings.NewReader(text), &out, gijtsv.CopyOptions{Kinds: []gijtsv.RowKind{kinds}})
		if err != nil {
			t.Fatal(err)
		}
		_, rows, err := readAll(mustReader(t, out.String()))
		var ids []string
		for _, row := range rows {
			ids = append(ids, row.Cells[0].Value)
		}
		if got := strings.Join(ids, " "); got != want || err != nil || summary.Rows[kinds] != len(ids) {
			t.Errorf("%s: got %q, want %q, %+v, %v", kinds, got, want, summary, err)
		}
		left := 0
		for _, n := range summary.LeftOut {
			left += n
		}
		if left+len(ids) != 5 {
			t.Errorf("%s: %+v", kinds, summary)
		}
	}
}

func TestCopyPortable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	var dropped, fillIn []string
	summary, err := gijtsv.Copy(strings.NewReader(fleetWith(quoted(testPEM()))), &out, gijtsv.CopyOptions{
		Portable: true,
		OnDrop:   func(d gijtsv.Dropped) { dropped = append(dropped, fmt.Sprint(d.Kind, " ", d.ID, " ", d.Name)) },
		OnFillIn: func(f gijtsv.FillIn) {
			fillIn = append(fillIn, fmt.Sprint(f.Kind, " ", f.ID, " ", f.Name, " ", f.Columns))
		},
	})
	header, _, _ := strings.Cut(fleet, "\n")
	want := header + "\n" +
		"\t\t\thttps://git.example.org\tAll\tjo\t\t\tALL\tGITLAB\t\t\t\t\t\t\n" +
		"\t\t\tgit@host:b.git\tb\t\t\t\t\t\t\t\t\t\t\t\n" +
		"\t\t\thttps://host/c.git\t\t\t\t\t\t\t\t\t\t\t\t\n"
	if diff := cmp.Diff(want, out.String()); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{"child 2 a", "github-app 7 App"}, dropped); diff != "" {
		t.Errorf("dropped (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"integration 1 All [password]", "repository 3 b [projectMapping sshKeyId]", "repository 4 https://host/c.git [pat]",
	}, fillIn); diff != "" {
		t.Errorf("to fill in (-want +got)\n%s", diff)
	}
	if summary.Rows[gijtsv.RowRepository] != 2 || summary.Dropped[gijtsv.RowChild] != 1 || summary.Redacted != 2 {
		t.Errorf("%+v", summary)
	}
	if got := lines(validate(t, out.String(), gijtsv.ValidateOptions{})); slices.ContainsFunc(got, func(p string) bool { return strings.Contains(p, " error ") }) {
		t.Errorf("the file has problems: %q", got)
	}
}

// TestCopyPortableMissing: what a person has to fill in.
func TestCopyPortableMissing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"a hidden password":  {"id\torigin\tusername\tpassword\tpat\n1\thttps://host/a\tjo\t\t\n", "[password]"},
		"a hidden token":     {"id\torigin\tusername\tpassword\tpat\n1\thttps://host/a\t\t\t\n", "[pat]"},
		"no credential":      {"id\torigin\tpat\n1\tgit@host:a\t\n", "[]"},
		"no origin":          {"id\torigin\tpat\n1\t\t\n", "[origin]"},
		"a local repository": {"id\torigin\trealRoot\tabsoluteRoot\tenableFetches\n1\t/a\t/srv/a\ttrue\tFALSE\n", "[realRoot absoluteRoot]"},
		"all projects":       {"id\torigin\tprojectMapping\n1\tgit@host:a\tall\n", "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			columns := []string{}
			_, err := gijtsv.Copy(strings.NewReader(tt.text), io.Discard, gijtsv.CopyOptions{
				Portable: true, OnFillIn: func(f gijtsv.FillIn) { columns = f.Columns },
			})
			if got := fmt.Sprint(columns); got != tt.want || err != nil {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}

// TestIntegrationsOfOneHost: a file for another server may have several, each by its name.
func TestIntegrationsOfOneHost(t *testing.T) {
	t.Parallel()
	text := "id\torigin\tdisplayName\tpat\tintegrationType\ttrackedFolderId\n" +
		"\thttps://host\ta\tmade-up\tGITLAB\t\n\thttps://host\tb\tmade-up\tGITLAB\t\n\thttps://host\tb\tmade-up\tGITHUB\t\n"
	duplicates := func(text string) int {
		return strings.Count(strings.Join(lines(validate(t, text, gijtsv.ValidateOptions{})), "\n"), gijtsv.CodeDuplicateOrigin)
	}
	if n := duplicates(text); n != 0 {
		t.Errorf("%d duplicates", n)
	}
	if n := duplicates(text + "\thttps://host\ta\tmade-up\tGITLAB\t\n"); n != 1 {
		t.Errorf("%d duplicates of one", n)
	}
}

func BenchmarkCopyRedacted(b *testing.B) {
	benchmarkCopy(b, gijtsv.CopyOptions{Redact: true, OnSecret: func([]byte) {}})
}

func BenchmarkCopyPortable(b *testing.B) { benchmarkCopy(b, gijtsv.CopyOptions{Portable: true}) }

func BenchmarkCopySpreadsheetSafe(b *testing.B) {
	benchmarkCopy(b, gijtsv.CopyOptions{SpreadsheetSafe: true})
}

func benchmarkCopy(b *testing.B, o gijtsv.CopyOptions) {
	b.Helper()
	text := benchFile()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gijtsv.Copy(strings.NewReader(text), io.Discard, o); err != nil {
			b.Fatal(err)
		}
	}
}

// TestCopyHoldsNoRow: it allocates for two thousand rows what it does for twenty.
func TestCopyHoldsNoRow(t *testing.T) {
	for _, o := range []gijtsv.CopyOptions{{Redact: true}, {Portable: true}, {SpreadsheetSafe: true}} {
		count := func(rows int) float64 {
			text := "id\torigin\tpat\tprojectMapping\n" + strings.Repeat("1\thttps://host/a.git\tmade-up\t=10000\n", rows)
			return testing.AllocsPerRun(10, func() { copied(t, text, o) })
		}
		const growth = 12 // the buffer that the test reads into
		if few, many := count(20), count(2000); many > few+growth {
			t.Errorf("%+v: %g allocations for 20 rows, %g for 2000", o, few, many)
		}
	}
}
