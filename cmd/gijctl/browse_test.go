package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/net/html"
)

// tab is a tab of a browser without scripts, in which the person of a script sits.
type tab struct {
	client  *http.Client
	address *url.URL
	page    *html.Node
	text    []byte
	status  int
}

func newTab() *tab {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // it does not fail
	}
	transport := &http.Transport{DialContext: dialLoopback, DisableKeepAlives: true}
	return &tab{client: &http.Client{Transport: transport, Jar: jar, Timeout: patience}}
}

// dialLoopback lets no test reach anything but this machine.
func dialLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%s is not on this machine", address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

// cmdBrowse plays a person in a browser:
//
//	browse ADDRESS|FILE|@PROCESS         opens a page; @PROCESS is the last address alone on a line of what that one wrote
//	browse press BUTTON [FIELD=VALUE]…   submits the form with that button; the value of a box to tick is its label
//	browse follow LINK                   follows a link
//
// The files page and address have what is shown afterwards. With ! the page must be one that tells an error.
func cmdBrowse(ts *testscript.TestScript, neg bool, args []string) {
	s := scriptOf(ts)
	if s.tab == nil {
		s.tab = newTab()
	}
	var err error
	switch {
	case len(args) >= 2 && args[0] == "press":
		err = s.tab.press(args[1], args[2:])
	case len(args) == 2 && args[0] == "follow":
		err = s.tab.follow(args[1])
	case len(args) == 1 && strings.HasPrefix(args[0], "@"):
		err = s.tab.get(s.addressFrom(ts, args[0][1:]))
	case len(args) == 1 && strings.HasPrefix(args[0], "http"):
		err = s.tab.get(args[0])
	case len(args) == 1:
		err = s.tab.load([]byte(ts.ReadFile(args[0])))
	default:
		ts.Fatalf("usage: browse ADDRESS|FILE|@PROCESS, browse press BUTTON [FIELD=VALUE]…, browse follow LINK")
	}
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("page"), s.tab.text, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("address"), []byte(s.tab.address.String()+"\n"), 0o600))
	if isError := s.tab.status >= http.StatusBadRequest; isError != neg {
		ts.Fatalf("%s answers %d:\n%s", s.tab.address, s.tab.status, s.tab.text)
	}
}

// addressFrom waits for an address that stands alone on a line of a process's output.
func (s *script) addressFrom(ts *testscript.TestScript, name string) string {
	p := s.process(ts, name)
	pattern := regexp.MustCompile(`(?m)^(https?://\S+)$`)
	find := func() []string { return pattern.FindAllString(p.stderr.String(), -1) }
	if !eventually(func() bool { return len(find()) > 0 }, p.ended) {
		ts.Fatalf("no address was written: %s", p.stderr.String())
	}
	all := find()
	return all[len(all)-1]
}

func (t *tab) load(text []byte) error {
	page, err := html.Parse(bytes.NewReader(text))
	t.address, t.page, t.text, t.status = &url.URL{Scheme: "file"}, page, text, http.StatusOK
	return err
}

func (t *tab) get(address string) error {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	return t.send(request)
}

// send asks, follows redirects, and pages that reload themselves. An address that nobody answers is shown as a browser does.
func (t *tab) send(request *http.Request) error {
	for range 100 {
		request.Header.Set("User-Agent", "Mozilla/5.0 (script)")
		answer, err := t.client.Do(request)
		var failed *url.Error
		if errors.As(err, &failed) {
			t.address, err = url.Parse(failed.URL)
			t.text, t.page, t.status = []byte("this page cannot be reached\n"), &html.Node{Type: html.DocumentNode}, http.StatusOK
			return err
		}
		if err != nil {
			return err
		}
		text, err := io.ReadAll(answer.Body)
		if err := errors.Join(err, answer.Body.Close()); err != nil {
			return err
		}
		if err := t.load(text); err != nil {
			return err
		}
		t.address, t.status = answer.Request.URL, answer.StatusCode
		if find(t.page, func(n *html.Node) bool { return n.Data == "meta" && attribute(n, "http-equiv") == "refresh" }) == nil {
			return nil
		}
		if request, err = http.NewRequestWithContext(context.Background(), http.MethodGet, t.address.String(), nil); err != nil {
			return err
		}
	}
	return errors.New("the page reloads itself for ever")
}

