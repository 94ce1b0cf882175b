package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/pkg/secret"
)

func openApps(t *testing.T) (*config.Apps, string) {
	t.Helper()
	state := t.TempDir()
	store, err := config.OpenApps(environment(map[string]string{"XDG_STATE_HOME": state}))
	if err != nil {
		t.Fatal(err)
	}
	return store, filepath.Join(state, "gijctl", "apps")
}

func someApp() config.App {
	return config.App{
		Host: "https://github.example.com:8443", Org: "acme", OrgID: 4, ID: 77, Slug: "my-app", Name: "My app", ClientID: "Iv1.a", HTMLURL: "https://x.test/a",
		Made: "2026-01-02T03:04:05Z", Permissions: map[string]string{"contents": "write"}, Events: []string{"push"},
		ClientSecret: secret.New("client-secret-made-up"), WebhookSecret: secret.New("hook-secret-made-up"), PEM: secret.New("pem-made-up"), OldPEM: secret.New("old-pem-made-up"),
	}
}

func TestAppsKeepEverything(t *testing.T) {
	t.Parallel()
	store, dir := openApps(t)
	path, err := store.Save(someApp())
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "github.example.com_8443", "my-app.json"); path != want {
		t.Errorf("path %s, want %s", path, want)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	all, problems := store.List()
	if len(problems) > 0 || len(all) != 1 {
		t.Fatalf("%d apps, problems %v", len(all), problems)
	}
	reveal := cmp.Transformer("reveal", func(v secret.Value) string { return v.Reveal() })
	if diff := cmp.Diff(someApp(), all[0], reveal); diff != "" {
		t.Errorf("the app that was kept (-want +got):\n%s", diff)
	}
	if text := fmt.Sprintf("%v %+v", all[0], all[0]); strings.Contains(text, "made-up") {
		t.Errorf("an app shows its secrets: %s", text)
	}
}

// TestAppsNeverOverwriteAnother: an app was deleted at GitHub, and another one got its name.
func TestAppsNeverOverwriteAnother(t *testing.T) {
	t.Parallel()
	store, _ := openApps(t)
	first := someApp()
	if _, err := store.Save(first); err != nil {
		t.Fatal(err)
	}
	other := first
	other.ID = 78
	path, err := store.Save(other)
	if err != nil || filepath.Base(path) != "my-app-78.json" {
		t.Fatalf("saved as %s, %v", path, err)
	}
	first.Name = "changed"
	if path, err := store.Save(first); err != nil || filepath.Base(path) != "my-app.json" {
		t.Errorf("its own file is %s, %v", path, err)
	}
	if store.Path(first) == store.Path(other) || store.BaselinePath(first) == store.BaselinePath(other) {
		t.Errorf("two apps share the file %s, or %s", store.Path(first), store.BaselinePath(first))
	}
	if err := store.Remove(other); err != nil {
		t.Error(err)
	}
	all, _ := store.List()
	if len(all) != 1 || all[0].Name != "changed" {
		t.Errorf("what is left: %v", all)
	}
}

