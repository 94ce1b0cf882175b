package gijtsv_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// TestRowParser: a row that was kept as its bytes has the cells that the reader saw.
func TestRowParser(t *testing.T) {
	t.Parallel()
	text := "id\tx\n1\t\"a\r\nä\"\"\t\"b\t\r\n\n\"\t\"\t2"
	_, want, err := readAll(mustReader(t, text))
	if err != nil {
		t.Fatal(err)
	}
	parser := gijtsv.NewRowParser(gijtsv.ReaderOptions{})
	for _, kept := range want {
		checkParsed(t, parser, kept.Raw, kept)
		if bare := strings.TrimRight(kept.Raw, "\r\n"); bare != "" {
			kept.Raw = bare
			checkParsed(t, parser, bare, kept)
		}
	}
}

func checkParsed(t *testing.T, parser *gijtsv.RowParser, raw string, want line) {
	t.Helper()
	row, err := parser.Parse([]byte(raw))
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	got := keep(row)
	for i := range got.Cells { // only the line differs: the parser counts from 1
		got.Cells[i].Pos.Line += want.Line - 1
	}
	got.Line = want.Line
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q (-want +got)\n%s", raw, diff)
	}
}

func TestRowParserErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]string{"nothing": "", "two rows": "1\n2", "two empty rows": "\n\n", "an open quote": "1\t\"a\n"}
	for name, raw := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if row, err := gijtsv.NewRowParser(gijtsv.ReaderOptions{}).Parse([]byte(raw)); err == nil {
				t.Errorf("got %v", keep(row))
			}
		})
	}
}
