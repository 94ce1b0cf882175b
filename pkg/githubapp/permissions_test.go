package githubapp_test

import (
	"slices"
	"testing"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

func TestPendingPermissions(t *testing.T) {
	t.Parallel()
	app := githubapp.App{
		Permissions: map[string]string{"metadata": "read", "contents": "write", "issues": "read", "checks": "read", "new": "strange"},
		Events:      []string{"push", "release", "pull_request"},
	}
	in := githubapp.Installation{
		Permissions: map[string]string{"metadata": "read", "contents": "read", "checks": "write", "pages": "read"},
		Events:      []string{"push"},
	}
	want := []githubapp.PermissionChange{{Name: "contents", From: "read", To: "write"}, {Name: "issues", To: "read"}, {Name: "new", To: "strange"}}
	if got := githubapp.PendingPermissions(app, in); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := githubapp.PendingEvents(app, in); !slices.Equal(got, []string{"pull_request", "release"}) {
		t.Errorf("got %v", got)
	}
	all := []githubapp.PermissionChange{
		{Name: "checks", From: "write", To: "read"},
		{Name: "contents", From: "read", To: "write"},
		{Name: "issues", To: "read"},
		{Name: "new", To: "strange"},
		{Name: "pages", From: "read"},
	}
	if got := githubapp.DiffPermissions(in.Permissions, app.Permissions); !slices.Equal(got, all) {
		t.Errorf("got %v", got)
	}
	if got := githubapp.PendingPermissions(githubapp.App{}, in); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}
