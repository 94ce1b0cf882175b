package plan

import (
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// Columns returns the columns of the smallest file that carries the changes: id and origin, and those in which something changes,
// in the documented order, since one page says that it must not be another. The vendor requires an origin and also says that a column
// can be left out; it is sent as it is, since only a server could tell which holds.
func Columns(changes []BulkChange) []string {
	used := map[string]bool{}
	for _, c := range changes {
		for _, cell := range c.Cells {
			used[cell.Column] = true
		}
		if c.Action == ActionDelete {
			used["delete"] = true
		}
	}
	used["id"], used["origin"] = true, true
	var columns []string
	for _, documented := range gijtsv.Columns() {
		for _, name := range append([]string{documented.Name}, documented.Variants...) {
			if used[name] {
				columns = append(columns, name)
			}
		}
	}
	for _, name := range sortedKeys(used) {
		if !slices.Contains(columns, name) {
			columns = append(columns, name)
		}
	}
	return columns
}

// WriteTSV writes the smallest file that carries the changes. A cell that stays as it is is blank.
func WriteTSV(w io.Writer, changes []BulkChange) error {
	columns := Columns(changes)
	place := map[string]int{}
	for i, name := range columns {
		place[name] = i
	}
	out := gijtsv.NewWriter(w)
	if err := out.WriteHeader(gijtsv.NewHeader(columns...)); err != nil {
		return err
	}
	for _, c := range changes {
		cells := make([]string, len(columns))
		cells[place["id"]] = idCell(c.ID)
		if !c.hasSecret { // else a blank cell keeps it
			cells[place["origin"]] = c.Origin
		}
		if c.Action == ActionDelete {
			cells[place["delete"]] = "delete"
		}
		for _, cell := range c.Cells {
			cells[place[cell.Column]] = cell.sent()
		}
		if err := out.WriteCells(cells); err != nil {
			return err
		}
	}
	return out.Flush()
}

// sent is what goes to the server.
func (c CellChange) sent() string {
	if c.Secret {
		return c.value.Reveal()
	}
	return c.To
}

// WriteFullTSV copies the whole file that the plan was made of, but for the secrets that the plan does not send: one that is as the
// server shows it may be encrypted, and would become the new secret. The rows that are marked for deletion are left out: those
// travel by themselves. A row without id that the server has gets its id, for else the server would
// add it again.
func (p *BulkPlan) WriteFullTSV(w io.Writer, file io.Reader) error {
	reader, err := gijtsv.NewReader(file, gijtsv.ReaderOptions{})
	if err != nil {
		return err
	}
	out := fullWriter{
		out: gijtsv.NewWriter(w), columns: newColumnSet(reader.Header()), plan: p, sent: map[lineColumn]bool{},
	}
	for _, c := range p.Changes {
		for _, cell := range c.Cells {
			if cell.Secret {
				out.sent[lineColumn{c.Line, canonical(cell.Column)}] = true
			}
		}
	}
	if err := out.out.WriteHeader(reader.Header()); err != nil {
		return err
	}
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return out.out.Flush()
		}
		if err != nil {
			return err
		}
		if err := out.row(row); err != nil {
			return err
		}
	}
}

// fullWriter writes the rows of a file that is sent as a whole.
type fullWriter struct {
	out     *gijtsv.Writer
	columns columnSet
	plan    *BulkPlan
	sent    map[lineColumn]bool // the secrets
}

type lineColumn struct {
	line   int
	column string // canonical
}

func (f *fullWriter) row(row *gijtsv.Row) error {
	if isBlankRow(row) || trimmed(row, f.columns.known.remove) != "" || f.plan.unsent[row.Line] {
		return nil
	}
	changes := map[int]string{}
	for _, c := range f.columns.all {
		value := row.Value(c.index)
		isSecret := f.plan.secret[c.canonical] || beginsKey(string(value))
		if isSecret && len(value) > 0 && !f.sent[lineColumn{row.Line, c.canonical}] {
			changes[c.index] = ""
		}
	}
	id, found := f.plan.matched[row.Line]
	if found {
		changes[f.columns.known.id] = idCell(id)
	}
	for _, name := range rootColumns() {
		if at := f.columns.place(name); found && trimmed(row, f.columns.known.id) != "" && at >= 0 { // a restored row
			changes[at] = ""
		}
	}
	if len(changes) == 0 {
		return f.out.Copy(row)
	}
	return f.out.WriteChanged(row, changes)
}

// idCell is how a file states an id.
func idCell(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
