package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/gijctl/gijctl/internal/atomicfile"
)

// credentials are the entries of the file, by context. An entry stays as it is until it is its turn, so that a spoiled
// one, or one of a newer gijctl, is nobody else's problem.
type credentials map[string]json.RawMessage

// readCredentials reads the file. One that does not exist has no entries.
func (v *Vault) readCredentials(path string) (credentials, error) {
	data, note, err := readPrivate(path, func([]byte) bool { return true })
	if err != nil {
		return nil, err
	}
	if note != "" {
		v.notes = append(v.notes, note)
	}
	all := credentials{}
	if data = bytes.TrimSpace(data); len(data) == 0 {
		return all, nil
	}
	if err := json.Unmarshal(data, &all); err != nil || all == nil { // the error would show a piece of the file
		return nil, inputError("remove it, and log in again with: gijctl auth login --store file", "the file %s is spoiled", path)
	}
	return all, nil
}

func (v *Vault) fileGet(name string) (Stored, error) {
	path, err := CredentialsFile(v.env)
	if err != nil {
		return Stored{}, err
	}
	all, err := v.readCredentials(path)
	if err != nil {
		return Stored{}, err
	}
	entry, found := all[name]
	if !found {
		return Stored{}, ErrNoCredential
	}
	return decodeStored(entry, v.storedName(StoreFile), name)
}

// fileExists keeps a removal from making a folder and a lock for a file that is not there.
func (v *Vault) fileExists() bool {
	path, err := CredentialsFile(v.env)
	if err != nil {
		return false
	}
	_, err = os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func (v *Vault) fileSet(name string, value []byte) error {
	return v.editCredentials(func(all credentials) error {
		all[name] = value
		return nil
	})
}

func (v *Vault) fileDelete(name string) error {
	if !v.fileExists() {
		return ErrNoCredential
	}
	return v.editCredentials(func(all credentials) error {
		if _, found := all[name]; !found {
			return ErrNoCredential
		}
		delete(all, name)
		return nil
	})
}

func (v *Vault) fileMove(old, name string) error {
	if !v.fileExists() {
		return nil
	}
	return v.editCredentials(func(all credentials) error {
		entry, found := all[old]
		if !found {
			return nil
		}
		all[name] = entry
		delete(all, old)
		return nil
	})
}

// editCredentials changes the file under its lock. Where change fails nothing is written.
func (v *Vault) editCredentials(change func(credentials) error) error {
	path, err := CredentialsFile(v.env)
	if err != nil {
		return err
	}
	if err := refuseIrregular(path, "put the file itself there, which is: "); err != nil {
		return err
	}
	return locked(path, func() error {
		all, err := v.readCredentials(path)
		if err != nil {
			return err
		}
		if err := change(all); err != nil {
			return err
		}
		data, err := json.MarshalIndent(all, "", "  ")
		if err != nil {
			return fmt.Errorf("keep the credential: %w", err)
		}
		if err := atomicfile.Write(path, append(data, '\n')); err != nil {
			return fmt.Errorf("keep the credential: %w", err)
		}
		return nil
	})
}
