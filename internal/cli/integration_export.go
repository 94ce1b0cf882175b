package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/atomicfile"
	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

type integrationExportOptions struct {
	path   string // file, folder, or "-" for stdout
	schema bool
	force  bool
}

func newIntegrationExportCmd(a *app) *cobra.Command {
	var o integrationExportOptions
	cmd := &cobra.Command{
		Use:   "export [FILE|FOLDER]",
		Short: "Write the integrations as a manifest",
		Long: `Writes what the server has as a manifest for gijctl integration diff and apply, to FILE or to standard output; into a FOLDER
that is there, or whose name ends with a slash, a file for each type. It changes nothing on the server.

Each integration says what is not as in the defaults, which stand at the head. The server shows no secret: each is a reference to
an environment variable, to be set where it is to be sent. GitHub Apps, and types that the vendor does not list, are left out and
named at the head.

--schema writes the JSON Schema of manifests, by which editors complete and check them; it needs no server.`,
		Example: `  gijctl --sandbox integration export
  gijctl integration export integrations.yaml --force
  gijctl integration export --schema integrations.schema.json`,
		Args: atMostOneArg("one FILE or FOLDER"),
	}
	cmd.Flags().BoolVar(&o.schema, "schema", false, "write the JSON Schema of manifests instead")
	cmd.Flags().BoolVar(&o.force, "force", false, "overwrite what is there")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.path = "-"
		if len(args) > 0 {
			o.path = args[0]
		}
		return runIntegrationExport(cmd.Context(), a, o)
	}
	return cmd
}

func runIntegrationExport(ctx context.Context, a *app, o integrationExportOptions) error {
	if err := o.check(a); err != nil {
		return err
	}
	if o.schema {
		data, err := plan.ManifestSchema()
		if err != nil {
			return err
		}
		return o.write(a, map[string][]byte{o.path: data})
	}
	s, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer s.close()
	have, err := s.client.Integrations.List(ctx)
	if err != nil {
		return err
	}
	x := plan.ExportManifest(have, a.projectKeys(ctx, s.client, have))
	files, err := o.files(x)
	if err != nil {
		return err
	}
	if err := o.write(a, files); err != nil {
		return err
	}
	if len(files) == 0 {
		a.note("nothing was written: the server has no integration that a manifest can have")
	}
	if n := len(x.LeftOut); n > 0 {
		a.note("left out, since no request can make them: %s of GitHub Apps or of types that the vendor does not list", counted(n, "integration"))
	}
	return nil
}

// check looks at flags and files before anything is asked of the server.
func (o *integrationExportOptions) check(a *app) error {
	if _, err := a.printer(false); err != nil {
		return err
	}
	if a.flags.output != string(render.FormatTable) && a.flags.output != string(render.FormatYAML) || a.flags.query != "" || len(a.flags.columns) > 0 {
		return usageError("for other forms: gijctl integration list", "a manifest is YAML, so -o, --query and --columns have no effect")
	}
	if o.schema && o.toFolder() {
		return usageError("name a file in it, like "+filepath.Join(o.path, "integrations.schema.json"), "%s is a folder, and the schema is one file", o.path)
	}
	if o.path == "-" || o.toFolder() {
		return nil
	}
	return mayWriteFile("FILE", o.path, o.force)
}

// toFolder reports whether the path is a folder, be it one that is still to be made: its name ends with a slash then.
func (o *integrationExportOptions) toFolder() bool {
	return isFolder(o.path) || o.path != "" && os.IsPathSeparator(o.path[len(o.path)-1])
}

// mayWriteFile refuses a file that is there already, unless it is to be overwritten.
func mayWriteFile(what, path string, force bool) error {
	if path == "" {
		return nil
	}
	f := bulkWriteFlags{force: force}
	return f.mayOverwrite(what, path)
}

// projectKeys returns the projects whose keys a manifest may have for their ids. Without them it has the ids.
func (a *app) projectKeys(ctx context.Context, client *gij.Client, have []gij.Integration) []gij.Project {
	restricted := slices.ContainsFunc(have, func(i gij.Integration) bool { return i.ProjectMappingIDs != nil && len(*i.ProjectMappingIDs) > 0 })
	if !restricted {
		return nil
	}
	projects, err := client.Jira.Projects(ctx)
	if err != nil {
		a.warn("the projects have their ids, since their keys cannot be read: %v", err)
	}
	return projects
}

// files returns the manifests by their paths.
func (o *integrationExportOptions) files(x *plan.ManifestExport) (map[string][]byte, error) {
	byPath := map[string][]gij.Integration{o.path: x.Rows}
	if o.toFolder() {
		byPath = map[string][]gij.Integration{}
		for _, row := range x.Rows {
			name := strings.ToLower(strings.ReplaceAll(row.Type, "_", "-")) + ".yaml"
			path := filepath.Join(o.path, name)
			byPath[path] = append(byPath[path], row)
		}
	}
	files := map[string][]byte{}
	for path, rows := range byPath {
		data, err := x.Write(rows)
		if err != nil {
			return nil, err
		}
		files[path] = data
	}
	return files, nil
}

// write writes the files, all or, where one may not be overwritten, none.
func (o *integrationExportOptions) write(a *app, files map[string][]byte) error {
	if data, toStdout := files["-"]; toStdout {
		_, err := a.streams.Out.Write(data)
		return err
	}
	paths := make([]string, 0, len(files))
	for path := range files {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		if err := mayWriteFile("FILE", path, o.force); err != nil {
			return err
		}
	}
	for _, path := range paths {
		if err := atomicfile.Write(path, files[path]); err != nil {
			return err
		}
		a.note("wrote %s", path)
	}
	o.warnOfOthers(a, files)
	return nil
}

// warnOfOthers names the manifests of a folder that this export did not write: they would be read with the others.
func (o *integrationExportOptions) warnOfOthers(a *app, files map[string][]byte) {
	if !o.toFolder() {
		return
	}
	all, err := manifestFiles(o.path)
	if err != nil || errors.Is(err, fs.ErrNotExist) {
		return
	}
	for _, path := range all {
		if _, written := files[path]; !written {
			a.warn("%s is not of this export, and would be read with it", path)
		}
	}
}
