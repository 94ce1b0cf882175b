package cli

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/gijctl/gijctl/internal/atomicfile"
	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/githubapp"
	"github.com/gijctl/gijctl/pkg/secret"
)

// formPort is where GitHub sends the browser of --manifest-only. Nothing listens there: the address is what counts.
const formPort = 52871

// listen serves the page until GitHub's code came, and takes the credentials.
func (c *ghaCreation) listen(ctx context.Context) error {
	org := c.where.org
	page, err := githubapp.NewRegistration(ctx, githubapp.RegistrationOptions{Host: c.host, Org: org, Manifest: c.manifest, Port: c.port})
	if err != nil {
		return err
	}
	defer func() { _ = page.Close() }()
	c.state = page.State()
	if err := c.begin(); err != nil {
		return err
	}
	if !c.app.showPage(ctx, page.URL(), c.noBrowser) {
		port := portOf(page.URL())
		c.app.note("for a browser on another machine, type there: ssh -L %s:127.0.0.1:%s THIS-MACHINE", port, port)
	}
	waiting, cancel := ctx, context.CancelFunc(func() {})
	if c.waitTimeout > 0 {
		waiting, cancel = context.WithTimeout(ctx, c.waitTimeout)
	}
	defer cancel()
	progress := c.app.newProgress(false)
	defer progress.Close()
	progress.Step("waiting for an owner of %s to agree on GitHub", org)
	err = page.Wait(waiting, c.take)
	progress.Done()
	return c.ended(ctx, err)
}

// begin keeps the state, so that a code is good for this machine also when nobody listens any more.
func (c *ghaCreation) begin() error {
	now := c.app.now()
	c.session.store.End("", now)
	return c.session.store.Begin(c.state, config.PendingApp{
		Host: c.session.keptHost(c.host), Org: c.where.org, Name: c.manifest.Name, Begun: now.Format(time.RFC3339),
	})
}

// ended explains the end of the wait.
func (c *ghaCreation) ended(ctx context.Context, err error) error {
	if c.made.ID != 0 || c.problem != nil {
		return nil // the credentials are there, or [ghaCreation.report] says why not, also where the wait was over meanwhile
	}
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = errWaitOver
	} else if err != nil && ctx.Err() != nil {
		err = context.Canceled
	}
	return waitEnded(err, "GitHub sent no code, so there are no credentials",
		"if the app was made meanwhile, the browser's address has the code; give it: "+c.finishCommand()+"; else the same command again begins anew")
}

func (c *ghaCreation) finishCommand() string {
	f := appFlags{host: c.where.host, org: c.where.org}
	return c.app.onTarget(f.command("create", "", "--yes", "--code", "'ADDRESS'"))
}

// take exchanges a code. It is not interrupted: the code is good once, and the answer is the only copy of the credentials.
func (c *ghaCreation) take(ctx context.Context, code string) (githubapp.Ending, error) {
	ctx = context.WithoutCancel(ctx)
	made, err := c.client.Convert(ctx, code, c.save)
	c.made = made
	if err != nil {
		c.problem = c.notTaken(err)
		return githubapp.Ending{App: made.App}, c.problem
	}
	c.session.store.End(c.state, c.app.now())
	if c.problem = c.misplaced(); c.problem != nil {
		return githubapp.Ending{App: made.App}, c.problem
	}
	return githubapp.Ending{App: made.App, Next: c.next()}, nil
}

// next is the page on which the app is installed, "" for none: the embedded sandbox ends with the command, and its pages with it.
func (c *ghaCreation) next() string {
	page, err := pageOn(c.host, c.made.InstallURL())
	if err != nil || c.session.keptHost(c.host) == config.SandboxContext {
		return ""
	}
	return page
}

