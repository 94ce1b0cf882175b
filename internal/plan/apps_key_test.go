package plan_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/secret"
)

func appPEM(t *testing.T) (text, fingerprint string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text = strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})))
	parsed, err := secret.ParsePrivateKey([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return text, parsed.Fingerprint()
}

func TestKeyColumns(t *testing.T) {
	t.Parallel()
	key, fingerprint := appPEM(t)
	quoted := `"` + key + `"`
	flat := strings.ReplaceAll(key, "\n", " ")
	tests := map[string]struct {
		header, cells string
		want          []string
		shown         bool
	}{
		"in clear, by its content":             {"secretOne\tsecretTwo", "x\t" + quoted, []string{"secretTwo"}, true},
		"in clear, and another name says pem":  {"thePem\tsecretTwo", "x\t" + quoted, []string{"secretTwo"}, true},
		"line breaks were lost":                {"secretOne\tsecretTwo", "x\t" + flat, []string{"secretTwo"}, true},
		"hidden, by its name":                  {"secretOne\tgithubAppPem", "x\tAAAA", []string{"githubAppPem"}, false},
		"blank, by its name":                   {"secretOne\tgithubAppPem", "x\t", []string{"githubAppPem"}, false},
		"several names":                        {"oldPem\tnewPem", "x\ty", []string{"oldPem", "newPem"}, false},
		"a certificate is no key":              {"secretOne\tgithubAppPem", "-----BEGIN CERTIFICATE-----\t", []string{"githubAppPem"}, false},
		"nothing tells":                        {"secretOne\tsecretTwo", "x\ty", nil, false},
		"dropEmpty and openMode do not say so": {"dropEmpty\topenMode", "x\ty", nil, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := snapshot(t, "id\torigin\t"+tt.header+"\n11\thttps://api.github.com\t"+tt.cells+"\n")
			got := s.KeyColumns(11, nil, nil)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(got) == 0 {
				return
			}
			shown := s.PrivateKey(11, got[0])
			if (shown != nil) != tt.shown || shown != nil && shown.Fingerprint() != fingerprint {
				t.Errorf("the export shows the key: %t, want %t", shown != nil, tt.shown)
			}
		})
	}
	s := snapshot(t, "id\torigin\tpem\n11\thttps://api.github.com\tx\n")
	if s.KeyColumns(12, nil, nil) != nil || s.PrivateKey(12, "pem") != nil || s.PrivateKey(11, "nothing") != nil {
		t.Error("a row or a column that is not there has a key")
	}
}

func TestEarlierKey(t *testing.T) {
	t.Parallel()
	first, firstPrint := appPEM(t)
	second, secondPrint := appPEM(t)
	state, err := plan.OpenBulkState(t.TempDir(), "https://jira.example.com", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(state.BackupPath())
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"2026-01-01T09-00-00Z.tsv": "id\tpem\n11\t\"" + first + "\"\n",
		"2026-02-01T09-00-00Z.tsv": "id\tpem\n11\t\"" + second + "\"\n",
		"2026-03-01T09-00-00Z.tsv": "id\tpem\n12\t\"" + first + "\"\n",
		"2026-04-01T09-00-00Z.tsv": "\x00",
		"notes.tsv":                "id\tpem\n11\t\"" + first + "\"\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for now, want := range map[string]string{secondPrint: firstPrint, firstPrint: secondPrint, "": secondPrint} {
		key := state.EarlierKey(11, "pem", now)
		if key == nil || key.Fingerprint() != want {
			t.Errorf("before %q: %v, want %q", now, key, want)
		}
	}
	if state.EarlierKey(13, "pem", "") != nil || state.EarlierKey(11, "other", "") != nil || (*plan.BulkState)(nil).EarlierKey(11, "pem", "") != nil {
		t.Error("a key comes from nowhere")
	}
}
