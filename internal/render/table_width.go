package render

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

const (
	columnGap = 2
	// minColumnWidth is what a shortened column keeps, so that its text can still be recognised.
	minColumnWidth = 8
	// minColumns is how many columns stay, however narrow the terminal is: what tells the rows apart.
	minColumns = 2
	// maxClusterWidth is the width of whatever a terminal shows as one character.
	maxClusterWidth = 2
)

// ruler measures text as a terminal shows it.
type ruler struct{ options displaywidth.Options }

// newRuler returns the ruler of a terminal, or that of a pipe. A Chinese terminal may show ambiguous characters wide; the
// table library finds that out.
func newRuler(terminal bool) ruler {
	return ruler{displaywidth.Options{EastAsianWidth: terminal && twwidth.IsEastAsian()}}
}

// width returns the columns that text takes. The text has no control characters.
func (r ruler) width(text string) int {
	begin, end := beyondASCII(text)
	if begin == end {
		return len(text)
	}
	width := len(text) - (end - begin)
	clusters := r.options.StringGraphemes(text[begin:end])
	for clusters.Next() {
		width += r.cluster(clusters.Value(), clusters.Width())
	}
	return width
}

// beyondASCII returns where the part of a text lies that is not one column a byte, with the letter before it, which may
// carry an accent.
func beyondASCII(text string) (begin, end int) {
	for begin < len(text) && text[begin] < utf8.RuneSelf {
		begin++
	}
	if begin == len(text) {
		return 0, 0
	}
	for end = len(text); text[end-1] < utf8.RuneSelf; {
		end--
	}
	return max(0, begin-1), end
}

// cluster returns the width of one character as a reader sees it. displaywidth takes that of the first code point, which is
// wrong where a following one has ink beside it (ﾊﾟ, กำ): what all of them take, up to two columns, is what terminals show.
func (r ruler) cluster(text string, width int) int {
	if width >= maxClusterWidth || len(text) == 1 {
		return width
	}
	all := 0
	for _, c := range text {
		all += r.options.Rune(c)
	}
	return max(width, min(all, maxClusterWidth))
}

// fit shortens text that is wider than its column, between characters.
func (r ruler) fit(text string, limit int) string {
	const more = "…"
	limit -= r.width(more)
	width, end := 0, 0
	clusters := r.options.StringGraphemes(text)
	for clusters.Next() {
		width += r.cluster(clusters.Value(), clusters.Width())
		if width > limit {
			break
		}
		end += len(clusters.Value())
	}
	return text[:end] + more
}

// narrow decides which columns fit on the terminal, and how wide each is. Columns that do not fit even when all that may be
// shortened are as short as they can be are left out from the right, where the less important ones are. Those asked for by
// name stay, and so does every column of -o wide: who asks for all wants to read it, be it in two lines.
func (p *Printer) narrow(t *table) {
	if !p.Terminal || p.Width <= 0 || p.Format == FormatWide {
		return
	}
	if len(p.Columns) == 0 {
		t.shown = howMany(t.widest, t.fixed, p.Width)
	}
	t.widest = shrink(t.widest[:t.shown], t.fixed, p.Width)
}

// howMany returns how many columns, counted from the left, fit in limit columns of the terminal.
func howMany(natural []int, fixed []bool, limit int) int {
	least := capped(natural, fixed, minColumnWidth)
	shown := len(least)
	for shown > minColumns && sum(least[:shown])+(shown-1)*columnGap > limit {
		shown--
	}
	return shown
}

// sayLeftOut tells of the columns for which there was no room.
func (p *Printer) sayLeftOut(headers []string) error {
	if len(headers) == 0 || p.Quiet || p.Err == nil {
		return nil
	}
	return leftOutNote(p.Err, headers)
}

func leftOutNote(w io.Writer, headers []string) error {
	what, them := "1 column does", "it"
	if len(headers) > 1 {
		what, them = fmt.Sprintf("%d columns do", len(headers)), "them"
	}
	_, err := fmt.Fprintf(w, "note: %s not fit here: %s; see %s with -o wide or --columns\n", what, strings.Join(headers, ", "), them)
	return err
}

// shrink returns column widths with which a line has at most limit columns. The widest columns give way first, all to the
// same width; right-aligned ones never, because a shortened number is a wrong number, nor those to be kept. When even that
// is too wide, lines are longer than the terminal.
func shrink(natural []int, fixed []bool, limit int) []int {
	room := limit - (len(natural)-1)*columnGap
	if sum(natural) <= room {
		return natural
	}
	tooWide := sort.Search(slices.Max(natural), func(width int) bool { return sum(capped(natural, fixed, width)) > room })
	width := max(minColumnWidth, tooWide-1)
	widths := capped(natural, fixed, width)
	// What is left is less than a column each for those that were shortened.
	left := room - sum(widths)
	for i := range widths {
		if left > 0 && widths[i] < natural[i] {
			widths[i]++
			left--
		}
	}
	return widths
}

func capped(natural []int, fixed []bool, width int) []int {
	widths := slices.Clone(natural)
	for i := range widths {
		if !fixed[i] {
			widths[i] = min(widths[i], width)
		}
	}
	return widths
}

func sum(widths []int) int {
	total := 0
	for _, w := range widths {
		total += w
	}
	return total
}
