package secret_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/gijctl/gijctl/pkg/secret"
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

var sharedKey = sync.OnceValue(newKey)

func armored(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

func pkcs1() []byte { return armored("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(sharedKey())) }

func pkcs8(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return armored("PRIVATE KEY", der)
}

func replaced(text []byte, old, with string) []byte {
	return bytes.ReplaceAll(text, []byte(old), []byte(with))
}

func TestParsePrivateKey(t *testing.T) {
	t.Parallel()
	for name, text := range map[string][]byte{
		"PKCS#1":          pkcs1(),
		"PKCS#8":          pkcs8(t, sharedKey()),
		"CR LF":           replaced(pkcs1(), "\n", "\r\n"),
		"space around":    []byte("\n  " + string(pkcs1()) + "\n\n"),
		"no last newline": bytes.TrimSpace(pkcs1()),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, err := secret.ParsePrivateKey(text)
			if err != nil {
				t.Fatal(err)
			}
			if !key.Reveal().Equal(sharedKey()) || key.PKCS8() != (name == "PKCS#8") {
				t.Errorf("another key, or PKCS8 is %t", key.PKCS8())
			}
			var c secret.PEMChecker
			if pkcs8, err := c.Check(text); err != nil || pkcs8 != key.PKCS8() {
				t.Errorf("Check says %t, %v", pkcs8, err)
			}
		})
	}
}

func TestUnusableKeys(t *testing.T) {
	t.Parallel()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	whole := string(pkcs1())
	lines := strings.Split(whole, "\n")
	tests := []struct {
		name string
		text string
		want secret.PEMReason
	}{
		{"empty", "", secret.PEMMissing},
		{"a token", "ghp_something", secret.PEMMissing},
		{"only the first line", lines[0], secret.PEMTruncated},
		{"half a first line", "-----BEGIN RSA", secret.PEMTruncated},
		{"no last line", strings.Join(lines[:10], "\n"), secret.PEMTruncated},
		{"another last line", strings.Replace(whole, "END RSA ", "END ", 1), secret.PEMTruncated},
		{"two keys", whole + whole, secret.PEMTrailing},
		{"spaces for line breaks", strings.ReplaceAll(whole, "\n", " "), secret.PEMFlattened},
		{"no line breaks", strings.ReplaceAll(whole, "\n", ""), secret.PEMFlattened},
		{`\n for line breaks`, strings.ReplaceAll(whole, "\n", `\n`), secret.PEMFlattened},
		{"some spaces", strings.Replace(whole, lines[4]+"\n", lines[4]+" ", 1), secret.PEMFlattened},
		{"public", string(armored("PUBLIC KEY", x509.MarshalPKCS1PublicKey(&sharedKey().PublicKey))), secret.PEMPublic},
		{"certificate", string(armored("CERTIFICATE", []byte("x"))), secret.PEMNotPrivate},
		{"EC", string(pkcs8(t, ec)), secret.PEMEC},
		{"Ed25519", string(pkcs8(t, ed)), secret.PEMNotRSA},
		{"EC label", string(armored("EC PRIVATE KEY", []byte("x"))), secret.PEMEC},
		{"OpenSSH", string(armored("OPENSSH PRIVATE KEY", []byte("x"))), secret.PEMNotRSA},
		{"passphrase", strings.Replace(whole, "\n", "\nProc-Type: 4,ENCRYPTED\n\n", 1), secret.PEMEncrypted},
		{"passphrase, PKCS#8", string(armored("ENCRYPTED PRIVATE KEY", []byte("x"))), secret.PEMEncrypted},
		{"a line is missing", strings.Replace(whole, lines[7]+"\n", "", 1), secret.PEMDamaged},
		{"a letter changed", strings.Replace(whole, lines[1], lines[1][:30]+flip(lines[1][30])+lines[1][31:], 1), secret.PEMDamaged},
		{"no base64", strings.Replace(whole, lines[1], strings.Repeat("!", 64), 1), secret.PEMDamaged},
		{"nothing inside", "-----BEGIN RSA PRIVATE KEY-----\n\n-----END RSA PRIVATE KEY-----", secret.PEMDamaged},
		{"a byte inside", string(armored("RSA PRIVATE KEY", []byte{0x30})), secret.PEMDamaged},
		{"huge length", string(armored("RSA PRIVATE KEY", []byte{0x30, 0x84, 255, 255, 255, 255})), secret.PEMDamaged},
		{"not PKCS#8 inside", string(armored("PRIVATE KEY", []byte{0x30, 0x00})), secret.PEMDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := secret.ParsePrivateKey([]byte(tt.text))
			failure, ok := errors.AsType[*secret.PEMError](err)
			if !ok || failure.Reason != tt.want {
				t.Fatalf("got %v, want the reason %q", err, tt.want)
			}
			if failure.Error() == "" || failure.Hint() == "" || failure.Code() != "invalid_input" {
				t.Errorf("message %q, hint %q, code %q", failure.Error(), failure.Hint(), failure.Code())
			}
		})
	}
}

