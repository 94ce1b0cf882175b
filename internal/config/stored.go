package config

import (
	"encoding/json"
	"fmt"

	"github.com/gijctl/gijctl/pkg/secret"
)

// storedJSON is a credential as it is written, in the keyring and in the file. It holds the secret in the clear, so it
// lives for the time of one call.
type storedJSON struct {
	URL      string `json:"url"`
	User     string `json:"user,omitempty"`
	Token    string `json:"token,omitempty"`
	Password string `json:"password,omitempty"`
}

func encodeStored(s Stored) ([]byte, error) {
	j := storedJSON{URL: s.URL, User: s.User}
	if s.User == "" {
		j.Token = s.Secret.Reveal()
	} else {
		j.Password = s.Secret.Reveal()
	}
	data, err := json.Marshal(j) //nolint:gosec // this is the one place where a credential is written down
	if err != nil {
		return nil, fmt.Errorf("keep the credential: %w", err)
	}
	return data, nil
}

// decodeStored reads a credential. What is wrong with it is not shown: it may be the secret.
func decodeStored(data []byte, place, name string) (Stored, error) {
	var j storedJSON
	err := json.Unmarshal(data, &j)
	s := Stored{URL: j.URL, User: j.User, Secret: secret.New(j.Token)}
	if j.User != "" {
		s.Secret = secret.New(j.Password)
	}
	if err != nil || s.URL == "" || s.Secret.IsZero() {
		return Stored{}, authError("log in again: gijctl auth login --context "+name, "what %s has for %q is spoiled", place, cut(name))
	}
	return s, nil
}
