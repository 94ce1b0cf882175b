package term_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clipperhouse/displaywidth"

	"github.com/gijctl/gijctl/internal/term"
)

const eraseLine = "\r\x1b[K"

// draw is how a transient line reaches the terminal.
func draw(text string) string { return "\r" + text + "\x1b[K" }

func wide(columns int) func() int { return func() int { return columns } }

// rows is what a terminal shows in the end of what was written to it.
func rows(text string) []string {
	lines := []string{""}
	for _, part := range strings.SplitAfter(text, "\n") {
		for n, piece := range strings.Split(strings.TrimSuffix(part, "\n"), "\r") {
			last := len(lines) - 1
			if n > 0 && piece != "" {
				lines[last] = "" // each line that is written over another one is erased to its end
			}
			lines[last] += strings.ReplaceAll(piece, "\x1b[K", "")
		}
		if strings.HasSuffix(part, "\n") {
			lines = append(lines, "")
		}
	}
	return lines
}

func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		work func(*term.Progress)
		want string
	}{
		{"nothing", func(*term.Progress) {}, ""},
		{"a step", func(p *term.Progress) { p.Step("read %d", 5) }, draw("read 5") + eraseLine},
		{
			"two steps, counted", func(p *term.Progress) {
				p.Count(1, 2)
				p.Step("a")
				p.Count(2, 2)
				p.Step("b")
			}, draw("[1/2] a") + draw("[2/2] a") + draw("[2/2] b") + eraseLine,
		},
		{
			"a permanent line", func(p *term.Progress) {
				p.Step("a")
				p.Say("found")
			}, draw("a") + eraseLine + "found\n" + draw("a") + eraseLine,
		},
		{"a permanent line and no step", func(p *term.Progress) { p.Say("found") }, "found\n"},
		{
			"a step that is done", func(p *term.Progress) {
				p.Step("a")
				p.Done()
				p.Say("a is done")
			}, draw("a") + eraseLine + "a is done\n",
		},
		{
			"after the end", func(p *term.Progress) {
				p.Step("a")
				p.Close()
				p.Step("b")
				p.Count(1, 2)
				p.Say("still said")
			}, draw("a") + eraseLine + "still said\n",
		},
		{"hostile text", func(p *term.Progress) { p.Step("a\x1b[31m\n%s", "\r") }, draw(`"a\x1b[31m\n\r"`) + eraseLine},
		{"a hostile line", func(p *term.Progress) { p.Say("\x1b[31m") }, `"\x1b[31m"` + "\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			p := term.LiveProgress(&out, term.ProgressOptions{Visible: visible}, wide(80))
			tt.work(p)
			p.Close()
			p.Close()
			if out.String() != tt.want {
				t.Errorf("got  %q\nwant %q", out.String(), tt.want)
			}
			if shown := rows(out.String()); shown[len(shown)-1] != "" {
				t.Errorf("left behind: %q", shown)
			}
		})
	}
}

// visible stands for render.Visible.
func visible(text string) string {
	if quoted := fmt.Sprintf("%q", text); quoted != `"`+text+`"` {
		return quoted
	}
	return text
}

func TestProgressCountsSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := term.LiveProgress(&out, term.ProgressOptions{}, wide(80))
		p.Step("ask")
		<-time.After(3*time.Second + 500*time.Millisecond)
		p.Step("read")
		<-time.After(61*time.Second + 500*time.Millisecond)
		p.Close()
		<-time.After(time.Hour)
		want := draw("ask") + draw("ask") + draw("ask … 2s") + draw("ask … 3s") + draw("read") + draw("read") + draw("read … 2s")
		if !strings.HasPrefix(out.String(), want) {
			t.Errorf("got %q", out.String())
		}
		if want := draw("read … 1m0s") + draw("read … 1m1s") + eraseLine; !strings.HasSuffix(out.String(), want) {
			t.Errorf("got %q", out.String())
		}
	})
}

