package render

import (
	"io"
	"testing"
)

func BenchmarkList(b *testing.B) {
	rows := make([]item, 10_000)
	for i := range rows {
		rows[i] = items()[i%2]
		rows[i].ID = int64(100_000 + i)
	}
	for _, f := range []Format{FormatTable, FormatJSON, FormatTSV, FormatYAML} {
		b.Run(string(f), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := WriteList(&Printer{Out: io.Discard, Format: f}, itemList(), all(rows)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkListTerminal(b *testing.B) {
	rows := make([]item, maxTerminalRows)
	for i := range rows {
		rows[i] = items()[i%3]
	}
	for b.Loop() {
		if err := WriteList(&Printer{Out: io.Discard, Format: FormatTable, Terminal: true, Width: 80}, itemList(), all(rows)); err != nil {
			b.Fatal(err)
		}
	}
}
