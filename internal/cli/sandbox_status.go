package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/internal/sandbox"
)

func newSandboxStatusCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show where the sandbox keeps its state, and what is in it",
		Long:  "Shows where the sandbox keeps its state, and how much is in it. It changes nothing.",
		Example: `  gijctl sandbox status
  gijctl sandbox status -o json --query path`,
		Args: exactArgs(0, ""),
		RunE: func(*cobra.Command, []string) error { return runSandboxStatus(a) },
	}
}

func runSandboxStatus(a *app) error {
	list := statusList()
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	file, err := a.sandboxFile()
	if err != nil {
		return err
	}
	status, err := sandbox.ReadStatus(file)
	if err != nil {
		return sandboxError(err)
	}
	return render.WriteObject(printer, list, &status)
}

func statusList() render.List[*sandbox.Status] {
	return render.List[*sandbox.Status]{
		Columns: []render.Column[*sandbox.Status]{
			{Key: "path", Header: "FILE", Text: func(s *sandbox.Status) string { return s.Path }},
			{Key: "exists", Header: "EXISTS", Text: func(s *sandbox.Status) string { return strconv.FormatBool(s.Exists) }},
			{Key: "seed", Header: "SEED", Text: func(s *sandbox.Status) string { return s.Seed }},
			{Key: "created", Header: "CREATED", Text: func(s *sandbox.Status) string { return s.Created }},
			{Key: "integrations", Header: "INTEGRATIONS", Right: true, Text: func(s *sandbox.Status) string { return strconv.Itoa(s.Integrations) }},
			{Key: "repositories", Header: "REPOSITORIES", Right: true, Text: func(s *sandbox.Status) string { return strconv.Itoa(s.Repositories) }},
			{Key: "projects", Header: "PROJECTS", Text: func(s *sandbox.Status) string { return strings.Join(s.Projects, ", ") }},
		},
		Name: func(s *sandbox.Status) string { return s.Path },
	}
}
