package gijtsv_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

const pem = "\"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\""

func TestReaderCells(t *testing.T) {
	t.Parallel()
	at := func(line, column int) gijtsv.Position { return gijtsv.Position{Line: line, Column: column} }
	tests := map[string]struct {
		text string // after a header of two columns
		want []line
	}{
		"raw": {"1\tx\n", []line{{2, "1\tx\n", []cell{{"1", at(2, 1), "1", false, false}, {"x", at(2, 3), "x", false, false}}}}},
		"quotes inside a raw cell": {
			`$convert(${branch},"a","b")` + "\t\"\n\"\n",
			[]line{{2, `$convert(${branch},"a","b")` + "\t\"\n\"\n", []cell{
				{`$convert(${branch},"a","b")`, at(2, 1), `$convert(${branch},"a","b")`, false, false},
				{"\n", at(2, 29), "\"\n\"", true, false},
			}}},
		},
		"several lines, then more cells": {
			"\"a\r\nbä\"\ty\r\nz\n",
			[]line{
				{2, "\"a\r\nbä\"\ty\r\n", []cell{{"a\r\nbä", at(2, 1), "\"a\r\nbä\"", true, false}, {"y", at(3, 5), "y", false, false}}},
				{4, "z\n", []cell{{"z", at(4, 1), "z", false, false}}},
			},
		},
		"doubled quotes": {
			"\"a\"\"b\"\t\"\"\"\"\n",
			[]line{{2, "\"a\"\"b\"\t\"\"\"\"\n", []cell{
				{`a"b`, at(2, 1), `"a""b"`, true, false}, {`"`, at(2, 8), `""""`, true, false},
			}}},
		},
		"text after a closing quote": {
			"\"a\"\"\"b\"c\"\tx",
			[]line{{2, "\"a\"\"\"b\"c\"\tx", []cell{
				{`a"b"c"`, at(2, 1), `"a"""b"c"`, true, true}, {"x", at(2, 11), "x", false, false},
			}}},
		},
		"characters, not bytes": {
			"äöü\t€😀\tx\n",
			[]line{{2, "äöü\t€😀\tx\n", []cell{
				{"äöü", at(2, 1), "äöü", false, false}, {"€😀", at(2, 5), "€😀", false, false}, {"x", at(2, 8), "x", false, false},
			}}},
		},
		"empty cells, and an empty line": {
			"\t\"\"\n\n",
			[]line{
				{2, "\t\"\"\n", []cell{{"", at(2, 1), "", false, false}, {"", at(2, 2), `""`, true, false}}},
				{3, "\n", []cell{{"", at(3, 1), "", false, false}}},
			},
		},
		"no final line end":          {"1\t", []line{{2, "1\t", []cell{{"1", at(2, 1), "1", false, false}, {"", at(2, 3), "", false, false}}}}},
		"carriage return at the end": {"1\r", []line{{2, "1\r", []cell{{"1", at(2, 1), "1", false, false}}}}},
		"carriage return inside":     {"1\r2\r\n", []line{{2, "1\r2\r\n", []cell{{"1\r2", at(2, 1), "1\r2", false, false}}}}},
		"no rows":                    {"", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, window := range []int{1, 2, 3, 7, 16, gijtsv.FirstWindow} {
				r, err := gijtsv.NewReaderWindow(strings.NewReader("id\torigin\n"+test.text), gijtsv.ReaderOptions{}, window)
				if err != nil {
					t.Fatal(err)
				}
				names, got, err := readAll(r)
				if err != nil || !cmp.Equal(names, []string{"id", "origin"}) {
					t.Fatalf("window %d: names %q, error %v", window, names, err)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Fatalf("window %d: (-want +got)\n%s", window, diff)
				}
			}
		})
	}
}

