package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

type filterTestOptions struct {
	expr        string
	file        string // "-" is stdin, "" for another source
	integration string
	typ         string
	host        string // web root
	tokenFile   string
	path        string
	folder      string
	depth       int
	max         int
	explain     bool

	hasMax, hasDepth bool
}

func newFilterTestCmd(a *app) *cobra.Command {
	var o filterTestOptions
	cmd := &cobra.Command{
		Use:     "test [EXPR] [FILE]",
		Aliases: []string{"try"},
		Short:   "Show which repositories a filter would let in",
		Long: `Shows what a filter lets in and what it keeps out, how many and how large, where the host tells the size. EXPR is JMESPath;
--integration takes it from an integration instead, with its type. No Jira is asked otherwise, and nothing is changed.

The repositories come from one of these:

  FILE           an answer of the host that you saved, - for standard input. GitHub, GitLab, Azure DevOps ({"value": …}), Gerrit (with
                 the )]}' that it begins with), a GitHub App ({"repositories": …}), a tracked folder (name and fullPath). Several
                 answers one after the other, as gh api --paginate writes them, are one list. The type is guessed unless --type tells.
  --host ROOT    the list of GitHub or GitHub Enterprise Server, by their web address. The token is that of GITHUB_TOKEN or
                 --token-file, and goes to that host alone. An installation's token lists what the app was given.
  --folder DIR   the repositories below a folder of this machine. How GIJ scans a tracked folder is inferred: a folder that is a
                 repository, bare or with .git, is not looked into; links are not followed.

--explain names the usual mistakes. More than --max repositories let in is exit status 1. What else GIJ does with an answer is not
documented: repositories that are archived or empty, say, are shown here as the filter has them.`,
		Example: `  gijctl filter test "[?contains(name, 'git')]" testdata/hosts/github.json
  gijctl filter test "{value: value[?contains(name, 'web')]}" testdata/hosts/azure.json --explain
  gijctl filter test "repositories[] | [?starts_with(name, 'web')]" --type GITHUB_APP --host https://github.com --token-file app.token
  gijctl --sandbox filter test --integration 2 testdata/hosts/gitlab.json -o json --query counts.in`,
		Args: func(cmd *cobra.Command, args []string) error { return o.take(cmd, args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.integration, "integration", "", "ID or display name of the integration whose filter is tried")
	f.StringVar(&o.typ, "type", "", "type of the host; GITHUB_APP for the list of an app's installation")
	f.StringVar(&o.host, "host", "", "web root of the GitHub host to ask (GIJCTL_GITHUB_URL)")
	f.StringVar(&o.tokenFile, "token-file", "", "file with the token for it, - for standard input; else GITHUB_TOKEN")
	f.StringVar(&o.path, "path", "", "path of the list, as in apiPath (default that of the integration, else /user/repos)")
	f.StringVar(&o.folder, "folder", "", "tracked folder on this machine")
	f.IntVar(&o.depth, "depth", 1, "how deep below it repositories are looked for, 1 to 5")
	f.IntVar(&o.max, "max", 0, "fail if more repositories are let in")
	f.BoolVar(&o.explain, "explain", false, "name the usual mistakes")
	mustComplete(cmd, "type", func(*cobra.Command) []string { return filterTypeWords() })
	mustComplete(cmd, "integration", func(cmd *cobra.Command) []string {
		words, _ := a.completeIntegrations(1)(cmd, nil, "")
		return words
	})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		o.hasMax, o.hasDepth = cmd.Flags().Changed("max"), cmd.Flags().Changed("depth")
		return runFilterTest(cmd.Context(), a, o)
	}
	return cmd
}

func filterTypeWords() []string {
	var words []string
	for _, t := range gijspec.FilterTypes() {
		words = append(words, string(t))
	}
	return words
}

// take tells EXPR from FILE: with --integration there is no EXPR.
func (o *filterTestOptions) take(cmd *cobra.Command, args []string) error {
	if o.integration == "" {
		if len(args) == 0 {
			return usageError("give an expression like \"[?contains(name, 'text')]\", or --integration ID", "%q needs a filter", cmd.CommandPath())
		}
		o.expr, args = args[0], args[1:]
	}
	if len(args) > 1 {
		return usageError("quote the expression, and give one FILE", "%q is one argument too many", args[1])
	}
	if len(args) == 1 {
		o.file = args[0]
	}
	return nil
}

func runFilterTest(ctx context.Context, a *app, o filterTestOptions) error {
	printer, err := printerFor(a, filteredList())
	if err != nil {
		return err
	}
	if err := o.check(a); err != nil {
		return err
	}
	f := filter{expr: o.expr, typ: gijspec.Type(o.typ), path: o.path}
	if o.integration != "" {
		if f, err = a.filterOf(ctx, o); err != nil {
			return err
		}
	}
	query, err := f.compile(o.explain)
	if err != nil {
		return err
	}
	list, err := a.repositoriesFor(ctx, o, f)
	if err != nil {
		return err
	}
	result, err := f.ask(query, list, o.explain)
	if err != nil {
		return err
	}
	return a.showFiltered(printer, result, o)
}

// check refuses what cannot work before anything is read.
func (o *filterTestOptions) check(a *app) error {
	o.typ = strings.ToUpper(o.typ)
	if err := checkFilterType(o.typ); err != nil {
		return err
	}
	live := o.host != "" || o.tokenFile != "" || o.path != ""
	switch {
	case o.file != "" && o.folder != "":
		return usageError("give one of them", "FILE and --folder are two lists")
	case live && (o.file != "" || o.folder != ""):
		return usageError("leave out --host, --token-file and --path", "a FILE and a --folder are read without asking a host")
	case o.hasDepth && o.folder == "":
		return usageError("add: --folder DIR", "--depth is that of a --folder")
	case o.depth < 1 || o.depth > 5:
		return usageError("", "--depth is from 1 to 5, not %d", o.depth)
	case o.folder != "" && o.typ != "" && o.typ != string(gijspec.Filespace):
		return usageError("leave it out", "the --type of a --folder is FILESPACE")
	case o.max < 0:
		return usageError("", "--max cannot be negative")
	case o.path != "" && !strings.HasPrefix(o.path, "/"):
		return usageError("give it like: --path /orgs/acme/repos", "--path must begin with /")
	}
	if o.file == "" && o.folder == "" {
		o.host = cmp.Or(o.host, a.env.Get("GIJCTL_GITHUB_URL"))
	}
	if o.file == "" && o.folder == "" && o.host == "" && o.integration == "" {
		return usageError("give a FILE that you saved (like: gh api --paginate /user/repos > repos.json), or --folder DIR, or --host https://github.com",
			"there are no repositories to try the filter on")
	}
	return nil
}

func checkFilterType(name string) error {
	words := filterTypeWords()
	for _, word := range words {
		if name == "" || name == word {
			return nil
		}
	}
	if name == string(gijspec.AWS) {
		return usageError("", "an integration of AWS CodeCommit takes no filter")
	}
	hint := "the types are: " + strings.Join(words, ", ")
	if near, ok := gijspec.Nearest(name, words); ok {
		hint = "did you mean: --type " + near
	}
	return usageError(hint, "there is no type %q", name)
}

// repositoriesFor reads the list from where the options say it is.
func (a *app) repositoriesFor(ctx context.Context, o filterTestOptions, f filter) (*repositoryList, error) {
	switch {
	case o.folder != "":
		return a.scanFolder(o.folder, o.depth)
	case o.file != "":
		data, err := a.readInput(o.file, maxHostAnswer, "FILE")
		if err != nil {
			return nil, err
		}
		return a.parseHostAnswer(inputName(o.file), data, f)
	case o.host == "":
		return nil, f.noSource()
	}
	return a.listGitHub(ctx, o, f)
}

// showFiltered writes the result, and fails where more is let in than --max.
func (a *app) showFiltered(p *render.Printer, v filterView, o filterTestOptions) error {
	if !a.wantsJSON() { // there they are data
		for _, e := range v.Explanations {
			a.remark(e.detail().Text())
		}
	}
	if o.explain && len(v.Explanations) == 0 {
		a.note("none of the usual mistakes was seen in the filter")
	}
	if err := printFiltered(p, v); err != nil {
		return err
	}
	a.note("%s", v.summary())
	if o.hasMax && v.Counts.In > o.max {
		return &cliError{
			code: codeFailed, message: fmt.Sprintf("the filter lets in %s, more than the %d of --max", countedAs(v.Counts.In, "repository", "repositories"), o.max),
			hint: "narrow the filter, or raise --max",
		}
	}
	return nil
}
