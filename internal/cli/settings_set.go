package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

type settingsSetOptions struct {
	write     writeFlags
	value     string
	clear     bool
	otherPath bool
}

func newSettingsSetCmd(a *app) *cobra.Command {
	var o settingsSetOptions
	cmd := &cobra.Command{
		Use:   "set alt-jira-base-url URL",
		Short: "Change one of GIJ's general settings",
		Long: `Sets the address at which GitHub reaches this Jira, for the GitHub Apps that are made from then on; those that exist keep theirs.
--clear goes back to Jira's own base URL.

The URL must have Jira's context path, as the one of this Jira has it: where Jira is at https://jira.example.com/jira, it ends in
/jira. The first edition of the vendor's page left it out, and webhooks then come to nothing. A URL with another path is
refused, unless a proxy before Jira maps it and --other-context-path says so.

That the server can be asked for the setting is documented nowhere. If it does not answer, the setting is sent in any case and
reported as not shown.`,
		Example: `  gijctl --sandbox settings set alt-jira-base-url https://jira-hooks.example.com/jira --yes
  gijctl --sandbox settings set alt-jira-base-url --clear --yes`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return []string{settingAltBase}, cobra.ShellCompDirectiveNoFileComp
		},
	}
	o.write.register(cmd)
	cmd.Flags().BoolVar(&o.clear, "clear", false, "no address of its own: Jira's base URL is used")
	cmd.Flags().BoolVar(&o.otherPath, "other-context-path", false, "the URL has another context path than Jira, which a proxy maps")
	cmd.Args = func(cmd *cobra.Command, args []string) error { return o.take(cmd, args) }
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return runSettingsSet(cmd.Context(), a, o) }
	return cmd
}

// take checks the arguments: the name of a setting, and a value unless --clear.
func (o *settingsSetOptions) take(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usageError("type: "+cmd.CommandPath()+" "+settingAltBase+" URL", "%q needs the name of a setting; there is %s", cmd.CommandPath(), settingAltBase)
	}
	if args[0] != settingAltBase {
		hint := "there is: " + settingAltBase
		if near, found := gijspec.Nearest(args[0], []string{settingAltBase, "altJiraBaseUrl"}); found && near != "" {
			hint = "did you mean: " + settingAltBase
		}
		return usageError(hint, "there is no setting %q that the API documents", args[0])
	}
	switch {
	case len(args) > 2:
		return usageError("", "one value is needed, but there is also %q", args[2])
	case len(args) == 2 && o.clear:
		return usageError("give one of them", "a URL and --clear say two things")
	case len(args) == 1 && !o.clear:
		return usageError("give the URL, or --clear to have none", "the URL is missing")
	case len(args) == 2 && args[1] == "":
		return usageError("to have none, give --clear", "the URL is empty; is the variable set that it comes from?")
	case len(args) == 2:
		o.value = strings.TrimRight(args[1], "/")
	}
	return nil
}

func runSettingsSet(ctx context.Context, a *app, o settingsSetOptions) error {
	if !o.clear {
		if _, err := gij.ParseBaseURL(o.value); err != nil {
			return inputError("write it like: https://jira-hooks.example.com/jira", "%s", strings.Replace(err.Error(), "the Jira URL", "the URL", 1))
		}
	}
	if err := a.mayWrite(o.write); err != nil {
		return err
	}
	printer, err := planPrinter(a, o.write, settingsList())
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, o.write.dryRun)
	if err != nil {
		return err
	}
	defer s.close()
	warnings, err := o.checkPath(s.target.URL)
	if err != nil {
		return err
	}
	before, err := readSettings(ctx, s.client)
	if err != nil {
		return err
	}
	view := o.plan(s.client, before, warnings)
	if o.write.dryRun {
		return a.printPlan(printer, []changeView{view})
	}
	if view.Action == plan.ActionNone {
		a.note("nothing to do: altJiraBaseUrl is as asked")
		return render.WriteObject(printer, settingsList(), new(viewSettings(before)))
	}
	if err := a.agree(ctx, writing{flags: o.write}, []changeView{view}); err != nil {
		return err
	}
	return o.apply(ctx, a, s.client, printer)
}