func TestReaderRefuses(t *testing.T) {
	t.Parallel()
	const small = 64
	long := strings.Repeat("x", small+1)
	tests := map[string]struct {
		text string
		want string // place and code
	}{
		"empty":                           {"", "1:1 empty_file"},
		"a byte order mark alone":         {"\ufeff", "1:1 empty_file"},
		"a login page":                    {"\n <!DOCTYPE html>\n<html>\t</html>", "1:1 html"},
		"a workbook":                      {"PK\x03\x04\t\n", "1:1 workbook"},
		"an old workbook":                 {"\xD0\xCF\x11\xE0\t\n", "1:1 workbook"},
		"commas":                          {"id,origin\n1,x\n", "1:1 not_tab_separated"},
		"semicolons":                      {"id;origin\n1;x\n", "1:1 not_tab_separated"},
		"one other column":                {"hello\n", "1:1 no_header"},
		"an empty line first":             {"\nid\torigin\n", "1:1 no_header"},
		"carriage returns":                {"id\torigin\r1\tx\r", "1:1 carriage_return_ends"},
		"unclosed, to the end":            {"id\torigin\n1\t\"x\n2\ty\n3\tz\n", "2:3 unclosed_quote"},
		"unclosed, to the cap":            {"id\torigin\n1\tä\n2\t\"x\n" + strings.Repeat("3\tz\n", small), "3:3 unclosed_quote"},
		"unclosed, after other lines":     {"id\torigin\tx\n\"1\n\n\"\tä\t\"", "4:5 unclosed_quote"},
		"unclosed, one doubled too much":  {"id\torigin\n\"x\"\"", "2:1 unclosed_quote"},
		"unclosed in the header":          {"id\t\"origin\n1\tx\n", "1:4 unclosed_quote"},
		"a quoted cell above the cap":     {"id\torigin\n1\t\"" + long + "\"\n", "2:3 unclosed_quote"},
		"a quoted cell just above it":     {"id\n\"" + long[2:] + "\"\n", "2:1 unclosed_quote"},
		"a last cell just above the cap":  {"id\n" + long, "2:1 cell_too_large"},
		"a raw cell above the cap":        {"id\torigin\n1\n\t" + long + "\n", "3:2 cell_too_large"},
		"a raw cell in the middle":        {"id\torigin\n1\t" + long + "\tx\n", "2:3 cell_too_large"},
		"a raw cell without an end":       {"id\torigin\n1\t" + long, "2:3 cell_too_large"},
		"text after a quote, too long":    {"id\torigin\n\"1\"" + long + "\n", "2:1 cell_too_large"},
		"too many cells":                  {"id\torigin\n1\n" + strings.Repeat("\t", gijtsv.MaxCells+1), "3:1 row_too_large"},
		"too many quoted cells":           {"id\torigin\n1\n" + strings.Repeat("\"\"\t", gijtsv.MaxCells+1) + `""`, "3:1 row_too_large"},
		"a row above its cap":             {"id\torigin\n" + strings.Repeat(long[1:]+"\t", gijtsv.MinOfMaxRow/small) + "\n", "2:1 row_too_large"},
		"half a character of UTF-16":      {"\xff\xfei\x00d\x00\n\x001\x00\n\x00\xe4\x00\t\x00\x00\xd8x\x00", "3:3 invalid_utf16"},
		"half a unit of UTF-16":           {"\xff\xfei\x00d\x00\n\x001", "2:1 invalid_utf16"},
		"half a character at the end":     {"\xfe\xff\x00i\x00d\x00\n\xd8\x00", "2:1 invalid_utf16"},
		"half a character in the header":  {"\xfe\xff\x00i\x00d\xdc\x00\x00\n", "1:3 invalid_utf16"},
		"a low surrogate before its high": {"\xfe\xff\x00i\x00d\x00\n\xdc\x00\xd8\x00", "2:1 invalid_utf16"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, window := range []int{16, gijtsv.FirstWindow} {
				err := readToError(strings.NewReader(test.text), gijtsv.ReaderOptions{MaxCell: small}, window)
				var syntax *gijtsv.SyntaxError
				if !errors.As(err, &syntax) {
					t.Fatalf("window %d: got %v, want a SyntaxError", window, err)
				}
				if got := fmt.Sprint(syntax.Pos, " ", syntax.Code); got != test.want {
					t.Errorf("window %d: got %s (%s), want %s", window, got, syntax.Message, test.want)
				}
				if syntax.Hint() == "" || !strings.Contains(syntax.Error(), syntax.Message) {
					t.Errorf("an incomplete error: %+v", syntax)
				}
			}
		})
	}
}

