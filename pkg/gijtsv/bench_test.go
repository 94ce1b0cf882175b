package gijtsv_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

const (
	benchRows    = 20_000
	benchColumns = 30
)

// benchFile is a file of 30 columns with the quotes of link formats in each row and a private key in every 20th.
func benchFile() string {
	var b strings.Builder
	b.WriteString("id\torigin\tpem")
	for column := 3; column < benchColumns; column++ {
		fmt.Fprintf(&b, "\tcolumn%d", column)
	}
	key := "\"-----BEGIN RSA PRIVATE KEY-----\n" + strings.Repeat(strings.Repeat("A", 64)+"\n", 25) + "-----END RSA PRIVATE KEY-----\""
	for row := range benchRows {
		fmt.Fprintf(&b, "\n%d\thttps://git.example.org/team/repository-%d.git\t", row+1, row)
		if row%20 == 0 {
			b.WriteString(key)
		}
		b.WriteString("\thttps://x/$convert(${branch},\"a\",\"b\")")
		b.WriteString(strings.Repeat("\ttrue\t10000,10100", (benchColumns-4)/2))
	}
	return b.String()
}

func BenchmarkReader(b *testing.B) {
	text := benchFile()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r := mustReader(b, text)
		rows := 0
		for ; ; rows++ {
			if _, err := r.Next(); err != nil {
				break
			}
		}
		if rows != benchRows {
			b.Fatal(rows)
		}
	}
}

func BenchmarkCopy(b *testing.B) {
	benchmarkWrite(b, func(w *gijtsv.Writer, row *gijtsv.Row) error { return w.Copy(row) })
}

func BenchmarkWriteChanged(b *testing.B) {
	changes := map[int]string{2: "", 7: "changed"}
	benchmarkWrite(b, func(w *gijtsv.Writer, row *gijtsv.Row) error { return w.WriteChanged(row, changes) })
}

func benchmarkWrite(b *testing.B, write func(*gijtsv.Writer, *gijtsv.Row) error) {
	b.Helper()
	text := benchFile()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r, w := mustReader(b, text), gijtsv.NewWriter(io.Discard)
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err = errors.Join(err, write(w, row)); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// TestNothingIsAllocatedPerRow reads and writes twenty rows and two thousand: it allocates as often.
func TestNothingIsAllocatedPerRow(t *testing.T) {
	line := "1\t$convert(${branch},\"a\",\"b\")\t" + pem + "\t\"\"\"ä\"\n"
	count := func(rows int) float64 {
		text := "id\tf\tpem\tx\n" + strings.Repeat(line, rows)
		return testing.AllocsPerRun(10, func() { copyDiscarded(t, text) })
	}
	if few, many := count(20), count(2000); many > few+2 {
		t.Errorf("%g allocations for 20 rows, %g for 2000", few, many)
	}
}

func copyDiscarded(t *testing.T, text string) {
	t.Helper()
	r, w := mustReader(t, text), gijtsv.NewWriter(io.Discard)
	changes := map[int]string{0: "2"}
	for row, err := r.Next(); err == nil; row, err = r.Next() {
		if err := errors.Join(w.Copy(row), w.WriteChanged(row, changes)); err != nil {
			t.Fatal(err)
		}
	}
}