// save keeps the credentials before anything else is done.
func (c *ghaCreation) save(made githubapp.Credentials) error {
	kept := config.App{
		Host: c.session.keptHost(c.host), Org: cmp.Or(made.Owner.Login, c.where.org), OrgID: made.Owner.ID, ID: made.ID, Slug: made.Slug, Name: made.Name,
		ClientID: made.ClientID, HTMLURL: made.HTMLURL, Made: c.app.now().Format(time.RFC3339), Permissions: made.Permissions, Events: made.Events,
		ClientSecret: made.ClientSecret, WebhookSecret: made.WebhookSecret, PEM: made.PEM,
	}
	if kept.Host == config.SandboxContext {
		kept.HTMLURL = "" // its port is another one the next time
	}
	var err error
	c.path, err = c.session.store.Save(kept)
	return err
}

// notTaken explains why there are no credentials.
func (c *ghaCreation) notTaken(err error) error {
	if c.made.ID == 0 {
		e := explain(err)
		page := strings.ReplaceAll(e.Hint, "/organizations/ORG/", "/organizations/"+url.PathEscape(c.where.org)+"/")
		return &cliError{code: e.Code, message: e.Message, hint: page, cause: err}
	}
	if c.path != "" { // they are kept, and something else is wrong
		return cmp.Or(c.misplaced(), err)
	}
	return &cliError{
		code: codeFailed, message: fmt.Sprintf("the app %s was made, and its credentials could not be kept: %v", c.made.Name, err), cause: err,
		hint: "GitHub does not tell them again: delete the app at " + ownerPage(c.host, c.made.App) + "/advanced, mend the folder, and begin again",
	}
}

// misplaced reports an app that belongs to somebody else than was asked for. Its credentials are kept all the same.
func (c *ghaCreation) misplaced() error {
	owner, org := c.made.Owner, c.where.org
	if strings.EqualFold(owner.Login, org) {
		return nil
	}
	e := &cliError{
		code: codeConflict, message: fmt.Sprintf("the app %s belongs to %s, and not to %s; its credentials are kept in %s", c.made.Name, owner.Login, org, c.path),
		hint: "delete it at " + ownerPage(c.host, c.made.App) + "/advanced, and begin again",
	}
	if owner.Login == "" {
		e.message = fmt.Sprintf("the app %s belongs to the enterprise %s, and not to the organization %s; its credentials are kept in %s", c.made.Name, owner.Slug, org, c.path)
		e.hint = "GIJ needs an app of an organization: delete it in the settings of the enterprise, and begin again"
	}
	return e
}

// report prints the app, or says what is wrong with it.
func (c *ghaCreation) report() error {
	if c.problem != nil {
		return c.problem
	}
	if c.manifest.Name != "" && c.made.Name != c.manifest.Name {
		c.app.note("GitHub has it under the name %s: it was changed on the page", c.made.Name)
	}
	v := createdAppView{
		AppID: c.made.ID, ClientID: c.made.ClientID, Slug: c.made.Slug, Name: c.made.Name, Org: c.made.Owner.Login, Host: c.session.keptHost(c.host), Path: c.path,
		HTMLURL: c.made.HTMLURL, InstallURL: c.made.InstallURL(), SettingsURL: ownerPage(c.host, c.made.App), Permissions: c.made.Permissions, Events: c.made.Events,
	}
	if v.Host == config.SandboxContext { // its addresses end with this command
		v.HTMLURL, v.InstallURL, v.SettingsURL = "", "", ""
	}
	if v.Events == nil {
		v.Events = []string{}
	}
	key, err := secret.ParsePrivateKey([]byte(c.made.PEM.Reveal()))
	if err != nil {
		c.app.warn("the key that GitHub sent cannot be read: %v", err)
	} else {
		v.KeyFingerprint = key.Fingerprint()
	}
	c.app.note("created the app; its credentials are kept in %s, readable by you alone", c.path)
	c.app.note("to install it: %s", c.app.onTarget(appFlags{}.command("install", c.made.Slug)))
	if err := render.WriteObject(c.printer, createdAppList(), &v); err != nil {
		return &cliError{
			code: codeFailed, message: fmt.Sprintf("the app was made, and its credentials are in %s, but the result cannot be shown: %v", c.path, err),
			hint: "look with: " + appFlags{}.command("get", c.made.Slug), cause: err,
		}
	}
	return nil
}

