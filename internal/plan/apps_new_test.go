package plan_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gijtsv"
	"github.com/gijctl/gijctl/pkg/secret"
)

const appExport = "id\torigin\tdisplayName\tintegrationType\ttrackedFolderId\tghaPem\tghaId\tghaInstallationId\tghaOrg\tghaClientSecret\n" +
	"11\thttps://api.github.com\tacme / one\tGITHUB_APP\t\thidden\t884213\t51120934\tacme\thidden\n"

func newApp() plan.NewApp {
	return plan.NewApp{
		ID: 7, InstallationID: 8, Org: "hooli", Name: "two", Slug: "two", Origin: "https://api.github.com", Type: "GITHUB_APP",
		PEM: secret.New("a key"), ClientSecret: secret.New("a client secret"), WebhookSecret: secret.New("a webhook secret"),
	}
}

func readExport(t *testing.T, text string) *plan.Snapshot {
	t.Helper()
	have, err := plan.ReadSnapshot(strings.NewReader(text), "")
	if err != nil {
		t.Fatal(err)
	}
	return have
}

// TestNewAppIsNoOther: all apps of GitHub.com have one origin and one type. The row of a new one never changes that of another.
func TestNewAppIsNoOther(t *testing.T) {
	t.Parallel()
	have := readExport(t, appExport)
	row := newApp().Row(have, "")
	if row.Missing != nil || !slices.Equal(row.LeftOut, []string{"the app's name", "the slug", "the webhook secret"}) {
		t.Errorf("missing %q, left out %q", row.Missing, row.LeftOut)
	}
	var file bytes.Buffer
	if err := row.WriteTSV(&file); err != nil {
		t.Fatal(err)
	}
	want := "id\torigin\tdisplayName\tintegrationType\tghaPem\tghaId\tghaInstallationId\tghaOrg\tghaClientSecret\n" +
		"\thttps://api.github.com\thooli / two\tGITHUB_APP\ta key\t7\t8\thooli\ta client secret\n"
	if got := strings.ReplaceAll(file.String(), "\r\n", "\n"); got != want {
		t.Errorf("the file is %q, want %q", got, want)
	}
	p, err := plan.DiffBulk(bytes.NewReader(file.Bytes()), have, plan.DiffOptions{Name: "row", Trusted: true, NewGitHubApp: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Changes) != 1 || p.Changes[0].Action != plan.ActionCreate || p.Changes[0].Kind != gijtsv.RowGitHubApp {
		t.Fatalf("the plan is %+v", p.Changes)
	}
	after := readExport(t, appExport+"12\thttps://api.github.com\thooli / two\tGITHUB_APP\t\thidden\t7\t8\thooli\thidden\n")
	if moved := p.Moved(p.Changes, have); moved != nil {
		t.Errorf("before: %q", moved)
	}
	if moved := p.Moved(p.Changes, after); len(moved) != 1 {
		t.Errorf("somebody else was faster: %q", moved)
	}
	if r := p.Verify(p.Changes, after)[0]; r.ID != 12 || r.Outcome != plan.OutcomeVerified {
		t.Errorf("row %d: %s, %v", r.ID, r.Outcome, r.Err)
	}
	if r := p.Verify(p.Changes, have)[0]; r.ID != 0 || r.Outcome != plan.OutcomeFailed {
		t.Errorf("an app of another organization is taken for the new one: row %d, %s", r.ID, r.Outcome)
	}
	var bad *plan.BulkFileError
	if _, err := plan.DiffBulk(strings.NewReader(strings.Replace(file.String(), "api.github.com", "api.other.ghe.com", 1)), have, plan.DiffOptions{Name: "row"}); !errors.As(err, &bad) {
		t.Errorf("any other file makes an app: %v", err)
	}
}

func TestNewAppNeedsColumns(t *testing.T) {
	t.Parallel()
	have := readExport(t, "id\torigin\tdisplayName\n1\thttps://git.example.com/a.git\ta\n")
	row := newApp().Row(have, "")
	if want := []string{"the type", "the private key", "the app's id", "the installation's id"}; !slices.Equal(row.Missing, want) {
		t.Errorf("missing %q, want %q", row.Missing, want)
	}
	if kind, _ := have.AppType(func(string) bool { return true }); kind != "" {
		t.Errorf("the type of a repository is taken: %q", kind)
	}
}
