package sandbox

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// delivered is an event that GitHub sent to the app's webhook.
type delivered struct {
	ID           int64   `json:"id"`
	GUID         string  `json:"guid"`
	Installation int64   `json:"installation"`
	At           int64   `json:"at"`
	Event        string  `json:"event"`
	Action       string  `json:"action,omitempty"`
	Status       int     `json:"status"`
	Duration     float64 `json:"duration"`
	Again        bool    `json:"again,omitempty"`
}

func (c *gitHubCall) hookObject() fields {
	hook := c.app.Hook
	if hook == nil {
		return fields{"content_type": "form", "insecure_ssl": "0"}
	}
	o := fields{"url": hook.URL, "content_type": hook.ContentType, "insecure_ssl": hook.Insecure}
	if hook.HasSecret {
		o["secret"] = "********"
	}
	return o
}

func (c *gitHubCall) getHook() (answer, error) { return ok(c.hookObject()) }

func (c *gitHubCall) changeHook() (answer, error) {
	var body struct {
		URL         *string `json:"url"`
		ContentType *string `json:"content_type"`
		Secret      *string `json:"secret"`
		InsecureSSL any     `json:"insecure_ssl"`
	}
	if err := c.readBody(&body); err != nil {
		return answer{}, err
	}
	if c.app.Hook == nil {
		c.app.Hook = &appHook{Active: true, ContentType: "form", Insecure: "0"}
	}
	hook := c.app.Hook
	if body.URL != nil {
		if problem := hookProblem(*body.URL); problem != "" {
			return answer{}, invalid(problem)
		}
		hook.URL = *body.URL
	}
	set(&hook.ContentType, body.ContentType)
	if body.Secret != nil {
		hook.HasSecret = *body.Secret != ""
	}
	if body.InsecureSSL != nil {
		hook.Insecure = fmt.Sprint(body.InsecureSSL)
	}
	c.app.Updated = c.now().Unix()
	return ok(c.hookObject())
}

func (d delivered) object() fields {
	status := "OK"
	if d.Status != http.StatusOK {
		status = "Invalid HTTP Response: " + strconv.Itoa(d.Status)
	}
	o := fields{
		"id": d.ID, "guid": d.GUID, "delivered_at": moment(d.At), "redelivery": d.Again, "duration": d.Duration, "status": status, "status_code": d.Status,
		"event": d.Event, "action": nil, "installation_id": d.Installation, "repository_id": nil, "throttled_at": nil,
	}
	if d.Action != "" {
		o["action"] = d.Action
	}
	return o
}

// listDeliveries pages by a cursor: the deliveries that are older than one.
func (c *gitHubCall) listDeliveries() (answer, error) {
	query := c.r.URL.Query()
	size := pageSize
	if n, err := strconv.Atoi(query.Get("per_page")); err == nil && n > 0 {
		size = min(n, pageMost)
	}
	all := c.app.Deliveries
	if cursor := query.Get("cursor"); cursor != "" {
		at, err := strconv.ParseInt(strings.TrimPrefix(cursor, "v1_"), 10, 64)
		if err != nil {
			return answer{}, refusal{status: http.StatusBadRequest, message: "Invalid cursor", docs: "/rest/apps/webhooks"}
		}
		all = slices.DeleteFunc(slices.Clone(all), func(d delivered) bool { return d.ID >= at })
	}
	list := []fields{}
	for _, d := range all[:min(size, len(all))] {
		list = append(list, d.object())
	}
	a := gitHubAnswer(http.StatusOK, list)
	if len(all) > size {
		next := "v1_" + strconv.FormatInt(all[size-1].ID, 10)
		a.header = map[string]string{"Link": "<http://" + c.r.Host + c.pathAsSent() + "?per_page=" + strconv.Itoa(size) + "&cursor=" + next + `>; rel="next"`}
	}
	return a, nil
}

func (c *gitHubCall) delivery() (delivered, error) {
	i := slices.IndexFunc(c.app.Deliveries, func(d delivered) bool { return number(d.ID) == c.r.PathValue("id") })
	if i < 0 {
		return delivered{}, missing()
	}
	return c.app.Deliveries[i], nil
}

func (c *gitHubCall) getDelivery() (answer, error) {
	d, err := c.delivery()
	if err != nil {
		return answer{}, err
	}
	o := d.object()
	if c.app.Hook != nil {
		o["url"] = c.app.Hook.URL
	}
	o["request"] = fields{
		"headers": fields{"X-GitHub-Event": d.Event, "X-GitHub-Delivery": d.GUID, "Content-Type": "application/json", "User-Agent": "GitHub-Hookshot/5f0c6bd"},
		"payload": fields{"action": cmp.Or(d.Action, "pushed"), "installation": fields{"id": d.Installation}},
	}
	o["response"] = fields{"headers": fields{"Content-Type": "text/html"}, "payload": http.StatusText(d.Status)}
	return ok(o)
}

// redeliver sends an event again, which succeeds this time.
func (c *gitHubCall) redeliver() (answer, error) {
	d, err := c.delivery()
	if err != nil {
		return answer{}, err
	}
	d.ID, d.At, d.Status, d.Again = c.app.Deliveries[0].ID+17, c.now().Unix(), http.StatusOK, true
	c.app.Deliveries = slices.Insert(c.app.Deliveries, 0, d)
	return gitHubAnswer(http.StatusAccepted, fields{}), nil
}

// hookProblem is what GitHub says against a webhook's address, "" for nothing. Loopback is refused (contract, GitHub Apps §1.2);
// that other private addresses pass is an assumption.
func hookProblem(text string) string {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return "Hook url cannot be blank"
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return "Hook url is not a valid URL"
	}
	name := strings.ToLower(u.Hostname())
	if name == "localhost" || strings.HasSuffix(name, ".localhost") || strings.HasPrefix(name, "127.") || name == "::1" || name == "0.0.0.0" {
		return "Hook url is not supported because it isn't reachable over the public Internet (" + name + ")"
	}
	return ""
}
