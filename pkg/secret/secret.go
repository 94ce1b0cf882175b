// Package secret holds values that must not be seen: tokens, passwords, private keys.
package secret

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// Redacted is what a secret prints as.
const Redacted = "[redacted]"

// Value is a string that prints as [Redacted] through every formatter and encoder: fmt with any verb, encoding/json,
// encoding/xml, YAML encoders that honour encoding.TextMarshaler, log/slog. Only [Value.Reveal] gives the string itself.
//
// The zero Value is the empty secret; it prints as the empty string, so that "none given" can be told from "hidden".
type Value struct {
	// The string sits behind a function: reflection-based printers (spew, go-cmp, %#v of an enclosing struct) reach
	// unexported fields, but they cannot call one.
	reveal func() string
}

// New makes a secret of s.
func New(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{reveal: func() string { return s }}
}

// Reveal returns the secret itself. Each call site is a place where it can leak.
func (v Value) Reveal() string {
	if v.reveal == nil {
		return ""
	}
	return v.reveal()
}

// IsZero reports whether the secret is empty.
func (v Value) IsZero() bool { return v.reveal == nil }

// Equal reports whether two secrets are the same, in a time that does not depend on where they differ.
func (v Value) Equal(w Value) bool {
	a, b := sha256.Sum256([]byte(v.Reveal())), sha256.Sum256([]byte(w.Reveal()))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// String returns [Redacted], or "" for the empty secret.
func (v Value) String() string {
	if v.IsZero() {
		return ""
	}
	return Redacted
}

// Format implements [fmt.Formatter], so that no verb and no flag shows more than [Value.String] does.
func (v Value) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, v.String()) }

// MarshalText implements [encoding.TextMarshaler]; encoding/json, encoding/xml and YAML encoders use it.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// LogValue implements [slog.LogValuer].
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }
