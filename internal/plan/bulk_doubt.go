package plan

import (
	"fmt"
	"strings"
	"time"
)

// An import whose end nobody can tell may be over, or be cloning a large repository, before it adds the next row. To send a row that
// it is still to add would make two of it. So a run that finds such rows says so and sends nothing; the one after it, which
// somebody starts, sends them if they are not there yet.

// UndecidedError means that an import may still be about to add rows.
type UndecidedError struct {
	Rows    []PendingRow
	Started time.Time
}

// Error names the rows.
func (e *UndecidedError) Error() string {
	const most = 10
	var names []string
	for _, row := range e.Rows[:min(len(e.Rows), most)] {
		names = append(names, fmt.Sprintf("%q", row.Name))
	}
	if more := len(e.Rows) - most; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("nothing more was sent: unknown whether the import that was begun at %s still adds %s, which the server does not show",
		e.Started.Format(time.RFC3339), strings.Join(names, ", "))
}

// Code returns the stable word for this kind of error.
func (e *UndecidedError) Code() string { return "partial" }

// Hint says how to go on.
func (e *UndecidedError) Hint() string { return doubtAdvice }

const doubtAdvice = "look in Jira whether anything is still going on (Git > Manage integrations); if not, run the same command again: " +
	"it reads what the server has, and adds what is still missing"

// addedRows are the rows that an import adds, for the intent.
func addedRows(changes []BulkChange) []PendingRow {
	var all []PendingRow
	for _, c := range changes {
		if c.Action == ActionCreate {
			all = append(all, PendingRow{Origin: c.Origin, Name: c.Name, Type: c.Type, Parent: c.Parent, App: c.wanted().byName})
		}
	}
	return all
}

// traces are cells that show that an import arrived, some of them: rows that are changed come before those that are added.
func traces(changes []BulkChange, m Memory) []PendingTrace {
	const most = 100
	var all []PendingTrace
	for _, c := range changes {
		for _, cell := range c.Cells {
			if c.Action != ActionUpdate || !cell.isVisible() || len(all) == most {
				continue
			}
			before := cell.From
			if cell.Secret {
				before = strings.TrimSpace(cell.shown.Reveal())
			}
			all = append(all, PendingTrace{ID: c.ID, Column: cell.Column, Before: fingerprintOf(before, m)})
		}
	}
	return all
}

func fingerprintOf(shown string, m Memory) string {
	if shown == "" {
		return ""
	}
	return m.Fingerprint(shown)
}

// missing are the rows that the import adds and that an export does not show.
func (p *PendingImport) missing(now *Snapshot) []PendingRow {
	var all []PendingRow
	for _, row := range p.Adds {
		if id, unclear := now.match(row.wanted()); id == 0 && unclear == "" {
			all = append(all, row)
		}
	}
	return all
}

func (p *PendingImport) isMissing(now *Snapshot) bool { return len(p.missing(now)) > 0 }

// neverArrived reports whether an export shows nothing of the import, although something would show at once.
func (p *PendingImport) neverArrived(now *Snapshot, m Memory) bool {
	if p.Thread != nil || len(p.Traces) == 0 || len(p.missing(now)) < len(p.Adds) {
		return false
	}
	for _, t := range p.Traces {
		row := now.find(t.ID)
		if row == nil || fingerprintOf(now.shown(row, t.Column), m) != t.Before {
			return false
		}
	}
	return true
}

// doubt writes down that somebody was told of rows that are not seen.
func (s *BulkState) doubt(p *PendingImport) error {
	p.Doubted = true
	return s.update(p)
}
