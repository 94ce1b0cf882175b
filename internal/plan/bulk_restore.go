package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

func (d *differ) lose(id int64, name, column, reason string) {
	d.plan.Losses = append(d.plan.Losses, Loss{ID: id, Name: name, Column: column, Reason: reason})
}

// bringBack adds a row of the backup that was deleted since, if a file can.
func (d *differ) bringBack(row *gijtsv.Row, id int64) error {
	w := wantedOf(d.columns, row)
	c := d.change(ActionCreate, row, nil, 0)
	d.plan.unsent[row.Line] = true // unless it is found or added below
	switch c.Kind {
	case gijtsv.RowGitHubApp:
		d.lose(id, c.Name, "", "it was deleted since, and a file cannot make an integration of a GitHub App")
		return nil
	case gijtsv.RowChild:
		d.lose(id, c.Name, "", "it was deleted since; its integration finds it again by itself, under another id")
		return nil
	case gijtsv.RowIntegration, gijtsv.RowRepository, gijtsv.RowUnknown:
	}
	found, unclear := d.have.match(w)
	if unclear != "" {
		d.lose(id, c.Name, "", "it was deleted since, and it is not added again: "+unclear)
		return nil
	}
	d.lose(id, c.Name, "", "it was deleted since; its id and its clone do not come back")
	delete(d.plan.unsent, row.Line)
	d.plan.matched[row.Line] = found
	if found != 0 {
		if !d.take(row, found) {
			return nil
		}
		return d.compare(row, d.have.find(found), found, rootColumns()...)
	}
	if c.Kind == gijtsv.RowIntegration {
		c.Warnings = append(c.Warnings, "whether a file can add an integration is unknown; look at the result")
	}
	return d.addCreate(c, row, rootColumns())
}

// rootColumns say where a clone is. That of a deleted row may be gone, and one that was added instead has a clone of its own.
func rootColumns() []string { return []string{"realRoot", "absoluteRoot"} }

// listAdded names the rows that were added since the backup. A restore deletes nothing. What an integration found by itself is
// left out.
func (d *differ) listAdded() {
	for place, kept := range d.have.rows {
		if d.taken[place] != 0 || d.marked[kept.id] {
			continue
		}
		row := d.have.at(int32(place))
		if w := wantedOf(d.have.columns, row); w.parent == 0 {
			d.lose(kept.id, w.name, "", "it was added since, and a restore deletes nothing; to remove it, import a file that marks it")
		}
	}
	d.listSentSecrets()
}

// listSentSecrets names the secrets that this machine sent since the backup, and that the backup does not show in clear.
func (d *differ) listSentSecrets() {
	if d.options.Memory == nil {
		return
	}
	told := map[SecretKey]bool{}
	for _, l := range d.plan.Losses {
		told[SecretKey{l.ID, l.Column}] = true
	}
	for _, c := range d.plan.Changes {
		for _, cell := range c.Cells {
			told[SecretKey{c.ID, cell.Column}] = true // it is sent
		}
	}
	for place, kept := range d.have.rows {
		if d.taken[place] == 0 {
			continue
		}
		id, row := kept.id, d.have.at(int32(place))
		for _, column := range d.have.columns.all {
			sent, found := d.options.Memory.Sent(id, column.spelled)
			if !found || sent.At < d.options.Since || told[SecretKey{id, column.spelled}] {
				continue
			}
			if shown := string(row.Value(column.index)); isKey(shown) || d.options.Memory.Fingerprint(shown) == sent.Value {
				continue // it is shown in clear, so that it was compared
			}
			d.lose(id, trimmed(row, d.have.columns.known.name), column.spelled,
				"it was changed since, and the backup does not show what it was")
		}
	}
}

// counts says how often each: "displayName 3, tagsFilter 1".
func counts(of map[string]int) string {
	var parts []string
	for _, name := range sortedKeys(of) {
		parts = append(parts, fmt.Sprintf("%s %d", name, of[name]))
	}
	return strings.Join(parts, ", ")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
