package gijtsv_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

func TestCopyKeepsEveryByte(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"plain":                 "id\torigin\n1\tx\n",
		"no final line end":     "id\torigin\n1\tx",
		"header alone":          "id\torigin",
		"CR LF":                 "id\torigin\r\n1\tx\r\n",
		"mixed line ends":       "id\torigin\r\n1\tx\n2\ty\r\n\n\r\n3\tz\r",
		"needless quotes":       "\"id\"\torigin\n\"1\"\t\"\"\n",
		"PEM":                   "id\tpem\n1\t" + pem + "\n2\t" + strings.ReplaceAll(pem, "\n", "\r\n") + "\r\n",
		"quotes in a raw cell":  "id\tbranchLinkFormat\n1\thttps://x/$convert(${branch},\"a\",\"b\")\n",
		"text after quotes":     "id\torigin\n1\t\"a\"\"\"b\"\t\"c\" \n",
		"ragged, blank, spaces": "id\torigin\n1\n\n \t \t \n1\t2\t3\n",
		"invalid UTF-8 and NUL": "id\torigin\n\xff\xfe\t\x00\xc3\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(text, copyFile(t, mustReader(t, text))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestWriteChanged(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		row     string
		changes map[int]string
		want    string
	}{
		"nothing":                    {"\"1\"\t\"a\"b\tx\r\n", nil, "\"1\"\t\"a\"b\tx\r\n"},
		"one, the others stay":       {"\"1\"\told\t\"x\"\"y\"\r\n", map[int]string{1: "new"}, "\"1\"\tnew\t\"x\"\"y\"\r\n"},
		"first and last":             {"1\t\"2\n3\"\t4\n", map[int]string{0: "a", 2: "b"}, "a\t\"2\n3\"\tb\n"},
		"several lines":              {"1\tx\n", map[int]string{1: "a\nb"}, "1\t\"a\nb\"\n"},
		"a tab":                      {"1\tx\n", map[int]string{1: "a\tb"}, "1\t\"a\tb\"\n"},
		"a carriage return":          {"1\tx\n", map[int]string{1: "a\r"}, "1\t\"a\r\"\n"},
		"a quote first":              {"1\tx\n", map[int]string{1: `"a"b`}, "1\t\"\"\"a\"\"b\"\n"},
		"quotes inside stay raw":     {"1\tx\n", map[int]string{1: `f("a")`}, "1\tf(\"a\")\n"},
		"blank":                      {"1\t\"x\"\n", map[int]string{1: ""}, "1\t\n"},
		"a short row grows":          {"1\r\n", map[int]string{3: "x"}, "1\t\t\tx\r\n"},
		"text after quotes stays":    {"\"a\"b\tx", map[int]string{1: "y"}, "\"a\"b\ty"},
		"all that a last row had":    {"x", map[int]string{0: ""}, "\n"},
		"the last row's end is kept": {"1\tx\r", map[int]string{1: "y"}, "1\ty\r"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row, err := mustReader(t, "id\torigin\n"+test.row).Next()
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			w := gijtsv.NewWriter(&out)
			if err := errors.Join(w.WriteChanged(row, test.changes), w.Flush()); err != nil {
				t.Fatal(err)
			}
			if out.String() != test.want {
				t.Errorf("got %q, want %q", out.String(), test.want)
			}
		})
	}
}

