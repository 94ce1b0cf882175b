package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
)

// versionView is what gijctl says of itself. The keys are a contract.
type versionView struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Date     string `json:"date,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// version reads what the Go toolchain wrote into the binary.
func version() versionView {
	v := versionView{Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Date = s.Value
		}
	}
	return v
}

func newVersionCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Show the version",
		Long:    "Shows the version, the commit and the Go release that this program was built from. It asks no server.",
		Example: "  gijctl version\n  gijctl version -o json",
		GroupID: groupTool,
		Args:    exactArgs(0, ""),
		RunE:    func(*cobra.Command, []string) error { return runVersion(a) },
	}
}

func runVersion(a *app) error {
	list := versionList()
	printer, err := printerFor(a, list)
	if err != nil {
		return err
	}
	return render.WriteObject(printer, list, new(version()))
}

func versionList() render.List[*versionView] {
	return render.List[*versionView]{
		Columns: []render.Column[*versionView]{
			{Key: "version", Header: "VERSION", Text: func(v *versionView) string { return v.Version }},
			{Key: "commit", Header: "COMMIT", Text: func(v *versionView) string { return v.Commit }},
			{Key: "date", Header: "DATE", Text: func(v *versionView) string { return v.Date }},
			{Key: "go", Header: "GO", Text: func(v *versionView) string { return v.Go }},
			{Key: "platform", Header: "PLATFORM", Text: func(v *versionView) string { return v.Platform }},
		},
		Name: func(v *versionView) string { return v.Version },
	}
}
