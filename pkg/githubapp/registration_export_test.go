package githubapp

import (
	"context"
	"time"
)

// MaxConnections is how many connections may be open.
const MaxConnections = maxConnections

// NewImpatientRegistration begins one whose pages and whose end wait for nothing, or nearly so.
func NewImpatientRegistration(ctx context.Context, o RegistrationOptions, grace time.Duration) (*Registration, error) {
	r, err := prepare(o)
	if err != nil {
		return nil, err
	}
	r.patience, r.grace = 0, grace
	return r, r.begin(ctx)
}

// CallbackValues is callbackValues with the check of the code.
func CallbackValues(query string) (state, code string, ok bool) {
	values, ok := callbackValues(query)
	return values.Get("state"), values.Get("code"), ok && isCode(values.Get("code"))
}

// DonePage is the last page.
func DonePage(h Host, e Ending) string { return string(donePage(h, e).html) }
