package plan

import (
	"fmt"
	"slices"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// Codes of problems that show only where a file meets a server.
const (
	CodeUnknownID    = "unknown_id"    // the server has no such row
	CodeOtherRow     = "other_row"     // the server's row of that id is another one
	CodeUnclearRow   = "unclear_row"   // a row without id, which several rows of the server could be
	CodeMatchedTwice = "matched_twice" // two rows of the file mean one of the server
)

// BulkCodes returns every code that a problem of a [BulkFileError] can have beside those of gijtsv.
func BulkCodes() []string {
	return []string{CodeUnknownID, CodeOtherRow, CodeUnclearRow, CodeMatchedTwice}
}

// BulkFileError are rows of a file that cannot be imported into this server. Nothing was sent.
type BulkFileError struct {
	// Name is the file's.
	Name     string
	Problems []gijtsv.Problem
	// Foreign says that the file comes from another server.
	Foreign bool
	// Conflict says that all of them are about what the server has, not about what the file says.
	Conflict bool
}

// Error says how much does not fit.
func (e *BulkFileError) Error() string {
	switch {
	case e.Foreign:
		return e.Name + " was exported from another server: most of its ids are none of this one, or belong to other rows"
	case len(e.Problems) == 1 && e.Conflict:
		return e.Name + ": it is not clear which row of the server is meant"
	case e.Conflict:
		return fmt.Sprintf("%s: it is not clear which row of the server is meant (%d times)", e.Name, len(e.Problems))
	case len(e.Problems) == 1:
		return e.Name + " does not fit this server"
	}
	return fmt.Sprintf("%s does not fit this server (%d problems)", e.Name, len(e.Problems))
}

// Code returns the stable word for this kind of error.
func (e *BulkFileError) Code() string {
	if e.Conflict {
		return "conflict"
	}
	return "invalid_input"
}

// Hint returns the way out.
func (e *BulkFileError) Hint() string {
	if e.Foreign {
		return "nothing was sent; make a file without ids on the server that it comes from: gijctl bulk export --portable FILE"
	}
	return "nothing was sent; export anew to see what the server has: gijctl bulk export FILE"
}

func (d *differ) problem(row *gijtsv.Row, column int, code, message, remedy string) {
	d.problems = append(d.problems, d.problemOf(row, column, code, message, remedy))
}

func (d *differ) problemOf(row *gijtsv.Row, column int, code, message, remedy string) gijtsv.Problem {
	p := gijtsv.Problem{
		Pos: gijtsv.Position{Line: row.Line, Column: 1}, Severity: gijtsv.SeverityError, Code: code, Message: message, Remedy: remedy,
		ID: trimmed(row, d.columns.known.id),
	}
	if column >= 0 && column < len(row.Cells) {
		p.Pos, p.Column = row.Cells[column].Pos, d.columns.all[column].spelled
	}
	return p
}

func (d *differ) unknownID(row *gijtsv.Row, id int64) gijtsv.Problem {
	return d.problemOf(row, d.columns.known.id, CodeUnknownID, fmt.Sprintf("the server has no row with id %d", id),
		"leave the id blank to add the row, or delete it from the file")
}

func (d *differ) unknownParent(row *gijtsv.Row, parent int64) {
	d.problem(row, d.columns.known.parent, gijtsv.CodeUnknownParent, fmt.Sprintf("the server has no row with id %d", parent),
		"give the id of the integration that finds the repository")
}

// orphan is a row of the file whose id the server does not have.
type orphan struct {
	id, parent int64
	problem    gijtsv.Problem
}

// sortOrphans tells repositories that went with an integration, when this file or another deleted it, from ids that are wrong.
func (d *differ) sortOrphans() {
	gone := map[int64]bool{}
	for _, id := range d.plan.Gone {
		gone[id] = true
	}
	for {
		before := len(d.orphans)
		d.orphans = slices.DeleteFunc(d.orphans, func(o orphan) bool {
			if gone[o.parent] {
				gone[o.id] = true
				d.plan.Gone = append(d.plan.Gone, o.id)
				d.plan.unsent[o.problem.Pos.Line] = true
			}
			return gone[o.parent]
		})
		if len(d.orphans) == before {
			break
		}
	}
	for _, o := range d.orphans {
		d.strange++
		d.problems = append(d.problems, o.problem)
	}
	slices.SortStableFunc(d.problems, func(a, b gijtsv.Problem) int { return a.Pos.Line - b.Pos.Line })
}

func (d *differ) conflict(row *gijtsv.Row, code, message, remedy string) {
	d.problem(row, d.columns.known.origin, code, message, remedy)
}

func (d *differ) refusal() *BulkFileError {
	e := &BulkFileError{Name: d.options.Name, Problems: d.problems, Conflict: true, Foreign: d.strange > d.fit && d.strange > 1}
	for _, p := range d.problems {
		if p.Code != CodeUnclearRow && p.Code != CodeMatchedTwice {
			e.Conflict = false
		}
	}
	return e
}

func (d *differ) otherRow(row, has *gijtsv.Row, id int64) {
	is := wantedOf(d.have.columns, has)
	remedy := "give the id of the row that you mean"
	if d.columns.known.name < 0 {
		remedy += "; to change its origin, add the column displayName with its present name"
	} else {
		remedy += "; to change both origin and name, do it in two imports"
	}
	d.problem(row, d.columns.known.origin, CodeOtherRow, fmt.Sprintf("id %d is another row on this server: %s, %s", id, is.name, gijtsv.WithoutCredentials(is.origin)), remedy)
}