// follow follows the link of a text.
func (t *tab) follow(text string) error {
	link := find(t.page, func(n *html.Node) bool { return n.Data == "a" && strings.Contains(textOf(n), text) })
	if link == nil {
		return fmt.Errorf("there is no link %q at %s:\n%s", text, t.address, t.text)
	}
	to, err := t.address.Parse(attribute(link, "href"))
	if err != nil {
		return err
	}
	return t.get(to.String())
}

// press submits the form that has a button of a text, with some of its fields filled.
func (t *tab) press(text string, fill []string) error {
	isButton := func(n *html.Node) bool {
		return n.Data == "button" && strings.Contains(textOf(n), text) || n.Data == "input" && attribute(n, "type") == "submit" && attribute(n, "value") == text
	}
	form := find(t.page, func(n *html.Node) bool { return n.Data == "form" && find(n, isButton) != nil })
	if form == nil {
		return fmt.Errorf("there is no button %q at %s:\n%s", text, t.address, t.text)
	}
	values := fieldsOf(form)
	if button := find(form, isButton); attribute(button, "name") != "" {
		values.Set(attribute(button, "name"), attribute(button, "value"))
	}
	for _, field := range fill {
		name, value, _ := strings.Cut(field, "=")
		input := find(form, func(n *html.Node) bool {
			return attribute(n, "name") == name && (attribute(n, "type") != "checkbox" || strings.Contains(textOf(n.Parent), value))
		})
		switch {
		case input == nil:
			return fmt.Errorf("the form has no field %q:\n%s", field, t.text)
		case attribute(input, "type") == "checkbox":
			values.Add(name, attribute(input, "value"))
		default:
			values.Set(name, value)
		}
	}
	to, err := t.address.Parse(attribute(form, "action"))
	if err != nil {
		return err
	}
	return t.submit(strings.ToUpper(attribute(form, "method")), to, values)
}

func (t *tab) submit(method string, to *url.URL, values url.Values) error {
	if method != http.MethodPost {
		to.RawQuery = values.Encode()
		return t.get(to.String())
	}
	request, err := http.NewRequestWithContext(context.Background(), method, to.String(), strings.NewReader(values.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", t.address.Scheme+"://"+t.address.Host)
	return t.send(request)
}

// fieldsOf are what a browser sends of a form that nobody has touched.
func fieldsOf(form *html.Node) url.Values {
	values := url.Values{}
	each(form, func(n *html.Node) bool {
		name, kind := attribute(n, "name"), attribute(n, "type")
		switch {
		case name == "" || kind == "submit":
		case n.Data == "textarea":
			values.Add(name, textOf(n))
		case n.Data != "input":
		case kind == "radio" || kind == "checkbox":
			if slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "checked" }) {
				values.Add(name, attribute(n, "value"))
			}
		default:
			values.Add(name, attribute(n, "value"))
		}
		return false
	})
	return values
}

// find returns the first element that fits, nil for none.
func find(n *html.Node, fits func(*html.Node) bool) *html.Node {
	var found *html.Node
	each(n, func(n *html.Node) bool {
		if n.Type == html.ElementNode && fits(n) {
			found = n
		}
		return found != nil
	})
	return found
}

func each(n *html.Node, stop func(*html.Node) bool) {
	for child := range n.Descendants() {
		if stop(child) {
			return
		}
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for child := range n.Descendants() {
		if child.Type == html.TextNode {
			b.WriteString(child.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