// readSettings returns what the server shows; one that does not answer shows nothing.
func readSettings(ctx context.Context, client *gij.Client) (gij.Settings, error) {
	now, err := client.Settings.Get(ctx)
	if errors.Is(err, gij.ErrNotShown) {
		return gij.Settings{}, nil
	}
	return now, err
}

// checkPath holds the context path against the one of this Jira.
func (o *settingsSetOptions) checkPath(base string) (warnings []string, err error) {
	if o.clear {
		return nil, nil
	}
	own, ownErr := url.Parse(strings.TrimRight(base, "/"))
	value, err := url.Parse(o.value)
	if err != nil || ownErr != nil {
		return nil, errors.Join(err, ownErr) // both were parsed before
	}
	if value.Scheme == "http" {
		warnings = append(warnings, "http:// sends what GitHub says, and its signature, readable for everybody on the way")
	}
	if strings.EqualFold(value.Host, own.Host) && value.Scheme == own.Scheme && value.Path == own.Path {
		warnings = append(warnings, "this is the address that gijctl reaches Jira at; the setting is for another one")
	}
	switch {
	case value.Path == own.Path:
		return warnings, nil
	case o.otherPath:
		return append(warnings, fmt.Sprintf("the context path is %s, and this Jira's is %s: a proxy must map it", pathWords(value.Path), pathWords(own.Path))), nil
	}
	meant := *value
	meant.Path = own.Path
	return nil, inputError("type: "+meant.String()+"; if a proxy before Jira maps the other path, add: --other-context-path",
		"nothing was sent: the context path of %s is %s, and this Jira's is %s, so that GitHub's webhooks would come to nothing",
		o.value, pathWords(value.Path), pathWords(own.Path))
}

func pathWords(path string) string {
	if path == "" {
		return "empty"
	}
	return path
}

func (o *settingsSetOptions) plan(client *gij.Client, before gij.Settings, warnings []string) changeView {
	v := changeView{
		Action: plan.ActionUpdate, Object: "settings", DisplayName: settingAltBase, Warnings: warnings,
		Fields: []fieldView{{Field: "altJiraBaseUrl", To: o.value}}, Requests: []gij.Request{client.Settings.SetRequest(o.value)},
	}
	if before.AltJiraBaseURL == nil {
		v.Notes = []string{"the server does not show what it is now, so that it is sent in any case"}
		return v
	}
	v.Fields[0].From = *before.AltJiraBaseURL
	if *before.AltJiraBaseURL == o.value {
		v.Action, v.Fields, v.Requests = plan.ActionNone, []fieldView{}, []gij.Request{}
	}
	return v
}

func (o *settingsSetOptions) apply(ctx context.Context, a *app, client *gij.Client, printer *render.Printer) error {
	if err := o.send(ctx, a, client); err != nil {
		return err
	}
	now, err := readSettings(context.WithoutCancel(ctx), client)
	switch {
	case err != nil:
		return &cliError{
			code: codePartial, message: "the server answered success, but it could not be verified: " + explain(err).Message,
			hint: "look with: gijctl settings get", cause: err,
		}
	case now.AltJiraBaseURL == nil:
		a.note("accepted: altJiraBaseUrl; the server does not show it, so there is nothing to read back")
	case *now.AltJiraBaseURL != o.value:
		return &cliError{
			code: codeFailed, message: fmt.Sprintf("the server answered success, and altJiraBaseUrl is %q, not %q", *now.AltJiraBaseURL, o.value),
			hint: "set it in Jira (Git > General settings)",
		}
	default:
		a.note("changed altJiraBaseUrl: verified, read back as sent")
	}
	return render.WriteObject(printer, settingsList(), new(viewSettings(now)))
}

func (o *settingsSetOptions) send(ctx context.Context, a *app, client *gij.Client) error {
	request := client.Settings.SetRequest(o.value)
	ctx, finish := a.outliveInterrupt(ctx, apiRequest{RawRequest: gij.RawRequest{Method: request.Method, Path: request.Path}})
	defer finish()
	return client.Settings.SetAltJiraBaseURL(ctx, o.value)
}
