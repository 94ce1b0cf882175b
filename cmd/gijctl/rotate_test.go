package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/csv"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// TestRotationHasNoBrokenMoment rotates a key, from the first question to the proof that GitHub refuses the old one, while a client
// signs in every 10 ms with the key that GIJ has stored, as GIJ would. The client sees no refusal. It shares no code with gijctl.
func TestRotationHasNoBrokenMoment(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		seed string
		row  string
	}{
		"GitHub.com":               {"demo", "11"},
		"GitHub Enterprise Server": {"fleet", "131"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := sandbox.Options{Seed: c.seed}
			server, err := sandbox.Start(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = server.Close() })
			s := &signingIn{server: server, row: c.row, times: map[string]int{}}
			s.rotate(t)
		})
	}
}

// signingIn is a client that signs in with the stored key.
type signingIn struct {
	server *sandbox.Server
	row    string

	mu      sync.Mutex
	times   map[string]int // by the key that it signed in with
	refused []string
}

// with is how often it signed in with a key, or with any other key than that one.
func (s *signingIn) with(key string) (same, other int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, n := range s.times {
		if k == key {
			same += n
		} else {
			other += n
		}
	}
	return same, other
}

func (s *signingIn) rotate(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	before, err := s.stored()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "new.pem"), s.generate(t, before), 0o600); err != nil {
		t.Fatal(err)
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		s.signIn(end)
	}()
	// However slow the machine is: it signs in before, between and after.
	const some = 5
	if !eventually(func() bool { same, _ := s.with(before.key); return same >= some }, ended) {
		t.Fatalf("it cannot sign in at all: %q", s.refused)
	}
	p := s.start(t, dir)
	if !eventually(func() bool { return strings.Contains(p.stderr.String(), "waiting until GitHub refuses it") }, p.ended) || !p.isRunning() {
		t.Errorf("it does not wait for the end of the old key:\n%s", p.stderr.String())
	} else {
		if !eventually(func() bool { _, other := s.with(before.key); return other >= some }, ended) {
			t.Error("it does not sign in with the new key before the old one is deleted")
		}
		s.remove(t, before)
	}
	status, err := p.wait()
	_, until := s.with(before.key)
	if !eventually(func() bool { _, other := s.with(before.key); return other >= until+some }, ended) {
		t.Error("it does not sign in after the old key is deleted")
	}
	close(end)
	<-ended
	if err != nil || status != 0 {
		t.Fatalf("exit %d, %v\n%s", status, err, p.stderr.String())
	}
	if len(s.refused) > 0 || len(s.times) != 2 {
		t.Errorf("signed in with %d keys; refused: %q", len(s.times), s.refused)
	}
	after, err := s.stored()
	if err != nil || after.key == before.key {
		t.Errorf("the stored key is the old one, %v", err)
	}
	if status, err := s.ask(before); err != nil || status != http.StatusUnauthorized {
		t.Errorf("GitHub answers the old key with %d, %v", status, err)
	}
}

func (s *signingIn) start(t *testing.T, dir string) *process {
	t.Helper()
	environ := append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+filepath.Join(dir, "state"), "XDG_CONFIG_HOME="+filepath.Join(dir, "config"),
		"GIJCTL_URL="+s.server.URL, "GIJCTL_TOKEN="+s.server.Token, "GIJCTL_GITHUB_URL="+s.server.GitHubURL)
	path, err := exec.LookPath("gijctl")
	if err != nil {
		t.Fatal(err)
	}
	p, err := startProcess(dir, environ, []string{path, "gha", "rotate-key", s.row, "--pem-file", "new.pem", "--reindex", "--wait-revoked", "--yes"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// signIn signs in until the end. A refusal counts if the key was the stored one before and after the question: one that was replaced
// meanwhile, GIJ would not have used.
func (s *signingIn) signIn(end <-chan struct{}) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-end:
			return
		case <-tick.C:
		}
		if refusal := s.signInOnce(); refusal != "" {
			s.refused = append(s.refused, refusal)
		}
	}
}

func (s *signingIn) signInOnce() (refusal string) {
	with, err := s.stored()
	if err != nil {
		return err.Error()
	}
	status, err := s.ask(with)
	s.mu.Lock()
	s.times[with.key]++
	s.mu.Unlock()
	if err == nil && status == http.StatusOK {
		return ""
	}
	if now, readErr := s.stored(); readErr == nil && now.key != with.key {
		return ""
	}
	return fmt.Sprintf("%d %v", status, err)
}

// credentials are what GIJ has of an app.
type credentials struct{ id, org, slug, key string }

// stored reads them from the export.
func (s *signingIn) stored() (credentials, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.server.URL+"/rest/gitplugin/1.0/configuration", nil)
	if err != nil {
		return credentials{}, err
	}
	request.Header.Set("Authorization", "Bearer "+s.server.Token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return credentials{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	reader := csv.NewReader(answer.Body)
	reader.Comma, reader.LazyQuotes, reader.ReuseRecord = '\t', true, true
	at := map[string]int{}
	for {
		row, err := reader.Read()
		switch {
		case err != nil:
			return credentials{}, fmt.Errorf("row %s: %w", s.row, err)
		case len(at) == 0:
			for i, name := range row {
				at[name] = i
			}
		case row[at["id"]] == s.row:
			return credentials{row[at["githubAppId"]], row[at["githubAppOrg"]], row[at["githubAppSlug"]], row[at["githubAppPem"]]}, nil
		}
	}
}

// ask asks GitHub for the app, signed as its documentation says.
func (s *signingIn) ask(with credentials) (status int, err error) {
	block, _ := pem.Decode([]byte(with.key + "\n"))
	if block == nil {
		return 0, fmt.Errorf("row %s has no key", s.row)
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return 0, err
	}
	now := time.Now().Unix()
	part := base64.RawURLEncoding.EncodeToString
	token := part([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + part(fmt.Appendf(nil, `{"iat":%d,"exp":%d,"iss":%q}`, now-60, now+540, with.id))
	sum := sha256.Sum256([]byte(token))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.server.GitHubURL+"/api/v3/app", nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+token+"."+part(signature))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	_ = answer.Body.Close()
	return answer.StatusCode, nil
}

// generate makes a key on the app's page.
func (s *signingIn) generate(t *testing.T, of credentials) []byte {
	t.Helper()
	text := s.post(t, of, "/keys", nil)
	if block, _ := pem.Decode(text); block == nil {
		t.Fatalf("the page gives no key: %.200s", text)
	}
	return text
}

// remove deletes a key there.
func (s *signingIn) remove(t *testing.T, of credentials) {
	t.Helper()
	block, _ := pem.Decode([]byte(of.key + "\n"))
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(public)
	s.post(t, of, "/keys/delete", url.Values{"fingerprint": {base64.StdEncoding.EncodeToString(sum[:])}})
}

func (s *signingIn) post(t *testing.T, of credentials, path string, form url.Values) []byte {
	t.Helper()
	page := s.server.GitHubURL + "/organizations/" + of.org + "/settings/apps/" + of.slug + path
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, page, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %d, %v: %.300s", path, answer.StatusCode, err, text)
	}
	return text
}
