package sandbox

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// delivery is how an answer travels.
type delivery int

const (
	deliverWhole  delivery = iota
	deliverReset           // the connection is reset, nothing is sent
	deliverHang            // nothing is sent until the client leaves
	deliverShort           // the body ends before its Content-Length
	deliverBomb            // the body is a gzip bomb
	deliverSlowly          // the body drips
)

// Shapes of slow and hostile bodies.
const (
	slowPieces  = 8
	bombMembers = 64
	bombMember  = 16 << 20 // expanded bytes of one gzip member
)

// proxyFault takes a fault that a proxy shows for any request, or with writes-only for a write alone: a command reads
// before it writes, and would use a counted fault up.
func (c *call) proxyFault(name string) bool {
	return (!c.isRead() || !c.faults.has("writes-only")) && c.faults.take(name)
}

// before applies what stands before Jira. It reports true when that is the answer.
func (c *call) before() (answer, bool) {
	if !pause(c.r.Context(), c.faults.pause("latency")) {
		return answer{delivery: deliverReset}, true
	}
	if c.isRead() && c.faults.take("drop-read") || !c.isRead() && c.faults.take("drop-before-write") {
		return answer{delivery: deliverReset}, true
	}
	switch {
	case c.proxyFault("unavailable"):
		return c.tryLater(http.StatusServiceUnavailable), true
	case c.proxyFault("rate-limit"):
		return c.tryLater(http.StatusTooManyRequests), true
	case c.proxyFault("bad-gateway-before"):
		return htmlAnswer(http.StatusBadGateway, proxyPage("502 Bad Gateway")), true
	case c.faults.has("not-json"):
		return textAnswer(http.StatusOK, "Scheduled maintenance. This page is served by the proxy.\n"), true
	case c.faults.has("html-login") && c.path != "/login.jsp":
		return c.toLogin(), true
	case c.faults.has("redirect-rest") && c.isREST():
		return redirect(http.StatusMovedPermanently, c.s.other.url+c.r.URL.RequestURI()), true
	}
	return answer{}, false
}

func (c *call) tryLater(status int) answer {
	after := c.faults.value("retry-after")
	if after == "" {
		after = "1"
	}
	header := map[string]string{"Retry-After": after}
	if status == http.StatusServiceUnavailable {
		a := htmlAnswer(status, proxyPage("503 Service Temporarily Unavailable"))
		a.header = header
		return a
	}
	a := jiraMessage(status, "Rate limit exceeded.")
	header["X-RateLimit-Limit"] = "10"
	header["X-RateLimit-Remaining"] = "0"
	header["X-RateLimit-FillRate"] = "10"
	header["X-RateLimit-Interval-Seconds"] = "1"
	a.header = header
	return a
}

func (c *call) toLogin() answer {
	query := "?permissionViolation=true&os_destination=" + url.QueryEscape(c.r.URL.RequestURI())
	switch c.faults.value("html-login") {
	case "302":
		return redirect(http.StatusFound, c.base()+"/login.jsp"+query)
	case "302-other":
		return redirect(http.StatusFound, c.s.other.url+"/sso/login"+query)
	}
	return htmlAnswer(http.StatusOK, loginPage())
}

func redirect(status int, location string) answer {
	a := htmlAnswer(status, "")
	a.header = map[string]string{"Location": location}
	return a
}

// after applies what happens between Jira and the client.
func (c *call) after(a answer) answer {
	if wrote := !c.isRead() && a.status < http.StatusMultipleChoices; wrote {
		switch {
		case c.faults.take("drop-after-write"):
			return answer{delivery: deliverReset}
		case c.faults.take("hang-after-write"):
			return answer{delivery: deliverHang}
		case c.faults.take("empty-answer"):
			return textAnswer(http.StatusOK, "")
		}
	}
	if c.proxyFault("bad-gateway") {
		return htmlAnswer(http.StatusBadGateway, proxyPage("502 Bad Gateway"))
	}
	if a.status >= http.StatusMultipleChoices {
		return a
	}
	switch {
	case c.faults.has("truncate"):
		a.delivery = deliverShort
	case c.faults.has("gzip-bomb"):
		a.delivery = deliverBomb
	case c.faults.has("slow-body"):
		a.delivery = deliverSlowly
	}
	return a
}

