package plan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// DiffOptions say what is known beside file and export.
type DiffOptions struct {
	// Name is the file's name, for messages.
	Name string
	// PEMColumn names the column of private keys; "" finds it.
	PEMColumn string
	// SendSecret are the columns whose secrets are sent although they came from an export.
	SendSecret []string
	// Memory is nil where there is none.
	Memory Memory
	// Changing tells the secret columns whose cells differ between two exports; it is asked only if that decides something. nil
	// counts as none.
	Changing func() (map[string]bool, error)
	// Trusted says that the rows were made from this very export, so that their ids are those of the server.
	Trusted bool
	// NewGitHubApp lets a row without id add an integration of a GitHub App, as [gijtsv.ValidateOptions] has it.
	NewGitHubApp bool
	// Restore plans the way back to a backup: it lists what cannot come back, and creates again what was deleted.
	Restore bool
	// Since is when the backup was made, in Unix seconds; for Restore.
	Since int64
}

// differ compares a file with an export, row by row.
type differ struct {
	options DiffOptions
	have    *Snapshot
	columns columnSet
	kinds   *gijtsv.Classifier
	judge   secretJudge
	plan    *BulkPlan

	theirs   []int           // by column of the file: that of the export; -1 where it has none
	alike    bool            // file and export have the same columns in the same order
	taken    []int           // by place in the export: the line of the file that means the row; 0 for none
	marked   map[int64]bool  // ids that the file marks for deletion
	deletes  []int           // places of the deletions in plan.Changes
	kept     map[string]int  // by column: the blank cells where the server has a value
	unsent   map[string]bool // columns that are not sent
	orphans  []orphan        // rows whose id the server does not have
	problems []gijtsv.Problem
	fit      int // rows with an id that are the server's
	strange  int // rows with an id that are not
	misfits  int // of them those whose id is another row's
}

// DiffBulk compares a validated file with what the server exports. An error is a [*BulkFileError], a [*gijtsv.SyntaxError], or
// the source's.
func DiffBulk(file io.Reader, have *Snapshot, o DiffOptions) (*BulkPlan, error) {
	reader, err := gijtsv.NewReader(file, gijtsv.ReaderOptions{})
	if err != nil {
		return nil, err
	}
	d := newDiffer(reader.Header(), have, o)
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return d.finish()
		}
		if err != nil {
			return nil, err
		}
		if isBlankRow(row) {
			continue
		}
		if err := d.row(row); err != nil {
			return nil, err
		}
	}
}

func newDiffer(h *gijtsv.Header, have *Snapshot, o DiffOptions) *differ {
	d := &differ{
		options: o, have: have, columns: newColumnSet(h), kinds: gijtsv.NewClassifier(h, o.PEMColumn),
		alike: slices.Equal(h.Names, have.header.Names),
		plan:  &BulkPlan{matched: map[int]int64{}, unsent: map[int]bool{}},
		taken: make([]int, len(have.rows)), marked: map[int64]bool{}, kept: map[string]int{}, unsent: map[string]bool{},
	}
	have.columns.hide(o.PEMColumn)
	d.columns.hide(o.PEMColumn)
	d.columns.hideAsIn(have.columns)
	d.judge = newSecretJudge(have, o)
	for _, c := range d.columns.all {
		d.theirs = append(d.theirs, have.columns.place(c.canonical))
	}
	return d
}

func (d *differ) row(row *gijtsv.Row) error {
	at := d.columns.known
	id := d.columns.id(row)
	if id != 0 && len(bytes.TrimSpace(row.Value(at.remove))) > 0 {
		return d.remove(row, id)
	}
	if place := d.have.place(id); place >= 0 && d.alike && bytes.Equal(withoutEnd(row.Raw), withoutEnd(d.have.raw(place))) {
		d.fit++
		if d.take(row, id) {
			d.plan.Unchanged++
		}
		return nil
	}
	if id == 0 {
		return d.withoutID(row)
	}
	has := d.have.find(id)
	switch {
	case has == nil && d.options.Restore:
		return d.bringBack(row, id)
	case has == nil:
		d.orphans = append(d.orphans, orphan{id: id, parent: number(row.Value(at.parent)), problem: d.unknownID(row, id)})
		return nil
	case !d.isSameRow(row, has):
		d.strange++
		d.misfits++
		if !d.options.Restore {
			d.otherRow(row, has, id)
			return nil
		}
	default:
		d.fit++
	}
	if !d.take(row, id) {
		return nil
	}
	return d.compare(row, has, id)
}

func withoutEnd(raw []byte) []byte { return bytes.TrimRight(raw, "\r\n") }

