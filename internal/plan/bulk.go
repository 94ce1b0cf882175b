package plan

import (
	"github.com/gijctl/gijctl/pkg/gijtsv"
	"github.com/gijctl/gijctl/pkg/secret"
)

// BulkPlan is the difference between a bulk file and what the server exports: what an import is to change.
type BulkPlan struct {
	// Changes are the rows that an import creates, changes or deletes, in the order of the file.
	Changes []BulkChange
	// Unchanged counts the rows that are as the file wants them.
	Unchanged int
	// Marked are the ids of all rows that the file marks for deletion. Gone are those of them that the server no longer has, with
	// the repositories that went with them.
	Marked, Gone []int64
	// Held are the secrets that came from an export, and are not sent back.
	Held []HeldSecret
	// Losses are what a restore cannot bring back; nil for an import.
	Losses []Loss
	// Warnings are what a person should think of before agreeing, Notes what is good to know.
	Warnings, Notes []string

	// matched are the rows whose id the file does not have, or not as the server has it: by line, the server's; 0 for one that is added.
	matched map[int]int64
	// secret are the file's columns that hold secrets, also those whose names do not tell.
	secret map[string]bool
	// unsent are the lines of rows that the server does not have, and that are not added: they went with an integration, or cannot
	// come back.
	unsent map[int]bool
}

// BulkChange is what is to happen to one row of the server's configuration.
type BulkChange struct {
	Action Action
	Kind   gijtsv.RowKind
	ID     int64 // 0 for a create
	Line   int   // of the row in the file
	Name   string
	Origin string // without a password in it
	Type   string // the integrationType
	Parent int64  // the integration or tracked folder that found it; 0 if none
	// Cells are what is sent, beside id and origin. A delete has none.
	Cells []CellChange
	// With are the ids of the repositories that go with a deleted integration and are not marked themselves.
	With []int64
	// Warnings are what a person should think of before agreeing, Notes what is good to know.
	Warnings, Notes []string

	before    rowState // of a delete: the row as it was when the plan was made
	hasSecret bool     // the server's origin has one in it, so that it is not sent back
}

// CellChange is one cell that is to change.
type CellChange struct {
	Column string
	// From and To are as the server exports them and as the file has them; both are "" where Secret.
	From, To string
	Secret   bool
	// NotShown says that the server does not show the value, so that it cannot be read back.
	NotShown bool

	value    secret.Value // of a secret: what is sent
	shown    secret.Value // of a secret: what the server showed when the plan was made
	volatile bool         // of a secret: the server shows something else each time
}

// HeldSecret is a secret cell of the file that is not sent, because it came from an export: an encrypted form that is sent back
// becomes the new secret.
type HeldSecret struct {
	ID     int64
	Line   int
	Name   string
	Column string
	Reason string
}

// Loss is something that a restore cannot bring back.
type Loss struct {
	ID     int64
	Name   string
	Column string // "" for the row as a whole
	Reason string
}

// Empty reports whether there is nothing to send.
func (p *BulkPlan) Empty() bool { return len(p.Changes) == 0 }

// Deletes returns the changes that delete, and Writes the others.
func (p *BulkPlan) Deletes() []BulkChange { return p.only(true) }

// Writes returns the changes that create or change a row.
func (p *BulkPlan) Writes() []BulkChange { return p.only(false) }

func (p *BulkPlan) only(deletes bool) []BulkChange {
	var all []BulkChange
	for _, c := range p.Changes {
		if (c.Action == ActionDelete) == deletes {
			all = append(all, c)
		}
	}
	return all
}
