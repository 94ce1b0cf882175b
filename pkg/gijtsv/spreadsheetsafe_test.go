package gijtsv_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

const mark = gijtsv.SpreadsheetSafeColumn

func copied(tb testing.TB, text string, o gijtsv.CopyOptions) string {
	tb.Helper()
	var out bytes.Buffer
	if _, err := gijtsv.Copy(strings.NewReader(text), &out, o); err != nil {
		tb.Fatal(err)
	}
	return out.String()
}

func TestWriteSpreadsheetSafe(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"formulas":      {"id\tx\n-1\t=1+1\n+2\t@a\n", "id\tx\t" + mark + "\n'-1\t'=1+1\t\n'+2\t'@a\t\n"},
		"apostrophes":   {"id\tx\n1\t'a\n2\t''\n", "id\tx\t" + mark + "\n1\t''a\t\n2\t'''\t\n"},
		"quoted":        {"id\tx\n1\t\"=\"\"a\"\"\n\"\r\n", "id\tx\t" + mark + "\n1\t\"'=\"\"a\"\"\n\"\t\r\n"},
		"tab, CR, LF":   {"id\tx\ty\n\"\ta\"\t\rb\t\"\nc\"\n", "id\tx\ty\t" + mark + "\n\"'\ta\"\t'\rb\t\"'\nc\"\t\n"},
		"after a quote": {"id\tx\n1\t\"\"=a\n", "id\tx\t" + mark + "\n1\t\"'\"=a\t\n"},
		"nothing":       {"id\tx\n1\ta=b\n", "id\tx\t" + mark + "\n1\ta=b\t\n"},
		"short, long":   {"id\tx\n=\n1\t2\t=\n", "id\tx\t" + mark + "\n'=\n1\t2\t\t'=\n"},
		"empty line":    {"id\tx\n\n1\t2", "id\tx\t" + mark + "\n\n1\t2\t"},
		"header":        {"id\t-x\r\n1\t2\r\n", "id\t'-x\t" + mark + "\r\n1\t2\t\r\n"},
		"a safe one":    {mark + "\tid\n\t'=a\n", "id\t" + mark + "\n'=a\t\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, copied(t, tt.text, gijtsv.CopyOptions{SpreadsheetSafe: true})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			checkSafeCopy(t, tt.text)
		})
	}
}

// checkSafeCopy looks that the spreadsheet-safe copy of a file reads as the file, and that no cell of it is run.
func checkSafeCopy(t *testing.T, text string) {
	t.Helper()
	safe := copied(t, text, gijtsv.CopyOptions{SpreadsheetSafe: true})
	wantNames, want, wantErr := readAll(mustReader(t, text))
	r := mustReader(t, safe)
	names, got, err := readAll(r)
	if wantErr != nil || err != nil {
		t.Fatalf("%v, %v", wantErr, err)
	}
	if !slices.Contains(r.Notes(), gijtsv.NoteSpreadsheetSafe) {
		t.Errorf("notes %q", r.Notes())
	}
	if !cmp.Equal(wantNames, names) || !cmp.Equal(values(want), values(got)) {
		t.Errorf("%q reads as %q %q", safe, names, values(got))
	}
	cells, unclosed := model(safe)
	if unclosed != nil {
		t.Fatalf("%q is not closed", safe)
	}
	for _, row := range cells {
		for _, c := range row.Cells {
			if c.Value != "" && strings.ContainsAny(c.Value[:1], "=+-@\t\r\n") {
				t.Errorf("%q has the formula %q", safe, c.Value)
			}
		}
	}
}