// flip returns another letter of base64.
func flip(letter byte) string {
	if letter == 'A' {
		return "B"
	}
	return "A"
}

func TestRepairPEM(t *testing.T) {
	t.Parallel()
	whole := bytes.TrimSpace(pkcs1())
	for name, text := range map[string][]byte{
		"spaces":    replaced(whole, "\n", " "),
		"nothing":   replaced(whole, "\n", ""),
		`\n`:        append(replaced(whole, "\n", `\n`), `\n`...),
		`\r\n`:      replaced(whole, "\n", `\r\n`),
		"more room": replaced(whole, "\n", " \n  "),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repaired, ok := secret.RepairPEM(text)
			if !ok || !bytes.Equal(repaired, whole) {
				t.Errorf("repaired %t, and the same as before %t", ok, bytes.Equal(repaired, whole))
			}
		})
	}
	for name, text := range map[string][]byte{
		"nothing to repair": whole,
		"flat and damaged":  replaced(replaced(whole, "\n", " "), "A", "B"),
		"no key":            []byte("x"),
		"flat certificate":  replaced(armored("CERTIFICATE", []byte("x")), "\n", " "),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if repaired, ok := secret.RepairPEM(text); ok || repaired != nil {
				t.Error("it was repaired")
			}
		})
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	key, err := secret.ParsePrivateKey(pkcs1())
	if err != nil {
		t.Fatal(err)
	}
	// openssl rsa -in key.pem -pubout -outform DER | openssl sha256 -binary | openssl base64
	der, err := x509.MarshalPKIXPublicKey(&sharedKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	bare := base64.StdEncoding.EncodeToString(sum[:])
	if got := key.Fingerprint(); got != "SHA256:"+bare {
		t.Errorf("got %s, want SHA256:%s", got, bare)
	}
	for _, other := range []string{bare, "SHA256:" + bare, " " + strings.TrimRight(bare, "=")} {
		if !secret.SameFingerprint(key.Fingerprint(), other) {
			t.Errorf("%q is not the same", other)
		}
	}
	if secret.SameFingerprint(key.Fingerprint(), bare[1:]) || secret.SameFingerprint("", "SHA256:") {
		t.Error("different ones are the same")
	}
}

// TestFingerprintOfGitHub: the key is the one that GitHub publishes as an example in the OpenAPI description of its REST API
// (integration-from-manifest), and the fingerprint is what the openssl commands of its documentation print for it.
//
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/managing-private-keys-for-github-apps#verifying-private-keys
func TestFingerprintOfGitHub(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/github-openapi-example.pem")
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.ParsePrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	if got := key.Fingerprint(); got != "SHA256:jruIcxbAqxv7oiBc/IHGkkTvdF54gOGRqvUEns1IZDc=" {
		t.Errorf("got %s", got)
	}
}

func TestPrivateKeyPrintsNothing(t *testing.T) {
	t.Parallel()
	key, err := secret.ParsePrivateKey(pkcs1())
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"key": key})
	if err != nil || string(text) != `{"key":"[redacted]"}` {
		t.Errorf("JSON is %s, %v", text, err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(verb, key); got != secret.Redacted {
			t.Errorf("%s prints %.40q", verb, got)
		}
	}
	if key.String() != secret.Redacted || key.LogValue().String() != secret.Redacted {
		t.Error("String or LogValue shows the key")
	}
}

func FuzzParsePrivateKey(f *testing.F) {
	f.Add(pkcs1())
	f.Add([]byte("-----BEGIN RSA PRIVATE KEY----- AA== -----END RSA PRIVATE KEY-----"))
	f.Add(armored("PRIVATE KEY", []byte{0x30, 0x82, 1, 0}))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := secret.ParsePrivateKey(text)
		var c secret.PEMChecker
		if _, quick := c.Check(text); err == nil && quick != nil {
			t.Errorf("the quick check refuses what is a key: %v", quick)
		}
		if repaired, ok := secret.RepairPEM(text); ok && err == nil {
			t.Errorf("repaired a good key to %d bytes", len(repaired))
		}
	})
}

func BenchmarkPEMChecker(b *testing.B) {
	text := pkcs1()
	var c secret.PEMChecker
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := c.Check(text); err != nil {
			b.Fatal(err)
		}
	}
}
