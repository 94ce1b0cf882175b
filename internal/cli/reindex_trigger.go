package cli

import (
	"cmp"
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

type reindexTriggerOptions struct {
	write   writeFlags
	waiting waitFlags
	origin  string
	all     bool
	id      string
	secret  secretSource
}

func newReindexTriggerCmd(a *app) *cobra.Command {
	var o reindexTriggerOptions
	cmd := &cobra.Command{
		Use:     "trigger --origin URL",
		Aliases: []string{"webhook"},
		Short:   "Call GIJ's webhook, as a Git host does",
		Long: `Calls GIJ's webhook: the server indexes the repository whose origin is given, as after a push that a Git host reports. Use it
where a Git host has no webhooks, and to see whether GIJ's answers.

The secret is the last part of the address that Jira shows under Git > Indexing triggers. It is read from a file, from an
environment variable or from the terminal, and is in no output and no trace. A log of the server or of a proxy may have it.
The sandbox's is among what gijctl sandbox serve -o wide shows.

Without an origin the server indexes everything, which takes --all here; but where its setting "Ignore unmatching webhooks" is
on, which is documented as the default since 3.8, it then does nothing. An answer without a thread says that nothing was begun,
or that the server does not tell; which, is unknown.`,
		ValidArgsFunction: cobra.NoFileCompletions,
		Example: `  gijctl --sandbox reindex trigger --origin https://gitlab.acme.example/web/web-shop.git --secret-file hook.txt --wait --yes
  gijctl reindex trigger --origin https://gitlab.example.com/web/shop.git --secret-env GIJ_WEBHOOK_SECRET --dry-run`,
		Args: exactArgs(0, ""),
	}
	o.write.register(cmd)
	o.waiting.register(cmd, "follow the index to its end")
	f := cmd.Flags()
	f.StringVar(&o.origin, "origin", "", "origin of the repository, as GIJ has it")
	f.BoolVar(&o.all, "all", false, "no origin: everything is indexed, or nothing")
	f.StringVar(&o.id, "webhook-id", "", "a name for the request in the server's log")
	f.StringVar(&o.secret.file, "secret-file", "", "file with the webhook's secret, - for stdin")
	f.StringVar(&o.secret.env, "secret-env", "", "environment variable with the webhook's secret")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		o.secret.key, o.secret.byFile, o.secret.byEnv = "secret", f.Changed("secret-file"), f.Changed("secret-env")
		if f.Changed("origin") && o.origin == "" {
			return usageError("give the origin as GIJ has it; --all is for everything", "--origin is empty; is the variable set that it comes from?")
		}
		return runReindexTrigger(cmd.Context(), a, o)
	}
	return cmd
}

func (o *reindexTriggerOptions) check() error {
	switch {
	case o.origin == "" && !o.all:
		return usageError("origins are listed by: gijctl repository list --columns origin", "name the repository by --origin; --all has everything indexed")
	case o.origin != "" && o.all:
		return usageError("give one of them", "--origin names one repository, and --all means everything")
	}
	return o.waiting.check()
}

func runReindexTrigger(ctx context.Context, a *app, o reindexTriggerOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.secret.file == "-" && !o.write.yes && !o.write.dryRun {
		return usageError("give --yes to go on without a question", "standard input is the secret, so nobody can be asked on it")
	}
	if err := a.mayWrite(o.write); err != nil {
		return err
	}
	printer, err := planPrinter(a, o.write, reindexList())
	if err != nil {
		return err
	}
	key, err := o.readSecret(ctx, a)
	if err != nil {
		return err
	}
	if strings.Contains(key.Reveal(), "/") {
		return usageError("leave only what follows the last /", "the webhook's secret has a / in it, like an address: only its last part is the secret")
	}
	s, err := a.connect(ctx, o.write.dryRun)
	if err != nil {
		return err
	}
	defer s.close()
	trigger := gij.Trigger{Secret: key, Origin: o.origin, ID: o.id}
	views := []changeView{o.plan(s.client, trigger)}
	if o.write.dryRun {
		return a.printPlan(printer, views)
	}
	if err := a.agree(ctx, writing{flags: o.write}, views); err != nil {
		return err
	}
	return o.run(ctx, a, s, trigger, printer)
}

// readSecret asks for the secret where no flag says where it is and somebody can answer.
func (o *reindexTriggerOptions) readSecret(ctx context.Context, a *app) (secret.Value, error) {
	if o.secret.byFile || o.secret.byEnv {
		return a.readSecret(o.secret)
	}
	if o.write.dryRun {
		return secret.Value{}, nil
	}
	if !a.streams.Interactive() {
		return secret.Value{}, usageError("it is the last part of the address that Jira shows under Git > Indexing triggers",
			"the webhook's secret is missing: give --secret-file FILE, - for standard input, or --secret-env NAME")
	}
	typed, err := a.askSecret(ctx, "webhook secret")
	if err == nil && typed.IsZero() {
		err = usageError("it is the last part of the address that Jira shows under Git > Indexing triggers", "the webhook's secret is empty")
	}
	return typed, err
}

func (o *reindexTriggerOptions) name() string {
	if o.all {
		return "everything"
	}
	return o.origin
}

func (o *reindexTriggerOptions) plan(client *gij.Client, t gij.Trigger) changeView {
	v := changeView{
		Action: actionIndex, Object: "webhook", DisplayName: o.name(), Fields: []fieldView{}, Requests: []gij.Request{client.Reindex.TriggerRequest(t)},
	}
	if o.all {
		v.Warnings = []string{"all repositories of this Jira are indexed anew, which may keep it busy for hours; or nothing, where the server ignores what matches nothing"}
	}
	return v
}

func (o *reindexTriggerOptions) run(ctx context.Context, a *app, s *session, t gij.Trigger, printer *render.Printer) error {
	v := newReindexView(indexTarget{name: o.name(), typ: "webhook"})
	started, err := o.send(ctx, a, s.client, t)
	if err != nil {
		return err
	}
	v.Result, v.ThreadID = indexStarted, started.Thread
	if v.ThreadID == "" {
		v.Result = indexAccepted
		v.Reason = "the server names no thread: it found nothing with this origin and ignores that, or does not tell what it began"
		a.warn("%s", v.Reason)
		return printReindex(printer, v)
	}
	if !o.waiting.wait {
		a.note("indexing of %s has begun; to follow it: %s", v.title(), v.followCommand())
		return printReindex(printer, v)
	}
	watch := plan.WatchThread(s.client.Reindex, v.title(), gij.IndexQuery{Thread: v.ThreadID})
	reports, stopped := a.watch(ctx, s, o.waiting, []plan.IndexWatch{watch})
	v.reported(reports[0])
	shown := printReindex(printer, v)
	if stopped != nil {
		return watchError(stopped, v.followCommand(), nil)
	}
	return cmp.Or(indexFailure(&v, reports[0].Err), shown)
}

func (o *reindexTriggerOptions) send(ctx context.Context, a *app, client *gij.Client, t gij.Trigger) (gij.Started, error) {
	request := client.Reindex.TriggerRequest(t)
	ctx, finish := a.outliveInterrupt(ctx, apiRequest{RawRequest: gij.RawRequest{Method: request.Method, Path: request.Path}})
	defer finish()
	return client.Reindex.Trigger(ctx, t)
}
