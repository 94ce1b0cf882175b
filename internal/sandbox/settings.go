package sandbox

import (
	"net/http"
)

// routeSettings are the general settings, of which one is documented, and how to write it alone. Only administrators may
// [I]; that GET answers at all is [U] in the contract: the knob settings-get.
func (c *call) routeSettings(path []string) answer {
	if len(path) > 0 || c.faults.has("no-settings") {
		return notFoundREST(c.uri())
	}
	if !c.account.Admin {
		return jiraMessage(http.StatusForbidden, "You do not have permission to change the general settings.")
	}
	methods := resources{http.MethodPost: c.setSettings}
	switch c.faults.value("settings-get") {
	case "405":
		return c.pick("POST", methods)
	case "404":
		if c.isRead() {
			return notFoundREST(c.uri())
		}
	}
	methods[http.MethodGet] = c.getSettings
	return c.pick("GET,POST", methods)
}

func (c *call) getSettings() answer {
	var o object
	o.begin()
	o.bool("success", true)
	o.str("altJiraBaseUrl", c.state.AltBase)
	c.extras(&o)
	o.end()
	return jsonAnswer(http.StatusOK, o.buf)
}

// setSettings keeps what it gets: that the server looks at the value is nowhere documented. Its answer is [U] in the contract.
func (c *call) setSettings() answer {
	var body struct {
		AltBase *string `json:"altJiraBaseUrl"`
	}
	if a, ok := c.readJSON(&body); !ok {
		return a
	}
	err := c.s.store.update(func(st *state) error {
		if body.AltBase != nil && !c.faults.has("settings-ignored") {
			st.AltBase = *body.AltBase
		}
		return nil
	})
	if err != nil {
		return c.failed(err)
	}
	switch c.faults.value("settings-answer") {
	case "empty":
		return answer{status: http.StatusNoContent}
	case "text":
		return textAnswer(http.StatusOK, "OK")
	}
	return c.done()
}
