package browsertest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const (
	button  = "form button[type=submit]"
	nameBox = "input[name=name]"
)

// created is what gha create prints.
type created struct {
	AppID      int64  `json:"appId"`
	Slug       string `json:"slug"`
	Name       string `json:"name"`
	Org        string `json:"org"`
	Path       string `json:"path"`
	InstallURL string `json:"installUrl"`
}

func (a *admin) create(more ...string) *process {
	a.t.Helper()
	args := []string{"gha", "create", "--org", "hooli", "--homepage-url", "https://jira.acme.example", "--name", "jira-of-hooli", "--no-browser", "--yes", "-o", "json"}
	return a.start(append(args, more...)...)
}

func (a *admin) install(app created, more ...string) *process {
	a.t.Helper()
	return a.start(append([]string{"gha", "install", app.Slug, "--no-browser", "--yes"}, more...)...)
}

// agree goes from the form, which is open, to GitHub, and agrees there.
func (b *tab) agree() {
	b.t.Helper()
	b.click(button, "Create GitHub App for hooli")
	b.click(button, "is created")
}

// expectKept sees that the credentials are there, for one user alone.
func expectKept(t *testing.T, app created) {
	t.Helper()
	info, err := os.Stat(app.Path)
	if err != nil {
		t.Fatal(err)
	}
	if app.AppID == 0 || app.Org != "hooli" || info.Mode().Perm() != 0o600 {
		t.Errorf("%+v, mode %v", app, info.Mode())
	}
}

// TestCreateAndInstall is the whole way, without a script in any page.
func TestCreateAndInstall(t *testing.T) {
	a := newAdmin(t)
	a.withoutScripts()
	command := a.create()
	a.open(command.page)
	a.see("Sign in first")
	a.shot("flow-1-form")
	a.click(button, "Create GitHub App for hooli")
	a.shot("github-app-sandbox")
	a.click(button, "jira-of-hooli is created")
	a.shot("flow-3-done")
	if at := a.address(); strings.Contains(at, "code=") || strings.Contains(at, "state=") {
		t.Errorf("the code stays in the address: %s", at)
	}
	var app created
	command.result(&app)
	expectKept(t, app)

	waiting := a.install(app, "-o", "json")
	if waiting.page != app.InstallURL {
		t.Errorf("the page is %s, not %s", waiting.page, app.InstallURL)
	}
	a.click("a.button", "Install on your organization hooli")
	a.do(chromedp.Click(chromedp.CSS("input[value=selected]")), chromedp.Click(chromedp.CSS("input[type=checkbox]")))
	a.shot("flow-4-install")
	a.click(button, "hooli")
	var installed struct {
		RepositorySelection string `json:"repositorySelection"`
	}
	waiting.result(&installed)
	if installed.RepositorySelection != "selected" {
		t.Errorf("installed with %q repositories", installed.RepositorySelection)
	}
	a.expectQuiet()
}

// TestNameIsTaken has GitHub refuse, and a person choose another name there.
func TestNameIsTaken(t *testing.T) {
	a := newAdmin(t)
	command := a.create("--name", a.server.App.Name)
	a.open(command.page)
	a.click(button, "Create GitHub App for hooli")
	a.click(button, "already in use")
	a.shot("name-taken")
	command.expectWaiting()
	a.do(chromedp.SetValue(chromedp.CSS(nameBox), "another-name"))
	a.click(button, "another-name is created")
	var app created
	command.result(&app)
	if app.Name != "another-name" {
		t.Errorf("kept as %q", app.Name)
	}
	expectKept(t, app)
}

// TestWrongState has another page send the browser to the listener.
func TestWrongState(t *testing.T) {
	a := newAdmin(t)
	command := a.create()
	a.open(command.page)
	other := a.newTab()
	other.open(command.page[:strings.LastIndex(command.page, "/")] + "/callback?code=c0de&state=wrong")
	other.see("This is not answered")
	command.expectWaiting()
	a.agree()
	var app created
	command.result(&app)
	expectKept(t, app)
}

// TestTwoTabs has a person agree in two tabs. The first answer counts, and the second harms nothing.
func TestTwoTabs(t *testing.T) {
	a := newAdmin(t)
	command := a.create()
	a.open(command.page)
	second := a.newTab()
	second.open(command.page)
	second.click(button, "Create GitHub App for hooli")
	a.agree()
	var app created
	command.result(&app)
	expectKept(t, app)
	second.do(chromedp.SetValue(chromedp.CSS(nameBox), "the-second"))
	_ = chromedp.Do(second.ctx, chromedp.Click(chromedp.CSS(button)))
	if app.Name != "jira-of-hooli" {
		t.Errorf("kept as %q", app.Name)
	}
}

// TestClosedTab closes the tab, on our page and on GitHub's, and opens the address again.
func TestClosedTab(t *testing.T) {
	a := newAdmin(t)
	command := a.create()
	for range 2 {
		gone := a.newTab()
		gone.open(command.page)
		gone.click(button, "Create GitHub App for hooli")
		gone.close()
		command.expectWaiting()
	}
	a.open(command.page)
	a.agree()
	var app created
	command.result(&app)
	expectKept(t, app)
}

// TestSignedOut presses the button without being signed in: GitHub loses the form, and the page of ours works again.
func TestSignedOut(t *testing.T) {
	a := newAdmin(t, "github-signed-out=1")
	command := a.create()
	a.open(command.page)
	a.click(button, "Sign in to GitHub")
	a.shot("signed-out-1")
	a.click(button, "wasn't supplied")
	a.shot("signed-out-2")
	command.expectWaiting()
	a.open(command.page)
	a.agree()
	var app created
	command.result(&app)
	expectKept(t, app)
}

// TestCancelAndApproval follows GitHub's Cancel, which does nothing, and a request that an owner approves.
func TestCancelAndApproval(t *testing.T) {
	a := newAdmin(t, "github-approval")
	command := a.create()
	a.open(command.page)
	a.agree()
	var app created
	command.result(&app)

	waiting := a.install(app)
	a.open(waiting.page)
	a.see("Your request goes to the owners of hooli")
	a.click("p > a[href$=new]", "Your request goes to the owners of hooli") // Cancel
	waiting.expectWaiting()
	a.click(button, "Request sent")
	a.shot("requested")
	waiting.hear("waiting for an owner's approval")
	a.open(a.server.GitHubURL + "/organizations/hooli/settings/installation-requests")
	a.click(button, "Pending requests")
	if line := waiting.end(); !strings.HasPrefix(line, "verified: jira-of-hooli is installed in hooli") {
		t.Errorf("the last remark is %q", line)
	}
}

// TestFileElsewhere takes the form to a browser that cannot reach the machine of the command, and its address back.
func TestFileElsewhere(t *testing.T) {
	a := newAdmin(t)
	file := filepath.Join(t.TempDir(), "form.html")
	a.run("gha", "create", "--org", "hooli", "--homepage-url", "https://jira.acme.example", "--name", "jira-of-hooli", "--manifest-only", file)
	a.open("file://" + file)
	a.see("Create GitHub App for hooli") // the form went by itself
	a.expectQuiet()
	_ = chromedp.Do(a.ctx, chromedp.Click(chromedp.CSS(button))) // nothing listens there, which is an error of the page
	a.do(chromedp.WaitNotPresent(chromedp.CSS(nameBox)))
	var app created
	if err := json.Unmarshal(a.run("gha", "create", "--org", "hooli", "--yes", "-o", "json", "--code", a.address()), &app); err != nil {
		t.Fatal(err)
	}
	expectKept(t, app)
}
