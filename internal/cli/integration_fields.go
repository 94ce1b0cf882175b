package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/secret"
)

// fieldFlags are the values of an integration or a repository that a command line gives: a request file, and a flag for each
// field. The flags come out of gijspec's table, a flag wins over the file.
type fieldFlags struct {
	object   plan.Object
	file     string
	projects []string // keys
	// byProject says that --project was given, be it with nothing.
	byProject bool

	// given holds the fields whose flag was used, secrets aside.
	given map[string]any
	// secrets says where the secrets are to be read.
	secrets []secretSource
}

// secretSource is where the value of a secret field is.
type secretSource struct {
	key  string // REST key
	file string // "-" is stdin
	env  string
	// byFile and byEnv say that the flag was used, be it with an empty name.
	byFile, byEnv bool
}

// register makes the flags for a create or an update. An update has none for the type, which cannot be changed.
func (f *fieldFlags) register(cmd *cobra.Command, op gijspec.Operation) func() {
	flags := cmd.Flags()
	flags.StringVarP(&f.file, "file", "f", "", "request as JSON or YAML, - for stdin; flags win over it")
	flags.StringSliceVar(&f.projects, "project", nil, "keys of the associated projects, instead of all (sets global to false)")
	collect := []func(){}
	fields := gijspec.Fields()
	if f.object == plan.ObjectRepository {
		fields = gijspec.RepositoryFields()
	}
	for _, field := range fields {
		if op == gijspec.Update {
			field.Default = "" // it is what a create takes where the field is left out
		}
		if op == gijspec.Create || field.Key != "type" {
			collect = append(collect, f.registerField(flags, field))
		}
	}
	return func() {
		f.given = map[string]any{}
		f.byProject = flags.Changed("project")
		for _, c := range collect {
			c()
		}
	}
}

// registerField makes the flag of one field and returns what takes its value over after parsing.
func (f *fieldFlags) registerField(flags *pflag.FlagSet, field gijspec.Field) func() {
	take := func(value func() any) func() {
		return func() {
			if flags.Changed(field.Flag) {
				f.given[field.Key] = value()
			}
		}
	}
	switch field.Kind {
	case gijspec.KindSecret:
		return f.registerSecret(flags, field)
	case gijspec.KindBool:
		v := flags.Bool(field.Flag, false, fieldUsage(field))
		return take(func() any { return *v })
	case gijspec.KindInt:
		v := flags.Int64(field.Flag, 0, fieldUsage(field))
		return take(func() any { return *v })
	case gijspec.KindIDs:
		v := flags.Int64Slice(field.Flag, nil, strings.Replace(fieldUsage(field), "ids", "`ids`", 1))
		flags.Lookup(field.Flag).DefValue = "" // "[]" in the help tells nobody anything
		return take(func() any { return slices.Clone(*v) })
	default:
		v := flags.String(field.Flag, "", fieldUsage(field))
		return take(func() any { return *v })
	}
}

func fieldUsage(field gijspec.Field) string {
	usage := field.Usage
	if field.Types != nil && len(field.Types) <= 2 {
		usage += fmt.Sprintf(" (%s)", typeWords(field.Types))
	}
	if field.Default != "" {
		usage += fmt.Sprintf("; the server's default is %s", field.Default)
	}
	return usage
}

func typeWords(types []gijspec.Type) string {
	words := make([]string, len(types))
	for n, t := range types {
		words[n] = string(t)
	}
	return strings.Join(words, ", ")
}

func (f *fieldFlags) registerSecret(flags *pflag.FlagSet, field gijspec.Field) func() {
	file := flags.String(field.Flag+"-file", "", "file with the "+field.Usage+", - for stdin")
	env := flags.String(field.Flag+"-env", "", "environment variable with the "+field.Usage)
	return func() {
		if flags.Changed(field.Flag+"-file") || flags.Changed(field.Flag+"-env") {
			f.secrets = append(f.secrets, secretSource{key: field.Key, file: *file, env: *env, byEnv: flags.Changed(field.Flag + "-env")})
		}
	}
}

// read gathers the values of file, flags and secrets. Nothing is checked yet but what cannot be held.
func (f *fieldFlags) read(a *app) (wanted, gijspec.Values, error) {
	w := wanted{object: f.object, projects: f.projects}
	values := gijspec.Values{}
	if err := f.refuseTwoStdins(); err != nil {
		return w, nil, err
	}
	if f.file != "" {
		data, err := a.readInput(f.file, maxRequestFile, "--file")
		if err != nil {
			return w, nil, err
		}
		read := plan.ReadRequestFile
		if f.object == plan.ObjectRepository {
			read = plan.ReadRepositoryFile
		}
		if w.file, err = read(inputName(f.file), data); err != nil {
			return w, nil, fileError(err)
		}
		for _, m := range w.file.Members {
			values[m.Key] = m.Value
		}
	}
	for key, value := range f.given {
		values[key] = value
	}
	if err := f.addSecrets(a, values); err != nil {
		return w, nil, err
	}
	if f.byProject {
		if err := f.chooseProjects(values); err != nil {
			return w, nil, err
		}
	}
	return w, values, nil
}

func (f *fieldFlags) refuseTwoStdins() error {
	var readers []string
	if f.file == "-" {
		readers = append(readers, "--file")
	}
	for _, s := range f.secrets {
		if s.file == "-" {
			readers = append(readers, "--"+s.key+"-file")
		}
	}
	if len(readers) > 1 {
		return usageError("give one of them a file", "%s cannot both read standard input", strings.Join(readers, " and "))
	}
	return nil
}

// addSecrets reads the secrets into values, where each is a secret.Value.
func (f *fieldFlags) addSecrets(a *app, values gijspec.Values) error {
	for _, s := range f.secrets {
		v, err := a.readSecret(s)
		if err != nil {
			return err
		}
		values[s.key] = v
	}
	inFile := false
	for key, value := range values {
		text, isText := value.(string)
		if field, found := gijspec.FieldByKey(key); found && isText && field.Kind == gijspec.KindSecret {
			values[key] = secret.New(text)
			inFile = true
		}
	}
	if inFile {
		a.warnIfReadable(f.file)
	}
	return nil
}

// chooseProjects makes --project mean what it says: these projects, and not all.
func (f *fieldFlags) chooseProjects(values gijspec.Values) error {
	if len(f.projects) == 0 || slices.Contains(f.projects, "") {
		return usageError("give project keys, like: --project PLAT,WEB", "--project is empty, which would mean all projects")
	}
	if global, given := values["global"]; given && global == true {
		return inputError("leave one of them out", "--project names projects, and global is true, which means all of them")
	}
	values["global"] = false
	return nil
}
