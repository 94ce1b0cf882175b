package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
)

type rotateKeyOptions struct {
	word string // the integration
	app  appFlags
	// write has the flags of a bulk import that fit a single row.
	write bulkWriteFlags

	expect      string // fingerprint
	oldFile     string
	guided      bool
	downloads   string // folder
	reindex     bool
	waitRevoked bool
	remove      bool
}

func newGHARotateKeyCmd(a *app) *cobra.Command {
	var o rotateKeyOptions
	cmd := &cobra.Command{
		Use:   "rotate-key INTEGRATION --pem-file FILE",
		Short: "Give GIJ the new private key of an app, with no moment in which it has none that works",
		Long: `Replaces the private key of a GitHub App in GIJ. The order is what keeps the integration working: GitHub accepts the old key and
the new one side by side, and the old one is deleted last.

  1. Make a new key on the app's page at GitHub (--guided opens it, and takes the file from the downloads).
  2. This command asks GitHub whether the new key is one of the very app; if not, nothing is written (4).
  3. It saves GIJ's configuration, and imports one row: the id, the origin and the column of the key.
  4. It reads the row back, where the export shows the key. Where it hides it, --reindex is the only evidence that GIJ has a good key.
  5. It names the old key's fingerprint, and the page to delete it on. --wait-revoked waits until GitHub refuses that key; where the
     export hides keys, --reindex then indexes once more, which shows that GIJ has the new one.

The same command again goes on where it was, and writes nothing that is there already. INTEGRATION is an id or a display name,
or what names its app. The app's id is that of the row, where GIJ shows it, else what this machine knows, else --app-id.
No page names the export's column of the key: it is the one with a key in clear, else the one whose name says pem, else --pem-column.

That GIJ reads a key so, the vendor documents; when it begins to use it, no page tells. A key in PKCS#8 form is sent in the form
of GitHub's own files (PKCS#1), since it is unknown whether GIJ takes the other.`,
		Example: `  gijctl --sandbox gha rotate-key 11 --pem-file new.pem --dry-run
  gijctl gha rotate-key 11 --pem-file new.pem --reindex --wait-revoked
  gijctl gha rotate-key "acme / jira.acme.example-1716811200000" --guided --reindex --wait-revoked
  gijctl gha rotate-key 11 --pem-file new.pem --app-id 884213 --pem-column githubAppPem --expect-fingerprint SHA256:jruI… --yes`,
		Args:              exactArgs(1, "the INTEGRATION whose app has a new key"),
		ValidArgsFunction: a.completeIntegrations(1),
	}
	o.register(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.word = args[0]
		return runGHARotateKey(cmd.Context(), a, o)
	}
	return cmd
}

func (o *rotateKeyOptions) register(cmd *cobra.Command) {
	o.write.writeFlags.register(cmd)
	o.write.registerPEM(cmd)
	o.app.registerHost(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.app.pemFile, "pem-file", "", "file with the new private key, - for standard input")
	flags.BoolVar(&o.guided, "guided", false, "open the page where the key is made, and wait for its file")
	flags.StringVar(&o.downloads, "download-dir", "", "`folder` where the browser puts what it downloads, for --guided (default ~/Downloads)")
	flags.StringVar(&o.expect, "expect-fingerprint", "", "fingerprint that the new key must have, as the app's page shows it")
	flags.StringVar(&o.app.appID, "app-id", "", "id or client id of the app, where neither GIJ nor this machine tells it")
	flags.StringVar(&o.app.org, "org", "", "organization of the app, where GIJ does not tell it")
	flags.StringVar(&o.oldFile, "old-pem-file", "", "file with the old key, for --wait-revoked where GIJ does not show it")
	flags.BoolVar(&o.reindex, "reindex", false, "have the integration indexed with the new key, and fail if that has errors")
	flags.BoolVar(&o.waitRevoked, "wait-revoked", false, "wait until the old key is deleted at GitHub")
	flags.DurationVar(&o.write.waitTimeout, "wait-timeout", 0, "how long to wait for each of: the new file, the import, the index, the deletion (default without limit)")
	flags.BoolVar(&o.remove, "remove-pem-file", false, "remove the file of the new key when GIJ is seen to have it")
	flags.StringVar(&o.write.backup, "backup", "", "`file` for the server's configuration as it was; without it one in the state folder")
	flags.BoolVar(&o.write.force, "force", false, "overwrite the file of --backup")
}

