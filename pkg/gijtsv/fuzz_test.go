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

func addSeeds(f *testing.F) {
	f.Helper()
	for _, seed := range []string{
		"", "id\n1\n\n2", "id\torigin\n1\tx\n2\t\n", "id\torigin\r\n1\t\"x\r\ny\"\r\n", "id\tpem\n1\t" + pem + "\n",
		"id\tf\n1\t$convert(${branch},\"a\",\"b\")\n", "id\tx\n\"a\"\"b\"c\td\n", "id\tx\n\"\"\"\"\t\"", "id\tx\n\"a\nb\"\tä\t€😀\n\xff\t\x00\r",
		"\ufeffid\tx\n", "\ufeffid\tx\n1\t\"", "\xff\xfe" + littleEndian("id\tx\n1\t😀"), "id\tx\n" + strings.Repeat("1234567\t", 9) + "\"\t\n\"\r\n",
	} {
		f.Add([]byte(seed), uint8(0))
	}
}

// FuzzReader looks that a file is read as by the simple model, at whatever place the window ends, and that a copy of it is the file.
func FuzzReader(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte, window uint8) {
		var out bytes.Buffer
		w := gijtsv.NewWriter(&out)
		r, err := gijtsv.NewReaderWindow(bytes.NewReader(data), gijtsv.ReaderOptions{}, int(window)+1)
		if err != nil {
			checkRefusal(t, err, string(data))
			return
		}
		err = w.WriteHeader(r.Header())
		var got []line
		var end error
		for end == nil {
			var row *gijtsv.Row
			if row, end = r.Next(); end == nil {
				got, err = append(got, keep(row)), errors.Join(err, w.Copy(row))
			}
		}
		if err = errors.Join(err, w.Flush()); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(r.Notes(), gijtsv.NoteUTF16) {
			if !errors.Is(end, io.EOF) {
				return
			}
			data = out.Bytes() // what was converted is compared with its copy
		} else {
			data = bytes.TrimPrefix(data, []byte("\ufeff"))
		}
		compare(t, string(data), got, end)
		if errors.Is(end, io.EOF) && !bytes.Equal(out.Bytes(), data) {
			t.Errorf("the copy is %q", out.Bytes())
		}
	})
}

// compare compares what the reader said with the model.
func compare(t *testing.T, text string, got []line, end error) {
	t.Helper()
	var syntax *gijtsv.SyntaxError
	errors.As(end, &syntax)
	want, unclosed := model(text)
	if len(want) == 0 {
		return
	}
	if diff := cmp.Diff(want[1:], got, cmp.Transformer("none", func(l []line) []line { return append([]line{}, l...) })); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if (unclosed == nil) != errors.Is(end, io.EOF) {
		t.Fatalf("ended with %v, but the quote at %v is unclosed", end, unclosed)
	}
	if unclosed != nil && (syntax == nil || syntax.Pos != *unclosed) {
		t.Errorf("got %v, want an unclosed quote at %v", end, unclosed)
	}
}

func checkRefusal(t *testing.T, err error, text string) {
	t.Helper()
	var syntax *gijtsv.SyntaxError
	if !errors.As(err, &syntax) || syntax.Code == "" || syntax.Remedy == "" {
		t.Errorf("got %v", err)
	}
	if lines := strings.Count(text, "\n") + 1; syntax.Pos.Line < 1 || syntax.Pos.Line > lines || syntax.Pos.Column < 1 {
		t.Errorf("%v is not in the file", syntax.Pos)
	}
}

// FuzzWriter looks that a new row, and a changed cell, read as they were written.
func FuzzWriter(f *testing.F) {
	f.Add("1", "x", "\"", uint8(0))
	f.Add("", "a\tb", "\r\n", uint8(1))
	f.Add("", "", "", uint8(2))
	f.Add("\ufeff", "\xff\xfe", `"a"b`, uint8(5))
	f.Fuzz(func(t *testing.T, a, b, c string, column uint8) {
		row, changed := []string{a, b}, int(column%4)
		var out bytes.Buffer
		w := gijtsv.NewWriter(&out)
		err := errors.Join(w.WriteHeader(gijtsv.NewHeader("id", "x")), w.WriteCells(row), w.WriteCells(row[1:]), w.Flush())
		_, lines, readErr := readAll(mustReader(t, out.String()))
		if err = errors.Join(err, readErr); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]string{row, row[1:]}, values(lines)); diff != "" {
			t.Fatalf("%q: (-want +got)\n%s", out.String(), diff)
		}
		r, _ := mustReader(t, out.String()).Next()
		out.Reset()
		err = errors.Join(w.WriteHeader(gijtsv.NewHeader("id")), w.WriteChanged(r, map[int]string{changed: c}), w.Flush())
		_, lines, readErr = readAll(mustReader(t, out.String()))
		if err = errors.Join(err, readErr); err != nil {
			t.Fatal(err)
		}
		want := append([]string{a, b}, make([]string, max(0, changed-1))...)
		want[changed] = c
		if diff := cmp.Diff([][]string{want}, values(lines)); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", out.String(), diff)
		}
	})
}