// TestReadSpreadsheetSafe: the mark may be anywhere, and a row that lacks it is still as long as it is.
func TestReadSpreadsheetSafe(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want [][]string
	}{
		"last":                    {"id\tx\t" + mark + "\n'+1\t'=a\t\n", [][]string{{"+1", "=a"}}},
		"first":                   {mark + "\tid\tx\n\t'+1\t'=a\n", [][]string{{"+1", "=a"}}},
		"between, quoted":         {"id\t\"" + mark + "\"\tx\n\"'+1\"\t\"\"\t\"'=\"\"\"\n", [][]string{{"+1", `="`}}},
		"tabs at the end are off": {"id\tx\t" + mark + "\n1\t2\n1\n", [][]string{{"1", "2"}, {"1"}}},
		"a tab too much":          {"id\tx\t" + mark + "\n1\t2\t3\n1\t2\t3\t\n", [][]string{{"1", "2", "3"}, {"1", "2", "3", ""}}},
		"a space":                 {"id\tx\t" + mark + "\n1\t2\t \n", [][]string{{"1", "2"}}},
		"typed by a person":       {"id\tx\t" + mark + "\n1\t+refs/a\t\n2\t'a\t\n", [][]string{{"1", "+refs/a"}, {"2", "'a"}}},
		"two marks":               {"id\t" + mark + "\t" + mark + "\n1\t\t\n", [][]string{{"1", ""}}},
		"nothing but the mark":    {"id\t" + mark + "\n\t", [][]string{{""}}},
		"no mark":                 {"id\tx\n'+1\t'=a\n", [][]string{{"'+1", "'=a"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, got, err := readAll(mustReader(t, tt.text))
			if diff := cmp.Diff(tt.want, values(got)); diff != "" || err != nil {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
		})
	}
}

// TestSpreadsheetSafeRows: the row is that of a plain file, and its places are those of the file that it is in.
func TestSpreadsheetSafeRows(t *testing.T) {
	t.Parallel()
	r := mustReader(t, "id\t"+mark+"\tx\r\n1\t\t\"'=ä\"\t\r\n")
	row, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	want := line{Line: 2, Raw: "1\t\"=ä\"\t\r\n", Cells: []cell{
		{Value: "1", Pos: gijtsv.Position{Line: 2, Column: 1}, Raw: "1"},
		{Value: "=ä", Pos: gijtsv.Position{Line: 2, Column: 4}, Raw: "\"=ä\"", Quoted: true},
		{Pos: gijtsv.Position{Line: 2, Column: 10}},
	}}
	if diff := cmp.Diff(want, keep(row)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]gijtsv.Position{{Line: 1, Column: 1}, {Line: 1, Column: 28}}, r.Header().Positions); diff != "" {
		t.Errorf("positions (-want +got)\n%s", diff)
	}
	if parsed, err := gijtsv.NewRowParser(gijtsv.ReaderOptions{}).Parse(row.Raw); err != nil || string(parsed.Value(1)) != "=ä" {
		t.Errorf("the kept row reads as %v, %v", parsed, err)
	}
}

// TestSpreadsheetSafeIsValid: validation needs no word of the form.
func TestSpreadsheetSafeIsValid(t *testing.T) {
	t.Parallel()
	text := "id\torigin\trefSpecCustom\tgithubAppPem\n7\thttps://git.example.org\t+refs/a/*:refs/a/*\t" + quoted(testPEM()) + "\n"
	safe := copied(t, text, gijtsv.CopyOptions{SpreadsheetSafe: true})
	if safe == text || len(validate(t, text, gijtsv.ValidateOptions{})) > 0 {
		t.Fatalf("%q", safe)
	}
	if got := lines(validate(t, safe, gijtsv.ValidateOptions{})); len(got) > 0 {
		t.Errorf("got %q", got)
	}
	ragged := safe + "8\tx\t\t\t\t\n"
	if got := lines(validate(t, ragged, gijtsv.ValidateOptions{})); len(got) != 1 || !strings.Contains(got[0], gijtsv.CodeRaggedRow) {
		t.Errorf("got %q", got)
	}
}

