package config_test

import (
	"path/filepath"
	"testing"

	"github.com/gijctl/gijctl/internal/config"
)

func TestStateDir(t *testing.T) {
	t.Parallel()
	root := t.TempDir() // absolute on every system
	state, local, home := filepath.Join(root, "state"), filepath.Join(root, "local"), filepath.Join(root, "home")
	for _, tt := range []struct {
		name string
		env  map[string]string
		want string // "" is an error
	}{
		{"XDG", map[string]string{"XDG_STATE_HOME": state, "LOCALAPPDATA": local, "HOME": home}, filepath.Join(state, "gijctl")},
		{"Windows", map[string]string{"LOCALAPPDATA": local, "HOME": home}, filepath.Join(local, "gijctl")},
		{"home", map[string]string{"HOME": home}, filepath.Join(home, ".local", "state", "gijctl")},
		{"a relative XDG_STATE_HOME is ignored", map[string]string{"XDG_STATE_HOME": "state", "HOME": home}, filepath.Join(home, ".local", "state", "gijctl")},
		{"nothing", nil, ""},
		{"nothing absolute", map[string]string{"XDG_STATE_HOME": "a", "LOCALAPPDATA": "b", "HOME": "c"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := config.StateDir(environment(tt.env))
			if tt.want == "" {
				expectError(t, err, "usage", "neither HOME nor XDG_STATE_HOME", "XDG_STATE_HOME")
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("got %s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

func TestConfigFile(t *testing.T) {
	t.Parallel()
	root := t.TempDir() // absolute on every system
	xdg, roaming, home := filepath.Join(root, "xdg"), filepath.Join(root, "roaming"), filepath.Join(root, "home")
	relative, err := filepath.Abs("some.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		env  map[string]string
		want string // "" is an error
	}{
		{"named", map[string]string{"GIJCTL_CONFIG": filepath.Join(root, "x", "..", "my.yml"), "HOME": home}, filepath.Join(root, "my.yml")},
		{"named, relative", map[string]string{"GIJCTL_CONFIG": "some.yaml", "HOME": home}, relative},
		{"XDG", map[string]string{"XDG_CONFIG_HOME": xdg, "APPDATA": roaming, "HOME": home}, filepath.Join(xdg, "gijctl", "config.yaml")},
		{"Windows", map[string]string{"APPDATA": roaming, "HOME": home}, filepath.Join(roaming, "gijctl", "config.yaml")},
		{"home", map[string]string{"GIJCTL_CONFIG": "", "HOME": home}, filepath.Join(home, ".config", "gijctl", "config.yaml")},
		{"a relative XDG_CONFIG_HOME is ignored", map[string]string{"XDG_CONFIG_HOME": "x", "HOME": home}, filepath.Join(home, ".config", "gijctl", "config.yaml")},
		{"nothing", nil, ""},
		{"nothing absolute", map[string]string{"XDG_CONFIG_HOME": "a", "APPDATA": "b", "HOME": "c"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := config.ConfigFile(environment(tt.env))
			credentials, credentialsErr := config.CredentialsFile(environment(tt.env))
			if tt.want == "" {
				expectError(t, err, "usage", "neither HOME nor XDG_CONFIG_HOME", "GIJCTL_CONFIG")
				expectError(t, credentialsErr, "usage", "neither HOME nor XDG_CONFIG_HOME", "GIJCTL_CONFIG")
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("got %s, %v; want %s", got, err, tt.want)
			}
			if want := filepath.Join(filepath.Dir(tt.want), "credentials.json"); credentialsErr != nil || credentials != want {
				t.Errorf("got %s, %v; want %s", credentials, credentialsErr, want)
			}
		})
	}
}
