package githubapp

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
)

const stateBytes = 32

// NewState returns 256 random bits as text for an address.
func NewState(random io.Reader) (string, error) {
	var bits [stateBytes]byte
	if _, err := io.ReadFull(random, bits[:]); err != nil {
		return "", fmt.Errorf("read random bits: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(bits[:]), nil
}

// SameState compares in a time that does not depend on where they differ. Without a state nothing is the same.
func SameState(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return a != "" && subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