// isSameRow reports whether the row of an id is the one that the file means: it has the same origin, or the same name, or the same
// clone. The file of another server has other rows under the same ids.
func (d *differ) isSameRow(row, has *gijtsv.Row) bool {
	mine, theirs := d.columns.known, d.have.columns.known
	if bytes.Equal(row.Value(mine.origin), has.Value(theirs.origin)) {
		return true
	}
	origin := trimmed(row, mine.origin)
	if d.options.Trusted || origin == "" || gij.SameOrigin(origin, gijtsv.WithoutCredentials(trimmed(has, theirs.origin))) {
		return true
	}
	same := func(a, b int) bool {
		value := trimmed(row, a)
		return value != "" && value == trimmed(has, b)
	}
	return same(mine.name, theirs.name) || same(mine.root, theirs.root)
}

// take reports whether this row of the file is the first that means an id.
func (d *differ) take(row *gijtsv.Row, id int64) bool {
	line := &d.taken[d.have.place(id)]
	if *line == 0 || *line == row.Line {
		*line = row.Line
		return true
	}
	d.conflict(row, CodeMatchedTwice, fmt.Sprintf("the row means id %d, as line %d does", id, *line), "delete one of the two rows")
	return false
}

// withoutID looks for the row of the server that is meant, and adds it if there is none.
func (d *differ) withoutID(row *gijtsv.Row) error {
	w := wantedOf(d.columns, row)
	w.byName = d.options.NewGitHubApp && d.kinds.Kind(row) == gijtsv.RowGitHubApp
	id, unclear := d.have.match(w)
	if unclear != "" {
		d.conflict(row, CodeUnclearRow, "the row has no id, and "+unclear, "give the id of the row that you mean")
		return nil
	}
	if id == 0 {
		return d.create(row, w)
	}
	if !d.take(row, id) {
		return nil
	}
	d.plan.matched[row.Line] = id
	return d.compare(row, d.have.find(id), id)
}

// change makes the frame of a change: what the row is.
func (d *differ) change(action Action, row, has *gijtsv.Row, id int64) BulkChange {
	c := BulkChange{Action: action, ID: id, Line: row.Line}
	w := wantedOf(d.columns, row)
	c.Kind = d.kinds.Kind(row)
	if has != nil {
		is := wantedOf(d.have.columns, has)
		c.Kind = d.have.kinds.Kind(has)
		w = wantedRow{origin: is.origin, kind: is.kind, name: is.name, parent: is.parent}
	}
	c.Name, c.Origin, c.Type, c.Parent = w.name, gijtsv.WithoutCredentials(w.origin), w.kind, w.parent
	c.hasSecret = c.Origin != w.origin
	if c.Name == "" {
		c.Name = c.Origin
	}
	return c
}

// compare adds what differs in a row that the server has, but for the columns that leave names.
func (d *differ) compare(row, has *gijtsv.Row, id int64, leave ...string) error {
	c := d.change(ActionUpdate, row, has, id)
	for _, column := range d.columns.all {
		if slices.Contains(leave, column.canonical) {
			continue
		}
		if err := d.compareCell(&c, column, row, has); err != nil {
			return err
		}
	}
	if len(c.Cells) == 0 {
		d.plan.Unchanged++
		return nil
	}
	d.plan.Changes = append(d.plan.Changes, c)
	return nil
}

// create adds a row that the server lacks.
func (d *differ) create(row *gijtsv.Row, w wantedRow) error {
	c := d.change(ActionCreate, row, nil, 0)
	if c.Kind == gijtsv.RowGitHubApp && !d.options.NewGitHubApp {
		d.problem(row, d.columns.known.id, gijtsv.CodeNewGitHubApp, "an integration of a GitHub App cannot be made by a file",
			"connect the app in Jira first, or give the id of its row")
		return nil
	}
	if w.parent != 0 && !d.have.Has(w.parent) {
		d.unknownParent(row, w.parent)
		return nil
	}
	if w.parent != 0 {
		d.warnOfParent(&c, w.parent)
	}
	if c.Kind == gijtsv.RowIntegration {
		c.Warnings = append(c.Warnings, "whether a file can add an integration is unknown; look at the result")
	}
	return d.addCreate(c, row, nil)
}

// addCreate fills a create with the row's cells, but for the columns that leave names.
func (d *differ) addCreate(c BulkChange, row *gijtsv.Row, leave []string) error {
	for _, column := range d.columns.all {
		value := trimmed(row, column.index)
		switch {
		case value == "", slices.Contains(leave, column.canonical), column.canonical == "id", column.canonical == "delete":
		case column.canonical == "hosted", !column.documented && d.theirs[column.index] < 0:
			d.unsent[column.spelled] = true
		case column.secret, d.isKeyCell(column, value, ""):
			if err := d.secretCell(&c, column, string(row.Value(column.index)), ""); err != nil {
				return err
			}
		default:
			c.Cells = append(c.Cells, CellChange{Column: d.spelling(column), To: value, NotShown: !d.have.shows(d.theirs[column.index])})
		}
	}
	d.plan.Changes = append(d.plan.Changes, c)
	return nil
}

