package doctor_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/doctor"
)

func TestClock(t *testing.T) {
	t.Parallel()
	base := serve(t, &fakeJira{}).URL + "/jira"
	for off, want := range map[time.Duration][2]string{
		0:                 {"ok", "agree"},
		20 * time.Second:  {"ok", "agree"},
		3 * time.Minute:   {"warn", "ahead of"},
		-3 * time.Minute:  {"warn", "behind"},
		20 * time.Minute:  {"fail", "ahead of"},
		-20 * time.Minute: {"fail", "behind"},
	} {
		t.Run(off.String(), func(t *testing.T) {
			t.Parallel()
			o := options(t, base)
			o.Now = func() time.Time { return time.Now().Add(off) }
			remedy := "timedatectl"
			if want[0] == "ok" {
				remedy = ""
			}
			examine(t, o).expect(t, doctor.CheckClock, want[0], want[1], remedy)
		})
	}
}

func TestStateDirectory(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has other permissions")
	}
	there := t.TempDir()
	if err := os.Chmod(there, 0o700); err != nil {
		t.Fatal(err)
	}
	open := t.TempDir()
	if err := os.Chmod(open, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(there, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, path, status, message, remedy string }{
		{"there", there, "ok", "can be written", ""},
		{"not there", filepath.Join(there, "a", "b", "gijctl"), "ok", "can be made", ""},
		{"open", open, "warn", "can be read by others (mode 755)", "type: chmod 700 " + open},
		{"a file", file, "fail", "is a file", "XDG_STATE_HOME"},
		{"below a file", filepath.Join(file, "gijctl"), "fail", "", "XDG_STATE_HOME"},
		{"in a file system without files", "/proc/gijctl", "fail", "cannot make /proc/gijctl", "XDG_STATE_HOME"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := options(t, "")
			o.StateDir = tt.path
			examine(t, o).expect(t, doctor.CheckStateDirectory, tt.status, tt.message, tt.remedy)
		})
	}
	t.Cleanup(func() {
		if left, err := os.ReadDir(there); err != nil || len(left) != 1 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
	o := options(t, "")
	o.StateDirError = hinted{"no place", "set HOME"}
	examine(t, o).expect(t, doctor.CheckStateDirectory, "fail", "no place", "set HOME")
}

func TestKeyring(t *testing.T) {
	t.Parallel()
	o := options(t, "")
	o.Keyring = func(context.Context) error { return hinted{"no D-Bus session", "log in on the desktop"} }
	examine(t, o).expect(t, doctor.CheckKeyring, "warn", "no D-Bus session", "--store file")
	o.InKeyring = true // but there is another credential, as from GIJCTL_TOKEN
	examine(t, o).expect(t, doctor.CheckKeyring, "warn", "no D-Bus session", "--store file")
	o.Credential = func(context.Context) (doctor.Credential, error) {
		return doctor.Credential{}, hinted{"it cannot be read", "log in"}
	}
	examine(t, o).expect(t, doctor.CheckKeyring, "fail", "no D-Bus session; the credential of this context is in it", "log in on the desktop")
	o.Keyring = nil
	examine(t, o).expect(t, doctor.CheckKeyring, "fail", "no keyring", "")
}
