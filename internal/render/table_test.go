package render

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// fleetList has the columns of integrations: numbers and states, which are never shortened, and text between them.
func fleetList() List[[]string] {
	column := func(n int, key string, keep bool) Column[[]string] {
		return Column[[]string]{Key: key, Header: strings.ToUpper(key), Keep: keep, Text: func(v []string) string { return v[n] }}
	}
	id := column(0, "id", false)
	id.Right = true
	return List[[]string]{Columns: []Column[[]string]{
		id, column(1, "type", true), column(2, "name", false), column(3, "origin", false), column(4, "state", true),
		column(5, "projects", false), column(6, "indexed", true),
	}}
}

func fleet() [][]string {
	return [][]string{
		{"7", "GITHUB", "payments-backend", "https://github.example.com/acme", "enabled", "10000,10100,10200", "8 months ago"},
		{"12345", "GITLAB_SERVER", "東京ガスのリポジトリ", "https://gitlab.example.com", "disabled", "all", "never"},
		{"9", "AWS", "👨‍👩‍👧 family", "ﾊﾟﾋﾟﾌﾟ e\u0301e\u0301 กำกำ 1️⃣ 🇩🇪 👍🏽", "enabled", "", "just now"},
		{"10", "AWS", "한글 ᄒ\u1161ᆫ", "क्षि ⚠️ ❤️‍🔥 🏳️‍🌈", "enabled", "", "just now"},
	}
}

// both writes a table by each of the two writers: the library's by three rows, ours by more rows than the library gets.
func both(t *testing.T, p Printer, rows [][]string) map[string][]string {
	t.Helper()
	written := map[string][]string{}
	for name, all := range map[string][][]string{"library": rows, "plain": slices.Repeat(rows, maxTerminalRows/len(rows)+1)} {
		var out, stderr bytes.Buffer
		p.Out, p.Err = &out, &stderr
		if err := WriteList(&p, fleetList(), rowsOf(all)); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		written[name] = append(lines[:len(rows)+1], strings.TrimSuffix(stderr.String(), "\n"))
	}
	return written
}

