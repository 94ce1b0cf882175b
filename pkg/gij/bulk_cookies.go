package gij

import (
	"net/http"
	"strings"
)

// maxCookies is how many cookies are kept of an answer, maxCookie the size of each in bytes: what browsers promise at least.
const (
	maxCookies = 50
	maxCookie  = 4096
)

// routeCookies are the cookies of an answer that may lead to the node that gave it. Which one does is the load balancer's
// affair; those that make a session are left out.
func routeCookies(res *http.Response) []BulkCookie {
	var kept []BulkCookie
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			continue // it was taken back
		}
		value := c.Value
		if c.Quoted {
			value = `"` + value + `"`
		}
		if b := (BulkCookie{Name: c.Name, Value: value}); b.mayBeSent() && len(kept) < maxCookies {
			kept = append(kept, b)
		}
	}
	return kept
}

// cookieHeader is what is sent of a thread's cookies. They may come from a file, so they are looked at again.
func (t BulkThread) cookieHeader() string {
	var parts []string
	for _, c := range t.Cookies {
		if c.mayBeSent() {
			parts = append(parts, c.Name+"="+c.Value)
		}
	}
	return strings.Join(parts, "; ")
}

// mayBeSent reports whether a cookie makes no session, and fits into a header.
func (c BulkCookie) mayBeSent() bool {
	if c.Name == "" || len(c.Name)+len(c.Value) > maxCookie || isSession(c.Name) {
		return false
	}
	value := c.Value
	if len(value) > 1 && strings.HasPrefix(value, `"`) && strings.HasSuffix(value, `"`) {
		value = value[1 : len(value)-1]
	}
	return isToken(c.Name) && isCookieValue(value)
}

// isSession knows the cookies of a login: Atlassian's rate limiter takes a client that has them for a browser.
func isSession(name string) bool {
	lower := strings.ToLower(name)
	return lower == "jsessionid" || lower == "atlassian.xsrf.token" || strings.HasPrefix(lower, "seraph.")
}

// isToken reports whether a name is one, in the words of RFC 9110.
func isToken(name string) bool {
	for _, c := range []byte(name) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return name != ""
}

// isCookieValue lets through what browsers do: more than RFC 6265 allows, and nothing that ends the value or the header.
func isCookieValue(value string) bool {
	for _, c := range []byte(value) {
		if c < ' ' || c >= 0x7f || c == '"' || c == ';' || c == '\\' {
			return false
		}
	}
	return true
}