func readToError(src io.Reader, o gijtsv.ReaderOptions, window int) error {
	r, err := gijtsv.NewReaderWindow(src, o, window)
	if err != nil {
		return err
	}
	_, _, err = readAll(r)
	return err
}

func TestReaderTakesWhatIsAsLargeAsTheCap(t *testing.T) {
	t.Parallel()
	for name, cell := range map[string]string{
		"raw":     strings.Repeat("x", 64),
		"quoted":  `"` + strings.Repeat("\n", 62) + `"`,
		"doubled": `"` + strings.Repeat(`""`, 31) + `"`,
		"stray":   `"` + strings.Repeat("\n", 30) + `"` + strings.Repeat("x", 32),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, text := range []string{"\t" + cell + "\t" + cell + "\t" + cell, cell + "\n" + cell} {
				err := readToError(strings.NewReader("id\n"+text), gijtsv.ReaderOptions{MaxCell: 64}, 16)
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestReaderOfShortReads(t *testing.T) {
	t.Parallel()
	text := "id\torigin\n" + strings.Repeat("1\t"+pem+"\n2\tx😀😀\n", 20)
	_, want, _ := readAll(mustReader(t, text))
	for name, src := range map[string]io.Reader{
		"one byte at a time":         iotest.OneByteReader(strings.NewReader(text)),
		"half of what is asked for":  iotest.HalfReader(strings.NewReader(text)),
		"the error with the data":    iotest.DataErrReader(strings.NewReader(text)),
		"through a converter of 1 B": iotest.OneByteReader(strings.NewReader("\xff\xfe" + littleEndian(text))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := gijtsv.NewReaderWindow(src, gijtsv.ReaderOptions{}, 16)
			if err != nil {
				t.Fatal(err)
			}
			_, got, err := readAll(r)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("error %v, (-want +got)\n%s", err, diff)
			}
		})
	}
}

func TestReaderPassesErrorsOn(t *testing.T) {
	t.Parallel()
	lost := errors.New("connection lost")
	for name, text := range map[string]string{"at once": "", "in the header": "id\tor", "in a row": "id\torigin\n1\tx\n2\t"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := io.MultiReader(strings.NewReader(text), iotest.ErrReader(lost))
			if err := readToError(src, gijtsv.ReaderOptions{}, 16); !errors.Is(err, lost) {
				t.Errorf("got %v", err)
			}
		})
	}
	if err := readToError(stuck{}, gijtsv.ReaderOptions{}, 16); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a source that never says anything: got %v", err)
	}
}

// stuck gives a header's begin, and then neither bytes nor an error.
type stuck struct{}

func (stuck) Read(p []byte) (int, error) {
	if len(p) == 4 {
		return copy(p, "id\t1"), nil
	}
	return 0, nil
}

func TestReaderRepeatsItsEnd(t *testing.T) {
	t.Parallel()
	r := mustReader(t, "id\n1\n\"")
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	_, first := r.Next()
	_, second := r.Next()
	if first == nil || !errors.Is(second, first) {
		t.Errorf("first %v, then %v", first, second)
	}
	r = mustReader(t, "id\n")
	for range 2 {
		if row, err := r.Next(); row != nil || !errors.Is(err, io.EOF) {
			t.Errorf("got %v, %v", row, err)
		}
	}
}

