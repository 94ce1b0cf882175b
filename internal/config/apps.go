package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/atomicfile"
	"github.com/gijctl/gijctl/pkg/secret"
)

// App is a GitHub App whose credentials this machine keeps.
type App struct {
	Host string // web root of its GitHub; [SandboxContext] for the embedded server, whose port changes
	Org  string
	// OrgID is the number of the organization, which no rename changes.
	OrgID       int64
	ID          int64
	Slug        string
	Name        string
	ClientID    string
	HTMLURL     string
	Made        string // RFC 3339
	Permissions map[string]string
	Events      []string

	ClientSecret  secret.Value
	WebhookSecret secret.Value // empty where the app has no webhook
	PEM           secret.Value
	// OldPEM is the key before this one, as long as GitHub is not known to refuse it; empty for none.
	OldPEM secret.Value
}

// appFile is the form of an app's file. Its secrets are in clear: the file is 0600, and nothing else writes this type.
type appFile struct {
	Version       int               `json:"version"`
	Host          string            `json:"host"`
	Org           string            `json:"org"`
	OrgID         int64             `json:"orgId,omitempty"`
	ID            int64             `json:"id"`
	Slug          string            `json:"slug"`
	Name          string            `json:"name"`
	ClientID      string            `json:"clientId"`
	HTMLURL       string            `json:"htmlUrl"`
	Made          string            `json:"made"`
	Permissions   map[string]string `json:"permissions"`
	Events        []string          `json:"events"`
	ClientSecret  string            `json:"clientSecret,omitempty"`
	WebhookSecret string            `json:"webhookSecret,omitempty"`
	PEM           string            `json:"pem"`
	OldPEM        string            `json:"oldPem,omitempty"`
}

const appFileVersion = 1

// Apps is the folder with the apps that this machine knows: a file each, HOST/SLUG.json.
type Apps struct {
	dir   string
	notes []string
}

// Notes returns what a person should know of [Apps.List]: that others could read a file.
func (s *Apps) Notes() []string { return slices.Clone(s.notes) }

// OpenApps finds the folder. It need not exist yet.
func OpenApps(env Env) (*Apps, error) {
	dir, err := StateDir(env)
	return &Apps{dir: filepath.Join(dir, "apps")}, err
}

// Path returns the file of an app: named for its slug, and for its id too where another app has that file. What the host called it
// is used only if it is a word that can harm no path.
func (s *Apps) Path(a App) string {
	_, host, found := strings.Cut(a.Host, "://")
	if !found {
		host = a.Host
	}
	id := strconv.FormatInt(a.ID, 10)
	path := filepath.Join(s.dir, fileWord(strings.ReplaceAll(host, ":", "_"), "host"), fileWord(a.Slug, "app-"+id)+".json")
	longer := strings.TrimSuffix(path, ".json") + "-" + id + ".json"
	if there, err := readApp(longer); err == nil && there.ID == a.ID {
		return longer
	}
	if there, err := readApp(path); err == nil && there.ID == a.ID || errors.Is(err, fs.ErrNotExist) {
		return path
	}
	return longer
}

// BaselinePath returns the file for what an app was like when it was last looked at.
func (s *Apps) BaselinePath(a App) string {
	return strings.TrimSuffix(s.Path(a), ".json") + ".baseline"
}

func fileWord(word, otherwise string) string {
	word = strings.ToLower(word)
	if word == "" || word[0] == '.' || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
		return otherwise
	}
	return word
}

// Save writes the file of an app, 0600, and returns its path when it is on the disk. The file of another app under the same name
// is never overwritten.
func (s *Apps) Save(a App) (string, error) {
	path := s.Path(a)
	data, err := json.MarshalIndent(appFile{
		Version: appFileVersion, Host: a.Host, Org: a.Org, OrgID: a.OrgID, ID: a.ID, Slug: a.Slug, Name: a.Name, ClientID: a.ClientID,
		HTMLURL: a.HTMLURL, Made: a.Made, Permissions: a.Permissions, Events: a.Events,
		ClientSecret: a.ClientSecret.Reveal(), WebhookSecret: a.WebhookSecret.Reveal(), PEM: a.PEM.Reveal(), OldPEM: a.OldPEM.Reveal(),
	}, "", "  ")
	if err != nil {
		return "", err
	}
	return path, atomicfile.Write(path, append(data, '\n'))
}

// List returns all apps, by host and slug, and what could not be read.
func (s *Apps) List() (apps []App, problems []error) {
	hosts, _ := os.ReadDir(s.dir) // a folder that is not there has none
	for _, host := range hosts {
		for _, path := range appFiles(filepath.Join(s.dir, host.Name())) {
			a, note, err := readNotedApp(path)
			if note != "" {
				s.notes = append(s.notes, note)
			}
			if err != nil {
				problems = append(problems, err)
				continue
			}
			apps = append(apps, a)
		}
	}
	return apps, problems
}

// appFiles returns the files of the apps of one host. It is no pattern: the path of the folder may have any character in it.
func appFiles(folder string) []string {
	entries, _ := os.ReadDir(folder)
	var paths []string
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) == ".json" {
			paths = append(paths, filepath.Join(folder, entry.Name()))
		}
	}
	return paths
}

// Remove deletes the file of an app, and its baseline.
func (s *Apps) Remove(a App) error {
	for _, path := range appFiles(filepath.Dir(s.Path(a))) {
		if kept, err := readApp(path); err != nil || kept.ID != a.ID {
			continue
		}
		_ = os.Remove(strings.TrimSuffix(path, ".json") + ".baseline")
		if err := os.Remove(path); err != nil {
			return &Error{kind: codeFailed, message: fmt.Sprintf("forget the app: %v", err), hint: "remove it by hand", cause: err}
		}
	}
	return nil
}

// readApp reads a file that [Apps.List] has read before.
func readApp(path string) (App, error) {
	a, _, err := readNotedApp(path)
	return a, err
}

func readNotedApp(path string) (a App, note string, err error) {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return App{}, "", errors.Join(err, irregular(path, err))
	}
	data, note, err := readPrivate(path, func([]byte) bool { return true })
	if err != nil {
		return App{}, note, err
	}
	a, err = decodeApp(path, data)
	return a, note, err
}

func decodeApp(path string, data []byte) (App, error) {
	var f appFile
	if err := json.Unmarshal(data, &f); err != nil || f.ID == 0 { // the error would show a piece of the file
		return App{}, inputError("look at it, and remove it or get it from a backup", "the file %s is spoiled", path)
	}
	if f.Version > appFileVersion {
		return App{}, inputError("use that gijctl", "the file %s was written by a newer gijctl", path)
	}
	return App{
		Host: f.Host, Org: f.Org, OrgID: f.OrgID, ID: f.ID, Slug: f.Slug, Name: f.Name, ClientID: f.ClientID, HTMLURL: f.HTMLURL,
		Made: f.Made, Permissions: f.Permissions, Events: f.Events,
		ClientSecret: secret.New(f.ClientSecret), WebhookSecret: secret.New(f.WebhookSecret), PEM: secret.New(f.PEM), OldPEM: secret.New(f.OldPEM),
	}, nil
}

func irregular(path string, err error) error {
	if err != nil {
		return nil
	}
	return inputError("remove it", "%s is no regular file", path)
}
