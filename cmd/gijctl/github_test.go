package main

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdAppKey writes a private key of the seed's GitHub App: app-key FILE
func cmdAppKey(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: app-key FILE")
	}
	s := scriptOf(ts)
	key, err := s.server.AppKey()
	ts.Check(err)
	s.saveKey(ts, args[0], key)
}

// saveKey writes a private key as a browser's owner would be told to: for nobody else to read.
func (s *script) saveKey(ts *testscript.TestScript, file, key string) {
	s.keys = append(s.keys, key)
	ts.Check(os.WriteFile(ts.MkAbs(file), []byte(key), 0o600))
}

// cmdNewKey generates a private key on the page of an app, as a browser does: new-key ORG SLUG FILE
func cmdNewKey(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: new-key ORG SLUG FILE")
	}
	s := scriptOf(ts)
	status, body := s.submit(ts, appSettings(args[0], args[1])+"/keys", nil)
	if status != http.StatusOK || !strings.HasPrefix(body, "-----BEGIN") {
		ts.Fatalf("GitHub made no key: status %d", status)
	}
	s.saveKey(ts, args[2], body)
}

// cmdDeleteKey deletes the key of a file on the page of an app: delete-key ORG SLUG FILE
func cmdDeleteKey(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: delete-key ORG SLUG FILE")
	}
	block, _ := pem.Decode([]byte(ts.ReadFile(args[2])))
	if block == nil {
		ts.Fatalf("%s is no PEM", args[2])
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	ts.Check(err)
	mark, err := fingerprintOf(&key.PublicKey)
	ts.Check(err)
	status, body := scriptOf(ts).submit(ts, appSettings(args[0], args[1])+"/keys/delete", url.Values{"fingerprint": {mark}})
	if status != http.StatusFound {
		ts.Fatalf("GitHub did not delete the key: status %d: %s", status, body)
	}
}

func fingerprintOf(key *rsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	sum := sha256.Sum256(der)
	return base64.StdEncoding.EncodeToString(sum[:]), err
}

func appSettings(org, slug string) string {
	return "/organizations/" + url.PathEscape(org) + "/settings/apps/" + url.PathEscape(slug)
}

// cmdGitHub submits a form of the sandbox's GitHub, whose status must be below 400 (with ! it must not), or gets a page or a resource
// without a login if no field is given: github PATH [NAME=VALUE…]. What came is in the file github.
func cmdGitHub(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: github PATH [NAME=VALUE…]")
	}
	var form url.Values
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		if form == nil {
			form = url.Values{}
		}
		form.Add(name, value)
	}
	s := scriptOf(ts)
	method := http.MethodPost
	if form == nil {
		method = http.MethodGet
	}
	status, body := s.ask(ts, method, args[0], form)
	ts.Check(os.WriteFile(filepath.Join(s.work, "github"), []byte(body), 0o600))
	if failed := status >= http.StatusBadRequest; failed != neg {
		ts.Fatalf("status %d:\n%s", status, body)
	}
}

func (s *script) submit(ts *testscript.TestScript, path string, form url.Values) (int, string) {
	return s.ask(ts, http.MethodPost, path, form)
}

