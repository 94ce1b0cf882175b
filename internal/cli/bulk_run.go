package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
)

// bulkInput is what a plan is made of, beside the server's export.
type bulkInput struct {
	// rows returns the file, which may be made of the export; nil where it has no row.
	rows    func(*plan.Snapshot) (*bulkSource, error)
	secrets secretFlags
	restore bool
	since   time.Time // when a backup was made
}

// of is the input of a file that is there already.
func (b *bulkSource) of(*plan.Snapshot) (*bulkSource, error) { return b, nil }

// bulkRun is one run of a command on a bulk file.
type bulkRun struct {
	app     *app
	session *session
	state   *plan.BulkState

	source *bulkSource // nil where no row was chosen
	plan   *plan.BulkPlan
	views  []bulkChangeView
}

// beginBulk connects, and opens what this machine remembers. The caller closes the session.
func (a *app) beginBulk(ctx context.Context, readOnly bool) (*bulkRun, error) {
	s, err := a.connect(ctx, readOnly)
	if err != nil {
		return nil, err
	}
	state, err := a.bulkState(s.target)
	if err != nil {
		s.close()
		return nil, err
	}
	return &bulkRun{app: a, session: s, state: state}, nil
}

// compare reads the server's configuration, and plans what makes it as the file wants it.
func (r *bulkRun) compare(ctx context.Context, in bulkInput) error {
	progress := r.app.newBulkProgress()
	defer progress.close()
	progress.Step("reading the configuration")
	have, err := plan.ReadExport(ctx, r.session.client.Bulk, r.state, in.secrets.pemColumn)
	if err != nil {
		return err
	}
	progress.line.Done()
	if r.source, err = in.rows(have); err != nil {
		return err
	}
	if r.source == nil {
		r.plan = &plan.BulkPlan{}
		return nil
	}
	if err := r.source.validateFor(r.app, have, in.secrets.pemColumn); err != nil {
		return err
	}
	return r.diff(ctx, have, in)
}

func (r *bulkRun) diff(ctx context.Context, have *plan.Snapshot, in bulkInput) error {
	file, err := r.source.open()
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	o := plan.DiffOptions{
		Name: r.source.name, PEMColumn: in.secrets.pemColumn, SendSecret: in.secrets.send, Memory: r.state, Trusted: r.source.made, NewGitHubApp: r.source.newApp,
		Changing: func() (map[string]bool, error) { return r.changing(ctx, have) }, Restore: in.restore,
	}
	if in.restore {
		o.Since = in.since.Unix()
	}
	if r.plan, err = plan.DiffBulk(file, have, o); err != nil {
		return r.source.refusal(err)
	}
	r.views = viewBulkPlan(r.plan, r.source.made)
	summarize(r.app, "Plan: "+bulkPlanText{plan: r.plan, views: r.views}.summary(), bulkChangeList(r.isMade()), r.views)
	return nil
}

// changing exports a second time, to see which secrets the server encrypts anew each time.
func (r *bulkRun) changing(ctx context.Context, have *plan.Snapshot) (map[string]bool, error) {
	second, err := r.session.client.Bulk.Export(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = second.Close() }()
	return have.Changing(second)
}

// warnings are what a person should know of a plan as a whole.
func (r *bulkRun) warnings() []string {
	all := slices.Concat(r.plan.Warnings, heldTexts(r.plan.Held))
	for n, l := range r.plan.Losses {
		if n == maxProblems {
			return append(all, fmt.Sprintf("%d more will not be as in the backup; --report lists all", len(r.plan.Losses)-n))
		}
		all = append(all, lossText(l))
	}
	return all
}

// heldTexts says which secrets are not sent, those of one column and reason together.
func heldTexts(held []plan.HeldSecret) []string {
	type kind struct{ column, reason string }
	ids := map[kind][]int64{}
	lines := map[kind][]int64{}
	var kinds []kind
	for _, h := range held {
		k := kind{h.Column, h.Reason}
		if len(ids[k])+len(lines[k]) == 0 {
			kinds = append(kinds, k)
		}
		if h.ID == 0 {
			lines[k] = append(lines[k], int64(h.Line))
			continue
		}
		ids[k] = append(ids[k], h.ID)
	}
	var texts []string
	for _, k := range kinds {
		texts = append(texts, fmt.Sprintf("%s of %s is held back: %s; to send it all the same: --send-secret %s",
			k.column, rowsText(ids[k], lines[k]), k.reason, k.column))
	}
	return texts
}

// rowsText names rows by their ids, and new ones by their lines.
func rowsText(ids, lines []int64) string {
	text := ""
	switch len(ids) {
	case 0:
	case 1:
		text = fmt.Sprintf("row %d", ids[0])
	default:
		text = fmt.Sprintf("%d rows (%s)", len(ids), someIDs(ids))
	}
	if len(lines) == 0 {
		return text
	}
	if text != "" {
		text += " and of "
	}
	return text + fmt.Sprintf("%s without id (line %s)", counted(len(lines), "row"), someIDs(lines))
}

// lossText says what a restore cannot bring back.
func lossText(l plan.Loss) string {
	text := "will not be as in the backup: "
	if l.Column != "" {
		text += l.Column + " of "
	}
	text += "row"
	if l.ID != 0 {
		text += fmt.Sprintf(" %d", l.ID)
	}
	if l.Name != "" {
		text += " " + l.Name
	}
	return text + ": " + l.Reason
}

// sayRemarks says what belongs to a plan as a whole.
func (r *bulkRun) sayRemarks() {
	for _, text := range r.warnings() {
		r.app.warn("%s", text)
	}
	for _, note := range r.plan.Notes {
		r.app.note("note: %s", note)
	}
}

// notePending says that an import is under way while a plan is only shown.
func (r *bulkRun) notePending() error {
	pending, err := r.state.Pending()
	if err != nil || pending == nil {
		return err
	}
	how := "the next import waits for its end"
	if pending.Thread != nil {
		how = "to follow it: " + r.app.followCommand(pending.Thread.ID)
	}
	r.app.warn("an import that was begun at %s may still be running, so what is shown may change; %s", pending.Started.Format(time.RFC3339), how)
	return nil
}

// printPlan writes the plan as data.
func (r *bulkRun) printPlan(p *render.Printer) error {
	if isPlanText(p) {
		return bulkPlanText{plan: r.plan, views: r.views, warnings: r.warnings(), notes: r.plan.Notes}.write(planPainter{p.Out, p.Color})
	}
	r.sayRemarks()
	return render.WriteList(p, bulkChangeList(r.isMade()), rows(r.views))
}

// isPlanText reports whether a plan is to be written for a person to read.
func isPlanText(p *render.Printer) bool {
	return (p.Format == render.FormatTable || p.Format == render.FormatWide) && p.Query == nil && len(p.Columns) == 0
}

// bulkPrinter is the printer of a command that shows a plan, or what became of it. made is as in [bulkSource].
func (a *app) bulkPrinter(isPlan, made bool) (*render.Printer, error) {
	p, err := a.printer(isPlan)
	if err != nil {
		return nil, err
	}
	if isPlan {
		return p, checkColumns(bulkChangeList(made), p.Columns)
	}
	return p, checkColumns(bulkRowList(made), p.Columns)
}

// fileColumns are the columns of a list, without that of the file's lines where gijctl made the file.
func fileColumns[T any](made bool, columns []render.Column[T]) []render.Column[T] {
	return slices.DeleteFunc(columns, func(c render.Column[T]) bool { return made && c.Key == "line" })
}
