package secret

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
)

// PrivateKey is the RSA key of a GitHub App. It prints as [Redacted] through every formatter and encoder, as a [Value] does.
type PrivateKey struct {
	reveal func() *rsa.PrivateKey
	pkcs8  bool
}

// ParsePrivateKey reads one RSA private key in PEM form, PKCS#1 ("RSA PRIVATE KEY", as GitHub makes them) or PKCS#8
// ("PRIVATE KEY"). Space around it and CR LF are fine. It checks that the numbers in it belong together. An error is a
// *[PEMError], which holds nothing of the text.
//
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/managing-private-keys-for-github-apps
func ParsePrivateKey(text []byte) (*PrivateKey, error) {
	var c PEMChecker
	pkcs8, failure := c.check(text)
	if failure != nil {
		return nil, failure
	}
	key, err := parseDER(c.der, pkcs8)
	if err != nil {
		return nil, &PEMError{Reason: PEMDamaged}
	}
	return &PrivateKey{reveal: func() *rsa.PrivateKey { return key }, pkcs8: pkcs8}, nil
}

func parseDER(der []byte, pkcs8 bool) (*rsa.PrivateKey, error) {
	if !pkcs8 {
		return x509.ParsePKCS1PrivateKey(der)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, &PEMError{Reason: PEMNotRSA}
	}
	return key, nil
}

// Reveal returns the key itself, to sign with.
func (k *PrivateKey) Reveal() *rsa.PrivateKey { return k.reveal() }

// PKCS8 reports whether the PEM was in PKCS#8 form. That GIJ takes that form is unknown; GitHub's own files are PKCS#1.
func (k *PrivateKey) PKCS8() bool { return k.pkcs8 }

// Fingerprint returns the fingerprint that GitHub shows for the key: SHA256: and the base64 form of the SHA-256 of its public
// half (the DER form of SubjectPublicKeyInfo). It is no secret.
func (k *PrivateKey) Fingerprint() string { return fingerprint(k.reveal().Public()) }

func fingerprint(public crypto.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return "" // an RSA key can always be encoded
	}
	sum := sha256.Sum256(der)
	return fingerprintLabel + base64.StdEncoding.EncodeToString(sum[:])
}

const fingerprintLabel = "SHA256:"

// SameFingerprint reports whether two fingerprints are the same, with or without the label SHA256: and the padding.
func SameFingerprint(a, b string) bool {
	bare := func(s string) string {
		return strings.TrimRight(strings.TrimPrefix(strings.TrimSpace(s), fingerprintLabel), "=")
	}
	return bare(a) != "" && bare(a) == bare(b)
}

// String returns [Redacted].
func (k *PrivateKey) String() string { return Redacted }

// Format implements [fmt.Formatter], so that no verb and no flag shows more than [PrivateKey.String] does.
func (k *PrivateKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Redacted) }

// MarshalText implements [encoding.TextMarshaler].
func (k *PrivateKey) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// LogValue implements [slog.LogValuer].
func (k *PrivateKey) LogValue() slog.Value { return slog.StringValue(Redacted) }

// PEMReason says why a text is no usable private key.
type PEMReason string

// The reasons.
const (
	PEMMissing    PEMReason = "no PEM"
	PEMTruncated  PEMReason = "truncated"
	PEMFlattened  PEMReason = "flattened" // the line breaks are lost; [RepairPEM] may help
	PEMEncrypted  PEMReason = "encrypted"
	PEMPublic     PEMReason = "public"
	PEMNotPrivate PEMReason = "not private" // a certificate, say
	PEMEC         PEMReason = "EC"
	PEMNotRSA     PEMReason = "not RSA"
	PEMDamaged    PEMReason = "damaged"
	PEMTrailing   PEMReason = "more than one"
)

// PEMError says why a text is no usable private key. It holds nothing of the text.
type PEMError struct{ Reason PEMReason }

// Error returns the reason as a sentence.
func (e *PEMError) Error() string {
	switch e.Reason {
	case PEMMissing:
		return "it does not begin with -----BEGIN"
	case PEMTruncated:
		return "the -----END line is missing or is not that of the -----BEGIN line"
	case PEMFlattened:
		return "its line breaks are lost"
	case PEMEncrypted:
		return "it is protected by a passphrase"
	case PEMPublic:
		return "it is a public key, not a private one"
	case PEMNotPrivate:
		return "it is no private key, but a certificate or something else"
	case PEMEC:
		return "it is an EC key (elliptic curve), not an RSA one"
	case PEMNotRSA:
		return "it is no RSA key in PKCS#1 or PKCS#8 form"
	case PEMTrailing:
		return "text follows its -----END line"
	case PEMDamaged:
	}
	return "it is damaged: its content does not decode to an RSA private key"
}

// Code returns "invalid_input", the class of the error.
func (e *PEMError) Code() string { return "invalid_input" }

// Hint says what to do.
func (e *PEMError) Hint() string {
	switch e.Reason {
	case PEMEncrypted:
		return "write it without passphrase: openssl rsa -in key.pem -traditional -out plain.pem"
	case PEMFlattened, PEMTruncated, PEMTrailing, PEMMissing, PEMPublic, PEMNotPrivate, PEMEC, PEMNotRSA, PEMDamaged:
	}
	return "use the .pem file as GitHub made it, whole and with its line breaks"
}

// RepairPEM gives a private key its line breaks back, which a spreadsheet, a form or an environment variable took: they
// became spaces, the two characters \n, or nothing. It reports whether that made a key whose numbers belong together;
// otherwise, and for a text that needs no repair, it returns nil and false.
func RepairPEM(text []byte) ([]byte, bool) {
	var c PEMChecker
	if _, failure := c.check(text); failure == nil || failure.Reason != PEMFlattened {
		return nil, false
	}
	a, failure := splitArmor(text)
	if failure != nil {
		return nil, false
	}
	body := bytes.ReplaceAll(bytes.ReplaceAll(a.body, []byte(`\r`), nil), []byte(`\n`), nil)
	body = bytes.Join(bytes.Fields(body), nil)
	repaired := wrap(string(a.label), body)
	if _, failure := c.check(repaired); failure != nil {
		return nil, false
	}
	return repaired, true
}

// wrap writes a PEM as OpenSSL does: 64 characters a line, no line break after the last.
func wrap(label string, body []byte) []byte {
	const width = 64
	out := []byte(armorBegin + label + armorDashes + "\n")
	for line := range slices.Chunk(body, width) {
		out = append(append(out, line...), '\n')
	}
	return append(out, armorEnd+label+armorDashes...)
}