func TestNewRowsEndAsTheFile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ file, want string }{
		"LF":                          {"id\to\n1\tx\n", "id\to\n1\tx\n2\ty\n"},
		"CR LF":                       {"id\to\r\n1\tx\r\n", "id\to\r\n1\tx\r\n2\ty\r\n"},
		"CR LF, no final line end":    {"id\to\r\n1\tx", "id\to\r\n1\tx\r\n2\ty\r\n"},
		"header without a line end":   {"id\to", "id\to\n2\ty\n"},
		"a lone CR becomes a CR LF":   {"id\to\n1\tx\r", "id\to\n1\tx\r\n2\ty\n"},
		"an empty line counts as one": {"id\to\n\n", "id\to\n\n2\ty\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := mustReader(t, test.file)
			var out bytes.Buffer
			w := gijtsv.NewWriter(&out)
			err := w.WriteHeader(r.Header())
			for row, end := r.Next(); end == nil; row, end = r.Next() {
				err = errors.Join(err, w.Copy(row))
			}
			if err = errors.Join(err, w.WriteCells([]string{"2", "y"}), w.Flush()); err != nil {
				t.Fatal(err)
			}
			if out.String() != test.want {
				t.Errorf("got %q, want %q", out.String(), test.want)
			}
		})
	}
}

func TestNewFileReadsAsItWasWritten(t *testing.T) {
	t.Parallel()
	rows := [][]string{
		{"1", "git@github.com:user/x.git", `$convert(${branch},"a","b")`},
		{"", "a\tb", "-----BEGIN\nx\r\n-----END\n"},
		{`"`, `""`, `"a" b`},
		{""},
		{"\ufeff", "\xff\xfe", "\xfe\xff"},
		{" ", "\r", "\n"},
	}
	var out bytes.Buffer
	w := gijtsv.NewWriter(&out)
	err := w.WriteHeader(gijtsv.NewHeader("\ufeffid", "a\tb", "c"))
	for _, row := range rows {
		err = errors.Join(err, w.WriteCells(row))
	}
	if err = errors.Join(err, w.Flush()); err != nil {
		t.Fatal(err)
	}
	r := mustReader(t, out.String())
	names, lines, err := readAll(r)
	if err != nil || len(r.Notes()) != 0 {
		t.Fatalf("error %v, notes %q", err, r.Notes())
	}
	if diff := cmp.Diff([]string{"\ufeffid", "a\tb", "c"}, names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(rows, values(lines)); diff != "" {
		t.Error(diff)
	}
}

func TestNewHeaderIsNoByteOrderMark(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"\xff\xfeid", "\xfe\xffid", "\ufeffid", "id"} {
		var out bytes.Buffer
		w := gijtsv.NewWriter(&out)
		if err := errors.Join(w.WriteHeader(gijtsv.NewHeader(name, "x")), w.Flush()); err != nil {
			t.Fatal(err)
		}
		r := mustReader(t, out.String())
		if got := r.Header().Names[0]; got != name || r.Notes() != nil {
			t.Errorf("wrote %q, read %q with the notes %q", name, got, r.Notes())
		}
	}
}

func TestWriterErrors(t *testing.T) {
	t.Parallel()
	row, _ := mustReader(t, "id\torigin\n1\tx\n").Next()
	w := gijtsv.NewWriter(&bytes.Buffer{})
	if w.WriteCells(nil) == nil || w.WriteHeader(gijtsv.NewHeader()) == nil {
		t.Error("a row without cells was written")
	}
	if w.WriteChanged(row, map[int]string{-1: "x"}) == nil {
		t.Error("a change of no column was written")
	}
	full := errors.New("disk full")
	long := strings.Repeat("x", 100_000)
	for name, write := range map[string]func(w *gijtsv.Writer) error{
		"Flush":        func(w *gijtsv.Writer) error { return w.Flush() },
		"Copy":         func(w *gijtsv.Writer) error { return w.Copy(row) },
		"WriteCells":   func(w *gijtsv.Writer) error { return w.WriteCells([]string{long}) },
		"WriteChanged": func(w *gijtsv.Writer) error { return w.WriteChanged(row, map[int]string{0: long}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := gijtsv.NewWriter(&failWriter{room: 1000, err: full})
			for range 3 {
				_ = w.WriteCells([]string{long})
			}
			if err := write(w); !errors.Is(err, full) {
				t.Errorf("got %v", err)
			}
		})
	}
}
