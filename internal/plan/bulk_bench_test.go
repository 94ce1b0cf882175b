package plan_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// manyRows is an export of n rows with all documented columns, and the same with every hundredth row renamed.
func manyRows(n int) (export, file []byte) {
	var have, want bytes.Buffer
	var names []string
	for _, c := range gijtsv.Columns() {
		names = append(names, c.Name)
	}
	header := strings.Join(names, "\t") + "\n"
	have.WriteString(header)
	want.WriteString(header)
	for i := 1; i <= n; i++ {
		cells := make([]string, len(names))
		for c, name := range names {
			switch name {
			case "id":
				cells[c] = fmt.Sprint(i)
			case "origin":
				cells[c] = fmt.Sprintf("git@git.acme.example:team-%d/repository-%d.git", i%97, i)
			case "displayName":
				cells[c] = fmt.Sprintf("repository-%d", i)
			case "projectMapping":
				cells[c] = "10000,10100,10200"
			case "disabled", "refSpecNotes", "sslVerify", "revisionIndexing", "smartCommitsEnabled":
				cells[c] = "true"
			case "changesetFormat", "fileAddedFormat", "fileModifiedFormat":
				cells[c] = "https://git.acme.example/browse/${path}?at=${rev}"
			}
		}
		line := strings.Join(cells, "\t") + "\n"
		have.WriteString(line)
		if i%100 == 0 {
			line = strings.Replace(line, "repository-", "renamed-", 2)
			line = strings.Replace(line, "renamed-", "repository-", 1)
		}
		want.WriteString(line)
	}
	return have.Bytes(), want.Bytes()
}

// BenchmarkDiffBulk is a diff against an export, from the bytes of both. Its reference is two validations of the file.
func BenchmarkDiffBulk(b *testing.B) {
	export, file := manyRows(20_000)
	b.Run("diff", func(b *testing.B) {
		b.SetBytes(int64(len(export)))
		b.ReportAllocs()
		for b.Loop() {
			have, err := plan.ReadSnapshot(bytes.NewReader(export), "")
			if err != nil {
				b.Fatal(err)
			}
			p, err := plan.DiffBulk(bytes.NewReader(file), have, plan.DiffOptions{Name: "fleet.tsv"})
			if err != nil || len(p.Changes) != 200 {
				b.Fatal(err, len(p.Changes))
			}
		}
	})
	b.Run("two validations", func(b *testing.B) {
		b.SetBytes(int64(len(export)))
		b.ReportAllocs()
		for b.Loop() {
			for range 2 {
				_, err := gijtsv.Validate(bytes.NewReader(file), gijtsv.ReaderOptions{}, gijtsv.ValidateOptions{}, func(gijtsv.Problem) {})
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