// check refuses what cannot work before a file is read or a request sent.
func (o *rotateKeyOptions) check(a *app) error {
	switch file := o.app.pemFile; {
	case o.guided && file != "":
		return usageError("give one of them", "--guided waits for the file of the new key, and --pem-file names it")
	case o.guided && o.write.dryRun:
		return usageError("make the key first, and give --pem-file with --dry-run", "--guided makes a key, and a dry run changes nothing")
	case !o.guided && file == "":
		return usageError("make a key on the app's page at GitHub and give its file, or let --guided lead you there", "--pem-file is missing: it has the new key")
	case !o.guided && o.downloads != "":
		return usageError("add: --guided", "--download-dir is where --guided looks, which is not given")
	case file == "-" && o.oldFile == "-":
		return usageError("give one of them as a file", "--pem-file and --old-pem-file cannot both be standard input")
	case o.remove && file == "-":
		return usageError("leave it out", "--remove-pem-file: the key comes from standard input, so there is no file")
	}
	input := o.app.pemFile
	if o.oldFile == "-" {
		input = "-"
	}
	return a.mayBulkWrite(&o.write, input)
}

func runGHARotateKey(ctx context.Context, a *app, o rotateKeyOptions) error {
	if err := o.check(a); err != nil {
		return err
	}
	printer, err := o.printer(a)
	if err != nil {
		return err
	}
	r := &rotation{options: o, printer: printer, file: o.app.pemFile}
	if err := r.readKeys(a); err != nil {
		return err
	}
	if err := r.begin(ctx, a); err != nil {
		return err
	}
	defer r.gha.close()
	for _, step := range []func(context.Context) error{r.read, r.guide, r.checkNewKey, r.findOldKey, r.compareRow} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if o.write.dryRun {
		return r.showPlan()
	}
	return r.carryOut(ctx)
}

// readKeys reads the files of the command line: what is wrong with them is said before anything is asked.
func (r *rotation) readKeys(a *app) error {
	for _, one := range []struct {
		flag, file string
		key        *appKey
	}{{"--pem-file", r.file, &r.newKey}, {"--old-pem-file", r.options.oldFile, &r.given}} {
		if one.file == "" {
			continue
		}
		text, err := a.readInput(one.file, maxPEM, one.flag)
		if err != nil {
			return err
		}
		a.warnIfReadable(one.file)
		if one.key.PrivateKey, err = parsePEM(one.file, text); err != nil {
			return err
		}
	}
	if r.given.is(r.newKey) {
		return usageError("give the file of the key that is to go", "--old-pem-file has the new key")
	}
	return r.isExpected()
}

// begin opens the session, and waits for an import that was begun before.
func (r *rotation) begin(ctx context.Context, a *app) error {
	s, err := a.beginGHA(ctx, ghaNeeds{readOnly: r.options.write.dryRun, jira: true})
	if err != nil {
		return err
	}
	state, err := a.bulkState(s.jira.target)
	if err == nil {
		r.gha, r.bulkRun = s, bulkRun{app: a, session: s.jira, state: state}
		err = r.resumeOrNote(ctx)
	}
	if err != nil {
		s.close()
	}
	return err
}

func (r *rotation) resumeOrNote(ctx context.Context) error {
	if r.options.write.dryRun {
		return r.notePending()
	}
	return r.resume(ctx, r.options.write)
}

// read reads what GIJ shows, and finds the integration, its app, and the column of its key.
func (r *rotation) read(ctx context.Context) error {
	progress := r.app.newBulkProgress()
	defer progress.close()
	progress.Step("reading the configuration")
	listed, err := r.session.client.Integrations.List(ctx)
	if err != nil {
		return err
	}
	r.have, err = plan.ReadExport(ctx, r.session.client.Bulk, r.state, r.options.write.pemColumn)
	if err != nil {
		return err
	}
	progress.line.Done()
	r.gha.export, r.gha.rows = r.have, plan.AppRows(listed, r.have)
	if err := r.findRow(listed); err != nil {
		return err
	}
	if err := r.findApp(); err != nil {
		return err
	}
	r.readKnownKeys()
	if err := r.findColumn(); err != nil {
		return err
	}
	r.now.PrivateKey = r.have.PrivateKey(r.row.ID, r.column)
	return nil
}
