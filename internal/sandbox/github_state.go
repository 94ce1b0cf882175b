package sandbox

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"slices"
	"strings"
)

// maxKeys is how many private keys an app has at most (contract, GitHub Apps §3.4).
const maxKeys = 25

// gitHub is what the sandbox remembers of its GitHub.
type gitHub struct {
	NextID   int64        `json:"nextId"` // apps, installations, requests and deliveries share one sequence
	Orgs     []gitHubOrg  `json:"orgs"`
	Apps     []*hostedApp `json:"apps,omitempty"`
	Requests []appRequest `json:"requests,omitempty"`
	Codes    []appCode    `json:"codes,omitempty"`
	Tokens   []appToken   `json:"tokens,omitempty"`
}

// gitHubOrg is an organization. The person in the browser is an owner or a member of each.
type gitHubOrg struct {
	ID    int64    `json:"id"`
	Login string   `json:"login"`
	Owned bool     `json:"owned,omitempty"`
	Repos []string `json:"repos,omitempty"`
}

// hostedApp is a GitHub App. Of its private keys GitHub has the public halves.
type hostedApp struct {
	ID            int64             `json:"id"`
	ClientID      string            `json:"clientId"`
	Org           string            `json:"org"`
	Slug          string            `json:"slug"`
	Name          string            `json:"name"`
	URL           string            `json:"url"`
	Description   string            `json:"description,omitempty"`
	Public        bool              `json:"public,omitempty"`
	Created       int64             `json:"created"` // epoch seconds
	Updated       int64             `json:"updated"`
	Permissions   map[string]string `json:"permissions"`
	Events        []string          `json:"events,omitempty"`
	Hook          *appHook          `json:"hook,omitempty"`
	SetupURL      string            `json:"setupUrl,omitempty"`
	Keys          []publicKey       `json:"keys,omitempty"`
	Row           int64             `json:"row,omitempty"`  // GIJ's integration that a seed gave it
	Owed          bool              `json:"owed,omitempty"` // its key is made when it is first needed
	SeedKey       string            `json:"seedKey,omitempty"`
	Installations []*installation   `json:"installations,omitempty"`
	Deliveries    []delivered       `json:"deliveries,omitempty"` // newest first
}

type appHook struct {
	URL         string `json:"url"`
	Active      bool   `json:"active,omitempty"`
	HasSecret   bool   `json:"hasSecret,omitempty"`
	ContentType string `json:"contentType"`
	Insecure    string `json:"insecure"`
}

// publicKey is the public half of a private key.
type publicKey struct {
	Fingerprint string `json:"fingerprint"` // base64 of the SHA-256 of Public
	Public      []byte `json:"public"`      // DER, SubjectPublicKeyInfo
	Created     int64  `json:"created"`
	Deleted     bool   `json:"deleted,omitempty"`
}

// installation is an app on an organization. What it may do is what an owner has accepted.
type installation struct {
	ID          int64             `json:"id"`
	Account     string            `json:"account"`
	Selection   string            `json:"selection"` // all or selected
	Repos       []string          `json:"repos,omitempty"`
	Permissions map[string]string `json:"permissions"`
	Events      []string          `json:"events,omitempty"`
	Created     int64             `json:"created"`
	Updated     int64             `json:"updated"`
	ByOwner     suspension        `json:"byOwner,omitzero"`     // of the app
	ByInstaller suspension        `json:"byInstaller,omitzero"` // of the organization
	Fresh       bool              `json:"fresh,omitempty"`      // installed by hand; see the knob github-install-lag
}

type suspension struct {
	By string `json:"by,omitempty"`
	At int64  `json:"at,omitempty"`
}

// suspended returns the suspension that GitHub shows: that of the app's owner is the stronger one.
func (i *installation) suspended() (suspension, bool) {
	if i.ByOwner.At != 0 {
		return i.ByOwner, true
	}
	return i.ByInstaller, i.ByInstaller.At != 0
}

// appRequest is an installation that waits for an owner.
type appRequest struct {
	ID        int64    `json:"id"`
	App       int64    `json:"app"`
	Account   string   `json:"account"`
	Requester string   `json:"requester"`
	Selection string   `json:"selection"`
	Repos     []string `json:"repos,omitempty"`
	Created   int64    `json:"created"`
}

// appCode is what a manifest is exchanged by.
type appCode struct {
	Hash    string `json:"hash"`
	App     int64  `json:"app"`
	Expires int64  `json:"expires"` // epoch seconds
}