func (d *differ) remove(row *gijtsv.Row, id int64) error {
	d.plan.Marked, d.marked[id] = append(d.plan.Marked, id), true
	has := d.have.find(id)
	if has == nil {
		d.plan.Gone = append(d.plan.Gone, id)
		return nil
	}
	if !d.isSameRow(row, has) {
		d.strange++
		d.misfits++
		d.otherRow(row, has, id)
		return nil
	}
	d.fit++
	if !d.take(row, id) {
		return nil
	}
	c := d.change(ActionDelete, row, has, id)
	c.before = stateOf(d.have, has)
	if c.Kind == gijtsv.RowGitHubApp {
		c.Warnings = append(c.Warnings, "whether the app is also deleted at GitHub is unknown; look there")
	}
	d.deletes = append(d.deletes, len(d.plan.Changes))
	d.plan.Changes = append(d.plan.Changes, c)
	return nil
}

func (d *differ) finish() (*BulkPlan, error) {
	if d.options.Restore && d.misfits > d.fit {
		return nil, &BulkFileError{Name: d.options.Name, Foreign: true}
	}
	d.addWith()
	d.sortOrphans()
	if len(d.problems) > 0 {
		return nil, d.refusal()
	}
	if d.options.Restore {
		d.listAdded()
	}
	d.addNotes()
	d.plan.secret = d.columns.secrets()
	return d.plan, nil
}

// addWith finds the repositories that go with a deleted integration and are not marked themselves. To change those first would be
// work for nothing, and to add others below it a mistake.
func (d *differ) addWith() {
	if len(d.deletes) == 0 {
		return
	}
	children, going := d.have.children(), map[int64]bool{}
	for _, place := range d.deletes {
		c := &d.plan.Changes[place]
		going[c.ID] = true
		for under := []int64{c.ID}; len(under) > 0; under = under[1:] {
			for _, child := range children[under[0]] {
				if !d.marked[child] && !going[child] {
					c.With, going[child] = append(c.With, child), true
				}
				under = append(under, child)
			}
			delete(children, under[0]) // a cycle would never end
		}
		if len(c.With) > 0 {
			c.Warnings = append(c.Warnings, goesWith(c.With))
		}
	}
	d.dropGoing(going)
}

func goesWith(ids []int64) string {
	if len(ids) == 1 {
		return "1 repository goes with it: " + idList(ids)
	}
	return fmt.Sprintf("%d repositories go with it: %s", len(ids), idList(ids))
}

func (d *differ) dropGoing(going map[int64]bool) {
	var dropped []int64
	d.plan.Changes = slices.DeleteFunc(d.plan.Changes, func(c BulkChange) bool {
		if c.Action == ActionUpdate && going[c.ID] {
			dropped, d.plan.unsent[c.Line] = append(dropped, c.ID), true
			return true
		}
		if parent := c.newParent(); c.Action != ActionDelete && going[parent] {
			d.problems = append(d.problems, gijtsv.Problem{
				Pos: gijtsv.Position{Line: c.Line, Column: 1}, Severity: gijtsv.SeverityError, Code: gijtsv.CodeUnknownParent,
				Column: "trackedFolderId", Message: fmt.Sprintf("the row is to be below %d, which is deleted by this file", parent),
				Remedy: "delete the row from the file, or do not delete the integration",
			})
		}
		return false
	})
	if dropped != nil {
		d.plan.Notes = append(d.plan.Notes, "not changed, since they go with a deleted integration: "+idList(dropped))
	}
}

// newParent is the row that is to be the parent after the change; 0 for none.
func (c BulkChange) newParent() int64 {
	for _, cell := range c.Cells {
		if cell.Column == "trackedFolderId" {
			return number([]byte(cell.To))
		}
	}
	return c.Parent
}

func (d *differ) addNotes() {
	if len(d.plan.Gone) > 0 {
		d.plan.Notes = append(d.plan.Notes, "to be deleted and already gone: "+idList(d.plan.Gone))
	}
	if len(d.kept) > 0 {
		d.plan.Notes = append(d.plan.Notes, "blank cells keep what the server has; a file cannot clear a value: "+counts(d.kept))
	}
	for _, name := range sortedKeys(d.unsent) {
		d.plan.Warnings = append(d.plan.Warnings, fmt.Sprintf("column %s is not sent: %s", name, d.whyUnsent(name)))
	}
}

func (d *differ) whyUnsent(name string) string {
	if _, documented := gijtsv.Lookup(name); documented {
		return "the server sets it alone, and the file has other values"
	}
	return "no page names it, and the server's export does not have it"
}
