package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// RowResult is how the carrying out of one change ended.
type RowResult struct {
	Change  BulkChange
	Outcome Outcome
	// ID is the row's, also of one that was created; 0 if it is not known.
	ID int64
	// NotShown are the columns that were sent and that the server does not show.
	NotShown []string
	// Message is what the server said that most likely belongs to the row; "" if nothing.
	Message string
	// Err is nil for a row that is verified.
	Err error
}

// Moved returns, in words, what the plan was made of and is no longer so: cells that the changes write and rows that they delete,
// which somebody else changed since.
func (p *BulkPlan) Moved(changes []BulkChange, now *Snapshot) []string {
	var moved []string
	for i := range changes {
		if what := movedRow(&changes[i], now); what != "" {
			moved = append(moved, fmt.Sprintf("line %d, %s: %s", changes[i].Line, changes[i].label(), what))
		}
	}
	return moved
}

func (c *BulkChange) label() string {
	if c.ID == 0 {
		return fmt.Sprintf("%q", c.Name)
	}
	return fmt.Sprintf("id %d %q", c.ID, c.Name)
}

func movedRow(c *BulkChange, now *Snapshot) string {
	if c.Action == ActionCreate {
		id, unclear := now.match(c.wanted())
		if id == 0 && unclear == "" {
			return ""
		}
		return "a row with its origin was added meanwhile"
	}
	row := now.find(c.ID)
	if row == nil {
		return "it was removed meanwhile"
	}
	if c.Action == ActionDelete {
		if stateOf(now, row) != c.before {
			return "it was changed meanwhile"
		}
		return ""
	}
	for _, cell := range c.Cells {
		shown := now.shown(row, cell.Column)
		if cell.Secret {
			if before := strings.TrimSpace(cell.shown.Reveal()); shown != before && (!cell.volatile || shown == "" || before == "") {
				return cell.Column + " was changed meanwhile"
			}
			continue
		}
		if !sameMeaning(kindOf(cell.Column), shown, cell.From) {
			return fmt.Sprintf("%s was %s, and is %s now", cell.Column, Display(cell.From), Display(shown))
		}
	}
	return ""
}

// shown is what a row has in a column of any spelling.
func (s *Snapshot) shown(row *gijtsv.Row, column string) string {
	name := canonical(column)
	return shownCell(name, row.Value(s.columns.place(name)))
}

// wanted is what a created row says of itself, to find it by.
func (c *BulkChange) wanted() wantedRow {
	return wantedRow{origin: c.Origin, kind: c.Type, name: c.Name, parent: c.Parent, byName: c.Kind == gijtsv.RowGitHubApp}
}

func kindOf(column string) gijtsv.Kind {
	if c, documented := gijtsv.Lookup(column); documented {
		return c.Kind
	}
	return gijtsv.KindText
}

// Verify holds the changes against a new export. The outcome of each is verified or failed; for a create, ID is the row's.
func (p *BulkPlan) Verify(changes []BulkChange, now *Snapshot) []RowResult {
	results := make([]RowResult, len(changes))
	for i, c := range changes {
		results[i] = verifyRow(c, now)
	}
	return results
}

func verifyRow(c BulkChange, now *Snapshot) RowResult {
	r := RowResult{Change: c, ID: c.ID, Outcome: OutcomeVerified}
	if c.Action == ActionCreate {
		r.ID, _ = now.match(c.wanted())
	}
	row := now.find(r.ID)
	switch {
	case c.Action == ActionDelete && row != nil:
		return r.failed("it is still there")
	case c.Action == ActionDelete:
		return r
	case row == nil && c.Action == ActionCreate:
		return r.failed("it was not added")
	case row == nil:
		return r.failed("it is gone")
	}
	var wrong []string
	for _, cell := range c.Cells {
		shown := now.shown(row, cell.Column)
		switch how := cell.seen(shown); how {
		case "":
		case notShown:
			r.NotShown = append(r.NotShown, cell.Column)
		default:
			wrong = append(wrong, how)
		}
	}
	if wrong != nil {
		return r.failed(strings.Join(wrong, "; "))
	}
	return r
}

// notShown is how a cell ends that the server does not show. The word is part of the command's output.
const notShown = "not_shown"

// seen says how a cell that was sent is shown afterwards: "" as sent, notShown, or in words what is wrong.
func (c CellChange) seen(shown string) string {
	if c.Secret {
		return c.seenSecret(shown)
	}
	switch {
	case sameMeaning(kindOf(c.Column), shown, c.To):
		return ""
	case c.NotShown && shown == "":
		return notShown
	}
	return fmt.Sprintf("%s is %s, not %s", c.Column, Display(shown), Display(c.To))
}

func (c CellChange) seenSecret(shown string) string {
	if same, inClear := sameKey(shown, c.value.Reveal()); inClear {
		if same {
			return ""
		}
		return c.Column + " is another key than the one that was sent"
	}
	before := strings.TrimSpace(c.shown.Reveal())
	switch {
	case shown == strings.TrimSpace(c.value.Reveal()):
		return ""
	case shown == before && before != "" && !c.NotShown:
		return c.Column + " is what it was before"
	}
	return notShown
}

func (r RowResult) failed(why string) RowResult {
	r.Outcome = OutcomeFailed
	r.Err = &gij.Error{
		Kind: gij.KindNotApplied, Op: fmt.Sprintf("%s %s", r.Change.Action, r.Change.label()), Message: why,
		Advice: "the server ended the import without saying why; look at the row in Jira (Git > Manage integrations)",
	}
	return r
}

// Secrets returns what was sent in cells that the server does not show, to be remembered so that it is sent once. The time is
// left to whoever keeps it.
func Secrets(results []RowResult, now *Snapshot, m Memory) map[SecretKey]Sent {
	all := map[SecretKey]Sent{}
	for _, r := range results {
		row := now.find(r.ID)
		if row == nil || r.Outcome != OutcomeVerified {
			continue
		}
		for _, cell := range r.Change.Cells {
			if !cell.Secret && !slices.Contains(r.NotShown, cell.Column) {
				continue
			}
			sent := Sent{Value: m.Fingerprint(cell.sent())}
			if shown := string(row.Value(now.columns.place(canonical(cell.Column)))); shown != "" {
				sent.Shown = m.Fingerprint(shown)
			}
			all[SecretKey{r.ID, cell.Column}] = sent
		}
	}
	return all
}
