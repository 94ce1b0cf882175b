package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/gijctl/gijctl/internal/atomicfile"
	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

// baseline is what an app was like when somebody last found it good. It holds no secret.
type baseline struct {
	Version     int                 `json:"version"`
	Saved       time.Time           `json:"saved"`
	Host        string              `json:"host"`
	Owner       string              `json:"owner"`
	ID          int64               `json:"id"`
	ClientID    string              `json:"clientId"`
	Slug        string              `json:"slug"`
	Name        string              `json:"name"`
	Permissions map[string]string   `json:"permissions"`
	Events      []string            `json:"events"`
	Webhook     *baselineHook       `json:"webhook"` // null where it has none
	Installed   []baselineInstalled `json:"installations"`
	// KeyFingerprint is of the key that the app was asked with, GIJKeyFingerprint of the one in GIJ's export.
	KeyFingerprint    string `json:"keyFingerprint"`
	GIJKeyFingerprint string `json:"gijKeyFingerprint,omitempty"`
	IntegrationID     int64  `json:"integrationId,omitempty"`
}

// baselineHook is where the app's events go. An address of GIJ may have a secret in it, so that it is masked; the hash tells whether
// the masked part changed.
type baselineHook struct {
	URL         string `json:"url"`
	Hash        string `json:"hash"` // SHA-256 of the whole address
	ContentType string `json:"contentType"`
	InsecureSSL string `json:"insecureSsl"`
}

type baselineInstalled struct {
	ID                  int64             `json:"id"`
	Account             string            `json:"account"`
	RepositorySelection string            `json:"repositorySelection"`
	Permissions         map[string]string `json:"permissions"`
	Events              []string          `json:"events"`
}

const baselineVersion = 1

func baselineHookOf(hook *githubapp.HookConfig) *baselineHook {
	if hook == nil {
		return nil
	}
	sum := sha256.Sum256([]byte(hook.URL))
	return &baselineHook{URL: webhookText(hook.URL), Hash: hex.EncodeToString(sum[:]), ContentType: hook.ContentType, InsecureSSL: hook.InsecureSSL}
}

// baselineOf is what an app is like now.
func (s *ghaSession) baselineOf(u *audit, now time.Time) baseline {
	app := u.seen.app
	b := baseline{
		Version: baselineVersion, Saved: now.UTC().Truncate(time.Second), Host: s.keptHost(u.app.host), Owner: ownerOf(app), ID: app.ID, ClientID: app.ClientID,
		Slug: app.Slug, Name: app.Name, Permissions: maps.Clone(orEmpty(app.Permissions)), Events: sortedEvents(app.Events), Webhook: baselineHookOf(u.hook),
		Installed: []baselineInstalled{}, KeyFingerprint: u.app.key.Fingerprint(),
	}
	for _, i := range u.seen.installations {
		b.Installed = append(b.Installed, baselineInstalled{
			ID: i.ID, Account: i.Account.Login, RepositorySelection: i.RepositorySelection, Permissions: maps.Clone(orEmpty(i.Permissions)), Events: sortedEvents(i.Events),
		})
	}
	if row := u.app.row; row != nil {
		b.IntegrationID, b.GIJKeyFingerprint = row.ID, row.Key.Fingerprint
	}
	return b
}

func ownerOf(app githubapp.App) string {
	if app.Owner.Login != "" {
		return app.Owner.Login
	}
	return app.Owner.Slug
}

func (b *baseline) installed(id int64) *baselineInstalled {
	if b == nil {
		return nil
	}
	at := slices.IndexFunc(b.Installed, func(i baselineInstalled) bool { return i.ID == id })
	if at < 0 {
		return nil
	}
	return &b.Installed[at]
}

// baselinePath is where the baseline of an app is kept if nobody names a file. That of an app that this machine does not know goes by
// its id, which no rename changes.
func (s *ghaSession) baselinePath(g *gitHubApp) string {
	if g.known != nil {
		return s.store.BaselinePath(*g.known)
	}
	return s.store.BaselinePath(config.App{Host: s.keptHost(g.host), ID: g.id, Slug: ""})
}

// readBaseline reads a baseline. Without a file there is none, which is an error where a person named it.
func readBaseline(path string, isNamed bool) (*baseline, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !isNamed {
		return nil, nil
	}
	if err != nil {
		return nil, inputError("save one first: gijctl gha audit --save-baseline --baseline FILE", "--baseline: %v", err)
	}
	var b baseline
	if err := json.Unmarshal(data, &b); err != nil || b.ID == 0 || b.Version < 1 {
		return nil, inputError("name a file that --save-baseline wrote, or save it anew with --force", "%s is no baseline of an app", path)
	}
	if b.Version > baselineVersion {
		return nil, inputError("use that gijctl", "%s was written by a newer gijctl", path)
	}
	return &b, nil
}

func writeBaseline(path string, b baseline) error {
	data, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	if err := atomicfile.Write(path, append(data, '\n')); err != nil {
		return &cliError{code: codeFailed, message: fmt.Sprintf("the baseline was not saved: %v", err), hint: "name another file: --baseline FILE", cause: err}
	}
	return nil
}
