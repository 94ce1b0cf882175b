package cli

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

type bulkEditOptions struct {
	where string
	set   []string // column=value
	write bulkWriteFlags
}

func newBulkEditCmd(a *app) *cobra.Command {
	var o bulkEditOptions
	cmd := &cobra.Command{
		Use:   "edit --where JMESPATH --set COLUMN=VALUE…",
		Short: "Change columns of many rows without a file",
		Long: `Sets columns to a value in all rows of the server's export for which a JMESPath expression is true, in the way of gijctl bulk
import: it shows what would change, asks, imports only that, and reads the server back.

The expression sees each row as an object of its columns by their names in the export, without secrets: id and
trackedFolderId are numbers, switches are true or false, all else is text, and a blank cell is null. kind says what the row
is: integration, repository, child (of an integration or a tracked folder) or github-app.

A blank cell keeps what the server has, so --set cannot clear a column. A secret is never a flag's value: write a file with
id and the column of the secret, and import that.`,
		Example: `  gijctl --sandbox bulk edit --where "kind == 'repository'" --set smartCommitsEnabled=false --dry-run
  gijctl bulk edit --where 'trackedFolderId == ` + "`7`" + `' --set disabled=true --set sendCommitEmails=false
  gijctl bulk edit --where "contains(origin, 'git.old.example')" --set sshKeyId=3 --yes`,
		Args: exactArgs(0, ""),
	}
	cmd.Flags().StringVar(&o.where, "where", "", "JMESPath expression that is true for the rows to change")
	cmd.Flags().StringArrayVar(&o.set, "set", nil, "`column=value` to set; can be given several times")
	o.write.registerSending(cmd)
	o.write.registerPEM(cmd)
	completeAssignments(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return runBulkEdit(cmd.Context(), a, o) }
	return cmd
}

func runBulkEdit(ctx context.Context, a *app, o bulkEditOptions) error {
	edit, err := o.parse()
	if err != nil {
		return err
	}
	edit.warn = a.warn
	if err := a.mayBulkWrite(&o.write, ""); err != nil {
		return err
	}
	printer, err := a.bulkPrinter(o.write.dryRun, true)
	if err != nil {
		return err
	}
	if err := edit.checkValues(); err != nil {
		return err
	}
	return a.runBulkJob(ctx, bulkJob{
		verb: "edit", flags: o.write, printer: printer, all: "the same command with --dry-run",
		input: bulkInput{rows: edit.rows, secrets: o.write.secretFlags},
	})
}

// bulkEdit is what is to be set where.
type bulkEdit struct {
	expression string
	where      *condition
	columns    []string
	values     []string
	pemColumn  string
	warn       func(format string, args ...any)
}