// The line leaves room for the ^C that a terminal shows behind it.
func TestProgressFits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, step string
		width      int
		want       string
	}{
		{"exactly", "01234567890", 20, "[3/9] 01234567890"},
		{"one more", "012345678901", 20, "[3/9] 0123456789…"},
		{"East Asian", strings.Repeat("東京", 20), 20, "[3/9] 東京東京東…"},
		{"emoji of several", strings.Repeat("👨‍👩‍👧", 20), 20, "[3/9] 👨‍👩‍👧…"},
		{"combining marks", strings.Repeat("e\u0301", 20), 20, "[3/9] " + strings.Repeat("e\u0301", 10) + "…"},
		{"no room", "update", 19, ""},
		{"none at all", "update", 1, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			p := term.LiveProgress(&out, term.ProgressOptions{}, wide(tt.width))
			p.Count(3, 9)
			p.Step("%s", tt.step)
			shown := rows(out.String())
			p.Close()
			if len(shown) != 1 || shown[0] != tt.want || tt.want != "" && displaywidth.String(shown[0]+"^C") >= tt.width {
				t.Errorf("shown %q, want %q", shown, tt.want)
			}
			if tt.want == "" && out.Len() > 0 {
				t.Errorf("wrote %q", out.String())
			}
		})
	}
}

// The count and the seconds stay when the step is cut, and the line keeps inside a window that is made narrower.
func TestProgressWhileTheWindowShrinks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		var width atomic.Int32
		width.Store(40)
		p := term.LiveProgress(&out, term.ProgressOptions{}, func() int { return int(width.Load()) })
		p.Count(10, 10)
		p.Step("update %q", "Acme GitLab of the platform team")
		<-time.After(2100 * time.Millisecond)
		synctest.Wait()
		if want := draw(`[10/10] update "Acme GitLab of … … 2s`); !strings.HasSuffix(out.String(), want) {
			t.Errorf("got %q", out.String())
		}
		width.Store(25)
		<-time.After(time.Second)
		synctest.Wait()
		if want := draw(`[10/10] update "… … 3s`); !strings.HasSuffix(out.String(), want) {
			t.Errorf("got %q", out.String())
		}
		width.Store(10)
		<-time.After(time.Second)
		p.Close()
		if want := "3s\x1b[K" + eraseLine; !strings.HasSuffix(out.String(), want) {
			t.Errorf("got %q", out.String())
		}
	})
}

func TestProgressInALog(t *testing.T) {
	t.Parallel()
	dumb := func(name string) string { return map[string]string{"TERM": "dumb"}[name] }
	for _, tt := range []struct {
		name string
		o    term.ProgressOptions
		want string
	}{
		{"log", term.ProgressOptions{}, "[1/2] a\nfound\n[2/2] b\n"},
		{"dumb", term.ProgressOptions{Getenv: dumb}, "[1/2] a\nfound\n[2/2] b\n"},
		{"steps that end in a line", term.ProgressOptions{Results: true}, "found\n"},
		{"quiet", term.ProgressOptions{Quiet: true}, "found\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				p := term.Streams{Err: &out}.NewProgress(tt.o)
				p.Count(1, 2)
				p.Step("a")
				<-time.After(time.Minute)
				p.Say("found")
				p.Count(2, 2)
				p.Step("b")
				p.Done()
				p.Close()
				if out.String() != tt.want {
					t.Errorf("got %q, want %q", out.String(), tt.want)
				}
			})
		})
	}
}

// Somebody else may write the permanent lines, or keep them.
func TestProgressSays(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	var said []string
	p := term.LiveProgress(&out, term.ProgressOptions{Say: func(line string) { said = append(said, line) }}, wide(80))
	p.Step("a")
	p.Say("one")
	p.Close()
	p.Say("two")
	if want := draw("a") + eraseLine + draw("a") + eraseLine; out.String() != want || !slices.Equal(said, []string{"one", "two"}) {
		t.Errorf("got %q, said %q", out.String(), said)
	}
}

func TestProgressOfMany(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := term.LiveProgress(&out, term.ProgressOptions{}, wide(80))
	var group sync.WaitGroup
	for n := range 20 {
		group.Go(func() {
			p.Count(n, 20)
			p.Step("step %d", n)
			p.Say(fmt.Sprintf("said %d", n))
		})
	}
	group.Wait()
	p.Close()
	shown := rows(out.String())
	slices.Sort(shown)
	var want []string
	for n := range 20 {
		want = append(want, fmt.Sprintf("said %d", n))
	}
	if want = append(want, ""); !slices.Equal(shown, slices.Sorted(slices.Values(want))) {
		t.Errorf("shown: %q", shown)
	}
}
