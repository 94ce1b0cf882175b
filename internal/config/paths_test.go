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
