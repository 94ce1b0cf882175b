package cli

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

func newBulkCmd(a *app) *cobra.Command {
	cmd := newGroupCmd("bulk", "Change many integrations and repositories by a file",
		`GIJ exports and imports its whole configuration as a file of tab-separated values (Git > Manage integrations > Bulk
change). These commands check such a file, show what it would change, import only that, and read the server back.

An omitted column and a blank cell keep what the server has; a row that is not in the file stays as it is. Only Jira
administrators may export and import.`,
		`  gijctl sandbox reset --seed fleet
  gijctl bulk validate testdata/tsv/fleet.tsv
  gijctl --sandbox bulk diff testdata/tsv/fleet.tsv
  gijctl --sandbox bulk edit --where "kind == 'repository'" --set smartCommitsEnabled=false --dry-run`)
	cmd.GroupID = groupServer
	return a.fill(cmd, func() []*cobra.Command {
		return []*cobra.Command{
			hasColumns(a, newBulkExportCmd(a), bulkExportList),
			hasColumns(a, newBulkValidateCmd(a), fileCheckList),
			hasColumns(a, newBulkDiffCmd(a), func() render.List[*bulkChangeView] { return bulkChangeList(false) }),
			hasColumns(a, newBulkImportCmd(a), func() render.List[*bulkRowView] { return bulkRowList(false) }),
			hasColumns(a, newBulkEditCmd(a), func() render.List[*bulkRowView] { return bulkRowList(true) }),
			hasColumns(a, newBulkStatusCmd(a), bulkEntryList),
			hasColumns(a, newBulkRestoreCmd(a), func() render.List[*bulkRowView] { return bulkRowList(false) }),
		}
	})
}

// nearFirstPoll is the first pause between two questions for progress where the server is on this machine: in this process, or
// a sandbox that is served. There is nobody to be spared.
const nearFirstPoll = 50 * time.Millisecond

// firstPoll is the first pause between two questions for progress; 0 leaves it to the engine.
func (s *session) firstPoll() time.Duration {
	u, err := url.Parse(s.target.URL)
	if err != nil {
		return 0
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsLoopback() {
		return nearFirstPoll
	}
	return 0
}

// bulkState opens what this machine remembers of imports into the server.
func (a *app) bulkState(t config.Target) (*plan.BulkState, error) {
	dir, err := config.StateDir(a.env)
	if err != nil {
		return nil, err
	}
	server := t.URL
	if t.Sandbox {
		server = config.SandboxContext // its URL has another port each time
	}
	return plan.OpenBulkState(filepath.Join(dir, "bulk"), server, a.now)
}

// forgetSandboxImports drops what is remembered of imports into a sandbox that begins anew.
func (a *app) forgetSandboxImports() error {
	state, err := a.bulkState(config.Target{Sandbox: true})
	if err != nil {
		return err
	}
	return state.Forget()
}

// secretFlags are the flags of commands that compare a file's secrets with the server's.
type secretFlags struct {
	pemColumn string
	send      []string // columns
}

func (f *secretFlags) register(cmd *cobra.Command) {
	f.registerPEM(cmd)
	cmd.Flags().StringSliceVar(&f.send, "send-secret", nil, "`column` whose secrets are sent although they came from an export")
	mustComplete(cmd, "send-secret", func(*cobra.Command) []string { return columnWords(gijtsv.SecretColumn) })
}

func (f *secretFlags) registerPEM(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.pemColumn, "pem-column", "", "column with the private keys of GitHub Apps, where its name does not tell")
}

// check refuses a column that holds no secrets: it would have no effect, and the one that was meant would be held back.
func (f *secretFlags) check() error {
	for _, column := range f.send {
		if column == f.pemColumn && column != "" || gijtsv.SecretColumn(column) {
			continue
		}
		hint := "the documented ones are: " + strings.Join(columnNames(gijtsv.SecretColumn), ", ")
		if near, found := gijspec.Nearest(column, columnNames(gijtsv.SecretColumn)); found {
			hint = "did you mean: --send-secret " + near
		}
		return usageError(hint, "--send-secret: %q is no column of secrets", column)
	}
	return nil
}

// columnNames are the documented columns that a command is about.
func columnNames(wanted func(name string) bool) []string {
	var names []string
	for _, c := range gijtsv.Columns() {
		if wanted(c.Name) {
			names = append(names, c.Name)
		}
	}
	return names
}

// columnWords are columnNames for a shell, with what each means.
func columnWords(wanted func(name string) bool) []string {
	var words []string
	for _, name := range columnNames(wanted) {
		column, _ := gijtsv.Lookup(name)
		words = append(words, name+"\t"+column.Usage)
	}
	return words
}

// someIDs lists ids for a person, who does not read a thousand of them.
func someIDs(ids []int64) string {
	const enough = 20
	if len(ids) <= enough {
		return joinIDs(ids, ", ")
	}
	return fmt.Sprintf("%s and %d more", joinIDs(ids[:enough], ", "), len(ids)-enough)
}

// verbFor is the form of a verb for one thing, or for several.
func verbFor(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

func joinIDs(ids []int64, between string) string {
	parts := make([]string, len(ids))
	for n, id := range ids {
		parts[n] = fmt.Sprint(id)
	}
	return strings.Join(parts, between)
}

// ascending returns each id once, from the smallest to the largest.
func ascending(ids []int64) []int64 {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}
