package report_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/oxgen/oxgen/internal/pyexec"
)

// browser opens a page in Chromium and returns it, and a function that returns what
// the browser complained about and what it asked the network for.
func browser(t *testing.T, page []byte) (*tab, func() []string) {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := pyexec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("there is no Chromium")
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, page, 0o666); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1400, 1000))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	var mu sync.Mutex
	var seen []string
	note := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, fmt.Sprintf(format, args...))
	}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, "file://"+file) && !strings.HasPrefix(e.Request.URL, "data:") {
				note("request: %s", e.Request.URL)
			}
		case *runtime.EventConsoleAPICalled:
			note("console: %s %v", e.Type, e.Args)
		case *runtime.EventExceptionThrown:
			note("exception: %s", e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			note("log: %s", e.Entry.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+file)); err != nil {
		t.Fatal(err)
	}
	return &tab{t: t, ctx: ctx}, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), seen...)
	}
}

// A tab is a page that is used. Selectors are those of CSS.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func (p *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

func (p *tab) click(selector string) {
	p.t.Helper()
	p.do("click on "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// text returns what a script says.
func (p *tab) text(script string) string {
	p.t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](script))
	if err != nil {
		p.t.Fatalf("%s: %v", script, err)
	}
	return text
}

// until waits until the text of the first element that a selector means has a part.
func (p *tab) until(selector, part string) {
	p.t.Helper()
	last := ""
	for p.ctx.Err() == nil {
		last = p.text(fmt.Sprintf("String(document.querySelector(%q)?.textContent)", selector))
		if strings.Contains(last, part) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatalf("%s has the text %q, without %q", selector, last, part)
}

// TestBrowser uses the page as people do.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	t.Parallel()
	p, seen := browser(t, page(t, sample()))
	p.until(".sizes", "libpython and Go")

	p.click(`#map g.cell[data-name="shop 1.0"]`) // a click zooms
	p.until(".crumbs", "shop 1.0550 B")
	if got := p.text(`document.querySelector(".sizes").textContent`); strings.Contains(got, "libpython") {
		t.Errorf("after a click the list has %q", got)
	}
	p.do("Escape", chromedp.KeyEvent("\u001b"))
	p.until(".sizes", "libpython and Go")
	p.click(".sizes button") // and so does the list
	p.until(".crumbs", "›")

	p.click("#tab-imports")
	p.until("#about", "the program runs it")
	p.do("search", chromedp.SendKeys(chromedp.CSS("#search"), "DECOD"))
	p.until("#found li:last-child", "json.decoder")
	p.do("Enter", chromedp.SendKeys(chromedp.CSS("#search"), "\r"))
	p.until("#why", "shop – the program runs it (run)")
	p.until("#why", "json.decoder imported by json (line 9, only: function, tried)")

	p.click("#tab-missing")
	p.until("tbody", hostile) // the one that is needed
	p.click("#needed")
	p.until("tbody", "ujson")
	p.click("#tab-licences")
	p.until("tbody", "“"+hostile+"”")
	p.click("#tab-native")
	p.until("tbody", "shop/_fast.so")
	p.click("#tab-files")
	p.until("tbody", "excluded")
	p.click("#theme")
	p.click("#tab-size")
	p.until(".tiles", "executable")

	for script, want := range map[string]string{
		`document.title`: hostile + " – oxgen report",
		`document.querySelector("h1").textContent`:                            hostile,
		`String(window.broken)`:                                               "undefined",
		`String(document.querySelectorAll("script,img").length)`:              "2",
		`getComputedStyle(document.documentElement).colorScheme`:              "dark",
		`document.querySelector(".facts dt").textContent`:                     "Python",
		`String(/\[object/.test(document.querySelector("main").textContent))`: "false",
		`String(document.documentElement.scrollWidth <= window.innerWidth)`:   "true",
	} {
		if got := p.text(script); got != want {
			t.Errorf("%s is %q, want %q", script, got, want)
		}
	}
	if got := seen(); len(got) > 0 {
		t.Errorf("the browser says:\n%s", strings.Join(got, "\n"))
	}
}
