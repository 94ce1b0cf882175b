package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

// globalFlags are the flags that every command has.
type globalFlags struct {
	target     config.Flags
	connection config.ConnectionFlags
	output     string
	query      string
	columns    []string
	noHeader   bool
	quiet      bool
	timeout    time.Duration
	retries    int
	trace      bool
	color      string
}

const rootExample = `  # try it: a Jira with GIJ that runs inside gijctl, kept between commands
  gijctl --sandbox integration list
  gijctl --sandbox integration disable "Acme GitLab" --dry-run

  # a real Jira: log in once, with a personal access token of an administrator, which is asked for
  gijctl auth login --url https://jira.example.com --context prod
  gijctl integration list

  # when that does not work
  gijctl doctor

  # a CI job has GIJCTL_TOKEN among its secrets, and keeps nothing
  export GIJCTL_URL=https://jira.example.com
  gijctl integration list -o json`

func newRootCmd(a *app) *cobra.Command {
	a.columns = map[*cobra.Command]func() []string{}
	root := &cobra.Command{
		Use:   "gijctl",
		Short: "Administer Git Integration for Jira Self-Managed",
		Long: `gijctl administers Git Integration for Jira Self-Managed (GIJ, by GitKraken) from a shell or a CI job.

Before it changes anything it shows a plan and asks; afterwards it reads the server back, and success means
that the change was seen.`,
		Example:       rootExample,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version().Version,
		Args:          cobra.ArbitraryArgs,
		RunE:          runGroup,
	}
	root.SetUsageFunc(writeUsage)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(flagError)
	root.AddGroup(
		&cobra.Group{ID: groupServer, Title: "Commands:"},
		&cobra.Group{ID: groupTool, Title: "The tool itself:"},
	)
	root.AddCommand(
		newIntegrationCmd(a), newRepositoryCmd(a), newBulkCmd(a), newReindexCmd(a), newIssueCmd(a), newSettingsCmd(a), newFilterCmd(a), newGHACmd(a), newAPICmd(a), newAuthCmd(a), newContextCmd(a),
		newDoctorCmd(a), newSandboxCmd(a), hasColumns(a, newVersionCmd(a), versionList), newCompletionCmd(a), newDocsCmd(a),
	)
	root.SetHelpCommand(newHelpCmd())
	addGlobalFlags(root.PersistentFlags(), &a.flags)
	completeGlobalFlags(a, root)
	return root
}

const (
	groupServer = "server"
	groupTool   = "tool"
)

func addGlobalFlags(f *pflag.FlagSet, g *globalFlags) {
	f.Var(given{&g.target.URL}, "url", "Jira's base URL with its context path (GIJCTL_URL)")
	f.Var(given{&g.target.Context}, "context", "named target (GIJCTL_CONTEXT); \"sandbox\" is always there")
	f.BoolVar(&g.target.Sandbox, "sandbox", false, "use the embedded server; it keeps its state between commands")
	f.StringVarP(&g.output, "output", "o", string(render.FormatTable), "table, wide, json, yaml, csv, tsv or name; a plan also markdown")
	f.StringVar(&g.query, "query", "", "JMESPath expression on the JSON form")
	f.StringSliceVar(&g.columns, "columns", nil, "columns of a table, csv or tsv, by JSON key")
	f.BoolVar(&g.noHeader, "no-header", false, "leave out the header line")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "say nothing but data, warnings and errors")
	f.DurationVar(&g.timeout, "timeout", time.Minute, "limit of one request: to connect, to answer, and for each pause in the answer")
	f.IntVar(&g.retries, "retries", 3, "how often to repeat what is safe to repeat")
	f.BoolVar(&g.trace, "trace", false, "show requests and answers on stderr, without secrets")
	f.StringVar(&g.connection.CAFile, "ca-file", "", "certificates of your own authority, PEM")
	f.StringVar(&g.connection.ClientCert, "client-cert", "", "client certificate, PEM")
	f.StringVar(&g.connection.ClientKey, "client-key", "", "its private key, PEM")
	f.StringVar(&g.connection.HeaderFile, "header-file", "", "file of \"Name: value\" lines that a proxy asks for")
	f.BoolVar(&g.connection.Insecure, "insecure", false, "accept any TLS certificate (warns each time)")
	f.StringVar(&g.color, "color", "auto", "auto, always or never")
}

// given is a flag's text that cannot be empty: --url "$URL" with a variable that is not set must not mean the current
// context.
type given struct{ to *string }

func (g given) String() string {
	if g.to == nil { // pflag asks a zero value what the default is
		return ""
	}
	return *g.to
}

func (given) Type() string { return "string" }

func (g given) Set(text string) error {
	if text == "" {
		return errors.New("it is empty; is the variable set that it comes from?")
	}
	*g.to = text
	return nil
}

func completeGlobalFlags(a *app, root *cobra.Command) {
	fixed := map[string][]string{
		"output": {"table", "wide", "json", "yaml", "csv", "tsv", "name", "markdown"},
		"color":  {"auto", "always", "never"},
	}
	for name, words := range fixed {
		mustComplete(root, name, func(*cobra.Command) []string { return words })
	}
	mustComplete(root, "context", func(*cobra.Command) []string { return a.contextWords(true) })
	mustComplete(root, "columns", func(cmd *cobra.Command) []string {
		if keys := a.columns[cmd]; keys != nil {
			return keys()
		}
		return nil
	})
}