func TestRow(t *testing.T) {
	t.Parallel()
	r := mustReader(t, "id\torigin\r\n1\tx\r\n\r\n\"\"\nä\xff\nä")
	row, _ := r.Next()
	if string(row.Value(1)) != "x" || row.Value(2) != nil || row.Value(-1) != nil || row.RawCell(-1) != nil || row.RawCell(2) != nil {
		t.Errorf("values of %q", row.Raw)
	}
	if string(row.LineEnd()) != "\r\n" || row.Blank() || !row.ValidUTF8() {
		t.Errorf("line end %q, blank %t, valid %t", row.LineEnd(), row.Blank(), row.ValidUTF8())
	}
	if row, _ = r.Next(); !row.Blank() {
		t.Errorf("%q is blank", row.Raw)
	}
	if row, _ = r.Next(); row.Blank() {
		t.Errorf("%q is not blank", row.Raw)
	}
	if row, _ = r.Next(); row.ValidUTF8() {
		t.Errorf("%q is not UTF-8", row.Raw)
	}
	if row, _ = r.Next(); !row.ValidUTF8() || len(row.LineEnd()) != 0 {
		t.Errorf("%q is UTF-8, without a line end", row.Raw)
	}
}

func TestValuesCannotGrowIntoTheirNeighbours(t *testing.T) {
	t.Parallel()
	r := mustReader(t, "id\torigin\n1\t\"a\"\"b\"\t\"c\"\"d\"\t\"e\"\tf\n")
	row, _ := r.Next()
	want := keep(row)
	for _, c := range row.Cells {
		_ = append(c.Value, '!')
	}
	_ = append(row.Raw, '!')
	if diff := cmp.Diff(want, keep(row)); diff != "" {
		t.Error(diff)
	}
}

func TestHeader(t *testing.T) {
	t.Parallel()
	h := mustReader(t, "id\tÄ\t\"two\nlines\"\tid\tID").Header()
	if diff := cmp.Diff([]string{"id", "Ä", "two\nlines", "id", "ID"}, h.Names); diff != "" {
		t.Error(diff)
	}
	if h.Index("id") != 0 || h.Index("ID") != 4 || h.Index("Id") != -1 {
		t.Error("Index is exact, and finds the first")
	}
	for column, want := range map[int]string{0: "1:1", 1: "1:4", 2: "1:6", 3: "2:8", 4: "2:11", 5: "1:1", -1: "1:1"} {
		if got := h.Position(column).String(); got != want {
			t.Errorf("column %d is at %s, want %s", column, got, want)
		}
	}
	if got := gijtsv.NewHeader("id").Position(0).String(); got != "1:1" {
		t.Errorf("a new header's column is at %s", got)
	}
}

func TestLongFileNeedsOneWindow(t *testing.T) {
	t.Parallel()
	text := "id\torigin\n" + strings.Repeat("1\tx\n", 1000)
	r, err := gijtsv.NewReaderWindow(strings.NewReader(text), gijtsv.ReaderOptions{}, 64)
	if err != nil {
		t.Fatal(err)
	}
	if _, lines, err := readAll(r); err != nil || len(lines) != 1000 {
		t.Fatalf("%d rows, error %v", len(lines), err)
	}
	if r.Window() != 64 {
		t.Errorf("the window grew to %d bytes", r.Window())
	}
	var out strings.Builder
	w := gijtsv.NewWriter(&out)
	if err := errors.Join(w.WriteHeader(r.Header()), w.Flush()); err != nil || out.String() != "id\torigin\n" {
		t.Errorf("after the last row the header is %q, error %v", out.String(), err)
	}
}

func TestSyntaxErrorAsProblem(t *testing.T) {
	t.Parallel()
	_, err := gijtsv.NewReader(strings.NewReader(""), gijtsv.ReaderOptions{})
	var syntax *gijtsv.SyntaxError
	if !errors.As(err, &syntax) {
		t.Fatal(err)
	}
	want := gijtsv.Problem{
		Pos: gijtsv.Position{Line: 1, Column: 1}, Severity: gijtsv.SeverityError, Code: gijtsv.CodeEmptyFile,
		Message: syntax.Message, Remedy: syntax.Remedy,
	}
	if diff := cmp.Diff(want, syntax.Problem()); diff != "" {
		t.Error(diff)
	}
}
