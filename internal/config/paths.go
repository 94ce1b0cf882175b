package config

import (
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
	return "", usageError("set HOME, or XDG_STATE_HOME to a folder of yours", "no place to keep the sandbox: neither HOME nor XDG_STATE_HOME is an absolute path")
}