// TestAppsStayInTheirFile: what an app's file is named for, another one may have had before.
func TestAppsStayInTheirFile(t *testing.T) {
	t.Parallel()
	store, _ := openApps(t)
	first := someApp()
	other := first
	other.ID = 78
	for _, a := range []config.App{first, other} {
		if _, err := store.Save(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Remove(first); err != nil {
		t.Fatal(err)
	}
	if path, err := store.Save(other); err != nil || filepath.Base(path) != "my-app-78.json" {
		t.Errorf("saved as %s, %v", path, err)
	}
	if all, problems := store.List(); len(all) != 1 || len(problems) != 0 {
		t.Errorf("%d apps, problems %v", len(all), problems)
	}
}

// TestAppsInAnyFolder: the characters of a pattern are good in a path.
func TestAppsInAnyFolder(t *testing.T) {
	t.Parallel()
	store, err := config.OpenApps(environment(map[string]string{"XDG_STATE_HOME": filepath.Join(t.TempDir(), "[a")}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Save(someApp()); err != nil {
		t.Fatal(err)
	}
	if all, _ := store.List(); len(all) != 1 {
		t.Errorf("%d apps are found, not 1", len(all))
	}
	if err := store.Remove(someApp()); err != nil {
		t.Fatal(err)
	}
	if all, _ := store.List(); len(all) != 0 {
		t.Error("it was not removed")
	}
	now := time.Now()
	if err := store.Begin("a-state", config.PendingApp{Host: "https://github.com", Org: "acme", Begun: now.Format(time.RFC3339)}); err != nil {
		t.Fatal(err)
	}
	if p, found := store.Pending("a-state", now); !found || p.Org != "acme" {
		t.Errorf("what was begun is not found: %+v", p)
	}
	store.End("a-state", now)
	if _, found := store.Pending("a-state", now); found {
		t.Error("what was ended is found")
	}
}

// TestAppsPathsHarmNothing: names come from a server.
func TestAppsPathsHarmNothing(t *testing.T) {
	t.Parallel()
	store, dir := openApps(t)
	for _, c := range []struct{ host, slug, want string }{
		{"https://github.com", "my-app", "github.com/my-app.json"},
		{"sandbox", "My-App", "sandbox/my-app.json"},
		{"https://github.com", "../../etc/passwd", "github.com/app-77.json"},
		{"https://github.com", "..", "github.com/app-77.json"},
		{"https://github.com", ".hidden", "github.com/app-77.json"},
		{"https://github.com", "a b", "github.com/app-77.json"},
		{"https://github.com", "", "github.com/app-77.json"},
		{"https://../x", "a", "host/a.json"},
		{"http://[::1]:80", "a", "host/a.json"},
	} {
		got := store.Path(config.App{Host: c.host, Slug: c.slug, ID: 77})
		if want := filepath.Join(dir, filepath.FromSlash(c.want)); got != want {
			t.Errorf("%s %q is kept at %s, want %s", c.host, c.slug, got, want)
		}
	}
	if got := store.BaselinePath(config.App{Host: "https://github.com", ID: 77}); got != filepath.Join(dir, "github.com", "app-77.baseline") {
		t.Errorf("baseline at %s", got)
	}
}

func TestAppsLeaveOutWhatIsSpoiled(t *testing.T) {
	t.Parallel()
	store, dir := openApps(t)
	if all, problems := store.List(); len(all)+len(problems) != 0 {
		t.Fatal("there is something in no folder")
	}
	folder := filepath.Join(dir, "github.com")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"cut.json": `{"version": 1, "id": 3, "pem": "pem-made-up`, "no-id.json": `{"version": 1}`, "newer.json": `{"version": 9, "id": 3}`,
		"empty.json": "", "good.json": `{"version": 1, "id": 3, "slug": "good"}`, "good.baseline": "{}",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "folder.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	all, problems := store.List()
	if len(all) != 1 || all[0].Slug != "good" || len(problems) != 5 {
		t.Errorf("%d apps, %d problems: %v", len(all), len(problems), problems)
	}
	for _, problem := range problems {
		if strings.Contains(problem.Error(), "made-up") {
			t.Errorf("a problem shows what is in the file: %v", problem)
		}
	}
}

func TestAppsForgetTheBaselineToo(t *testing.T) {
	t.Parallel()
	store, _ := openApps(t)
	a := someApp()
	path, err := store.Save(a)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(store.BaselinePath(a), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.Remove(a); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path, store.BaselinePath(a)} {
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s is still there", file)
		}
	}
	if err := store.Remove(a); err != nil {
		t.Errorf("again: %v", err)
	}
}

// TestAppsAreClosed: a file that others can read is closed, and that is said: it is a key.
func TestAppsAreClosed(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there are no such permissions")
	}
	store, _ := openApps(t)
	path, err := store.Save(someApp())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if all, problems := store.List(); len(all) != 1 || len(problems) != 0 {
		t.Errorf("%d apps, %v", len(all), problems)
	}
	if notes := store.Notes(); len(notes) != 1 || notes[0] != path+" was open to others (mode 644); it is closed now (mode 600)" {
		t.Errorf("notes: %q", notes)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("it is %v: %v", info.Mode(), err)
	}
}
