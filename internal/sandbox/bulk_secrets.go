package sandbox

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"maps"
)

// Sizes of encrypted texts in the export, before base64, which has an = at its end then: a text of letters and digits alone could
// as well be a token. That GIJ encrypts is known, the form is [U] in the contract.
const (
	secretBlob = 64
	pemBlob    = 1696
	keyBits    = 2048
)

// secretCell writes a secret in one of the ways of the knobs export-secrets and export-pem; a secret that was never set is
// blank in all of them.
func (v *exportView) secretCell(r *row, key, mode string) string {
	if r.Secrets[key] == "" {
		return ""
	}
	size := secretBlob
	if key == columnPEM {
		size = pemBlob
	}
	switch mode {
	case "blank":
		return ""
	case "fresh":
		blob := make([]byte, size)
		_, _ = rand.Read(blob) // never fails
		return base64.StdEncoding.EncodeToString(blob)
	case "clear":
		if value, ok := v.clearSecret(r, key); ok {
			return value
		}
	}
	return base64.StdEncoding.EncodeToString(v.stream(r.Secrets[key], size))
}

// stream returns bytes that are the same for the same fingerprint.
func (v *exportView) stream(fingerprint string, size int) []byte {
	var blob []byte
	for n := uint64(0); len(blob) < size; n++ {
		mac := hmac.New(sha256.New, []byte(v.salt))
		mac.Write([]byte(fingerprint))
		mac.Write(binary.BigEndian.AppendUint64(nil, n))
		blob = mac.Sum(blob)
	}
	return blob[:size]
}

// clearSecret returns a secret that is known: a private key, what was set while the export shows secrets, and what a seed
// invented.
func (v *exportView) clearSecret(r *row, key string) (string, bool) {
	if key == columnPEM {
		return r.Columns[key], true
	}
	if value, ok := r.Kept[key]; ok {
		return value, true
	}
	value := seedSecret(v.salt, r.ID, key)
	return value, fingerprint(v.salt, r.ID, key, value) == r.Secrets[key]
}

// seedSecret is what a seed sets a secret to. It is computed, so that no state needs to hold it.
func seedSecret(salt string, id int64, key string) string {
	return "sandbox-" + fingerprint(salt, id, "seed "+key, "")
}

// fingerprint is what a state keeps of a secret. The id is mixed in, so that equal secrets of two rows look different.
func fingerprint(salt string, id int64, key, value string) string {
	mac := hmac.New(sha256.New, []byte(salt))
	fmt.Fprintf(mac, "%d\x00%s\x00%s", id, key, value)
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// setSecret remembers that a secret was set, and the secret itself only if keep says so, or an export shows it.
func (st *state) setSecret(r *row, key, value string, keep bool) {
	r.Secrets = with(r.Secrets, key, fingerprint(st.Salt, r.ID, key, value))
	if isOpenSecret(key) {
		r.Columns = with(r.Columns, key, value)
		return
	}
	if !keep {
		value = ""
	}
	r.keep(key, value)
}

// isOpenSecret reports whether the sandbox keeps a value although REST never shows it: an export shows user names, and may
// show a private key.
func isOpenSecret(key string) bool { return key == columnPEM || key == "username" }

// keep keeps a secret in clear, or forgets with "" what was kept.
func (r *row) keep(key, value string) {
	if value != "" {
		r.Kept = with(r.Kept, key, value)
		return
	}
	if _, kept := r.Kept[key]; kept {
		r.Kept = maps.Clone(r.Kept)
		delete(r.Kept, key)
	}
}

// with returns a copy of a map with one more value.
func with(m map[string]string, key, value string) map[string]string {
	next := make(map[string]string, len(m)+1)
	maps.Copy(next, m)
	next[key] = value
	return next
}

// keepsSecrets reports whether secrets are kept from now on: only an export that shows them in clear needs them.
func (c *call) keepsSecrets() bool { return c.faults.value("export-secrets") == "clear" }

// newPEM makes a private key in the form in which GitHub hands it out.
func newPEM() (string, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return "", fmt.Errorf("make a private key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})), nil
}

// checkPEM is the knob pem-check: whether GIJ looks at a key when it is imported, and which forms it takes, is [U] in the
// contract.
func (c *call) checkPEM(value string) error {
	mode := c.faults.value("pem-check")
	if mode == "none" {
		return nil
	}
	block, _ := pem.Decode([]byte(value + "\n"))
	if block == nil {
		return problem{text: "java.io.IOException: unknown PEM format"}
	}
	_, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil && mode != "pkcs1" {
		_, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		return problem{text: "java.security.spec.InvalidKeySpecException: unable to read the private key"}
	}
	return nil
}
