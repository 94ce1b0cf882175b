package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/render"
)

func newContextCmd(a *app) *cobra.Command {
	cmd := newGroupCmd("context", "Choose between the Jiras that you have logged in to",
		`A context is a name for a Jira: its URL, how it is reached, and where its credential is kept. Contexts are made by
"gijctl auth login"; the credential itself is never in the file that they are in.

A command talks to the Jira that --url or --context names, else GIJCTL_URL, else GIJCTL_CONTEXT, else the current context.
The context "sandbox" is always there.`,
		`  gijctl context list
  gijctl context use sandbox
  gijctl context show`, "contexts")
	cmd.GroupID = groupTool
	return a.fill(cmd, func() []*cobra.Command {
		return []*cobra.Command{
			hasColumns(a, newContextListCmd(a), contextList),
			hasColumns(a, newContextUseCmd(a), contextList),
			hasColumns(a, newContextShowCmd(a), contextList),
			hasColumns(a, newContextRenameCmd(a), contextList),
			hasColumns(a, newContextRemoveCmd(a), contextResultList),
		}
	})
}

// configFile reads the configuration, and passes on what it has to say.
func (a *app) configFile() (*config.File, error) {
	f, err := config.Load(a.env)
	if err != nil {
		return nil, err
	}
	a.warnAll(f.Notes)
	return f, nil
}

// editConfig changes the configuration file under its lock.
func (a *app) editConfig(change func(*config.File) error) (*config.File, error) {
	f, err := config.Edit(a.env, change)
	if err != nil {
		return nil, err
	}
	a.warnAll(f.Notes)
	return f, nil
}

func (a *app) warnAll(notes []string) {
	for _, note := range notes {
		a.warn("%s", note)
	}
}

// contextView is a context in -o json. The keys are a contract.
type contextView struct {
	Name       string `json:"name"`
	Current    bool   `json:"current"`
	URL        string `json:"url,omitempty"`
	User       string `json:"user,omitempty"`
	Credential string `json:"credential,omitempty"` // where it is kept: keyring or file
	CAFile     string `json:"caFile,omitempty"`
	ClientCert string `json:"clientCert,omitempty"`
	ClientKey  string `json:"clientKey,omitempty"`
	HeaderFile string `json:"headerFile,omitempty"`
}

func viewContext(c config.Context, current string) contextView {
	return contextView{
		Name: c.Name, Current: c.Name == current, URL: c.URL, User: c.User, Credential: string(c.Store),
		CAFile: c.CAFile, ClientCert: c.ClientCert, ClientKey: c.ClientKey, HeaderFile: c.HeaderFile,
	}
}

// viewContexts are all contexts, with the one that is always there.
func viewContexts(f *config.File) []contextView {
	var views []contextView
	for _, c := range f.Contexts {
		views = append(views, viewContext(c, f.Current))
	}
	return append(views, viewContext(config.Context{Name: config.SandboxContext}, f.Current))
}

// oneContext is the view of the context with this name, which exists.
func oneContext(f *config.File, name string) (contextView, error) {
	if name == config.SandboxContext {
		return viewContext(config.Context{Name: name}, f.Current), nil
	}
	c, err := f.Find(name)
	return viewContext(c, f.Current), err
}

func contextList() render.List[*contextView] {
	return render.List[*contextView]{
		Columns: []render.Column[*contextView]{
			{Key: "current", Header: "CURRENT", Keep: true, Text: currentMark, Data: func(v *contextView) string { return strconv.FormatBool(v.Current) }},
			{Key: "name", Header: "NAME", Keep: true, Text: func(v *contextView) string { return v.Name }},
			{Key: "url", Header: "URL", Text: contextURL, Data: func(v *contextView) string { return v.URL }},
			{Key: "user", Header: "USER", Text: func(v *contextView) string { return v.User }},
			{Key: "credential", Header: "CREDENTIAL", Keep: true, Text: credentialText, Data: func(v *contextView) string { return v.Credential }},
			{Key: "caFile", Header: "CA FILE", Show: render.Wide, Text: func(v *contextView) string { return v.CAFile }},
			{Key: "clientCert", Header: "CLIENT CERTIFICATE", Show: render.Wide, Text: func(v *contextView) string { return v.ClientCert }},
			{Key: "clientKey", Header: "CLIENT KEY", Show: render.Wide, Text: func(v *contextView) string { return v.ClientKey }},
			{Key: "headerFile", Header: "HEADER FILE", Show: render.Wide, Text: func(v *contextView) string { return v.HeaderFile }},
		},
		Name: func(v *contextView) string { return v.Name },
	}
}

func currentMark(v *contextView) string {
	if v.Current {
		return "*"
	}
	return ""
}

func contextURL(v *contextView) string {
	if v.Name == config.SandboxContext {
		return "(embedded)"
	}
	return v.URL
}

func credentialText(v *contextView) string {
	if v.Credential == "" && v.Name != config.SandboxContext {
		return "none"
	}
	return v.Credential
}

// completeContexts offers the names of the contexts, as the first argument of a command.
func (a *app) completeContexts(withSandbox bool) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return a.contextWords(withSandbox), cobra.ShellCompDirectiveNoFileComp
	}
}

func (a *app) contextWords(withSandbox bool) []string {
	var words []string
	if f, err := config.Load(a.env); err == nil {
		for _, c := range f.Contexts {
			words = append(words, c.Name+"\t"+c.URL)
		}
	}
	if withSandbox {
		words = append(words, config.SandboxContext+"\tthe embedded server")
	}
	return words
}