// hasColumns notes where the columns of a command are, for their completion.
func hasColumns[T any](a *app, cmd *cobra.Command, list func() render.List[T]) *cobra.Command {
	a.columns[cmd] = func() []string {
		var keys []string
		for _, c := range list().Columns {
			keys = append(keys, c.Key)
		}
		return keys
	}
	return cmd
}

// mustComplete registers the words that a flag may have. They are asked for only when a shell completes, for every start
// would pay for them. It panics for a flag that does not exist: a mistake in this package that the first test sees.
func mustComplete(cmd *cobra.Command, flag string, words func(*cobra.Command) []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return words(cmd), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err)
	}
}

func newHelpCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show the help of a command",
		Long:    "Shows what a command does, with its flags and examples; the same as COMMAND --help.",
		Example: "  gijctl help integration add",
		GroupID: groupTool,
		RunE: func(cmd *cobra.Command, args []string) error {
			meant, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return unknownCommand(meant, rest[0])
			}
			return meant.Help()
		},
	}
}

// fill adds the commands of a group if the arguments name it: a start need not build what it will not run. help, the
// completions of a shell and the examples name a group as well; docs wants all.
func (a *app) fill(group *cobra.Command, commands func() []*cobra.Command) *cobra.Command {
	named := func(arg string) bool { return arg == "docs" || arg == group.Name() || group.HasAlias(arg) }
	if a.args == nil || slices.ContainsFunc(a.args, named) {
		group.AddCommand(commands()...)
	}
	return group
}

// newGroupCmd makes a command that only holds others: alone it prints its help, an unknown word is an error that names
// the nearest.
func newGroupCmd(use, short, long, example string, aliases ...string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Long: long, Example: example, Aliases: aliases,
		Args: cobra.ArbitraryArgs, RunE: runGroup,
	}
}

func runGroup(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	return unknownCommand(cmd, args[0])
}

func unknownCommand(cmd *cobra.Command, word string) error {
	var names []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
			names = append(names, sub.Aliases...)
		}
	}
	hint := "the commands are listed by: " + cmd.CommandPath() + " --help"
	if near, found := gijspec.Nearest(word, names); found {
		hint = "did you mean: " + cmd.CommandPath() + " " + near
	} else if path := verbOfGroup(word); !cmd.HasParent() && path != "" {
		hint = "did you mean: " + path
	}
	return usageError(hint, "unknown command %q for %q", word, cmd.CommandPath())
}

// verbOfGroup returns the path of a command below a group that has this name, or "": who types "gijctl login" forgot "auth".
// Integrations come first, then what else is about the server.
func verbOfGroup(word string) string {
	groups := newRootCmd(&app{}).Commands()
	rank := func(c *cobra.Command) string {
		if c.Name() == "integration" {
			return ""
		}
		return c.GroupID
	}
	slices.SortStableFunc(groups, func(a, b *cobra.Command) int { return strings.Compare(rank(a), rank(b)) })
	for _, group := range groups {
		for _, cmd := range group.Commands() {
			if cmd.Name() == word || cmd.HasAlias(word) {
				return cmd.CommandPath()
			}
		}
	}
	return ""
}

// flagError turns what pflag says into an error with the nearest flag.
func flagError(cmd *cobra.Command, err error) error {
	// A flag of the command that was meant is unknown to the group: the misspelt verb before it is the mistake.
	if words := cmd.Flags().Args(); cmd.HasSubCommands() && len(words) > 0 {
		return unknownCommand(cmd, words[0])
	}
	return usageError(flagHint(cmd, err.Error()), "%s", flagProblem(err))
}

// flagProblem is what pflag says, without the name of the Go function that could not read a number.
func flagProblem(err error) string {
	var invalid *pflag.InvalidValueError
	var number *strconv.NumError
	if !errors.As(err, &invalid) || !errors.As(err, &number) {
		return err.Error()
	}
	if errors.Is(number, strconv.ErrRange) {
		return fmt.Sprintf("--%s: %q is too large or too small", invalid.GetFlag().Name, invalid.GetValue())
	}
	what := "a number"
	if invalid.GetFlag().Value.Type() == "bool" {
		what = "true or false"
	}
	return fmt.Sprintf("--%s takes %s, not %q", invalid.GetFlag().Name, what, invalid.GetValue())
}

func flagHint(cmd *cobra.Command, message string) string {
	hint := "the flags are listed by: " + cmd.CommandPath() + " --help"
	name, found := strings.CutPrefix(message, "unknown flag: --")
	if !found {
		return hint
	}
	if slices.Contains([]string{"pat", "password", "secret"}, name) && cmd.Flags().Lookup(name+"-file") != nil {
		return fmt.Sprintf("a secret is never a flag's value, for others can see it in the process list; use --%s-file FILE, --%s-file - or --%s-env NAME", name, name, name)
	}
	if name == "token" || name == "password" {
		return "a secret is never a flag's value, for others can see it in the process list; set GIJCTL_TOKEN, or log in once: gijctl auth login --token-stdin"
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near, found := gijspec.Nearest(name, names); found {
		return "did you mean: --" + near
	}
	return hint
}

// atMostOneArg asks for an argument that can be left out.
func atMostOneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= 1 {
			return nil
		}
		return usageError("see: "+cmd.CommandPath()+" --help", "%q needs at most %s", cmd.CommandPath(), what)
	}
}

// exactArgs asks for the arguments that usage names.
func exactArgs(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		if n == 0 {
			return usageError("see: "+cmd.CommandPath()+" --help", "%q takes no argument, but got %q", cmd.CommandPath(), args[0])
		}
		return usageError("see: "+cmd.CommandPath()+" --help", "%q needs %s", cmd.CommandPath(), what)
	}
}
