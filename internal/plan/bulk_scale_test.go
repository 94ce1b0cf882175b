package plan_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/plan"
)

// BenchmarkManyOfOneHost compares integrations of one host, told by their names, with an export of as many.
func BenchmarkManyOfOneHost(b *testing.B) {
	const rows = 5_000
	have, file := []string{"id|origin|displayName|integrationType|disabled"}, []string{"id|origin|displayName|integrationType|disabled"}
	for n := range rows {
		have = append(have, fmt.Sprintf("%d|https://api.github.com|team %d|GITHUB|false", n+1, n))
		file = append(file, fmt.Sprintf("|https://api.github.com|team %d|GITHUB|true", n))
	}
	export, wanted := tsv(have...), tsv(file...)
	b.ReportAllocs()
	for b.Loop() {
		s, err := plan.ReadSnapshot(strings.NewReader(export), "")
		if err != nil {
			b.Fatal(err)
		}
		p, err := plan.DiffBulk(strings.NewReader(wanted), s, plan.DiffOptions{})
		if err != nil || len(p.Changes) != rows {
			b.Fatal(err, p)
		}
	}
}

// BenchmarkAttribute gives rows that all failed their errors.
func BenchmarkAttribute(b *testing.B) {
	const rows = 20_000
	var names, log []string
	for n := range rows {
		origin := fmt.Sprintf("git@git.acme.example:team/repository-%d.git", n)
		names = append(names, fmt.Sprintf("%s=repository %d", origin, n))
		log = append(log, "Updating repository "+origin, fmt.Sprintf("!java.lang.NullPointerException at line %d", n))
	}
	for b.Loop() {
		if said, rest := plan.Attribute(log, names); len(rest) > 0 || said[rows-1] == "" {
			b.Fatal(rest)
		}
	}
}

// TestASnapshotTakesLittleMoreThanItsBytes looks that an export of 100,000 rows is kept once, with a small index.
func TestASnapshotTakesLittleMoreThanItsBytes(t *testing.T) {
	export, file := manyRows(100_000)
	before := heap()
	s, err := plan.ReadSnapshot(bytes.NewReader(export), "")
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.DiffBulk(bytes.NewReader(file), s, plan.DiffOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if taken, most := heap()-before, len(export)*3/2; taken > most {
		t.Errorf("an export of %d MB takes %d MB", len(export)>>20, taken>>20)
	}
	runtime.KeepAlive(s)
	if left := heap() - before; left > 4<<20 {
		t.Errorf("a plan of %d changes keeps %d MB", len(p.Changes), left>>20)
	}
	runtime.KeepAlive(p)
	runtime.KeepAlive(export)
	runtime.KeepAlive(file)
}

func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
