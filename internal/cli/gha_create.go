package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/githubapp"
)

type ghaCreateOptions struct {
	write writeFlags
	where appFlags // --host and --org

	name        string
	homepage    string
	webhook     string
	setup       string
	events      []string
	permissions map[string]string
	another     bool

	noBrowser   bool
	port        int
	waitTimeout time.Duration

	manifestOnly string // a file
	force        bool
	code         string // or the address that it came with
	givenState   string
}

// codeLifetime is how long GitHub takes a code.
const codeLifetime = time.Hour

func newGHACreateCmd(a *app) *cobra.Command {
	var o ghaCreateOptions
	cmd := &cobra.Command{
		Use:   "create --org ORG",
		Short: "Make a GitHub App with GIJ's permissions in an organization",
		Long: `The supported way to make an app for GIJ is GIJ's own wizard (Git > Manage integrations > Add integration > GitHub App). The
vendor documents no way for GIJ to adopt an app that its wizard did not make: gha register, which tries to, is experimental.

Makes a GitHub App with the permissions that GIJ asks for, by GitHub's own form: GitHub has no other way. gijctl serves a page on
127.0.0.1 and opens it in a browser; an owner of the organization signs in to GitHub, looks at the form, and agrees. GitHub sends
the browser back with a code, and gijctl exchanges that for the app's credentials. They are told this one time only: they are
kept in a file that only you can read, whose path is printed, before anything else is done.

A webhook, a setup page and events are only what you give: those of GIJ's wizard are documented nowhere. GitHub must reach Jira.

--no-browser opens none: the page's address stands alone on a line of standard error, at once, also with --quiet and -o json. For
a browser on another machine, forward the port by ssh, as is said there. Without a connection between the two: --manifest-only
writes the form to a file, for any browser; the address at which that browser ends is given to --code, within the hour that
GitHub allows.

An organization that has an app already, here or in GIJ, is a conflict (exit status 7); --another makes one more. Manifests make
no app of an enterprise. When the time to wait is over, the exit status is 8.`,
		Example: `  gijctl --sandbox gha create --org hooli --dry-run
  gijctl gha create --org acme
  gijctl gha create --org acme --host https://github.example.com --no-browser --port 8123 --yes
  gijctl gha create --org acme --manifest-only form.html
  gijctl gha create --org acme --yes --code "http://127.0.0.1:52871/callback?code=a1b2&state=c3d4"`,
		Args: exactArgs(0, ""),
	}
	o.write.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.where.org, "org", "", "organization that is to own the app (required)")
	o.where.registerHost(cmd)
	flags.StringVar(&o.name, "name", "", "name of the app, unique on all of GitHub, at most 34 characters (default as GIJ makes it: Jira's host and the time)")
	flags.StringVar(&o.homepage, "homepage-url", "", "homepage of the app (default Jira's base URL)")
	flags.StringVar(&o.webhook, "webhook-url", "", "address that GitHub sends events to (default none)")
	flags.StringVar(&o.setup, "setup-url", "", "page that GitHub shows after an installation (default none)")
	flags.StringSliceVar(&o.events, "event", nil, "event that GitHub sends to the webhook, like push; may be repeated")
	flags.StringToStringVar(&o.permissions, "permission", nil, "one more permission, or another level of one, as `name=read`")
	flags.BoolVar(&o.another, "another", false, "make one more where the organization has an app already")
	flags.BoolVar(&o.noBrowser, "no-browser", false, "open no browser: print the page's address")
	flags.IntVar(&o.port, "port", 0, "port of 127.0.0.1 for the page (default a free one)")
	flags.DurationVar(&o.waitTimeout, "wait-timeout", codeLifetime, "how long to wait for GitHub's answer; 0 is without limit")
	flags.StringVar(&o.manifestOnly, "manifest-only", "", "write the form to this `file` for another browser, and end")
	flags.BoolVar(&o.force, "force", false, "overwrite the file of --manifest-only")
	flags.StringVar(&o.code, "code", "", "code that GitHub answered the form of --manifest-only with, or the whole address, - for standard input")
	flags.StringVar(&o.givenState, "state", "", "state that came with the code, where --code is not the whole address")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		// An empty one is a variable that was not set: the long way to a new app is not what was meant.
		for _, name := range []string{"code", "manifest-only"} {
			if f := cmd.Flag(name); f.Changed && f.Value.String() == "" {
				return usageError("give it a value, or leave it out", "--%s is empty", name)
			}
		}
		return runGHACreate(cmd.Context(), a, o)
	}
	return cmd
}

func runGHACreate(ctx context.Context, a *app, o ghaCreateOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.manifestOnly == "" {
		if err := a.mayWrite(o.write); err != nil {
			return err
		}
	}
	printer, err := o.printer(a)
	if err != nil {
		return err
	}
	if err := o.readCode(a); err != nil {
		return err
	}
	s, err := a.beginGHA(ctx, ghaNeeds{readOnly: o.write.dryRun, jira: o.homepage == "" && o.code == "", rows: true})
	if err != nil {
		return err
	}
	defer s.close()
	c := &ghaCreation{ghaCreateOptions: o, app: a, session: s, printer: printer}
	if err := c.prepare(ctx); err != nil {
		return err
	}
	switch {
	case o.code != "":
		return c.finishElsewhere(ctx)
	case o.manifestOnly != "" && !o.write.dryRun:
		return c.writeForm()
	}
	return c.run(ctx)
}

func (o *ghaCreateOptions) printer(a *app) (*render.Printer, error) {
	if o.manifestOnly != "" {
		return writePrinterFor(a, o.write, appFormList())
	}
	return writePrinterFor(a, o.write, createdAppList())
}

// ghaCreation is one app that is being made.
type ghaCreation struct {
	ghaCreateOptions

	app     *app
	session *ghaSession
	printer *render.Printer

	host     githubapp.Host
	client   *githubapp.Client
	manifest githubapp.Manifest
	warnings []string
	state    string // that the code comes with

	made    githubapp.Credentials
	path    string // of the file with the credentials
	problem error  // why what was made is not what was asked for
}

// run is the whole way: plan, page, code, credentials.
func (c *ghaCreation) run(ctx context.Context) error {
	if done, err := c.agree(ctx); done || err != nil {
		return err
	}
	if err := c.listen(ctx); err != nil {
		return err
	}
	return c.report()
}
