package gijtsv_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

func littleEndian(text string) string { return inUTF16(text, binary.LittleEndian) }

func inUTF16(text string, order binary.AppendByteOrder) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	text := "id\tdisplayName\r\n1\täöü € 😀\ufffd\r\n" + strings.Repeat("2\t😀 and more\r\n", 3_000)
	_, want, err := readAll(mustReader(t, text))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		file  string
		notes []string
	}{
		"UTF-8":                               {text, nil},
		"UTF-8 with a mark":                   {"\ufeff" + text, []string{gijtsv.NoteByteOrderMark}},
		"UTF-16, little-endian":               {"\xff\xfe" + littleEndian(text), []string{gijtsv.NoteUTF16}},
		"UTF-16, big-endian":                  {"\xfe\xff" + inUTF16(text, binary.BigEndian), []string{gijtsv.NoteUTF16}},
		"UTF-16, little-endian, without mark": {littleEndian(text), []string{gijtsv.NoteUTF16}},
		"UTF-16, big-endian, without mark":    {inUTF16(text, binary.BigEndian), []string{gijtsv.NoteUTF16}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := mustReader(t, test.file)
			if diff := cmp.Diff(test.notes, r.Notes()); diff != "" {
				t.Errorf("notes (-want +got)\n%s", diff)
			}
			names, got, err := readAll(r)
			if err != nil || !cmp.Equal(names, []string{"id", "displayName"}) {
				t.Fatalf("names %q, error %v", names, err)
			}
			if !cmp.Equal(want, got) {
				t.Errorf("the rows differ: %d and %d of them", len(want), len(got))
			}
			if copied := copyFile(t, mustReader(t, test.file)); copied != text {
				t.Error("the copy is not the text in UTF-8, without a mark")
			}
		})
	}
}

func TestOneByteOrderMarkIsRemoved(t *testing.T) {
	t.Parallel()
	if got := mustReader(t, "\ufeff\ufeffid\torigin\n").Header().Names[0]; got != "\ufeffid" {
		t.Errorf("got %q", got)
	}
}
