package cli

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/transport"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

// ghaDetailView is one app in full in -o json: the keys of a list, and what GitHub tells of it; app is null where GitHub was not
// asked. The keys are a contract.
type ghaDetailView struct {
	ghaView
	App           *gitHubAppView   `json:"app"`
	Webhook       *webhookView     `json:"webhook"` // null where it has none, or GitHub was not asked
	Installations []suspensionView `json:"installations"`
	Requests      []requestView    `json:"requests"` // that await an owner's approval
}

// gitHubAppView is an app as GitHub has it now.
type gitHubAppView struct {
	ID                 int64             `json:"id"`
	Slug               string            `json:"slug"`
	Name               string            `json:"name"`
	ClientID           string            `json:"clientId"`
	Owner              string            `json:"owner"`     // login; the slug of an enterprise
	OwnerType          string            `json:"ownerType"` // User, Organization or Enterprise
	Description        string            `json:"description"`
	ExternalURL        string            `json:"externalUrl"`
	HTMLURL            string            `json:"htmlUrl"`
	CreatedAt          time.Time         `json:"createdAt"`
	UpdatedAt          time.Time         `json:"updatedAt"`
	Permissions        map[string]string `json:"permissions"`
	Events             []string          `json:"events"`
	InstallationsCount *int64            `json:"installationsCount,omitempty"`
}

func viewGitHubApp(app githubapp.App) gitHubAppView {
	v := gitHubAppView{
		ID: app.ID, Slug: app.Slug, Name: app.Name, ClientID: app.ClientID, Owner: app.Owner.Login, OwnerType: app.Owner.Type,
		Description: app.Description, ExternalURL: app.ExternalURL, HTMLURL: app.HTMLURL, CreatedAt: app.CreatedAt, UpdatedAt: app.UpdatedAt,
		Permissions: orEmpty(app.Permissions), Events: sortedEvents(app.Events), InstallationsCount: app.InstallationsCount,
	}
	if v.Owner == "" {
		v.Owner, v.OwnerType = app.Owner.Slug, "Enterprise"
	}
	return v
}

// webhookView is where the app's events go.
type webhookView struct {
	URL         string `json:"url"` // without the secret that an address of GIJ may have
	ContentType string `json:"contentType"`
	InsecureSSL string `json:"insecureSsl"` // "1" does not check the receiver's certificate
}

// requestView is a request for an installation.
type requestView struct {
	ID        int64     `json:"id"`
	Account   string    `json:"account"`
	Requester string    `json:"requester"`
	CreatedAt time.Time `json:"createdAt"`
}

// webhookText is the address of a webhook without what may be a secret in it.
func webhookText(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(unreadable)"
	}
	if u.RawQuery != "" {
		u.RawQuery = "..."
	}
	if masked := transport.MaskPath(u.EscapedPath()); masked != u.EscapedPath() {
		u.Path, u.RawPath = masked, ""
	}
	return u.Redacted()
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func sortedEvents(events []string) []string {
	sorted := append([]string{}, events...)
	slices.Sort(sorted)
	return sorted
}

// ghaDetailList has the columns of a list, all of them, and those of one app.
func ghaDetailList() render.List[*ghaDetailView] {
	plain := ghaList()
	list := render.List[*ghaDetailView]{Name: func(v *ghaDetailView) string { return plain.Name(&v.ghaView) }}
	for _, c := range plain.Columns {
		own := render.Column[*ghaDetailView]{Key: c.Key, Header: c.Header, Text: func(v *ghaDetailView) string { return c.Text(&v.ghaView) }}
		if c.Data != nil {
			own.Data = func(v *ghaDetailView) string { return c.Data(&v.ghaView) }
		}
		if strings.HasSuffix(c.Key, "Fingerprint") {
			own.Text = fullFingerprint(c)
		}
		list.Columns = append(list.Columns, own)
	}
	ofApp := func(text func(*gitHubAppView) string) func(*ghaDetailView) string {
		return func(v *ghaDetailView) string {
			if v.App == nil {
				return ""
			}
			return text(v.App)
		}
	}
	list.Columns = append(
		list.Columns,
		render.Column[*ghaDetailView]{Key: "permissions", Header: "PERMISSIONS", Text: ofApp(func(v *gitHubAppView) string { return permissionsText(v.Permissions) })},
		render.Column[*ghaDetailView]{Key: "events", Header: "EVENTS", Text: ofApp(func(v *gitHubAppView) string { return strings.Join(v.Events, ", ") })},
		render.Column[*ghaDetailView]{Key: "webhook", Header: "WEBHOOK", Text: func(v *ghaDetailView) string {
			if v.Webhook == nil {
				return ""
			}
			return v.Webhook.URL
		}},
		render.Column[*ghaDetailView]{Key: "installations", Header: "INSTALLATIONS", Text: installationsText},
		render.Column[*ghaDetailView]{Key: "requests", Header: "REQUESTS", Text: requestsText},
		render.Column[*ghaDetailView]{Key: "htmlUrl", Header: "PAGE", Text: ofApp(func(v *gitHubAppView) string { return v.HTMLURL })},
	)
	return list
}

// fullFingerprint shows of one app what is to be compared with its page, letter by letter.
func fullFingerprint(c ghaColumn) func(*ghaDetailView) string {
	if c.Data == nil {
		return func(v *ghaDetailView) string { return c.Text(&v.ghaView) }
	}
	return func(v *ghaDetailView) string { return c.Data(&v.ghaView) }
}

func installationsText(v *ghaDetailView) string {
	var all []string
	for _, i := range v.Installations {
		state := "active"
		if i.Suspended {
			state = "suspended"
		}
		all = append(all, idOrNone(i.InstallationID)+" in "+i.Account+" ("+i.RepositorySelection+" repositories, "+state+")")
	}
	return strings.Join(all, "; ")
}

func requestsText(v *ghaDetailView) string {
	var all []string
	for _, r := range v.Requests {
		all = append(all, r.Requester+" asks for "+r.Account)
	}
	return strings.Join(all, "; ")
}
