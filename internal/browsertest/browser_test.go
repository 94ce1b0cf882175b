package browsertest

import (
	"context"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

const (
	// patience is how long a test waits for a page, on a machine that is busy.
	patience = 30 * time.Second
	// The browser's window. A picture of a page is as high as the page, but not lower than this.
	width, height = 760, 400
)

// tab is one tab of a browser that belongs to the test.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	problems []string // what the console said
}

// newBrowser starts a browser with a profile of its own, whose only network is this machine.
func newBrowser(t *testing.T) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"),
		chromedp.Flag("disable-component-update", true),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(width, height))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	return openTab(allocator, t)
}

// newTab opens one more tab of the same browser.
func (b *tab) newTab() *tab {
	b.t.Helper()
	return openTab(b.ctx, b.t)
}

func openTab(parent context.Context, t *testing.T) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	b.do(chromedp.EmulateViewport(width, height))
	console := chromedp.Console(ctx)
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			b.mu.Lock()
			b.problems = append(b.problems, m.String())
			b.mu.Unlock()
		}
	}()
	return b
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("there is no chromium; on Debian: apt-get install -y --no-install-recommends chromium")
	return ""
}

// close closes the tab as a person does.
func (b *tab) close() {
	b.t.Helper()
	if err := chromedp.Cancel(b.ctx); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(b.within(ctx), steps...); err != nil {
		b.t.Fatalf("%v\nThe page:\n%s", err, b.html())
	}
}

// within keeps the first use of a context, which starts the browser, from ending it with a time limit.
func (b *tab) within(limited context.Context) context.Context {
	if chromedp.FromContext(b.ctx).Target == nil {
		return b.ctx
	}
	return limited
}

func (b *tab) html() string {
	ctx, cancel := context.WithTimeout(b.ctx, time.Second)
	defer cancel()
	source, err := chromedp.Run(ctx, chromedp.OuterHTML(chromedp.CSS("html")))
	if err != nil {
		return err.Error()
	}
	return source
}

func (b *tab) open(address string) {
	b.t.Helper()
	b.do(chromedp.Navigate(address))
}

// click presses what a selector names, and waits until the next page is there, and says a text.
func (b *tab) click(selector, next string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.Click(chromedp.CSS(selector)))); err != nil {
		b.t.Fatalf("%v\nThe page:\n%s", err, b.html())
	}
	b.see(next)
}

// see waits until the page says a text.
func (b *tab) see(text string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(chromedp.Search(`//body[contains(normalize-space(.), "` + text + `")]`)))
}

// address is what the address bar has, also of a page that could not be opened.
func (b *tab) address() string {
	b.t.Helper()
	history, err := chromedp.Run(b.ctx, chromedp.NavigationEntries())
	if err != nil {
		b.t.Fatal(err)
	}
	return history.Entries[history.CurrentIndex].URL
}

// eval asks the page, also where its policy forbids it scripts.
func eval[T any](b *tab, script string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.t.Fatal(err)
	}
	return value
}

func (b *tab) withoutScripts() *tab {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return chromedp.Void{}, err
	}); err != nil {
		b.t.Fatal(err)
	}
	return b
}

func (b *tab) dark() *tab {
	b.t.Helper()
	dark := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}
	if _, err := chromedp.Run(b.ctx, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, dark)
		return chromedp.Void{}, err
	}); err != nil {
		b.t.Fatal(err)
	}
	return b
}

// expectQuiet fails if the console has something to say: a policy that forbids what the page needs, say.
func (b *tab) expectQuiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.problems) > 0 {
		b.t.Errorf("the console says:\n%s", strings.Join(b.problems, "\n"))
	}
}

// awaitProblem waits until the console says something about a text.
func (b *tab) awaitProblem(text string) {
	b.t.Helper()
	said := func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return strings.Contains(strings.Join(b.problems, "\n"), text)
	}
	for late := time.Now().Add(patience); !said(); {
		if time.Now().After(late) {
			b.t.Fatalf("the console does not say %q", text)
		}
		b.do(chromedp.Sleep(20 * time.Millisecond))
	}
}