// deliver sends the answer, or what a fault makes of it. Errors of writing are the client's leaving.
func (s *Server) deliver(w http.ResponseWriter, c *call, a answer) {
	switch a.delivery {
	case deliverReset:
		reset(w)
		return
	case deliverHang:
		<-c.r.Context().Done()
		reset(w)
		return
	case deliverWhole, deliverShort, deliverBomb, deliverSlowly:
	}
	s.writeHeader(w, c, a)
	switch a.delivery {
	case deliverBomb:
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(a.status)
		_ = writeBomb(w)
	case deliverShort:
		body := a.whole()
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(a.status)
		_, _ = w.Write(body[:len(body)/2]) // net/http then closes the connection
	case deliverSlowly:
		w.WriteHeader(a.status)
		drip(c.r.Context(), w, a.whole(), c.faults.pause("slow-body"))
	case deliverWhole, deliverReset, deliverHang:
		w.WriteHeader(a.status)
		a.writeTo(w)
	}
}

func (s *Server) writeHeader(w http.ResponseWriter, c *call, a answer) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "no-cache, no-store, no-transform")
	h.Set("X-AREQUESTID", "540x"+strconv.FormatInt(s.serial.Add(1), 10)+"x1")
	h.Set("X-ANODEID", "node1")
	if c.account.Name != "" {
		h.Set("X-AUSERNAME", c.account.Name)
		h.Set("X-Seraph-LoginReason", "OK")
		// Jira offers a session that nobody asked for. Whoever sends it back counts as a browser.
		h.Add("Set-Cookie", "JSESSIONID=0123456789ABCDEF0123456789ABCDEF; Path="+contextPath+"; HttpOnly")
		h.Add("Set-Cookie", "atlassian.xsrf.token=BP8Q-WAN6-9ZVG-2VRX_sandbox_lin; Path="+contextPath)
	}
	for _, cookie := range a.cookies {
		h.Add("Set-Cookie", cookie)
	}
	s.writeOdd(h, c.faults)
	for name, value := range a.header {
		h.Set(name, value)
	}
}

// writeOdd writes the headers that a fault wants on every answer.
func (s *Server) writeOdd(h http.Header, faults *faultSet) {
	if faults.has("clock") {
		h.Set("Date", s.now().Add(faults.pause("clock")).UTC().Format(http.TimeFormat))
	}
	if left := faults.value("rate-headers"); left != "" {
		h.Set("X-RateLimit-Limit", "100")
		h.Set("X-RateLimit-Remaining", left)
		h.Set("X-RateLimit-FillRate", "10")
		h.Set("X-RateLimit-Interval-Seconds", "1")
	}
}

func (a *answer) writeTo(w io.Writer) {
	if a.stream == nil {
		_, _ = w.Write(a.body)
		return
	}
	out := bufio.NewWriterSize(w, 32<<10)
	if a.stream(out) == nil {
		_ = out.Flush()
	}
}

func (a *answer) whole() []byte {
	var body bytes.Buffer
	a.writeTo(&body)
	return body.Bytes()
}

// reset ends the connection in a way that the client sees as an error, not as an end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// pause waits, and reports false when the client left or the server closes.
func pause(ctx context.Context, d time.Duration) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func drip(ctx context.Context, w http.ResponseWriter, body []byte, d time.Duration) {
	size := max(1, (len(body)+slowPieces-1)/slowPieces)
	for len(body) > 0 && pause(ctx, d) {
		n := min(size, len(body))
		if _, err := w.Write(body[:n]); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
		body = body[n:]
	}
}

// writeBomb writes gzip members one after the other, which is one gzip stream: JSON whose white space has no end.
func writeBomb(w io.Writer) error {
	head, err := gzipMember([]byte(`{"success":true,"integrations":[`))
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	member, err := gzipMember(bytes.Repeat([]byte(" "), bombMember))
	for range bombMembers {
		if err == nil {
			_, err = w.Write(member)
		}
	}
	return err
}

func gzipMember(data []byte) ([]byte, error) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if _, err := zip.Write(data); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
