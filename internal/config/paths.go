package config

import (
	"fmt"
	"path/filepath"
)

// StateDir returns the folder for what gijctl keeps between commands. It need not exist yet.
//
// It follows the XDG base directories (https://specifications.freedesktop.org/basedir-spec/latest/) on every system but
// Windows, where it is in the local application data.
func StateDir(env Env) (string, error) {
	if dir := env.Get("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "gijctl"), nil
	}
	if dir := env.Get("LOCALAPPDATA"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "gijctl"), nil
	}
	if home := env.Get("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "gijctl"), nil
	}
	return "", usageError("set HOME, or XDG_STATE_HOME to a folder of yours", "no place to keep what lasts between commands: neither HOME nor XDG_STATE_HOME is an absolute path")
}

// ConfigFile returns the absolute path of the file with the contexts. It need not exist yet.
//
// GIJCTL_CONFIG names it. Else it is in the folder for configuration: of the XDG base directories on every system but
// Windows, where it is in the roaming application data.
func ConfigFile(env Env) (string, error) {
	if file := env.Get("GIJCTL_CONFIG"); file != "" {
		path, err := filepath.Abs(file)
		if err != nil {
			return "", fmt.Errorf("find GIJCTL_CONFIG: %w", err)
		}
		return path, nil
	}
	if dir := env.Get("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "gijctl", "config.yaml"), nil
	}
	if dir := env.Get("APPDATA"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "gijctl", "config.yaml"), nil
	}
	if home := env.Get("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".config", "gijctl", "config.yaml"), nil
	}
	return "", usageError("set HOME, or GIJCTL_CONFIG to a file of yours",
		"no place to keep contexts: neither HOME nor XDG_CONFIG_HOME is an absolute path")
}

// CredentialsFile returns the absolute path of the file with the credentials that are not in the keyring: beside the
// file with the contexts. It need not exist yet.
func CredentialsFile(env Env) (string, error) {
	path, err := ConfigFile(env)
	if err != nil {
		return "", err
	}
	return filepath.Join(filepath.Dir(path), "credentials.json"), nil
}
