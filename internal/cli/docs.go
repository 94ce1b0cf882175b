package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

func newDocsCmd(a *app) *cobra.Command {
	var man bool
	cmd := &cobra.Command{
		Use:     "docs FOLDER",
		Short:   "Write the generated part of the documentation",
		Long:    "Writes what of the documentation is made from the program itself into FOLDER: reference/ and exit-codes.md, or the man pages.",
		Example: "  gijctl docs docs\n  gijctl docs --man man1",
		Hidden:  true,
		Args:    exactArgs(1, "the folder of the documentation"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if man {
				return runDocsMan(a, cmd.Root(), args[0])
			}
			return runDocs(a, cmd.Root(), args[0])
		},
	}
	cmd.Flags().BoolVar(&man, "man", false, "write man pages, dated as the commit is that this program was built from")
	return cmd
}

func runDocs(a *app, root *cobra.Command, folder string) error {
	reference := filepath.Join(folder, "reference")
	if err := os.MkdirAll(reference, 0o755); err != nil { //nolint:gosec // documentation is for everybody
		return err
	}
	pages := map[string]string{
		filepath.Join(folder, "exit-codes.md"):           exitCodesPage(),
		filepath.Join(reference, "integration-types.md"): typesPage(),
		filepath.Join(reference, "api-coverage.md"):      apiCoveragePage(),
	}
	manifest, err := plan.ManifestSchema()
	if err != nil {
		return err
	}
	pages[filepath.Join(reference, "integrations.schema.json")] = string(manifest)
	for _, cmd := range documented(root) {
		pages[filepath.Join(reference, pageName(cmd))] = commandPage(cmd)
	}
	for name, text := range pages {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil { //nolint:gosec // as above
			return err
		}
	}
	a.note("wrote %d pages to %s", len(pages), folder)
	return nil
}

// documented lists a command and those below it, without hidden ones and help.
func documented(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			all = append(all, documented(sub)...)
		}
	}
	return all
}

func pageName(cmd *cobra.Command) string {
	return strings.ReplaceAll(cmd.CommandPath(), " ", "_") + ".md"
}

func commandPage(cmd *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n\n%s\n\n", cmd.CommandPath(), cmd.Short, cmd.Long)
	fmt.Fprintf(&b, "```\n%s\n```\n", usageLine(cmd))
	if len(cmd.Aliases) > 0 {
		fmt.Fprintf(&b, "\nAlso: %s\n", strings.Join(cmd.Aliases, ", "))
	}
	fmt.Fprintf(&b, "\n## Examples\n\n```sh\n%s\n```\n", unindent(cmd.Example))
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n## Commands\n\n" + commandLinks(cmd))
	}
	if flags := cmd.LocalFlags(); flags.HasAvailableFlags() {
		fmt.Fprintf(&b, "\n## Flags\n\n```\n%s```\n", flags.FlagUsages())
	}
	if cmd.Name() == "types" {
		b.WriteString("\nAll types and fields: [integration-types.md](integration-types.md).\n")
	}
	if cmd.HasParent() {
		fmt.Fprintf(&b, "\nThe flags that every command has are on the page of [%s](%s). Exit codes: [exit-codes.md](../exit-codes.md).\n",
			cmd.Root().Name(), pageName(cmd.Root()))
	}
	return b.String()
}

func commandLinks(cmd *cobra.Command) string {
	var b strings.Builder
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			fmt.Fprintf(&b, "- [%s](%s): %s\n", sub.CommandPath(), pageName(sub), sub.Short)
		}
	}
	return b.String()
}

func unindent(s string) string {
	return strings.TrimSpace(strings.ReplaceAll("\n"+s, "\n  ", "\n"))
}

// typesPage is gijspec's table in words: each type with what it needs, each field with where it applies.
func typesPage() string {
	var b strings.Builder
	b.WriteString("# Integration types and fields\n\nMade by `make docs` from `pkg/gijspec`. A default origin is shown and compared, never sent.\n")
	for _, info := range gijspec.Types() {
		fmt.Fprintf(&b, "\n## %s\n\n%s. Needs %s.", info.Type, info.Name, info.Needs())
		for _, more := range []struct{ label, text string }{
			{"Default origin", info.DefaultOrigin},
			{"Also", strings.Join(info.Optional, ", ")},
			{"The server also shows", strings.Join(info.Echoes, ", ")},
			{"Deprecated", info.Deprecated},
			{"Note", info.Remark},
		} {
			if more.text != "" {
				fmt.Fprintf(&b, " %s: %s.", more.label, strings.TrimSuffix(more.text, "."))
			}
		}
		fmt.Fprintf(&b, "\n\n```json\n%s\n```\n", info.Example)
	}
	b.WriteString("\n## Fields\n\n| field | flag | kind | default | shown again | types | meaning |\n|---|---|---|---|---|---|---|\n")
	for _, f := range gijspec.Fields() {
		types := "all"
		if f.Types != nil {
			types = typeWords(f.Types)
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s | %s | %s |\n", f.Key, flagText(&f), f.Kind, f.Default, f.Echo, types, f.Usage)
	}
	return b.String()
}

func exitCodesPage() string {
	var b strings.Builder
	b.WriteString("# Exit codes\n\nMade by `make docs` from the table in `internal/cli/errors.go`.\n\n")
	b.WriteString("| exit | code | meaning |\n|---|---|---|\n| 0 | | done; also nothing to do, nothing found |\n")
	for _, e := range exitCodes() {
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", e.status, e.code, e.meaning)
	}
	b.WriteString(`
With ` + "`-o json`" + ` the code is in the error object, the last line of stderr:

` + "```json" + `
{"error":{"code":"not_found","message":"id 99 is no integration","hint":"…","help":"…","status":404,"details":[…]}}
` + "```" + `

What can be behind a code is in [troubleshooting.md](troubleshooting.md), which every error names. Problems of a file are printed as
` + "`FILE:LINE:COL: error CODE: text; remedy`" + ` and are the ` + "`details`" + ` of the JSON form; [their codes](troubleshooting.md#problems-in-files).
`)
	return b.String()
}
