package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// fixtureSecret is a secret that scripts or documented samples send. Nothing that gijctl writes may hold it.
type fixtureSecret struct {
	variable string // the environment variable of every script that has it; "" for none
	value    string
}

// fixtureSecrets lists every secret that is used by a test of the whole program. [TestEverySecretIsListed] sees to it.
func fixtureSecrets() []fixtureSecret {
	return []fixtureSecret{
		{"PAT", "ghp-Fixture7Qm2Xw9LrT4"},
		{"NEW_PAT", "glpat-Fixture3Jd8Rk5Zs1"},
		{"PASSWORD", "pw-Fixture&8Vz=Kd3%\"Hn"},
		{"AWS_SECRET", "aws/Fixture+5Tg1Bq8YcW"},
		{"PROXY_KEY", "proxy-Fixture9Np6Mh2Ef"},
		{"WRONG_TOKEN", "wrong-Fixture4Lu7Gx0Va"},
		{"", "thisisthepatofyourgithost"}, // of the vendor's samples
		{"", "fixture-pat-"},              // how those of testdata/api/types begin
		{"", "fixture-password-"},
	}
}

// shown is how much of a secret, at its begin or end, is already too much.
const shown = 10

// findSecrets returns, for each fixture secret and token that text holds in some form, which it is and how it is written.
func findSecrets(text string, tokens []string) []string {
	all := slices.Clone(tokens)
	for _, secret := range fixtureSecrets() {
		all = append(all, secret.value)
	}
	var leaks []string
	for n, secret := range all {
		kind := "a fixture secret"
		if n < len(tokens) {
			kind = "a token of the sandbox"
		}
		for form, needle := range forms(secret) {
			if strings.Contains(text, needle) {
				leaks = append(leaks, fmt.Sprintf("%s, %s: %q", kind, form, excerpt(text, needle)))
				break
			}
		}
	}
	return leaks
}

// forms are the ways in which a secret can get into a text.
func forms(secret string) map[string]string {
	quoted, _ := json.Marshal(secret) // a string always encodes
	found := map[string]string{
		"as it is":             secret,
		"in JSON":              strings.Trim(string(quoted), `"`),
		"as a Go string":       strings.Trim(fmt.Sprintf("%q", secret), `"`),
		"in a URL":             url.QueryEscape(secret),
		"in a path":            url.PathEscape(secret),
		"hexadecimal":          hex.EncodeToString([]byte(secret)),
		"as a list of numbers": strings.Trim(fmt.Sprint([]byte(secret)), "[]"),
	}
	if !strings.HasPrefix(secret, "fixture-") { // that one is a begin itself
		found["its begin"], found["its end"] = secret[:shown], secret[len(secret)-shown:]
	}
	// In base64 the bytes before it decide which of three forms it has; a user name stands before a password.
	for skip := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", skip) + secret))
		found[fmt.Sprintf("in base64 (%d)", skip)] = encoded[4 : len(encoded)-4]
	}
	return found
}

func excerpt(text, needle string) string {
	at := strings.Index(text, needle)
	return text[max(0, at-30):min(len(text), at+len(needle)+10)]
}

func TestFindSecretsFindsEveryForm(t *testing.T) {
	t.Parallel()
	const secret, token = "pw-Fixture&8Vz=Kd3%\"Hn", "c2FuZGJveC10b2tlbi1vZi10aGlzLXRlc3QtMTIzNDU"
	basic := func(user string) string { return base64.StdEncoding.EncodeToString([]byte(user + ":" + secret)) }
	for name, text := range map[string]string{
		"plain":        "the password is " + secret + ".",
		"JSON":         `{"password":"pw-Fixture\u00268Vz=Kd3%\"Hn"}`,
		"Go":           fmt.Sprintf("%q", secret),
		"URL":          "?password=" + url.QueryEscape(secret),
		"Basic a":      "Authorization: Basic " + basic("a"),
		"Basic ab":     "Authorization: Basic " + basic("ab"),
		"Basic abc":    "Authorization: Basic " + basic("abc"),
		"hex":          hex.EncodeToString([]byte(secret)),
		"bytes":        fmt.Sprint([]byte(secret)),
		"shortened":    "pw-Fixture...",
		"its end":      "***" + secret[len(secret)-shown:],
		"token":        "Bearer " + token,
		"vendor's":     `{"pat":"thisisthepatofyourgithost"}`,
		"in the midst": strings.Repeat("x", 100_000) + secret + strings.Repeat("y", 100_000),
	} {
		if found := findSecrets(text, []string{token}); len(found) != 1 {
			t.Errorf("%s: found %q, want one secret", name, found)
		}
	}
	harmless := `{"pat":"[redacted]","displayName":"the fixture's password"} Bearer [redacted]`
	if found := findSecrets(harmless, []string{token}); found != nil {
		t.Errorf("found %q in a text without a secret", found)
	}
}

// TestScriptSeesWhatIsLeft proves that the look at a script's files can fail.
func TestScriptSeesWhatIsLeft(t *testing.T) {
	t.Parallel()
	work := t.TempDir()
	s := &script{work: work, home: filepath.Join(work, ".home"), state: filepath.Join(work, ".state"), tokens: []string{"c2FuZGJveC10b2tlbg"}}
	s.inputs = map[string]string{filepath.Join(work, "input"): fixtureSecrets()[0].value}
	for name, file := range map[string]struct {
		content string
		mode    os.FileMode
	}{
		"input":                        {fixtureSecrets()[0].value, 0o644},
		"harmless":                     {"nothing", 0o644},
		".tmp/left":                    {"pat: " + fixtureSecrets()[0].value, 0o600},
		".home/.config/gijctl/config":  {"nothing", 0o640},
		".state/gijctl/sandbox.json":   {"c2FuZGJveC10b2tlbg", 0o600},
		".state/gijctl/sandbox.json.1": {"c2FuZGJveC10b2tlbg", 0o600},
	} {
		path := filepath.Join(work, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(file.content), file.mode); err != nil {
			t.Fatal(err)
		}
	}
	problems := s.checkFiles()
	slices.Sort(problems)
	want := []string{".home/.config/gijctl/config can be read by others", ".state/gijctl/sandbox.json.1 holds a token", ".tmp/left holds a fixture secret"}
	if len(problems) != len(want) {
		t.Fatalf("problems: %q, want %q", problems, want)
	}
	for n, part := range want {
		if !strings.Contains(problems[n], part) {
			t.Errorf("problem %q, want %q", problems[n], part)
		}
	}
}

// TestEverySecretIsListed looks for secrets in what scripts and samples send that the search does not know.
func TestEverySecretIsListed(t *testing.T) {
	t.Parallel()
	isKnown := func(value string) bool {
		return slices.ContainsFunc(fixtureSecrets(), func(s fixtureSecret) bool { return strings.HasPrefix(value, s.value) })
	}
	field := regexp.MustCompile(`(?m)"?\b(?:pat|password)"?\s*:[ \t]*"?((?:[^"\n\\,}([{ ]|\\.)(?:[^"\n\\,}]|\\.)*)`)
	files := map[string]string{}
	for _, folder := range []string{"../../testdata/script", "../../testdata/api"} {
		found, err := readAll(folder)
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(files, found)
	}
	for file, content := range files {
		for _, match := range field.FindAllStringSubmatch(content, -1) {
			value := strings.ReplaceAll(strings.TrimSpace(match[1]), `\"`, `"`)
			if len(value) > shown && !isKnown(value) {
				t.Errorf("%s: the secret %q is not in fixtureSecrets", file, value)
			}
		}
	}
}