// appToken is an installation's access token.
type appToken struct {
	Hash         string   `json:"hash"`
	Installation int64    `json:"installation"`
	Expires      int64    `json:"expires"`
	Repos        []string `json:"repos,omitempty"` // nil is all of the installation's
}

func (g *gitHub) clone() *gitHub {
	if g == nil {
		return nil
	}
	next := *g
	next.Requests, next.Codes, next.Tokens = slices.Clone(g.Requests), slices.Clone(g.Codes), slices.Clone(g.Tokens)
	next.Apps = make([]*hostedApp, len(g.Apps))
	for i, a := range g.Apps {
		next.Apps[i] = a.clone()
	}
	return &next
}

func (a *hostedApp) clone() *hostedApp {
	next := *a
	next.Keys, next.Deliveries = slices.Clone(a.Keys), slices.Clone(a.Deliveries)
	next.Permissions, next.Events = maps.Clone(a.Permissions), slices.Clone(a.Events)
	if a.Hook != nil {
		hook := *a.Hook
		next.Hook = &hook
	}
	next.Installations = make([]*installation, len(a.Installations))
	for i, old := range a.Installations {
		one := *old
		next.Installations[i] = &one
	}
	return &next
}

func (g *gitHub) next() int64 {
	g.NextID++
	return g.NextID - 1
}

// app finds an app by what holds for it, nil for none.
func (g *gitHub) app(holds func(*hostedApp) bool) *hostedApp {
	if i := slices.IndexFunc(g.Apps, holds); i >= 0 {
		return g.Apps[i]
	}
	return nil
}

func (g *gitHub) appByID(id int64) *hostedApp {
	return g.app(func(a *hostedApp) bool { return a.ID == id })
}

func (g *gitHub) appBySlug(slug string) *hostedApp {
	return g.app(func(a *hostedApp) bool { return strings.EqualFold(a.Slug, slug) })
}

func (g *gitHub) org(login string) *gitHubOrg {
	i := slices.IndexFunc(g.Orgs, func(o gitHubOrg) bool { return strings.EqualFold(o.Login, login) })
	if i < 0 {
		return nil
	}
	return &g.Orgs[i]
}

// installation finds an installation of any app.
func (g *gitHub) installation(id int64) (*hostedApp, *installation) {
	for _, a := range g.Apps {
		if one := a.installation(func(i *installation) bool { return i.ID == id }); one != nil {
			return a, one
		}
	}
	return nil, nil
}

func (a *hostedApp) installation(holds func(*installation) bool) *installation {
	if i := slices.IndexFunc(a.Installations, holds); i >= 0 {
		return a.Installations[i]
	}
	return nil
}

func (a *hostedApp) installedOn(login string) *installation {
	return a.installation(func(i *installation) bool { return strings.EqualFold(i.Account, login) })
}

// liveKeys are those that were not deleted.
func (a *hostedApp) liveKeys() []publicKey {
	return slices.DeleteFunc(slices.Clone(a.Keys), func(k publicKey) bool { return k.Deleted })
}

// addKey makes a private key and keeps its public half.
func (a *hostedApp) addKey(at int64) (string, error) {
	text, err := newPEM()
	if err != nil {
		return "", err
	}
	key, err := publicHalf(text)
	if err != nil {
		return "", err
	}
	key.Created = at
	a.Keys = append(slices.Clip(a.Keys), key)
	return text, nil
}

// publicHalf returns what GitHub keeps of a private key.
func publicHalf(text string) (publicKey, error) {
	block, _ := pem.Decode([]byte(strings.TrimSpace(text) + "\n"))
	if block == nil {
		return publicKey{}, problem{text: "the private key is no PEM"}
	}
	private, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		parsed, other := x509.ParsePKCS8PrivateKey(block.Bytes)
		if other != nil {
			return publicKey{}, err
		}
		of, isRSA := parsed.(*rsa.PrivateKey)
		if !isRSA {
			return publicKey{}, problem{text: "the private key is no RSA key"}
		}
		private = of
	}
	der, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return publicKey{}, err
	}
	return publicKey{Fingerprint: fingerprintOf(der), Public: der}, nil
}

// fingerprintOf is a key's fingerprint as GitHub shows it, without the label before it.
func fingerprintOf(public []byte) string {
	sum := sha256.Sum256(public)
	return base64.StdEncoding.EncodeToString(sum[:])
}
