package githubapp

import (
	"time"

	"github.com/gijctl/gijctl/pkg/secret"
)

// App is what GitHub tells of an app.
type App struct {
	ID                 int64             `json:"id"`
	Slug               string            `json:"slug"`
	Name               string            `json:"name"`
	ClientID           string            `json:"client_id"`
	Owner              Account           `json:"owner"`
	Description        string            `json:"description"`
	ExternalURL        string            `json:"external_url"`
	HTMLURL            string            `json:"html_url"`
	CreatedAt          time.Time         `json:"created_at"`
	UpdatedAt          time.Time         `json:"updated_at"`
	Permissions        map[string]string `json:"permissions"` // with keys that no version of this package knows
	Events             []string          `json:"events"`
	InstallationsCount *int64            `json:"installations_count"` // nil where the host does not tell
}

// InstallURL returns the page where an owner installs the app. It is made of what the host tells, so that it fits every kind.
func (a App) InstallURL() string { return a.HTMLURL + "/installations/new" }

// Account is a user, an organization or an enterprise.
type Account struct {
	ID    int64  `json:"id"`
	Login string `json:"login"` // "" for an enterprise
	Type  string `json:"type"`  // "User", "Organization"
	Slug  string `json:"slug"`  // of an enterprise
}

// Credentials are what GitHub tells once, when an app is made. They can never be read again.
type Credentials struct {
	App
	ClientSecret  secret.Value
	WebhookSecret secret.Value // empty where the app has no webhook
	PEM           secret.Value
}

// Installation is an app in an account.
type Installation struct {
	ID                  int64             `json:"id"`
	AppID               int64             `json:"app_id"`
	AppSlug             string            `json:"app_slug"`
	Account             Account           `json:"account"`
	TargetType          string            `json:"target_type"`
	RepositorySelection string            `json:"repository_selection"` // "all" or "selected"
	Permissions         map[string]string `json:"permissions"`
	Events              []string          `json:"events"`
	HTMLURL             string            `json:"html_url"`
	CreatedAt           time.Time         `json:"created_at"`
	UpdatedAt           time.Time         `json:"updated_at"`
	SuspendedAt         *time.Time        `json:"suspended_at"`
	SuspendedBy         *Account          `json:"suspended_by"`
}

// InstallationRequest is a request that awaits an owner's approval.
type InstallationRequest struct {
	ID        int64     `json:"id"`
	Account   Account   `json:"account"`
	Requester Account   `json:"requester"`
	CreatedAt time.Time `json:"created_at"`
}

// HookConfig is where an app's events go. The secret in it GitHub masks, and it is not read.
type HookConfig struct {
	URL         string `json:"url"`
	ContentType string `json:"content_type"`
	InsecureSSL string `json:"insecure_ssl"` // "0" checks the certificate
}

// Delivery is one event that GitHub sent, or tried to.
type Delivery struct {
	ID          int64     `json:"id"`
	GUID        string    `json:"guid"`
	DeliveredAt time.Time `json:"delivered_at"`
	Redelivery  bool      `json:"redelivery"`
	Duration    float64   `json:"duration"` // seconds
	Status      string    `json:"status"`
	StatusCode  int       `json:"status_code"` // HTTP status that the receiver answered; 0 where it did not
	Event       string    `json:"event"`
	Action      *string   `json:"action"`
}

// Failed reports whether the receiver did not take it.
func (d Delivery) Failed() bool { return d.StatusCode < 200 || d.StatusCode > 299 }
