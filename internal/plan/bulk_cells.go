package plan

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/gijctl/gijctl/pkg/gijtsv"
	"github.com/gijctl/gijctl/pkg/secret"
)

// compareCell adds what differs in one column.
func (d *differ) compareCell(c *BulkChange, column tsvColumn, row, has *gijtsv.Row) error {
	switch column.canonical {
	case "id", "delete", "":
		return nil
	}
	theirs := d.theirs[column.index]
	if theirs >= 0 && bytes.Equal(row.Value(column.index), has.Value(theirs)) {
		return nil
	}
	value, shown := trimmed(row, column.index), shownCell(column.canonical, has.Value(theirs))
	switch {
	case value == "":
		d.blankCell(c, column, shown)
		return nil
	case column.secret, d.isKeyCell(column, value, shown):
		return d.secretCell(c, column, string(row.Value(column.index)), string(has.Value(theirs)))
	case d.isUnsent(column, value, shown):
		return nil
	case shown == "" && !d.have.shows(theirs):
		d.hiddenCell(c, column, value)
		return nil
	case sameMeaning(column.Kind, value, shown):
		return nil
	case column.canonical == "trackedFolderId" && !d.canMove(c, row, number([]byte(value))):
		return nil
	}
	d.warnOfCell(c, column)
	c.Cells = append(c.Cells, CellChange{Column: d.spelling(column), From: shown, To: value})
	return nil
}

// shownCell is a cell of an export as it is compared, and may be shown unless the column is secret.
func shownCell(canonical string, value []byte) string {
	shown := string(bytes.TrimSpace(value))
	if canonical == "origin" {
		return gijtsv.WithoutCredentials(shown)
	}
	return shown
}

// isKeyCell knows a private key in a column whose name does not tell, and takes the column for a secret from then on.
func (d *differ) isKeyCell(column tsvColumn, value, shown string) bool {
	if !beginsKey(value) && !beginsKey(shown) {
		return false
	}
	d.columns.all[column.index].secret = true
	return true
}

// blankCell keeps what the server has. A person may have meant to clear it, and a restore to bring an empty value back.
func (d *differ) blankCell(c *BulkChange, column tsvColumn, shown string) {
	if shown == "" || column.ReadOnly || column.canonical == "origin" {
		return
	}
	switch {
	case d.options.Restore && !column.secret && !writtenByIndexing(column.canonical):
		d.lose(c.ID, c.Name, d.spelling(column), "it was empty, and a blank cell of a file keeps what the server has")
	case !column.secret && canBeCleared(column.Kind) && d.plan.matched[c.Line] == 0:
		d.kept[d.spelling(column)]++
	}
}

// canBeCleared reports whether somebody may mean nothing by a blank cell. Nobody means that by a blank in place of true or false.
func canBeCleared(kind gijtsv.Kind) bool {
	return kind != gijtsv.KindBool && kind != gijtsv.KindInteger
}

// isUnsent leaves out what a file cannot change.
func (d *differ) isUnsent(column tsvColumn, value, shown string) bool {
	switch {
	case !column.documented && d.theirs[column.index] < 0:
		d.unsent[column.spelled] = true
		return true
	case column.canonical == "hosted", column.canonical == "integrationType":
		if !sameMeaning(column.Kind, value, shown) && !strings.EqualFold(value, shown) {
			d.unsent[column.spelled] = true
		}
		return true
	}
	return false
}

// hiddenCell is a value that no export shows: it is sent once.
func (d *differ) hiddenCell(c *BulkChange, column tsvColumn, value string) {
	name := d.spelling(column)
	if d.judge.wasSent(c.ID, name, value, "") {
		return
	}
	c.Cells = append(c.Cells, CellChange{Column: name, To: value, NotShown: true})
}

func (d *differ) secretCell(c *BulkChange, column tsvColumn, value, shown string) error {
	v, err := d.judge.decide(c.ID, d.spelling(column), value, shown)
	if err != nil {
		return err
	}
	switch {
	case v.held != "":
		d.plan.Held = append(d.plan.Held, HeldSecret{ID: c.ID, Line: c.Line, Name: c.Name, Column: d.spelling(column), Reason: v.held})
		if d.options.Restore && c.ID != 0 && !v.volatile { // one that is encrypted anew each time may be the same
			d.lose(c.ID, c.Name, d.spelling(column), v.held)
		}
	case v.send:
		c.Cells = append(c.Cells, CellChange{
			Column: d.spelling(column), Secret: true, NotShown: v.notShown,
			value: secret.New(value), shown: secret.New(shown), volatile: v.volatile,
		})
	}
	return nil
}

// canMove reports whether the server has the row that is to be the parent of another. Without it a restore does what else it can,
// and any other import is refused.
func (d *differ) canMove(c *BulkChange, row *gijtsv.Row, parent int64) bool {
	switch {
	case d.have.Has(parent):
		d.warnOfParent(c, parent)
		return true
	case d.options.Restore:
		d.lose(c.ID, c.Name, "trackedFolderId", fmt.Sprintf("its parent %d was deleted since", parent))
	default:
		d.unknownParent(row, parent)
	}
	return false
}

// warnOfParent says that a parent looks like none. What a row is, its cells tell, and only as far as is known.
func (d *differ) warnOfParent(c *BulkChange, parent int64) {
	if kind := d.have.kindOf(parent); kind == gijtsv.RowRepository || kind == gijtsv.RowChild {
		c.Warnings = append(c.Warnings, fmt.Sprintf("its parent %d looks like a repository, and not like an integration", parent))
	}
}

func (d *differ) warnOfCell(c *BulkChange, column tsvColumn) {
	switch column.canonical {
	case "trackedFolderId":
		c.Warnings = append(c.Warnings, "a repository that is not really found by that integration is removed at its next reindex")
	case "origin":
		c.Warnings = append(c.Warnings, "another origin: GIJ may clone anew")
	}
}

// spelling is a column's name as the server writes it, where it does.
func (d *differ) spelling(column tsvColumn) string {
	if theirs := d.theirs[column.index]; theirs >= 0 {
		return d.have.columns.all[theirs].spelled
	}
	return column.spelled
}
