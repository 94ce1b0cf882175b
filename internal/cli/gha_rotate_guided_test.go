package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestDownloads is what a browser does to a folder, one look after each step.
func TestDownloads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(name string) {
		t.Helper()
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	d := &downloads{dir: dir, slug: "app", before: map[string]fileStamp{}, last: map[string]fileStamp{}}
	write("before.pem", "old")
	for _, file := range d.list() {
		d.before[file.name] = file.stamp
	}
	steps := []struct {
		name string
		do   func()
		want []string
	}{
		{"nothing", func() {}, nil},
		{"Chromium begins", func() { write("Unconfirmed 7.crdownload", "-----") }, nil},
		{"Chromium goes on under another name", func() {
			remove("Unconfirmed 7.crdownload")
			write("a.pem.crdownload", "-----BEGIN")
			write("a.pem", "-----BEGIN")
		}, nil},
		{"Chromium ends", func() { remove("a.pem.crdownload") }, []string{"a.pem"}},
		{"Firefox begins", func() { write("b.pem", ""); write("b.AbC123.pem.part", "-----BEGIN") }, []string{"a.pem"}},
		{"Firefox ends", func() { remove("b.AbC123.pem.part"); write("b.pem", "b") }, []string{"b.pem", "a.pem"}},
		{"another kind of file", func() { write("c.txt", "c") }, []string{"b.pem", "a.pem"}},
		{"a folder", func() { _ = os.Mkdir(filepath.Join(dir, "d.pem"), 0o700) }, []string{"b.pem", "a.pem"}},
		{"a link", func() { _ = os.Symlink(filepath.Join(dir, "c.txt"), filepath.Join(dir, "e.pem")) }, []string{"b.pem", "a.pem"}},
		{"what is called as GitHub does", func() { write("app.2026-11-21.private-key.pem", "f") }, []string{"app.2026-11-21.private-key.pem", "b.pem", "a.pem"}},
		{"a file that was there is written anew", func() { write("before.pem", "longer") }, []string{"app.2026-11-21.private-key.pem", "before.pem", "b.pem", "a.pem"}},
	}
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	seen := map[string]bool{"before.pem": true}
	for n, step := range steps {
		step.do()
		for _, file := range d.list() { // the clock of a file system may be coarse
			if !seen[file.name] || step.name == "a file that was there is written anew" && file.name == "before.pem" {
				seen[file.name] = true
				if err := os.Chtimes(file.path, time.Time{}, at.Add(time.Duration(n)*time.Minute)); err != nil {
					t.Fatal(err)
				}
			}
		}
		var got []string
		for _, file := range d.fresh() {
			got = append(got, file.name)
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}

// TestRefusedDownload is left alone until it changes; what is still being written is not spoken of.
func TestRefusedDownload(t *testing.T) {
	t.Parallel()
	var stderr strings.Builder
	a := &app{streams: Streams{Err: &stderr}}
	d := &downloads{before: map[string]fileStamp{}, last: map[string]fileStamp{}}
	file := download{name: "x.pem", path: "x.pem", stamp: fileStamp{size: 10}}
	d.refuse(a, file, os.ErrInvalid)
	file.stamp.size = 20
	d.refuse(a, file, os.ErrInvalid)
	if stderr.Len() > 0 {
		t.Errorf("it says %q of a file that grows", stderr.String())
	}
	d.refuse(a, file, os.ErrInvalid)
	if want := "x.pem is not taken: invalid argument\n"; stderr.String() != want || d.before["x.pem"] != file.stamp {
		t.Errorf("it says %q, want %q", stderr.String(), want)
	}
}
