package cli

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

type apiOptions struct {
	write   writeFlags
	method  string
	path    string
	fields  []string // key=value
	forms   []string // name=value or name=@FILE
	input   string   // a file
	include bool
}

func newAPICmd(a *app) *cobra.Command {
	var o apiOptions
	cmd := &cobra.Command{
		Use:   "api METHOD PATH",
		Short: "Send any request to Jira",
		Long: `Sends a request to Jira, logged in as every other command is, and prints the raw answer as it comes.

PATH is below Jira's base URL: /rest/api/2/myself, also where the base URL has a context path. A query in it is kept.
A whole URL is taken only if it is below the base URL.

Fields (-f) become parameters of the query for GET, HEAD, OPTIONS and DELETE, else a JSON object: true, false, null and
whole numbers are values, all else is text. --input sends a file of JSON as it is, and -F a form with files. What is on
a command line can be seen by others on this machine: put a secret into a file.

The exit status is that of the HTTP status: 401 and 403 are 4, 404 is 5, other errors are 1; the answer is printed in any
case. GIJ may say {"success":false} with status 200, also where a bulk import has just begun: that is no error here.
A method other than GET, HEAD and OPTIONS is held to change the server. A lost answer to one is not looked up, as other
commands do, but ends with 6.`,
		Example: `  gijctl --sandbox api GET /rest/api/2/myself
  gijctl --sandbox api GET /rest/gitplugin/1.0/integration --query "integrations[].displayName"
  gijctl --sandbox api GET /rest/gitplugin/1.0/index.json -f repoId=6 --include
  gijctl --sandbox api PUT /rest/gitplugin/1.0/integration/1 -f displayName="Our GitHub" -f trustFolderStat=true --yes
  gijctl --sandbox api POST /rest/gitplugin/1.0/integration --input testdata/api/add-github.json --dry-run
  gijctl api POST /rest/gitplugin/1.0/configuration.json -F file=@fleet.tsv`,
		GroupID:           groupServer,
		Args:              apiArgs,
		ValidArgsFunction: completeMethods,
	}
	o.write.register(cmd)
	cmd.Flags().StringArrayVarP(&o.fields, "field", "f", nil, "key=value: a parameter of the query, or a member of a JSON body")
	cmd.Flags().StringVar(&o.input, "input", "", "file of JSON to send as it is; - is standard input")
	cmd.Flags().StringArrayVarP(&o.forms, "form", "F", nil, "name=value or name=@FILE: a part of a form; @- is standard input")
	cmd.Flags().BoolVarP(&o.include, "include", "i", false, "print the status line and the headers first")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.method, o.path = strings.ToUpper(args[0]), args[1]
		return runAPI(cmd.Context(), a, o)
	}
	return cmd
}

// methods are those that a shell completes.
func methods() []string {
	return []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodHead, http.MethodOptions}
}

func completeMethods(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return methods(), cobra.ShellCompDirectiveNoFileComp
}

func apiArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 1 && strings.Contains(args[0], "/") && !strings.Contains(args[0], " ") {
		return usageError(fmt.Sprintf("for reading, type: %s GET %s", cmd.CommandPath(), args[0]), "%q needs a METHOD before the PATH", cmd.CommandPath())
	}
	return exactArgs(2, "a METHOD and a PATH")(cmd, args)
}

func runAPI(ctx context.Context, a *app, o apiOptions) error {
	printer, err := a.apiPrinter()
	if err != nil {
		return err
	}
	request, err := o.request(a)
	if err != nil {
		return err
	}
	if request.changes() {
		if err := a.mayWrite(o.write); err != nil {
			return err
		}
	}
	s, err := a.connect(ctx, o.write.dryRun || request.reads())
	if err != nil {
		return err
	}
	defer s.close()
	if err := request.locate(s.client); err != nil {
		return err
	}
	if o.write.dryRun {
		printer.Query = nil // it is about the answer
		return render.WriteObject(printer, apiList(), new(request.view()))
	}
	if request.changes() && !o.write.yes {
		if err := a.confirm(ctx, fmt.Sprintf("%s %s: send it?", request.Method, render.Visible(request.Path))); err != nil {
			return err
		}
	}
	return a.exchange(ctx, s.client, request, printer, o.include)
}

// apiPrinter is a printer for answers, which have no columns and one form.
func (a *app) apiPrinter() (*render.Printer, error) {
	hint := "leave it out, and choose from a JSON answer with --query"
	allowed := []string{string(render.FormatTable), string(render.FormatJSON)}
	if !slices.Contains(allowed, a.flags.output) {
		return nil, usageError(hint, "api prints the raw answer, which -o %s does not fit", a.flags.output)
	}
	if len(a.flags.columns) > 0 {
		return nil, usageError(hint, "api prints the raw answer, which has no --columns")
	}
	return a.printer(false)
}

func (a *app) exchange(ctx context.Context, client *gij.Client, r apiRequest, printer *render.Printer, include bool) error {
	if r.changes() {
		var finish func()
		ctx, finish = a.outliveInterrupt(ctx, r)
		defer finish()
		defer a.forgetLive()
	}
	res, err := client.Send(ctx, r.RawRequest)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	answer := newAPIAnswer(r.RawRequest, res)
	if include {
		if err := answer.writeHead(printer.Out); err != nil {
			return err
		}
	}
	if err := answer.writeBody(printer); err != nil {
		return err
	}
	return answer.refusal()
}

// graceOfRequest is how long the answer to a change may take when the person has pressed Ctrl-C.
const graceOfRequest = 30 * time.Second

// outliveInterrupt lets a change that is under way be finished after an interrupt: its answer tells whether it was done.
func (a *app) outliveInterrupt(ctx context.Context, r apiRequest) (inFlight context.Context, finish func()) {
	inFlight, cancel := context.WithCancel(context.WithoutCancel(ctx))
	told := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(told)
		time.AfterFunc(graceOfRequest, cancel)
		a.note("interrupted: waiting for the answer to %s %s, at most %s; a second Ctrl-C ends it at once, and leaves it unknown",
			r.Method, withoutQuery(r.Path), graceOfRequest)
	})
	return inFlight, func() {
		if !stop() {
			<-told
		}
		cancel()
	}
}

// apiView is a request that was not sent, in -o json. Its body is not shown, for it may hold secrets. The keys are a
// contract.
type apiView struct {
	Method      string `json:"method"`
	Path        string `json:"path"`
	ContentType string `json:"contentType,omitempty"`
	Size        *int64 `json:"size,omitempty"` // of the body in bytes
}

func apiList() render.List[*apiView] {
	return render.List[*apiView]{
		Columns: []render.Column[*apiView]{
			{Key: "method", Header: "METHOD", Text: func(v *apiView) string { return v.Method }},
			{Key: "path", Header: "PATH", Text: func(v *apiView) string { return v.Path }},
			{Key: "contentType", Header: "BODY", Text: func(v *apiView) string { return v.ContentType }},
			{Key: "size", Header: "BYTES", Text: sizeText},
		},
		Name: func(v *apiView) string { return v.Path },
	}
}

func sizeText(v *apiView) string {
	switch {
	case v.Size != nil:
		return strconv.FormatInt(*v.Size, 10)
	case v.ContentType != "":
		return "unknown until it is read"
	}
	return ""
}