func rowsOf(rows [][]string) func(func([]string, error) bool) {
	return func(yield func([]string, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func skipWhereAmbiguousIsWide(t *testing.T) {
	t.Helper()
	if twwidth.IsEastAsian() {
		t.Skip("this environment says that its terminal shows … wide")
	}
}

func TestNarrowTerminal(t *testing.T) {
	t.Parallel()
	skipWhereAmbiguousIsWide(t)
	const see = "; see them with -o wide or --columns"
	for _, tt := range []struct {
		name         string
		p            Printer
		header, note string
		most         int // columns of the longest line, 0 where it does not matter
	}{
		{"all fit", Printer{Width: 160}, "ID TYPE NAME ORIGIN STATE PROJECTS INDEXED", "", 160},
		{"all fit, shortened", Printer{Width: 80}, "ID TYPE NAME ORIGIN STATE PROJECTS INDEXED", "", 80},
		{"all fit, as short as can be", Printer{Width: 74}, "ID TYPE NAME ORIGIN STATE PROJECTS INDEXED", "", 74},
		{"one too many", Printer{Width: 73}, "ID TYPE NAME ORIGIN STATE PROJECTS", "note: 1 column does not fit here: INDEXED; see it with -o wide or --columns", 73},
		{"two", Printer{Width: 50}, "ID TYPE NAME ORIGIN STATE", "note: 2 columns do not fit here: PROJECTS, INDEXED" + see, 50},
		{"three", Printer{Width: 40}, "ID TYPE NAME ORIGIN", "note: 3 columns do not fit here: STATE, PROJECTS, INDEXED" + see, 40},
		{"the first two stay", Printer{Width: 10}, "ID TYPE", "note: 5 columns do not fit here: NAME, ORIGIN, STATE, PROJECTS, INDEXED" + see, 20},
		{"quiet", Printer{Width: 50, Quiet: true}, "ID TYPE NAME ORIGIN STATE", "", 50},
		{"asked for", Printer{Width: 40, Columns: []string{"id", "type", "state", "indexed", "name"}}, "ID TYPE STATE INDEXED NAME", "", 0},
		{"wide", Printer{Width: 40, Format: FormatWide}, "ID TYPE NAME ORIGIN STATE PROJECTS INDEXED", "", 0},
		{"width unknown", Printer{}, "ID TYPE NAME ORIGIN STATE PROJECTS INDEXED", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.p.Terminal = true
			if tt.p.Format == "" {
				tt.p.Format = FormatTable
			}
			written := both(t, tt.p, fleet()[:2])
			if !slices.Equal(written["library"], written["plain"]) {
				t.Errorf("the library wrote\n%q\nand the plain writer\n%q", written["library"], written["plain"])
			}
			lines := written["plain"]
			if header := strings.Join(strings.Fields(lines[0]), " "); header != tt.header {
				t.Errorf("header %q, want %q", header, tt.header)
			}
			if note := lines[len(lines)-1]; note != tt.note {
				t.Errorf("note %q, want %q", note, tt.note)
			}
			for _, line := range lines[:len(lines)-1] {
				if width := displaywidth.String(line); tt.most > 0 && width > tt.most {
					t.Errorf("%d columns: %q", width, line)
				}
			}
		})
	}
}

// A pipe has no width: nothing is shortened, nothing is left out, and nobody hears of it.
func TestPipeIsNeverNarrow(t *testing.T) {
	t.Parallel()
	wide := both(t, Printer{Format: FormatTable}, fleet())
	narrow := both(t, Printer{Format: FormatTable, Width: 20}, fleet())
	if !slices.Equal(wide["plain"], narrow["plain"]) || !strings.Contains(narrow["library"][1], "https://github.example.com/acme") {
		t.Errorf("got %q", narrow)
	}
}

// In each row the state begins in the same column of the screen, whatever stands before it.
func TestColumnsStayAligned(t *testing.T) {
	t.Parallel()
	skipWhereAmbiguousIsWide(t)
	for name, p := range map[string]Printer{
		"pipe": {}, "terminal": {Terminal: true, Width: 200}, "narrow": {Terminal: true, Width: 74}, "in colour": {Terminal: true, Width: 74, Color: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p.Format = FormatTable
			for writer, lines := range both(t, p, fleet()) {
				lines = lines[:len(lines)-1]
				begins := map[int]bool{}
				for n, line := range lines {
					word := []string{"STATE", "enabled", "disabled", "enabled", "enabled"}[n]
					before, _, found := strings.Cut(unpainted(line), word)
					if !found {
						t.Fatalf("%s: no %s in %q", writer, word, line)
					}
					begins[screenWidth(before)] = true
				}
				if len(begins) != 1 {
					t.Errorf("%s: states begin in %v:\n%s", writer, begins, strings.Join(lines, "\n"))
				}
			}
		})
	}
}

func unpainted(line string) string {
	for _, style := range []Style{StyleBold, StyleDim, StyleBad, StyleGood, StyleWarn} {
		line = strings.ReplaceAll(line, style.begin(), "")
	}
	return strings.ReplaceAll(line, styleReset, "")
}

// screenWidth knows the odd characters of fleet by heart: how terminals that show a cluster as one character do it.
func screenWidth(text string) int {
	width := 0
	for _, odd := range []struct {
		text  string
		width int
	}{
		{"👨‍👩‍👧", 2},
		{"ﾊﾟ", 2},
		{"ﾋﾟ", 2},
		{"ﾌﾟ", 2},
		{"e\u0301", 1},
		{"กำ", 2},
		{"1️⃣", 2},
		{"🇩🇪", 2},
		{"👍🏽", 2},
		{"한", 2},
		{"글", 2},
		{"ᄒ\u1161ᆫ", 2},
		{"क्षि", 2},
		{"⚠️", 2},
		{"❤️‍🔥", 2},
		{"🏳️‍🌈", 2},
		{"…", 1},
	} {
		width += odd.width * strings.Count(text, odd.text)
		text = strings.ReplaceAll(text, odd.text, "")
	}
	for _, r := range text {
		width++
		if r >= 0x3000 && r < 0xff00 {
			width++
		}
	}
	return width
}

func TestFit(t *testing.T) {
	t.Parallel()
	r := ruler{displaywidth.Options{}}
	for _, tt := range []struct {
		text  string
		limit int
		want  string
	}{
		{"payments-backend", 8, "payment…"},
		{"東京ガスのリポジトリ", 8, "東京ガ…"},
		{"東京ガスのリポジトリ", 7, "東京ガ…"},
		{"👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 5, "👨‍👩‍👧👨‍👩‍👧…"},
		{"e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301…"},
		{"กำกำกำ", 4, "กำ…"},
		{"ab", 1, "…"},
	} {
		got := r.fit(tt.text, tt.limit)
		if got != tt.want || r.width(got) > tt.limit {
			t.Errorf("fit(%q, %d) = %q, want %q", tt.text, tt.limit, got, tt.want)
		}
	}
}

// A terminal that shows ambiguous characters wide gets shorter text.
func TestFitWhereAmbiguousIsWide(t *testing.T) {
	t.Parallel()
	r := ruler{displaywidth.Options{EastAsianWidth: true}}
	if got := r.fit("××××", 6); got != "××…" || r.width(got) != 6 {
		t.Errorf("got %q", got)
	}
}

func FuzzFit(f *testing.F) {
	f.Add("東京ガス", 5)
	f.Add("👨‍👩‍👧a\u0301", 3)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		r := ruler{displaywidth.Options{}}
		text = Visible(text)
		if limit < 1 || limit >= r.width(text) {
			return
		}
		if got := r.fit(text, limit); r.width(got) > limit || !strings.HasPrefix(text, strings.TrimSuffix(got, "…")) {
			t.Errorf("fit(%q, %d) = %q, which is %d wide", text, limit, got, r.width(got))
		}
	})
}
