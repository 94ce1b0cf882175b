package plan

import (
	"errors"
	"io"
	"strconv"

	"github.com/gijctl/gijctl/pkg/gijtsv"
	"github.com/gijctl/gijctl/pkg/secret"
)

// NewApp is an app that no integration has, with all that GIJ may want to know of it. What is zero is not known.
type NewApp struct {
	ID             int64
	InstallationID int64
	Org            string
	Name           string
	Slug           string
	HTMLURL        string
	ClientID       string
	ClientSecret   secret.Value
	WebhookSecret  secret.Value
	PEM            secret.Value

	Origin string // of the integration
	Type   string // the integrationType
}

// NewAppRow is a row of a bulk file that may make an integration of an app. That a file can is documented nowhere.
type NewAppRow struct {
	columns []string
	cells   []secret.Value // any of them may be one
	// Missing is what a server's export has no column for, and the row cannot do without, in words. LeftOut is the rest.
	Missing, LeftOut []string
}

// DisplayName is what GIJ calls the integration of an app, by the vendor's screenshots.
func (a NewApp) DisplayName() string { return a.Org + " / " + a.Name }

// Row makes the row of an app, of those columns that a server's export shows. pemColumn names the one for the key; "" finds it.
func (a NewApp) Row(have *Snapshot, pemColumn string) NewAppRow {
	r := NewAppRow{}
	r.add("id", secret.Value{})
	r.documented(have, "origin", "origin", a.Origin)
	r.documented(have, "displayName", "the display name", a.DisplayName())
	r.documented(have, "integrationType", "the type", a.Type)
	key := have.kinds.PEMColumn()
	if pemColumn != "" {
		key = have.header.Index(pemColumn)
	}
	if key < 0 {
		r.Missing = append(r.Missing, "the private key")
	} else {
		r.add(have.header.Names[key], a.PEM)
	}
	found := appColumns(have.header)
	for _, c := range []struct {
		name, what string
		value      secret.Value
		needed     bool
	}{
		{"id", "the app's id", numberValue(a.ID), true},
		{"installationid", "the installation's id", numberValue(a.InstallationID), true},
		{"org", "the organization", secret.New(a.Org), false},
		{"name", "the app's name", secret.New(a.Name), false},
		{"slug", "the slug", secret.New(a.Slug), false},
		{"htmlurl", "the app's page", secret.New(a.HTMLURL), false},
		{"clientid", "the client id", secret.New(a.ClientID), false},
		{"clientsecret", "the client secret", a.ClientSecret, false},
		{"webhooksecret", "the webhook secret", a.WebhookSecret, false},
	} {
		column, has := found[c.name]
		switch {
		case has && column == key: // it is there
		case has && !c.value.IsZero():
			r.add(have.header.Names[column], c.value)
		case c.needed:
			r.Missing = append(r.Missing, c.what)
		case !c.value.IsZero():
			r.LeftOut = append(r.LeftOut, c.what)
		}
	}
	return r
}

func numberValue(n int64) secret.Value {
	if n == 0 {
		return secret.Value{}
	}
	return secret.New(strconv.FormatInt(n, 10))
}

func (r *NewAppRow) add(column string, value secret.Value) {
	r.columns, r.cells = append(r.columns, column), append(r.cells, value)
}

// documented adds a cell of a column that the vendor's pages name.
func (r *NewAppRow) documented(have *Snapshot, column, what, value string) {
	at := have.columns.place(column)
	if at < 0 || value == "" {
		r.Missing = append(r.Missing, what)
		return
	}
	r.add(have.header.Names[at], secret.New(value))
}

// WriteTSV writes the file, with the secrets in it.
func (r NewAppRow) WriteTSV(w io.Writer) error {
	out := gijtsv.NewWriter(w)
	cells := make([]string, len(r.cells))
	for n, cell := range r.cells {
		cells[n] = cell.Reveal()
	}
	return errors.Join(out.WriteHeader(gijtsv.NewHeader(r.columns...)), out.WriteCells(cells), out.Flush())
}

// AppType returns the integrationType and the origin of the first integration of an app that an export has and that fits, "" for none.
// Which type the server takes for one is documented nowhere.
func (s *Snapshot) AppType(fits func(origin string) bool) (kind, origin string) {
	_ = s.Each(func(row *gijtsv.Row, is gijtsv.RowKind) error {
		here := wantedOf(s.columns, row)
		if is != gijtsv.RowGitHubApp || here.kind == "" || !fits(here.origin) {
			return nil
		}
		kind, origin = here.kind, gijtsv.WithoutCredentials(here.origin)
		return errEnough
	})
	return kind, origin
}
