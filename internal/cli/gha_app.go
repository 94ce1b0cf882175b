package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/githubapp"
	"github.com/gijctl/gijctl/pkg/secret"
)

// appFlags say which GitHub App is meant, where this machine does not know it.
type appFlags struct {
	host    string // web root
	org     string
	appID   string // or client id
	pemFile string // "-" is stdin
}

func (f *appFlags) register(cmd *cobra.Command) {
	f.registerHost(cmd)
	cmd.Flags().StringVar(&f.org, "org", "", "organization of the app")
	cmd.Flags().StringVar(&f.appID, "app-id", "", "id or client id of the app, as its page on GitHub shows it")
	cmd.Flags().StringVar(&f.pemFile, "pem-file", "", "file with a private key of the app, - for standard input")
}

func (f *appFlags) registerHost(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.host, "host", "", "web root of its GitHub (GIJCTL_GITHUB_URL; default that of the app, else https://github.com)")
}

// gitHubApp is an app as everybody here knows it: this machine, GIJ, and the command line. What nobody knows is zero.
type gitHubApp struct {
	host githubapp.Host
	// embedded says that the host is the embedded sandbox's.
	embedded bool
	org      string
	slug     string
	name     string
	id       int64
	// issuer is what the app signs in with: its id, or its client id.
	issuer string
	key    *secret.PrivateKey // nil where nobody gave one

	// word is what a person called it by, where nobody here knows an app of that name: GitHub has to say that it is the one.
	word string

	known *config.App  // nil where this machine keeps nothing of it
	row   *plan.AppRow // nil where GIJ has no integration of it, or was not asked
}

// String names the app for a person.
func (g *gitHubApp) String() string {
	name := cmp.Or(g.name, g.slug, "app "+g.issuer)
	if g.org != "" {
		return g.org + " / " + name
	}
	return name
}

// settingsURL is the page with the app's keys, "" where too little is known of it.
func (g *gitHubApp) settingsURL() string {
	if g.org == "" || g.slug == "" {
		return ""
	}
	return g.host.SettingsURL(g.org, g.slug)
}

// find returns the app that a word names (a slug, a name, an id of the app or of its integration), or that the flags do. With
// neither it is the only one there is.
func (s *ghaSession) find(word string, f appFlags) (*gitHubApp, error) {
	if strings.Trim(strings.ToLower(f.appID), "0123456789abcdefghijklmnopqrstuvwxyz._-") != "" {
		return nil, usageError("it is a number, or begins with Iv: the app's page shows both", "--app-id: %q is no id of an app", f.appID)
	}
	all, err := s.apps()
	if err != nil {
		return nil, err
	}
	matching := slices.DeleteFunc(slices.Clone(all), func(g *gitHubApp) bool { return !g.matches(word, f) })
	var found *gitHubApp
	switch {
	case len(matching) == 1:
		found = matching[0]
	case len(matching) > 1:
		return nil, ambiguousApp(word, matching)
	case f.appID == "":
		return nil, unknownApp(word, f, all)
	default:
		found = &gitHubApp{org: f.org, word: word, issuer: f.appID}
		found.id, _ = strconv.ParseInt(f.appID, 10, 64)
	}
	if f.appID != "" {
		found.issuer = f.appID
	}
	if found.host, err = s.hostOf(found, f.host); err != nil {
		return nil, err
	}
	found.embedded = s.isEmbedded(found.host)
	return found, s.app.readKey(found, f.pemFile)
}

// matches reports whether the word and the flags mean this app. --host does not choose: it may be the way to it, where GIJ's
// origin is another.
func (g *gitHubApp) matches(word string, f appFlags) bool {
	if f.org != "" && !strings.EqualFold(f.org, g.org) {
		return false
	}
	if f.appID != "" && !g.mayHaveID(f.appID, word != "") {
		return false
	}
	return word == "" || g.isCalled(word)
}

// mayHaveID reports whether an id or client id is this app's. One whose ids nobody knows may have it, if it is named besides.
func (g *gitHubApp) mayHaveID(id string, isNamed bool) bool {
	if g.id == 0 && g.issuer == "" {
		return isNamed
	}
	return id == g.issuer || id == strconv.FormatInt(g.id, 10) || g.known != nil && id == g.known.ClientID || g.row != nil && id == g.row.ClientID
}

// isCalled reports whether a word names the app: its slug, its name, an id.
func (g *gitHubApp) isCalled(word string) bool {
	words := []string{g.slug, g.name, g.org + " / " + g.name}
	if g.id != 0 {
		words = append(words, strconv.FormatInt(g.id, 10))
	}
	if g.known != nil {
		words = append(words, g.known.ClientID)
	}
	if g.row != nil {
		words = append(words, g.row.DisplayName, strconv.FormatInt(g.row.ID, 10))
	}
	return slices.ContainsFunc(words, func(w string) bool { return w != "" && strings.EqualFold(w, word) })
}

func ambiguousApp(word string, matching []*gitHubApp) error {
	var names []string
	for _, g := range matching {
		names = append(names, fmt.Sprintf("%s (app id %d)", g, g.id))
	}
	what := "which app is meant is not clear"
	if word != "" {
		what = fmt.Sprintf("%q names several apps", word)
	}
	return usageError("name one, by its app id", "%s: %s", what, strings.Join(names, "; "))
}

func unknownApp(word string, f appFlags, all []*gitHubApp) error {
	what := "no GitHub App is known here"
	switch {
	case word != "":
		what = fmt.Sprintf("no GitHub App %q is known here", word)
	case f.org != "":
		what = fmt.Sprintf("no GitHub App of the organization %q is known here", f.org)
	}
	hint := "the apps are listed by: gijctl gha list; for one that GIJ's wizard made, give --app-id and --pem-file"
	if len(all) == 0 {
		hint = "for one that GIJ's wizard made, give --org, --app-id and --pem-file"
	}
	return &cliError{code: codeNotFound, message: what, hint: hint}
}

// readKey takes the key of --pem-file, else the one that this machine keeps.
func (a *app) readKey(g *gitHubApp, file string) error {
	if file == "" {
		if g.known == nil || g.known.PEM.IsZero() {
			return nil
		}
		key, err := secret.ParsePrivateKey([]byte(g.known.PEM.Reveal()))
		if err != nil {
			return fmt.Errorf("the key that this machine keeps of %s: %w", g, err)
		}
		g.key = key
		return nil
	}
	text, err := a.readPEMFile(file)
	if err != nil {
		return err
	}
	g.key, err = parsePEM(file, text)
	return err
}

// maxPEM is the size in bytes of the largest file that is read as a key.
const maxPEM = 1 << 20

func (a *app) readPEMFile(file string) ([]byte, error) {
	text, err := a.readInput(file, maxPEM, "--pem-file")
	if err == nil {
		a.warnIfReadable(file)
	}
	return text, err
}

// parsePEM reads a key, also one whose line breaks were lost on its way.
func parsePEM(file string, text []byte) (*secret.PrivateKey, error) {
	key, err := secret.ParsePrivateKey(text)
	var bad *secret.PEMError
	if errors.As(err, &bad) {
		if repaired, could := secret.RepairPEM(text); could {
			return secret.ParsePrivateKey(repaired)
		}
		return nil, &cliError{code: codeInvalidInput, message: inputName(file) + " is no usable private key: " + bad.Error(), hint: bad.Hint(), cause: err}
	}
	return key, err
}
