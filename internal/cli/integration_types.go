package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

func newIntegrationTypesCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "types [TYPE]",
		Short: "Show the integration types and what each needs",
		Long: `Shows the twelve integration types, or one of them with all its fields and an example. It asks no server.

Bitbucket Server and other hosts are no integration types: GIJ connects them as single repositories.`,
		Example: `  gijctl integration types
  gijctl integration types AZURE
  gijctl integration types GITHUB --query example > github.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError("", "one type at a time, or none for all")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return runIntegrationTypes(a, args) },
	}
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return typeCompletions(), cobra.ShellCompDirectiveNoFileComp
	}
	return cmd
}

func runIntegrationTypes(a *app, args []string) error {
	list := typeList()
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	if len(args) == 1 {
		return showType(printer, list, args[0])
	}
	var views []typeView
	for _, info := range gijspec.Types() {
		views = append(views, viewType(info))
	}
	return render.WriteList(printer, list, rows(views))
}

func showType(printer *render.Printer, list render.List[*typeView], name string) error {
	info, found := gijspec.Lookup(strings.ToUpper(name))
	if !found {
		hint := "the types are listed by: gijctl integration types"
		if near, ok := gijspec.NearestType(name); ok {
			hint = "did you mean: " + string(near)
		}
		return usageError(hint, "there is no integration type %q", name)
	}
	for n := range list.Columns {
		list.Columns[n].Show = render.Default
	}
	if err := render.WriteObject(printer, list, new(viewType(info))); err != nil {
		return err
	}
	if printer.Query != nil || printer.Format != render.FormatTable && printer.Format != render.FormatWide {
		return nil
	}
	if _, err := fmt.Fprintln(printer.Out); err != nil {
		return err
	}
	return render.WriteList(printer, fieldList(), rows(fieldsOf(info)))
}

func fieldsOf(info gijspec.Info) []gijspec.Field {
	var fields []gijspec.Field
	for _, f := range gijspec.Fields() {
		if f.Key != "type" && info.Uses(f.Key) {
			fields = append(fields, f)
		}
	}
	return fields
}

// typeView is an integration type in -o json. The keys are a contract.
type typeView struct {
	Type          gijspec.Type `json:"type"`
	Name          string       `json:"name"`
	Required      []string     `json:"required"`
	Credentials   [][]string   `json:"credentials"`
	Optional      []string     `json:"optional"`
	DefaultOrigin string       `json:"defaultOrigin,omitempty"`
	Deprecated    string       `json:"deprecated,omitempty"`
	Remark        string       `json:"remark,omitempty"`
	Example       rawJSON      `json:"example"`
	needs         string
}

// rawJSON is JSON as it stands.
type rawJSON string

func (r rawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }

func viewType(info gijspec.Info) typeView {
	return typeView{
		Type: info.Type, Name: info.Name, Required: notNil(info.Required), Credentials: notNil(info.Credentials),
		Optional: notNil(info.Optional), DefaultOrigin: info.DefaultOrigin, Deprecated: info.Deprecated, Remark: info.Remark,
		Example: rawJSON(info.Example), needs: info.Needs(),
	}
}

// notNil keeps an empty list [] in JSON, where null would be.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func typeList() render.List[*typeView] {
	return render.List[*typeView]{
		Columns: []render.Column[*typeView]{
			{Key: "type", Header: "TYPE", Keep: true, Text: func(v *typeView) string { return string(v.Type) }},
			{Key: "name", Header: "NAME", Text: func(v *typeView) string { return v.Name }},
			{Key: "required", Header: "NEEDS", Text: func(v *typeView) string { return v.needs }},
			{Key: "defaultOrigin", Header: "DEFAULT ORIGIN", Text: func(v *typeView) string { return v.DefaultOrigin }},
			{Key: "optional", Header: "OPTIONAL", Show: render.Wide, Text: func(v *typeView) string { return strings.Join(v.Optional, ", ") }},
			{Key: "deprecated", Header: "DEPRECATED", Show: render.Wide, Text: func(v *typeView) string { return v.Deprecated }},
			{Key: "remark", Header: "REMARK", Show: render.OnRequest, Text: func(v *typeView) string { return v.Remark }},
			{Key: "example", Header: "EXAMPLE", Show: render.OnRequest, Text: func(v *typeView) string { return string(v.Example) }},
		},
		Name: func(v *typeView) string { return string(v.Type) },
	}
}

func flagText(f *gijspec.Field) string {
	if f.Kind == gijspec.KindSecret {
		return "--" + f.Flag + "-file, --" + f.Flag + "-env"
	}
	return "--" + f.Flag
}

func fieldList() render.List[*gijspec.Field] {
	return render.List[*gijspec.Field]{
		Columns: []render.Column[*gijspec.Field]{
			{Key: "field", Header: "FIELD", Text: func(f *gijspec.Field) string { return f.Key }},
			{Key: "kind", Header: "KIND", Text: func(f *gijspec.Field) string { return f.Kind.String() }},
			{Key: "default", Header: "DEFAULT", Text: func(f *gijspec.Field) string { return f.Default }},
			{Key: "flag", Header: "FLAG", Text: flagText},
			{Key: "usage", Header: "MEANING", Text: func(f *gijspec.Field) string { return f.Usage }},
		},
		Name: func(f *gijspec.Field) string { return f.Key },
	}
}
