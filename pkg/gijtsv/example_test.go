package gijtsv_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// A token is replaced in one row; every other byte stays.
func Example() {
	file := "id\tdisplayName\tpat\n3\t\"acme\"\told\n4\tother\tkept\n"
	r, err := gijtsv.NewReader(strings.NewReader(file), gijtsv.ReaderOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	id, pat := r.Header().Index("id"), r.Header().Index("pat")
	w := gijtsv.NewWriter(os.Stdout)
	err = w.WriteHeader(r.Header())
	for err == nil {
		var row *gijtsv.Row
		if row, err = r.Next(); err != nil {
			break
		}
		if string(row.Value(id)) == "3" {
			err = w.WriteChanged(row, map[int]string{pat: "new"})
			continue
		}
		err = w.Copy(row)
	}
	if !errors.Is(err, io.EOF) {
		fmt.Println(err)
		return
	}
	if err := w.Flush(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// id	displayName	pat
	// 3	"acme"	new
	// 4	other	kept
}

// A file that cannot be read says where, and what to do.
func ExampleSyntaxError() {
	r, err := gijtsv.NewReader(strings.NewReader("id\torigin\n1\t\"git@host:a.git\n2\tgit@host:b.git\n"), gijtsv.ReaderOptions{})
	if err == nil {
		_, err = r.Next()
	}
	var syntax *gijtsv.SyntaxError
	if errors.As(err, &syntax) {
		fmt.Println(syntax.Code, "at", syntax.Pos)
	}
	// Output:
	// unclosed_quote at 2:3
}

// Secrets are blanked, and every other byte stays; an import keeps what the server has where a cell is blank.
func ExampleCopy() {
	file := "id\tpat\tdisplayName\n3\tmade-up\t\"acme\"\n"
	summary, err := gijtsv.Copy(strings.NewReader(file), os.Stdout, gijtsv.CopyOptions{Redact: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(summary.Redacted, "cell")
	// Output:
	// id	pat	displayName
	// 3		"acme"
	// 1 cell
}