// TestFixSpreadsheetSafe: the form stays, and what is repaired gets a guard.
func TestFixSpreadsheetSafe(t *testing.T) {
	t.Parallel()
	text := "ID\trefSpecCustom\t" + mark + "\n1.0\t'=+refs/a/*:refs/a/*\t\n2\t\"'+refs/b\"\t\n"
	want := "id\trefSpecCustom\t" + mark + "\n1\t'+refs/a/*:refs/a/*\t\n2\t\"'+refs/b\"\t\n"
	got, repairs := fix(t, text)
	if diff := cmp.Diff(want, got); diff != "" || len(repairs) != 3 {
		t.Errorf("%d repairs (-want +got)\n%s", len(repairs), diff)
	}
	if again, repairs := fix(t, got); again != got || len(repairs) > 0 {
		t.Errorf("repaired again: %q", again)
	}
}

func TestWriterSpreadsheetSafe(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := gijtsv.NewWriter(&out)
	w.SpreadsheetSafe()
	row, err := mustReader(t, "id\tx\n=1\n").Next()
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		w.WriteHeader(gijtsv.NewHeader("id", "x")), w.WriteCells([]string{"1", "\t="}), w.WriteCells([]string{"-"}),
		w.WriteCells([]string{"1", "", "+"}), w.WriteChanged(row, map[int]string{1: "@"}), w.WriteChanged(row, map[int]string{2: "=", 0: ""}), w.Flush(),
	)
	want := "id\tx\t" + mark + "\n1\t\"'\t=\"\t\n'-\n1\t\t\t'+\n'=1\t'@\t\n\t\t\t'=\n"
	if diff := cmp.Diff(want, out.String()); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

// FuzzSpreadsheetSafe looks that a file in the spreadsheet-safe form reads as the plain one, and that a second copy is the same.
func FuzzSpreadsheetSafe(f *testing.F) {
	addSeeds(f)
	f.Add([]byte("id\t"+mark+"\tx\n'=1\t\t\"\"'-\n\n5"), uint8(0))
	f.Add([]byte(mark+"\tid\n=\t=\n\t"), uint8(0))
	f.Fuzz(func(t *testing.T, data []byte, _ uint8) {
		var safe, again bytes.Buffer
		if _, err := gijtsv.Copy(bytes.NewReader(data), &safe, gijtsv.CopyOptions{SpreadsheetSafe: true}); err != nil {
			return
		}
		names, want, err := readAll(mustReader(t, string(data)))
		if err != nil {
			t.Fatal(err)
		}
		// What begins a file may say its encoding, and is then no longer there to be copied.
		if first := names[0]; strings.HasPrefix(first, "\ufeff") || first > "\xfe" || strings.Contains(safe.String()[:min(4, safe.Len())], "\x00") {
			return
		}
		gotNames, got, err := readAll(mustReader(t, safe.String()))
		if err != nil || !cmp.Equal(names, gotNames) || !cmp.Equal(values(want), values(got)) {
			t.Fatalf("%q reads as %q %q, not %q %q: %v", safe.String(), gotNames, values(got), names, values(want), err)
		}
		if _, err := gijtsv.Copy(bytes.NewReader(safe.Bytes()), &again, gijtsv.CopyOptions{}); err != nil || again.String() != safe.String() {
			t.Errorf("%v: the copy is %q", err, again.String())
		}
	})
}

// TestCopyIsTheFile: without options not a byte changes.
func TestCopyIsTheFile(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"id\torigin\r\n1\t\"a\"\r\n\n2", "id\tpat\n1\tx\ty\n", "id\n\n"} {
		if got := copied(t, text, gijtsv.CopyOptions{}); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	full := errors.New("disk full")
	if _, err := gijtsv.Copy(strings.NewReader("id\torigin\n"), &failWriter{err: full}, gijtsv.CopyOptions{}); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	_, err := gijtsv.Copy(strings.NewReader("<html>"), io.Discard, gijtsv.CopyOptions{})
	if syntax, ok := errors.AsType[*gijtsv.SyntaxError](err); !ok || syntax.Code != gijtsv.CodeHTML {
		t.Errorf("got %v", err)
	}
}
