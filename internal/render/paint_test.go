package render

import (
	"strings"
	"testing"
)

func TestPaint(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		color bool
		style Style
		text  string
		want  string
	}{
		{true, StyleGood, "ok", "\x1b[32mok\x1b[0m"},
		{true, StyleWarn, "warn", "\x1b[33mwarn\x1b[0m"},
		{true, StyleBad, "fail", "\x1b[31mfail\x1b[0m"},
		{true, StyleDim, "off", "\x1b[2moff\x1b[0m"},
		{true, StyleBold, "ID", "\x1b[1mID\x1b[0m"},
		{true, StylePlain, "x", "x"},
		{true, StyleBad, "", ""},
		{false, StyleBad, "fail", "fail"},
	} {
		if got := Paint(tt.color, tt.style, tt.text); got != tt.want {
			t.Errorf("Paint(%t, %q, %q) = %q", tt.color, tt.style, tt.text, got)
		}
	}
}

func TestStateStyle(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Style{
		"enabled": StyleGood, "ok": StyleGood, "disabled": StyleDim, "warn": StyleWarn, "unknown: no answer": StyleWarn,
		"error": StyleBad, "error: no such host": StyleBad, "fail": StyleBad, "failed": StyleBad,
		"": StylePlain, "45%": StylePlain, "GITHUB": StylePlain, "enabled-not": StylePlain, "erroneous": StylePlain, " ok": StylePlain,
	} {
		if got := StateStyle(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// States have colour in the tables that people read, and nothing has any in what programs read.
func TestColourOfStates(t *testing.T) {
	t.Parallel()
	green, dim := Paint(true, StyleGood, "enabled"), Paint(true, StyleDim, "disabled")
	for _, terminal := range []bool{true, false} {
		for writer, lines := range both(t, Printer{Format: FormatTable, Terminal: terminal, Color: true}, fleet()) {
			text := strings.Join(lines, "\n")
			if strings.Count(text, green) != 3 || strings.Count(text, dim) != 1 || !strings.HasPrefix(text, "\x1b[1m") {
				t.Errorf("%s, terminal %t: %q", writer, terminal, text)
			}
		}
	}
	for _, f := range []Format{FormatJSON, FormatYAML, FormatCSV, FormatTSV} {
		for _, terminal := range []bool{true, false} {
			for _, lines := range both(t, Printer{Format: f, Terminal: terminal, Color: true}, fleet()) {
				if text := strings.Join(lines, "\n"); strings.Contains(text, "\x1b") {
					t.Errorf("%s: %q", f, text)
				}
			}
		}
	}
}

// A header is no state, a name that is spelled like one is none either, and a shortened state keeps its colour.
func TestWhatIsAState(t *testing.T) {
	t.Parallel()
	l := List[string]{Columns: []Column[string]{
		{Key: "name", Header: "NAME", Text: func(s string) string { return s }},
		{Key: "ok", Header: "ok", State: true, Text: func(s string) string { return s + ": " + strings.Repeat("x", 20) }},
	}}
	for _, rows := range [][]string{{"error"}, append(make([]string, maxTerminalRows), "error")} {
		var out strings.Builder
		p := Printer{Out: &out, Format: FormatTable, Terminal: true, Width: 20, Color: true}
		err := WriteList(&p, l, all(rows))
		if err != nil || !strings.HasSuffix(out.String(), "error  \x1b[31merror: xxxxx…\x1b[0m\n") || !strings.HasPrefix(out.String(), "\x1b[1mNAME   ok\x1b[0m\n") {
			t.Errorf("%v: %q", err, out.String())
		}
	}
}