func (o *bulkEditOptions) parse() (*bulkEdit, error) {
	switch {
	case o.where == "":
		return nil, usageError("choose them, like: --where \"kind == 'repository'\"", "--where is missing: it says which rows to change (an empty expression chooses none)")
	case len(o.set) == 0:
		return nil, usageError("say it, like: --set disabled=true", "--set is missing: nothing is to be changed")
	}
	where, err := compileWhere(o.where, "row", "kind == 'repository'")
	if err != nil {
		return nil, err
	}
	e := &bulkEdit{expression: o.where, where: where, pemColumn: o.write.pemColumn}
	for _, text := range o.set {
		if err := e.assign(text); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// assign takes one --set.
func (e *bulkEdit) assign(text string) error {
	column, value, found := strings.Cut(text, "=")
	switch {
	case !found || column == "":
		return usageError("write it like: --set disabled=true", "--set: %q is not column=value", text)
	case column == "id":
		return usageError("--where chooses the rows", "--set: the id of a row cannot be changed")
	case column == "delete":
		return usageError("write a file with the columns id and delete, and import it with --confirm-delete", "--set deletes nothing")
	case isServersOwn(column):
		return usageError("it can be used in --where", "--set: the server sets %s alone", column)
	case e.isSecret(column):
		return usageError("write a file with the columns id and "+column+", close it with chmod 600, and import it: gijctl bulk import FILE",
			"--set: %s is a secret, which is never a flag's value, for others can see it in the process list", column)
	case value == "":
		return usageError("a column can be cleared in Jira only (Git > Manage integrations)", "--set: a blank cell keeps what the server has, so %s cannot be cleared", column)
	case slices.Contains(e.columns, column):
		return usageError("give one of them", "--set: %s is given twice", column)
	}
	e.columns, e.values = append(e.columns, column), append(e.values, value)
	return nil
}

// isServersOwn reports whether a column is never sent for a row that is there.
func isServersOwn(column string) bool { return column == "hosted" || column == "integrationType" }

func (e *bulkEdit) isSecret(column string) bool {
	return column == e.pemColumn || gijtsv.SecretColumn(column)
}

// checkValues refuses values that no server could take, before one is asked.
func (e *bulkEdit) checkValues() error {
	source, err := e.file([]int64{1})
	if err != nil {
		return err
	}
	check, err := source.validate(gijtsv.ValidateOptions{})
	if err != nil {
		return err
	}
	// Which columns the server has, its export will tell.
	check.details = slices.DeleteFunc(check.details, func(d render.Detail) bool {
		return d.Severity != string(gijtsv.SeverityError) || d.Code == gijtsv.CodeMisspeltColumn
	})
	if len(check.details) == 0 {
		return nil
	}
	source.place(check.details)
	return &cliError{code: codeInvalidInput, message: "nothing was sent: --set has " + counted(len(check.details), "error"), details: check.details}
}

// rows makes the file: a row for each of the export that is chosen.
func (e *bulkEdit) rows(have *plan.Snapshot) (*bulkSource, error) {
	if err := e.checkColumns(have.Header()); err != nil {
		return nil, err
	}
	var ids []int64
	err := have.Each(func(row *gijtsv.Row, kind gijtsv.RowKind) error {
		form := e.form(have.Header(), row, kind)
		id, isNumber := form["id"].(float64)
		if !isNumber {
			return nil
		}
		yes, err := e.where.holds(form, fmt.Sprintf("row %.0f", id))
		if yes {
			ids = append(ids, int64(id))
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(ids) > 0:
		return e.file(ids)
	}
	if strange := strangeNames(e.expression, append(e.visible(have.Header()), "kind")); strange != "" {
		e.warn("--where: %s", strange)
	}
	return nil, nil
}

// visible are the columns that an expression can ask for.
func (e *bulkEdit) visible(have *gijtsv.Header) []string {
	return slices.DeleteFunc(slices.Clone(have.Names), e.isSecret)
}

// checkColumns refuses a column that is neither documented nor in the export.
func (e *bulkEdit) checkColumns(have *gijtsv.Header) error {
	known := columnNames(func(name string) bool { return name != "id" && name != "delete" && !e.isSecret(name) })
	for _, name := range have.Names {
		if !slices.Contains(known, name) && !e.isSecret(name) {
			known = append(known, name)
		}
	}
	for _, column := range e.columns {
		if _, documented := gijtsv.Lookup(column); documented || have.Index(column) >= 0 {
			continue
		}
		hint := "the columns are those of the export: gijctl bulk export"
		if near, found := gijspec.Nearest(column, known); found {
			hint = "did you mean: --set " + near + "=…"
		}
		return usageError(hint, "--set: there is no column %q", column)
	}
	return nil
}

// form is a row as an expression sees it.
func (e *bulkEdit) form(h *gijtsv.Header, row *gijtsv.Row, kind gijtsv.RowKind) map[string]any {
	form := make(map[string]any, len(h.Names)+1)
	for n, name := range h.Names {
		if e.isSecret(name) {
			continue
		}
		column, _ := gijtsv.Lookup(name)
		form[name] = formValue(column, strings.TrimSpace(string(row.Value(n))))
	}
	form["kind"] = string(kind)
	return form
}

func formValue(column gijtsv.Column, text string) any {
	switch {
	case text == "":
		return nil
	case column.Name == "id" || column.Name == "trackedFolderId":
		if number, err := strconv.ParseInt(text, 10, 64); err == nil {
			return float64(number)
		}
	case column.Kind == gijtsv.KindBool:
		if value, err := strconv.ParseBool(strings.ToLower(text)); err == nil {
			return value
		}
	}
	return text
}

// file is the smallest file that sets the columns in rows.
func (e *bulkEdit) file(ids []int64) (*bulkSource, error) {
	var b bytes.Buffer
	w := gijtsv.NewWriter(&b)
	if err := w.WriteHeader(gijtsv.NewHeader(append([]string{"id"}, e.columns...)...)); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := w.WriteCells(append([]string{strconv.FormatInt(id, 10)}, e.values...)); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	return &bulkSource{name: "the edit", data: b.Bytes(), made: true}, nil
}

// completeAssignments are the columns of --set, with their values where these are few.
func completeAssignments(cmd *cobra.Command) {
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return assignmentWords(), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	if err := cmd.RegisterFlagCompletionFunc("set", complete); err != nil {
		panic(err) // as mustComplete does
	}
}

func assignmentWords() []string {
	var words []string
	for _, c := range gijtsv.Columns() {
		switch {
		case c.Name == "id" || c.Name == "delete" || c.ReadOnly || gijtsv.SecretColumn(c.Name):
		case c.Kind == gijtsv.KindBool:
			words = append(words, c.Name+"=true\t"+c.Usage, c.Name+"=false\t"+c.Usage)
		default:
			words = append(words, c.Name+"=\t"+c.Usage)
		}
	}
	return words
}
