package render

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"ascii", "plain text ~ 100%", "plain text ~ 100%"},
		{"backslash stays", `C:\new`, `C:\new`},
		{"newline, return, tab", "a\nb\r\tc", `a\nb\r\tc`},
		{"colour", "\x1b[31mred", `\x1b[31mred`},
		{"bell, null, delete", "\a\x00\x7f", `\x07\x00\x7f`},
		{"C1", "\u009b31m", `\u009b31m`},
		{"C1 as a byte", "\x9b31m", `\x9b31m`},
		{"broken UTF-8", "a\xff\xe2\x82z", `a\xff\xe2\x82z`},
		{"replacement character itself", "\ufffd", "\ufffd"},
		{"bidi", "a\u202eb\u2066c\u2069\u200f\u061c", `a\u202eb\u2066c\u2069\u200f\u061c`},
		{"zero width", "a\u200bb\u2060c\ufeff", `a\u200bb\u2060c\ufeff`},
		{"soft hyphen", "a\u00adb", `a\u00adb`},
		{"line separators", "a\u2028b\u2029c\u0085", `a\u2028b\u2029c\u0085`},
		{"Hangul filler", "\u3164", `\u3164`},
		{"tags", "\U000e0041", `\U000e0041`},
		{"German, Greek", "Grüße, Ελλάδα", "Grüße, Ελλάδα"},
		{"Japanese", "東京ガスのリポジトリ、全角", "東京ガスのリポジトリ、全角"},
		{"Korean", "저장소", "저장소"},
		{"Hebrew, Arabic", "שלום مرحبا", "שלום مرحبا"},
		{"emoji", "🚀 ⚠️ 👍🏽 🇩🇪 1️⃣", "🚀 ⚠️ 👍🏽 🇩🇪 1️⃣"},
		{"joined emoji", "👨‍👩‍👧 ❤️‍🔥 🏳️‍🌈 🙂‍↔️", "👨‍👩‍👧 ❤️‍🔥 🏳️‍🌈 🙂‍↔️"},
		{"joiner in a Persian word", "می\u200cخواهم", "می\u200cخواهم"},
		{"joiner in Hindi", "क्\u200dष", "क्\u200dष"},
		{"joiner between Latin letters", "a\u200db\u200cc", `a\u200db\u200cc`},
		{"joiner at the end", "👨\u200d", `👨\u200d`},
		{"joiner between ASCII symbols", "+\u200d+", `+\u200d+`},
		{"combining accent", "e\u0301", "e\u0301"},
		{"variation selectors in a row", "a\ufe0f\ufe0e", "a\ufe0f\\ufe0e"},
		{"variation selector alone", "\U000e0101", `\U000e0101`},
		{"ideographic variant", "葛\U000e0100", "葛\U000e0100"},
		{"Arabic number sign", "\u0600", "\u0600"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := Visible(test.in); got != test.want {
				t.Errorf("Visible(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestVisibleDoesNotAllocate(t *testing.T) {
	for _, s := range []string{"payments-backend", "東京 👨‍👩‍👧 Grüße"} {
		if n := testing.AllocsPerRun(100, func() { _ = Visible(s) }); n != 0 {
			t.Errorf("Visible(%q) allocates %v times", s, n)
		}
	}
}

func FuzzVisible(f *testing.F) {
	for _, s := range []string{"a\x1b[0m", "\u202e", "\xff\u200d", "👨‍👩‍👧", "\U000e0041\ufe0f", "a\u0085\u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Visible(s)
		checkVisible(t, got)
		if again := Visible(got); again != got {
			t.Errorf("Visible(%q) = %q, and once more %q", s, got, again)
		}
	})
}

func checkVisible(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%q is not UTF-8", s)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			t.Errorf("%q has %U", s, r)
		}
	}
}

func FuzzJSONAndYAML(f *testing.F) {
	for _, s := range []string{"a\x1b\u009b\u202e\u2028", " lead\ntrail \n", "yes", "12:30:00", "2026-01-01", "~", "<<", "#", "- a", "\n", "a\n\n\nb\n\n", "\U000e0041", "\tq\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		value := map[string]any{s: []any{s, map[string]any{"k": s}}}
		var out bytes.Buffer
		if err := WriteObject(&Printer{Out: &out, Format: FormatJSON}, List[map[string]any]{}, value); err != nil {
			t.Fatal(err)
		}
		var back any
		if err := json.Unmarshal(out.Bytes(), &back); err != nil {
			t.Fatalf("%v in %q", err, out.String())
		}
		checkSame(t, value, back)
		checkLines(t, out.String())
		out.Reset()
		if err := WriteObject(&Printer{Out: &out, Format: FormatYAML}, List[map[string]any]{}, value); err != nil {
			t.Fatal(err)
		}
		checkSame(t, value, parseYAML(t, out.Bytes()))
		checkLines(t, out.String())
	})
}