// writeForm writes the page for another machine.
func (c *ghaCreation) writeForm() error {
	c.app.warn("%s", wizardFirst)
	for _, warning := range c.warnings {
		c.app.warn("%s", warning)
	}
	var err error
	if c.state, err = githubapp.NewState(rand.Reader); err != nil {
		return err
	}
	port := cmp.Or(c.port, formPort)
	c.manifest.RedirectURL = fmt.Sprintf("http://127.0.0.1:%d/callback", port)
	file, err := filepath.Abs(c.manifestOnly)
	if err != nil {
		return err
	}
	if err := c.begin(); err != nil {
		return err
	}
	org := c.where.org
	err = atomicfile.WriteFrom(file, func(w io.Writer) error { return githubapp.WriteForm(w, c.host, org, c.state, c.manifest) })
	if err != nil {
		return unwrapped(err)
	}
	c.app.note("open the file in any browser; it goes to GitHub, where an owner of %s agrees", org)
	c.app.note("then the browser cannot open a page of 127.0.0.1, which is right: give that page's address within an hour, on this machine: %s", c.finishCommand())
	return render.WriteObject(c.printer, appFormList(), &appFormView{
		File: file, Org: org, Host: c.session.keptHost(c.host), Name: c.manifest.Name, Expires: c.app.now().Add(codeLifetime).Format(time.RFC3339), Finish: c.finishCommand(),
	})
}

// readCode takes --code apart: a code, or the address that the browser ended at.
func (o *ghaCreateOptions) readCode(a *app) error {
	if o.code == "" {
		return nil
	}
	if o.code == "-" {
		if !o.write.yes && !o.write.dryRun {
			return usageError("give --yes to go on without a question", "standard input is the code, so nobody can be asked on it")
		}
		typed, err := a.readInput("-", maxSecret, "--code")
		if err != nil {
			return err
		}
		o.code = string(typed)
	}
	o.code = strings.TrimSpace(o.code)
	if err := o.readAddress(); err != nil {
		return err
	}
	if o.code == "" {
		return usageError("give the whole address that the browser ended at to --code, in quotes", "--code: there is no code in it; nothing was sent")
	}
	if o.givenState == "" {
		return usageError("give the whole address that the browser ended at to --code, in quotes, or add: --state STATE",
			"the state is missing: it shows that the code belongs to an app that you began to make here")
	}
	return nil
}

// readAddress takes apart what is no code alone: the address that GitHub sent the browser to, or its query.
func (o *ghaCreateOptions) readAddress() error {
	if !strings.ContainsAny(o.code, "=?") {
		return nil
	}
	query := o.code
	if _, after, found := strings.Cut(o.code, "?"); found {
		query = after
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return usageError("copy it from the browser as it is there, and quote it for the shell", "--code: that address cannot be read")
	}
	if denied := values.Get("error"); denied != "" {
		return usageError("open the form again, and agree", "--code: GitHub made no app, and says in that address: %s", denied)
	}
	o.code, o.givenState = values.Get("code"), cmp.Or(o.givenState, values.Get("state"))
	return nil
}

// finishElsewhere takes a code that came to a browser somewhere else.
func (c *ghaCreation) finishElsewhere(ctx context.Context) error {
	org := c.where.org
	pending, found := c.session.store.Pending(c.givenState, c.app.now())
	if !found {
		return usageError("begin again: "+appFlags{host: c.where.host, org: org}.command("create", "", "--manifest-only", "form.html"),
			"nothing was sent: no app with this state was begun on this machine in the last hour")
	}
	if !strings.EqualFold(pending.Org, org) || pending.Host != c.session.keptHost(c.host) {
		return usageError("give that one", "nothing was sent: this state was made for the organization %s on %s", pending.Org, pending.Host)
	}
	c.state, c.manifest.Name = c.givenState, pending.Name
	if done, err := c.agree(ctx); done || err != nil {
		return err
	}
	if _, err := c.take(ctx, c.code); err != nil && c.problem == nil {
		return err
	}
	return c.report()
}
