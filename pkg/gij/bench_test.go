package gij_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/gijctl/gijctl/pkg/gij"
)

// documentedList is a list answer of rows as the vendor's page has them.
func documentedList(rows int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"success":true,"integrations":[`)
	for n := range rows {
		if n > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"displayName":"https://github.com/*","origin":"https://api.github.com","disabled":false,`+
			`"sendCommitEmails":true,"maxMinsToCommitEmail":1440,"global":true,"initDate":1675942373613,`+
			`"lastIndexedDate":1695470025397,"revisionIndexing":true,"gitViewerEnabled":true,"disableSslVerification":false,`+
			`"smartCommitsEnabled":true,"prHideFilter":"^.*master.*$","requireUserPat":false,"projectMappingIds":[],`+
			`"integrationType":"GITHUB","showAllTags":true,"sourcesDiffViewEnabled":true,"refSpecNotes":true,`+
			`"refSpecChanges":false,"trustFolderStat":true}`, n+1)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

func BenchmarkDecodeList(b *testing.B) {
	const rows = 10_000
	data := documentedList(rows)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		err := gij.DecodeList(bytes.NewReader(data), func(gij.Integration) bool {
			n++
			return true
		})
		if err != nil || n != rows {
			b.Fatalf("%d rows, %v", n, err)
		}
	}
}

func BenchmarkDecodeOne(b *testing.B) {
	list := documentedList(1)
	data := bytes.Replace(list, []byte("integrations"), []byte("integration"), 1)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gij.DecodeOne(data); err != nil {
			b.Fatal(err)
		}
	}
}