// ask sends a request to the sandbox's GitHub and follows no redirect.
func (s *script) ask(ts *testscript.TestScript, method, path string, form url.Values) (int, string) {
	r, err := http.NewRequestWithContext(context.Background(), method, s.server.GitHubURL+path, strings.NewReader(form.Encode()))
	ts.Check(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := http.Client{
		Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(r)
	ts.Check(err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	return answer.StatusCode, string(body)
}

// cmdGitHubRequests asserts how many requests arrived at the sandbox's GitHub: github-requests N [METHOD [PATTERN OF THE PATH]]
func cmdGitHubRequests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 3 {
		ts.Fatalf("usage: github-requests N [METHOD [PATTERN]]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := scriptOf(ts)
	all := s.server.GitHubRequests()[s.gitHubForgotten:]
	n := 0
	for _, r := range all {
		if (len(args) < 2 || r.Method == args[1]) && (len(args) < 3 || regexp.MustCompile(args[2]).MatchString(r.Path)) {
			n++
		}
	}
	if n != want {
		ts.Fatalf("%d requests arrived at GitHub, want %d; all:%s", n, want, describe(all))
	}
}

// learnKeys adds the secrets of GitHub Apps that the script has seen: private keys that the sandbox's state keeps, and what this
// machine keeps of apps that were made.
func (s *script) learnKeys() {
	keys := regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END`)
	apps := filepath.Join(s.state, "gijctl", "apps")
	files, _ := readAll(apps) // there may be none
	state, err := os.ReadFile(s.stateFile())
	if err == nil {
		files[s.stateFile()] = string(state)
	}
	for path, content := range files {
		s.keys = append(s.keys, keys.FindAllString(strings.ReplaceAll(content, `\n`, "\n"), -1)...)
		var kept map[string]any
		if strings.HasPrefix(path, apps) && json.Unmarshal([]byte(content), &kept) == nil {
			s.learnSecrets(kept)
		}
	}
	slices.Sort(s.keys)
	s.keys = slices.Compact(s.keys)
}

// learnSecrets takes what is named a secret.
func (s *script) learnSecrets(kept map[string]any) {
	for name, value := range kept {
		text, isText := value.(string)
		inner, isObject := value.(map[string]any)
		switch {
		case isObject:
			s.learnSecrets(inner)
		case isText && len(text) >= 2*shown && strings.Contains(strings.ToLower(name), "secret"):
			s.keys = append(s.keys, text)
		}
	}
}

// findKeys returns which private keys, or parts of them, and which secrets of apps a text holds.
func findKeys(text string, keys []string) []string {
	var leaks []string
	for _, key := range keys {
		for _, line := range keyLines(key) {
			if strings.Contains(text, line) {
				leaks = append(leaks, fmt.Sprintf("a secret of a GitHub App: %q", excerpt(text, line)))
				break
			}
		}
	}
	if key := regexp.MustCompile(`PRIVATE KEY-----\s*MII[A-Za-z0-9+/]{30}`).FindString(text); key != "" {
		leaks = append(leaks, fmt.Sprintf("a private key: %q", key))
	}
	if token := regexp.MustCompile(`gh[spu]_[A-Za-z0-9]{20}`).FindString(text); token != "" {
		leaks = append(leaks, fmt.Sprintf("a GitHub token: %q", token))
	}
	return leaks
}

// keyLines are the lines of a key's body but the first, which begins alike in all keys; a secret of one line is itself.
func keyLines(key string) []string {
	if !strings.Contains(key, "-----") {
		return []string{key}
	}
	var lines []string
	for line := range strings.Lines(key) {
		line = strings.TrimSpace(line)
		if len(line) == 64 && !strings.HasPrefix(line, "MII") {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestFindKeys(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("aB3/", 16)
	key := "-----BEGIN RSA PRIVATE KEY-----\nMII" + strings.Repeat("x", 61) + "\n" + line + "\nshort=\n-----END RSA PRIVATE KEY-----\n"
	token := "ghs_" + strings.Repeat("a1B2", 9)
	for text, want := range map[string]int{
		"the key " + line: 1, "MII" + strings.Repeat("x", 61): 0, `"pem":"…\n` + line + `\n"`: 1, "token " + token: 1, "a client-secret-of-the-test-0001": 1,
	} {
		if got := findKeys(text, []string{key, "client-secret-of-the-test-0001"}); len(got) != want {
			t.Errorf("%.30q: %q", text, got)
		}
	}
	if bytes.Contains([]byte(strings.Join(keyLines(key), "")), []byte("MII")) {
		t.Error("the begin of a key is no secret")
	}
}
