package term

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/clipperhouse/displaywidth"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

const (
	// slowStep is when a step has taken so long that the seconds are counted.
	slowStep = 2 * time.Second
	// minProgressWidth is the width in columns below which a terminal has no room for progress.
	minProgressWidth = 20
	// freeColumns stay free behind the transient line: two for the ^C that a terminal shows, and the last one, for a terminal that
	// wraps there would leave a line behind.
	freeColumns = 3
	// unknownWidth is taken for a terminal that does not tell its width.
	unknownWidth = 80

	clearLine  = "\r" + clearToEnd
	clearToEnd = "\x1b[K"
)

// ProgressOptions say how [Progress] is shown.
type ProgressOptions struct {
	// Visible replaces what a terminal would obey in a step. Nil means that no step has text from outside.
	Visible func(string) string
	// Say writes a permanent line, without its line end. Nil means to Streams.Err, through Visible.
	Say func(line string)
	// Getenv looks up the environment: TERM=dumb is a terminal that cannot redraw a line. Nil means that nothing is set.
	Getenv func(string) string
	// Plain writes as into a log also on a terminal, because others write to it meanwhile.
	Plain bool
	// Quiet shows no steps.
	Quiet bool
	// Results says that each step ends in a line of its own by Say, so that a log needs none for its begin.
	Results bool
}

// Progress tells a person what a long piece of work does. On a terminal the step under way is one transient line, redrawn in
// place and gone before anything permanent is written; in a log each step is a line. It may be used by several goroutines.
// No other writer may use the terminal between Step and Close.
type Progress struct {
	out   io.Writer
	o     ProgressOptions
	live  bool // the transient line is redrawn
	lines bool // each step is a line
	width func() int

	mu          sync.Mutex
	step        string
	done, total int
	begun       time.Time
	ticker      *time.Timer // nil while there is no step
	drawn       bool        // the transient line is on the screen
	closed      bool
}

// NewProgress returns progress on Err: live on a terminal, and in lines elsewhere. It shows nothing yet. Close ends it.
func (s Streams) NewProgress(o ProgressOptions) *Progress {
	dumb := o.Getenv != nil && o.Getenv("TERM") == "dumb"
	live := IsTerminal(s.Err) && !dumb && !o.Plain && !o.Quiet
	return &Progress{
		out: s.Err, o: o, live: live, lines: !live && !o.Quiet && !o.Results,
		width: func() int { return columns(s.Err) },
	}
}

// Count says which of how many items the next steps are about: "[2/5]". A total of 0 takes it away.
func (p *Progress) Count(number, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = number, total
	if p.ticker != nil {
		p.draw()
	}
}

// Step says what is being done from now on. On a terminal a step that takes longer than two seconds shows how long.
func (p *Progress) Step(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.step = fmt.Sprintf(format, args...)
	if p.o.Visible != nil {
		p.step = p.o.Visible(p.step)
	}
	switch {
	case p.lines:
		p.write(p.counted() + p.step + "\n")
	case p.live:
		p.begin()
	}
}

func (p *Progress) begin() {
	p.begun = time.Now()
	if p.ticker != nil {
		p.ticker.Stop()
	}
	p.ticker = time.AfterFunc(time.Second, p.tick)
	p.draw()
}

// tick counts the seconds.
func (p *Progress) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ticker == nil {
		return // closed while the tick waited
	}
	p.draw()
	p.ticker.Reset(time.Second)
}

// Say writes a permanent line above the step that is under way.
func (p *Progress) Say(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	switch {
	case p.o.Say != nil:
		p.o.Say(line)
	case p.o.Visible != nil:
		p.write(p.o.Visible(line) + "\n")
	default:
		p.write(line + "\n")
	}
	if p.ticker != nil {
		p.draw()
	}
}

// Done ends the step: until the next one there is no transient line.
func (p *Progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
}

// Close takes the transient line away for good. It may be called twice.
func (p *Progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	p.closed = true
}

func (p *Progress) end() {
	if p.ticker != nil {
		p.ticker.Stop()
		p.ticker = nil
	}
	p.clear()
}

func (p *Progress) clear() {
	if p.drawn {
		p.write(clearLine)
		p.drawn = false
	}
}

// draw writes the transient line over the one that is there, in one piece.
func (p *Progress) draw() {
	if !p.live {
		return
	}
	width := p.width()
	if width < minProgressWidth {
		p.clear()
		return
	}
	p.write("\r" + p.line(width-freeColumns) + clearToEnd)
	p.drawn = true
}

// line is what is shown: "[2/5] update integration … 12s". Where it is too long, the step is cut.
func (p *Progress) line(limit int) string {
	before, after := p.counted(), ""
	if elapsed := time.Since(p.begun); elapsed >= slowStep {
		after = " … " + elapsed.Truncate(time.Second).String()
	}
	return cut(before+cut(p.step, limit-widthOf(before)-widthOf(after))+after, limit)
}

func (p *Progress) counted() string {
	if p.total == 0 {
		return ""
	}
	return fmt.Sprintf("[%d/%d] ", p.done, p.total)
}

func (p *Progress) write(text string) { _, _ = io.WriteString(p.out, text) } // progress that cannot be shown changes no result

// ClearLine erases what is written on the current line of Err, if that is a terminal. It is for a process that ends at once,
// while progress may be on the screen.
func (s Streams) ClearLine() {
	if IsTerminal(s.Err) {
		_, _ = io.WriteString(s.Err, "\r"+strings.Repeat(" ", columns(s.Err)-1)+"\r") // no escapes: the terminal may be dumb
	}
}

// columns returns the width in columns of a terminal.
func columns(stream any) int {
	if width := widthOfTerminal(stream); width > 0 {
		return width
	}
	return unknownWidth
}

// cut shortens text that is wider than limit columns, between characters. Text counts as wide as any terminal may show it,
// also one that does not join emoji: a line that is cut too early does no harm, a line that wraps stays behind.
func cut(text string, limit int) string {
	const more = "…"
	if widthOf(text) <= limit {
		return text
	}
	room := limit - widthOf(more)
	if room < 0 {
		return ""
	}
	end := 0
	clusters := displaywidth.StringGraphemes(text)
	for clusters.Next() {
		room -= widthOf(clusters.Value())
		if room < 0 {
			break
		}
		end += len(clusters.Value())
	}
	return text[:end] + more
}

// widthOf returns the columns that text takes at most. What a terminal of Chinese, Japanese or Korean shows wide, the table
// library finds out.
func widthOf(text string) int {
	options := displaywidth.Options{EastAsianWidth: twwidth.IsEastAsian()}
	total := 0
	clusters := options.StringGraphemes(text)
	for clusters.Next() {
		all := 0
		for _, r := range clusters.Value() {
			all += options.Rune(r)
		}
		total += max(all, clusters.Width())
	}
	return total
}
